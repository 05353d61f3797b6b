//! Who may do what, all of it: the answers of `nbc audit` that read every decision of a stage.

use nbc_model::kinds::ActionId;
use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::Decisions;
use nbc_platform::decisions::{CohortAnswer, Decision, Reason};

use super::audit::{Listed, Place};
use super::words;
use crate::render::table::Table;
use crate::render::{count, thousands};

const NOT_JUDGED: &[&str] = &["people whom the files do not list", "the live systems"];

/// Decisions of a stage, for lists.
pub(crate) struct Decided<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) decisions: &'a Decisions,
}

impl Decided<'_> {
    fn action(&self, action: ActionId) -> &str {
        words::action(self.place.model, action)
    }

    fn judged(&self) -> String {
        format!("{} decisions", thousands(self.decisions.judged))
    }

    fn title(&self) -> String {
        let (allowed, judged) = (thousands(self.decisions.allowed), thousands(self.decisions.judged));
        format!("{allowed} of {judged} decisions are yes, as of {}", self.place.world.as_of)
    }

    /// A row for each person and thing that they may do, with the line that grants it: for spreadsheets and programs.
    pub(crate) fn matrix(&self) -> Listed {
        let model = self.place.model;
        let mut table = Table::new(["who", "action", "kind", "thing", "answer", "because", "place"]);
        for row in self.decisions.iter() {
            let kind = model.text(model.kinds.kinds[model.entities[row.resource].kind].name);
            let mut push = |who: String, answer: String, (because, place): (String, String)| {
                let (action, thing) = (self.action(row.action).to_owned(), model.handle(row.resource).to_owned());
                table.push([who, action, kind.to_owned(), thing, answer, because, place]);
            };
            for allowed in &row.users {
                let because = self.reason(self.decisions.reasons[allowed.reason]);
                push(model.handle(allowed.user).to_owned(), "yes".to_owned(), because);
            }
            for cohort in &row.cohorts {
                let answer = match &cohort.answer {
                    CohortAnswer::Yes => "yes".to_owned(),
                    CohortAnswer::No => continue,
                    CohortAnswer::DependsOn(fields) => format!("depends on {}", fields.join(", ")),
                };
                let group = format!("anyone who comes through {}", model.path(cohort.group));
                push(group, answer, (String::new(), String::new()));
            }
        }
        Listed { title: self.title(), table, judged: self.judged(), not_judged: NOT_JUDGED.to_vec() }
    }

    /// A row for each thing that can be done: how many people, and through which groups.
    pub(crate) fn overview(&self) -> Listed {
        let model = self.place.model;
        let mut table = Table::new(["thing", "action", "people", "who"]);
        let mut rows: Vec<&Decision> = self.decisions.iter().collect();
        rows.sort_by_key(|row| (row.resource, row.action));
        for row in rows {
            table.push([
                model.path(row.resource),
                self.action(row.action).to_owned(),
                thousands(row.users.len() as u64),
                self.holders(row),
            ]);
        }
        Listed { title: self.title(), table, judged: self.judged(), not_judged: NOT_JUDGED.to_vec() }
    }

    /// Groups that hold it whole, then the people beside them, then open doors.
    fn holders(&self, row: &Decision) -> String {
        let model = self.place.model;
        let groups = row.groups.iter().map(|held| model.path(held.group));
        let beside = row.beside_groups(&self.place.world.membership);
        let people = beside.iter().take(20).map(|user| model.handle(*user).to_owned());
        let open = row.cohorts.iter().filter(|cohort| cohort.answer != CohortAnswer::No);
        let open = open.map(|cohort| format!("anyone of {}", model.path(cohort.group)));
        groups.chain(people).chain(open).collect::<Vec<_>>().join(", ")
    }

    /// Grants that a policy takes away again: two lines of the files that want different things.
    pub(crate) fn conflicts(&self) -> Listed {
        let model = self.place.model;
        let mut table = Table::new(["who", "action", "thing", "granted", "forbidden by", "place"]);
        for row in self.decisions.forbidden() {
            let policy = &self.decisions.policies[row.policy];
            let (because, granted) = self.reason(self.decisions.reasons[row.reason]);
            table.push([
                model.handle(row.user).to_owned(),
                self.action(row.action).to_owned(),
                model.path(row.resource),
                format!("{because} {granted}").trim().to_owned(),
                policy.id.clone(),
                policy.span.map_or_else(String::new, |span| self.place.sources.line_place(span)),
            ]);
        }
        let today = self.place.world.as_of;
        Listed {
            title: format!("{} that a policy takes away, as of {today}", count(table.rows.len(), "grant")),
            table,
            judged: self.judged(),
            not_judged: NOT_JUDGED.to_vec(),
        }
    }

    /// A reason in words, and its line.
    fn reason(&self, reason: Reason) -> (String, String) {
        let model = self.place.model;
        let at = |origin: OriginId| self.place.sources.line_place(model.origin(origin).span);
        let path = |entity: EntityId| model.path(entity);
        match reason {
            Reason::Grant { origin, to } => (format!("granted to {}", path(to)), at(origin)),
            Reason::Role { role, given_in, origin } => {
                (format!("role {} given in {}", model.handle(role), path(given_in)), at(origin))
            }
            Reason::Owner { origin } => ("theirs".to_owned(), at(origin)),
            Reason::Policy(policy) => {
                let policy = &self.decisions.policies[policy];
                let place = policy.span.map_or_else(String::new, |span| self.place.sources.line_place(span));
                (format!("{} permits it", policy.id), place)
            }
        }
    }
}
