//! What is said of what, from the declarations of the workspace: instances, loops, tables and stages.

use nbc_syntax::ast::{self, ChangeOperation, Declaration, Generated, Handle, Operation, StageItem};

use super::kinds::Shape;
use super::values::{Scope, interpolated};
use super::{Change, Element, Platform, Thing, Value, Word, keyed, source};

impl Platform {
    pub(super) fn lets(&mut self, declarations: impl Iterator<Item = Declaration>) {
        for declaration in declarations {
            if let Declaration::Let(binding) = declaration
                && let (Some(name), Some(value)) = (binding.name(), binding.value())
            {
                self.lets.insert(name.text().to_owned(), value);
            }
        }
    }

    pub(super) fn declare(&mut self, declarations: impl Iterator<Item = Declaration>) {
        let mut stages = Vec::new();
        for declaration in declarations {
            match declaration {
                Declaration::Instance(instance) => self.instance(&instance, None, &Scope::new()),
                Declaration::For(each) => self.each(&each, None, &Scope::new()),
                Declaration::Stage(stage) => stages.push(stage),
                _ => {}
            }
        }
        stages.iter().for_each(|stage| self.stage(stage));
        // What rows add to lists comes after what the lists say.
        for thing in self.things.values_mut() {
            thing.said.sort_by_key(|change| change.word == Word::Add);
        }
    }

    fn each(&mut self, each: &ast::ForDecl, stage: Option<&str>, scope: &Scope) {
        let (Some(name), Some(list)) = (each.name(), each.list()) else { return };
        let plain = Shape::List(Box::new(Shape::Reference));
        let Value::List(elements) = self.value(&ast::Value::Expr(list), &plain, scope) else { return };
        for element in elements {
            let Value::Plain(text) = element.value else { continue };
            let mut scope = scope.clone();
            scope.insert(name.text().to_owned(), text);
            for declaration in each.declarations() {
                match declaration {
                    Generated::Instance(instance) => self.instance(&instance, stage, &scope),
                    Generated::For(each) => self.each(&each, stage, &scope),
                }
            }
        }
    }

    fn instance(&mut self, instance: &ast::Instance, stage: Option<&str>, scope: &Scope) {
        let (Some(kind), Some(body)) = (instance.kind_ref(), instance.body()) else { return };
        let kind = kind.text();
        if let Some(file) = instance.from() {
            return self.rows(kind, &interpolated(&file, scope), &body);
        }
        let handle = match instance.handle() {
            Some(Handle::Name(name)) => name.text().to_owned(),
            Some(Handle::Foreign(node)) => node.text().to_string(),
            Some(Handle::Text(text)) => interpolated(&text, scope),
            None => return,
        };
        let parent = instance.extends().map(|parent| format!("{kind}.{}", parent.text()));
        self.thing(kind, &handle, parent, stage, &body, scope);
    }

    fn thing(
        &mut self,
        kind: &str,
        handle: &str,
        parent: Option<String>,
        stage: Option<&str>,
        body: &ast::Body,
        scope: &Scope,
    ) {
        let mut said = Vec::new();
        self.changes(&Shape::Owned(kind.to_owned()), body, &[], scope, &mut said);
        let thing = self.things.entry(format!("{kind}.{handle}")).or_default();
        thing.kind = kind.to_owned();
        thing.parent = parent;
        thing.only_in = stage.map(str::to_owned);
        thing.said.splice(0..0, said);
    }

    /// The lines of a body. A block of fields becomes a line for each of them.
    fn changes(&self, shape: &Shape, body: &ast::Body, above: &[String], scope: &Scope, out: &mut Vec<Change>) {
        for (key, item) in keyed(body) {
            let word = match item.operation() {
                Operation::Plain | Operation::Locked => Word::Say,
                Operation::Add => Word::Add,
                Operation::Remove => Word::Remove,
                Operation::Unset => Word::Unset,
            };
            let Some(field) = self.kinds.field_of(shape, &key) else { continue };
            let path = [above, &[key]].concat();
            self.change(&field.shape, word, path, item.value().as_ref(), scope, out);
        }
    }

    fn change(
        &self,
        shape: &Shape,
        word: Word,
        path: Vec<String>,
        value: Option<&ast::Value>,
        scope: &Scope,
        out: &mut Vec<Change>,
    ) {
        if let (Shape::Record(_) | Shape::Owned(_), Some(ast::Value::Body(body))) = (shape, value) {
            out.push(Change { path: path.clone(), word: Word::Merge, value: Value::Unknown });
            return self.changes(shape, body, &path, scope, out);
        }
        let value = value.map_or(Value::Unknown, |value| self.value(value, shape, scope));
        // An empty cell says nothing.
        if value != Value::Plain("\"\"".to_owned()) || !scope.keys().any(|name| name.starts_with("row.")) {
            out.push(Change { path, word, value });
        }
    }

    /// One thing a row; `member-of` is an element of the group's list.
    fn rows(&mut self, kind: &str, file: &str, body: &ast::Body) {
        let Some(table) = self.tables.get(file).cloned() else { return };
        let mut lines = table.lines().map(|line| line.split(','));
        let Some(columns) = lines.next().map(|names| names.map(|name| format!("row.{name}")).collect::<Vec<_>>())
        else {
            return;
        };
        for line in lines {
            let row: Scope = columns.iter().cloned().zip(line.map(str::to_owned)).collect();
            let cell = |field: &str| {
                let item = keyed(body).find(|(key, _)| key == field)?.1;
                row.get(&source(&item.value()?)).filter(|cell| !cell.is_empty()).cloned()
            };
            let Some(handle) = cell("handle") else { continue };
            if let Some(group) = cell("member-of") {
                let value = Value::Plain(handle.clone());
                let element = Element { value, from: cell("member-from"), until: cell("member-until") };
                let group = self.things.entry(format!("group.{group}")).or_default();
                let value = Value::List(vec![element]);
                group.said.push(Change { path: vec!["members".to_owned()], word: Word::Add, value });
            }
            self.thing(kind, &handle, None, None, body, &row);
        }
    }

    fn stage(&mut self, stage: &ast::StageDecl) {
        let Some(name) = stage.name().map(|name| name.text().to_owned()) else { return };
        self.stages.insert(name.clone(), stage.extends().map(|below| below.text().to_owned()));
        for item in stage.items() {
            match item {
                StageItem::Instance(instance) => self.instance(&instance, Some(&name), &Scope::new()),
                StageItem::For(each) => self.each(&each, Some(&name), &Scope::new()),
                StageItem::Change(change) => self.staged(&name, &change),
            }
        }
    }

    fn staged(&mut self, stage: &str, change: &ast::Change) {
        let Some(path) = change.path() else { return };
        let keys: Vec<String> = path.segments().map(|key| key.text().into_owned()).collect();
        let [kind, handle, below @ ..] = keys.as_slice() else { return };
        let word = match change.operation() {
            Some(ChangeOperation::Override | ChangeOperation::Set) => Word::Say,
            Some(ChangeOperation::Add) => Word::Add,
            Some(ChangeOperation::Remove) => Word::Remove,
            Some(ChangeOperation::Unset) => Word::Unset,
            None => return,
        };
        let mut shape = Shape::Owned(kind.clone());
        for key in below {
            shape = match shape {
                Shape::Map(inner) => *inner,
                _ => self.kinds.field_of(&shape, key).map_or(Shape::Other, |field| field.shape.clone()),
            };
        }
        let mut changes = Vec::new();
        self.change(&shape, word, below.to_vec(), change.value().as_ref(), &Scope::new(), &mut changes);
        let thing: Option<&mut Thing> = self.things.get_mut(&format!("{kind}.{handle}"));
        if let Some(thing) = thing {
            thing.staged.entry(stage.to_owned()).or_default().extend(changes);
        }
    }
}
