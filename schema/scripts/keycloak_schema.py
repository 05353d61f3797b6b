"""usage: keycloak_schema.py OPENAPI.json OUT   a realm as each of the three routes takes it, from the description of the Admin REST API."""
import json
import sys

from strict import closure, strict, write

RFC_1123 = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "maxLength": 253}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}


def config_cli(realm):
    """keycloak-config-cli takes a realm with two keys of its own (its README, `userProfile` and `messageBundles`)."""
    own = {"userProfile": {"$ref": "#/definitions/UPConfig"}, "messageBundles": {"type": "object", "additionalProperties": TEXTS}}
    return {**realm, "properties": realm["properties"] | own, "required": ["realm"]}


def realm_import():
    """The operator's custom resource: a thin wrapper, written here, around the same realm. Its fields: Keycloak's guide "Importing a Keycloak realm"."""
    secret = {"type": "object", "additionalProperties": False, "required": ["name", "key"],
              "properties": {"name": RFC_1123, "key": {"type": "string"}, "optional": {"type": "boolean"}}}
    placeholder = {"type": "object", "additionalProperties": False, "required": ["secret"], "properties": {"secret": secret}}
    metadata = {"type": "object", "additionalProperties": False, "required": ["name"],
                "properties": {"name": RFC_1123, "namespace": RFC_1123, "labels": TEXTS, "annotations": TEXTS}}
    spec = {"type": "object", "additionalProperties": False, "required": ["keycloakCRName", "realm"],
            "properties": {"keycloakCRName": RFC_1123, "realm": {"$ref": "#/definitions/RealmRepresentation"},
                           "placeholders": {"type": "object", "additionalProperties": placeholder},
                           "labels": TEXTS, "resources": {"type": "object"}}}
    return {"type": "object", "additionalProperties": False, "required": ["apiVersion", "kind", "metadata", "spec"],
            "properties": {"apiVersion": {"enum": ["k8s.keycloak.org/v2alpha1", "k8s.keycloak.org/v2beta1"]},
                           "kind": {"const": "KeycloakRealmImport"}, "metadata": metadata, "spec": spec}}


source, out = sys.argv[1:]
schemas = json.load(open(source, encoding="utf-8"))["components"]["schemas"]
definitions = {name: strict(schema) for name, schema in schemas.items()}
definitions["RealmRepresentation"]["required"] = ["enabled", "realm"]  # without `enabled` the server imports a disabled realm
definitions["ConfigCliRealm"] = config_cli(definitions["RealmRepresentation"])
definitions["KeycloakRealmImport"] = realm_import()
kinds = {"realm": "RealmRepresentation", "config-cli": "ConfigCliRealm", "user-profile": "UPConfig",
         "k8s.keycloak.org/v2alpha1/KeycloakRealmImport": "KeycloakRealmImport", "k8s.keycloak.org/v2beta1/KeycloakRealmImport": "KeycloakRealmImport"}
write(out, kinds, closure(definitions, kinds.values()))
