//! Phase 4: every declaration becomes an entity: those written out, those of `for`, those of rows, and owned blocks.
//!
//! Afterwards all names of every scope are known, and no field has been looked at. Entities are numbered by kind, then
//! handle, so nothing later depends on the order of files. What stands in their braces is left as [`Job`]s.

use std::rc::Rc;

use nbc_source::{Diagnostic, Diagnostics, FileId, Sources, Span, suggest};
use nbc_syntax::ast::{self, AstNode};
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::codes;
use crate::collect::{listed_kinds, span_of};
use crate::files::{File, Owner};
use crate::foreign;
use crate::index::{Id, Table as Rows};
use crate::kinds::{FieldId, KindId, KindSet};
use crate::names::{Name, Names};
use crate::scope::{Directory, Home, Owned, Viewpoint};
use crate::table::{Read, Table};
use crate::value::{ExpansionId, StageId, Value};
use crate::world::{Entity, EntityId, Expansion, Stage};

mod headers;
pub(crate) mod rows;

/// What loop variables stand for where a declaration is written.
pub(crate) type Bindings = Rc<[(Name, Value)]>;

/// One body to be resolved in phase 5: what it says, of which entity, seen from where.
pub(crate) struct Job {
    pub(crate) entity: EntityId,
    pub(crate) file: FileId,
    pub(crate) body: ast::Body,
    pub(crate) viewpoint: Viewpoint,
    pub(crate) expansion: ExpansionId,
    pub(crate) bindings: Bindings,
}

/// The rows of one table, which share one block.
pub(crate) struct RowsJob {
    pub(crate) kind: KindId,
    pub(crate) file: FileId,
    pub(crate) body: ast::Body,
    pub(crate) table: usize,
    pub(crate) viewpoint: Viewpoint,
    /// The row, its entity and its expansion.
    pub(crate) rows: Vec<(u32, EntityId, ExpansionId)>,
}

/// A change of a stage or a test, to be resolved in phase 5.
pub(crate) struct ChangeJob {
    pub(crate) file: FileId,
    pub(crate) change: ast::Change,
    pub(crate) viewpoint: Viewpoint,
}

/// `extends` as written, resolved in phase 5 with the other names.
pub(crate) struct Parent {
    pub(crate) entity: EntityId,
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) viewpoint: Viewpoint,
}

/// What phase 4 leaves behind.
pub(crate) struct Expanded<'s> {
    pub(crate) entities: Rows<EntityId, Entity>,
    pub(crate) directory: Directory,
    pub(crate) stages: Rows<StageId, Stage>,
    pub(crate) expansions: Rows<ExpansionId, Expansion>,
    pub(crate) tables: Vec<Table<'s>>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) rows: Vec<RowsJob>,
    pub(crate) changes: Vec<ChangeJob>,
    pub(crate) parents: Vec<Parent>,
    /// The owned entity of a field, for each owner and home that has one.
    pub(crate) owned: Owned,
    /// Trees of tests, in the order of their numbers.
    pub(crate) tests: Vec<(FileId, ast::TestDecl)>,
}

/// Evaluates what must be constant before entities exist: the list of a `for`, the text of a handle.
pub(crate) trait Constants {
    /// The elements of a constant list, or nothing after saying why not.
    fn list(
        &mut self,
        file: FileId,
        list: &ast::Expr,
        bindings: &Bindings,
        names: &mut Names,
        out: &mut Diagnostics,
    ) -> Option<Vec<Value>>;
    /// The text of an interpolated handle.
    fn text(
        &mut self,
        file: FileId,
        text: &ast::Text,
        bindings: &Bindings,
        names: &mut Names,
        out: &mut Diagnostics,
    ) -> Option<String>;
    /// A value in words, for the trace of an iteration.
    fn words(&self, value: Value, names: &Names) -> String;
}

/// The most entities that one run makes; a loop in a loop can otherwise ask for more than any machine holds.
const MOST_ENTITIES: usize = 2_000_000;
/// The most often that all loops together go round: far more than a platform has of anything that is not in a table.
const MOST_ITERATIONS: usize = 20_000;

pub(crate) struct Expander<'a, 's> {
    sources: &'s Sources,
    kinds: &'a KindSet,
    names: &'a mut Names,
    diagnostics: &'a mut Diagnostics,
    constants: &'a mut dyn Constants,
    headers: Vec<Header>,
    by_name: FxHashMap<(KindId, Name, Home), usize>,
    owned_by: FxHashMap<(usize, FieldId), Vec<usize>>,
    stages: Rows<StageId, Stage>,
    stage_names: FxHashMap<Name, StageId>,
    expansions: Rows<ExpansionId, Expansion>,
    tables: Vec<Table<'s>>,
    known_tables: &'a [Read],
    table_of: FxHashMap<FileId, usize>,
    bodies: Vec<PendingBody>,
    row_bodies: Vec<PendingRows>,
    changes: Vec<ChangeJob>,
    tests: Vec<(FileId, ast::TestDecl)>,
    iterations: usize,
    full: bool,
    /// Kinds of which not all is known, because a table could not be read.
    incomplete: Vec<KindId>,
}

/// What follows `extends`, and where.
type Extends = (String, Span);

/// An entity before it has its number.
struct Header {
    kind: KindId,
    handle: Name,
    home: Home,
    package: Option<Name>,
    owner: Option<(usize, FieldId)>,
    extends: Option<Extends>,
    /// Of an owned block: those of what its owner extends, one for each scope that has one, nearest first.
    inherits: Vec<usize>,
    span: Span,
    doc: String,
    expansion: ExpansionId,
    viewpoint: Viewpoint,
}

struct PendingBody {
    header: usize,
    file: FileId,
    body: ast::Body,
    viewpoint: Viewpoint,
    expansion: ExpansionId,
    bindings: Bindings,
}

struct PendingRows {
    kind: KindId,
    file: FileId,
    body: ast::Body,
    table: usize,
    viewpoint: Viewpoint,
    rows: Vec<(u32, usize, ExpansionId)>,
}

/// Where a declaration stands.
#[derive(Clone)]
struct Setting {
    file: FileId,
    home: Home,
    viewpoint: Viewpoint,
    expansion: ExpansionId,
    bindings: Bindings,
}

/// Finds and numbers every entity. Tables that are known are not read again.
pub(crate) fn expand<'s>(
    sources: &'s Sources,
    known_tables: &[Read],
    files: &[File],
    kinds: &KindSet,
    names: &mut Names,
    constants: &mut dyn Constants,
    diagnostics: &mut Diagnostics,
) -> Expanded<'s> {
    let mut expansions = Rows::new();
    expansions.push(Expansion::None);
    let instances = files.iter().map(|file| file.root.instance_count()).sum();
    let mut expander = Expander {
        sources,
        kinds,
        names,
        diagnostics,
        constants,
        headers: Vec::with_capacity(instances),
        by_name: FxHashMap::with_capacity_and_hasher(instances, FxBuildHasher),
        owned_by: FxHashMap::default(),
        stages: Rows::new(),
        stage_names: FxHashMap::default(),
        expansions,
        tables: Vec::new(),
        known_tables,
        table_of: FxHashMap::default(),
        bodies: Vec::with_capacity(instances),
        row_bodies: Vec::new(),
        changes: Vec::new(),
        tests: Vec::new(),
        iterations: 0,
        full: false,
        incomplete: Vec::new(),
    };
    expander.stages(files);
    for file in files {
        expander.base(file);
    }
    for file in files {
        expander.layers(file);
    }
    // Before the changes, so that a change finds the block that is inherited; and after, for the blocks that changes make.
    expander.inherited_blocks();
    expander.owned_of_changes();
    expander.inherited_blocks();
    expander.finish()
}

/// The expansion of what is written out.
pub(crate) const WRITTEN: ExpansionId = ExpansionId(0);

impl<'s> Expander<'_, 's> {
    /// Stages are numbered by name; they are known before any declaration that stands in one.
    fn stages(&mut self, files: &[File]) {
        let mut found: Vec<(String, Span, Option<Extends>)> = Vec::new();
        for file in files {
            for declaration in &file.definitions {
                let ast::Declaration::Stage(stage) = declaration else { continue };
                let Some(name) = stage.name() else { continue };
                let parent = stage.extends().map(|parent| (parent.text().to_owned(), file.span(parent.range())));
                found.push((name.text().to_owned(), file.span(name.range()), parent));
            }
        }
        found.sort();
        for (name, span, _) in &found {
            let name = self.names.intern(name);
            if !self.stage_names.contains_key(&name) {
                let id = self.stages.push(Stage { name, extends: None, span: *span });
                self.stage_names.insert(name, id);
            }
        }
        for (name, _, parent) in found {
            if let Some((parent, span)) = parent {
                self.stage_parent(&name, &parent, span);
            }
        }
    }

    /// Several blocks may open one stage; they must agree on what it extends.
    fn stage_parent(&mut self, name: &str, parent: &str, span: Span) {
        let Some(id) = self.names.find(name).and_then(|name| self.stage_names.get(&name).copied()) else { return };
        let Some(parent_id) = self.stage(parent, span) else { return };
        if let Some(other) = self.stages[id].extends.filter(|other| *other != parent_id) {
            let other = self.names.text(self.stages[other].name).to_owned();
            let message = format!("stage `{name}` extends `{other}` elsewhere");
            self.diagnostics.push(Diagnostic::new(&codes::SAID_TWICE, span, message).label("a second parent"));
            return;
        }
        self.stages[id].extends = Some(parent_id);
        let mut next = Some(parent_id);
        for _ in 0..self.stages.len() {
            if next == Some(id) {
                let message = format!("stage `{name}` cannot extend itself");
                self.diagnostics.push(Diagnostic::new(&codes::CYCLE, span, message).label("this closes the circle"));
                self.stages[id].extends = None;
                return;
            }
            next = next.and_then(|stage| self.stages[stage].extends);
        }
    }

    fn stage(&mut self, name: &str, span: Span) -> Option<StageId> {
        let found = self.names.find(name).and_then(|name| self.stage_names.get(&name).copied());
        if found.is_none() {
            let known: Vec<&str> = self.stages.iter().map(|(_, stage)| self.names.text(stage.name)).collect();
            let near = suggest::nearest(name, known.iter().copied());
            let unknown = Diagnostic::new(&codes::UNKNOWN_STAGE, span, format!("there is no stage `{name}`"))
                .label("no such stage");
            self.diagnostics.push(match (near.is_empty(), known.is_empty()) {
                (false, _) => unknown.did_you_mean(span, &near),
                (true, true) => unknown.help("this workspace has no stages"),
                (true, false) => unknown.help(format!("stages: `{}`", known.join("`, `"))),
            });
        }
        found
    }

    fn setting(&mut self, file: &File) -> Setting {
        let package = file.package(self.names);
        let home = if package.is_some() { Home::Package } else { Home::Base };
        let viewpoint = Viewpoint { package, ..Viewpoint::default() };
        Setting { file: file.id, home, viewpoint, expansion: WRITTEN, bindings: Rc::default() }
    }

    /// What stands in stages and tests, after the base of all files: what is in both is said of the later one.
    fn layers(&mut self, file: &File) {
        let setting = self.setting(file);
        for declaration in &file.definitions {
            match declaration {
                ast::Declaration::Stage(stage) => self.stage_items(&setting, stage),
                ast::Declaration::Test(test) => self.test_items(&setting, test.clone()),
                _ => {}
            }
        }
    }

    fn base(&mut self, file: &File) {
        let setting = self.setting(file);
        for declaration in file.root.declarations() {
            match declaration {
                ast::Declaration::Instance(instance) => self.instance(&setting, &instance),
                ast::Declaration::For(each) => self.each(&setting, &each),
                ast::Declaration::Stage(_) | ast::Declaration::Test(_) => {}
                ast::Declaration::Kind(_)
                | ast::Declaration::Enum(_)
                | ast::Declaration::ExtendEnum(_)
                | ast::Declaration::Record(_)
                | ast::Declaration::Variant(_)
                | ast::Declaration::Type(_)
                | ast::Declaration::Let(_)
                | ast::Declaration::Fn(_)
                | ast::Declaration::Rule(_)
                | ast::Declaration::Waiver(_)
                | ast::Declaration::Raw(_) => {}
            }
        }
        debug_assert!(file.owner != Owner::Workspace || setting.viewpoint.package.is_none());
    }

    fn stage_items(&mut self, setting: &Setting, stage: &ast::StageDecl) {
        let Some(name) = stage.name() else { return };
        let Some(id) = self.stage(name.text(), span_of(setting.file, name.range())) else { return };
        let viewpoint = Viewpoint { stage: Some(id), ..setting.viewpoint };
        let setting = Setting { home: Home::Stage(id), viewpoint, ..setting.clone() };
        for item in stage.items() {
            match item {
                ast::StageItem::Instance(instance) => self.instance(&setting, &instance),
                ast::StageItem::For(each) => self.each(&setting, &each),
                ast::StageItem::Change(change) => {
                    self.changes.push(ChangeJob { file: setting.file, change, viewpoint })
                }
            }
        }
    }

    fn test_items(&mut self, setting: &Setting, test: ast::TestDecl) {
        let number = self.tests.len() as u32;
        let stage = match test.stage() {
            None => None,
            Some(name) => self.stage(name.text(), span_of(setting.file, name.range())),
        };
        let viewpoint = Viewpoint { stage, test: Some(number), ..setting.viewpoint };
        let setting = Setting { home: Home::Test(number), viewpoint, ..setting.clone() };
        for item in test.items() {
            match item {
                ast::TestItem::Instance(instance) => self.instance(&setting, &instance),
                ast::TestItem::For(each) => self.each(&setting, &each),
                ast::TestItem::Change(change) => self.changes.push(ChangeJob { file: setting.file, change, viewpoint }),
                ast::TestItem::Expectation(_) => {}
            }
        }
        self.tests.push((setting.file, test));
    }

    fn each(&mut self, setting: &Setting, each: &ast::ForDecl) {
        let (Some(variable), Some(list)) = (each.name(), each.list()) else { return };
        let span = span_of(setting.file, list.range());
        let values = self.constants.list(setting.file, &list, &setting.bindings, self.names, self.diagnostics);
        let variable = self.names.intern(variable.text());
        for value in values.unwrap_or_default() {
            self.iterations += 1;
            if self.iterations > MOST_ITERATIONS {
                self.too_large(span, &format!("the loops of the workspace go round more than {MOST_ITERATIONS} times"));
            }
            if self.full {
                return;
            }
            let words = self.constants.words(value, self.names);
            let expansion = self.expansions.push(Expansion::Iteration { variable, value: words, span });
            let bindings = setting.bindings.iter().copied().chain([(variable, value)]).collect();
            let inner = Setting { expansion, bindings, ..setting.clone() };
            for declaration in each.declarations() {
                match declaration {
                    ast::Generated::Instance(instance) => self.instance(&inner, &instance),
                    ast::Generated::For(each) => self.each(&inner, &each),
                }
            }
        }
    }

    fn instance(&mut self, setting: &Setting, instance: &ast::Instance) {
        let Some(word) = instance.kind_ref() else { return };
        let Some(body) = instance.body() else { return }; // Its header could not be read, which was reported.
        let Some(kind) = self.kind(word.text(), span_of(setting.file, word.range())) else { return };
        if let Some(from) = instance.from() {
            self.rows(setting, kind, &from, instance);
            return;
        }
        let Some((handle, span)) = self.handle(setting, instance) else { return };
        let extends = instance.extends().map(|name| (name.text().to_owned(), span_of(setting.file, name.range())));
        let doc = instance.documentation().unwrap_or_default();
        let header = Header { extends, doc, ..self.header(setting, kind, handle, span) };
        let Some(header) = self.enter(header) else { return };
        self.body(setting, header, body);
    }

    fn kind(&mut self, word: &str, span: Span) -> Option<KindId> {
        let found = self.names.find(word).and_then(|name| self.kinds.kind_of(name));
        if found.is_some() {
            return found;
        }
        let kinds = self.kinds.kinds.iter().map(|(_, kind)| self.names.text(kind.name));
        let near = foreign::kinds_near(word, kinds);
        let unknown =
            Diagnostic::new(&codes::UNKNOWN_KIND, span, format!("there is no kind `{word}`")).label("no such kind");
        // What is declared is read as the kind that was surely meant, so that nobody is told that it is missing.
        let meant = match near.as_slice() {
            [only] => self.names.find(only).and_then(|name| self.kinds.kind_of(name)),
            _ => None,
        };
        self.diagnostics.push(match near.is_empty() {
            false => unknown.did_you_mean(span, &near),
            true => unknown.help("a declaration starts with a kind, such as `group` or `user`; `nbc docs` lists them"),
        });
        meant
    }

    fn handle(&mut self, setting: &Setting, instance: &ast::Instance) -> Option<(Name, Span)> {
        let handle = instance.handle()?;
        let span = span_of(setting.file, handle.range());
        match handle {
            ast::Handle::Name(name) if is_handle(name.text()) => Some((self.names.intern(name.text()), span)),
            // It was reported; whoever refers to it writes it as names are written.
            ast::Handle::Name(name) => Some((self.names.intern(&nbc_syntax::kebab(name.text())?), span)),
            ast::Handle::Foreign(node) => {
                Some((self.names.intern(&nbc_syntax::kebab(&node.text().to_string())?), span))
            }
            ast::Handle::Text(text) => {
                let words =
                    self.constants.text(setting.file, &text, &setting.bindings, self.names, self.diagnostics)?;
                if is_handle(&words) {
                    return Some((self.names.intern(&words), span));
                }
                let message = format!("`{words}` cannot be a handle");
                let help = format!("small letters, digits and single hyphens, such as `{}`", suggested_handle(&words));
                self.diagnostics
                    .push(Diagnostic::new(&codes::WRONG_VALUE, span, message).label("becomes the handle").help(help));
                None
            }
        }
    }

    /// Remembers a body, and makes entities of the owned blocks in it.
    fn body(&mut self, setting: &Setting, header: usize, body: ast::Body) {
        let kinds = self.kinds;
        let kind = &kinds.kinds[self.headers.get(header).map_or(KindId::new(0), |header| header.kind)];
        let has_blocks = kind.fields.iter().any(|(_, field)| field.owned);
        for item in has_blocks.then(|| body.items()).into_iter().flatten() {
            let (Some(inner), Some(key)) = (item.body(), item.key()) else { continue };
            let owned =
                self.names.find(&key.text()).and_then(|name| kind.field(name)).filter(|id| kind.fields[*id].owned);
            let Some(field) = owned else { continue };
            let span = span_of(setting.file, key.range());
            let extends = item.extends().map(|name| (name.text().to_owned(), span_of(setting.file, name.range())));
            let Some(child) = self.owned_block(setting, header, field, span, extends) else { continue };
            self.body(setting, child, inner);
        }
        let Setting { file, viewpoint, expansion, bindings, .. } = setting.clone();
        self.bodies.push(PendingBody { header, file, body, viewpoint, expansion, bindings });
    }
}

/// Whether a text can be a handle: kebab-case, starting with a letter.
pub(crate) fn is_handle(text: &str) -> bool {
    let mut parts = text.split('-');
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
    starts
        && parts
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// The nearest handle: small letters without accents, hyphens for the rest, `s-` before a digit.
pub(crate) fn suggested_handle(text: &str) -> String {
    let lower = nbc_syntax::unaccented(text).to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let joined = parts.join("-");
    if joined.starts_with(|first: char| first.is_ascii_digit()) { format!("s-{joined}") } else { joined }
}

/// The kind of an owned field.
fn owned_kind(kinds: &KindSet, kind: KindId, field: FieldId) -> Option<KindId> {
    listed_kinds(&kinds.kinds[kind].fields[field].ty).first().copied()
}
