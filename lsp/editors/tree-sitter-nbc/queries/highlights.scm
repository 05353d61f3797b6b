; What later patterns say wins.

(name) @variable
(type_name) @type
(qualified_name) @module

[
  "kind" "enum" "extend" "record" "variant" "type" "let" "fn" "rule" "waiver" "test" "stage" "raw"
] @keyword

[ "override" "set" "unset" "add" "remove" "expect" "locked" ] @keyword

[
  "own" "computed" "action" "implies" "require" "emit" "from" "until" "as-of" "extends" "on" "where" "matching" "grants"
  "owns" "owned" "dated" "when" "because" "can" "cannot" "breaks" "keeps" "otherwise"
] @keyword

[ "if" "then" "else" ] @keyword.conditional
[ "for" "any" "all" ] @keyword.repeat
[ "and" "or" "not" "in" ] @keyword.operator
[ "true" "false" ] @boolean

[ "{" "}" "[" "]" "(" ")" ] @punctuation.bracket
[ "," ":" "." ] @punctuation.delimiter
[ "=" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" ".." "->" "|" "?" ] @operator

(number) @number
(quantity) @number
(money) @number
(date) @number
(text) @string
(verbatim) @string
(matching_constraint (verbatim) @string.regexp)
(escape_sequence) @string.escape
(interpolation) @string.special
(comment) @comment
(doc_comment) @comment.documentation

(instance kind: (_) @keyword.type)
(instance handle: (_) @constructor)
(kind_decl name: (name) @type)
(rule_decl name: (name) @function)
(waiver_decl . [(name) (qualified_name)] @function)
(stage_decl name: (name) @module)
(in_stage_clause (name) @module)
(fn_decl name: (name) @function)
(call_expr function: (name) @function.call)
(item key: (_) @property)
(field name: (name) @property)
(computed_field name: (name) @property)
(action name: (name) @function.method)
(grants_clause (name) @function.method)
(access action: (name) @function.method)
(enum_value name: (name) @constant)
(case name: (name) @constant)
(tagged_value tag: (name) @constant)
(parameter name: (name) @variable.parameter)
(subject kind: (name) @type)
(subject name: (name) @variable.parameter)
(named_type (name) @type)
(path . (name) @keyword.type)
