//! What a change means: two revisions of a workspace, compared. Facts only; whether they are welcome is for `review`.
//!
//! Things are the same where kind and handle are the same, or where `was` says so ([`pairs`]). Access is compared as it
//! was decided ([`access`]), money as it is reckoned ([`money`]), configuration as it is after all layers
//! ([`configuration`]), output as it would be written ([`output`]). Stages are compared by name. Who gains or loses
//! something on a later day, by a membership that begins or ends, is told too ([`later`]).

pub mod access;
pub mod causes;
pub mod configuration;
pub mod later;
pub mod money;
pub mod output;
pub mod pairs;
pub mod texts;

use nbc_platform::Platform;

use crate::pipeline::{Compiled, Stage};

/// Two revisions of a workspace. `base` is what holds, `head` what is proposed.
#[derive(Clone, Copy, Debug)]
pub struct Revisions<'c, 'm> {
    pub base: &'c Compiled<'m>,
    pub head: &'c Compiled<'m>,
}

/// Everything that changes, one entry for each stage of either revision, in the order of names.
#[derive(Debug, Default)]
pub struct Difference {
    pub stages: Vec<StageDifference>,
    /// Rules, policies, waivers and tests, which belong to no stage.
    pub rules: Vec<configuration::RuleChange>,
    /// Access on later days.
    pub later: later::Later,
}

/// What changes in one stage.
#[derive(Debug, Default)]
pub struct StageDifference {
    /// `None` for the base of a workspace without stages.
    pub stage: Option<String>,
    /// Which side has the stage; access and money need both.
    pub presence: Presence,
    pub access: access::AccessDifference,
    pub money: money::MoneyDifference,
    pub configuration: Vec<configuration::Change>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    #[default]
    Both,
    OnlyBase,
    OnlyHead,
}

/// Compares all stages, today and on later days.
pub fn compare(revisions: Revisions<'_, '_>) -> Difference {
    let pairs = pairs::PairsOfStages::of(revisions);
    let mut difference = on_judged_day(revisions, &pairs);
    difference.later = later::compare(revisions, &difference, &pairs, None);
    difference
}

/// Compares all stages on the judged day alone.
pub fn today(revisions: Revisions<'_, '_>) -> Difference {
    on_judged_day(revisions, &pairs::PairsOfStages::of(revisions))
}

pub(crate) fn on_judged_day(revisions: Revisions<'_, '_>, pairs: &pairs::PairsOfStages<'_>) -> Difference {
    let Revisions { base, head } = revisions;
    let mut names: Vec<Option<&str>> =
        base.stages.iter().chain(&head.stages).map(|stage| stage.name.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let stages = names.into_iter().map(|name| compare_stage(revisions, pairs, name)).collect();
    Difference { stages, rules: configuration::rules(revisions), later: later::Later::default() }
}

fn compare_stage(
    revisions: Revisions<'_, '_>,
    pairs: &pairs::PairsOfStages<'_>,
    name: Option<&str>,
) -> StageDifference {
    let Revisions { base, head } = revisions;
    let (before, after) = (stage(base, name), stage(head, name));
    let mut difference = StageDifference { stage: name.map(str::to_owned), ..StageDifference::default() };
    match (before, after) {
        (Some(before), Some(after)) => {
            let pairs = pairs.on(name, (base.model, before.world), (head.model, after.world));
            difference.access = access::compare(
                side(base, before, causes::Revision::Base),
                side(head, after, causes::Revision::Head),
                &pairs,
            );
            difference.money = money::compare(before.outcome.as_ref().ok(), after.outcome.as_ref().ok(), &pairs);
            difference.configuration =
                configuration::compare((base.model, before.world), (head.model, after.world), &pairs);
        }
        (Some(_), None) => difference.presence = Presence::OnlyBase,
        (None, Some(_)) => difference.presence = Presence::OnlyHead,
        (None, None) => {}
    }
    difference
}

/// One stage of one revision, as questions about it need it.
pub fn side<'c>(compiled: &'c Compiled<'_>, stage: &'c Stage<'_>, revision: causes::Revision) -> causes::Side<'c> {
    causes::Side { model: compiled.model, world: stage.world, decisions: stage.decisions(), revision }
}

fn stage<'c, 'm>(compiled: &'c Compiled<'m>, name: Option<&str>) -> Option<&'c Stage<'m>> {
    compiled.stages.iter().find(|stage| stage.name.as_deref() == name)
}

/// A sealed stage, where it has no error.
pub(crate) type Sealed<'c, 'm> = Option<&'c Platform<'m>>;
