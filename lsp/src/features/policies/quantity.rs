//! Numbers of policies, which count base units: `68719476736` beside `memory_bytes` is `64Gi`.

use nbc_driver::Analysis;
use nbc_model::kinds::Type;
use nbc_model::value::Value;
use nbc_policy::cedar_text::TokenKind;
use nbc_policy::shape::Shapes;
use nbc_source::{FileId, Span};

use super::super::symbol::Symbol;
use super::{Policy, text};

/// How the files of the platform write a number that is compared with a field, and where it stands.
pub fn quantity(analysis: &Analysis, file: FileId, offset: u32) -> Option<(String, Span)> {
    let text = text(analysis, file)?;
    let shapes = Shapes::of(&analysis.model);
    let policy = Policy::around(analysis, &shapes, text, offset as usize)?;
    let at = policy.tokens.iter().position(|token| {
        token.kind == TokenKind::Number && token.range.start <= offset as usize && offset as usize <= token.range.end
    })?;
    let range = policy.tokens.get(at)?.range.clone();
    let number: i64 = text.get(range.clone())?.parse().ok()?;
    // The attribute on the other side of the comparison.
    let is_compared = |at: usize| matches!(policy.word(at), "<" | "<=" | ">" | ">=" | "==" | "!=");
    let left = at.checked_sub(2).filter(|_| is_compared(at - 1)).and_then(|other| policy.symbol(file, other));
    let last_of_right = (at + 2..policy.tokens.len())
        .take_while(|at| policy.word(*at) == "." || !policy.word(*at).starts_with(|c: char| !c.is_ascii_lowercase()))
        .last();
    let right = last_of_right.filter(|_| is_compared(at + 1)).and_then(|other| policy.symbol(file, other));
    let (Symbol::Field(home, field), _) = left.or(right)? else { return None };
    let model = &analysis.model;
    let Type::Quantity(dimension) = model.kinds.base(&policy.field(home, field)?.ty) else { return None };
    let shown = model.display(Value::Quantity(*dimension, number));
    Some((shown, Span::new(file, range.start as u32..range.end as u32)))
}
