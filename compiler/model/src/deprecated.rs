//! Uses of what is deprecated: a warning at each place that names it, with the reason that its declaration gives.

use nbc_source::{Diagnostic, Diagnostics};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::model::Model;
use crate::names::Name;
use crate::value::{OriginId, Value};
use crate::world::{EntityId, World};

/// Warns about every reference of the workspace to something deprecated.
pub(crate) fn check(model: &Model, world: &World, diagnostics: &mut Diagnostics) {
    let reasons = reasons(model, world);
    if reasons.is_empty() {
        return;
    }
    for (id, row) in model.entities.iter() {
        let (None, Some(fields)) = (row.package, world.fields(id)) else { continue };
        for slot in model.slots(fields) {
            let mut uses = Uses { model, reasons: &reasons, diagnostics };
            uses.value(slot.value, slot.origin);
        }
    }
}

fn reasons(model: &Model, world: &World) -> FxHashMap<EntityId, Name> {
    let Some(field) = model.names.find("deprecated") else { return FxHashMap::default() };
    let mut reasons = FxHashMap::default();
    for (kind, row) in model.kinds.kinds.iter() {
        let Some(field) = row.field(field) else { continue };
        for entity in world.of_kind(kind) {
            if let Some(Value::Text(reason)) = model.slot(world, *entity, field).map(|slot| slot.value) {
                reasons.insert(*entity, reason);
            }
        }
    }
    reasons
}

struct Uses<'a> {
    model: &'a Model,
    reasons: &'a FxHashMap<EntityId, Name>,
    diagnostics: &'a mut Diagnostics,
}

impl Uses<'_> {
    fn value(&mut self, value: Value, origin: OriginId) {
        match value {
            Value::Entity(entity) => self.entity(entity, origin),
            Value::List(list) => {
                for element in self.model.elements(list) {
                    self.value(element.value, element.origin);
                }
            }
            Value::Map(map) => {
                for entry in self.model.store.entries(map) {
                    self.value(entry.key, entry.origin);
                    self.value(entry.value, entry.origin);
                }
            }
            Value::Record(_, fields) | Value::Variant(_, _, fields) => {
                for slot in self.model.slots(fields) {
                    self.value(slot.value, slot.origin);
                }
            }
            _ => {}
        }
    }

    fn entity(&mut self, entity: EntityId, origin: OriginId) {
        let Some(reason) = self.reasons.get(&entity) else { return };
        let message = format!("`{}` is deprecated: {}", self.model.handle(entity), self.model.text(*reason));
        let used = Diagnostic::new(&codes::DEPRECATED, self.model.origin(origin).span, message).label("still used");
        self.diagnostics.push(used.related(self.model.entities[entity].span, "declared here"));
    }
}
