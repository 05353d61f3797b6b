//! What is known of atoms whatever the world: constants exclude each other, thresholds have an order.

use std::collections::{BTreeMap, BTreeSet};

use super::formula::{Atom, Atoms, Formula, Known, Measure, Relation, Revision};
use super::solver::Solver;
use crate::shape::Shapes;

/// How groups are nested in the head, seen from the base.
#[derive(Debug)]
pub(super) struct Nesting {
    /// Who is newly in what: direct members of a group, or somebody by name; then the group or role.
    pub(super) wider: BTreeSet<(Known, Known)>,
    pub(super) base_within_head: bool,
}

impl Nesting {
    pub(super) fn is_same(&self) -> bool {
        self.wider.is_empty() && self.base_within_head
    }
}

pub(super) fn require(
    atoms: &Atoms,
    shapes: &Shapes,
    sizes: &dyn Fn(&str) -> Option<usize>,
    nesting: &Nesting,
    solver: &mut Solver,
) {
    let mut persons: Vec<u32> = Vec::new();
    let mut equal: BTreeMap<&str, Vec<(u32, &str)>> = BTreeMap::new();
    let mut bounds: BTreeMap<(&str, Measure), Vec<(i64, u32)>> = BTreeMap::new();
    let mut related: BTreeMap<&Relation, [Option<u32>; 2]> = BTreeMap::new();
    for (number, atom) in atoms.iter() {
        match atom {
            Atom::Is(_) => persons.push(number),
            Atom::Equals { subject, value } => equal.entry(subject).or_default().push((number, value)),
            Atom::AtMost { subject, measure, bound } => {
                bounds.entry((subject, *measure)).or_default().push((*bound, number));
            }
            Atom::Related(relation, Some(revision)) => {
                let [base, head] = related.entry(relation).or_default();
                let slot = if *revision == Revision::Base { base } else { head };
                *slot = Some(number);
            }
            _ => {}
        }
    }
    solver.at_most_one(&persons);
    for values in equal.values() {
        let numbers: Vec<u32> = values.iter().map(|(number, _)| *number).collect();
        solver.at_most_one(&numbers);
        // All values of an enum are there: one of them it is.
        let type_name = values.first().and_then(|(_, value)| value.split_once("::\"")).map(|(name, _)| name);
        let is_enum = type_name.filter(|name| shapes.enum_of(name).is_some());
        if is_enum.and_then(sizes) == Some(values.len()) {
            solver.require(&Formula::or(numbers.into_iter().map(Formula::Atom)));
        }
    }
    for mut chain in bounds.into_values() {
        chain.sort_unstable();
        for pair in chain.windows(2) {
            if let [(_, lower), (_, upper)] = pair {
                implies(solver, *lower, *upper);
            }
        }
    }
    for [base, head] in related.into_values() {
        let Some((base, head)) = base.zip(head) else { continue };
        // Where somebody is newly in a group, that is a gain of its own.
        implies(solver, head, base);
        if nesting.base_within_head {
            implies(solver, base, head);
        }
    }
}

fn implies(solver: &mut Solver, one: u32, other: u32) {
    solver.require(&Formula::or([Formula::Atom(one).negated(), Formula::Atom(other)]));
}
