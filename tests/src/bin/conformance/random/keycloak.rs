//! Keycloak imports every realm over its Admin API and is asked about everybody there: whether they are enabled, in which groups, with
//! which effective roles, and what it would tell the hub of them. One person of each realm logs in with a password, and one who is
//! disabled tries to.

use std::collections::{BTreeMap, BTreeSet};

use nbc_effective::{LEADS_TO_EVERYTHING, Measured, PLATFORM_ADMINISTER, Person, SERVICE_OPEN, Verdict};
use serde_json::{Value, json};

use super::Subject;
use crate::Failure;
use crate::http::Http;
use crate::identity::{Realm, text, texts};
use crate::keycloak::Admin;
use crate::places::Places;
use crate::servers::Server;

const TARGET: &str = "keycloak";
/// The client whose view of people is asked for.
const HUB: &str = "jupyterhub";

pub(super) fn judge(places: &Places, subjects: &[Subject<'_, '_>]) -> Result<Vec<Verdict>, Failure> {
    let _server = Server::keycloak(places, &[], &[])?;
    let admin = Admin::log_in(places)?;
    let verdict = |subject: &Subject<'_, '_>| {
        Asked { places, admin: &admin, subject }.verdict().map_err(|why| format!("{}: {why}", subject.name))
    };
    subjects.iter().map(verdict).collect()
}

/// Lets tokens be signed by elliptic curves. Nobody may do more or less by that, and the server needs a tenth of the time that it needs to
/// find the RSA keys which it makes for a realm that names none.
fn sign_quickly(realm: &mut Value) {
    let keys = ["ecdsa-generated", "hmac-generated", "aes-generated"];
    let keys = keys.map(|kind| json!({"name": kind, "providerId": kind, "config": {"priority": ["100"]}}));
    realm["defaultSignatureAlgorithm"] = json!("ES256");
    realm["components"]["org.keycloak.keys.KeyProvider"] = json!(keys);
}

/// One realm on the server.
struct Asked<'a, 'p, 'm> {
    places: &'a Places,
    admin: &'a Admin,
    subject: &'a Subject<'p, 'm>,
}

impl Asked<'_, '_, '_> {
    fn verdict(&self) -> Result<Verdict, Failure> {
        let realm = Realm::below(&self.subject.name, &self.subject.folder)?;
        let mut document = realm.declared()?;
        sign_quickly(&mut document);
        self.admin.call("POST", "", Some(&document))?;
        let users = self.admin.pages(&self.path("users?briefRepresentation=false"))?;
        let users = users.iter().filter(|user| user.get("serviceAccountClientId").is_none());
        let users: BTreeMap<String, &Value> = users.map(|user| (text(user, "username"), user)).collect();
        let mut verdict = self.sign_in(&users)?;
        verdict.join(self.permissions(&users)?);
        for person in self.listed().filter(|person| person.is_enabled).take(1) {
            verdict.equal(
                &format!("groups after a login of {}", person.name),
                &self.log_in(person)?,
                &Some(person.groups.clone()),
            );
        }
        for person in self.listed().filter(|person| !person.is_enabled && users.contains_key(&person.name)).take(1) {
            verdict.equal(&format!("a login of {}, who is disabled", person.name), &self.log_in(person)?, &None);
        }
        Ok(verdict)
    }

    fn path(&self, rest: &str) -> String {
        format!("/{}/{rest}", self.subject.name)
    }

    /// Those whom the realm names; newcomers are not there yet.
    fn listed(&self) -> impl Iterator<Item = &Person> {
        self.subject.people.iter().filter(|person| person.is_listed)
    }

    /// Who is enabled, in which groups.
    fn sign_in(&self, users: &BTreeMap<String, &Value>) -> Result<Verdict, Failure> {
        let mut found = BTreeMap::new();
        for (name, user) in users {
            let mut groups = None;
            if user["enabled"] == true {
                let rows = self.admin.pages(&self.path(&format!("users/{}/groups", text(user, "id"))))?;
                groups = Some(rows.iter().map(|group| text(group, "path")).collect());
            }
            found.insert(name.clone(), groups);
        }
        Ok(self.subject.expected.judge_sign_in(&found))
    }

    /// Whom the realm would let into which client, who administers it, and what it tells the hub.
    fn permissions(&self, users: &BTreeMap<String, &Value>) -> Result<Verdict, Failure> {
        let (mut measured, mut claims) = (Measured::default(), Verdict::default());
        let clients = self.admin.clients(&self.subject.name)?;
        let id = |client: &str| clients.get(client).map(|client| text(client, "id")).unwrap_or_default();
        let (management, hub) = (id("realm-management"), id(HUB));
        for person in self.listed() {
            let user = users.get(&person.name).filter(|user| user["enabled"] == true).map(|user| text(user, "id"));
            let mut administers = false;
            if let Some(user) = &user {
                let roles = self
                    .admin
                    .pages(&self.path(&format!("users/{user}/role-mappings/clients/{management}/composite")))?;
                administers = roles.iter().any(|role| LEADS_TO_EVERYTHING.contains(&text(role, "name").as_str()));
                let shown =
                    format!("clients/{hub}/evaluate-scopes/generate-example-userinfo?scope=openid&userId={user}");
                let shown = texts(&self.admin.get(&self.path(&shown))?, "groups");
                claims.equal(&format!("what {HUB} is told of {}", person.name), &shown, &person.claim);
            }
            for thing in self.subject.expected.things(TARGET, PLATFORM_ADMINISTER) {
                measured.answer(PLATFORM_ADMINISTER, &thing, &person.name, administers);
            }
            for thing in self.subject.expected.things(TARGET, SERVICE_OPEN) {
                let signs_in = clients
                    .get(&thing)
                    .is_some_and(|client| client["enabled"] == true && client["standardFlowEnabled"] == true);
                measured.answer(SERVICE_OPEN, &thing, &person.name, user.is_some() && signs_in);
            }
        }
        let mut verdict = self.subject.expected.judge(TARGET, &measured);
        verdict.join(claims);
        Ok(verdict)
    }

    /// The groups that a service is told after a login with a password; absent where the login is refused.
    fn log_in(&self, person: &Person) -> Result<Option<BTreeSet<String>>, Failure> {
        let realm = &self.subject.name;
        let client = self.admin.test_client(realm)?;
        self.admin.ready_to_log_in(realm, &person.name, &person.groups)?;
        let answer = self.admin.password_grant(self.places, realm, &client, &person.name, crate::keycloak::PASSWORD)?;
        if answer.status != 200 {
            return Ok(None);
        }
        let http = Http {
            address: self.places.keycloak(),
            certificate: Some(self.places.certificate()),
            token: Some(text(&answer.body, "access_token")),
        };
        Ok(Some(texts(&http.get(&format!("/realms/{realm}/protocol/openid-connect/userinfo"))?, "groups")))
    }
}
