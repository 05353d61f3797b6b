//! `nbc explain group.ml.quota.cpu`: every candidate of a slot with its place and layer, the winner, and what uses it;
//! `nbc explain teams/ml.nbc:14:10`: the same of what is written there, and what is emitted from it.

mod emitted;
mod place;
mod said;

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::kinds::{FieldId, Type};
use nbc_model::layer::{Candidate, Key, Operand, Operation, Step};
use nbc_model::value::{ExpansionId, Layer, OriginId, Slot, Value};
use nbc_model::world::{EntityId, Expansion, World};
use nbc_source::{Sources, suggest};

use super::show::{entity_at, kind_named};
pub use emitted::Piece;
pub use place::of_place;
pub use said::Place;

/// The history of one value.
///
/// # Errors
/// When the path leads nowhere, with the nearest names.
pub fn path(model: &Model, sources: &Sources, world: &World, path: &str) -> Result<String, String> {
    let target = target(model, world, path)?;
    Ok(history(model, sources, world, path, &target) + &used_by(model, world, target.entity))
}

/// Everything that was said about a slot, and what it means.
fn history(model: &Model, sources: &Sources, world: &World, path: &str, target: &Target) -> String {
    let mut text = String::new();
    let slot = target.slot;
    let name = path.rsplit('.').next().unwrap_or_default();
    text += &format!("{path} is {}\n", model.shown(name, slot.value));
    let candidates = candidates(model, world, target);
    if candidates.is_empty() {
        let place = origin_place(model, sources, slot.origin);
        text += &format!("  default   {:<24} {place}\n", model.shown(name, slot.value));
    }
    for (layer, inherited, candidate) in &candidates {
        let wins = candidate.origin == slot.origin;
        let mark = if wins { "→" } else { " " };
        let layer = layer_words(model, *layer, *inherited);
        let words = operand_words(model, name, candidate);
        let place = origin_place(model, sources, candidate.origin);
        text += &format!("{mark} {layer:<24} {words:<24} {place}\n");
    }
    text + &documentation(model, target)
}

/// A slot: a field of an entity and the steps below it.
struct Target {
    entity: EntityId,
    field: FieldId,
    steps: Vec<Step>,
    slot: Slot,
}

/// The steps of a path; one in quotes may hold dots, `environment.torch.packages."ruamel.yaml"`.
fn keys(path: &str) -> Vec<&str> {
    let mut in_quotes = false;
    let steps = path.split(|character| {
        in_quotes ^= character == '"';
        character == '.' && !in_quotes
    });
    steps.map(|step| step.trim_matches('"')).collect()
}

fn target(model: &Model, world: &World, path: &str) -> Result<Target, String> {
    let keys = keys(path);
    let [kind, handle, rest @ ..] = keys.as_slice() else {
        kind_named(model, path)?;
        return Err(format!("`{path}` is a kind; name a value, such as `{path}.HANDLE.FIELD`"));
    };
    let mut entity = entity_at(model, world, &format!("{kind}.{handle}"))?;
    let mut rest = rest;
    loop {
        let [field, below @ ..] = rest else {
            return Err(format!("`{path}` is a whole declaration; name one of its values, or use `nbc show {path}`"));
        };
        let row = &model.kinds.kinds[model.entities[entity].kind];
        let found = model.names.find(field).and_then(|name| row.field_of(model.entities[entity].handle, name));
        let Some(id) = found else {
            let fields = row.fields.iter().map(|(_, field)| model.text(field.name));
            let near = suggest::nearest(field, fields).join("`, `");
            let hint = if near.is_empty() { String::new() } else { format!("; did you mean `{near}`?") };
            return Err(format!("kind `{}` has no field `{field}`{hint}", model.text(row.name)));
        };
        let slot = model.slot(world, entity, id).ok_or_else(|| format!("`{path}` is not in this stage"))?;
        match slot.value {
            Value::Entity(block) if row.fields[id].owned && !below.is_empty() => {
                entity = block;
                rest = below;
            }
            _ => return descend(model, entity, id, slot, below, path),
        }
    }
}

/// Into records, cases and maps.
fn descend(
    model: &Model,
    entity: EntityId,
    field: FieldId,
    slot: Slot,
    below: &[&str],
    path: &str,
) -> Result<Target, String> {
    let (mut slot, mut steps) = (slot, Vec::new());
    for key in below {
        let (step, inner) =
            step(model, slot, key).ok_or_else(|| format!("`{path}` leads nowhere: there is no `{key}`"))?;
        steps.push(step);
        slot = inner;
    }
    Ok(Target { entity, field, steps, slot })
}

fn step(model: &Model, slot: Slot, key: &str) -> Option<(Step, Slot)> {
    let step = match slot.value {
        Value::Record(of, _) => Step::Field(*model.kinds.records[of].field_names.get(&model.names.find(key)?)?),
        Value::Variant(of, case, _) => {
            let (_, names) = model.kinds.fields_of(&Type::Variant(of), Some(case))?;
            Step::Field(*names.get(&model.names.find(key)?)?)
        }
        Value::Map(map) => {
            let entry = model.store.entries(map).iter().find(|entry| model.key_text(entry.key) == key)?;
            Step::Key(Key::of(entry.key)?)
        }
        _ => return None,
    };
    step_into(model, slot, step).map(|(_, below)| (step, below))
}

/// What a step below a value leads to, and how a path writes it.
fn step_into(model: &Model, slot: Slot, step: Step) -> Option<(String, Slot)> {
    match (slot.value, step) {
        (Value::Record(of, fields), Step::Field(id)) => {
            let name = model.kinds.records[of].fields.row(id)?.name;
            Some((model.text(name).to_owned(), *model.slots(fields).get(id.index())?))
        }
        (Value::Variant(of, case, fields), Step::Field(id)) => {
            let (rows, _) = model.kinds.fields_of(&Type::Variant(of), Some(case))?;
            Some((model.text(rows.row(id)?.name).to_owned(), *model.slots(fields).get(id.index())?))
        }
        (Value::Map(map), Step::Key(key)) => {
            let entry = model.store.entries(map).iter().find(|entry| Key::of(entry.key) == Some(key))?;
            let name = model.key_text(entry.key);
            let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            let written = if is_name { name } else { format!("\"{name}\"") };
            Some((written, Slot { value: entry.value, origin: entry.origin }))
        }
        _ => None,
    }
}

/// Everything said about the slot, lowest first; with each, whether a parent says it.
fn candidates<'m>(model: &'m Model, world: &World, target: &Target) -> Vec<(Layer, bool, &'m Candidate)> {
    let family = model.family(world, target.entity);
    let mut stages = Vec::new();
    let mut next = world.stage;
    while let Some(stage) = next {
        stages.push(stage);
        next = model.stages[stage].extends;
    }
    stages.reverse();
    let mut found = Vec::new();
    for member in family.into_iter().rev() {
        let inherited = member != target.entity;
        let mut slices = vec![model.layers.declared(member)];
        slices.extend(stages.iter().map(|stage| model.layers.staged(*stage, member)));
        for candidate in slices.into_iter().flatten().filter(|candidate| concerns(candidate, target)) {
            found.push((model.origin(candidate.origin).layer, inherited, candidate));
        }
    }
    found
}

/// What is said about the slot, about something around it, or, for a list, added to it.
fn concerns(candidate: &Candidate, target: &Target) -> bool {
    let around = candidate.steps.len() <= target.steps.len() && target.steps.starts_with(&candidate.steps);
    let says_it = candidate.steps.len() == target.steps.len();
    candidate.field == target.field && around && (says_it || matches!(candidate.operand, Operand::Value(_)))
}

fn layer_words(model: &Model, layer: Layer, inherited: bool) -> String {
    let by = match layer {
        Layer::Default => "default".to_owned(),
        Layer::Inherited => "inherited".to_owned(),
        Layer::Declaration => "declared".to_owned(),
        Layer::Stage(stage) => format!("stage {}", model.text(model.stages[stage].name)),
        Layer::Test => "test".to_owned(),
    };
    if inherited { format!("{by}, by a parent") } else { by }
}

fn operand_words(model: &Model, name: &str, candidate: &Candidate) -> String {
    let words = match candidate.operand {
        Operand::Value(value) => model.shown(name, value),
        Operand::Expression(_) => "an expression".to_owned(),
        Operand::Block(_) | Operand::MapBlock => "a block".to_owned(),
        Operand::Nothing => String::new(),
    };
    match candidate.operation {
        Operation::Say => words,
        Operation::Set => format!("set {words}"),
        Operation::Override => format!("override {words}"),
        Operation::Unset => "unset".to_owned(),
        Operation::Add => format!("add {words}"),
        Operation::Remove => format!("remove {words}"),
    }
}

/// The place, and the loop iteration or row that made it.
fn origin_place(model: &Model, sources: &Sources, origin: OriginId) -> String {
    let origin = model.origin(origin);
    if origin.span.is_empty() && origin.layer == Layer::Default {
        return String::new();
    }
    let place = sources.place(origin.span);
    match iteration(model, origin.expansion) {
        Some(words) => format!("{place} ({words})"),
        None => place,
    }
}

/// The loop iteration that made something: `for team = red`.
fn iteration(model: &Model, expansion: ExpansionId) -> Option<String> {
    match &model.expansions[expansion] {
        Expansion::None | Expansion::Row { .. } => None,
        Expansion::Iteration { variable, value, .. } => Some(format!("for {} = {value}", model.text(*variable))),
    }
}

fn documentation(model: &Model, target: &Target) -> String {
    let field = &model.kinds.kinds[model.entities[target.entity].kind].fields[target.field];
    match field.doc.lines().next() {
        Some(line) => format!("means     {line}\n"),
        None => String::new(),
    }
}

/// The line that names the declarations that refer to the entity, at most ten; nothing where there are none.
fn used_by(model: &Model, world: &World, entity: EntityId) -> String {
    const MOST: usize = 10;
    let mut users: Vec<String> = Vec::new();
    for (from, to) in super::graph::references(model, world) {
        if to == entity && from != entity {
            users.push(model.path(from));
        }
    }
    users.sort();
    users.dedup();
    if users.len() > MOST {
        let more = users.len() - MOST;
        users.truncate(MOST);
        users.push(format!("and {more} more"));
    }
    if users.is_empty() { String::new() } else { format!("used by   {}\n", users.join(", ")) }
}
