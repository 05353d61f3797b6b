//! Templates of user kinds: `emit kubernetes from "templates/mlflow.yaml.j2"`.
//!
//! minijinja, made strict: an unknown name is an error, every value is written as JSON (so no text can break out of its
//! place), there is no `safe`, and a template has only so much work to do. What comes out is judged like everything else
//! that nbc writes; an error points at the line of the template and at the declaration.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value as Jinja, value::Serde};
use serde_json::{Map, Value};

use nbc_model::Model;
use nbc_model::kinds::{Emit, Field};
use nbc_model::value::{Dimension, OriginId, Value as Declared};
use nbc_model::world::{EntityId, World};
use nbc_source::{Diagnostic, FileId, Sources, Span};

use crate::codes;
use crate::manifest;
use crate::site::Site;
use crate::validate::SchemaSet;
use crate::writer::{Document, Writer};

/// Steps that one template may take: far more than any manifest needs, and too few to hang.
const FUEL: u64 = 1_000_000;

/// Everything that templates add for one target.
pub(crate) fn emit(site: &Site<'_, '_>, target: &str, schema: &SchemaSet, writer: &mut Writer<'_>) {
    let model = site.model();
    let world = site.platform.world();
    for (kind_id, kind) in model.kinds.kinds.iter() {
        let emits = kind.emits.iter().filter(|emit| model.text(emit.target) == target);
        for (at, emit) in emits.enumerate() {
            let sources = site.draft().sources;
            let found = file(sources, emit).and_then(|file| Some((file, &*sources.get(file)?.text)));
            let Some((file, text)) = found else {
                let message = format!("there is no template `{}`", emit.template);
                writer.diagnostic(Diagnostic::new(&codes::TEMPLATE_FAILED, emit.span, message));
                continue;
            };
            for entity in world.of_kind(kind_id) {
                let template = Template { site, file, text, name: &emit.template };
                let Some(printed) = template.fill(*entity, writer) else { continue };
                let number = if at == 0 { String::new() } else { format!("-{}", at + 1) };
                let name = format!("{}-{}{number}", model.text(kind.name), model.handle(*entity));
                let path = format!("{target}/custom/{name}.yaml");
                let span = model.entities[*entity].span;
                let origin = any_origin(model, world, *entity);
                write(&printed, &path, schema, (Span::new(file, 0..0), span), origin, writer);
            }
        }
    }
}

/// The file beside the one that names it, else below the root of the workspace.
pub fn file(sources: &Sources, emit: &Emit) -> Option<FileId> {
    let folder = sources.path(emit.span.file).rsplit_once('/').map(|(folder, _)| folder);
    let beside = folder.and_then(|folder| sources.find(&format!("{folder}/{}", emit.template)));
    beside.or_else(|| sources.find(&emit.template))
}

struct Template<'s, 'a, 'm> {
    site: &'s Site<'a, 'm>,
    file: FileId,
    text: &'m str,
    name: &'s str,
}

impl Template<'_, '_, '_> {
    /// The text for one entity, or a finding at the line that failed.
    fn fill(&self, entity: EntityId, writer: &mut Writer<'_>) -> Option<String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Json);
        environment.remove_filter("safe");
        environment.set_fuel(Some(FUEL));
        let model = self.site.model();
        let fields = Jinja::from(Serde(fields(model, self.site.platform.world(), entity)));
        let result = environment.render_named_str(self.name, self.text, fields);
        result.map_err(|error| writer.diagnostic(self.failed(entity, &error))).ok()
    }

    fn failed(&self, entity: EntityId, error: &minijinja::Error) -> Diagnostic {
        let model = self.site.model();
        let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let message = format!("the template `{}` fails for `{}`: {why}", self.name, model.path(entity));
        Diagnostic::new(&codes::TEMPLATE_FAILED, self.line(error.line()), message)
            .related(model.entities[entity].span, format!("`{}` is written by this template", model.path(entity)))
    }

    /// The span of a line of the template.
    fn line(&self, line: Option<usize>) -> Span {
        let line = line.unwrap_or(1).max(1);
        let start: usize = self.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let length = self.text.split('\n').nth(line - 1).map_or(0, str::len);
        Span::new(self.file, start as u32..(start + length) as u32)
    }
}

/// The fields of an entity by their names, `_` for `-`, with `handle` and `kind`.
fn fields(model: &Model, world: &World, entity: EntityId) -> Map<String, Value> {
    let row = &model.entities[entity];
    let kind = &model.kinds.kinds[row.kind];
    let slots = world.fields(entity).map_or(&[][..], |fields| model.slots(fields));
    let mut fields = named(model, kind.fields.iter().map(|(_, field)| field), slots.iter().map(|slot| slot.value));
    fields.insert("handle".to_owned(), Value::String(model.handle(entity).to_owned()));
    fields.insert("kind".to_owned(), Value::String(model.text(kind.name).to_owned()));
    fields
}

fn named<'a>(
    model: &Model,
    fields: impl Iterator<Item = &'a Field>,
    values: impl Iterator<Item = Declared>,
) -> Map<String, Value> {
    let name = |field: &Field| model.text(field.name).replace('-', "_");
    fields.zip(values).map(|(field, value)| (name(field), plain(model, value))).collect()
}

/// A value as templates see it: quantities in the spelling of Kubernetes, references as handles, absent as none.
fn plain(model: &Model, value: Declared) -> Value {
    match value {
        Declared::Absent | Declared::Poisoned => Value::Null,
        Declared::Bool(value) => Value::Bool(value),
        Declared::Int(value) => Value::from(value),
        Declared::Quantity(Dimension::Duration, amount) => Value::from(amount / 1_000), // seconds
        Declared::Quantity(..) | Declared::Date(_) | Declared::Enum(..) | Declared::Permission(_) => {
            Value::String(model.display(value))
        }
        Declared::Text(name) => Value::String(model.text(name).to_owned()),
        Declared::Entity(entity) => Value::String(model.handle(entity).to_owned()),
        Declared::List(list) => model.elements(list).iter().map(|element| plain(model, element.value)).collect(),
        Declared::Map(map) => {
            let entries = model.store.entries(map).iter();
            Value::Object(entries.map(|entry| (model.key_text(entry.key), plain(model, entry.value))).collect())
        }
        Declared::Record(of, fields) => {
            let record = model.kinds.records[of].fields.iter().map(|(_, field)| field);
            Value::Object(named(model, record, model.slots(fields).iter().map(|slot| slot.value)))
        }
        Declared::Variant(of, case, fields) => {
            let Some(case) = model.kinds.variants[of].cases.get(usize::from(case)) else { return Value::Null };
            let row = case.fields.iter().map(|(_, field)| field);
            let mut map = named(model, row, model.slots(fields).iter().map(|slot| slot.value));
            map.insert("case".to_owned(), Value::String(model.text(case.name).to_owned()));
            Value::Object(map)
        }
    }
}

fn any_origin(model: &Model, world: &World, entity: EntityId) -> Option<OriginId> {
    let slots = world.fields(entity).map_or(&[][..], |fields| model.slots(fields));
    let span = model.entities[entity].span;
    slots.iter().map(|slot| slot.origin).find(|origin| model.origin(*origin).span.file == span.file)
}

/// Judges what a template made, and writes it in the one layout. An error points at the template and at the declaration
/// that it was filled in for.
fn write(
    text: &str,
    path: &str,
    schema: &SchemaSet,
    (template, declared): (Span, Span),
    origin: Option<OriginId>,
    writer: &mut Writer<'_>,
) {
    let mut refuse = |message: String| {
        let diagnostic = Diagnostic::new(&codes::TEMPLATE_OUTPUT, template, message);
        writer.diagnostic(diagnostic.related(declared, "what it was made for"));
    };
    let manifests = match manifest::read(text) {
        Ok(manifests) => manifests,
        Err(wrong) => return refuse(wrong.message),
    };
    let mut documents = Vec::new();
    for manifest in manifests {
        if let Some(instead) = manifest.reserved() {
            return refuse(format!("an object `{}` is not written by hand: {instead}", manifest.kind));
        }
        if let Some(wrong) = manifest.faults(schema, text).into_iter().next() {
            return refuse(wrong.message);
        }
        let origins = vec![(String::new(), origin.into_iter().collect())];
        documents.push(Document { kind: manifest.kind, value: manifest.value, origins });
    }
    writer.yaml(path, None, documents);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, value: Value) -> Result<String, String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Json);
        environment.remove_filter("safe");
        environment.set_fuel(Some(FUEL));
        environment.render_named_str("t", template, Jinja::from(Serde(value))).map_err(|error| error.to_string())
    }

    #[test]
    fn text_of_people_stays_in_its_place() {
        let value = serde_json::json!({"title": "x\nkind: Secret # \"'"});
        let text = fill("title: {{ title }}\n", value.clone()).unwrap();
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(read, value);
    }

    #[test]
    fn unknown_names_safe_and_endless_work_are_refused() {
        for template in ["{{ imgae }}", "{{ title | safe }}", "{% for a in range(99999999) %}{{ a }}{% endfor %}"] {
            assert!(fill(template, serde_json::json!({"title": "x"})).is_err(), "{template}");
        }
    }
}
