//! The real servers judge what nbc writes: every example is built, and the programs it is meant for read the result.
//! Started by `tests/conformance/run`, which installs those programs. One line a check, a closing count, exit 1 on any failure.
//! It owns the order of the areas; each area is a file of its own.
#![expect(clippy::indexing_slicing, reason = "a JSON value indexed by a key it lacks is null; no list is indexed")]
#![expect(
    clippy::disallowed_methods,
    reason = "this program stands outside nbc: it reads what nbc wrote and starts servers"
)]

mod compare;
mod conda_store;
mod examples;
mod http;
mod identity;
mod jupyterhub;
mod keycloak;
mod kubernetes;
mod places;
mod quantity;
mod random;
mod report;
mod schemas;
mod servers;
mod together;

use std::process::ExitCode;

use places::Places;
use report::Report;
use tokio::runtime::Runtime;

/// What stops an area: a sentence, already naming file or address.
type Failure = String;

/// Given in the place of examples: random platforms alone.
const RANDOM: &str = "random";

fn main() -> ExitCode {
    let mut report = Report::new();
    match run(&mut report) {
        Ok(()) => {}
        Err(failure) => report.check("suite", "runs to its end", Err(failure)),
    }
    report.close()
}

fn run(report: &mut Report) -> Result<(), Failure> {
    let places = Places::from_arguments(std::env::args().skip(1))?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|cause| cause.to_string())?;
    if places.examples != [RANDOM] {
        judge_examples(&places, report, &runtime)?;
    }
    if places.examples.is_empty() || places.examples == [RANDOM] {
        random::judge(&places, report, &runtime);
    }
    Ok(())
}

fn judge_examples(places: &Places, report: &mut Report, runtime: &Runtime) -> Result<(), Failure> {
    let builds = examples::build_all(places, report)?;
    report.area_done("examples");
    schemas::judge(places, &builds, report);
    report.area_done("schemas");
    conda_store::judge(places, &builds, report);
    report.area_done("conda-store");
    let offers = jupyterhub::judge(places, &builds, report);
    report.area_done("jupyterhub");
    runtime.block_on(kubernetes::judge(places, &builds, &offers, report));
    report.area_done("kubernetes");
    keycloak::judge(places, &builds, report, runtime);
    report.area_done("keycloak, together");
    Ok(())
}
