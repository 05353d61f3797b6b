//! Random programs: every construct of the grammar, with names that mostly exist and types that mostly fit. Few of them
//! mean anything; all of them must be judged, or refused at a place.

use super::random::Random;
use super::{File, Workspace};

const KINDS: &[&str] = &["user", "group", "profile", "environment", "storage", "widget", "gadget"];
const HANDLES: &[&str] = &["ana", "bob", "lab", "ml", "small", "large", "torch", "data", "one", "two"];
const FIELDS: &[&str] = &[
    "title", "email", "until", "parent", "members", "owners", "profiles", "cpu", "memory", "gpu", "quota", "size",
    "read", "price", "a", "b", "c", "total", "for", "labels",
];
const TYPES: &[&str] = &[
    "Text",
    "Count",
    "Cpu",
    "Memory",
    "Bool",
    "Date",
    "Duration",
    "[Text]",
    "[user]",
    "{Text: Count}",
    "Colour",
    "Part",
    "Shape",
    "user | group",
    "widget",
    "[dated user]",
    "Rate",
];
const LITERALS: &[&str] = &[
    "1",
    "0",
    "500m",
    "2.5Gi",
    "64",
    "75%",
    "$20/month",
    "2027-03-31",
    "\"a text\"",
    "\"{handle}\"",
    "'[a-z]+'",
    "true",
    "false",
    "45min",
    "4_000",
    "-3",
    "\"\"",
];
const FUNCTIONS: &[&str] =
    &["count", "sum", "max", "range", "join", "members", "half", "twice", "first", "keys", "title-case"];
const OPERATORS: &[&str] = &["+", "-", "*", "/", "==", "!=", "<", "<=", ">", "in", "and", "or"];

/// A program of about `size` declarations.
pub fn program(seed: u64, size: usize) -> Workspace {
    let mut writer = Writer { random: Random::new(seed ^ 0x5eed) };
    let mut parts = vec![PRELUDE.to_owned()];
    let is_tame = seed.is_multiple_of(4);
    parts.extend((0..size).map(|_| if is_tame { writer.tame() } else { writer.declaration() }));
    let (first, second) = parts.split_at(parts.len() / 2);
    Workspace { files: vec![File::new("a.nbc", first.to_vec()), File::new("b.nbc", second.to_vec())] }
}

const PRELUDE: &str = "enum Colour { red, green, blue }
record Part { size: Count = 1, colour?: Colour }
variant Shape { round { radius: Count }, flat }
fn half(amount: Cpu) -> Cpu = amount / 2
platform site { domain: \"hub.example\", title: \"Site\" }
user ana { }
user bob { }
group lab { owners: [ana], members: [ana, bob] }
profile small { cpu: 2, memory: 4Gi }
";

struct Writer {
    random: Random,
}

impl Writer {
    fn one(&mut self, words: &[&str]) -> String {
        self.random.one_of(words).to_owned()
    }

    fn declaration(&mut self) -> String {
        match self.random.below(18) {
            0..6 => self.instance(),
            6 | 7 => self.kind(),
            8 => format!("let {} = {}\n", self.one(&["x", "y", "many", "a"]), self.expression(3)),
            9 => {
                let (name, ty) = (self.one(&["twice", "half", "odd"]), self.one(TYPES));
                format!("fn {name}(n: {ty}) -> {} = {}\n", self.one(TYPES), self.expression(3))
            }
            10 | 11 => {
                let (list, body) = (self.expression(2), self.instance());
                format!("for each in {list} {{\n  {}}}\n", body.replacen("one", "\"{each}-x\"", 1))
            }
            12 => self.rule(),
            13 | 14 => self.stage(),
            15 => self.test(),
            16 => {
                let (kind, handle) = (self.one(KINDS), self.one(HANDLES));
                format!(
                    "waiver {} on {kind}.{handle} {{ until: 2027-01-31, because: \"x\", approved-by: ana }}\n",
                    self.one(&["tidy", "grand", "nobody"])
                )
            }
            _ => format!("extend enum Colour {{ {} }}\n", self.one(&["pink", "red", "grey"])),
        }
    }

    /// What is right more often than not, so that judging and deciding are reached.
    fn tame(&mut self) -> String {
        let number = self.random.below(1_000);
        let amount = self.one(&["1", "2", "500m", "half(8)", "if true then 1 else 2", "max(1, 2)", "sum([1, 2])"]);
        match self.random.below(6) {
            0 => format!("user u{number} {{ email: \"u{number}@hub.example\" }}\n"),
            1 => format!("profile p{number} {{ cpu: {amount}, memory: 4Gi }}\n"),
            2 => format!("group g{number} {{ parent: lab, owners: [ana], members: [bob], profiles: [small] }}\n"),
            3 => format!("stage s{number} {{ add group.lab.profiles: [small] }}\n"),
            4 => format!("rule r{number} \"so it is\" for profile p {{ require p.cpu >= {amount} else \"more\" }}\n"),
            _ => format!(
                "kind k{number} {{ action use \"use it\", size: Cpu = {amount}, by: [user] grants use }}\nk{number} one {{ by: [ana] }}\n"
            ),
        }
    }

    fn instance(&mut self) -> String {
        let (kind, handle) = (self.one(KINDS), self.one(HANDLES));
        let extends = if self.random.chance(20) { format!(" extends {}", self.one(HANDLES)) } else { String::new() };
        let count = self.random.below(4);
        let items: Vec<String> = (0..count).map(|_| self.item(2)).collect();
        format!("{kind} {handle}{extends} {{ {} }}\n", items.join(", "))
    }

    fn item(&mut self, depth: usize) -> String {
        let (field, locked) = (self.one(FIELDS), if self.random.chance(5) { "locked " } else { "" });
        if depth > 0 && self.random.chance(15) {
            return format!("{locked}{field} {{ {} }}", self.item(depth - 1));
        }
        if self.random.chance(5) {
            return format!("{} {field}: [{}]", self.one(&["add", "remove"]), self.one(HANDLES));
        }
        format!("{locked}{field}: {}", self.expression(depth))
    }

    fn kind(&mut self) -> String {
        let name = self.one(&["widget", "gadget", "gizmo"]);
        let count = 1 + self.random.below(4);
        let fields: Vec<String> = (0..count).map(|_| self.field()).collect();
        format!("kind {name} {{\n  action use \"use it\"\n  {}\n}}\n", fields.join("\n  "))
    }

    fn field(&mut self) -> String {
        let (name, ty) = (self.one(FIELDS), self.one(TYPES));
        match self.random.below(8) {
            0 => format!("computed {name}: {ty} = {}", self.expression(3)),
            1 => format!("require {} \"it has to\"", self.expression(3)),
            2 => format!("own {name}?: {ty}"),
            3 => format!("{name}: {ty} = {}", self.expression(2)),
            4 => format!("{name}: {ty} where {} \"as it should\" = {}", self.expression(2), self.expression(1)),
            5 => format!("{name}: [user | group] grants use"),
            6 => format!("{name}: Count in 1..{} = 1", self.one(LITERALS)),
            _ => format!("{name}?: {ty}"),
        }
    }

    fn rule(&mut self) -> String {
        let name = self.one(&["tidy", "grand", "odd"]);
        let (kind, when, require) = (self.one(KINDS), self.expression(3), self.expression(3));
        let require = if self.random.chance(30) { "ana cannot use widget.one".to_owned() } else { require };
        format!(
            "rule {name} \"so it is\" for {kind} a {{\n  when {when}\n  require {require} else \"change {{a}}\"\n}}\n"
        )
    }

    fn stage(&mut self) -> String {
        let name = self.one(&["dev", "prod", "west"]);
        let extends = if self.random.chance(30) { " extends dev" } else { "" };
        let change = self.change();
        let more = if self.random.chance(30) { self.instance() } else { String::new() };
        format!("stage {name}{extends} {{\n  {change}\n  {more}}}\n")
    }

    fn change(&mut self) -> String {
        let path = format!("{}.{}.{}", self.one(KINDS), self.one(HANDLES), self.one(FIELDS));
        match self.random.below(5) {
            0 => format!("unset {path}"),
            1 => format!("add {path}: [{}]", self.one(HANDLES)),
            2 => format!("remove {path}: [{}]", self.one(HANDLES)),
            3 => format!("set {path}: {}", self.expression(2)),
            _ => format!("override {path}: {}", self.expression(2)),
        }
    }

    fn test(&mut self) -> String {
        let expectation = match self.random.below(3) {
            0 => "expect ana can launch small".to_owned(),
            1 => format!("expect {}", self.expression(3)),
            _ => "expect group.lab keeps tidy".to_owned(),
        };
        format!("test \"t{}\" {{\n  {}\n  {expectation}\n}}\n", self.random.below(1_000), self.change())
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.random.below(4) {
                0 => self.one(HANDLES),
                1 => self.one(FIELDS).replace("for", "a"),
                _ => self.one(LITERALS),
            };
        }
        let below = depth - 1;
        match self.random.below(14) {
            0..3 => self.expression(0),
            3 | 4 => {
                let operator = self.one(OPERATORS);
                format!("({} {operator} {})", self.expression(below), self.expression(below))
            }
            5 => format!("{}({})", self.one(FUNCTIONS), self.expression(below)),
            6 => format!("range({}, {})", self.random.below(9), 1 + self.random.below(9_000)),
            7 => {
                format!("if {} then {} else {}", self.expression(below), self.expression(below), self.expression(below))
            }
            8 => format!("[{}, {}]", self.expression(below), self.expression(below)),
            9 => format!(
                "[({}) for each in {} if {}]",
                self.expression(below),
                self.expression(below),
                self.expression(below)
            ),
            10 => {
                let quantifier = self.one(&["any", "all"]);
                format!("({quantifier} each in {}: {})", self.expression(below), self.expression(below))
            }
            11 => format!("{}.{}.{}", self.one(KINDS), self.one(HANDLES), self.one(FIELDS)),
            12 => format!(
                "({}.{} otherwise {})",
                self.one(&["a", "platform", "each"]),
                self.one(FIELDS),
                self.expression(below)
            ),
            _ => format!("not ({} set)", self.one(FIELDS).replace("for", "a")),
        }
    }
}
