//! Who pays, what it costs, and what levels and waivers do: text in, text out.

use nbc_model::expression::RuleLevel;
use nbc_model::testing::analysed;
use nbc_platform::bounds::{effective, quotas_of};
use nbc_platform::finding::{Broken, Finding};
use nbc_platform::kinds::Group;
use nbc_platform::testing::{Granted, targets};
use nbc_platform::who_pays::Payers;
use nbc_platform::{Draft, Judge, codes, levels, money};
use nbc_source::Diagnostic;

/// Runs `show` over the only world of a workspace that has no findings.
fn check(workspace: &str, show: impl Fn(&Draft<'_>) -> String, expected: &str) {
    let analysed = analysed(workspace);
    assert_eq!(analysed.report(), "");
    let targets = targets("");
    let worlds = analysed.model.worlds.iter();
    let shown: String =
        worlds.map(|world| show(&Draft::new(&analysed.model, world, &analysed.sources, &targets))).collect();
    let lines: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown.trim_end(), lines.join("\n"));
}

/// `person profile: groups`, then findings.
fn payers(draft: &Draft<'_>) -> String {
    let (payers, findings) = Payers::of(draft, &Granted.decide(draft).decisions);
    let name = |id| draft.model.handle(id);
    let mut out = String::new();
    for row in payers.iter() {
        out += &format!("{} {}: {}\n", name(row.user), name(row.profile), name(row.group));
    }
    out + &findings.iter().map(|finding| format!("{}: {}\n", finding.code.name, finding.message)).collect::<String>()
}

const LAB: &str = r#"
    profile small { cpu: 2, memory: 8Gi }
    group lab { owners: [hana], members: [robin], profiles: [small] }
    group climate { parent: lab, members: [ana, dana] }
    group ocean { parent: lab, members: [dana] }
    group deep { parent: ocean, members: [eli] }
    user ana { }
    user eli { }
    user hana { }
    user robin { }
"#;

#[test]
fn the_own_sub_group_pays_below_the_one_that_grants() {
    check(
        &format!("{LAB}\nuser dana {{ primary-group: ocean }}"),
        payers,
        "ana small: climate
         dana small: ocean
         eli small: deep
         robin small: lab",
    );
}

#[test]
fn of_several_groups_none_is_guessed() {
    check(
        &format!("{LAB}\nuser dana {{ }}"),
        payers,
        "ana small: climate
         dana small: climate
         dana small: ocean
         eli small: deep
         robin small: lab
         undecided-payer: `climate` or `ocean`: which pays when `dana` launches `small`",
    );
}

#[test]
fn the_launcher_may_ask_or_the_primary_group_always_pays() {
    check(
        &format!("platform p {{ charge: chosen-at-launch }}\n{LAB}\nuser dana {{ primary-group: ocean }}"),
        payers,
        "ana small: climate
         dana small: climate
         dana small: ocean
         eli small: deep
         robin small: lab",
    );
    check(
        "platform p { charge: primary-group }
         profile small { cpu: 2, memory: 8Gi }
         group lab { owners: [ana], members: [ana, rui], profiles: [small] }
         group purse { owners: [ana], members: [ana] }
         user ana { primary-group: purse }
         user rui { }",
        payers,
        "ana small: purse
         nobody-pays: nobody pays when `rui` launches `small`",
    );
}

#[test]
fn personal_grants_and_those_of_everyone_are_the_primary_groups() {
    check(
        "profile small { cpu: 2, memory: 8Gi }
         group everyone { profiles: [small] }
         group climate { owners: [ana], members: [ana] }
         user ana { primary-group: climate }
         user rui { primary-group: climate, profiles: [small] }",
        payers,
        "ana small: climate
         rui small: climate",
    );
}

#[test]
fn money_is_exact_and_what_has_no_price_is_listed() {
    let show = |draft: &Draft<'_>| {
        let (payers, _) = Payers::of(draft, &Granted.decide(draft).decisions);
        let costs = money::costs(draft, &payers);
        let mut out = String::new();
        for cost in &costs.groups {
            let ceiling = cost.ceiling.map_or("unbounded".to_owned(), |ceiling| ceiling.0.to_string());
            out += &format!("{} {} {ceiling}\n", draft.model.handle(cost.group), cost.typical.0);
        }
        let unpriced: Vec<&str> = costs.unpriced.iter().map(|id| draft.model.handle(*id)).collect();
        out + &format!("no price: {}", unpriced.join(" "))
    };
    // share of the pool: 8 of 15.5 CPU, 32 of 62 GiB; of $1.55 an hour the larger is $0.80
    check(
        "platform p { typical-hours: 100, servers-per-user: 2 }
         node-pool user { cpu: 16, memory: 64Gi, max-nodes: 100, price: $1.55/hour }
         node-pool unpriced { cpu: 64, memory: 640Gi, max-nodes: 1, runs: [dask-workers] }
         profile small { cpu: 1, memory: 4Gi, price: $0.10/hour }
         profile large { cpu: 8, memory: 32Gi, node-pool: user }
         profile worker { cpu: 8, memory: 32Gi, use: [dask-worker] }
         group lab { owners: [ana], members: [ana, rui], profiles: [small, large], quota { cpu: 12 } }
         user ana { }
         user rui { }",
        show,
        "lab 1600000 8760000
         no price: worker",
    );
}

#[test]
fn extras_count_while_they_last() {
    let show = |draft: &Draft<'_>| {
        let group: &Group<'_> = &draft.declared.groups[0];
        let quota = quotas_of(draft, group).next().unwrap();
        let bound = effective(draft, quota);
        format!("{:?} {:?} {:?}", bound.cpu.map(|cpu| cpu.0), bound.gpu, bound.memory)
    };
    check(
        "user ana { }
         group lab {
           owners: [ana]
           quota {
             cpu: 8
             gpu { a100: 1 }
             extra: [
               { cpu: 4, gpu { a100: 1, t4: 2 }, until: 2026-11-20, because: \"deadline\" },
               { cpu: 100, until: 2026-11-19, because: \"past\" },
               { cpu: 100, from: 2026-11-21, until: 2027-01-01, because: \"to come\" },
               { memory: 8Gi, until: 2027-01-01, because: \"not bounded before\" },
             ]
           }
         }",
        show,
        "Some(12000) [(\"a100\", 2), (\"t4\", 2)] None",
    );
}

/// The finding of a rule of pack `baseline` at each level of the pack.
#[test]
fn a_pack_says_how_much_its_rules_weigh() {
    let show = |draft: &Draft<'_>| {
        let group = &draft.declared.groups[0];
        let broken = Broken {
            rule: "r".to_owned(),
            pack: Some("baseline".to_owned()),
            level: RuleLevel::Hard,
            on: vec![group.id.entity],
        };
        let diagnostic = Diagnostic::new(&codes::OVERDUE, group.span, "broken");
        let outcome = levels::apply(draft, vec![Finding::of_rule(diagnostic, broken)]);
        let levels: Vec<&str> = outcome.findings.iter().map(|finding| finding.level.name()).collect();
        format!("{} shadowed {}", levels.join(" "), outcome.shadowed)
    };
    for (pack, expected) in [
        ("level: hard", "error shadowed 0"),
        ("level: soft", "warning shadowed 0"),
        ("level: advisory", "note shadowed 0"),
        ("level: shadow", " shadowed 1"),
        ("level: shadow, hard-from: 2026-11-20", "error shadowed 0"),
        ("level: soft, hard-from: 2026-11-21", "warning shadowed 0"),
    ] {
        let analysed = analysed(&format!("group lab {{ }}\npack baseline {{ {pack} }}"));
        let targets = targets("");
        let draft = Draft::new(&analysed.model, &analysed.model.worlds[0], &analysed.sources, &targets);
        assert_eq!(show(&draft), expected, "{pack}");
    }
}

#[test]
fn advice_of_one_rule_is_one_note_with_the_number_of_places() {
    let groups: Vec<String> = (1..=5).map(|at| format!("group g{at} {{ }}\n")).collect();
    for (count, expected) in [
        (1, "main.nbc:1:7 g is slow"),
        (3, "main.nbc:1:7 g is slow; the same 2 times more: main.nbc:2, main.nbc:3"),
        (5, "main.nbc:1:7 g is slow; the same 4 times more: main.nbc:2, main.nbc:3, main.nbc:4 and 1 more"),
    ] {
        let analysed = analysed(&groups[..count].concat());
        let targets = targets("");
        let draft = Draft::new(&analysed.model, &analysed.model.worlds[0], &analysed.sources, &targets);
        let findings = draft.declared.groups.iter().rev().map(|group| {
            let on = vec![group.id.entity];
            let broken = Broken { rule: "r".to_owned(), pack: None, level: RuleLevel::Advisory, on };
            Finding::of_rule(Diagnostic::new(&codes::OVERDUE, group.span, "g is slow"), broken)
        });
        let outcome = levels::apply(&draft, findings.collect());
        let line = |found: &Diagnostic| {
            let place = analysed.sources.place(found.span.unwrap());
            format!("{place} {}; {}", found.message, found.help.join("; ")).trim_end_matches("; ").to_owned()
        };
        assert_eq!(outcome.findings.iter().map(line).collect::<Vec<_>>(), [expected]);
    }
}
