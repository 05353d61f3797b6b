//! Whatever is typed, in whatever pieces: the server knows what a server knows that starts with the text.

use serde_json::{Value, json};

use super::client::{Client, folder, uri};
use super::dice::Dice;

const STARTS: &[&str] = &[
    "",
    "# 😀 team\r\ngroup ml {\r\n  owners: [ana, bo]\r\n}\r\n",
    "group ml { owners: [ana], title: \"é👩\u{200d}💻\" }\nprofile p { cpu: 1, memory: 2Gi, description: \"d\" }\n",
    "rule r \"s\" for group g {\r  require count(g.owners) > 0\r}\n",
];

const PIECES: &[&str] = &[
    "a",
    "ana",
    "😀",
    "é",
    "\r\n",
    "\n",
    "\r",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ", ",
    " ",
    "group x { owners: [ana] }\n",
    "titel: 1\n",
    "\"\"\"",
    "'",
    "# ",
    "user cy {}\r\n",
    "2Gi",
    ".",
    "\u{200d}",
    "",
];

/// A text as an editor keeps it: characters, whose place is counted anew for each edit.
struct Oracle {
    text: Vec<char>,
    encoding: &'static str,
}

impl Oracle {
    fn width(&self, c: char) -> usize {
        match self.encoding {
            "utf-8" => c.len_utf8(),
            "utf-16" => c.len_utf16(),
            _ => 1,
        }
    }

    /// Line and column of a place between two characters.
    fn position(&self, at: usize) -> (usize, usize) {
        let (mut line, mut column) = (0, 0);
        for (i, c) in self.text.iter().take(at).enumerate() {
            let ends = *c == '\n' || (*c == '\r' && self.text.get(i + 1) != Some(&'\n'));
            if ends {
                (line, column) = (line + 1, 0);
            } else {
                column += self.width(*c);
            }
        }
        (line, column)
    }

    /// A random edit, applied here and told in the protocol's words.
    fn edit(&mut self, dice: &mut Dice) -> Value {
        let text = PIECES[dice.roll(PIECES.len())];
        if dice.roll(20) == 0 {
            self.text = text.chars().collect();
            return json!({"text": text});
        }
        let from = self.place(dice);
        let to = (from + dice.roll(4) * dice.roll(3)).min(self.text.len());
        // No editor has its cursor inside of a line break.
        let to = if self.is_inside_a_break(to) { to + 1 } else { to };
        let (start, end) = (self.position(from), self.position(to));
        self.text.splice(from..to, text.chars());
        let place = |(line, character): (usize, usize)| json!({"line": line, "character": character});
        json!({"range": {"start": place(start), "end": place(end)}, "text": text})
    }

    fn place(&self, dice: &mut Dice) -> usize {
        let at = dice.roll(self.text.len() + 1);
        if self.is_inside_a_break(at) { at - 1 } else { at }
    }

    fn is_inside_a_break(&self, at: usize) -> bool {
        at > 0 && self.text.get(at) == Some(&'\n') && self.text[at - 1] == '\r'
    }

    fn text(&self) -> String {
        self.text.iter().collect()
    }
}

/// Everything that depends on the text: outline, colours, folds, hints, findings.
fn known(client: &mut Client, uri: &str) -> Value {
    let file = json!({"textDocument": {"uri": uri}});
    let (start, end) = (json!({"line": 0, "character": 0}), json!({"line": 9999, "character": 0}));
    let whole = json!({"textDocument": {"uri": uri}, "range": {"start": start, "end": end}});
    let asked = ["textDocument/documentSymbol", "textDocument/semanticTokens/full", "textDocument/foldingRange"];
    let mut answers: Vec<Value> = asked.iter().map(|method| client.ask(method, file.clone())).collect();
    answers.push(client.ask("textDocument/inlayHint", whole));
    // Last, because it looks at everything anew.
    answers.push(client.ask("workspace/executeCommand", json!({"command": "nbc.check", "arguments": [file]})));
    json!(answers)
}

#[test]
fn after_any_edits_it_knows_what_a_fresh_server_knows() {
    let wanted = std::env::var_os("NBC_SEQUENCES").and_then(|count| count.to_str()?.parse().ok());
    let people =
        "user ana { first-name: \"Ana\" }\nuser from \"people.csv\" { handle: row.login, member-of: row.team }\n";
    let folder = folder(&[("people.nbc", people), ("people.csv", "login,team\nbo,ml\ndi,\n")]);
    let uri = uri(folder.path(), "a.nbc");
    for seed in 0..wanted.unwrap_or(24) {
        let mut dice = Dice::new(seed);
        let encoding = ["utf-8", "utf-16", "utf-32"][seed as usize % 3];
        let watching = json!({"didChangeWatchedFiles": {"dynamicRegistration": seed % 2 == 0}});
        let capabilities = json!({"general": {"positionEncodings": [encoding]}, "workspace": watching});
        let start = STARTS[dice.roll(STARTS.len())];
        let mut oracle = Oracle { text: start.chars().collect(), encoding };
        let mut client = Client::with(folder.path(), capabilities.clone());
        client.open(&uri, start);
        for version in 2..2 + dice.roll(30) as i32 {
            let changes: Vec<Value> = (0..=dice.roll(3)).map(|_| oracle.edit(&mut dice)).collect();
            client.change(&uri, version, Value::Array(changes));
        }
        let mut fresh = Client::with(folder.path(), capabilities);
        fresh.open(&uri, &oracle.text());
        assert_eq!(known(&mut client, &uri), known(&mut fresh, &uri), "seed {seed}, {encoding}: {:?}", oracle.text());
        client.leave();
        fresh.leave();
    }
}
