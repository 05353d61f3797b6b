//! Which editors are on this computer, and whether they know nbc: by the files in which they keep their settings.

use std::path::{Path, PathBuf};

use super::Looked;

/// An editor, and where its files lie below the home folder. `*` stands for the rest of one name.
struct Editor {
    name: &'static str,
    /// One of these is there where the editor is.
    there: &'static [&'static str],
    /// A file with this text in it means that the editor knows nbc; without a text, its being there does.
    knows: &'static [(&'static str, &'static str)],
    way_out: &'static str,
}

const EDITORS: &[Editor] = &[
    Editor {
        name: "VS Code",
        there: &[".vscode", ".vscode-server", ".vscode-oss", ".config/Code", ".local/share/code-server"],
        knows: &[
            (".vscode/extensions/nbc.nbc-*", ""),
            (".vscode-server/extensions/nbc.nbc-*", ""),
            (".vscode-oss/extensions/nbc.nbc-*", ""),
            (".local/share/code-server/extensions/nbc.nbc-*", ""),
        ],
        way_out: "code --install-extension nbc.vsix; more: nbc docs vscode",
    },
    Editor {
        name: "Neovim",
        there: &[".config/nvim"],
        knows: &[
            (".config/nvim/init.lua", "nbc"),
            (".config/nvim/init.vim", "nbc"),
            (".config/nvim/lua/*", "nbc"),
            (".config/nvim/lua/*/*", "nbc"),
            (".config/nvim/lsp/nbc.lua", ""),
        ],
        way_out: "require('nbc').setup {} in init.lua; more: nbc docs neovim",
    },
    Editor {
        name: "Helix",
        there: &[".config/helix"],
        knows: &[(".config/helix/languages.toml", "language-server.nbc")],
        way_out: "add nbc to languages.toml; more: nbc docs helix",
    },
    Editor {
        name: "Emacs",
        there: &[".emacs", ".emacs.d", ".config/emacs"],
        knows: &[(".emacs", "nbc-mode"), (".emacs.d/init.el", "nbc-mode"), (".config/emacs/init.el", "nbc-mode")],
        way_out: "(require 'nbc-mode) in the init file; more: nbc docs emacs",
    },
    Editor {
        name: "Zed",
        there: &[".config/zed"],
        knows: &[(".local/share/zed/extensions/installed/nbc*", ""), (".config/zed/settings.json", "nbc")],
        way_out: "install the development extension; more: nbc docs zed",
    },
    Editor {
        name: "JetBrains",
        there: &[".config/JetBrains"],
        knows: &[(".config/JetBrains/*/options/*", "nbc lsp")],
        way_out: "add a language server `nbc lsp`; more: nbc docs jetbrains",
    },
];

/// Settings of VS Code that can name the program.
const SETTINGS: &[&str] = &[
    ".config/Code/User/settings.json",
    ".vscode-server/data/Machine/settings.json",
    ".local/share/code-server/User/settings.json",
];

/// A line for each editor that is there.
pub(super) fn look(home: &Path) -> Vec<Looked> {
    let mut report: Vec<Looked> = EDITORS.iter().filter_map(|editor| editor.look(home)).collect();
    if report.is_empty() {
        report.push(Looked::fine("editors", "none is set up in this home folder; how to: nbc docs editors"));
    }
    report.extend(SETTINGS.iter().filter_map(|path| named(&home.join(path))));
    report
}

impl Editor {
    fn look(&self, home: &Path) -> Option<Looked> {
        let is_there = self.there.iter().any(|path| home.join(path).exists());
        let proof = self.knows.iter().find_map(|(pattern, text)| {
            matching(home, pattern).into_iter().find(|path| text.is_empty() || says(path, text))
        });
        match proof {
            Some(proof) => Some(Looked::fine(self.name, format!("knows nbc, by {}", proof.display()))),
            None if is_there => Some(Looked::wrong(
                self.name,
                "is here",
                "it does not know nbc, or not by the usual files",
                self.way_out,
            )),
            None => None,
        }
    }
}

/// What `nbc.path` in a file of settings names, if that is not there.
fn named(settings: &Path) -> Option<Looked> {
    let text = text(settings)?;
    let value = text.split_once("\"nbc.path\"")?.1.split('"').nth(1)?;
    if value.is_empty() || Path::new(value).is_file() {
        return None;
    }
    let said = format!("`nbc.path` in {} is {value}", settings.display());
    Some(Looked::wrong("VS Code", said, "there is no such file", "correct the setting, or empty it to use PATH"))
}

fn says(path: &Path, wanted: &str) -> bool {
    text(path).is_some_and(|text| text.contains(wanted))
}

fn text(path: &Path) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "settings of editors lie in no workspace")]
    std::fs::read_to_string(path).ok()
}

/// The paths that a pattern fits, sorted.
fn matching(home: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![home.to_owned()];
    for step in pattern.split('/') {
        found = found.iter().flat_map(|folder| below(folder, step)).collect();
    }
    found.sort();
    found
}

fn below(folder: &Path, step: &str) -> Vec<PathBuf> {
    let Some(begin) = step.strip_suffix('*') else {
        return Some(folder.join(step)).filter(|path| path.exists()).into_iter().collect();
    };
    #[expect(clippy::disallowed_methods, reason = "settings of editors lie in no workspace")]
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let fits = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(begin);
    entries.filter(|entry| fits(&entry.file_name())).map(|entry| entry.path()).collect()
}
