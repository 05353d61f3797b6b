//! Texts come as a whole or in pieces, and findings follow them.

use serde_json::{Value, json};

use super::client::{Client, folder, short, uri};

const PLATFORM: &str = "platform lab { title: \"Lab\", domain: \"lab.example\", contact: \"lab@lab.example\" }\n";

fn has(code: &'static str) -> impl Fn(&[Value]) -> bool {
    move |found| found.iter().any(|found| found["code"] == code)
}

#[test]
fn findings_of_the_whole_workspace_come_without_asking() {
    let folder = folder(&[
        ("platform.nbc", PLATFORM),
        ("teams/ml.nbc", "group ml { members: [dena] }\n"),
        ("people.nbc", "user dana {}\n"),
    ]);
    let mut client = Client::of(folder.path());
    let uri = uri(folder.path(), "teams/ml.nbc");
    let found = client.findings(&uri, has("NBC0203"));
    let unknown = found.iter().find(|found| found["code"] == "NBC0203").unwrap().to_string();
    let unknown = unknown.replace(&uri.replace("teams/ml.nbc", ""), "…/");
    insta::assert_snapshot!(unknown.replace(",\"", ",\n\""), @r#"
    {"range":{"start":{"line":0,
    "character":21},
    "end":{"line":0,
    "character":25}},
    "severity":1,
    "code":"NBC0203",
    "codeDescription":{"href":"nbc:///findings/unknown-name.md"},
    "source":"nbc",
    "message":"there is no user `dena`\ndid you mean `dana`?",
    "relatedInformation":[{"location":{"uri":"…/people.nbc",
    "range":{"start":{"line":0,
    "character":5},
    "end":{"line":0,
    "character":9}}},
    "message":"nearest: dana"}]}
    "#);
    client.leave();
}

#[test]
fn edits_are_followed_in_every_encoding() {
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let folder = folder(&[("platform.nbc", PLATFORM)]);
        let capabilities = json!({
            "general": {"positionEncodings": [encoding]},
            "textDocument": {"publishDiagnostics": {}},
        });
        let mut client = Client::with(folder.path(), capabilities);
        let uri = uri(folder.path(), "people.nbc");
        client.open(&uri, "# 😀 team\r\nuser ana { titel: \"é😀\", title: \"x\" }\r\n");
        let found = client.findings(&uri, has("NBC0202"));
        assert!(short(&found).starts_with("1:11 NBC0202"), "{}", short(&found));
        // After `"é😀"`, which every encoding counts in its own way.
        let column = match encoding {
            "utf-8" => 26,
            "utf-16" => 23,
            _ => 22,
        };
        let insert = |line, column, text| {
            let place = json!({"line": line, "character": column});
            json!({"range": {"start": place, "end": place}, "text": text})
        };
        client.change(&uri, 2, json!([insert(1, column, ", b: 1"), insert(0, 0, "\r\n")]));
        let found = client.findings(&uri, |found| found.len() > 1);
        assert_eq!(short(&found).lines().count(), 2, "{}", short(&found));
        assert!(short(&found).contains(&format!("2:{} NBC0202", column + 2)), "{encoding}: {}", short(&found));
        client.change(&uri, 3, json!([{"text": "user ana {}\n"}]));
        client.findings(&uri, |found| found.is_empty());
        client.leave();
    }
}

/// What a comment above moves are findings of every phase, and the text stays the one that questions are asked of.
#[test]
fn findings_follow_blanks_and_comments() {
    let folder = folder(&[("platform.nbc", PLATFORM)]);
    let mut client = Client::of(folder.path());
    let uri = uri(folder.path(), "a.nbc");
    client.open(&uri, "user dana {}\nuser eli {}\ngroup ml { owners: [dena] }\n");
    client.findings(&uri, has("NBC0203"));
    let insert = |text| json!([{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": text}]);
    client.change(&uri, 2, insert("# 😀\n\n"));
    assert!(short(&client.findings(&uri, has("NBC0203"))).contains("4:20 NBC0203"));
    client.change(&uri, 3, insert("\n"));
    assert!(short(&client.findings(&uri, has("NBC0203"))).contains("5:20 NBC0203"));
    let place = json!({"textDocument": {"uri": uri}, "position": {"line": 3, "character": 6}});
    assert!(client.ask("textDocument/hover", place)["range"]["start"] == json!({"line": 3, "character": 5}));
    client.leave();
}

/// The protocol's part of questions about a file: positions, the names of files, and texts that lie in no folder.
#[test]
fn questions_are_answered_in_the_editors_words() {
    let files = [("platform.nbc", PLATFORM), ("people.nbc", "user dana { first-name: \"Dana\" }\n")];
    let folder = folder(&files);
    let mut client = Client::of(folder.path());
    let uri_of = |path| uri(folder.path(), path);
    client.open(&uri_of("ml.nbc"), "# 😀\r\ngroup ml { owners: [dana] }\r\n");
    let at = |line, character| json!({"textDocument": {"uri": uri_of("ml.nbc")}, "position": {"line": line, "character": character}});
    let defined = client.ask("textDocument/definition", at(1, 22));
    assert_eq!(defined["uri"], uri_of("people.nbc"));
    assert_eq!(defined["range"]["start"], json!({"line": 0, "character": 5}));
    let hover = client.ask("textDocument/hover", at(1, 22));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("**Dana**"), "{hover}");
    assert_eq!(hover["range"]["end"], json!({"line": 1, "character": 24}));
    let kind = client.ask("textDocument/definition", at(1, 2));
    assert_eq!(kind["uri"], "nbc:///std/kinds/group.nbc");
    let text = client.ask("workspace/textDocumentContent", json!({"uri": kind["uri"]}));
    assert!(text["text"].as_str().unwrap().contains("kind group"));
    let page = client.ask("workspace/textDocumentContent", json!({"uri": "nbc:///findings/unknown-name.md"}));
    assert!(!page["text"].as_str().unwrap().is_empty());
    let schema = client.ask("workspace/textDocumentContent", json!({"uri": "nbc:///schema/settings.json"}));
    assert!(schema["text"].as_str().unwrap().contains("\"edition\""));
    let outline = client.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": uri_of("ml.nbc")}}));
    assert_eq!(outline[0]["name"], "ml");
    assert_eq!(client.ask("workspace/symbol", json!({"query": "dana"}))[0]["location"]["uri"], uri_of("people.nbc"));
    let nowhere = json!({"textDocument": {"uri": "file:///nowhere/x.txt"}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.ask("textDocument/hover", nowhere), Value::Null);
    client.leave();
}

/// While a kind is being rewritten, what it meant is still told.
#[test]
fn the_last_sound_text_answers_what_a_broken_one_cannot() {
    let text = "kind desk {\n  ## In centimetres.\n  height: Count\n}\ndesk one { height: 70 }\n";
    let folder = folder(&[("platform.nbc", PLATFORM), ("a.nbc", text)]);
    let mut client = Client::of(folder.path());
    let uri = uri(folder.path(), "a.nbc");
    client.open(&uri, text);
    client.findings(&uri, |_| true);
    client.change(&uri, 2, json!([{"text": text.replace("kind desk {", "# é\nkin desk {")}]));
    client.findings(&uri, |found| !found.is_empty());
    let place = json!({"textDocument": {"uri": uri}, "position": {"line": 5, "character": 13}});
    let hover = client.ask("textDocument/hover", place.clone());
    assert!(hover["contents"]["value"].as_str().unwrap().contains("In centimetres."), "{hover}");
    assert_eq!(hover["range"]["start"], json!({"line": 5, "character": 11}));
    let defined = client.ask("textDocument/definition", place);
    assert_eq!(defined["range"]["start"], json!({"line": 3, "character": 2}));
    client.leave();
}

#[test]
fn an_editor_that_asks_for_findings_is_not_told_them() {
    let folder = folder(&[("platform.nbc", PLATFORM), ("a.nbc", "user dana { titel: 1 }\n")]);
    let capabilities =
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let mut client = Client::with(folder.path(), capabilities);
    let uri = uri(folder.path(), "a.nbc");
    let all = client.ask("workspace/diagnostic", json!({"previousResultIds": []}));
    let of_file = all["items"].as_array().unwrap().iter().find(|file| file["uri"] == uri).unwrap();
    assert_eq!(of_file["items"][0]["code"], "NBC0202");
    let one = client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri}}));
    assert_eq!((&one["kind"], &one["items"]), (&json!("full"), &of_file["items"]));
    client.until("workspace/diagnostic/refresh");
    assert!(!client.was_told("textDocument/publishDiagnostics"));
    client.leave();
}

/// A file that is not saved belongs to no workspace; a file beside no `nbc.toml` is judged by itself.
#[test]
fn lone_files_are_judged_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::of(folder.path());
    for uri in ["untitled:Untitled-1".to_owned(), uri(folder.path(), "lone.nbc")] {
        client.open(&uri, "user dana { titel: 1 }\n");
        assert!(short(&client.findings(&uri, has("NBC0202"))).starts_with("0:12 NBC0202"));
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
        client.findings(&uri, |found| found.is_empty());
    }
    client.leave();
}

#[test]
fn policies_name_what_is_declared() {
    let policy = "@id(\"x\") @sentence(\"x\")\nforbid (principal == User::\"dana\", action, resource);\n";
    let people = "user dana { first-name: \"Dana\" }\nuser eli {}\n";
    let folder = folder(&[("platform.nbc", PLATFORM), ("people.nbc", people), ("x.cedar", policy)]);
    let mut client = Client::of(folder.path());
    let (cedar, nbc) = (uri(folder.path(), "x.cedar"), uri(folder.path(), "people.nbc"));
    client.open(&cedar, policy);
    let at = |character| json!({"textDocument": {"uri": cedar}, "position": {"line": 1, "character": character}});
    assert_eq!(client.ask("textDocument/definition", at(29))["uri"], nbc);
    let hover = client.ask("textDocument/hover", at(29));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("**Dana**"), "{hover}");
    assert_eq!(hover["range"]["start"], json!({"line": 1, "character": 28}));
    let offered = client.ask("textDocument/completion", at(28));
    assert_eq!([&offered["items"][0]["label"], &offered["items"][1]["label"]], ["Dana", "eli"]);
    let mut place = at(29);
    place["newName"] = json!("dora");
    let changes = client.ask("textDocument/rename", place)["changes"].clone();
    assert_eq!(changes[&cedar][0]["newText"], "dora");
    assert_eq!(changes[&nbc].as_array().unwrap().len(), 2);
    assert_eq!(client.ask("textDocument/hover", at(3)), Value::Null);
    client.leave();
}
