//! The book is true: every block of every page is executed, and what is listed is complete.
//!
//! `UPDATE_BOOK=1 cargo test -p nbc-tests --test book` writes what is printed today into the pages; read the diff.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test reads and writes the pages that it judges, and its helpers fail as it would"
)]

mod lists;
mod page;
mod picture;
mod reader;
mod shell;
mod specification;

use std::path::{Path, PathBuf};

use shell::repository;

/// The pages: the book, and what a visitor of the repository reads first.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![repository().join("README.md")];
    let mut folders = vec![repository().join("compiler/docs/src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "md") => pages.push(path),
                false => {}
            }
        }
    }
    pages.sort();
    pages
}

/// The faults of a text that is made by nbc and checked in; with `UPDATE_BOOK` it is written instead.
fn hold(path: &Path, expected: &str) -> Vec<String> {
    if std::fs::read_to_string(path).is_ok_and(|text| text == expected) {
        return Vec::new();
    }
    if std::env::var_os("UPDATE_BOOK").is_some() {
        std::fs::write(path, expected).unwrap();
        return Vec::new();
    }
    vec![format!("{} is not current; UPDATE_BOOK=1 writes it", path.display())]
}

/// Pages that `lists` writes whole, and so executes.
const WRITTEN: [&str; 2] = ["commands.md", "diagnostics.md"];

#[test]
fn every_block_is_true() {
    let pages = pages();
    let told = pages.iter().filter(|page| !WRITTEN.iter().any(|name| page.ends_with(name)));
    let faults: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = told.map(|page| scope.spawn(move || faults(page))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with a page. With `UPDATE_BOOK`, what is printed is written into it, and only the rest is wrong.
fn faults(path: &Path) -> Vec<String> {
    let page = std::fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let reading = reader::read(name, &page);
    if reading.corrected == page || std::env::var_os("UPDATE_BOOK").is_none() {
        return reading.faults;
    }
    std::fs::write(path, &reading.corrected).unwrap();
    reader::read(name, &reading.corrected).faults
}
