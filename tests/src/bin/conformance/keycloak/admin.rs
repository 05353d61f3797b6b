//! The Admin API of the started Keycloak: what the suite reads, and the little it writes (passwords, one client of its own).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::PASSWORD;
use crate::Failure;
use crate::http::{Answer, Http, percent_encoded};
use crate::identity::{NEWCOMER, list, text};
use crate::places::Places;

/// Most items that one page of a list holds.
const PAGE: usize = 500;
/// Administrators' tokens live a minute.
const TOKEN_AGE_MAX: Duration = Duration::from_secs(40);

/// A login as Keycloak's administrator, renewed as needed.
pub(crate) struct Admin {
    open: Http,
    session: RefCell<(Http, Instant)>,
    /// Who has a password already, as `REALM/USERNAME`.
    ready: RefCell<BTreeSet<String>>,
}

impl Admin {
    pub(crate) fn log_in(places: &Places) -> Result<Admin, Failure> {
        let open = Http { address: places.keycloak(), certificate: Some(places.certificate()), token: None };
        let session = RefCell::new((session(&open)?, Instant::now()));
        Ok(Admin { open, session, ready: RefCell::default() })
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let answer = self.answer(method, path, body)?;
        match answer.status {
            200..300 => Ok(answer.body),
            status => Err(format!("{method} {path}: {status} {}", answer.body)),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call("GET", path, None)
    }

    /// A call below `/admin/realms` whose status is for the caller to judge.
    pub(crate) fn answer(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let mut session_and_age = self.session.borrow_mut();
        if session_and_age.1.elapsed() > TOKEN_AGE_MAX {
            *session_and_age = (session(&self.open)?, Instant::now());
        }
        session_and_age.0.answer(method, &format!("/admin/realms{path}"), body)
    }

    /// All pages of a list.
    pub(crate) fn pages(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{mark}first={}&max={PAGE}", all.len()))?;
            let items = page.as_array().cloned().unwrap_or_default();
            let last = items.len() < PAGE;
            all.extend(items);
            if last {
                return Ok(all);
            }
        }
    }

    /// The user of this name.
    pub(crate) fn user(&self, realm: &str, username: &str) -> Result<Value, Failure> {
        let found = self.get(&format!(
            "/{realm}/users?exact=true&briefRepresentation=false&username={}",
            percent_encoded(username)
        ))?;
        found.get(0).cloned().ok_or_else(|| format!("realm {realm}: there is no user {username}"))
    }

    /// Server identifiers of clients by their `clientId`.
    pub(crate) fn clients(&self, realm: &str) -> Result<BTreeMap<String, Value>, Failure> {
        let clients = self.get(&format!("/{realm}/clients"))?;
        Ok(clients.as_array().into_iter().flatten().map(|client| (text(client, "clientId"), client.clone())).collect())
    }

    /// A client of the suite's own that takes passwords; its tokens carry the full paths of groups and the audience `kubernetes`.
    pub(crate) fn test_client(&self, realm: &str) -> Result<String, Failure> {
        const NAME: &str = "nbc-conformance";
        if self.clients(realm)?.contains_key(NAME) {
            return Ok(NAME.to_owned());
        }
        let everywhere = json!({"claim.name": "groups", "full.path": "true", "id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true"});
        let client = json!({"clientId": NAME, "enabled": true, "publicClient": true, "standardFlowEnabled": false, "directAccessGrantsEnabled": true,
            "protocolMappers": [
                {"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper", "config": everywhere},
                {"name": "audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
                 "config": {"included.custom.audience": "kubernetes", "access.token.claim": "true"}}]});
        self.call("POST", &format!("/{realm}/clients"), Some(&client))?;
        Ok(NAME.to_owned())
    }

    /// Sets the password and does, in the person's stead, what a first login asks for: required actions, names, an address.
    /// A newcomer is made first, as a first sign-in from elsewhere would.
    pub(crate) fn ready_to_log_in(
        &self,
        realm: &str,
        username: &str,
        groups: &BTreeSet<String>,
    ) -> Result<(), Failure> {
        if !self.ready.borrow_mut().insert(format!("{realm}/{username}")) {
            return Ok(()); // the password history refuses the same one again
        }
        if username.starts_with(NEWCOMER) {
            let user = json!({"username": username, "enabled": true, "groups": groups});
            self.call("POST", &format!("/{realm}/users"), Some(&user))?;
        }
        let mut user = self.user(realm, username)?;
        let path = format!("/{realm}/users/{}", text(&user, "id"));
        for (field, value) in [
            ("email", format!("{username}@tests.example")),
            ("firstName", "First".to_owned()),
            ("lastName", "Last".to_owned()),
        ] {
            if text(&user, field).is_empty() {
                user[field] = Value::String(value);
            }
        }
        user["requiredActions"] = json!([]);
        user["emailVerified"] = json!(true);
        self.call("PUT", &path, Some(&user))?;
        let password = json!({"type": "password", "temporary": false, "value": PASSWORD});
        self.call("PUT", &format!("{path}/reset-password"), Some(&password)).map(|_| ())
    }

    /// An access token of this person.
    pub(crate) fn token(&self, places: &Places, realm: &str, client: &str, username: &str) -> Result<String, Failure> {
        let answer = self.password_grant(places, realm, client, username, PASSWORD)?;
        let token = text(&answer.body, "access_token");
        if answer.status == 200 && !token.is_empty() {
            Ok(token)
        } else {
            Err(format!("{username} cannot log in: {} {}", answer.status, answer.body))
        }
    }

    pub(crate) fn password_grant(
        &self,
        places: &Places,
        realm: &str,
        client: &str,
        username: &str,
        password: &str,
    ) -> Result<Answer, Failure> {
        let open = Http { address: places.keycloak(), certificate: Some(places.certificate()), token: None };
        let fields = [
            ("grant_type", "password"),
            ("client_id", client),
            ("username", username),
            ("password", password),
            ("scope", "openid"),
        ];
        open.form(&format!("/realms/{realm}/protocol/openid-connect/token"), &fields)
    }

    /// Usernames of those who hold a role or are in a group directly.
    pub(crate) fn usernames(&self, path: &str) -> Result<BTreeSet<String>, Failure> {
        Ok(self.pages(path)?.iter().map(|user| text(user, "username")).collect())
    }

    /// Clients, groups and roles in the form of a realm file.
    pub(crate) fn export(&self, realm: &str) -> Result<Value, Failure> {
        let export = self.call(
            "POST",
            &format!("/{realm}/partial-export?exportClients=true&exportGroupsAndRoles=true"),
            Some(&json!({})),
        )?;
        if list(&export, "clients").is_empty() {
            Err(format!("realm {realm}: its export names no client"))
        } else {
            Ok(export)
        }
    }
}

fn session(open: &Http) -> Result<Http, Failure> {
    let fields = [("grant_type", "password"), ("client_id", "admin-cli"), ("username", "admin"), ("password", "admin")];
    let answer = open.form("/realms/master/protocol/openid-connect/token", &fields)?;
    let token = text(&answer.body, "access_token");
    if token.is_empty() {
        return Err(format!("the administrator cannot log in: {} {}", answer.status, answer.body));
    }
    Ok(Http { address: open.address.clone(), certificate: open.certificate.clone(), token: Some(token) })
}
