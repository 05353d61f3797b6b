//! `nbc show`: lists with columns, one thing with what everybody said, and both for programs.

use super::{example, folder, nbc};

fn lab(arguments: &str) -> String {
    nbc(&example("lab"), &format!("-C {{}} --as-of 2026-11-20 show {arguments}")).transcript()
}

#[test]
fn a_list_has_the_columns_that_were_asked_for() {
    insta::assert_snapshot!(lab("group --columns handle,quota.cpu,members,until"), @r#"
    handle       quota.cpu  members                            until
    admins                  [hana, taylor]
    climate      64         [dana, eli, fatima, hana]
    lab          24         [robin, taylor]
    ml-research  32         [ana, bob, chen until 2027-03-31]
    students     8          [gus, ivo, noor]                   2027-02-28
    [0]
    "#);
    insta::assert_snapshot!(lab("user --columns handle,accounts.github,until --format csv").replace('\r', ""), @r#"
    handle,accounts.github,until
    ana,anasilva,
    bob,,
    chen,,2027-03-31
    dana,,2027-06-30
    eli,,
    fatima,,
    gus,,
    hana,hanas,
    ivo,,
    noor,,
    robin,rvale,
    taylor,tkim,
    [0]
    "#);
    insta::assert_snapshot!(lab("profile --columns handle,gpu.a100,price --format md"), @r#"
    | handle | gpu.a100 | price |
    |---|---|---|
    | gpu-a100 | 1 | €3.2/hour |
    | large |  | €0.48/hour |
    | small |  | €0.12/hour |
    [0]
    "#);
}

#[test]
fn one_thing_says_who_said_what_where() {
    insta::assert_snapshot!(lab("group.ml-research.quota"), @r#"
    group.ml-research.quota  teams/ml-research.nbc:13
    field     value        said by   place
    cpu       32           declared  teams/ml-research.nbc:14
    memory    256Gi        declared  teams/ml-research.nbc:15
    gpu       { a100: 4 }  declared  teams/ml-research.nbc:16
    budget    €2500/month  declared  teams/ml-research.nbc:17
    alert-at  [80%, 100%]  declared  teams/ml-research.nbc:18
    [0]
    "#);
    insta::assert_snapshot!(lab("profile.large --effective --columns cpu,memory,idle-stop,default"), @r#"
    profile.large  platform.nbc:19
    field      value  said by   place
    default    false  declared  platform.nbc:21
    cpu        8      declared  platform.nbc:22
    memory     64Gi   declared  platform.nbc:23
    idle-stop  1h     default   std/kinds/profile.nbc:43
    [0]
    "#);
    let json = lab("profile.small --columns memory --format json");
    assert!(json.contains("\"fields\":{\"memory\":{\"text\":\"8Gi\",\"bytes\":8589934592}}"), "{json}");
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    assert_eq!(lab("usr"), "error: there is no kind `usr`; did you mean `user`?\n[2]");
    assert_eq!(lab("user.dena"), "error: there is no user `dena`; did you mean `dana`?\n[2]");
    assert_eq!(
        lab("user --columns handle,emial"),
        "error: there is no field `emial` of user; did you mean `email`?\n[2]"
    );
    let none = "error: there is no field `zzz` of user; `nbc docs user` lists all\n[2]";
    assert_eq!(lab("user.ana --columns zzz --format json"), none);
}

#[test]
fn hostile_text_stays_text() {
    let folder = folder("== nbc.toml\nedition = \"2026\"\n== a.nbc\nuser ana { description: \"=1+1|, <b>\" }\n");
    let show = |format: &str| {
        nbc(folder.path(), &format!("-C {{}} show user --columns handle,description --format {format}")).out
    };
    assert_eq!(show("csv"), "handle,description\r\nana,\"'=1+1|, <b>\"\r\n");
    assert_eq!(show("md").lines().last(), Some("| ana | =1+1\\|, &lt;b&gt; |"));
    assert_eq!(show("human").lines().last(), Some("ana     =1+1|, <b>"));
}
