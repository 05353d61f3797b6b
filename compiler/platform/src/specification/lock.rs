//! Lock files of pixi and conda-lock: which addresses packages come from. Versions are decided there, so they are not
//! judged; where they come from is, since a server takes a lock file as it is.

use std::collections::BTreeSet;

use nbc_source::{FileId, Span};

use super::{Specification, Unreadable, Written};

pub(super) fn read(file: FileId, text: &str, into: &mut Specification<'_>) -> Result<(), Unreadable> {
    into.locked = true;
    into.channels.clear();
    let mut seen = BTreeSet::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(at) = line.find("http") {
            let address: &str = line.get(at..).unwrap_or("").split(['"', '\'', ' ', '\n', '#']).next().unwrap_or("");
            let channel = channel_of(address);
            if seen.insert(channel.to_owned()) {
                let from = start + at;
                let span = Span::new(file, from as u32..(from + address.len()) as u32);
                into.channels.push(Written { text: channel.to_owned(), span });
            }
        }
        start += line.len();
    }
    if seen.is_empty() {
        let span = Span::new(file, 0..text.lines().next().map_or(0, |line| line.len() as u32));
        return Err(Unreadable { span, why: "it names no package".to_owned(), fix: None });
    }
    Ok(())
}

/// `https://conda.anaconda.org/conda-forge/linux-64/x.conda` lies in `https://conda.anaconda.org/conda-forge`.
fn channel_of(address: &str) -> &str {
    let is_file = address.ends_with(".conda") || address.ends_with(".tar.bz2");
    let folder = if is_file { address.rsplitn(3, '/').nth(2).unwrap_or(address) } else { address };
    folder.trim_end_matches('/')
}
