#!/usr/bin/env python3
"""Writes the people and teams of a made-up university: the same N gives the same bytes, on every machine.

    generate.py [N] [--into FOLDER]     people.csv and teams.nbc for N people (5,000 when not said); the written-by-hand files
                                        beside this script are copied when FOLDER is another folder
    generate.py --students FILE         the 300 students of examples/course

Nobody in these files exists: given names are ordinary, family names are plants, stones and weather, and every address ends in
`.example`, which belongs to no one (RFC 2606).
"""

import argparse
import csv
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent
WRITTEN_BY_HAND = ["nbc.toml", "platform.nbc", "university.nbc", "rules.nbc", "stages.nbc"]

GIVEN = """Ada Aiko Alba Amara Amir Anouk Anton Aroha Astrid Aylin Bao Bela Bruno Carmen Chidi Clara Dalia Dario Deepa Diego Dina Edda
Elio Emre Esra Farah Felix Fiona Gaia Goran Greta Hanna Haruto Ida Idris Ilse Imani Ines Ivo Jana Jonas Jun Kaia Karim Kofi Lale Lars
Leila Lena Linh Luca Maja Malik Marta Mateo Mei Milan Mina Naoki Nia Nils Noor Olga Omar Otto Pablo Petra Priya Rafael Rania Ravi Rosa
Ruben Sana Selma Sven Tara Teo Uma Vera Viktor Wanda Yara Yusuf Zoe""".split()

FAMILY = """Agate Alder Almond Amber Anise Arnica Ash Aster Basalt Beech Birch Blizzard Borage Bramble Breeze Bryony Cedar Chalk Cirrus
Clover Cobalt Coral Cornflower Cyclone Cypress Daisy Dewfall Dolomite Drizzle Elder Fennel Feldspar Fern Flint Foxglove Frost Gale Garnet
Gentian Gneiss Granite Gravel Hail Hawthorn Hazel Heather Holly Hornbeam Icicle Iris Jade Jasper Juniper Larch Larkspur Lavender Lilac
Limestone Linden Lupin Malachite Maple Marble Marigold Mica Mist Monsoon Moss Myrtle Nimbus Obsidian Olivine Onyx Opal Orchid Pebble
Peony Pine Poplar Primrose Pumice Pyrite Quartz Rainbow Rowan Sage Sandstone Schist Shale Slate Sleet Snowdrop Sorrel Squall Stratus
Sunshine Tamarisk Tansy Tempest Thistle Thunder Thyme Topaz Tuff Valerian Verbena Willow Yarrow Zephyr Zircon""".split()

# School: (name, what its teams work on). University.nbc declares the schools; the teams below them are made here.
SCHOOLS = {
    "arts": ("Arts", ["archives", "film", "languages", "literature", "music", "theatre"]),
    "economics": ("Economics", ["econometrics", "finance", "labour", "markets", "trade", "welfare"]),
    "engineering": ("Engineering", ["bridges", "control", "materials", "robotics", "turbines", "vision"]),
    "law": ("Law", ["contracts", "courts", "crime", "privacy", "tax", "treaties"]),
    "mathematics": ("Mathematics", ["algebra", "geometry", "logic", "numerics", "statistics", "topology"]),
    "medicine": ("Medicine", ["cardiology", "genomics", "imaging", "neurology", "oncology", "surgery"]),
    "science": ("Science", ["astronomy", "chemistry", "climate", "ecology", "particles", "proteins"]),
    "social": ("Social sciences", ["cities", "education", "elections", "families", "media", "migration"]),
}
TEAMS_PER_THOUSAND = 22
WITH_GPU = {"vision", "robotics", "genomics", "imaging", "proteins", "climate", "statistics", "languages"}
# Of twenty people: who they are, in the order in which they come.
AFFILIATIONS = ["faculty"] * 3 + ["staff"] * 5 + ["student"] * 10 + ["guest", "contractor"]


def person(number):
    """The given and family name, and the login, of the person with this number. Steps without a common divisor spread the names."""
    given = GIVEN[(number * 37 + number // len(GIVEN)) % len(GIVEN)]
    family = FAMILY[(number * 53 + number // len(FAMILY)) % len(FAMILY)]
    return given, family, f"{given[0].lower()}{family.lower()}{number + 1}"


def teams(people):
    """(handle, school, topic, part) of every team: round the schools, then round their topics, then further parts of each topic."""
    wanted = max(len(SCHOOLS), people * TEAMS_PER_THOUSAND // 1000)
    schools = list(SCHOOLS)
    made = []
    for number in range(wanted):
        school = schools[number % len(schools)]
        topics = SCHOOLS[school][1]
        turn = number // len(schools)
        topic, part = topics[turn % len(topics)], turn // len(topics) + 1
        made.append((f"{topic}-{part}" if part > 1 else topic, school, topic, part))
    return made


def last_day(number, affiliation):
    """Students, guests and contractors leave; staff and faculty have no last day."""
    if affiliation == "student":
        return f"{2027 + number % 4}-09-30"
    if affiliation in ("guest", "contractor"):
        return f"2027-{1 + number % 12:02}-{15 if number % 2 else 28}"
    return ""


def write_people(path, people, made):
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["login", "first", "last", "email", "affiliation", "department", "team", "ends"])
        for number in range(people):
            first, last, login = person(number)
            handle, school, _, _ = made[number % len(made)]
            affiliation = AFFILIATIONS[(number // len(made)) % len(AFFILIATIONS)]
            department = SCHOOLS[school][0]
            ends = last_day(number, affiliation)
            rows.writerow([login, first, last, f"{login}@campus.example", affiliation, department, handle, ends])


def write_teams(path, made):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Written by generate.py. The first person of each team is of the faculty, and owns it.\n")
        for number, (handle, school, topic, part) in enumerate(made):
            title = topic.capitalize() + (f" {part}" if part > 1 else "")
            owner = person(number)[2]
            gpu = topic in WITH_GPU
            file.write(f"\ngroup {handle} {{\n")
            file.write(f'  title: "{title}"\n')
            file.write(f"  parent: {school}\n")
            file.write(f"  owners: [{owner}]\n")
            if gpu:
                file.write("  profiles: [gpu-l4]\n")
                file.write("  quota { cpu: 48, memory: 192Gi, gpu { l4: 2 }, budget: €900/month }\n")
            else:
                file.write("  quota { cpu: 32, memory: 128Gi, budget: €400/month }\n")
            file.write("}\n")


def write_students(path, students=300):
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["login", "first", "last", "E-mail", "course"])
        for number in range(students):
            first, last, _ = person(number * 7 + 3)
            login = f"s{2600 + number:05}"
            rows.writerow([login, first, last, f"{login}@students.example", "statistics-101"])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("people", nargs="?", type=int, default=5000, metavar="N")
    arguments.add_argument("--into", type=pathlib.Path, default=HERE, metavar="FOLDER")
    arguments.add_argument("--students", type=pathlib.Path, metavar="FILE")
    given = arguments.parse_args()
    if given.students:
        write_students(given.students)
        return
    given.into.mkdir(parents=True, exist_ok=True)
    if given.into.resolve() != HERE:
        for name in WRITTEN_BY_HAND:
            shutil.copyfile(HERE / name, given.into / name)
    made = teams(given.people)
    write_people(given.into / "people.csv", given.people, made)
    write_teams(given.into / "teams.nbc", made)


if __name__ == "__main__":
    main()
