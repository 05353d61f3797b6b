//! `nbc completions` and `nbc man`: what shells and `man` are given names every command.

use nbc::Exit;

use super::{example, nbc};

fn printed(arguments: &str) -> String {
    let ran = nbc(&example("lab"), arguments);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.transcript());
    ran.out
}

/// The names of all commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = printed("--help");
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = list.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&format!("completions {shell}"));
        let missing: Vec<String> = commands().into_iter().filter(|name| !script.contains(name.as_str())).collect();
        assert_eq!(missing, Vec::<String>::new(), "{shell}");
    }
}

#[test]
fn every_command_has_a_page() {
    let whole = printed("man");
    assert!(whole.contains(".TH nbc 1"), "{whole}");
    for command in commands() {
        let page = printed(&format!("man {command}"));
        assert!(page.contains(&format!(".TH nbc-{command} 1")), "{page}");
        assert!(whole.contains(&format!("nbc\\-{}(1)", command.replace('-', "\\-"))), "{command}");
    }
    let unknown = nbc(&example("lab"), "man fmtt");
    assert_eq!(unknown.exit, Exit::CouldNot);
    assert!(unknown.err.contains("did you mean `fmt`?"), "{}", unknown.err);
}

/// As git and kubectl have it.
#[test]
fn help_can_be_asked_for_as_a_command() {
    assert_eq!(printed("help"), printed("--help"));
    assert_eq!(printed("help check"), printed("check --help"));
}
