//! Policies of one revision as a proposition about somebody who asks for one action on one thing.

use std::cell::RefCell;
use std::sync::Arc;

use cedar_policy::pst::{
    BinaryOp, Clause, EntityOrSlot, EntityType, EntityUID, Expr, Literal, PrincipalConstraint, ResourceConstraint,
    Template, UnaryOp, Var,
};
use nbc_model::world::EntityId;

use super::formula::{Atom, Atoms, Formula, Measure, Relation, Revision};
use super::reduce::{Reduction, entities, is_constant};
use super::side::Side;
use crate::access::PolicyWaiver;
use crate::reads::map_children;

/// What is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'s> {
    /// The type of whoever asks.
    pub(super) principal: &'s str,
    /// A declared thing, or any that nobody declared.
    pub(super) resource: Option<(EntityId, &'s EntityUID)>,
    pub(super) resource_type: &'s str,
    /// Attributes that whoever asks surely has.
    pub(super) required: &'s [String],
}

/// Makes propositions of one side.
pub(super) struct Translator<'t, 'a, 'm> {
    pub(super) side: &'t Side<'a, 'm>,
    pub(super) revision: Revision,
    pub(super) subject: Subject<'t>,
    pub(super) atoms: &'t mut Atoms,
    /// Groups are nested alike in both revisions.
    pub(super) same_groups: bool,
    /// All declarations are the same in both revisions.
    pub(super) same_things: bool,
    /// What things are called in the other revision, where some have two names.
    pub(super) rename: Option<&'t dyn Fn(&EntityUID) -> EntityUID>,
    /// The policy at hand follows references.
    pub(super) looks_further: bool,
}

impl Translator<'_, '_, '_> {
    /// Where a policy applies.
    pub(super) fn policy(&mut self, policy: &Template, looks_further: bool) -> Formula {
        self.looks_further = looks_further;
        let mut parts = vec![self.principal(&policy.principal)];
        parts.push(self.resource(&policy.resource));
        for clause in policy.clauses() {
            if parts.contains(&Formula::Never) {
                return Formula::Never;
            }
            parts.push(match clause {
                Clause::When(expr) => self.formula(expr),
                Clause::Unless(expr) => self.formula(expr).negated(),
            });
        }
        Formula::and(parts)
    }

    /// Where a waiver excuses.
    pub(super) fn excused(&mut self, waiver: &PolicyWaiver) -> Formula {
        let on = waiver.on;
        let people = &self.side.access.people;
        let is_resource = match self.subject.resource {
            Some((resource, _)) => Formula::of(resource == on),
            None => match self.side.uid(on) {
                Some(uid) => {
                    let value = self.text(&Expr::Literal(Literal::EntityUID(uid)));
                    self.atoms.of(Atom::Equals { subject: "resource".to_owned(), value })
                }
                None => Formula::Never,
            },
        };
        let is_principal = if people.is_group(on) { self.in_group(on) } else { self.is(on) };
        Formula::or([is_principal, is_resource])
    }

    fn principal(&mut self, constraint: &PrincipalConstraint) -> Formula {
        let principal = Expr::Var(Var::Principal);
        match constraint {
            PrincipalConstraint::Any => Formula::Always,
            PrincipalConstraint::Is(ty) => self.is_type(ty),
            PrincipalConstraint::Eq(EntityOrSlot::Entity(uid)) => self.principal_is(uid),
            PrincipalConstraint::In(EntityOrSlot::Entity(uid)) => self.principal_in(uid),
            PrincipalConstraint::IsIn(ty, EntityOrSlot::Entity(uid)) => match self.is_type(ty) {
                Formula::Always => self.principal_in(uid),
                never => never,
            },
            // Templates have slots; nbc reads none.
            _ => self.opaque(&principal),
        }
    }

    fn resource(&mut self, constraint: &ResourceConstraint) -> Formula {
        let (ty, op, uid) = match constraint {
            ResourceConstraint::Any => return Formula::Always,
            ResourceConstraint::Is(ty) => return Formula::of(ty.to_string() == self.subject.resource_type),
            ResourceConstraint::Eq(EntityOrSlot::Entity(uid)) => (None, BinaryOp::Eq, uid),
            ResourceConstraint::In(EntityOrSlot::Entity(uid)) => (None, BinaryOp::In, uid),
            ResourceConstraint::IsIn(ty, EntityOrSlot::Entity(uid)) => (Some(ty), BinaryOp::In, uid),
            _ => return self.opaque(&Expr::Var(Var::Resource)),
        };
        if ty.is_some_and(|ty| ty.to_string() != self.subject.resource_type) {
            return Formula::Never;
        }
        let right = Expr::Literal(Literal::EntityUID(uid.clone()));
        self.formula(&Expr::BinaryOp { op, left: Expr::Var(Var::Resource).into(), right: right.into() })
    }

    fn formula(&mut self, expr: &Expr) -> Formula {
        match expr {
            Expr::UnaryOp { op: UnaryOp::Not, expr } => self.formula(expr).negated(),
            Expr::BinaryOp { op: BinaryOp::And, left, right } => match self.formula(left) {
                Formula::Never => Formula::Never,
                left => Formula::and([left, self.formula(right)]),
            },
            Expr::BinaryOp { op: BinaryOp::Or, left, right } => match self.formula(left) {
                Formula::Always => Formula::Always,
                left => Formula::or([left, self.formula(right)]),
            },
            Expr::IfThenElse { cond, then_expr, else_expr } => match self.formula(cond) {
                Formula::Always => self.formula(then_expr),
                Formula::Never => self.formula(else_expr),
                cond => {
                    let (then, other) = (self.formula(then_expr), self.formula(else_expr));
                    Formula::or([Formula::and([cond.clone(), then]), Formula::and([cond.negated(), other])])
                }
            },
            Expr::Is { expr, entity_type, in_expr } if matches!(**expr, Expr::Var(Var::Principal)) => {
                match (self.is_type(entity_type), in_expr) {
                    (Formula::Always, Some(outer)) => {
                        let within = Expr::BinaryOp { op: BinaryOp::In, left: expr.clone(), right: outer.clone() };
                        self.formula(&within)
                    }
                    (is, _) => is,
                }
            }
            Expr::Is { expr, entity_type, in_expr } if matches!(**expr, Expr::Var(Var::Resource)) => {
                match (entity_type.to_string() == self.subject.resource_type, in_expr) {
                    (false, _) => Formula::Never,
                    (true, None) => Formula::Always,
                    (true, Some(outer)) => {
                        let within = Expr::BinaryOp { op: BinaryOp::In, left: expr.clone(), right: outer.clone() };
                        self.formula(&within)
                    }
                }
            }
            other => {
                let (reduced, people) = self.reduced(other, None);
                let mut ways = Vec::new();
                let mut nobody = vec![self.leaf(&reduced)];
                // Whoever asks may be one of them, otherwise than declared.
                for uid in people {
                    let is = self.principal_is(&uid);
                    let (itself, _) = self.reduced(other, Some(&uid));
                    ways.push(Formula::and([is.clone(), self.leaf(&itself)]));
                    nobody.push(is.negated());
                }
                ways.push(Formula::and(nobody));
                Formula::or(ways)
            }
        }
    }

    /// An expression with what is known put in, and the declared people of whom it reads.
    fn reduced(&self, expr: &Expr, acting: Option<&EntityUID>) -> (Expr, Vec<EntityUID>) {
        let resource = self.subject.resource.map(|(_, uid)| uid);
        let principal = self.subject.principal;
        let reduction = Reduction { side: self.side, resource, principal, acting, read: RefCell::default() };
        let reduced = reduction.of(expr);
        (reduced, reduction.read.into_inner())
    }

    fn leaf(&mut self, expr: &Expr) -> Formula {
        use BinaryOp::{
            Contains, ContainsAll, ContainsAny, DecimalGreater, DecimalGreaterEq, DecimalLessEq, DecimalLessThan, Eq,
            Greater, GreaterEq, HasTag, In, Less, LessEq, NotEq,
        };
        match expr {
            Expr::Literal(Literal::Bool(value)) => Formula::of(*value),
            Expr::BinaryOp { op, left, right } => match op {
                Eq => self.equals(left, right, expr),
                NotEq => self.equals(left, right, expr).negated(),
                Less | DecimalLessThan => self.at_most(right, left, expr).negated(),
                LessEq | DecimalLessEq => self.at_most(left, right, expr),
                Greater | DecimalGreater => self.at_most(left, right, expr).negated(),
                GreaterEq | DecimalGreaterEq => self.at_most(right, left, expr),
                In => self.within(left, right, expr),
                Contains => self.contains(left, right, expr),
                ContainsAll | ContainsAny => self.contains_many(*op, left, right, expr),
                HasTag if is_constant(right) => {
                    let subject = Expr::BinaryOp { op: BinaryOp::GetTag, left: left.clone(), right: right.clone() };
                    self.about(expr, Atom::Has { subject: self.text(&subject) })
                }
                _ => self.opaque(expr),
            },
            Expr::HasAttr { expr: of, attrs } => {
                let is_principal = matches!(**of, Expr::Var(Var::Principal));
                if is_principal && attrs.len() == 1 && self.subject.required.iter().any(|name| name == attrs.first()) {
                    return Formula::Always;
                }
                let path: Vec<&str> = attrs.iter().map(AsRef::as_ref).collect();
                let subject = format!("{}.{}", self.text(of), path.join("."));
                self.about(expr, Atom::Has { subject })
            }
            Expr::GetAttr { .. } => self.about(expr, Atom::True { subject: self.text(expr) }),
            Expr::Like { expr: of, .. } => {
                let (subject, whole) = (self.text(of), self.text(expr));
                let pattern = whole.split_once(" like ").map_or(whole.as_str(), |(_, pattern)| pattern).to_owned();
                self.about(expr, Atom::Like { subject, pattern })
            }
            _ => self.opaque(expr),
        }
    }

    fn equals(&mut self, left: &Arc<Expr>, right: &Arc<Expr>, whole: &Expr) -> Formula {
        // The constant stands right.
        let (left, right) = if is_constant(left) { (right, left) } else { (left, right) };
        match (&**left, &**right) {
            (_, Expr::Literal(Literal::Bool(value))) => {
                let formula = self.leaf(left);
                if *value { formula } else { formula.negated() }
            }
            (Expr::Var(Var::Principal), Expr::Literal(Literal::EntityUID(uid))) => self.principal_is(uid),
            (Expr::Var(Var::Principal), Expr::Var(Var::Resource))
            | (Expr::Var(Var::Resource), Expr::Var(Var::Principal)) => {
                if self.subject.principal == self.subject.resource_type {
                    self.atoms.of(Atom::Related(Relation::Same, None))
                } else {
                    Formula::Never
                }
            }
            (Expr::Var(Var::Principal), Expr::GetAttr { expr, attr })
            | (Expr::GetAttr { expr, attr }, Expr::Var(Var::Principal))
                if matches!(**expr, Expr::Var(Var::Resource)) =>
            {
                self.atoms.of(Atom::Related(Relation::Is(attr.to_string()), None))
            }
            _ if measured(self.side, right).is_some() => {
                let Some((measure, bound)) = measured(self.side, right) else { return self.opaque(whole) };
                let subject = self.text(left);
                let most = self.about(left, Atom::AtMost { subject: subject.clone(), measure, bound });
                match bound.checked_sub(1) {
                    Some(below) => {
                        let less = self.about(left, Atom::AtMost { subject, measure, bound: below });
                        Formula::and([most, less.negated()])
                    }
                    None => most,
                }
            }
            (_, Expr::Literal(_)) => {
                let (subject, value) = (self.text(left), self.text(right));
                self.about(whole, Atom::Equals { subject, value })
            }
            _ => self.opaque(whole),
        }
    }

    /// `left <= right`
    fn at_most(&mut self, left: &Expr, right: &Expr, whole: &Expr) -> Formula {
        if let Some((measure, bound)) = measured(self.side, right) {
            let subject = self.text(left);
            return self.about(left, Atom::AtMost { subject, measure, bound });
        }
        // bound <= right: it is not at most one less.
        match measured(self.side, left) {
            Some((measure, bound)) => match bound.checked_sub(1) {
                Some(bound) => {
                    let subject = self.text(right);
                    self.about(right, Atom::AtMost { subject, measure, bound }).negated()
                }
                None => Formula::Always,
            },
            None => {
                let text = format!("{} <= {}", self.text(left), self.text(right));
                self.about(whole, Atom::Opaque(text))
            }
        }
    }

    fn within(&mut self, left: &Expr, right: &Expr, whole: &Expr) -> Formula {
        match (left, right) {
            (Expr::Var(Var::Principal), outer) if entities(outer).is_some() => {
                let all: Vec<EntityUID> = entities(outer).unwrap_or_default().into_iter().cloned().collect();
                Formula::or(all.iter().map(|uid| self.principal_in(uid)).collect::<Vec<_>>())
            }
            (Expr::Var(Var::Principal), Expr::Var(Var::Resource)) => {
                let revision = Some(self.revision).filter(|_| !self.same_groups);
                self.atoms.of(Atom::Related(Relation::Inside, revision))
            }
            (Expr::Var(Var::Principal), Expr::GetAttr { expr, attr }) if matches!(**expr, Expr::Var(Var::Resource)) => {
                let attr = attr.to_string();
                // A person is in no other person: `in` a set of people is being one of them.
                let atom = match self.lists_people(&attr) {
                    true => Atom::Related(Relation::Contains(attr), None),
                    false => Atom::Related(Relation::In(attr), Some(self.revision).filter(|_| !self.same_groups)),
                };
                self.atoms.of(atom)
            }
            (left, outer) if entities(outer).is_some() && self.is_flat(outer) => {
                let all: Vec<EntityUID> = entities(outer).unwrap_or_default().into_iter().cloned().collect();
                let each = all.into_iter().map(|uid| {
                    let right = Arc::new(Expr::Literal(Literal::EntityUID(uid)));
                    self.equals(&Arc::new(left.clone()), &right, whole)
                });
                Formula::or(each.collect::<Vec<_>>())
            }
            _ if self.same_groups => self.opaque(whole),
            _ => self.own(whole),
        }
    }

    /// Whether the attribute of a thing is one of those that nbc fills with people.
    fn lists_people(&self, attribute: &str) -> bool {
        let shapes = &self.side.access.policies.shapes;
        let Some(prefix) = attribute.strip_suffix("_users") else { return false };
        let kind = shapes.kind_of(self.subject.resource_type);
        kind.is_some_and(|kind| shapes.actions_of(kind).any(|action| action.prefix == prefix))
    }

    /// Nothing is ever inside of these.
    fn is_flat(&self, outer: &Expr) -> bool {
        let shapes = &self.side.access.policies.shapes;
        let roles = shapes.roles_of_kinds;
        let flat = |uid: &&EntityUID| {
            let kind = shapes.kind_of(&uid.ty.to_string());
            kind.is_none() || kind != roles.group && kind != roles.role
        };
        entities(outer).unwrap_or_default().iter().all(flat)
    }

    fn contains(&mut self, set: &Arc<Expr>, element: &Arc<Expr>, whole: &Expr) -> Formula {
        match (&**set, &**element) {
            (Expr::Set(parts), _) => {
                let each: Vec<Formula> = parts
                    .iter()
                    .map(|part| {
                        let one = Expr::BinaryOp { op: BinaryOp::Eq, left: element.clone(), right: part.clone() };
                        self.equals(element, part, &one)
                    })
                    .collect();
                Formula::or(each)
            }
            (Expr::GetAttr { expr, attr }, Expr::Var(Var::Principal)) if matches!(**expr, Expr::Var(Var::Resource)) => {
                self.atoms.of(Atom::Related(Relation::Contains(attr.to_string()), None))
            }
            (_, element) if is_constant(element) => {
                let (subject, element) = (self.text(set), self.text(element));
                self.about(whole, Atom::Contains { subject, element })
            }
            _ => self.opaque(whole),
        }
    }

    fn contains_many(&mut self, op: BinaryOp, set: &Arc<Expr>, elements: &Arc<Expr>, whole: &Expr) -> Formula {
        let Expr::Set(parts) = &**elements else {
            return match (&**set, op) {
                // `[a, b].containsAny(set)` asks whether the set has one of them.
                (Expr::Set(_), BinaryOp::ContainsAny) => self.contains_many(op, elements, set, whole),
                _ => self.opaque(whole),
            };
        };
        let each: Vec<Formula> = parts
            .iter()
            .map(|part| {
                let one = Expr::BinaryOp { op: BinaryOp::Contains, left: set.clone(), right: part.clone() };
                self.contains(set, part, &one)
            })
            .collect();
        if op == BinaryOp::ContainsAll { Formula::and(each) } else { Formula::or(each) }
    }

    fn is_type(&self, ty: &EntityType) -> Formula {
        Formula::of(ty.to_string() == self.subject.principal)
    }

    fn principal_is(&mut self, uid: &EntityUID) -> Formula {
        match self.side.find(uid) {
            Some(entity) => self.is(entity),
            None => Formula::Never,
        }
    }

    fn principal_in(&mut self, uid: &EntityUID) -> Formula {
        let Some(entity) = self.side.find(uid) else { return Formula::Never };
        let people = &self.side.access.people;
        if people.is_group(entity) {
            self.in_group(entity)
        } else if people.is_role(entity) {
            self.in_role(entity)
        } else {
            self.is(entity)
        }
    }

    fn is(&mut self, entity: EntityId) -> Formula {
        let side = self.side;
        let ty = side.access.policies.shapes.type_name(side.access.people.kind(entity));
        if ty != self.subject.principal {
            return Formula::Never;
        }
        self.atoms.of(Atom::Is(side.known(entity)))
    }

    fn in_group(&mut self, group: EntityId) -> Formula {
        let side = self.side;
        let shapes = &side.access.policies.shapes;
        let is_person = shapes.roles_of_kinds.user.is_some_and(|kind| shapes.type_name(kind) == self.subject.principal);
        let everyone = side.access.people.everyone();
        // Everybody who signs in is a member, and of the groups above.
        if is_person && everyone.is_some_and(|all| side.access.people.chain(all).contains(&group)) {
            return Formula::Always;
        }
        Formula::or(side.below(group).iter().map(|group| self.atoms.of(Atom::Member(*group))).collect::<Vec<_>>())
    }

    fn in_role(&mut self, role: EntityId) -> Formula {
        let side = self.side;
        let people = &side.access.people;
        let mut ways = vec![self.atoms.of(Atom::Member(side.known(role)))];
        for grant in people.role_grants.iter().filter(|grant| grant.role == role) {
            ways.push(if people.is_group(grant.given_to) {
                self.in_group(grant.given_to)
            } else {
                self.is(grant.given_to)
            });
        }
        Formula::or(ways)
    }

    /// An atom, shared where what it says is the same in both revisions.
    fn about(&mut self, expr: &Expr, atom: Atom) -> Formula {
        if self.is_shared(expr) { self.atoms.of(atom) } else { self.own(expr) }
    }

    fn opaque(&mut self, expr: &Expr) -> Formula {
        let text = self.text(expr);
        self.about(expr, Atom::Opaque(text))
    }

    /// What only this revision says.
    fn own(&mut self, expr: &Expr) -> Formula {
        let text = format!("{:?}: {}", self.revision, self.text(expr));
        self.atoms.of(Atom::Opaque(text))
    }

    fn is_shared(&self, expr: &Expr) -> bool {
        let reads_near = !self.looks_further || crate::reads::is_near_in(expr);
        self.same_things || reads_near && !looks_up(expr)
    }

    /// The text, with the names that both revisions share.
    fn text(&self, expr: &Expr) -> String {
        match self.rename {
            Some(rename) => renamed(expr, rename).to_string(),
            None => expr.to_string(),
        }
    }
}

/// Whether it reads of a thing that is named, which is a question of what was declared.
fn looks_up(expr: &Expr) -> bool {
    let is_named = |expr: &Expr| matches!(expr, Expr::Literal(Literal::EntityUID(_)));
    let here = match expr {
        Expr::GetAttr { expr, .. } | Expr::HasAttr { expr, .. } => is_named(expr),
        Expr::BinaryOp { op: BinaryOp::HasTag | BinaryOp::GetTag | BinaryOp::In, left, .. } => is_named(left),
        _ => false,
    };
    here || crate::reads::children(expr).iter().any(|child| looks_up(child))
}

fn renamed(expr: &Expr, rename: &dyn Fn(&EntityUID) -> EntityUID) -> Expr {
    match expr {
        Expr::Literal(Literal::EntityUID(uid)) => Expr::Literal(Literal::EntityUID(rename(uid))),
        other => map_children(other, &|part| Arc::new(renamed(part, rename))),
    }
}

/// A constant that has an order, in its base unit.
fn measured(side: &Side<'_, '_>, expr: &Expr) -> Option<(Measure, i64)> {
    let long = |expr: Expr| match side.value(&expr)? {
        Expr::Literal(Literal::Long(value)) => Some(value),
        _ => None,
    };
    match expr {
        Expr::Literal(Literal::Long(value)) => Some((Measure::Long, *value)),
        Expr::UnaryOp { op: UnaryOp::Datetime, .. } => {
            let epoch = Expr::UnaryOp {
                op: UnaryOp::Datetime,
                expr: Expr::Literal(Literal::String("1970-01-01".into())).into(),
            };
            let since = Expr::BinaryOp { op: BinaryOp::DurationSince, left: expr.clone().into(), right: epoch.into() };
            let millis = Expr::UnaryOp { op: UnaryOp::ToMilliseconds, expr: since.into() };
            Some((Measure::Datetime, long(millis)?))
        }
        Expr::UnaryOp { op: UnaryOp::Duration, .. } => {
            let millis = Expr::UnaryOp { op: UnaryOp::ToMilliseconds, expr: expr.clone().into() };
            Some((Measure::Duration, long(millis)?))
        }
        Expr::UnaryOp { op: UnaryOp::Decimal, expr } => match &**expr {
            Expr::Literal(Literal::String(text)) => Some((Measure::Decimal, decimal(text)?)),
            _ => None,
        },
        _ => None,
    }
}

/// `-1.25` as ten-thousandths.
fn decimal(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    let negative = whole.starts_with('-');
    let whole: i64 = whole.parse().ok()?;
    let digits: i64 = format!("{part:0<4}").parse().ok()?;
    let scaled = whole.checked_mul(10_000)?;
    if negative { scaled.checked_sub(digits) } else { scaled.checked_add(digits) }
}
