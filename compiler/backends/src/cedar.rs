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
        let mut writer = Writer::new(self, platform.model(), options);
        let texts = platform.cedar();
        let files = [
            ("schema.cedarschema", &texts.schema),
            ("entities.json", &texts.entities),
            ("policies.cedar", &texts.policies),
        ];
        // The judge makes them only where this target is configured.
        for (name, text) in files.into_iter().filter(|(_, text)| !text.is_empty()) {
            writer.text(format!("cedar/{name}"), text.clone(), Vec::new());
        }
        writer.finish()
    }
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
