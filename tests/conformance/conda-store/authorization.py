#!/usr/bin/env python3
"""usage: authorization.py < platforms.json   what conda-store's own authorization code lets people do with environments.

Platforms: [{"folder": …, "people": [NAME…], "environments": ["NAMESPACE/NAME"…]}]; each in turn has the database, with the roles of its
conda-store/roles.json written as the server's API writes them. Prints {FOLDER: {NAME: {"NAMESPACE/NAME": ["view", "edit", "delete"]}}}.
A person signs in as Nebari's sign-in has it: their namespace is their name, and they are admin of it.
"""
import json
import os
import sys
import tempfile

from conda_store_server import api
from conda_store_server._internal import dbutil, orm
from conda_store_server.server import schema
from conda_store_server.server.auth import RBACAuthorizationBackend

NEEDED = {
    "view": {schema.Permissions.ENVIRONMENT_READ},
    "edit": {schema.Permissions.ENVIRONMENT_CREATE, schema.Permissions.ENVIRONMENT_UPDATE},
    "delete": {schema.Permissions.ENVIRONMENT_DELETE},
}


def database_in(folder):
    """An empty database as a start of the server makes it."""
    url = f"sqlite:///{folder}/conda-store.sqlite"
    dbutil.upgrade(url)
    return orm.new_session_factory(url)


def fill(database, roles, names):
    """Puts these namespaces and roles into the database, in the place of those of the platform before."""
    with database() as db:
        for table in (orm.NamespaceRoleMappingV2, orm.Namespace):
            db.query(table).delete()
        for name in sorted(names):
            api.create_namespace(db, name)
        for namespace, rows in roles.items():
            for row in rows:
                api.create_namespace_role(db, namespace, row["other_namespace"], row["role"])
        db.commit()


def answers(platform, database):
    with open(os.path.join(platform["folder"], "conda-store", "roles.json"), encoding="utf-8") as file:
        roles = json.load(file)
    names = {*platform["people"], *roles, *(environment.split("/")[0] for environment in platform["environments"])}
    names |= {row["other_namespace"] for rows in roles.values() for row in rows}
    fill(database, roles, names)
    backend = RBACAuthorizationBackend(role_mappings_version=2, authentication_db=database)

    def may(person, environment):
        entity = schema.AuthenticationToken(primary_namespace=person, role_bindings={f"{person}/*": ["admin"]})
        return [name for name, needed in NEEDED.items() if backend.authorize(entity, environment, needed)]

    return {person: {environment: may(person, environment) for environment in platform["environments"]} for person in platform["people"]}


with tempfile.TemporaryDirectory() as folder:
    database = database_in(folder)
    print(json.dumps({platform["folder"]: answers(platform, database) for platform in json.load(sys.stdin)}))
# Libraries of the server crash now and then when the interpreter ends.
sys.stdout.flush()
os._exit(0)
