//! What changes a text: formatting, completion, corrections, new names.

use lsp_server::ErrorCode;
use nbc_source::{Edit, Span};
use serde_json::{Value, json};

use super::asked::Asked;
use super::server::Failure;
use crate::features::actions::{Action, Sort, changes, corrections};
use crate::features::completion::{self, Completion, Completions, offered};
use crate::features::{formatting, policies, rename};

pub(super) fn format(asked: &Asked, _: &Value) -> Option<Value> {
    let edit = formatting::format(&asked.analysis, asked.file);
    Some(edit.iter().map(|edit| asked.places().edit(edit)).collect())
}

pub(super) fn format_range(asked: &Asked, params: &Value) -> Option<Value> {
    let within = asked.range_sent(params.get("range")?)?;
    Some(edits(asked, &formatting::format_range(&asked.view()?, within)))
}

pub(super) fn format_typed(asked: &Asked, params: &Value) -> Option<Value> {
    let typed = params.get("ch").and_then(Value::as_str)?.chars().next()?;
    Some(edits(asked, &formatting::format_typed(&asked.view()?, asked.offset, typed)))
}

fn edits(asked: &Asked, edits: &[Edit]) -> Value {
    edits.iter().map(|edit| asked.places().edit(edit)).collect()
}

pub(super) fn completion(asked: &Asked, params: &Value) -> Option<Value> {
    // A space asks only where a value begins: nobody wants a list after each word.
    let is_space = params.pointer("/context/triggerCharacter").and_then(Value::as_str) == Some(" ");
    let before = asked.text().get(..asked.offset as usize)?.trim_end();
    if is_space && !before.ends_with([':', ',', '[']) {
        return None;
    }
    let Completions { items, replaces, is_cut } =
        offered(&asked.analysis, asked.file, asked.offset, &|| asked.paths())?;
    let range = asked.places().range(replaces);
    let items: Vec<Value> = items.iter().enumerate().map(|(at, found)| item(found, at, &range)).collect();
    Some(json!({"isIncomplete": is_cut, "items": items}))
}

fn item(found: &Completion, at: usize, range: &Value) -> Value {
    use completion::Sort;

    let is_snippet = found.insert.contains('$')
        && matches!(found.sort, Sort::Field | Sort::Keyword | Sort::Kind | Sort::Function | Sort::Value);
    let kind = match found.sort {
        Sort::Field => 5,
        Sort::Declaration => 18,
        Sort::Value => 20,
        Sort::Kind => 7,
        Sort::Type => 25,
        Sort::Keyword => 14,
        Sort::Function => 3,
        Sort::Variable => 6,
        Sort::Unit => 11,
    };
    // A person is found by name and by handle.
    let filter =
        if found.label == found.insert { found.label.clone() } else { format!("{} {}", found.insert, found.label) };
    json!({
        "label": found.label,
        "labelDetails": {"description": found.detail},
        "detail": found.detail,
        "documentation": {"kind": "markdown", "value": found.documentation},
        "kind": kind,
        "sortText": format!("{at:04}"),
        "filterText": if found.sort == Sort::Unit { found.insert.clone() } else { filter },
        "insertTextFormat": if is_snippet { 2 } else { 1 },
        "textEdit": {"range": range, "newText": found.insert},
    })
}

pub(super) fn code_actions(asked: &Asked, params: &Value) -> Option<Value> {
    let at = asked.range_sent(params.get("range")?)?;
    let only: Option<Vec<String>> =
        params.pointer("/context/only").and_then(|only| serde_json::from_value(only.clone()).ok());
    let is_wanted = |kind: &str| only.as_ref().is_none_or(|only| only.iter().any(|wanted| kind.starts_with(wanted)));
    let sent = params.pointer("/context/diagnostics").and_then(Value::as_array).cloned().unwrap_or_default();
    let findings = asked.findings();
    let mut all = corrections(&asked.analysis, &findings, at);
    if let Some(view) = asked.view() {
        all.extend(changes(&view, &findings, asked.current(), at));
    }
    let all = all.into_iter().filter_map(|action| {
        let (kind, corrected) = match action.sort {
            Sort::Correction(position) => ("quickfix", findings.get(position).map(|found| found.code.to_string())),
            Sort::AllCorrections => ("source.fixAll", None),
            Sort::Extraction => ("refactor.extract", None),
            Sort::Rewrite => ("refactor.rewrite", None),
        };
        let of_code =
            |found: &&Value| corrected.is_some() && found.get("code").and_then(Value::as_str) == corrected.as_deref();
        let corrected: Vec<&Value> = sent.iter().filter(of_code).collect();
        is_wanted(kind).then(|| shown(asked, &action, kind, &corrected))
    });
    Some(all.collect())
}

fn shown(asked: &Asked, action: &Action, kind: &str, corrected: &[&Value]) -> Value {
    json!({
        "title": action.title,
        "kind": kind,
        "isPreferred": action.is_safe,
        "diagnostics": corrected,
        "edit": asked.places().edits(&action.edits),
    })
}

/// `textDocument/prepareRename`
///
/// # Errors
/// Why the thing cannot have another name.
pub(super) fn prepare_rename(asked: &Asked, _: &Value) -> Result<Value, Failure> {
    let (view, offset) = asked.target().ok_or_else(nothing_here)?;
    let (declared, name): (Span, String) = rename::prepare(&view, offset).map_err(refused)?;
    let named = policies::named(&asked.analysis, asked.file, asked.offset);
    let span = named.map_or(declared, |(_, span)| span);
    Ok(json!({"range": asked.places().range(span), "placeholder": name}))
}

/// `textDocument/rename`
///
/// # Errors
/// Why the thing cannot have that name.
pub(super) fn rename(asked: &Asked, params: &Value) -> Result<Value, Failure> {
    let name = params.get("newName").and_then(Value::as_str).unwrap_or_default();
    let (view, offset) = asked.target().ok_or_else(nothing_here)?;
    let edits = rename::rename(&view, offset, name).map_err(refused)?;
    Ok(asked.places().edits(&edits))
}

fn refused(why: String) -> Failure {
    Failure::new(ErrorCode::RequestFailed, why)
}

fn nothing_here() -> Failure {
    refused("nothing here has a name that can be changed".to_owned())
}
