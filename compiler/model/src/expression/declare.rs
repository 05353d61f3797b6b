//! Binding of `let` and `fn`: each after what it needs, and none of them in a circle.

use rustc_hash::FxHashMap;

use nbc_source::{Diagnostic, Diagnostics, FileId, Span};
use nbc_syntax::SyntaxNode;
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::literal::TextPart;

use crate::codes::DUPLICATE_NAME;
use crate::expression::bind::{Binder, Place};
use crate::expression::codes;
use crate::expression::scope::{Globals, Home, Reads, Scope, Situation, Tables};
use crate::expression::{Expression, ExpressionId, Expressions, Function, Let, Node};
use crate::index::{Id, Table};
use crate::kinds::{KindSet, Type};
use crate::names::{Name, Names};
use crate::value::{ExpansionId, Layer, Origin, OriginId, Store};

/// A `let` or `fn` as it stands in a file.
#[derive(Clone, Debug)]
pub struct Source {
    pub file: FileId,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Let(ast::LetDecl),
    Function(ast::FnDecl),
}

impl Source {
    fn name(&self) -> Option<ast::Name> {
        match &self.what {
            What::Let(row) => row.name(),
            What::Function(row) => row.name(),
        }
    }

    fn syntax(&self) -> &SyntaxNode {
        match &self.what {
            What::Let(row) => row.syntax(),
            What::Function(row) => row.syntax(),
        }
    }
}

/// How a type that is written becomes a type; reports by itself.
pub type ResolveType<'r> = dyn FnMut(&mut Names, &KindSet, &mut Diagnostics, FileId, &ast::Type) -> Type + 'r;

/// What binding of globals writes to and reads from.
pub struct Declaring<'d> {
    pub names: &'d mut Names,
    pub store: &'d mut Store,
    pub origins: &'d mut Table<OriginId, Origin>,
    pub expressions: &'d mut Expressions,
    pub diagnostics: &'d mut Diagnostics,
    pub kinds: &'d KindSet,
    pub globals: &'d mut Globals,
    pub scope: &'d mut dyn Scope,
    pub resolve_type: &'d mut ResolveType<'d>,
}

/// Currencies that were written, with their places.
pub type Currencies = Vec<(Span, String)>;

/// Binds the wanted `let`s and functions and all that they need; without a list, all. What is bound already stays.
///
/// The list of a `for` is expanded before references can be looked up, so it asks for its own first.
pub fn bind(declaring: Declaring<'_>, sources: &[Source], wanted: Option<&[Name]>) -> Currencies {
    let mut work =
        Work { declaring, sources, by_name: FxHashMap::default(), states: Vec::new(), currencies: Vec::new() };
    work.states = vec![State::Waiting; sources.len()];
    for (at, source) in sources.iter().enumerate() {
        if let Some(name) = source.name() {
            let name = work.declaring.names.intern(name.text());
            let first = *work.by_name.entry(name).or_insert(at);
            if let Some(first) = sources.get(first).filter(|_| first != at) {
                work.twice(first, source);
            }
        }
    }
    let all: Vec<usize> = match wanted {
        Some(names) => names.iter().filter_map(|name| work.by_name.get(name).copied()).collect(),
        None => (0..sources.len()).collect(),
    };
    for at in all {
        work.visit(at, &mut Vec::new());
    }
    work.currencies
}

/// The names of `let`s and functions that an expression may mean: the start of every path, every call.
pub fn mentioned(node: &SyntaxNode) -> Vec<String> {
    let mut found = Vec::new();
    for inner in node.descendants() {
        if let Some(path) = ast::PathExpr::cast(inner.clone()) {
            found.extend(path.segments().next().map(|first| first.text().into_owned()));
        } else if let Some(call) = ast::CallExpr::cast(inner.clone()) {
            found.extend(call.function().map(|function| function.text().to_owned()));
        } else if let Some(literal) = ast::Literal::cast(inner)
            && let Some(ast::LiteralKind::Text(text)) = literal.kind()
        {
            interpolated(&text, &mut found);
        }
    }
    found
}

/// The words between the braces of a text.
fn interpolated(text: &ast::Text, found: &mut Vec<String>) {
    for part in text.parts() {
        if let TextPart::Interpolation { range } = part {
            let source = text.source().get(range.start as usize..range.end as usize).unwrap_or_default();
            let words = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            found.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    /// Somewhere up in the chain of needs.
    Open,
    Done,
}

struct Work<'d, 's> {
    declaring: Declaring<'d>,
    sources: &'s [Source],
    by_name: FxHashMap<Name, usize>,
    states: Vec<State>,
    currencies: Currencies,
}

/// Needs of needs that are followed; a longer chain is refused as if it ran in a circle.
const CHAIN: usize = 200;

impl Work<'_, '_> {
    fn twice(&mut self, first: &Source, second: &Source) {
        let (Some(before), Some(name)) = (first.name(), second.name()) else { return };
        let span = |source: &Source, name: &ast::Name| crate::collect::span_of(source.file, name.range());
        let message = format!("`{}` is declared twice", name.text());
        let twice = Diagnostic::new(&DUPLICATE_NAME, span(second, &name), message).label("declared a second time");
        self.declaring.diagnostics.push(twice.related(span(first, &before), "first declared here"));
    }

    fn visit(&mut self, at: usize, chain: &mut Vec<usize>) {
        match self.states.get(at) {
            Some(State::Waiting) => {}
            Some(State::Open) => return self.circle(at, chain),
            Some(State::Done) | None => return,
        }
        let Some(source) = self.sources.get(at) else { return };
        let Some(name) = source.name().map(|name| self.declaring.names.intern(name.text())) else { return };
        if self.is_bound(name) || self.by_name.get(&name) != Some(&at) {
            return;
        }
        self.set(at, State::Open);
        chain.push(at);
        if chain.len() > CHAIN {
            self.circle(at, chain);
        }
        for needed in self.needs(source) {
            if chain.len() <= CHAIN {
                self.visit(needed, chain);
            }
        }
        chain.pop();
        self.set(at, State::Done);
        if !self.is_bound(name) {
            self.declare(source, name);
        }
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(place) = self.states.get_mut(at) {
            *place = state;
        }
    }

    fn is_bound(&self, name: Name) -> bool {
        let globals = &self.declaring.globals;
        globals.let_names.contains_key(&name) || globals.function_names.contains_key(&name)
    }

    fn needs(&self, source: &Source) -> Vec<usize> {
        let names = mentioned(source.syntax());
        let found = names.iter().filter_map(|text| self.declaring.names.find(text));
        found.filter_map(|name| self.by_name.get(&name).copied()).collect()
    }

    /// Reports a circle once, at the one that closes it, and poisons that one.
    fn circle(&mut self, at: usize, chain: &[usize]) {
        let start = chain.iter().position(|open| *open == at).unwrap_or(0);
        let circle = chain.get(start..).unwrap_or_default();
        let rows: Vec<(String, Span)> = circle
            .iter()
            .chain([&at])
            .filter_map(|at| self.sources.get(*at))
            .filter_map(|source| source.name().map(|name| (name.text().to_owned(), span(source.file, name.range()))))
            .collect();
        let Some((first, place)) = rows.first().cloned() else { return };
        let path = rows.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
        let mut diagnostic = Diagnostic::new(&codes::RECURSION, place, format!("`{first}` needs itself")).label(path);
        for (name, place) in rows.iter().skip(1).take(rows.len().saturating_sub(2)) {
            diagnostic = diagnostic.related(*place, format!("through `{name}`"));
        }
        self.declaring.diagnostics.push(diagnostic);
        if let Some(source) = self.sources.get(at) {
            let name = self.declaring.names.intern(&first);
            self.poisoned(source, name);
        }
    }

    fn poisoned(&mut self, source: &Source, name: Name) {
        let span = source.name().map_or_else(Span::default, |name| span(source.file, name.range()));
        let node = Expression {
            node: Node::Poisoned,
            ty: Type::Invalid,
            optional: false,
            depth: 1,
            span,
            expansion: ExpansionId::new(0),
        };
        let value = self.declaring.expressions.push(node);
        match &source.what {
            What::Let(_) => self.push_let(Let { name, span, ty: Type::Invalid, value }),
            What::Function(row) => {
                let parameters = row.parameters().map(|_| (name, Type::Invalid)).collect();
                let result = Type::Invalid;
                self.push_function(Function { name, span, parameters, result, body: value, follows: false });
            }
        }
    }

    fn push_let(&mut self, row: Let) {
        let name = row.name;
        let id = self.declaring.globals.lets.push(row);
        self.declaring.globals.let_names.insert(name, id);
    }

    fn push_function(&mut self, row: Function) {
        let name = row.name;
        let id = self.declaring.globals.functions.push(row);
        self.declaring.globals.function_names.insert(name, id);
    }

    fn declare(&mut self, source: &Source, name: Name) {
        let place = source.name().map_or_else(Span::default, |name| span(source.file, name.range()));
        match &source.what {
            What::Let(row) => {
                let ty = row.type_().map(|ty| self.resolve(source.file, &ty));
                let Some(value) = row.value() else { return self.poisoned(source, name) };
                let value = self.binding(source.file, Reads::Nothing, |binder| {
                    binder.bind_value(&value, ty.as_ref().map_or(Place::any(), Place::of))
                });
                let ty = ty.unwrap_or_else(|| self.declaring.expressions[value.0].ty.clone());
                self.push_let(Let { name, span: place, ty, value: value.0 });
            }
            What::Function(row) => self.function(source, row, name, place),
        }
    }

    fn function(&mut self, source: &Source, row: &ast::FnDecl, name: Name, place: Span) {
        let mut parameters = Vec::new();
        for parameter in row.parameters() {
            let (Some(of), Some(ty)) = (parameter.name(), parameter.type_()) else { continue };
            let of = self.declaring.names.intern(of.text());
            parameters.push((of, self.resolve(source.file, &ty)));
        }
        let result = row.result().map_or(Type::Invalid, |ty| self.resolve(source.file, &ty));
        let Some(body) = row.expression() else { return self.poisoned(source, name) };
        let (body, follows) = self.binding(source.file, Reads::References, |binder| {
            for (name, ty) in &parameters {
                binder.push_local(*name, ty.clone());
            }
            binder.bind(&body, Place::of(&result))
        });
        self.push_function(Function { name, span: place, parameters, result, body, follows });
    }

    fn resolve(&mut self, file: FileId, ty: &ast::Type) -> Type {
        let Declaring { names, diagnostics, kinds, resolve_type, .. } = &mut self.declaring;
        resolve_type(names, kinds, diagnostics, file, ty)
    }

    fn binding(
        &mut self,
        file: FileId,
        reads: Reads,
        bind: impl FnOnce(&mut Binder<'_>) -> ExpressionId,
    ) -> (ExpressionId, bool) {
        let declaring = &mut self.declaring;
        let tables = Tables {
            names: declaring.names,
            store: declaring.store,
            origins: declaring.origins,
            expressions: declaring.expressions,
            diagnostics: declaring.diagnostics,
            kinds: declaring.kinds,
            globals: declaring.globals,
        };
        let situation =
            Situation { file, home: Home::None, reads, layer: Layer::Declaration, expansion: ExpansionId::new(0) };
        let mut binder = Binder::new(tables, declaring.scope, situation);
        let id = bind(&mut binder);
        let follows = binder.follows;
        let currencies = std::mem::take(&mut binder.currencies);
        self.currencies.extend(currencies);
        (id, follows)
    }
}

fn span(file: FileId, range: nbc_syntax::TextRange) -> Span {
    Span::new(file, u32::from(range.start())..u32::from(range.end()))
}
