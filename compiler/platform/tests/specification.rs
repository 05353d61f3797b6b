//! What is read from environment.yml, pixi.toml and lock files, with its places: text in, text out.

use nbc_model::testing::analysed;
use nbc_platform::testing::targets;
use nbc_platform::{Draft, checks};

/// Shows the specification of the only environment, then the findings of the checks.
fn check(file: &str, text: &str, expected: &str) {
    let workspace = format!("environment stats {{ namespace: site, file: \"{file}\" }}\n== {file}\n{text}");
    let analysed = analysed(&workspace);
    assert_eq!(analysed.report(), "");
    let targets = targets("");
    let mut shown = String::new();
    for world in &analysed.model.worlds {
        let draft = Draft::new(&analysed.model, world, &analysed.sources, &targets);
        for specification in &draft.specifications {
            let channels: Vec<&str> = specification.channels.iter().map(|channel| channel.text.as_str()).collect();
            shown += &format!("channels {}\n", channels.join(" "));
            for (kind, rows) in [("conda", &specification.conda), ("pip", &specification.pip)] {
                for row in rows {
                    let place = analysed.sources.place(row.span);
                    shown += &format!("{kind} {} [{}] at {place}\n", row.name, row.version);
                }
            }
            let variables = specification.variables.iter().map(|(name, value)| format!("{name}={}\n", value.text));
            shown.extend(variables);
        }
        for finding in &checks::run(&draft) {
            let place = finding.span.map_or_else(String::new, |span| analysed.sources.place(span));
            shown += &format!("{place} {}: {}\n", finding.code.name, finding.message);
        }
    }
    let lines: Vec<&str> = expected.lines().map(str::trim_start).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown.trim_end(), lines.join("\n"));
}

#[test]
fn an_environment_yml_is_read_with_places() {
    check(
        "environment.yml",
        "name: statistics
channels:
  - conda-forge
dependencies:
  - python=3.12
  - numpy >=2,<3
  - pip:
      - torch[cuda]>=2
variables:
  OMP_NUM_THREADS: 4
",
        "channels conda-forge
         conda python [=3.12] at environment.yml:5:5
         conda numpy [>=2,<3] at environment.yml:6:5
         pip torch [>=2] at environment.yml:8:9
         OMP_NUM_THREADS=4",
    );
}

#[test]
fn what_passes_a_servers_allow_list_is_found() {
    check(
        "environment.yml",
        "channels: [conda-forge]
dependencies:
  - python=3.12
  - evil-channel::numpy
  - pip:
      - --index-url https://evil.example/simple
      - thing
",
        "channels conda-forge
         conda python [=3.12] at environment.yml:3:5
         conda numpy [] at environment.yml:4:5
         pip thing [] at environment.yml:7:9
         environment.yml:4:5 untrusted-channel: environment `stats` takes packages from `evil-channel`, which is not trusted
         environment.yml:6:9 untrusted-channel: environment `stats` takes Python packages from `https://evil.example/simple`, which is not trusted",
    );
}

#[test]
fn contradictions_between_two_lines_are_found() {
    check(
        "environment.yml",
        "channels: [conda-forge]\ndependencies:\n  - python >=3.12\n  - python <3.11\n",
        "channels conda-forge
         conda python [>=3.12] at environment.yml:3:5
         conda python [<3.11] at environment.yml:4:5
         environment.yml:4:5 contradictory-versions: no version of `python` is >=3.12 and also <3.11",
    );
}

#[test]
fn a_pixi_toml_is_read_with_places() {
    check(
        "pixi.toml",
        "[workspace]
channels = [\"conda-forge\"]
platforms = [\"linux-64\"]

[dependencies]
python = \"3.12.*\"
numpy = { version = \">=2\", channel = \"elsewhere\" }

[pypi-dependencies]
torch = \"*\"
",
        "channels conda-forge
         conda numpy [>=2] at pixi.toml:7:9
         conda python [3.12.*] at pixi.toml:6:10
         pip torch [] at pixi.toml:10:9
         pixi.toml:7:9 untrusted-channel: environment `stats` takes packages from `elsewhere`, which is not trusted",
    );
}

#[test]
fn addresses_of_a_lock_file_are_judged() {
    check(
        "pixi.lock",
        "version: 6
packages:
- conda: https://conda.anaconda.org/conda-forge/linux-64/python-3.12.1-0.conda
- conda: https://packages.evil.example/channel/linux-64/numpy-2.0-0.conda
- pypi: https://files.pythonhosted.org/packages/aa/bb/thing-1.0-py3-none-any.whl
",
        "channels https://conda.anaconda.org/conda-forge https://packages.evil.example/channel \
           https://files.pythonhosted.org/packages/aa/bb/thing-1.0-py3-none-any.whl
         pixi.lock:4:10 untrusted-channel: environment `stats` takes packages from `https://packages.evil.example/channel`, which is not trusted",
    );
}

#[test]
fn files_that_are_not_what_their_name_says_are_said_so() {
    check(
        "environment.yml",
        "dependencies: [python\n",
        "channels conda-forge
         environment.yml:1:15 unreadable-environment-file: `environment.yml` cannot be read: unclosed bracket '['",
    );
    check(
        "pixi.lock",
        "nothing\n",
        "channels \npixi.lock:1:1 unreadable-environment-file: `pixi.lock` cannot be read: it names no package",
    );
}
