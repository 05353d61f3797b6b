//! Platforms that are in order, made up: whatever their size and shape, nothing may be said of them.

use std::fmt::Write as _;

use super::corpus::Files;
use super::random::Random;

const SETTINGS: &str = "edition = \"2026\"\n\n[backends.kubernetes]\nversion = \"1.36\"\n[backends.jupyterhub]\nversion = \"5\"\n\
                        [backends.keycloak]\nversion = \"26\"\n[backends.conda-store]\nversion = \"2025.2\"\n";

/// A platform of a few teams, in one of many spellings of the language.
pub(crate) fn platform(seed: u64) -> Files {
    let mut random = Random::new(seed);
    let (teams, people) = (1 + random.below(5), 3 + random.below(12));
    let mut files = Files::new();
    files.insert("nbc.toml".to_owned(), SETTINGS.to_owned());
    files.insert("platform.nbc".to_owned(), site(&mut random));
    match random.below(2) {
        0 => files.insert("people.nbc".to_owned(), people_declared(people)),
        _ => {
            files.insert("people.csv".to_owned(), people_table(people));
            let from = "user from \"people.csv\" { handle: row.login, first-name: row.first, last-name: row.last, email: row.mail }\n";
            files.insert("people.nbc".to_owned(), from.to_owned())
        }
    };
    files.insert("teams.nbc".to_owned(), groups(&mut random, teams, people));
    if random.below(2) == 0 {
        files.insert(
            "stages.nbc".to_owned(),
            "stage dev {\n  set platform.site.realm: \"site-dev\"\n}\nstage prod { }\n".to_owned(),
        );
    }
    files
}

fn site(random: &mut Random) -> String {
    let zone = random.pick(&["UTC", "Europe/Lisbon", "America/Chicago"]);
    let (sign, currency) = random.pick(&[("€", "EUR"), ("$", "USD"), ("£", "GBP")]);
    let (cpu, memory) = (1 + random.below(8), 2 + random.below(30));
    format!(
        "platform site {{ title: \"A site\", domain: \"hub.site.example\", contact: \"help@site.example\", time-zone: \"{zone}\", currency: \"{currency}\" }}\n\
         profile small {{\n  default: true\n  cpu: {cpu}\n  memory: {memory}Gi\n  price: {sign}0.{cpu}/hour\n}}\n\
         profile large extends small {{ default: false, cpu: {}, memory: {}Gi }}\n\
         node-pool cpu {{ cpu: 64, memory: 512Gi, max-nodes: 8 }}\n\
         service jupyterhub extends std/jupyterhub {{ access: [staff] }}\n",
        cpu * 2,
        memory * 2,
    )
}

fn people_declared(people: usize) -> String {
    let person = |number| {
        format!(
            "user person-{number} {{ first-name: \"P\", last-name: \"Q{number}\", email: \"p{number}@site.example\" }}\n"
        )
    };
    (0..people).map(person).collect()
}

fn people_table(people: usize) -> String {
    let person = |number| format!("person-{number},P,Q{number},p{number}@site.example\n");
    "login,first,last,mail\n".to_owned() + &(0..people).map(person).collect::<String>()
}

fn groups(random: &mut Random, teams: usize, people: usize) -> String {
    let everybody: Vec<String> = (0..people).map(|number| format!("person-{number}")).collect();
    let mut text = format!(
        "group staff {{\n  owners: [person-0]\n  members: [{}]\n  profiles: [small]\n  quota {{ cpu: 400, memory: 3000Gi }}\n}}\n\
         group admins {{ owners: [person-0], members: [person-0, person-1], roles: [admin] }}\n",
        everybody.join(", ")
    );
    for team in 0..teams {
        let parent = if random.below(2) == 0 { "  parent: staff\n" } else { "" };
        let until = if random.below(3) == 0 { "  until: 2027-12-31\n" } else { "" };
        let python = 10 + random.below(5);
        let _ = write!(
            text,
            "\n## Team {team}\ngroup team-{team} {{\n{parent}{until}  owners: [person-{}]\n  environments: [env-{team}]\n}}\n\
             environment env-{team} {{\n  namespace: team-{team}\n  packages {{ python: \"3.{python}.*\", numpy: \">={team}.2\" }}\n}}\n\
             storage data-{team} {{ size: {}Gi, read: [team-{team}], write: [team-{team}] }}\n",
            random.below(people),
            1 + random.below(900),
        );
    }
    text
}
