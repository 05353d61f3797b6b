//! Platforms and policies by chance: the same number, the same platform.

/// Numbers that look random and never change.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    /// A part of a list.
    pub(crate) fn some<'t>(&mut self, from: &[&'t str]) -> Vec<&'t str> {
        from.iter().copied().filter(|_| self.one_in(2)).collect()
    }
}

/// How many cases a property is tried with: few in the inner loop, `NBC_CASES` for the long run.
#[expect(clippy::disallowed_methods, reason = "how long a test runs is its caller's choice")]
pub(crate) fn cases(few: u64) -> u64 {
    std::env::var("NBC_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(few)
}

/// What policies may read of people, each with all that a small world has of it.
pub(crate) const OF_PEOPLE: [(&str, &[&str]); 7] = [
    (
        "affiliation",
        &[
            "principal.affiliation == Affiliation::\"student\"",
            "[Affiliation::\"guest\", Affiliation::\"contractor\"].contains(principal.affiliation)",
            "principal.affiliation != Affiliation::\"staff\"",
        ],
    ),
    ("enabled", &["principal.enabled", "!principal.enabled"]),
    (
        "until",
        &[
            "(principal has until && principal.until < datetime(\"2027-06-01\"))",
            "!(principal has until)",
            "(principal has until && principal.until >= datetime(\"2027-01-01\"))",
        ],
    ),
    (
        "email",
        &[
            "(principal has email && principal.email like \"*@uni.example\")",
            "(principal has email && principal.email like \"a*\")",
        ],
    ),
    (
        "level",
        &[
            "(principal.hasTag(\"level\") && principal.getTag(\"level\").contains(\"one\"))",
            "principal.hasTag(\"level\")",
            "(principal.hasTag(\"level\") && principal.getTag(\"level\").containsAny([\"one\", \"two\"]))",
        ],
    ),
    (
        "uid",
        &[
            "(principal has uid && principal.uid > 1500)",
            "(principal has uid && principal.uid <= 2000)",
            "(principal has uid && principal.uid == 2000)",
        ],
    ),
    (
        "manager",
        &[
            "(principal has manager && principal.manager == User::\"u1\")",
            "(principal has manager && principal.manager.enabled)",
        ],
    ),
];

const OF_GROUPS: [&str; 5] = [
    "principal in Group::\"top\"",
    "principal in Group::\"low\"",
    "principal in [Group::\"low\", Group::\"side\"]",
    "principal == User::\"u1\"",
    "principal is User in Group::\"side\"",
];

/// By kind of resource: action, type, conditions.
const OF_THINGS: [(&str, &str, &[&str]); 3] = [
    (
        "launch",
        "Profile",
        &[
            "resource.memory_bytes > 2147483648",
            "resource.memory_bytes <= 1073741824",
            "resource.priority == Priority::\"high\"",
            "resource.title like \"Big*\"",
            "resource.launch_users.contains(principal)",
            "principal in resource.launch_groups",
            "(resource.hasTag(\"x\") && resource.getTag(\"x\") >= 3)",
            "resource.idle_stop < duration(\"2h\")",
            "resource == Profile::\"big\"",
            "resource has description",
            "[Priority::\"low\", Priority::\"normal\"].contains(resource.priority)",
        ],
    ),
    (
        "data-source.read",
        "DataSource",
        &[
            "resource.classification == Classification::\"restricted\"",
            "resource.classification_rank >= 2",
            "resource.owner == principal",
            "resource.read_users.contains(principal)",
            "(resource has owner_user && resource.owner_user == principal)",
            "resource.owner.enabled",
            "(resource has delete_after && resource.delete_after > datetime(\"2027-01-01\"))",
            "resource.was.isEmpty()",
        ],
    ),
    (
        "manage",
        "Group",
        &[
            "principal in resource",
            "resource in Group::\"top\"",
            "(resource has parent && resource.parent == Group::\"top\")",
            "resource.members.contains(principal)",
        ],
    ),
];

/// A policy that reads of people only what `dimensions` lists.
pub(crate) fn policy(chance: &mut Chance, id: usize, dimensions: &[usize]) -> String {
    let (action, ty, of_thing) = OF_THINGS[chance.below(OF_THINGS.len())];
    let effect = if chance.one_in(2) { "permit" } else { "forbid" };
    let scope = chance.pick(&["principal is User", "principal is User", "principal is User in Group::\"low\""]);
    let mut clauses = String::new();
    for _ in 0..chance.below(3) {
        let word = if chance.one_in(3) { "unless" } else { "when" };
        let body = condition(chance, dimensions, of_thing, 2);
        clauses.push_str(&format!("\n{word} {{ {body} }}"));
    }
    format!(
        "@id(\"p{id}\")\n@sentence(\"By chance.\")\n{effect} ({scope}, action == Action::\"{action}\", resource is {ty}){clauses};\n"
    )
}

fn condition(chance: &mut Chance, dimensions: &[usize], of_thing: &[&str], depth: usize) -> String {
    if depth > 0 && chance.one_in(2) {
        let mut part = || condition(chance, dimensions, of_thing, depth - 1);
        let (first, second, third) = (part(), part(), part());
        return match chance.below(4) {
            0 => format!("({first} && {second})"),
            1 => format!("({first} || {second})"),
            2 => format!("!({first})"),
            _ => format!("(if {first} then {second} else {third})"),
        };
    }
    match chance.below(3) {
        0 => chance.pick(&OF_GROUPS).to_owned(),
        1 => chance.pick(of_thing).to_owned(),
        _ => {
            let (_, conditions) = OF_PEOPLE[dimensions[chance.below(dimensions.len())]];
            chance.pick(conditions).to_owned()
        }
    }
}

/// Policies by chance, one file.
pub(crate) fn policies(chance: &mut Chance, most: usize, dimensions: &[usize]) -> Vec<String> {
    let many = chance.below(most) + 1;
    (0..many).map(|id| policy(chance, id, dimensions)).collect()
}

/// People of all sorts, nested groups, roles, delegates, a service with an account, and things that they hold.
pub(crate) fn platform(chance: &mut Chance) -> String {
    let mut out = String::from(
        "role over { can: [launch, data-source.read], over: everything }\nnode-pool pool { cpu: 8, memory: 64Gi, max-nodes: 1 }\n",
    );
    for at in 1..9 {
        let mut fields = Vec::new();
        let mut maybe = |chance: &mut Chance, field: String| {
            if chance.one_in(2) {
                fields.push(field);
            }
        };
        let affiliation = chance.pick(&["student", "guest", "contractor", "faculty"]);
        maybe(chance, format!("affiliation: {affiliation}"));
        let until = chance.pick(&["2026-12-01", "2027-03-01", "2028-01-01", "2026-11-01"]);
        maybe(chance, format!("until: {until}"));
        let email = chance.pick(&["amy", "bob"]);
        let domain = chance.pick(&["uni.example", "else.example"]);
        maybe(chance, format!("email: \"{email}{at}@{domain}\""));
        let uid = 1000 + 500 * chance.below(4) + at;
        maybe(chance, format!("uid: {uid}"));
        let manager = chance.below(8) + 1;
        maybe(chance, format!("manager: u{manager}"));
        let level = chance.some(&["\"one\"", "\"two\"", "\"three\""]).join(", ");
        maybe(chance, format!("attributes {{ level: [{level}] }}"));
        if chance.one_in(6) {
            fields.push("roles: [over]".to_owned());
        }
        out.push_str(&format!("user u{at} {{ {} }}\n", fields.join(", ")));
    }
    let people = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"];
    for (group, parents) in [("top", &[][..]), ("low", &["top"][..]), ("side", &["top", "low"][..])] {
        let parent = match parents {
            [] => String::new(),
            _ if chance.one_in(3) => String::new(),
            parents => format!("parent: {}, ", chance.pick(parents)),
        };
        let roles = chance.some(&["developer", "viewer", "over"]).join(", ");
        let members = chance.some(&people).join(", ");
        let profiles = chance.some(&["small", "big"]).join(", ");
        let delegates = if chance.one_in(3) { ", delegates { instructor: [u3] }" } else { "" };
        out.push_str(&format!("group {group} {{ {parent}owners: [u1], members: [{members}], profiles: [{profiles}], roles: [{roles}]{delegates} }}\n"));
    }
    let holders = ["top", "low", "side", "u2", "u5", "u7"];
    let list = |chance: &mut Chance| chance.some(&holders).join(", ");
    for name in ["small", "big"] {
        let title = if name == "big" { ", title: \"Big one\"" } else { "" };
        out.push_str(&format!(
            "profile {name} {{ cpu: 1, memory: {}, priority: {}{title} }}\n",
            chance.pick(&["1Gi", "3Gi"]),
            chance.pick(&["low", "normal", "high"]),
        ));
    }
    for name in ["scans", "maps"] {
        out.push_str(&format!(
            "data-source {name} {{ classification: {}, owner: {}, at: bucket {{ url: \"s3://{name}\" }}, read: [{}] }}\n",
            chance.pick(&["public", "internal", "restricted"]),
            chance.pick(&people),
            list(chance),
        ));
    }
    out.push_str("environment torch { namespace: low, packages { python: \"3.12.*\" } }\n");
    out.push_str(&format!(
        "service runner extends std/argo {{ account {{ groups: [{}] }} }}\n",
        chance.some(&["low", "side"]).join(", ")
    ));
    out
}
