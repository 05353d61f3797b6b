//! The schema, entities and policies that the decisions were made from, for any other program that decides with Cedar.
//!
//! The judge made the texts; nothing here knows Cedar.

use std::collections::BTreeMap;

use serde_json::Value;

use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::Platform;

use crate::artifact::Emitted;
use crate::backend::{Backend, Options};
use crate::lines::escape;
use crate::site::Site;
use crate::writer::{Document, Origins, Writer};

pub struct Cedar;

impl Backend for Cedar {
    fn name(&self) -> &'static str {
        "cedar"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["4"]
    }

    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted {
        let mut writer = Writer::new(self, platform.model(), options);
        let site = Site::new(platform);
        let texts = platform.cedar();
        let declared: Vec<OriginId> =
            site.settings().map(|settings| site.declared(settings.id.entity)).into_iter().collect();
        // The judge makes them only where this target is configured.
        for (name, text) in [("schema.cedarschema", &texts.schema), ("policies.cedar", &texts.policies)] {
            if !text.is_empty() {
                writer.text(format!("cedar/{name}"), text.clone(), vec![(1, declared.clone())]);
            }
        }
        if let Ok(value) = serde_json::from_str(&texts.entities) {
            let origins = origins(&site, &value);
            let document = Document { kind: "entities".to_owned(), value, origins };
            writer.json("cedar/entities.json", None, document.of(declared));
        }
        writer.finish()
    }
}

/// An entity comes from its declaration, and an attribute from the field that it is.
fn origins(site: &Site<'_, '_>, entities: &Value) -> Origins {
    let model = site.model();
    let world = site.draft().world;
    let mut named: BTreeMap<(String, &str), EntityId> = BTreeMap::new();
    for (kind, row) in model.kinds.kinds.iter() {
        let name = model.text(row.name).replace('-', "");
        let own = world.of_kind(kind).iter().filter(|entity| model.entities[**entity].owner.is_none());
        named.extend(own.map(|entity| ((name.clone(), model.handle(*entity)), *entity)));
    }
    let mut origins = Origins::new();
    for (at, row) in entities.as_array().into_iter().flatten().enumerate() {
        let word = |key: &str| row.pointer(&format!("/uid/{key}")).and_then(Value::as_str).unwrap_or_default();
        let Some(entity) = named.get(&(word("type").to_ascii_lowercase(), word("id"))) else { continue };
        origins.push((format!("/{at}"), vec![site.declared(*entity)]));
        for attribute in
            row.get("attrs").and_then(Value::as_object).into_iter().flat_map(|attributes| attributes.keys())
        {
            if let Some(slot) = model.slot_named(world, *entity, &attribute.replace('_', "-")) {
                origins.push((format!("/{at}/attrs/{}", escape(attribute)), vec![slot.origin]));
            }
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::Cedar;
    use crate::testing::{LAB, emitted, text};

    #[test]
    fn the_texts_of_the_judge_are_written_as_they_are() {
        let emitted = emitted(&Cedar, LAB);
        assert!(text(&emitted, "cedar/policies.cedar").contains("no-guest-gpu"));
        assert!(text(&emitted, "cedar/schema.cedarschema").contains("entity User"));
        serde_json::from_str::<serde_json::Value>(text(&emitted, "cedar/entities.json")).unwrap();
    }
}
