use cedar_policy::SchemaFragment;

use super::*;
use crate::shape::Shapes;
use crate::testing::{policies, workspace};

/// A schema as Cedar prints it, without sentences. Of JSON it says that a type is Cedar's own; no kind has such a name.
fn printed(fragment: &SchemaFragment) -> String {
    let text = fragment.to_cedarschema().unwrap().replace("__cedar::", "");
    text.lines().filter(|line| !line.trim_start().starts_with("@doc")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn json_and_text_are_one_schema() {
    let site = "enum Colour { red, green }\n\
                variant Place { room { number: Count }, street { name: Text } }\n\
                kind bike { colour: Colour, at?: Place, price: Rate, last: [Date], action ride \"ride it\", riders: [group] grants ride }\n";
    let workspace = workspace(&[("site.nbc", site)]);
    assert_eq!(workspace.said(), "");
    let shapes = Shapes::of(&workspace.model);
    let text = print(&workspace.model, &shapes);
    let (from_text, _) = SchemaFragment::from_cedarschema_str(&text).unwrap();
    let from_json = SchemaFragment::from_json_str(&json(&workspace.model, &shapes)).unwrap();
    assert_eq!(printed(&from_json), printed(&from_text));
}

/// What policies see of a field of kind `dive-boat` that is declared so and says so: its attributes, and their values.
fn seen(types: &str, field: &str, value: &str) -> String {
    let site = format!(
        "{types}\nkind dive-boat {{ {field} }}\nuser ana {{}}\ngroup lab {{ owners: [ana] }}\nsecret key {{ from: kubernetes {{ name: \"key\", key: \"a\" }} }}\ndive-boat one {{ {value} }}\n"
    );
    let workspace = workspace(&[("site.nbc", &site)]);
    assert_eq!(workspace.said(), "", "{field}");
    let policies = policies(&workspace);
    let text = print(&workspace.model, &policies.shapes);
    let (_, block) = text.split_once("entity DiveBoat {\n").unwrap();
    let (block, tags) = block.split_once("\n}").unwrap();
    let of_all = ["deprecated?: String,", "description?: String,", "title: String,", "was: Set<String>,"];
    let lines = block.lines().map(str::trim).filter(|line| !line.starts_with("@doc") && !of_all.contains(line));
    let mut said = lines.collect::<Vec<_>>().join(" ");
    let tags = tags.split_once(';').unwrap().0;
    if !tags.ends_with("String") {
        said.push_str(tags);
    }
    let access = workspace.access(&policies);
    let boat = access.whole().unwrap().iter().find(|entity| entity.uid().to_string() == "DiveBoat::\"one\"").unwrap();
    let mut json = boat.to_json_value().unwrap();
    let mut values: Vec<String> = Vec::new();
    for part in ["attrs", "tags"] {
        let object = json.get_mut(part).and_then(|part| part.as_object_mut());
        let rest = object.into_iter().flatten().filter(|(name, _)| !["title", "was"].contains(&name.as_str()));
        values.extend(rest.map(|(name, value)| format!("{name} = {value}")));
    }
    values.sort();
    format!("{field} | {said} | {}\n", values.join(", "))
}

/// The table of what a field becomes in policies, row by row.
#[test]
fn every_type_of_the_language_is_seen_as_the_table_says() {
    let types = "kind hull { length: Count }\nenum Colour { red, green }\nrecord Berth { pier: Text, places: Count }\nvariant Mooring { buoy { number: Count }, anchor { depth: Text } }";
    let rows = [
        ("afloat: Bool", "afloat: true"),
        ("call-sign: Text", "call-sign: \"D1\""),
        ("page: Url", "page: \"https://boats.example\""),
        ("mail: Email", "mail: \"a@boats.example\""),
        ("draught: Int", "draught: -3"),
        ("seats: Count", "seats: 12"),
        ("cpu: Cpu", "cpu: 500m"),
        ("memory: Memory", "memory: 1Gi"),
        ("disk: Storage", "disk: 2Gi"),
        ("price: Money", "price: $5.25"),
        ("rent: Rate", "rent: $2/month"),
        ("dive: Duration", "dive: 45min"),
        ("built: Date", "built: 2026-01-31"),
        ("ratio: Decimal", "ratio: 0.75"),
        ("share: Percent", "share: 75%"),
        ("paint: Colour", "paint: green"),
        ("skipper: user", "skipper: ana"),
        ("crew: [user]", "crew: [ana]"),
        ("keeper: group | user", "keeper: lab"),
        ("keepers: [group | user]", "keepers: [lab, ana]"),
        ("sunk?: Date", ""),
        ("berth: Berth", "berth: { pier: \"A\", places: 2 }"),
        ("mooring: Mooring", "mooring: buoy { number: 7 }"),
        ("places: {Colour: Count}", "places: { red: 1 }"),
        ("marks: {Text: Count}", "marks: { a: 1 }"),
        ("berths: [Berth]", "berths: [{ pier: \"A\", places: 2 }]"),
        ("by-name: {Text: Berth}", "by-name: { a: { pier: \"A\", places: 2 } }"),
        ("key?: secret", "key: key"),
        ("hull?: hull owned", "hull { length: 3 }"),
        ("seats: Count, computed many: Bool = seats > 9", "seats: 12"),
    ];
    insta::assert_snapshot!(rows.map(|(field, value)| seen(types, field, value)).concat(), @r#"
    afloat: Bool | afloat: Bool, | afloat = true
    call-sign: Text | call_sign: String, | call_sign = "D1"
    page: Url | page: String, | page = "https://boats.example"
    mail: Email | mail: String, | mail = "a@boats.example"
    draught: Int | draught: Long, | draught = -3
    seats: Count | seats: Long, | seats = 12
    cpu: Cpu | cpu_millicores: Long, | cpu_millicores = 500
    memory: Memory | memory_bytes: Long, | memory_bytes = 1073741824
    disk: Storage | disk_bytes: Long, | disk_bytes = 2147483648
    price: Money | price_minor: Long, | price_minor = 525
    rent: Rate | rent_minor_per_month: Long, | rent_minor_per_month = 200
    dive: Duration | dive: duration, | dive = {"__extn":{"fn":"duration","arg":"2700000ms"}}
    built: Date | built: datetime, | built = {"__extn":{"fn":"datetime","arg":"2026-01-31"}}
    ratio: Decimal | ratio: decimal, | ratio = {"__extn":{"fn":"decimal","arg":"0.7500"}}
    share: Percent | share: decimal, | share = {"__extn":{"fn":"decimal","arg":"0.7500"}}
    paint: Colour | paint: Colour, | paint = {"__entity":{"type":"Colour","id":"green"}}
    skipper: user | skipper: User, | skipper = {"__entity":{"type":"User","id":"ana"}}
    crew: [user] | crew: Set<User>, | crew = [{"__entity":{"type":"User","id":"ana"}}]
    keeper: group | user | keeper_group?: Group, keeper_user?: User, | keeper_group = {"__entity":{"type":"Group","id":"lab"}}
    keepers: [group | user] | keepers_group: Set<Group>, keepers_user: Set<User>, | keepers_group = [{"__entity":{"type":"Group","id":"lab"}}], keepers_user = [{"__entity":{"type":"User","id":"ana"}}]
    sunk?: Date | sunk?: datetime, | 
    berth: Berth | berth: { pier: String, places: Long, }, | berth = {"pier":"A","places":2}
    mooring: Mooring | mooring: { buoy?: { number: Long, }, anchor?: { depth: String, }, }, | mooring = {"buoy":{"number":7}}
    places: {Colour: Count} | places: { red?: Long, green?: Long, }, | places = {"red":1}
    marks: {Text: Count} |  tags Long | a = 1
    berths: [Berth] |  | 
    by-name: {Text: Berth} |  | 
    key?: secret |  | 
    hull?: hull owned | hull?: { length: Long, }, | hull = {"length":3}
    seats: Count, computed many: Bool = seats > 9 | many: Bool, seats: Long, | many = true, seats = 12
    "#);
}
