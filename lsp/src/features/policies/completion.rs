//! What could stand at a place of a policy.

use nbc_driver::Analysis;
use nbc_model::kinds::{EnumId, KindId};
use nbc_policy::cedar_text::Token;
use nbc_policy::shape::{CedarType, Shapes};
use nbc_source::{FileId, Span};

use super::super::completion::{Completion, Completions, MOST, Sort};
use super::super::place::people_name;
use super::{Policy, text};

/// Everything that could stand at a byte of a Cedar file, best first.
pub fn complete(analysis: &Analysis, file: FileId, offset: u32) -> Option<Completions> {
    let (text, at) = (text(analysis, file)?, offset as usize);
    let before = text.get(..at)?;
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim_start().starts_with("//") {
        return None;
    }
    let shapes = Shapes::of(&analysis.model);
    let offers = Offers { analysis, shapes: &shapes };
    let is_quoted = line.matches('"').count() % 2 == 1;
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = match is_quoted {
        true => before.rfind('"')? + 1,
        false => before.trim_end_matches(is_of_word).len(),
    };
    let (head, typed) = (text.get(..start)?, text.get(start..at)?.to_lowercase());
    let mut items = match is_quoted {
        true => offers.quoted(head.strip_suffix('"')?)?,
        false if head.ends_with('.') => offers.behind_a_dot(text, head)?,
        false if head.ends_with(':') || head.ends_with('@') => return None,
        false => offers.words(text, at),
    };
    items.retain(|item| item.insert.to_lowercase().contains(&typed) || item.label.to_lowercase().contains(&typed));
    items.sort_by_cached_key(|item| (item.rank, item.label.clone()));
    let is_cut = items.len() > MOST;
    items.truncate(MOST);
    Some(Completions { items, replaces: Span::new(file, start as u32..offset), is_cut })
}

struct Offers<'a> {
    analysis: &'a Analysis,
    shapes: &'a Shapes,
}

/// What a policy begins with.
const POLICY: &str = "@id(\"${1:name}\")\n@sentence(\"${2:What it says.}\")\nforbid (\n  principal is User,\n  \
                      action == Action::\"${3:launch}\",\n  resource is ${4:Profile}\n)\nwhen { $0 };";

impl Offers<'_> {
    /// Behind `User::"`.
    fn quoted(&self, head: &str) -> Option<Vec<Completion>> {
        let name = head.strip_suffix("::")?;
        let start = name.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        let name = name.get(start..)?;
        if name == "Action" {
            return Some(self.actions());
        }
        let values = || self.shapes.enum_of(name).map(|of| self.values(of, ""));
        self.shapes.kind_of(name).map(|kind| self.entities(kind)).or_else(values)
    }

    fn entities(&self, kind: KindId) -> Vec<Completion> {
        let model = &self.analysis.model;
        let all =
            model.entities.iter().filter(|(_, row)| row.kind == kind && row.owner.is_none() && row.test.is_none());
        let one = all.map(|(id, row)| {
            let handle = model.handle(id).to_owned();
            let called = people_name(model, id);
            let label = called.clone().unwrap_or_else(|| handle.clone());
            let detail = if called.is_some() { handle.clone() } else { String::new() };
            let rank = (u8::from(row.package.is_some()), 0);
            Completion { label, detail, documentation: row.doc.clone(), insert: handle, sort: Sort::Declaration, rank }
        });
        one.collect()
    }

    fn actions(&self) -> Vec<Completion> {
        let one = self.shapes.actions.iter().map(|shape| {
            let of = self.shapes.type_name(shape.kind).to_owned();
            item(&shape.id, of, shape.title.clone(), shape.id.clone(), Sort::Function)
        });
        one.collect()
    }

    /// The words of an enum, after what stands in front of them in a policy.
    fn values(&self, of: EnumId, before: &str) -> Vec<Completion> {
        let model = &self.analysis.model;
        let of = &model.kinds.enums[of];
        let one = of.values.iter().map(|value| {
            let word = model.text(value.name);
            let written = if before.is_empty() { word.to_owned() } else { format!("{before}::\"{word}\"") };
            item(&written, model.text(of.name).to_owned(), value.title.clone(), written.clone(), Sort::Value)
        });
        one.collect()
    }

    fn behind_a_dot(&self, text: &str, head: &str) -> Option<Vec<Completion>> {
        let policy = Policy::around(self.analysis, self.shapes, text, head.len())?;
        let dot = policy.tokens.iter().position(|token| token.range.end == head.len())?;
        let members = policy.members(&policy.path(dot.checked_sub(1)?))?;
        let model = &self.analysis.model;
        let one = members.attributes.iter().filter_map(|attribute| {
            let field = policy.field(members.home, attribute.field)?;
            let mark = if attribute.optional { ", ask `has` first" } else { "" };
            let detail = format!("{}{mark}", model.type_text(&field.ty));
            let found = item(&attribute.name, detail, field.doc.clone(), attribute.name.clone(), Sort::Field);
            Some(Completion { rank: (u8::from(field.every), 0), ..found })
        });
        Some(one.collect())
    }

    /// Where a word begins: a policy, or a part of one.
    fn words(&self, text: &str, at: usize) -> Vec<Completion> {
        let keyword = |word: &str, detail: &str, insert: &str| {
            item(word, detail.to_owned(), String::new(), insert.to_owned(), Sort::Keyword)
        };
        let policy = Policy::around(self.analysis, self.shapes, text, at);
        let is_inside = policy.as_ref().is_some_and(|policy| policy.is_open_at(at));
        let Some(policy) = policy.filter(|_| is_inside) else {
            return vec![keyword("forbid", "a policy that takes away", POLICY)];
        };
        if !policy.is_in_condition(at) {
            return vec![
                keyword("principal", "who acts", "principal"),
                keyword("action", "what is done", "action"),
                keyword("resource", "what it is done to", "resource"),
                keyword("when", "only then", "when { $0 }"),
                keyword("unless", "not then", "unless { $0 }"),
            ]
            .into_iter()
            .chain(self.types())
            .collect();
        }
        let mut all: Vec<Completion> = policy.compared_with(at).map(|of| self.of_enum(of)).unwrap_or_default();
        let plain = ["principal", "resource", "context"].map(|word| Completion {
            rank: (1, 0),
            ..item(word, String::new(), String::new(), word.to_owned(), Sort::Variable)
        });
        all.extend(plain);
        all.extend(self.types());
        all
    }

    fn of_enum(&self, of: EnumId) -> Vec<Completion> {
        self.shapes.enums.get(&of).map(|name| self.values(of, name)).unwrap_or_default()
    }

    /// The types, each with what follows it.
    fn types(&self) -> Vec<Completion> {
        let kinds = self.shapes.kinds.iter().flatten().map(|shape| {
            let insert = format!("{}::\"$1\"", shape.type_name);
            Completion {
                rank: (2, 0),
                ..item(&shape.type_name, "type".to_owned(), shape.doc.clone(), insert, Sort::Kind)
            }
        });
        let action = item("Action", "type".to_owned(), String::new(), "Action::\"$1\"".to_owned(), Sort::Kind);
        kinds.chain([Completion { rank: (2, 0), ..action }]).collect()
    }
}

fn item(label: &str, detail: String, documentation: String, insert: String, sort: Sort) -> Completion {
    Completion { label: label.to_owned(), detail, documentation, insert, sort, rank: (0, 0) }
}

impl Policy<'_> {
    /// The policy is begun before a byte, and not ended by a semicolon.
    fn is_open_at(&self, at: usize) -> bool {
        let mut before = self.tokens.iter().take_while(|token| token.range.start < at);
        let is_begun = before.any(|token| matches!(self.text.get(token.range.clone()), Some("forbid" | "permit")));
        let ends = |token: &Token| token.range.end <= at && self.text.get(token.range.clone()) == Some(";");
        is_begun && !self.tokens.last().is_some_and(ends)
    }

    /// Between the braces of `when` or `unless`.
    fn is_in_condition(&self, at: usize) -> bool {
        let before = self.tokens.iter().take_while(|token| token.range.end <= at);
        let mut depth = 0i32;
        for token in before {
            match self.text.get(token.range.clone()) {
                Some("{") => depth += 1,
                Some("}") => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }

    /// The enum of the attribute that stands before `==` or `!=`.
    fn compared_with(&self, at: usize) -> Option<EnumId> {
        let next = self.tokens.iter().position(|token| token.range.end >= at).unwrap_or(self.tokens.len());
        let sign = (0..next).rev().find(|at| matches!(self.word(*at), "==" | "!=")).filter(|sign| sign + 1 >= next)?;
        let last = sign.checked_sub(1)?;
        let members = self.members(&self.path(last.checked_sub(2)?))?;
        let attribute = members.attributes.iter().find(|attribute| attribute.name == self.word(last))?;
        match attribute.ty {
            CedarType::Enum(of) => Some(of),
            _ => None,
        }
    }
}
