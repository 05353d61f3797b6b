//! An attribute that is not there: what it is called, who has it, why policies cannot see it.

use std::collections::BTreeSet;

use nbc_source::{Diagnostic, Fix, Span, suggest};

use super::{EVERYTHING, Voice, types};
use crate::codes;
use crate::names::{UNITS, attribute_name};
use crate::schema;
use crate::shape::CedarType;

impl Voice<'_> {
    /// `path` is what is read from `owners`, such as `quota.cpu`, and its last name is what they do not have.
    pub(super) fn no_attribute(&self, span: Span, path: &str, owners: &BTreeSet<String>) -> Diagnostic {
        let (way, name) = path.rsplit_once('.').unwrap_or(("", path));
        let variable = self.written(span).split('.').next().unwrap_or_default();
        let place = self.last_name(span, name);
        if variable == "context" {
            let finding =
                Diagnostic::new(&codes::POLICY_TYPE, place, format!("`context` has no `{name}`: it is empty"));
            return finding.help("policies read `principal`, `action` and `resource`");
        }
        let finding =
            Diagnostic::new(&codes::POLICY_TYPE, place, lacking(owners, way, name)).label("no such attribute");
        let is_open = way.is_empty() && self.said_kind(variable).is_none();
        let others = if is_open { self.others_with(variable, name, owners) } else { Vec::new() };
        match others.as_slice() {
            [] => {}
            [only] => return finding.help(format!("only `{only}` has it: write `{variable} is {only}`")),
            several => {
                let several: Vec<String> = several.iter().map(|one| format!("`{one}`")).collect();
                return finding.help(format!("{} have it: say which with `{variable} is …`", types::joined(&several)));
            }
        }
        let members: BTreeSet<String> = owners.iter().flat_map(|owner| self.members(owner, way)).collect();
        let near = near_attributes(name, &members);
        match (near.as_slice(), self.hidden(owners, way, name)) {
            ([], Some(reason)) => finding.help(reason),
            ([], None) => offer_alike(finding, place, name, &members),
            (near, _) => finding.did_you_mean(place, near),
        }
    }

    /// Of `principal.quota.cpu` the `cpu`.
    fn last_name(&self, span: Span, name: &str) -> Span {
        let at = self.written(span).rfind(name);
        at.map_or(span, |at| Span { start: span.start + at as u32, end: span.start + (at + name.len()) as u32, ..span })
    }

    /// Kinds that the variable could be of and that have the attribute.
    fn others_with(&self, variable: &str, name: &str, owners: &BTreeSet<String>) -> Vec<&str> {
        let could_be: BTreeSet<&str> = match variable {
            "principal" => schema::principals(self.shapes).into_iter().collect(),
            "resource" => self.shapes.actions.iter().map(|action| self.shapes.type_name(action.kind)).collect(),
            _ => BTreeSet::new(),
        };
        let has = |kind: &&str| !owners.contains(*kind) && self.members(kind, "").iter().any(|member| member == name);
        could_be.into_iter().filter(has).collect()
    }

    /// The names that can follow `way`, read from a kind.
    fn members(&self, owner: &str, way: &str) -> Vec<String> {
        let Some(shape) = self.shapes.kind_of(owner).and_then(|kind| self.shapes.kind(kind)) else { return Vec::new() };
        let own = shape.attributes.iter().map(|one| one.name.clone());
        if way.is_empty() {
            return own.chain(schema::generated(self.shapes, shape).into_iter().map(|one| one.name)).collect();
        }
        let mut ty = Some(CedarType::Record(shape.attributes.clone()));
        for name in way.split('.') {
            ty = ty.and_then(|ty| part(&ty, name));
        }
        ty.map(|ty| parts(&ty)).unwrap_or_default()
    }

    /// Why a field of the kind is no attribute.
    fn hidden(&self, owners: &BTreeSet<String>, way: &str, name: &str) -> Option<String> {
        let kind = self.shapes.kind_of(owners.iter().next()?).filter(|_| way.is_empty())?;
        let fields = &self.model.kinds.kinds[kind].fields;
        let (_, field) = fields.iter().find(|(_, field)| attribute_name(self.model.text(field.name)) == name)?;
        Some(match field.grants {
            Some(_) => format!("policies do not see the list `{name}`: nbc made it into who may do what"),
            None => format!("policies cannot see `{name}`: add a `computed` field to the kind, and compare that"),
        })
    }
}

fn lacking(owners: &BTreeSet<String>, way: &str, name: &str) -> String {
    let owners: Vec<String> = owners.iter().map(|owner| format!("`{owner}`")).collect();
    let verb = if owners.len() > 1 && way.is_empty() { "have" } else { "has" };
    match (way, types::joined(&owners)) {
        ("", owners) if owners.is_empty() => format!("there is no attribute `{name}`"),
        ("", owners) => format!("{owners} {verb} no attribute `{name}`"),
        (way, owners) if owners.is_empty() => format!("`{way}` has no attribute `{name}`"),
        (way, owners) => format!("`{way}` of {owners} has no attribute `{name}`"),
    }
}

/// Names that hold the word that was written, as `has_gpu` holds that of `gpus`: a guess.
fn offer_alike(finding: Diagnostic, place: Span, name: &str, members: &BTreeSet<String>) -> Diagnostic {
    let stem = name.trim_end_matches('s');
    let alike: Vec<&str> =
        members.iter().map(String::as_str).filter(|member| stem.len() > 2 && member.contains(stem)).collect();
    let Some(first) = alike.first() else { return finding.help(EVERYTHING) };
    let fix = Fix::replace(place, *first, format!("write `{first}`")).may_change_meaning();
    finding.help(format!("there is `{}`", alike.join("`, `"))).fix(fix)
}

/// The name with its unit (`memory` is `memory_bytes`), or with what it names (`owner_user`); else what is spelt alike.
fn near_attributes<'m>(name: &str, members: &'m BTreeSet<String>) -> Vec<&'m str> {
    let members = || members.iter().map(String::as_str);
    let rest = |member: &'m str| member.strip_prefix(name).unwrap_or_default();
    let with_unit: Vec<&str> = members().filter(|member| UNITS.contains(&rest(member))).collect();
    let longer: Vec<&str> = members().filter(|member| rest(member).starts_with('_')).collect();
    match (with_unit.is_empty(), longer.is_empty()) {
        (false, _) => with_unit,
        (true, false) => longer,
        (true, true) => suggest::nearest(name, members()),
    }
}

/// What a name inside of a record holds.
fn part(ty: &CedarType, name: &str) -> Option<CedarType> {
    match ty {
        CedarType::Record(attributes) => attributes.iter().find(|one| one.name == name).map(|one| one.ty.clone()),
        CedarType::Variant(cases) => {
            cases.iter().find(|(case, _)| case == name).map(|(_, attributes)| CedarType::Record(attributes.clone()))
        }
        CedarType::ByEnum(values, of) => values.iter().any(|value| value == name).then(|| (**of).clone()),
        _ => None,
    }
}

fn parts(ty: &CedarType) -> Vec<String> {
    match ty {
        CedarType::Record(attributes) => attributes.iter().map(|one| one.name.clone()).collect(),
        CedarType::Variant(cases) => cases.iter().map(|(case, _)| case.clone()).collect(),
        CedarType::ByEnum(values, _) => values.clone(),
        _ => Vec::new(),
    }
}
