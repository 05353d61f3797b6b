//! Values that are as a model wants them: a number between two thresholds, an enum's word that is none of three.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use cedar_policy::RestrictedExpression;
use nbc_model::kinds::KindId;
use nbc_model::value::Date;

use crate::access::Access;
use crate::names::quoted;
use crate::proof::formula::Atom;
use crate::shape::CedarType;

/// What is wanted of the attributes and tags of one end, by `affiliation` or `getTag("level")`.
#[derive(Default)]
pub(super) struct Values(BTreeMap<String, Wanted>);

#[derive(Default)]
struct Wanted {
    is: Option<String>,
    is_not: Vec<String>,
    least: Option<i64>,
    most: Option<i64>,
    elements: Vec<String>,
    has: Option<bool>,
    truth: Option<bool>,
    like: Option<String>,
}

impl Values {
    /// Takes in what an atom says, where it is about this end.
    pub(super) fn learn(&mut self, end: &str, atom: &Atom, value: bool) {
        let subject = match atom {
            Atom::Equals { subject, .. }
            | Atom::AtMost { subject, .. }
            | Atom::Contains { subject, .. }
            | Atom::Has { subject }
            | Atom::True { subject }
            | Atom::Like { subject, .. } => subject,
            _ => return,
        };
        let Some(name) = subject.strip_prefix(end) else { return };
        let wanted = self.0.entry(name.to_owned()).or_default();
        match (atom, value) {
            (Atom::Equals { value, .. }, true) => wanted.is = Some(value.clone()),
            (Atom::Equals { value, .. }, false) => wanted.is_not.push(value.clone()),
            (Atom::AtMost { bound, .. }, true) => {
                wanted.most = Some(wanted.most.map_or(*bound, |most| most.min(*bound)));
            }
            (Atom::AtMost { bound, .. }, false) => {
                let least = bound.saturating_add(1);
                wanted.least = Some(wanted.least.map_or(least, |known| known.max(least)));
            }
            (Atom::Contains { element, .. }, true) => wanted.elements.push(element.clone()),
            (Atom::Has { .. }, value) => wanted.has = Some(value),
            (Atom::True { .. }, value) => wanted.truth = Some(value),
            (Atom::Like { pattern, .. }, true) => wanted.like = Some(pattern.clone()),
            _ => {}
        }
    }

    /// What an entity of this kind has then. What nothing is wanted of is harmless.
    pub(super) fn attributes(&self, access: &Access<'_>, kind: KindId) -> Option<Vec<(String, RestrictedExpression)>> {
        let none = Wanted::default();
        let mut all = Vec::new();
        for attribute in &access.policies.shapes.kind(kind)?.attributes {
            let wanted = self.0.get(&attribute.name);
            if attribute.optional && wanted.is_none_or(|wanted| wanted.has == Some(false)) {
                continue;
            }
            let is_on = attribute.name == "enabled";
            let text = text(access, &attribute.ty, wanted.unwrap_or(&none), is_on);
            all.push((attribute.name.clone(), RestrictedExpression::from_str(&text).ok()?));
        }
        Some(all)
    }

    pub(super) fn tags(&self, access: &Access<'_>, kind: KindId) -> Vec<(String, RestrictedExpression)> {
        let Some((_, ty)) = access.policies.shapes.kind(kind).and_then(|shape| shape.tags.as_ref()) else {
            return Vec::new();
        };
        let tags = self.0.iter().filter(|(_, wanted)| wanted.has != Some(false)).filter_map(|(name, wanted)| {
            let tag = name.strip_prefix("getTag(\"")?.strip_suffix("\")")?;
            Some((tag.to_owned(), RestrictedExpression::from_str(&text(access, ty, wanted, false)).ok()?))
        });
        tags.collect()
    }

    /// `affiliation` and `guest`, for whatever the policies look at.
    pub(super) fn facts(&self, access: &Access<'_>, kind: KindId) -> Vec<(String, String)> {
        let Some(shape) = access.policies.shapes.kind(kind) else { return Vec::new() };
        let model = access.people.model;
        let facts = self.0.iter().filter_map(|(name, wanted)| {
            if wanted.has == Some(false) {
                let is_field = shape.attributes.iter().any(|attribute| attribute.name == *name);
                return is_field.then(|| (name.replace('_', "-"), "not set".to_owned()));
            }
            let Some(attribute) = shape.attributes.iter().find(|attribute| attribute.name == *name) else {
                let tag = name.strip_prefix("getTag(\"")?.strip_suffix("\")")?;
                let (_, ty) = shape.tags.as_ref()?;
                return Some((tag.to_owned(), plain(&text(access, ty, wanted, false))));
            };
            let field = model.text(model.kinds.kinds[kind].fields[attribute.field].name);
            Some((field.to_owned(), plain(&text(access, &attribute.ty, wanted, name == "enabled"))))
        });
        facts.collect()
    }
}

/// A value as Cedar writes it.
fn text(access: &Access<'_>, ty: &CedarType, wanted: &Wanted, is_on: bool) -> String {
    let number = match (wanted.least, wanted.most) {
        (Some(least), _) if least > 0 => least,
        (_, Some(most)) if most < 0 => most,
        _ => 0,
    };
    match ty {
        CedarType::Bool => wanted.truth.unwrap_or(is_on).to_string(),
        CedarType::Long | CedarType::MonthlyMinor => number.to_string(),
        CedarType::Duration => format!("duration(\"{number}ms\")"),
        CedarType::Datetime => format!("datetime(\"{}\")", moment(number)),
        CedarType::Decimal => {
            let sign = if number < 0 { "-" } else { "" };
            let number = number.unsigned_abs();
            format!("decimal(\"{sign}{}.{:04}\")", number / 10_000, number % 10_000)
        }
        CedarType::String | CedarType::Permission => match (&wanted.is, &wanted.like) {
            (Some(is), _) => is.clone(),
            (None, Some(pattern)) => pattern.replace("\\*", "\u{1}").replace('*', "").replace('\u{1}', "*"),
            (None, None) => quoted("something else"),
        },
        CedarType::Enum(of) => wanted.is.clone().unwrap_or_else(|| {
            let name = access.policies.shapes.enums.get(of).map_or("", String::as_str);
            let model = access.people.model;
            let values = model.kinds.enums[*of].values.iter();
            let mut values = values.map(|value| format!("{name}::{}", quoted(model.text(value.name))));
            values.find(|value| !wanted.is_not.contains(value)).unwrap_or_default()
        }),
        CedarType::Entity(kind) => wanted
            .is
            .clone()
            .unwrap_or_else(|| format!("{}::\"something else\"", access.policies.shapes.type_name(*kind))),
        CedarType::Set(_) => format!("[{}]", wanted.elements.join(", ")),
        CedarType::Record(_) | CedarType::Variant(_) | CedarType::ByEnum(..) => "{}".to_owned(),
    }
}

const DAY: i64 = 86_400_000;

fn moment(millis: i64) -> String {
    let (day, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let day = Date(i32::try_from(day).unwrap_or_default());
    if rest == 0 {
        return day.to_string();
    }
    let (seconds, millis) = (rest / 1000, rest % 1000);
    format!("{day}T{:02}:{:02}:{:02}.{millis:03}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `Affiliation::"guest"` → `guest`, `datetime("2026-11-20")` → `2026-11-20`.
fn plain(text: &str) -> String {
    match text.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')) {
        Some((inner, _)) if !text.starts_with('[') => inner.to_owned(),
        _ => text.to_owned(),
    }
}
