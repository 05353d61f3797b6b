//! Every phase, once, in order: the table of contents of nbc.
//!
//! [`analyse`] is phases 1 to 9, what an editor runs on a keystroke; [`compile`] adds judging, deciding and the seal;
//! [`emit`] writes texts for the targets, and [`validate`] reads them as the servers will. Each is total: what is wrong is a finding beside the result.

use std::cell::Cell;

use nbc_backends::{Artifact, Content, Emitted, Fault, NotExpressed};
use nbc_effective::Validated;
use nbc_model::value::Date;
use nbc_model::world::World;
use nbc_model::{Input, Model};
use nbc_platform::levels::Waived;
use nbc_platform::{Decisions, Draft, Finding, Judge, Judgement, Platform, Rejected, checks};
use nbc_policy::decide::{CedarJudge, NobodyMay, Stages};
use nbc_policy::load::Policies;
use nbc_source::{Diagnostic, Diagnostics, Level, Sources};

use crate::day;
use crate::early;
use crate::host::Host;
use crate::nearby;
use crate::once::{join_renamed, once_each};
use crate::other_texts;
use crate::parses::Parses;
use crate::rules;
use crate::tests::{self, Tested};
use crate::waivers;
use crate::workspace::{Scope, Workspace, load};

/// The day that is judged, asked for with the platform's time zone.
pub type AsOf<'a> = &'a dyn Fn(&str) -> Date;

/// A workspace after phases 1 to 9.
#[derive(Debug)]
pub struct Analysis {
    pub workspace: Workspace,
    pub model: Model,
    /// Of all phases so far, sorted.
    pub findings: Diagnostics,
}

impl Analysis {
    pub fn sources(&self) -> &Sources {
        &self.workspace.sources
    }
}

/// Phases 1 to 9: load, parse, kinds, expand, resolve and type, layer, evaluate, validate, close.
pub fn analyse(host: &dyn Host, scope: Scope<'_>, as_of: AsOf<'_>) -> Analysis {
    analyse_again(host, scope, as_of, &mut Parses::once())
}

/// [`analyse`] for an editor, which looks after each keystroke: `parses` are the trees of the look before.
pub fn analyse_again(host: &dyn Host, scope: Scope<'_>, as_of: AsOf<'_>, parses: &mut Parses) -> Analysis {
    let workspace = load(host, scope, parses);
    let Workspace { sources, parsed, .. } = &workspace;
    let (model, found) = nbc_model::analyse_again(&Input { sources, parsed, as_of }, &mut parses.kept);
    let mut findings = once_each(&workspace.findings, found);
    nearby::offer(&workspace.nearby, sources, &mut findings);
    let zones = day::check_zones(&model, &findings);
    findings.extend(zones);
    findings.settle();
    let findings = join_renamed(sources, findings);
    let findings = other_texts::recognise(&workspace, findings);
    Analysis { workspace, model, findings }
}

/// One stage after phases 10 to 12. Without stages there is one, the base.
#[derive(Debug)]
pub struct Stage<'m> {
    pub name: Option<String>,
    pub world: &'m World,
    pub outcome: Result<Platform<'m>, Box<Rejected>>,
}

impl Stage<'_> {
    pub fn decisions(&self) -> &Decisions {
        match &self.outcome {
            Ok(platform) => platform.decisions(),
            Err(rejected) => &rejected.decisions,
        }
    }

    /// The findings that waivers excuse.
    pub fn waived(&self) -> &[Waived] {
        match &self.outcome {
            Ok(platform) => platform.waived(),
            Err(rejected) => &rejected.waived,
        }
    }
}

/// Everything that files alone can tell.
#[derive(Debug)]
pub struct Compiled<'m> {
    pub workspace: &'m Workspace,
    pub model: &'m Model,
    pub sources: &'m Sources,
    /// Empty where an earlier phase found errors: half a platform is not judged.
    pub stages: Vec<Stage<'m>>,
    pub policies: Option<Policies>,
    pub tests: Vec<Tested>,
    /// Of all phases, sorted; those that several stages share once, with their names.
    pub findings: Diagnostics,
}

/// Phases 10 to 12: judge declarations, decide, seal; then the tests. `only` limits them to one stage.
pub fn compile<'m>(analysis: &'m mut Analysis, only: Option<&str>, as_of: AsOf<'_>) -> Compiled<'m> {
    compile_while(analysis, only, as_of, &|| true)
}

/// [`compile`] for an editor, in which somebody may type on: asked between its parts, `is_wanted` ends it early. What is
/// returned then lacks tests and stages.
pub fn compile_while<'m>(
    analysis: &'m mut Analysis,
    only: Option<&str>,
    as_of: AsOf<'_>,
    is_wanted: &dyn Fn() -> bool,
) -> Compiled<'m> {
    let mut findings = analysis.findings.clone();
    let Analysis { workspace, model, .. } = analysis;
    let workspace: &'m Workspace = workspace;
    let sources = &workspace.sources;

    // Policies are read once for all stages.
    let (policies, found) = nbc_policy::load::load(model, sources);
    let found = other_texts::recognise(workspace, found);
    let are_known = !found.has_errors() && !findings.iter().any(|found| early::hides_a_rule(workspace, found));
    findings.extend(found);
    if are_known {
        findings.extend(rules::unknown(model, policies.as_ref()));
    }
    let is_sound = !findings.has_errors();
    let is_wanted_still = is_wanted();
    if !is_sound || !is_wanted_still {
        if is_wanted_still {
            let early = early::judge(workspace, model, &findings, only);
            findings.extend(early);
            nearby::offer(&workspace.nearby, sources, &mut findings);
            nbc_model::corrections::add_judged(&workspace.parsed, &mut findings);
        }
        findings.settle();
        let findings = workspace.only_what_is_known(findings);
        return Compiled { workspace, model, sources, stages: Vec::new(), policies, tests: Vec::new(), findings };
    }

    // Tests are worlds of their own, above a stage; they are evaluated before the model is lent to the platforms.
    let tests = tests::run(model, workspace, policies.as_ref(), only, as_of, is_wanted);
    findings.extend(tests.iter().flat_map(|test| test.findings.iter().cloned()));

    let model: &'m Model = model;
    let mut drafts: Vec<Draft<'m>> = Vec::new();
    for world in model.worlds.iter().filter(|world| is_chosen(model, world, only)) {
        drafts.push(match drafts.last() {
            Some(before) => before.another(world),
            None => Draft::new(model, world, sources, &workspace.settings.targets),
        });
    }
    let mut deciding = policies.as_ref().map(Stages::new);
    let mut stages = Vec::new();
    for draft in drafts {
        if !is_wanted() {
            break;
        }
        let world = draft.world;
        // 10 Judge
        let mut found: Vec<Finding> = checks::run(&draft).into_iter().map(Finding::plain).collect();
        found.extend(nbc_backends::raw::check(&draft));

        // 11 Decide. Rules may ask who may do what, so they follow the decisions.
        let judgement = match &mut deciding {
            Some(deciding) => deciding.decide(&draft),
            None => NobodyMay.decide(&draft),
        };
        findings.extend(waivers::unapproved(model, world, &judgement.decisions, policies.as_ref()));
        let (broken, failed) = rules::judge(model, world, &judgement.decisions);
        found.extend(broken);
        findings.extend(failed);

        // 12 Seal
        let outcome = nbc_platform::seal(draft, found, &AlreadyDecided::new(judgement));
        let of_stage = match &outcome {
            Ok(platform) => platform.findings(),
            Err(rejected) => &rejected.findings,
        };
        findings.extend(of_stage.iter().cloned());
        stages.push(Stage { name: stage_name(model, world), world, outcome });
    }
    nearby::offer(&workspace.nearby, sources, &mut findings);
    nbc_model::corrections::add_judged(&workspace.parsed, &mut findings);
    findings.settle();
    let findings = workspace.only_what_is_known(findings);
    Compiled { workspace, model, sources, stages, policies, tests, findings }
}

/// Whether declarations may be missing because their text could not be read.
pub(crate) fn hides_declarations(found: &Diagnostic) -> bool {
    found.level == Level::Error && nbc_syntax::codes::CODES.contains(&found.code)
}

/// 11 Decide.
pub(crate) fn decide(draft: &Draft<'_>, policies: Option<&Policies>) -> Judgement {
    match policies {
        Some(policies) => CedarJudge::new(policies).decide(draft),
        None => NobodyMay.decide(draft),
    }
}

/// What a world's stage is called; the base has no name.
pub(crate) fn stage_name(model: &Model, world: &World) -> Option<String> {
    world.stage.map(|stage| model.text(model.stages[stage].name).to_owned())
}

pub(crate) fn is_chosen(model: &Model, world: &World, only: Option<&str>) -> bool {
    only.is_none() || stage_name(model, world).as_deref() == only
}

/// A judgement that was made already: rules had to see it before the seal. It is handed out once.
struct AlreadyDecided(Cell<Option<Judgement>>);

impl AlreadyDecided {
    fn new(judgement: Judgement) -> AlreadyDecided {
        AlreadyDecided(Cell::new(Some(judgement)))
    }
}

impl Judge for AlreadyDecided {
    fn decide(&self, _: &Draft<'_>) -> Judgement {
        self.0.take().unwrap_or_default()
    }
}

/// What one stage becomes.
#[derive(Debug, Default)]
pub struct Output {
    /// `None` for the base.
    pub stage: Option<String>,
    /// Sorted by path; paths are relative to the stage's folder.
    pub artifacts: Vec<Artifact>,
    /// By target.
    pub not_expressed: Vec<(String, NotExpressed)>,
    /// What no target has a word for.
    pub nowhere: Vec<NotExpressed>,
    /// What the files grant, against what was decided; empty until [`validate`] asks.
    pub validated: Validated,
}

/// All texts for all targets.
#[derive(Debug, Default)]
pub struct Emission {
    pub outputs: Vec<Output>,
    pub findings: Diagnostics,
    /// Mistakes of nbc; nothing may be written then.
    pub faults: Vec<Fault>,
}

/// Writes every sealed stage for every configured target, `only` those named where some are.
pub fn emit(compiled: &Compiled<'_>, only: &[String], annotate: bool) -> Emission {
    let mut emission = Emission::default();
    for stage in &compiled.stages {
        let Ok(platform) = &stage.outcome else { continue };
        let mut output = Output { stage: stage.name.clone(), ..Output::default() };
        let versions = &platform.draft().targets.versions;
        for backend in nbc_backends::ALL {
            let name = backend.name();
            let is_wanted = only.is_empty() || only.iter().any(|wanted| wanted == name);
            let Some(version) = versions.get(name).filter(|_| is_wanted) else { continue };
            let options =
                nbc_backends::Options { sources: compiled.sources, annotate, version: Some(version.as_str()) };
            let Emitted { artifacts, not_expressed, mut diagnostics, faults } = backend.emit(platform, &options);
            for found in diagnostics.iter_mut().filter(|found| found.stages.is_empty()) {
                found.stages.extend(stage.name.clone());
            }
            output.artifacts.extend(artifacts);
            output.not_expressed.extend(not_expressed.into_iter().map(|what| (name.to_owned(), what)));
            emission.findings.extend(diagnostics);
            emission.faults.extend(faults);
        }
        if only.is_empty() {
            output.nowhere = nbc_backends::nowhere::report(platform);
        }
        output.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        emission.outputs.push(output);
    }
    emission.findings.settle();
    emission
}

/// 13 Validate: reads what was emitted as the servers would, and compares what it grants with what was decided. Its
/// findings join those of the emission. Only who writes files asks for it: it reads every one of them again.
pub fn validate(compiled: &Compiled<'_>, emission: &mut Emission) {
    let sealed = compiled.stages.iter().filter_map(|stage| Some((&stage.name, stage.outcome.as_ref().ok()?)));
    for (output, (stage, platform)) in emission.outputs.iter_mut().zip(sealed) {
        output.validated = nbc_effective::validate(platform, &output.artifacts, &output.not_expressed);
        let mut found = std::mem::take(&mut output.validated.findings);
        found.iter_mut().for_each(|found| found.stages.extend(stage.clone()));
        emission.findings.extend(found);
    }
    // What one stage does not need another may.
    if compiled.stages.len() == compiled.model.worlds.len() {
        let validated: Vec<&Validated> = emission.outputs.iter().map(|output| &output.validated).collect();
        let unneeded = nbc_effective::unneeded(&validated);
        emission.findings.extend(unneeded);
    }
    emission.findings.settle();
}

/// The text of an artifact.
pub fn text(artifact: &Artifact) -> &str {
    match &artifact.content {
        Content::Text(text) => text,
    }
}

#[cfg(test)]
mod when_somebody_types_on {
    use super::*;
    use crate::Memory;

    #[test]
    fn judging_ends_between_two_stages() {
        let platform = "platform lab { title: \"Lab\", domain: \"lab.example\", contact: \"lab@lab.example\" }\n";
        let text = format!("{platform}user ana {{ email: \"ana@lab.example\" }}\nstage dev {{}}\nstage prod {{}}\n");
        let host = Memory::new().with("nbc.toml", "edition = \"2026\"\n").with("a.nbc", text);
        let as_of: AsOf<'_> = &|_| day::parse("2026-11-20").unwrap();
        for (questions, stages) in [(0, 0), (1, 0), (2, 1), (3, 2), (99, 2)] {
            let left = Cell::new(questions);
            let is_wanted = || left.replace(left.get() - 1) > 0;
            let mut analysis = analyse(&host, Scope::Folder, as_of);
            let compiled = compile_while(&mut analysis, None, as_of, &is_wanted);
            assert_eq!(compiled.stages.len(), stages, "{questions}: {:?}", compiled.findings);
        }
    }
}
