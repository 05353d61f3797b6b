//! `nbc diff`: what a change means, between two revisions of git or a revision and the files as they are.

use nbc_driver::difference::{self, Difference, Revisions, output};
use nbc_driver::{Analysis, Compiled, Scope};
use serde::Serialize;

use crate::arguments::{DiffArguments, Format, Global, Part};
use crate::git::Revision;
use crate::render::difference::{Parts, lines, markdown};
use crate::render::{human, no_such_form};
use crate::session::{Session, first_error};
use crate::summary::title;
use crate::views::difference::Page;
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &DiffArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let range = Range::of(&own.range);
    let mut sides = Sides::of(&session, &range)?;
    let base = nbc_driver::compile(&mut sides.base, global.stage.as_deref(), &session.as_of());
    let head = nbc_driver::compile(&mut sides.head, global.stage.as_deref(), &session.as_of());
    let parts = Parts(&own.only);
    let revisions = Revisions { base: &base, head: &head };
    let page = page(revisions, &difference::compare(revisions), parts);
    let verdict = compared(&range, &head) + if page.is_empty() { ": nothing changes" } else { "" };
    match global.format {
        Format::Human | Format::Concise => {
            writeln!(io.out, "{}", human::line(if page.is_empty() { "same" } else { "changed" }, &verdict))?;
            for line in lines(&page, parts) {
                writeln!(io.out, "{line}")?;
            }
        }
        Format::Md => write!(io.out, "{}", markdown(&verdict, &page, parts))?,
        Format::Json => writeln!(io.out, "{}", json(sides.commits.each_ref().map(Option::as_deref), &head, &page)?)?,
        other => return Err(no_such_form(other, &[Format::Human, Format::Json, Format::Md])),
    }
    let differs = own.exit_code && !page.is_empty();
    Ok(if differs { Exit::Findings } else { Exit::Done })
}

/// `main..topic`, `main` (to the files as they are).
pub(super) struct Range<'r> {
    pub(super) base: &'r str,
    pub(super) head: Option<&'r str>,
}

impl<'r> Range<'r> {
    pub(super) fn of(text: &'r str) -> Range<'r> {
        match text.split_once("..") {
            None => Range { base: or_head(text), head: None },
            Some((base, head)) => Range { base: or_head(base), head: Some(or_head(head.trim_start_matches('.'))) },
        }
    }

    pub(super) fn shown(&self) -> String {
        format!("{}..{}", self.base, self.head.unwrap_or("files"))
    }
}

/// git's word for the last commit stands for a side that is not named.
fn or_head(side: &str) -> &str {
    if side.is_empty() { "HEAD" } else { side }
}

/// Both ends of a range. Neither has errors.
pub(super) struct Sides {
    pub(super) base: Analysis,
    pub(super) head: Analysis,
    /// The files as they are have no commit.
    pub(super) commits: [Option<String>; 2],
}

impl Sides {
    /// # Errors
    /// A revision that is not there, and the first error of a side.
    pub(super) fn of(session: &Session, range: &Range<'_>) -> Result<Sides, Stop> {
        let (base, base_commit) = analyse(session, Some(range.base))?;
        let (head, head_commit) = analyse(session, range.head)?;
        refuse_errors(&base, Some(range.base))?;
        refuse_errors(&head, range.head)?;
        Ok(Sides { base, head, commits: [base_commit, head_commit] })
    }
}

/// A revision, and its commit; the files as they are have none.
pub(super) fn analyse(session: &Session, revision: Option<&str>) -> Result<(Analysis, Option<String>), Stop> {
    let Some(name) = revision else { return Ok((session.analyse_folder(), None)) };
    let revision = Revision::open(session.root(), name)?;
    let analysis = nbc_driver::analyse(&revision, Scope::Folder, &session.as_of());
    Ok((analysis, Some(revision.commit)))
}

/// Half a platform is not compared with a whole one: everybody would seem to lose everything.
///
/// # Errors
/// The first error.
pub(super) fn refuse_errors(analysis: &Analysis, revision: Option<&str>) -> Result<(), Stop> {
    let Some(error) = first_error(&analysis.findings, analysis.sources()) else { return Ok(()) };
    let side = revision.map_or_else(|| "the files have".to_owned(), |name| format!("`{name}` has"));
    Err(Stop::because(format!("{side} errors, so nothing was compared: {error}"), "`nbc check` shows them all"))
}

/// Everything that is told of a change.
pub(super) fn page(revisions: Revisions<'_, '_>, difference: &Difference, parts: Parts<'_>) -> Page {
    let mut page = Page::of(revisions, difference);
    let is_sealed = |side: &Compiled<'_>| side.stages.iter().all(|stage| stage.outcome.is_ok());
    match [("the base", revisions.base), ("the head", revisions.head)].iter().find(|(_, side)| !is_sealed(side)) {
        Some((name, _)) => page.not_compared.push(format!("money and output: rules refuse {name}, see `nbc check`")),
        None if parts.has(Part::Output) => {
            let [before, after] = [revisions.base, revisions.head].map(|side| nbc_driver::emit(side, &[], false));
            page.set_output(output::compare(&before, &after));
        }
        None => {}
    }
    page
}

/// What was compared: the platform, the range, the judged day.
pub(super) fn compared(range: &Range<'_>, head: &Compiled<'_>) -> String {
    let world = head.model.worlds.first();
    let title = world.and_then(|world| title(head.model, world)).map_or_else(String::new, |title| format!("{title}, "));
    let day = world.map_or_else(String::new, |world| format!(", as of {}", world.as_of));
    format!("{title}{}{day}", range.shown())
}

/// A page for programs, with the commits and the day that it is about.
pub(super) fn json(
    [base, commit]: [Option<&str>; 2],
    head: &Compiled<'_>,
    page: &impl Serialize,
) -> Result<String, Stop> {
    let mut value = serde_json::to_value(page).map_err(|error| Stop::because(error.to_string(), ""))?;
    if let Some(object) = value.as_object_mut() {
        object.insert("schema_version".to_owned(), 1.into());
        object.insert("base".to_owned(), base.into());
        object.insert("head".to_owned(), commit.into());
        let day = head.model.worlds.first().map(|world| world.as_of.to_string());
        object.insert("as_of".to_owned(), day.into());
    }
    Ok(value.to_string())
}
