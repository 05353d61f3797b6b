//! What a change means, as rows that people and programs read: the same for the terminal, Markdown and JSON.
//!
//! People who gain the same things for the same reason stand in one row, and so do the things that the same people
//! gain: a new member is one line, however much the group may do.

use std::collections::BTreeMap;

use nbc_driver::Compiled;
use nbc_driver::difference::access::{AccessDifference, Right};
use nbc_driver::difference::causes::{Revision, Side, Touched};
use nbc_driver::difference::configuration::What;
use nbc_driver::difference::output::{FileChange, FileHow};
use nbc_driver::difference::texts::How;
use nbc_driver::difference::{self, Difference, Presence, Revisions, StageDifference};
use nbc_driver::pipeline::Stage;
use nbc_model::value::Date;
use nbc_platform::decisions::CohortAnswer;
use nbc_source::Sources;
use serde::Serialize;

use super::money::{MoneyTable, table};
use super::words;

/// Everything that is told of a change.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Page {
    pub(crate) stages: Vec<StagePage>,
    /// Rules, policies, waivers, tests, kinds, settings.
    pub(crate) statements: Vec<Line>,
    /// `null` where the output was not compared.
    pub(crate) output: Option<Vec<OutputRow>>,
    /// Questions that both revisions answered.
    pub(crate) compared: u64,
    /// What could not be compared, and why.
    pub(crate) not_compared: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct StagePage {
    pub(crate) stage: Option<String>,
    pub(crate) access: Vec<AccessRow>,
    pub(crate) money: Option<MoneyTable>,
    pub(crate) configuration: Vec<Line>,
}

/// One row of the table of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct AccessRow {
    pub(crate) how: AccessHow,
    /// Usernames or groups, sorted.
    pub(crate) who: Vec<String>,
    /// `view and edit environment torch-2-4`, sorted.
    pub(crate) what: Vec<String>,
    /// The same one by one: the action and the thing.
    #[serde(skip)]
    pub(crate) rights: Vec<(String, String)>,
    /// `ml-research`, `role analyst in lab`
    pub(crate) because: String,
    /// `teams/ml-research.nbc:10`
    pub(crate) place: Option<String>,
    /// The rule that holds it back, and its sentence.
    pub(crate) rule: Option<(String, String)>,
    /// The first day on which it is so, where that is not the judged one.
    pub(crate) from: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AccessHow {
    Gain,
    HeldBack,
    Lose,
    /// A group may newly, so people who join it later will.
    GroupGains,
    GroupLoses,
    /// People whom the files do not list.
    Door,
}

impl AccessHow {
    /// The word of the row.
    pub(crate) fn word(self) -> &'static str {
        match self {
            AccessHow::Gain => "gain",
            AccessHow::HeldBack => "held back",
            AccessHow::Lose => "lose",
            AccessHow::GroupGains => "members gain",
            AccessHow::GroupLoses => "members lose",
            AccessHow::Door => "open door",
        }
    }
}

/// One line of what is said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// `group.ml-research`
    pub(crate) path: String,
    /// `members + dana until 2027-06-30`, `quota.cpu 32 → 64`, `new`
    pub(crate) change: String,
    pub(crate) place: String,
}

/// One emitted file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct OutputRow {
    pub(crate) path: String,
    pub(crate) target: String,
    pub(crate) change: String,
}

impl Page {
    pub(crate) fn of(revisions: Revisions<'_, '_>, difference: &Difference) -> Page {
        let Revisions { base, head } = revisions;
        let statements = difference.rules.iter().map(|change| {
            let (sources, word) = match change.how {
                How::Added => (head.sources, "new"),
                How::Removed => (base.sources, "gone"),
                How::Changed => (head.sources, "changed"),
            };
            Line { path: change.what.clone(), change: word.to_owned(), place: sources.line_place(change.place) }
        });
        let mut page = Page { statements: statements.collect(), ..Page::default() };
        for stage in &difference.stages {
            page.compared += stage.access.compared;
            let name = stage.stage.as_deref().unwrap_or("the platform");
            match stage.presence {
                Presence::Both => page.stages.push(StagePage::of(revisions, difference, stage)),
                Presence::OnlyBase => page.not_compared.push(format!("{name}: the head does not have this stage")),
                Presence::OnlyHead => page.not_compared.push(format!("{name}: the base does not have this stage")),
            }
        }
        page.not_compared.extend(difference.later.not_compared.iter().cloned());
        page
    }

    pub(crate) fn set_output(&mut self, changes: Vec<FileChange>) {
        let row = |change: FileChange| OutputRow {
            path: change.path,
            target: change.target,
            change: match change.how {
                FileHow::Added => "new".to_owned(),
                FileHow::Removed => "gone".to_owned(),
                FileHow::Changed { added, removed } => format!("+{added} −{removed} lines"),
            },
        };
        self.output = Some(changes.into_iter().map(row).collect());
    }

    /// Whether nothing changes at all.
    pub(crate) fn is_empty(&self) -> bool {
        let silent = |stage: &StagePage| {
            let money = stage.money.as_ref().is_none_or(|money| !money.is_changed);
            stage.access.is_empty() && stage.configuration.is_empty() && money
        };
        self.stages.iter().all(silent)
            && self.statements.is_empty()
            && self.not_compared.is_empty()
            && self.output.as_ref().is_none_or(Vec::is_empty)
    }
}

impl StagePage {
    fn of(revisions: Revisions<'_, '_>, difference: &Difference, stage: &StageDifference) -> StagePage {
        let Revisions { base, head } = revisions;
        let name = stage.stage.as_deref();
        let mut access = Vec::new();
        if let (Some(before), Some(after)) = (side(base, name, Revision::Base), side(head, name, Revision::Head)) {
            access = rows(revisions, (before, after), &stage.access, stage, None);
        }
        for day in &difference.later.days {
            let fresh = day.stages.iter().find(|(stage, _)| stage.as_deref() == name);
            if let (Some((_, fresh)), Some(sides)) = (fresh, difference.later.sides(day, name)) {
                access.extend(rows(revisions, sides, fresh, stage, Some(day.date)));
            }
        }
        StagePage {
            stage: stage.stage.clone(),
            access,
            money: table(&stage.money),
            configuration: lines(base, head, stage),
        }
    }
}

fn side<'c>(compiled: &'c Compiled<'_>, name: Option<&str>, revision: Revision) -> Option<Side<'c>> {
    let found: &Stage<'_> = compiled.stages.iter().find(|stage| stage.name.as_deref() == name)?;
    Some(difference::side(compiled, found, revision))
}

/// The rows of one stage on one day; `from` is that day where it is a later one.
fn rows(
    revisions: Revisions<'_, '_>,
    (before, after): (Side<'_>, Side<'_>),
    access: &AccessDifference,
    stage: &StageDifference,
    from: Option<Date>,
) -> Vec<AccessRow> {
    let mut table = Table::new(revisions);
    let added = Touched::of(&stage.configuration, Revision::Head);
    let gone = Touched::of(&stage.configuration, Revision::Base);
    for (how, rights) in [(AccessHow::Gain, &access.gained), (AccessHow::GroupGains, &access.groups_gained)] {
        rights.iter().for_each(|right| table.add(how, after, &added, right, None));
    }
    for (how, rights) in [(AccessHow::Lose, &access.lost), (AccessHow::GroupLoses, &access.groups_lost)] {
        rights.iter().for_each(|right| table.add(how, before, &gone, right, None));
    }
    for held in &access.held_back {
        let policy = &after.decisions.policies[held.policy];
        table.add(AccessHow::HeldBack, after, &added, &held.right, Some((policy.id.clone(), policy.sentence.clone())));
    }
    let mut rows = without_repeated_groups(table.rows());
    rows.extend(access.doors.iter().map(|door| {
        let model = if door.side == Revision::Base { before.model } else { after.model };
        let because = format!("{} → {}", answer(&door.before), answer(&door.after));
        AccessRow {
            how: AccessHow::Door,
            who: vec![format!("whoever comes through {}", model.handle(door.group))],
            what: vec![format!("{} {}", words::action(model, door.action), words::thing(model, door.resource))],
            rights: vec![(words::action(model, door.action).to_owned(), words::thing(model, door.resource))],
            because,
            place: None,
            rule: None,
            from: None,
        }
    }));
    let from = from.map(|day| day.to_string());
    rows.iter_mut().for_each(|row| row.from.clone_from(&from));
    rows
}

/// What members gain today needs no second row for those who come later.
fn without_repeated_groups(mut rows: Vec<AccessRow>) -> Vec<AccessRow> {
    let said_of_people: Vec<(String, Vec<String>)> = rows
        .iter()
        .filter(|row| matches!(row.how, AccessHow::Gain | AccessHow::Lose))
        .map(|row| (row.because.clone(), row.what.clone()))
        .collect();
    rows.retain(|row| {
        let is_group = matches!(row.how, AccessHow::GroupGains | AccessHow::GroupLoses);
        let said = |(because, what): &(String, Vec<String>)| {
            row.who.contains(because) && row.what.iter().all(|one| what.contains(one))
        };
        !is_group || !said_of_people.iter().any(said)
    });
    rows
}

fn answer(answer: &CohortAnswer) -> String {
    match answer {
        CohortAnswer::Yes => "yes".to_owned(),
        CohortAnswer::No => "no".to_owned(),
        CohortAnswer::DependsOn(fields) => format!("depends on {}", fields.join(", ")),
    }
}

/// What tells rows apart before their people and things are joined.
type Reason = (AccessHow, String, Option<String>, Option<(String, String)>);

/// For each thing the actions.
type Actions = BTreeMap<String, Vec<String>>;

/// Rights by reason, then by person: for each thing the actions.
struct Table<'s> {
    base: &'s Sources,
    head: &'s Sources,
    by_reason: BTreeMap<Reason, BTreeMap<String, Actions>>,
}

impl<'s> Table<'s> {
    fn new(revisions: Revisions<'s, '_>) -> Table<'s> {
        Table { base: revisions.base.sources, head: revisions.head.sources, by_reason: BTreeMap::new() }
    }

    fn add(
        &mut self,
        how: AccessHow,
        side: Side<'_>,
        touched: &Touched,
        right: &Right,
        rule: Option<(String, String)>,
    ) {
        let cause = side.cause(right, touched);
        let place = cause.place.map(|(revision, span)| match revision {
            Revision::Base => self.base.line_place(span),
            Revision::Head => self.head.line_place(span),
        });
        let reason = (how, cause.through, place, rule);
        let people = self.by_reason.entry(reason).or_default();
        let things = people.entry(side.model.handle(right.who).to_owned()).or_default();
        let actions = things.entry(words::thing(side.model, right.resource)).or_default();
        actions.push(words::action(side.model, right.action).to_owned());
    }

    fn rows(self) -> Vec<AccessRow> {
        let mut rows = Vec::new();
        for ((how, because, place, rule), people) in self.by_reason {
            let mut alike: BTreeMap<Vec<String>, (Vec<String>, Actions)> = BTreeMap::new();
            for (who, things) in people {
                let what = things.iter().map(|(thing, actions)| format!("{} {thing}", actions.join(" and ")));
                alike.entry(what.collect()).or_insert_with(|| (Vec::new(), things)).0.push(who);
            }
            rows.extend(alike.into_iter().map(|(what, (who, things))| AccessRow {
                how,
                who,
                what,
                rights: one_by_one(things),
                because: because.clone(),
                place: place.clone(),
                rule: rule.clone(),
                from: None,
            }));
        }
        rows
    }
}

fn one_by_one(things: Actions) -> Vec<(String, String)> {
    let of = |(thing, actions): (String, Vec<String>)| actions.into_iter().map(move |action| (action, thing.clone()));
    things.into_iter().flat_map(of).collect()
}

fn lines(base: &Compiled<'_>, head: &Compiled<'_>, difference: &StageDifference) -> Vec<Line> {
    let mut lines = Vec::new();
    for change in &difference.configuration {
        let mut push = |change_text: String, place: String| {
            lines.push(Line { path: change.path.clone(), change: change_text, place });
        };
        match &change.what {
            What::Added(span) => push("new".to_owned(), head.sources.line_place(*span)),
            What::Removed(span) => push("gone".to_owned(), base.sources.line_place(*span)),
            What::Changed { renamed_from, fields } => {
                if let Some(old) = renamed_from {
                    push(format!("was {old}"), String::new());
                }
                for field in fields {
                    let sources = if field.after.is_some() { head.sources } else { base.sources };
                    let text = match (&field.before, &field.after) {
                        (None, Some(after)) => format!("{} + {after}", field.field),
                        (Some(before), None) => format!("{} − {before}", field.field),
                        (before, after) => {
                            let side = |text: &Option<String>| text.clone().unwrap_or_default();
                            format!("{} {} → {}", field.field, side(before), side(after))
                        }
                    };
                    push(text, sources.line_place(field.place));
                }
            }
        }
    }
    lines
}
