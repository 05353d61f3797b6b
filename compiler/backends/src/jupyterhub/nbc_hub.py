"""What nbc decided, in a running hub: who is offered which profile, who pays, and what a refusal says.

This file is the same for every platform. It reads profiles.json beside it. In a jupyterhub_config.py of your own:

    import nbc_hub
    nbc_hub.configure(c)

The Helm values that nbc writes do that already. Groups are those of the sign-in (the claim `groups`); a person in no
listed group who is not listed by name is offered nothing, and starts nothing.
"""

import copy
import datetime
import json
import os
import pathlib
import zoneinfo

PAYING_GROUP = "nbc/paying-group"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Refused(Exception):
    """A server that may not be started. JupyterHub shows `jupyterhub_message` on the page of the failed start."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.jupyterhub_message = sentence
        self.status_code = 403
        self.log_message = self.reason = sentence


def load(path=None):
    """Reads the facts; beside this file unless `path` says otherwise."""
    path = pathlib.Path(path) if path else pathlib.Path(__file__).with_name("profiles.json")
    with open(path, encoding="utf-8") as file:
        facts = json.load(file)
    if facts.get("schema_version") != 1:
        raise ValueError(f"{path} has another form than this nbc_hub.py reads; build both with the same nbc")
    return facts


def configure(c, path=None, environ=os.environ):
    """Sets everything in the configuration `c` that profiles.json knows."""
    facts = load(path)
    for section, settings in facts["config"].items():
        for name, value in settings.items():
            setattr(c[section], name, value)
    for section, secrets in facts["secrets"].items():
        for name, variable in secrets.items():
            if variable in environ:
                setattr(c[section], name, environ[variable])
    hub = Hub(facts)
    c.KubeSpawner.profile_list = hub.profile_list
    c.KubeSpawner.pre_spawn_hook = hub.pre_spawn
    return hub


class Hub:
    """The facts of profiles.json, and the questions that a hub asks of them."""

    def __init__(self, facts, now=None):
        self.facts = facts
        self.groups = facts["groups"]
        self.now = now or (lambda: datetime.datetime.now(zoneinfo.ZoneInfo(facts["time_zone"])))

    # Who pays

    def above(self, group):
        """A group and the groups above it, nearest first."""
        line = []
        while group in self.groups and group not in line:
            line.append(group)
            group = self.groups[group]["parent"]
        return line

    def own_groups(self, groups):
        """The deepest of the groups that somebody is in: of a group and its sub-group, the sub-group."""
        known = [group for group in groups if group in self.groups]
        parents = {parent for group in known for parent in self.above(group)[1:]}
        return sorted(group for group in known if group not in parents)

    def payers(self, name, groups, access):
        """The groups that can pay when this person launches what `access` describes; empty where they may not."""
        if name in access["users"]:
            return access["users"][name]
        granting = [group for group in access["groups"] if group in groups]
        if not granting:
            return []
        primary = self.facts["users"].get(name, {}).get("primary_group")
        primary = [primary] if primary else []
        if self.facts["charge"] == "primary-group":
            return primary
        own = self.own_groups(groups)
        candidates = [group for group in own if any(above in granting for above in self.above(group))]
        if not candidates:
            return primary
        if len(candidates) == 1 or self.facts["charge"] == "chosen-at-launch" or not primary:
            return candidates
        return primary

    # What is offered

    def offers(self, name, groups):
        """Everything that somebody may launch now: pairs of profile and paying group, in the order of the launcher."""
        groups = set(groups)
        found = []
        for profile in self.facts["profiles"]:
            if self.closed(profile["open"]):
                continue
            payers = self.payers(name, groups, profile["access"])
            for payer in payers:
                slug = profile["slug"] if len(payers) == 1 else f"{profile['slug']}--{self.groups[payer]['name']}"
                found.append((slug, profile, payer))
        return found

    def entry(self, name, offer, several):
        """An offer as KubeSpawner's profile_list has it."""
        slug, profile, payer = offer
        entry = copy.deepcopy(profile["entry"])
        entry["slug"] = slug
        if several:
            entry["display_name"] += f" (charged to {self.groups[payer]['title']})"
        labels = entry["kubespawner_override"].setdefault("extra_labels", {})
        labels[PAYING_GROUP] = self.groups[payer]["name"]
        return entry

    def entries(self, name, groups):
        offers = self.offers(name, groups)
        paying = {}
        for _, profile, payer in offers:
            paying.setdefault(profile["slug"], set()).add(payer)
        entries = [self.entry(name, offer, len(paying[offer[1]["slug"]]) > 1) for offer in offers]
        chosen = [entry for entry in entries if entry.get("default")]
        for entry in chosen[1:]:
            entry["default"] = False
        return entries

    def profile_list(self, spawner):
        return self.entries(spawner.user.name, group_names(spawner))

    def closed(self, opening):
        """Why a profile may not be started now, or nothing."""
        if not opening:
            return None
        now = self.now()
        today = now.date().isoformat()
        if opening["from"] and today < opening["from"]:
            return f"opens on {opening['from']}"
        if opening["until"] and today > opening["until"]:
            return f"closed on {opening['until']}"
        if opening["days"] and WEEKDAYS[now.weekday()] not in opening["days"]:
            return f"is open on {', '.join(opening['days'])}"
        if opening["hours"]:
            first, last = opening["hours"].split("-")
            time = now.strftime("%H:%M")
            inside = first <= time < last if first <= last else time >= first or time < last
            if not inside:
                return f"is open from {first} to {last}"
        return None

    # What is refused, and what it says

    def choose(self, name, groups, requested):
        """The offer that a request means. Raises `Refused` with a sentence where there is none."""
        offers = self.offers(name, groups)
        for offer in offers:
            if offer[0] == requested:
                return offer
        if requested:
            raise Refused(self.refusal(name, groups, requested))
        if not offers:
            raise Refused(f"{name} may not start any server{self.ask(groups)}")
        return next((offer for offer in offers if offer[1]["entry"].get("default")), offers[0])

    def refusal(self, name, groups, requested):
        base = requested.split("--")[0]
        profile = next((row for row in self.facts["profiles"] if row["slug"] in (requested, base)), None)
        if profile is None:
            return f"there is no profile {requested}{self.ask(groups)}"
        for rule in profile["refused"]:
            if name in rule["users"]:
                return f"{name} may not start {profile['slug']}: {rule['sentence']}{self.ask(groups)}"
        if self.payers(name, set(groups), profile["access"]):
            closed = self.closed(profile["open"])
            if closed:
                return f"{profile['slug']} {closed}{self.ask(groups)}"
            return f"choose which group pays for {profile['slug']}{self.ask(groups)}"
        of = [self.groups[group]["title"] for group in profile["access"]["groups"] if group in self.groups]
        whose = f" is for members of {', '.join(of)}" if of else " is given to single people"
        return f"{profile['slug']}{whose}{self.ask(profile['access']['groups'])}"

    def ask(self, groups):
        """Whom a refused person may ask, as the end of a sentence."""
        contacts = [self.groups[group]["contact"] for group in self.own_groups(groups) if self.groups[group]["contact"]]
        contact = contacts[0] if contacts else self.facts["contact"]
        return f"; ask {contact}" if contact else ""

    def bound(self, name, payer):
        """How many servers one person may run at once, and why."""
        bounds = [(self.facts["servers_per_user"], "on this platform")]
        own = self.facts["users"].get(name, {}).get("servers_per_user")
        if own is not None:
            bounds.append((own, "by their own quota"))
        group = self.groups[payer]["servers_per_user"]
        if group is not None:
            bounds.append((group, f"at the expense of {self.groups[payer]['title']}"))
        return min(bounds)

    def count(self, spawner, name, payer):
        """Refuses a server too many."""
        most, why = self.bound(name, payer)
        running = sum(1 for other in others(spawner.user, spawner) if is_running(other))
        if running >= most:
            raise Refused(f"{name} runs {running} of at most {most} servers {why}{self.ask([payer])}")
        most = self.groups[payer]["servers"]
        if most is None:
            return
        label = self.groups[payer]["name"]
        paid = sum(
            1
            for user in all_users(spawner)
            for other in others(user, spawner)
            if is_running(other) and other.extra_labels.get(PAYING_GROUP) == label
        )
        if paid >= most:
            title = self.groups[payer]["title"]
            raise Refused(f"members of {title} run {paid} of at most {most} servers{self.ask([payer])}")

    # Where it runs, and what it sees

    def namespace(self, name, payer):
        isolation = self.facts["isolation"]
        if isolation == "per-group":
            return self.groups[payer]["namespace"]
        if isolation == "per-user":
            own = self.facts["users"].get(name, {}).get("namespace")
            if not own:
                raise Refused(f"no namespace was made for {name} yet{self.ask([payer])}")
            return own
        return self.facts["hub_namespace"]

    def mounts(self, name, groups, namespace, profile):
        """Volumes and mounts of a server: storage that the person may read, and what the profile brings."""
        volumes, mounts = [], []
        for volume in self.facts["volumes"]:
            if namespace not in volume["namespaces"]:
                continue
            writes = holds(volume["write"], name, groups)
            if not writes and not holds(volume["read"], name, groups):
                continue
            claim = {"claimName": volume["claim"]}
            volumes.append({"name": volume["name"], "persistentVolumeClaim": claim})
            for mount in volume["mounts"]:
                if mount["group"] and mount["group"] not in groups:
                    continue
                row = {"name": volume["name"], "mountPath": mount["path"], "readOnly": not writes or mount["read_only"]}
                if mount["sub_path"]:
                    row["subPath"] = mount["sub_path"]
                mounts.append(row)
        return volumes + profile["volumes"], mounts + profile["volume_mounts"]

    def pre_spawn(self, spawner):
        """Called before every start: refuses, or puts the server where it belongs."""
        name, groups = spawner.user.name, group_names(spawner)
        slug, profile, payer = self.choose(name, groups, (spawner.user_options or {}).get("profile"))
        self.count(spawner, name, payer)
        spawner.user_options = {**(spawner.user_options or {}), "profile": slug}
        spawner.namespace = self.namespace(name, payer)
        spawner.dns_name = spawner.dns_name_template.format(namespace=spawner.namespace, name=spawner.pod_name)
        spawner.extra_labels = {**spawner.extra_labels, PAYING_GROUP: self.groups[payer]["name"]}
        volumes, mounts = self.mounts(name, groups, spawner.namespace, profile)
        spawner.volumes = beside(spawner.volumes, volumes)
        spawner.volume_mounts = beside(spawner.volume_mounts, mounts)


def group_names(spawner):
    """The groups of the sign-in that the hub keeps."""
    return [group.name for group in spawner.user.groups]


def holds(who, name, groups):
    return name in who["users"] or any(group in groups for group in who["groups"])


def beside(configured, ours):
    """Adds our volumes to those of the configuration; a second start adds nothing twice."""
    if isinstance(configured, dict):
        configured = [configured[key] for key in sorted(configured)]
    return [row for row in configured if not str(row.get("name", "")).startswith("nbc-")] + ours


def others(user, spawner):
    """The other servers of a person. Looking must not make the default server appear."""
    return [other for other in dict(user.spawners).values() if other is not spawner]


def is_running(spawner):
    return bool(spawner.active or spawner.pending == "spawn")


def all_users(spawner):
    """Everybody whom the hub has at hand; who runs a server is always among them."""
    users = spawner.user.settings.get("users")
    return list(users.values()) if users else [spawner.user]
