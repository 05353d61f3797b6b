[ (fn_decl) (rule_decl) (for_decl) (quantifier_expr) (list_expr) ] @local.scope

(parameter name: (name) @local.definition)
(subject name: (name) @local.definition)
(for_decl name: (name) @local.definition)
(quantifier_expr name: (name) @local.definition)
(comprehension name: (name) @local.definition)

(path_expr . (name) @local.reference)
