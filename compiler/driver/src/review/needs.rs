//! What a change needs: one [`Need`] for all that the same people decide about with the same gravity.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::value::{Layer, Value};
use nbc_model::world::EntityId;
use nbc_source::Span;

use super::authority::{Authority, People};
use super::gains::Gains;
use super::people::Login;
use super::scope::{self, Whose};
use super::{About, Gravity, Need, Request};
use crate::difference::causes::{Revision, Side};
use crate::difference::configuration::{Change, FieldChange, What};
use crate::difference::texts::{How, RuleChange};
use crate::difference::{self, Difference, Presence, Revisions, StageDifference};
use crate::pipeline::Compiled;

/// Who says yes to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Deciders {
    role: String,
    ask: People,
    who: People,
    number: usize,
}

/// Needs by who decides.
#[derive(Debug, Default)]
struct Needs(BTreeMap<(Gravity, Deciders), Vec<About>>);

impl Needs {
    fn add(&mut self, gravity: Gravity, deciders: Deciders, what: String, place: Option<(Revision, Span)>) {
        let about = self.0.entry((gravity, deciders)).or_default();
        let about_this = About { what, place };
        if !about.contains(&about_this) {
            about.push(about_this);
        }
    }

    fn finish(self) -> Vec<Need> {
        let needs = self.0.into_iter().map(|((gravity, Deciders { role, ask, who, number }), about)| Need {
            gravity,
            role,
            ask,
            who,
            number,
            about,
            given: BTreeSet::new(),
        });
        needs.collect()
    }
}

/// Everything that somebody must say yes to, but for what people gain.
pub(super) fn of(revisions: Revisions<'_, '_>, difference: &Difference, request: &Request<'_>) -> Vec<Need> {
    let mut needs = Needs::default();
    for stage in &difference.stages {
        match (stage.presence, base_side(revisions.base, stage.stage.as_deref())) {
            (Presence::Both, Some(base)) => of_stage(revisions, Authority(base), stage, &mut needs),
            _ => {
                let name = stage.stage.as_deref().unwrap_or("the base");
                let what = format!("stage {name} is on one side only, so nothing of it can be compared");
                needs.add(Gravity::Guard, administrators(revisions.base), what, None);
            }
        }
    }
    for change in &difference.rules {
        of_statement(revisions, change, &mut needs);
    }
    for path in request.outside.iter().filter(|path| scope::guards_repository(path)) {
        let what = format!("{path} decides how changes are looked at");
        needs.add(Gravity::Guard, administrators(revisions.base), what, None);
    }
    let behind = request.is_behind.then(|| "the base has commits that the head lacks: merge them first".to_owned());
    for what in difference.later.not_compared.iter().cloned().chain(behind) {
        needs.add(Gravity::Second, administrators(revisions.base), format!("not judged: {what}"), None);
    }
    needs.finish()
}

/// What the author gains, and what people gain whom nobody knows yet.
pub(super) fn of_gains(base: &Compiled<'_>, gains: &Gains, author: &Login, others: &[Need]) -> Vec<Need> {
    let mut needs = Needs::default();
    // Whoever decides about the cause can decide about the gain.
    let mut deciders = administrators(base);
    deciders.who.extend(others.iter().flat_map(|need| need.who.iter().cloned()));
    deciders.ask = others.iter().flat_map(|need| need.ask.iter().cloned()).collect();
    deciders.ask.retain(|handle| author.handle.as_ref() != Some(handle) && !gains.is_gainer(handle));
    deciders.role = "somebody who decides here and gains nothing".to_owned();
    let things = |number: usize| if number == 1 { "1 thing".to_owned() } else { format!("{number} things") };
    match &author.handle {
        Some(handle) if gains.is_gainer(handle) => {
            let what = format!("the author gains {}", things(gains.of_person(handle)));
            needs.add(Gravity::Guard, deciders, what, None);
        }
        Some(_) => {}
        None => {
            for person in &gains.new_people {
                let what =
                    format!("{person} is new and gains something; the author is nobody of the base and may be them");
                needs.add(Gravity::Guard, deciders.clone(), what, None);
            }
            let what =
                format!("no user of the base has the login {}: whether the author gains is unknown", author.login);
            needs.add(Gravity::Second, deciders, what, None);
        }
    }
    for door in &gains.doors {
        needs.add(Gravity::Guard, administrators(base), format!("people whom the files do not list may: {door}"), None);
    }
    needs.finish()
}

/// What no part of nbc looked at.
pub(super) fn not_judged(difference: &Difference, request: &Request<'_>) -> Vec<String> {
    let unread: Vec<&str> =
        request.outside.iter().filter(|path| !scope::guards_repository(path)).map(String::as_str).collect();
    let files = match unread.as_slice() {
        [] => None,
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            Some(format!("files that nbc does not read: {first}{more}"))
        }
    };
    let fixed = ["package versions", "the live systems"].map(str::to_owned);
    difference.later.not_compared.iter().cloned().chain(files).chain(fixed).collect()
}

fn base_side<'c>(base: &'c Compiled<'_>, name: Option<&str>) -> Option<Side<'c>> {
    let stage = base.stages.iter().find(|stage| stage.name.as_deref() == name)?;
    Some(difference::side(base, stage, Revision::Base))
}

/// Who administers the platform in every stage.
fn administrators(base: &Compiled<'_>) -> Deciders {
    let each =
        base.stages.iter().map(|stage| Authority(difference::side(base, stage, Revision::Base)).administrators());
    let who = each.reduce(|one, other| one.intersection(&other).cloned().collect()).unwrap_or_default();
    Deciders { role: "platform administrator".to_owned(), ask: who.clone(), who, number: 1 }
}

fn of_stage(revisions: Revisions<'_, '_>, authority: Authority<'_>, stage: &StageDifference, needs: &mut Needs) {
    for change in &stage.configuration {
        let kind = kind_of(revisions, change);
        match &change.what {
            What::Added(span) => {
                let (fields, holder) = new_thing(revisions, stage.stage.as_deref(), &change.path, authority);
                let (gravity, whose) = scope::of_new(&kind, fields.iter().map(String::as_str));
                let deciders = match (&holder, whose) {
                    (Some(holder), Whose::Above | Whose::Owner) => deciders(authority, Whose::Owner, &kind, holder),
                    _ => deciders(authority, whose, &kind, &change.path),
                };
                needs.add(gravity, deciders, format!("{} is new", change.path), Some((Revision::Head, *span)));
            }
            What::Removed(span) => {
                let (gravity, whose) = scope::of_gone(&kind);
                let deciders = deciders(authority, whose, &kind, &change.path);
                needs.add(gravity, deciders, format!("{} is gone", change.path), Some((Revision::Base, *span)));
            }
            What::Changed { renamed_from, fields } => {
                let path = renamed_from.as_ref().unwrap_or(&change.path);
                if let Some(old) = renamed_from {
                    let what = format!("{old} is now called {}", change.path);
                    needs.add(Gravity::Guard, administrators(revisions.base), what, None);
                }
                fields.iter().for_each(|field| of_field(authority, &kind, path, field, needs));
            }
        }
    }
}

fn of_field(authority: Authority<'_>, kind: &str, path: &str, field: &FieldChange, needs: &mut Needs) {
    let (gravity, whose) = scope::of_field(kind, &field.field);
    let side = if field.after.is_some() { Revision::Head } else { Revision::Base };
    let what = match (&field.before, &field.after) {
        (None, Some(after)) => format!("{path} {} + {after}", field.field),
        (Some(before), None) => format!("{path} {} − {before}", field.field),
        (before, after) => {
            let text = |side: &Option<String>| side.clone().unwrap_or_default();
            format!("{path} {} {} → {}", field.field, text(before), text(after))
        }
    };
    let place = Some((side, field.place));
    // What belongs to somebody else is not given away by whoever receives it.
    if let (("group" | "user", "environments"), Some(after)) = ((kind, field.field.as_str()), &field.after) {
        let environment = format!("environment.{}", after.split(' ').next().unwrap_or_default());
        if authority.find(&environment).is_some() {
            let deciders = deciders(authority, Whose::Owner, "environment", &environment);
            needs.add(gravity, deciders, what.clone(), place);
        }
    }
    needs.add(gravity, deciders(authority, whose, kind, path), what, place);
}

/// The people for a scope; where it has nobody, the administrators.
fn deciders(authority: Authority<'_>, whose: Whose, kind: &str, path: &str) -> Deciders {
    let administrators = || ("platform administrator".to_owned(), authority.administrators(), 1);
    let shown = path.replacen('.', " ", 1);
    let thing = authority.find(path);
    let found = match (whose, thing) {
        (Whose::Pack, _) => {
            let name = path.split('.').nth(1).unwrap_or_default();
            Some((format!("who may waive {shown}"), authority.of_pack(name), 1))
        }
        (Whose::Owner, Some(thing)) => {
            Some((format!("owner of {shown}"), authority.owners(thing), authority.approvals(thing)))
        }
        (Whose::Editor, Some(thing)) => Some((format!("editor of {shown}"), authority.editors(thing), 1)),
        (Whose::Above, Some(thing)) if authority.kind(thing) == "group" => authority.above(thing).map(|group| {
            let role = format!("owner of group {}", authority.0.model.handle(group));
            (role, authority.owners(group), authority.approvals(group))
        }),
        _ => None,
    };
    let has_somebody = |(_, who, _): &(String, People, usize)| !who.is_empty() || whose == Whose::Pack;
    let (role, ask, number) = found.filter(has_somebody).unwrap_or_else(administrators);
    let mut who = ask.clone();
    if whose != Whose::Pack && !matches!(kind, "data-source" | "storage") {
        who.extend(authority.administrators());
    }
    if matches!(whose, Whose::Owner | Whose::Above) && kind_is_managed(kind) {
        who.extend(thing.into_iter().flat_map(|thing| authority.managers(thing, whose == Whose::Above)));
    }
    Deciders { role, ask, who, number }
}

/// Groups can be managed by a role too.
fn kind_is_managed(kind: &str) -> bool {
    matches!(kind, "group" | "quota")
}

/// `quota` for `group.lab.quota`, else the first word of the path.
fn kind_of(revisions: Revisions<'_, '_>, change: &Change) -> String {
    let mut parts = change.path.split('.');
    let (first, owned) = (parts.next().unwrap_or_default(), parts.nth(1));
    let is_kind = |name: &&str| revisions.head.model.kind(name).or(revisions.base.model.kind(name)).is_some();
    owned.filter(is_kind).unwrap_or(first).to_owned()
}

/// What somebody wrote about a new thing, and the path of the thing of the base that it is put into.
fn new_thing(
    revisions: Revisions<'_, '_>,
    stage: Option<&str>,
    path: &str,
    authority: Authority<'_>,
) -> (Vec<String>, Option<String>) {
    let model = revisions.head.model;
    let Some(after) = revisions.head.stages.iter().find(|found| found.name.as_deref() == stage) else {
        return (vec!["was".to_owned()], None);
    };
    let found: Option<EntityId> =
        model.entities.ids().find(|entity| after.world.has(*entity) && model.path(*entity) == path);
    let Some(thing) = found else { return (vec!["was".to_owned()], None) };
    let kind = &model.kinds.kinds[model.entities[thing].kind];
    let slots = after.world.fields(thing).map(|fields| model.slots(fields)).unwrap_or_default();
    let written = kind.fields.iter().zip(slots).filter(|((_, field), slot)| {
        let is_said = !matches!(slot.value, Value::Absent | Value::Poisoned);
        is_said && field.computed.is_none() && model.origin(slot.origin).layer != Layer::Default
    });
    let fields = written.map(|((_, field), _)| model.text(field.name).to_owned()).collect();
    let holder = ["parent", "namespace"].into_iter().find_map(|field| {
        match model.slot_named(after.world, thing, field)?.value {
            Value::Entity(holder) => Some(model.path(holder)),
            _ => None,
        }
    });
    (fields, holder.filter(|holder| authority.find(holder).is_some()))
}

/// A statement that weakens nothing needs nobody: a rule more, a test more, a waiver less.
fn of_statement(revisions: Revisions<'_, '_>, change: &RuleChange, needs: &mut Needs) {
    let (word, name) = change.what.split_once(' ').unwrap_or((&change.what, ""));
    let forbids = |compiled: &Compiled<'_>| {
        let policies = compiled.policies.iter().flat_map(|policies| &policies.written);
        policies.into_iter().any(|policy| policy.pack.is_none() && policy.id == name && policy.forbids)
    };
    let is_stricter = match change.how {
        How::Added => match word {
            "rule" | "test" | "let" | "fn" | "record" | "variant" | "enum" | "type" | "locked" => true,
            "policy" => forbids(revisions.head),
            _ => false,
        },
        How::Removed => word == "waiver",
        How::Changed => false,
    };
    if is_stricter {
        return;
    }
    let how = match change.how {
        How::Added => "is new",
        How::Removed => "is gone",
        How::Changed => "says something else",
    };
    let side = if change.how == How::Removed { Revision::Base } else { Revision::Head };
    let mut deciders = administrators(revisions.base);
    if let ("waiver", Some(pack)) = (word, pack_of_rule(revisions.base, name)) {
        let each = revisions.base.stages.iter();
        let each = each.map(|stage| Authority(difference::side(revisions.base, stage, Revision::Base)).of_pack(&pack));
        let who = each.reduce(|one, other| one.intersection(&other).cloned().collect()).unwrap_or_default();
        deciders = Deciders { role: format!("who may waive pack {pack}"), ask: who.clone(), who, number: 1 };
    }
    needs.add(Gravity::Guard, deciders, format!("{} {how}", change.what), Some((side, change.place)));
}

/// `waiver no-contractor-confidential on …`: the pack whose rule or policy that is.
fn pack_of_rule(base: &Compiled<'_>, waiver: &str) -> Option<String> {
    let rule = waiver.split(' ').next()?;
    let of_rule = base.model.rules.iter().find(|found| base.model.text(found.name) == rule);
    let pack = of_rule.and_then(|found| found.pack).map(|pack| base.model.text(pack).to_owned());
    let policies = || base.policies.iter().flat_map(|policies| &policies.written);
    pack.or_else(|| policies().find(|policy| policy.id == rule).and_then(|policy| policy.pack.clone()))
}
