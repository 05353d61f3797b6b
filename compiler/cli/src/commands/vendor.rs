//! `nbc vendor`: copies a package into `packages/` and writes down in `nbc.lock` what was copied. Nothing is fetched:
//! whoever wants a repository checks it out first.

use std::collections::BTreeMap;
use std::path::Path;

use nbc_driver::packages::{self, Locked, Tree};
use nbc_driver::{Disk, Host, config};

use crate::arguments::{Global, VendorArguments};
use crate::render::count;
use crate::session::Session;
use crate::{Exit, Io, Stop, output};

type Packages = BTreeMap<String, Locked>;

pub(super) fn run(own: &VendorArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let root = session.root();
    let disk = Disk::new(root);
    if disk.read(config::FILE).is_err() {
        return Err(Stop::because("there is no `nbc.toml` here", "`nbc -C DIR vendor …` copies into another folder"));
    }
    let mut locked = lock(&disk)?;
    let wanted = match &own.folder {
        Some(folder) => vec![(name(own, folder)?, folder.clone())],
        None => locked.iter().map(|(name, package)| (name.clone(), package.source.clone())).collect(),
    };
    if wanted.is_empty() {
        return Err(Stop::because("there are no packages to copy again", "name one: nbc vendor ../uni-platform"));
    }
    for (name, source) in wanted {
        let package = copy(root, &disk, &name, &source, locked.get(&name), io)?;
        locked.insert(name, package);
        // After every package, so that the lock says what is there even where the next one fails.
        let text = packages::write(locked.iter().map(|(name, package)| (name.as_str(), package)));
        output::put(&root.join(packages::LOCK), &text)?;
    }
    Ok(Exit::Done)
}

fn lock(disk: &Disk) -> Result<Packages, Stop> {
    let Ok(bytes) = disk.read(packages::LOCK) else { return Ok(Packages::new()) };
    let way_out = "take `nbc.lock` from version control";
    let text = String::from_utf8(bytes).map_err(|_| Stop::because("`nbc.lock` is not UTF-8 text", way_out))?;
    let lock = packages::read(&text).map_err(|(_, message)| Stop::because(message, way_out))?;
    Ok(lock.into_iter().map(|(name, (package, _))| (name, package)).collect())
}

fn name(own: &VendorArguments, folder: &str) -> Result<String, Stop> {
    let name = own.name.clone().or_else(|| Path::new(folder).file_name()?.to_str().map(str::to_owned));
    let name = name.unwrap_or_default();
    match packages::is_name(&name) {
        true => Ok(name),
        false => Err(Stop::because(
            format!("`{name}` cannot be the name of a package"),
            format!("give it one in small letters: nbc vendor {folder} --name uni"),
        )),
    }
}

/// Copies one package, unless somebody changed the copy that is there.
fn copy(
    root: &Path,
    disk: &Disk,
    name: &str,
    source: &str,
    before: Option<&Locked>,
    io: &mut Io<'_>,
) -> Result<Locked, Stop> {
    let folder = format!("{}/{name}", packages::FOLDER);
    let there = packages::tree(disk, &folder, &|_| false).ok().filter(|there| !there.is_empty());
    let is_ours = |there: &Tree| before.is_some_and(|before| packages::hash(there) == before.hash);
    if there.as_ref().is_some_and(|there| !is_ours(there)) {
        return Err(Stop::because(
            format!("`{folder}/` holds changes that `nbc.lock` does not know, so it is not replaced"),
            format!("move them to `{source}`, delete `{folder}/`, and copy it again"),
        ));
    }
    let origin = Disk::new(root.join(source));
    let files = packages::tree(&origin, "", &is_left_out).map_err(|(path, refusal)| {
        Stop::because(format!("`{}` cannot be copied: {refusal}", shown(source, &path)), "")
    })?;
    if !files.keys().any(|path| path.ends_with(".nbc")) {
        return Err(Stop::because(format!("`{source}` holds no .nbc file"), "name the folder of a workspace"));
    }
    let package = Locked { source: source.to_owned(), revision: revision(&origin), hash: packages::hash(&files) };
    let what = match before {
        Some(before) if before.hash == package.hash && there.is_some() => "unchanged",
        Some(_) => "updated  ",
        None => "added    ",
    };
    output::replace_folder(&root.join(&folder), &files)?;
    let revision = package.revision.as_deref().and_then(|revision| revision.get(..12));
    let revision = revision.map_or_else(String::new, |revision| format!(" at {revision}"));
    writeln!(io.out, "{what}  {folder} from {source}{revision}: {}", count(files.len(), "file"))?;
    Ok(package)
}

fn shown(source: &str, path: &str) -> String {
    if path.is_empty() { source.to_owned() } else { format!("{source}/{path}") }
}

/// What makes a folder a workspace or a repository does not come along, nor do its own packages.
fn is_left_out(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    [config::FILE, packages::LOCK, packages::FOLDER].contains(&path)
        || [config::FILE, output::MARK, ".git", ".hg", ".jj", ".svn"].contains(&name)
}

/// The commit that is checked out, from git's own files.
fn revision(origin: &Disk) -> Option<String> {
    let text = |path: &str| String::from_utf8(origin.read(path).ok()?).ok();
    let head = text(".git/HEAD")?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else { return Some(head.trim().to_owned()) };
    let loose = text(&format!(".git/{reference}"));
    let packed = || {
        let packed = text(".git/packed-refs")?;
        packed.lines().find_map(|line| line.strip_suffix(reference).map(str::to_owned))
    };
    Some(loose.or_else(packed)?.trim().to_owned())
}
