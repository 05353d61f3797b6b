//! Who decides about which part of which thing.
//!
//! Who belongs to a group and what it uses is for its owners; what it is and how much it gets is decided above it. What
//! makes somebody another person, or guards everybody, is for administrators, and never for one of them alone. A field
//! that is not named here guards: a kind that somebody adds is safe before anybody thinks of it.

use super::Gravity;
use super::Gravity::{Decide, Guard};

/// Whom to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Who answers for the thing itself.
    Owner,
    /// Of an environment also whoever may edit it.
    Editor,
    /// The owners of the group above.
    Above,
    /// Those who may make exceptions from the pack.
    Pack,
    Administrator,
}

/// Another value of a field: `quota.cpu`, `members`.
pub(super) fn of_field(kind: &str, field: &str) -> (Gravity, Whose) {
    let (first, rest) = field.split_once('.').unwrap_or((field, ""));
    match (kind, first) {
        ("pack", _) => (Guard, Whose::Pack),
        (_, "title" | "description" | "deprecated" | "labels") => (Decide, Whose::Owner),
        ("group", "members" | "max-members" | "profiles" | "environments" | "contact") => (Decide, Whose::Owner),
        ("group", "roles" | "delegates" | "members-from") => (Guard, Whose::Administrator),
        ("group" | "quota", _) => (Guard, Whose::Above),
        ("user", "first-name" | "last-name" | "department") => (Decide, Whose::Administrator),
        ("environment", "packages" | "pip") if rest.ends_with(".channel") || rest.ends_with(".url") => {
            (Guard, Whose::Administrator)
        }
        ("environment", "packages" | "pip" | "cuda" | "lock" | "until" | "replaced-by" | "keep-builds") => {
            (Decide, Whose::Editor)
        }
        ("environment", "owners" | "shared-with") => (Decide, Whose::Owner),
        ("data-source" | "storage", "read" | "write" | "review-by") => (Decide, Whose::Owner),
        ("data-source", _) => (Guard, Whose::Owner),
        ("service", "access") => (Decide, Whose::Owner),
        ("platform", "theme" | "gallery" | "contact") => (Decide, Whose::Administrator),
        _ => (Guard, Whose::Administrator),
    }
}

/// A thing that is new, by the fields that somebody wrote.
pub(super) fn of_new<'f>(kind: &str, fields: impl IntoIterator<Item = &'f str>) -> (Gravity, Whose) {
    let guards = |field: &str| {
        field == "was"
            || match kind {
                "user" => matches!(field, "roles" | "profiles" | "attributes" | "links"),
                "group" => {
                    matches!(field, "roles" | "delegates" | "members-from" | "namespace" | "self-service" | "quota")
                }
                "environment" => matches!(field, "channels" | "variables" | "file"),
                _ => true,
            }
    };
    let guards = fields.into_iter().any(guards);
    match kind {
        "user" | "group" | "environment" if guards => (Guard, Whose::Administrator),
        "user" => (Decide, Whose::Administrator),
        "group" => (Decide, Whose::Above),
        "environment" => (Decide, Whose::Owner),
        "quota" => (Guard, Whose::Above),
        "pack" => (Guard, Whose::Pack),
        _ => (Guard, Whose::Administrator),
    }
}

/// A thing that is gone.
pub(super) fn of_gone(kind: &str) -> (Gravity, Whose) {
    match kind {
        "environment" | "data-source" | "storage" | "service" => (Decide, Whose::Owner),
        "user" | "profile" | "alert" => (Decide, Whose::Administrator),
        "group" => (Decide, Whose::Above),
        "quota" => (Guard, Whose::Above),
        "pack" => (Guard, Whose::Pack),
        _ => (Guard, Whose::Administrator),
    }
}

/// Files that decide how, or whether, a change is looked at. Paths start at the root of the repository.
pub(super) fn guards_repository(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = [".github/", ".gitlab/", ".forgejo/", ".gitea/", ".circleci/", ".woodpecker/", ".azure-pipelines/"];
    folders.iter().any(|folder| path.starts_with(folder))
        || matches!(
            name,
            "CODEOWNERS"
                | ".gitlab-ci.yml"
                | ".pre-commit-config.yaml"
                | ".gitattributes"
                | ".gitmodules"
                | ".woodpecker.yml"
                | "azure-pipelines.yml"
                | "bitbucket-pipelines.yml"
                | "Jenkinsfile"
                | "nbc.toml"
                | "nbc.lock"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_thought_of_guards() {
        assert_eq!(of_field("telescope", "mirror"), (Guard, Whose::Administrator));
        assert_eq!(of_new("telescope", []), (Guard, Whose::Administrator));
        assert_eq!(of_gone("telescope"), (Guard, Whose::Administrator));
    }

    #[test]
    fn files_that_run_or_skip_the_review_are_guarded_wherever_they_lie() {
        for path in [".github/workflows/nbc.yml", "docs/CODEOWNERS", ".gitlab-ci.yml", "platform/nbc.toml"] {
            assert!(guards_repository(path), "{path}");
        }
        assert!(!guards_repository("README.md"));
    }
}
