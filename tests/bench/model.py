#!/usr/bin/env python3
"""The peers' model in each of its spellings:  model.py FOLDER N [--wrong]

20 machines {cpu, memory}, max(10, N/10) teams {machines: 2 references}, N people {teams: 3 references, machine: 1 reference}.
Checked in every spelling: every field is there and no other; cpu is a whole number from 1 to 64; memory is a size in Mi, Gi or Ti;
every reference names something that exists. (Jsonnet has no patterns and cannot refuse an unknown field: it checks a little less.)

    FOLDER/nbc/         kinds.nbc and world.nbc, a workspace with kinds of its own
    FOLDER/m.jsonnet    the same, with assertions, for jrsonnet
    FOLDER/m.json       the plain data, for anybody's own spelling

With --wrong the last person names a team that does not exist: everybody must then refuse.
"""

import json
import pathlib
import sys

MACHINES = 20

KINDS = """## A size of machine.
kind machine {
  ## Cores.
  cpu: Count in 1..64 "a machine has between 1 and 64 cores"
  ## Main memory.
  memory: Memory
}

## A team and the machines it may use.
kind team {
  machines: [machine]
}

## A person, the teams they are in, and the machine they work on.
kind person {
  teams: [team]
  machine: machine
}
"""

JSONNET = """local
  Machine = {
    assert std.isNumber(self.cpu) && self.cpu == std.floor(self.cpu) && self.cpu >= 1 && self.cpu <= 64 : 'cpu out of range',
    assert std.any([std.endsWith(self.memory, suffix) for suffix in ['Mi', 'Gi', 'Ti']]) : 'not a size',
  },
  Team = {
    assert std.all([std.isObject(machines[name]) for name in self.machines]) : 'unknown machine',
  },
  Person = {
    assert std.all([std.isObject(teams[name]) for name in self.teams]) : 'unknown team',
    assert std.isObject(machines[self.machine]) : 'unknown machine',
  },
  machines = {
"""


def world(people, wrong=False):
    count = max(10, people // 10)
    machines = {f"p{i}": {"cpu": 1 + i % 32, "memory": f"{4 * (1 + i % 32)}Gi"} for i in range(MACHINES)}
    teams = {f"g{i}": {"machines": list(dict.fromkeys([f"p{i % MACHINES}", f"p{i * 7 % MACHINES}"]))} for i in range(count)}
    persons = {
        f"u{i}": {
            "teams": list(dict.fromkeys([f"g{i % count}", f"g{(i * 3 + 1) % count}", f"g{(i * 7 + 2) % count}"])),
            "machine": f"p{i % MACHINES}",
        }
        for i in range(people)
    }
    if wrong:
        persons[f"u{people - 1}"]["teams"][-1] = "nosuch"
    return {"machines": machines, "teams": teams, "persons": persons}


def nbc(model):
    lines = [f"machine {name} {{ cpu: {m['cpu']}, memory: {m['memory']} }}" for name, m in model["machines"].items()]
    lines += [f"team {name} {{ machines: [{', '.join(t['machines'])}] }}" for name, t in model["teams"].items()]
    lines += [
        f"person {name} {{ teams: [{', '.join(p['teams'])}], machine: {p['machine']} }}" for name, p in model["persons"].items()
    ]
    return "\n".join(lines) + "\n"


def jsonnet(model):
    quoted = lambda names: ", ".join(f"'{name}'" for name in names)
    lines = [JSONNET]
    lines += [f"    {name}: Machine {{ cpu: {m['cpu']}, memory: '{m['memory']}' }},\n" for name, m in model["machines"].items()]
    lines.append("  },\n  teams = {\n")
    lines += [f"    {name}: Team {{ machines: [{quoted(t['machines'])}] }},\n" for name, t in model["teams"].items()]
    lines.append("  },\n  persons = {\n")
    lines += [
        f"    {name}: Person {{ teams: [{quoted(p['teams'])}], machine: '{p['machine']}' }},\n"
        for name, p in model["persons"].items()
    ]
    lines.append("  };\n{ machines: machines, teams: teams, persons: persons }\n")
    return "".join(lines)


def write(folder, people, wrong=False):
    folder = pathlib.Path(folder)
    (folder / "nbc").mkdir(parents=True, exist_ok=True)
    model = world(people, wrong)
    for name, text in {
        "m.json": json.dumps(model, sort_keys=True),
        "m.jsonnet": jsonnet(model),
        "nbc/nbc.toml": 'edition = "2026"\n',
        "nbc/kinds.nbc": KINDS,
        "nbc/world.nbc": nbc(model),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--wrong"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    write(arguments[0], int(arguments[1]), "--wrong" in sys.argv)
