"""usage: jupyterhub_schema.py OUT   Helm values of the JupyterHub chart, with the settings of each class as the installed packages declare them.

The chart is on no package registry, so which values there are is written here, for the keys that nbc emits; what may stand under
`hub.config.CLASS` and `kubespawner_override` comes from the classes themselves.
"""
import sys

import traitlets
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.traitlets import ByteSpecification
from kubespawner import KubeSpawner
from oauthenticator.generic import GenericOAuthenticator

from strict import closure, write

TEXT, BOOL, COUNT, NUMBER = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}, {"type": "number", "minimum": 0}
TEXTS = {"type": "array", "items": TEXT}
TEXT_MAP = {"type": "object", "additionalProperties": TEXT}
# JupyterHub's own reading of memory: bytes, or a number with one letter, each a power of 1024; `8Gi` is refused.
BYTES = {"type": ["integer", "string"], "pattern": r"^[0-9]+(\.[0-9]+)?[KMGT]?$"}
QUANTITY = {"type": ["string", "number"], "pattern": r"^[0-9]+(\.[0-9]+)?([KMGTPE]i?|[mk])?$"}
RESOURCES = {"type": "object", "additionalProperties": {"type": ["string", "integer"]}}


def record(required=(), **properties):
    return {"type": "object", "additionalProperties": False, "properties": properties, **({"required": list(required)} if required else {})}


def refer(name):
    return {"$ref": "#/definitions/" + name}


def of_trait(trait):
    """What JSON a setting takes. A union or a callable takes what its parts say; those that code alone can fill take anything."""
    plain = [(ByteSpecification, BYTES), (traitlets.Bool, BOOL), (traitlets.Integer, {"type": "integer"}), (traitlets.Float, {"type": "number"}),
             (traitlets.Unicode, TEXT), (traitlets.Set, {"type": "array"}), (traitlets.List, {"type": "array"}), (traitlets.Dict, {"type": "object"})]
    for kind, schema in plain:
        if isinstance(trait, kind):
            return {"anyOf": [schema, {"type": "null"}]} if trait.allow_none else schema
    return {}


def settings(cls):
    return record(**{name: of_trait(trait) for name, trait in sorted(cls.class_traits(config=True).items())})


definitions = {cls.__name__: settings(cls) for cls in (JupyterHub, Authenticator, GenericOAuthenticator, KubeSpawner)}
OPTION = record(["display_name"], display_name=TEXT, default=BOOL, kubespawner_override=refer("KubeSpawner"))
definitions["ProfileOption"] = record(
    ["display_name"], display_name=TEXT, choices={"type": "object", "additionalProperties": OPTION, "minProperties": 1},
    unlisted_choice=record(enabled=BOOL, display_name=TEXT, display_name_in_choices=TEXT, validation_regex=TEXT, validation_message=TEXT,
                           kubespawner_override={"type": "object"}))
definitions["Profile"] = record(
    ["display_name", "slug"], slug={"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}, display_name=TEXT,
    description=TEXT, default=BOOL, kubespawner_override=refer("KubeSpawner"),
    profile_options={"type": "object", "additionalProperties": refer("ProfileOption")})
PER_SERVER = {"cpu": record(limit=NUMBER, guarantee=NUMBER), "memory": record(limit=BYTES, guarantee=BYTES),
              "extraResource": record(limits=RESOURCES, guarantees=RESOURCES)}
IMAGE = record(name=TEXT, tag=TEXT, pullPolicy={"enum": ["Always", "IfNotPresent", "Never"]}, pullSecrets=TEXTS)
POLICY = record(enabled=BOOL, ingress={"type": "array"}, egress={"type": "array"}, egressAllowRules={"type": "object", "additionalProperties": BOOL},
                interNamespaceAccessLabels={"enum": ["accept", "ignore"]}, allowedIngressPorts={"type": "array"})
SOURCE = {"oneOf": [TEXT, record(["valueFrom"], valueFrom={"type": "object"})]}
definitions["Values"] = record(
    hub=record(
        config=record(**{name: refer(name) for name in ("JupyterHub", "Authenticator", "GenericOAuthenticator", "KubeSpawner")}),
        loadRoles={"type": "object", "additionalProperties": record(["scopes"], name=TEXT, description=TEXT, scopes=TEXTS, users=TEXTS, groups=TEXTS, services=TEXTS)},
        extraConfig=TEXT_MAP,
        extraFiles={"type": "object", "additionalProperties": record(["mountPath"], mountPath=TEXT, data={"type": "object"}, stringData=TEXT, binaryData=TEXT, mode=COUNT)},
        extraEnv={"type": "object", "additionalProperties": {"oneOf": [TEXT, {"type": "object"}]}},
        extraVolumes={"type": "array"}, extraVolumeMounts={"type": "array"}, services={"type": "object"}, existingSecret=TEXT,
        allowNamedServers=BOOL, namedServerLimitPerUser=COUNT, activeServerLimit=COUNT, concurrentSpawnLimit=COUNT, consecutiveFailureLimit=COUNT,
        shutdownOnLogout=BOOL, redirectToServer=BOOL, networkPolicy=POLICY, nodeSelector=TEXT_MAP, labels=TEXT_MAP, extraPodSpec={"type": "object"}),
    singleuser=record(
        **PER_SERVER, image=IMAGE, profileList={"type": "array", "items": refer("Profile")}, networkPolicy=POLICY, cloudMetadata=record(blockWithIptables=BOOL),
        storage=record(type={"enum": ["dynamic", "static", "none"]}, capacity=QUANTITY, homeMountPath=TEXT, extraLabels=TEXT_MAP,
                       dynamic=record(storageClass=TEXT, pvcNameTemplate=TEXT, volumeNameTemplate=TEXT, storageAccessModes=TEXTS),
                       static=record(pvcName=TEXT, subPath=TEXT), extraVolumes={"type": ["array", "object"]}, extraVolumeMounts={"type": ["array", "object"]}),
        extraLabels=TEXT_MAP, extraAnnotations=TEXT_MAP, extraEnv={"type": "object"}, extraPodConfig={"type": "object"}, nodeSelector=TEXT_MAP,
        extraTolerations={"type": "array"}, allowPrivilegeEscalation=BOOL, uid={"type": ["integer", "null"]}, fsGid={"type": ["integer", "null"]},
        startTimeout=COUNT, serviceAccountName=TEXT, defaultUrl=TEXT, cmd={"type": ["array", "string", "null"]}),
    cull=record(enabled=BOOL, users=BOOL, adminUsers=BOOL, removeNamedServers=BOOL, timeout=COUNT, every=COUNT, concurrency=COUNT, maxAge=COUNT),
    scheduling=record(
        userScheduler=record(enabled=BOOL), podPriority=record(enabled=BOOL, globalDefault=BOOL, defaultPriority={"type": "integer"}),
        userPlaceholder=record(enabled=BOOL, replicas=COUNT), userPods=record(nodeAffinity=record(matchNodePurpose={"enum": ["ignore", "prefer", "require"]}), tolerations={"type": "array"})),
    prePuller=record(hook=record(enabled=BOOL), continuous=record(enabled=BOOL)),
    proxy=record(service=record(type=TEXT), https=record(enabled=BOOL)), rbac=record(create=BOOL), debug=record(enabled=BOOL), custom={"type": "object"})
# nbc's own file of facts, which nbc_hub.py reads. `entry` and `config` are the hub's own settings.
NAME, WHO = {"type": ["string", "null"]}, record(["groups", "users"], groups=TEXTS, users=TEXTS)
BOUND = {"type": ["integer", "null"], "minimum": 0}
definitions["Profiles"] = record(
    ["schema_version", "time_zone", "contact", "isolation", "hub_namespace", "charge", "servers_per_user", "config", "secrets", "groups",
     "users", "profiles", "volumes"],
    schema_version={"const": 1}, time_zone=TEXT, contact=NAME, isolation={"enum": ["shared", "per-group", "per-user"]}, hub_namespace=TEXT,
    charge={"enum": ["granting-group", "primary-group", "chosen-at-launch"]}, servers_per_user=COUNT,
    config=record(**{name: refer(name) for name in ("JupyterHub", "GenericOAuthenticator", "KubeSpawner")}),
    secrets={"type": "object", "additionalProperties": TEXT_MAP},
    groups={"type": "object", "additionalProperties": record(
        ["name", "title", "parent", "namespace", "contact", "servers", "servers_per_user"], name=TEXT, title=TEXT, parent=NAME, namespace=TEXT,
        contact=NAME, servers=BOUND, servers_per_user=BOUND)},
    users={"type": "object", "additionalProperties": record(primary_group=TEXT, namespace=TEXT, servers_per_user=COUNT)},
    profiles={"type": "array", "items": record(
        ["slug", "entry", "open", "access", "refused", "volumes", "volume_mounts"], slug=TEXT, entry=refer("Profile"),
        open={"anyOf": [{"type": "null"}, record(["from", "until", "days", "hours"], **{"from": NAME}, until=NAME, days=TEXTS, hours=NAME)]},
        access=record(["groups", "users"], groups=TEXTS, users={"type": "object", "additionalProperties": TEXTS}),
        refused={"type": "array", "items": record(["sentence", "users"], sentence=TEXT, users=TEXTS)},
        volumes={"type": "array", "items": {"type": "object"}}, volume_mounts={"type": "array", "items": {"type": "object"}})},
    volumes={"type": "array", "items": record(
        ["name", "claim", "namespaces", "mounts", "read", "write"], name=TEXT, claim=TEXT, namespaces=TEXTS, read=WHO, write=WHO,
        mounts={"type": "array", "items": record(["path", "sub_path", "group", "read_only"], path=TEXT, sub_path=NAME, group=NAME, read_only=BOOL)})})
kinds = {"values": "Values", "profile": "Profile", "profiles": "Profiles", "spawner-override": "KubeSpawner"}
write(sys.argv[1], kinds, closure(definitions, kinds.values()))
