//! The traps of Keycloak's import, each sprung on the real server: nbc's own realm, spoilt in one place, shows the harm there is
//! (so the check can fail), and every emitted realm is judged to stay clear of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{AREA, Admin};
use crate::Failure;
use crate::identity::{Realm, groups_of, list, text, texts};
use crate::places::Places;
use crate::report::{Judged, Report};

pub(crate) const EXPANDED_VARIABLE: &str = "NBC_TESTS_EXPANDED";
pub(crate) const EXPANDED_VALUE: &str = "read from the environment";
const EXPANDED_REALM: &str = "trap-expanded";

/// One trap: what happens to a spoilt realm, and how a realm stays clear.
struct Trap {
    name: &'static str,
    /// Spoils the realm.
    spoil: fn(&mut Value),
    harm: Harm,
    /// Says what in an emitted realm would fall into the trap.
    clear: fn(&Value) -> Result<(), Failure>,
}

/// What the server does with the spoilt realm.
enum Harm {
    /// The whole import is refused.
    Refused,
    /// It is taken, and this is true of it afterwards.
    Silent(fn(&Admin, &str) -> Result<bool, Failure>),
}

const TRAPS: [Trap; 17] = [
    Trap {
        name: "a user without `enabled` is imported switched off",
        spoil: |realm| remove(&mut realm["users"][0], "enabled"),
        harm: Harm::Silent(|admin, realm| Ok(admin.user(realm, PERSON)?["enabled"] == false)),
        clear: |realm| all(list(realm, "users"), |user| user["enabled"].is_boolean()),
    },
    Trap {
        name: "a realm without `enabled` is imported switched off",
        spoil: |realm| remove(realm, "enabled"),
        harm: Harm::Silent(|admin, realm| Ok(admin.get(&format!("/{realm}"))?["enabled"] != true)),
        clear: |realm| holds(realm["enabled"] == true),
    },
    Trap {
        name: "listing one client scope loses the built-in ones",
        spoil: |realm| realm["clientScopes"] = json!([{"name": "mine", "protocol": "openid-connect"}]),
        harm: Harm::Silent(|admin, realm| {
            Ok(!names(&admin.get(&format!("/{realm}/client-scopes"))?).any(|name| name == "profile"))
        }),
        clear: |realm| {
            absent_or(realm, "clientScopes", |scopes| {
                BUILT_IN_SCOPES.iter().all(|scope| names(scopes).any(|name| name == *scope))
            })
        },
    },
    Trap {
        name: "an unknown field refuses the whole realm",
        spoil: |realm| realm["users"][0]["comment"] = json!("who is this"),
        harm: Harm::Refused,
        clear: |_| Ok(()), // judged against the schema of the server's own version
    },
    Trap {
        name: "an unknown group path refuses the whole realm",
        spoil: |realm| realm["users"][0]["groups"] = json!(["/no/such/group"]),
        harm: Harm::Refused,
        clear: |realm| {
            let groups = groups_of(realm);
            all(list(realm, "users"), |user| texts(user, "groups").iter().all(|path| groups.contains_key(path)))
        },
    },
    Trap {
        name: "an unknown role on a user is created in silence",
        spoil: |realm| realm["users"][0]["realmRoles"] = json!(["no-such-role"]),
        harm: Harm::Silent(|admin, realm| {
            Ok(admin.answer("GET", &format!("/{realm}/roles/no-such-role"), None)?.status == 200)
        }),
        clear: |realm| {
            all(list(realm, "users"), |user| texts(user, "realmRoles").iter().all(|role| declares(realm, role)))
        },
    },
    Trap {
        name: "an unknown role on a group is created in silence",
        spoil: |realm| push(realm, "/groups", json!({"name": "trapped", "realmRoles": ["no-such-role"]})),
        harm: Harm::Silent(|admin, realm| {
            Ok(admin.answer("GET", &format!("/{realm}/roles/no-such-role"), None)?.status == 200)
        }),
        clear: |realm| {
            groups_of(realm)
                .values()
                .try_for_each(|group| holds(texts(group, "realmRoles").iter().all(|role| declares(realm, role))))
        },
    },
    Trap {
        name: "an unknown client in a user's roles refuses the whole realm",
        spoil: |realm| realm["users"][0]["clientRoles"] = json!({"no-such-client": ["role"]}),
        harm: Harm::Refused,
        clear: |realm| {
            let known = |client: &String| {
                CLIENTS_OF_SERVER.contains(&client.as_str())
                    || list(realm, "clients").iter().any(|known| text(known, "clientId") == *client)
            };
            all(list(realm, "users"), |user| {
                user["clientRoles"].as_object().is_none_or(|roles| roles.keys().all(known))
            })
        },
    },
    Trap {
        name: "listing one required action loses the others",
        spoil: |realm| realm["requiredActions"] = json!([{"alias": "CONFIGURE_TOTP", "name": "Configure OTP", "providerId": "CONFIGURE_TOTP", "enabled": true}]),
        harm: Harm::Silent(|admin, realm| {
            let actions = admin.get(&format!("/{realm}/authentication/required-actions"))?;
            Ok(!actions.as_array().into_iter().flatten().any(|action| text(action, "alias") == "UPDATE_PASSWORD"))
        }),
        clear: |realm| {
            absent_or(realm, "requiredActions", |actions| {
                actions.as_array().is_some_and(|actions| actions.len() >= REQUIRED_ACTIONS)
            })
        },
    },
    Trap {
        name: "an imported user does not get the default role",
        spoil: |realm| realm["users"][0]["realmRoles"] = json!([]),
        harm: Harm::Silent(|admin, realm| {
            Ok(!admin.usernames(&format!("/{realm}/roles/default-roles-{realm}/users"))?.contains(PERSON))
        }),
        clear: |realm| {
            let default = format!("default-roles-{}", text(realm, "realm")).to_lowercase();
            all(list(realm, "users"), |user| {
                texts(user, "realmRoles").iter().any(|role| role.to_lowercase() == default)
            })
        },
    },
    Trap {
        name: "an imported user does not get the default groups",
        spoil: |realm| {
            push(realm, "/groups", json!({"name": "trapped"}));
            realm["defaultGroups"] = json!(["/trapped"]);
        },
        harm: Harm::Silent(|admin, realm| {
            let groups = admin.get(&format!("/{realm}/groups?search=trapped&exact=true"))?;
            let identifier = groups.get(0).map(|group| text(group, "id")).unwrap_or_default();
            Ok(!identifier.is_empty() && admin.pages(&format!("/{realm}/groups/{identifier}/members"))?.is_empty())
        }),
        clear: |realm| {
            let default = texts(realm, "defaultGroups");
            all(list(realm, "users"), |user| default.is_subset(&texts(user, "groups")))
        },
    },
    Trap {
        name: "a composite that names an undeclared role refuses the whole realm",
        spoil: |realm| {
            push(
                realm,
                "/roles/realm",
                json!({"name": "outer", "composite": true, "composites": {"realm": ["no-such-role"]}}),
            )
        },
        harm: Harm::Refused,
        clear: |realm| {
            let roles = list(&realm["roles"], "realm");
            roles.iter().try_for_each(|role| {
                holds(texts(&role["composites"], "realm").iter().all(|member| declares(realm, member)))
            })
        },
    },
    Trap {
        name: "an attribute that the user profile does not declare is hidden",
        spoil: |realm| realm["users"][0]["attributes"] = json!({"no-such-attribute": ["x"]}),
        harm: Harm::Silent(|admin, realm| {
            Ok(admin.user(realm, PERSON)?["attributes"].get("no-such-attribute").is_none())
        }),
        clear: |realm| {
            let profile = user_profile(realm);
            all(list(realm, "users"), |user| {
                user["attributes"]
                    .as_object()
                    .is_none_or(|own| own.keys().all(|name| profile.contains(&format!("\"{name}\""))))
            })
        },
    },
    Trap {
        name: "a role described in more than 255 characters refuses the whole realm",
        spoil: |realm| push(realm, "/roles/realm", json!({"name": "long", "description": "x".repeat(256)})),
        harm: Harm::Refused,
        clear: |realm| {
            let short = |thing: &Value| text(thing, "description").chars().count() <= 255;
            let of_clients = realm["roles"]["client"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(_, roles)| roles.as_array())
                .flatten();
            let mut described = list(&realm["roles"], "realm").iter().chain(of_clients).chain(list(realm, "clients"));
            holds(described.all(short))
        },
    },
    Trap {
        name: "two people with one e-mail address refuse the whole realm",
        spoil: |realm| {
            let mut twin = realm["users"][0].clone();
            realm["users"][0]["email"] = json!("one@tests.example");
            twin["username"] = json!("trap-twin");
            twin["email"] = json!("One@tests.example");
            realm["users"] = json!([realm["users"][0], twin]);
        },
        harm: Harm::Refused,
        clear: |realm| {
            let mut addresses: Vec<String> = list(realm, "users")
                .iter()
                .map(|user| text(user, "email").to_lowercase())
                .filter(|address| !address.is_empty())
                .collect();
            addresses.sort();
            let count = addresses.len();
            addresses.dedup();
            holds(count == addresses.len())
        },
    },
    Trap {
        name: "an address to return to with a `#` part refuses the whole realm",
        spoil: |realm| {
            push(
                realm,
                "/clients",
                json!({"clientId": "trapped", "enabled": true, "redirectUris": ["https://trapped.example/#part"]}),
            )
        },
        harm: Harm::Refused,
        clear: |realm| {
            let addresses =
                list(realm, "clients").iter().flat_map(|client| texts(client, "redirectUris")).collect::<Vec<_>>();
            holds(addresses.iter().all(|address| address.starts_with("https://")))
        },
    },
    Trap {
        name: "a service account has no rights unless its user is listed with them",
        spoil: |realm| {
            push(
                realm,
                "/clients",
                json!({"clientId": "trapped", "enabled": true, "secret": "s", "serviceAccountsEnabled": true}),
            )
        },
        harm: Harm::Silent(|admin, realm| {
            let account = text(&admin.user(realm, "service-account-trapped")?, "id");
            let mappings = admin.get(&format!("/{realm}/users/{account}/role-mappings"))?;
            Ok(mappings.get("clientMappings").is_none())
        }),
        clear: |realm| {
            let users = list(realm, "users");
            let clients = list(realm, "clients").iter().filter(|client| client["serviceAccountsEnabled"] == true);
            clients
                .map(|client| text(client, "clientId"))
                .try_for_each(|id| holds(users.iter().any(|user| text(user, "serviceAccountClientId") == id)))
        },
    },
];

/// The person whose entry is spoilt.
const PERSON: &str = "trap-person";
const CLIENTS_OF_SERVER: [&str; 3] = ["account", "broker", "realm-management"];
const BUILT_IN_SCOPES: [&str; 14] = [
    "acr",
    "address",
    "basic",
    "email",
    "microprofile-jwt",
    "offline_access",
    "organization",
    "phone",
    "profile",
    "role_list",
    "roles",
    "saml_organization",
    "service_account",
    "web-origins",
];
/// As many as a fresh realm has.
const REQUIRED_ACTIONS: usize = 14;

pub(crate) fn judge<'a>(admin: &Admin, realms: impl Iterator<Item = &'a Realm>, report: &mut Report) {
    let mut realms: Vec<&Realm> = realms.collect();
    realms.sort_by_key(|realm| realm.written.to_string().len());
    let Some(smallest) = realms.first() else { return };
    report.check(AREA, "traps: the realm that is spoilt is taken while it is whole", unspoilt(admin, smallest));
    for (number, trap) in TRAPS.iter().enumerate() {
        let mut judged = Judged::default();
        judged.add(sprung(admin, smallest, number, trap).map_err(|why| format!("the spoilt realm: {why}")));
        for realm in &realms {
            judged.add((trap.clear)(&realm.written).map_err(|why| format!("{}: {why}", realm.file.display())));
        }
        report.check_all(AREA, &format!("trap: {}", trap.name), &judged);
    }
    report.check(AREA, "trap: `${NAME}` in any text of a realm file is read from the environment", expanded(admin));
    let mut placeholders = Judged::default();
    realms.iter().for_each(|realm| placeholders.add(whole_secrets(realm)));
    report.check_all(AREA, "trap: … and no emitted text but a whole secret says it", &placeholders);
    let mut default_role = Judged::default();
    for realm in &realms {
        let found = admin.get(&format!("/{}", realm.name)).unwrap_or_default();
        let wanted = format!("default-roles-{}", realm.name.to_lowercase());
        default_role.equal(&format!("default role of {}", realm.name), &text(&found["defaultRole"], "name"), &wanted);
        default_role.add(holds(realm.written.get("defaultRole").is_none()));
    }
    report.check_all(AREA, "trap: a default role of one's own is orphaned, none is emitted", &default_role);
}

/// Posts the spoilt realm (the same importer as at the start) and looks for the harm.
fn sprung(admin: &Admin, realm: &Realm, number: usize, trap: &Trap) -> Result<(), Failure> {
    let name = format!("trap-{number}");
    let mut spoilt = small(realm, &name)?;
    (trap.spoil)(&mut spoilt);
    let answer = admin.answer("POST", "", Some(&spoilt))?;
    match (&trap.harm, answer.status) {
        (Harm::Refused, 201) => Err("is taken".to_owned()),
        (Harm::Refused, _) => Ok(()),
        (Harm::Silent(harm), 201) => {
            harm(admin, &name).and_then(|harmed| if harmed { Ok(()) } else { Err("is not harmed".to_owned()) })
        }
        (Harm::Silent(_), status) => Err(format!("is refused: {status} {}", answer.body)),
    }
}

/// An emitted realm under another name, with one person.
fn small(realm: &Realm, name: &str) -> Result<Value, Failure> {
    let mut small = realm.declared()?;
    small["realm"] = json!(name);
    let default_role = format!("default-roles-{name}");
    let person =
        json!({"username": PERSON, "enabled": true, "email": "trap@tests.example", "realmRoles": [default_role]});
    let accounts = list(&small, "users").iter().filter(|user| user.get("serviceAccountClientId").is_some()).cloned();
    let mut users: Vec<Value> = std::iter::once(person).chain(accounts).collect();
    users.iter_mut().for_each(|user| user["realmRoles"] = json!([default_role]));
    small["users"] = json!(users);
    remove(&mut small, "defaultGroups");
    Ok(small)
}

/// What is spoilt later is taken as long as it is whole; otherwise every refusal would prove nothing.
fn unspoilt(admin: &Admin, realm: &Realm) -> Result<(), Failure> {
    admin.call("POST", "", Some(&small(realm, "trap-none")?)).map(|_| ())
}

/// A realm file in which a name is a placeholder; only files have this trap, the Admin API takes texts as they are.
pub(crate) fn expanded_file(places: &Places) -> Result<PathBuf, Failure> {
    let path = places.run.join(format!("{EXPANDED_REALM}-realm.json"));
    let user = json!({"username": PERSON, "enabled": true, "firstName": format!("${{{EXPANDED_VARIABLE}}}")});
    let realm = json!({"realm": EXPANDED_REALM, "enabled": true, "users": [user]});
    std::fs::write(&path, realm.to_string()).map_err(|cause| format!("{}: {cause}", path.display()))?;
    Ok(path)
}

fn expanded(admin: &Admin) -> Result<(), Failure> {
    let found = text(&admin.user(EXPANDED_REALM, PERSON)?, "firstName");
    if found == EXPANDED_VALUE { Ok(()) } else { Err(format!("the first name is {found:?}")) }
}

/// `${NAME}` of the environment stands only as a whole value, which somebody declared as a secret: never inside what people wrote.
/// Names in lower case are Keycloak's own message keys (`${username}`).
fn whole_secrets(realm: &Realm) -> Result<(), Failure> {
    fn walk(key: &str, value: &Value, names: &BTreeSet<String>) -> Result<(), Failure> {
        match value {
            Value::Object(fields) => fields.iter().try_for_each(|(key, value)| walk(key, value, names)),
            Value::Array(items) => items.iter().try_for_each(|item| walk(key, item, names)),
            Value::String(text) => {
                let inside = |name: &String| text.contains(&format!("${{{name}}}")) && *text != format!("${{{name}}}");
                if names.iter().any(inside) { Err(format!("`{key}` says {text:?}")) } else { Ok(()) }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }
    walk("", &realm.written, &realm.placeholders()).map_err(|why| format!("{}: {why}", realm.file.display()))
}

fn user_profile(realm: &Value) -> String {
    let components = list(&realm["components"], "org.keycloak.userprofile.UserProfileProvider");
    components.iter().flat_map(|component| texts(&component["config"], "kc.user.profile.config")).collect()
}

fn declares(realm: &Value, role: &str) -> bool {
    role.to_lowercase() == format!("default-roles-{}", text(realm, "realm")).to_lowercase()
        || list(&realm["roles"], "realm").iter().any(|known| text(known, "name") == role)
}

fn names(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().map(|item| text(item, "name"))
}

/// Adds to a list of the realm, which is made when it is not there.
fn push(realm: &mut Value, pointer: &str, item: Value) {
    let place = pointer.split('/').skip(1).fold(realm, |place, key| &mut place[key]);
    match place {
        Value::Array(list) => list.push(item),
        place => *place = json!([item]),
    }
}

fn remove(object: &mut Value, key: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.shift_remove(key);
    }
}

fn holds(condition: bool) -> Result<(), Failure> {
    if condition { Ok(()) } else { Err("falls into it".to_owned()) }
}

fn all(items: &[Value], condition: impl Fn(&Value) -> bool) -> Result<(), Failure> {
    match items.iter().find(|item| !condition(item)) {
        Some(item) => Err(format!("falls into it: {item}")),
        None => Ok(()),
    }
}

fn absent_or(realm: &Value, key: &str, condition: impl Fn(&Value) -> bool) -> Result<(), Failure> {
    realm.get(key).map_or(Ok(()), |value| holds(condition(value)))
}
