//! `nbc test`: each test with its expectations and what decided them; which rules and policies no test would notice.

use nbc_driver::coverage;
use nbc_driver::tests::Tested;
use nbc_source::{Diagnostics, suggest};

use crate::arguments::{Format, Global, TestArguments};
use crate::render::tests::{self, Tests};
use crate::render::{Report, no_such_form};
use crate::session::Session;
use crate::summary::{Summary, Verdict};
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &TestArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let mut analysis = session.analyse(global)?;
    let covered = if own.coverage { coverage::coverage(&mut analysis, &session.as_of()) } else { None };
    let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
    let mut summary = Summary::of(&compiled, &compiled.findings);
    let report = Report::of(&session, &compiled, &compiled.findings, &summary);
    if compiled.stages.is_empty() {
        // Errors come before tests, and are said as `check` says them.
        return report.write(global, io);
    }
    let chosen = chosen(&compiled.tests, own.name.as_deref())?;
    let mut findings = Diagnostics::new();
    findings.extend(chosen.iter().flat_map(|test| test.findings.iter().cloned()));
    summary.expect(&chosen, &findings);
    let report = Report::of(&session, &compiled, &findings, &summary);
    let told = Tests { report: &report, tests: &chosen, covered: covered.as_deref() };
    match global.format {
        Format::Human | Format::Concise => {
            write!(io.out, "{}", tests::text(&told, io.width.unwrap_or(100), global.quiet))?
        }
        Format::Json => writeln!(io.out, "{}", tests::json(&told))?,
        Format::Junit => writeln!(io.out, "{}", tests::junit(&told)?.trim_end())?,
        Format::Sarif | Format::Github | Format::Gitlab | Format::Md => return report.write(global, io),
        other => return Err(no_such_form(other, tests::FORMATS)),
    }
    Ok(match summary.verdict {
        Verdict::Ok => Exit::Done,
        Verdict::Failed => Exit::Findings,
        Verdict::Nothing => Exit::CouldNot,
    })
}

/// The tests whose name has the words in it.
fn chosen<'t>(tests: &'t [Tested], wanted: Option<&str>) -> Result<Vec<&'t Tested>, Stop> {
    let Some(wanted) = wanted else { return Ok(tests.iter().collect()) };
    let lower = wanted.to_lowercase();
    let found: Vec<&Tested> = tests.iter().filter(|test| test.name.to_lowercase().contains(&lower)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let near = suggest::nearest(wanted, tests.iter().map(|test| test.name.as_str()));
    let way_out = match (near.first(), tests.len()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, 0) => "there are no tests yet: test \"…\" { expect ana can launch small }".to_owned(),
        (None, _) => "`nbc test` runs all and shows their names".to_owned(),
    };
    Err(Stop::because(format!("no test has `{wanted}` in its name"), way_out))
}
