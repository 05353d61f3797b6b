//! Addresses are to be confirmed by mail, and there is no server that sends it: nobody new could ever sign in.

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::MAIL_NEEDED;
use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let Some(platform) = draft.platform() else { return };
    let verify = platform.sign_in.value.verify_email;
    if verify.value && platform.mail.is_none() {
        out.push(
            Diagnostic::new(
                &MAIL_NEEDED,
                draft.span(verify.origin),
                "addresses are confirmed by mail, and no server sends it",
            )
            .label("needs `mail`")
            .help("describe the mail server: `mail { host: \"smtp.uni.example\", from: \"hub@uni.example\" }`"),
        );
    }
}
