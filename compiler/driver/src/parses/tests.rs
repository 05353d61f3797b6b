use std::fmt::Write as _;

use nbc_model::Kept;
use nbc_model::value::{Date, Value};

use crate::{Analysis, Memory, Parses, Scope, analyse, analyse_again, day};

fn today(_: &str) -> Date {
    day::parse("2026-11-20").unwrap()
}

/// Files come, go, and change places; each look says what a first look would say.
#[test]
fn a_later_look_says_what_a_first_one_says() {
    let workspace = Memory::new().with("nbc.toml", "edition = \"2026\"");
    let looks = [
        workspace.clone().with("b.nbc", "group a { title: }\n"),
        workspace.clone().with("a.nbc", "user x {\n").with("b.nbc", "group a { title: }\n"),
        workspace.clone().with("a.nbc", "user x {\n").with("b.nbc", "group a { title: \"A\" }\n"),
        workspace.clone().with("a.nbc", "group a { title: \"A\" }\n"),
    ];
    let mut parses = Parses::new();
    for host in &looks {
        let again = analyse_again(host, Scope::Folder, &today, &mut parses);
        let first = analyse(host, Scope::Folder, &today);
        assert_eq!(format!("{:?}", again.findings), format!("{:?}", first.findings));
    }
}

const PEOPLE: &str =
    "user from \"people.csv\" { handle: row.login, email: row.mail, member-of: row.team, until: row.ends }\n";
const TABLE: &str = "login,mail,team,ends\nana,ana@lab.example,ml,\nbo,,web;ml,2027-01-31\ncy,cy@lab.example,,\n";
const TEAMS: &str = "platform lab { title: \"Lab\", domain: \"lab.example\", contact: \"a@lab.example\" }
group ml { owners: [ana], title: \"ML\" }
group web { owners: [bo], members: [cy], parent: ml }
profile small { cpu: 1, memory: 2Gi, description: \"Small\" }
stage dev { set user.ana.mfa: required }
stage prod { add group.web.members: [ana] }
";

/// What is typed: mostly what leaves everything declared as it was.
const WORDS: &[&str] = &[
    "\"ML\"",
    "\"Machines\"",
    "title: \"X\"",
    "owners: [cy]",
    "owners: [ana, bo]",
    "members: [ana]",
    "ana",
    "bo",
    "cy",
    "dan",
    "ml",
    "web",
    "all",
    "group",
    "group x { owners: [cy] }\n",
    "user dan { first-name: \"Dan\" }\n",
    "stage",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\n",
    "# é\n",
    "set user.bo.department: \"D\"",
    "override platform.lab.title: \"P\"",
    "2Gi",
    "1",
    "'",
    "for x in [\"a\"] { group \"{x}\" { owners: [bo] } }\n",
    "let n = 3\n",
    "rule r \"r\" for group g { require count(g.owners) > 1 }\n",
    "test \"t\" in prod { user eve {} }\n",
];

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Puts a word in the place of another one, or between two.
fn edit(text: &mut String, dice: &mut Dice) {
    let mut ends: Vec<usize> = text.match_indices([' ', '\n', ',', '[', ']']).map(|(at, _)| at).collect();
    ends.push(text.len());
    let at = dice.roll(ends.len());
    let to = ends[(at + dice.roll(3)).min(ends.len() - 1)];
    text.replace_range(ends[at]..to, &format!(" {}", WORDS[dice.roll(WORDS.len())]));
}

/// Everything that is found and everything that each stage holds, with its places.
fn known(analysis: &Analysis) -> String {
    let Analysis { model, findings, .. } = analysis;
    let mut out = format!("{findings:#?}");
    for world in &model.worlds {
        for (id, row) in model.entities.iter() {
            let Some(fields) = world.fields(id) else { continue };
            write!(out, "\n{:?} {} {:?}", world.stage, model.path(id), world.membership.of(id).len()).unwrap();
            for ((_, field), slot) in model.kinds.kinds[row.kind].fields.iter().zip(model.slots(fields)) {
                write!(out, "\n {}", model.text(field.name)).unwrap();
                model.store.walk(*slot, &mut |inside| {
                    let value = match inside.value {
                        Value::Entity(entity) => model.path(entity),
                        value => model.display(value),
                    };
                    write!(out, " {value} {:?}", model.origin(inside.origin)).unwrap();
                });
            }
        }
    }
    out
}

/// What is kept from look to look makes no look say anything else, whatever is typed. `NBC_SEQUENCES` asks for more.
#[test]
fn after_any_edits_a_look_knows_what_a_first_one_knows() {
    let wanted = std::env::var_os("NBC_SEQUENCES").and_then(|count| count.to_str()?.parse().ok());
    for seed in 1..=wanted.unwrap_or(12) {
        let mut dice = Dice(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15));
        let (mut people, mut table, mut teams) = (PEOPLE.to_owned(), TABLE.to_owned(), TEAMS.to_owned());
        let (mut parses, mut trees) = (Parses::new(), Parses::new());
        for _ in 0..10 {
            match dice.roll(12) {
                0 => edit(&mut people, &mut dice),
                1 => edit(&mut table, &mut dice),
                2 | 3 => teams = TEAMS.to_owned(),
                4..8 => teams = teams.replacen("title: \"", "title: \"x", 1),
                _ => edit(&mut teams, &mut dice),
            }
            let host = Memory::new().with("nbc.toml", "edition = \"2026\"").with("people.csv", table.as_str());
            let host = host.with("people.nbc", people.as_str()).with("teams.nbc", teams.as_str());
            let again = analyse_again(&host, Scope::Folder, &today, &mut parses);
            trees.kept = Kept::default();
            let first = analyse_again(&host, Scope::Folder, &today, &mut trees);
            assert_eq!(known(&again), known(&first), "seed {seed}:\n{people}\n{table}\n{teams}");
        }
    }
}
