//! A text that is a secret by its name or its look. Everybody who can read the repository, the pod or the manifest has it.

use nbc_model::names::Name;
use nbc_model::value::{OriginId, Value};
use nbc_source::secrets::{conceal, is_secret, looks_secret};
use nbc_source::{Diagnostic, Diagnostics, FileKind, Span};
use rustc_hash::FxHashSet;

use crate::codes::SECRET_IN_CLEAR;
use crate::draft::Draft;
use crate::kinds::SecretOrText;
use crate::specification::Specification;
use crate::values::Entry;

const READ_BY_ALL: &str = "everybody who reads the files has it";
const RENEW: &str = "renew it: it has been read already";

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    by_look(draft, out);
    by_name(draft, out);
    draft.specifications.iter().for_each(|specification| in_environment(draft, specification, out));
}

/// Any value of any declaration. Values are walked only where some text of the run looks like a secret at all.
fn by_look(draft: &Draft<'_>, out: &mut Diagnostics) {
    let model = draft.model;
    let looks: FxHashSet<Name> =
        model.names.iter().filter(|(_, text)| looks_secret(text)).map(|(name, _)| name).collect();
    if looks.is_empty() {
        return;
    }
    for entity in model.entities.ids() {
        let Some(fields) = draft.world.fields(entity) else { continue };
        let kind = &model.kinds.kinds[model.entities[entity].kind];
        for ((_, field), slot) in kind.fields.iter().zip(model.slots(fields)) {
            model.store.walk(*slot, &mut |inside| match inside.value {
                Value::Text(text) if looks.contains(&text) => {
                    found(model.text(field.name), model.text(text), draft.span(inside.origin), out);
                }
                _ => {}
            });
        }
    }
}

/// Variables and attributes that are called after a secret.
fn by_name(draft: &Draft<'_>, out: &mut Diagnostics) {
    if let Some(platform) = draft.platform() {
        variables(draft, &platform.server.value.variables.value, out);
    }
    for profile in &draft.declared.profiles {
        variables(draft, &profile.variables.value, out);
        let choices = profile.options.value.iter().flat_map(|option| &option.value.choices.value);
        choices.for_each(|choice| variables(draft, &choice.value.variables.value, out));
    }
    for user in &draft.declared.users {
        for entry in &user.attributes.value {
            entry.value.iter().for_each(|text| named(draft, entry.key, text.value, text.origin, out));
        }
    }
}

fn variables(draft: &Draft<'_>, variables: &[Entry<&str, SecretOrText<'_>>], out: &mut Diagnostics) {
    for entry in variables {
        match entry.value {
            SecretOrText::Text(text) => named(draft, entry.key, text, entry.origin, out),
            SecretOrText::Secret(_) => {}
        }
    }
}

/// What looks like a secret was found already.
fn named(draft: &Draft<'_>, name: &str, text: &str, origin: OriginId, out: &mut Diagnostics) {
    if is_secret(name, text) && !looks_secret(text) {
        found(name, text, draft.span(origin), out);
    }
}

/// The variables of an environment, and what the file of another tool says that it takes its packages from.
fn in_environment(draft: &Draft<'_>, specification: &Specification<'_>, out: &mut Diagnostics) {
    let is_ours = |span: Span| draft.sources.get(span.file).is_some_and(|file| file.kind == FileKind::Nbc);
    for (name, value) in &specification.variables {
        if is_secret(name, &value.text) && !(is_ours(value.span) && looks_secret(&value.text)) {
            found(name, &value.text, value.span, out);
        }
    }
    let Specification { channels, conda, pip, pip_options, .. } = specification;
    let written = channels.iter().chain(pip_options).map(|written| (&written.text, written.span));
    let required = conda.iter().chain(pip).map(|row| (&row.text, row.span));
    for (text, span) in written.chain(required).filter(|(_, span)| !is_ours(*span)) {
        if conceal(text) != text.as_str() {
            in_address(span, out);
        }
    }
}

fn found(name: &str, text: &str, span: Span, out: &mut Diagnostics) {
    if text.contains("://") {
        return in_address(span, out);
    }
    let handle = name.to_ascii_lowercase().replace('_', "-");
    let way_out = format!("`secret {handle} {{ from: kubernetes {{ name: \"{handle}\", key: \"value\" }} }}`");
    let found = Diagnostic::new(&SECRET_IN_CLEAR, span, format!("`{name}` holds a secret in clear"));
    out.push(found.label(READ_BY_ALL).help(format!("keep it elsewhere and point to it: {way_out}")).help(RENEW));
}

fn in_address(span: Span, out: &mut Diagnostics) {
    out.push(
        Diagnostic::new(&SECRET_IN_CLEAR, span, "an address holds a password in clear")
            .label(READ_BY_ALL)
            .help("take it out: programs read it from the settings of the machine that they run on")
            .help(RENEW),
    );
}
