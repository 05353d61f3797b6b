//! What layers, parents, tables, loops and the day make of a platform: text in, text out.

use crate::Model;
use crate::kinds::ConstraintTest;
use crate::testing::analysed;
use crate::value::Value;
use crate::world::World;

/// The value of a path in each world, one line a world; where anything was found wrong, that.
fn shown(workspace: &str, path: &str) -> String {
    let analysed = analysed(workspace);
    if !analysed.findings.is_empty() {
        return analysed.report();
    }
    let worlds = analysed.model.worlds.iter();
    worlds.map(|world| read(&analysed.model, world, path)).collect::<Vec<_>>().join("\n")
}

fn read(model: &Model, world: &World, path: &str) -> String {
    let mut steps = path.split('.');
    let kind = model.kind(steps.next().unwrap()).unwrap();
    let handle = steps.next().unwrap();
    let Some(mut entity) = world.of_kind(kind).iter().copied().find(|entity| model.handle(*entity) == handle) else {
        return "not there".to_owned();
    };
    let mut value = Value::Absent;
    for step in steps {
        value = model.slot_named(world, entity, step).unwrap().value;
        if let Value::Entity(next) = value {
            entity = next;
        }
    }
    model.display(value)
}

/// Only the first lines of what was found: place, level, name, message.
fn found(workspace: &str) -> String {
    let report = analysed(workspace).report();
    report.lines().filter(|line| !line.starts_with("  ")).collect::<Vec<_>>().join("\n")
}

const STAGES: &str = "
user ana {}
user eli {}
profile small { cpu: 2, memory: 8Gi }
group ml { owners: [ana], members: [ana], profiles: [small], quota { cpu: 8, gpu { a100: 1 } } }
";

#[test]
fn stages_lie_above_the_base_and_each_other() {
    let workspace = format!(
        "{STAGES}
stage dev {{ override group.ml.quota.cpu: 4 }}
stage prod {{ override group.ml.quota.gpu.a100: 8, set group.ml.contact: \"ml@uni.example\" }}
stage west extends prod {{ override group.ml.quota.cpu: 16, add group.ml.members: [eli] }}
"
    );
    assert_eq!(shown(&workspace, "group.ml.quota.cpu"), "4\n8\n16");
    assert_eq!(shown(&workspace, "group.ml.quota.gpu"), "{ a100: 1 }\n{ a100: 8 }\n{ a100: 8 }");
    assert_eq!(shown(&workspace, "group.ml.members"), "[ana]\n[ana]\n[ana, eli]");
    assert_eq!(shown(&workspace, "group.ml.contact"), "absent\n\"ml@uni.example\"\n\"ml@uni.example\"");
}

#[test]
fn the_wrong_word_says_which_one_is_right() {
    let set = format!("{STAGES}stage prod {{ set group.ml.quota.cpu: 4 }}");
    assert_eq!(
        found(&set),
        "main.nbc:6:14 error[wrong-word] `set` is for what nobody said yet; this was said: write `override`"
    );
    let override_ = format!("{STAGES}stage prod {{ override group.ml.contact: \"a@b.example\" }}");
    assert_eq!(
        found(&override_),
        "main.nbc:6:14 error[wrong-word] `override` is for what was said before; nobody said this yet: write `set`"
    );
    let remove = format!("{STAGES}stage prod {{ remove group.ml.members: [eli] }}");
    assert_eq!(found(&remove), "main.nbc:6:40 error[not-present] `eli` is not in the list");
    let add = format!("{STAGES}stage prod {{ add group.ml.members: [ana] }}");
    assert_eq!(found(&add), "main.nbc:6:37 warning[already-present] `ana` is in the list already");
}

#[test]
fn what_is_taken_away_leaves_the_default() {
    let workspace = "
profile small { cpu: 2, memory: 8Gi, network: none, idle-stop: 45min, max-age: 12h }
stage prod { unset profile.small.network, unset profile.small.idle-stop, unset profile.small.max-age }
";
    assert_eq!(shown(workspace, "profile.small.network"), "open");
    assert_eq!(shown(workspace, "profile.small.idle-stop"), "1h");
    assert_eq!(shown(workspace, "profile.small.max-age"), "absent");
}

#[test]
fn what_is_locked_stays() {
    let workspace = "
profile small { locked cpu: 2, memory: 8Gi }
stage prod { override profile.small.cpu: 4 }
";
    assert_eq!(found(workspace), "main.nbc:3:37 error[locked] this is locked by a lower layer");
    let block = "
group exam { locked quota { cpu: 8 } }
stage prod { set group.exam.quota.memory: 64Gi }
";
    assert_eq!(found(block), "main.nbc:3:35 error[locked] this is locked by a lower layer");
}

#[test]
fn constants_of_a_site_mean_nothing_to_the_standard_library() {
    assert_eq!(found("let servers = 3\nlet count = 2\nuser ana { }\n"), "");
}

#[test]
fn a_child_has_what_its_parent_says_in_the_same_stage_but_not_its_own_fields() {
    let workspace = "
profile small { title: \"Small\", cpu: 2, memory: 8Gi, variables { \"A\": \"1\" } }
profile large extends small { cpu: 8 }
stage prod { override profile.small.memory: 16Gi }
";
    assert_eq!(shown(workspace, "profile.large.cpu"), "8");
    assert_eq!(shown(workspace, "profile.large.memory"), "16Gi");
    assert_eq!(shown(workspace, "profile.large.memory-guarantee"), "16Gi");
    assert_eq!(shown(workspace, "profile.large.title"), "\"Large\"");
}

#[test]
fn what_a_stage_says_of_a_parents_block_stays_in_the_stage() {
    let block_of_its_own = "
user ana {}
group lab { owners: [ana] }
group ml extends lab { owners: [ana], quota { cpu: 8 } }
stage dev {}
stage prod { set group.lab.quota.servers: 20 }
";
    assert_eq!(shown(block_of_its_own, "group.ml.quota.servers"), "absent\n20");
    let none = block_of_its_own.replace(", quota { cpu: 8 }", "");
    assert_eq!(shown(&none, "group.ml.quota"), "absent\nquota");
}

#[test]
fn a_stage_adds_to_the_block_that_is_inherited() {
    let workspace = "
user ana {}
group lab { owners: [ana], quota { cpu: 8 } }
group ml extends lab { owners: [ana] }
stage dev {}
stage prod { set group.ml.quota.servers: 20 }
stage alps extends prod { set group.ml.quota.memory: 1Gi, override group.ml.quota.cpu: 4 }
";
    assert_eq!(shown(workspace, "group.ml.quota.cpu"), "4\n8\n8");
    assert_eq!(shown(workspace, "group.ml.quota.servers"), "20\nabsent\n20");
}

#[test]
fn a_stage_adds_to_the_block_of_the_stage_below() {
    let workspace = "
user ana {}
group ml { owners: [ana] }
stage alps extends prod { set group.ml.quota.cpu: 4 }
stage prod { set group.ml.quota.servers: 20 }
";
    assert_eq!(shown(workspace, "group.ml.quota.cpu"), "4\nabsent");
    assert_eq!(shown(workspace, "group.ml.quota.servers"), "20\n20");
}

#[test]
fn a_circle_of_owners_is_said_once_whatever_their_blocks() {
    let circle = "
user ana {}
group a extends b { owners: [ana], quota { cpu: 1 } }
group b extends a { owners: [ana], quota { cpu: 2 } }
";
    assert_eq!(found(circle), "main.nbc:3:17 error[cycle] a declaration cannot extend itself: a → b → a");
}

#[test]
fn a_preset_exists_only_where_something_names_it() {
    let workspace = "profile mine extends std/small {}\ngroup a { roles: [analyst] }\n";
    assert_eq!(shown(workspace, "profile.small.cpu"), "not there");
    assert_eq!(shown(workspace, "role.analyst.privileged"), "false");
    assert_eq!(shown(workspace, "role.admin.privileged"), "not there");
}

#[test]
fn a_loop_makes_one_declaration_for_each_element() {
    let workspace = "
let teams = [\"red\", \"blue\"]
for team in teams { group \"{team}-students\" { cost-center: team } }
";
    assert_eq!(shown(workspace, "group.red-students.cost-center"), "\"red\"");
    assert_eq!(shown(workspace, "group.blue-students.title"), "\"Blue students\"");
}

#[test]
fn a_row_is_a_person_and_a_cell_has_its_place() {
    let table = "
== main.nbc
group lab {}
user from \"people.csv\" { handle: row.login, email: row.\"E-mail\", until: row.ends, member-of: row.team }
== people.csv
login;E-mail;ends;team
ana;ana@lab.example;2027-06-30;lab
";
    assert_eq!(shown(table, "user.ana.until"), "2027-06-30");
    assert_eq!(shown(table, "group.lab.members"), "[ana]");
    let wrong = table.replace("2027-06-30", "30/06/2027").replace(";lab", ";lap");
    assert_eq!(
        found(&wrong),
        "people.csv:2:21 error[bad-cell] `30/06/2027` is not a date: dates are year-month-day\n\
         people.csv:2:32 error[unknown-name] there is no group `lap`"
    );
}

/// Members of a group as of the day of the tests, 2026-11-20.
fn members(workspace: &str, group: &str) -> String {
    let analysed = analysed(workspace);
    assert_eq!(analysed.report(), "");
    let model = &analysed.model;
    let world = &model.worlds[0];
    let id = world.of_kind(model.kind("group").unwrap()).iter().find(|id| model.handle(**id) == group).unwrap();
    let members = world.membership.of(*id).iter().map(|member| match member.until {
        Some(until) => format!("{} until {until}", model.handle(member.user)),
        None => model.handle(member.user).to_owned(),
    });
    members.collect::<Vec<_>>().join(", ")
}

#[test]
fn members_of_a_sub_group_are_members_above_for_as_long_as_everything_lasts() {
    let workspace = "
user ana { until: 2027-12-31 }
user bob {}
user gone { until: 2026-11-19 }
user later { from: 2026-11-21 }
group lab { until: 2027-06-30 }
group ml { parent: lab, members: [ana, bob until 2027-01-31, gone, later] }
group old { parent: lab, until: 2026-11-19, members: [bob] }
";
    assert_eq!(members(workspace, "lab"), "ana until 2027-06-30, bob until 2027-01-31");
    assert_eq!(members(workspace, "old"), "");
}

#[test]
fn circles_are_drawn_and_nothing_else_is_said() {
    assert_eq!(
        found("group a { parent: b }\ngroup b { parent: a }\n"),
        "main.nbc:1:19 error[cycle] a group cannot be above itself: a → b → a"
    );
    assert_eq!(
        found("user a extends b {}\nuser b extends a {}\n"),
        "main.nbc:1:16 error[cycle] a declaration cannot extend itself: a → b → a"
    );
    assert_eq!(
        found("profile small { memory: 1Gi }\n"),
        "main.nbc:1:9 error[missing-field] profile `small` has no `cpu`"
    );
    assert_eq!(found("type A = [A]\n"), "main.nbc:1:1 error[cycle] a type cannot be made of itself: A → A");
}

#[test]
fn the_same_slot_twice_shows_both() {
    assert_eq!(
        found("user ana { email: \"a@b.example\", email: \"c@d.example\" }\n"),
        "main.nbc:1:34 error[said-twice] `email` of `ana` is said twice"
    );
    assert_eq!(found("user ana {}\nuser ana {}\n"), "main.nbc:2:6 error[duplicate-name] user `ana` is declared twice");
}

#[test]
fn names_are_met_with_the_nearest_ones() {
    assert_eq!(
        analysed("user dana {}\ngroup ml { members: [dena] }\n").report(),
        "main.nbc:2:22 error[unknown-name] there is no user `dena`\n  \
         main.nbc:1:6 nearest: dana\n  help: did you mean `dana`?\n"
    );
    assert_eq!(
        found("user ml {}\ngroup ml {}\nstorage s { size: 1Gi, read: [ml] }\n"),
        "main.nbc:3:31 error[ambiguous-name] `ml` can mean `group.ml` or `user.ml`"
    );
    assert_eq!(found("grop ml {}\n"), "main.nbc:1:1 error[unknown-kind] there is no kind `grop`");
}

#[test]
fn the_order_of_files_and_declarations_changes_nothing() {
    let files = ["== a.nbc\nuser ana {}\ngroup ml { members: [ana] }\n", "== b.nbc\ngroup lab {}\nuser bob {}\n"];
    let one = analysed(&files.concat());
    let other = analysed(&[files[1], "== a.nbc\ngroup ml { members: [ana] }\nuser ana {}\n"].concat());
    let paths = |model: &Model| model.entities.ids().map(|id| model.path(id)).collect::<Vec<_>>();
    assert_eq!(paths(&one.model), paths(&other.model));
}

#[test]
fn every_file_of_the_standard_library_is_carried() {
    let carried: Vec<&str> = crate::stdlib::FILES.iter().map(|file| file.path).collect();
    let mut sorted = carried.clone();
    sorted.sort_unstable();
    assert_eq!(carried, sorted);
    assert_eq!(analysed("user ana {}\n").report(), "", "the standard library by itself has no findings");
}

#[test]
fn every_pattern_of_the_standard_library_is_sound() {
    let kinds = analysed("").model.kinds;
    let of_kinds = kinds.kinds.iter().flat_map(|(_, kind)| kind.fields.iter());
    let of_records = kinds.records.iter().flat_map(|(_, record)| record.fields.iter());
    let of_cases = kinds.variants.iter().flat_map(|(_, variant)| &variant.cases).flat_map(|case| case.fields.iter());
    let of_fields = of_kinds.chain(of_records).chain(of_cases).flat_map(|(_, field)| &field.constraints);
    let all = of_fields.chain(kinds.types.iter().flat_map(|(_, ty)| &ty.constraints));
    let patterns = all.filter_map(|constraint| match &constraint.test {
        ConstraintTest::Matching(pattern) => Some(pattern.compiled()),
        ConstraintTest::Range(..) | ConstraintTest::Where(_) => None,
    });
    let unsound: Vec<&str> = patterns.filter_map(Result::err).collect();
    assert_eq!(unsound, Vec::<&str>::new());
}

/// One person as each of three stages has them, with what one stage says, what a kind asks of the world, and the rest.
const DESKS: &str = "platform p { currency: \"EUR\" }\n\
    kind desk { price: Money, label: Text = \"at {price}\", where?: Text, owner?: user, require if owner set then owner.enabled else true \"the owner is here\" }\n\
    user ana { enabled: true }\nuser bob {}\ndesk a { price: €5, owner: ana }\ndesk b { price: €7 }\n\
    stage dev {}\nstage prod { override user.ana.enabled: false }\nstage west extends prod { set desk.b.where: \"west\" }\n";

#[test]
fn what_no_stage_says_is_one_value_for_all_stages() {
    let model = analysed(&DESKS.replace("user.ana", "user.bob").replace("bob {}", "bob { enabled: true }")).model;
    let id = |kind: &str, name: &str| {
        let all = model.worlds[0].of_kind(model.kind(kind).unwrap());
        all.iter().copied().find(|entity| model.handle(*entity) == name).unwrap()
    };
    let is_shared = |entity| {
        let fields: Vec<_> = model.worlds.iter().map(|world| world.fields(entity)).collect();
        fields.windows(2).map(|pair| pair[0] == pair[1]).collect::<Vec<_>>()
    };
    assert_eq!(is_shared(id("user", "ana")), [true, true]);
    assert_eq!(is_shared(id("user", "bob")), [false, false], "prod says something, and west stands on prod");
    assert_eq!(is_shared(id("desk", "a")), [false, false], "its label reads the currency, its kind the owner");
}

/// What is asked of two values is broken by the one that the stage says, wherever the other stands.
#[test]
fn what_a_stage_breaks_is_found_at_what_it_says() {
    let base = "== z.nbc\nuser ana {\n  from: 2026-01-01\n  until: 2027-01-01\n}\n";
    let stage = "== a.nbc\nstage dev { override user.ana.until: 2025-12-31 }\n";
    let run = analysed(&format!("{base}{stage}"));
    let said = run.findings.iter().map(|found| run.sources.place(found.span.unwrap())).collect::<Vec<_>>();
    assert_eq!(said, ["a.nbc:1:38"]);
}

#[test]
fn what_a_stage_breaks_elsewhere_is_found_there() {
    let findings = analysed(DESKS).findings;
    let said: Vec<_> = findings.iter().map(|found| (found.code.name, found.stages.join(" "))).collect();
    assert_eq!(said, [("broken-requirement", "prod west".to_owned())]);
}

/// Whatever is wrong with one thing: it is said of each stage, and everything else is made once all the same.
#[test]
fn what_is_wrong_is_said_of_each_stage_and_keeps_nothing_else_from_being_shared() {
    let desks = DESKS
        .replace("override user.ana.enabled: false", "")
        .replace("where?: Text", "where?: Text, side: Count in 1..9 = 1, depth: Count = 2");
    for (wrong, name) in [
        ("desk c { price: €9, side: 0 }", "out-of-range"),
        ("desk c { }", "missing-field"),
        ("desk c { price: €9, side: side + 1 }", "cycle"),
        ("desk c { price: €9, side: 1 - depth }", "negative-count"),
        ("user bo { enabled: false }\ndesk c { price: €9, owner: bo }", "broken-requirement"),
    ] {
        let analysed = analysed(&format!("{desks}{wrong}\n"));
        let said: Vec<_> = analysed.findings.iter().map(|found| (found.code.name, found.stages.join(" "))).collect();
        assert_eq!(said, [(name, "dev prod west".to_owned())], "{wrong}");
        let model = &analysed.model;
        let ana = model.worlds[0].of_kind(model.kind("user").unwrap()).iter().copied();
        let ana = ana.into_iter().find(|entity| model.handle(*entity) == "ana").unwrap();
        assert_eq!(model.worlds[0].fields(ana), model.worlds[2].fields(ana), "{wrong}");
    }
}

/// A type with a name may ask about an empty list; one without asks about elements alone.
#[test]
fn an_empty_list_is_asked_about_by_the_name_of_its_type() {
    let kinds = "type Crew = [user] where count(value) > 0 \"somebody is in a crew\"\nkind boat { crew: Crew, spare: [user] }\n";
    assert_eq!(
        found(&format!("{kinds}boat one {{ crew: [], spare: [] }}\n")),
        "main.nbc:3:18 error[broken-constraint] `` cannot stand here: somebody is in a crew"
    );
}
