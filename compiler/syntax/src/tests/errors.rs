//! What a person reads when something is wrong.

use insta::assert_snapshot;

use super::findings;

#[test]
fn a_forgotten_brace_is_shown_where_it_opens() {
    assert_snapshot!(findings("group a {\n  title: \"A\"\n\ngroup b { }\n"), @r#"
    unclosed-bracket 8..9 `{` `{` has no `}`
      24..29 it must be closed before `group`
      fix insert `}`: group a {
      title: "A"
    }

    group b { }
    "#);
    assert_snapshot!(findings("group a {\n  quota {\n    cpu: 1\n\n  title: \"A\"\n}\n\ngroup b { }\n"), @r#"
    unclosed-bracket 18..19 `{` `{` has no `}`
      48..53 it must be closed before `group`
      fix insert `}`: group a {
      quota {
        cpu: 1
      }

      title: "A"
    }

    group b { }
    "#);
    assert_snapshot!(findings("group a {\n  members: [ana,\n    bob\n  title: \"A\"\n}\n"), @r#"
    unclosed-bracket 21..22 `[` `[` has no `]`
      37..42 it must be closed before `title`
      fix insert `]`: group a {
      members: [ana,
        bob
      ]
      title: "A"
    }
    "#);
    assert_snapshot!(findings("let x = (1 + 2\nlet y = 3\n"), @r#"
    unclosed-bracket 8..9 `(` `(` has no `)`
      14..14 it must be closed before the end of the line
      fix insert `)`: let x = (1 + 2)
    let y = 3
    "#);
    assert_snapshot!(findings("group a {"), @r#"
    unclosed-bracket 8..9 `{` `{` has no `}`
      fix insert `}`: group a {}
    "#);
}

#[test]
fn brackets_that_close_nothing() {
    assert_snapshot!(findings("group a { }\n}\ngroup b { }"), @r#"
    unmatched-bracket 12..13 `}` `}` closes nothing
      fix remove `}`: group a { }

    group b { }
    "#);
    assert_snapshot!(findings("group a { b: 1) }"), @r#"
    unmatched-bracket 14..15 `)` `)` closes nothing
      fix remove `)`: group a { b: 1 }
    "#);
    assert_snapshot!(findings("group a { b: [1} }"), @r#"
    unclosed-bracket 13..14 `[` `[` has no `]`
      15..16 it must be closed before `}`
      fix insert `]`: group a { b: [1]} }
    unmatched-bracket 17..18 `}` `}` closes nothing
      fix remove `}`: group a { b: [1}
    "#);
}

#[test]
fn words_that_belong_in_quotes() {
    assert_snapshot!(findings("environment e { packages { ruamel.yaml: \"*\", _libgcc_mutex: \"*\", 7zip: \"*\" } }"), @r#"
    unquoted-word 27..38 `ruamel.yaml` `ruamel.yaml` is not a name: write it in quotes
      fix write it in quotes: environment e { packages { "ruamel.yaml": "*", _libgcc_mutex: "*", 7zip: "*" } }
    unquoted-word 45..58 `_libgcc_mutex` `_libgcc_mutex` is not a name: write it in quotes
      fix write it in quotes: environment e { packages { ruamel.yaml: "*", "_libgcc_mutex": "*", 7zip: "*" } }
    unquoted-word 65..69 `7zip` `7zip` is not a name: write it in quotes
      fix write it in quotes: environment e { packages { ruamel.yaml: "*", _libgcc_mutex: "*", "7zip": "*" } }
    "#);
    assert_snapshot!(findings("environment e { packages { node.longhorn.io/storage: \"true\", a_b: \"*\" } }"), @r#"
    unquoted-word 27..51 `node.longhorn.io/storage` `node.longhorn.io/storage` is not a name: write it in quotes
      fix write it in quotes: environment e { packages { "node.longhorn.io/storage": "true", a_b: "*" } }
    unquoted-word 61..64 `a_b` `a_b` is not a name: write it in quotes
      fix write it in quotes: environment e { packages { node.longhorn.io/storage: "true", "a_b": "*" } }
    "#);
    assert_snapshot!(findings("group a { title: ML research, contact: ana@uni.example }"), @r#"
    unquoted-word 17..28 `ML research` a text of several words stands in quotes
      fix write it in quotes: group a { title: "ML research", contact: ana@uni.example }
    unquoted-word 39..54 `ana@uni.example` `ana@uni.example` is neither a name nor a number: write it in quotes
      fix write it in quotes: group a { title: ML research, contact: "ana@uni.example" }
    "#);
    assert_snapshot!(findings("group a { title: My }"), @r#"
    unquoted-word 17..19 `My` `My` names a type and is no value; as a text, write it in quotes
      fix write it in quotes: group a { title: "My" }
    "#);
    assert_snapshot!(findings("group a { title: My team\n  cpu: 1 }"), @r#"
    unquoted-word 17..24 `My team` a text of several words stands in quotes
      fix write it in quotes: group a { title: "My team"
      cpu: 1 }
    "#);
    assert_snapshot!(findings("let x = 8-1"), @r#"
    unquoted-word 8..11 `8-1` `8-1` is neither a name nor a number: write it in quotes
      help as a subtraction, write `8 - 1`
      fix write `8 - 1`: let x = 8 - 1
    "#);
    assert_snapshot!(findings("let x = 10.0.0.1"), @r#"
    unquoted-word 8..16 `10.0.0.1` `10.0.0.1` is neither a name nor a number: write it in quotes
      fix write it in quotes: let x = "10.0.0.1"
    "#);
    assert_snapshot!(findings("let x = else"), @"reserved-word 8..12 `else` `else` is a word of the language; as a text, write it in quotes");
}

#[test]
fn fields() {
    assert_snapshot!(findings("profile p { cpu = 8 }"), @r#"
    unexpected-token 16..17 `=` a field gets its value after `:`, not `=`
      fix write `:`: profile p { cpu: 8 }
    "#);
    assert_snapshot!(findings("profile p { cpu 8 }"), @r#"
    unexpected-token 16..17 `8` `:` is missing before `8`
      fix insert `:`: profile p { cpu: 8 }
    "#);
    assert_snapshot!(findings("profile p { cpu: 8 memory: 8Gi }"), @r#"
    missing-separator 19..25 `memory` a comma or a new line is missing before `memory`
      fix insert `,`: profile p { cpu: 8, memory: 8Gi }
    "#);
    assert_snapshot!(findings("profile p { cpu: 8; memory: 8Gi }"), @r#"
    unknown-character 18..19 `;` `;` is not used: a comma or a line break is enough
      fix write `,`: profile p { cpu: 8, memory: 8Gi }
    "#);
    assert_snapshot!(findings("profile p { cpu: }"), @"unexpected-token 17..18 `}` expected a value, found `}`");
    assert_snapshot!(findings("profile p { cpu:, memory: 1Gi }"), @"unexpected-token 16..17 `,` expected a value, found `,`");
    assert_snapshot!(findings("profile p\n{ cpu: 8 }"), @r#"
    brace-on-next-line 10..11 `{` `{` must stand on the line of its header
      fix move `{` up: profile p { cpu: 8 }
    "#);
    assert_snapshot!(findings("profile p { user ana { x: 1 } }"), @"unexpected-token 12..16 `user` `user` is declared inside something else; write it on its own, after that");
}

#[test]
fn names() {
    assert_snapshot!(findings("group ML { }"), @r#"
    bad-name 6..8 `ML` `ML` cannot be a name: names are lower-case words joined by `-`
      fix write `ml`: group ml { }
    "#);
    assert_snapshot!(findings("group my_Team2 { }"), @r#"
    bad-name 6..14 `my_Team2` `my_Team2` cannot be a name: names are lower-case words joined by `-`
      fix write `my-team2`: group my-team2 { }
    "#);
    assert_snapshot!(findings("group if { }"), @"reserved-word 6..8 `if` `if` is a word of the language and cannot be a name here");
    assert_snapshot!(findings("kind stage { }"), @"reserved-word 5..10 `stage` `stage` is a word of the language and cannot name a kind");
    assert_snapshot!(findings("enum sign-in { a }"), @r#"
    bad-name 5..12 `sign-in` `sign-in` cannot name a type: type names are written `SignIn`
      fix write `SignIn`: enum SignIn { a }
    "#);
    assert_snapshot!(findings("Group a { }"), @r#"
    bad-name 0..5 `Group` `Group` cannot be a name: names are lower-case words joined by `-`
      fix write `group`: group a { }
    "#);
}

#[test]
fn declarations() {
    assert_snapshot!(findings("set group.a.b: 1"), @"unexpected-token 0..3 `set` `set` changes something in a `stage` or a `test`, not here");
    assert_snapshot!(findings("stage prod {\n  rule r \"x\" for user u { }\n  override group.a: 1\n}"), @"unexpected-token 15..19 `rule` `rule` cannot be declared inside a stage");
    assert_snapshot!(findings("group a { } group b { }"), @r#"
    missing-separator 12..17 `group` a declaration starts on a line of its own, but `group` follows another
      fix start a new line: group a { }
    group b { }
    "#);
    assert_snapshot!(findings("this is not nbc at all\ngroup a { }"), @"unexpected-token 8..11 `not` expected `{`, found `not`");
    assert_snapshot!(findings("rule r for group g { }"), @"unexpected-token 7..10 `for` expected what the rule says, as a sentence in quotes, found `for`");
    assert_snapshot!(findings("rule r \"x\" for group g { g.a set }"), @"unexpected-token 25..26 `g` expected `when` or `require`, found `g`");
    assert_snapshot!(findings("test \"x\" { expect a cannot read b }"), @r#"
    unexpected-token 34..35 `}` a test of a refusal says why: `because` and the rule that forbids it, or `because not-granted`
      fix add `because not-granted`: test "x" { expect a cannot read b because not-granted }
    "#);
    assert_snapshot!(findings("raw kubernetes on group.ml \"x\""), @r#"
    unexpected-token 27..30 `"x"` raw text stands in `'''`, because `"` would interpolate it
    "#);
    assert_snapshot!(findings("kind a { require b }"), @"unexpected-token 19..20 `}` expected the sentence that says what is required, in quotes, found `}`");
}

#[test]
fn expressions() {
    assert_snapshot!(findings("let x = a and b or c"), @"
    mixed-logic 16..18 `or` `and` and `or` mix only with parentheses
      fix write the parentheses that other languages imply: let x = (a and b) or c
    ");
    assert_snapshot!(findings("let x = 1 < 2 < 3"), @"
    chained-comparison 14..15 `<` comparisons do not chain: write `a < b and b < c`
      fix write `and 2` before it: let x = 1 < 2 and 2 < 3
    ");
    assert_snapshot!(findings("let x = [a, b for c in d]"), @"unexpected-token 14..17 `for` a list with `for` has one element only, before the `for`");
    assert_snapshot!(findings("let x = f(1, 2"), @r#"
    unclosed-bracket 9..10 `(` `(` has no `)`
      fix insert `)`: let x = f(1, 2)
    "#);
    assert_snapshot!(findings("let x = (1 2)"), @"unexpected-token 11..12 `2` expected `)`, found `2`");
    assert_snapshot!(findings("let x = a +\n\nlet y = 1"), @"unexpected-token 13..16 `let` expected a value, found `let`");
    assert_snapshot!(findings("let x = if a then b"), @"unexpected-token 19..19 `` expected `else`, found the end of the file");
}

#[test]
fn literals() {
    assert_snapshot!(findings("let x = \"no end\nlet y = 1"), @r#"
    unterminated-text 8..9 `"` the text has no closing `"` before the end of the line
      fix insert `"`: let x = "no end"
    let y = 1
    "#);
    assert_snapshot!(findings("let x = '''no\nend"), @"unterminated-text 8..11 `'''` the text has no closing `'''` before the end of the file");
    assert_snapshot!(findings("let x = 2027-02-29"), @r#"
    bad-date 8..18 `2027-02-29` February 2027 has 28 days, not 29
      fix write `2027-02-28`: let x = 2027-02-28
    "#);
    assert_snapshot!(findings("let x = 2027-13-01"), @"bad-date 8..18 `2027-13-01` there is no month 13: dates are year-month-day");
    assert_snapshot!(findings("let x = 2027-1-1"), @r#"
    bad-date 8..16 `2027-1-1` `2027-1-1` is no date: dates are written year-month-day, as in `2026-01-05`
      fix write `2027-01-01`: let x = 2027-01-01
    "#);
    assert_snapshot!(findings("let x = $3/minute"), @"bad-number 8..17 `$3/minute` a rate is per hour, day, month or year, not per `minute`");
    assert_snapshot!(findings("let x = 1__000"), @"bad-number 8..14 `1__000` in `1__000`, each `_` must stand between two figures");
    assert_snapshot!(findings("let x = 99999999999999999999999999999999999999999999"), @"bad-number 8..52 `99999999999999999999999999999999999999999999` the number has more figures than nbc can hold exactly");
    assert_snapshot!(findings(r#"let x = "a\d \u{110000} {a + b} {a.b} {f(a)} { \{""#), @r#"
    bad-escape 10..12 `\d` `\d` means nothing; the escapes are `\n \t \" \\ \{ \u{…}`
    bad-escape 13..23 `\u{110000}` `\u` is followed by the number of a character, as in `\u{e9}`
    bad-interpolation 24..31 `{a + b}` only a path or one call stands between braces; anything longer deserves a `let`
      help for a brace itself write `\{`; for verbatim text use `'…'`
      fix write `\{`: let x = "a\d \u{110000} \{a + b} {a.b} {f(a)} { \{"
    bad-interpolation 45..46 `{` `{` has no `}` on its line; for a brace itself write `\{`
      fix write `\{`: let x = "a\d \u{110000} {a + b} {a.b} {f(a)} \{ \{"
    "#);
}

#[test]
fn what_nobody_sees() {
    assert_snapshot!(findings("# a\u{202e}b\nlet x\u{a0}= \"\u{200b}\u{200b}\""), @r#"
    invisible-character 3..6 `\u{202e}` a mark that changes the direction of the text (U+202E) makes the line look different from what it says here
      fix remove it: # ab
    let x\u{a0}= "\u{200b}\u{200b}"
    unknown-character 13..15 `\u{a0}` a space that is not an ordinary one stands here
      fix write an ordinary space: # a\u{202e}b
    let x = "\u{200b}\u{200b}"
    invisible-character 18..21 `\u{200b}` an invisible character (U+200B) stands here
      fix remove it: # a\u{202e}b
    let x\u{a0}= "\u{200b}"
    "#);
    assert_snapshot!(findings("let x = \u{0}1"), @r#"
    invisible-character 8..9 `\u{0}` a control character (U+0000) stands here
      fix remove it: let x = 1
    "#);
    assert_snapshot!(findings("let x = \"❤\u{fe0f}\""), @"");
    // With nothing before it, it belongs to nothing.
    assert_snapshot!(findings("\u{fe0f}# a\n"), @r"
    invisible-character 0..3 `\u{fe0f}` an invisible character (U+FE0F) stands here
      fix remove it: # a
    ");
    assert_snapshot!(findings("let x = a && b"), @r#"
    unknown-character 10..12 `&&` `&&` is not used: write `and`
      fix write `and`: let x = a and b
    "#);
}

#[test]
fn habits_from_other_languages() {
    assert_snapshot!(findings("group: ml\n  title: x\n"), @"unexpected-token 5..6 `:` expected the handle of what is declared, found `:`");
    assert_snapshot!(findings("group ml:\n  title: \"x\"\n  members:\n    - ana\n    - bob\n\ngroup b { }\n"), @"unexpected-token 8..9 `:` expected `{`, found `:`");
    assert_snapshot!(findings("group ml {\n  members: ana, bob\n  title: \"x\"\n}"), @r#"
    unexpected-token 22..30 `ana, bob` several values of one field stand in `[ ]`
      fix write `[ana, bob]`: group ml {
      members: [ana, bob]
      title: "x"
    }
    "#);
    assert_snapshot!(findings("group ml {\n  members: [ana bob, eve\n    dan]\n}"), @r#"
    missing-separator 27..30 `bob` a comma or a new line is missing before `bob`
      fix insert `,`: group ml {
      members: [ana, bob, eve
        dan]
    }
    "#);
    assert_snapshot!(findings("group ml {\n  members: [\"ana\", \"bob\"\n}\n"), @r#"
    unclosed-bracket 22..23 `[` `[` has no `]`
      36..37 it must be closed before `}`
      fix insert `]`: group ml {
      members: ["ana", "bob"]
    }
    "#);
    assert_snapshot!(findings("// a comment\ngroup ml { }\n"), @r#"
    unexpected-token 0..2 `//` comments start with `#`
      fix write `#`: # a comment
    group ml { }
    "#);
    assert_snapshot!(findings("/* a\n comment */\ngroup ml { }\n"), @r#"
    unexpected-token 0..2 `/*` comments start with `#`
    unexpected-token 14..15 `*` expected the handle of what is declared, found `*`
    "#);
    assert_snapshot!(findings("resource \"group\" \"ml\" {\n  title = \"x\"\n}\n"), @r#"
    unexpected-token 17..21 `"ml"` expected `{`, found a text
    "#);
    assert_snapshot!(findings("group ml {\n  quota: { cpu = 8; memory = 8Gi; }\n}\n"), @r#"
    unexpected-token 26..27 `=` a field gets its value after `:`, not `=`
      fix write `:`: group ml {
      quota: { cpu: 8; memory = 8Gi; }
    }
    unknown-character 29..30 `;` `;` is not used: a comma or a line break is enough
      fix write `,`: group ml {
      quota: { cpu = 8, memory = 8Gi; }
    }
    unexpected-token 38..39 `=` a field gets its value after `:`, not `=`
      fix write `:`: group ml {
      quota: { cpu = 8; memory: 8Gi; }
    }
    unknown-character 43..44 `;` `;` is not used: a comma or a line break is enough
      fix remove `;`: group ml {
      quota: { cpu = 8; memory = 8Gi }
    }
    "#);
    assert_snapshot!(findings("group ml { url: https://a.example/x?y=1 }"), @r#"
    unquoted-word 16..39 `https://a.example/x?y=1` addresses and paths stand in quotes
      fix write it in quotes: group ml { url: "https://a.example/x?y=1" }
    "#);
    assert_snapshot!(findings("group ml { image: quay.io/a/b:v1, path: /home/x }"), @r#"
    unquoted-word 18..32 `quay.io/a/b:v1` addresses and paths stand in quotes
      fix write it in quotes: group ml { image: "quay.io/a/b:v1", path: /home/x }
    unquoted-word 40..47 `/home/x` addresses and paths stand in quotes
      fix write it in quotes: group ml { image: quay.io/a/b:v1, path: "/home/x" }
    "#);
    assert_snapshot!(findings("group ml { cpu: 8 cores }"), @r#"
    bad-number 16..23 `8 cores` `8 cores` is written `8`
      fix write `8`: group ml { cpu: 8 }
    "#);
    assert_snapshot!(findings("group ml { a: null, b: True, c: yes }"), @r#"
    unquoted-word 23..27 `True` `True` is written `true`
      fix write `true`: group ml { a: null, b: true, c: yes }
    "#);
    assert_snapshot!(findings("group ml { a: 'it's' }"), @r#"
    unclosed-bracket 9..10 `{` `{` has no `}`
      fix insert `}`: group ml { a: 'it's' }}
    unexpected-token 14..22 `'it's' }` the text ends at the second `'`
    unterminated-text 19..20 `'` the text has no closing `'` before the end of the line
    "#);
    assert_snapshot!(findings("group ml { a: “x” }"), @r#"
    unknown-character 14..21 `“x”` `“` is no quote here: texts stand in `"`
      fix write `"`: group ml { a: "x" }
    "#);
    assert_snapshot!(findings("group ml { a: 1 # } \n}\nrule r \"x\" for group g {\n  when g.a = 1 && !g.b\n}"), @r#"
    unexpected-token 59..60 `=` `=` gives a value to a declaration; to compare, write `==`
      fix write `==`: group ml { a: 1 # } 
    }
    rule r "x" for group g {
      when g.a == 1 && !g.b
    }
    unknown-character 63..65 `&&` `&&` is not used: write `and`
      fix write `and`: group ml { a: 1 # } 
    }
    rule r "x" for group g {
      when g.a = 1 and !g.b
    }
    unknown-character 66..67 `!` `!` is not used: write `not`
      fix write `not`: group ml { a: 1 # } 
    }
    rule r "x" for group g {
      when g.a = 1 && not g.b
    }
    "#);
    assert_snapshot!(findings("let x = if a { b } else { c }"), @"unexpected-token 13..14 `{` expected `then`, found `{`");
    assert_snapshot!(findings("let x = a ? b : c\nlet y = a != b || c"), @r#"
    unexpected-token 10..11 `?` `?` is not used: write `if c then a else b`
    unexpected-token 33..35 `||` `||` is not used: write `or`
      fix write `or`: let x = a ? b : c
    let y = a != b or c
    "#);
    assert_snapshot!(findings("group ml { until: 31.12.2026, from: 12/31/2026 }"), @r#"
    bad-date 18..28 `31.12.2026` `31.12.2026` is no date: dates are written year-month-day, as in `2026-01-05`
      fix write `2026-12-31`: group ml { until: 2026-12-31, from: 12/31/2026 }
    bad-date 36..46 `12/31/2026` `12/31/2026` is no date: dates are written year-month-day, as in `2026-01-05`
    "#);
    assert_snapshot!(findings("group a.b { }\ngroup \"x\" extends { }"), @r#"
    bad-name 6..9 `a.b` `a.b` cannot be a name: names are lower-case words joined by `-`
      fix write `a-b`: group a-b { }
    group "x" extends { }
    unexpected-token 32..33 `{` expected what it extends, found `{`
    "#);
}
