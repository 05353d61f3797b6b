//! `nbc docs`: what a kind, a field or a type means, or a page of the book, offline.

use nbc_model::Model;
use nbc_source::suggest;

use crate::arguments::{DocsArguments, Format, Global};
use crate::pages::{self, Page};
use crate::render::{no_such_form, page};
use crate::session::Session;
use crate::views::docs;
use crate::{Exit, Io, Stop};

/// Columns of a text that is read, on terminals that are wider.
const WIDEST: usize = 100;

pub(super) fn run(own: &DocsArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !matches!(global.format, Format::Human | Format::Md) {
        return Err(no_such_form(global.format, &[Format::Human, Format::Md]));
    }
    let width = io.width.unwrap_or(WIDEST).clamp(40, WIDEST);
    if let Some(found) = own.what.as_deref().and_then(Page::named) {
        let text = if global.format == Format::Md { found.text.to_owned() } else { page::text(found.text, width) };
        write!(io.out, "{text}")?;
        return Ok(Exit::Done);
    }
    // The standard kinds are there without a workspace too; what is wrong in one is not asked here.
    let analysis = Session::open(global, None, io)?.analyse(global)?;
    let model = &analysis.model;
    let Some(what) = own.what.as_deref() else {
        write!(io.out, "{}", contents(model, width))?;
        return Ok(Exit::Done);
    };
    match docs::text(model, analysis.sources(), what, width) {
        Some(text) => write!(io.out, "{}", text.map_err(|message| Stop::because(message, ""))?)?,
        None => return Err(unknown(model, what)),
    }
    Ok(Exit::Done)
}

/// Everything that can be asked for.
fn contents(model: &Model, width: usize) -> String {
    let mut text = format!("kinds: nbc docs KIND, nbc docs KIND.FIELD\n\n{}", docs::kinds(model, width));
    text += "\npages: nbc docs PAGE\n\n";
    for page in pages::ALL {
        text += &format!("{:<18} {}\n", page.name, page.title());
    }
    text + "\nfindings: nbc explain unknown-name\n"
}

/// With the nearest names, or the pages that speak of the word.
fn unknown(model: &Model, what: &str) -> Stop {
    let why = format!("there is no kind, type or page `{what}`");
    let speaking: Vec<&str> = pages::ALL.iter().filter(|page| page.mentions(what)).map(|page| page.name).collect();
    if !speaking.is_empty() {
        return Stop::because(why, format!("these pages speak of it: {}", speaking.join(", ")));
    }
    let kinds = model.kinds.kinds.iter().map(|(_, kind)| model.text(kind.name));
    let known = kinds.chain(pages::ALL.iter().map(|page| page.name));
    let near = suggest::nearest(what, known).join("`, `");
    let near = if near.is_empty() { String::new() } else { format!("did you mean `{near}`? ") };
    Stop::because(why, format!("{near}`nbc docs` lists what there is"))
}
