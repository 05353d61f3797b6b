//! Slips that a backend could make, each made in the emitted bytes and each found, with a word of what the server would do.

use nbc_backends::Artifact;
use serde_json::{Value, json};

use super::{analysed, text_mut, told, validated};

const LAB: &str = include_str!("lab.nbc");

/// A slip, and what must be told of it.
struct Fault {
    name: &'static str,
    make: fn(&mut Vec<Artifact>),
    told: &'static str,
}

const PROFILES: &str = "jupyterhub/profiles.json";
const VALUES: &str = "jupyterhub/values.yaml";
const REALM: &str = "keycloak/lab-realm.json";

fn in_json(artifacts: &mut [Artifact], path: &str, change: impl Fn(&mut Value)) {
    let text = text_mut(artifacts, path);
    let mut value: Value = serde_json::from_str(text).unwrap();
    let before = value.clone();
    change(&mut value);
    assert_ne!(before, value, "the slip in {path} changes nothing");
    *text = serde_json::to_string_pretty(&value).unwrap() + "\n";
}

fn in_text(artifacts: &mut [Artifact], path: &str, from: &str, to: &str) {
    let text = text_mut(artifacts, path);
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1);
}

/// The profiles of the hub, in the file and inside of the values, as a backend would write both.
fn in_profiles(artifacts: &mut [Artifact], change: impl Fn(&mut Value)) {
    in_json(artifacts, PROFILES, change);
    let facts = text_mut(artifacts, PROFILES).clone();
    in_values(artifacts, |values| values["hub"]["extraFiles"]["nbc-profiles"]["stringData"] = json!(facts));
}

/// JSON is YAML.
fn in_values(artifacts: &mut [Artifact], change: impl Fn(&mut Value)) {
    let text = text_mut(artifacts, VALUES);
    let mut value: Value = serde_saphyr::from_str(text).unwrap();
    change(&mut value);
    *text = value.to_string();
}

/// The realm by all three routes.
fn in_realm(artifacts: &mut Vec<Artifact>, change: impl Fn(&mut Value)) {
    in_json(artifacts, REALM, &change);
    artifacts.retain(|artifact| artifact.path == REALM || !artifact.path.starts_with("keycloak/"));
}

fn named<'v>(list: &'v mut Value, key: &str, name: &str) -> &'v mut Value {
    list.as_array_mut().unwrap().iter_mut().find(|row| row[key] == name).unwrap()
}

fn profile<'v>(facts: &'v mut Value, slug: &str) -> &'v mut Value {
    named(&mut facts["profiles"], "slug", slug)
}

fn client<'v>(realm: &'v mut Value, id: &str) -> &'v mut Value {
    named(&mut realm["clients"], "clientId", id)
}

const FAULTS: &[Fault] = &[
    Fault {
        name: "the mapper of groups is lost",
        make: |files| in_realm(files, |realm| client(realm, "jupyterhub")["protocolMappers"] = json!([])),
        told: "narrower-than-decided jupyterhub would not let ana, bob, chen and 2 more do what was decided: `service.open` on `service.jupyterhub`",
    },
    Fault {
        name: "the claim is not on the page of the user",
        make: |files| {
            in_realm(files, |realm| {
                client(realm, "jupyterhub")["protocolMappers"][0]["config"]["userinfo.token.claim"] = json!("false");
            });
        },
        told: "jupyterhub would not let ana and chen do what was decided: `profile.launch` on `profile.large`",
    },
    Fault {
        name: "one client tells names and not paths",
        make: |files| {
            in_realm(files, |realm| {
                client(realm, "jupyterhub")["protocolMappers"][0]["config"]["full.path"] = json!("false")
            });
        },
        told: "jupyterhub would not let root do what was decided: `service.administer` on `service.jupyterhub`",
    },
    Fault {
        name: "two groups swap people",
        make: |files| {
            in_realm(files, |realm| {
                named(&mut realm["users"], "username", "ana")["groups"] = json!(["/lab", "/lab/climate"]);
            });
        },
        told: "wider-than-decided the sign-in would put ana into /lab/climate, where they do not belong",
    },
    Fault {
        name: "groups above are not told",
        make: |files| {
            in_realm(files, |realm| named(&mut realm["users"], "username", "bob")["groups"] = json!(["/lab/climate"]))
        },
        told: "narrower-than-decided the sign-in would not put bob into /lab",
    },
    Fault {
        name: "a disabled person is enabled",
        make: |files| in_realm(files, |realm| named(&mut realm["users"], "username", "eve")["enabled"] = json!(true)),
        told: "wider-than-decided eve could sign in, and should not",
    },
    Fault {
        name: "`enabled` is left out",
        make: |files| {
            in_realm(files, |realm| {
                named(&mut realm["users"], "username", "dana").as_object_mut().unwrap().remove("enabled");
            });
        },
        told: "narrower-than-decided dana could not sign in, and should",
    },
    Fault {
        name: "a role of the realm's management slips into the wrong group",
        make: |files| {
            in_realm(files, |realm| realm["groups"][0]["clientRoles"] = json!({"realm-management": ["manage-users"]}));
        },
        told: "wider-than-decided keycloak would let ana, bob, chen and 5 more do what was not decided: `platform.administer` on `platform.lab`",
    },
    Fault {
        name: "one route into Keycloak has other people",
        make: |files| in_text(files, "keycloak/config-cli/lab.yaml", "- /lab/ml", "- /ops"),
        told: "misread-output `keycloak/config-cli/lab.yaml` would not be read as it is meant: `ana` has other groups or roles than in keycloak/lab-realm.json",
    },
    Fault {
        name: "a list of scopes drives the built-in ones away",
        make: |files| in_realm(files, |realm| realm["clientScopes"] = json!([{"name": "groups"}])),
        told: "jupyterhub would not let ana, bob, chen and 2 more do what was decided: `service.open` on `service.jupyterhub`",
    },
    Fault {
        name: "a profile is offered to the group above",
        make: |files| in_profiles(files, |facts| profile(facts, "large")["access"]["groups"] = json!(["/lab"])),
        told: "wider-than-decided jupyterhub would let bob, dana, somebody who joins /lab and 2 more do what was not decided: `profile.launch` on `profile.large`",
    },
    Fault {
        name: "a profile is offered to a group that is still empty",
        make: |files| {
            in_profiles(files, |facts| profile(facts, "large")["access"]["groups"] = json!(["/lab/ml", "/lab/empty"]))
        },
        told: "wider-than-decided jupyterhub would let somebody who joins /lab/empty do what was not decided: `profile.launch` on `profile.large`",
    },
    Fault {
        name: "a single person is added to a profile",
        make: |files| {
            in_profiles(files, |facts| profile(facts, "large")["access"]["users"] = json!({"bob": ["/lab/climate"]}))
        },
        told: "wider-than-decided jupyterhub would let bob do what was not decided: `profile.launch` on `profile.large`",
    },
    Fault {
        name: "two profiles swap their access",
        make: |files| {
            in_profiles(files, |facts| {
                profile(facts, "large")["access"]["groups"] = json!(["/lab", "/ops"]);
                profile(facts, "small")["access"]["groups"] = json!(["/lab/ml"]);
            });
        },
        told: "narrower-than-decided jupyterhub would not let bob, dana and root do what was decided: `profile.launch` on `profile.small`",
    },
    Fault {
        name: "nobody pays for who is listed",
        make: |files| {
            in_profiles(files, |facts| {
                profile(facts, "large")["access"] = json!({"groups": [], "users": {"ana": [], "chen": ["/lab/ml"]}})
            });
        },
        told: "narrower-than-decided jupyterhub would not let ana do what was decided: `profile.launch` on `profile.large`",
    },
    Fault {
        name: "the filter of profiles is not loaded",
        make: |files| in_text(files, VALUES, "nbc_hub.configure(c)", "pass"),
        told: "misread-output `jupyterhub/values.yaml` would not be read as it is meant: nothing calls `nbc_hub.configure`, so profiles are offered to everybody",
    },
    Fault {
        name: "the module forgets to ask for groups",
        make: |files| in_text(files, "jupyterhub/nbc_hub.py", "if not granting:", "if False:"),
        told: "misread-output `jupyterhub/nbc_hub.py` would not be read as it is meant: it is not the module that decides as nbc does",
    },
    Fault {
        name: "the chart mounts other profiles than were written",
        make: |files| in_json(files, PROFILES, |facts| profile(facts, "large")["access"]["groups"] = json!([])),
        told: "the hub gets other profiles than jupyterhub/profiles.json has",
    },
    Fault {
        name: "a scope of the hub loses its filter",
        make: |files| {
            in_profiles(files, |facts| {
                let role = named(&mut facts["config"]["JupyterHub"]["load_roles"], "name", "nbc-open-server-ml-ml");
                role["scopes"] = json!(["access:servers"]);
            });
        },
        told: "wider-than-decided jupyterhub would let ana, chen and somebody who joins /lab/ml do what was not decided: `user.open-server` on `user.bob`",
    },
    Fault {
        name: "a role of the hub goes to the group above",
        make: |files| {
            in_profiles(files, |facts| {
                let role = named(&mut facts["config"]["JupyterHub"]["load_roles"], "name", "nbc-stop-server-ml-ml");
                role["groups"] = json!(["/lab"]);
            });
        },
        told: "wider-than-decided jupyterhub would let bob, dana, somebody who joins /lab and 2 more do what was not decided: `user.stop-server` on `user.ana`",
    },
    Fault {
        name: "everybody who was ever let in stays",
        make: |files| {
            in_profiles(files, |facts| {
                facts["config"]["GenericOAuthenticator"]["allow_existing_users"] = json!(true);
            });
        },
        told: "wider-than-decided jupyterhub would let gina do what was not decided: `service.open` on `service.jupyterhub`",
    },
    Fault {
        name: "admins of the hub are a whole group",
        make: |files| {
            in_profiles(files, |facts| {
                facts["config"]["GenericOAuthenticator"]["admin_groups"] = json!(["/lab", "/ops"])
            });
        },
        told: "do what was not decided: `service.administer` on `service.jupyterhub`",
    },
    Fault {
        name: "whoever reads may write",
        make: |files| {
            in_profiles(files, |facts| facts["volumes"][0]["write"] = facts["volumes"][0]["read"].clone());
        },
        told: "do what was not decided: `storage.write` on `storage.ml-data`",
    },
    Fault {
        name: "a volume is open to the group above",
        make: |files| {
            in_profiles(files, |facts| {
                facts["volumes"][0]["read"]["groups"] = json!(["/lab"]);
                facts["volumes"][0]["namespaces"] = json!(["ml", "lab", "climate"]);
            });
        },
        told: "do what was not decided: `storage.read` on `storage.ml-data`",
    },
    Fault {
        name: "a role of conda-store is a level too high",
        make: |files| in_text(files, "conda-store/roles.json", "\"role\": \"viewer\"", "\"role\": \"developer\""),
        told: "wider-than-decided conda-store would let ana do what was not decided: `environment.edit` on `environment.torch`",
    },
    Fault {
        name: "a namespace of conda-store is a pattern",
        make: |files| in_text(files, "conda-store/roles.json", "\"ml\": [", "\"*\": ["),
        told: "wider-than-decided conda-store would let ana and chen do what was not decided: `environment.view` on `environment.xarray`",
    },
    Fault {
        name: "conda-store is told of the wrong person",
        make: |files| {
            in_text(files, "conda-store/roles.json", "\"other_namespace\": \"chen\"", "\"other_namespace\": \"dana\"")
        },
        told: "wider-than-decided conda-store would let dana do what was not decided: `environment.view` on `environment.torch`",
    },
    Fault {
        name: "a binding of Kubernetes is too wide",
        make: |files| in_text(files, "kubernetes/ml/rbac.yaml", "oidc:/lab/ml", "oidc:/lab"),
        told: "wider-than-decided kubernetes would let bob, dana, somebody who joins /lab and 2 more do what was not decided: `group.see-usage` on `group.ml`",
    },
    Fault {
        name: "the cluster's prefix is missing",
        make: |files| in_text(files, "kubernetes/ml/rbac.yaml", "oidc:/lab/ml", "/lab/ml"),
        told: "narrower-than-decided kubernetes would not let ana and chen do what was decided: `group.see-usage` on `group.ml`",
    },
    Fault {
        name: "a role of Kubernetes may do everything",
        make: |files| {
            in_text(
                files,
                "kubernetes/ml/rbac.yaml",
                "  verbs:\n  - get\n  - list\n  - watch\n---",
                "  verbs:\n  - \"*\"\n---",
            )
        },
        told: "do what was not decided: `storage.write` on `storage.ml-data`",
    },
    Fault {
        name: "a binding counts in the whole cluster",
        make: |files| in_text(files, "kubernetes/cluster/rbac.yaml", "oidc:/ops", "oidc:/lab/ml"),
        told: "wider-than-decided kubernetes would let ana, chen and somebody who joins /lab/ml do what was not decided: `group.see-usage` on `group.climate`",
    },
    Fault {
        name: "everybody with a token is bound",
        make: |files| {
            in_text(
                files,
                "kubernetes/climate/rbac.yaml",
                "kind: Group\n  name: oidc:/ops",
                "kind: Group\n  name: system:authenticated",
            )
        },
        told: "wider-than-decided kubernetes would let ana, chen, dana and 5 more do what was not decided: `group.see-usage` on `group.climate`",
    },
];

#[test]
fn what_nbc_writes_has_no_fault() {
    let validated = validated(&mut analysed(&[("main.nbc", LAB)]), |_| {});
    let told = told(&validated);
    assert!(!told.contains("-than-decided") && !told.contains("misread"), "{told}");
    assert!(validated.pairs > 40, "{}", validated.pairs);
}

#[test]
fn every_seeded_fault_is_found() {
    let mut analysis = analysed(&[("main.nbc", LAB)]);
    let mut missed = Vec::new();
    for Fault { name, make, told: expected } in FAULTS {
        let validated = validated(&mut analysis, make);
        let told = told(&validated);
        if !told.contains(expected) {
            missed.push(format!("{name}\n  expected {expected}\n  told\n{told}"));
        }
    }
    assert!(
        FAULTS.len() >= 20 && missed.is_empty(),
        "{} of {} missed\n{}",
        missed.len(),
        FAULTS.len(),
        missed.join("\n")
    );
}
