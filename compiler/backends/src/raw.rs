//! `raw kubernetes on group.ml '''…'''`: objects that people write themselves, for what nbc has no word.
//!
//! They are judged with the declarations, before anything is written: by the target's strict schema, and by what
//! may not go around the decisions. The text is data; nothing of it is filled in but the namespace of its group.

use nbc_model::expression::RuleLevel;
use nbc_model::model::Raw;
use nbc_model::world::EntityId;
use nbc_platform::Draft;
use nbc_platform::finding::{Broken, Finding};
use nbc_platform::kinds::{Group, Isolation, PlatformKind};
use nbc_source::{About, Diagnostic, suggest};
use serde_json::{Map, Value};

use crate::codes;
use crate::kubernetes::Kubernetes;
use crate::manifest::{self, Manifest};
use crate::validate::KUBERNETES_1_36;
use crate::writer::{Document, Writer};
use crate::{ALL, Backend};

/// Everything wrong with the raw texts of a stage.
pub fn check(draft: &Draft<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for raw in in_force(draft) {
        match (target_fault(draft, raw), namespace(draft, raw.on)) {
            (Some(fault), _) => out.push(Finding::plain(fault)),
            (None, Err(why)) => {
                let fault = Diagnostic::new(&codes::RAW_TARGET, raw.declared, why);
                out.push(Finding::plain(fault.help("write it `on` the platform, or on a group with a namespace")));
            }
            (None, Ok(namespace)) => objects(draft, raw, namespace, &mut out),
        }
    }
    out
}

/// What a raw text holds, for people: `v1/ConfigMap motd`. Empty where it is no YAML.
pub fn titles(raw: &Raw) -> Vec<String> {
    let manifests = manifest::read(&raw.text).unwrap_or_default();
    manifests.iter().map(|manifest| format!("{} {}", manifest.kind, manifest.name()).trim_end().to_owned()).collect()
}

/// Those of the declarations that the stage has.
pub(crate) fn in_force<'m>(draft: &Draft<'m>) -> impl Iterator<Item = &'m Raw> {
    let Draft { model, world, .. } = *draft;
    model.raws.iter().filter(move |raw| world.has(raw.on))
}

/// The objects for one namespace, in the order of files.
pub(crate) fn documents(draft: &Draft<'_>, folder: &str, writer: &mut Writer<'_>) -> Vec<Document> {
    let mut documents = Vec::new();
    for raw in in_force(draft).filter(|raw| namespace(draft, raw.on).ok() == Some(folder)) {
        // What cannot be read was refused when it was judged.
        for mut manifest in manifest::read(&raw.text).unwrap_or_default() {
            if !manifest.is_of_the_cluster() {
                stand_in(&mut manifest.value, folder);
            }
            let (kind, value) = (manifest.kind.clone(), manifest.value.clone());
            let document = Document { kind, value, origins: vec![(String::new(), vec![raw.origin])] };
            if writer.claim(&document) {
                documents.push(document);
            } else {
                let message = format!("there is a `{}` of the name `{}` already", manifest.kind, manifest.name());
                let place = raw.place(manifest.place("/metadata/name", &raw.text));
                let taken = Diagnostic::new(&codes::RAW_MANIFEST, place, message);
                writer.diagnostic(taken.help("choose another name: whichever is applied last would win"));
            }
        }
    }
    documents
}

/// A raw text for a target that takes none.
fn target_fault(draft: &Draft<'_>, raw: &Raw) -> Option<Diagnostic> {
    let (target, takes) = (draft.model.text(raw.target), Kubernetes.name());
    if target == takes {
        return None;
    }
    let known = || ALL.iter().map(|backend| backend.name());
    let message = match known().any(|name| name == target) {
        true => format!("`{target}` takes no raw text: what it is told follows from declarations alone"),
        false => format!("there is no target `{target}`"),
    };
    let fault = Diagnostic::new(&codes::RAW_TARGET, raw.declared, message);
    Some(match suggest::nearest(target, known()).first() {
        Some(nearest) if *nearest == takes => fault.help(format!("did you mean `{takes}`?")),
        _ => fault.help(format!("`{takes}` takes raw text")),
    })
}

/// The namespace in which raw objects on a declaration stand.
fn namespace<'m>(draft: &Draft<'m>, on: EntityId) -> Result<&'m str, String> {
    let isolation = draft.platform().map_or(Isolation::PerGroup, |platform| platform.isolation.value);
    if let Some(platform) = draft.declared.find::<PlatformKind<'m>>(on) {
        return Ok(platform.hub_namespace.value);
    }
    match draft.declared.find::<Group<'m>>(on) {
        Some(group) if isolation == Isolation::PerGroup => Ok(group.namespace.value),
        Some(_) => {
            let path = draft.path(on);
            Err(format!("with `isolation: {}` `{path}` has no namespace of its own for this", isolation.text()))
        }
        None => Err(format!("`{}` has no namespace of its own for this", draft.path(on))),
    }
}

fn objects(draft: &Draft<'_>, raw: &Raw, namespace: &str, out: &mut Vec<Finding>) {
    let text = &raw.text;
    let manifests = match manifest::read(text) {
        Ok(manifests) => manifests,
        Err(wrong) => {
            let fault = Diagnostic::new(&codes::RAW_MANIFEST, raw.place(wrong.range), wrong.message);
            return out.push(Finding::plain(fault));
        }
    };
    let on = draft.path(raw.on);
    for manifest in &manifests {
        if let Some(finding) = reserved(raw, manifest, &on) {
            out.push(finding);
        }
        for wrong in manifest.faults(&KUBERNETES_1_36, text) {
            let fault = Diagnostic::new(&codes::RAW_MANIFEST, raw.place(wrong.range), wrong.message);
            out.push(Finding::plain(fault));
        }
        if let Some(other) = manifest.namespace().filter(|other| *other != namespace) {
            let place = raw.place(manifest.place("/metadata/namespace", text));
            let message = format!("a text on `{on}` writes into the namespace `{other}`");
            let fault = Diagnostic::new(&codes::RAW_MANIFEST, place, message);
            out.push(Finding::plain(fault.help(format!("leave it out: it stands in `{namespace}`"))));
        }
    }
}

/// A waiver of `raw-reserved` on the declaration excuses it.
fn reserved(raw: &Raw, manifest: &Manifest, on: &str) -> Option<Finding> {
    let instead = manifest.reserved()?;
    let place = raw.place(manifest.place("/kind", &raw.text));
    let message = format!("an object `{}` is not written by hand: {instead}", manifest.kind);
    let rule = codes::RAW_RESERVED.name.to_owned();
    let help = format!("where it must be: `waiver {rule} on {on} {{ until: …, because: \"…\", approved-by: … }}`");
    let about = About::Rule { name: rule.clone(), on: on.to_owned() };
    let diagnostic = Diagnostic::new(&codes::RAW_RESERVED, place, message).help(help).about(about);
    Some(Finding::of_rule(diagnostic, Broken { rule, pack: None, level: RuleLevel::Hard, on: vec![raw.on] }))
}

/// Fills in the namespace.
fn stand_in(object: &mut Value, namespace: &str) {
    let Value::Object(object) = object else { return };
    let metadata = object.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(metadata) = metadata {
        metadata.insert("namespace".to_owned(), Value::from(namespace));
    }
}

#[cfg(test)]
mod tests;
