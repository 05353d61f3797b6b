//! Who may do what, in Markdown: of the thing under the cursor, of one person, and of what a change does.

use nbc_driver::Analysis;
use nbc_driver::difference::causes::{Revision, Side};
use nbc_driver::difference::{access, pairs};
use nbc_model::Model;
use nbc_model::value::OriginId;
use nbc_model::world::{EntityId, World};
use nbc_platform::Decisions;
use nbc_platform::decisions::Reason;

use super::place::people_name;
use crate::snapshot::Judged;

/// Everybody who may do something with a thing, stage by stage, each with the line that says so.
///
/// # Errors
/// When there is no such thing, or errors keep it from being judged.
pub fn who_can(judged: &Judged, path: &str) -> Result<String, String> {
    let mut text = String::new();
    for stage in stages(judged)? {
        let entity = entity(stage.model, path)?;
        text += &stage.heading();
        let rows: Vec<_> = stage.decisions.iter().filter(|row| row.resource == entity).collect();
        if rows.is_empty() {
            text += &format!("Nobody may do anything with `{path}`.\n");
        }
        for row in rows {
            let action = &stage.model.kinds.actions[row.action];
            text += &format!("**{}** — {}\n\n", stage.model.text(action.name), action.title);
            for allowed in &row.users {
                let reason = stage.reason(stage.decisions.reasons[allowed.reason]);
                text += &format!("- {}: {reason}\n", stage.called(allowed.user));
            }
            for cohort in &row.cohorts {
                text += &format!("- whoever comes through `{}`\n", stage.model.handle(cohort.group));
            }
            text += "\n";
        }
    }
    Ok(text)
}

/// Everything that a person may do, each with the line that says so.
///
/// # Errors
/// As [`who_can`].
pub fn what_can(judged: &Judged, path: &str) -> Result<String, String> {
    let mut text = String::new();
    for stage in stages(judged)? {
        let user = entity(stage.model, path)?;
        text += &format!("{}**{}** may\n\n", stage.heading(), stage.called(user));
        let before = text.len();
        for row in stage.decisions.iter() {
            let Some(allowed) = row.users.iter().find(|allowed| allowed.user == user) else { continue };
            let action = &stage.model.kinds.actions[row.action];
            let (name, thing) = (stage.model.text(action.name), stage.model.path(row.resource));
            text += &format!("- {name} `{thing}`: {}\n", stage.reason(stage.decisions.reasons[allowed.reason]));
        }
        if text.len() == before {
            text += "- nothing\n";
        }
        text += "\n";
    }
    Ok(text)
}

/// Who gains and who loses what between two judged texts.
///
/// # Errors
/// When errors keep one of them from being judged.
pub fn difference(base: &Judged, head: &Judged) -> Result<String, String> {
    let mut text = String::new();
    let before = stages(base).map_err(|why| format!("as it was saved: {why}"))?;
    for after in stages(head)? {
        let Some(earlier) = before.iter().find(|stage| stage.name == after.name) else {
            text += &format!("{}The stage is new.\n", after.heading());
            continue;
        };
        let pairs = pairs::Pairs::of(earlier.model, earlier.world, after.model, after.world);
        let found = access::compare(earlier.side(Revision::Base), after.side(Revision::Head), &pairs);
        text += &after.heading();
        if found.is_empty() {
            text += "Nobody gains or loses anything.\n\n";
            continue;
        }
        let lists = [
            ("gains", &after, &found.gained),
            ("loses", earlier, &found.lost),
            ("as a whole gains", &after, &found.groups_gained),
            ("as a whole loses", earlier, &found.groups_lost),
        ];
        for (verb, stage, rights) in lists {
            for right in rights {
                let action = stage.model.text(stage.model.kinds.actions[right.action].name);
                let (who, thing) = (stage.called(right.who), stage.model.path(right.resource));
                text += &format!("- {who} {verb}: {action} `{thing}`, {}\n", stage.reason(right.reason));
            }
        }
        for held in &found.held_back {
            let policy = &after.decisions.policies[held.policy];
            let (who, thing) = (after.called(held.right.who), after.model.path(held.right.resource));
            text += &format!("- {who} is held back from `{thing}`: {}\n", policy.sentence);
        }
        text += "\n";
    }
    Ok(text)
}

/// One stage, as questions need it.
struct StageOf<'j> {
    name: Option<&'j str>,
    analysis: &'j Analysis,
    model: &'j Model,
    world: &'j World,
    decisions: &'j Decisions,
}

fn stages(judged: &Judged) -> Result<Vec<StageOf<'_>>, String> {
    let analysis = &judged.analysis;
    let model = &analysis.model;
    if judged.decisions.is_empty() {
        let first = judged.findings.iter().find(|found| found.level == nbc_source::Level::Error);
        let why = first.map_or_else(String::new, |found| format!(": {}", found.message));
        return Err(format!("errors come first; nothing was decided{why}"));
    }
    let named = judged.decisions.iter().filter_map(|(name, decisions)| {
        let is_it = |world: &&World| world.stage.map(|stage| model.text(model.stages[stage].name)) == name.as_deref();
        let world = model.worlds.iter().find(is_it)?;
        Some(StageOf { name: name.as_deref(), analysis, model, world, decisions })
    });
    Ok(named.collect())
}

fn entity(model: &Model, path: &str) -> Result<EntityId, String> {
    let found = model.entities.ids().find(|id| model.path(*id) == path);
    found.ok_or_else(|| format!("there is no `{path}`"))
}

impl<'j> StageOf<'j> {
    fn heading(&self) -> String {
        self.name.map(|name| format!("### {name}\n\n")).unwrap_or_default()
    }

    fn side(&self, revision: Revision) -> Side<'j> {
        Side { model: self.model, world: self.world, decisions: self.decisions, revision }
    }

    fn called(&self, who: EntityId) -> String {
        let handle = self.model.handle(who);
        people_name(self.model, who).map_or_else(|| format!("`{handle}`"), |name| format!("{name} (`{handle}`)"))
    }

    fn reason(&self, reason: Reason) -> String {
        match reason {
            Reason::Grant { origin, to } => format!("granted to `{}`, {}", self.model.handle(to), self.place(origin)),
            Reason::Role { role, given_in, origin } => {
                let (role, given) = (self.model.handle(role), self.model.handle(given_in));
                format!("role `{role}` in `{given}`, {}", self.place(origin))
            }
            Reason::Owner { origin } => format!("as an owner, {}", self.place(origin)),
            Reason::Policy(id) => format!("policy `{}`", self.decisions.policies[id].id),
        }
    }

    fn place(&self, origin: OriginId) -> String {
        self.analysis.sources().line_place(self.model.origin(origin).span)
    }
}
