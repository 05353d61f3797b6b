//! Text in, text out; and whatever the text: formatting twice is formatting once, and the tree says the same.

use insta::assert_snapshot;

use super::format;
use crate::tests::parsed;

fn formatted(text: &str) -> String {
    format(&parsed(text), &[]).unwrap()
}

#[test]
fn spaces_and_empty_lines() {
    assert_snapshot!(formatted("\n\n# head\r\n\n\n\n## doc\r\ngroup   ml{title :\"a\" ,quota : {cpu:4}\n\n\n  note:1  # why \n\n}\n\n\ngroup b { }# after\n\n"), @r#"
    # head

    ## doc
    group ml {
      title: "a"
      quota { cpu: 4 }

      note: 1  # why
    }

    group b { }  # after
    "#);
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\n"), "");
    assert_eq!(formatted("\u{feff}# only a comment"), "\u{feff}# only a comment\n");
}

#[test]
fn a_block_stands_on_one_line_where_the_author_wrote_it_so_and_it_fits() {
    let long = "a-name-that-is-long-enough-for-two-of-them-to-fill-a-line";
    assert_snapshot!(formatted(&format!("user a {{ x: 1, y: 2, }}\nuser b {{ x: 1\n y: 2 }}\nuser c {{ x: {long}, y: {long} }}\nstage s {{\n}}\n")), @"
    user a { x: 1, y: 2 }
    user b {
      x: 1
      y: 2
    }
    user c {
      x: a-name-that-is-long-enough-for-two-of-them-to-fill-a-line
      y: a-name-that-is-long-enough-for-two-of-them-to-fill-a-line
    }
    stage s { }
    ");
}

#[test]
fn lists_stand_one_element_a_line_from_four_references_on_or_when_dated() {
    assert_snapshot!(formatted("group a { x: [b, c, d,], y: [b, c, d, e], z: [b until 2027-01-01], t: [\"1\", \"2\", \"3\", \"4\"], u: [ ] }\nlet s = [b\n]\n"), @r#"
    group a {
      x: [b, c, d]
      y: [
        b,
        c,
        d,
        e,
      ]
      z: [
        b until 2027-01-01,
      ]
      t: ["1", "2", "3", "4"]
      u: []
    }
    let s = [
      b,
    ]
    "#);
    assert_snapshot!(formatted("rule r \"s\" for group g { when g.x in [a, b, c, d, e] }\nlet x = [a.b for\na in c if a.d]"), @r#"
    rule r "s" for group g { when g.x in [a, b, c, d, e] }
    let x = [
      a.b
      for a in c
      if a.d
    ]
    "#);
}

#[test]
fn comments_stay_beside_what_they_are_about() {
    assert_snapshot!(formatted("group a {  # on the header\n\n # first\n\n\n # second\n x: [ # opens\n b # b\n # end of list\n ]\n y: # value\n 1\n\n # end\n\n} # after\n# last"), @"
    group a {  # on the header
      # first

      # second
      x: [  # opens
        b,  # b
        # end of list
      ]
      y:  # value
      1

      # end
    }  # after
    # last
    ");
    assert_snapshot!(formatted("kind k { action a\n # only a comment\n}\nstage s { # c\n}\nlet x = a + # why\n b\nlet y = f(a # one\n , b)"), @"
    kind k {
      action a
      # only a comment
    }
    stage s {  # c
    }
    let x =
      a +  # why
      b
    let y = f(
      a,  # one
      b,
    )
    ");
}

#[test]
fn expressions_break_at_their_loosest_operators() {
    assert_snapshot!(formatted("let a = if x then y\nelse if z then u else v\nlet b = a and\n b and (c or d) and\n not e\nlet c = 1+2*3 -\n(-4)\nlet d = any p in ps:\n p.gpu set"), @"
    let a =
      if x then y
      else if z then u
      else v
    let b =
      a
      and b
      and (c or d)
      and not e
    let c =
      1 +
      2 * 3 -
      (-4)
    let d =
      any p in ps:
        p.gpu set
    ");
    assert_snapshot!(formatted("kind k {\n require this-is-a-long-name and another-long-name and a-third-long-name \"the sentence stands behind what it is about\"\n x: user |\n group in 1 .. 5 \"s\" = 3\n}\nrule r \"s\" for group g { require g.x.y.z set and g.another.long.name set else \"take the GPU away, or give the group what it needs\" }"), @r#"
    kind k {
      require this-is-a-long-name and another-long-name and a-third-long-name "the sentence stands behind what it is about"
      x: user |
        group in 1..5 "s" = 3
    }
    rule r "s" for group g {
      require g.x.y.z set and g.another.long.name set
        else "take the GPU away, or give the group what it needs"
    }
    "#);
}

#[test]
fn long_texts_move_with_their_line_and_say_the_same() {
    assert_snapshot!(formatted("group a { b { c: \"\"\"\n  one\n    two\n\n  three\n  \"\"\" } }\nraw kubernetes on group.ml '''\r\nkind: X\r\n'''\nlet x = \"\"\" beside\n  it\"\"\"\nlet e = '''\n'''"), @r#"
    group a {
      b {
        c: """
          one
            two

          three
          """
      }
    }
    raw kubernetes on group.ml '''
      kind: X
      '''
    let x = """ beside
      it"""
    let e = '''
      '''
    "#);
}

#[test]
fn what_would_change_its_meaning_is_kept() {
    // The comment ends the line, so the colon must say that the block goes on.
    assert_snapshot!(formatted("group a { x : # c\n { y: 1 } }\nlet n = 8 .a"), @"
    group a {
      x:  # c
      { y: 1 }
    }
    let n = 8 .a
    ");
    assert_eq!(format(&parsed("group a { x: }"), &[]), None);
}

#[test]
fn minutes_are_written_min_where_they_are_durations() {
    let text = "profile a { cpu: 500m, idle-stop: 45m, x: 5min }";
    let minutes = [(text.find("45m").unwrap() as u32).into()];
    assert_eq!(format(&parsed(text), &minutes).unwrap(), "profile a { cpu: 500m, idle-stop: 45min, x: 5min }\n");
}
