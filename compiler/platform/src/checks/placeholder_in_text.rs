//! Text that an import would fill in: Keycloak replaces `${NAME}` and keycloak-config-cli `$(env:NAME)` in every text,
//! with any variable of the server, passwords included.

use nbc_model::value::{OriginId, Value};
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::PLACEHOLDER_IN_TEXT;
use crate::draft::Draft;

/// Starts of what Keycloak, keycloak-config-cli and its Java properties replace.
const PLACEHOLDERS: [&str; 2] = ["${", "$("];

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    if !draft.targets.has("keycloak") {
        return;
    }
    // What reaches a realm: titles and descriptions, and the texts of people, groups and services.
    for user in &draft.declared.users {
        let texts = [Some(user.title), user.first_name, user.last_name, user.email, user.department, user.description];
        texts.into_iter().flatten().for_each(|text| judge(draft, text.value, text.origin, out));
        for entry in &user.attributes.value {
            entry.value.iter().for_each(|item| judge(draft, item.value, item.origin, out));
        }
    }
    for group in &draft.declared.groups {
        let texts = [Some(group.title), group.description, group.cost_center];
        texts.into_iter().flatten().for_each(|text| judge(draft, text.value, text.origin, out));
    }
    for role in &draft.declared.roles {
        [Some(role.title), role.description]
            .into_iter()
            .flatten()
            .for_each(|text| judge(draft, text.value, text.origin, out));
    }
    for service in &draft.declared.services {
        let texts = [Some(service.title), service.description, service.url];
        texts.into_iter().flatten().for_each(|text| judge(draft, text.value, text.origin, out));
    }
}

fn judge(draft: &Draft<'_>, text: &str, origin: OriginId, out: &mut Diagnostics) {
    // Hardly any text has the character, and finding one character is quick.
    if !text.contains('$') {
        return;
    }
    let Some(found) = PLACEHOLDERS.iter().find(|start| text.contains(**start)) else { return };
    out.push(
        Diagnostic::new(
            &PLACEHOLDER_IN_TEXT,
            draft.span(origin),
            format!("{} would be filled in by Keycloak's import", draft.model.display(shown(draft, text))),
        )
        .label(format!("`{found}` starts a placeholder there"))
        .help(format!("leave `{found}` out of the text")),
    );
}

/// The text as the language quotes it.
fn shown(draft: &Draft<'_>, text: &str) -> Value {
    draft.model.names.find(text).map_or(Value::Absent, Value::Text)
}
