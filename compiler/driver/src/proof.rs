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
use crate::difference::pairs::Pairs;
use crate::difference::{Difference, Presence, Revisions, later};
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

/// Compares what both revisions grant to anybody. `difference` is that of the same revisions.
pub fn prove(revisions: Revisions<'_, '_>, difference: &Difference) -> Proof {
    let Revisions { base, head } = revisions;
    let mut proof = Proof::default();
    let (Some(before), Some(after)) = (base.policies.as_ref(), head.policies.as_ref()) else {
        proof.open.push("everything: the policies could not be read".to_owned());
        return proof;
    };
    for stage in difference.stages.iter().filter(|stage| stage.presence == Presence::OnlyHead) {
        let name = stage.stage.as_deref().unwrap_or("without stages");
        proof.open.push(format!("stage {name}: the base does not have it"));
    }
    let sides = (Day { policies: before, model: base.model }, Day { policies: after, model: head.model });
    let same_things = same_declarations(base.sources, head.sources);
    let mut told = BTreeSet::new();
    on_day(&sides, difference, None, same_things, &mut told, &mut proof);
    // On the same files, every day is as the other side has it.
    if !same_things || proof.compared > 0 {
        let (days, left_out) = later::days(revisions);
        for date in days {
            let Some((before_model, after_model)) = later::model_on(base, date).zip(later::model_on(head, date)) else {
                proof.open.push(format!("access from {date} on: by that day the files have errors"));
                continue;
            };
            let sides = (Day { model: &before_model, ..sides.0 }, Day { model: &after_model, ..sides.1 });
            proof.later += 1;
            on_day(&sides, difference, Some(date), same_things, &mut told, &mut proof);
        }
        if left_out > 0 {
            proof.open.push(format!("access on {left_out} more days on which something begins or ends by itself"));
        }
    }
    proof
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
}

fn on_day(
    (before, after): &(Day<'_>, Day<'_>),
    difference: &Difference,
    date: Option<Date>,
    same_things: bool,
    told: &mut BTreeSet<(Option<String>, String, String)>,
    proof: &mut Proof,
) {
    for stage in difference.stages.iter().filter(|stage| stage.presence == Presence::Both) {
        let name = stage.stage.as_deref();
        let Some((base_world, head_world)) = before.world(name).zip(after.world(name)) else { continue };
        let (base, head) = (before.access(base_world), after.access(head_world));
        let pairs = Pairs::of(before.model, base_world, after.model, head_world);
        let (to_head, to_base) = (|entity| pairs.head(entity), |entity| pairs.base(entity));
        let found = proof::prove(proof::Revisions {
            base: &base,
            head: &head,
            to_head: &to_head,
            to_base: &to_base,
            same_things,
        });
        let on_that_day = |what: String| match date {
            Some(date) => format!("{what}, on {date}"),
            None => what,
        };
        proof.open.extend(found.open.into_iter().map(on_that_day));
        if date.is_none() {
            proof.equal += found.equal;
            proof.compared += found.compared;
            proof.things += head
                .policies
                .shapes
                .kinds
                .iter()
                .flatten()
                .map(|kind| head_world.of_kind(kind.kind).len())
                .sum::<usize>();
        }
        let gains = found.gains.iter().map(|gain| words::told(stage.stage.clone(), (&base, &head), gain, date));
        let wider = found.wider.iter().map(|pair| words::nested(stage.stage.clone(), (&base, &head), *pair, date));
        for gain in gains.chain(wider) {
            if told.insert((gain.stage.clone(), gain.who.clone(), gain.what.clone())) {
                proof.gains.push(gain);
            }
        }
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
