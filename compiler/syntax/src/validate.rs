//! What may be wrong inside one token: a date that does not exist, a text without its closing quote, a bad escape.

use nbc_source::{Diagnostic, FileId, Fix, Span};

use crate::SyntaxKind::{self, *};
use crate::lexer::Token;
use crate::literal::{self, Fault, TextPart};
use crate::{codes, parse_interpolation};

pub(crate) fn literals(text: &str, tokens: &[Token], file: FileId, out: &mut Vec<Diagnostic>) {
    for (index, token) in tokens.iter().enumerate() {
        if !matches!(token.kind, NUMBER | QUANTITY | MONEY | DATE | TEXT | VERBATIM) {
            continue;
        }
        let end = tokens.get(index + 1).map_or(text.len(), |next| next.start as usize);
        let written = text.get(token.start as usize..end).unwrap_or_default();
        let fault = match token.kind {
            NUMBER => literal::number(written).err(),
            QUANTITY => literal::quantity(written).err(),
            MONEY => literal::money(written).err(),
            DATE => literal::date(written).err(),
            _ => unterminated(written),
        };
        match fault {
            Some(fault) => {
                let mut found = diagnostic(fault, token.start, file);
                found.fix = correction(token.kind, written, Span::new(file, token.start..end as u32));
                out.push(found);
            }
            None if token.kind == TEXT => interpolated(written, token.start, file, out),
            None => {}
        }
    }
}

fn diagnostic(fault: Fault, start: u32, file: FileId) -> Diagnostic {
    let span = Span::new(file, start + fault.range.start..start + fault.range.end);
    Diagnostic::new(fault.code, span, fault.message)
}

/// What a token that is wrong may have been meant as.
fn correction(kind: SyntaxKind, written: &str, span: Span) -> Option<Fix> {
    match kind {
        DATE => {
            let date = literal::last_day(written)?;
            Some(Fix::replace(span, &date, format!("write `{date}`")).may_change_meaning())
        }
        TEXT if !written.starts_with("\"\"\"") => {
            let text = written.trim_end().trim_end_matches(',');
            let place = Span { start: span.start + text.len() as u32, end: span.start + text.len() as u32, ..span };
            Some(Fix::replace(place, "\"", "insert `\"`").may_change_meaning())
        }
        _ => None,
    }
}

fn unterminated(written: &str) -> Option<Fault> {
    if literal::is_terminated(written) {
        return None;
    }
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| written.starts_with(quotes))?;
    let before = if quotes.len() == 1 { "the end of the line" } else { "the end of the file" };
    Some(Fault {
        code: &codes::UNTERMINATED_TEXT,
        message: format!("the text has no closing `{quotes}` before {before}"),
        range: 0..quotes.len() as u32,
    })
}

/// Looks into escapes and interpolations.
fn interpolated(written: &str, start: u32, file: FileId, out: &mut Vec<Diagnostic>) {
    if !written.contains(['\\', '{']) {
        return;
    }
    let text = literal::text(written);
    out.extend(text.faults.into_iter().map(|fault| {
        let found = diagnostic(fault, start, file);
        match (found.code == &codes::BAD_INTERPOLATION, found.span) {
            (true, Some(span)) => found.fix(Fix::replace(span, "\\{", "write `\\{`").may_change_meaning()),
            _ => found,
        }
    }));
    for part in text.parts {
        let TextPart::Interpolation { range } = part else { continue };
        let source = written.get(range.start as usize..range.end as usize).unwrap_or_default();
        let found = parse_interpolation(source, start + range.start, file);
        out.extend(found.diagnostics().first().map(|first| {
            let (open, close) = (start + range.start - 1, start + range.end + 1);
            // What the expression's parser says of the rest is about expressions; who wrote a brace may have meant a brace.
            let message = match first.code == &codes::BAD_INTERPOLATION {
                true => first.message.clone(),
                false => format!("`{{{source}}}` would be filled in, and is no path such as `{{g.title}}`"),
            };
            Diagnostic::new(&codes::BAD_INTERPOLATION, Span::new(file, open..close), message)
                .help("for a brace itself write `\\{`; for verbatim text use `'…'`")
                .fix(Fix::replace(Span::new(file, open..open + 1), "\\{", "write `\\{`").may_change_meaning())
        }));
    }
}
