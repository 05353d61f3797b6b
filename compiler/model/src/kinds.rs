//! The frozen set of kinds, types and actions (phase 3). It depends on no instance and no stage.

use rustc_hash::FxHashMap;

use nbc_source::Span;

use crate::constraint::Pattern;
use crate::expression::ExpressionId;
use crate::index::{Table, ids};
use crate::names::Name;
use crate::value::{Dimension, OriginId, Slot, Value};

ids! {
    /// A kind of declaration.
    KindId(u16);
    /// An enum.
    EnumId(u16);
    /// A record.
    RecordId(u16);
    /// A variant.
    VariantId(u16);
    /// A named type: `type Image = Text matching '…'`.
    TypeId(u16);
    /// Something that can be done with a kind.
    ActionId(u16);
    /// The position of a field in its kind or record.
    FieldId(u16);
}

/// Everything that `kind`, `enum`, `record`, `variant` and `type` declare, in the standard library and in the workspace.
#[derive(Clone, Debug, Default)]
pub struct KindSet {
    pub kinds: Table<KindId, Kind>,
    pub enums: Table<EnumId, EnumType>,
    pub records: Table<RecordId, RecordType>,
    pub variants: Table<VariantId, VariantType>,
    pub types: Table<TypeId, NamedType>,
    pub actions: Table<ActionId, Action>,
    pub(crate) kind_names: FxHashMap<Name, KindId>,
    pub(crate) type_names: FxHashMap<Name, Type>,
    /// Bare and qualified names (`launch`, `service.administer`) of every action.
    pub(crate) action_names: FxHashMap<Name, ActionId>,
}

/// A type. Names are resolved; what failed to resolve is `Invalid` and reported once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Invalid,
    Bool,
    Int,
    /// A whole number that is not negative.
    Count,
    Text,
    Date,
    /// A quantity; a rate may be given per any period.
    Quantity(Dimension),
    /// A declared action.
    Permission,
    Named(TypeId),
    Enum(EnumId),
    Record(RecordId),
    Variant(VariantId),
    Entity(KindId),
    /// `A | B`, at least two.
    OneOf(Box<[Type]>),
    List(Box<Type>, Dated),
    Map(Box<Type>, Box<Type>),
}

/// Whether the elements of a list take `from` and `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    Yes,
    No,
}

/// `kind profile { … }`
#[derive(Clone, Debug)]
pub struct Kind {
    pub name: Name,
    pub doc: String,
    pub span: Span,
    /// Declared in the standard library, so `platform` has a struct for it.
    pub standard: bool,
    pub fields: Table<FieldId, Field>,
    pub field_names: FxHashMap<Name, FieldId>,
    /// Of the kind `pack`: the parameters of each pack, by pack and name.
    pub pack_fields: FxHashMap<(Name, Name), FieldId>,
    pub actions: Vec<ActionId>,
    pub requires: Vec<Require>,
    pub emits: Vec<Emit>,
}

/// A field of a kind, a record or a variant's case.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: Name,
    pub doc: String,
    pub span: Span,
    pub ty: Type,
    /// `name?: Type`
    pub optional: bool,
    /// Not inherited through `extends`.
    pub own: bool,
    /// The value is an entity of its own, owned by this one.
    pub owned: bool,
    /// Names the owner of the entity.
    pub owns: bool,
    pub grants: Option<Grant>,
    pub computed: Option<ExpressionId>,
    pub default: Preset,
    /// Where the default, or the formula of a computed field, stands.
    pub default_origin: OriginId,
    pub constraints: Vec<Constraint>,
    /// Part of every kind (`title`, `description`, `labels`, `was`, `deprecated`).
    pub every: bool,
    /// A parameter of the pack of this name: only that pack's declaration has it.
    pub pack: Option<Name>,
}

/// What a field holds when nobody says anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Preset {
    /// Nothing: required, unless the field is optional.
    None,
    /// The same for everybody: an empty list, a literal.
    Constant(Slot),
    /// Evaluated in the entity, after layering.
    Computed(ExpressionId),
}

/// `grants launch`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub action: ActionId,
    pub direction: GrantDirection,
}

/// Which end of a grant the field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantDirection {
    /// The listed users, groups or roles may do it to this entity (`data-source.read`).
    ToWhomIsListed,
    /// This user, group or role may do it to what is listed (`group.profiles`).
    OnWhatIsListed,
}

/// `in a..b`, `matching '…'`, `where …`
#[derive(Clone, Debug)]
pub struct Constraint {
    pub test: ConstraintTest,
    /// The author's sentence.
    pub sentence: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ConstraintTest {
    /// Both ends included.
    Range(Value, Value),
    Matching(Pattern),
    Where(ExpressionId),
}

/// `require memory-guarantee <= memory "…"` in a kind.
#[derive(Clone, Debug)]
pub struct Require {
    pub condition: ExpressionId,
    pub sentence: String,
    pub span: Span,
}

/// `action launch "start a server of this size"`
#[derive(Clone, Debug)]
pub struct Action {
    pub kind: KindId,
    pub name: Name,
    /// The bare name where only one kind has such an action, else `kind.action`.
    pub qualified: Name,
    pub implies: Option<ActionId>,
    pub title: String,
    pub span: Span,
}

/// `emit kubernetes from "templates/mlflow.yaml.j2"`
#[derive(Clone, Debug)]
pub struct Emit {
    pub target: Name,
    pub template: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct EnumType {
    pub name: Name,
    pub doc: String,
    pub span: Span,
    pub values: Vec<EnumValue>,
}

#[derive(Clone, Debug)]
pub struct EnumValue {
    pub name: Name,
    /// The sentence beside the value, or empty.
    pub title: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct RecordType {
    pub name: Name,
    pub doc: String,
    pub span: Span,
    pub fields: Table<FieldId, Field>,
    pub field_names: FxHashMap<Name, FieldId>,
}

#[derive(Clone, Debug)]
pub struct VariantType {
    pub name: Name,
    pub doc: String,
    pub span: Span,
    pub cases: Vec<VariantCase>,
}

#[derive(Clone, Debug)]
pub struct VariantCase {
    pub name: Name,
    pub span: Span,
    pub fields: Table<FieldId, Field>,
    pub field_names: FxHashMap<Name, FieldId>,
}

#[derive(Clone, Debug)]
pub struct NamedType {
    pub name: Name,
    pub doc: String,
    pub span: Span,
    pub base: Type,
    pub constraints: Vec<Constraint>,
}

/// Fields in their order, and their positions by name.
pub type FieldsByName<'k> = (&'k Table<FieldId, Field>, &'k FxHashMap<Name, FieldId>);

impl KindSet {
    pub fn kind_of(&self, name: Name) -> Option<KindId> {
        self.kind_names.get(&name).copied()
    }

    /// A type by its name, built-in ones included.
    pub fn type_of(&self, name: Name) -> Option<&Type> {
        self.type_names.get(&name)
    }

    /// An action by its bare or qualified name.
    pub fn action_of(&self, name: Name) -> Option<ActionId> {
        self.action_names.get(&name).copied()
    }

    /// An action of one kind.
    pub fn action_on(&self, kind: KindId, name: Name) -> Option<ActionId> {
        self.kinds[kind].actions.iter().copied().find(|action| self.actions[*action].name == name)
    }

    /// The type behind names: `Image` is `Text`.
    pub fn base<'a>(&'a self, ty: &'a Type) -> &'a Type {
        let mut ty = ty;
        while let Type::Named(id) = ty {
            ty = &self.types[*id].base;
        }
        ty
    }

    /// The fields of a record or of one case of a variant.
    pub fn fields_of(&self, ty: &Type, case: Option<u16>) -> Option<FieldsByName<'_>> {
        match (self.base(ty), case) {
            (Type::Record(id), _) => Some((&self.records[*id].fields, &self.records[*id].field_names)),
            (Type::Variant(id), Some(case)) => {
                self.variants[*id].cases.get(case as usize).map(|case| (&case.fields, &case.field_names))
            }
            _ => None,
        }
    }
}

impl Kind {
    pub fn field(&self, name: Name) -> Option<FieldId> {
        self.field_names.get(&name).copied()
    }

    /// A field of the declaration of this handle: a pack has its own parameters too.
    pub fn field_of(&self, handle: Name, name: Name) -> Option<FieldId> {
        self.field(name).or_else(|| self.pack_fields.get(&(handle, name)).copied())
    }
}
