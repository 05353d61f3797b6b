"""Tests of nbc_hub.py without a hub: python3 -m unittest nbc_hub_test (in this folder)."""

import datetime
import types
import unittest

import nbc_hub


def group(name, parent=None, **more):
    row = {"name": name, "title": name.upper(), "parent": parent, "namespace": name, "contact": None, "servers": None, "servers_per_user": None}
    return {**row, **more}


def profile(slug, groups=(), users=None, **more):
    row = {
        "slug": slug,
        "entry": {"display_name": slug, "slug": slug, "kubespawner_override": {"extra_labels": {"nbc/profile": slug}}},
        "open": None,
        "access": {"groups": list(groups), "users": users or {}},
        "refused": [],
        "volumes": [],
        "volume_mounts": [],
    }
    return {**row, **more}


def facts(**more):
    row = {
        "schema_version": 1,
        "time_zone": "UTC",
        "contact": "help@example.org",
        "isolation": "per-group",
        "hub_namespace": "jupyterhub",
        "charge": "granting-group",
        "servers_per_user": 1,
        "config": {},
        "secrets": {},
        "groups": {
            "/lab": group("lab"),
            "/lab/ml": group("ml", "/lab", contact="robin@example.org"),
            "/lab/bio": group("bio", "/lab"),
        },
        "users": {},
        "profiles": [profile("small", ["/lab"]), profile("gpu", ["/lab/ml"])],
        "volumes": [],
    }
    return {**row, **more}


def spawner(name="ana", groups=("/lab", "/lab/ml"), users=None, **options):
    user = types.SimpleNamespace(name=name, groups=[types.SimpleNamespace(name=row) for row in groups], settings={"users": users})
    made = types.SimpleNamespace(
        user=user, user_options=dict(options), extra_labels={}, volumes=[], volume_mounts=[], namespace="jupyterhub", pod_name="jupyter-" + name,
        dns_name_template="{name}.{namespace}.svc.cluster.local", active=False, pending=None,
    )
    user.spawners = {"": made}
    return made


class Offers(unittest.TestCase):
    def offered(self, hub, name, groups):
        return [(slug, payer) for slug, _, payer in hub.offers(name, groups)]

    def test_a_member_is_offered_what_the_groups_grant_and_the_own_subgroup_pays(self):
        hub = nbc_hub.Hub(facts())
        self.assertEqual(self.offered(hub, "ana", ["/lab", "/lab/ml"]), [("small", "/lab/ml"), ("gpu", "/lab/ml")])
        self.assertEqual(self.offered(hub, "bob", ["/lab", "/lab/bio"]), [("small", "/lab/bio")])
        self.assertEqual(self.offered(hub, "cai", ["/lab"]), [("small", "/lab")])
        self.assertEqual(self.offered(hub, "eve", ["/strangers"]), [])

    def test_of_several_groups_the_primary_one_pays_else_each_is_an_entry(self):
        both = ["/lab", "/lab/ml", "/lab/bio"]
        hub = nbc_hub.Hub(facts())
        self.assertEqual(self.offered(hub, "dana", both), [("small--bio", "/lab/bio"), ("small--ml", "/lab/ml"), ("gpu", "/lab/ml")])
        names = [entry["display_name"] for entry in hub.entries("dana", both)]
        self.assertEqual(names, ["small (charged to BIO)", "small (charged to ML)", "gpu"])
        hub = nbc_hub.Hub(facts(users={"dana": {"primary_group": "/lab/bio"}}))
        self.assertEqual(self.offered(hub, "dana", both), [("small", "/lab/bio"), ("gpu", "/lab/ml")])
        hub = nbc_hub.Hub(facts(users={"dana": {"primary_group": "/lab/bio"}}, charge="chosen-at-launch"))
        self.assertEqual(len(self.offered(hub, "dana", both)), 3)

    def test_people_listed_by_name_need_no_group(self):
        hub = nbc_hub.Hub(facts(profiles=[profile("gpu", users={"chen": ["/lab/ml"]})]))
        self.assertEqual(self.offered(hub, "chen", []), [("gpu", "/lab/ml")])
        self.assertEqual(self.offered(hub, "ana", ["/lab/ml"]), [])

    def test_an_entry_carries_the_paying_group_and_the_facts_stay_as_they_are(self):
        known = facts()
        entries = nbc_hub.Hub(known).entries("ana", ["/lab", "/lab/ml"])
        labels = entries[0]["kubespawner_override"]["extra_labels"]
        self.assertEqual(labels, {"nbc/profile": "small", "nbc/paying-group": "ml"})
        self.assertEqual(known, facts())

    def test_one_default_at_most(self):
        rows = [profile("a", ["/lab"]), profile("b", ["/lab"])]
        for row in rows:
            row["entry"]["default"] = True
        entries = nbc_hub.Hub(facts(profiles=rows)).entries("ana", ["/lab"])
        self.assertEqual([entry["default"] for entry in entries], [True, False])


class Hours(unittest.TestCase):
    def at(self, moment, **opening):
        opening = {"from": None, "until": None, "days": [], "hours": None, **opening}
        hub = nbc_hub.Hub(facts(), now=lambda: datetime.datetime.fromisoformat(moment))
        return hub.closed(opening)

    def test_days_and_hours(self):
        self.assertIsNone(self.at("2026-11-24T10:00", hours="09:00-11:00", days=["tuesday"]))
        self.assertEqual(self.at("2026-11-24T11:00", hours="09:00-11:00"), "is open from 09:00 to 11:00")
        self.assertEqual(self.at("2026-11-25T10:00", days=["tuesday"]), "is open on tuesday")
        self.assertEqual(self.at("2026-11-23T10:00", **{"from": "2026-11-24"}), "opens on 2026-11-24")
        self.assertEqual(self.at("2026-11-26T10:00", until="2026-11-25"), "closed on 2026-11-25")
        self.assertIsNone(self.at("2026-11-25T23:59", until="2026-11-25"))
        self.assertIsNone(self.at("2026-11-25T23:30", hours="22:00-02:00"))


class Starts(unittest.TestCase):
    def refused(self, hub, made):
        with self.assertRaises(nbc_hub.Refused) as caught:
            hub.pre_spawn(made)
        return caught.exception.jupyterhub_message

    def test_a_start_is_placed_and_labelled(self):
        made = spawner(profile="gpu")
        nbc_hub.Hub(facts()).pre_spawn(made)
        self.assertEqual((made.namespace, made.extra_labels), ("ml", {"nbc/paying-group": "ml"}))
        self.assertEqual(made.dns_name, "jupyter-ana.ml.svc.cluster.local")

    def test_without_a_choice_the_default_is_started(self):
        rows = [profile("a", ["/lab"]), profile("b", ["/lab"])]
        rows[1]["entry"]["default"] = True
        made = spawner()
        nbc_hub.Hub(facts(profiles=rows)).pre_spawn(made)
        self.assertEqual(made.user_options["profile"], "b")

    def test_a_refusal_says_why_and_whom_to_ask(self):
        hub = nbc_hub.Hub(facts())
        self.assertEqual(self.refused(hub, spawner("bob", ["/lab", "/lab/bio"], profile="gpu")), "gpu is for members of ML; ask robin@example.org")
        self.assertEqual(self.refused(hub, spawner("eve", [])), "eve may not start any server; ask help@example.org")
        self.assertEqual(self.refused(hub, spawner("ana", profile="huge")), "there is no profile huge; ask robin@example.org")
        rule = {"sentence": "guests start no GPU server", "users": ["gus"]}
        hub = nbc_hub.Hub(facts(profiles=[profile("gpu", refused=[rule])]))
        self.assertEqual(self.refused(hub, spawner("gus", profile="gpu")), "gus may not start gpu: guests start no GPU server; ask robin@example.org")

    def test_closed_hours_are_said(self):
        opening = {"from": None, "until": None, "days": [], "hours": "09:00-11:00"}
        hub = nbc_hub.Hub(facts(profiles=[profile("exam", ["/lab"], open=opening)]), now=lambda: datetime.datetime(2026, 11, 24, 12))
        self.assertEqual(self.refused(hub, spawner(profile="exam")), "exam is open from 09:00 to 11:00; ask robin@example.org")

    def test_a_server_too_many_is_refused(self):
        made = spawner(profile="small")
        made.user.spawners["second"] = types.SimpleNamespace(active=True, pending=None)
        self.assertEqual(self.refused(nbc_hub.Hub(facts()), made), "ana runs 1 of at most 1 servers on this platform; ask robin@example.org")
        nbc_hub.Hub(facts(servers_per_user=2)).pre_spawn(made)

    def test_a_groups_servers_are_counted_over_all_its_people(self):
        known = facts()
        known["groups"]["/lab/ml"]["servers"] = 1
        running = types.SimpleNamespace(active=True, pending=None, extra_labels={"nbc/paying-group": "ml"})
        other = types.SimpleNamespace(spawners={"": running})
        made = spawner(profile="small")
        made.user.settings["users"] = {1: made.user, 2: other}
        self.assertEqual(self.refused(nbc_hub.Hub(known), made), "members of ML run 1 of at most 1 servers; ask robin@example.org")

    def test_volumes_follow_rights_and_a_second_start_adds_nothing_twice(self):
        volume = {
            "name": "nbc-data", "claim": "data", "namespaces": ["ml"], "mounts": [{"path": "/shared/data", "sub_path": None, "group": None, "read_only": False}],
            "read": {"groups": ["/lab"], "users": []}, "write": {"groups": [], "users": ["ana"]},
        }
        hub = nbc_hub.Hub(facts(volumes=[volume]))
        made = spawner(profile="gpu")
        made.volumes = {"10-home": {"name": "home"}}
        hub.pre_spawn(made)
        hub.pre_spawn(made)
        self.assertEqual(made.volumes, [{"name": "home"}, {"name": "nbc-data", "persistentVolumeClaim": {"claimName": "data"}}])
        self.assertEqual(made.volume_mounts, [{"name": "nbc-data", "mountPath": "/shared/data", "readOnly": False}])
        reader = spawner("bob", profile="gpu")
        hub.pre_spawn(reader)
        self.assertTrue(reader.volume_mounts[0]["readOnly"])
        elsewhere = spawner("cai", ["/lab"], profile="small")
        hub.pre_spawn(elsewhere)
        self.assertEqual(elsewhere.volumes, [])

    def test_isolation_decides_the_namespace(self):
        made = spawner(profile="gpu")
        nbc_hub.Hub(facts(isolation="shared")).pre_spawn(made)
        self.assertEqual(made.namespace, "jupyterhub")
        nbc_hub.Hub(facts(isolation="per-user", users={"ana": {"namespace": "user-ana"}})).pre_spawn(made)
        self.assertEqual(made.namespace, "user-ana")
        self.assertIn("no namespace", self.refused(nbc_hub.Hub(facts(isolation="per-user")), made))


class Settings(unittest.TestCase):
    def test_settings_and_secrets_reach_the_configuration(self):
        import json
        import tempfile

        class Config(dict):
            def __getattr__(self, section):
                return self[section]

            def __missing__(self, section):
                self[section] = types.SimpleNamespace()
                return self[section]

        known = facts(config={"KubeSpawner": {"start_timeout": 300}}, secrets={"GenericOAuthenticator": {"client_secret": "HUB_SECRET"}})
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(known, file)
            file.flush()
            c = Config()
            nbc_hub.configure(c, file.name, {"HUB_SECRET": "s"})
        self.assertEqual(c.KubeSpawner.start_timeout, 300)
        self.assertEqual(c.GenericOAuthenticator.client_secret, "s")
        self.assertTrue(callable(c.KubeSpawner.profile_list) and callable(c.KubeSpawner.pre_spawn_hook))

    def test_a_file_of_another_form_is_refused(self):
        import tempfile

        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"schema_version": 2}')
            file.flush()
            with self.assertRaises(ValueError):
                nbc_hub.load(file.name)


if __name__ == "__main__":
    unittest.main()
