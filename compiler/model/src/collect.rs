//! Phase 3: collects kinds, enums, records, variants, types and actions into the frozen [`KindSet`].
//!
//! First every name, then every field with its type; so kinds may refer to each other in any order. Defaults,
//! constraints and computed fields are left as trees in [`Unbound`]: a default may name a preset, and all names of
//! presets are known only after phase 4.

use nbc_source::{Diagnostic, Diagnostics, FileId, Span, suggest};
use nbc_syntax::TextRange;
use nbc_syntax::ast::{self, AstNode};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::expand::is_handle;
use crate::files::{File, Owner};
use crate::index::{Id, Table};
use crate::kinds::*;
use crate::names::{Name, Names};
use crate::value::{Dimension, OriginId};

/// Enums that a site may add to. Backends know every value of the others.
pub const OPEN_ENUMS: [&str; 1] = ["Affiliation"];

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldOwner {
    Kind(KindId),
    Record(RecordId),
    Case(VariantId, u16),
}

/// The trees that phase 5 binds once all names are known.
#[derive(Default)]
pub(crate) struct Unbound {
    pub(crate) fields: Vec<(FileId, FieldOwner, FieldId, ast::Field)>,
    pub(crate) computed: Vec<(FileId, KindId, FieldId, ast::ComputedField)>,
    pub(crate) requirements: Vec<(FileId, KindId, ast::Requirement)>,
    pub(crate) types: Vec<(FileId, TypeId, ast::TypeDecl)>,
}

pub(crate) struct Collector<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) diagnostics: &'a mut Diagnostics,
    pub(crate) kinds: KindSet,
    pub(crate) unbound: Unbound,
    /// Where each name of a kind or type was declared first.
    declared: FxHashMap<Name, Span>,
    /// The parameters of packs, added to the kind `pack`.
    parameters: Vec<(Name, FileId, ast::RecordDecl)>,
}

/// Collects the kinds of all files.
pub(crate) fn collect(files: &[File], names: &mut Names, diagnostics: &mut Diagnostics) -> (KindSet, Unbound) {
    let mut collector = Collector {
        names,
        diagnostics,
        kinds: KindSet::default(),
        unbound: Unbound::default(),
        declared: FxHashMap::default(),
        parameters: Vec::new(),
    };
    collector.built_in_types();
    let found = collector.declare(files);
    collector.define(files, &found);
    collector.qualify_actions();
    (collector.kinds, collector.unbound)
}

/// What the first pass found, to be filled by the second.
#[derive(Default)]
struct Found {
    kinds: Vec<(usize, KindId, ast::KindDecl)>,
    records: Vec<(usize, RecordId, ast::RecordDecl)>,
    variants: Vec<(usize, VariantId, ast::VariantDecl)>,
    types: Vec<(usize, TypeId, ast::TypeDecl)>,
    extensions: Vec<(usize, ast::ExtendEnumDecl)>,
    /// The record `Every` of the standard library.
    every: Option<(FileId, ast::RecordDecl)>,
}

impl Collector<'_> {
    fn built_in_types(&mut self) {
        use crate::value::Per;
        let built_in = [
            ("Text", Type::Text),
            ("Bool", Type::Bool),
            ("Int", Type::Int),
            ("Count", Type::Count),
            ("Date", Type::Date),
            ("Permission", Type::Permission),
            ("Decimal", Type::Quantity(Dimension::Decimal)),
            ("Cpu", Type::Quantity(Dimension::Cpu)),
            ("Memory", Type::Quantity(Dimension::Memory)),
            ("Storage", Type::Quantity(Dimension::Storage)),
            ("Duration", Type::Quantity(Dimension::Duration)),
            ("Money", Type::Quantity(Dimension::Money)),
            ("Rate", Type::Quantity(Dimension::Rate(Per::Hour))),
            ("Percent", Type::Quantity(Dimension::Percent)),
        ];
        for (name, ty) in built_in {
            let name = self.names.intern(name);
            self.kinds.type_names.insert(name, ty);
        }
    }

    /// Pass 1: every name gets its id.
    fn declare(&mut self, files: &[File]) -> Found {
        let mut found = Found::default();
        for (at, file) in files.iter().enumerate() {
            for declaration in file.definitions.iter().cloned() {
                self.declare_one(at, file, declaration, &mut found);
            }
        }
        found
    }

    fn declare_one(&mut self, at: usize, file: &File, declaration: ast::Declaration, found: &mut Found) {
        use ast::Declaration;
        match declaration {
            Declaration::Kind(decl) => {
                if let Some(id) = self.declare_kind(file, &decl) {
                    found.kinds.push((at, id, decl));
                }
            }
            Declaration::Enum(decl) => self.declare_enum(file, &decl),
            Declaration::ExtendEnum(decl) => found.extensions.push((at, decl)),
            Declaration::Record(decl) => self.declare_record(at, file, decl, found),
            Declaration::Variant(decl) => {
                let Some((name, span)) = self.fresh_name(file, decl.name()) else { return };
                let doc = decl.documentation().unwrap_or_default();
                let id = self.kinds.variants.push(VariantType { name, doc, span, cases: Vec::new() });
                self.kinds.type_names.insert(name, Type::Variant(id));
                found.variants.push((at, id, decl));
            }
            Declaration::Type(decl) => {
                let Some((name, span)) = self.fresh_name(file, decl.name()) else { return };
                let doc = decl.documentation().unwrap_or_default();
                let row = NamedType { name, doc, span, base: Type::Invalid, constraints: Vec::new() };
                let id = self.kinds.types.push(row);
                self.kinds.type_names.insert(name, Type::Named(id));
                found.types.push((at, id, decl));
            }
            Declaration::Instance(_)
            | Declaration::Let(_)
            | Declaration::Fn(_)
            | Declaration::For(_)
            | Declaration::Rule(_)
            | Declaration::Waiver(_)
            | Declaration::Test(_)
            | Declaration::Stage(_)
            | Declaration::Raw(_) => {}
        }
    }

    fn declare_kind(&mut self, file: &File, decl: &ast::KindDecl) -> Option<KindId> {
        let (name, span) = self.fresh_name(file, decl.name())?;
        let id = self.kinds.kinds.push(Kind {
            name,
            doc: decl.documentation().unwrap_or_default(),
            span,
            standard: file.owner == Owner::Standard,
            fields: Table::new(),
            field_names: FxHashMap::default(),
            pack_fields: FxHashMap::default(),
            actions: Vec::new(),
            requires: Vec::new(),
            emits: Vec::new(),
        });
        self.kinds.kind_names.insert(name, id);
        Some(id)
    }

    fn declare_enum(&mut self, file: &File, decl: &ast::EnumDecl) {
        let Some((name, span)) = self.fresh_name(file, decl.name()) else { return };
        let mut values = Vec::new();
        self.enum_values(file, decl.values(), &mut values);
        let doc = decl.documentation().unwrap_or_default();
        let id = self.kinds.enums.push(EnumType { name, doc, span, values });
        self.kinds.type_names.insert(name, Type::Enum(id));
    }

    fn declare_record(&mut self, at: usize, file: &File, decl: ast::RecordDecl, found: &mut Found) {
        let is = |text: &str| decl.name().is_some_and(|name| name.text() == text);
        if let Owner::Pack(pack) = file.owner
            && is("Parameters")
        {
            self.parameters.push((pack, file.id, decl));
            return;
        }
        if file.owner == Owner::Standard && is("Every") {
            found.every = Some((file.id, decl));
            return;
        }
        let Some((name, span)) = self.fresh_name(file, decl.name()) else { return };
        let doc = decl.documentation().unwrap_or_default();
        let row = RecordType { name, doc, span, fields: Table::new(), field_names: FxHashMap::default() };
        let id = self.kinds.records.push(row);
        self.kinds.type_names.insert(name, Type::Record(id));
        found.records.push((at, id, decl));
    }

    fn fresh_name(&mut self, file: &File, name: Option<ast::Name>) -> Option<(Name, Span)> {
        let name = name?;
        let span = file.span(name.range());
        // A name that is written wrongly was reported, and stands for the name that was meant.
        let id = match name.is_type_name() {
            true if !name.text().starts_with(|c: char| c.is_ascii_uppercase()) => {
                self.names.intern(&nbc_syntax::camel(name.text()))
            }
            false if !is_handle(name.text()) => self.names.intern(&nbc_syntax::kebab(name.text()).unwrap_or_default()),
            _ => self.names.intern(name.text()),
        };
        let taken = self.declared.get(&id).copied();
        if let Some(first) = taken {
            let message = format!("`{}` is declared twice", name.text());
            let twice = Diagnostic::new(&codes::DUPLICATE_TYPE, span, message).label("declared a second time");
            self.diagnostics.push(twice.related(first, "first declared here"));
            return None;
        }
        if self.kinds.type_names.contains_key(&id) {
            let message = format!("`{}` is a type of the language", name.text());
            self.diagnostics.push(Diagnostic::new(&codes::DUPLICATE_TYPE, span, message).label("choose another name"));
            return None;
        }
        self.declared.insert(id, span);
        Some((id, span))
    }

    fn enum_values(&mut self, file: &File, values: impl Iterator<Item = ast::EnumValue>, into: &mut Vec<EnumValue>) {
        for value in values {
            let Some(name) = value.name() else { continue };
            let span = file.span(name.range());
            let id = self.names.intern(name.text());
            if let Some(first) = into.iter().find(|value| value.name == id) {
                let message = format!("`{}` is a value of this enum already", name.text());
                let twice = Diagnostic::new(&codes::DUPLICATE_TYPE, span, message).label("a second time");
                self.diagnostics.push(twice.related(first.span, "first here"));
                continue;
            }
            let title =
                value.description().and_then(|text| text.plain().map(|text| text.into_owned())).unwrap_or_default();
            into.push(EnumValue { name: id, title, span });
        }
    }

    /// Pass 2: actions, then fields with their types.
    fn define(&mut self, files: &[File], found: &Found) {
        for (at, decl) in &found.extensions {
            if let Some(file) = files.get(*at) {
                self.extend_enum(file, decl);
            }
        }
        for (at, id, decl) in &found.types {
            let Some(file) = files.get(*at) else { continue };
            let ty = decl.type_().map_or(Type::Invalid, |ty| self.ty(file, &ty));
            self.kinds.types[*id].base = ty;
            self.unbound.types.push((file.id, *id, decl.clone()));
        }
        self.cut_circles(files, found);
        for (at, id, decl) in &found.kinds {
            if let Some(file) = files.get(*at) {
                self.actions(file, *id, decl);
            }
        }
        for (at, id, decl) in &found.records {
            let Some(file) = files.get(*at) else { continue };
            for field in decl.fields() {
                self.field(file, FieldOwner::Record(*id), &field, false);
            }
        }
        for (at, id, decl) in &found.variants {
            if let Some(file) = files.get(*at) {
                self.cases(file, *id, decl);
            }
        }
        for (at, id, decl) in &found.kinds {
            if let Some(file) = files.get(*at) {
                self.kind_body(files, file, *id, decl, found);
            }
        }
        self.pack_parameters(files);
    }

    /// A type that is made of itself, directly or through others, has no values.
    fn cut_circles(&mut self, files: &[File], found: &Found) {
        let mut edges = Vec::new();
        for (id, ty) in self.kinds.types.iter() {
            named_inside(&ty.base, &mut |inner| edges.push((id, inner)));
        }
        for circle in nbc_graph::cycles(edges) {
            let first = circle.first().and_then(|first| found.types.iter().find(|(_, id, _)| id == first));
            if let Some((at, _, decl)) = first
                && let Some(file) = files.get(*at)
            {
                let names: Vec<&str> =
                    circle.iter().chain(circle.first()).map(|id| self.names.text(self.kinds.types[*id].name)).collect();
                let message = format!("a type cannot be made of itself: {}", names.join(" → "));
                let span = file.span(decl.range());
                self.diagnostics.push(Diagnostic::new(&codes::CYCLE, span, message).label("this circle"));
            }
            for id in circle {
                self.kinds.types[id].base = Type::Invalid;
            }
        }
    }

    fn extend_enum(&mut self, file: &File, decl: &ast::ExtendEnumDecl) {
        let Some(name) = decl.name() else { return };
        let span = file.span(name.range());
        let known = self.names.find(name.text()).and_then(|name| self.kinds.type_names.get(&name));
        let Some(Type::Enum(id)) = known else {
            unknown_type(self.names, &self.kinds, self.diagnostics, name.text(), span);
            return;
        };
        let id = *id;
        if self.kinds.enums[id].span.file != file.id && !OPEN_ENUMS.contains(&name.text()) {
            let message = format!("`{}` cannot be extended: what nbc writes knows each of its values", name.text());
            let closed = Diagnostic::new(&codes::CLOSED_ENUM, span, message).label("this enum is closed");
            self.diagnostics.push(closed.help(format!("these can: `{}`", OPEN_ENUMS.join("`, `"))));
            return;
        }
        let mut values = std::mem::take(&mut self.kinds.enums[id].values);
        self.enum_values(file, decl.values(), &mut values);
        self.kinds.enums[id].values = values;
    }

    fn actions(&mut self, file: &File, kind: KindId, decl: &ast::KindDecl) {
        for item in decl.items() {
            let ast::KindItem::Action(action) = item else { continue };
            let Some(name) = action.name() else { continue };
            let id = self.names.intern(name.text());
            let title =
                action.description().and_then(|text| text.plain().map(|text| text.into_owned())).unwrap_or_default();
            let implies = action.implies().and_then(|implied| {
                let wanted = self.names.intern(implied.text());
                let found = self.kinds.action_on(kind, wanted);
                if found.is_none() {
                    self.unknown_action(file.span(implied.range()), implied.text(), kind);
                }
                found
            });
            let row = Action { kind, name: id, qualified: id, implies, title, span: file.span(name.range()) };
            let action = self.kinds.actions.push(row);
            self.kinds.kinds[kind].actions.push(action);
        }
    }

    fn unknown_action(&mut self, span: Span, name: &str, kind: KindId) {
        let owner = self.names.text(self.kinds.kinds[kind].name);
        let message = format!("kind `{owner}` has no action `{name}` above this line");
        let actions =
            self.kinds.kinds[kind].actions.iter().map(|action| self.names.text(self.kinds.actions[*action].name));
        let near = suggest::nearest(name, actions).join("`, `");
        let unknown = Diagnostic::new(&codes::UNKNOWN_ACTION, span, message).label("no such action");
        self.diagnostics.push(if near.is_empty() { unknown } else { unknown.help(format!("did you mean `{near}`?")) });
    }

    fn cases(&mut self, file: &File, id: VariantId, decl: &ast::VariantDecl) {
        for (at, case) in decl.cases().enumerate() {
            let Some(name) = case.name() else { continue };
            let row = VariantCase {
                name: self.names.intern(name.text()),
                span: file.span(name.range()),
                fields: Table::new(),
                field_names: FxHashMap::default(),
            };
            self.kinds.variants[id].cases.push(row);
            for field in case.fields() {
                self.field(file, FieldOwner::Case(id, at as u16), &field, false);
            }
        }
    }

    fn kind_body(&mut self, files: &[File], file: &File, kind: KindId, decl: &ast::KindDecl, found: &Found) {
        for item in decl.items() {
            match item {
                ast::KindItem::Field(field) => {
                    self.field(file, FieldOwner::Kind(kind), &field, false);
                }
                ast::KindItem::Computed(field) => self.computed(file, kind, &field),
                ast::KindItem::Requirement(requirement) => {
                    self.unbound.requirements.push((file.id, kind, requirement));
                }
                ast::KindItem::Emit(emit) => self.emit(file, kind, &emit),
                ast::KindItem::Action(_) => {}
            }
        }
        // What every kind has comes last, so that a kind's own fields keep their places.
        if let Some((every_file, every)) = &found.every
            && let Some(every_file) = files.iter().find(|file| file.id == *every_file)
        {
            for field in every.fields() {
                self.field(every_file, FieldOwner::Kind(kind), &field, true);
            }
        }
    }

    fn emit(&mut self, file: &File, kind: KindId, emit: &ast::Emit) {
        let (Some(backend), Some(template)) = (emit.backend(), emit.template()) else { return };
        let target = self.names.intern(backend.text());
        let template_text = template.plain().unwrap_or_default().into_owned();
        let row = Emit { target, template: template_text, span: file.span(template.range()) };
        self.kinds.kinds[kind].emits.push(row);
    }

    fn computed(&mut self, file: &File, kind: KindId, field: &ast::ComputedField) {
        let Some(name) = field.name() else { return };
        let ty = field.type_().map_or(Type::Invalid, |ty| self.ty(file, &ty));
        let doc = field.documentation().unwrap_or_default();
        let row = Field { optional: true, ..self.plain_field(&name, file.span(name.range()), doc, ty) };
        if let Some(id) = self.add_field(FieldOwner::Kind(kind), row) {
            self.unbound.computed.push((file.id, kind, id, field.clone()));
        }
    }

    fn plain_field(&mut self, name: &ast::Name, span: Span, doc: String, ty: Type) -> Field {
        Field {
            name: self.names.intern(name.text()),
            doc,
            span,
            ty,
            optional: false,
            own: false,
            owned: false,
            owns: false,
            grants: None,
            computed: None,
            default: Preset::None,
            default_origin: OriginId(0),
            constraints: Vec::new(),
            every: false,
            pack: None,
        }
    }

    fn field(&mut self, file: &File, owner: FieldOwner, field: &ast::Field, every: bool) -> Option<FieldId> {
        let name = field.name()?;
        let ty = field.type_().map_or(Type::Invalid, |ty| self.ty(file, &ty));
        let doc = field.documentation().unwrap_or_default();
        let mut row = self.plain_field(&name, file.span(name.range()), doc, ty);
        row.optional = field.is_optional();
        // What `Every` says of one declaration alone is not inherited.
        row.own = field.is_own() || every && !matches!(row.ty, Type::Map(..));
        row.every = every;
        match field.role() {
            Some(ast::FieldRole::Owns) => row.owns = true,
            Some(ast::FieldRole::Owned) => row.owned = true,
            Some(ast::FieldRole::Grants(Some(action))) => {
                row.grants = self.grant(owner, &row.ty, action.text(), file.span(action.range()));
            }
            Some(ast::FieldRole::Grants(None)) | None => {}
        }
        let id = self.add_field(owner, row)?;
        self.unbound.fields.push((file.id, owner, id, field.clone()));
        Some(id)
    }

    /// The end that a grant names: an action of this kind is granted to whom is listed, else an action of what is listed.
    fn grant(&mut self, owner: FieldOwner, ty: &Type, action: &str, span: Span) -> Option<Grant> {
        let FieldOwner::Kind(kind) = owner else { return None };
        let name = self.names.intern(action);
        if let Some(action) = self.kinds.action_on(kind, name) {
            return Some(Grant { action, direction: GrantDirection::ToWhomIsListed });
        }
        let listed = listed_kinds(ty);
        if let Some(action) = listed.iter().find_map(|kind| self.kinds.action_on(*kind, name)) {
            return Some(Grant { action, direction: GrantDirection::OnWhatIsListed });
        }
        self.unknown_action(span, action, *listed.first().unwrap_or(&kind));
        None
    }

    fn add_field(&mut self, owner: FieldOwner, field: Field) -> Option<FieldId> {
        let (name, span) = (field.name, field.span);
        let (fields, names) = self.fields_mut(owner)?;
        if let Some(first) = names.get(&name).map(|id| fields[*id].span) {
            let message = format!("field `{}` is declared twice", self.names.text(name));
            let twice = Diagnostic::new(&codes::DUPLICATE_TYPE, span, message).label("a second time");
            self.diagnostics.push(twice.related(first, "first here"));
            return None;
        }
        let id = fields.push(field);
        names.insert(name, id);
        Some(id)
    }

    #[expect(clippy::type_complexity, reason = "two borrowed halves of one row; a name for the pair would say less")]
    fn fields_mut(&mut self, owner: FieldOwner) -> Option<(&mut Table<FieldId, Field>, &mut FxHashMap<Name, FieldId>)> {
        Some(match owner {
            FieldOwner::Kind(id) => {
                let kind = &mut self.kinds.kinds[id];
                (&mut kind.fields, &mut kind.field_names)
            }
            FieldOwner::Record(id) => {
                let record = &mut self.kinds.records[id];
                (&mut record.fields, &mut record.field_names)
            }
            FieldOwner::Case(id, at) => {
                let case = self.kinds.variants[id].cases.get_mut(usize::from(at))?;
                (&mut case.fields, &mut case.field_names)
            }
        })
    }

    /// Adds each pack's `record Parameters` to the kind `pack`, for the declaration of that pack alone.
    fn pack_parameters(&mut self, files: &[File]) {
        let Some(kind) = self.names.find("pack").and_then(|name| self.kinds.kind_of(name)) else { return };
        for (pack, file, decl) in std::mem::take(&mut self.parameters) {
            let Some(file) = files.iter().find(|other| other.id == file) else { continue };
            for field in decl.fields() {
                let Some(name) = field.name() else { continue };
                let ty = field.type_().map_or(Type::Invalid, |ty| self.ty(file, &ty));
                let doc = field.documentation().unwrap_or_default();
                let mut row = self.plain_field(&name, file.span(name.range()), doc, ty);
                row.optional = field.is_optional();
                row.pack = Some(pack);
                let id = self.kinds.kinds[kind].fields.push(row);
                let name = self.names.intern(name.text());
                self.kinds.kinds[kind].pack_fields.insert((pack, name), id);
                self.unbound.fields.push((file.id, FieldOwner::Kind(kind), id, field));
            }
        }
    }

    fn ty(&mut self, file: &File, ty: &ast::Type) -> Type {
        type_of(self.names, &self.kinds, self.diagnostics, file.id, ty)
    }

    /// An action goes by its bare name where one kind alone has it.
    fn qualify_actions(&mut self) {
        let mut counts: FxHashMap<Name, usize> = FxHashMap::default();
        for (_, action) in self.kinds.actions.iter() {
            *counts.entry(action.name).or_default() += 1;
        }
        for at in 0..self.kinds.actions.len() {
            let id = ActionId::new(at);
            let (kind, name) = (self.kinds.actions[id].kind, self.kinds.actions[id].name);
            let full = format!("{}.{}", self.names.text(self.kinds.kinds[kind].name), self.names.text(name));
            let full = self.names.intern(&full);
            let qualified = if counts.get(&name) == Some(&1) { name } else { full };
            self.kinds.actions[id].qualified = qualified;
            self.kinds.action_names.insert(full, id);
            self.kinds.action_names.insert(qualified, id);
        }
    }
}

/// The kinds that a reference type, or a list of such, can name.
pub(crate) fn listed_kinds(ty: &Type) -> Vec<KindId> {
    match ty {
        Type::Entity(kind) => vec![*kind],
        Type::List(element, _) => listed_kinds(element),
        Type::OneOf(types) => types.iter().flat_map(listed_kinds).collect(),
        _ => Vec::new(),
    }
}

/// The byte range of a tree as a span.
pub(crate) fn span_of(file: FileId, range: TextRange) -> Span {
    Span::new(file, range.start().into()..range.end().into())
}

/// The type that is written; `Invalid` after saying what is not known.
pub(crate) fn type_of(names: &mut Names, kinds: &KindSet, out: &mut Diagnostics, file: FileId, ty: &ast::Type) -> Type {
    let mut inner = |ty: Option<ast::Type>| ty.map_or(Type::Invalid, |ty| type_of(names, kinds, out, file, &ty));
    match ty {
        ast::Type::Named(named) => match named.name() {
            Some(name) => named_type(names, kinds, out, file, &name),
            None => Type::Invalid,
        },
        ast::Type::List(list) => {
            let element = inner(list.element());
            Type::List(Box::new(element), if list.is_dated() { Dated::Yes } else { Dated::No })
        }
        ast::Type::Map(map) => {
            let key = inner(map.key());
            Type::Map(Box::new(key), Box::new(inner(map.value())))
        }
        ast::Type::Union(union) => Type::OneOf(union.alternatives().map(|ty| inner(Some(ty))).collect()),
    }
}

fn named_type(names: &mut Names, kinds: &KindSet, out: &mut Diagnostics, file: FileId, name: &ast::Name) -> Type {
    let id = names.intern(name.text());
    let known = match name.is_type_name() {
        true => kinds.type_names.get(&id).cloned(),
        false => kinds.kind_names.get(&id).copied().map(Type::Entity),
    };
    known.unwrap_or_else(|| unknown_type(names, kinds, out, name.text(), span_of(file, name.range())))
}

/// Reports a type that nobody declared. What it stands for is read as the one type that was surely meant.
fn unknown_type(names: &Names, kinds: &KindSet, out: &mut Diagnostics, name: &str, span: Span) -> Type {
    let unknown =
        Diagnostic::new(&codes::UNKNOWN_TYPE, span, format!("there is no type `{name}`")).label("no such type");
    let known = kinds.type_names.keys().chain(kinds.kind_names.keys()).map(|name| names.text(*name));
    let near = suggest::nearest(name, known);
    out.push(unknown.did_you_mean(span, &near));
    let [only] = near.as_slice() else { return Type::Invalid };
    let Some(meant) = names.find(only) else { return Type::Invalid };
    let kind = || kinds.kind_names.get(&meant).copied().map(Type::Entity);
    kinds.type_names.get(&meant).cloned().or_else(kind).unwrap_or(Type::Invalid)
}

/// Calls back for every named type that a type is made of, without entering it.
fn named_inside(ty: &Type, see: &mut dyn FnMut(TypeId)) {
    match ty {
        Type::Named(id) => see(*id),
        Type::OneOf(types) => types.iter().for_each(|ty| named_inside(ty, see)),
        Type::List(element, _) => named_inside(element, see),
        Type::Map(key, value) => {
            named_inside(key, see);
            named_inside(value, see);
        }
        Type::Invalid
        | Type::Bool
        | Type::Int
        | Type::Count
        | Type::Text
        | Type::Date
        | Type::Quantity(_)
        | Type::Permission
        | Type::Enum(_)
        | Type::Record(_)
        | Type::Variant(_)
        | Type::Entity(_) => {}
    }
}
