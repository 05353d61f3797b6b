//! How kinds look in Cedar: the one table that the schema, the permits and the entities are all made from.
//!
//! A kind is an entity type, an enum an enumerated entity type, a field an attribute whose name carries the unit
//! (`memory_bytes`); what Cedar cannot say (a list of records, most maps, secrets) is left out and stays a `computed`
//! field of the kind's author. The table of the rules stands in the reference, "policies for admins".

use std::collections::BTreeMap;

use nbc_model::Model;
use nbc_model::index::Id as _;
use nbc_model::kinds::{ActionId, EnumId, Field, FieldId, GrantDirection, Kind, KindId, Type};
use nbc_model::names::Name;
use nbc_model::value::Dimension;
use nbc_source::{Diagnostic, Diagnostics, Span};

use crate::codes;
use crate::names::{attribute_name, is_builtin_type, is_word, type_name};

/// All kinds as Cedar sees them.
#[derive(Debug)]
pub struct Shapes {
    /// By kind; `None` for what never leaves the files (secrets).
    pub kinds: Vec<Option<EntityShape>>,
    /// By enum: its type name, where an attribute uses it.
    pub enums: BTreeMap<EnumId, String>,
    /// By action.
    pub actions: Vec<ActionShape>,
    /// The kinds that the rules of access name.
    pub roles_of_kinds: KindRoles,
    /// Names that collide, and words that Cedar keeps.
    pub diagnostics: Diagnostics,
}

/// The kinds that access is made of. A workspace always has them from the standard library.
#[derive(Clone, Copy, Debug, Default)]
pub struct KindRoles {
    pub user: Option<KindId>,
    pub group: Option<KindId>,
    pub role: Option<KindId>,
    pub service: Option<KindId>,
    pub pack: Option<KindId>,
}

/// One kind as an entity type.
#[derive(Debug, PartialEq, Eq)]
pub struct EntityShape {
    pub kind: KindId,
    pub type_name: String,
    pub doc: String,
    /// Sorted by name.
    pub attributes: Vec<Attribute>,
    /// The one Text-keyed map that becomes tags.
    pub tags: Option<(FieldId, CedarType)>,
    /// The field that names a person as the owner.
    pub owner_field: Option<FieldId>,
    pub owner_user: bool,
}

/// An attribute of an entity or of a record inside one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    pub field: FieldId,
    pub ty: CedarType,
    pub optional: bool,
}

/// The types that exported values have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CedarType {
    Bool,
    /// `Int`, `Count`, and quantities in their base unit.
    Long,
    /// A rate, as minor units per month of 730 hours, rounded up.
    MonthlyMinor,
    String,
    /// An action, by its name.
    Permission,
    Duration,
    Datetime,
    /// `Decimal`, and `Percent` as a share: 75% is 0.75.
    Decimal,
    Enum(EnumId),
    Entity(KindId),
    Set(Box<CedarType>),
    Record(Vec<Attribute>),
    /// A record with one optional member for each case.
    Variant(Vec<(String, Vec<Attribute>)>),
    /// A record with one optional member for each value of the enum.
    ByEnum(Vec<String>, Box<CedarType>),
}

/// One action.
#[derive(Debug)]
pub struct ActionShape {
    pub action: ActionId,
    pub kind: KindId,
    /// The id in the schema: `launch`, `data-source.read`.
    pub id: String,
    /// What the generated attributes begin with: `read_groups`.
    pub prefix: String,
    pub title: String,
    /// A group or a person can hold it on one resource.
    pub by_grant: GrantReach,
    /// A role over everything can hold it.
    pub by_role: bool,
    pub by_owner: bool,
    /// Itself and what it implies, each once.
    pub implied: Vec<ActionId>,
}

/// Whom a declaration can give an action to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantReach {
    pub groups: bool,
    pub users: bool,
}

impl Shapes {
    pub fn of(model: &Model) -> Shapes {
        let mut builder = Builder::new(model);
        let kinds: Vec<Option<EntityShape>> =
            model.kinds.kinds.iter().map(|(id, kind)| builder.entity(id, kind)).collect();
        let actions = builder.actions();
        builder.check_generated(&kinds, &actions);
        builder.check_type_names();
        let Builder { enums, roles, mut diagnostics, .. } = builder;
        diagnostics.settle();
        Shapes { kinds, enums, actions, roles_of_kinds: roles, diagnostics }
    }

    pub fn kind(&self, kind: KindId) -> Option<&EntityShape> {
        self.kinds.get(kind.index()).and_then(Option::as_ref)
    }

    pub fn action(&self, action: ActionId) -> Option<&ActionShape> {
        self.actions.get(action.index())
    }

    pub fn type_name(&self, kind: KindId) -> &str {
        self.kind(kind).map_or("", |shape| shape.type_name.as_str())
    }

    /// The kind behind an entity type's name.
    pub fn kind_of(&self, type_name: &str) -> Option<KindId> {
        self.kinds.iter().flatten().find(|shape| shape.type_name == type_name).map(|shape| shape.kind)
    }

    /// The enum behind an enumerated type's name.
    pub fn enum_of(&self, type_name: &str) -> Option<EnumId> {
        self.enums.iter().find(|(_, name)| *name == type_name).map(|(id, _)| *id)
    }

    /// The action behind its id in the schema.
    pub fn action_of(&self, id: &str) -> Option<&ActionShape> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// The actions of one kind, in the order of their ids.
    pub fn actions_of(&self, kind: KindId) -> impl Iterator<Item = &ActionShape> {
        self.actions.iter().filter(move |action| action.kind == kind)
    }
}

struct Builder<'m> {
    model: &'m Model,
    enums: BTreeMap<EnumId, String>,
    roles: KindRoles,
    secret: Option<KindId>,
    diagnostics: Diagnostics,
}

impl<'m> Builder<'m> {
    fn new(model: &'m Model) -> Builder<'m> {
        let named =
            |name: &str| model.kinds.kinds.iter().find(|(_, kind)| model.text(kind.name) == name).map(|(id, _)| id);
        let roles = KindRoles {
            user: named("user"),
            group: named("group"),
            role: named("role"),
            service: named("service"),
            pack: named("pack"),
        };
        let secret = named("secret");
        Builder { model, enums: BTreeMap::new(), roles, secret, diagnostics: Diagnostics::new() }
    }

    fn text(&self, name: Name) -> &'m str {
        self.model.text(name)
    }

    fn entity(&mut self, id: KindId, kind: &Kind) -> Option<EntityShape> {
        if Some(id) == self.secret {
            return None;
        }
        let exported = kind.fields.iter().filter(|(_, field)| field.grants.is_none());
        let mut attributes = Vec::new();
        for (at, field) in exported {
            self.attributes(at, field, &mut Vec::new(), &mut attributes);
        }
        self.check_attributes(kind, &mut attributes);
        let owner_field = kind.fields.iter().find(|(_, field)| field.owns).map(|(at, _)| at);
        let owner_user = owner_field.is_some_and(|at| self.names_kind(&kind.fields[at].ty, self.roles.user));
        Some(EntityShape {
            kind: id,
            type_name: type_name(self.text(kind.name)),
            doc: kind.doc.clone(),
            tags: self.tags(kind),
            attributes,
            owner_field,
            owner_user,
        })
    }

    /// The attributes that one field becomes: none, one, or one for each branch of a union.
    fn attributes(&mut self, at: FieldId, field: &Field, inside: &mut Vec<String>, out: &mut Vec<Attribute>) {
        let base = self.model.kinds.base(&field.ty);
        let (branches, list) = match base {
            Type::OneOf(branches) => (&**branches, false),
            Type::List(of, _) => match self.model.kinds.base(of) {
                Type::OneOf(branches) => (&**branches, true),
                _ => (std::slice::from_ref(base), false),
            },
            _ => (std::slice::from_ref(base), false),
        };
        let union = branches.len() > 1;
        for branch in branches {
            let ty = if field.owned { self.owned(branch, inside) } else { self.cedar_type(branch, inside) };
            let Some(ty) = ty else { continue };
            let mut name = attribute_name(self.text(field.name));
            if union {
                name = format!("{name}_{}", attribute_name(&self.branch_name(branch)));
            }
            name.push_str(self.unit(branch));
            let ty = if list { CedarType::Set(Box::new(ty)) } else { ty };
            // A parameter is there on its own pack alone; what is computed is always there.
            let may_be_absent = field.optional && field.computed.is_none();
            let optional = (may_be_absent || union) && !list || field.pack.is_some();
            out.push(Attribute { name, field: at, ty, optional });
        }
    }

    fn branch_name(&self, branch: &Type) -> String {
        let kinds = &self.model.kinds;
        match branch {
            Type::Named(id) => self.text(kinds.types[*id].name).to_owned(),
            Type::Enum(id) => self.text(kinds.enums[*id].name).to_owned(),
            Type::Record(id) => self.text(kinds.records[*id].name).to_owned(),
            Type::Variant(id) => self.text(kinds.variants[*id].name).to_owned(),
            Type::Entity(id) => self.text(kinds.kinds[*id].name).to_owned(),
            Type::List(of, _) => self.branch_name(of),
            Type::Map(_, of) => self.branch_name(of),
            Type::Bool => "bool".to_owned(),
            Type::Int => "int".to_owned(),
            Type::Count => "count".to_owned(),
            Type::Text => "text".to_owned(),
            Type::Date => "date".to_owned(),
            Type::Permission => "permission".to_owned(),
            Type::Quantity(dimension) => dimension.name().replace(' ', "-"),
            Type::Invalid | Type::OneOf(_) => "other".to_owned(),
        }
    }

    fn unit(&self, ty: &Type) -> &'static str {
        match self.model.kinds.base(ty) {
            Type::Quantity(dimension) => match dimension {
                Dimension::Cpu => "_millicores",
                Dimension::Memory | Dimension::Storage => "_bytes",
                Dimension::Money => "_minor",
                Dimension::Rate(_) => "_minor_per_month",
                Dimension::Duration | Dimension::Percent | Dimension::Decimal => "",
            },
            Type::List(of, _) | Type::Map(_, of) => self.unit(of),
            _ => "",
        }
    }

    /// `None` for what is not exported. `inside` is the path of records, so that a record in itself ends.
    fn cedar_type(&mut self, ty: &Type, inside: &mut Vec<String>) -> Option<CedarType> {
        let kinds = &self.model.kinds;
        Some(match kinds.base(ty) {
            Type::Bool => CedarType::Bool,
            Type::Int | Type::Count => CedarType::Long,
            Type::Text => CedarType::String,
            Type::Permission => CedarType::Permission,
            Type::Date => CedarType::Datetime,
            Type::Quantity(dimension) => match dimension {
                Dimension::Cpu | Dimension::Memory | Dimension::Storage | Dimension::Money => CedarType::Long,
                Dimension::Rate(_) => CedarType::MonthlyMinor,
                Dimension::Duration => CedarType::Duration,
                Dimension::Percent | Dimension::Decimal => CedarType::Decimal,
            },
            Type::Enum(id) => {
                if kinds.enums[*id].values.is_empty() {
                    return None;
                }
                let name = type_name(self.text(kinds.enums[*id].name));
                self.enums.entry(*id).or_insert(name);
                CedarType::Enum(*id)
            }
            Type::Entity(id) if Some(*id) == self.secret => return None,
            Type::Entity(id) => CedarType::Entity(*id),
            Type::List(of, _) => match self.cedar_type(of, inside)? {
                CedarType::Record(_) | CedarType::Variant(_) | CedarType::ByEnum(..) | CedarType::Set(_) => {
                    return None;
                }
                element => CedarType::Set(Box::new(element)),
            },
            Type::Record(id) => {
                let record = &kinds.records[*id];
                let fields = record.fields.iter();
                CedarType::Record(self.record(self.text(record.name), fields, inside)?)
            }
            Type::Variant(id) => {
                let variant = &kinds.variants[*id];
                let mut cases = Vec::with_capacity(variant.cases.len());
                for case in &variant.cases {
                    let fields = self.record(self.text(variant.name), case.fields.iter(), inside)?;
                    cases.push((attribute_name(self.text(case.name)), fields));
                }
                CedarType::Variant(cases)
            }
            Type::Map(key, of) => {
                let Type::Enum(id) = kinds.base(key) else { return None };
                let values = kinds.enums[*id].values.iter().map(|value| attribute_name(self.text(value.name)));
                let values: Vec<String> = values.collect();
                if values.iter().any(|value| is_word(value)) {
                    return None;
                }
                CedarType::ByEnum(values, Box::new(self.cedar_type(of, inside)?))
            }
            Type::Invalid | Type::Named(_) | Type::OneOf(_) => return None,
        })
    }

    /// An owned entity shows as a record of its own fields.
    fn owned(&mut self, ty: &Type, inside: &mut Vec<String>) -> Option<CedarType> {
        let Type::Entity(id) = self.model.kinds.base(ty) else { return None };
        let kind = &self.model.kinds.kinds[*id];
        let fields = kind.fields.iter().filter(|(_, field)| !field.every && field.grants.is_none());
        Some(CedarType::Record(self.record(self.text(kind.name), fields, inside)?))
    }

    fn record<'f>(
        &mut self,
        name: &str,
        fields: impl Iterator<Item = (FieldId, &'f Field)>,
        inside: &mut Vec<String>,
    ) -> Option<Vec<Attribute>> {
        if inside.iter().any(|outer| outer == name) {
            return None;
        }
        inside.push(name.to_owned());
        let mut attributes = Vec::new();
        for (at, field) in fields {
            self.attributes(at, field, inside, &mut attributes);
        }
        inside.pop();
        attributes.retain(|attribute| !is_word(&attribute.name));
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        attributes.dedup_by(|next, first| next.name == first.name);
        Some(attributes)
    }

    /// The map that becomes tags: the one called `attributes`, else the first that the kind itself declares, else
    /// `labels`.
    fn tags(&mut self, kind: &Kind) -> Option<(FieldId, CedarType)> {
        let mut found: Option<(u8, FieldId, CedarType)> = None;
        for (at, field) in kind.fields.iter().filter(|(_, field)| field.grants.is_none()) {
            let Type::Map(key, of) = self.model.kinds.base(&field.ty) else { continue };
            if *self.model.kinds.base(key) != Type::Text {
                continue;
            }
            let rank = match self.text(field.name) {
                "attributes" => 0,
                _ if field.every => 2,
                _ => 1,
            };
            if found.as_ref().is_some_and(|(best, ..)| *best <= rank) {
                continue;
            }
            match self.cedar_type(of, &mut Vec::new()) {
                Some(CedarType::Record(_) | CedarType::Variant(_) | CedarType::ByEnum(..)) | None => {}
                Some(ty) => found = Some((rank, at, ty)),
            }
        }
        found.map(|(_, at, ty)| (at, ty))
    }

    fn names_kind(&self, ty: &Type, wanted: Option<KindId>) -> bool {
        match self.model.kinds.base(ty) {
            Type::Entity(kind) => Some(*kind) == wanted,
            Type::List(of, _) => self.names_kind(of, wanted),
            Type::OneOf(branches) => branches.iter().any(|branch| self.names_kind(branch, wanted)),
            _ => false,
        }
    }

    fn actions(&self) -> Vec<ActionShape> {
        self.model.kinds.actions.iter().map(|(id, _)| self.action(id)).collect()
    }

    fn action(&self, id: ActionId) -> ActionShape {
        let kinds = &self.model.kinds;
        let action = &kinds.actions[id];
        let kind = &kinds.kinds[action.kind];
        let owner = kind.fields.iter().find(|(_, field)| field.owns).map(|(_, field)| &field.ty);
        let of_group = owner.is_some_and(|ty| self.names_kind(ty, self.roles.group));
        let is_scope = Some(action.kind) == self.roles.group || Some(action.kind) == self.roles.user;
        // Roles count over what a group owns, over the group itself, and over its people.
        let by_scope = of_group || is_scope;
        let granted = self.granted(id);
        ActionShape {
            action: id,
            kind: action.kind,
            id: self.action_id(id),
            prefix: attribute_name(self.text(action.name)),
            title: action.title.clone(),
            by_grant: GrantReach { groups: granted.groups || by_scope, users: granted.users || by_scope },
            by_role: self.roles.role.is_some(),
            by_owner: owner.is_some_and(|ty| self.names_kind(ty, self.roles.user)),
            implied: self.implied(id),
        }
    }

    /// Whom the fields that grant the action, or one that implies it, can name.
    fn granted(&self, wanted: ActionId) -> GrantReach {
        let mut reach = GrantReach::default();
        for (kind, field) in
            self.model.kinds.kinds.iter().flat_map(|(id, kind)| kind.fields.iter().map(move |(_, f)| (id, f)))
        {
            let Some(grant) = field.grants else { continue };
            if !self.implied(grant.action).contains(&wanted) {
                continue;
            }
            match grant.direction {
                GrantDirection::ToWhomIsListed => {
                    reach.groups |= self.names_kind(&field.ty, self.roles.group);
                    reach.users |= self.names_kind(&field.ty, self.roles.user);
                }
                GrantDirection::OnWhatIsListed => {
                    reach.groups |= Some(kind) == self.roles.group;
                    reach.users |= Some(kind) == self.roles.user;
                }
            }
        }
        reach
    }

    fn implied(&self, id: ActionId) -> Vec<ActionId> {
        let mut all = vec![id];
        let mut next = self.model.kinds.actions[id].implies;
        while let Some(action) = next {
            if all.contains(&action) {
                break;
            }
            all.push(action);
            next = self.model.kinds.actions[action].implies;
        }
        all
    }

    /// The bare word where one standard kind has the action (or no standard kind and one of the user's), else
    /// `kind.action`. A user's kind never changes the id of a standard action, so packs keep working.
    fn action_id(&self, id: ActionId) -> String {
        let kinds = &self.model.kinds;
        let action = &kinds.actions[id];
        let is_standard = |other: ActionId| kinds.kinds[kinds.actions[other].kind].standard;
        let same = kinds.actions.iter().filter(|(_, other)| other.name == action.name).map(|(other, _)| other);
        let same: Vec<ActionId> = same.collect();
        let bare = match (is_standard(id), same.iter().filter(|other| is_standard(**other)).count()) {
            (true, 1) => true,
            (false, 0) => same.len() == 1,
            _ => false,
        };
        let name = self.text(action.name);
        if bare { name.to_owned() } else { format!("{}.{name}", self.text(kinds.kinds[action.kind].name)) }
    }

    fn check_attributes(&mut self, kind: &Kind, attributes: &mut Vec<Attribute>) {
        for attribute in attributes.iter().filter(|attribute| is_word(&attribute.name)) {
            let field = &kind.fields[attribute.field];
            self.diagnostics.push(
                Diagnostic::new(
                    &codes::CEDAR_WORD,
                    field.span,
                    format!("`{}` cannot be a field: policies could not read it", self.text(field.name)),
                )
                .label("a word of Cedar's own")
                .help("give the field a longer name"),
            );
        }
        attributes.retain(|attribute| !is_word(&attribute.name));
        attributes.sort_by(|a, b| (&a.name, a.field).cmp(&(&b.name, b.field)));
        let mut seen: Option<Attribute> = None;
        attributes.retain(|attribute| {
            let Some(first) = seen.as_ref().filter(|first| first.name == attribute.name) else {
                seen = Some(attribute.clone());
                return true;
            };
            let (field, other) = (&kind.fields[attribute.field], &kind.fields[first.field]);
            // Two packs may have a parameter of one name, as long as it has one type.
            if field.pack.is_some() && other.pack.is_some() && attribute.ty == first.ty {
                return true;
            }
            self.diagnostics.push(collision(field.span, &attribute.name, Some((other.span, "the other field"))));
            false
        });
    }

    /// Generated attributes (`read_groups`, `owner_user`) must not meet fields.
    fn check_generated(&mut self, kinds: &[Option<EntityShape>], actions: &[ActionShape]) {
        for shape in kinds.iter().flatten() {
            let mut generated: BTreeMap<String, Span> = BTreeMap::new();
            for action in actions.iter().filter(|action| action.kind == shape.kind) {
                let span = self.model.kinds.actions[action.action].span;
                for ending in ["groups", "users", "roles"] {
                    generated.insert(format!("{}_{ending}", action.prefix), span);
                }
            }
            for attribute in &shape.attributes {
                let field = &self.model.kinds.kinds[shape.kind].fields[attribute.field];
                if let Some(action) = generated.get(&attribute.name) {
                    let related = Some((*action, "made from this action"));
                    self.diagnostics.push(collision(field.span, &attribute.name, related));
                }
                if attribute.name == "owner_user" && shape.owner_user {
                    self.diagnostics.push(collision(field.span, &attribute.name, None));
                }
            }
        }
    }

    fn check_type_names(&mut self) {
        let kinds = &self.model.kinds;
        let mut names: BTreeMap<String, Span> = BTreeMap::new();
        let of_kinds = kinds.kinds.iter().map(|(_, kind)| (type_name(self.model.text(kind.name)), kind.span));
        let of_enums = self.enums.iter().map(|(id, name)| (name.clone(), kinds.enums[*id].span));
        let all: Vec<(String, Span)> = of_kinds.chain(of_enums).collect();
        for (name, span) in all {
            if is_builtin_type(&name) {
                self.diagnostics.push(
                    Diagnostic::new(&codes::NAME_COLLISION, span, format!("Cedar has a type `{name}` of its own"))
                        .help("choose another name"),
                );
            }
            match names.get(&name) {
                Some(first) => self.diagnostics.push(collision(span, &name, Some((*first, "the other one")))),
                None => {
                    names.insert(name, span);
                }
            }
        }
    }
}

fn collision(span: Span, name: &str, related: Option<(Span, &str)>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&codes::NAME_COLLISION, span, format!("two things would be `{name}` in policies"))
        .help("rename one of them");
    match related {
        Some((other, message)) => diagnostic.related(other, message),
        None => diagnostic,
    }
}
