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
}
