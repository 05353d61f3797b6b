//! The realm's own settings: sign-in, passwords, locks, events, mail.

use std::collections::BTreeMap;

use nbc_model::value::OriginId;
use nbc_platform::kinds::{Mail, MailEncryption, PasswordPolicy, PlatformKind, SelfRegistration};

use super::flows;
use super::realm::{Config, Realm, Text};
use crate::site::Site;
use crate::writer::{Origins, Writer, below};

/// A realm with its settings, and where they were said.
pub(crate) fn realm(site: &Site<'_, '_>, settings: &PlatformKind<'_>) -> (Realm, Origins) {
    let sign_in = &settings.sign_in.value;
    let brute_force = &settings.brute_force.value;
    let audit = &settings.audit_events.value;
    let keep = audit.keep.value.seconds();
    let realm = Realm {
        realm: settings.realm.value.to_owned(),
        enabled: true,
        display_name: settings.title.value.to_owned(),
        ssl_required: "external",
        registration_allowed: sign_in.self_registration.value == SelfRegistration::Open,
        login_with_email_allowed: true,
        duplicate_emails_allowed: false,
        verify_email: sign_in.verify_email.value,
        reset_password_allowed: settings.mail.is_some(),
        edit_username_allowed: false,
        remember_me: sign_in.remember_me.value,
        access_token_lifespan: sign_in.token.value.seconds(),
        sso_session_idle_timeout: sign_in.idle.value.seconds(),
        sso_session_max_lifespan: sign_in.longest.value.seconds(),
        password_policy: password_policy(&settings.password_policy.value),
        brute_force_protected: true,
        permanent_lockout: brute_force.permanent.value,
        failure_factor: brute_force.failures.value,
        wait_increment_seconds: brute_force.wait.value.seconds(),
        max_failure_wait_seconds: brute_force.longest_wait.value.seconds(),
        otp_policy_type: "totp",
        otp_policy_algorithm: "HmacSHA1", // the only one that common apps know
        otp_policy_digits: 6,
        otp_policy_period: 30,
        web_authn_policy_rp_entity_name: Some(settings.title.value.to_owned()),
        events_enabled: true,
        events_expiration: keep,
        events_listeners: vec!["jboss-logging"],
        admin_events_enabled: audit.admin.value,
        admin_events_details_enabled: audit.admin.value,
        attributes: BTreeMap::from([("adminEventsExpiration".to_owned(), keep.to_string())]),
        smtp_server: settings.mail.as_ref().map(|mail| smtp(site, &mail.value)).unwrap_or_default(),
        browser_flow: flows::browser_flow(settings),
        authentication_flows: flows::flows(site),
        required_actions: flows::required_actions(settings),
        ..Realm::default()
    };
    let title = settings.title.origin;
    let origins = [
        ("", site.declared(settings.id.entity)),
        ("/realm", settings.realm.origin),
        ("/webAuthnPolicyRpEntityName", title),
        ("/attributes/adminEventsExpiration", audit.keep.origin),
        ("/adminEventsDetailsEnabled", audit.admin.origin),
        ("/browserFlow", settings.mfa_methods.origin),
        ("/displayName", title),
        ("/registrationAllowed", sign_in.self_registration.origin),
        ("/verifyEmail", sign_in.verify_email.origin),
        ("/rememberMe", sign_in.remember_me.origin),
        ("/accessTokenLifespan", sign_in.token.origin),
        ("/ssoSessionIdleTimeout", sign_in.idle.origin),
        ("/ssoSessionMaxLifespan", sign_in.longest.origin),
        ("/permanentLockout", brute_force.permanent.origin),
        ("/failureFactor", brute_force.failures.origin),
        ("/waitIncrementSeconds", brute_force.wait.origin),
        ("/maxFailureWaitSeconds", brute_force.longest_wait.origin),
        ("/eventsExpiration", audit.keep.origin),
        ("/adminEventsEnabled", audit.admin.origin),
    ];
    let mut origins: Origins = origins.into_iter().map(|(at, from)| (at.to_owned(), vec![from])).collect();
    origins.push(("/passwordPolicy".to_owned(), password_origins(&settings.password_policy.value)));
    if let Some(mail) = &settings.mail {
        origins.push(("/resetPasswordAllowed".to_owned(), vec![mail.origin]));
        origins.extend(mail_origins(&mail.value, mail.origin));
    }
    (realm, origins)
}

fn password_origins(policy: &PasswordPolicy) -> Vec<OriginId> {
    let PasswordPolicy { length, upper_case, digits, symbols, history, not_username, expires } = policy;
    let counted = [length, upper_case, digits, symbols, history].map(|count| count.origin);
    counted.into_iter().chain([not_username.origin]).chain(expires.map(|expires| expires.origin)).collect()
}

fn mail_origins(mail: &Mail<'_>, whole: OriginId) -> impl Iterator<Item = (String, Vec<OriginId>)> + use<> {
    let Mail { host, port, from, tls, username, password } = mail;
    let username = username.as_ref().map(|username| username.origin);
    let fields = [
        ("", Some(whole)),
        ("/host", Some(host.origin)),
        ("/port", Some(port.origin)),
        ("/from", Some(from.origin)),
        ("/ssl", Some(tls.origin)),
        ("/starttls", Some(tls.origin)),
        ("/auth", username),
        ("/user", username),
        ("/password", password.as_ref().map(|password| password.origin)),
    ];
    below("/smtpServer", fields)
}

/// Keycloak's one string: `length(12) and notUsername(undefined)`.
fn password_policy(policy: &PasswordPolicy) -> String {
    let PasswordPolicy { length, upper_case, digits, symbols, history, not_username, expires } = policy;
    let counted = [
        ("length", length.value),
        ("upperCase", upper_case.value),
        ("digits", digits.value),
        ("specialChars", symbols.value),
        ("passwordHistory", history.value),
        // A day is the smallest that Keycloak counts in.
        ("forceExpiredPasswordChange", expires.map_or(0, |expires| (expires.value.seconds() / 86_400).max(1))),
    ];
    let counted = counted.into_iter().filter(|(_, count)| *count > 0).map(|(rule, count)| format!("{rule}({count})"));
    let username = not_username.value.then(|| "notUsername(undefined)".to_owned());
    counted.chain(username).collect::<Vec<_>>().join(" and ")
}

fn smtp(site: &Site<'_, '_>, mail: &Mail<'_>) -> Config {
    let Mail { host, port, from, tls, username, password } = mail;
    let mut config: Config = BTreeMap::from([
        ("host".to_owned(), host.value.into()),
        ("port".to_owned(), port.value.to_string().into()),
        ("from".to_owned(), from.value.into()),
        ("ssl".to_owned(), (tls.value == MailEncryption::Tls).into()),
        ("starttls".to_owned(), (tls.value == MailEncryption::Starttls).into()),
        ("auth".to_owned(), username.is_some().into()),
    ]);
    if let Some(username) = username {
        config.insert("user".to_owned(), username.value.into());
    }
    if let Some(password) = password {
        config.insert("password".to_owned(), Text::Secret(site.secret_variable(password.value)));
    }
    config
}

pub(crate) fn say_what_is_missing(settings: &PlatformKind<'_>, site: &Site<'_, '_>, writer: &mut Writer<'_>) {
    let path = site.draft().path(settings.id.entity);
    let sign_in = &settings.sign_in.value;
    let mut missing = |field: &str, origin: OriginId, why: &str| {
        writer.not_expressed(format!("{path}.{field}"), Some(origin), why);
    };
    if sign_in.self_registration.value == SelfRegistration::Approve {
        let why = "Keycloak has no waiting room: registration is off, and an admin makes the accounts";
        missing("sign-in.self-registration", sign_in.self_registration.origin, why);
    }
    if let Some(terms) = sign_in.terms {
        let why = "the text itself belongs to a login theme; Keycloak asks everyone to accept the terms of its theme";
        missing("sign-in.terms", terms.origin, why);
    }
}
