//! `nbc prove`: does a change give anybody at all anything that they did not have.

use nbc_driver::difference::{self, Revisions};
use nbc_driver::{Compiled, proof};

use super::diff::{Range, analyse, refuse_errors};
use crate::arguments::{Format, Global, ProveArguments};
use crate::render::proof::{lines, markdown, sentence, word};
use crate::render::{human, no_such_form};
use crate::session::{Session, first_error};
use crate::summary::title;
use crate::views::proof::{ProofPage, Verdict};
use crate::{Exit, Io, Stop};

const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Md];

pub(super) fn run(own: &ProveArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !FORMATS.contains(&global.format) {
        return Err(no_such_form(global.format, FORMATS));
    }
    let session = Session::open(global, None, io)?;
    let range = Range::of(&own.range);
    let (mut base, base_commit) = analyse(&session, Some(range.base))?;
    let (mut head, head_commit) = analyse(&session, range.head)?;
    refuse_errors(&base, Some(range.base))?;
    refuse_errors(&head, range.head)?;
    let base = nbc_driver::compile(&mut base, global.stage.as_deref(), &session.as_of());
    let head = nbc_driver::compile(&mut head, global.stage.as_deref(), &session.as_of());
    for side in [&base, &head] {
        judged(side)?;
    }
    let revisions = Revisions { base: &base, head: &head };
    let difference = difference::compare(revisions);
    let page = ProofPage::of(revisions, &difference, &proof::prove(revisions, &difference));
    let told = format!("{}: {}", compared(&range, &head), sentence(page.verdict));
    match global.format {
        Format::Json => writeln!(io.out, "{}", json([base_commit, head_commit], &head, &page)?)?,
        Format::Md => {
            writeln!(io.out, "**{}:** {}", word(page.verdict), nbc_source::markdown::escape(&told))?;
            write!(io.out, "{}", markdown(&page))?;
        }
        _ => {
            writeln!(io.out, "{}", human::line(word(page.verdict), &told))?;
            lines(&page).iter().try_for_each(|line| writeln!(io.out, "{line}"))?;
        }
    }
    Ok(match page.verdict {
        Verdict::Proved => Exit::Done,
        Verdict::NewAccess => Exit::Findings,
        Verdict::NotProved => Exit::CouldNot,
    })
}

/// Nothing is proved of policies that could not be read.
fn judged(side: &Compiled<'_>) -> Result<(), Stop> {
    if !side.stages.is_empty() {
        return Ok(());
    }
    let error = first_error(&side.findings, side.sources).unwrap_or_else(|| "there is no platform".to_owned());
    Err(Stop::because(format!("nothing was proved: {error}"), "`nbc check` shows all errors"))
}

fn compared(range: &Range<'_>, head: &Compiled<'_>) -> String {
    let world = head.model.worlds.first();
    let title = world.and_then(|world| title(head.model, world)).map_or_else(String::new, |title| format!("{title}, "));
    let day = world.map_or_else(String::new, |world| format!(", as of {}", world.as_of));
    format!("{title}{}{day}", range.shown())
}

fn json([base, commit]: [Option<String>; 2], head: &Compiled<'_>, page: &ProofPage) -> Result<String, Stop> {
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
