//! Where each part of an account comes from.

use nbc_model::value::OriginId;
use nbc_platform::kinds::User;

use super::grants::Grants;
use super::people::links;
use crate::lines::escape;
use crate::site::{Site, Subject, origin};
use crate::writer::{Origins, below};

/// All but the groups, which the caller knows.
pub(crate) fn origins(site: &Site<'_, '_>, grants: &Grants, user: &User<'_>, at: &str, out: &mut Origins) {
    let email = origin(&user.email);
    let fields = [
        ("", Some(site.declared(user.id.entity))),
        ("/username", Some(user.username.origin)),
        ("/email", email),
        ("/firstName", origin(&user.first_name)),
        ("/lastName", origin(&user.last_name)),
        ("/attributes/affiliation", Some(user.affiliation.origin)),
        ("/attributes/department", origin(&user.department)),
        ("/attributes/uid", origin(&user.uid)),
    ];
    out.extend(below(at, fields));
    let actions = actions_by(site, user);
    out.push((format!("{at}/enabled"), enabled_by(user)));
    out.push((format!("{at}/emailVerified"), email.into_iter().chain(actions.iter().copied()).collect()));
    out.push((format!("{at}/requiredActions"), actions));
    for entry in &user.attributes.value {
        let attribute = format!("{at}/attributes/{}", escape(entry.key));
        out.extend(entry.value.iter().enumerate().map(|(nth, item)| (format!("{attribute}/{nth}"), vec![item.origin])));
    }
    for (nth, (link, _)) in links(site, user).enumerate() {
        let fields = [
            ("/identityProvider", Some(link.provider.origin)),
            ("/userId", Some(link.id.origin)),
            ("/userName", origin(&link.name)),
        ];
        out.extend(below(&format!("{at}/federatedIdentities/{nth}"), fields));
    }
    roles(site, grants, Subject::User(user.id.entity), at, out);
}

/// The default role is the realm's; the others are those that were given.
pub(crate) fn roles(site: &Site<'_, '_>, grants: &Grants, subject: Subject, at: &str, out: &mut Origins) {
    let held = grants.of(subject);
    let realm = site.settings().map(|settings| settings.realm.origin);
    out.push((format!("{at}/clientRoles"), held.from.clone()));
    out.push((format!("{at}/realmRoles"), held.from));
    out.push((format!("{at}/realmRoles/0"), realm.into_iter().collect()));
}

fn enabled_by(user: &User<'_>) -> Vec<OriginId> {
    let days = [user.from.map(|day| day.origin), user.until.map(|day| day.origin)];
    [user.enabled.origin].into_iter().chain(days.into_iter().flatten()).collect()
}

/// What a person is asked at the next sign-in follows from the person and from the platform.
fn actions_by(site: &Site<'_, '_>, user: &User<'_>) -> Vec<OriginId> {
    let mut from = vec![user.required_actions.origin];
    from.extend(origin(&user.mfa));
    if let Some(settings) = site.settings() {
        let sign_in = &settings.sign_in.value;
        from.extend([sign_in.verify_email.origin, settings.mfa.origin, settings.mfa_methods.origin]);
        from.extend(origin(&sign_in.terms));
    }
    from
}
