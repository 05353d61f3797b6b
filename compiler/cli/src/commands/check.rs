//! `nbc check`: everything that files alone can tell.

use crate::arguments::{CheckArguments, Global};
use crate::render::Report;
use crate::session::Session;
use crate::summary::Summary;
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &CheckArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, own.path.as_deref(), io)?;
    let mut analysis = session.analyse(global)?;
    let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
    let summary = Summary::of(&compiled, &compiled.findings);
    Report::of(&session, &compiled, &compiled.findings, &summary).write(global, io)
}
