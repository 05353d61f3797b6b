/**
 * The grammar of nbc for tree-sitter. It follows compiler/syntax/nbc.ebnf rule by rule, and its nodes have the names of the
 * compiler's own tree in lower case; `lsp/editors/tests/tree` holds the two equal on every example and page of the specification.
 *
 * A newline separates only where the grammar asks for one: everywhere else it is an extra. What cannot be said that way
 * (a line that starts with `and`, `or`, `then`, `else` or `)` continues the one above) is in src/scanner.c.
 */

const figures = /[0-9][0-9_]*(\.[0-9]+)?/;
const kebab = /[a-z][a-z0-9]*(-[a-z0-9]+)*/;

/** Words of declarations that are names in front of `:` or `?`: fields of that name. */
const kindWords = ['own', 'computed', 'action', 'require', 'emit'];
const operations = ['add', 'remove', 'locked', 'unset'];

const commaList = (rule) => optional(seq(rule, repeat(seq(',', rule)), optional(',')));

/** Items between brackets: a comma or a newline between two, and after the last if one likes. */
const separated = ($, rule) => optional(seq(rule, repeat(seq($._separator, rule)), optional($._separator)));
const braces = ($, rule) => seq('{', separated($, rule), '}');

/** Declarations stand on lines of their own. */
const lines = ($, rule) => optional(seq(rule, repeat(seq($._newline, rule)), optional($._newline)));

const wordsAsNames = ($, words) => words.map((word) => alias(word, $.name));

module.exports = grammar({
  name: 'nbc',

  word: ($) => $.name,

  externals: ($) => [$._newline],

  extras: ($) => [/[ \t\r\n\uFEFF]/, $.doc_comment, $.comment],

  inline: ($) => [$._separator, $._reference],

  supertypes: ($) => [$._declaration],

  // Whether a newline ends the list or an `if` follows is known only after it.
  conflicts: ($) => [[$.comprehension]],

  rules: {
    source_file: ($) => lines($, $._declaration),

    _separator: ($) => choice(seq(',', optional($._newline)), $._newline),

    _declaration: ($) =>
      choice(
        $.instance,
        $.kind_decl,
        $.enum_decl,
        $.extend_enum_decl,
        $.record_decl,
        $.variant_decl,
        $.type_decl,
        $.let_decl,
        $.fn_decl,
        $.for_decl,
        $.rule_decl,
        $.waiver_decl,
        $.test_decl,
        $.stage_decl,
        $.raw_decl,
      ),

    // Instances.

    instance: ($) =>
      seq(
        field('kind', $._reference),
        choice(
          seq(field('handle', $._handle), optional($.extends_clause)),
          seq('from', field('source', $.text)),
        ),
        $.body,
      ),
    _handle: ($) => choice($.name, $.text, ...wordsAsNames($, ['from'])),
    extends_clause: ($) => seq('extends', $._reference),
    body: ($) => braces($, $.item),
    item: ($) =>
      choice(
        seq(field('key', choice($._key, ...wordsAsNames($, operations))), $._field_rest),
        seq(choice('add', 'remove', 'locked'), field('key', $._key), $._field_rest),
        seq('unset', field('key', $._key)),
      ),
    _field_rest: ($) => choice(seq(':', field('value', $._value)), seq(optional($.extends_clause), $.body)),
    _key: ($) => choice($.name, $.qualified_name, $.text),
    path: ($) => seq($.name, repeat1(seq('.', $._key))),

    // Kinds and types.

    kind_decl: ($) => seq('kind', field('name', $.name), $.kind_body),
    kind_body: ($) => braces($, choice($.field, $.computed_field, $.action, $.requirement, $.emit)),
    computed_field: ($) =>
      seq('computed', field('name', $.name), ':', $._type, '=', $._expression),
    action: ($) => seq('action', field('name', $.name), optional(seq('implies', $.name)), optional($.text)),
    requirement: ($) => seq('require', $._expression, $.text),
    emit: ($) => seq('emit', $.name, 'from', $.text),
    field: ($) =>
      choice(
        seq(optional('own'), field('name', $.name), $._field_parts),
        seq(field('name', choice(...wordsAsNames($, kindWords))), $._field_parts),
      ),
    _field_parts: ($) =>
      seq(
        optional('?'),
        ':',
        $._type,
        optional($._constraints),
        optional(choice($.grants_clause, 'owns', 'owned')),
        optional($.default),
      ),
    _constraints: ($) =>
      choice(
        seq(repeat1(choice($.in_constraint, $.matching_constraint)), optional($.where_constraint)),
        $.where_constraint,
      ),
    in_constraint: ($) => seq('in', $._sum, '..', $._sum, optional($.text)),
    matching_constraint: ($) => seq('matching', $.verbatim, optional($.text)),
    where_constraint: ($) => seq('where', $._expression, optional($.text)),
    grants_clause: ($) => seq('grants', $.name),
    default: ($) => seq('=', $._value),

    _type: ($) => choice($._type_atom, $.union_type),
    union_type: ($) => seq($._type_atom, repeat1(seq('|', $._type_atom))),
    _type_atom: ($) => choice($.named_type, $.list_type, $.map_type),
    named_type: ($) => choice($.type_name, $._reference),
    list_type: ($) =>
      seq(
        '[',
        choice($._type, seq('dated', $._type), alias($._type_called_dated, $.named_type), alias($._union_with_dated, $.union_type)),
        ']',
      ),
    _type_called_dated: ($) => alias('dated', $.name),
    _union_with_dated: ($) => seq(alias($._type_called_dated, $.named_type), repeat1(seq('|', $._type_atom))),
    map_type: ($) => seq('{', $._type, ':', $._type, '}'),

    enum_decl: ($) => seq('enum', field('name', $.type_name), $.enum_body),
    extend_enum_decl: ($) => seq('extend', 'enum', field('name', $.type_name), $.enum_body),
    enum_body: ($) => braces($, $.enum_value),
    enum_value: ($) => seq(field('name', $.name), optional($.text)),
    record_decl: ($) => seq('record', field('name', $.type_name), $.record_body),
    record_body: ($) => braces($, alias($._record_field, $.field)),
    _record_field: ($) => seq(field('name', $.name), $._field_parts),
    variant_decl: ($) => seq('variant', field('name', $.type_name), $.variant_body),
    variant_body: ($) => braces($, $.case),
    case: ($) => seq(field('name', $.name), optional($.record_body)),
    type_decl: ($) => seq('type', field('name', $.type_name), '=', $._type, optional($._constraints)),

    // Names for values, repetition.

    let_decl: ($) => seq('let', field('name', $.name), optional(seq(':', $._type)), '=', $._value),
    fn_decl: ($) => seq('fn', field('name', $.name), $.parameters, '->', $._type, '=', $._expression),
    parameters: ($) => seq('(', commaList($.parameter), ')'),
    parameter: ($) => seq(field('name', $.name), ':', $._type),
    for_decl: ($) => seq('for', field('name', $.name), 'in', $._sum, $.for_body),
    for_body: ($) => seq('{', lines($, $._generated), '}'),
    _generated: ($) => choice($.instance, $.for_decl),

    // Rules, waivers, tests, stages.

    rule_decl: ($) =>
      seq(
        'rule',
        optional($.rule_pack),
        field('name', $.name),
        $.text,
        'for',
        $.subject,
        repeat(seq(',', $.subject)),
        $.rule_body,
      ),
    rule_pack: ($) => seq('(', $.name, ')'),
    subject: ($) => seq(field('kind', $.name), field('name', $.name)),
    rule_body: ($) => braces($, choice($.when_clause, $.require_clause)),
    when_clause: ($) => seq('when', $._expression),
    require_clause: ($) => seq('require', $._expression, optional($.access), optional($.else_clause)),
    access: ($) => seq(choice('can', 'cannot'), field('action', $.name), $._postfix),
    else_clause: ($) => seq('else', $.text),
    waiver_decl: ($) => seq('waiver', $._reference, 'on', $.path, $.body),

    test_decl: ($) => seq('test', field('name', $.text), optional($.in_stage_clause), optional($.as_of_clause), $.test_body),
    in_stage_clause: ($) => seq('in', $.name),
    as_of_clause: ($) => seq('as-of', $.date),
    test_body: ($) => seq('{', lines($, choice($._generated, $.change, $.expectation)), '}'),
    expectation: ($) =>
      seq('expect', $._expression, optional(choice(seq($.access, optional($.because_clause)), $.rule_verdict))),
    because_clause: ($) => seq('because', $._reference),
    rule_verdict: ($) => seq(choice('breaks', 'keeps'), $._reference),

    stage_decl: ($) =>
      seq('stage', field('name', $.name), optional(alias($._stage_extends, $.extends_clause)), $.stage_body),
    _stage_extends: ($) => seq('extends', $.name),
    stage_body: ($) => seq('{', lines($, choice($._generated, $.change)), '}'),
    change: ($) =>
      choice(seq(choice('override', 'set', 'add', 'remove'), $.path, $._field_rest), seq('unset', $.path)),

    raw_decl: ($) =>
      seq('raw', field('backend', $.name), 'on', $.path, choice($.verbatim, seq('from', $.text))),

    // Values and expressions, from the loosest binding to the tightest.

    _value: ($) => choice($.tagged_value, $.body, $._expression),
    tagged_value: ($) => seq(field('tag', $.name), $.body),

    _expression: ($) => choice($.if_expr, $.quantifier_expr, $.logic_expr, $._negation),
    if_expr: ($) => seq('if', $._expression, 'then', $._expression, 'else', $._expression),
    quantifier_expr: ($) => seq(choice('any', 'all'), field('name', $.name), 'in', $._sum, ':', $._negation),
    logic_expr: ($) => seq($._negation, choice(repeat1(seq('and', $._negation)), repeat1(seq('or', $._negation)))),
    _negation: ($) => choice($.not_expr, $.comparison_expr, $._sum),
    not_expr: ($) => seq('not', $._negation),
    comparison_expr: ($) =>
      seq(
        $._sum,
        choice(
          seq(choice('==', '!=', '<', '<=', '>', '>='), $._sum),
          seq(optional('not'), 'in', $._sum, optional(seq('..', $._sum))),
        ),
      ),
    _sum: ($) => choice($.sum_expr, $._product),
    sum_expr: ($) => seq($._product, repeat1(seq(choice('+', '-'), $._product))),
    _product: ($) => choice($.product_expr, $._factor),
    product_expr: ($) => seq($._factor, repeat1(seq(choice('*', '/'), $._factor))),
    _factor: ($) => choice($.negative_expr, $._postfix),
    negative_expr: ($) => seq('-', $._factor),
    _postfix: ($) => choice($.set_expr, $.otherwise_expr, $._primary),
    set_expr: ($) => seq($._primary, 'set'),
    otherwise_expr: ($) => seq($._primary, 'otherwise', $._factor),
    _primary: ($) => choice($.path_expr, $.member_expr, $._atom),
    _atom: ($) => choice($.literal, $.call_expr, $.paren_expr, $.list_expr),
    path_expr: ($) =>
      choice(
        seq(choice($.name, $.qualified_name), optional($._dots)),
        seq($.type_name, $._dots),
      ),
    member_expr: ($) => seq($._atom, $._dots),
    _dots: ($) => repeat1(seq('.', $._key)),
    call_expr: ($) => seq(field('function', $.name), '(', commaList($._value), ')'),
    paren_expr: ($) => seq('(', $._expression, ')'),
    list_expr: ($) =>
      seq(
        '[',
        choice(
          separated($, $._element),
          seq($._element, optional($._newline), $.comprehension, optional($._newline)),
        ),
        ']',
      ),
    _element: ($) => choice($._value, $.dated_element),
    dated_element: ($) =>
      seq($._value, choice(seq('from', $._sum, optional(seq('until', $._sum))), seq('until', $._sum))),
    comprehension: ($) =>
      seq('for', field('name', $.name), 'in', $._sum, optional(seq(optional($._newline), 'if', $._expression))),
    literal: ($) => choice('true', 'false', $.number, $.quantity, $.money, $.date, $.text, $.verbatim),

    // Tokens.

    _reference: ($) => choice($.name, $.qualified_name),
    name: () => kebab,
    qualified_name: () => token(seq(kebab, '/', /[a-zA-Z][a-zA-Z0-9]*(-[a-z0-9]+)*/)),
    type_name: () => /[A-Z][a-zA-Z0-9]*/,
    date: () => /[0-9]{4}-[0-9]{2}-[0-9]{2}/,
    money: () =>
      token(seq(choice(seq(/[$€£]/, figures), seq(figures, /[A-Z]{3}/)), optional(/\/[a-z]+/))),
    number: () => token(figures),
    quantity: () => token(seq(figures, choice('%', /[A-Za-z]+/))),

    text: ($) =>
      choice(
        seq('"""', repeat(choice($._long_text_content, $.escape_sequence, $.interpolation)), token.immediate('"""')),
        seq('"', repeat(choice($._text_content, $.escape_sequence, $.interpolation)), token.immediate('"')),
      ),
    _text_content: () => token.immediate(prec(1, choice(/[^"\\{\n]+/, '{'))),
    _long_text_content: () => choice(token.immediate(prec(1, choice(/[^"\\{]+/, '{'))), token.immediate('"')),
    escape_sequence: () => token.immediate(prec(1, /\\(u\{[0-9a-fA-F]*\}|[^\n])/)),
    interpolation: () => token.immediate(prec(1, /\{[^{}"\\\n]*\}/)),
    verbatim: () => token(choice(/'''([^']|'[^']|''[^'])*'''/, /'[^'\n]*'/)),

    doc_comment: () => token(/##([^#\n][^\n]*)?/),
    comment: () => token(/#[^\n]*/),
  },
});
