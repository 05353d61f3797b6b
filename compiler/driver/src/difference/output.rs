//! Which emitted files would be written otherwise.

use std::collections::BTreeMap;

use crate::pipeline::{self, Emission};

/// One emitted file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// `prod/kubernetes/lab/quota.yaml`
    pub path: String,
    /// `kubernetes`
    pub target: String,
    pub how: FileHow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileHow {
    Added,
    Removed,
    /// Lines that are new, and lines that are gone.
    Changed {
        added: usize,
        removed: usize,
    },
}

/// Compares what both sides would write, sorted by path.
pub fn compare(base: &Emission, head: &Emission) -> Vec<FileChange> {
    let (before, after) = (files(base), files(head));
    let mut changes = Vec::new();
    for (path, (target, text)) in &after {
        let how = match before.get(path) {
            None => FileHow::Added,
            Some((_, earlier)) if earlier != text => lines(earlier, text),
            Some(_) => continue,
        };
        changes.push(FileChange { path: path.clone(), target: (*target).to_owned(), how });
    }
    for (path, (target, _)) in before.iter().filter(|(path, _)| !after.contains_key(*path)) {
        changes.push(FileChange { path: path.clone(), target: (*target).to_owned(), how: FileHow::Removed });
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

type Files<'e> = BTreeMap<String, (&'e str, &'e str)>;

fn files(emission: &Emission) -> Files<'_> {
    let mut files = Files::new();
    for output in &emission.outputs {
        let folder = output.stage.as_ref().map_or_else(String::new, |stage| format!("{stage}/"));
        for artifact in &output.artifacts {
            let target = artifact.path.split('/').next().unwrap_or_default();
            files.insert(format!("{folder}{}", artifact.path), (target, pipeline::text(artifact)));
        }
    }
    files
}

/// Counts lines that one side has more often than the other: exact for sorted output, and linear for a realm of 50,000
/// people, where a shortest edit script is not.
fn lines(before: &str, after: &str) -> FileHow {
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    after.lines().for_each(|line| *balance.entry(line).or_default() += 1);
    before.lines().for_each(|line| *balance.entry(line).or_default() -= 1);
    let count = |sign: i64| balance.values().map(|number| (number * sign).max(0).unsigned_abs() as usize).sum();
    FileHow::Changed { added: count(1), removed: count(-1) }
}
