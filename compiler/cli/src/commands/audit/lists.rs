//! Questions of an auditor whose answer is a list, in the forms that tables have.

use std::path::Path;

use nbc_driver::Analysis;
use nbc_source::markdown;
use serde_json::{Map, Value, json};

use crate::arguments::{Format, Global, ListQuestion};
use crate::output;
use crate::render::{count, human, no_such_form, xlsx};
use crate::session::{Asked, Session, say_each};
use crate::views::audit::{Listed, Place};
use crate::views::matrix::Decided;
use crate::views::show;
use crate::{Exit, Io, Stop};

/// The forms that lists have.
const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Csv, Format::Md, Format::Xlsx];

/// Answers on standard output, or in a file.
pub(super) fn run(
    question: &ListQuestion,
    output: Option<&Path>,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<Exit, Stop> {
    let to = Destination { output, global };
    if !FORMATS.contains(&global.format) && global.format != Format::Concise {
        return Err(no_such_form(global.format, FORMATS));
    }
    if global.format == Format::Xlsx && output.is_none() {
        return Err(Stop::because("a spreadsheet is no text for a terminal", "name a file: -o access.xlsx"));
    }
    let session = Session::open(global, None, io)?;
    let mut analysis = session.analyse(global)?;
    let is_for_people = matches!(global.format, Format::Human | Format::Concise | Format::Md);
    match question {
        ListQuestion::Matrix if is_for_people => {
            decided(&session, &mut analysis, &to, io, "matrix", |all| all.overview())
        }
        ListQuestion::Matrix => decided(&session, &mut analysis, &to, io, "matrix", |all| all.matrix()),
        ListQuestion::Conflicts => decided(&session, &mut analysis, &to, io, "conflicts", |all| all.conflicts()),
        ListQuestion::Expiring { within } => {
            let within = within.as_deref().map(days).transpose()?;
            listed(&analysis, &to, io, "expiring", |place| Ok(place.expiring(within)))
        }
        ListQuestion::Unreferenced => listed(&analysis, &to, io, "unreferenced", |place| Ok(place.unreferenced())),
        ListQuestion::Waivers => listed(&analysis, &to, io, "waivers", |place| Ok(place.waivers_listed())),
        ListQuestion::Raw => listed(&analysis, &to, io, "raw", |place| Ok(place.raw_listed())),
        ListQuestion::Leftovers { who } => listed(&analysis, &to, io, "leftovers", |place| {
            let path = if who.contains('.') { who.clone() } else { format!("user.{who}") };
            show::entity_at(place.model, place.world, &path).map(|who| place.leftovers(who))
        }),
    }
}

/// What the files alone tell.
fn listed(
    analysis: &Analysis,
    to: &Destination<'_>,
    io: &mut Io<'_>,
    name: &str,
    list: impl Fn(&Place<'_>) -> Result<Listed, String>,
) -> Result<Exit, Stop> {
    let place = |world| Place { model: &analysis.model, world, sources: analysis.sources() };
    if to.is_for_people() {
        let answers = Asked::each(analysis, to.global)?.into_iter().map(|asked| {
            let place = place(asked.world);
            (asked.stage(), list(&place).map(|listed| to.text(name, &listed, &place, io)))
        });
        say_each(answers.collect(), io)?;
        return Ok(Exit::Done);
    }
    let place = place(Asked::of(analysis, to.global)?.world);
    let listed = list(&place).map_err(|message| Stop::because(message, ""))?;
    to.write(name, &listed, &place, io)?;
    Ok(Exit::Done)
}

/// What the decisions tell.
fn decided(
    session: &Session,
    analysis: &mut Analysis,
    to: &Destination<'_>,
    io: &mut Io<'_>,
    name: &str,
    list: impl Fn(&Decided<'_>) -> Listed,
) -> Result<Exit, Stop> {
    match to.is_for_people() {
        true => Asked::each(analysis, to.global).map(drop)?,
        false => Asked::of(analysis, to.global).map(drop)?,
    }
    let compiled = nbc_driver::compile(analysis, to.global.stage.as_deref(), &session.as_of());
    if compiled.stages.is_empty() {
        return Err(Stop::because("the policies have errors, so nobody is told anything", "`nbc check` shows them"));
    }
    let answers = compiled.stages.iter().map(|stage| {
        let place = Place { model: compiled.model, world: stage.world, sources: compiled.sources };
        (stage.name.clone(), place, list(&Decided { place, decisions: stage.decisions() }))
    });
    if to.is_for_people() {
        let texts = answers.map(|(stage, place, listed)| (stage, Ok(to.text(name, &listed, &place, io))));
        say_each(texts.collect(), io)?;
        return Ok(Exit::Done);
    }
    answers.take(1).try_for_each(|(_, place, listed)| to.write(name, &listed, &place, io))?;
    Ok(Exit::Done)
}

/// Where an answer goes, and in which form.
struct Destination<'d> {
    output: Option<&'d Path>,
    global: &'d Global,
}

impl Destination<'_> {
    /// People read several answers below each other; a file and a program take one.
    fn is_for_people(&self) -> bool {
        self.output.is_none() && matches!(self.global.format, Format::Human | Format::Concise)
    }

    fn text(&self, name: &str, listed: &Listed, place: &Place<'_>, io: &Io<'_>) -> String {
        text(name, listed, place, self.global.format, io.width.unwrap_or(100))
    }

    fn write(&self, name: &str, listed: &Listed, place: &Place<'_>, io: &mut Io<'_>) -> Result<(), Stop> {
        let bytes = match self.global.format {
            Format::Xlsx => xlsx::workbook(&listed.title, &listed.table, place.world.as_of)?,
            _ => self.text(name, listed, place, io).into_bytes(),
        };
        let Some(path) = self.output else { return Ok(io.out.write_all(&bytes)?) };
        let full = self.global.directory.as_ref().map_or_else(|| path.to_owned(), |folder| folder.join(path));
        output::file(&full, &bytes)?;
        let rows = count(listed.table.rows.len(), "row");
        writeln!(io.out, "{}", human::line("wrote", &format!("{}: {rows}; {}", path.display(), listed.title)))?;
        said(listed).iter().try_for_each(|line| writeln!(io.out, "{line}"))?;
        Ok(())
    }
}

/// What was judged and what not.
fn said(listed: &Listed) -> Vec<String> {
    let not = listed.not_judged.iter().enumerate();
    let not = not.map(|(at, not)| human::line(if at == 0 { "not" } else { "" }, not));
    std::iter::once(human::line("judged", &listed.judged)).chain(not).collect()
}

fn text(name: &str, listed: &Listed, place: &Place<'_>, format: Format, width: usize) -> String {
    let Listed { title, table, judged, not_judged } = listed;
    match format {
        Format::Json => format!("{}\n", json(name, listed, place)),
        Format::Csv => table.csv(),
        Format::Md => {
            let [title, judged, not] = [title, judged, &not_judged.join("; ")].map(|text| markdown::escape(text));
            format!("**{title}**\n\n{}\njudged {judged}; not judged: {not}\n", table.markdown())
        }
        _ => {
            let rows = if table.rows.is_empty() { String::new() } else { table.text(width) };
            format!("{title}\n{rows}{}\n", said(listed).join("\n"))
        }
    }
}

/// Rows as objects, by the names of the columns.
fn json(name: &str, listed: &Listed, place: &Place<'_>) -> Value {
    let row = |cells: &Vec<String>| {
        let pairs = listed.table.header.iter().zip(cells);
        Value::Object(pairs.map(|(key, cell)| (key.replace(' ', "_"), json!(cell))).collect::<Map<_, _>>())
    };
    json!({
        "schema_version": 1,
        "question": name,
        "as_of": place.world.as_of.to_string(),
        "answer": listed.title,
        "judged": listed.judged,
        "not_judged": listed.not_judged,
        "rows": listed.table.rows.iter().map(row).collect::<Value>(),
    })
}

/// `30d`, `6w`: a number of days.
fn days(text: &str) -> Result<i32, Stop> {
    let number = |digits: &str, times: i32| digits.parse::<i32>().ok().and_then(|number| number.checked_mul(times));
    let days = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(days), _) => number(days, 1),
        (_, Some(weeks)) => number(weeks, 7),
        _ => None,
    };
    days.filter(|days| *days >= 0)
        .ok_or_else(|| Stop::because(format!("`{text}` is no number of days"), "write --within 30d, or 6w"))
}
