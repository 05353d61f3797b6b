//! A later look knows what a first look knows, down to the place of each value.

use std::fmt::Write;

use super::{Kept, State};
use crate::Model;
use crate::testing::{Analysed, analysed, analysed_again};
use crate::value::{Origin, Slot, Value};

const TABLES: &str = r#"== a-people.nbc
let home = "lab.example"
kind desk { place: Text = "floor {handle}", seats?: Count in 1..8, for?: group, tags: {Text: Text} }
record Chair { colour: Text = "red", wheels: Count = 5 }
kind room { chair: Chair, desks: [desk] }
user from "people.csv" { handle: row.login, first-name: row.first, email: row.mail, member-of: row.team,
  profiles: row.sizes, until: row.ends }
desk from "desks.csv" { handle: row.id, seats: row.seats, for: row.team, tags { at: row.id } }
room from "desks.csv" { handle: row.id, desks: row.id }
== desks.csv
id,seats,team
d1,2,ml
d2,,
== people.csv
login,first,mail,team,sizes,ends
ana,Ana,ana@lab.example,ml;web,small,
bo,Bo,bo@lab.example,ml,std/large;small,2027-01-31
cy,,,,,
"#;

const TEAMS: &str = r#"== teams.nbc
platform lab { title: "Lab", domain: "lab.example", contact: "a@lab.example" }
profile small { cpu: 1, memory: 2Gi, description: "Small" }
group ml { owners: [ana], title: "ML", members: [cy], parent: web }
group web { owners: [bo], quota { cpu: 4 } }
rule big "b" for group g { require count(g.owners) > 0 }
stage dev { set user.ana.mfa: required, add group.web.members: [cy] }
stage prod { user zed { first-name: "Zed" }, override platform.lab.title: "Prod" }
test "t" in prod { override user.bo.until: 2027-03-01, expect bo can launch small }
"#;

/// What somebody types into the teams: each look after the ones before it.
const EDITS: &[(&str, &str)] = &[
    ("\"ML\"", "\"MLx\""),
    ("\"MLx\"", "\"ML\" # note"),
    ("owners: [bo]", "owners: [bob]"),
    ("owners: [bob]", "owners: [bo, ana]"),
    ("group ml", "group aa { title: \"A\", owners: [cy] }\ngroup ml"),
    ("\"A\"", "\"B\""),
    ("\"B\"", "\"C\""),
    ("group aa", "group ab"),
    ("\"C\"", "\"D\""),
    ("\"D\"", "\"E\""),
    ("set user.ana.mfa: required", "set user.bo.department: \"X\""),
    ("stage dev", "stage late extends dev {}\nstage dev"),
    ("\"E\"", "\"F\""),
    ("\"F\"", "\"G\""),
    ("small { cpu: 1", "small { cpu: 2"),
    ("group web", "group from \"x.csv\" { handle: row.x }\ngroup web"),
    ("from \"x.csv\" { handle: row.x }", "wob { owners: [ana] }"),
    ("\"G\"", "\"H\""),
    ("\"H\"", "\"I\""),
    ("group web", "group we"),
    ("group we ", "group web "),
    ("\"I\"", "\"J\""),
    ("\"J\"", "\"K\""),
];

fn place(seen: &Analysed, origin: Origin) -> String {
    let place = seen.sources.place(origin.span);
    format!("{place}+{} {:?} {:?}", origin.span.len(), origin.layer, seen.model.expansions.row(origin.expansion))
}

/// A value with the place of everything in it.
fn slot(seen: &Analysed, slot: Slot, out: &mut String) {
    let model: &Model = &seen.model;
    model.store.walk(slot, &mut |inside| {
        let said = match inside.value {
            Value::Entity(entity) => model.path(entity),
            value => model.display(value),
        };
        write!(out, " {said} @ {};", place(seen, model.origin(inside.origin))).unwrap();
    });
}

/// Everything that a look knows.
fn known(seen: &Analysed) -> String {
    let model = &seen.model;
    let mut out = String::new();
    for world in &model.worlds {
        for (id, row) in model.entities.iter() {
            let Some(fields) = world.fields(id) else { continue };
            write!(out, "\n{:?} {}", world.stage, model.path(id)).unwrap();
            for ((_, field), value) in model.kinds.kinds[row.kind].fields.iter().zip(model.slots(fields)) {
                write!(out, "\n  {}", model.text(field.name)).unwrap();
                slot(seen, *value, &mut out);
            }
            for member in world.membership.of(id) {
                let through = (model.path(member.user), model.path(member.through), member.until);
                write!(out, "\n  member {through:?} {}", place(seen, model.origin(member.origin))).unwrap();
            }
            for said in model.layers.declared(id) {
                let at = place(seen, model.origin(said.origin));
                write!(out, "\n  said {:?} {} {:?} {at}", said.field, said.steps.len(), said.operation).unwrap();
            }
        }
    }
    write!(out, "\n{:#?}", seen.findings).unwrap();
    out
}

/// Looks one after the other, and whether the last one took rows over.
fn looks(kept: &mut Kept, workspace: &str) -> bool {
    let could = matches!(kept.rows, State::Kept(..));
    let (again, fresh) = (analysed_again(workspace, &[], kept), analysed(workspace));
    assert_eq!(known(&again), known(&fresh), "{workspace}");
    could && matches!(kept.rows, State::Kept(..))
}

#[test]
fn a_later_look_knows_what_a_first_look_knows() {
    let (mut kept, mut teams, mut taken) = (Kept::default(), TEAMS.to_owned(), 0);
    looks(&mut kept, &format!("{TABLES}{teams}"));
    for (from, to) in EDITS {
        assert!(teams.contains(from), "{from}: {teams}");
        teams = teams.replacen(from, to, 1);
        taken += usize::from(looks(&mut kept, &format!("{TABLES}{teams}")));
    }
    assert_eq!(taken, 7, "looks that took rows over");
    let State::Kept(_, rows) = &kept.rows else { panic!("{kept:?}") };
    assert_eq!(rows.settled.len(), 3, "the people: {:?}", rows.settled);
}

#[test]
fn a_table_that_changes_is_read_again() {
    let mut kept = Kept::default();
    let workspace = format!("{TABLES}{TEAMS}");
    let other =
        [("bo,Bo,", "bo,Bob,"), ("cy,,,,,", "cy,,,mli,,"), ("d1,2,", "d1,9,"), ("seats?: Count", "seats?: Int")];
    for (from, to) in other {
        for text in [&workspace, &workspace, &workspace, &workspace.replacen(from, to, 1)] {
            looks(&mut kept, text);
        }
    }
}
