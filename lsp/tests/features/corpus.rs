//! The format of fixtures.

use std::fmt;

/// One file of fixtures.
pub(super) struct Corpus {
    /// What all cases share.
    pub(super) shared: Vec<Section>,
    pub(super) cases: Vec<Case>,
}

pub(super) struct Case {
    name: String,
    sections: Vec<Section>,
}

/// A file, or a question and its answer.
#[derive(Clone)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) text: String,
}

impl Section {
    pub(super) fn is_file(&self) -> bool {
        self.title.contains('.') && !self.title.contains(' ')
    }
}

pub(super) fn read(text: &str) -> Corpus {
    let mut corpus = Corpus { shared: Vec::new(), cases: Vec::new() };
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            corpus.cases.push(Case { name: name.to_owned(), sections: Vec::new() });
            continue;
        }
        let sections = corpus.cases.last_mut().map_or(&mut corpus.shared, |case| &mut case.sections);
        match (line.strip_prefix("--- "), sections.last_mut()) {
            (Some(title), _) => sections.push(Section { title: title.to_owned(), text: String::new() }),
            (None, Some(section)) => section.text += &format!("{line}\n"),
            (None, None) => assert!(line.is_empty(), "`{line}` stands in no section"),
        }
    }
    corpus
}

impl Corpus {
    /// Puts the answer of today to each question.
    pub(super) fn answer(&mut self, answer: impl Fn(&[Section], &str) -> String) {
        for case in &mut self.cases {
            let own = case.sections.iter().filter(|section| section.is_file());
            let files: Vec<Section> = self.shared.iter().chain(own).cloned().collect();
            for section in case.sections.iter_mut().filter(|section| !section.is_file()) {
                let text = answer(&files, &section.title);
                section.text = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
            }
        }
    }
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = |section: &Section| format!("--- {}\n{}\n", section.title, section.text.trim_end_matches('\n'));
        for shared in &self.shared {
            write!(f, "{}", section(shared))?;
        }
        for case in &self.cases {
            write!(f, "\n=== {}\n", case.name)?;
            for own in &case.sections {
                write!(f, "{}", section(own))?;
            }
        }
        Ok(())
    }
}

/// The lines that differ.
pub(super) fn difference(written: &str, answered: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (written.lines().collect(), answered.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let lines = |mark: char, lines: &[&str]| lines.iter().map(|line| format!("{mark} {line}\n")).collect::<String>();
    lines('-', &old[start..old.len() - end]) + &lines('+', &new[start..new.len() - end])
}
