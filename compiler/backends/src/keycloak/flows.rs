//! Sign-in flows beside Keycloak's own, only where the declarations ask for them. What a file does not list of the
//! built-in flows is made by the import all the same; a listed `requiredActions` replaces the whole list.

use nbc_platform::kinds::{FirstLogin, Mfa, MfaMethod, PlatformKind};

use super::providers;
use super::realm::{Execution, Flow, RequiredActionProvider};
use crate::site::Site;

pub(crate) const BROWSER: &str = "nbc browser";
const FORMS: &str = "nbc forms";
const SECOND_FACTOR: &str = "nbc second factor";
pub(crate) const LINK: &str = "nbc link existing";
pub(crate) const LINK_TRUSTED: &str = "nbc link by e-mail";
const PROVE: &str = "nbc prove account";
pub(crate) const DENY: &str = "nbc deny";

/// The flow that people sign in by, where it is not Keycloak's own.
pub(crate) fn browser_flow(settings: &PlatformKind<'_>) -> Option<&'static str> {
    let webauthn = settings.mfa_methods.value.iter().any(|item| item.value == MfaMethod::Webauthn);
    (webauthn && settings.mfa.value != Mfa::Off).then_some(BROWSER)
}

/// The flow of somebody's first login through a provider; `None` is Keycloak's own, which makes accounts.
pub(crate) fn first_login_flow(first: FirstLogin, trusted: bool) -> Option<&'static str> {
    match (first, trusted) {
        (FirstLogin::Create, _) => None,
        (FirstLogin::LinkExisting, true) => Some(LINK_TRUSTED),
        (FirstLogin::LinkExisting, false) => Some(LINK),
        (FirstLogin::Deny, _) => Some(DENY),
    }
}

pub(crate) fn flows(site: &Site<'_, '_>) -> Vec<Flow> {
    let mut flows = Vec::new();
    if let Some(settings) = site.settings().filter(|settings| browser_flow(settings).is_some()) {
        flows.extend(browser(settings.mfa_methods.value.iter().any(|item| item.value == MfaMethod::Otp)));
    }
    let first_logins = site.platform.declared().identity_providers.iter().filter(|row| providers::is_broker(row));
    let mut used: Vec<&str> =
        first_logins.filter_map(|row| first_login_flow(row.first_login.value, row.trust_email.value)).collect();
    used.sort_unstable();
    used.dedup();
    for name in used {
        match name {
            DENY => flows.push(top(
                DENY,
                "Turns away who comes for the first time",
                vec![step("deny-access-authenticator")],
            )),
            LINK_TRUSTED => flows.push(top(
                LINK_TRUSTED,
                "Lets in who has an account with the same e-mail address",
                vec![step("idp-detect-existing-broker-user"), step("idp-auto-link")],
            )),
            _ => flows.extend(link_after_proof()),
        }
    }
    flows.iter_mut().for_each(number);
    flows
}

fn browser(otp: bool) -> Vec<Flow> {
    let mut factors = vec![step("conditional-user-configured")];
    if otp {
        factors.push(alternative("auth-otp-form"));
    }
    factors.push(alternative("webauthn-authenticator"));
    vec![
        top(
            BROWSER,
            "Sign-in with codes or security keys as a second factor",
            vec![alternative("auth-cookie"), alternative("identity-provider-redirector"), sub(FORMS, "ALTERNATIVE")],
        ),
        below(FORMS, vec![step("auth-username-password-form"), sub(SECOND_FACTOR, "CONDITIONAL")]),
        below(SECOND_FACTOR, factors),
    ]
}

/// An address that the provider does not vouch for proves nothing: the account's owner confirms by mail or password.
fn link_after_proof() -> Vec<Flow> {
    vec![
        top(
            LINK,
            "Lets in who has an account with the same e-mail address and proves that it is theirs",
            vec![step("idp-detect-existing-broker-user"), step("idp-confirm-link"), sub(PROVE, "REQUIRED")],
        ),
        below(PROVE, vec![alternative("idp-email-verification"), alternative("idp-username-password-form")]),
    ]
}

fn top(alias: &'static str, description: &'static str, steps: Vec<Execution>) -> Flow {
    Flow { top_level: true, description: Some(description), ..below(alias, steps) }
}

fn below(alias: &'static str, steps: Vec<Execution>) -> Flow {
    Flow {
        alias,
        description: None,
        provider_id: "basic-flow",
        top_level: false,
        built_in: false,
        authentication_executions: steps,
    }
}

fn step(authenticator: &'static str) -> Execution {
    Execution { authenticator: Some(authenticator), requirement: "REQUIRED", ..Execution::default() }
}

fn alternative(authenticator: &'static str) -> Execution {
    Execution { requirement: "ALTERNATIVE", ..step(authenticator) }
}

fn sub(alias: &'static str, requirement: &'static str) -> Execution {
    Execution { flow_alias: Some(alias), authenticator_flow: true, requirement, ..Execution::default() }
}

fn number(flow: &mut Flow) {
    for (execution, priority) in flow.authentication_executions.iter_mut().zip((10..).step_by(10)) {
        execution.priority = priority;
    }
}

/// Keycloak 26's own required actions (partial export of an empty realm of 26.7.3): alias, name, enabled, priority.
const ACTIONS: [(&str, &str, bool, i64); 14] = [
    ("TERMS_AND_CONDITIONS", "Terms and Conditions", false, 20),
    ("UPDATE_PROFILE", "Update Profile", true, 40),
    ("VERIFY_EMAIL", "Verify Email", true, 50),
    ("CONFIGURE_TOTP", "Configure OTP", true, 54),
    ("UPDATE_PASSWORD", "Update Password", true, 57),
    ("delete_account", "Delete Account", false, 60),
    ("UPDATE_EMAIL", "Update Email", false, 70),
    ("webauthn-register", "Webauthn Register", true, 80),
    ("webauthn-register-passwordless", "Webauthn Register Passwordless", true, 90),
    ("VERIFY_PROFILE", "Verify Profile", true, 100),
    ("delete_credential", "Delete Credential", true, 110),
    ("idp_link", "Linking Identity Provider", true, 120),
    ("CONFIGURE_RECOVERY_AUTHN_CODES", "Recovery Authentication Codes", true, 130),
    ("update_user_locale", "Update User Locale", true, 1000),
];

/// The complete list, where the declarations change any of it; none where Keycloak's own is right.
pub(crate) fn required_actions(settings: &PlatformKind<'_>) -> Vec<RequiredActionProvider> {
    let methods = || settings.mfa_methods.value.iter().map(|item| item.value);
    let mfa = settings.mfa.value;
    let terms = settings.sign_in.value.terms.is_some();
    let (otp, webauthn) = (methods().any(|m| m == MfaMethod::Otp), methods().any(|m| m == MfaMethod::Webauthn));
    if mfa == Mfa::Optional && otp && webauthn && !terms {
        return Vec::new();
    }
    let row = |(alias, name, enabled, priority): (&'static str, &'static str, bool, i64)| {
        let (enabled, default_action) = match alias {
            "TERMS_AND_CONDITIONS" => (terms, terms),
            "CONFIGURE_TOTP" => (mfa != Mfa::Off && otp, mfa == Mfa::Required && otp),
            "webauthn-register" => (mfa != Mfa::Off && webauthn, mfa == Mfa::Required && webauthn && !otp),
            _ => (enabled, false),
        };
        RequiredActionProvider { alias, name, provider_id: alias, enabled, default_action, priority }
    };
    ACTIONS.into_iter().map(row).collect()
}
