//! Workspaces: which one a file belongs to, and what is known of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::Uri;
use nbc_driver::{Analysis, Disk, Parses, Scope, analyse_again, config};

use super::Today;
use super::buffers::Buffers;
use crate::snapshot::Judged;

/// What is judged together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    /// A folder with `nbc.toml`.
    Folder(PathBuf),
    /// One `.nbc` file outside of any workspace: its folder and its name.
    File(PathBuf, String),
    /// A text that was never saved.
    Unsaved(Uri),
}

/// The name that a text without one has in messages.
const UNSAVED: &str = "unsaved.nbc";
/// How places in what nbc brings are named: `nbc:///std/kinds/group.nbc`.
pub(super) const SCHEME: &str = "nbc";

impl Root {
    /// The folder with `nbc.toml`, looked for from a folder upwards.
    pub(super) fn above(folder: &Path) -> Option<Root> {
        let found = folder.ancestors().find(|folder| folder.join(config::FILE).is_file())?;
        Some(Root::Folder(found.to_owned()))
    }

    /// Where a file of the editor belongs, and its path there.
    pub(super) fn of(uri: &Uri) -> Option<(Root, String)> {
        if uri.scheme() == SCHEME {
            return None;
        }
        let Some(path) = uri.to_file_path().ok().filter(|_| uri.scheme() == "file") else {
            return Some((Root::Unsaved(uri.clone()), UNSAVED.to_owned()));
        };
        let parent = path.parent()?;
        if let Some(Root::Folder(root)) = Root::above(parent) {
            let steps = path.strip_prefix(&root).ok()?.iter().map(|step| step.to_str());
            let relative = steps.collect::<Option<Vec<&str>>>()?.join("/");
            return Some((Root::Folder(root), relative));
        }
        let name = path.file_name()?.to_str().filter(|name| name.ends_with(".nbc"))?;
        Some((Root::File(parent.to_owned(), name.to_owned()), name.to_owned()))
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        match self {
            Root::Folder(_) => Scope::Folder,
            Root::File(_, name) => Scope::File(name),
            Root::Unsaved(_) => Scope::File(UNSAVED),
        }
    }

    /// Where something stands that has no place of its own.
    pub(super) fn main_file(&self) -> &str {
        match self {
            Root::Folder(_) => config::FILE,
            Root::File(_, name) => name,
            Root::Unsaved(_) => UNSAVED,
        }
    }

    /// How an editor calls a file.
    pub(super) fn uri(&self, path: &str) -> Option<Uri> {
        match self {
            Root::Folder(folder) | Root::File(folder, _) => Uri::from_file_path(folder.join(path)).ok(),
            Root::Unsaved(uri) => Some(uri.clone()),
        }
    }

    fn disk(&self) -> Option<Disk> {
        match self {
            Root::Folder(folder) | Root::File(folder, _) => Some(Disk::new(folder)),
            Root::Unsaved(_) => None,
        }
    }
}

/// One workspace and what is known of it.
pub(super) struct Workspace {
    pub(super) buffers: Buffers,
    /// Counts changes of its texts.
    pub(super) revision: u64,
    /// The revision whose findings the editor was told.
    told: Option<u64>,
    /// Of the revision; `None` after a change until somebody asks.
    current: Option<Arc<Analysis>>,
    /// Of the last revision that had no error: it answers what a broken part cannot.
    pub(super) sound: Option<Arc<Analysis>>,
    pub(super) judged: Option<(u64, Arc<Judged>)>,
    parses: Parses,
    /// What the editor was told, by file.
    pub(super) published: BTreeMap<Uri, (Option<i32>, Vec<lsp_types::Diagnostic>)>,
}

impl Workspace {
    pub(super) fn new(root: &Root) -> Workspace {
        Workspace {
            buffers: Buffers { disk: root.disk(), open: BTreeMap::new() },
            revision: 0,
            told: None,
            current: None,
            sound: None,
            judged: None,
            parses: Parses::new(),
            published: BTreeMap::new(),
        }
    }

    /// Something was written or edited: what is known is old.
    pub(super) fn change(&mut self) {
        self.revision += 1;
        self.current = None;
    }

    /// The editor was not told yet what is found in the texts as they are.
    pub(super) fn is_news(&self) -> bool {
        self.told != Some(self.revision)
    }

    pub(super) fn tell(&mut self) {
        self.told = Some(self.revision);
    }

    /// Phases 1 to 9 of the texts as they are now.
    pub(super) fn analysis(&mut self, root: &Root, today: &Today) -> Arc<Analysis> {
        if let Some(known) = &self.current {
            return Arc::clone(known);
        }
        // Should the analysis break off, its trees are not used again.
        let mut parses = std::mem::take(&mut self.parses);
        let analysis = Arc::new(analyse_again(&self.buffers, root.scope(), &**today, &mut parses));
        self.parses = parses;
        if !analysis.findings.has_errors() {
            self.sound = Some(Arc::clone(&analysis));
        }
        self.current = Some(Arc::clone(&analysis));
        analysis
    }

    /// The last verdict, if it is about the texts as they are now.
    pub(super) fn verdict(&self) -> Option<&Arc<Judged>> {
        self.judged.as_ref().filter(|(revision, _)| *revision == self.revision).map(|(_, judged)| judged)
    }
}
