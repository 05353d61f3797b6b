//! `user from "people.csv" { … }`: one entity a row, named by the cell that `handle:` points to.

use nbc_source::{About, Diagnostic, Fix};

use super::*;

impl Expander<'_, '_> {
    pub(super) fn rows(&mut self, setting: &Setting, kind: KindId, from: &ast::Text, instance: &ast::Instance) {
        let Some(body) = instance.body() else { return };
        let table = self.table(setting, from);
        let Some(table) = table else { return self.incomplete.push(kind) };
        let column = self.handle_column(setting, from, &body, table);
        let rows = match column {
            Some(column) => self.row_headers(setting, kind, table, column),
            None => {
                // Without rows, so that what else is wrong with the block is said too.
                self.incomplete.push(kind);
                Vec::new()
            }
        };
        self.row_bodies.push(PendingRows { kind, file: setting.file, body, table, viewpoint: setting.viewpoint, rows });
    }

    /// Reads the table once, however many blocks use it.
    fn table(&mut self, setting: &Setting, from: &ast::Text) -> Option<usize> {
        let path = from.plain().unwrap_or_default();
        let Some(file) = self.sources.find(&path) else {
            let span = span_of(setting.file, from.range());
            let message = format!("there is no file `{path}`");
            let missing = Diagnostic::new(&codes::MISSING_FILE, span, message).label("named here");
            self.diagnostics.push(missing.help("paths start at the folder of nbc.toml").about(About::MissingFile));
            return None;
        };
        if let Some(known) = self.table_of.get(&file) {
            return Some(*known);
        }
        let text = self.sources.get(file).map_or("", |source| &*source.text);
        let known = self.known_tables.iter().find_map(|known| known.again(file, text));
        let table = known.unwrap_or_else(|| Table::read(file, text, self.diagnostics));
        self.tables.push(table);
        let at = self.tables.len() - 1;
        self.table_of.insert(file, at);
        Some(at)
    }

    fn handle_column(&mut self, setting: &Setting, from: &ast::Text, body: &ast::Body, table: usize) -> Option<usize> {
        let handle = body.items().find(|item| item.key().is_some_and(|key| key.text() == "handle"));
        let Some(value) = handle.and_then(|item| item.value()) else {
            let span = span_of(setting.file, from.range());
            let message = "a table needs `handle:`, the column that names each row";
            let missing = Diagnostic::new(&codes::MISSING_FIELD, span, message).label("this table");
            self.diagnostics.push(missing.help("write `handle: row.COLUMN`"));
            return None;
        };
        let table = self.tables.get(table)?;
        match row_column(&value) {
            Some(column) => match table.column(&column) {
                Some(at) => Some(at),
                None => {
                    let span = span_of(setting.file, column_range(&value));
                    self.diagnostics.push(unknown_column(table, &column, span));
                    None
                }
            },
            None => {
                let span = span_of(setting.file, value.range());
                let message = "the handle of a row is one of its cells: `row.COLUMN`";
                self.diagnostics.push(Diagnostic::new(&codes::NOT_A_ROW_VALUE, span, message).label("not a column"));
                None
            }
        }
    }

    fn row_headers(
        &mut self,
        setting: &Setting,
        kind: KindId,
        table: usize,
        column: usize,
    ) -> Vec<(u32, usize, ExpansionId)> {
        let (count, file) = self.tables.get(table).map_or((0, FileId(0)), |table| (table.len(), table.file));
        let mut rows = Vec::with_capacity(count);
        for row in 0..count {
            let Some((cell, span)) = self.tables.get(table).map(|table| table.cell(row, column)) else { continue };
            let mut handle = cell;
            if !is_handle(&handle) {
                self.diagnostics.push(bad_handle(&handle, span));
                handle = suggested_handle(&handle).into();
                if !is_handle(&handle) {
                    self.incomplete.push(kind);
                    continue;
                }
            }
            let handle = self.names.intern(&handle);
            let expansion = self.expansions.push(Expansion::Row { file, row: row as u32 + 2 });
            let header = Header { expansion, ..self.header(setting, kind, handle, span) };
            if let Some(header) = self.enter(header) {
                rows.push((row as u32, header, expansion));
            }
        }
        rows
    }
}

/// The column of `row.login` or `row."E-mail"`.
pub(crate) fn row_column(value: &ast::Value) -> Option<String> {
    let ast::Value::Expr(ast::Expr::Path(path)) = value else { return None };
    let mut segments = path.segments();
    let (first, column, rest) = (segments.next()?, segments.next()?, segments.next());
    (first.text() == "row" && rest.is_none()).then(|| column.text().into_owned())
}

/// Where the column is named in `row.login`.
pub(crate) fn column_range(value: &ast::Value) -> nbc_syntax::TextRange {
    let ast::Value::Expr(ast::Expr::Path(path)) = value else { return value.range() };
    path.segments().nth(1).map_or(value.range(), |column| column.range())
}

pub(crate) fn unknown_column(table: &Table<'_>, column: &str, span: Span) -> Diagnostic {
    let columns = table.column_names();
    // A header that is one long cell was parted by a sign that is not read.
    let names = columns.iter().map(|name| &**name).filter(|name| !name.contains([',', ';', '\t', '|']));
    let near = suggest::nearest(column, names);
    let message = format!("the table has no column `{column}`");
    let unknown = Diagnostic::new(&codes::UNKNOWN_COLUMN, span, message).label("no such column");
    if near.is_empty() {
        return unknown.help(format!("columns: `{}`", columns.join("`, `")));
    }
    let spelled: Vec<String> =
        near.iter().map(|name| if is_handle(name) { (*name).to_owned() } else { format!("\"{name}\"") }).collect();
    unknown.did_you_mean(span, &spelled.iter().map(String::as_str).collect::<Vec<_>>())
}

fn bad_handle(cell: &str, span: Span) -> Diagnostic {
    let why = if cell.is_empty() {
        "the cell that names the row is empty".to_owned()
    } else if cell.contains(' ') {
        format!("`{cell}` cannot be a handle: a space is not allowed")
    } else {
        format!("`{cell}` cannot be a handle: small letters, digits and single hyphens are")
    };
    let bad = Diagnostic::new(&codes::BAD_CELL, span, why).label("names this row");
    let better = suggested_handle(cell);
    if !is_handle(&better) {
        return bad;
    }
    bad.help(format!("write `{better}`"))
        .fix(Fix::replace(span, &better, format!("{cell} → {better}")).may_change_meaning())
}
