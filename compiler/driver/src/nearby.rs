//! What was surely meant by the name of a file that is not there: one of the same name in another folder, or one that is
//! spelt almost so.

use nbc_source::{About, Diagnostic, Diagnostics, Fix, Sources, suggest};

use crate::host::{EntryKind, Host};

/// So many files are looked at, which is far more than a workspace has beside what it is built into.
const MOST: usize = 20_000;

/// Offers the nearest of `files` to each finding of one that is not there.
pub(crate) fn offer(files: &[String], sources: &Sources, found: &mut Diagnostics) {
    let is_missing = |found: &&mut Diagnostic| found.fix.is_none() && found.about == Some(About::MissingFile);
    for found in found.iter_mut().filter(is_missing) {
        let Some(span) = found.span else { continue };
        let near = nearest(sources.text(span).trim_matches('"'), files);
        let Some(best) = near.first() else { continue };
        let quoted = format!("\"{best}\"");
        let fix = Fix::replace(span, quoted.clone(), format!("write `{quoted}`"));
        found.fix = Some(if near.len() == 1 { fix } else { fix.may_change_meaning() });
        found.help.insert(0, format!("did you mean `{}`?", near.join("`, `")));
    }
}

fn nearest(written: &str, files: &[String]) -> Vec<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let elsewhere: Vec<String> = files.iter().filter(|file| name(file) == name(written)).cloned().collect();
    if !elsewhere.is_empty() {
        return elsewhere.into_iter().take(3).collect();
    }
    let ending = |path: &str| path.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let alike = files.iter().filter(|file| ending(file) == ending(written)).map(String::as_str);
    suggest::nearest(written, alike).into_iter().map(str::to_owned).collect()
}

/// Every file below the root, folders of version control and other hidden ones apart.
pub(crate) fn all(host: &dyn Host) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(folder) = folders.pop() {
        for entry in host.list(&folder).unwrap_or_default() {
            let path = if folder.is_empty() { entry.name.clone() } else { format!("{folder}/{}", entry.name) };
            match entry.kind {
                _ if entry.name.starts_with('.') || files.len() >= MOST => {}
                EntryKind::Folder => folders.push(path),
                EntryKind::File => files.push(path),
                EntryKind::Other => {}
            }
        }
    }
    files.sort_unstable();
    files
}
