//! The side-car `nbc-map.json`: which line of which file came from which declaration. `nbc explain out/realm.json:120`
//! reads it, and so can any program.
//!
//! ```json
//! {"schema_version": 1, "targets": {"kubernetes": "1.36"},
//!  "files": {"kubernetes/lab/quota.yaml": [{"pointer": "/0/spec/hard/requests.cpu", "line": 9, "last": 9, "from": ["teams/lab.nbc:7"]}]}}
//! ```
//!
//! Of several pieces that a line lies in, the innermost says most.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use nbc_model::Model;
use nbc_source::Sources;

use crate::artifact::{Artifact, Sourced};
use crate::writer::places;

/// The name of the file, in the folder of the stage.
pub const FILE: &str = "nbc-map.json";

/// The map of all artifacts of one stage, one line for each entry. Artifacts are sorted by path.
pub fn text<'a>(
    model: &Model,
    sources: &Sources,
    targets: &BTreeMap<&str, &str>,
    artifacts: impl IntoIterator<Item = &'a Artifact>,
) -> String {
    let mut text = String::from("{\n  \"schema_version\": 1,\n  \"targets\": ");
    text.push_str(&json(targets));
    text.push_str(",\n  \"files\": {");
    let mut first = true;
    for artifact in artifacts.into_iter().filter(|artifact| !artifact.origins.is_empty()) {
        text.push_str(if first { "\n" } else { ",\n" });
        first = false;
        let _ = write!(text, "    {}: [", json(&artifact.path));
        for (at, Sourced { pointer, line, last, from }) in artifact.origins.iter().enumerate() {
            let from = places(model, sources, from);
            text.push_str(if at == 0 { "\n" } else { ",\n" });
            let (pointer, from) = (json(pointer), json(&from));
            let _ =
                write!(text, "      {{\"pointer\": {pointer}, \"line\": {line}, \"last\": {last}, \"from\": {from}}}");
        }
        text.push_str("\n    ]");
    }
    text.push_str(if first { "}\n}\n" } else { "\n  }\n}\n" });
    text
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Content;
    use nbc_model::index::Id as _;
    use nbc_model::value::{ExpansionId, Layer, Origin, OriginId};
    use nbc_source::{FileKind, SourceFile, Span};

    #[test]
    fn the_map_leads_from_a_line_to_a_declaration() {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("teams/lab.nbc", FileKind::Nbc, "group lab {\n  quota { cpu: 4 }\n}\n"));
        let mut model = Model::default();
        let span = Span::new(file, 21..22);
        let origin = model.origins.push(Origin { span, layer: Layer::Declaration, expansion: ExpansionId::new(0) });
        let sourced = |line| Sourced {
            pointer: "/spec/\"x".to_owned(),
            line,
            last: line + 1,
            from: vec![origin, OriginId::new(0)],
        };
        let artifact = Artifact {
            path: "kubernetes/lab/quota.yaml".to_owned(),
            content: Content::Text(String::new()),
            origins: vec![sourced(3), sourced(7)],
        };
        let text = text(&model, &sources, &BTreeMap::from([("kubernetes", "1.36")]), [&artifact]);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
        insta::assert_snapshot!(text, @r#"
        {
          "schema_version": 1,
          "targets": {"kubernetes":"1.36"},
          "files": {
            "kubernetes/lab/quota.yaml": [
              {"pointer": "/spec/\"x", "line": 3, "last": 4, "from": ["teams/lab.nbc:2"]},
              {"pointer": "/spec/\"x", "line": 7, "last": 8, "from": ["teams/lab.nbc:2"]}
            ]
          }
        }
        "#);
    }
}
