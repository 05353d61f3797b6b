//! An identity provider whose e-mail addresses are believed and link to accounts that exist: whoever can choose an
//! address there becomes the person who has it here.

use nbc_source::{Diagnostic, Diagnostics, Fix};

use crate::codes::ACCOUNT_TAKEOVER;
use crate::draft::Draft;
use crate::kinds::{Allow, FirstLogin};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for provider in &draft.declared.identity_providers {
        let open = matches!(provider.allow.value, Allow::Anyone);
        if provider.trust_email.value && open && provider.first_login.value == FirstLogin::LinkExisting {
            out.push(
                Diagnostic::new(
                    &ACCOUNT_TAKEOVER,
                    draft.span(provider.trust_email.origin),
                    format!("whoever chooses an e-mail address at `{}` can take over an account", provider.handle),
                )
                .label("believed, and linked to the account that has it")
                .related(draft.span(provider.first_login.origin), "accounts with the same address are linked")
                .fix(
                    Fix::replace(draft.span(provider.trust_email.origin), "false", "do not believe them")
                        .may_change_meaning(),
                )
                .help("set `trust-email: false`, so that people confirm their address")
                .help("or say whose people may come: `allow: domains { names: [\"uni.example\"] }`"),
            );
        }
    }
}
