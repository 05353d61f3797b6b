//! What questions are asked of: the workspace as it was analysed last, and as it was judged last.

use std::sync::Arc;

use nbc_driver::{Analysis, Stage, compile_while};
use nbc_model::value::Date;
use nbc_platform::Decisions;
use nbc_platform::money::{Cost, costs};
use nbc_policy::load::Policies;
use nbc_source::{Diagnostic, Diagnostics};

/// A workspace after phases 1 to 12. Judging takes longer than analysing, so it may be of an earlier text.
#[derive(Debug)]
pub struct Judged {
    /// What was judged.
    pub analysis: Arc<Analysis>,
    /// Of all phases, as `nbc check` says them.
    pub findings: Diagnostics,
    /// Empty where errors kept it from being decided.
    pub stages: Vec<JudgedStage>,
    /// What decisions were made with, for questions that need more than they hold.
    pub policies: Option<Policies>,
}

/// One stage of it.
#[derive(Debug)]
pub struct JudgedStage {
    /// `None` for the base.
    pub name: Option<String>,
    /// Who may do what.
    pub decisions: Decisions,
    /// What groups pay, sorted by group; nothing is reckoned for a stage with errors.
    pub costs: Vec<Cost>,
}

impl Judged {
    /// Phases 10 to 12 for all stages, and the tests.
    pub fn of(analysis: Analysis, as_of: &dyn Fn(&str) -> Date) -> Judged {
        Judged::while_wanted(analysis, as_of, &|| true)
    }

    /// The same until it is not wanted any more; what was judged by then is good for nothing.
    pub fn while_wanted(mut analysis: Analysis, as_of: &dyn Fn(&str) -> Date, is_wanted: &dyn Fn() -> bool) -> Judged {
        let compiled = compile_while(&mut analysis, None, as_of, is_wanted);
        let stages = compiled.stages.iter().map(JudgedStage::of).collect();
        let (findings, policies) = (compiled.findings, compiled.policies);
        Judged { analysis: Arc::new(analysis), findings, stages, policies }
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

impl JudgedStage {
    fn of(stage: &Stage<'_>) -> JudgedStage {
        let costs = match &stage.outcome {
            Ok(platform) => costs(platform.draft(), platform.payers()).groups,
            Err(_) => Vec::new(),
        };
        JudgedStage { name: stage.name.clone(), decisions: stage.decisions().clone(), costs }
    }
}
