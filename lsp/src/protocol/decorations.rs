//! What is drawn beside a text: hints, folds, selections, links.

use nbc_source::Span;
use serde_json::{Value, json};

use super::asked::Asked;
use super::convert::position;
use super::server::{Failure, Server};
use crate::features::folding::{self, Fold};
use crate::features::{hints, lenses, links};
use crate::text::Lines;

pub(super) fn folds(asked: &Asked, _: &Value) -> Option<Value> {
    let lines = Lines::new(asked.text(), asked.encoding);
    let fold = |(span, fold): (Span, Fold)| {
        let (start, end) = (lines.position(span.start).line, lines.position(span.end).line);
        match fold {
            Fold::Comment => json!({"startLine": start, "endLine": end, "kind": "comment"}),
            // The closing brace stays in sight.
            Fold::Block => json!({"startLine": start, "endLine": end.saturating_sub(1).max(start)}),
        }
    };
    Some(folding::folds(&asked.view()?).into_iter().map(fold).collect())
}

pub(super) fn selections(asked: &Asked, params: &Value) -> Option<Value> {
    let (view, shown, lines) = (asked.view()?, asked.places(), Lines::new(asked.text(), asked.encoding));
    let positions: Vec<lsp_types::Position> = serde_json::from_value(params.get("positions")?.clone()).ok()?;
    let all = positions.into_iter().map(|at| {
        let spans = folding::selections(&view, lines.offset(position(at)));
        let nested = spans.iter().rev().fold(Value::Null, |parent, span| {
            if parent.is_null() {
                json!({"range": shown.range(*span)})
            } else {
                json!({"range": shown.range(*span), "parent": parent})
            }
        });
        if nested.is_null() { json!({"range": {"start": at, "end": at}}) } else { nested }
    });
    Some(all.collect())
}

pub(super) fn links(asked: &Asked, _: &Value) -> Option<Value> {
    let shown = asked.places();
    let all = links::links(&asked.view()?);
    Some(all.into_iter().map(|(span, file)| json!({"range": shown.range(span), "target": shown.uri(file)})).collect())
}

pub(super) fn hints(asked: &Asked, params: &Value) -> Option<Value> {
    let within = asked.range_sent(params.get("range")?)?;
    let lines = Lines::new(asked.text(), asked.encoding);
    let all = hints::hints(&asked.view()?, within).into_iter().map(|hint| {
        let at = lines.position(hint.at);
        json!({"position": {"line": at.line, "character": at.column}, "label": hint.text, "paddingLeft": true})
    });
    Some(all.collect())
}

pub(super) fn lenses(asked: &Asked, params: &Value) -> Option<Value> {
    let (shown, uri) = (asked.places(), params.pointer("/textDocument/uri")?);
    let lens = |(span, path): (Span, String)| json!({"range": shown.range(span), "data": {"uri": uri, "path": path}});
    Some(lenses::places(&asked.view()?).into_iter().map(lens).collect())
}

/// `codeLens/resolve`
///
/// # Errors
/// A lens that is none of this server's.
pub(super) fn lens(server: &mut Server<'_>, mut lens: Value) -> Result<Value, Failure> {
    let place = json!({"textDocument": {"uri": lens.pointer("/data/uri")}});
    let path = lens.pointer("/data/path").and_then(Value::as_str).unwrap_or_default().to_owned();
    let asked = Asked::of(server, &place)?;
    let title = asked.and_then(|asked| lenses::title(&asked.view()?, asked.judged.as_deref(), &path));
    if let Some(lens) = lens.as_object_mut() {
        lens.insert("command".to_owned(), json!({"title": title.unwrap_or_default(), "command": ""}));
    }
    Ok(lens)
}

pub(super) fn call(asked: &Asked, _: &Value) -> Option<Value> {
    let call = hints::call(&asked.view()?, asked.offset)?;
    let parameters: Vec<Value> = call.parameters.iter().map(|label| json!({"label": label})).collect();
    let signature = json!({"label": call.label, "parameters": parameters});
    Some(json!({"signatures": [signature], "activeSignature": 0, "activeParameter": call.active}))
}
