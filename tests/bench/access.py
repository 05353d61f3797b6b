#!/usr/bin/env python3
"""Platforms that are about who may do what:  access.py FOLDER PEOPLE THINGS  |  access.py --pairs FOLDER

A site has PEOPLE in 120 nested groups, and THINGS of four kinds that groups and people are given. Three packs are on.
With --pairs: a small site with 200 policies of its own, as repositories of git with two commits each, `HEAD~1` and `HEAD`.

    FOLDER/stricter    one policy refuses more than it did
    FOLDER/reworded    every third policy says the same otherwise
    FOLDER/wider       one policy permits more than it did: somebody gains
    FOLDER/moved       one declaration differs, no policy: a group is given something
"""

import pathlib
import shutil
import subprocess
import sys

GROUPS = 120
AFFILIATIONS = ["staff", "faculty", "student", "student", "student", "contractor", "guest"]
CLASSES = ["public", "internal", "confidential"]
SETTINGS = 'edition = "2026"\n'
PACKS = """pack baseline { level: hard }
pack gpu-cost { level: hard }
pack data-access { level: hard }
node-pool pool { cpu: 64, memory: 512Gi, gpu { a100: 8 }, max-nodes: 10 }
"""
POLICIES = 200


def people(count):
    yield from (f"user u{at} {{ affiliation: {AFFILIATIONS[at % len(AFFILIATIONS)]}, until: 2027-12-31 }}" for at in range(count))


def groups(count):
    yield "group top { owners: [u0], roles: [analyst], members: [u0] }"
    for at in range(min(GROUPS, count)):
        members = ", ".join(f"u{member}" for member in range(at, count, GROUPS))
        parent = "top" if at < 10 else f"g{at % 10}"
        yield f"group g{at} {{ parent: {parent}, owners: [u{at}], members: [{members}], roles: [instructor] }}"


def thing(at, groups_in_all):
    group, other = at % groups_in_all, at * 7 % groups_in_all
    if at % 4 == 0:
        return f"profile p{at} {{ cpu: 2, memory: 8Gi, gpu {{ a100: {at % 3} }} }}"
    if at % 4 == 1:
        return f'environment e{at} {{ namespace: g{group}, shared-with: [top], packages {{ python: "3.12.*" }} }}'
    if at % 4 == 2:
        return f"storage s{at} {{ size: 1Ti, read: [top], write: [g{group}, g{other}] }}"
    return (
        f"data-source d{at} {{ classification: {CLASSES[at % 3]}, owner: u{group}, enforced-by: bucket-policy, "
        f'at: bucket {{ url: "s3://d{at}" }}, read: [top] }}'
    )


def site(count, things):
    """One text for each file."""
    profiles = ", ".join(f"p{at}" for at in range(0, things, 4))
    everybody = ", ".join(f"u{at}" for at in range(count))
    launchers = f"group launchers {{ owners: [u0], members: [{everybody}], profiles: [{profiles}], quota {{ gpu {{ a100: 8 }} }} }}"
    return {
        "nbc.toml": SETTINGS,
        "people.nbc": "\n".join(people(count)) + "\n",
        "groups.nbc": "\n".join([*groups(count), launchers]) + "\n",
        "things.nbc": PACKS + "\n".join(thing(at, min(GROUPS, count)) for at in range(things)) + "\n",
    }


def write(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


# What policies are about: action, type of the thing, a condition on the thing.
ABOUT = [
    ("launch", "Profile", "resource.has_gpu"),
    ("launch", "Profile", "resource.memory_bytes > {0}000000000"),
    ("data-source.read", "DataSource", 'resource.classification == Classification::"confidential"'),
    ("data-source.write", "DataSource", "resource.classification_rank >= {1}"),
    ("storage.read", "Storage", "resource.size_bytes > {0}000000000"),
    ("storage.write", "Storage", 'resource.mount_path like "/shared/s{0}*"'),
    ("edit", "Environment", "resource.keep_builds > {1}"),
    ("view", "Environment", "resource has until"),
]
# What they ask of a person.
WHO = [
    'principal.affiliation == Affiliation::"{2}" && principal in Group::"g{0}"',
    'principal in Group::"g{0}" && !(principal in Group::"g1")',
    'principal in Group::"g{0}" && principal.affiliation != Affiliation::"{2}"',
    'principal has department && principal.department == "d{0}"',
    'principal has email && principal.email like "*@{2}.example"',
]


def policy(at, who=None):
    action, kind, what = ABOUT[at % len(ABOUT)]
    words = (1 + at % 20, at % 3, AFFILIATIONS[at % len(AFFILIATIONS)])
    who = who or WHO[at // len(ABOUT) % len(WHO)]
    effect = "permit" if at % 10 == 9 else "forbid"
    return (
        f'@id("p{at}")\n@sentence("Rule number {at}.")\n'
        f'{effect} (principal is User, action == Action::"{action}", resource is {kind})\n'
        f"when {{ {who.format(*words)} && {what.format(*words)} }};\n"
    )


def reworded(at):
    """The same rule, its condition a double negation with its halves the other way round."""
    text = policy(at)
    before, condition = text.split("when { ")
    condition = condition.removesuffix(" };\n")
    who, _, what = condition.rpartition(" && ")
    return f"{before}unless {{ !({what} && ({who})) }};\n"


def policies(otherwise=None):
    return "\n".join((otherwise or {}).get(at) or policy(at) for at in range(POLICIES))


def pairs(folder):
    small = site(60, 80)
    # Number 2 refuses confidential data, number 9 permits large profiles.
    head = {
        "stricter": {"site.cedar": policies({2: policy(2, 'principal.affiliation != Affiliation::"faculty"')})},
        "reworded": {"site.cedar": policies({at: reworded(at) for at in range(0, POLICIES, 3)})},
        "wider": {"site.cedar": policies({9: policy(9, "principal.enabled")})},
        "moved": {"things.nbc": small["things.nbc"].replace("storage s2 { size: 1Ti, read: [top]", "storage s2 { size: 1Ti, read: [top, launchers]")},
    }
    for name, changed in head.items():
        repository = folder / name
        shutil.rmtree(repository, ignore_errors=True)
        write(repository, {**small, "site.cedar": policies()})
        git(repository, "init", "--quiet")
        commit(repository, "base")
        write(repository, changed)
        commit(repository, "head")


def commit(repository, message):
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", message)


def git(repository, *arguments):
    who = ["-c", "user.name=bench", "-c", "user.email=bench@site.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", repository, *who, *arguments], check=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    if len(given) == 2 and given[0] == "--pairs":
        pairs(pathlib.Path(given[1]))
    elif len(given) == 3:
        write(pathlib.Path(given[0]), site(int(given[1]), int(given[2])))
    else:
        sys.exit(__doc__)
