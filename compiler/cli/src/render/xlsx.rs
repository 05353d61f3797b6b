//! A table as a spreadsheet: texts only, so that nothing in it is a formula, and the same bytes for the same table.

use nbc_model::value::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::table::{Table, shortened};
use crate::Stop;

/// Rows of a sheet, the header included.
const ROWS: usize = 1_048_576;
/// Characters of a cell.
const CELL: usize = 32_767;

/// # Errors
/// Where the table is larger than a sheet.
pub(crate) fn workbook(title: &str, table: &Table, as_of: Date) -> Result<Vec<u8>, Stop> {
    if table.rows.len() >= ROWS {
        return Err(Stop::because(format!("a sheet holds {ROWS} rows, and this has more"), "choose --format csv"));
    }
    written(title, table, as_of)
        .map_err(|error| Stop::because(format!("the spreadsheet cannot be written: {error}"), "choose --format csv"))
}

fn written(title: &str, table: &Table, as_of: Date) -> Result<Vec<u8>, XlsxError> {
    let (year, month, day) = as_of.civil();
    let judged = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(1900), month, day)?;
    let mut book = Workbook::new();
    // The day that was judged, not the day of writing: the clock would make every file another one.
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&judged));
    let sheet = book.add_worksheet();
    for (row, cells) in std::iter::once(&table.header).chain(&table.rows).enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, shortened(cell, CELL))?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}
