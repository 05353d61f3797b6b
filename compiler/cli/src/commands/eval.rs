//! `nbc eval`: the value of an expression in one stage of the workspace.

use nbc_source::{Diagnostics, FileKind, SourceFile};

use crate::arguments::{EvalArguments, Format, Global};
use crate::render::{human, no_such_form};
use crate::session::{Asked, Session};
use crate::views::show;
use crate::{Exit, Io, Stop};

/// How findings call what was typed.
const FILE: &str = "expression";

pub(super) fn run(own: &EvalArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let mut analysis = session.analyse(global)?;
    let stage = Asked::of(&analysis, global)?.world.stage;
    let sources = &mut analysis.workspace.sources;
    let file = sources.add(SourceFile::new(FILE, FileKind::Other, own.expression.as_str()));
    let parse = nbc_syntax::parse_expression(&own.expression, file);
    let mut found = Diagnostics::new();
    found.extend(parse.diagnostics().iter().cloned());
    let expression = parse.source_file().expression().filter(|_| !found.has_errors());
    let value = expression.map(|expression| {
        let (value, of_value) = nbc_model::ask(&mut analysis.model, stage, file, &expression);
        found.extend(of_value);
        value
    });
    let Some(value) = value.filter(|_| !found.has_errors()) else {
        // `nbc fix` corrects files, not what was typed here.
        found.iter_mut().for_each(|found| found.fix = None);
        human::findings(analysis.sources(), &found, global, io)?;
        return Ok(Exit::Findings);
    };
    let text = match global.format {
        Format::Human | Format::Concise => analysis.model.shown("", value),
        Format::Json => show::value_json(&analysis.model, value).to_string(),
        other => return Err(no_such_form(other, &[Format::Human, Format::Json])),
    };
    writeln!(io.out, "{text}")?;
    Ok(Exit::Done)
}
