//! `.cedar` files become policies that can be asked, or findings that point into them.
//!
//! Cedar forgives what a platform must not: a misspelt group is never matched, a policy that fails is skipped. So a
//! policy counts only after it named itself, fits the schema without a warning, names nothing unknown and calculates
//! nothing. Each policy is parsed by itself: one fault does not hide the next.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr as _;
use std::sync::OnceLock;

use cedar_policy::pst::Template;
use cedar_policy::{
    Context, Effect, Entities, EntityUid, Expression, Policy, PolicyId, PolicySet, Request, Schema, ValidationMode,
    Validator, eval_expression,
};

use nbc_model::Model;
use nbc_model::kinds::KindId;
use nbc_model::world::Entity;
use nbc_source::{Diagnostic, Diagnostics, FileId, FileKind, Fix, SourceFile, Sources, Span, suggest};

use crate::cedar_text::{self, Literal, PolicyText};
use crate::codes;
use crate::last::Last;
use crate::packs;
use crate::reads::{self, Reads};
use crate::shape::Shapes;
use crate::{grants, names, schema};

#[cfg(test)]
mod tests;
mod voice;

use voice::Voice;

/// Everything that decisions are made with, for all stages of one workspace.
#[derive(Debug)]
pub struct Policies {
    pub shapes: Shapes,
    schema: OnceLock<Result<Schema, String>>,
    /// The generated permits, sorted by id.
    pub permits: Vec<Policy>,
    /// Their syntax trees, made when somebody looks into them.
    permit_bodies: OnceLock<Vec<(String, Template)>>,
    /// What packs and the site wrote, sorted by place.
    pub written: Vec<Written>,
}

/// A policy that somebody wrote.
#[derive(Debug)]
pub struct Written {
    pub id: String,
    /// What a refused person reads; the id where the author gave none.
    pub sentence: String,
    pub forbids: bool,
    /// The id in its text.
    pub span: Span,
    /// The pack that brings it, which counts only where a stage turns the pack on.
    pub pack: Option<String>,
    pub policy: Policy,
    /// Its syntax tree; Cedar parses the text again to make one.
    pub(crate) body: Template,
    pub reads: Reads,
    /// Ids of the actions that it can apply to.
    pub actions: Vec<String>,
    /// Entities that its text names: kind and id.
    pub named: Vec<(KindId, String)>,
    /// It follows a reference of those or of the two ends (`resource.group.title`), so it is asked with all entities.
    pub looks_further: bool,
}

impl Written {
    /// The whole policy with its annotations, as Cedar writes it: what tells whether two are the same.
    pub fn text(&self) -> String {
        self.policy.to_string()
    }
}

impl Policies {
    /// The schema of the kinds, read when something has to fit it.
    ///
    /// # Errors
    /// What Cedar says of it.
    pub fn schema(&self, model: &Model) -> Result<&Schema, String> {
        let read = || schema_of(model, &self.shapes);
        self.schema.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// The generated permits by their ids, as syntax trees.
    pub(crate) fn permit_bodies(&self) -> &[(String, Template)] {
        self.permit_bodies.get_or_init(|| bodies(&self.permits))
    }
}

fn bodies(permits: &[Policy]) -> Vec<(String, Template)> {
    let body = |policy: &Policy| Some((policy.id().to_string(), policy.to_pst().ok()?.body().clone()));
    permits.iter().filter_map(body).collect()
}

fn schema_of(model: &Model, shapes: &Shapes) -> Result<Schema, String> {
    let read = SCHEMA.of(schema::json(model, shapes), Schema::from_json_str);
    read.map_err(|error| format!("the schema of the kinds does not fit Cedar: {error}"))
}

/// Cedar's parser and evaluator are recursive; what [`cedar_text`] lets through fits into this many bytes.
pub(crate) const STACK: usize = 64 << 20;

/// Runs on a thread with the stack that Cedar needs. `None` where the thread could not start or Cedar gave up.
pub(crate) fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("cedar".into()).stack_size(STACK).spawn_scoped(scope, work);
        thread.ok().and_then(|thread| thread.join().ok())
    })
}

/// Loads the policies of a workspace. `None` where the generated schema itself fails, which the findings say.
pub fn load(model: &Model, sources: &Sources) -> (Option<Policies>, Diagnostics) {
    let mut shapes = Shapes::of(model);
    let diagnostics = std::mem::take(&mut shapes.diagnostics);
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let (is_asked, files) = (is_anything_done(model, &shapes), files(model, sources, &shapes));
    let has_nothing_to_read = !is_asked && files.is_empty();
    let read = || {
        let permits = if is_asked { permits(&shapes) } else { Ok(Vec::new()) };
        load_here(model, sources, shapes, permits, &files, diagnostics)
    };
    if has_nothing_to_read {
        return read(); // Cedar's stack is not needed.
    }
    with_stack(read).unwrap_or_else(|| (None, not_decided("Cedar stopped while it read the policies")))
}

pub(crate) fn not_decided(why: &str) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(
        Diagnostic::without_place(&codes::NOT_DECIDED, why)
            .help("nothing was decided, so nothing is allowed; please report this"),
    );
    diagnostics
}

fn load_here(
    model: &Model,
    sources: &Sources,
    shapes: Shapes,
    permits: Result<Vec<Policy>, String>,
    files: &[(FileId, &SourceFile)],
    mut diagnostics: Diagnostics,
) -> (Option<Policies>, Diagnostics) {
    let permits = match permits {
        Ok(permits) => permits,
        Err(error) => {
            diagnostics.extend(not_decided(&format!("the permits of the kinds do not fit Cedar: {error}")));
            return (None, diagnostics);
        }
    };
    let mut policies =
        Policies { shapes, schema: OnceLock::new(), permits, permit_bodies: OnceLock::new(), written: Vec::new() };
    match written(model, files, &policies, &mut diagnostics) {
        Ok(written) => policies.written = written,
        Err(error) => {
            diagnostics.extend(not_decided(&error));
            return (None, diagnostics);
        }
    }
    unknown_packs(model, &policies.shapes, sources, &mut diagnostics);
    diagnostics.settle();
    (Some(policies), diagnostics)
}

/// The generated permits. They are not read where nothing exists that anybody could do something with, so that a
/// workspace of other kinds does not wait for Cedar's parser.
fn permits(shapes: &Shapes) -> Result<Vec<Policy>, String> {
    let set = PERMITS.of(grants::print(shapes), PolicySet::from_str);
    set.map(|set| by_id(&set)).map_err(|error| error.to_string())
}

/// Whether something exists, in a stage or in a test, that has an action.
fn is_anything_done(model: &Model, shapes: &Shapes) -> bool {
    let exists = |kind: KindId| {
        let in_test = |row: &Entity| row.test.is_some() && row.kind == kind;
        model.worlds.iter().any(|world| !world.of_kind(kind).is_empty())
            || model.entities.iter().any(|(_, row)| in_test(row))
    };
    shapes.actions.iter().map(|action| action.kind).any(exists)
}

/// The policy files of the site, and those of the packs that some stage or test turns on.
fn files<'s>(model: &Model, sources: &'s Sources, shapes: &Shapes) -> Vec<(FileId, &'s SourceFile)> {
    let counts = |path: &str| packs::name_of_path(path).is_none_or(|pack| is_declared(model, shapes, pack));
    sources.iter().filter(|(_, source)| source.kind == FileKind::Cedar && counts(&source.path)).collect()
}

/// The policies of the site and of the packs that it turns on somewhere.
fn written(
    model: &Model,
    files: &[(FileId, &SourceFile)],
    policies: &Policies,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Written>, String> {
    let shapes = &policies.shapes;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let validator = Validator::new(policies.schema(model)?.clone());
    let mut loader = Loader { model, shapes, validator: &validator, seen: BTreeMap::new(), diagnostics };
    let mut written = Vec::new();
    for (file, source) in files {
        let pack = packs::name_of_path(&source.path);
        for policy in cedar_text::policies(&source.text) {
            written.extend(loader.policy(*file, &source.text, &policy, pack));
        }
    }
    Ok(written)
}

/// Whether some stage or test declares the pack.
fn is_declared(model: &Model, shapes: &Shapes, pack: &str) -> bool {
    let kind = shapes.roles_of_kinds.pack;
    model.entities.iter().any(|(_, row)| Some(row.kind) == kind && model.text(row.handle) == pack)
}

/// Both follow from the kinds, so that an editor and a test ask for the same ones again and again.
static SCHEMA: Last<Schema> = Last::new();
static PERMITS: Last<PolicySet> = Last::new();

/// The policies of a set under the names that their `@id` gives.
fn by_id(set: &PolicySet) -> Vec<Policy> {
    let named = set.policies().map(|policy| {
        // Asking for one annotation by its name would start Cedar's parser for the name.
        let id = policy.annotations().find(|(name, _)| *name == "id");
        let id = id.map_or_else(|| policy.id().clone(), |(_, id)| PolicyId::new(id));
        policy.new_id(id)
    });
    let mut policies: Vec<Policy> = named.collect();
    policies.sort_by(|a, b| a.id().cmp(b.id()));
    policies
}

struct Loader<'m, 'd> {
    model: &'m Model,
    shapes: &'m Shapes,
    validator: &'m Validator,
    /// Ids and where they were given first.
    seen: BTreeMap<String, Span>,
    diagnostics: &'d mut Diagnostics,
}

/// The text of one policy and how places in it become places in the file.
#[derive(Clone, Copy)]
struct Place<'t> {
    file: FileId,
    text: &'t str,
    policy: &'t PolicyText,
}

impl Place<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start as u32..range.end as u32)
    }

    /// The word that opens the policy, `permit` or `forbid`.
    fn head(&self) -> Span {
        let words = ["permit", "forbid"].iter().find_map(|word| self.policy.find(self.text, word));
        self.span(words.unwrap_or_else(|| self.policy.range.start..self.policy.range.start + 1))
    }

    /// A place that Cedar gave relative to the policy.
    fn inner(&self, offset: usize, len: usize) -> Span {
        let start = (self.policy.range.start + offset).min(self.text.len());
        let end = (start + len.max(1)).min(self.text.len());
        self.span(start..end.max(start))
    }
}

/// Packs that are turned on and have no files.
fn unknown_packs(model: &Model, shapes: &Shapes, sources: &Sources, diagnostics: &mut Diagnostics) {
    let brought: Vec<&str> = sources.iter().filter_map(|(_, source)| packs::name_of_path(&source.path)).collect();
    for (id, row) in model.entities.iter().filter(|(_, row)| Some(row.kind) == shapes.roles_of_kinds.pack) {
        let handle = model.handle(id);
        if brought.contains(&handle) || packs::find(handle).is_some() {
            continue;
        }
        let near = suggest::nearest(handle, packs::ALL.iter().map(|pack| pack.name));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_PACK, row.span, format!("there is no pack `{handle}`"))
            .help(format!("packs that ship with nbc: {}", packs::names().join(", ")));
        if let Some(best) = near.first() {
            diagnostic = diagnostic.help(format!("did you mean `{best}`?")).fix(Fix::replace(
                row.span,
                *best,
                format!("{handle} → {best}"),
            ));
        }
        diagnostics.push(diagnostic);
    }
}

impl Loader<'_, '_> {
    fn policy(&mut self, file: FileId, text: &str, policy: &PolicyText, pack: Option<&str>) -> Option<Written> {
        let place = Place { file, text, policy };
        if let Some(range) = &policy.too_deep {
            self.diagnostics.push(
                Diagnostic::new(&codes::POLICY_TOO_DEEP, place.span(range.clone()), "this policy is nested too deeply")
                    .label(format!("more than {} levels, or {} words", cedar_text::DEEPEST, cedar_text::LONGEST))
                    .help("split it into several policies; `permit`s add up, and each `forbid` counts by itself"),
            );
            return None;
        }
        let kebab_names = policy.kebab_names(text);
        let parsed = self.parse(place, &kebab_names)?;
        let id = self.id(place)?;
        let parsed = parsed.new_id(PolicyId::new(&id));
        let before = self.diagnostics.len();
        self.literals(place);
        self.validate(place, &parsed, &kebab_names);
        let body = parsed.to_pst().ok()?.body().clone();
        self.cannot_fail(place, &body);
        let sentence = self.sentence(place, &id);
        if self.diagnostics.iter().skip(before).any(|diagnostic| diagnostic.level == nbc_source::Level::Error) {
            return None;
        }
        let mut actions: Vec<String> = parsed
            .get_valid_request_envs(self.validator.schema())
            .map(|env| env.action().id().unescaped().to_owned())
            .collect();
        actions.sort();
        actions.dedup();
        Some(Written {
            reads: Reads::of(&body),
            id,
            sentence,
            forbids: parsed.effect() == Effect::Forbid,
            span: place.head(),
            pack: pack.map(str::to_owned),
            named: self.named(place),
            looks_further: !reads::is_near(&body) && self.looks_further(&parsed),
            policy: parsed,
            body,
            actions,
        })
    }

    /// The policy, read as if the names of attributes that nbc's files spell with `-` were spelt as Cedar's are.
    fn parse(&mut self, place: Place<'_>, kebab_names: &[Range<usize>]) -> Option<Policy> {
        let mut text = place.text.get(place.policy.range.clone()).unwrap_or_default().to_owned();
        for name in kebab_names {
            let start = place.policy.range.start;
            let name = name.start - start..name.end - start;
            let spelt = text.get(name.clone()).unwrap_or_default().replace('-', "_");
            text.replace_range(name, &spelt);
        }
        let errors = match Policy::parse(None, text) {
            Ok(policy) => return Some(policy),
            Err(errors) => errors,
        };
        let mut found: Vec<Diagnostic> =
            kebab_names.iter().map(|name| self.voice(place).kebab_name(place.span(name.clone()), None)).collect();
        for said in errors.iter().map(|error| self.voice(place).syntax(error)) {
            if !found.iter().any(|other| other.span == said.span) {
                found.push(said);
            }
        }
        self.diagnostics.extend(found);
        None
    }

    /// The `@id`, kebab-case and unique.
    fn id(&mut self, place: Place<'_>) -> Option<String> {
        let Some((id, range)) = place.policy.annotation(place.text, "id") else {
            self.diagnostics.push(
                Diagnostic::new(&codes::POLICY_WITHOUT_ID, place.head(), "this policy has no name")
                    .help("write `@id(\"a-name\")` above it: messages, waivers and tests name it by that"),
            );
            return None;
        };
        let span = place.span(range);
        let kebab = id.starts_with(|c: char| c.is_ascii_lowercase())
            && !id.ends_with('-')
            && !id.contains("--")
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !kebab {
            self.diagnostics.push(
                Diagnostic::new(&codes::POLICY_WITHOUT_ID, span, format!("`{id}` is not a name"))
                    .help("small letters and digits in words joined by `-`, such as `no-guest-gpu`"),
            );
            return None;
        }
        let generated = self.shapes.actions.iter().any(|a| grants::PermitKind::ALL.iter().any(|kind| kind.id(a) == id));
        if id == "not-granted" || generated {
            self.diagnostics.push(
                Diagnostic::new(&codes::DUPLICATE_POLICY, span, format!("`{id}` is a name of nbc's own"))
                    .help("choose another name"),
            );
            return None;
        }
        if let Some(first) = self.seen.get(id) {
            self.diagnostics.push(
                Diagnostic::new(&codes::DUPLICATE_POLICY, span, format!("there are two policies `{id}`"))
                    .related(*first, "the first one")
                    .help("rename one of them"),
            );
            return None;
        }
        self.seen.insert(id.to_owned(), span);
        Some(id.to_owned())
    }

    fn sentence(&mut self, place: Place<'_>, id: &str) -> String {
        if let Some((sentence, _)) = place.policy.annotation(place.text, "sentence") {
            return sentence.replace("\\\"", "\"");
        }
        self.diagnostics.push(
            Diagnostic::new(&codes::POLICY_WITHOUT_SENTENCE, place.head(), format!("policy `{id}` does not say why"))
                .help("write `@sentence(\"…\")` above it: it is what a refused person reads"),
        );
        id.to_owned()
    }

    /// Every entity that the text names, conditions included, must exist in some stage.
    fn literals(&mut self, place: Place<'_>) {
        for literal in place.policy.literals(place.text) {
            let Some(kind) = self.shapes.kind_of(&literal.type_name) else { continue };
            if !self.exists(kind, literal.id) {
                let diagnostic = self.unknown(place, &literal, kind);
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn exists(&self, kind: KindId, id: &str) -> bool {
        let bare = id.rsplit_once('/').map_or(id, |(_, bare)| bare);
        handles(self.model, kind).any(|handle| handle == bare)
            // A pack's own text may name the pack before any stage turns it on.
            || Some(kind) == self.shapes.roles_of_kinds.pack && packs::find(id).is_some()
    }

    fn unknown(&self, place: Place<'_>, literal: &Literal<'_>, kind: KindId) -> Diagnostic {
        let word = self.model.text(self.model.kinds.kinds[kind].name);
        let span = place.span(literal.range.clone());
        let mut diagnostic = Diagnostic::new(
            &codes::UNKNOWN_IN_POLICY,
            span,
            format!("there is no {word} `{}`", voice::shown(literal.id)),
        )
        .label("Cedar would never match it, and say nothing");
        let near = suggest::nearest(literal.id, handles(self.model, kind));
        if let Some(best) = near.first() {
            diagnostic = diagnostic.help(format!("did you mean `{best}`?")).fix(Fix::replace(
                span,
                names::quoted(best),
                format!("{} → {best}", literal.id),
            ));
        }
        if near.is_empty() {
            diagnostic.help.extend(self.of_another_kind(literal.id));
        }
        let places = self.model.entities.iter().filter(|(_, entity)| {
            entity.kind == kind && entity.owner.is_none() && near.contains(&self.model.text(entity.handle))
        });
        for (id, entity) in places {
            diagnostic = diagnostic.related(entity.span, format!("nearest: {}", self.model.handle(id)));
        }
        diagnostic
    }

    /// A thing of that name of another kind, which was surely meant.
    fn of_another_kind(&self, id: &str) -> Option<String> {
        let shape =
            self.shapes.kinds.iter().flatten().find(|shape| handles(self.model, shape.kind).any(|one| one == id))?;
        let word = self.model.text(self.model.kinds.kinds[shape.kind].name);
        Some(format!("`{id}` is a {word}: write `{}::{}`", shape.type_name, names::quoted(id)))
    }

    /// Strict validation against the schema; a warning is an error.
    fn validate(&mut self, place: Place<'_>, policy: &Policy, kebab_names: &[Range<usize>]) {
        let Ok(set) = PolicySet::from_policies([policy.clone()]) else { return };
        let result = self.validator.validate(&set, ValidationMode::Strict);
        let mut found = self.voice(place).findings(policy, &result);
        for name in kebab_names.iter().map(|name| place.span(name.clone())) {
            // Such a name may be no attribute either; then the nearest one is the correction.
            let is_about =
                |found: &Diagnostic| found.fix.is_some() && found.span.is_some_and(|span| span.end == name.end);
            let other = found.iter().position(is_about).map(|at| found.remove(at));
            found.push(self.voice(place).kebab_name(name, other));
        }
        self.diagnostics.extend(found);
    }

    fn voice<'v>(&'v self, place: Place<'v>) -> Voice<'v> {
        Voice { model: self.model, shapes: self.shapes, place }
    }

    fn named(&self, place: Place<'_>) -> Vec<(KindId, String)> {
        let literals = place.policy.literals(place.text).into_iter();
        literals.filter_map(|one| Some((self.shapes.kind_of(&one.type_name)?, one.id.to_owned()))).collect()
    }

    /// What fits the schema and reads one step away at most is decided by the two ends of a question.
    fn looks_further(&self, policy: &Policy) -> bool {
        let Ok(set) = PolicySet::from_policies([policy.clone()]) else { return true };
        !self.validator.validate_with_level(&set, ValidationMode::Strict, 1).validation_passed()
    }

    fn cannot_fail(&mut self, place: Place<'_>, body: &Template) {
        if let Some(word) = reads::fallible(body, &has_value) {
            let span = place.policy.find(place.text, word).map_or(place.head(), |range| place.span(range));
            self.diagnostics.push(
                Diagnostic::new(
                    &codes::POLICY_CAN_FAIL,
                    span,
                    format!("a policy does not calculate: `{word}` could fail"),
                )
                .label("Cedar skips a policy that fails, and a `forbid` that is skipped forbids nothing")
                .help("add a `computed` field to the kind, and compare that"),
            );
        }
    }
}

/// The handles that policies can name.
fn handles(model: &Model, kind: KindId) -> impl Iterator<Item = &str> {
    let entities = model.entities.iter().filter(move |(_, entity)| entity.kind == kind && entity.owner.is_none());
    entities.map(|(_, entity)| model.text(entity.handle))
}

/// Whether an expression of constants has a value.
fn has_value(expr: &cedar_policy::pst::Expr) -> bool {
    let Ok(expression) = Expression::from_str(&expr.to_string()) else { return false };
    let Ok(anybody) = EntityUid::from_str("User::\"\"") else { return false };
    let request = Request::new(anybody.clone(), anybody.clone(), anybody, Context::empty(), None);
    request.is_ok_and(|request| eval_expression(&request, &Entities::empty(), &expression).is_ok())
}
