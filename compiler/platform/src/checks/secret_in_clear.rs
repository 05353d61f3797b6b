//! A text that is a secret by its name or its look. Everybody who can read the repository, the pod or the manifest has it.

use nbc_model::value::OriginId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::SECRET_IN_CLEAR;
use crate::draft::Draft;
use crate::kinds::SecretOrText;
use crate::values::Entry;

/// Words of a variable's name that say what it holds.
const NAMES: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL"];
/// Starts of well-known tokens: GitHub, AWS, Slack, OpenAI, GitLab, Hugging Face, private keys.
const LOOKS: [&str; 9] = ["ghp_", "github_pat_", "AKIA", "xoxb-", "xoxp-", "sk-", "glpat-", "hf_", "-----BEGIN"];

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    if let Some(platform) = draft.platform() {
        judge(draft, &platform.server.value.variables.value, out);
    }
    for profile in &draft.declared.profiles {
        judge(draft, &profile.variables.value, out);
        let choices = profile.options.value.iter().flat_map(|option| &option.value.choices.value);
        choices.for_each(|choice| judge(draft, &choice.value.variables.value, out));
    }
    for user in &draft.declared.users {
        for entry in &user.attributes.value {
            entry.value.iter().for_each(|text| judge_one(draft, entry.key, text.value, text.origin, out));
        }
    }
    for environment in &draft.declared.environments {
        for entry in &environment.variables.value {
            judge_one(draft, entry.key, entry.value, entry.origin, out);
        }
    }
}

fn judge(draft: &Draft<'_>, variables: &[Entry<&str, SecretOrText<'_>>], out: &mut Diagnostics) {
    for entry in variables {
        match entry.value {
            SecretOrText::Text(text) => judge_one(draft, entry.key, text, entry.origin, out),
            SecretOrText::Secret(_) => {}
        }
    }
}

fn judge_one(draft: &Draft<'_>, name: &str, text: &str, origin: OriginId, out: &mut Diagnostics) {
    if is_secret(name, text) {
        out.push(
            Diagnostic::new(&SECRET_IN_CLEAR, draft.span(origin), format!("`{name}` holds a secret in clear"))
                .label("everybody who reads the files has it")
                .help(format!("keep it elsewhere and point to it: `secret {0} {{ from: kubernetes {{ name: \"{0}\", key: \"value\" }} }}`", handle(name)))
                .help("renew it: it has been read already"),
        );
    }
}

/// By its look, or by its name where it is not an address, a path, a number or a switch.
fn is_secret(name: &str, text: &str) -> bool {
    if LOOKS.iter().any(|start| text.starts_with(start) && text.len() >= start.len() + 12) {
        return true;
    }
    let name: String = name.to_ascii_uppercase().replace(['_', '-'], "");
    let named = NAMES.iter().any(|word| name.ends_with(word));
    let harmless = text.is_empty() || text.contains("://") || text.starts_with('/') || text.parse::<f64>().is_ok();
    named && !harmless && text != "true" && text != "false"
}

fn handle(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn secrets_are_told_from_what_only_sounds_like_one() {
        for (name, text) in [("DB_PASSWORD", "hunter2"), ("X", "ghp_abcdefghijklmnop"), ("API_TOKEN", "abc")] {
            assert!(is_secret(name, text), "{name} {text}");
        }
        for (name, text) in [("TOKEN", "https://idp.example/token"), ("PASSWORD_LENGTH", "12"), ("MODE", "secret")] {
            assert!(!is_secret(name, text), "{name} {text}");
        }
    }
}
