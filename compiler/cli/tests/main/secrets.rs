//! A secret in the files is a finding, and no command repeats it: logs of CI are read by more people than files are.

use super::{folder, nbc};

const FILES: &str = "== nbc.toml
edition = \"2026\"
[backends.conda-store]
version = \"2025.2\"
== x.nbc
channel inner { url: \"https://ana:swordfish@conda.example\", trusted: true }
environment torch { namespace: global, channels: [inner], packages { numpy: \"2.*\" }, variables { \"DB_PASSWORD\": \"swordfish\" } }
environment token { namespace: global, channels: [inner], packages { numpy: \"2.*\" }, description: \"ghp_swordfishswordfishswordfish\" }
";

#[test]
fn no_command_repeats_a_secret() {
    let folder = folder(FILES);
    let commands = [
        "check",
        "check --format json",
        "check --format sarif",
        "check --format github",
        "check --format gitlab",
        "check --format junit",
        "check --format md",
        "show channel.inner",
        "show environment.torch",
        "show environment --format json",
        "show environment --columns handle,variables --format csv",
        "explain channel.inner.url",
        "explain environment.torch.variables.DB_PASSWORD",
        "fix --diff",
        "fmt --diff",
    ];
    for command in commands {
        let ran = nbc(folder.path(), &format!("-C {{}} {command}"));
        let text = ran.transcript();
        assert!(!text.is_empty() && !text.contains("swordfish"), "nbc {command}:\n{text}");
    }
}

#[test]
fn the_line_is_shown_without_the_secret() {
    let folder = folder(FILES);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} check -q").transcript(), @r#"
      × error[NBC0460] secret-in-clear: an address holds a password in clear
       ╭─[x.nbc:1:22]
     1 │ channel inner { url: "https://ana:*********@conda.example", trusted: true }
       ·                      ──────────────────┬──────────────────
       ·                                        ╰── everybody who reads the files has it
     2 │ environment torch { namespace: global, channels: [inner], packages { numpy: "2.*" }, variables { "DB_PASSWORD": "*********" } }
       ╰────
      help: take it out: programs read it from the settings of the machine that they run on
            renew it: it has been read already

      ⚠ warning[NBC0442] duplicate-environment: environments `token` and `torch` have the same
      │ packages
       ╭─[x.nbc:2:13]
     1 │ channel inner { url: "https://ana:*********@conda.example", trusted: true }
     2 │ environment torch { namespace: global, channels: [inner], packages { numpy: "2.*" }, variables { "DB_PASSWORD": "*********" } }
       ·             ──┬──
       ·               ╰── built and kept twice
     3 │ environment token { namespace: global, channels: [inner], packages { numpy: "2.*" }, description: "*******************************" }
       ╰────
      help: keep `token` and list the other's groups under `shared-with`

      × error[NBC0460] secret-in-clear: `DB_PASSWORD` holds a secret in clear
       ╭─[x.nbc:2:113]
     1 │ channel inner { url: "https://ana:*********@conda.example", trusted: true }
     2 │ environment torch { namespace: global, channels: [inner], packages { numpy: "2.*" }, variables { "DB_PASSWORD": "*********" } }
       ·                                                                                                                 ─────┬─────
       ·                                                                                                                      ╰── everybody who reads the files has it
     3 │ environment token { namespace: global, channels: [inner], packages { numpy: "2.*" }, description: "*******************************" }
       ╰────
      help: keep it elsewhere and point to it: `secret db-password { from: kubernetes { name: "db-
            password", key: "value" } }`
            renew it: it has been read already

      × error[NBC0460] secret-in-clear: `description` holds a secret in clear
       ╭─[x.nbc:3:99]
     2 │ environment torch { namespace: global, channels: [inner], packages { numpy: "2.*" }, variables { "DB_PASSWORD": "*********" } }
     3 │ environment token { namespace: global, channels: [inner], packages { numpy: "2.*" }, description: "*******************************" }
       ·                                                                                                   ────────────────┬────────────────
       ·                                                                                                                   ╰── everybody who reads the files has it
       ╰────
      help: keep it elsewhere and point to it: `secret description { from: kubernetes { name:
            "description", key: "value" } }`
            renew it: it has been read already

    [1]
    "#);
    insta::assert_snapshot!(nbc(folder.path(), "-C {} show environment.torch").transcript(), @r#"
    environment.torch  x.nbc:2
    field      value                   said by   place
    namespace  global                  declared  x.nbc:2
    channels   [inner]                 declared  x.nbc:2
    packages   { numpy: "2.*" }        declared  x.nbc:2
    variables  { DB_PASSWORD: "***" }  declared  x.nbc:2
    [0]
    "#);
}

/// Half of the phases never see that it is a secret.
#[test]
fn an_error_beside_a_secret_does_not_show_it() {
    let folder = folder("== x.nbc\nprofile p {\n  variables { \"DB_PASSWORD\": \"swordfish\" }\n  cpu 1\n}");
    insta::assert_snapshot!(nbc(folder.path(), "check {}/x.nbc -q").transcript(), @r#"
      × error[NBC0207] missing-field: profile `p` has no `memory`
       ╭─[x.nbc:1:9]
     1 │ profile p {
       ·         ┬
       ·         ╰── needs `memory`
     2 │   variables { "DB_PASSWORD": "*********" }
       ╰────
      help: std/kinds/profile.nbc:17  Most memory that a server may use; above it, it is killed.
            write `memory: …`

      × error[NBC0001] unexpected-token: `:` is missing before `1`
       ╭─[x.nbc:3:7]
     2 │   variables { "DB_PASSWORD": "*********" }
     3 │   cpu 1
       ·       ─
     4 │ }
       ╰────
      help: insert `:`  (nbc fix)

    [1]
    "#);
}
