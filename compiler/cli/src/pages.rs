//! The pages of the book, carried in the binary so that `nbc docs` needs no network.

/// One page.
pub(crate) struct Page {
    /// What a person types.
    pub(crate) name: &'static str,
    /// Markdown.
    pub(crate) text: &'static str,
}

macro_rules! pages {
    ($($name:literal $path:literal)*) => {
        &[$(Page { name: $name, text: include_str!(concat!("../../docs/src/", $path)) }),*]
    };
}

/// All but those that other commands print from the model: the kinds and the findings.
pub(crate) const ALL: &[Page] = pages! {
    "what" "what.md"
    "first" "first.md"
    "start" "start.md"
    "cheat-sheet" "cheat-sheet.md"
    "course" "cookbook/course.md"
    "spreadsheet" "cookbook/spreadsheet.md"
    "contractors" "cookbook/contractors.md"
    "gpu-budgets" "cookbook/gpu-budgets.md"
    "separate-bills" "cookbook/separate-bills.md"
    "staging" "cookbook/staging.md"
    "github" "cookbook/github.md"
    "environments" "cookbook/environments.md"
    "own-kind" "cookbook/own-kind.md"
    "editors" "editors.md"
    "vscode" "editors/vscode.md"
    "neovim" "editors/neovim.md"
    "helix" "editors/helix.md"
    "emacs" "editors/emacs.md"
    "zed" "editors/zed.md"
    "jetbrains" "editors/jetbrains.md"
    "reviewers" "reviewers.md"
    "changes" "changes.md"
    "policies" "policies.md"
    "threats" "threats.md"
    "grants" "grants.md"
    "workspace" "language/workspace.md"
    "text" "language/text.md"
    "declarations" "language/declarations.md"
    "types" "language/types.md"
    "expressions" "language/expressions.md"
    "functions" "language/functions.md"
    "rules" "language/rules.md"
    "stages" "language/stages.md"
    "judging" "language/judging.md"
    "escape" "language/escape.md"
    "words" "language/words.md"
    "commands" "commands.md"
    "rationale" "rationale.md"
};

impl Page {
    pub(crate) fn named(name: &str) -> Option<&'static Page> {
        ALL.iter().find(|page| page.name == name)
    }

    /// Its first line.
    pub(crate) fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// Whether it speaks of a word, as code.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.text.contains(&format!("`{word}`")) || self.text.contains(&format!("`{word}("))
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_page_of_the_contents_is_carried() {
        let contents = include_str!("../../docs/src/SUMMARY.md");
        let listed = contents.split("](").skip(1).filter_map(|rest| rest.split(".md)").next());
        let names: Vec<&str> = listed.map(|path| path.rsplit('/').next().unwrap_or(path)).collect();
        let carried: Vec<&str> = ALL.iter().map(|page| page.name).collect();
        let expected: Vec<&str> = names.into_iter().filter(|name| !["kinds", "diagnostics"].contains(name)).collect();
        assert_eq!(carried, expected);
    }
}
