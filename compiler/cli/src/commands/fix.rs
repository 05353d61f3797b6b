//! `nbc fix`: applies the corrections that messages offer, each with its reason, until none is left to apply.
//!
//! A safe one says what was meant in other letters; `--unsafe` applies the guesses, too. What nbc brings, and packages,
//! are never written to.

use nbc_driver::codes;
use nbc_driver::fix::{Applied, Fixed, Wanted};
use nbc_source::{Code, Level, suggest};

use crate::arguments::{FixArguments, Format, Global};
use crate::output::{difference, rewrite};
use crate::render::human::line;
use crate::render::{count, no_such_form};
use crate::session::Session;
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &FixArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !matches!(global.format, Format::Human | Format::Concise) {
        return Err(no_such_form(global.format, &[Format::Human, Format::Concise]));
    }
    let only = own.only.iter().map(|word| code(word)).collect::<Result<Vec<_>, Stop>>()?;
    let session = Session::open(global, own.path.as_deref(), io)?;
    let fixed = session.fix(Wanted { unsafe_too: own.r#unsafe, only: &only });
    if let Some(found) = fixed.left.iter().find(|found| found.code == &codes::NO_WORKSPACE) {
        let way_out = found.help.first().cloned().unwrap_or_default();
        return Err(Stop::because(found.message.clone(), way_out));
    }
    if own.diff {
        for (path, (before, after)) in &fixed.changed {
            write!(io.out, "{}", difference(path, before, after))?;
        }
    } else {
        for applied in &fixed.applied {
            writeln!(io.out, "{}", said(applied))?;
        }
        for (path, (_, after)) in &fixed.changed {
            rewrite(&session.root().join(path), after)?;
        }
    }
    let has_errors = fixed.left.has_errors();
    if !global.quiet && !own.diff {
        writeln!(io.out, "{}", line(if has_errors { "failed" } else { "ok" }, &summary(&fixed, own)))?;
    }
    Ok(if has_errors { Exit::Findings } else { Exit::Done })
}

fn code(word: &str) -> Result<&'static Code, Stop> {
    codes::find(word).ok_or_else(|| {
        let all = codes::all();
        let near = suggest::nearest(word, all.iter().map(|code| code.name));
        let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        Stop::because(format!("there is no message `{word}`"), format!("{near}write NBC0203, or unknown-name"))
    })
}

/// `fixed    teams/ml.nbc:10:5  dena → dana`, and below it why.
fn said(applied: &Applied) -> String {
    let Applied { place, code, message, title, safe } = applied;
    let guess = if *safe { "" } else { " (a guess)" };
    format!(
        "{}\n{}",
        line("fixed", &format!("{place}  {title}{guess}")),
        line("", &format!("{}: {message}", code.name))
    )
}

fn summary(fixed: &Fixed, own: &FixArguments) -> String {
    let (done, files) = (fixed.applied.len(), fixed.changed.len());
    let done = match done {
        0 => "nothing to correct".to_owned(),
        done => format!("{} in {}", count(done, "correction"), count(files, "file")),
    };
    let errors = fixed.left.count(Level::Error);
    let guesses = fixed.left.iter().filter(|found| found.fix.as_ref().is_some_and(|fix| !fix.safe)).count();
    let mut parts = vec![done];
    if errors > 0 {
        parts.push(format!("{} left, `nbc check` shows them", count(errors, "error")));
    }
    if guesses > 0 && !own.r#unsafe {
        parts.push(format!("{} may be tried with --unsafe", count(guesses, "more correction")));
    }
    parts.join("; ")
}
