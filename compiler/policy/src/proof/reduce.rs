//! Expressions with everything that is known put in: what is left depends on who asks, or on a thing nobody declared.

use std::cell::RefCell;
use std::sync::Arc;

use cedar_policy::pst::{BinaryOp, EntityUID, Expr, Literal, UnaryOp, Var};

use super::side::Side;
use crate::reads::map_children;

/// What is put in.
pub(super) struct Reduction<'r, 'a, 'm> {
    pub(super) side: &'r Side<'a, 'm>,
    /// What `resource` is, where it is a declared thing.
    pub(super) resource: Option<&'r EntityUID>,
    /// The type of whoever asks.
    pub(super) principal: &'r str,
    /// Whoever asks is this one, who may then be otherwise than declared.
    pub(super) acting: Option<&'r EntityUID>,
    /// Declared people of whom something was read.
    pub(super) read: RefCell<Vec<EntityUID>>,
}

impl Reduction<'_, '_, '_> {
    /// The expression with what is known in its place.
    pub(super) fn of(&self, expr: &Expr) -> Expr {
        reduce(self, expr)
    }

    /// Something is read of a thing that is named: is it as declared, or whoever asks?
    fn is_declared(&self, uid: &EntityUID) -> bool {
        if self.acting == Some(uid) {
            return false;
        }
        if uid.ty.to_string() == self.principal && !self.read.borrow().contains(uid) {
            self.read.borrow_mut().push(uid.clone());
        }
        true
    }
}

fn reduce(with: &Reduction<'_, '_, '_>, expr: &Expr) -> Expr {
    let resource = with.resource;
    let inner = |expr: &Arc<Expr>| Arc::new(reduce(with, expr));
    let reduced = match expr {
        Expr::Var(Var::Resource) => match resource {
            Some(uid) => Expr::Literal(Literal::EntityUID(uid.clone())),
            None => return expr.clone(),
        },
        Expr::Literal(_) | Expr::Var(_) | Expr::Slot(_) => return expr.clone(),
        Expr::IfThenElse { cond, then_expr, else_expr } => {
            let cond = inner(cond);
            match &*cond {
                Expr::Literal(Literal::Bool(true)) => return reduce(with, then_expr),
                Expr::Literal(Literal::Bool(false)) => return reduce(with, else_expr),
                _ => Expr::IfThenElse { cond, then_expr: inner(then_expr), else_expr: inner(else_expr) },
            }
        }
        other => map_children(other, &inner),
    };
    folded(with, &reduced).unwrap_or(reduced)
}

/// The value of an expression whose parts are reduced, where it has one.
fn folded(with: &Reduction<'_, '_, '_>, expr: &Expr) -> Option<Expr> {
    let side = with.side;
    if let Some(asked) = asks_itself(with, expr) {
        return Some(asked);
    }
    let of = |value: bool| Some(Expr::Literal(Literal::Bool(value)));
    match expr {
        Expr::GetAttr { expr, attr } => match &**expr {
            Expr::Literal(Literal::EntityUID(uid)) => side.attribute(uid, attr),
            Expr::Record(parts) => parts.get(attr.as_str()).map(|part| (**part).clone()),
            _ => None,
        },
        Expr::HasAttr { expr, attrs } => match &**expr {
            Expr::Literal(Literal::EntityUID(uid)) if attrs.len() == 1 => of(side.has(uid, attrs.first())),
            Expr::Record(parts) if attrs.len() == 1 => of(parts.contains_key(attrs.first().as_str())),
            _ => None,
        },
        Expr::BinaryOp { op: BinaryOp::HasTag | BinaryOp::GetTag, left, right } => {
            let (Expr::Literal(Literal::EntityUID(uid)), Expr::Literal(Literal::String(tag))) = (&**left, &**right)
            else {
                return None;
            };
            match expr {
                Expr::BinaryOp { op: BinaryOp::HasTag, .. } => of(side.tag(uid, tag).is_some()),
                _ => side.tag(uid, tag),
            }
        }
        Expr::BinaryOp { op: BinaryOp::In, left, right } => {
            let (left, right) = (entity(left)?, entities(right)?);
            of(right.iter().any(|right| side.within(left, right)))
        }
        Expr::Is { expr, entity_type, in_expr: None } => of(entity(expr)?.ty == *entity_type),
        Expr::UnaryOp { op: UnaryOp::Datetime | UnaryOp::Duration | UnaryOp::Decimal | UnaryOp::Ip, .. } => None,
        Expr::UnaryOp { expr: only, .. } | Expr::Like { expr: only, .. } if is_constant(only) => side.value(expr),
        Expr::BinaryOp { left, right, .. } if is_constant(left) && is_constant(right) => side.value(expr),
        _ => None,
    }
}

/// What is read of whoever asks under their name.
fn asks_itself(with: &Reduction<'_, '_, '_>, expr: &Expr) -> Option<Expr> {
    let (Expr::GetAttr { expr: of, .. } | Expr::HasAttr { expr: of, .. }) = expr else {
        let Expr::BinaryOp { op: op @ (BinaryOp::In | BinaryOp::HasTag | BinaryOp::GetTag), left, right } = expr else {
            return None;
        };
        let is_itself = !with.is_declared(entity(left)?);
        return is_itself.then(|| Expr::BinaryOp { op: *op, left: itself(), right: right.clone() });
    };
    let uid = entity(of)?;
    let name = match expr {
        Expr::GetAttr { attr, .. } => attr.as_str(),
        Expr::HasAttr { attrs, .. } => attrs.first().as_str(),
        _ => "",
    };
    if with.side.is_filled(uid, name) || with.is_declared(uid) {
        return None;
    }
    Some(match expr {
        Expr::HasAttr { attrs, .. } => Expr::HasAttr { expr: itself(), attrs: attrs.clone() },
        Expr::GetAttr { attr, .. } => Expr::GetAttr { expr: itself(), attr: attr.clone() },
        other => other.clone(),
    })
}

fn itself() -> Arc<Expr> {
    Arc::new(Expr::Var(Var::Principal))
}

/// Whether it says what it is, whoever asks.
pub(super) fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(_) => true,
        Expr::UnaryOp { op: UnaryOp::Datetime | UnaryOp::Duration | UnaryOp::Decimal | UnaryOp::Ip, expr } => {
            is_constant(expr)
        }
        Expr::Set(parts) => parts.iter().all(|part| is_constant(part)),
        Expr::Record(parts) => parts.values().all(|part| is_constant(part)),
        _ => false,
    }
}

pub(super) fn entity(expr: &Expr) -> Option<&EntityUID> {
    match expr {
        Expr::Literal(Literal::EntityUID(uid)) => Some(uid),
        _ => None,
    }
}

/// One entity, or a set of nothing else.
pub(super) fn entities(expr: &Expr) -> Option<Vec<&EntityUID>> {
    match expr {
        Expr::Set(parts) => parts.iter().map(|part| entity(part)).collect(),
        one => entity(one).map(|one| vec![one]),
    }
}
