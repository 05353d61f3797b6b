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
  (text)
  (verbatim)
] @fold
