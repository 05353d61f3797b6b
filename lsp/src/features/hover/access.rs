//! What was decided about a declaration, and what it costs, as it was judged last.

use nbc_model::Model;
use nbc_model::world::EntityId;
use nbc_platform::money::{self, Monthly};

use super::{MOST, people};
use crate::snapshot::{Judged, JudgedStage};

/// Who may do what with it; of somebody what they may do, of a group what it pays. Stages that agree say it once.
pub(super) fn facts(model: &Model, judged: &Judged, entity: EntityId) -> Vec<String> {
    let then = &judged.analysis.model;
    let kind = model.text(model.kinds.kinds[model.entities[entity].kind].name);
    let path = model.path(entity);
    let is_it = |id: &EntityId| then.handle(*id) == model.handle(entity) && then.path(*id) == path;
    let Some(entity) = then.entities.ids().find(is_it) else { return Vec::new() };
    let mut said: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for stage in &judged.stages {
        let facts = of_stage(then, stage, kind, entity);
        let name = stage.name.as_deref().unwrap_or_default();
        match said.iter_mut().find(|(_, known)| *known == facts) {
            Some((stages, _)) => stages.push(name),
            None => said.push((vec![name], facts)),
        }
    }
    let is_one = said.len() == 1;
    let with_stage = |(stages, facts): (Vec<&str>, Vec<String>)| {
        let place = if is_one { String::new() } else { format!("in {}: ", stages.join(", ")) };
        facts.into_iter().map(move |fact| format!("{place}{fact}")).collect::<Vec<_>>()
    };
    said.into_iter().flat_map(with_stage).collect()
}

fn of_stage(model: &Model, stage: &JudgedStage, kind: &str, entity: EntityId) -> Vec<String> {
    let mut facts = Vec::new();
    if kind == "user" {
        facts.push(may(model, stage, entity));
    }
    facts.extend(cost(model, stage, entity));
    for row in stage.decisions.iter().filter(|row| row.resource == entity) {
        let allowed = row.users.iter().map(|allowed| allowed.user);
        let who = people(model, allowed, row.users.len());
        let doors: Vec<&str> = row.cohorts.iter().map(|cohort| model.handle(cohort.group)).collect();
        let open =
            if doors.is_empty() { String::new() } else { format!("; whoever comes through {}", doors.join(", ")) };
        facts.push(format!("Who may {}: {who}{open}", model.kinds.actions[row.action].title));
    }
    facts
}

/// What somebody may do, a few things.
fn may(model: &Model, stage: &JudgedStage, user: EntityId) -> String {
    let is_theirs = |row: &&nbc_platform::decisions::Decision| {
        row.users.binary_search_by_key(&user, |allowed| allowed.user).is_ok()
    };
    let rows: Vec<_> = stage.decisions.iter().filter(is_theirs).collect();
    let one = |row: &&nbc_platform::decisions::Decision| {
        format!("{} `{}`", model.text(model.kinds.actions[row.action].name), model.handle(row.resource))
    };
    let first: Vec<String> = rows.iter().take(MOST).map(one).collect();
    let more = rows.len() - first.len();
    match (first.is_empty(), more) {
        (true, _) => "May do nothing".to_owned(),
        (false, 0) => format!("May {}", first.join(", ")),
        (false, more) => format!("May {} and {more} things more", first.join(", ")),
    }
}

/// What a group pays; nothing where nothing has a price.
fn cost(model: &Model, stage: &JudgedStage, group: EntityId) -> Option<String> {
    let cost = stage.costs.iter().find(|cost| cost.group == group)?;
    let currency = model.currency();
    if cost.typical == Monthly::default() && cost.ceiling.is_none() {
        return None;
    }
    let most = match cost.ceiling {
        Some(most) => format!("at most {}", money::text(most.0, currency)),
        None => "nothing bounds it".to_owned(),
    };
    let people = if cost.people == 1 { "1 person".to_owned() } else { format!("{} people", cost.people) };
    let typical = money::text(cost.typical.0, currency);
    Some(format!("Cost: {typical} a month as people usually work, for {people}; {most}"))
}
