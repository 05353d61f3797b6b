//! `nbc explain`: why a value, a written line or a message is what it is.

use std::path::{Path, PathBuf};

use serde_json::Value;

use nbc_driver::{Disk, Host as _, codes};
use nbc_source::suggest;

use crate::arguments::{ExplainArguments, Global};
use crate::output::MARK;
use crate::session::{Asked, Session, say_each};
use crate::views::explain;
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &ExplainArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let place = own.place.as_str();
    if let Some(code) = codes::find(place) {
        let (level, page) = (code.level.name(), code.page.trim());
        writeln!(io.out, "{level}[{code}] {}: {}\n\n{page}", code.name, code.summary)?;
        if nbc_platform::codes::is_waivable(code) {
            let waiver = "{ until: …, because: \"…\", approved-by: … }";
            writeln!(io.out, "\nWhere it has to stand for a while: `waiver {} on … {waiver}`", code.name)?;
        }
        return Ok(Exit::Done);
    }
    if let Some((file, inside)) = emitted(place) {
        return line(global, &file, inside, io);
    }
    if !place.contains('.') {
        let known = codes::all();
        let near = suggest::nearest(place, known.iter().map(|code| code.name));
        let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        return Err(Stop::because(
            format!("`{place}` is no place and no code"),
            format!("{near}write group.lab.quota.cpu, out/FILE:LINE, or NBC0203"),
        ));
    }
    let session = Session::open(global, None, io)?;
    let analysis = session.analyse(global)?;
    let answers = Asked::each(&analysis, global)?.into_iter().map(|asked| {
        let text = explain::path(&analysis.model, analysis.sources(), asked.world, place);
        (asked.stage(), text)
    });
    say_each(answers.collect(), io)?;
    Ok(Exit::Done)
}

/// A line, counted from 1, or a JSON pointer.
#[derive(Clone, Copy)]
enum Inside<'p> {
    Line(u64),
    Pointer(&'p str),
}

/// `out/realm.json:120`, `out/realm.json:/users/0`
fn emitted(place: &str) -> Option<(PathBuf, Inside<'_>)> {
    let (file, inside) = place.rsplit_once(':')?;
    let inside = match inside.strip_prefix('/') {
        Some(_) => Inside::Pointer(inside),
        None => Inside::Line(inside.parse().ok()?),
    };
    Some((PathBuf::from(file), inside))
}

/// Reads the map that lies in the folder of the file's stage.
fn line(global: &Global, file: &Path, inside: Inside<'_>, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let full = global.directory.as_ref().map_or_else(|| file.to_owned(), |directory| directory.join(file));
    let shown = file.display();
    let (entries, relative) = full.ancestors().skip(1).find_map(|folder| entries(folder, &full)).ok_or_else(|| {
        Stop::because(format!("no {MARK} tells where `{shown}` comes from"), "`nbc build` writes it beside its files")
    })?;
    let number = |entry: &Value| entry.get("line").and_then(Value::as_u64).unwrap_or(0);
    let pointer = |entry: &Value| entry.get("pointer").and_then(Value::as_str).unwrap_or_default().to_owned();
    let best = match inside {
        Inside::Line(line) => {
            let document = document(&full, line);
            entries.iter().filter(|entry| (document..=line).contains(&number(entry))).max_by_key(|entry| number(entry))
        }
        Inside::Pointer(wanted) => entries
            .iter()
            .filter(|entry| {
                let own = pointer(entry);
                wanted == own || wanted.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/'))
            })
            .max_by_key(|entry| pointer(entry).len()),
    };
    let Some(entry) = best else {
        let first = entries.iter().map(number).filter(|line| *line > 0).min();
        let way_out =
            first.map_or_else(String::new, |line| format!("the first line of {relative} that does is {line}"));
        return Err(Stop::because("nothing leads back from there to a declaration", way_out));
    };
    let line = number(entry);
    let from = entry.get("from").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    writeln!(io.out, "{relative}:{line}  {}", pointer(entry))?;
    for place in from.iter().filter_map(Value::as_str) {
        writeln!(io.out, "  from {place}")?;
    }
    Ok(Exit::Done)
}

/// The first line of the YAML document that a line stands in; 1 in a file of one.
fn document(file: &Path, line: u64) -> u64 {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else { return 1 };
    let text = Disk::new(folder).read(name).unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').zip(1..=line);
    lines.filter(|(text, _)| *text == b"---").map(|(_, number)| number).last().unwrap_or(1)
}

/// What the map of a folder says of a file, and the file's path in it.
fn entries(folder: &Path, file: &Path) -> Option<(Vec<Value>, String)> {
    let relative: Vec<&str> =
        file.strip_prefix(folder).ok()?.components().filter_map(|part| part.as_os_str().to_str()).collect();
    let relative = relative.join("/");
    let map: Value = serde_json::from_slice(&Disk::new(folder).read(MARK).ok()?).ok()?;
    let entries = map.get("files")?.get(&relative)?.as_array()?.clone();
    Some((entries, relative))
}
