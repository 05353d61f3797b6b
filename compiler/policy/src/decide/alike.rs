//! Whether two worlds of one model are the same in everything that decisions are made of.
//!
//! Nearly all entities of nearly all stages have the very same slots, which is seen at once. Where a stage says something
//! else, the fields are compared that decisions read: those of access itself, and those that some policy reads anywhere.

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::sync::Arc;

use nbc_model::Model;
use nbc_model::kinds::{FieldId, KindId};
use nbc_model::world::{EntityId, World};

use crate::load::Policies;
use crate::reads::Relation;
use crate::shape::CedarType;

/// What access is made of whatever the policies say: see `people` and `holders`.
const OF_ACCESS: [&str; 11] =
    ["enabled", "from", "until", "account", "roles", "members", "members-from", "parent", "delegates", "over", "can"];

/// Whether whatever is decided in one of the worlds is decided in the other, as far as their declarations go.
pub(super) fn worlds(policies: &Policies, model: &Model, one: &World, two: &World) -> bool {
    let comparing = Comparing { policies, model, one, two, read: attributes(policies) };
    // Worlds with the same members share them.
    one.as_of == two.as_of
        && Arc::ptr_eq(&one.membership, &two.membership)
        && model.kinds.kinds.iter().all(|(kind, _)| comparing.has_same_entities(kind))
}

/// The names of all attributes that policies read, of whatever; nothing where that cannot be told.
fn attributes(policies: &Policies) -> Option<BTreeSet<&str>> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for policy in &policies.written {
        let reads = &policy.reads;
        if reads.principal.whole || reads.resource.whole {
            return None;
        }
        for side in [&reads.principal, &reads.resource] {
            names.extend(side.attributes.iter().map(String::as_str));
        }
        names.extend(reads.further.iter().map(String::as_str));
        names.extend(reads.relations.iter().filter_map(|relation| match relation {
            Relation::Contains(name) | Relation::Is(name) | Relation::In(name) => Some(name.as_str()),
            Relation::Same | Relation::Inside => None,
        }));
    }
    Some(names)
}

struct Comparing<'c> {
    policies: &'c Policies,
    model: &'c Model,
    one: &'c World,
    two: &'c World,
    read: Option<BTreeSet<&'c str>>,
}

impl Comparing<'_> {
    fn has_same_entities(&self, kind: KindId) -> bool {
        let here = self.one.of_kind(kind);
        here == self.two.of_kind(kind) && here.iter().all(|entity| self.is_same(*entity))
    }

    fn is_same(&self, entity: EntityId) -> bool {
        let (Some(one), Some(two)) = (self.one.fields(entity), self.two.fields(entity)) else { return false };
        if one == two {
            return true;
        }
        let row = &self.model.entities[entity];
        let fields = self.model.kinds.kinds[row.kind].fields.ids();
        let slots = self.model.slots(one).iter().zip(self.model.slots(two));
        fields.zip(slots).all(|(field, (one, two))| {
            self.model.store.is_same(*one, *two)
                || row.owner.is_none()
                    && !self.is_read(row.kind, field)
                    && discriminant(&one.value) == discriminant(&two.value)
        })
    }

    /// Whether decisions may depend on the field of an entity that nobody owns.
    fn is_read(&self, kind: KindId, field: FieldId) -> bool {
        let declared = &self.model.kinds.kinds[kind].fields[field];
        let (Some(shape), Some(read)) = (self.policies.shapes.kind(kind), &self.read) else { return true };
        let is_of_access = declared.grants.is_some()
            || shape.owner_field == Some(field)
            || shape.tags.as_ref().is_some_and(|(tags, _)| *tags == field)
            || OF_ACCESS.contains(&self.model.text(declared.name));
        let mut attributes = shape.attributes.iter().filter(|attribute| attribute.field == field);
        is_of_access || attributes.any(|attribute| read.contains(attribute.name.as_str()) || !is_plain(&attribute.ty))
    }
}

/// Whether any value of the type can become an attribute: what cannot, such as a date after Cedar's last one, is refused.
fn is_plain(ty: &CedarType) -> bool {
    match ty {
        CedarType::Bool
        | CedarType::Long
        | CedarType::MonthlyMinor
        | CedarType::String
        | CedarType::Permission
        | CedarType::Enum(_)
        | CedarType::Entity(_) => true,
        CedarType::Set(of) => is_plain(of),
        CedarType::Duration
        | CedarType::Datetime
        | CedarType::Decimal
        | CedarType::Record(_)
        | CedarType::Variant(_)
        | CedarType::ByEnum(..) => false,
    }
}
