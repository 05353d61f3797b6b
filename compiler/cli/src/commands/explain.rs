//! `nbc explain`: why a value, a written line or a message is what it is.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use serde_json::Value;

use nbc_driver::{Disk, Host as _, codes};
use nbc_source::{FileId, Sources, suggest};

use crate::arguments::{ExplainArguments, Global};
use crate::output::MARK;
use crate::session::{Asked, Session, say_each};
use crate::views::explain::{self, Piece, Place};
use crate::{Exit, Io, Stop};

pub(super) fn run(own: &ExplainArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let place = own.place.as_str();
    if let Some(code) = codes::find(place) {
        let (level, page) = (code.level.name(), codes::page(code));
        write!(io.out, "{level}[{code}] {}: {}\n\n{page}", code.name, code.summary)?;
        return Ok(Exit::Done);
    }
    if let Some((file, inside)) = located(place) {
        return match map_of(global, &file) {
            Some(map) => line(&map, inside, io),
            None => source(global, &file, inside, io),
        };
    }
    if !place.contains('.') {
        let known = codes::all();
        let near = suggest::nearest(place, known.iter().map(|code| code.name));
        let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        return Err(Stop::because(
            format!("`{place}` is no place and no code"),
            format!("{near}write group.lab.quota.cpu, FILE:LINE:COLUMN, out/FILE:LINE, or NBC0203"),
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

/// A line and a column, counted from 1, or a JSON pointer.
#[derive(Clone, Copy)]
enum Inside<'p> {
    Line(u32, Option<u32>),
    Pointer(&'p str),
}

/// `out/realm.json:120`, `out/realm.json:/users/0`, `teams/ml.nbc:14:10`
fn located(place: &str) -> Option<(PathBuf, Inside<'_>)> {
    let (file, last) = place.rsplit_once(':')?;
    if last.starts_with('/') {
        return Some((PathBuf::from(file), Inside::Pointer(last)));
    }
    let last: u32 = last.parse().ok()?;
    let line = file.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    Some(match line {
        Some((file, line)) => (PathBuf::from(file), Inside::Line(line, Some(last))),
        None => (PathBuf::from(file), Inside::Line(last, None)),
    })
}

/// What a place of the workspace's own files says.
fn source(global: &Global, file: &Path, inside: Inside<'_>, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let mut analysis = session.analyse(global)?;
    let (file, place) = place(analysis.sources(), file, inside)?;
    let pieces = {
        let compiled = nbc_driver::compile(&mut analysis, global.stage.as_deref(), &session.as_of());
        Piece::all(&compiled, &nbc_driver::emit(&compiled, &[], false))
    };
    let answers = Asked::each(&analysis, global)?.into_iter().map(|asked| {
        let answer = explain::of_place(&analysis, asked.world, &pieces, file, place);
        (asked.stage(), answer)
    });
    say_each(answers.collect(), io)?;
    Ok(Exit::Done)
}

fn place(sources: &Sources, path: &Path, inside: Inside<'_>) -> Result<(FileId, Place), Stop> {
    let shown = path.display();
    let wanted = path.to_string_lossy();
    let found = sources.find(wanted.strip_prefix("./").unwrap_or(&wanted));
    let (Some(file), Inside::Line(number, column)) = (found, inside) else {
        let near = suggest::nearest(&wanted, sources.iter().map(|(_, source)| source.path.as_str()));
        let near = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        return Err(Stop::because(
            format!("`{shown}` is no file of this workspace, and no {MARK} tells where it comes from"),
            format!("{near}`nbc build` writes the map beside its files; paths of sources start beside nbc.toml"),
        ));
    };
    let place = Place::locate(sources, file, number, column).map_err(|why| Stop::because(why, ""))?;
    Ok((file, place))
}

/// What the map says of a file, and the file's path in it.
struct Mapped {
    entries: Vec<Value>,
    relative: String,
}

/// The map that lies in the folder of the file's stage.
fn map_of(global: &Global, file: &Path) -> Option<Mapped> {
    let full = global.directory.as_ref().map_or_else(|| file.to_owned(), |directory| directory.join(file));
    let (entries, relative) = full.ancestors().skip(1).find_map(|folder| entries(folder, &full))?;
    Some(Mapped { entries, relative })
}

/// The declarations that a place of an emitted file comes from.
fn line(map: &Mapped, inside: Inside<'_>, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let Mapped { entries, relative } = map;
    let number = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_u64).unwrap_or(0);
    let pointer = |entry: &Value| entry.get("pointer").and_then(Value::as_str).unwrap_or_default().to_owned();
    let best = match inside {
        Inside::Line(line, _) => {
            let line = u64::from(line);
            let holds = |entry: &&Value| (number(entry, "line")..=number(entry, "last")).contains(&line);
            let length = |entry: &Value| number(entry, "last").saturating_sub(number(entry, "line"));
            entries.iter().filter(holds).min_by_key(|entry| (length(entry), Reverse(pointer(entry).len())))
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
        let first = entries.iter().map(|entry| number(entry, "line")).filter(|line| *line > 0).min();
        let way_out =
            first.map_or_else(String::new, |line| format!("the first line of {relative} that does is {line}"));
        return Err(Stop::because("nothing leads back from there to a declaration", way_out));
    };
    let line = number(entry, "line");
    let from = entry.get("from").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    writeln!(io.out, "{relative}:{line}  {}", pointer(entry))?;
    for place in from.iter().filter_map(Value::as_str) {
        writeln!(io.out, "  from {place}")?;
    }
    Ok(Exit::Done)
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
