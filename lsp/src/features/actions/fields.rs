//! Adds the fields that a declaration must have and does not say, each with a value to begin with.

use nbc_model::kinds::{Field, KindId, Type};
use nbc_model::value::{Dimension, Value};
use nbc_model::world::EntityId;
use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode};

use super::super::completion::is_required;
use super::super::place::View;
use super::Action;
use super::insertion::append;

/// Everything that the declaration around a place lacks, at once.
pub(super) fn missing(view: &View<'_>, at: Span) -> Option<Action> {
    let token = view.token(at.start)?;
    let instance = token.parent_ancestors().filter_map(ast::Instance::cast).last()?;
    let (entity, body) = (view.instance(&instance)?, instance.body()?);
    let lines: Vec<(String, String)> = lacking(view, entity)
        .filter(|field| {
            body.items().all(|item| item.key().is_none_or(|key| key.text() != view.model().text(field.name)))
        })
        .filter_map(|field| Some((view.model().text(field.name).to_owned(), written(view, field)?)))
        .collect();
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let title = match names.as_slice() {
        [] => return None,
        [one] => format!("add the field `{one}`"),
        several => format!("add the fields `{}`", several.join("`, `")),
    };
    let has_lines = body.syntax().text().contains_char('\n');
    let between = if has_lines { "\n  " } else { ", " };
    let text: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
    Some(Action::rewrite(title, vec![append(view, body.syntax(), &text.join(between))?]))
}

/// Required fields that have no value in some stage: nothing says them, nor does what the declaration extends.
fn lacking<'v>(view: &'v View<'_>, entity: EntityId) -> impl Iterator<Item = &'v Field> + use<'v> {
    let model = view.model();
    let worlds = model.worlds.iter().filter(move |world| world.has(entity)).collect::<Vec<_>>();
    let fields = model.kinds.kinds[model.entities[entity].kind].fields.iter();
    let is_absent = move |id| {
        let value = |world: &&nbc_model::world::World| model.slot(world, entity, id).map(|slot| slot.value);
        worlds.iter().any(|world| matches!(value(world), None | Some(Value::Absent | Value::Poisoned)))
    };
    fields
        .filter(move |(id, field)| is_required(model, field) && field.pack.is_none() && is_absent(*id))
        .map(|(_, field)| field)
}

fn written(view: &View<'_>, field: &Field) -> Option<String> {
    let name = view.model().text(field.name);
    Some(format!("{name}: {}", value(view, &field.ty)?))
}

/// A value that fits the type, to be changed.
fn value(view: &View<'_>, ty: &Type) -> Option<String> {
    let model = view.model();
    Some(match model.kinds.base(ty) {
        Type::Bool => "false".to_owned(),
        Type::Int | Type::Count => "1".to_owned(),
        Type::Text => text(&model.type_text(ty)).to_owned(),
        Type::Date => super::dates::later(view)?.to_string(),
        Type::Quantity(dimension) => quantity(*dimension).to_owned(),
        Type::Enum(of) => model.text(model.kinds.enums[*of].values.first()?.name).to_owned(),
        Type::Variant(of) => {
            let case = model.kinds.variants[*of].cases.first()?;
            let fields = case.fields.iter().map(|(_, field)| field).filter(|field| is_required(model, field));
            let fields: Vec<String> = fields.map(|field| written(view, field)).collect::<Option<_>>()?;
            let name = model.text(case.name);
            if fields.is_empty() { name.to_owned() } else { format!("{name} {{ {} }}", fields.join(", ")) }
        }
        Type::Entity(kind) => declared(view, *kind)?,
        Type::OneOf(types) => types.iter().find_map(|ty| value(view, ty))?,
        Type::List(..) => "[]".to_owned(),
        Type::Record(_) | Type::Map(..) => "{ }".to_owned(),
        Type::Permission | Type::Named(_) | Type::Invalid => return None,
    })
}

fn text(ty: &str) -> &'static str {
    match ty {
        "Email" => "\"name@example.org\"",
        "Url" => "\"https://example.org\"",
        "Domain" => "\"example.org\"",
        _ => "\"to be written\"",
    }
}

fn quantity(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Cpu => "1",
        Dimension::Memory => "2Gi",
        Dimension::Storage => "10Gi",
        Dimension::Duration => "1h",
        Dimension::Money => "100",
        Dimension::Rate(_) => "100/month",
        Dimension::Percent => "50%",
        Dimension::Decimal => "0.5",
    }
}

/// The first one of the site; what nbc brings is named by its package.
fn declared(view: &View<'_>, kind: KindId) -> Option<String> {
    let model = view.model();
    let all = model.entities.iter().filter(|(_, row)| row.kind == kind && row.owner.is_none() && row.stage.is_none());
    let own = all.filter(|(_, row)| row.package.is_none() && row.test.is_none()).map(|(id, _)| id).next()?;
    Some(model.handle(own).to_owned())
}
