//! `nbc build`: judge, then write the files of every target, whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use nbc_driver::{Compiled, Emission, pipeline};
use nbc_source::suggest;

use crate::arguments::{BuildArguments, Global};
use crate::output::{self, Files};
use crate::render::{Report, count, human, thousands};
use crate::session::Session;
use crate::summary::{Summary, Verdict};
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &BuildArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    check_targets(&own.only)?;
    let session = Session::open(global, own.path.as_deref(), io)?;
    let out = global.directory.as_ref().map_or_else(|| own.out.clone(), |directory| directory.join(&own.out));
    refuse_the_workspace(&session, &out)?;
    let mut analysis = session.analyse(global)?;
    let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
    let mut emission = nbc_driver::emit(&compiled, &own.only, own.annotate);
    pipeline::validate(&compiled, &mut emission);
    let mut findings = compiled.findings.clone();
    findings.extend(emission.findings.iter().cloned());
    findings.settle();
    let summary = Summary::of(&compiled, &findings);
    let mut report = Report::of(&session, &compiled, &findings, &summary);
    if summary.verdict != Verdict::Ok {
        report.wrote = Some(human::line("wrote", "nothing; the last good output is as it was"));
        return report.write(global, io);
    }
    if let Some(fault) = emission.faults.first() {
        return Err(Stop::because(fault.to_string(), "nothing was written"));
    }
    let files = files(&compiled, &emission);
    if emission.outputs.iter().all(|output| output.artifacts.is_empty()) {
        return Err(Stop::because(
            "no target is configured, so there is nothing to write",
            "name one in nbc.toml: [backends.kubernetes] and below it version = \"1.36\"",
        ));
    }
    if own.check {
        return compare(own, &files, &out, &report, global, io);
    }
    output::replace(&out, &files)?;
    report.wrote = Some(wrote(own, &emission, files.len()));
    report.write(global, io)
}

fn compare(
    own: &BuildArguments,
    files: &Files,
    out: &std::path::Path,
    report: &Report<'_>,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<Exit, Stop> {
    let differences = output::differences(out, files)?;
    report.write(global, io)?;
    if differences.is_empty() {
        return Ok(Exit::Done);
    }
    let shown = own.out.display();
    for (path, what) in &differences {
        writeln!(io.err, "{what:<18}{shown}/{path}")?;
    }
    writeln!(
        io.err,
        "error: {} in {shown}; run the same command without --check",
        count(differences.len(), "difference")
    )?;
    Ok(Exit::Findings)
}

/// All texts, and the maps that lead back from them.
fn files(compiled: &Compiled<'_>, emission: &Emission) -> Files {
    let mut files = Files::new();
    let mut has_own_map = false;
    for output in &emission.outputs {
        let folder = output.stage.as_ref().map_or_else(String::new, |stage| format!("{stage}/"));
        for artifact in &output.artifacts {
            files.insert(format!("{folder}{}", artifact.path), pipeline::text(artifact).to_owned());
        }
        let versions = &compiled.workspace.settings.targets.versions;
        let targets: BTreeMap<&str, &str> =
            versions.iter().map(|(target, version)| (target.as_str(), version.as_str())).collect();
        let map = nbc_backends::map::text(compiled.model, compiled.sources, &targets, &output.artifacts);
        has_own_map |= folder.is_empty();
        files.insert(format!("{folder}{}", nbc_backends::map::FILE), map);
    }
    if !has_own_map {
        let stages: Vec<&str> = emission.outputs.iter().filter_map(|output| output.stage.as_deref()).collect();
        let text = serde_json::json!({"schema_version": 1, "stages": stages});
        files.insert(output::MARK.to_owned(), format!("{text:#}\n"));
    }
    files
}

fn wrote(own: &BuildArguments, emission: &Emission, files: usize) -> String {
    let mut targets: BTreeMap<&str, usize> = BTreeMap::new();
    for artifact in emission.outputs.iter().flat_map(|output| &output.artifacts) {
        *targets.entry(artifact.path.split('/').next().unwrap_or_default()).or_default() += 1;
    }
    let each: Vec<String> = targets.iter().map(|(target, number)| format!("{target} {number}")).collect();
    let left_out: usize = emission.outputs.iter().map(|output| output.not_expressed.len() + output.nowhere.len()).sum();
    let mut text =
        human::line("wrote", &format!("{}: {} ({})", own.out.display(), count(files, "file"), each.join(" · ")));
    if let Some(granted) = granted(emission) {
        text += &format!("\n{}", human::line("granted", &granted));
    }
    if left_out > 0 {
        text += &format!("\n{}", human::line("left out", &not_expressed(emission)));
    }
    text
}

/// What was read back from the files, and compared; nothing where no file decides about access.
fn granted(emission: &Emission) -> Option<String> {
    let validated = || emission.outputs.iter().map(|output| &output.validated);
    let targets: BTreeSet<&str> = validated().flat_map(|validated| validated.targets.iter().copied()).collect();
    let pairs: u64 = validated().map(|validated| validated.pairs).sum();
    let accepted = validated().flat_map(|validated| &validated.gaps).filter(|gap| gap.is_accepted);
    let accepted: BTreeSet<(&str, String)> = accepted.map(|gap| (gap.target, gap.permission.to_string())).collect();
    if targets.is_empty() {
        return None;
    }
    let verb = if targets.len() == 1 { "grants" } else { "grant" };
    let mut text = format!("{} {verb} what was decided: {} pairs", count(targets.len(), "target"), thousands(pairs));
    if !accepted.is_empty() {
        text += &format!(" · {} accepted", count(accepted.len(), "gap"));
    }
    Some(text)
}

/// What targets have no word for, by reason.
fn not_expressed(emission: &Emission) -> String {
    let mut by_reason: BTreeMap<(Option<&str>, &str), Vec<&str>> = BTreeMap::new();
    let outputs = || emission.outputs.iter();
    let by_target = outputs().flat_map(|output| &output.not_expressed).map(|(target, what)| (Some(&**target), what));
    let nowhere = outputs().flat_map(|output| &output.nowhere).map(|what| (None, what));
    for (target, what) in by_target.chain(nowhere) {
        let list = by_reason.entry((target, &what.why)).or_default();
        if !list.contains(&what.what.as_str()) {
            list.push(&what.what);
        }
    }
    let lines: Vec<String> = by_reason
        .into_iter()
        .map(|((target, why), list)| {
            let first: Vec<&str> = list.iter().copied().take(3).collect();
            let more = list.len().saturating_sub(first.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let nobody = target.map_or("no target has a word".to_owned(), |target| format!("{target} has no word"));
            format!("{nobody} for {}{more}: {why}", first.join(", "))
        })
        .collect();
    lines.join("\n         ")
}

fn check_targets(only: &[String]) -> Result<(), Stop> {
    let known: Vec<&str> = nbc_backends::ALL.iter().map(|backend| backend.name()).collect();
    match only.iter().find(|wanted| !known.contains(&wanted.as_str())) {
        None => Ok(()),
        Some(wanted) => {
            let near = suggest::nearest(wanted, known.iter().copied());
            let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            Err(Stop::because(
                format!("there is no target `{wanted}`"),
                format!("{near}there are {}", known.join(", ")),
            ))
        }
    }
}

/// The output may lie in the workspace, but never be it or hold it.
fn refuse_the_workspace(session: &Session, out: &std::path::Path) -> Result<(), Stop> {
    let real = |path: &std::path::Path| -> Result<PathBuf, Stop> {
        Ok(path.canonicalize().or_else(|_| std::path::absolute(path))?)
    };
    if real(session.root())?.starts_with(real(out)?) {
        let shown = out.display();
        return Err(Stop::because(
            format!("`{shown}` holds the workspace itself"),
            "name a folder of its own: --out out",
        ));
    }
    Ok(())
}
