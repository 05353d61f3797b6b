//! The declarative user profile: every attribute that a user of the file has is declared, or the console and the API
//! would hide it and refuse to keep it.
//!
//! Names and mail are not asked for at sign-in, since the files know what they need; a username may be as short as the
//! files allow, so that nobody is imported whom the API would then refuse to change.

use std::collections::{BTreeMap, BTreeSet};

use super::people;
use super::realm::{UserProfile, UserProfileAttribute, UserProfilePermissions};
use crate::site::Site;

pub(crate) fn user_profile(site: &Site<'_, '_>) -> UserProfile {
    let own = ["admin", "user"];
    let standard = |name: &str, validations: &[(&'static str, &[(&'static str, i64)])]| UserProfileAttribute {
        name: name.to_owned(),
        // A message key of Keycloak's own, in the reader's language.
        display_name: Some(format!("${{{name}}}")),
        validations: validations.iter().map(|(rule, bounds)| (*rule, bounds.iter().copied().collect())).collect(),
        permissions: Some(UserProfilePermissions { view: own.to_vec(), edit: own.to_vec() }),
        multivalued: false,
    };
    let name_rules: [(&'static str, &[(&'static str, i64)]); 2] =
        [("length", &[("max", 255)]), ("person-name-prohibited-characters", &[])];
    let mut attributes = vec![
        standard(
            "username",
            &[
                ("length", &[("min", 1), ("max", 255)]),
                ("username-prohibited-characters", &[]),
                ("up-username-not-idn-homograph", &[]),
            ],
        ),
        standard("email", &[("email", &[]), ("length", &[("max", 255)])]),
        standard("firstName", &name_rules),
        standard("lastName", &name_rules),
    ];
    attributes.extend(used(site).into_iter().map(|name| UserProfileAttribute {
        name,
        display_name: None,
        validations: BTreeMap::new(),
        permissions: Some(UserProfilePermissions { view: own.to_vec(), edit: vec!["admin"] }),
        multivalued: true,
    }));
    UserProfile { attributes }
}

/// Attributes of users and those that identity providers fill, beside the standard ones.
fn used(site: &Site<'_, '_>) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        site.platform.declared().users.iter().flat_map(|user| people::attributes(user).into_keys()).collect();
    for provider in &site.platform.declared().identity_providers {
        names.extend(provider.attributes.value.iter().map(|entry| entry.key.to_owned()));
    }
    for name in ["username", "email", "firstName", "lastName"] {
        names.remove(name);
    }
    names
}
