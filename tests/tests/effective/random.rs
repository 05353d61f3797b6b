//! Random platforms: whatever is declared, the files grant what was decided. `NBC_CASES=2000` looks at more of them.

use nbc_driver::{compile, emit, pipeline};
use nbc_effective::{Difference, Kind, PROFILE_LAUNCH};
use nbc_tests::generate::{Workspace, access, platform};

use super::{analysed, as_of};

/// What came of random platforms.
#[derive(Default)]
struct Judged {
    valid: u64,
    /// That were compared.
    pairs: u64,
    /// Valid platforms on which somebody starts pods beside the hub.
    starting: u64,
}

/// Validates the platforms of these seeds.
fn judge(seeds: std::ops::Range<u64>, make: impl Fn(u64) -> Workspace) -> Judged {
    let mut judged = Judged::default();
    for seed in seeds {
        let workspace = make(seed);
        let files: Vec<(String, String)> =
            workspace.files.iter().map(|file| (file.path.clone(), file.text())).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let mut analysis = analysed(&files);
        let compiled = compile(&mut analysis, None, &as_of);
        let mut emission = emit(&compiled, &[], false);
        pipeline::validate(&compiled, &mut emission);
        let differences = emission.outputs.iter().flat_map(|output| &output.validated.differences);
        let starts = |row: &Difference| row.target == "kubernetes" && row.permission == Some(PROFILE_LAUNCH);
        judged.starting += u64::from(differences.clone().any(starts));
        // Where groups have namespaces of their own, a volume is not everywhere; hub admins and ClusterRoles are told apart.
        let slips = differences.filter(|row| !matches!(row.kind, Kind::Elsewhere | Kind::ByNature));
        let problems = emission.outputs.iter().flat_map(|output| &output.validated.problems);
        let found: String =
            slips.map(|row| format!("{row:?}\n")).chain(problems.map(|row| format!("{row:?}\n"))).collect();
        assert!(found.is_empty(), "seed {seed}:\n{found}\n{}", workspace.listing());
        judged.valid += u64::from(!emission.outputs.is_empty());
        judged.pairs += emission.outputs.iter().map(|output| output.validated.pairs).sum::<u64>();
    }
    judged
}

fn seeds(few: u64) -> std::ops::Range<u64> {
    let more = std::env::var("NBC_CASES").ok().and_then(|cases| cases.parse().ok());
    0..more.unwrap_or(few)
}

#[test]
fn random_platforms_grant_what_was_decided() {
    let Judged { valid, .. } = judge(seeds(20), |seed| platform::platform(seed, 1 + (seed % 8) as usize));
    assert!(valid * 2 > seeds(20).end, "only {valid} were valid");
}

#[test]
fn random_access_is_what_was_decided() {
    let Judged { valid, pairs, starting } = judge(seeds(60), access::platform);
    assert!(valid * 3 > seeds(60).end && pairs > valid * 10, "only {valid} were valid, and {pairs} pairs compared");
    assert!(starting * 5 > valid, "only on {starting} of {valid} platforms somebody starts pods");
}
