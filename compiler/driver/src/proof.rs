//! Does a change give anybody anything, now or later? For whom the files declare as it was decided (`difference`); for
//! everybody whom they could come to declare by a proof (`nbc_policy::proof`), on each day on which an answer may change.

mod words;

use std::collections::BTreeSet;

use nbc_model::Model;
use nbc_model::value::Date;
use nbc_model::world::World;
use nbc_policy::access::Access;
use nbc_policy::load::Policies;
use nbc_policy::proof;
use nbc_source::{FileKind, Sources, Span};

use crate::difference::causes::Revision;
use crate::difference::pairs::{Pairs, PairsOfStages};
use crate::difference::{self, Difference, Presence, Revisions, later};
use crate::pipeline;

/// What came of it.
#[derive(Debug, Default)]
pub struct Proof {
    /// Confirmed by the `Authorizer`; each once, on the first day on which it is so.
    pub gains: Vec<Told>,
    /// What is not proved, one sentence each.
    pub open: Vec<String>,
    /// Actions whose policies both revisions have word by word, in one stage on the judged day.
    pub equal: usize,
    /// Actions that the solver was asked about.
    pub compared: usize,
    /// How many later days were asked about too.
    pub later: usize,
    /// Things, over all stages, that were asked about.
    pub things: usize,
}

/// A gain in words; what it is made of stays behind in the models of its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub stage: Option<String>,
    /// `somebody in students, affiliation guest`
    pub who: String,
    /// `launch profile gpu`
    pub what: String,
    /// The action and the thing, where it is one right: `launch`, `profile gpu`.
    pub right: Option<(String, String)>,
    /// The later day on which it begins.
    pub from: Option<Date>,
    /// Why the head allows it, each with its line where a file says it.
    pub head: Vec<(String, Option<(Revision, Span)>)>,
    /// Why the base did not.
    pub base: Vec<(String, Option<(Revision, Span)>)>,
}

/// Compares what both revisions grant, to whom they declare and to anybody. Later days are gone through once for both.
pub fn prove(revisions: Revisions<'_, '_>) -> (Difference, Proof) {
    let Revisions { base, head } = revisions;
    let pairs = PairsOfStages::of(revisions);
    let mut difference = difference::on_judged_day(revisions, &pairs);
    let mut proof = Proof::default();
    let (Some(before), Some(after)) = (base.policies.as_ref(), head.policies.as_ref()) else {
        proof.open.push("everything: the policies could not be read".to_owned());
        difference.later = later::compare(revisions, &difference, &pairs, None);
        return (difference, proof);
    };
    for stage in difference.stages.iter().filter(|stage| stage.presence == Presence::OnlyHead) {
        let name = stage.stage.as_deref().unwrap_or("without stages");
        proof.open.push(format!("stage {name}: the base does not have it"));
    }
    let sides = (Day { policies: before, model: base.model }, Day { policies: after, model: head.model });
    let same_things = same_declarations(base.sources, head.sources);
    let mut told = BTreeSet::new();
    on_day(&sides, &difference, &pairs, None, same_things, &mut told, &mut proof);
    // On the same files, every day is as the other side has it.
    let asks_later = !same_things || proof.compared > 0;
    let mut watch = |date: Date, arrived: later::Arrived<'_>| {
        let Some((before, after)) = arrived else {
            proof.open.push(format!("access from {date} on: by that day the files have errors"));
            return;
        };
        let sides = (Day { model: before, ..sides.0 }, Day { model: after, ..sides.1 });
        proof.later += 1;
        on_day(&sides, &difference, &pairs, Some(date), same_things, &mut told, &mut proof);
    };
    let watch: later::Watch<'_> = &mut watch;
    let found = later::compare(revisions, &difference, &pairs, asks_later.then_some(watch));
    difference.later = found;
    let left_out = difference.later.left_out;
    if asks_later && left_out > 0 {
        proof.open.push(format!("access on {left_out} more days on which something begins or ends by itself"));
    }
    (difference, proof)
}

/// One revision as of one day.
#[derive(Clone, Copy)]
struct Day<'d> {
    policies: &'d Policies,
    model: &'d Model,
}

impl<'d> Day<'d> {
    fn world(&self, stage: Option<&str>) -> Option<&'d World> {
        self.model.worlds.iter().find(|world| pipeline::stage_name(self.model, world).as_deref() == stage)
    }

    fn access(&self, world: &'d World) -> Access<'d> {
        Access::of(self.policies, self.model, world)
    }

    fn are_alike(&self, one: &World, two: &World) -> bool {
        nbc_policy::decide::are_alike(self.policies, self.model, one, two)
    }
}

/// What was found out about one stage; another in which nothing differs that decisions are made of has it too.
struct OfStage<'d> {
    worlds: (&'d World, &'d World),
    open: Vec<String>,
    equal: usize,
    compared: usize,
    /// Of no stage yet.
    gains: Vec<Told>,
}

fn on_day(
    sides: &(Day<'_>, Day<'_>),
    difference: &Difference,
    pairs: &PairsOfStages<'_>,
    date: Option<Date>,
    same_things: bool,
    told: &mut BTreeSet<(Option<String>, String, String)>,
    proof: &mut Proof,
) {
    let (before, after) = sides;
    let mut known: Vec<OfStage<'_>> = Vec::new();
    for stage in difference.stages.iter().filter(|stage| stage.presence == Presence::Both) {
        let name = stage.stage.as_deref();
        let Some(worlds) = before.world(name).zip(after.world(name)) else { continue };
        let is_alike = |other: &OfStage<'_>| {
            before.are_alike(other.worlds.0, worlds.0) && after.are_alike(other.worlds.1, worlds.1)
        };
        let at = known.iter().position(is_alike).unwrap_or_else(|| {
            known.push(of_stage(
                sides,
                worlds,
                &pairs.on(name, (before.model, worlds.0), (after.model, worlds.1)),
                date,
                same_things,
            ));
            known.len() - 1
        });
        let Some(found) = known.get(at) else { continue };
        let on_that_day = |what: &String| match date {
            Some(date) => format!("{what}, on {date}"),
            None => what.clone(),
        };
        proof.open.extend(found.open.iter().map(on_that_day));
        if date.is_none() {
            proof.equal += found.equal;
            proof.compared += found.compared;
            let kinds = after.policies.shapes.kinds.iter().flatten();
            proof.things += kinds.map(|kind| worlds.1.of_kind(kind.kind).len()).sum::<usize>();
        }
        for gain in &found.gains {
            if told.insert((stage.stage.clone(), gain.who.clone(), gain.what.clone())) {
                proof.gains.push(Told { stage: stage.stage.clone(), ..gain.clone() });
            }
        }
    }
}

fn of_stage<'d>(
    (before, after): &(Day<'d>, Day<'d>),
    worlds: (&'d World, &'d World),
    pairs: &Pairs,
    date: Option<Date>,
    same_things: bool,
) -> OfStage<'d> {
    let (base, head) = (before.access(worlds.0), after.access(worlds.1));
    let found = proof::prove(proof::Revisions {
        base: &base,
        head: &head,
        to_head: &|entity| pairs.head(entity),
        to_base: &|entity| pairs.base(entity),
        same_things,
    });
    let gains = found.gains.iter().map(|gain| words::told((&base, &head), gain, date));
    let wider = found.wider.iter().map(|pair| words::nested((&base, &head), *pair, date));
    OfStage {
        worlds,
        gains: gains.chain(wider).collect(),
        open: found.open,
        equal: found.equal,
        compared: found.compared,
    }
}

/// Whether all files but policies are the same, word by word.
fn same_declarations(base: &Sources, head: &Sources) -> bool {
    texts(base) == texts(head)
}

fn texts(sources: &Sources) -> BTreeSet<(&str, &str)> {
    let declared = sources.iter().filter(|(_, file)| file.kind != FileKind::Cedar);
    declared.map(|(_, file)| (file.path.as_str(), &*file.text)).collect()
}
