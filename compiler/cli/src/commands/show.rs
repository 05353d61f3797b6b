//! `nbc show`: a list of things, or one thing with its values.

use crate::arguments::{Format, Global, ShowArguments};
use crate::render::no_such_form;
use crate::session::{Asked, Session};
use crate::views::show;
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &ShowArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let analysis = session.analyse(global)?;
    let Asked { analysis, world } = Asked::of(&analysis, global)?;
    let (model, sources) = (&analysis.model, analysis.sources());
    let what = show::Asked { what: own.what.as_deref(), columns: &own.columns, effective: own.effective };
    let refused = |message: String| Stop::because(message, "");
    if global.format == Format::Json {
        writeln!(io.out, "{}", show::json(model, sources, world, &what).map_err(refused)?)?;
        return Ok(Exit::Done);
    }
    let (above, table) = show::table(model, sources, world, &what).map_err(refused)?;
    match global.format {
        Format::Human | Format::Concise => {
            if let Some(above) = above {
                writeln!(io.out, "{above}")?;
            }
            // In a file nothing is cut: it is read by programs as well.
            write!(io.out, "{}", table.text(io.width.unwrap_or(usize::MAX)))?;
        }
        Format::Csv => write!(io.out, "{}", table.csv())?,
        Format::Md => write!(io.out, "{}", table.markdown())?,
        other => return Err(no_such_form(other, &[Format::Human, Format::Json, Format::Csv, Format::Md])),
    }
    Ok(Exit::Done)
}
