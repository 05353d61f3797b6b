#!/usr/bin/env python3
"""usage: offers.py < platforms.json   what KubeSpawner offers each person, the pod it would make of every offer, and what else they may.

Platforms: [{"folder": …, "people": [{"name": …, "groups": […]}]}]; each folder has a folder `jupyterhub` as nbc writes it, groups are as
the login's `groups` claim says them. Prints {FOLDER: {NAME: {"offers": [SLUG…], "default": SLUG, "pods": {SLUG: POD},
"refusals": {SLUG: MESSAGE}, "sign_in": {"client": …, "open": BOOL, "administer": BOOL}, "over": {ACTION: [NAME…]}}}}; every slug of
profiles.json is tried, so that what is not offered is seen to be refused. No hub and no cluster is needed: the code of spawner,
authenticator and the hub's roles runs.
"""
import asyncio
import importlib.util
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

import yaml
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

import access
from access import awaited

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


def config_of(folder):
    """The settings of the chart, and then those of nbc_hub.py, in the order of a hub's start."""
    config = Config()
    with open(os.path.join(folder, "values.yaml"), encoding="utf-8") as file:
        for section, settings in yaml.safe_load(file)["hub"].get("config", {}).items():
            for name, value in settings.items():
                setattr(config[section], name, value)
    # Each platform has a module of the same name.
    specification = importlib.util.spec_from_file_location("nbc_hub", os.path.join(folder, "nbc_hub.py"))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    module.configure(config, os.path.join(folder, "profiles.json"))
    return config


async def answers(platform):
    folder = os.path.join(platform["folder"], "jupyterhub")
    config = config_of(folder)
    with open(os.path.join(folder, "profiles.json"), encoding="utf-8") as file:
        slugs = sorted(set(slugs_in(json.load(file))))
    people = platform["people"]
    found = {person["name"]: await offers_of(config, person, slugs) for person in people}
    signed_in = {person["name"]: await access.sign_in(config, person) for person in people}
    over = access.rights(config, people, signed_in)
    return {name: {**offers, "sign_in": signed_in[name], "over": over[name]} for name, offers in found.items()}


async def main():
    sys.dont_write_bytecode = True
    print(json.dumps({platform["folder"]: await answers(platform) for platform in json.load(sys.stdin)}))


asyncio.run(main())
