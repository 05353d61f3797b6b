//! What a policy looks at: attributes, tags, groups, and how principal and resource are compared.
//!
//! Two people who agree in everything that the policies of an action read get the same decision, so one of them is
//! asked for all (`decide`); and what was read is what an explanation shows (`questions`).

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy::pst::{
    BinaryOp, Clause, EntityOrSlot, EntityUID, Expr, Literal, PrincipalConstraint, ResourceConstraint, Template,
    UnaryOp, Var,
};

/// What a set of policies reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    pub principal: Side,
    pub resource: Side,
    pub relations: BTreeSet<Relation>,
    /// Attributes read of anything else: of what an attribute holds, and of entities that the text names.
    pub further: BTreeSet<String>,
}

/// What is read of one end of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Attributes read first: `principal.manager.enabled` reads `manager`.
    pub attributes: BTreeSet<String>,
    pub tags: BTreeSet<String>,
    /// Entities that it is compared with, as (type, id).
    pub compared: BTreeSet<(String, String)>,
    /// It is used in a way that only asking for each one answers.
    pub whole: bool,
}

/// A comparison of the principal with the resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// `principal == resource`
    Same,
    /// `principal in resource`
    Inside,
    /// `resource.attribute.contains(principal)`
    Contains(String),
    /// `resource.attribute == principal`
    Is(String),
    /// `principal in resource.attribute`
    In(String),
}

impl Reads {
    pub fn of(policy: &Template) -> Reads {
        let mut reads = Reads::default();
        match &policy.principal {
            PrincipalConstraint::Eq(EntityOrSlot::Entity(uid))
            | PrincipalConstraint::In(EntityOrSlot::Entity(uid))
            | PrincipalConstraint::IsIn(_, EntityOrSlot::Entity(uid)) => reads.principal.compare(uid),
            _ => {}
        }
        match &policy.resource {
            ResourceConstraint::Eq(EntityOrSlot::Entity(uid))
            | ResourceConstraint::In(EntityOrSlot::Entity(uid))
            | ResourceConstraint::IsIn(_, EntityOrSlot::Entity(uid)) => reads.resource.compare(uid),
            _ => {}
        }
        for clause in policy.clauses() {
            let (Clause::When(expr) | Clause::Unless(expr)) = clause;
            reads.walk(expr);
        }
        reads
    }

    /// Joins what another policy reads.
    pub fn join(&mut self, other: &Reads) {
        for (side, more) in [(&mut self.principal, &other.principal), (&mut self.resource, &other.resource)] {
            side.attributes.extend(more.attributes.iter().cloned());
            side.tags.extend(more.tags.iter().cloned());
            side.compared.extend(more.compared.iter().cloned());
            side.whole |= more.whole;
        }
        self.relations.extend(other.relations.iter().cloned());
        self.further.extend(other.further.iter().cloned());
    }

    fn side(&mut self, var: &Var) -> Option<&mut Side> {
        match var {
            Var::Principal => Some(&mut self.principal),
            Var::Resource => Some(&mut self.resource),
            Var::Action | Var::Context => None,
        }
    }

    fn walk(&mut self, expr: &Expr) {
        match expr {
            Expr::Literal(_) | Expr::Slot(_) => {}
            Expr::Var(var) => {
                if let Some(side) = self.side(var) {
                    side.whole = true;
                }
            }
            Expr::UnaryOp { expr, .. } | Expr::Like { expr, .. } => self.walk(expr),
            Expr::BinaryOp { op, left, right } => self.binary(*op, left, right),
            Expr::GetAttr { expr: inner, attr } => match &**inner {
                Expr::Var(var) => {
                    if let Some(side) = self.side(var) {
                        side.attributes.insert(attr.to_string());
                    }
                }
                inner => {
                    self.further.insert(attr.to_string());
                    self.walk(inner);
                }
            },
            Expr::HasAttr { expr: inner, attrs } => match &**inner {
                Expr::Var(var) => {
                    if let Some(side) = self.side(var) {
                        side.attributes.insert(attrs.first().to_string());
                    }
                }
                inner => {
                    self.further.extend(attrs.iter().map(ToString::to_string));
                    self.walk(inner);
                }
            },
            Expr::Is { expr: inner, in_expr, .. } => {
                if let Some(outer) = in_expr {
                    self.binary(BinaryOp::In, inner, outer);
                } else if !matches!(**inner, Expr::Var(_)) {
                    self.walk(inner);
                }
            }
            Expr::IfThenElse { cond, then_expr, else_expr } => {
                for part in [cond, then_expr, else_expr] {
                    self.walk(part);
                }
            }
            Expr::Set(parts) => parts.iter().for_each(|part| self.walk(part)),
            Expr::Record(parts) => parts.values().for_each(|part| self.walk(part)),
            // A form of a later Cedar: nothing is assumed of it.
            _ => {
                self.principal.whole = true;
                self.resource.whole = true;
            }
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) {
        use BinaryOp::{Contains, Eq, GetTag, HasTag, In, NotEq};
        match (op, left, right) {
            (Eq | NotEq, Expr::Var(Var::Principal), Expr::Var(Var::Resource))
            | (Eq | NotEq, Expr::Var(Var::Resource), Expr::Var(Var::Principal)) => {
                self.relations.insert(Relation::Same);
            }
            (In, Expr::Var(Var::Principal), Expr::Var(Var::Resource)) => {
                self.relations.insert(Relation::Inside);
            }
            (Eq | NotEq | In, Expr::Var(var), other) if literals(other).is_some() => self.compare(var, other),
            (Eq | NotEq, other, Expr::Var(var)) if literals(other).is_some() => self.compare(var, other),
            (Contains, other, Expr::Var(var)) if literals(other).is_some() => self.compare(var, other),
            (Eq | NotEq, Expr::Var(Var::Principal), other) | (Eq | NotEq, other, Expr::Var(Var::Principal)) => {
                self.relate(other, Relation::Is);
            }
            (In, Expr::Var(Var::Principal), other) => self.relate(other, Relation::In),
            (Contains, other, Expr::Var(Var::Principal)) => self.relate(other, Relation::Contains),
            (GetTag | HasTag, Expr::Var(var), Expr::Literal(Literal::String(tag))) => {
                if let Some(side) = self.side(var) {
                    side.tags.insert(tag.to_string());
                }
            }
            _ => {
                self.walk(left);
                self.walk(right);
            }
        }
    }

    /// The principal is compared with an attribute of the resource, or with something that must be asked one by one.
    fn relate(&mut self, other: &Expr, relation: fn(String) -> Relation) {
        if let Expr::GetAttr { expr, attr } = other
            && matches!(**expr, Expr::Var(Var::Resource))
        {
            self.relations.insert(relation(attr.to_string()));
            return;
        }
        self.principal.whole = true;
        self.walk(other);
    }

    fn compare(&mut self, var: &Var, with: &Expr) {
        let literals = literals(with).unwrap_or_default();
        if let Some(side) = self.side(var) {
            literals.into_iter().for_each(|uid| side.compare(uid));
        }
    }
}

impl Side {
    fn compare(&mut self, uid: &EntityUID) {
        self.compared.insert((uid.ty.to_string(), uid.eid.to_string()));
    }
}

/// One entity literal, or a set of nothing else.
fn literals(expr: &Expr) -> Option<Vec<&EntityUID>> {
    match expr {
        Expr::Literal(Literal::EntityUID(uid)) => Some(vec![uid]),
        Expr::Set(parts) => parts.iter().map(|part| literals(part).and_then(|mut one| one.pop())).collect(),
        _ => None,
    }
}

/// Whether attributes, tags and groups are read of principal, resource and named entities alone, one step each.
pub(crate) fn is_near(policy: &Template) -> bool {
    policy.clauses().iter().all(|clause| {
        let (Clause::When(expr) | Clause::Unless(expr)) = clause;
        is_near_in(expr)
    })
}

pub(crate) fn is_near_in(expr: &Expr) -> bool {
    let is_end = |expr: &Expr| matches!(expr, Expr::Var(_) | Expr::Literal(_));
    let reads_ends = match expr {
        Expr::GetAttr { expr, .. } | Expr::HasAttr { expr, .. } => is_end(expr),
        Expr::BinaryOp { op: BinaryOp::In | BinaryOp::GetTag | BinaryOp::HasTag, left, .. } => is_end(left),
        Expr::Is { expr, in_expr, .. } => in_expr.is_none() || is_end(expr),
        Expr::Literal(_) | Expr::Var(_) | Expr::Slot(_) | Expr::UnaryOp { .. } | Expr::BinaryOp { .. } => true,
        Expr::Like { .. } | Expr::IfThenElse { .. } | Expr::Set(_) | Expr::Record(_) => true,
        // A form of a later Cedar: nothing is assumed of it.
        _ => false,
    };
    reads_ends && children(expr).iter().all(|child| is_near_in(child))
}

/// The operator that could fail while a policy is asked, outermost first. `constant` decides about an expression of
/// constants alone: `true` where it has a value.
pub(crate) fn fallible(policy: &Template, constant: &dyn Fn(&Expr) -> bool) -> Option<&'static str> {
    policy.clauses().iter().find_map(|clause| {
        let (Clause::When(expr) | Clause::Unless(expr)) = clause;
        fallible_in(expr, constant)
    })
}

fn fallible_in(expr: &Expr, constant: &dyn Fn(&Expr) -> bool) -> Option<&'static str> {
    let word = match expr {
        Expr::UnaryOp { op: UnaryOp::Neg, .. } => Some("-"),
        Expr::BinaryOp { op, .. } => match op {
            BinaryOp::Add => Some("+"),
            BinaryOp::Sub => Some("-"),
            BinaryOp::Mul => Some("*"),
            BinaryOp::Offset => Some("offset"),
            BinaryOp::DurationSince => Some("durationSince"),
            _ => None,
        },
        _ => None,
    };
    if word.is_some() {
        return if is_constant(expr) && constant(expr) { None } else { word };
    }
    children(expr).iter().find_map(|child| fallible_in(child, constant))
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(Literal::EntityUID(_)) | Expr::Var(_) | Expr::Slot(_) => false,
        Expr::Literal(_) => true,
        Expr::UnaryOp { .. } | Expr::BinaryOp { .. } => children(expr).iter().all(|child| is_constant(child)),
        _ => false,
    }
}

/// The same expression with other parts.
pub(crate) fn map_children(expr: &Expr, each: &dyn Fn(&Arc<Expr>) -> Arc<Expr>) -> Expr {
    match expr {
        Expr::UnaryOp { op, expr } => Expr::UnaryOp { op: *op, expr: each(expr) },
        Expr::BinaryOp { op, left, right } => Expr::BinaryOp { op: *op, left: each(left), right: each(right) },
        Expr::GetAttr { expr, attr } => Expr::GetAttr { expr: each(expr), attr: attr.clone() },
        Expr::HasAttr { expr, attrs } => Expr::HasAttr { expr: each(expr), attrs: attrs.clone() },
        Expr::Like { expr, pattern } => Expr::Like { expr: each(expr), pattern: pattern.clone() },
        Expr::Is { expr, entity_type, in_expr } => {
            Expr::Is { expr: each(expr), entity_type: entity_type.clone(), in_expr: in_expr.as_ref().map(each) }
        }
        Expr::IfThenElse { cond, then_expr, else_expr } => {
            Expr::IfThenElse { cond: each(cond), then_expr: each(then_expr), else_expr: each(else_expr) }
        }
        Expr::Set(parts) => Expr::Set(parts.iter().map(each).collect()),
        Expr::Record(parts) => Expr::Record(parts.iter().map(|(name, part)| (name.clone(), each(part))).collect()),
        other => other.clone(),
    }
}

pub(crate) fn children(expr: &Expr) -> Vec<&Arc<Expr>> {
    match expr {
        Expr::UnaryOp { expr, .. }
        | Expr::Like { expr, .. }
        | Expr::GetAttr { expr, .. }
        | Expr::HasAttr { expr, .. } => {
            vec![expr]
        }
        Expr::BinaryOp { left, right, .. } => vec![left, right],
        Expr::Is { expr, in_expr, .. } => std::iter::once(expr).chain(in_expr).collect(),
        Expr::IfThenElse { cond, then_expr, else_expr } => vec![cond, then_expr, else_expr],
        Expr::Set(parts) => parts.iter().collect(),
        Expr::Record(parts) => parts.values().collect(),
        _ => Vec::new(),
    }
}
