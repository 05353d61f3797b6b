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
    let (model, sources, what) = (&analysis.model, analysis.sources(), own.what.as_deref());
    let refused = |message: String| Stop::because(message, "");
    let text = match global.format {
        Format::Human | Format::Concise => show::text(model, sources, world, what, own.effective).map_err(refused)?,
        Format::Json => show::json(model, sources, world, what).map_err(refused)?.to_string(),
        other => return Err(no_such_form(other, &[Format::Human, Format::Json])),
    };
    writeln!(io.out, "{}", text.trim_end())?;
    Ok(Exit::Done)
}
