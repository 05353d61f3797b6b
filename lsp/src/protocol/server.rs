//! The state of a session, and what each message does to it.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    DidChangeTextDocumentNotification, DidChangeTextDocumentParams, DidChangeWatchedFilesNotification,
    DidChangeWorkspaceFoldersNotification, DidCloseTextDocumentNotification, DidCloseTextDocumentParams,
    DidOpenTextDocumentNotification, DidOpenTextDocumentParams, DidSaveTextDocumentNotification, ExitNotification,
    InitializedNotification, Notification as _, Uri,
};
use nbc_source::secrets::conceal;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::colours::Told;
use super::documents::{Document, Documents, edited};
use super::door::masked;
use super::errands::{Done, Errands, Reply};
use super::initialize::{self, Client};
use super::judge::{Job, Jobs, Task, Verdict};
use super::workspaces::{Root, Workspace};
use super::{Ended, Today, diagnostics, requests};

/// Something to react to.
pub(super) enum Event {
    Message(Message),
    Malformed(String),
    Judged(Verdict),
    Done(RequestId, Done),
    End,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: ErrorCode,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }
}

/// How far the greetings are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Silent,
    Talking,
    Leaving,
}

/// One session with one editor.
pub(super) struct Server<'o> {
    output: &'o mut dyn Write,
    jobs: Jobs,
    errands: Errands,
    pub(super) today: Today,
    pub(super) client: Client,
    pub(super) documents: Documents,
    pub(super) workspaces: BTreeMap<Root, Workspace>,
    /// By text: the colours that the editor has.
    pub(super) colours: BTreeMap<Uri, Told>,
    phase: Phase,
    /// Numbers of requests to the editor.
    asked: i32,
    /// The editor is gone.
    is_broken: bool,
}

impl<'o> Server<'o> {
    pub(super) fn new(output: &'o mut dyn Write, jobs: Jobs, errands: Errands, today: Today) -> Server<'o> {
        Server {
            output,
            jobs,
            errands,
            today,
            client: Client::default(),
            documents: Documents::new(),
            workspaces: BTreeMap::new(),
            colours: BTreeMap::new(),
            phase: Phase::Silent,
            asked: 0,
            is_broken: false,
        }
    }

    /// Reacts to events until the end. Files are analysed when nothing waits, or when a request needs it: of edits that
    /// come together only the last text is looked at.
    pub(super) fn run(&mut self, inbox: &Receiver<Event>) -> Ended {
        let mut queue = VecDeque::new();
        loop {
            while let Ok(event) = inbox.try_recv() {
                self.enqueue(event, &mut queue);
            }
            let ended = match queue.pop_front() {
                Some(event) => self.react(event),
                None if self.publish_news() => None,
                None => match inbox.recv() {
                    Ok(event) => {
                        self.enqueue(event, &mut queue);
                        None
                    }
                    Err(_) => Some(Ended::Abruptly),
                },
            };
            match ended {
                Some(ended) => return ended,
                None if self.is_broken => return Ended::Abruptly,
                None => {}
            }
        }
    }

    /// A request that is cancelled before its turn is answered at once.
    fn enqueue(&mut self, event: Event, queue: &mut VecDeque<Event>) {
        if let Event::Message(Message::Notification(found)) = &event
            && found.method == "$/cancelRequest"
        {
            let id = found.params.get("id").cloned().and_then(|id| serde_json::from_value::<RequestId>(id).ok());
            let is_it = |event: &Event| match event {
                Event::Message(Message::Request(request)) => Some(&request.id) == id.as_ref(),
                _ => false,
            };
            if let Some(at) = queue.iter().position(is_it)
                && let Some(Event::Message(Message::Request(request))) = queue.remove(at)
            {
                self.respond(request.id, Err(cancelled()));
            } else if let Some(id) = id.filter(|id| self.errands.end(id)) {
                self.respond(id, Err(cancelled()));
            }
            return;
        }
        queue.push_back(event);
    }

    fn react(&mut self, event: Event) -> Option<Ended> {
        match event {
            Event::End => return Some(Ended::Abruptly),
            Event::Malformed(why) => {
                let error = json!({"code": ErrorCode::ParseError as i32, "message": why});
                self.send_raw(&json!({"jsonrpc": "2.0", "id": null, "error": error}));
            }
            Event::Message(Message::Notification(found)) if found.method == ExitNotification::METHOD.as_str() => {
                return Some(if self.phase == Phase::Leaving { Ended::Orderly } else { Ended::Abruptly });
            }
            Event::Message(Message::Request(request)) => self.request(request),
            Event::Message(Message::Notification(found)) => {
                // What breaks off is left as it was before; the next message finds a working server.
                let _ = catch_unwind(AssertUnwindSafe(|| self.notice(found)));
            }
            // The editor answers what it was asked; nothing depends on it.
            Event::Message(Message::Response(_)) => {}
            Event::Judged(verdict) => {
                let _ = catch_unwind(AssertUnwindSafe(|| self.judged(verdict)));
            }
            Event::Done(id, done) => {
                let _ = catch_unwind(AssertUnwindSafe(|| self.done(id, done)));
            }
        }
        None
    }

    /// Somebody is back with an answer. What was judged on the way is known from now on.
    fn done(&mut self, id: RequestId, done: Done) {
        if let Some(verdict) = done.verdict {
            self.judged(verdict);
        }
        if !self.errands.end(&id) {
            return;
        }
        let answer = done.answer.map(|reply| match reply {
            Reply::Value(value) => value,
            Reply::Findings(root) => diagnostics::listed(self, &root),
        });
        self.respond(id, answer);
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::Silent, "initialize") => read(params).map(|params| {
                self.phase = Phase::Talking;
                initialize::answer(self, &params)
            }),
            (Phase::Silent, _) => Err(Failure::new(ErrorCode::ServerNotInitialized, "`initialize` comes first")),
            (Phase::Talking, "initialize") => Err(Failure::new(ErrorCode::InvalidRequest, "`initialize` came already")),
            (Phase::Talking, "shutdown") => {
                self.phase = Phase::Leaving;
                Ok(Value::Null)
            }
            (Phase::Leaving, _) => Err(Failure::new(ErrorCode::InvalidRequest, "only `exit` follows `shutdown`")),
            (Phase::Talking, _) => match self.contained(&method, |server| requests::errand(server, &method, &params)) {
                Ok(Some(errand)) => match self.errands.send(&id, errand) {
                    Ok(()) => return,
                    Err(failure) => Err(failure),
                },
                Ok(None) => self.contained(&method, |server| requests::answer(server, &method, params)),
                Err(failure) => Err(failure),
            },
        };
        self.respond(id, answer);
    }

    /// Where an answer breaks off, that is said, and the next question finds a working server.
    fn contained<T>(
        &mut self,
        method: &str,
        answer: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        catch_unwind(AssertUnwindSafe(|| answer(self))).unwrap_or_else(|_| {
            let message = format!("nbc made a mistake while answering {method}. Please report it");
            Err(Failure::new(ErrorCode::InternalError, message))
        })
    }

    fn notice(&mut self, found: Notification) {
        if self.phase != Phase::Talking {
            return;
        }
        let Notification { method, params } = found;
        match method.as_str() {
            method if method == InitializedNotification::METHOD.as_str() => initialize::register(self),
            method if method == DidOpenTextDocumentNotification::METHOD.as_str() => self.with(params, Self::open),
            method if method == DidChangeTextDocumentNotification::METHOD.as_str() => self.with(params, Self::edit),
            method if method == DidCloseTextDocumentNotification::METHOD.as_str() => self.with(params, Self::close),
            method if method == DidSaveTextDocumentNotification::METHOD.as_str() => self.look_again(),
            method if method == DidChangeWatchedFilesNotification::METHOD.as_str() => self.look_again(),
            method if method == DidChangeWorkspaceFoldersNotification::METHOD.as_str() => {
                self.with(params, initialize::change_folders);
            }
            _ => {}
        }
    }

    fn with<P: DeserializeOwned>(&mut self, params: Value, then: impl FnOnce(&mut Self, P)) {
        if let Ok(params) = serde_json::from_value(params) {
            then(self, params);
        }
    }

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let found = params.text_document;
        let is_other = !matches!(found.uri.scheme(), "file") && found.language_id.as_str() != "nbc";
        let place = if is_other { None } else { Root::of(&found.uri) };
        // Who is not told of files that change on the disk sees it when one is opened.
        let workspace = place.as_ref().filter(|_| !self.client.watches).map(|(root, _)| root);
        if let Some(workspace) = workspace.and_then(|root| self.workspaces.get_mut(root)) {
            workspace.change();
        }
        let document = Document { text: found.text.into(), version: found.version, place };
        self.put(found.uri, document);
    }

    fn edit(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.text_document_identifier.uri;
        let Some(document) = self.documents.remove(&uri) else { return };
        let text = edited(&document.text, params.content_changes, self.client.encoding);
        self.put(uri, Document { text: text.into(), version: params.text_document.version, ..document });
    }

    fn put(&mut self, uri: Uri, document: Document) {
        if let Some((root, path)) = &document.place {
            let workspace = self.workspaces.entry(root.clone()).or_insert_with(|| Workspace::new(root));
            workspace.edit(path, Arc::clone(&document.text));
            // While this text is analysed, the machine has better to do than to judge the one before.
            let _ = self.jobs.send(Task::Forget(root.clone()));
        }
        self.documents.insert(uri, document);
    }

    fn close(&mut self, params: DidCloseTextDocumentParams) {
        self.colours.remove(&params.text_document.uri);
        let Some(document) = self.documents.remove(&params.text_document.uri) else { return };
        let Some((root, path)) = document.place else { return };
        let Some(workspace) = self.workspaces.get_mut(&root) else { return };
        workspace.buffers.open.remove(&path);
        workspace.change();
        // A folder is judged as a whole whether a file of it is open or not; a file by itself only while it is open.
        if !matches!(root, Root::Folder(_)) {
            diagnostics::withdraw(self, &root);
            self.workspaces.remove(&root);
        }
    }

    /// Files changed on disk: `nbc.toml` may have come or gone, so each text is asked where it belongs.
    fn look_again(&mut self) {
        let documents = std::mem::take(&mut self.documents);
        for workspace in self.workspaces.values_mut() {
            workspace.buffers.open.clear();
            workspace.change();
        }
        for (uri, document) in documents {
            let place = document.place.and_then(|_| Root::of(&uri));
            self.put(uri, Document { place, ..document });
        }
        let is_left = |root: &Root| match root {
            Root::Folder(folder) => Root::above(folder).as_ref() == Some(root),
            Root::File(..) | Root::Unsaved(_) => {
                self.documents.values().any(|document| document.place.as_ref().is_some_and(|(of, _)| of == root))
            }
        };
        let gone: Vec<Root> = self.workspaces.keys().filter(|root| !is_left(root)).cloned().collect();
        for root in gone {
            diagnostics::withdraw(self, &root);
            self.workspaces.remove(&root);
        }
    }

    /// Analyses one workspace that changed, and says what is found; `false` where nothing is left to do.
    fn publish_news(&mut self) -> bool {
        let Some((root, workspace)) = self.workspaces.iter_mut().find(|(_, workspace)| workspace.is_news()) else {
            return false;
        };
        // First, so that a mistake of nbc is made once: the next edit is another chance.
        workspace.tell();
        let root = root.clone();
        let _ = catch_unwind(AssertUnwindSafe(|| {
            diagnostics::publish(self, &root);
            self.ask_judge(&root);
        }));
        self.sweep(&root);
        true
    }

    fn ask_judge(&mut self, root: &Root) {
        let Some(workspace) = self.workspaces.get(root).filter(|workspace| workspace.verdict().is_none()) else {
            return;
        };
        let job = Job {
            root: root.clone(),
            buffers: workspace.buffers.clone(),
            revision: workspace.revision,
            is_urgent: workspace.judged.is_none(),
        };
        // Without its judge the server still says what analysis finds.
        let _ = self.jobs.send(Task::Judge(job));
    }

    fn judged(&mut self, verdict: Verdict) {
        let Verdict { root, revision, judged } = verdict;
        let Some(workspace) = self.workspaces.get_mut(&root) else { return };
        if workspace.take(revision, judged) {
            diagnostics::publish(self, &root);
            diagnostics::refresh(self);
        }
        self.sweep(&root);
    }

    fn sweep(&mut self, root: &Root) {
        if let Some(workspace) = self.workspaces.get_mut(root) {
            workspace.sweep();
        }
    }

    /// Asks the editor for something.
    pub(super) fn ask(&mut self, method: &str, params: Value) {
        self.asked += 1;
        let request = Request { id: RequestId::from(self.asked), method: method.to_owned(), params };
        self.send(Message::Request(request));
    }

    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.send(Message::Notification(Notification { method: method.to_owned(), params: masked(params) }));
    }

    fn respond(&mut self, id: RequestId, answer: Result<Value, Failure>) {
        let response_result = answer.map(masked).map_err(|failure| lsp_server::ResponseError {
            code: failure.code as i32,
            message: conceal(&failure.message).into_owned(),
            data: None,
        });
        self.send(Message::Response(Response { id, response_result }));
    }

    fn send(&mut self, message: Message) {
        let sent = message.write(&mut self.output);
        self.is_broken |= sent.is_err();
    }

    /// A message that the crate has no type for.
    fn send_raw(&mut self, message: &Value) {
        let text = message.to_string();
        let sent: io::Result<()> =
            write!(self.output, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| self.output.flush());
        self.is_broken |= sent.is_err();
    }
}

fn cancelled() -> Failure {
    Failure::new(ErrorCode::RequestCanceled, "cancelled")
}

/// The parameters of a request.
pub(super) fn read<P: DeserializeOwned>(params: Value) -> Result<P, Failure> {
    serde_json::from_value(params).map_err(|error| Failure::new(ErrorCode::InvalidParams, error.to_string()))
}
