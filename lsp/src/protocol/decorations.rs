//! What is drawn on and beside a text: colours, hints, folds, selections, links.

use nbc_source::Span;
use serde_json::{Value, json};

use super::asked::Asked;
use super::convert::position;
use crate::features::folding::{self, Fold};
use crate::features::tokens::{self, Class, Word};
use crate::features::{hints, links};
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

/// The classes of words, in the order of their numbers.
const CLASSES: &[(Class, &str)] = &[
    (Class::Keyword, "keyword"),
    (Class::Comment, "comment"),
    (Class::Text, "string"),
    (Class::Number, "number"),
    (Class::Kind, "class"),
    (Class::Type, "type"),
    (Class::Name, "variable"),
    (Class::Field, "property"),
    (Class::Value, "enumMember"),
    (Class::Function, "function"),
    (Class::Variable, "parameter"),
    (Class::Stage, "namespace"),
    (Class::Pattern, "regexp"),
];

pub(super) fn token_types() -> Vec<&'static str> {
    CLASSES.iter().map(|(_, name)| *name).collect()
}

pub(super) fn words(asked: &Asked, params: &Value) -> Option<Value> {
    let within = params.get("range").and_then(|range| asked.range_sent(range));
    let lines = Lines::new(asked.text(), asked.encoding);
    let mut data = Vec::new();
    let (mut line, mut column) = (0, 0);
    for Word { span, class, is_declaration } in tokens::words(&asked.view()?, within) {
        let number = CLASSES.iter().position(|(known, _)| *known == class)? as u32;
        // The protocol knows no word of several lines: each line of it is one.
        for (at, length) in lines.pieces(span.start, span.end) {
            let start = if at.line == line { at.column - column } else { at.column };
            data.extend([at.line - line, start, length, number, u32::from(is_declaration)]);
            (line, column) = (at.line, at.column);
        }
    }
    Some(json!({"data": data}))
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

pub(super) fn lenses(asked: &Asked, _: &Value) -> Option<Value> {
    let shown = asked.places();
    let lens =
        |(span, title): (Span, String)| json!({"range": shown.range(span), "command": {"title": title, "command": ""}});
    Some(hints::lenses(&asked.view()?).into_iter().map(lens).collect())
}

pub(super) fn call(asked: &Asked, _: &Value) -> Option<Value> {
    let call = hints::call(&asked.view()?, asked.offset)?;
    let parameters: Vec<Value> = call.parameters.iter().map(|label| json!({"label": label})).collect();
    let signature = json!({"label": call.label, "parameters": parameters});
    Some(json!({"signatures": [signature], "activeSignature": 0, "activeParameter": call.active}))
}
