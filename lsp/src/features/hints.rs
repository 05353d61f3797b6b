//! What is not written and good to know: how many people, what a formula comes to, and which defaults hold.

use nbc_model::Model;
use nbc_model::kinds::FieldId;
use nbc_model::value::{Layer, Slot, Value};
use nbc_model::world::EntityId;
use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, TextSize};

use super::hover::signature;
use super::lenses::size_of;
use super::place::View;
use super::symbol::{Global, Symbol};

/// So many defaults are told of one declaration.
const MOST: usize = 3;

/// A few words behind a byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub at: u32,
    pub text: String,
}

/// The hints of a piece of a file.
pub fn hints(view: &View<'_>, within: Span) -> Vec<Hint> {
    let range = |node: &nbc_syntax::SyntaxNode| view.span(node.text_range());
    let touches = |span: Span| span.start < within.end && within.start < span.end;
    let (mut hints, mut last) = (Vec::new(), Vec::new());
    for node in view.root.descendants().filter(|node| touches(range(node))) {
        match node.kind() {
            SyntaxKind::INSTANCE => {
                let found = ast::Instance::cast(node);
                hints.extend(found.as_ref().and_then(|found| size(view, found)));
                last.extend(found.as_ref().and_then(|found| unwritten(view, found)));
            }
            SyntaxKind::ITEM => hints.extend(ast::Item::cast(node).and_then(|found| result(view, &found))),
            _ => {}
        }
    }
    // Behind what the last formula of the declaration comes to.
    hints.append(&mut last);
    hints
}

/// How many people a group has.
fn size(view: &View<'_>, instance: &ast::Instance) -> Option<Hint> {
    let at = instance.handle()?.range().end().into();
    let entity = view.instance(instance)?;
    Some(Hint { at, text: size_of(view, entity)? })
}

/// What a declaration holds though nobody wrote it: the defaults of its fields.
fn unwritten(view: &View<'_>, instance: &ast::Instance) -> Option<Hint> {
    let (body, ast::Handle::Name(handle)) = (instance.body()?, instance.handle()?) else { return None };
    let (model, entity) = (view.model(), view.instance(instance)?);
    let fields = model.kinds.kinds[model.entities[entity].kind].fields.iter();
    let told = fields.filter(|(_, field)| !field.every && field.computed.is_none()).filter_map(|(id, field)| {
        let value = default(model, entity, id)?;
        let name = model.text(field.name);
        // What is made of the handle alone says nothing new.
        let shown = Some(model.shown(name, value)).filter(|shown| shown.trim_matches('"') != handle.text())?;
        Some(format!("{name}: {shown}"))
    });
    let mut told: Vec<String> = told.take(MOST + 1).collect();
    let more = if told.len() > MOST { ", …" } else { "" };
    told.truncate(MOST);
    let at = body.items().last().map_or(u32::from(body.range().start()) + 1, |item| item.range().end().into());
    (!told.is_empty()).then(|| Hint { at, text: format!("also {}{more}", told.join(", ")) })
}

/// The default of a field, where it holds in every stage and says something.
fn default(model: &Model, entity: EntityId, field: FieldId) -> Option<Value> {
    let mut slots = model.worlds.iter().filter_map(|world| model.slot(world, entity, field));
    let first = slots.next()?;
    let holds = |slot: &Slot| model.origin(slot.origin).layer == Layer::Default && slot.value == first.value;
    let is_told = match first.value {
        Value::Bool(value) => value,
        Value::Int(_) | Value::Quantity(..) | Value::Text(_) | Value::Date(_) | Value::Enum(..) => true,
        Value::Absent
        | Value::Poisoned
        | Value::Permission(_)
        | Value::Entity(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Record(..)
        | Value::Variant(..) => false,
    };
    (is_told && holds(&first) && slots.all(|slot| holds(&slot))).then_some(first.value)
}

/// What a formula comes to, in the one stage there is.
fn result(view: &View<'_>, item: &ast::Item) -> Option<Hint> {
    use SyntaxKind::*;
    let value = item.value()?;
    let is_formula = matches!(
        value.syntax().kind(),
        SUM_EXPR | PRODUCT_EXPR | NEGATIVE_EXPR | IF_EXPR | CALL_EXPR | OTHERWISE_EXPR | MEMBER_EXPR
    );
    let model = view.model();
    let [world] = model.worlds.as_slice() else { return None };
    let is_own = item.syntax().parent()?.parent()?.kind() == INSTANCE;
    let entity = view.declaration(item.syntax()).filter(|_| is_formula && is_own)?;
    let key = item.key()?;
    let name = key.text();
    match model.slot_named(world, entity, &name)?.value {
        Value::Absent | Value::Poisoned => None,
        found => Some(Hint { at: value.range().end().into(), text: format!("= {}", model.shown(&name, found)) }),
    }
}

/// A function and the number of the argument that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `double(n: Count) -> Count`
    pub label: String,
    pub parameters: Vec<String>,
    pub documentation: String,
    pub active: usize,
}

/// The call around a byte.
pub fn call(view: &View<'_>, offset: u32) -> Option<Call> {
    let before = view.root.token_at_offset(TextSize::new(offset).min(view.root.text_range().end())).left_biased()?;
    let node = before.parent_ancestors().find(|node| node.kind() == SyntaxKind::CALL_EXPR)?;
    let tokens = || node.children_with_tokens().filter_map(|element| element.into_token());
    let open = tokens().find(|token| token.kind() == SyntaxKind::LEFT_PAREN)?;
    let is_inside = u32::from(open.text_range().end()) <= offset;
    let is_behind =
        tokens().any(|token| token.kind() == SyntaxKind::RIGHT_PAREN && u32::from(token.text_range().end()) <= offset);
    if !is_inside || is_behind {
        return None;
    }
    let commas = tokens().filter(|token| token.kind() == SyntaxKind::COMMA);
    let active = commas.filter(|token| u32::from(token.text_range().end()) <= offset).count();
    let name = ast::CallExpr::cast(node.clone())?.function()?;
    let model = view.model();
    if let Some(Symbol::Global(Global::Function(id), _)) = view.symbol(name.token()) {
        let function = &model.globals.functions[id];
        let parameter = |(name, ty): &(nbc_model::names::Name, nbc_model::kinds::Type)| {
            format!("{}: {}", model.text(*name), model.type_text(ty))
        };
        let parameters = function.parameters.iter().map(parameter).collect();
        return Some(Call { label: signature(model, id), parameters, documentation: String::new(), active });
    }
    let builtin = nbc_model::expression::builtins::Builtin::named(name.text())?;
    let label = builtin.usage().to_owned();
    let inside = label.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    let parameters = inside.split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Some(Call { parameters, label, documentation: String::new(), active })
}
