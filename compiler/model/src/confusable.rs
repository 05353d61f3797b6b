//! Handles that look alike: `gpu-a100` and `gpu-al00`. Names have small letters and digits only, so `0` and `o`, and `1`
//! and `l`, are all there is to confuse.

use nbc_source::{Diagnostic, Diagnostics};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::kinds::KindId;
use crate::model::Model;
use crate::names::Name;
use crate::world::Entity;

/// Warns of every handle of the site that looks like another one of its kind. Nothing is asked of handles without one
/// of the two digits: of two that look alike, one has it.
pub(crate) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut seen: FxHashMap<(KindId, String), &Entity> = FxHashMap::default();
    let rows = model.entities.iter().map(|(_, row)| row).filter(|row| row.owner.is_none() && row.package.is_none());
    for row in rows.filter(|row| model.text(row.handle).contains(['0', '1'])) {
        let looks = model.text(row.handle).replace('0', "o").replace('1', "l");
        let spelled = model.names.find(&looks).and_then(|name| named(model, row.kind, name));
        let other = spelled.or_else(|| seen.get(&(row.kind, looks.clone())).copied());
        match other.filter(|other| other.handle != row.handle) {
            Some(other) => diagnostics.push(alike(model, row, other)),
            None => drop(seen.insert((row.kind, looks), row)),
        }
    }
}

fn named(model: &Model, kind: KindId, name: Name) -> Option<&Entity> {
    let base = model.directory.at(kind, name, crate::scope::Home::Base)?;
    model.entities.row(base)
}

fn alike(model: &Model, row: &Entity, other: &Entity) -> Diagnostic {
    let kind = model.text(model.kinds.kinds[row.kind].name);
    let (handle, other_handle) = (model.text(row.handle), model.text(other.handle));
    Diagnostic::new(&codes::CONFUSABLE_NAME, row.span, format!("{kind} `{handle}` looks like `{other_handle}`"))
        .label("easily taken for the other")
        .related(other.span, "the other one")
        .help("give one of them a name that cannot be misread")
}
