//! The shape of small trees.

use insta::assert_snapshot;

use super::tree;

#[test]
fn an_instance_with_operations() {
    assert_snapshot!(tree("## Doc\ngroup ml extends lab {\n  add members: [ana, bob until 2027-01-31]\n  quota { cpu: 8 }\n}"), @r#"
    SOURCE_FILE
      INSTANCE ## Doc group ml
        EXTENDS_CLAUSE extends lab
        BODY {
          ITEM add members :
            LIST_EXPR [
              PATH_EXPR ana ,
              DATED_ELEMENT
                PATH_EXPR bob until
                LITERAL 2027-01-31 ]
          ITEM quota
            BODY {
              ITEM cpu :
                LITERAL 8 } }
    "#);
    assert_snapshot!(tree("user from \"people.csv\" { handle: row.\"Log in\" }"), @r#"
    SOURCE_FILE
      INSTANCE user from "people.csv"
        BODY {
          ITEM handle :
            PATH_EXPR row . "Log in" }
    "#);
    assert_snapshot!(tree("# c\na b { unset x, locked y: z { }, 7zip: 1 } # d"), @r#"
    SOURCE_FILE # c
      INSTANCE a b
        BODY {
          ITEM unset x ,
          ITEM locked y :
            TAGGED_VALUE z
              BODY { } ,
          ITEM
            FOREIGN_KEY 7zip :
            LITERAL 1 } # d
    "#);
}

#[test]
fn a_kind() {
    assert_snapshot!(tree("kind p {\n  action launch implies view \"s\"\n  ## Doc\n  own m?: [dated user | group] in 1..2 \"s\" where a grants launch = [1]\n  computed b: {Gpu: Count} = c set\n}"), @r#"
    SOURCE_FILE
      KIND_DECL kind p
        KIND_BODY {
          ACTION action launch implies view "s"
          FIELD ## Doc own m ? :
            LIST_TYPE [ dated
              UNION_TYPE
                NAMED_TYPE user |
                NAMED_TYPE group ]
            IN_CONSTRAINT in
              LITERAL 1 ..
              LITERAL 2 "s"
            WHERE_CONSTRAINT where
              PATH_EXPR a
            GRANTS_CLAUSE grants launch
            DEFAULT =
              LIST_EXPR [
                LITERAL 1 ]
          COMPUTED_FIELD computed b :
            MAP_TYPE {
              NAMED_TYPE Gpu :
              NAMED_TYPE Count } =
            SET_EXPR
              PATH_EXPR c set }
    "#);
    assert_snapshot!(tree("variant V { a, b { c: Text } }\nextend enum E { x \"s\" }"), @r#"
    SOURCE_FILE
      VARIANT_DECL variant V
        VARIANT_BODY {
          CASE a ,
          CASE b
            RECORD_BODY {
              FIELD c :
                NAMED_TYPE Text } }
      EXTEND_ENUM_DECL extend enum E
        ENUM_BODY {
          ENUM_VALUE x "s" }
    "#);
}

#[test]
fn rules_tests_and_stages() {
    assert_snapshot!(tree("rule r \"s\" for user u, group g {\n  when any p in g.ps: p.x set\n  require u cannot read d else \"fix\"\n}"), @r#"
    SOURCE_FILE
      RULE_DECL rule r "s" for
        SUBJECT user u ,
        SUBJECT group g
        RULE_BODY {
          WHEN_CLAUSE when
            QUANTIFIER_EXPR any p in
              PATH_EXPR g . ps :
              SET_EXPR
                PATH_EXPR p . x set
          REQUIRE_CLAUSE require
            PATH_EXPR u
            ACCESS cannot read
              PATH_EXPR d
            ELSE_CLAUSE else "fix" }
    "#);
    assert_snapshot!(tree("test \"t\" in prod as-of 2027-01-01 {\n  expect a cannot b c because d\n  expect g.x keeps r\n  add g.a.b: [c]\n}"), @r#"
    SOURCE_FILE
      TEST_DECL test "t"
        IN_STAGE_CLAUSE in prod
        AS_OF_CLAUSE as-of 2027-01-01
        TEST_BODY {
          EXPECTATION expect
            PATH_EXPR a
            ACCESS cannot b
              PATH_EXPR c
            BECAUSE_CLAUSE because d
          EXPECTATION expect
            PATH_EXPR g . x
            RULE_VERDICT keeps r
          CHANGE add
            PATH g . a . b :
            LIST_EXPR [
              PATH_EXPR c ] }
    "#);
    assert_snapshot!(tree("stage s extends t { override g.a.\"b c\".d: 1\n unset g.a.b }"), @r#"
    SOURCE_FILE
      STAGE_DECL stage s
        EXTENDS_CLAUSE extends t
        STAGE_BODY {
          CHANGE override
            PATH g . a . "b c" . d :
            LITERAL 1
          CHANGE unset
            PATH g . a . b }
    "#);
}

#[test]
fn expressions_bind_as_the_grammar_says() {
    assert_snapshot!(tree("let x = a + b * -c - d"), @r#"
    SOURCE_FILE
      LET_DECL let x =
        SUM_EXPR
          PATH_EXPR a +
          PRODUCT_EXPR
            PATH_EXPR b *
            NEGATIVE_EXPR -
              PATH_EXPR c -
          PATH_EXPR d
    "#);
    assert_snapshot!(tree("let x = a and not b == 1 and c in 1..2"), @r#"
    SOURCE_FILE
      LET_DECL let x =
        LOGIC_EXPR
          PATH_EXPR a and
          NOT_EXPR not
            COMPARISON_EXPR
              PATH_EXPR b ==
              LITERAL 1 and
          COMPARISON_EXPR
            PATH_EXPR c in
            LITERAL 1 ..
            LITERAL 2
    "#);
    assert_snapshot!(tree("let x = f(a.b, 1).c otherwise d set"), @r#"
    SOURCE_FILE
      LET_DECL let x =
        OTHERWISE_EXPR
          MEMBER_EXPR
            CALL_EXPR f (
              PATH_EXPR a . b ,
              LITERAL 1 ) . c otherwise
          SET_EXPR
            PATH_EXPR d set
    "#);
    assert_snapshot!(tree("let x = if a then [b for c in d if e] else T.f"), @r#"
    SOURCE_FILE
      LET_DECL let x =
        IF_EXPR if
          PATH_EXPR a then
          LIST_EXPR [
            PATH_EXPR b
            COMPREHENSION for c in
              PATH_EXPR d if
              PATH_EXPR e ] else
          PATH_EXPR T . f
    "#);
}

#[test]
fn mistakes_keep_the_rest_of_the_tree() {
    assert_snapshot!(tree("group a { b = 1, c d, e: }\ngroup f { }"), @r#"
    SOURCE_FILE
      INSTANCE group a
        BODY {
          ITEM b
            ERROR =
            LITERAL 1 ,
          ITEM c
            PATH_EXPR d ,
          ITEM e : }
      INSTANCE group f
        BODY { }
    "#);
    assert_snapshot!(tree("oops\nlet x = (1 +\nlet y = 2"), @r#"
    SOURCE_FILE
      INSTANCE oops
      LET_DECL let x =
        PAREN_EXPR (
          SUM_EXPR
            LITERAL 1 +
          ERROR let y = 2
    "#);
}

#[test]
fn a_field_may_be_called_like_a_word() {
    assert_snapshot!(tree("record FreeChoice {\n  ## A\n  title: Text\n  ## B\n  matching: Text\n  where: Text\n  in?: Text\n}"), @"
    SOURCE_FILE
      RECORD_DECL record FreeChoice
        RECORD_BODY {
          FIELD ## A title :
            NAMED_TYPE Text
          FIELD ## B matching :
            NAMED_TYPE Text
          FIELD where :
            NAMED_TYPE Text
          FIELD in ? :
            NAMED_TYPE Text }
    ");
}
