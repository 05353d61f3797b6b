//! `nbc doctor editor`: what is there, what is wrong, and the way out.

use std::path::Path;

use super::{folder, nbc_words, write};

/// A home folder, and what the doctor says of it; places of this computer are left out.
fn said(home: &Path, directory: &Path) -> String {
    let words = ["doctor", "editor", "--path", "", "--home", home.to_str().unwrap(), "-C", directory.to_str().unwrap()];
    let ran = nbc_words(words.map(str::to_owned), b"");
    let running = std::env::current_exe().unwrap();
    let text = ran.transcript().replace(home.to_str().unwrap(), "HOME").replace(directory.to_str().unwrap(), "LAB");
    text.replace(running.to_str().unwrap(), "NBC").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn an_empty_home_has_no_editor() {
    let (home, lab) = (folder(""), folder("== nbc.toml\nedition = \"2026\"\n== a.nbc\n"));
    insta::assert_snapshot!(said(home.path(), lab.path()), @"
    program    NBC, version VERSION
    PATH       no folder on it has `nbc`
               problem: an editor that starts `nbc` finds nothing
               way out: put NBC on PATH, or name it in the settings of the editor
    server     `nbc lsp` answers and offers 26 abilities
    workspace  LAB, 2 files
    editors    none is set up in this home folder; how to: nbc docs editors
    doctor     1 problem
    [1]
    ");
}

#[test]
fn editors_are_told_apart_by_whether_they_know_nbc() {
    let (home, lab) = (folder(""), folder("== a.nbc\n"));
    let put = |path: &str, text: &str| write(home.path(), path, text.as_bytes());
    put(".vscode/extensions/nbc.nbc-0.1.0/package.json", "{}");
    put(".config/Code/User/settings.json", "{ \"nbc.path\": \"/nowhere/nbc\" }");
    put(".config/nvim/lua/plugins/lab.lua", "require('nbc').setup {}");
    put(".config/helix/languages.toml", "[[language]]\nname = \"rust\"\n");
    put(".emacs", "(require 'nbc-mode)");
    put(".config/JetBrains/PyCharm2026.2/options/lsp.xml", "<option value=\"nbc lsp\"/>");
    insta::assert_snapshot!(said(home.path(), lab.path()), @"
    program    NBC, version VERSION
    PATH       no folder on it has `nbc`
               problem: an editor that starts `nbc` finds nothing
               way out: put NBC on PATH, or name it in the settings of the editor
    server     `nbc lsp` answers and offers 26 abilities
    workspace  LAB: neither here nor above is nbc.toml
               problem: a file that is opened here is judged alone, so the names of other files are unknown to it
               way out: open the folder with nbc.toml in the editor, or make one: nbc init
    VS Code    knows nbc, by HOME/.vscode/extensions/nbc.nbc-VERSION
    Neovim     knows nbc, by HOME/.config/nvim/lua/plugins/lab.lua
    Helix      is here
               problem: it does not know nbc, or not by the usual files
               way out: add nbc to languages.toml; more: nbc docs helix
    Emacs      knows nbc, by HOME/.emacs
    JetBrains  knows nbc, by HOME/.config/JetBrains/PyCharm2026.2/options/lsp.xml
    VS Code    `nbc.path` in HOME/.config/Code/User/settings.json is /nowhere/nbc
               problem: there is no such file
               way out: correct the setting, or empty it to use PATH
    doctor     4 problems
    [1]
    ");
}
