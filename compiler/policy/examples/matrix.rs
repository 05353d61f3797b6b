//! How long decisions take: `cargo run --profile fast -p nbc-policy --example matrix -- PEOPLE THINGS`.
//!
//! Makes a platform of that many people in 120 groups, profiles, environments and data, turns all packs on and decides
//! everything for everybody. Prints the time of each part, how many questions Cedar itself was asked, and what it would
//! take to ask its `Authorizer` each of them: some are asked so, over the entities and policies of the backend `cedar`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement for developers, run by hand in the repository"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityId, EntityUid, PolicySet, Request};
use nbc_model::value::Date;
use nbc_model::{Input, ParsedFile, analyse};
use nbc_platform::{Draft, Targets};
use nbc_policy::access::Access;
use nbc_policy::decide::decide;
use nbc_policy::load::Policies;
use nbc_policy::{load, packs, questions};
use nbc_source::{FileKind, SourceFile, Sources};

/// As many questions are asked one by one.
const ASKED: usize = 20_000;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>().unwrap());
    let (people, things) = (arguments.next().unwrap_or(5_000), arguments.next().unwrap_or(1_000));
    let mut sources = Sources::new();
    for file in nbc_model::stdlib::FILES {
        sources.add(SourceFile::new(file.path, FileKind::Nbc, file.text));
    }
    for pack in packs::ALL {
        sources.add(SourceFile::new(format!("packs/{}/access.cedar", pack.name), FileKind::Cedar, pack.access));
        sources.add(SourceFile::new(format!("packs/{}/pack.nbc", pack.name), FileKind::Nbc, pack.rules));
    }
    sources.add(SourceFile::new("site.nbc", FileKind::Nbc, site(people, things)));

    let start = Instant::now();
    let nbc = sources.iter().filter(|(_, file)| file.kind == FileKind::Nbc);
    let parsed: Vec<ParsedFile> =
        nbc.map(|(file, source)| ParsedFile { file, parse: nbc_syntax::parse(&source.text, file) }).collect();
    let today = Date::from_civil(2026, 11, 20).unwrap();
    let (model, diagnostics) = analyse(&Input { sources: &sources, parsed: &parsed, as_of: &|_| today });
    println!("parse and analyse   {:>8.1?}   {} findings", start.elapsed(), diagnostics.len());
    for diagnostic in diagnostics.iter().take(3) {
        println!("  {} {}", diagnostic.span.map(|span| sources.place(span)).unwrap_or_default(), diagnostic.message);
    }

    let start = Instant::now();
    let policies = load::load(&model, &sources).0.unwrap();
    println!(
        "load policies       {:>8.1?}   {} written, {} permits",
        start.elapsed(),
        policies.written.len(),
        policies.permits.len()
    );

    let targets = Targets::default();
    let draft = Draft::new(&model, model.worlds.first().unwrap(), &sources, &targets);
    let start = Instant::now();
    let access = Access::of(&policies, draft.model, draft.world);
    println!("people and holders  {:>8.1?}", start.elapsed());
    drop(access);

    let decided = questions::ask(&policies, &draft, |access| {
        let start = Instant::now();
        let judgement = decide(access, &draft);
        (start.elapsed(), judgement.decisions, access.asked())
    });
    let (elapsed, decisions, asked) = decided.unwrap();
    println!(
        "decide              {elapsed:>8.1?}   {} questions, {} allowed, {} refused, {asked} asked of Cedar",
        decisions.judged,
        decisions.allowed,
        decisions.forbidden().count(),
    );

    let each = authorizer(&policies, &draft);
    let all = each.as_secs_f64() * decisions.judged as f64;
    println!(
        "Authorizer          {each:>8.1?}   a question, {all:.0} s for all: {:.0} times as long",
        all / elapsed.as_secs_f64()
    );

    let start = Instant::now();
    let answer = questions::ask(&policies, &draft, |access| {
        let (action, thing) = questions::thing(access, "launch", "p0").unwrap();
        questions::who_can::who_can(access, action, thing).can.len()
    });
    println!("who-can launch p0   {:>8.1?}   {} people", start.elapsed(), answer.unwrap());
    let start = Instant::now();
    let answer = questions::ask(&policies, &draft, |access| {
        let who = questions::principal(access, "u0").unwrap();
        questions::what_can::what_can(access, who).can.len()
    });
    println!("what-can u0         {:>8.1?}   {} rights", start.elapsed(), answer.unwrap());
}

/// The time of one question when each is one call of Cedar, everything being loaded.
fn authorizer(policies: &Policies, draft: &Draft<'_>) -> Duration {
    let targets = Targets { versions: [("cedar".to_owned(), "4".to_owned())].into() };
    let draft = Draft::new(draft.model, draft.world, draft.sources, &targets);
    let timed = questions::ask(policies, &draft, |access| {
        let texts = decide(access, &draft).cedar;
        let entities = Entities::from_json_str(&texts.entities, None).unwrap();
        let set: PolicySet = texts.policies.parse().unwrap();
        let requests: Vec<Request> = (0..ASKED).filter_map(|number| request(access, number)).collect();
        let start = Instant::now();
        let allowed = requests
            .iter()
            .map(|request| Authorizer::new().is_authorized(request, &set, &entities).decision())
            .filter(|decision| *decision == Decision::Allow);
        std::hint::black_box(allowed.count());
        start.elapsed() / requests.len() as u32
    });
    timed.unwrap()
}

/// A question about somebody and something, spread over all of them.
fn request(access: &Access<'_>, number: usize) -> Option<Request> {
    let people = &access.people;
    let action = access.policies.shapes.actions.get(number % access.policies.shapes.actions.len())?;
    let things = people.world.of_kind(action.kind);
    let who = *people.users.get(number * 7_919 % people.users.len())?;
    let thing = *things.get((number * 104_729).checked_rem(things.len())?)?;
    let uid = EntityUid::from_type_name_and_id("Action".parse().ok()?, EntityId::new(&action.id));
    Request::new(access.uid(who)?, uid, access.uid(thing)?, Context::empty(), None).ok()
}

fn site(people: usize, things: usize) -> String {
    const GROUPS: usize = 120;
    let mut text = String::from(
        "pack baseline { level: hard }\npack gpu-cost { level: hard }\npack data-access { level: hard }\n\
         node-pool pool { cpu: 64, memory: 512Gi, gpu { a100: 8 }, max-nodes: 10 }\n",
    );
    let affiliations = ["staff", "faculty", "student", "student", "student", "contractor", "guest"];
    for user in 0..people {
        let affiliation = affiliations.get(user % affiliations.len()).unwrap();
        writeln!(text, "user u{user} {{ affiliation: {affiliation}, until: 2027-12-31 }}").unwrap();
    }
    writeln!(text, "group top {{ owners: [u0], roles: [analyst], members: [u0] }}").unwrap();
    for group in 0..GROUPS {
        let members = (group..people).step_by(GROUPS).map(|user| format!("u{user}")).collect::<Vec<_>>().join(", ");
        let parent = if group < 10 { "top".to_owned() } else { format!("g{}", group % 10) };
        writeln!(
            text,
            "group g{group} {{ parent: {parent}, owners: [u{group}], members: [{members}], roles: [instructor] }}"
        )
        .unwrap();
    }
    for thing in 0..things {
        let (group, other) = (thing % GROUPS, (thing * 7) % GROUPS);
        match thing % 4 {
            0 => writeln!(text, "profile p{thing} {{ cpu: 2, memory: 8Gi, gpu {{ a100: {} }} }}", thing % 3).unwrap(),
            1 => writeln!(
                text,
                "environment e{thing} {{ namespace: g{group}, shared-with: [top], packages {{ python: \"3.12.*\" }} }}"
            )
            .unwrap(),
            2 => writeln!(text, "storage s{thing} {{ size: 1Ti, read: [top], write: [g{group}, g{other}] }}").unwrap(),
            _ => {
                let class = ["public", "internal", "confidential"].get(thing % 3).unwrap();
                writeln!(
                    text,
                    "data-source d{thing} {{ classification: {class}, owner: u{group}, at: bucket {{ url: \"s3://d{thing}\" }}, read: [top] }}"
                )
                .unwrap();
            }
        }
    }
    let profiles = (0..things).step_by(4).map(|thing| format!("p{thing}")).collect::<Vec<_>>().join(", ");
    writeln!(
        text,
        "group launchers {{ owners: [u0], members: [{}], profiles: [{profiles}] }}",
        (0..people).map(|user| format!("u{user}")).collect::<Vec<_>>().join(", ")
    )
    .unwrap();
    text
}
