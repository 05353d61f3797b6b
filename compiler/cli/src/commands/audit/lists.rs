//! Questions of an auditor whose answer is a list, in the forms that tables have.

use nbc_driver::Analysis;
use serde_json::{Map, Value, json};

use crate::arguments::{Format, Global, ListQuestion};
use crate::render::{human, markdown, no_such_form};
use crate::session::{Asked, Session};
use crate::views::audit::{Listed, Place};
use crate::views::matrix::Decided;
use crate::views::show;
use crate::{Exit, Io, Stop};

/// The forms that lists have.
const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Csv, Format::Md];

pub(super) fn run(question: &ListQuestion, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    if !FORMATS.contains(&global.format) && global.format != Format::Concise {
        return Err(no_such_form(global.format, FORMATS));
    }
    let session = Session::open(global, None, io)?;
    let analysis = session.analyse(global)?;
    let is_for_people = matches!(global.format, Format::Human | Format::Concise | Format::Md);
    match question {
        ListQuestion::Matrix if is_for_people => {
            decided(&session, analysis, global, io, "matrix", |all| all.overview())
        }
        ListQuestion::Matrix => decided(&session, analysis, global, io, "matrix", |all| all.matrix()),
        ListQuestion::Conflicts => decided(&session, analysis, global, io, "conflicts", |all| all.conflicts()),
        ListQuestion::Expiring { within } => {
            let within = within.as_deref().map(days).transpose()?;
            listed(&analysis, global, io, "expiring", |place| Ok(place.expiring(within)))
        }
        ListQuestion::Unreferenced => listed(&analysis, global, io, "unreferenced", |place| Ok(place.unreferenced())),
        ListQuestion::Waivers => listed(&analysis, global, io, "waivers", |place| Ok(place.waivers_listed())),
        ListQuestion::Leftovers { who } => listed(&analysis, global, io, "leftovers", |place| {
            let path = if who.contains('.') { who.clone() } else { format!("user.{who}") };
            show::entity_at(place.model, place.world, &path).map(|who| place.leftovers(who))
        }),
    }
}

/// What the files alone tell.
fn listed(
    analysis: &Analysis,
    global: &Global,
    io: &mut Io<'_>,
    name: &str,
    list: impl FnOnce(&Place<'_>) -> Result<Listed, String>,
) -> Result<Exit, Stop> {
    let Asked { analysis, world } = Asked::of(analysis, global)?;
    let place = Place { model: &analysis.model, world, sources: analysis.sources() };
    let listed = list(&place).map_err(|message| Stop::because(message, ""))?;
    write(name, &listed, &place, global, io)?;
    Ok(Exit::Done)
}

/// What the decisions tell.
fn decided(
    session: &Session,
    mut analysis: Analysis,
    global: &Global,
    io: &mut Io<'_>,
    name: &str,
    list: impl FnOnce(&Decided<'_>) -> Listed,
) -> Result<Exit, Stop> {
    Asked::of(&analysis, global)?;
    let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
    let Some(stage) = compiled.stages.first() else {
        return Err(Stop::because("the policies have errors, so nobody is told anything", "`nbc check` shows them"));
    };
    let place = Place { model: compiled.model, world: stage.world, sources: compiled.sources };
    let listed = list(&Decided { place, decisions: stage.decisions() });
    write(name, &listed, &place, global, io)?;
    Ok(Exit::Done)
}

fn write(name: &str, listed: &Listed, place: &Place<'_>, global: &Global, io: &mut Io<'_>) -> Result<(), Stop> {
    let Listed { title, table, judged, not_judged } = listed;
    match global.format {
        Format::Json => writeln!(io.out, "{}", json(name, listed, place))?,
        Format::Csv => write!(io.out, "{}", table.csv())?,
        Format::Md => {
            let [title, judged, not] = [title, judged, &not_judged.join("; ")].map(|text| markdown::escape(text));
            writeln!(io.out, "**{title}**\n\n{}\njudged {judged}; not judged: {not}", table.markdown())?;
        }
        _ => {
            writeln!(io.out, "{title}")?;
            if !table.rows.is_empty() {
                write!(io.out, "{}", table.text(io.width.unwrap_or(100)))?;
            }
            writeln!(io.out, "{}", human::line("judged", judged))?;
            for (at, not) in not_judged.iter().enumerate() {
                writeln!(io.out, "{}", human::line(if at == 0 { "not" } else { "" }, not))?;
            }
        }
    }
    Ok(())
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
