//! One revision, as the proof looks at it: names that both revisions share, who is in what, what things are.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::str::FromStr as _;

use cedar_policy::pst::{EntityType, EntityUID, Expr, Literal, Name, UnaryOp};
use cedar_policy::{Context, Entities, Entity, EntityUid, EvalResult, Expression, Request, eval_expression};
use nbc_model::kinds::KindId;
use nbc_model::world::EntityId;
use rustc_hash::FxHashMap;

use super::formula::Known;
use crate::access::Access;
use crate::decide::classes::{generated, is_within};

/// A revision, and what its things are called in the other one.
pub(super) struct Side<'a, 'm> {
    pub(super) access: &'a Access<'m>,
    /// The shared name of each thing of this side.
    shared: &'a dyn Fn(EntityId) -> Known,
    found: RefCell<FxHashMap<(KindId, String), Option<EntityId>>>,
    /// What expressions of constants come to.
    values: RefCell<FxHashMap<String, Option<Expr>>>,
    below: OnceCell<FxHashMap<EntityId, BTreeSet<Known>>>,
    nobody: BTreeSet<Known>,
}

impl<'a, 'm> Side<'a, 'm> {
    pub(super) fn new(access: &'a Access<'m>, shared: &'a dyn Fn(EntityId) -> Known) -> Side<'a, 'm> {
        Side {
            access,
            shared,
            found: RefCell::default(),
            values: RefCell::default(),
            below: OnceCell::new(),
            nobody: BTreeSet::new(),
        }
    }

    pub(super) fn known(&self, entity: EntityId) -> Known {
        (self.shared)(entity)
    }

    /// The thing of this side by a shared name.
    pub(super) fn own(&self, known: Known) -> Option<EntityId> {
        let world = self.access.people.world;
        self.access.people.model.entities.ids().find(|entity| world.has(*entity) && self.known(*entity) == known)
    }

    /// A thing as policies name it.
    pub(super) fn uid(&self, entity: EntityId) -> Option<EntityUID> {
        syntax_of(&self.access.uid(entity)?)
    }

    /// The thing that a policy names.
    pub(super) fn find(&self, uid: &EntityUID) -> Option<EntityId> {
        let kind = self.access.policies.shapes.kind_of(&uid.ty.to_string())?;
        let mut found = self.found.borrow_mut();
        *found.entry((kind, uid.eid.to_string())).or_insert_with(|| self.access.builder().find(kind, uid.eid.as_str()))
    }

    pub(super) fn entity(&self, entity: EntityId) -> Option<Entity> {
        self.access.made(&self.access.builder(), entity).ok().flatten()
    }

    /// Whether nbc fills the attribute from what was declared: it does not change with whoever asks.
    pub(super) fn is_filled(&self, uid: &EntityUID, attribute: &str) -> bool {
        let kind = self.access.policies.shapes.kind_of(&uid.ty.to_string());
        attribute == "owner_user" || kind.is_some_and(|kind| generated(self.access, kind, attribute))
    }

    /// An attribute of a thing; nothing where it has none.
    pub(super) fn attribute(&self, uid: &EntityUID, name: &str) -> Option<Expr> {
        let entity = self.entity(self.find(uid)?)?;
        constant(&entity.attr(name)?.ok()?)
    }

    pub(super) fn has(&self, uid: &EntityUID, name: &str) -> bool {
        self.find(uid).and_then(|entity| self.entity(entity)).is_some_and(|entity| entity.attr(name).is_some())
    }

    pub(super) fn tag(&self, uid: &EntityUID, name: &str) -> Option<Expr> {
        let entity = self.entity(self.find(uid)?)?;
        constant(&entity.tag(name)?.ok()?)
    }

    /// `left in right`, for things that exist.
    pub(super) fn within(&self, left: &EntityUID, right: &EntityUID) -> bool {
        let both = self.find(left).zip(self.find(right));
        left == right || both.is_some_and(|(left, right)| is_within(self.access, left, right))
    }

    /// The groups whose direct members are in this one.
    pub(super) fn below(&self, group: EntityId) -> &BTreeSet<Known> {
        self.below.get_or_init(|| self.all_below()).get(&group).unwrap_or(&self.nobody)
    }

    fn all_below(&self) -> FxHashMap<EntityId, BTreeSet<Known>> {
        let people = &self.access.people;
        let mut below: FxHashMap<EntityId, BTreeSet<Known>> = FxHashMap::default();
        for group in people.of_kind(self.access.policies.shapes.roles_of_kinds.group) {
            for above in people.chain(*group) {
                below.entry(above).or_default().insert(self.known(*group));
            }
        }
        below
    }

    /// The value of an expression of constants.
    pub(super) fn value(&self, expr: &Expr) -> Option<Expr> {
        let text = expr.to_string();
        if let Some(known) = self.values.borrow().get(&text) {
            return known.clone();
        }
        let value = evaluate(&text);
        self.values.borrow_mut().insert(text, value.clone());
        value
    }
}

/// The name of an entity, as the syntax tree of a policy has it.
fn syntax_of(uid: &EntityUid) -> Option<EntityUID> {
    let ty = EntityType::from_name(Name::unqualified(uid.type_name().to_string()).ok()?);
    Some(EntityUID { ty, eid: uid.id().unescaped().into() })
}

fn evaluate(text: &str) -> Option<Expr> {
    let anybody = EntityUid::from_str("User::\"\"").ok()?;
    let request = Request::new(anybody.clone(), anybody.clone(), anybody, Context::empty(), None).ok()?;
    let expression = Expression::from_str(text).ok()?;
    constant(&eval_expression(&request, &Entities::empty(), &expression).ok()?)
}

/// A value as an expression.
fn constant(value: &EvalResult) -> Option<Expr> {
    Some(match value {
        EvalResult::Bool(value) => Expr::Literal(Literal::Bool(*value)),
        EvalResult::Long(value) => Expr::Literal(Literal::Long(*value)),
        EvalResult::String(value) => Expr::Literal(Literal::String(value.as_str().into())),
        EvalResult::EntityUid(uid) => Expr::Literal(Literal::EntityUID(syntax_of(uid)?)),
        EvalResult::Set(set) => {
            let elements: Option<Vec<_>> = set.iter().map(|value| constant(value).map(Into::into)).collect();
            Expr::Set(elements?)
        }
        EvalResult::Record(record) => {
            let members = record.iter().map(|(name, value)| Some((name.clone(), constant(value)?.into())));
            Expr::Record(members.collect::<Option<_>>()?)
        }
        EvalResult::ExtensionValue(text) => {
            let (name, argument) = text.strip_suffix("\")")?.split_once("(\"")?;
            let op = match name {
                "datetime" => UnaryOp::Datetime,
                "duration" => UnaryOp::Duration,
                "decimal" => UnaryOp::Decimal,
                _ => return None,
            };
            Expr::UnaryOp { op, expr: Expr::Literal(Literal::String(argument.into())).into() }
        }
    })
}
