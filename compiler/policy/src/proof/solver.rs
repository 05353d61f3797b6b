//! Is there any way to make a proposition true? Answered by a SAT solver in this process; always with the same answer.

use batsat::{Callbacks, Lit, Solver as Sat, SolverInterface as _, SolverOpts, lbool};

use super::formula::Formula;

/// So many conflicts are followed: what is harder than that stays open, which is never a yes.
const PATIENCE: u64 = 200_000;

/// A proposition in clauses, with its atoms as variables.
pub(super) struct Solver {
    sat: Sat<Patience>,
    atoms: Vec<Lit>,
}

/// What the solver found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Model,
    None,
    /// It was too hard.
    Open,
}

#[derive(Default)]
struct Patience {
    conflicts: u64,
}

impl Callbacks for Patience {
    fn on_new_clause(&mut self, _: &[Lit], _: batsat::ClauseKind) {
        self.conflicts += 1;
    }

    fn stop(&self) -> bool {
        self.conflicts > PATIENCE
    }
}

impl Solver {
    pub(super) fn new(atoms: usize) -> Solver {
        let mut sat = Sat::new(SolverOpts::default(), Patience::default());
        let atoms = (0..atoms).map(|_| Lit::new(sat.new_var_default(), true)).collect();
        Solver { sat, atoms }
    }

    /// Only worlds in which this holds.
    pub(super) fn require(&mut self, formula: &Formula) {
        match formula {
            Formula::Always => {}
            Formula::And(parts) => parts.iter().for_each(|part| self.require(part)),
            Formula::Or(parts) => {
                let clause: Vec<Lit> = parts.iter().filter_map(|part| self.literal(part)).collect();
                self.clause(clause);
            }
            other => {
                let clause = self.literal(other).into_iter().collect();
                self.clause(clause);
            }
        }
    }

    /// At most one of these atoms is true, with as many more variables as the number of atoms has digits.
    pub(super) fn at_most_one(&mut self, atoms: &[u32]) {
        let digits = usize::BITS - atoms.len().leading_zeros();
        let digits: Vec<Lit> = (0..digits).map(|_| self.fresh()).collect();
        for (at, atom) in atoms.iter().enumerate() {
            let Some(one) = self.atoms.get(*atom as usize).copied() else { continue };
            for (digit, bit) in digits.iter().enumerate() {
                self.clause(vec![!one, if at >> digit & 1 == 1 { *bit } else { !*bit }]);
            }
        }
    }

    pub(super) fn solve(&mut self, assumed: &[(u32, bool)]) -> Found {
        let literals = assumed.iter().filter_map(|(atom, value)| {
            self.atoms.get(*atom as usize).map(|literal| if *value { *literal } else { !*literal })
        });
        let literals: Vec<Lit> = literals.collect();
        match self.sat.solve_limited(&literals) {
            found if found == lbool::TRUE => Found::Model,
            found if found == lbool::FALSE => Found::None,
            _ => Found::Open,
        }
    }

    /// Whether an atom is true in the model that was found last.
    pub(super) fn value(&self, atom: u32) -> bool {
        self.atoms.get(atom as usize).is_some_and(|literal| self.sat.value_lit(*literal) == lbool::TRUE)
    }

    fn fresh(&mut self) -> Lit {
        Lit::new(self.sat.new_var_default(), true)
    }

    fn clause(&mut self, mut literals: Vec<Lit>) {
        self.sat.add_clause_reuse(&mut literals);
    }

    /// A variable that is true exactly where the formula is; nothing where it is never.
    fn literal(&mut self, formula: &Formula) -> Option<Lit> {
        match formula {
            Formula::Never => None,
            Formula::Always => {
                let always = self.fresh();
                self.clause(vec![always]);
                Some(always)
            }
            Formula::Atom(atom) => self.atoms.get(*atom as usize).copied(),
            Formula::Not(inner) => match self.literal(inner) {
                Some(inner) => Some(!inner),
                None => self.literal(&Formula::Always),
            },
            Formula::And(parts) => {
                let mut literals = Vec::with_capacity(parts.len());
                for part in parts {
                    literals.push(self.literal(part)?);
                }
                let all = self.fresh();
                for literal in &literals {
                    self.clause(vec![!all, *literal]);
                }
                self.clause(literals.iter().map(|literal| !*literal).chain([all]).collect());
                Some(all)
            }
            Formula::Or(parts) => {
                let literals: Vec<Lit> = parts.iter().filter_map(|part| self.literal(part)).collect();
                let any = self.fresh();
                for literal in &literals {
                    self.clause(vec![any, !*literal]);
                }
                self.clause(literals.into_iter().chain([!any]).collect());
                Some(any)
            }
        }
    }
}
