//! Everything that is emitted leads back to what it was made from: each leaf has an origin, and another text at the one
//! origin of a leaf makes another leaf.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use nbc_driver::{Compiled, compile, emit, pipeline};
use nbc_model::value::Layer;
use nbc_source::{FileKind, Span};
use nbc_tests::generate::{File, Workspace};

use super::{analysed, as_of, random, seeds};

/// A leaf of an emitted document: file, and JSON pointer, with the document's number in a file of several.
type Place = (String, String);

/// What a workspace becomes.
struct Emitted {
    /// By stage and file, then by pointer.
    leaves: BTreeMap<Place, Value>,
    origins: BTreeMap<Place, Vec<Origin>>,
}

/// A piece of a source text that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    file: String,
    start: usize,
    end: usize,
    is_default: bool,
}

/// `None` where the workspace has errors.
fn emitted(workspace: &Workspace) -> Option<Emitted> {
    let mut analysis = analysed(workspace);
    let compiled = compile(&mut analysis, None, &as_of);
    let emission = emit(&compiled, &[], false);
    let mut all = Emitted { leaves: BTreeMap::new(), origins: BTreeMap::new() };
    if compiled.findings.has_errors() || emission.findings.has_errors() {
        return None;
    }
    for output in &emission.outputs {
        for artifact in &output.artifacts {
            let file = format!("{}/{}", output.stage.as_deref().unwrap_or("."), artifact.path);
            let text = pipeline::text(artifact);
            let documents: Vec<Value> = match file.rsplit('.').next() {
                Some("json") => vec![serde_json::from_str(text).unwrap()],
                Some("yaml") => {
                    text.split("\n---\n").map(|document| serde_saphyr::from_str(document).unwrap()).collect()
                }
                _ => continue,
            };
            let several = documents.len() > 1;
            for (at, document) in documents.iter().enumerate() {
                let prefix = if several { format!("/{at}") } else { String::new() };
                leaves(document, &prefix, &file, &mut all.leaves);
            }
            for sourced in &artifact.origins {
                let from = sourced.from.iter().map(|id| {
                    let origin = compiled.model.origin(*id);
                    origin_of(&compiled, origin.span, origin.layer)
                });
                all.origins.insert((file.clone(), sourced.pointer.clone()), from.collect());
            }
        }
    }
    Some(all)
}

fn origin_of(compiled: &Compiled<'_>, span: Span, layer: Layer) -> Origin {
    let source = compiled.sources.get(span.file).unwrap();
    let is_default = layer == Layer::Default || source.path.starts_with("std/") || source.kind != FileKind::Nbc;
    Origin { file: source.path.clone(), start: span.start as usize, end: span.end as usize, is_default }
}

fn leaves(value: &Value, at: &str, file: &str, out: &mut BTreeMap<Place, Value>) {
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{}", escape(key)), file, out));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(nth, value)| leaves(value, &format!("{at}/{nth}"), file, out));
        }
        leaf => {
            out.insert((file.to_owned(), at.to_owned()), leaf.clone());
        }
    }
}

impl Emitted {
    /// The origins of the innermost piece that a leaf lies in.
    fn nearest(&self, (file, pointer): &Place) -> Option<(&str, &[Origin])> {
        let mut at = pointer.as_str();
        loop {
            if let Some(((_, at), from)) = self.origins.get_key_value(&(file.clone(), at.to_owned())) {
                return Some((at, from));
            }
            at = at.rsplit_once('/')?.0;
        }
    }
}

#[test]
fn every_emitted_leaf_has_an_origin() {
    let mut count = 0;
    for seed in seeds(20) {
        let workspace = random(seed);
        let Some(emitted) = emitted(&workspace) else { continue };
        for place in emitted.leaves.keys() {
            assert!(emitted.nearest(place).is_some(), "seed {seed}: nothing tells where {place:?} comes from");
        }
        count += emitted.leaves.len();
    }
    assert!(count > 20 * 100, "only {count} leaves were looked at");
}

/// Another value in the place of one that is written: what a person might have written instead.
fn other(text: &str) -> Option<String> {
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return (!inner.contains(['{', '"', '\\'])).then(|| match inner.split_once('@') {
            Some((name, host)) => format!("\"{name}x@{host}\""),
            None => format!("\"{inner}x\""),
        });
    }
    match text {
        "true" => return Some("false".to_owned()),
        "false" => return Some("true".to_owned()),
        _ if letters(text) => return None,
        _ => {}
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let is_plain = !number.is_empty() && unit.chars().all(|c| c.is_ascii_alphabetic());
    is_plain.then(|| number.parse::<u64>().ok()).flatten().map(|number| format!("{}{unit}", number + 1))
}

/// The workspace with another text at a place, or nothing where no other can be made up.
fn with_other(workspace: &Workspace, origin: &Origin) -> Option<Workspace> {
    let file = workspace.files.iter().find(|file| file.path == origin.file)?;
    let text = file.text();
    let changed = other(text.get(origin.start..origin.end)?)?;
    let text = format!("{}{changed}{}", text.get(..origin.start)?, text.get(origin.end..)?);
    let files = workspace.files.iter().map(|file| match file.path == origin.file {
        true => File::new(file.path.clone(), vec![text.clone()]),
        false => file.clone(),
    });
    Some(Workspace { files: files.collect() })
}

/// Of the leaves that have one origin of their own, each is another as soon as the text there is another; and what
/// changes with a text has that text among its origins.
#[test]
fn another_text_at_an_origin_makes_another_leaf() {
    let (mut changed, mut texts) = (0, 0);
    let (mut coarse, mut unmoved): (BTreeSet<String>, BTreeSet<String>) = Default::default();
    for seed in seeds(4) {
        let workspace = random(seed);
        let Some(before) = emitted(&workspace) else { continue };
        let origins: BTreeSet<&Origin> = before.origins.values().flatten().filter(|from| !from.is_default).collect();
        for origin in origins {
            let Some(after) = with_other(&workspace, origin).and_then(|other| emitted(&other)) else { continue };
            texts += 1;
            for (place, leaf) in &before.leaves {
                let Some(now) = after.leaves.get(place) else { continue };
                let Some((at, from)) = before.nearest(place) else { continue };
                let is_own = at == place.1 && from == std::slice::from_ref(origin);
                let told = || format!("{} {} by {}", place.0, place.1, said(&workspace, origin));
                changed += usize::from(is_own);
                if is_own && now == leaf {
                    unmoved.insert(told());
                }
                // What a default computes leads to the formula, and the hub's copy of a file to that file's own map.
                let is_indirect =
                    from.iter().any(|from| from.is_default) || place.1.ends_with("/nbc-profiles/stringData");
                if now != leaf && !from.contains(origin) && !is_indirect {
                    coarse.insert(told());
                }
            }
        }
    }
    assert!(
        unmoved.is_empty(),
        "these leaves have this one origin, and are the same with another text there:\n{unmoved:#?}\n{coarse:#?}"
    );
    assert!(coarse.is_empty(), "these leaves change with a text that is not among their origins:\n{coarse:#?}");
    assert!(changed >= texts / 4 && texts > 20, "only {changed} leaves of {texts} texts were looked at");
}

/// The line that an origin stands in.
fn said(workspace: &Workspace, origin: &Origin) -> String {
    let file = workspace.files.iter().find(|file| file.path == origin.file);
    let text = file.map(File::text).unwrap_or_default();
    text.get(origin.start..origin.end).unwrap_or_default().to_owned()
}
