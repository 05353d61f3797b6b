//! Collects what a backend makes: prints it, judges it by its schema, and finds the line of every origin.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use nbc_model::Model;
use nbc_model::value::OriginId;
use nbc_platform::values::Entry;
use nbc_source::{Diagnostic, Sources};

use crate::artifact::{Artifact, Content, Emitted, Fault, NotExpressed, Sourced};
use crate::backend::{Backend, Options};
use crate::codes;
use crate::lines::{self, Layout};
use crate::print;
use crate::validate::SchemaSet;

/// One document on its way out: a typed object as a tree, and where its parts came from.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The name of its schema: `v1/ResourceQuota`, `realm`.
    pub(crate) kind: String,
    pub(crate) value: Value,
    pub(crate) origins: Origins,
}

impl Document {
    /// `typed` is a struct of the target; one that does not serialise is a mistake of nbc and becomes `null`, which no
    /// schema accepts.
    pub(crate) fn new(kind: impl Into<String>, typed: &impl Serialize) -> Document {
        let value = serde_json::to_value(typed).unwrap_or(Value::Null);
        Document { kind: kind.into(), value, origins: Vec::new() }
    }

    /// Where all of it comes from that has no origin of its own.
    pub(crate) fn of(self, origins: impl IntoIterator<Item = OriginId>) -> Document {
        self.from("", origins)
    }

    pub(crate) fn has_origin(&self, pointer: &str) -> bool {
        self.origins.iter().any(|(at, from)| at == pointer && !from.is_empty())
    }

    pub(crate) fn from(mut self, pointer: impl Into<String>, origins: impl IntoIterator<Item = OriginId>) -> Document {
        self.origins.push((pointer.into(), origins.into_iter().collect()));
        self
    }
}

/// JSON pointers, and the declarations behind what stands there.
pub(crate) type Origins = Vec<(String, Vec<OriginId>)>;

/// The origins of entries of a map, below one place.
pub(crate) fn entries<'e, V: 'e>(
    at: &'e str,
    entries: &'e [Entry<&'e str, V>],
) -> impl Iterator<Item = (String, Vec<OriginId>)> + 'e {
    entries.iter().map(move |entry| (format!("{at}/{}", lines::escape(entry.key)), vec![entry.origin]))
}

/// The origins of fields below one place; those without an origin are left out.
pub(crate) fn below<'f>(
    at: &'f str,
    fields: impl IntoIterator<Item = (&'f str, Option<OriginId>)> + 'f,
) -> impl Iterator<Item = (String, Vec<OriginId>)> + 'f {
    fields.into_iter().filter_map(move |(field, from)| Some((format!("{at}{field}"), vec![from?])))
}

/// Where the parts of a run's output come together.
pub(crate) struct Writer<'a> {
    model: &'a Model,
    sources: &'a Sources,
    annotate: bool,
    emitted: Emitted,
    /// Kind, namespace and name of what was written so far.
    objects: BTreeSet<[String; 3]>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(backend: &dyn Backend, model: &'a Model, options: &Options<'a>) -> Writer<'a> {
        let Options { sources, annotate, version } = *options;
        let mut writer = Writer { model, sources, annotate, emitted: Emitted::default(), objects: BTreeSet::new() };
        if let Some(version) = version.filter(|version| !backend.versions().contains(version)) {
            writer.diagnostic(unknown_version(backend, version));
        }
        writer
    }

    /// Writes a JSON file of one document.
    pub(crate) fn json(&mut self, path: impl Into<String>, schema: Option<&SchemaSet>, document: Document) {
        let path = path.into();
        self.judge(&path, "", schema, &document);
        match print::json(&document.value) {
            Ok(text) => {
                let (origins, last) = lines::locate(&document.value, Layout::Json, 1, "", document.origins);
                self.push(path, text, origins, last);
            }
            Err(message) => self.fault(path, message),
        }
    }

    /// Writes a YAML file of one or more documents; none makes no file.
    pub(crate) fn yaml(&mut self, path: impl Into<String>, schema: Option<&SchemaSet>, documents: Vec<Document>) {
        let path = path.into();
        if documents.is_empty() {
            return;
        }
        let several = documents.len() > 1;
        let (mut text, mut origins, mut line) = (String::new(), Vec::new(), 0);
        for (at, document) in documents.into_iter().enumerate() {
            let prefix = if several { format!("/{at}") } else { String::new() };
            self.judge(&path, &prefix, schema, &document);
            self.claim(&document);
            let printed = match print::yaml(&document.value) {
                Ok(printed) => printed,
                Err(message) => return self.fault(path, message),
            };
            if at > 0 {
                text.push_str("---\n");
                line += 1;
            }
            text.push_str(&printed);
            let (found, last) = lines::locate(&document.value, Layout::Yaml, line + 1, &prefix, document.origins);
            origins.extend(found);
            line = last;
        }
        if self.annotate && text.lines().count() == line as usize {
            text = print::annotate(&text, &origins, |sourced| self.places(sourced));
        }
        self.push(path, text, origins, line);
    }

    /// Writes a text of which `origins` says from which line on it came from where, in the order of lines.
    pub(crate) fn text(&mut self, path: impl Into<String>, text: String, origins: Vec<(u32, Vec<OriginId>)>) {
        let end = text.lines().count() as u32;
        let ends: Vec<u32> = origins.iter().skip(1).map(|(next, _)| next - 1).chain([end]).collect();
        let sourced = origins.into_iter().zip(ends).filter(|((_, from), _)| !from.is_empty());
        let origins =
            sourced.map(|((line, from), last)| Sourced { pointer: String::new(), line, last, from }).collect();
        self.emitted.artifacts.push(Artifact { path: path.into(), content: Content::Text(text), origins });
    }

    /// Takes the name of an object. Returns whether it was free.
    pub(crate) fn claim(&mut self, document: &Document) -> bool {
        let word =
            |pointer: &str| document.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        self.objects.insert([document.kind.clone(), word("/metadata/namespace"), word("/metadata/name")])
    }

    pub(crate) fn not_expressed(&mut self, what: impl Into<String>, origin: Option<OriginId>, why: impl Into<String>) {
        self.emitted.not_expressed.push(NotExpressed { what: what.into(), origin, why: why.into() });
    }

    /// Documents that were judged before they became one file.
    pub(crate) fn faults(&mut self, faults: Vec<Fault>) {
        self.emitted.faults.extend(faults);
    }

    pub(crate) fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.emitted.diagnostics.push(diagnostic);
    }

    /// Takes back a file that is larger than what carries it. Returns whether it was.
    pub(crate) fn drop_larger(&mut self, path: &str, limit: usize) -> bool {
        let before = self.emitted.artifacts.len();
        self.emitted.artifacts.retain(|artifact| {
            let Content::Text(text) = &artifact.content;
            artifact.path != path || text.len() <= limit
        });
        self.emitted.artifacts.len() < before
    }

    /// Puts everything in order.
    pub(crate) fn finish(mut self) -> Emitted {
        self.emitted.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        self.emitted.not_expressed.sort();
        self.emitted.not_expressed.dedup();
        self.emitted.diagnostics.settle();
        self.emitted
    }

    fn judge(&mut self, path: &str, prefix: &str, schema: Option<&SchemaSet>, document: &Document) {
        if let Some(schema) = schema {
            self.emitted.faults.extend(schema.check(path, prefix, &document.kind, &document.value));
        }
    }

    fn push(&mut self, path: String, text: String, mut origins: Vec<Sourced>, last: u32) {
        if text.lines().count() != last as usize {
            origins.iter_mut().for_each(|sourced| (sourced.line, sourced.last) = (0, 0));
        }
        self.emitted.artifacts.push(Artifact { path, content: Content::Text(text), origins });
    }

    fn fault(&mut self, path: String, message: String) {
        self.emitted.faults.push(Fault { path, pointer: String::new(), message });
    }

    fn places(&self, sourced: &Sourced) -> String {
        places(self.model, self.sources, &sourced.from).join(", ")
    }
}

fn unknown_version(backend: &dyn Backend, version: &str) -> Diagnostic {
    let name = backend.name();
    let message = format!("nbc has no schema for version {version} of {name}");
    Diagnostic::without_place(&codes::UNKNOWN_TARGET_VERSION, message)
        .help(format!("in nbc.toml, `[backends.{name}]` takes {}", backend.versions().join(", ")))
}

/// The lines (`teams/ml.nbc:10`) of origins, each once, in their order.
pub(crate) fn places(model: &Model, sources: &Sources, from: &[OriginId]) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for origin in from {
        let place = sources.line_place(model.origin(*origin).span);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}
