//! Text in, text out, through a scope that knows declared things by their handle and a world of what they say.

mod fixture;

use fixture::{check, findings};

#[test]
fn values_take_their_meaning_from_their_place() {
    check(
        "kind user { }
         enum Size { small, large }
         user ana { }
         let a: Cpu = 500m
         let b: Memory = 2.5Gi
         let c: Duration = 500m
         let d: Size = small
         let e = Size.large
         let f: user = ana
         let g: [user] = [ana]
         let h = user.ana
         let i: Decimal = 4
         let j: Date = 2026-02-28",
        "a = 500m, b = 2560Mi, c = 500min, d = small, e = large, f = ana, g = ana, h = ana, i = 4, j = 2026-02-28",
    );
}

#[test]
fn arithmetic_keeps_dimensions() {
    check(
        "let base: Memory = 16Gi
         let a: Memory = base * 2 + 512Mi
         let b = base / 4Gi
         let c: Cpu = 8 * 2
         let d: Cpu = 2 * 500m
         let e: Date = 2026-12-31 + 1d
         let f = 2026-12-31 - 2026-12-01
         let g: Memory = base * 75%
         let h: Rate = $2/hour * 3
         let i = 1 + 2 * 3 - -4
         let j = 7 / 2",
        "base = 16Gi, a = 33280Mi, b = 4, c = 16, d = 1, e = 2027-01-01, f = 30d, g = 12Gi, h = $6/hour, i = 11, j = 3.5",
    );
}

#[test]
fn lists_texts_and_functions() {
    check(
        r#"let teams = ["ml", "climate"]
           let a = [ "{team}-students" for team in teams if team != "ml" ]
           let b: Count = count(teams)
           let c = any team in teams: starts-with(team, "cl")
           let d = join(sort(teams), " and ")
           let e = max(3, 7, 5)
           let f = title-case("ml-research")
           let g = sum([1, 2, 3])
           let h = "ml" in teams and "bio" not in teams
           let i = 3 in 1..5
           let j = if count(teams) > 1 then "many" else "one"
           fn double(n: Count) -> Count = n * 2
           let k = double(double(3))
           let l = unique(flatten([[1, 2], [2, 3]]))
           let m = round(2.5)"#,
        "teams = ml, climate, a = climate-students, b = 2, c = true, d = climate and ml, e = 7, f = ML research, g = 6, \
         h = true, i = true, j = many, k = 12, l = 1, 2, 3, m = 3",
    );
}

#[test]
fn each_mistake_is_said_once() {
    findings(
        "enum Size { small, large }
         let a: Size = smal
         let b: Cpu = 8Gi
         let c = 64Gi
         let d: Count = 3 - 5
         let e = d + 1
         let f: Memory = 16Gi + 2
         let g = 1 / 0
         let h: Count = \"twelve\"
         let i: Size = large + 1",
        "2:24 unknown-choice: there is no `smal` in Size | did you mean `small`?
         3:23 wrong-unit: `8Gi` is an amount of memory or storage, CPU is needed here | did you mean `8`?
         4:18 unclear-dimension: `64Gi` does not say of what | write the type, such as `let size: Memory = 64Gi`
         5:25 negative-count: a count cannot be negative, this is -2
         7:33 wrong-unit: `2` of memory is that many bytes | did you mean `2Gi` or `2Mi`?
         8:18 division-by-zero: this divides by zero
         9:25 wrong-type: `Count` is needed here, this is `Text`
         10:24 undefined-name: nothing here is called `large`",
    );
}

#[test]
fn names_that_mean_nothing_or_two_things() {
    findings(
        "enum Size { small, large }
         kind user { }
         user ana { }
         let narrow: Size = small
         let a = narow
         let b = ana
         let large: Size = small
         let c: Size = large
         let d: user = \"ana\"
         let e: user = dana
         let f = size(narrow)
         let g = count(\"x\")
         let h = join([1])",
        "5:18 undefined-name: nothing here is called `narow` | did you mean `narrow`?
         6:18 undefined-name: nothing here is called `ana` | for the user write `user.ana`
         8:24 ambiguous-value: `large` can mean the `let` or the value of the enum | for the value of the enum write `Size.large`
         9:24 quoted: `ana`
         10:24 unknown: `dana`
         11:18 unknown-function: there is no function `size`
         12:24 wrong-argument: `count` needs a list or a map here, this is `Text` | it is called `count(list)`
         13:18 wrong-argument: `join` does not take one argument | it is called `join(list, between)`",
    );
}

#[test]
fn nothing_needs_itself() {
    findings(
        "let a: Count = b + 1
         let b: Count = c
         let c: Count = a
         let d: Count = a + 1
         fn f(n: Count) -> Count = g(n)
         fn g(n: Count) -> Count = f(n)",
        "1:5 recursion: `a` needs itself
         5:13 recursion: `f` needs itself",
    );
}

#[test]
fn work_is_bounded() {
    findings(
        "let a = count(range(1, 1_000_000_000))
         let b = sum([ x * x for x in range(1, 3) ])
         let c = count([ x for x in range(1, 100_000) if any y in range(1, 100_000): y == x + 1 ])",
        "1:15 too-much-work: this takes more steps than nbc allows
         3:86 too-much-work: this takes more steps than nbc allows",
    );
}

#[test]
fn depth_is_bounded() {
    let long = vec!["n"; 20_000].join(" + ");
    findings(
        &format!("fn f(n: Count) -> Count = {long}"),
        "1:27 too-much-work: this is made of too many parts: give some of them a `let`",
    );
    let sum = vec!["n"; 200].join(" + ");
    let mut chain = format!("fn f0(n: Count) -> Count = {sum}\n");
    for at in 1..40 {
        chain += &format!("fn f{at}(n: Count) -> Count = f{}(n) + {sum}\n", at - 1);
    }
    findings(&format!("{chain}let a = f39(0)"), "39:29 too-much-work: calls go too deep");
}

const KINDS: &str = "
kind user { affiliation: Affiliation = staff, email?: Text }
enum Affiliation { staff, guest }
kind quota { cpu?: Cpu, gpu: {Text: Count} }
kind group {
  action manage
  parent?: group
  owners: [user] grants manage
  members: [dated user]
  quota?: quota owned
  seats?: Count
}
kind profile {
  action launch
  cpu: Cpu
  memory: Memory
  gpu: {Text: Count}
  at?: Place
  whom?: user | group
  computed has-gpu: Bool = gpu set
}
variant Place { here, cloud { region: Text, zone?: Text } }
";

fn kinds(rest: &str) -> String {
    format!("{}{rest}", KINDS.replace('\n', " ; ").replace(" ; ", "\n"))
}

#[test]
fn what_may_be_absent_is_asked_first() {
    findings(
        &kinds(
            "kind course {
  seats?: Count
  quota?: quota owned
  a: Bool = seats > 3
  b: Bool = seats set and seats > 3
  c: Bool = seats otherwise 1 > 3
  d: Bool = if seats set then seats > 3 else true
  e: Bool = not (seats set) or seats > 3
  f?: Bool = seats > 3
  g: Bool = quota.cpu set and quota.cpu > 500m
  h: Bool = quota.gpu.a100 > 1
  i: Bool = quota set and quota.gpu.a100 otherwise 0 > 1
}",
        ),
        "26:13 may-be-absent: `seats` may be absent | ask first, as in `seats set and …`, or say what holds without it: `seats otherwise …`
         33:13 may-be-absent: `quota.gpu.a100` may be absent | ask first, as in `quota.gpu.a100 set and …`, or say what holds without it: `quota.gpu.a100 otherwise …`",
    );
}

#[test]
fn a_field_reads_what_is_known_before_it() {
    findings(
        &kinds(
            "user ana { email: \"ana@uni.example\" }
kind course {
  teacher: user
  a?: Text = user.ana.email
  b: Affiliation = teacher.affiliation
  computed c: Affiliation = teacher.affiliation
  d: Bool = any u in user: u.affiliation == guest
  computed e: Count = count([u for u in user if u.affiliation == guest])
  f: Count = count(members(group.ml))
}
group ml { }
let g = user.ana.email
fn mail(u: user) -> Affiliation = u.affiliation
kind other {
  teacher: user
  a: Affiliation = mail(teacher)
  computed b: Affiliation = mail(teacher)
}",
        ),
        "27:20 forbidden-read: `affiliation` lies behind a reference | what follows a reference is a `computed` field, or belongs in a rule
         29:22 forbidden-read: every `user` cannot be asked here | ask it in a rule, or in a `computed` field
         31:20 forbidden-read: who belongs to what is not known here | ask it in a `computed` field or a rule
         34:9 forbidden-read: a constant reads no declared thing | write the value itself, or read it in a field or a rule
         38:20 forbidden-read: `mail` follows references | what follows a reference is a `computed` field, or belongs in a rule",
    );
}

#[test]
fn paths_lead_through_kinds_maps_and_variants() {
    findings(
        &kinds(
            "kind course {
  profile: profile
  computed a: Bool = profile.gpu.a100 set
  computed b: Bool = profile.at set and profile.at == cloud
  computed c: Text = profile.at.region otherwise \"-\"
  computed d: [user] = profile.whom.owners otherwise []
  computed e: Bool = profile.memry > 4Gi
  computed f: Bool = profile.at.regon set
  computed g: Bool = profile.at set and profile.at != clod
}",
        ),
        "29:30 unknown-part: `profile` has no `memry` | did you mean `memory`?
         30:33 unknown-part: `Place` has no `regon` | did you mean `region`?
         31:55 unknown-choice: there is no `clod` in Place | did you mean `cloud`?",
    );
}

#[test]
fn rules_find_what_breaks_them() {
    check(
        &kinds(
            "user ana { affiliation: staff }
user gus { affiliation: guest }
user eve { affiliation: guest }
group ml { owners: [ana], members: [ana, gus until 2027-01-31], quota { cpu: 8 }, seats: 1 }
group bio { owners: [gus], members: [gus] }
profile gpu { cpu: 8, memory: 64Gi, gpu { a100: 1 } }
profile small { cpu: 1, memory: 2Gi }
rule owned-by-staff \"staff own groups\" for group g {
  require all o in g.owners: o.affiliation == staff else \"take {g} from {g.owners}\"
}
rule seats \"no more members than seats\" for group g {
  when g.seats set
  require count(g.members) <= g.seats
}
rule (soft) quota \"quota\" for group g { require g.quota.cpu set else \"give {g} a quota\" }
rule no-guest-gpu \"guests have no GPU\" for user u, profile p {
  when u.affiliation == guest and p.gpu set
  require u cannot launch p else \"{u} must not launch {p}\"
}",
        ),
        "owned-by-staff broken by bio: take bio from gus (`g.owners` is `gus`)
         seats broken by ml (`g.members` is `ana, gus`, `g.seats` is `1`)
         quota broken by bio: give bio a quota (`g.quota.cpu` is not set)
         no-guest-gpu broken by eve, gpu: eve must not launch gpu",
    );
}

#[test]
fn rules_and_waivers_say_what_is_wrong_with_them() {
    findings(
        &kinds(
            "user ana { }
group ml { }
rule (strict) a \"a\" for grup g { require true }
rule b \"b\" for group g { require g.seats > 3 }
rule c \"c\" for user u, group g { require u cannot lanch g }
rule d \"d\" for user u, group g { require u can manage g else \"{nobody}\" }
rule e \"e\" for group g { when g.seats set; require g.seats > 3 }
waiver d on group.ml { until: 2027-01-31, because: \"soon\", approved-by: ana }
waiver dd on group.ml { until: \"soon\" }
waiver d on grop.ml { until: 2027-01-31, because: \"soon\", approved-by: ana, by: ana }
test \"t\" { expect ana can manage ml, expect group.ml keeps e, expect group.ml breaks f, expect ana cannot launch ml because b }"
                .replace("; ", "\n")
                .as_str(),
        ),
        "25:7 unknown-level: there is no level `strict` | the levels are advisory, soft, hard and shadow
         25:25 unknown-subject: there is no kind `grup` | did you mean `group`?
         26:34 may-be-absent: `g.seats` may be absent | ask first, as in `g.seats set and …`, or say what holds without it: `g.seats otherwise …`
         27:51 not-an-action: a group has no action `lanch` | it has manage
         28:64 undefined-name: nothing here is called `nobody`
         32:8 unknown-rule: there is no rule `dd` | did you mean `d`?
         32:8 bad-waiver: a waiver must say `because` and `approved-by` too
         32:32 wrong-type: `Date` is needed here, this is `Text`
         33:13 unknown-subject: there is no kind `grop` | did you mean `group`?
         33:77 bad-waiver: a waiver has no `by` | it has `until`, `because` and `approved-by`
         34:86 unknown-rule: there is no rule `f` | did you mean `b`, `c`, `d`?
         34:114 unknown: `ml`",
    );
}

#[test]
fn blocks_are_records_cases_and_maps() {
    check(
        &kinds(
            "record Room { name: Text, seats: Count, open: Bool, gpus: {Text: Count} }
let a: Room = { name: \"B12\", seats: 30, open: true, gpus { a100: 2, \"l-4\": 1 } }
let b: [Room] = [{ name: \"C1\", seats: count(a.gpus), open: not a.open }]
let c: Place = cloud { region: \"eu\" }
let d: [Place] = [here, c]
let e: {Text: Memory} = { small: 2Gi, large: 2Gi * 8 }
let f = e.large
let g = keys(e)
let h: Count = first([ room.seats for room in b ]) otherwise 0",
        ),
        "a = name: B12, seats: 30, open: true, gpus: a100: 2, l-4: 1, b = name: C1, seats: 2, open: false, c = cloud, \
         d = here, cloud, e = large: 16Gi, small: 2Gi, f = 16Gi, g = large, small, h = 2",
    );
}

#[test]
fn blocks_say_what_they_lack() {
    findings(
        &kinds(
            "record Room { name: Text, seats: Count }
let a: Room = { name: \"B12\" }
let b: Room = { name: \"B12\", seats: 3, seats: 4, doors: 2 }
let c: Place = cloud
let d: Place = moon { region: \"eu\" }
let e: Count = { name: \"B12\" }
let f = { name: \"B12\" }
let g: Count = cloud { region: \"eu\" }
let h: [Count] = 3
let i: [user] = [gus, \"ana\" until 2027-01-31]",
        ),
        "24:15 incomplete-record: `seats` must be said too
         25:40 repeated-key: `seats` is said twice
         25:50 unknown-part: `Room` has no `doors` | it has name, seats
         26:16 incomplete-record: `cloud` needs `region` | write `cloud { region: … }`
         27:16 unknown-choice: there is no `moon` in Place | it is one of here, cloud
         28:16 wrong-type: `Count` is needed here, this is a block
         29:9 wrong-type: nothing says what this block is
         30:16 wrong-type: no variant is needed here, so `cloud` has no meaning
         31:18 wrong-type: `[Count]` is needed here, this is `Count` | a list stands in brackets, even when it has one element
         32:18 unknown: `gus`
         32:23 quoted: `ana`
         32:35 wrong-type: the elements of this list take no dates",
    );
}

#[test]
fn a_computed_name_is_constant() {
    findings(
        &kinds(
            "user ana { }
let who = \"an\"
let a: user = \"{who}a\"
let b: user = \"{who}x\"
kind course {
  title: Text
  teacher: user = \"{title}\"
}",
        ),
        "26:15 unknown: `anx`
         29:19 not-a-constant: who is meant must be known before anything is computed",
    );
}
