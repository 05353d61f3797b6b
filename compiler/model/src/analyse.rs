//! Phases 3 to 9: [`analyse`] runs 3 to 5 and sorts what is said once, then 6 to 9 for each stage ([`world`]), 8 last.
//! This file is the table of contents of the room.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use nbc_source::{Diagnostic, Diagnostics, FileId, Fix, Sources, Span};
use nbc_syntax::ast::{self, AstNode};

use crate::close;
use crate::codes;
use crate::collect::{self, span_of};
use crate::compute::{self, Computing};
use crate::confusable;
use crate::corrections;
use crate::deprecated;
use crate::expand::{self, Bindings, Constants, Expanded};
use crate::expression::Test;
use crate::expression::bind::{Binder, Place};
use crate::expression::declare::{self, Declaring, Source, What};
use crate::expression::scope::{Globals, Home, Reads, Situation, Tables};
use crate::expression::work::Work;
use crate::expression::world::WorldSlots;
use crate::expression::{Expressions, Node};
use crate::files::{self, File, Owner, ParsedFile};
use crate::fold::{Folder, Pending, Target, stage_chain};
use crate::index::Table;
use crate::kept::{Kept, Plan, Record, Sight};
use crate::kinds::{FieldId, KindId, KindSet};
use crate::layer::{Layers, Twice};
use crate::model::Model;
use crate::names::{Name, Names};
use crate::presets::Presets;
use crate::raws;
use crate::resolve::Resolver;
use crate::resolve::bound::View;
use crate::rules::{self, RuleNames};
use crate::scope::{Directory, Owned, Viewpoint};
use crate::shared::{Apart, Watched, named_presets};
use crate::validate::Validator;
use crate::value::{Date, ExpansionId, Fields, Layer, Origin, OriginId, StageId, Store, Value};
use crate::world::{Entity, EntityId, Stage, World};

/// What analysis starts from.
pub struct Input<'s> {
    pub sources: &'s Sources,
    /// Every `.nbc` file of `sources`, parsed; their own findings are the caller's to report.
    pub parsed: &'s [ParsedFile],
    /// The day that is judged, asked for with the platform's time zone.
    pub as_of: &'s dyn Fn(&str) -> Date,
}

/// Runs phases 3 to 9.
pub fn analyse(input: &Input<'_>) -> (Model, Diagnostics) {
    analyse_again(input, &mut Kept::nothing())
}

/// [`analyse`] for who looks again and again: `kept` is what the look before left.
pub fn analyse_again(input: &Input<'_>, kept: &mut Kept) -> (Model, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut names = kept.begin(input);
    let files = files::files(input.sources, input.parsed, &mut names);

    // 3 Kinds
    let (mut kinds, unbound) = collect::collect(&files, &mut names, &mut diagnostics);

    // 4 Expand
    let mut bench = Bench::new(input.sources.iter().map(|(_, source)| source.text.len()).sum());
    let globals_of_loops = bench.globals(&files, &mut names, &kinds, &mut diagnostics, Wanted::ForLoops);
    let expanded = {
        let mut constants = LoopConstants { bench: &mut bench, kinds: &kinds, globals: &globals_of_loops };
        expand::expand(input.sources, kept.tables(), &files, &kinds, &mut names, &mut constants, &mut diagnostics)
    };
    let Expanded { mut entities, directory, stages, expansions, tables, jobs, rows, changes, parents, owned, tests } =
        expanded;

    let plan = kept.plan(|| Sight::of(&entities, &stages, &directory, &rows, &tables));
    kept.read(&tables, input.sources, &diagnostics);

    // 5 Resolve and type
    let globals = bench.all_globals(
        globals_of_loops,
        &files,
        &mut names,
        &kinds,
        &mut diagnostics,
        &entities,
        &stages,
        &directory,
    );
    Presets {
        names: &mut names,
        kinds: &mut kinds,
        store: &mut bench.store,
        origins: &mut bench.origins,
        expressions: &mut bench.expressions,
        globals: &globals,
        entities: &entities,
        stages: &stages,
        directory: &directory,
        diagnostics: &mut diagnostics,
    }
    .bind(unbound);
    let mut layers = Layers::for_entities(entities.len());
    let mut resolver = Resolver {
        names: &mut names,
        kinds: &kinds,
        store: &mut bench.store,
        origins: &mut bench.origins,
        expressions: &mut bench.expressions,
        globals: &globals,
        entities: &mut entities,
        stages: &stages,
        directory: &directory,
        owned: &owned,
        layers: &mut layers,
        diagnostics: &mut diagnostics,
        currencies: Vec::new(),
        words: FxHashMap::default(),
        recorded: None,
    };
    resolver.parents(parents);
    resolver.owned_blocks();
    resolver.bodies(jobs);
    let resolve_rows = |resolver: &mut Resolver<'_>| resolver.all_rows(rows, &tables);
    let (mut repeated, mut record) = (None, None);
    match plan {
        Plan::Repeat => repeated = kept.repeat(&mut resolver),
        Plan::Record => record = Some(Record::of(&mut resolver, resolve_rows)),
        Plan::Resolve => resolve_rows(&mut resolver),
    }
    resolver.all_changes(changes);
    let (currencies, words) = (resolver.currencies, resolver.words);

    // 6 Layer
    layers.sort();
    layers.check_twice(&Twice { names: &names, kinds: &kinds, entities: &entities }, &mut diagnostics);

    let mut model = Model {
        names,
        kinds,
        store: bench.store,
        origins: bench.origins,
        expansions,
        entities,
        stages,
        expressions: bench.expressions,
        globals,
        layers,
        directory,
        ..Model::default()
    };
    bind_rules(&mut model, &files, &tests, &owned, &mut diagnostics);
    raws::bind(&mut model, input.sources, &files, &mut diagnostics);
    model.note_declarations();
    if let Some(shift) = repeated {
        kept.settle(shift, &mut model);
    }

    // 6 to 9, once for each stage
    let has_one_world = model.stages.len() < 2 && model.tests.is_empty() && kept.is_nothing();
    model.shared.is_unasked = has_one_world;
    diagnostics.extend(worlds(&mut model, input.as_of));
    check_currencies(&model, input.sources, currencies, &mut diagnostics);
    confusable::check(&model, &mut diagnostics);
    point_at_words(&words, &mut diagnostics);
    corrections::add(input.parsed, &mut diagnostics);
    diagnostics.settle();
    if let Some(record) = record {
        kept.end(record, &model);
    }
    (model, diagnostics)
}

/// Takes a model to another day. Its worlds become those of that day, while everything keeps its number; the findings are
/// those of that day. Most things ask for no day, so this is much cheaper than an analysis.
pub fn move_to(model: &mut Model, day: Date) -> Diagnostics {
    model.globals.work = Work::default();
    model.worlds.clear();
    model.shared.is_unasked = false; // The next day takes over what this one has alike.
    worlds(model, &|_| day)
}

/// Phases 6 to 9, once for each stage.
fn worlds(model: &mut Model, as_of: &dyn Fn(&str) -> Date) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let all: Vec<Option<StageId>> = match model.stages.is_empty() {
        true => vec![None],
        false => model.stages.ids().map(Some).collect(),
    };
    for stage in all {
        let (world, mut found) = world(model, stage, None, as_of);
        if let Some(stage) = stage {
            let name = model.text(model.stages[stage].name).to_owned();
            found.iter_mut().for_each(|found| found.stages = vec![name.clone()]);
        }
        diagnostics.extend(found);
        model.worlds.push(world);
    }
    diagnostics
}

/// The world of one test: its stage with the test's own layer above. Its findings are those of the test.
pub fn test_world(model: &mut Model, test: usize, as_of: &dyn Fn(&str) -> Date) -> (World, Diagnostics) {
    let Some(row) = model.tests.get(test) else { return (World::empty(), Diagnostics::new()) };
    let (stage, day) = (row.stage, row.as_of);
    match day {
        Some(day) => world(model, stage, Some(test as u32), &|_| day),
        None => world(model, stage, Some(test as u32), as_of),
    }
}

/// Phases 6 to 9 for one stage, with a test's layer above it or without.
fn world(
    model: &mut Model,
    stage: Option<StageId>,
    test: Option<u32>,
    as_of: &dyn Fn(&str) -> Date,
) -> (World, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut pending = Vec::new();
    let mut apart = Apart::of(model, stage, test);
    let states = fold(model, stage, test, &mut apart, &mut pending, &mut diagnostics);
    let mut world = World { stage, test, as_of: Date(0), states, by_kind: Table::new(), membership: Arc::default() };
    world.by_kind = by_kind(model, &world.states);

    // 7 Evaluate
    with_slots(model, &world, &mut diagnostics, |computing, slots| {
        compute::compute(computing, slots, &pending, &mut apart);
    });
    keep_named_presets(model, &mut world.states);
    world.by_kind = by_kind(model, &world.states);
    world.as_of = as_of(&model.platform_text(&world, "time-zone").unwrap_or_else(|| "UTC".to_owned()));

    // 9 Close
    world.membership = close::membership(model, &world, &mut diagnostics);
    let computed = computed_fields(model, &world);
    with_slots(model, &world, &mut diagnostics, |computing, slots| {
        compute::compute(computing, slots, &computed, &mut apart);
    });

    // 8 Validate: after closing, because a kind may require something of a computed field.
    let shared = std::mem::take(&mut model.shared);
    with_slots(model, &world, &mut diagnostics, |computing, slots| {
        Validator { computing, slots, watched: Watched::new(slots), shared: &shared, apart: &mut apart }.run();
    });
    model.shared = shared;
    model.shared.learn(&model.entities, &model.store, &world, &apart);
    deprecated::check(model, &world, &mut diagnostics);
    (world, diagnostics)
}

/// 6 Layer: the slots of every entity that the stage sees.
fn fold(
    model: &mut Model,
    stage: Option<StageId>,
    test: Option<u32>,
    apart: &mut Apart,
    pending: &mut Vec<Pending>,
    diagnostics: &mut Diagnostics,
) -> Table<EntityId, Option<Fields>> {
    let chain = stage_chain(&model.stages, stage);
    if model.worlds.is_empty() {
        // Later worlds share most of them.
        model.store.reserve_slots(model.entities.iter().map(|(_, row)| model.kinds.kinds[row.kind].fields.len()).sum());
    }
    let mut folder = Folder {
        names: &model.names,
        kinds: &model.kinds,
        entities: &model.entities,
        stages: &model.stages,
        layers: &model.layers,
        origins: &model.origins,
        store: &mut model.store,
        diagnostics,
        pending,
        stage,
        test,
        stages_below: chain.clone(),
        unsaid: FxHashMap::default(),
    };
    let mut states = Table::with_capacity(model.entities.len());
    for (id, entity) in model.entities.iter() {
        let visible = match (entity.test, entity.stage) {
            (Some(of), _) => test == Some(of),
            (None, Some(of)) => chain.contains(&of),
            (None, None) => true,
        };
        let shared = model.shared.of(id).filter(|_| !apart.has(id));
        let known = folder.diagnostics.len();
        states.push(visible.then(|| shared.unwrap_or_else(|| folder.entity(id))));
        apart.add_if(id, folder.diagnostics.len() > known);
    }
    states
}

fn by_kind(model: &Model, states: &Table<EntityId, Option<Fields>>) -> Table<KindId, Vec<EntityId>> {
    let mut by_kind: Table<KindId, Vec<EntityId>> = Table::new();
    for _ in model.kinds.kinds.ids() {
        by_kind.push(Vec::new());
    }
    for (id, entity) in model.entities.iter() {
        if states[id].is_some() {
            by_kind[entity.kind].push(id);
        }
    }
    by_kind
}

/// Lends the model's tables to a phase that evaluates expressions.
fn with_slots(
    model: &mut Model,
    world: &World,
    diagnostics: &mut Diagnostics,
    run: impl FnOnce(Computing<'_>, &WorldSlots<'_>),
) {
    let currency = model.platform_text(world, "currency").unwrap_or_else(|| "USD".to_owned());
    let platform = model.platform(world);
    let Model { names, kinds, store, origins, expressions, globals, entities, .. } = model;
    let computing = Computing { names, kinds, store, origins, expressions, globals, diagnostics };
    run(computing, &WorldSlots { entities, world, platform, currency: &currency, access: None });
}

/// A preset exists when something that exists names it; the others leave the world.
fn keep_named_presets(model: &Model, states: &mut Table<EntityId, Option<Fields>>) {
    let mut todo: Vec<EntityId> = Vec::new();
    let is_own = |entity: &(EntityId, &Option<Fields>)| model.entities[entity.0].package.is_none();
    for (entity, state) in states.iter().filter(is_own) {
        match state {
            Some(fields) if model.shared.has(entity, *fields) => todo.extend(model.shared.presets(entity)),
            Some(fields) => todo.extend(named_presets(&model.entities, &model.store, *fields)),
            None => {}
        }
    }
    let mut reached: Vec<bool> = model.entities.iter().map(|(_, entity)| entity.package.is_none()).collect();
    while let Some(entity) = todo.pop() {
        let is_new =
            reached.get_mut(crate::index::Id::index(entity)).is_some_and(|seen| !std::mem::replace(seen, true));
        if let Some(fields) = states[entity].filter(|_| is_new) {
            todo.extend(named_presets(&model.entities, &model.store, fields));
        }
    }
    for (id, state) in states.iter_mut() {
        if !reached.get(crate::index::Id::index(id)).copied().unwrap_or(false) {
            *state = None;
        }
    }
}

fn computed_fields(model: &mut Model, world: &World) -> Vec<Pending> {
    let mut pending = Vec::new();
    for (kind, row) in model.kinds.kinds.iter() {
        let computed: Vec<(FieldId, _, OriginId)> = row
            .fields
            .iter()
            .filter_map(|(id, field)| field.computed.map(|formula| (id, formula, field.default_origin)))
            .collect();
        for entity in world.of_kind(kind) {
            let Some(own) = world.fields(*entity).filter(|own| !model.shared.has(*entity, *own)) else { continue };
            for (field, expression, origin) in &computed {
                if let Some(slot) = model.store.slots_mut(own).get_mut(usize::from(field.0)) {
                    slot.origin = *origin;
                }
                let target = Target::Slot(own.start + u32::from(field.0));
                pending.push(Pending { target, expression: *expression, entity: *entity, own });
            }
        }
    }
    pending
}

/// Binds rules, waivers and the expectations of tests; the changes of tests are layers already.
fn bind_rules(
    model: &mut Model,
    files: &[File],
    tests: &[(FileId, ast::TestDecl)],
    owned: &Owned,
    diagnostics: &mut Diagnostics,
) {
    let mut known = RuleNames::default();
    for file in files {
        let pack = match file.owner {
            Owner::Pack(pack) => Some(pack),
            Owner::Workspace | Owner::Standard | Owner::Package(_) => None,
        };
        // The rules of a pack that nobody turns on say nothing, and may read a pack that is not there.
        if pack.is_some_and(|pack| !is_on(model, pack)) {
            continue;
        }
        for declaration in &file.definitions {
            if let ast::Declaration::Rule(decl) = declaration {
                let Some(viewpoint) = rules::viewpoint(model, pack) else { continue };
                let at = Standing { file: file.id, viewpoint, reads: Reads::Everything };
                let rule = with_binder(model, owned, at, diagnostics, |binder| rules::bind_rule(binder, decl, pack));
                known.rules.extend(rule.as_ref().map(|rule| rule.name));
                if let Some(rule) = rule {
                    rules::admit(model, rule, diagnostics);
                }
            }
        }
    }
    for file in files {
        for declaration in &file.definitions {
            if let ast::Declaration::Waiver(decl) = declaration {
                let at = Standing { file: file.id, viewpoint: Viewpoint::default(), reads: Reads::Nothing };
                let waiver =
                    with_binder(model, owned, at, diagnostics, |binder| rules::bind_waiver(binder, decl, &known));
                model.waivers.extend(waiver);
            }
        }
    }
    let all_rules = std::mem::take(&mut model.rules);
    for (number, (file, decl)) in tests.iter().enumerate() {
        let stage = decl.stage().and_then(|name| {
            let name = model.names.find(name.text())?;
            model.stages.iter().find(|(_, stage)| stage.name == name).map(|(id, _)| id)
        });
        let viewpoint = Viewpoint { stage, test: Some(number as u32), package: None };
        let at = Standing { file: *file, viewpoint, reads: Reads::Everything };
        let test = with_binder(model, owned, at, diagnostics, |binder| {
            rules::bind_test(binder, decl, stage, &all_rules, &known)
        });
        // A test keeps its number even where it could not be bound: its layer is found by it.
        model.tests.push(test.unwrap_or_else(|| Test::unbound(span_of(*file, decl.range()))));
    }
    model.rules = all_rules;
}

/// Whether the base or a stage declares the pack.
fn is_on(model: &Model, pack: Name) -> bool {
    let kind = model.kind("pack");
    model.entities.iter().any(|(_, row)| Some(row.kind) == kind && row.handle == pack && row.package.is_none())
}

/// Where a rule, waiver or test stands.
pub(crate) struct Standing {
    pub(crate) file: FileId,
    pub(crate) viewpoint: Viewpoint,
    pub(crate) reads: Reads,
}

/// Binds with the tables of a model, all of whose entities are known.
pub(crate) fn with_binder<T>(
    model: &mut Model,
    owned: &Owned,
    at: Standing,
    diagnostics: &mut Diagnostics,
    bind: impl FnOnce(&mut Binder<'_>) -> T,
) -> T {
    let Model { names, kinds, store, origins, expressions, globals, entities, stages, directory, .. } = model;
    let mut view =
        View { entities, stages, directory, kinds, viewpoint: at.viewpoint, bindings: &[], owned: Some(owned) };
    let tables = Tables { names, store, origins, expressions, diagnostics, kinds, globals };
    let situation = Situation {
        file: at.file,
        home: Home::None,
        reads: at.reads,
        layer: Layer::Declaration,
        expansion: expand::WRITTEN,
    };
    bind(&mut Binder::new(tables, &mut view, situation))
}

/// Layers know the field that a change is about; what is wrong is its word.
fn point_at_words(words: &FxHashMap<Span, (Span, Span)>, diagnostics: &mut Diagnostics) {
    for found in diagnostics.iter_mut().filter(|found| found.code == &codes::WRONG_WORD) {
        let Some((word, whole)) = found.span.and_then(|field| words.get(&field)) else { continue };
        match &mut found.fix {
            Some(fix) => {
                found.span = Some(*word);
                fix.edits.iter_mut().for_each(|edit| edit.span = *word);
            }
            None => found.fix = Some(Fix::replace(*whole, "", "take the line away")),
        }
    }
}

/// All amounts are in the platform's one currency.
fn check_currencies(model: &Model, sources: &Sources, currencies: Vec<(Span, String)>, diagnostics: &mut Diagnostics) {
    let platform =
        model.kind("platform").and_then(|kind| model.worlds.first().map(|world| !world.of_kind(kind).is_empty()));
    if platform != Some(true) {
        return;
    }
    let ours = model.currency();
    if ours.len() != 3 {
        return; // It is no currency, which was reported.
    }
    for (span, written) in currencies {
        if written != ours {
            let message = format!("this amount is in {written}, the platform counts in {ours}");
            let wrong =
                Diagnostic::new(&crate::expression::codes::WRONG_CURRENCY, span, message).label("another currency");
            let instead = crate::quantity::in_currency(sources.text(span), ours);
            let fix = Fix::replace(span, &instead, format!("write `{instead}`")).may_change_meaning();
            let help = format!("write the amount in {ours}, or change `currency` of the platform");
            diagnostics.push(wrong.help(help).fix(fix));
        }
    }
}

/// What phases before the model's birth write to.
struct Bench {
    store: Store,
    origins: Table<OriginId, Origin>,
    expressions: Expressions,
}

enum Wanted {
    /// What the lists and handles of `for` mention: they are needed before entities exist.
    ForLoops,
    All,
}

impl Bench {
    /// For texts of so many bytes. Room for as many values as they can usually say is never written to where they say
    /// less, and growing would copy what is there again and again.
    fn new(bytes: usize) -> Bench {
        let mut origins = Table::with_capacity(bytes / 8);
        // Origin 0 is "nowhere": a slot that nobody said anything about.
        origins.push(Origin { span: Span::default(), layer: Layer::Default, expansion: expand::WRITTEN });
        Bench { store: Store::for_elements(bytes / 16), origins, expressions: Table::new() }
    }

    fn globals(
        &mut self,
        files: &[File],
        names: &mut Names,
        kinds: &KindSet,
        diagnostics: &mut Diagnostics,
        wanted: Wanted,
    ) -> Globals {
        let (entities, stages, directory) = (Table::new(), Table::new(), Directory::default());
        let owners = files.iter().map(|file| (file.id, file.owner)).collect();
        let mut globals = Globals { owners, ..Globals::default() };
        self.bind_globals(&mut globals, files, names, kinds, diagnostics, (&entities, &stages, &directory), wanted);
        globals
    }

    #[expect(clippy::too_many_arguments, reason = "the tables of four phases meet here, once")]
    fn all_globals(
        &mut self,
        mut globals: Globals,
        files: &[File],
        names: &mut Names,
        kinds: &KindSet,
        diagnostics: &mut Diagnostics,
        entities: &Table<EntityId, Entity>,
        stages: &Table<StageId, Stage>,
        directory: &Directory,
    ) -> Globals {
        self.bind_globals(&mut globals, files, names, kinds, diagnostics, (entities, stages, directory), Wanted::All);
        globals
    }

    #[expect(clippy::too_many_arguments, reason = "the tables of four phases meet here, once")]
    fn bind_globals(
        &mut self,
        globals: &mut Globals,
        files: &[File],
        names: &mut Names,
        kinds: &KindSet,
        diagnostics: &mut Diagnostics,
        (entities, stages, directory): (&Table<EntityId, Entity>, &Table<StageId, Stage>, &Directory),
        wanted: Wanted,
    ) {
        let (sources, mentioned) = global_sources(files, names);
        let wanted = match wanted {
            Wanted::ForLoops => Some(mentioned),
            Wanted::All => None,
        };
        let mut view =
            View { entities, stages, directory, kinds, viewpoint: Viewpoint::default(), bindings: &[], owned: None };
        let mut resolve_type =
            |names: &mut Names, kinds: &KindSet, out: &mut Diagnostics, file: FileId, ty: &ast::Type| {
                collect::type_of(names, kinds, out, file, ty)
            };
        let declaring = Declaring {
            names,
            store: &mut self.store,
            origins: &mut self.origins,
            expressions: &mut self.expressions,
            diagnostics,
            kinds,
            globals,
            scope: &mut view,
            resolve_type: &mut resolve_type,
        };
        declare::bind(declaring, &sources, wanted.as_deref());
    }
}

/// Every `let` and `fn`, and the names that loops need.
fn global_sources(files: &[File], names: &mut Names) -> (Vec<Source>, Vec<Name>) {
    let (mut sources, mut mentioned) = (Vec::new(), Vec::new());
    for file in files {
        for declaration in &file.definitions {
            match declaration {
                ast::Declaration::Let(decl) => sources.push(Source { file: file.id, what: What::Let(decl.clone()) }),
                ast::Declaration::Fn(decl) => {
                    sources.push(Source { file: file.id, what: What::Function(decl.clone()) })
                }
                ast::Declaration::For(each) => mentioned.extend(declare::mentioned(each.syntax())),
                ast::Declaration::Stage(stage) => mentioned.extend(loops_of(stage.syntax())),
                ast::Declaration::Test(test) => mentioned.extend(loops_of(test.syntax())),
                _ => {}
            }
        }
    }
    mentioned.sort_unstable();
    mentioned.dedup();
    (sources, mentioned.iter().map(|word| names.intern(word)).collect())
}

fn loops_of(node: &nbc_syntax::SyntaxNode) -> Vec<String> {
    node.descendants().filter_map(ast::ForDecl::cast).flat_map(|each| declare::mentioned(each.syntax())).collect()
}

/// Constants of phase 4, bound where no entity is known yet.
struct LoopConstants<'b> {
    bench: &'b mut Bench,
    kinds: &'b KindSet,
    globals: &'b Globals,
}

impl LoopConstants<'_> {
    fn bind<T>(
        &mut self,
        file: FileId,
        bindings: &Bindings,
        names: &mut Names,
        out: &mut Diagnostics,
        bind: impl FnOnce(&mut Binder<'_>) -> T,
    ) -> T {
        let (entities, stages, directory) = (Table::new(), Table::new(), Directory::default());
        let mut view = View {
            entities: &entities,
            stages: &stages,
            directory: &directory,
            kinds: self.kinds,
            viewpoint: Viewpoint::default(),
            bindings,
            owned: None,
        };
        let tables = Tables {
            names,
            store: &mut self.bench.store,
            origins: &mut self.bench.origins,
            expressions: &mut self.bench.expressions,
            diagnostics: out,
            kinds: self.kinds,
            globals: self.globals,
        };
        let situation = Situation {
            file,
            home: Home::None,
            reads: Reads::Nothing,
            layer: Layer::Declaration,
            expansion: ExpansionId(0),
        };
        bind(&mut Binder::new(tables, &mut view, situation))
    }

    fn constant(&self, id: crate::expression::ExpressionId) -> Option<Value> {
        match self.bench.expressions[id].node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }
}

fn not_constant(span: Span) -> Diagnostic {
    let message = "a `for` runs over a constant list: literals, `let`s and functions of them";
    Diagnostic::new(&codes::NOT_CONSTANT, span, message).label("not a constant list")
}

/// `group.lab.members`: what is declared is known only after loops have run.
fn reads_an_entity(list: &ast::Expr, kinds: &KindSet, names: &Names) -> bool {
    let ast::Expr::Path(path) = list else { return false };
    let mut segments = path.segments();
    let first = segments.next().and_then(|first| names.find(&first.text()));
    segments.next().is_some() && first.is_some_and(|first| kinds.kind_of(first).is_some())
}

impl Constants for LoopConstants<'_> {
    fn list(
        &mut self,
        file: FileId,
        list: &ast::Expr,
        bindings: &Bindings,
        names: &mut Names,
        out: &mut Diagnostics,
    ) -> Option<Vec<Value>> {
        let bindings = Rc::clone(bindings);
        if reads_an_entity(list, self.kinds, names) {
            out.push(not_constant(collect::span_of(file, list.range())));
            return None;
        }
        let id = self.bind(file, &bindings, names, out, |binder| binder.bind(list, Place::any()));
        match (self.constant(id), &self.bench.expressions[id].node) {
            (Some(Value::List(list)), _) => {
                Some(self.bench.store.elements(list).iter().map(|element| element.value).collect())
            }
            (Some(Value::Poisoned), _) | (_, Node::Poisoned) => None,
            _ => {
                out.push(not_constant(collect::span_of(file, list.range())));
                None
            }
        }
    }

    fn text(
        &mut self,
        file: FileId,
        text: &ast::Text,
        bindings: &Bindings,
        names: &mut Names,
        out: &mut Diagnostics,
    ) -> Option<String> {
        let bindings = Rc::clone(bindings);
        let id = self.bind(file, &bindings, names, out, |binder| binder.bind_text(text));
        match (self.constant(id), &self.bench.expressions[id].node) {
            (Some(Value::Text(name)), _) => Some(names.text(name).to_owned()),
            (Some(Value::Poisoned), _) | (_, Node::Poisoned) => None,
            _ => {
                let span = collect::span_of(file, text.range());
                let message = "a handle is made of constants: loop variables, `let`s and functions of them";
                out.push(Diagnostic::new(&codes::NOT_CONSTANT, span, message).label("not a constant text"));
                None
            }
        }
    }

    fn words(&self, value: Value, names: &Names) -> String {
        match value {
            Value::Text(name) => names.text(name).to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Quantity(dimension, amount) => crate::quantity::display(dimension, amount, "USD"),
            Value::Enum(of, at) => {
                let value = self.kinds.enums[of].values.get(usize::from(at));
                value.map_or_else(String::new, |value| names.text(value.name).to_owned())
            }
            _ => "an element".to_owned(),
        }
    }
}
