//! The reference of kinds as a page of the book: every field with its type, default and sentence.

use nbc_model::Model;
use nbc_model::index::Table;
use nbc_model::kinds::{Field, FieldId, Kind};
use nbc_source::{Sources, Span};

/// Everything that the page is written from.
struct Page<'a> {
    model: &'a Model,
    sources: &'a Sources,
    out: String,
}

pub(crate) fn page(model: &Model, sources: &Sources) -> String {
    let mut page = Page { model, sources, out: String::new() };
    page.out.push_str(
        "# The standard kinds\n\nWritten by `cargo run -p nbc-kindgen` from `stdlib/kinds/`; edit there.\n\n\
         A field with `?` may be left out and is then absent. A field without default must be written. *own* is not copied by `extends`,\n\
         *dated* takes `from` and `until` on each element, *computed* is worked out and never written.\n",
    );
    let kinds: Vec<&Kind> = model.kinds.kinds.iter().map(|(_, kind)| kind).filter(|kind| kind.standard).collect();
    page.out.push_str("\n## Every kind\n\nYours too, has these fields.\n\n");
    if let Some(kind) = kinds.first() {
        page.fields(&kind.fields, |field| field.every);
    }
    for kind in &kinds {
        page.kind(kind);
    }
    page.out.push_str("\n## Types of several kinds\n");
    page.types_of(|span| !kinds.iter().any(|kind| kind.span.file == span.file));
    page.out
}

impl Page<'_> {
    fn kind(&mut self, kind: &Kind) {
        let model = self.model;
        self.line(&format!("\n## {}\n\n{}\n", model.text(kind.name), kind.doc));
        let actions = kind.actions.iter().filter_map(|id| model.kinds.actions.row(*id));
        let mut actions: Vec<String> = actions
            .map(|action| {
                let implies = action.implies.and_then(|id| model.kinds.actions.row(id));
                let implies = implies.map_or(String::new(), |other| format!(" (implies `{}`)", model.text(other.name)));
                format!("- `{}`{implies}: {}", model.text(action.name), action.title)
            })
            .collect();
        if !actions.is_empty() {
            actions.insert(0, "What can be done with it:\n".to_owned());
            self.line(&format!("{}\n", actions.join("\n")));
        }
        self.fields(&kind.fields, |field| !field.every);
        for require in &kind.requires {
            self.line(&format!("\nRequired: {}.", require.sentence));
        }
        let file = kind.span.file;
        self.types_of(|span| span.file == file);
    }

    fn types_of(&mut self, here: impl Fn(Span) -> bool) {
        let kinds = &self.model.kinds;
        for (_, record) in kinds.records.iter().filter(|(_, record)| here(record.span)) {
            self.line(&format!("\n### {}\n\n{}\n", self.model.text(record.name), record.doc));
            self.fields(&record.fields, |_| true);
        }
        for (_, variant) in kinds.variants.iter().filter(|(_, variant)| here(variant.span)) {
            self.line(&format!("\n### {}\n\n{} One of:\n", self.model.text(variant.name), variant.doc));
            for case in &variant.cases {
                self.line(&format!("- `{}`", self.model.text(case.name)));
                for (_, field) in case.fields.iter() {
                    self.line(&format!("  - {}", self.field_in_words(field)));
                }
            }
        }
        for (_, choice) in kinds.enums.iter().filter(|(_, choice)| here(choice.span)) {
            self.line(&format!("\n### {}\n\n{}\n", self.model.text(choice.name), choice.doc));
            for value in &choice.values {
                let title = if value.title.is_empty() { String::new() } else { format!(": {}", value.title) };
                self.line(&format!("- `{}`{title}", self.model.text(value.name)));
            }
        }
        for (_, named) in kinds.types.iter().filter(|(_, named)| here(named.span)) {
            self.line(&format!(
                "\n### {}\n\n{} It is `{}`.",
                self.model.text(named.name),
                named.doc,
                self.model.type_text(&named.base)
            ));
            let sentences = named.constraints.iter().filter_map(|constraint| constraint.sentence.as_deref());
            let sentences: Vec<&str> = sentences.collect();
            if !sentences.is_empty() {
                self.line(&format!("\nAllowed: {}.", sentences.join("; ")));
            }
        }
    }

    /// The chosen fields as a table.
    fn fields(&mut self, fields: &Table<FieldId, Field>, chosen: fn(&Field) -> bool) {
        self.line("| field | type | default | |\n|---|---|---|---|");
        for (_, field) in fields.iter().filter(|(_, field)| field.pack.is_none() && chosen(field)) {
            let optional = if field.optional { "?" } else { "" };
            let mut marks: Vec<&str> = Vec::new();
            marks.extend(field.own.then_some("own"));
            marks.extend(field.owned.then_some("a block of its own"));
            marks.extend(field.owns.then_some("owner"));
            marks.extend(field.computed.is_some().then_some("computed"));
            let grants = field.grants.and_then(|grant| self.model.kinds.actions.row(grant.action));
            let grants = grants.map(|action| format!("grants `{}`", self.model.text(action.name)));
            let mut notes: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
            notes.extend(grants);
            notes.extend(field.constraints.iter().filter_map(|constraint| constraint.sentence.clone()));
            let notes = if notes.is_empty() { String::new() } else { format!(" *{}*", notes.join("; ")) };
            let default = self.model.default_text(self.sources, field);
            let row = format!(
                "| `{}{optional}` | `{}` | {} | {}{notes} |",
                self.model.text(field.name),
                self.model.type_text(&field.ty).replace('|', "\\|"),
                default.map_or_else(String::new, |text| format!("`{}`", text.replace('|', "\\|"))),
                field.doc.replace('\n', " ").replace('|', "\\|"),
            );
            self.line(&row);
        }
    }

    fn field_in_words(&self, field: &Field) -> String {
        let optional = if field.optional { "?" } else { "" };
        let (name, ty) = (self.model.text(field.name), self.model.type_text(&field.ty));
        format!("`{name}{optional}: {ty}` {}", field.doc)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }
}
