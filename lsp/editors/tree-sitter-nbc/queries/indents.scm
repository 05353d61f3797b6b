[
  (body)
  (kind_body)
  (enum_body)
  (record_body)
  (variant_body)
  (for_body)
  (rule_body)
  (test_body)
  (stage_body)
  (list_expr)
  (paren_expr)
  (call_expr)
  (parameters)
] @indent.begin

[ "}" "]" ")" ] @indent.branch @indent.end

[ (text) (verbatim) ] @indent.ignore
