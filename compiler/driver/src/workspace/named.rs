//! Which files a parsed file names: `kind from "x.csv"`, `file:` and `lock:` of environments, `raw … from`, `emit … from`.

use nbc_model::ParsedFile;
use nbc_source::Span;
use nbc_syntax::TextRange;
use nbc_syntax::ast::{self, AstNode, Declaration, Generated, KindItem, RawSource, StageItem, TestItem};

/// A file that somebody names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Where it may lie; the first that is there counts.
    pub(super) paths: Vec<Place>,
    pub(super) span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Below the root, without `.` and `..`.
    Inside(String),
    /// As written.
    Outside(String),
}

/// Every name of a file in a file at `path`. A text that interpolates names none: nobody knows it before evaluation.
pub(super) fn of(parsed: &ParsedFile, path: &str) -> Vec<Named> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut names = Names { parsed, folder, found: Vec::new() };
    for declaration in parsed.parse.source_file().declarations() {
        names.declaration(&declaration);
    }
    names.found
}

struct Names<'p> {
    parsed: &'p ParsedFile,
    folder: &'p str,
    found: Vec<Named>,
}

impl Names<'_> {
    fn declaration(&mut self, declaration: &Declaration) {
        match declaration {
            Declaration::Instance(instance) => self.instance(instance),
            Declaration::For(each) => self.each(each),
            Declaration::Stage(stage) => stage.items().for_each(|item| match item {
                StageItem::Instance(instance) => self.instance(&instance),
                StageItem::For(each) => self.each(&each),
                StageItem::Change(change) => self.change(&change),
            }),
            Declaration::Test(test) => test.items().for_each(|item| match item {
                TestItem::Instance(instance) => self.instance(&instance),
                TestItem::For(each) => self.each(&each),
                TestItem::Change(change) => self.change(&change),
                TestItem::Expectation(_) => {}
            }),
            Declaration::Kind(kind) => {
                for item in kind.items() {
                    if let KindItem::Emit(emit) = item
                        && let Some(template) = emit.template()
                    {
                        self.text(&template, false);
                    }
                }
            }
            Declaration::Raw(raw) => {
                if let Some(RawSource::File(text)) = raw.source() {
                    self.text(&text, false);
                }
            }
            Declaration::Enum(_)
            | Declaration::ExtendEnum(_)
            | Declaration::Record(_)
            | Declaration::Variant(_)
            | Declaration::Type(_)
            | Declaration::Let(_)
            | Declaration::Fn(_)
            | Declaration::Rule(_)
            | Declaration::Waiver(_) => {}
        }
    }

    fn each(&mut self, each: &ast::ForDecl) {
        each.declarations().for_each(|generated| match generated {
            Generated::Instance(instance) => self.instance(&instance),
            Generated::For(each) => self.each(&each),
        });
    }

    fn instance(&mut self, instance: &ast::Instance) {
        if let Some(table) = instance.from() {
            self.text(&table, false);
        }
        if !instance.is_of("environment") {
            return;
        }
        for item in instance.body().into_iter().flat_map(|body| body.items()) {
            if let (Some(key), Some(value)) = (item.key(), item.value())
                && names_a_file(&key.text())
            {
                self.value(&value);
            }
        }
    }

    /// `set environment.torch.file: "…"`
    fn change(&mut self, change: &ast::Change) {
        let segments: Vec<ast::Key> = change.path().into_iter().flat_map(|path| path.segments()).collect();
        let [kind, .., field] = segments.as_slice() else { return };
        if kind.text() == "environment"
            && names_a_file(&field.text())
            && let Some(value) = change.value()
        {
            self.value(&value);
        }
    }

    fn value(&mut self, value: &ast::Value) {
        let found = value
            .syntax()
            .children_with_tokens()
            .filter_map(|element| element.into_token())
            .find(|token| token.kind() == nbc_syntax::SyntaxKind::TEXT);
        if let Some(token) = found
            && let Some(plain) = nbc_syntax::literal::text(token.text()).plain()
        {
            self.name(&plain, token.text_range(), true);
        }
    }

    fn text(&mut self, text: &ast::Text, or_beside: bool) {
        if let Some(plain) = text.plain() {
            self.name(&plain, text.range(), or_beside);
        }
    }

    /// Environments may also lie beside the file that names them; everything else starts at the root.
    fn name(&mut self, written: &str, range: TextRange, or_beside: bool) {
        let span = Span::new(self.parsed.file, range.start().into()..range.end().into());
        let mut paths = Vec::new();
        if or_beside && !self.folder.is_empty() {
            paths.push(place(self.folder, written));
        }
        paths.push(place("", written));
        paths.retain({
            // A path that is fine from one folder is not wrong because it leads out of the other.
            let inside = paths.iter().any(|place| matches!(place, Place::Inside(_)));
            move |place| !inside || matches!(place, Place::Inside(_))
        });
        self.found.push(Named { paths, span });
    }
}

fn names_a_file(key: &str) -> bool {
    matches!(key, "file" | "lock")
}

fn place(folder: &str, written: &str) -> Place {
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    let is_absolute = written.starts_with('/') || written.contains('\\') || written.contains('\0');
    let leaves = written.split('/').any(|step| step == "..");
    if is_absolute || leaves || written.as_bytes().get(1) == Some(&b':') {
        return Place::Outside(written.to_owned());
    }
    steps.extend(written.split('/').filter(|step| !step.is_empty() && *step != "."));
    Place::Inside(steps.join("/"))
}
