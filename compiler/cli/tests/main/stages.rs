//! A question about a workspace of several stages: people get every answer once, programs are asked which one they mean.

use super::{folder, nbc};

const FILES: &str = "== nbc.toml
edition = \"2026\"
== x.nbc
user ana {}
group lab { members: [ana], profiles: [small] }
profile small { cpu: 1, memory: 2Gi }
stage dev { override profile.small.cpu: 2 }
stage prod {}
stage west extends prod { override group.lab.members: [] }
";

#[test]
fn stages_with_the_same_answer_share_it() {
    let folder = folder(FILES);
    let nbc = |command: &str| nbc(folder.path(), &format!("-C {{}} {command}")).transcript();
    insta::assert_snapshot!(nbc("explain profile.small.cpu"), @"
    in dev:
    profile.small.cpu is 2
      declared                 1                        x.nbc:3:22
    → stage dev                override 2               x.nbc:4:41
    means     Most CPU that a server may use; above it, it is slowed down.
    used by   group.lab

    in prod, west:
    profile.small.cpu is 1
    → declared                 1                        x.nbc:3:22
    means     Most CPU that a server may use; above it, it is slowed down.
    used by   group.lab
    [0]
    ");
    insta::assert_snapshot!(nbc("show group.lab"), @"
    in dev, prod:
    group.lab  x.nbc:2
    field     value    said by   place
    members   [ana]    declared  x.nbc:2
    profiles  [small]  declared  x.nbc:2

    in west:
    group.lab  x.nbc:2
    field     value    said by     place
    members   []       stage west  x.nbc:6
    profiles  [small]  declared    x.nbc:2
    [0]
    ");
    insta::assert_snapshot!(nbc("audit who-can launch small"), @"
    in dev, prod:
    1 of 1 person can launch profile small, as of 2026-11-20
      lab           1   ana                                                        x.nbc:2
    nobody else; no service; no open door

    in west:
    0 of 1 person can launch profile small, as of 2026-11-20
    nobody else; no service; no open door
    [0]
    ");
    insta::assert_snapshot!(nbc("audit who-can launch small --expect 1"), @"
    in dev, prod:
    1 of 1 person can launch profile small, as of 2026-11-20
      lab           1   ana                                                        x.nbc:2
    nobody else; no service; no open door

    in west:
    0 of 1 person can launch profile small, as of 2026-11-20
    nobody else; no service; no open door
    error: the answer is not `1`
    [1]
    ");
    insta::assert_snapshot!(nbc("audit unreferenced"), @"
    0 things that nothing refers to, as of 2026-11-20
    judged   3 declarations
    not      whether anybody uses what is declared (nbc sees no use)
    [0]
    ");
    insta::assert_snapshot!(nbc("audit who-can launch small --format json"), @"
    error: this workspace has several stages, and the answer differs
      = name one with --stage: dev, prod, west
    [2]
    ");
}
