//! `nbc review`: may a change be merged, and who must approve it. Judged by the base; the change has no say.

use std::collections::BTreeSet;

use nbc_driver::difference::{self, Revisions};
use nbc_driver::review::{Request, Review, Verdict, review};
use nbc_driver::{Analysis, Compiled};
use nbc_source::{Diagnostic, Diagnostics, Level};

use super::diff::{Range, analyse, json, page, refuse_errors};
use crate::arguments::{Format, Global, ReviewArguments};
use crate::render::difference::Parts;
use crate::render::review::Asked;
use crate::render::{Report, no_such_form};
use crate::session::{Session, first_error};
use crate::summary::Summary;
use crate::views::review::{ReviewPage, word};
use crate::{Exit, Io, Stop, git};

const FORMATS: &[Format] = &[Format::Human, Format::Md, Format::Github, Format::Gitlab, Format::Json, Format::Sarif];

pub(super) fn run(own: &ReviewArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !FORMATS.contains(&global.format) {
        return Err(no_such_form(global.format, FORMATS));
    }
    if global.stage.is_some() {
        return Err(Stop::because("a review judges every stage", "leave --stage out"));
    }
    let session = Session::open(global, None, io)?;
    let range = Range::of(&own.range);
    let Some(head_name) = range.head else {
        return Err(Stop::because("a review needs two revisions", "write them as main..HEAD"));
    };
    let (mut base, base_commit) = analyse(&session, Some(range.base))?;
    let (mut head, head_commit) = analyse(&session, Some(head_name))?;
    refuse_errors(&base, Some(range.base))?;
    if let Some(error) = first_error(&head.findings, head.sources()) {
        return unreadable(&error, global, io);
    }
    let commits = [base_commit.unwrap_or_default(), head_commit.unwrap_or_default()];
    let outside = outside(&session, &commits, &base, &head)?;
    let is_behind = !git::contains(session.root(), &commits[0], &commits[1])?;
    let base = nbc_driver::compile(&mut base, None, &session.as_of());
    let head = nbc_driver::compile(&mut head, None, &session.as_of());
    let revisions = Revisions { base: &base, head: &head };
    if head.stages.is_empty() {
        let error = first_error(&head.findings, head.sources).unwrap_or_else(|| "the head has no platform".to_owned());
        return unreadable(&error, global, io);
    }
    if base.stages.is_empty() {
        let error = first_error(&base.findings, base.sources).unwrap_or_else(|| "the base has no platform".to_owned());
        return Err(Stop::because(format!("the base cannot judge: {error}"), "correct the base first"));
    }
    let difference = difference::compare(revisions);
    let request = Request {
        forge: own.forge.as_deref().unwrap_or(if global.format == Format::Gitlab { "gitlab" } else { "github" }),
        author: &own.author,
        approved_by: &own.approved_by,
        outside: &outside,
        is_behind,
    };
    let found = review(revisions, &difference, &request);
    let page = ReviewPage::of(revisions, &found, page(revisions, &difference, Parts(&[])));
    let asked = Asked { command: command(own, &commits, &head), page: &page };
    match global.format {
        Format::Human => asked.lines().iter().try_for_each(|line| writeln!(io.out, "{line}"))?,
        Format::Json => {
            writeln!(io.out, "{}", json(commits.each_ref().map(|commit| Some(commit.as_str())), &head, &page)?)?
        }
        Format::Sarif => sarif(&session, &head, &page, global, io)?,
        _ => write!(io.out, "{}", asked.comment())?,
    }
    Ok(exit(&found))
}

fn exit(review: &Review) -> Exit {
    match review.verdict {
        Verdict::Ready => Exit::Done,
        Verdict::Waits | Verdict::Fails => Exit::Findings,
        Verdict::Refused => Exit::Refused,
    }
}

/// The head has errors that keep it from being compared at all.
fn unreadable(error: &str, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let verdict = word(Verdict::Fails);
    match global.format {
        Format::Json | Format::Sarif => {
            let value = serde_json::json!({"schema_version": 1, "verdict": verdict, "headline": error});
            writeln!(io.out, "{value}")?;
        }
        Format::Human => writeln!(
            io.out,
            "{}",
            crate::render::human::line(verdict, &format!("the head has errors, so nothing else was judged: {error}"))
        )?,
        _ => writeln!(
            io.out,
            "<!-- nbc review -->\n**nbc: {verdict}.** The head has errors, so nothing else was judged: {}",
            nbc_source::markdown::escape(error)
        )?,
    }
    Ok(Exit::Findings)
}

/// Changed files that belong to neither side's workspace.
fn outside(
    session: &Session,
    [base, head]: &[String; 2],
    before: &Analysis,
    after: &Analysis,
) -> Result<Vec<String>, Stop> {
    let (mut changed, prefix) = git::changed_paths(session.root(), base, head)?;
    let read: BTreeSet<String> = [before, after]
        .into_iter()
        .flat_map(|side| side.sources().iter().filter(|(file, _)| !side.workspace.is_shipped(*file)))
        .map(|(_, source)| format!("{prefix}{}", source.path))
        .collect();
    changed.retain(|path| !read.contains(path));
    Ok(changed)
}

fn command(own: &ReviewArguments, [base, head]: &[String; 2], compiled: &Compiled<'_>) -> String {
    let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
    let mut text = format!("nbc review {}..{} --author {}", short(base), short(head), own.author);
    if !own.approved_by.is_empty() {
        text += &format!(" --approved-by {}", own.approved_by.join(","));
    }
    let day = compiled.model.worlds.first().map(|world| format!(" --as-of {}", world.as_of));
    text + &day.unwrap_or_default()
}

/// What is not approved, as findings beside those of the head.
fn sarif(
    session: &Session,
    head: &Compiled<'_>,
    page: &ReviewPage,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let mut findings: Diagnostics = head.findings.clone();
    for need in page.needs.iter().filter(|need| !need.is_met) {
        let about: Vec<&str> = need.about.iter().map(|about| about.what.as_str()).collect();
        let message = format!("{}: no {} has approved", about.join("; "), need.role);
        let found = Diagnostic::without_place(&nbc_driver::codes::NEEDS_APPROVAL, message).help(need.way_out.clone());
        debug_assert_eq!(found.level, Level::Error);
        findings.push(found);
    }
    findings.settle();
    let summary = Summary::of(head, &findings);
    Report::of(session, head, &findings, &summary).write(global, io)?;
    Ok(())
}
