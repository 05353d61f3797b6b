//! `nbc docs`: kinds, fields, types and pages, with and without a workspace.

use nbc::Exit;

use super::{folder, nbc};

#[test]
fn a_field_is_told_in_words() {
    let nowhere = tempfile::tempdir().unwrap();
    let docs = |what: &str| nbc(nowhere.path(), &format!("-C {{}} docs {what}")).transcript();
    insta::assert_snapshot!(docs("group.quota.budget"), @r"
    group.quota.budget?: Rate  std/kinds/quota.nbc:32
    Money per month. It is reported and stops nothing, unless `on-budget` says so.

    default    absent
    [0]
    ");
    insta::assert_snapshot!(docs("group.profiles"), @r"
    group.profiles: [dated profile]  std/kinds/group.nbc:22
    Sizes that members may launch. This group pays for them.

    default    []
    grants     this one, and its members, may launch what is listed
    [0]
    ");
    insta::assert_snapshot!(docs("data-source.at"), @r"
    data-source.at: DataAt  std/kinds/data-source.nbc:9
    Where the data lies.

    required   it has no default

      bucket           url: Url, region?: Text
      database         engine: DatabaseEngine, host: Domain, port?: Port, name: Text, schema?: Text
      folder           storage: storage, path?: Path
      url              address: Url
    [0]
    ");
    insta::assert_snapshot!(docs("Classification"), @r"
    enum Classification  std/kinds/types.nbc:62
    What a disclosure of the data would mean. Order: public, internal, confidential, restricted.

      public           anyone may know it
      internal         everyone who works here may know it
      confidential     only those who need it; a disclosure does harm
      restricted       law or contract says who may see it
    [0]
    ");
}

#[test]
fn kinds_of_the_workspace_are_told_too() {
    let folder = folder(
        "== nbc.toml\nedition = \"2026\"\n== a.nbc\n## A tracking server.\nkind mlflow {\n  ## Its memory.\n  memory: Memory in 1Gi..16Gi \"between 1Gi and 16Gi\" = 2Gi\n}\n",
    );
    insta::assert_snapshot!(nbc(folder.path(), "-C {} docs mlflow").transcript(), @r"
    kind mlflow  a.nbc:2
    A tracking server.

      memory: Memory = 2Gi
          Its memory.

    and title, description, labels, was, deprecated, as every kind
    [0]
    ");
    assert!(nbc(folder.path(), "-C {} docs").out.contains("mlflow             A tracking server.\n"));
}

#[test]
fn what_is_not_there_has_a_way_out() {
    let nowhere = tempfile::tempdir().unwrap();
    let docs = |what: &str| nbc(nowhere.path(), &format!("-C {{}} docs {what}")).transcript();
    insta::assert_snapshot!(docs("grup"), @r"
    error: there is no kind, type or page `grup`
      = did you mean `group`? `nbc docs` lists what there is
    [2]
    ");
    insta::assert_snapshot!(docs("group.qouta"), @r"
    error: `group` has no `qouta`; did you mean `quota`?
    [2]
    ");
    insta::assert_snapshot!(docs("otherwise"), @r"
    error: there is no kind, type or page `otherwise`
      = these pages speak of it: expressions, words
    [2]
    ");
}

#[test]
fn every_page_fits_a_terminal() {
    let nowhere = tempfile::tempdir().unwrap();
    let contents = nbc(nowhere.path(), "-C {} docs").out;
    let pages =
        contents.lines().skip_while(|line| !line.starts_with("pages:")).skip(2).take_while(|line| !line.is_empty());
    let mut read = 0;
    for page in pages.filter_map(|line| line.split_whitespace().next()) {
        let ran = nbc(nowhere.path(), &format!("-C {{}} docs {page}"));
        assert_eq!(ran.exit, Exit::Done, "{page}");
        // Code keeps its lines; prose is wrapped.
        let wide: Vec<&str> =
            ran.out.lines().filter(|line| !line.starts_with("    ") && line.chars().count() > 100).collect();
        assert_eq!(wide, Vec::<&str>::new(), "{page}");
        read += 1;
    }
    assert!(read > 20, "{contents}");
}
