//! The value of an expression that stands in no file: what somebody types to look at a finished model.

use nbc_source::{Diagnostics, FileId};
use nbc_syntax::ast;

use crate::analyse::{Standing, with_binder};
use crate::expression::ExpressionId;
use crate::expression::bind::Place;
use crate::expression::evaluate::{Evaluation, Evaluator, Frame};
use crate::expression::scope::Reads;
use crate::expression::world::WorldSlots;
use crate::files::Owner;
use crate::model::Model;
use crate::scope::{Owned, Viewpoint};
use crate::value::{Fields, Layer, StageId, Value};

/// Computes an expression in the world of a stage, as a `computed` field of the workspace could: it reads everything but
/// decisions. `file` is the source that it was parsed from; findings point into it. The value is `Poisoned` where there
/// are any errors.
pub fn ask(model: &mut Model, stage: Option<StageId>, file: FileId, expression: &ast::Expr) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    model.globals.owners.insert(file, Owner::Workspace);
    let at = Standing { file, viewpoint: Viewpoint { stage, test: None, package: None }, reads: Reads::Memberships };
    let owned = owned(model);
    let any = Place { ty: None, optional: true };
    let id = with_binder(model, &owned, at, &mut diagnostics, |binder| binder.bind(expression, any));
    let value = evaluate(model, stage, id, &mut diagnostics);
    diagnostics.settle();
    (value, diagnostics)
}

fn evaluate(model: &mut Model, stage: Option<StageId>, id: ExpressionId, diagnostics: &mut Diagnostics) -> Value {
    let currency = model.currency().to_owned();
    let platform = model.worlds.iter().find(|world| world.stage == stage).and_then(|world| model.platform(world));
    let Model { names, kinds, store, origins, expressions, globals, entities, worlds, .. } = model;
    let Some(world) = worlds.iter().find(|world| world.stage == stage) else { return Value::Poisoned };
    let slots = WorldSlots { entities, world, platform, currency: &currency, access: None };
    let tables = Evaluation { names, store, origins, diagnostics, kinds, expressions, globals, slots: &slots };
    Evaluator::new(tables).run(id, &mut Frame::new(Fields::default(), None, Layer::Declaration))
}

/// The blocks that belong to others, by owner and field.
fn owned(model: &Model) -> Owned {
    let mut owned = Owned::default();
    for (id, entity) in model.entities.iter() {
        if let Some(owner) = entity.owner {
            owned.entry(owner).or_default().push(id);
        }
    }
    owned
}
