//! The realm as Keycloak represents it, with only the fields that nbc writes.
//!
//! `RealmRepresentation` of Keycloak 26 (its OpenAPI description); three printers make the three routes of it. A value
//! that is secret is a [`Text::Secret`]: a name, which each route spells in its own way.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Text that a person wrote or nbc knows, or the name of a secret that the target's own program fills in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Text {
    Plain(String),
    Secret(String),
}

/// The key of the object that stands for a secret until a route spells it. No text of a person is an object.
pub(crate) const SECRET: &str = "$secret";

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Text::Plain(text) => serializer.serialize_str(text),
            Text::Secret(name) => serializer.collect_map([(SECRET, name)]),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::Plain(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::Plain(text)
    }
}

impl From<bool> for Text {
    fn from(value: bool) -> Text {
        Text::Plain(value.to_string())
    }
}

/// Configuration of mappers, identity providers and mail: text to text, booleans and numbers too.
pub(crate) type Config = BTreeMap<String, Text>;

/// Configuration of components: text to a list.
pub(crate) type ListConfig = BTreeMap<String, Vec<Text>>;

macro_rules! representation {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name {
            $(#[serde(skip_serializing_if = "Skip::skip")] pub(crate) $field: $ty,)*
        }
    )*};
}

/// What is not written: absent values and empty collections. `false` and 0 are written, since Keycloak's own defaults
/// are not always those.
trait Skip {
    fn skip(&self) -> bool;
}

impl<T> Skip for Option<T> {
    fn skip(&self) -> bool {
        self.is_none()
    }
}

impl<T> Skip for Vec<T> {
    fn skip(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Skip for BTreeMap<K, V> {
    fn skip(&self) -> bool {
        self.is_empty()
    }
}

macro_rules! always_written {
    ($($ty:ty)*) => {$(
        impl Skip for $ty {
            fn skip(&self) -> bool {
                false
            }
        }
    )*};
}

always_written! { bool i64 String Roles &'static str }

representation! {
    /// `RealmRepresentation`. No `clientScopes`: a list of them would have to repeat Keycloak's own fourteen, and
    /// whichever is missing vanishes from every client.
    Realm {
        realm: String,
        enabled: bool,
        display_name: String,
        ssl_required: &'static str,
        registration_allowed: bool,
        login_with_email_allowed: bool,
        duplicate_emails_allowed: bool,
        verify_email: bool,
        reset_password_allowed: bool,
        edit_username_allowed: bool,
        remember_me: bool,
        access_token_lifespan: i64,
        sso_session_idle_timeout: i64,
        sso_session_max_lifespan: i64,
        password_policy: String,
        brute_force_protected: bool,
        permanent_lockout: bool,
        failure_factor: i64,
        wait_increment_seconds: i64,
        max_failure_wait_seconds: i64,
        otp_policy_type: &'static str,
        otp_policy_algorithm: &'static str,
        otp_policy_digits: i64,
        otp_policy_period: i64,
        web_authn_policy_rp_entity_name: Option<String>,
        events_enabled: bool,
        events_expiration: i64,
        events_listeners: Vec<&'static str>,
        admin_events_enabled: bool,
        admin_events_details_enabled: bool,
        attributes: BTreeMap<String, String>,
        smtp_server: Config,
        browser_flow: Option<&'static str>,
        authentication_flows: Vec<Flow>,
        required_actions: Vec<RequiredActionProvider>,
        identity_providers: Vec<IdentityProvider>,
        identity_provider_mappers: Vec<IdentityProviderMapper>,
        clients: Vec<Client>,
        roles: Roles,
        groups: Vec<Group>,
        default_groups: Vec<String>,
        components: BTreeMap<&'static str, Vec<Component>>,
        users: Vec<User>,
    }

    Roles {
        realm: Vec<Role>,
        client: BTreeMap<String, Vec<Role>>,
    }

    Role {
        name: String,
        description: Option<String>,
    }

    /// `GroupRepresentation`
    Group {
        name: String,
        description: Option<String>,
        attributes: BTreeMap<String, Vec<String>>,
        realm_roles: Vec<String>,
        client_roles: BTreeMap<String, Vec<String>>,
        sub_groups: Vec<Group>,
    }

    /// `ClientRepresentation`
    Client {
        client_id: String,
        name: String,
        description: Option<String>,
        enabled: bool,
        protocol: &'static str,
        public_client: bool,
        client_authenticator_type: Option<&'static str>,
        secret: Option<Text>,
        root_url: Option<String>,
        base_url: Option<String>,
        redirect_uris: Vec<String>,
        web_origins: Vec<String>,
        standard_flow_enabled: bool,
        implicit_flow_enabled: bool,
        direct_access_grants_enabled: bool,
        service_accounts_enabled: bool,
        full_scope_allowed: bool,
        attributes: BTreeMap<String, String>,
        protocol_mappers: Vec<ProtocolMapper>,
    }

    ProtocolMapper {
        name: String,
        protocol: &'static str,
        protocol_mapper: &'static str,
        config: Config,
    }

    /// `IdentityProviderRepresentation`
    IdentityProvider {
        alias: String,
        display_name: String,
        provider_id: &'static str,
        enabled: bool,
        trust_email: bool,
        link_only: bool,
        hide_on_login: bool,
        first_broker_login_flow_alias: Option<&'static str>,
        config: Config,
    }

    IdentityProviderMapper {
        name: String,
        identity_provider_alias: String,
        identity_provider_mapper: &'static str,
        config: Config,
    }

    /// `ComponentExportRepresentation`
    Component {
        name: String,
        provider_id: &'static str,
        sub_components: BTreeMap<&'static str, Vec<Component>>,
        config: ListConfig,
    }

    /// `AuthenticationFlowRepresentation`
    Flow {
        alias: &'static str,
        description: Option<&'static str>,
        provider_id: &'static str,
        top_level: bool,
        built_in: bool,
        authentication_executions: Vec<Execution>,
    }

    Execution {
        authenticator: Option<&'static str>,
        authenticator_flow: bool,
        flow_alias: Option<&'static str>,
        requirement: &'static str,
        priority: i64,
        user_setup_allowed: bool,
    }

    RequiredActionProvider {
        alias: &'static str,
        name: &'static str,
        provider_id: &'static str,
        enabled: bool,
        default_action: bool,
        priority: i64,
    }

    /// `UserRepresentation`. `enabled` is always written: Keycloak disables whom a file does not enable.
    User {
        username: String,
        enabled: bool,
        email: Option<String>,
        email_verified: Option<bool>,
        first_name: Option<String>,
        last_name: Option<String>,
        attributes: BTreeMap<String, Vec<String>>,
        groups: Vec<String>,
        realm_roles: Vec<String>,
        client_roles: BTreeMap<String, Vec<String>>,
        required_actions: Vec<&'static str>,
        federated_identities: Vec<FederatedIdentity>,
        service_account_client_id: Option<String>,
    }

    FederatedIdentity {
        identity_provider: String,
        user_id: String,
        user_name: Option<String>,
    }

    /// The declarative user profile (`UPConfig`).
    UserProfile {
        attributes: Vec<UserProfileAttribute>,
    }

    UserProfileAttribute {
        name: String,
        display_name: Option<String>,
        validations: BTreeMap<&'static str, BTreeMap<&'static str, i64>>,
        permissions: Option<UserProfilePermissions>,
        multivalued: bool,
    }

    UserProfilePermissions {
        view: Vec<&'static str>,
        edit: Vec<&'static str>,
    }
}
