; Raw text is written in the language of its target: Cedar for `raw cedar`, YAML for every other one. Templates and
; policies stand in files of their own, which editors know by their endings.
((raw_decl
   backend: (name) @_backend
   (verbatim) @injection.content)
  (#not-eq? @_backend "cedar")
  (#offset! @injection.content 0 3 0 -3)
  (#set! injection.language "yaml"))

((raw_decl
   backend: (name) @_backend
   (verbatim) @injection.content)
  (#eq? @_backend "cedar")
  (#offset! @injection.content 0 3 0 -3)
  (#set! injection.language "cedar"))

; A pattern is a regular expression.
((matching_constraint (verbatim) @injection.content)
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "regex"))
