//! Who may do what, in Markdown: of the thing under the cursor, of one person, and of what a change does.
//!
//! The answers are those of `nbc audit` and `nbc diff`; here they only get other words.

use nbc_driver::difference::access::{self as change, Door, HeldBack, Right};
use nbc_driver::difference::causes::{Revision, Side};
use nbc_driver::difference::pairs;
use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::value::{Date, OriginId};
use nbc_model::world::{EntityId, World};
use nbc_platform::decisions::{CohortAnswer, Reason};
use nbc_platform::{Decisions, Draft};
use nbc_policy::access::Access;
use nbc_policy::questions::what_can::{WhatCan, what_can as ask_what_can};
use nbc_policy::questions::who_can::{self as asking, WhoCan};
use nbc_policy::questions::{self, Edge, PolicyShown};
use nbc_source::markdown::{code, escape};
use nbc_source::{Level, Sources, Span};

use super::place::people_name;
use crate::snapshot::Judged;

/// Everybody who may do something with a thing, stage by stage, each with the line that says so.
///
/// # Errors
/// When there is no such thing, or errors keep it from being judged.
pub fn who_can(judged: &Judged, path: &str) -> Result<String, String> {
    in_each_stage(judged, path, |writer, access, entity| {
        let kind = access.people.kind(entity);
        let actions: Vec<ActionId> = access.policies.shapes.actions_of(kind).map(|shape| shape.action).collect();
        if actions.is_empty() {
            return format!("There is nothing that one may do with `{path}`.\n\n");
        }
        actions.into_iter().map(|action| writer.who_can(access, &asking::who_can(access, action, entity))).collect()
    })
}

/// Everything that a person, a service or somebody of a group may do, each with the line that says so.
///
/// # Errors
/// As [`who_can`].
pub fn what_can(judged: &Judged, path: &str) -> Result<String, String> {
    in_each_stage(judged, path, |writer, access, entity| {
        let kinds = access.policies.shapes.roles_of_kinds;
        if ![kinds.user, kinds.group, kinds.service].contains(&Some(access.people.kind(entity))) {
            return format!("`{path}` is nobody who acts; ask who may use it.\n\n");
        }
        writer.what_can(&ask_what_can(access, entity))
    })
}

/// Asks every stage that has the thing, below its name where there are several.
pub(super) fn in_each_stage(
    judged: &Judged,
    path: &str,
    question: impl Fn(&Writer<'_>, &Access<'_>, EntityId) -> String + Sync,
) -> Result<String, String> {
    let model = &judged.analysis.model;
    let entity = entity(model, path)?;
    let mut text = String::new();
    for stage in stages(judged)?.iter().filter(|stage| stage.world.has(entity)) {
        let writer = Writer { model, sources: judged.analysis.sources() };
        let answered = stage.ask(judged, |access| question(&writer, access, entity))?;
        text += &stage.heading();
        text += &answered;
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
        let (old, new) = (&base.analysis, &head.analysis);
        let pairs = pairs::Pairs::of(&old.model, earlier.world, &new.model, after.world);
        let (was, is) = (earlier.side(&old.model, Revision::Base), after.side(&new.model, Revision::Head));
        let found = change::compare(was, is, &pairs);
        text += &after.heading();
        if found.is_empty() {
            text += "Nobody gains or loses anything.\n\n";
            continue;
        }
        let now = Writer { model: &new.model, sources: new.sources() };
        let then = Writer { model: &old.model, sources: old.sources() };
        let lists = [
            ("gains", &now, &after, &found.gained),
            ("loses", &then, earlier, &found.lost),
            ("as a whole gains", &now, &after, &found.groups_gained),
            ("as a whole loses", &then, earlier, &found.groups_lost),
        ];
        for (verb, writer, stage, rights) in lists {
            text.extend(rights.iter().map(|right| writer.right(verb, right, stage.decisions)));
        }
        text.extend(found.held_back.iter().map(|held| now.held_back(held, after.decisions)));
        text.extend(found.doors.iter().map(|door| match door.side {
            Revision::Base => then.door(door),
            Revision::Head => now.door(door),
        }));
        text += "\n";
    }
    Ok(text)
}

/// One stage, as questions need it.
pub(super) struct StageOf<'j> {
    pub(super) name: Option<&'j str>,
    pub(super) world: &'j World,
    pub(super) decisions: &'j Decisions,
}

/// The stages that were judged, with what was decided.
///
/// # Errors
/// The first error that kept everything from being decided.
pub(super) fn stages(judged: &Judged) -> Result<Vec<StageOf<'_>>, String> {
    let model = &judged.analysis.model;
    if judged.stages.is_empty() {
        let first = judged.findings.iter().find(|found| found.level == Level::Error);
        let why = first.map_or_else(String::new, |found| format!(": {}", found.message));
        return Err(format!("errors come first; nothing was decided{why}"));
    }
    let named = judged.stages.iter().filter_map(|stage| {
        let is_it = |world: &&World| {
            world.test.is_none() && world.stage.map(|id| model.text(model.stages[id].name)) == stage.name.as_deref()
        };
        let world = model.worlds.iter().find(is_it)?;
        Some(StageOf { name: stage.name.as_deref(), world, decisions: &stage.decisions })
    });
    Ok(named.collect())
}

/// The declaration of a path such as `group.ml`.
///
/// # Errors
/// Where there is none.
pub(super) fn entity(model: &Model, path: &str) -> Result<EntityId, String> {
    model.find(path).ok_or_else(|| format!("there is no `{path}`"))
}

impl<'j> StageOf<'j> {
    pub(super) fn heading(&self) -> String {
        self.name.map(|name| format!("### {name}\n\n")).unwrap_or_default()
    }

    fn side(&self, model: &'j Model, revision: Revision) -> Side<'j> {
        Side { model, world: self.world, decisions: self.decisions, revision }
    }

    /// Asks more than decisions tell.
    ///
    /// # Errors
    /// What keeps the stage from being asked.
    pub(super) fn ask<T: Send>(
        &self,
        judged: &Judged,
        question: impl Fn(&Access<'_>) -> T + Send,
    ) -> Result<T, String> {
        let analysis = &judged.analysis;
        let policies = judged.policies.as_ref().ok_or("the policies have errors, so nobody is told anything")?;
        let targets = &analysis.workspace.settings.targets;
        let draft = Draft::new(&analysis.model, self.world, analysis.sources(), targets);
        questions::ask(policies, &draft, question)
    }
}

/// Answers in Markdown.
pub(super) struct Writer<'a> {
    model: &'a Model,
    sources: &'a Sources,
}

impl Writer<'_> {
    fn who_can(&self, access: &Access<'_>, found: &WhoCan) -> String {
        let action = &self.model.kinds.actions[found.action];
        let (name, title) = (self.model.text(action.name), escape(&action.title));
        let mut text = format!("**{name}** — {title}: {} of {}\n\n", found.can.len(), count(found.people));
        for through in &found.through {
            let people: Vec<String> = through.people.iter().map(|(who, until)| self.until(*who, *until)).collect();
            let holder = if through.people.len() == 1 && through.people.iter().all(|(who, _)| *who == through.holder) {
                String::new()
            } else {
                format!(" through `{}`", self.model.handle(through.holder))
            };
            text += &format!("- {}{holder}: {}\n", people.join(", "), self.line(&through.text, through.span));
        }
        for refused in &found.refused {
            let why = escape(&asking::in_words(access, refused));
            text += &format!("- not {}: {why}; {}\n", self.called(refused.who), self.rules(&refused.by));
        }
        for service in &found.services {
            text += &format!("- the service `{}`: {}\n", self.model.handle(service.who), self.edges(&service.because));
        }
        for door in &found.open_doors {
            text += &format!("- {}\n", self.line(&door.text, door.span));
        }
        text + "\n"
    }

    fn what_can(&self, found: &WhatCan) -> String {
        let things = if found.can.len() == 1 { "1 thing".to_owned() } else { format!("{} things", found.can.len()) };
        let mut text = format!("**{}** may do {things}\n\n", self.called(found.who));
        if let Some(edge) = &found.inactive {
            text += &format!("- {}\n", self.line(&edge.text, edge.span));
        }
        for right in &found.can {
            let until = right.until.map_or_else(String::new, |until| format!(" until {until}"));
            let depends = match right.depends_on.as_slice() {
                [] => String::new(),
                names => format!(", depending on {}", names.join(", ")),
            };
            let (name, thing) = (self.action(right.action), self.model.path(right.resource));
            text += &format!("- {name} `{thing}`{until}{depends}: {}\n", self.edges(&right.because));
        }
        for refused in &found.refused {
            let (name, thing) = (self.action(refused.action), self.model.path(refused.resource));
            text += &format!("- not {name} `{thing}`: {}\n", self.rules(&refused.by));
        }
        text + "\n"
    }

    fn right(&self, verb: &str, right: &Right, decisions: &Decisions) -> String {
        let (name, thing) = (self.action(right.action), self.model.path(right.resource));
        format!("- {} {verb}: {name} `{thing}`, {}\n", self.called(right.who), self.reason(right.reason, decisions))
    }

    fn held_back(&self, held: &HeldBack, decisions: &Decisions) -> String {
        let policy = &decisions.policies[held.policy];
        let (who, thing) = (self.called(held.right.who), self.model.path(held.right.resource));
        format!("- {who} is held back from `{thing}`: {}\n", escape(&policy.sentence))
    }

    fn door(&self, door: &Door) -> String {
        let (name, thing) = (self.action(door.action), self.model.path(door.resource));
        let group = self.model.handle(door.group);
        let [before, after] = [&door.before, &door.after].map(answer);
        format!("- whoever comes through `{group}`: {name} `{thing}`, {after} instead of {before}\n")
    }

    fn action(&self, action: ActionId) -> &str {
        self.model.text(self.model.kinds.actions[action].name)
    }

    fn called(&self, who: EntityId) -> String {
        let handle = self.model.handle(who);
        let named = people_name(self.model, who).map(|name| format!("{} (`{handle}`)", escape(&name)));
        named.unwrap_or_else(|| format!("`{handle}`"))
    }

    fn until(&self, who: EntityId, until: Option<Date>) -> String {
        let until = until.map_or_else(String::new, |until| format!(" until {until}"));
        format!("{}{until}", self.called(who))
    }

    fn rules(&self, policies: &[PolicyShown]) -> String {
        let one = |policy: &PolicyShown| {
            let sentence = escape(policy.sentence.trim_end_matches('.'));
            format!("rule `{}` ({sentence}), {}", policy.id, self.sources.line_place(policy.span))
        };
        policies.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    fn edges(&self, edges: &[Edge]) -> String {
        edges.iter().map(|edge| self.line(&edge.text, edge.span)).collect::<Vec<_>>().join("; ")
    }

    fn line(&self, text: &str, span: Option<Span>) -> String {
        let place = span.map_or_else(String::new, |span| format!(", {}", self.sources.line_place(span)));
        // What the files say, such as `read: [research]`, is shown as it stands there.
        let shown = if text.contains(": ") { code(text) } else { escape(text) };
        format!("{shown}{place}")
    }

    fn reason(&self, reason: Reason, decisions: &Decisions) -> String {
        match reason {
            Reason::Grant { origin, to } => format!("granted to `{}`, {}", self.model.handle(to), self.place(origin)),
            Reason::Role { role, given_in, origin } => {
                let (role, given) = (self.model.handle(role), self.model.handle(given_in));
                format!("role `{role}` in `{given}`, {}", self.place(origin))
            }
            Reason::Owner { origin } => format!("as an owner, {}", self.place(origin)),
            Reason::Policy(id) => format!("policy `{}`", decisions.policies[id].id),
        }
    }

    fn place(&self, origin: OriginId) -> String {
        self.sources.line_place(self.model.origin(origin).span)
    }
}

fn answer(answer: &CohortAnswer) -> String {
    match answer {
        CohortAnswer::Yes => "yes".to_owned(),
        CohortAnswer::No => "no".to_owned(),
        CohortAnswer::DependsOn(fields) => format!("depending on {}", fields.join(", ")),
    }
}

fn count(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}
