//! `nbc show`: a list of things, or one thing with its values.

use nbc_driver::Analysis;

use crate::arguments::{Format, Global, ShowArguments};
use crate::render::no_such_form;
use crate::render::table::Table;
use crate::session::{Asked, Session, say_each};
use crate::views::show;
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &ShowArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let analysis = session.analyse(global)?;
    let what = show::Asked { what: own.what.as_deref(), columns: &own.columns, effective: own.effective };
    match global.format {
        Format::Human | Format::Concise => for_people(&analysis, global, &what, io)?,
        Format::Json => {
            let Asked { analysis, world } = Asked::of(&analysis, global)?;
            let json = show::json(&analysis.model, analysis.sources(), world, &what);
            writeln!(io.out, "{}", json.map_err(|message| Stop::because(message, ""))?)?;
        }
        Format::Csv => write!(io.out, "{}", table(&analysis, global, &what)?.csv())?,
        Format::Md => write!(io.out, "{}", table(&analysis, global, &what)?.markdown())?,
        other => return Err(no_such_form(other, &[Format::Human, Format::Json, Format::Csv, Format::Md])),
    }
    Ok(Exit::Done)
}

fn for_people(analysis: &Analysis, global: &Global, what: &show::Asked<'_>, io: &mut Io<'_>) -> Result<(), Stop> {
    // In a file nothing is cut: it is read by programs as well.
    let width = io.width.unwrap_or(usize::MAX);
    let answers = Asked::each(analysis, global)?.into_iter().map(|asked| {
        let shown = show::table(&analysis.model, analysis.sources(), asked.world, what);
        let text = shown
            .map(|(above, table)| above.map_or_else(String::new, |above| format!("{above}\n")) + &table.text(width));
        (asked.stage(), text)
    });
    say_each(answers.collect(), io)
}

fn table(analysis: &Analysis, global: &Global, what: &show::Asked<'_>) -> Result<Table, Stop> {
    let Asked { analysis, world } = Asked::of(analysis, global)?;
    let shown = show::table(&analysis.model, analysis.sources(), world, what);
    shown.map(|(_, table)| table).map_err(|message| Stop::because(message, ""))
}
