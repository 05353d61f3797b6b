//! Packages: copied, locked, used by their names, and refused when they are not what the lock says.

use crate::{folder, nbc, read, write};

const SITES: &str = "\
== uni/nbc.toml
edition = \"2026\"
== uni/sizes.nbc
let base: Memory = 4Gi
profile small { cpu: 2, memory: base }
profile large extends small { cpu: 8 }
== site/nbc.toml
edition = \"2026\"
== site/groups.nbc
group lab { profiles: [uni/small] }
";

#[test]
fn a_package_is_copied_named_and_locked() {
    let sites = folder(SITES);
    let site = sites.path().join("site");
    let added = nbc(&site, "vendor ../uni -C {}");
    assert_eq!(added.transcript(), "added      packages/uni from ../uni: 1 file\n[0]");
    assert!(read(site.join("nbc.lock")).contains("\n[uni]\nsource = \"../uni\"\nhash = \"sha256:"));
    assert_eq!(nbc(&site, "check --quiet -C {}").transcript(), "[0]");
    assert_eq!(nbc(&site, "vendor -C {}").transcript(), "unchanged  packages/uni from ../uni: 1 file\n[0]");
}

#[test]
fn a_changed_copy_is_neither_judged_nor_replaced() {
    let sites = folder(SITES);
    let site = sites.path().join("site");
    nbc(&site, "vendor ../uni -C {}");
    write(&site, "packages/uni/sizes.nbc", b"profile small { cpu: 64, memory: 4Gi }\n");
    let checked = nbc(&site, "check --format concise --quiet -C {}");
    assert!(checked.out.contains("nbc.lock:5:8: error[NBC0813] changed-package"), "{}", checked.out);
    let again = nbc(&site, "vendor -C {}");
    assert_eq!(
        again.transcript(),
        "error: `packages/uni/` holds changes that `nbc.lock` does not know, so it is not replaced\n  \
         = move them to `../uni`, delete `packages/uni/`, and copy it again\n[2]"
    );
}

#[test]
fn an_update_says_so_and_a_checkout_says_its_commit() {
    let sites = folder(SITES);
    let site = sites.path().join("site");
    nbc(&site, "vendor ../uni -C {}");
    write(sites.path(), "uni/.git/HEAD", b"ref: refs/heads/main\n");
    write(sites.path(), "uni/.git/refs/heads/main", b"0123456789abcdef0123456789abcdef01234567\n");
    write(sites.path(), "uni/more.nbc", b"profile tiny { cpu: 1, memory: 1Gi }\n");
    let updated = nbc(&site, "vendor -C {}");
    assert_eq!(updated.transcript(), "updated    packages/uni from ../uni at 0123456789ab: 2 files\n[0]");
    assert!(read(site.join("nbc.lock")).contains("revision = \"0123456789abcdef0123456789abcdef01234567\"\n"));
}

#[test]
fn what_cannot_be_a_package_is_refused() {
    let sites = folder(SITES);
    let site = sites.path().join("site");
    for (arguments, why) in [
        ("vendor ../uni --name Uni -C {}", "`Uni` cannot be the name of a package"),
        ("vendor ../uni --name std -C {}", "`std` cannot be the name of a package"),
        ("vendor ../none -C {}", "`../none` cannot be copied: it is not there"),
        ("vendor -C {}", "there are no packages to copy again"),
    ] {
        let ran = nbc(&site, arguments);
        assert!(ran.err.contains(why), "{}", ran.err);
        assert_eq!(ran.exit.code(), 2);
    }
}
