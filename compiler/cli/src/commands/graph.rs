//! `nbc graph`: what depends on what, as a drawing.

use crate::arguments::{Format, Global, GraphArguments};
use crate::render::no_such_form;
use crate::session::{Asked, Session};
use crate::views::graph::{self, Selection};
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &GraphArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let analysis = session.analyse(global)?;
    let Asked { analysis, world } = Asked::of(&analysis, global)?;
    let selection =
        Selection { focus: own.focus.clone(), depth: Some(own.depth), affected_by: own.affected_by.clone() };
    let drawn = match global.format {
        Format::Dot | Format::Human => graph::dot(&analysis.model, world, &selection),
        Format::Mermaid => graph::mermaid(&analysis.model, world, &selection),
        Format::Svg => graph::svg(&analysis.model, world, &selection),
        other => return Err(no_such_form(other, &[Format::Dot, Format::Mermaid, Format::Svg])),
    };
    let text = drawn.map_err(|message| Stop::because(message, ""))?;
    writeln!(io.out, "{}", text.trim_end())?;
    Ok(Exit::Done)
}
