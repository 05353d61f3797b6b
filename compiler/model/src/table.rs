//! Tables of values separated by commas, semicolons or tabs, with the place of every cell.
//!
//! RFC 4180 with what spreadsheets really write: an optional byte order mark, `,`, `;` or tabs, quoted cells, empty lines.

use std::borrow::Cow;
use std::sync::Arc;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use nbc_source::{Diagnostic, Diagnostics, FileId, Span};

use crate::codes;

/// One table: the columns of its header, and its rows as places in the text.
#[derive(Debug)]
pub(crate) struct Table<'t> {
    pub(crate) file: FileId,
    text: &'t str,
    cells: Arc<Cells>,
    pub(crate) delimiter: char,
}

#[derive(Debug, Default)]
struct Cells {
    columns: Vec<Cell>,
    cells: Vec<Cell>,
    /// Where each row's cells start, and one past the last.
    rows: Vec<u32>,
}

/// A table as it was read, to be laid over the same text once more.
#[derive(Debug)]
pub(crate) struct Read {
    text: Arc<str>,
    cells: Arc<Cells>,
    delimiter: char,
}

impl Read {
    /// Of a table in which nothing was found.
    pub(crate) fn of(table: &Table<'_>, text: &Arc<str>) -> Read {
        Read { text: Arc::clone(text), cells: Arc::clone(&table.cells), delimiter: table.delimiter }
    }

    /// The table of a file, if it holds the text that was read.
    pub(crate) fn again<'t>(&self, file: FileId, text: &'t str) -> Option<Table<'t>> {
        let table = || Table { file, text, cells: Arc::clone(&self.cells), delimiter: self.delimiter };
        (*self.text == *text).then(table)
    }
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    start: u32,
    end: u32,
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl<'t> Table<'t> {
    /// Reads a whole table. Rows with a wrong number of cells are reported and left out.
    pub(crate) fn read(file: FileId, text: &'t str, diagnostics: &mut Diagnostics) -> Table<'t> {
        let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let body = text.get(mark..).unwrap_or_default();
        let delimiter = delimiter_of(body);
        let table = Table { file, text, cells: Arc::default(), delimiter };
        let mut records = Records {
            reader: reader(delimiter),
            body: body.as_bytes(),
            at: 0,
            shift: mark,
            delimiter: delimiter as u8,
        };
        let mut read = Cells { columns: records.next_record().unwrap_or_default(), cells: Vec::new(), rows: vec![0] };
        if read.columns.is_empty() {
            let at = Span::new(file, 0..0);
            diagnostics.push(
                Diagnostic::new(&codes::RAGGED_ROW, at, "the table is empty")
                    .help("the first line names the columns, such as `login,first,last,email`"),
            );
        }
        while let Some(record) = records.next_record() {
            if table.is_row(&record, read.columns.len(), diagnostics) {
                read.cells.extend(record);
                read.rows.push(read.cells.len() as u32);
            }
        }
        Table { cells: Arc::new(read), ..table }
    }

    /// Whether a record is a row; one that is none by mistake is reported.
    fn is_row(&self, record: &[Cell], columns: usize, diagnostics: &mut Diagnostics) -> bool {
        if let Some(open) = record.iter().find(|cell| self.is_open(**cell)) {
            // Everything after the quote was taken for one cell, so only its beginning is shown.
            let at = Span::new(self.file, open.start..open.start + 1);
            let never = Diagnostic::new(&codes::RAGGED_ROW, at, "a quote is opened and never closed");
            diagnostics.push(never.label("from here on").help("close it, or write a quote inside a cell twice"));
            return false;
        }
        // Spreadsheets write the rows below the last filled one as separators alone.
        if record.len() > 1 && record.iter().all(|cell| self.cell_text(*cell).is_empty()) {
            return false;
        }
        if record.len() == columns {
            return true;
        }
        let (Some(first), Some(last)) = (record.first(), record.last()) else { return false };
        let counts = format!("this row has {} cells, the header has {columns}", record.len());
        diagnostics.push(
            Diagnostic::new(&codes::RAGGED_ROW, Span::new(self.file, first.start..last.end), counts)
                .label("left out")
                .help(match self.delimiter {
                    '\t' => "a cell that holds a tab is written in quotes".to_owned(),
                    delimiter => format!("a cell that holds a `{delimiter}` is written in quotes"),
                }),
        );
        false
    }

    /// A quoted cell without its closing quote: one at the end of the text.
    fn is_open(&self, cell: Cell) -> bool {
        let raw = self.text.get(cell.start as usize..cell.end as usize).unwrap_or_default().trim();
        raw.starts_with('"') && raw.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.rows.len() - 1
    }

    /// The position of a column by its exact name.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.cells.columns.iter().position(|cell| self.cell_text(*cell) == name)
    }

    pub(crate) fn column_names(&self) -> Vec<Cow<'t, str>> {
        self.cells.columns.iter().map(|cell| self.cell_text(*cell)).collect()
    }

    /// The text of a cell, unquoted and trimmed, and its place.
    pub(crate) fn cell(&self, row: usize, column: usize) -> (Cow<'t, str>, Span) {
        let start = self.cells.rows.get(row).map_or(0, |start| *start as usize);
        match self.cells.cells.get(start + column) {
            Some(cell) => (self.cell_text(*cell), Span::new(self.file, cell.start..cell.end)),
            None => (Cow::Borrowed(""), Span::new(self.file, 0..0)),
        }
    }

    /// What stands between the `;` of a cell, and where; the whole cell, where quotes inside of it hide the places.
    pub(crate) fn parts(&self, row: usize, column: usize) -> Vec<(Cow<'t, str>, Span)> {
        let (text, span) = self.cell(row, column);
        let raw = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let inside = match &text {
            Cow::Borrowed(inside) => raw.find(*inside),
            Cow::Owned(_) => None,
        };
        let mut at = span.start as usize + inside.unwrap_or_default();
        let mut parts = Vec::new();
        for part in text.split(';') {
            let name = part.trim();
            let start = at + (part.len() - part.trim_start().len());
            let place = Span::new(self.file, start as u32..(start + name.len()) as u32);
            at += part.len() + 1;
            if !name.is_empty() {
                let is_all = name.len() == text.len() || inside.is_none();
                parts.push((Cow::Owned(name.to_owned()), if is_all { span } else { place }));
            }
        }
        parts
    }

    fn cell_text(&self, cell: Cell) -> Cow<'t, str> {
        let raw = self.text.get(cell.start as usize..cell.end as usize).unwrap_or_default().trim();
        match raw.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest)) {
            None => Cow::Borrowed(raw),
            Some(inner) if inner.contains('"') => Cow::Owned(inner.replace("\"\"", "\"")),
            Some(inner) => Cow::Borrowed(inner),
        }
    }
}

fn reader(delimiter: char) -> Reader {
    ReaderBuilder::new().delimiter(delimiter as u8).build()
}

/// The separator that the header uses more often.
fn delimiter_of(body: &str) -> char {
    let header = body.lines().next().unwrap_or_default();
    let count = |delimiter: char| header.matches(delimiter).count();
    [';', '\t'].into_iter().filter(|other| count(*other) > count(',')).max_by_key(|other| count(*other)).unwrap_or(',')
}

/// Walks the fields of the text; csv-core says how much of the input each field takes, which is its place.
struct Records<'t> {
    reader: Reader,
    body: &'t [u8],
    at: usize,
    shift: usize,
    delimiter: u8,
}

impl Records<'_> {
    fn next_record(&mut self) -> Option<Vec<Cell>> {
        let mut cells = Vec::new();
        let mut scratch = [0_u8; 256];
        let mut start = self.at;
        loop {
            let rest = self.body.get(self.at..).unwrap_or_default();
            let (result, taken, _) = self.reader.read_field(rest, &mut scratch);
            self.at += taken;
            match result {
                // The cell is longer than the scratch space: only its place is wanted, so what was copied is dropped.
                ReadFieldResult::OutputFull | ReadFieldResult::InputEmpty => {}
                ReadFieldResult::Field { record_end } => {
                    let first = cells.is_empty();
                    cells.push(self.cell(start, first));
                    start = self.at;
                    if record_end {
                        return Some(cells);
                    }
                }
                ReadFieldResult::End => return (!cells.is_empty()).then_some(cells),
            }
        }
    }

    /// The place of what was just read: without empty lines before a row's first cell, and without the separator after it.
    fn cell(&self, start: usize, first: bool) -> Cell {
        let is = |at: usize, wanted: &[u8]| self.body.get(at).is_some_and(|byte| wanted.contains(byte));
        let mut start = start;
        while first && start < self.at && is(start, b"\r\n") {
            start += 1;
        }
        let mut end = self.at;
        while end > start && is(end - 1, b"\r\n") {
            end -= 1;
        }
        // A separator was taken with the cell, unless a line break or the end of the text ended it.
        if end > start && end == self.at && is(end - 1, &[self.delimiter]) {
            end -= 1;
        }
        Cell { start: (start + self.shift) as u32, end: (end + self.shift) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Vec<String>>, Vec<String>) {
        let mut diagnostics = Diagnostics::new();
        let table = Table::read(FileId(0), text, &mut diagnostics);
        let row = |row: usize| {
            (0..table.column_names().len())
                .map(|column| {
                    let (text, span) = table.cell(row, column);
                    format!("{text}@{}..{}", span.start, span.end)
                })
                .collect()
        };
        ((0..table.len()).map(row).collect(), diagnostics.iter().map(|found| found.message.clone()).collect())
    }

    #[test]
    fn every_cell_has_its_place() {
        let (rows, found) = read("\u{feff}login;mail\r\nana;\"a;b\"\"c\"\r\n\r\nbob;\r\n");
        assert_eq!(rows, [["ana@15..18", "a;b\"c@19..27"], ["bob@31..34", "@35..35"]]);
        assert!(found.is_empty());
    }

    #[test]
    fn tabs_separate_cells_and_names_in_a_cell_have_places() {
        let (rows, found) = read("login\tteams\nana\ta, b;c\nbob\t\n");
        assert_eq!(rows, [["ana@12..15", "a, b;c@16..22"], ["bob@23..26", "@27..27"]]);
        assert!(found.is_empty());
        let table = Table::read(FileId(0), "login,teams\nana,\"a; b\"\n", &mut Diagnostics::new());
        let parts = table.parts(0, 1).into_iter().map(|(name, span)| format!("{name}@{}..{}", span.start, span.end));
        assert_eq!(parts.collect::<Vec<_>>(), ["a@17..18", "b@20..21"]);
    }

    #[test]
    fn a_ragged_row_is_left_out_and_said() {
        let (rows, found) = read("a,b\n1,2\n3\n4,5,6\n7,8");
        assert_eq!(rows, [["1@4..5", "2@6..7"], ["7@16..17", "8@18..19"]]);
        assert_eq!(found, ["this row has 1 cells, the header has 2", "this row has 3 cells, the header has 2"]);
    }

    #[test]
    fn nothing_is_no_table() {
        assert_eq!(read("").1, ["the table is empty"]);
        assert_eq!(read("a,b\n").0.len(), 0);
        assert_eq!(read("a,b\n1,2\n,\n , ,\n"), (vec![vec!["1@4..5".to_owned(), "2@6..7".to_owned()]], Vec::new()));
    }
}
