//! What questions are asked of: the workspace as it was analysed last, and as it was judged last.

use nbc_driver::{Analysis, compile};
use nbc_model::value::Date;
use nbc_platform::Decisions;
use nbc_source::{Diagnostic, Diagnostics};

/// A workspace after phases 1 to 12. Judging takes longer than analysing, so it may be of an earlier text.
#[derive(Debug)]
pub struct Judged {
    /// What was judged.
    pub analysis: Analysis,
    /// Of all phases, as `nbc check` says them.
    pub findings: Diagnostics,
    /// By stage: who may do what.
    pub decisions: Vec<(Option<String>, Decisions)>,
}

impl Judged {
    /// Phases 10 to 12 for all stages, and the tests.
    pub fn of(mut analysis: Analysis, as_of: &dyn Fn(&str) -> Date) -> Judged {
        let compiled = compile(&mut analysis, None, as_of);
        let stages = compiled.stages.iter().map(|stage| (stage.name.clone(), stage.decisions().clone()));
        let decisions = stages.collect();
        let findings = compiled.findings;
        Judged { analysis, findings, decisions }
    }

    /// The findings of phases 10 to 12: what analysing alone does not say.
    pub fn later(&self) -> impl Iterator<Item = &Diagnostic> {
        let mut known: Vec<&Diagnostic> = self.analysis.findings.iter().collect();
        known.sort_by_key(|found| found.span);
        let is_known = move |found: &Diagnostic| {
            let start = known.partition_point(|other| other.span < found.span);
            let here = known.get(start..).unwrap_or_default().iter().take_while(|other| other.span == found.span);
            here.into_iter().any(|other| *other == found)
        };
        self.findings.iter().filter(move |found| !is_known(found))
    }
}
