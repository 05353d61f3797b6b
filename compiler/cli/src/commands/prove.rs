//! `nbc prove`: does a change give anybody at all anything that they did not have.

use nbc_driver::difference::Revisions;
use nbc_driver::{Compiled, proof};

use super::diff::{Range, Sides, compared, json};
use crate::arguments::{Format, Global, ProveArguments};
use crate::render::proof::{lines, markdown, sentence, word};
use crate::render::{human, no_such_form};
use crate::session::{Session, first_error};
use crate::views::proof::{ProofPage, Verdict};
use crate::{Exit, Io, Stop};

const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Md];

pub(super) fn run(own: &ProveArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !FORMATS.contains(&global.format) {
        return Err(no_such_form(global.format, FORMATS));
    }
    let session = Session::open(global, None, io)?;
    let range = Range::of(&own.range);
    let mut sides = Sides::of(&session, &range)?;
    let base = nbc_driver::compile(&mut sides.base, global.stage.as_deref(), &session.as_of());
    let head = nbc_driver::compile(&mut sides.head, global.stage.as_deref(), &session.as_of());
    for side in [&base, &head] {
        judged(side)?;
    }
    let revisions = Revisions { base: &base, head: &head };
    let (difference, proof) = proof::prove(revisions);
    let page = ProofPage::of(revisions, &difference, &proof);
    let told = format!("{}: {}", compared(&range, &head), sentence(page.verdict));
    match global.format {
        Format::Json => writeln!(io.out, "{}", json(sides.commits.each_ref().map(Option::as_deref), &head, &page)?)?,
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
