//! A small world: kinds by the collecting phase, things by their handle, what they say bound and evaluated at once.

use nbc_source::{Diagnostic, Diagnostics, FileId, FileKind, SourceFile, Sources, Span};
use nbc_syntax::ast;

use crate::collect::{FieldOwner, collect};
use crate::expression::bind::{Binder, Place};
use crate::expression::declare::{self, Declaring, Source, What};
use crate::expression::evaluate::{Evaluation, Evaluator, Frame, Slots};
use crate::expression::scope::{Globals, Home, Reads, Reporter, Scope, Situation, Tables};
use crate::expression::world::Access;
use crate::expression::{ExpressionId, Expressions, Rule};
use crate::files::{File, Owner};
use crate::index::{Id, Table};
use crate::kinds::{ActionId, FieldId, KindId, KindSet, Type};
use crate::names::{Name, Names};
use crate::rules::{self, RuleNames};
use crate::value::{ExpansionId, Fields, Layer, Origin, OriginId, Slot, Store, Value};
use crate::world::{Entity, EntityId, World};

/// Values of `let`s, or what rules find; there must be no finding.
pub(super) fn check(source: &str, expected: &str) {
    let run = run(source);
    assert_eq!(run.findings, Vec::<String>::new());
    let said = if run.broken.is_empty() { vec![run.values.join(", ")] } else { run.broken };
    assert_eq!(said.join("\n"), lines(expected));
}

/// What is wrong with a text.
pub(super) fn findings(source: &str, expected: &str) {
    assert_eq!(run(source).findings.join("\n"), lines(expected));
}

fn lines(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

struct Run {
    values: Vec<String>,
    findings: Vec<String>,
    broken: Vec<String>,
}

/// Things of a text, each with the slots that it says.
struct Small {
    kinds: KindSet,
    entities: Table<EntityId, Entity>,
    fields: Vec<Fields>,
}

impl Slots for Small {
    fn slot(&self, store: &Store, entity: EntityId, field: FieldId) -> Option<Slot> {
        let fields = self.fields.get(entity.index())?;
        store.slots(*fields).get(field.index()).copied()
    }
    fn kind(&self, entity: EntityId) -> Option<KindId> {
        self.entities.row(entity).map(|row| row.kind)
    }
    fn handle(&self, entity: EntityId) -> Option<Name> {
        self.entities.row(entity).map(|row| row.handle)
    }
}

struct SmallScope<'s>(&'s Table<EntityId, Entity>);

impl Scope for SmallScope<'_> {
    fn entity(&self, kind: KindId, handle: Name) -> Option<EntityId> {
        let found = self.0.iter().find(|(_, row)| row.kind == kind && row.handle == handle && row.owner.is_none());
        found.map(|(id, _)| id)
    }
    fn kinds_with(&self, handle: Name) -> Vec<KindId> {
        self.0.iter().filter(|(_, row)| row.handle == handle).map(|(_, row)| row.kind).collect()
    }
    fn handle(&self, entity: EntityId) -> Option<Name> {
        Some(self.0[entity].handle)
    }
    fn kind_of(&self, entity: EntityId) -> Option<KindId> {
        Some(self.0[entity].kind)
    }
    fn reference(&mut self, reporter: Reporter<'_>, ty: &Type, text: &str, span: Span) -> Option<Value> {
        let name = reporter.names.intern(text);
        let kinds = match reporter.kinds.base(ty) {
            Type::Entity(kind) => vec![*kind],
            Type::OneOf(types) => types
                .iter()
                .filter_map(|ty| match ty {
                    Type::Entity(kind) => Some(*kind),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let found = kinds.into_iter().find_map(|kind| self.entity(kind, name));
        if found.is_none() {
            reporter.diagnostics.push(Diagnostic::new(&crate::codes::UNKNOWN_NAME, span, format!("`{text}`")));
        }
        found.map(Value::Entity)
    }
    fn quoted(&mut self, reporter: Reporter<'_>, _: &Type, text: &str, span: Span) {
        reporter.diagnostics.push(Diagnostic::new(&crate::codes::QUOTED_NAME, span, format!("`{text}`")));
    }
}

/// Everybody may do everything but the user `gus`.
struct AllButGus(Option<EntityId>);

impl Access for AllButGus {
    fn may(&self, principal: EntityId, _: ActionId, _: EntityId) -> bool {
        Some(principal) != self.0
    }
    fn who_may(&self, _: ActionId, _: EntityId) -> Vec<EntityId> {
        Vec::new()
    }
}

struct Work {
    names: Names,
    store: Store,
    origins: Table<OriginId, Origin>,
    expressions: Expressions,
    diagnostics: Diagnostics,
    globals: Globals,
}

fn situation(home: Home, reads: Reads) -> Situation {
    Situation { file: FileId(0), home, reads, layer: Layer::Declaration, expansion: ExpansionId::new(0) }
}

impl Work {
    fn bind<T>(&mut self, small: &Small, home: Home, reads: Reads, bind: impl FnOnce(&mut Binder<'_>) -> T) -> T {
        let tables = Tables {
            names: &mut self.names,
            store: &mut self.store,
            origins: &mut self.origins,
            expressions: &mut self.expressions,
            diagnostics: &mut self.diagnostics,
            kinds: &small.kinds,
            globals: &self.globals,
        };
        let mut scope = SmallScope(&small.entities);
        bind(&mut Binder::new(tables, &mut scope, situation(home, reads)))
    }

    fn evaluate<T>(&mut self, small: &Small, evaluate: impl FnOnce(&mut Evaluator<'_>) -> T) -> T {
        evaluate(&mut Evaluator::new(Evaluation {
            names: &mut self.names,
            store: &mut self.store,
            origins: &mut self.origins,
            diagnostics: &mut self.diagnostics,
            kinds: &small.kinds,
            expressions: &self.expressions,
            globals: &self.globals,
            slots: small,
        }))
    }

    fn value(&mut self, small: &Small, id: ExpressionId) -> Value {
        self.evaluate(small, |evaluator| evaluator.run(id, &mut Frame::of_locals(Vec::new())))
    }
}

fn run(source: &str) -> Run {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("test.nbc", FileKind::Nbc, source));
    let parse = nbc_syntax::parse(source, file);
    assert_eq!(parse.diagnostics(), [], "{source}");
    let files = [File::new(file, Owner::Workspace, parse.source_file())];
    let mut work = Work {
        names: Names::default(),
        store: Store::default(),
        origins: Table::new(),
        expressions: Expressions::new(),
        diagnostics: Diagnostics::new(),
        globals: Globals::default(),
    };
    let (kinds, unbound) = collect(&files, &mut work.names, &mut work.diagnostics);
    let mut small = Small { kinds, entities: Table::new(), fields: Vec::new() };
    let declarations: Vec<ast::Declaration> = parse.source_file().declarations().collect();
    enter(&mut work, &mut small, &declarations);
    globals(&mut work, &small, &declarations);
    bind_kinds(&mut work, &small, &unbound);
    say(&mut work, &mut small, &declarations);
    let broken = judge(&mut work, &small, &declarations);
    let values = lets(&mut work, &small);
    work.diagnostics.settle();
    let findings = work.diagnostics.iter().map(|found| finding(&sources, found)).collect();
    Run { values, findings, broken }
}

fn finding(sources: &Sources, found: &Diagnostic) -> String {
    let at = sources.line_column(found.span.unwrap());
    let code = match found.code.name {
        "unknown-name" => "unknown",
        "quoted-name" => "quoted",
        name => name,
    };
    let help = found.help.iter().map(|help| format!(" | {help}")).collect::<String>();
    format!("{}:{} {code}: {}{help}", at.line, at.column, found.message)
}

fn entity(kind: KindId, handle: Name, owner: Option<(EntityId, FieldId)>) -> Entity {
    Entity {
        kind,
        handle,
        owner,
        package: None,
        stage: None,
        test: None,
        extends: None,
        has_lost_parent: false,
        inherits: Vec::new(),
        span: Span::default(),
        doc: String::new(),
        expansion: ExpansionId::new(0),
    }
}

/// All names first.
fn enter(work: &mut Work, small: &mut Small, declarations: &[ast::Declaration]) {
    for declaration in declarations {
        let ast::Declaration::Instance(instance) = declaration else { continue };
        let kind = work.names.intern(instance.kind_ref().unwrap().text());
        let kind = small.kinds.kind_of(kind).unwrap();
        let Some(ast::Handle::Name(handle)) = instance.handle() else { panic!("a handle") };
        let handle = work.names.intern(handle.text());
        small.entities.push(entity(kind, handle, None));
        let slots = small.kinds.kinds[kind].fields.iter().map(|_| absent(&mut work.origins)).collect::<Vec<_>>();
        small.fields.push(work.store.fields(slots));
    }
}

fn absent(origins: &mut Table<OriginId, Origin>) -> Slot {
    let origin = Origin { span: Span::default(), layer: Layer::Default, expansion: ExpansionId::new(0) };
    Slot { value: Value::Absent, origin: origins.push(origin) }
}

fn globals(work: &mut Work, small: &Small, declarations: &[ast::Declaration]) {
    let sources: Vec<Source> = declarations
        .iter()
        .filter_map(|declaration| match declaration {
            ast::Declaration::Let(row) => Some(Source { file: FileId(0), what: What::Let(row.clone()) }),
            ast::Declaration::Fn(row) => Some(Source { file: FileId(0), what: What::Function(row.clone()) }),
            _ => None,
        })
        .collect();
    let mut scope = SmallScope(&small.entities);
    let declaring = Declaring {
        names: &mut work.names,
        store: &mut work.store,
        origins: &mut work.origins,
        expressions: &mut work.expressions,
        diagnostics: &mut work.diagnostics,
        kinds: &small.kinds,
        globals: &mut work.globals,
        scope: &mut scope,
        resolve_type: &mut |names, kinds, _, _, ty| resolve(names, kinds, ty),
    };
    declare::bind(declaring, &sources, None);
}

fn resolve(names: &mut Names, kinds: &KindSet, ty: &ast::Type) -> Type {
    match ty {
        ast::Type::Named(named) => {
            let name = names.intern(named.name().unwrap().text());
            kinds.kind_of(name).map(Type::Entity).or_else(|| kinds.type_of(name).cloned()).unwrap()
        }
        ast::Type::List(list) => super::super::builtins::list(resolve(names, kinds, &list.element().unwrap())),
        ast::Type::Map(map) => Type::Map(
            Box::new(resolve(names, kinds, &map.key().unwrap())),
            Box::new(resolve(names, kinds, &map.value().unwrap())),
        ),
        other => panic!("{other:?}"),
    }
}

fn bind_kinds(work: &mut Work, small: &Small, unbound: &crate::collect::Unbound) {
    for (_, owner, field, tree) in &unbound.fields {
        let FieldOwner::Kind(kind) = owner else { continue };
        let row = &small.kinds.kinds[*kind].fields[*field];
        if let Some(default) = tree.default() {
            let place = Place { ty: Some(&row.ty), optional: row.optional };
            work.bind(small, Home::Kind(*kind), Reads::Fields, |binder| binder.bind_value(&default, place));
        }
    }
    for (_, kind, field, tree) in &unbound.computed {
        let ty = &small.kinds.kinds[*kind].fields[*field].ty;
        let expression = tree.expression().unwrap();
        work.bind(small, Home::Kind(*kind), Reads::Memberships, |binder| binder.bind(&expression, Place::of(ty)));
    }
}

/// What each thing says.
fn say(work: &mut Work, small: &mut Small, declarations: &[ast::Declaration]) {
    let instances = declarations.iter().filter_map(|declaration| match declaration {
        ast::Declaration::Instance(instance) => instance.body(),
        _ => None,
    });
    for (at, body) in instances.enumerate() {
        say_one(work, small, EntityId::new(at), &body);
    }
}

fn say_one(work: &mut Work, small: &mut Small, id: EntityId, body: &ast::Body) {
    let kind = small.entities[id].kind;
    for item in body.items() {
        let name = work.names.intern(&item.key().unwrap().text());
        let field = small.kinds.kinds[kind].field(name).unwrap();
        let ty = small.kinds.kinds[kind].fields[field].ty.clone();
        let is_owned = small.kinds.kinds[kind].fields[field].owned;
        let value = match (&ty, is_owned) {
            (Type::Entity(owned), true) => {
                let owned = *owned;
                let inner = small.entities.push(entity(owned, name, Some((id, field))));
                let slots =
                    small.kinds.kinds[owned].fields.iter().map(|_| absent(&mut work.origins)).collect::<Vec<_>>();
                small.fields.push(work.store.fields(slots));
                say_one(work, small, inner, &item.body().unwrap());
                Value::Entity(inner)
            }
            _ => {
                let value = item.value().unwrap();
                let bound = work
                    .bind(small, Home::Kind(kind), Reads::Fields, |binder| binder.bind_value(&value, Place::of(&ty)));
                work.value(small, bound)
            }
        };
        let run = small.fields[id.index()];
        work.store.slots_mut(run)[field.index()].value = value;
    }
}

fn lets(work: &mut Work, small: &Small) -> Vec<String> {
    let rows: Vec<(Name, ExpressionId)> = work.globals.lets.iter().map(|(_, row)| (row.name, row.value)).collect();
    rows.into_iter()
        .map(|(name, id)| {
            let value = work.value(small, id);
            let words = work.evaluate(small, |evaluator| evaluator.words(value));
            format!("{} = {words}", work.names.text(name))
        })
        .collect()
}

fn judge(work: &mut Work, small: &Small, declarations: &[ast::Declaration]) -> Vec<String> {
    let mut found: Vec<Rule> = Vec::new();
    for declaration in declarations {
        if let ast::Declaration::Rule(rule) = declaration {
            found
                .extend(work.bind(small, Home::None, Reads::Everything, |binder| rules::bind_rule(binder, rule, None)));
        }
    }
    let known = RuleNames { rules: found.iter().map(|rule| rule.name).collect(), policies: Some(Vec::new()) };
    for declaration in declarations {
        match declaration {
            ast::Declaration::Waiver(waiver) => {
                work.bind(small, Home::None, Reads::Nothing, |binder| rules::bind_waiver(binder, waiver, &known));
            }
            ast::Declaration::Test(test) => {
                work.bind(small, Home::None, Reads::Everything, |binder| {
                    rules::bind_test(binder, test, None, &found, &known)
                });
            }
            _ => {}
        }
    }
    let world = world(small);
    let gus = work.names.find("gus").and_then(|name| small.entities.iter().find(|(_, row)| row.handle == name));
    let access = AllButGus(gus.map(|(id, _)| id));
    let broken =
        work.evaluate(small, |evaluator| rules::judge_rules(evaluator, &found, &world, &small.entities, &access));
    let text = |name: Name| work.names.text(name).to_owned();
    broken
        .into_iter()
        .map(|row| {
            let subjects: Vec<String> = row.subjects.iter().map(|id| text(small.entities[*id].handle)).collect();
            let message = row.message.map_or_else(String::new, |message| format!(": {message}"));
            let because = row.because.map_or_else(String::new, |because| format!(" ({because})"));
            format!("{} broken by {}{message}{because}", text(found[row.rule].name), subjects.join(", "))
        })
        .collect()
}

fn world(small: &Small) -> World {
    let mut world = World {
        test: None,
        stage: None,
        as_of: crate::value::Date(0),
        states: Table::new(),
        by_kind: Table::new(),
        membership: Default::default(),
    };
    for kind in small.kinds.kinds.ids() {
        let rows = small.entities.iter().filter(|(_, row)| row.kind == kind && row.owner.is_none());
        world.by_kind.push(rows.map(|(id, _)| id).collect());
    }
    world
}
