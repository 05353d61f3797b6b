//! What a word means, in Markdown: documentation, the value that holds, and where it comes from.

mod access;

use nbc_driver::Analysis;
use nbc_model::Model;
use nbc_model::expression::scope::Home;
use nbc_model::kinds::{FieldId, KindId, Type};
use nbc_model::value::{Layer, OriginId, Slot, Value};
use nbc_model::world::{EntityId, World};
use nbc_source::markdown::escape;
use nbc_source::{FileId, Span};
use nbc_syntax::SyntaxToken;

use super::place::{View, people_name};
use super::symbol::{Global, Symbol};
use super::{policies, settings};
use crate::snapshot::Judged;

/// So many names are listed before the rest is counted.
const MOST: usize = 10;

/// What is shown, and of which piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    pub markdown: String,
    pub span: Span,
}

/// What stands at a byte of any file of a workspace.
pub fn shown(analysis: &Analysis, judged: Option<&Judged>, file: FileId, offset: u32) -> Option<Hover> {
    let number = policies::quantity(analysis, file, offset).map(|(text, span)| (format!("`{text}`"), span));
    if let Some((markdown, span)) = number.or_else(|| settings::hover(analysis, file, offset)) {
        return Some(Hover { markdown, span });
    }
    let (view, at) = policies::target(analysis, file, offset)?;
    let found = hover(&view, judged, at)?;
    let here = policies::named(analysis, file, offset).map(|(_, here)| here);
    Some(Hover { span: here.unwrap_or(found.span), ..found })
}

/// What stands at a byte of an `.nbc` file.
pub fn hover(view: &View<'_>, judged: Option<&Judged>, offset: u32) -> Option<Hover> {
    let token = view.token(offset)?;
    let symbol = view.symbol(&token)?;
    let words = Words { view, model: view.model(), judged };
    let markdown = words.symbol(symbol, &token)?;
    Some(Hover { markdown, span: view.span(token.text_range()) })
}

struct Words<'w, 'a> {
    view: &'w View<'a>,
    model: &'a Model,
    judged: Option<&'w Judged>,
}

impl Words<'_, '_> {
    fn symbol(&self, symbol: Symbol, token: &SyntaxToken) -> Option<String> {
        let model = self.model;
        let kinds = &model.kinds;
        Some(match symbol {
            Symbol::Entity(entity) => self.entity(entity),
            Symbol::Kind(id) => page(&format!("kind {}", model.text(kinds.kinds[id].name)), &kinds.kinds[id].doc),
            Symbol::Field(home, id) => self.field(home, id, token)?,
            Symbol::Enum(id) => {
                let values = &kinds.enums[id].values;
                let lines = values.iter().map(|value| format!("- `{}` {}", model.text(value.name), value.title));
                let list = lines.collect::<Vec<_>>().join("\n");
                page(
                    &format!("enum {}", model.text(kinds.enums[id].name)),
                    &format!("{}\n\n{list}", kinds.enums[id].doc),
                )
            }
            Symbol::EnumValue(of, at) => {
                let value = kinds.enums[of].values.get(usize::from(at))?;
                page(&format!("{}.{}", model.text(kinds.enums[of].name), model.text(value.name)), &value.title)
            }
            Symbol::Record(id) => {
                page(&format!("record {}", model.text(kinds.records[id].name)), &kinds.records[id].doc)
            }
            Symbol::Variant(id) => {
                page(&format!("variant {}", model.text(kinds.variants[id].name)), &kinds.variants[id].doc)
            }
            Symbol::Case(of, at) => {
                let case = kinds.variants[of].cases.get(usize::from(at))?;
                let fields: Vec<&str> = case.fields.iter().map(|(_, field)| model.text(field.name)).collect();
                let doc = if fields.is_empty() { String::new() } else { format!("With `{}`.", fields.join("`, `")) };
                page(&format!("{} of {}", model.text(case.name), model.text(kinds.variants[of].name)), &doc)
            }
            Symbol::Type(id) => {
                let ty = &kinds.types[id];
                page(&format!("type {} = {}", model.text(ty.name), model.type_text(&ty.base)), &ty.doc)
            }
            Symbol::Action(id) => {
                let action = &kinds.actions[id];
                let of = model.text(kinds.kinds[action.kind].name);
                page(&format!("action {} of {of}", model.text(action.name)), &action.title)
            }
            Symbol::Stage(id) => page(&format!("stage {}", model.text(model.stages[id].name)), ""),
            Symbol::Global(global, _) => self.global(global)?,
            Symbol::Local(_) => {
                let (_, ty) = self.view.variable(token.text(), &token.parent()?)?;
                page(&format!("{}: {}", token.text(), model.type_text(&ty?)), "")
            }
        })
    }

    fn global(&self, global: Global) -> Option<String> {
        let model = self.model;
        Some(match global {
            Global::Let(id) => {
                let found = &model.globals.lets[id];
                page(&format!("let {}: {}", model.text(found.name), model.type_text(&found.ty)), "")
            }
            Global::Function(id) => page(&signature(model, id), ""),
            Global::Rule(at) => {
                let rule = model.rules.get(at)?;
                let from = rule.pack.map(|pack| format!("\n\nFrom the pack `{}`.", model.text(pack)));
                page(
                    &format!("rule {}", model.text(rule.name)),
                    &format!("{}{}", rule.sentence, from.unwrap_or_default()),
                )
            }
        })
    }

    fn field(&self, home: Home, id: FieldId, token: &SyntaxToken) -> Option<String> {
        let model = self.model;
        let field = self.view.field_of(home, id)?;
        let mark = if field.optional { "?" } else { "" };
        let title = format!("{}{mark}: {}", model.text(field.name), model.type_text(&field.ty));
        let mut text = page(&title, &field.doc);
        if let Some(default) = model.default_text(self.view.analysis.sources(), field) {
            text += &format!("\n\nDefault: `{default}`");
        }
        if let Home::Kind(kind) = home
            && let Some(entity) = self.subject(token, kind)
        {
            text += &self.values(entity, id);
        }
        Some(text)
    }

    /// The declaration whose field it is: the one around the token, or the one that the path before it names.
    fn subject(&self, token: &SyntaxToken, kind: KindId) -> Option<EntityId> {
        let node = token.parent()?;
        let path = nbc_syntax::ast::AstNode::cast(node.clone()).map(|path: nbc_syntax::ast::Path| path.segments());
        let entity = match path {
            Some(mut segments) => {
                let of = self.model.kind(&segments.next()?.text())?;
                self.view.entity(of, &segments.next()?.text(), &node)?
            }
            None => self.view.declaration(&node)?,
        };
        if self.model.entities[entity].kind == kind {
            return Some(entity);
        }
        // A block of its own: `quota { … }`.
        let owned = self.model.entities.iter().filter(|(_, row)| row.kind == kind);
        owned.filter(|(_, row)| row.owner.is_some_and(|(owner, _)| owner == entity)).map(|(id, _)| id).next()
    }

    /// The value that holds, in each stage where they differ, and who says so.
    fn values(&self, entity: EntityId, field: FieldId) -> String {
        let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
        let name = self.model.text(self.model.kinds.kinds[self.model.entities[entity].kind].fields[field].name);
        for world in &self.model.worlds {
            let Some(slot) = self.model.slot(world, entity, field) else { continue };
            if matches!(slot.value, Value::Poisoned) {
                continue;
            }
            let line = format!("`{}` — {}", self.short(name, slot.value), self.origin(slot.origin));
            let stage = world.stage.map_or("", |stage| self.model.text(self.model.stages[stage].name));
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, stages)) => stages.push(stage),
                None => lines.push((line, vec![stage])),
            }
        }
        match lines.as_slice() {
            [] => String::new(),
            [(line, _)] => format!("\n\nHere: {line}"),
            several => {
                let lines = several.iter().map(|(line, stages)| format!("- in {}: {line}", stages.join(", ")));
                format!("\n\n{}", lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// The value of a field on one line, long lists cut and secrets masked.
    fn short(&self, name: &str, value: Value) -> String {
        match value {
            Value::List(list) if list.len() > MOST => {
                let first = self.model.elements(list).iter().take(MOST);
                let first = first.map(|element| self.model.shown(name, element.value));
                format!("[{}, … {} in all]", first.collect::<Vec<_>>().join(", "), list.len())
            }
            other => self.model.shown(name, other),
        }
    }

    fn origin(&self, origin: OriginId) -> String {
        let origin = self.model.origin(origin);
        let by = match origin.layer {
            Layer::Default => return "the default".to_owned(),
            Layer::Inherited => "inherited, ".to_owned(),
            Layer::Declaration => String::new(),
            Layer::Stage(stage) => format!("stage {}, ", self.model.text(self.model.stages[stage].name)),
            Layer::Test => "a test, ".to_owned(),
        };
        format!("{by}{}", self.view.analysis.sources().line_place(origin.span))
    }

    fn entity(&self, entity: EntityId) -> String {
        let model = self.model;
        let row = &model.entities[entity];
        let kind = model.text(model.kinds.kinds[row.kind].name);
        let name = people_name(model, entity).map(|name| format!("**{}**\n\n", escape(&name))).unwrap_or_default();
        let mut text = page(&format!("{kind} {}", model.handle(entity)), &format!("{name}{}", row.doc));
        let Some(world) = model.worlds.iter().find(|world| world.has(entity)) else { return text };
        let facts = match kind {
            "group" => self.group(world, entity),
            "user" => self.user(world, entity),
            _ => self.facts(world, entity),
        };
        let judged = self.judged.map(|judged| access::facts(model, judged, entity)).unwrap_or_default();
        for fact in facts.into_iter().chain(judged) {
            text += &format!("\n\n{fact}");
        }
        let place = self.view.analysis.sources().line_place(row.span);
        text + &format!("\n\n{place}")
    }

    fn group(&self, world: &World, group: EntityId) -> Vec<String> {
        let members = world.membership.of(group);
        let mut facts =
            vec![format!("Members: {}", people(self.model, members.iter().map(|member| member.user), members.len()))];
        if let Some(Value::List(owners)) = self.model.slot_named(world, group, "owners").map(|slot| slot.value)
            && !owners.is_empty()
        {
            let named = self.model.elements(owners).iter().filter_map(|element| match element.value {
                Value::Entity(user) => Some(user),
                _ => None,
            });
            facts.push(format!("Owners: {}", people(self.model, named, owners.len())));
        }
        facts.extend(["profiles", "environments", "until"].iter().filter_map(|field| self.fact(world, group, field)));
        facts
    }

    fn user(&self, world: &World, user: EntityId) -> Vec<String> {
        let here = |group: &&nbc_model::world::GroupMembers| group.members.iter().any(|member| member.user == user);
        let groups: Vec<&str> =
            world.membership.groups().iter().filter(here).map(|group| self.model.handle(group.group)).collect();
        let shown = if groups.is_empty() { "none".to_owned() } else { format!("`{}`", groups.join("`, `")) };
        let mut facts = vec![format!("Groups: {shown}")];
        facts.extend(["email", "affiliation", "until"].iter().filter_map(|field| self.fact(world, user, field)));
        facts
    }

    /// What somebody said of it, a few values.
    fn facts(&self, world: &World, entity: EntityId) -> Vec<String> {
        let kind = &self.model.kinds.kinds[self.model.entities[entity].kind];
        let said = kind.fields.iter().filter(|(id, field)| {
            let slot = self.model.slot(world, entity, *id);
            let is_said = |slot: Slot| slot.value.is_set() && self.model.origin(slot.origin).layer != Layer::Default;
            !field.every && slot.is_some_and(is_said)
        });
        said.take(MOST).filter_map(|(_, field)| self.fact(world, entity, self.model.text(field.name))).collect()
    }

    fn fact(&self, world: &World, entity: EntityId, field: &str) -> Option<String> {
        let slot = self.model.slot_named(world, entity, field)?;
        slot.value.is_set().then(|| format!("{field}: `{}`", self.short(field, slot.value)))
    }
}

/// How many people, and the first of them by name.
fn people(model: &Model, users: impl Iterator<Item = EntityId>, count: usize) -> String {
    let named = |user: EntityId| people_name(model, user).unwrap_or_else(|| model.handle(user).to_owned());
    let names: Vec<String> = users.take(MOST).map(|user| escape(&named(user))).collect();
    let more = if count > names.len() { format!(" and {} more", count - names.len()) } else { String::new() };
    match count {
        0 => "nobody".to_owned(),
        1 => names.concat(),
        _ => format!("{count} people: {}{more}", names.join(", ")),
    }
}

/// A function as it is declared.
pub fn signature(model: &Model, id: nbc_model::expression::FunctionId) -> String {
    let function = &model.globals.functions[id];
    let parameter =
        |(name, ty): &(nbc_model::names::Name, Type)| format!("{}: {}", model.text(*name), model.type_text(ty));
    let parameters: Vec<String> = function.parameters.iter().map(parameter).collect();
    format!("fn {}({}) -> {}", model.text(function.name), parameters.join(", "), model.type_text(&function.result))
}

fn page(title: &str, doc: &str) -> String {
    let doc = if doc.trim().is_empty() { String::new() } else { format!("\n\n{}", doc.trim()) };
    format!("```nbc\n{title}\n```{doc}")
}
