//! Things and actions as answers name them.

use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::world::EntityId;

/// `launch`
pub(crate) fn action(model: &Model, action: ActionId) -> &str {
    model.text(model.kinds.actions[action].name)
}

/// `data-source cohort-7`
pub(crate) fn thing(model: &Model, entity: EntityId) -> String {
    let kind = model.text(model.kinds.kinds[model.entities[entity].kind].name);
    format!("{kind} {}", model.handle(entity))
}
