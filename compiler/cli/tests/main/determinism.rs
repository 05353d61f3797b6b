//! The binary itself: the same platform makes the same bytes, however its text is spread over files, whatever the machine
//! speaks and wherever it stands, and however many run at once.
//!
//! One thread judges; only what Cedar reads is read on a thread of its own, for the sake of its stack.
#![expect(clippy::indexing_slicing, clippy::string_slice, reason = "a helper of a test fails as the test would")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nbc_source::FileId;
use nbc_syntax::ast::AstNode as _;
use serde_json::Value;

use super::{example, read, write};

/// What `check`, `show` and `build` make of a workspace.
#[derive(Debug, PartialEq)]
struct Made {
    check: String,
    show: String,
    /// By path.
    files: BTreeMap<String, String>,
}

fn ran(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nbc"));
    command.arg("-C").arg(folder).args(arguments).envs(environment.iter().copied());
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{arguments:?} {environment:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn made(folder: &Path, environment: &[(&str, &str)]) -> Made {
    let out = tempfile::tempdir().unwrap();
    let built = out.path().join("built");
    let day = ["--as-of", "2026-11-20"];
    let with_day = |arguments: &[&'static str]| [arguments, day.as_slice()].concat();
    ran(folder, &[&with_day(&["build", "-q", "--out"])[..3], &[built.to_str().unwrap()], &day].concat(), environment);
    Made {
        check: ran(folder, &with_day(&["check", "--format", "json"]), environment),
        show: ran(folder, &with_day(&["show", "--format", "json"]), environment),
        files: files(&built),
    }
}

#[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
fn files(folder: &Path) -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for path in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(), read(&path));
                }
            }
        }
    }
    found
}

/// The same without places: other files say the same things elsewhere.
fn without_places(made: &Made) -> Made {
    let json = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        strip(&mut value);
        value.to_string()
    };
    let file = |(path, text): (&String, &String)| {
        let is_map = path.ends_with("nbc-map.json");
        (path.clone(), if is_map { json(text) } else { text.clone() })
    };
    Made { check: json(&made.check), show: json(&made.show), files: made.files.iter().map(file).collect() }
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["place", "places", "from", "related", "edits"] {
                map.remove(key);
            }
            if let Some(Value::Array(findings)) = map.get_mut("findings") {
                findings.iter_mut().for_each(strip);
                findings.sort_by_cached_key(ToString::to_string);
            }
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The same declarations in another order, in files of other names and folders.
fn shuffled(workspace: &Path, seed: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut declarations, mut count) = (Vec::new(), 0);
    for (path, text) in files(workspace) {
        if !path.ends_with(".nbc") {
            write(folder.path(), &path, text.as_bytes());
            continue;
        }
        count += 1;
        let parse = nbc_syntax::parse(&text, FileId(0));
        let mut start = 0;
        for declaration in parse.source_file().declarations() {
            let end = usize::from(declaration.syntax().text_range().end());
            declarations.push(text[start..end].to_owned());
            start = end;
        }
    }
    // A step that has no part in common with the number visits each once.
    let number = declarations.len();
    let step = (number / 3 + seed..).find(|step| common(*step, number) == 1).unwrap();
    let mut texts = vec![String::new(); count];
    for at in 0..number {
        let declaration = &declarations[at * step % number];
        texts[at % count] += &format!("{}\n\n", declaration.trim());
    }
    for (at, text) in texts.iter().enumerate() {
        let path = if at % 2 == 0 { format!("z{at}.nbc") } else { format!("deep/er/a{at}.nbc") };
        write(folder.path(), &path, text.as_bytes());
    }
    folder
}

fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

fn workspaces() -> Vec<PathBuf> {
    ["lab", "course", "nebari-docs"].iter().map(|name| example(name)).collect()
}

#[test]
fn other_files_and_another_order_change_nothing() {
    for workspace in workspaces() {
        let before = without_places(&made(&workspace, &[]));
        assert!(before.files.len() > 5, "{workspace:?} makes {:?}", before.files.keys());
        for seed in [1, 5] {
            let other = shuffled(&workspace, seed);
            let after = without_places(&made(other.path(), &[]));
            for (path, text) in &before.files {
                assert_eq!(Some(text), after.files.get(path), "{workspace:?} {path}");
            }
            assert!(
                before == after,
                "{workspace:?}\n{}\n{}\n{}\n{}",
                before.check,
                after.check,
                before.show,
                after.show
            );
        }
    }
}

#[test]
fn language_place_and_threads_of_the_machine_change_nothing() {
    let lab = example("lab");
    let plain = made(&lab, &[("TZ", "UTC"), ("LC_ALL", "C"), ("LANG", "C")]);
    let machines: [&[(&str, &str)]; 5] = [
        &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("LANG", "de_DE.ISO-8859-1"), ("LC_NUMERIC", "de_DE"), ("LC_COLLATE", "cs_CZ")],
        &[("TZ", "Pacific/Kiritimati")],
        &[("TZ", "Etc/GMT+12")],
        &[("RAYON_NUM_THREADS", "1")],
    ];
    for environment in machines {
        assert!(made(&lab, environment) == plain, "{environment:?}");
    }
    std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..16).map(|_| scope.spawn(|| made(&lab, &[("RAYON_NUM_THREADS", "16")]) == plain)).collect();
        assert!(running.into_iter().all(|thread| thread.join().unwrap()), "sixteen at once say something else");
    });
}

/// Today is the platform's, so where the machine stands does not matter even where no day was asked for.
#[test]
fn today_is_the_day_of_the_platform() {
    let check = |zone| ran(&example("lab"), &["check", "--format", "json"], &[("TZ", zone)]);
    // Midnight may pass between two looks, but not twice.
    let agree = || check("Pacific/Kiritimati") == check("Etc/GMT+12");
    assert!(agree() || agree());
}
