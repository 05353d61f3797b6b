//! Reads a page from top to bottom as a person would, doing what each block says.
//!
//! | block | what happens |
//! |---|---|
//! | `nbc` | judged as a workspace of its own: its errors are those that comments `# error: NAME` foretell, no others |
//! | `nbc holds` | every line is an expression that is true |
//! | any language, `around=PATH` | a file beside every such block that follows |
//! | any language, `file=PATH` or `add=PATH` | written into the page's folder, or added to the end of a file there |
//! | `diff file=PATH` | the lines with `-` become those with `+` |
//! | any language, `in=PATH` | this text is in the file |
//! | `console` | run in the page's folder; what is printed is the rest of the block |
//!
//! Every whole `nbc` block stands in the one style, as `nbc fmt` writes it.

use std::collections::BTreeSet;

use nbc_driver::{Memory, Scope, analyse, compile, emit};
use nbc_model::value::Date;
use nbc_source::{Diagnostic, Diagnostics, FileId, Level, Sources};
use nbc_syntax::{format, parse};

use crate::page::{Block, blocks};
use crate::shell::Shell;

/// What came of a page.
pub(crate) struct Reading {
    /// `page.md:12: what is wrong`
    pub(crate) faults: Vec<String>,
    /// The page with everything that is printed as it is printed today.
    pub(crate) corrected: String,
}

pub(crate) fn read(name: &str, page: &str) -> Reading {
    let mut reader = Reader { shell: Shell::new(), around: Memory::new().with("nbc.toml", "edition = \"2026\"\n") };
    let mut reading = Reading { faults: Vec::new(), corrected: page.to_owned() };
    let mut prints = Vec::new();
    for block in blocks(page) {
        match reader.block(&block) {
            Ok(None) => {}
            Ok(Some(printed)) if printed == block.text => {}
            Ok(Some(printed)) => {
                reading.faults.push(format!("{name}:{}: this block should be:\n{printed}", block.line));
                prints.push((block.range, printed));
            }
            Err(fault) => reading.faults.push(format!("{name}:{}: {fault}", block.line)),
        }
    }
    for (range, printed) in prints.into_iter().rev() {
        reading.corrected.replace_range(range, &printed);
    }
    reading
}

struct Reader {
    shell: Shell,
    around: Memory,
}

impl Reader {
    /// What a block should be, where nbc has a say in it.
    fn block(&mut self, block: &Block<'_>) -> Result<Option<String>, String> {
        match (block.language, block.words.as_slice()) {
            ("console", []) => return self.shell.transcript(block.text).map(Some),
            ("diff", [("file", path)]) => self.change(path, block.text)?,
            (_, [("around", path)]) => self.around = std::mem::take(&mut self.around).with(path, block.text),
            (_, [("file", path)]) => self.shell.write(path, block.text),
            (_, [("add", path)]) => self.shell.write(path, &(self.shell.read(path)? + block.text)),
            (_, [("in", path)]) if self.shell.read(path)?.contains(block.text) => {}
            (_, [("in", path)]) => return Err(format!("this is not in `{path}`")),
            ("nbc", [("holds", _)]) => self.holds(block.text)?,
            ("nbc", []) => self.judge(block.text)?,
            (_, []) if block.language != "nbc" => {}
            _ => return Err("the runner does not know this block".to_owned()),
        }
        let is_whole = block.language == "nbc" && !block.words.iter().any(|(word, _)| ["holds", "in"].contains(word));
        Ok(is_whole.then(|| format(&parse(block.text, FileId(0)), &[])).flatten())
    }

    fn change(&self, path: &str, change: &str) -> Result<(), String> {
        let side = |other: char| -> String {
            let lines = change.lines().filter(|line| !line.starts_with(other));
            lines.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect()
        };
        let (old, new, text) = (side('+'), side('-'), self.shell.read(path)?);
        if text.matches(&old).count() != 1 {
            return Err(format!("the old lines are not there once in `{path}`"));
        }
        self.shell.write(path, &text.replace(&old, &new));
        Ok(())
    }

    fn judge(&self, text: &str) -> Result<(), String> {
        let host = self.around.clone().with("snippet.nbc", text);
        let as_of = |_: &str| Date::from_civil(2026, 11, 20).unwrap();
        let expected: BTreeSet<&str> = text.lines().filter_map(|line| Some(line.split_once("# error: ")?.1)).collect();
        let mut analysis = analyse(&host, Scope::Folder, &as_of);
        if analysis.findings.has_errors() {
            return compare(&analysis.findings, analysis.sources(), &expected);
        }
        let compiled = compile(&mut analysis, None, &as_of);
        let mut findings = compiled.findings.clone();
        findings.extend(emit(&compiled, &[], false).findings);
        compare(&findings, compiled.sources, &expected)
    }

    /// Each line is what a kind of its own requires.
    fn holds(&self, text: &str) -> Result<(), String> {
        let lines = text.lines().map(|line| line.split(" # ").next().unwrap_or_default().trim());
        let claims: String = lines
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .map(|(number, line)| format!("  require {line} \"line {}\"\n", number + 1))
            .collect();
        self.judge(&format!("kind claim {{\n{claims}}}\nclaim one {{ }}\n"))
    }
}

/// A snippet is no platform, so what is only doubtful is not asked for.
fn compare(findings: &Diagnostics, sources: &Sources, expected: &BTreeSet<&str>) -> Result<(), String> {
    let errors: Vec<&Diagnostic> = findings.iter().filter(|found| found.level == Level::Error).collect();
    if errors.iter().map(|found| found.code.name).collect::<BTreeSet<_>>() == *expected {
        return Ok(());
    }
    let place = |span| sources.place(span);
    let shown = errors
        .iter()
        .map(|found| format!("{} {}: {}", found.span.map(place).unwrap_or_default(), found.code.name, found.message));
    Err(format!("expected {expected:?}, found:\n{}", shown.collect::<Vec<_>>().join("\n")))
}
