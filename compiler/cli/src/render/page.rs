//! Markdown as plain text: wrapped to a width, without links, tables in columns.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The page for a reader of so many columns.
pub(crate) fn text(markdown: &str, width: usize) -> String {
    let mut writer =
        Writer { width, out: String::new(), line: String::new(), lists: 0, is_item: false, rows: Vec::new() };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        writer.event(event);
    }
    writer.out.trim_end().to_owned() + "\n"
}

struct Writer {
    width: usize,
    out: String,
    /// The words of the paragraph, item or cell that is being read.
    line: String,
    /// Lists around it.
    lists: usize,
    /// It begins an item of a list.
    is_item: bool,
    rows: Vec<Vec<String>>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.line += &text,
            Event::Code(code) => self.line += &format!("`{code}`"),
            Event::SoftBreak | Event::HardBreak => self.line.push(' '),
            // What stands in comments is for the tests of the book; the rest does not occur in its pages.
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(_) => {
                self.paragraph();
                self.lists += 1;
            }
            Tag::Item => self.is_item = true,
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::Paragraph => {
                self.paragraph();
                self.blank();
            }
            TagEnd::Item => self.paragraph(),
            TagEnd::List(_) => {
                self.lists = self.lists.saturating_sub(1);
                self.blank();
            }
            TagEnd::CodeBlock => self.code(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.table(),
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let title = std::mem::take(&mut self.line);
        let rule = if level == HeadingLevel::H1 { "=" } else { "-" };
        self.out += &format!("{title}\n{}\n\n", rule.repeat(title.chars().count()));
    }

    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.line);
        if text.is_empty() {
            return;
        }
        let indent = "  ".repeat(self.lists);
        let first =
            if self.is_item { format!("{}- ", "  ".repeat(self.lists.saturating_sub(1))) } else { indent.clone() };
        self.is_item = false;
        let options = textwrap::Options::new(self.width).initial_indent(&first).subsequent_indent(&indent);
        self.out += &(textwrap::fill(&text, options) + "\n");
    }

    fn code(&mut self) {
        let code = std::mem::take(&mut self.line);
        for line in code.lines() {
            self.out += format!("    {line}").trim_end();
            self.out.push('\n');
        }
        self.out.push('\n');
    }

    /// In columns where they fit; else each row is a block, and its first cell the head.
    fn table(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.chars().count())).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns.saturating_sub(1)).map(widest).collect();
        let before: usize = widths.iter().map(|width| width + 2).sum();
        let is_narrow = before <= self.width / 2;
        // The names of columns say nothing above blocks.
        for row in rows.iter().skip(usize::from(!is_narrow)) {
            let text = if is_narrow { self.row(row, &widths, before) } else { self.block(row) };
            self.out += &(text + "\n");
        }
        self.out.push('\n');
    }

    fn row(&self, row: &[String], widths: &[usize], before: usize) -> String {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  "));
        let first: String = cells.collect();
        let rest = " ".repeat(before);
        let last = row.get(widths.len()).map_or("", String::as_str);
        let options = textwrap::Options::new(self.width).initial_indent(&first).subsequent_indent(&rest);
        textwrap::fill(last, options).trim_end().to_owned()
    }

    /// The first cell, and below it the others in one line.
    fn block(&self, row: &[String]) -> String {
        let mut cells = row.iter().filter(|cell| !cell.is_empty()).cloned();
        let head = cells.next().unwrap_or_default();
        let rest = cells.collect::<Vec<_>>().join(" · ");
        let options = textwrap::Options::new(self.width).initial_indent("    ").subsequent_indent("    ");
        format!("{head}\n{}", textwrap::fill(&rest, options))
    }

    fn blank(&mut self) {
        if self.lists == 0 && !self.out.ends_with("\n\n") && !self.out.is_empty() {
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_page_reads_well_in_a_terminal() {
        let page = "# A page\n\nIt has *words* and a [link](x.md), and goes on.\n\n<!-- nbc around=a\nuser a { }\n-->\n\n\
                    - one `thing`\n- another one that is too long for its line\n\n```nbc\nuser ana { }\n```\n\n\
                    | word | |\n|---|---|\n| `set` | says what nobody said before |\n";
        insta::assert_snapshot!(super::text(page, 32), @r"
        A page
        ======

        It has words and a link, and
        goes on.

        - one `thing`
        - another one that is too long
          for its line

            user ana { }

        word
        `set`  says what nobody said
               before
        ");
    }
}
