//! What an editor offers by name.

use serde_json::json;

use super::client::{Client, folder, uri};

const LAB: &str =
    "platform lab { title: \"Lab\", domain: \"lab.example\", contact: \"lab@lab.example\", isolation: shared }
user ana { first-name: \"Ana\", last-name: \"Silva\", email: \"ana@lab.example\" }
user bo { email: \"bo@lab.example\" }
profile small { cpu: 1, memory: 2Gi, description: \"Small\" }
";
const SETTINGS: &str = "edition = \"2026\"\n\n[backends.kubernetes]\nversion = \"1.36\"\n";
const TEAM: &str = "group research { owners: [ana], members: [ana], profiles: [small] }\n";

#[test]
fn access_is_told_of_what_is_not_saved() {
    let folder = folder(&[("nbc.toml", SETTINGS), ("lab.nbc", LAB), ("team.nbc", TEAM)]);
    let uri = uri(folder.path(), "team.nbc");
    let mut client = Client::of(folder.path());
    client.open(&uri, &TEAM.replace("members: [ana]", "members: [ana, bo]"));
    let mut ask = |command: &str, line: u32, character: u32| {
        let place = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        let params = json!({"command": command, "arguments": [place]});
        let answer = client.try_ask("workspace/executeCommand", params);
        answer.map_or_else(|why| why, |answer| answer["markdown"].as_str().unwrap_or_default().to_owned())
    };
    insta::assert_snapshot!(ask("nbc.accessDiff", 0, 0), @"- `bo` gains: launch `profile.small`, granted to `research`, team.nbc:1");
    insta::assert_snapshot!(ask("nbc.whoCan", 0, 64), @"
        **launch** — start a server of this size: 2 of 2 people

        - Ana Silva (`ana`), `bo` through `research`: `research.profiles: [small]`, team.nbc:1
    ");
    insta::assert_snapshot!(ask("nbc.why", 0, 26), @"
        **Ana Silva (`ana`)** may do 3 things

        - see-usage `group.research`: `owners: [ana]`, team.nbc:1
        - manage `group.research`: `owners: [ana]`, team.nbc:1
        - launch `profile.small`: `research.profiles: [small]`, team.nbc:1; ana is a member of research, team.nbc:1
    ");
    insta::assert_snapshot!(ask("nbc.such", 0, 0), @"-32803: there is no command `nbc.such`");
    let open = json!({"textDocument": {"uri": uri}});
    let preview = client.ask("workspace/executeCommand", json!({"command": "nbc.previewOutput", "arguments": [open]}));
    assert!(!preview["files"].as_array().unwrap().is_empty(), "{preview}");

    let who = client.ask("workspace/executeCommand", json!({"command": "nbc.whoCan", "arguments": ["profile.small"]}));
    assert!(who["markdown"].as_str().unwrap().contains("`bo`"), "{who}");
    client.leave();
}
