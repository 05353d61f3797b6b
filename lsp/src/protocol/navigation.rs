//! Hover, definition, references, symbols.

use nbc_driver::Analysis;
use serde_json::{Value, json};

use super::asked::{Asked, Shown};
use super::convert::symbol_kind;
use super::server::{Failure, Server};
use super::workspaces::Root;
use crate::features::outline::Entry;
use crate::features::place::View;
use crate::features::{self, navigation, policies};

pub(super) fn hover(asked: &Asked, _: &Value) -> Option<Value> {
    let judged = asked.judged.as_deref();
    let question = |analysis: &Analysis, file, offset| features::hover::shown(analysis, judged, file, offset);
    let (found, analysis) = asked.ask(question)?;
    let location = asked.location_in(analysis, found.span)?;
    let contents = json!({"kind": "markdown", "value": found.markdown});
    Some(json!({"contents": contents, "range": location.get("range")}))
}

pub(super) fn definition(asked: &Asked, _: &Value) -> Option<Value> {
    if let Some((declared, _)) = policies::named(&asked.analysis, asked.file, asked.offset) {
        return asked.places().location(declared);
    }
    let (span, analysis) = asked.ask_view(navigation::definition)?;
    asked.location_in(analysis, span)
}

pub(super) fn implementation(asked: &Asked, _: &Value) -> Option<Value> {
    let judged = asked.judged.as_deref();
    let question = |view: &View<'_>, offset| {
        let found = features::implementation::implementations(view, judged, offset);
        (!found.is_empty()).then_some(found)
    };
    let (found, analysis) = asked.ask_view(question)?;
    Some(found.into_iter().filter_map(|span| asked.location_in(analysis, span)).collect())
}

pub(super) fn type_definition(asked: &Asked, _: &Value) -> Option<Value> {
    let (span, analysis) = asked.ask_view(navigation::type_definition)?;
    asked.location_in(analysis, span)
}

pub(super) fn references(asked: &Asked, params: &Value) -> Option<Value> {
    let with_declaration = params.pointer("/context/includeDeclaration").and_then(Value::as_bool).unwrap_or(true);
    let shown = asked.places();
    let (view, offset) = asked.target()?;
    let found = navigation::references(&view, offset);
    let wanted = found.into_iter().filter(|found| with_declaration || !found.is_declaration);
    Some(wanted.filter_map(|found| shown.location(found.span)).collect())
}

pub(super) fn highlights(asked: &Asked, _: &Value) -> Option<Value> {
    let shown = asked.places();
    let (view, offset) = asked.target()?;
    let found = navigation::highlights(&view, offset, asked.file);
    // 3 is a place that writes, 2 one that reads.
    let kind = |is_declaration| if is_declaration { 3 } else { 2 };
    Some(
        found
            .into_iter()
            .map(|found| json!({"range": shown.range(found.span), "kind": kind(found.is_declaration)}))
            .collect(),
    )
}

pub(super) fn outline(asked: &Asked, _: &Value) -> Option<Value> {
    let shown = asked.places();
    Some(features::outline::outline(&asked.view()?).iter().map(|entry| symbol(&shown, entry)).collect())
}

fn symbol(shown: &Shown<'_>, entry: &Entry) -> Value {
    let children: Vec<Value> = entry.below.iter().map(|entry| symbol(shown, entry)).collect();
    // Editors refuse a symbol without a name.
    let name = if entry.name.trim().is_empty() { "?" } else { &entry.name };
    json!({
        "name": name,
        "detail": entry.detail,
        "kind": symbol_kind(entry.sort),
        "range": shown.range(entry.whole),
        "selectionRange": shown.range(entry.name_at),
        "children": children,
    })
}

/// `workspace/symbol`, over all workspaces.
///
/// # Errors
/// None: a query that is no text is an empty one.
pub(super) fn search(server: &mut Server<'_>, params: &Value) -> Result<Value, Failure> {
    let query = params.get("query").and_then(Value::as_str).unwrap_or_default();
    let roots: Vec<Root> = server.workspaces.keys().cloned().collect();
    let mut all = Vec::new();
    for root in roots {
        let Some(analysis) = server.analysis(&root) else { continue };
        let uris = server.uris(&root, analysis.sources());
        let shown = Shown::new(&analysis, server.client.encoding, &uris);
        for found in features::outline::search(&analysis, query) {
            let Some(location) = shown.location(found.span) else { continue };
            all.push(json!({
                "name": found.name,
                "containerName": found.container,
                "kind": symbol_kind(found.sort),
                "location": location,
            }));
        }
    }
    Ok(Value::Array(all))
}
