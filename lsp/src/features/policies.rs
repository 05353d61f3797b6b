//! Cedar files of a workspace: what their words mean in the words of nbc.
//!
//! A policy calls declarations `DataSource::"cohort-7"`, values `Affiliation::"guest"`, actions `Action::"launch"`, and
//! fields by attributes whose names carry the unit: `resource.memory_bytes`.

mod completion;
mod quantity;

use nbc_driver::Analysis;
use nbc_model::expression::scope::Home;
use nbc_model::kinds::{Field, FieldId, KindId, Type};
use nbc_policy::cedar_text::{PolicyText, Token, TokenKind, policies};
use nbc_policy::shape::{Attribute, CedarType, Shapes};
use nbc_source::{FileId, FileKind, Span};

use super::place::View;
use super::symbol::Symbol;
use super::templates;

pub use completion::complete;
pub use quantity::quantity;

/// What a word of a policy or a template means, and where it stands.
pub fn symbol(analysis: &Analysis, file: FileId, offset: u32) -> Option<(Symbol, Span)> {
    let Some(text) = text(analysis, file) else { return templates::symbol(analysis, file, offset) };
    let shapes = Shapes::of(&analysis.model);
    let policy = Policy::around(analysis, &shapes, text, offset as usize)?;
    let at = policy.tokens.iter().position(|token| {
        matches!(token.kind, TokenKind::Word | TokenKind::Text)
            && token.range.start <= offset as usize
            && offset as usize <= token.range.end
    })?;
    policy.symbol(file, at)
}

/// Where that is declared, and where the word stands.
pub fn named(analysis: &Analysis, file: FileId, offset: u32) -> Option<(Span, Span)> {
    let (symbol, here) = symbol(analysis, file, offset)?;
    let any = analysis.workspace.parsed.first()?.file;
    Some((View::new(analysis, any)?.declared_at(symbol)?, here))
}

/// Where to ask about the thing at a byte: in a policy or a template, at the declaration of what it names.
pub fn target(analysis: &Analysis, file: FileId, offset: u32) -> Option<(View<'_>, u32)> {
    match named(analysis, file, offset) {
        Some((declared, _)) => Some((View::new(analysis, declared.file)?, declared.start)),
        None => Some((View::new(analysis, file)?, offset)),
    }
}

/// Every place of the Cedar files that means a symbol.
pub fn references(analysis: &Analysis, wanted: Symbol) -> Vec<Span> {
    let shapes = Shapes::of(&analysis.model);
    let mut all = Vec::new();
    for (file, source) in analysis.sources().iter().filter(|(_, source)| source.kind == FileKind::Cedar) {
        for found in policies(&source.text) {
            let policy = Policy::new(analysis, &shapes, &source.text, found);
            let means = (0..policy.tokens.len()).filter_map(|at| policy.symbol(file, at));
            all.extend(means.filter(|(symbol, _)| *symbol == wanted).map(|(_, here)| here));
        }
    }
    all
}

/// The text of a Cedar file.
pub(super) fn text(analysis: &Analysis, file: FileId) -> Option<&str> {
    let source = analysis.sources().get(file)?;
    (source.kind == FileKind::Cedar).then_some(&*source.text)
}

/// One policy, and the kinds that it is about.
struct Policy<'a> {
    analysis: &'a Analysis,
    shapes: &'a Shapes,
    text: &'a str,
    tokens: Vec<Token>,
}

/// What stands behind a dot: attributes, and what they are fields of.
struct Members<'s> {
    home: Home,
    attributes: &'s [Attribute],
}

impl<'a> Policy<'a> {
    fn new(analysis: &'a Analysis, shapes: &'a Shapes, text: &'a str, found: PolicyText) -> Policy<'a> {
        Policy { analysis, shapes, text, tokens: found.tokens }
    }

    /// The policy that a byte lies in, or the last one before it.
    fn around(analysis: &'a Analysis, shapes: &'a Shapes, text: &'a str, offset: usize) -> Option<Policy<'a>> {
        let before = policies(text).into_iter().take_while(|policy| policy.range.start <= offset);
        before.last().map(|found| Policy::new(analysis, shapes, text, found))
    }

    fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).and_then(|token| self.text.get(token.range.clone())).unwrap_or_default()
    }

    fn before(&self, at: usize, back: usize) -> &'a str {
        at.checked_sub(back).map_or("", |at| self.word(at))
    }

    fn symbol(&self, file: FileId, at: usize) -> Option<(Symbol, Span)> {
        let token = self.tokens.get(at)?;
        let span = |start: usize, end: usize| Span::new(file, start as u32..end as u32);
        let (symbol, here) = match token.kind {
            TokenKind::Text => {
                let here = span(token.range.start + 1, token.range.end.checked_sub(1)?.max(token.range.start + 1));
                let id = self.text.get(here.start as usize..here.end as usize)?;
                let of = (self.before(at, 1) == "::").then(|| self.before(at, 2))?;
                (self.literal(of, id)?, here)
            }
            TokenKind::Word => {
                let here = span(token.range.start, token.range.end);
                let is_type = self.word(at + 1) == "::" || self.before(at, 1) == "is";
                let symbol = if is_type { self.type_named(self.word(at))? } else { self.attribute(at)? };
                (symbol, here)
            }
            TokenKind::Number | TokenKind::Sign => return None,
        };
        Some((symbol, here))
    }

    fn type_named(&self, name: &str) -> Option<Symbol> {
        let kind = self.shapes.kind_of(name).map(Symbol::Kind);
        kind.or_else(|| self.shapes.enum_of(name).map(Symbol::Enum))
    }

    fn literal(&self, of: &str, id: &str) -> Option<Symbol> {
        let model = &self.analysis.model;
        if of == "Action" {
            return self.shapes.action_of(id).map(|shape| Symbol::Action(shape.action));
        }
        if let Some(of) = self.shapes.enum_of(of) {
            let at = model.kinds.enums[of].values.iter().position(|value| model.text(value.name) == id)?;
            return Some(Symbol::EnumValue(of, at as u16));
        }
        let (kind, handle) = (self.shapes.kind_of(of)?, model.names.find(id)?);
        let mut all =
            model.entities.iter().filter(|(_, row)| row.kind == kind && row.handle == handle && row.owner.is_none());
        all.next().map(|(entity, _)| Symbol::Entity(entity))
    }

    /// The field behind a dot, or behind `has`.
    fn attribute(&self, at: usize) -> Option<Symbol> {
        let path = match self.before(at, 1) {
            "." => self.path(at.checked_sub(2)?),
            "has" => self.path(at.checked_sub(2)?),
            _ => return None,
        };
        let members = self.members(&path)?;
        let attribute = members.attributes.iter().find(|attribute| attribute.name == self.word(at))?;
        Some(Symbol::Field(members.home, attribute.field))
    }

    /// `principal.quota` as its words, by the last of them.
    fn path(&self, last: usize) -> Vec<&'a str> {
        let mut words = vec![self.word(last)];
        let mut at = last;
        while self.before(at, 1) == "."
            && let Some(next) = at.checked_sub(2)
        {
            at = next;
            words.push(self.word(at));
        }
        words.reverse();
        words
    }

    /// What stands behind a path.
    fn members(&self, path: &[&str]) -> Option<Members<'a>> {
        let (root, steps) = path.split_first()?;
        let kind = match *root {
            "principal" => self.end("principal").or(self.shapes.roles_of_kinds.user),
            "resource" => self.end("resource").or_else(|| self.kind_of_action()),
            _ => None,
        }?;
        let mut members = Members { home: Home::Kind(kind), attributes: &self.shapes.kind(kind)?.attributes };
        for step in steps {
            let attribute = members.attributes.iter().find(|attribute| attribute.name == *step)?;
            let ty = &self.field(members.home, attribute.field)?.ty;
            members = match (&attribute.ty, self.analysis.model.kinds.base(ty)) {
                (CedarType::Entity(kind), _) => {
                    Members { home: Home::Kind(*kind), attributes: &self.shapes.kind(*kind)?.attributes }
                }
                (CedarType::Record(attributes), Type::Record(id)) => Members { home: Home::Record(*id), attributes },
                (CedarType::Record(attributes), Type::Entity(kind)) => Members { home: Home::Kind(*kind), attributes },
                _ => return None,
            };
        }
        Some(members)
    }

    fn field(&self, home: Home, id: FieldId) -> Option<&'a Field> {
        let kinds = &self.analysis.model.kinds;
        match home {
            Home::Kind(kind) => kinds.kinds[kind].fields.row(id),
            Home::Record(record) => kinds.records[record].fields.row(id),
            Home::Case(..) | Home::None => None,
        }
    }

    /// The kind that the head says an end is of: `resource is Profile`, `resource == Profile::"small"`.
    fn end(&self, end: &str) -> Option<KindId> {
        let says = |at: &usize| self.word(*at) == end && matches!(self.word(at + 1), "is" | "==");
        let at = (0..self.tokens.len()).find(says)?;
        self.shapes.kind_of(self.word(at + 2))
    }

    /// The kind whose action the head names.
    fn kind_of_action(&self) -> Option<KindId> {
        let mut ids = (0..self.tokens.len()).filter(|at| self.word(*at) == "Action" && self.word(at + 1) == "::");
        let id = self.word(ids.next()? + 2).trim_matches('"');
        self.shapes.action_of(id).map(|shape| shape.kind)
    }
}
