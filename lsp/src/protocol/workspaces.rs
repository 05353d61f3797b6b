//! Workspaces: which one a file belongs to, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::Uri;
use nbc_driver::{Analysis, Disk, Parses, Scope, analyse_again, config};
use nbc_source::{Diagnostic, Sources};

use super::Today;
use super::buffers::Buffers;
use crate::features::diagnostics::{findings, is_text_of, said_again};
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
    /// The last one; of the texts as they are now where nothing was edited since.
    analysis: Option<Arc<Analysis>>,
    /// The open texts that are others than those that were analysed; `None` where any file may be another.
    edited: Option<BTreeSet<String>>,
    /// Of the last revision that had no error: it answers what a broken part cannot.
    pub(super) sound: Option<Arc<Analysis>>,
    pub(super) judged: Option<(u64, Arc<Judged>)>,
    /// What nobody needs any more. Letting go of it takes time, and whoever waits for findings comes first.
    spent: Vec<Arc<Analysis>>,
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
            analysis: None,
            edited: None,
            sound: None,
            judged: None,
            spent: Vec::new(),
            parses: Parses::new(),
            published: BTreeMap::new(),
        }
    }

    /// An open text was edited, or put over what is on the disk.
    pub(super) fn edit(&mut self, path: &str, text: Arc<str>) {
        self.revision += 1;
        if let (Some(analysis), Some(edited)) = (&self.analysis, &mut self.edited) {
            match is_text_of(analysis, path, &text) {
                true => edited.remove(path),
                false => edited.insert(path.to_owned()),
            };
        }
        self.buffers.open.insert(path.to_owned(), text);
    }

    /// Files changed: what is known is old.
    pub(super) fn change(&mut self) {
        self.revision += 1;
        self.edited = None;
    }

    /// The editor was not told yet what is found in the texts as they are.
    pub(super) fn is_news(&self) -> bool {
        self.told != Some(self.revision)
    }

    pub(super) fn tell(&mut self) {
        self.told = Some(self.revision);
    }

    /// Lets go of what nobody needs any more.
    pub(super) fn sweep(&mut self) {
        self.spent.clear();
    }

    /// Phases 1 to 9 of the texts as they are now.
    pub(super) fn analysis(&mut self, root: &Root, today: &Today) -> Arc<Analysis> {
        if let Some(known) = self.current() {
            return Arc::clone(known);
        }
        // Should the new one break off, its trees are not used again.
        self.spent.extend(self.analysis.take());
        let mut parses = std::mem::take(&mut self.parses);
        let analysis = Arc::new(analyse_again(&self.buffers, root.scope(), &**today, &mut parses));
        self.parses = parses;
        self.keep(Arc::clone(&analysis));
        analysis
    }

    /// Takes the analysis of the texts as they are now.
    fn keep(&mut self, analysis: Arc<Analysis>) {
        if !analysis.findings.has_errors() {
            self.spent.extend(self.sound.replace(Arc::clone(&analysis)));
        }
        self.spent.extend(self.analysis.replace(analysis));
        self.edited = Some(BTreeSet::new());
    }

    /// The analysis of the texts as they are now.
    fn current(&self) -> Option<&Arc<Analysis>> {
        self.analysis.as_ref().filter(|_| self.edited.as_ref().is_some_and(BTreeSet::is_empty))
    }

    /// The last analysis and the texts as they are now, where these say what it was made of. With blanks and comments
    /// alone typed since, its findings have other places at most.
    pub(super) fn standing(&self) -> Option<(Arc<Analysis>, Sources)> {
        let (analysis, edited) = (self.analysis.as_ref()?, self.edited.as_ref()?);
        let texts = edited.iter().map(|path| Some((path.as_str(), self.buffers.open.get(path)?)));
        let texts = texts.collect::<Option<Vec<_>>>()?;
        said_again(analysis, texts).map(|sources| (Arc::clone(analysis), sources))
    }

    /// What is found in the texts of an analysis: as they were judged, or by what is known until they are.
    pub(super) fn findings(&self, analysis: &Arc<Analysis>) -> Vec<Diagnostic> {
        match &self.judged {
            Some((_, judged)) if Arc::ptr_eq(&judged.analysis, analysis) => judged.findings.iter().cloned().collect(),
            judged => findings(analysis, judged.as_ref().map(|(_, judged)| &**judged)),
        }
    }

    /// Takes a verdict, unless it is older than the one that is known; whether it is about the texts as they are now.
    pub(super) fn take(&mut self, revision: u64, judged: Arc<Judged>) -> bool {
        // An errand may come back after the judge that was sent later.
        if self.judged.as_ref().is_some_and(|(known, _)| *known > revision) {
            return false;
        }
        let is_current = revision == self.revision;
        if is_current {
            // One analysis of the same texts is enough to hold.
            self.keep(Arc::clone(&judged.analysis));
        }
        self.judged = Some((revision, judged));
        is_current
    }

    /// The last verdict, if it is about the texts as they are now.
    pub(super) fn verdict(&self) -> Option<&Arc<Judged>> {
        let current = self.current()?;
        self.judged.as_ref().map(|(_, judged)| judged).filter(|judged| Arc::ptr_eq(&judged.analysis, current))
    }
}
