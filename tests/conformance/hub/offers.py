#!/usr/bin/env python3
"""usage: offers.py JUPYTERHUB_FOLDER < people.json   what KubeSpawner offers each person, and the pod it would make of every offer.

JUPYTERHUB_FOLDER is what nbc wrote: nbc_hub.py and profiles.json. People: [{"name": …, "groups": […]}], groups as the login's `groups`
claim says them. Prints {NAME: {"offers": [SLUG…], "default": SLUG, "pods": {SLUG: POD}, "refusals": {SLUG: MESSAGE}}}; every slug of the
file is tried, so that what is not offered is seen to be refused. No hub and no cluster is needed: the spawner's own code runs.
"""
import asyncio
import inspect
import json
import os
import sys
import tempfile
import types

# KubeSpawner reads a kubeconfig when it is made, though it never calls the server here.
STUB = tempfile.NamedTemporaryFile("w", suffix=".json")
json.dump({"apiVersion": "v1", "kind": "Config", "users": [], "current-context": "none",
           "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:1"}}],
           "contexts": [{"name": "none", "context": {"cluster": "none", "user": ""}}]}, STUB)
STUB.flush()
os.environ["KUBECONFIG"] = STUB.name

from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

HUB = types.SimpleNamespace(public_host="", url="http://127.0.0.1:8081/hub/", base_url="/hub/", api_url="http://127.0.0.1:8081/hub/api")


class User:
    """The few things that a spawner asks of the hub's user."""

    def __init__(self, name, groups):
        self.name = self.escaped_name = name
        self.id, self.url, self.admin = 1, f"/user/{name}", False
        self.groups = [types.SimpleNamespace(name=group) for group in groups]
        self.group_names = set(groups)
        self.settings, self.spawners = {}, {}
        self.server = types.SimpleNamespace(base_url=f"/user/{name}/")
        self.active, self.running = False, False

    async def get_auth_state(self):
        groups = [group.name for group in self.groups]
        return {"groups": groups, "oauth_user": {"preferred_username": self.name, "groups": groups}}


async def awaited(value):
    return await value if inspect.isawaitable(value) else value


def spawner_of(config, person):
    return KubeSpawner(config=config, _mock=True, user=User(person["name"], person["groups"]), hub=HUB, api_token="token")


async def pod_of(config, person, slug):
    spawner = spawner_of(config, person)
    spawner.user_options = {"profile": slug}
    # In the order of a real spawn: https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#hooks
    await awaited(spawner.run_auth_state_hook(await spawner.user.get_auth_state()))
    await awaited(spawner.run_pre_spawn_hook())
    await spawner.load_user_options()
    pod = await spawner.get_pod_manifest()
    if spawner.modify_pod_hook:
        pod = await awaited(spawner.modify_pod_hook(spawner, pod))
    pod = ApiClient().sanitize_for_serialization(pod)
    pod["apiVersion"], pod["kind"] = "v1", "Pod"
    pod["metadata"]["namespace"] = spawner.namespace
    return pod


async def offers_of(config, person, slugs):
    spawner = spawner_of(config, person)
    profiles = spawner.profile_list
    profiles = await awaited(profiles(spawner)) if callable(profiles) else profiles
    profiles = spawner._get_initialized_profile_list(profiles) if profiles else []
    offered = [profile["slug"] for profile in profiles]
    pods, refusals = {}, {}
    for slug in sorted({*slugs, *offered}):
        try:
            pods[slug] = await pod_of(config, person, slug)
        except Exception as refusal:  # whatever a refused spawn raises is what the person reads
            refusals[slug] = str(getattr(refusal, "jupyterhub_message", None) or getattr(refusal, "log_message", None) or refusal)
    default = next((profile["slug"] for profile in profiles if profile.get("default")), None)
    return {"offers": offered, "default": default, "pods": pods, "refusals": refusals}


def slugs_in(document):
    if isinstance(document, dict):
        if isinstance(document.get("slug"), str):
            yield document["slug"]
        for value in document.values():
            yield from slugs_in(value)
    elif isinstance(document, list):
        for item in document:
            yield from slugs_in(item)


async def main(folder):
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    import nbc_hub
    config = Config()
    nbc_hub.configure(config, os.path.join(folder, "profiles.json"))
    with open(os.path.join(folder, "profiles.json"), encoding="utf-8") as file:
        slugs = sorted(set(slugs_in(json.load(file))))
    people = json.load(sys.stdin)
    print(json.dumps({person["name"]: await offers_of(config, person, slugs) for person in people}))


asyncio.run(main(sys.argv[1]))
