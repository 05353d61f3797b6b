//! What tests of models use: people with groups, files of texts, and grants as lines.

use std::collections::BTreeSet;

use nbc_backends::{Artifact, Content};

use crate::directory::{Account, Directory, Sort};
use crate::grant::{Effective, Things};
use crate::set::Set;

/// People with the groups of their tokens: `ana: /lab /lab/ml`, a line each.
pub(crate) fn people(lines: &str) -> Directory {
    let mut directory = Directory::default();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (name, groups) = line.split_once(':').unwrap();
        let groups: BTreeSet<String> = groups.split_whitespace().map(str::to_owned).collect();
        directory.add(Account { name: name.trim().to_owned(), sort: Sort::Listed, groups, enabled: true });
    }
    directory
}

/// Files of a folder of outputs.
pub(crate) fn files<const N: usize>(texts: [(&str, String); N]) -> Vec<Artifact> {
    let artifact = |(path, text): (&str, String)| Artifact {
        path: path.to_owned(),
        content: Content::Text(text),
        origins: Vec::new(),
    };
    texts.into_iter().map(artifact).collect()
}

/// The names of a set.
pub(crate) fn names(who: &Set, directory: &Directory) -> String {
    let names: Vec<&str> = who.iter().map(|number| directory.accounts()[number].name.as_str()).collect();
    names.join(", ")
}

/// Grants, then problems, a line each.
pub(crate) fn granted(effective: &Effective, directory: &Directory) -> String {
    let mut lines = String::new();
    for (permission, grants) in &effective.grants {
        for grant in grants {
            let thing = match &grant.things {
                Things::Named(name) => name.clone(),
                Things::People(over) => format!("[{}]", names(over, directory)),
            };
            let nature = if grant.by_nature { " (by nature)" } else { "" };
            lines += &format!("{permission} {thing}: {}{nature}\n", names(&grant.who, directory));
        }
    }
    for problem in &effective.problems {
        lines += &format!("{}{}: {}\n", problem.place.path, problem.place.pointer, problem.message);
    }
    lines
}
