//! A file in the one style, as the edit that makes it so.

use nbc_driver::Analysis;
use nbc_driver::style::style;
use nbc_source::{Edit, FileId, Span};

/// The edit from the first line that differs to the last; none for a file in the style, or one with mistakes.
pub fn format(analysis: &Analysis, file: FileId) -> Option<Edit> {
    let path = analysis.sources().path(file);
    let styled = style(analysis).into_iter().find(|styled| styled.path == path)?;
    let after = styled.after?;
    let (old, new) = (styled.before, after.as_str());
    if old == new {
        return None;
    }
    let start = whole_lines(old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count(), old);
    let rest = old.len().min(new.len()) - start;
    let same = |(a, b): &(u8, u8)| a == b;
    let tail = old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(same).count();
    // To the end of a line, so that no character is cut.
    let tail = old.get(old.len() - tail..).map_or_else(|| 0, |kept| kept.find('\n').map_or(0, |at| tail - at - 1));
    let text = new.get(start..new.len() - tail)?.to_owned();
    Some(Edit { span: Span::new(file, start as u32..(old.len() - tail) as u32), text })
}

fn whole_lines(at: usize, text: &str) -> usize {
    text.as_bytes().iter().take(at).rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1)
}
