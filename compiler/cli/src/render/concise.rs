//! One finding a line, for editors and `grep`: `teams/ml.nbc:10:5: error[NBC0203] unknown-name: there is no user `dena``.

use super::Report;
use crate::arguments::Global;
use crate::{Io, Stop};

pub(super) fn report(report: &Report<'_>, global: &Global, io: &mut Io<'_>) -> Result<(), Stop> {
    for found in report.findings {
        let place = found.span.map_or_else(|| "nbc.toml".to_owned(), |span| report.sources.place(span));
        let (level, code, name) = (found.level.name(), found.code, found.code.name);
        writeln!(io.out, "{place}: {level}[{code}] {name}: {}", found.message)?;
    }
    if !global.quiet {
        writeln!(io.out, "{}", super::human::verdict(report.summary))?;
        if let Some(wrote) = &report.wrote {
            writeln!(io.out, "{wrote}")?;
        }
    }
    Ok(())
}
