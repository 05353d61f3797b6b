//! A table of texts, as a terminal, a spreadsheet and a forge read it.
//!
//! On a terminal no row wraps: the widest columns give way, with `…` where something is missing. In a spreadsheet no
//! cell is a formula, whatever somebody wrote into it.

use nbc_source::markdown;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns between two cells.
const GAP: usize = 2;
/// Columns that no cell is cut below.
const NARROWEST: usize = 6;

/// Rows of cells under a header.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<'h>(header: impl IntoIterator<Item = &'h str>) -> Table {
        Table { header: header.into_iter().map(str::to_owned).collect(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().collect());
    }

    /// With columns side by side, in at most so many columns of a terminal.
    pub(crate) fn text(&self, width: usize) -> String {
        let widths = self.widths(width);
        let mut text = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let cell = cut(&plain(cell), *width);
                let free = width.saturating_sub(cell.width()) + GAP;
                line += &cell;
                line.extend(std::iter::repeat_n(' ', free));
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }

    /// Comma-separated values (RFC 4180), with a header.
    pub(crate) fn csv(&self) -> String {
        let line = |row: &Vec<String>| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
        std::iter::once(&self.header).chain(&self.rows).map(line).collect()
    }

    /// A table of a forge.
    pub(crate) fn markdown(&self) -> String {
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(|cell| markdown::escape(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", "---|".repeat(self.header.len()));
        line(&self.header) + &rule + &self.rows.iter().map(line).collect::<String>()
    }

    /// What each column gets: what its cells need, or where that is too much, what is left for the widest ones.
    fn widths(&self, limit: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.header.iter().map(|cell| cell.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(plain(cell).width());
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > limit {
            let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > NARROWEST) else { break };
            *widest -= 1;
        }
        widths
    }
}

/// A text in at most so many columns.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > columns {
            break;
        }
        cut.push(character);
    }
    cut.truncate(cut.trim_end().len());
    cut + "…"
}

/// A text of at most so many characters, with `…` where something is missing.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest.saturating_sub(1)) {
        Some((end, _)) if text.chars().count() > longest => format!("{}…", text.get(..end).unwrap_or_default()),
        _ => text.to_owned(),
    }
}

/// A text, and in the last columns of a line of so many the place that says so.
pub(crate) fn with_place(text: &str, place: &str, width: usize) -> String {
    if place.is_empty() {
        return cut(text, width);
    }
    let left = width.saturating_sub(place.width() + 1).max(NARROWEST);
    let text = cut(text, left);
    let free = left.min(width * 3 / 4).saturating_sub(text.width());
    format!("{text}{} {place}", " ".repeat(free))
}

/// One line, without what would move the cursor.
fn plain(cell: &str) -> String {
    cell.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A cell of comma-separated values; one that a spreadsheet would take for a formula becomes text.
fn quoted(cell: &str) -> String {
    let cell = match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match cell.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["who", "says"]);
        table.push(["ana".to_owned(), "=cmd|' /C calc'!A0".to_owned()]);
        table.push(["李四".to_owned(), "two\nlines, and a \"quote\" that goes on".to_owned()]);
        table
    }

    #[test]
    fn a_row_never_wraps() {
        assert_eq!(table().text(20), "who   says\nana   =cmd|' /C cal…\n李四  two lines, an…\n");
        assert!(table().text(200).contains("that goes on\n"));
    }

    #[test]
    fn no_cell_is_a_formula() {
        let csv = "who,says\r\nana,'=cmd|' /C calc'!A0\r\n李四,\"two\nlines, and a \"\"quote\"\" that goes on\"\r\n";
        assert_eq!(table().csv(), csv);
    }

    #[test]
    fn a_place_stands_in_the_last_columns() {
        assert_eq!(with_place("granted", "a.nbc:1", 20), "granted      a.nbc:1");
        assert_eq!(with_place("granted to everybody", "a.nbc:1", 20), "granted to…  a.nbc:1");
    }
}
