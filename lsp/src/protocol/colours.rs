//! The colours of words: of a whole text, of a piece, or what changed since they were asked for last.

use lsp_types::Uri;
use serde_json::{Value, json};

use super::asked::Asked;
use super::server::{Failure, Server};
use crate::features::tokens::{self, Class, Word};
use crate::text::Lines;

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

/// What an editor was told of a text.
pub(super) struct Told {
    number: u64,
    data: Vec<u32>,
}

/// `textDocument/semanticTokens/range`
pub(super) fn of_range(asked: &Asked, params: &Value) -> Option<Value> {
    Some(json!({"data": data(asked, params)?}))
}

/// `textDocument/semanticTokens/full`, and `…/full/delta`, which is a full answer where the text before is not known.
///
/// # Errors
/// Parameters without a file.
pub(super) fn answer(server: &mut Server<'_>, params: &Value, wants_delta: bool) -> Result<Value, Failure> {
    let asked = Asked::of(server, params)?;
    let Some((uri, data)) = asked.and_then(|asked| Some((uri(params)?, data(&asked, params)?))) else {
        return Ok(Value::Null);
    };
    let known = server.colours.remove(&uri);
    let number = known.as_ref().map_or(1, |known| known.number + 1);
    let previous = params.get("previousResultId").and_then(Value::as_str);
    let known = known.filter(|known| wants_delta && previous == Some(known.number.to_string().as_str()));
    let answer = match known {
        Some(known) => {
            let edit = |patch: tokens::Patch| json!({"start": patch.start, "deleteCount": patch.removed, "data": patch.inserted});
            let edits: Vec<Value> = tokens::patch(&known.data, &data).map(edit).into_iter().collect();
            json!({"resultId": number.to_string(), "edits": edits})
        }
        None => json!({"resultId": number.to_string(), "data": data}),
    };
    server.colours.insert(uri, Told { number, data });
    Ok(answer)
}

fn uri(params: &Value) -> Option<Uri> {
    Uri::parse(params.pointer("/textDocument/uri")?.as_str()?).ok()
}

fn data(asked: &Asked, params: &Value) -> Option<Vec<u32>> {
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
    Some(data)
}
