//! The one style over a whole workspace: what each of its files would be, formatted.

use std::collections::BTreeMap;

use nbc_model::expression::Node;
use nbc_model::value::{Dimension, Value};
use nbc_model::{Model, ParsedFile};
use nbc_source::{FileId, Sources};
use nbc_syntax::{TextSize, format};

use crate::Analysis;

/// A file, and the same file in the style.
#[derive(Debug)]
pub struct Styled<'w> {
    /// Relative to the root.
    pub path: &'w str,
    pub before: &'w str,
    /// `None` where the file has mistakes: it is left alone.
    pub after: Option<String>,
}

/// Every `.nbc` file of the workspace itself, by path.
pub fn style(analysis: &Analysis) -> Vec<Styled<'_>> {
    let minutes = minutes(&analysis.model, analysis.sources());
    analysis.workspace.own_files().map(|parsed| styled(analysis, parsed, &minutes)).collect()
}

/// One of those files.
pub fn style_of(analysis: &Analysis, file: FileId) -> Option<Styled<'_>> {
    let parsed = analysis.workspace.own_files().find(|parsed| parsed.file == file)?;
    Some(styled(analysis, parsed, &minutes(&analysis.model, analysis.sources())))
}

fn styled<'w>(analysis: &'w Analysis, parsed: &ParsedFile, minutes: &Minutes) -> Styled<'w> {
    let sources = analysis.sources();
    let is_foreign = analysis.workspace.foreign.contains(&parsed.file);
    let formatted = || format(&parsed.parse, minutes.get(&parsed.file).map_or(&[], Vec::as_slice));
    Styled {
        path: sources.path(parsed.file),
        before: sources.get(parsed.file).map_or("", |source| &*source.text),
        after: if is_foreign { None } else { formatted() },
    }
}

type Minutes = BTreeMap<FileId, Vec<TextSize>>;

/// Where `45m` is a duration and no part of a CPU, by file, in order.
fn minutes(model: &Model, sources: &Sources) -> Minutes {
    let mut minutes = Minutes::new();
    for (_, expression) in model.expressions.iter() {
        let span = expression.span;
        if matches!(expression.node, Node::Constant(Value::Quantity(Dimension::Duration, _)))
            && sources.text(span).strip_suffix('m').is_some_and(is_number)
        {
            minutes.entry(span.file).or_default().push(TextSize::new(span.start));
        }
    }
    for places in minutes.values_mut() {
        places.sort_unstable();
        places.dedup();
    }
    minutes
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b"_.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, Scope, analyse, day};

    #[test]
    fn minutes_are_told_from_thousandths_of_a_cpu() {
        let text = "kind job {\n  lasts: Duration in 1m..7d = 15m\n}\nlet wait: Duration = 2m\n\
                    profile a { cpu: 500m, idle-stop: 45m }\njob b { lasts: if 1 == 1 then 5m else 1h }\n\
                    rule r \"s\" for profile p { require p.idle-stop <= 90m }\ngroup g { title: \"5m\" }\n";
        let foreign = b"user ana { last-name:   \"M\xfcller\" }\n".as_slice();
        let host = Memory::new().with("nbc.toml", "edition = \"2026\"").with("a.nbc", text).with("b.nbc", foreign);
        let analysis = analyse(&host, Scope::Folder, &|_| day::parse("2026-11-20").unwrap());
        let styled = style(&analysis);
        let expected = ["1m..", "15m", "2m", "45m", "5m else", "90m"].iter().fold(text.to_owned(), |text, written| {
            text.replacen(&format!(" {written}"), &format!(" {}", written.replacen('m', "min", 1)), 1)
        });
        assert_eq!(styled[0].after.as_deref(), Some(expected.as_str()));
        // What is not UTF-8 is not written: somebody has to say what it is.
        assert_eq!(styled[1].after, None);
    }
}
