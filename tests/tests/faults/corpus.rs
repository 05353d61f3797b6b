//! The format of `tests/faults/*.txt`: one file a class, one mistake a section.
//!
//! ```text
//! == a member who is not there      what went wrong, in words
//! @ teams.nbc                       the file, where the text is in several, or where it is added at the end
//! -     bob,                        what the base says; without it the text is added to the file
//! +     «bobb»,                     what somebody wrote; «…» is the exact range of the finding
//! ^ group «lab» {                   where the finding stands instead, if it is elsewhere
//! ! unknown-name                    the finding
//! >     bob,                        what `nbc fix` makes of it; with `?` for `>`, `nbc fix --unsafe`
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

/// Texts by path.
pub(crate) type Files = BTreeMap<String, String>;

/// One mistake in the base.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The name of its file.
    pub(crate) class: String,
    pub(crate) title: String,
    pub(crate) path: String,
    /// What is replaced, in bytes of the base's file; past a new file's end where it is added.
    pub(crate) place: Range<usize>,
    /// What somebody wrote.
    pub(crate) written: String,
    pub(crate) code: String,
    /// The file and the bytes in it that the finding must point at, once the mistake is made.
    pub(crate) range: (String, Range<usize>),
    pub(crate) fix: Expected,
}

/// What `nbc fix` makes of what was written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    NoFix,
    Safe(String),
    Unsafe(String),
}

impl Fault {
    /// The base with `text` where the mistake is made.
    pub(crate) fn with(&self, base: &Files, text: &str) -> Files {
        let mut files = base.clone();
        files.entry(self.path.clone()).or_default().replace_range(self.place.clone(), text);
        files
    }
}

/// Every fault of every class, in order.
pub(crate) fn read(folder: &Path, base: &Files) -> Vec<Fault> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let mut faults = Vec::new();
    for path in paths {
        let class = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let sections = text.split("\n== ").skip(1);
        faults.extend(sections.map(|section| fault(class, section, base)));
    }
    faults
}

fn fault(class: &str, section: &str, base: &Files) -> Fault {
    let (title, body) = section.split_once('\n').unwrap();
    let about = format!("{class}: {title}");
    let lines = |mark: char| -> Option<String> {
        let marked = body.lines().filter(|line| line.starts_with(mark));
        let lines: Vec<String> = marked.map(|line| unescaped(line.get(2..).unwrap_or_default())).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    };
    let known = "@-+^!>?";
    let strange = body.lines().find(|line| !line.is_empty() && !line.starts_with(|c| known.contains(c)));
    assert_eq!(strange, None, "{about}");
    let (path, place) = match lines('-') {
        Some(old) => find(base, lines('@').as_deref(), &old, &about),
        None => {
            let path = lines('@').unwrap_or_else(|| panic!("{about}: no `-` and no `@`"));
            let end = base.get(&path).map_or(0, String::len);
            (path, end..end)
        }
    };
    let is_added = lines('-').is_none();
    let ended = |text: String| if is_added && !text.is_empty() { text + "\n" } else { text };
    let (written, mark) = marked(&lines('+').unwrap_or_default());
    let mut fault = Fault {
        class: class.to_owned(),
        title: title.to_owned(),
        range: (path.clone(), 0..0),
        path,
        place,
        written: ended(written),
        code: lines('!').unwrap_or_else(|| panic!("{about}: no `!`")),
        fix: match (lines('>'), lines('?')) {
            (Some(fixed), _) => Expected::Safe(ended(fixed)),
            (None, Some(fixed)) => Expected::Unsafe(ended(fixed)),
            (None, None) => Expected::NoFix,
        },
    };
    fault.range = match (mark, lines('^')) {
        (Some(mark), None) => (fault.path.clone(), fault.place.start + mark.start..fault.place.start + mark.end),
        (None, Some(context)) => {
            let (context, mark) = marked(&context);
            let mark = mark.unwrap_or_else(|| panic!("{about}: nothing marked after `^`"));
            let (path, found) = find(&fault.with(base, &fault.written), None, &context, &about);
            (path, found.start + mark.start..found.start + mark.end)
        }
        _ => panic!("{about}: mark the range once"),
    };
    fault
}

/// What nobody can see is written as an escape.
fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (escape, character) in
        [("<tab>", "\t"), ("<nbsp>", "\u{a0}"), ("<zwsp>", "\u{200b}"), ("<rlo>", "\u{202e}"), ("<cr>", "\r")]
    {
        text = text.replace(escape, character);
    }
    text
}

/// The text without the marks, and the range between them.
fn marked(text: &str) -> (String, Option<Range<usize>>) {
    let Some((before, rest)) = text.split_once('«') else { return (text.to_owned(), None) };
    let (inside, after) = rest.split_once('»').unwrap();
    (format!("{before}{inside}{after}"), Some(before.len()..before.len() + inside.len()))
}

/// The only place of a text.
fn find(files: &Files, only: Option<&str>, text: &str, about: &str) -> (String, Range<usize>) {
    let mut found = Vec::new();
    for (path, content) in files.iter().filter(|(path, _)| only.is_none_or(|only| only == *path)) {
        found.extend(content.match_indices(text).map(|(at, _)| (path.clone(), at..at + text.len())));
    }
    assert_eq!(found.len(), 1, "{about}: `{text}` must be in the base once");
    found.remove(0)
}
