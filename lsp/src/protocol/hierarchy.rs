//! The hierarchy of calls, read as "who grants this": callers are those who are given something, and the lines that say so.

use nbc_model::Model;
use nbc_source::Span;
use serde_json::{Value, json};

use super::asked::{Asked, Shown};
use super::server::{Failure, Server};
use crate::features::grants::{self, End, Granted};

/// A direction: the question, and the member that has the other end.
pub(super) type Direction = (fn(&Model, &str) -> Vec<Granted>, &'static str);

pub(super) const INCOMING: Direction = (grants::incoming, "from");
pub(super) const OUTGOING: Direction = (grants::outgoing, "to");

pub(super) fn prepare(asked: &Asked, _: &Value) -> Option<Value> {
    let (view, offset) = asked.target()?;
    let end = grants::here(&view, offset)?;
    Some(json!([item(&asked.places(), &end, end.declared)?]))
}

/// `callHierarchy/incomingCalls` and `callHierarchy/outgoingCalls`
///
/// # Errors
/// An item that is none of this server's.
pub(super) fn answer(server: &mut Server<'_>, params: &Value, (question, member): Direction) -> Result<Value, Failure> {
    let item_sent = params.get("item").unwrap_or(&Value::Null);
    let place = json!({"textDocument": {"uri": item_sent.get("uri")}});
    let Some(asked) = Asked::of(server, &place)? else { return Ok(Value::Null) };
    let path = item_sent.get("data").and_then(Value::as_str).unwrap_or_default();
    let shown = asked.places();
    let calls = question(&asked.analysis.model, path).into_iter().filter_map(|granted| {
        let Granted { end, line } = granted;
        // An editor looks for the lines in the file of the caller: who is given something is shown where that is said.
        let is_caller = member == INCOMING.1;
        let other = item(&shown, &end, if is_caller { line } else { end.declared })?;
        let ranges = if is_caller || line.file == asked.file { vec![shown.range(line)] } else { Vec::new() };
        let mut call = json!({"fromRanges": ranges});
        call.as_object_mut()?.insert(member.to_owned(), other);
        Some(call)
    });
    Ok(calls.collect())
}

fn item(shown: &Shown<'_>, end: &End, at: Span) -> Option<Value> {
    // 19 is what a declaration is in an outline, too.
    Some(json!({
        "name": end.name,
        "detail": end.detail,
        "kind": 19,
        "uri": shown.uri(at.file)?,
        "range": shown.range(at),
        "selectionRange": shown.range(at),
        "data": end.path,
    }))
}
