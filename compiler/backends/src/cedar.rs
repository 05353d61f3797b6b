//! The schema, entities and policies that the decisions were made from, for any other program that decides with Cedar.
//!
//! The judge made the texts; nothing here knows Cedar.

use nbc_platform::Platform;

use crate::artifact::Emitted;
use crate::backend::{Backend, Options};
use crate::writer::Writer;

pub struct Cedar;

impl Backend for Cedar {
    fn name(&self) -> &'static str {
        "cedar"
    }

    fn versions(&self) -> &'static [&'static str] {
        &["4"]
    }

    fn emit(&self, platform: &Platform<'_>, options: &Options<'_>) -> Emitted {
        let mut writer = Writer::new(platform.model(), options.sources, options.annotate);
        let texts = platform.cedar();
        let files = [
            ("schema.cedarschema", &texts.schema),
            ("entities.json", &texts.entities),
            ("policies.cedar", &texts.policies),
        ];
        for (name, text) in files {
            writer.text(format!("cedar/{name}"), text.clone(), Vec::new());
        }
        writer.finish()
    }
}
