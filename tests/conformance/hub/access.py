"""Who may enter a hub, and what its own roles let them do with the servers of others: the code of OAuthenticator and JupyterHub, without
a hub."""
import inspect

from jupyterhub import orm, roles, scopes
from oauthenticator.generic import GenericOAuthenticator

# Actions of nbc, and what JupyterHub asks of who does it (`apihandlers/users.py`, `handlers/base.py`).
OVER_OTHERS = {
    "open-server": "access:servers!server={}/",
    "stop-server": "delete:servers!server={}/",
    "see-usage": "read:users:activity!user={}",
}


async def awaited(value):
    return await value if inspect.isawaitable(value) else value


async def sign_in(config, person):
    """What the authenticator makes of somebody of whom Keycloak says this. Nobody signs in where no client is set up."""
    if "GenericOAuthenticator" not in config:
        return {"client": None, "name": person["name"], "open": False, "administer": False}
    authenticator = GenericOAuthenticator(config=config)

    async def told(_):
        return {"preferred_username": person["name"], "groups": person["groups"]}

    authenticator.token_to_user = told
    model = await authenticator._token_to_auth_model({"access_token": "token", "token_type": "Bearer"})
    allowed = await awaited(authenticator.check_allowed(model["name"], model))
    return {"client": authenticator.client_id, "name": model["name"], "open": bool(allowed), "administer": bool(model["admin"])}


def database_of(config, people, signed_in):
    """The hub's database after everybody has signed in once, with the roles of `load_roles` as a start loads them."""
    db = orm.new_session_factory("sqlite:///:memory:")()
    for role in roles.get_default_roles():
        roles.create_role(db, role)
    loaded = config.JupyterHub.get("load_roles", [])
    groups = {name for person in people for name in person["groups"]} | {name for role in loaded for name in role.get("groups", [])}
    groups = {name: orm.Group(name=name) for name in sorted(groups)}
    db.add_all(groups.values())
    users = {}
    for person in people:
        found = signed_in[person["name"]]
        user = orm.User(name=found["name"], admin=found["administer"], groups=[groups[name] for name in person["groups"]])
        users[person["name"]] = user
        db.add(user)
        db.commit()
        roles.assign_default_roles(db, user)
    for role in loaded:
        made = roles.create_role(db, {key: role[key] for key in ("name", "description", "scopes")})
        made.users = [users[name] for name in role.get("users", []) if name in users]
        made.groups = [groups[name] for name in role.get("groups", [])]
    db.commit()
    return db, users


def rights(config, people, signed_in):
    """{NAME: {ACTION: [NAME…]}}: over whose servers everybody may do what."""
    db, users = database_of(config, people, signed_in)
    found = {}
    for name, user in users.items():
        have = scopes.parse_scopes(scopes.get_scopes_for(user))
        found[name] = {
            action: [other for other in users if scopes.has_scope(scope.format(users[other].name), have, db=db)]
            for action, scope in OVER_OTHERS.items()
        }
    db.close()
    return found
