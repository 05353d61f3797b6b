//! The right-hand side of a field: blocks, lists, references, texts and dates; anything else is bound as an expression.

use nbc_source::Fix;
use nbc_syntax::ast::LiteralKind;
use nbc_syntax::literal;

use super::*;
use crate::expression::codes as expression_codes;
use crate::kinds::Dated;
use crate::layer::Key;
use crate::value::{Date, Element};

/// Elements of a list that are compared with each other.
const FEW: usize = 8;

impl Resolver<'_> {
    pub(super) fn value(&mut self, place: &Place, target: &Target<'_>, ty: &Type, value: &ast::Value) {
        let kinds = self.kinds;
        let span = span_of(place.file, value.range());
        match value {
            ast::Value::Body(body) => self.block(place, target, ty, body, span),
            ast::Value::Tagged(tagged) => self.tagged(place, target, ty, tagged, span),
            ast::Value::Expr(expr) => match kinds.base(ty) {
                _ if self.refuse_list(place, target, ty, expr) => {}
                Type::Variant(_) => self.bare_case(place, target, ty, expr, span),
                Type::OneOf(types) if variant_in(kinds, types).is_some() && path_name(expr).is_some() => {
                    let variant = variant_in(kinds, types).unwrap_or(ty);
                    self.bare_case(place, target, variant, expr, span);
                }
                _ => {
                    let operand = self.operand(place, ty, expr);
                    self.push(place, target, operand, span);
                }
            },
        }
    }

    /// `field { … }`: a record, a map, or one of the alternatives that is one.
    fn block(&mut self, place: &Place, target: &Target<'_>, ty: &Type, body: &ast::Body, span: Span) {
        let kinds = self.kinds;
        match kinds.base(ty) {
            Type::Record(_) => {
                self.push(place, target, Operand::Block(None), target.key);
                self.fields(place, target, ty, None, body);
            }
            Type::Map(key, value) => {
                self.push(place, target, Operand::MapBlock, span);
                self.entries(place, target, key, value, body);
            }
            Type::OneOf(types) => {
                let block = types.iter().find(|ty| matches!(kinds.base(ty), Type::Record(_) | Type::Map(..)));
                match block {
                    Some(ty) => self.block(place, target, ty, body, span),
                    None => self.refuse_block(place, target, ty, span),
                }
            }
            Type::Variant(id) => {
                let cases: Vec<&str> =
                    kinds.variants[*id].cases.iter().map(|case| self.names.text(case.name)).collect();
                let message = "this needs the word that says which: such as `".to_owned()
                    + cases.first().unwrap_or(&"")
                    + " { … }`";
                let refused = Diagnostic::new(&codes::WRONG_VALUE, span, message).label("no word before the braces");
                self.diagnostics.push(refused.help(format!("one of `{}`", cases.join("`, `"))));
                self.poison(place, target, span);
            }
            Type::Invalid => {}
            _ => self.refuse_block(place, target, ty, span),
        }
    }

    fn refuse_block(&mut self, place: &Place, target: &Target<'_>, ty: &Type, span: Span) {
        let wanted = self.type_words(ty);
        let message = format!("this is {wanted}, not a block");
        let refused = Diagnostic::new(&codes::WRONG_VALUE, span, message).label("a block stands here");
        self.diagnostics.push(refused.related(target.key, "for this field"));
        self.poison(place, target, span);
    }

    /// One thing where a list belongs, or a list where one thing belongs: says which brackets to add or to take away.
    fn refuse_list(&mut self, place: &Place, target: &Target<'_>, ty: &Type, expr: &ast::Expr) -> bool {
        let message = match (self.kinds.base(ty), expr) {
            (Type::List(element, _), ast::Expr::Path(path)) if self.is_plain_name(place, element, path) => {
                let written = expr.syntax().text().to_string();
                (format!("a list is needed here: `[{written}]`"), Some(format!("[{written}]")))
            }
            (Type::Entity(_) | Type::Enum(_), ast::Expr::List(list)) => {
                let wanted = self.wanted(ty);
                let mut elements = list.elements();
                let only = elements.next().filter(|_| elements.next().is_none());
                let only = only.and_then(|element| Some(element.value()?.syntax().text().to_string()));
                (format!("one {wanted} is needed here, not a list"), only)
            }
            _ => return false,
        };
        let (message, instead) = message;
        let span = span_of(place.file, expr.syntax().text_range());
        let mut refused = Diagnostic::new(&expression_codes::WRONG_TYPE, span, message);
        if let Some(instead) = instead {
            let title = format!("write `{instead}`");
            refused = refused.fix(Fix::replace(span, instead, title));
        }
        self.diagnostics.push(refused);
        self.poison(place, target, span);
        true
    }

    /// Whether the path is one name that can only be meant as a thing or a word of the type.
    fn is_plain_name(&self, place: &Place, ty: &Type, path: &ast::PathExpr) -> bool {
        let Some(name) = path.as_name() else { return false };
        self.names_something(ty)
            && !self.is_variable(place, name.text())
            && self.kinds.kinds[place.kind].fields.iter().all(|(_, field)| self.names.text(field.name) != name.text())
    }

    /// Something was said, and reported: nobody may miss it.
    pub(super) fn poison(&mut self, place: &Place, target: &Target<'_>, span: Span) {
        self.push(place, target, Operand::Value(Value::Poisoned), span);
    }

    /// `oidc { issuer: … }`
    fn tagged(&mut self, place: &Place, target: &Target<'_>, ty: &Type, tagged: &ast::TaggedValue, span: Span) {
        let kinds = self.kinds;
        let Some(tag) = tagged.tag() else { return };
        let variant = match kinds.base(ty) {
            Type::Variant(_) => Some(ty),
            Type::OneOf(types) => variant_in(kinds, types),
            _ => None,
        };
        let Some(variant) = variant else {
            let message = format!("this is {}: a word before the braces has no meaning here", self.type_words(ty));
            self.diagnostics.push(Diagnostic::new(&codes::WRONG_VALUE, span, message).label("not expected"));
            self.poison(place, target, span);
            return;
        };
        let Some(case) = self.case(variant, tag.text(), span_of(place.file, tag.range())) else {
            self.poison(place, target, span);
            return;
        };
        self.push(place, target, Operand::Block(Some(case)), span_of(place.file, tag.range()));
        if let Some(body) = tagged.body() {
            self.fields(place, target, variant, Some(case), &body);
        }
    }

    /// `at: new`: a case without braces.
    fn bare_case(&mut self, place: &Place, target: &Target<'_>, ty: &Type, expr: &ast::Expr, span: Span) {
        match path_name(expr) {
            Some(name) => match self.case(ty, name.text(), span) {
                Some(case) => self.push(place, target, Operand::Block(Some(case)), span),
                None => self.poison(place, target, span),
            },
            None => {
                let operand = self.expression(place, ty, &ast::Value::Expr(expr.clone()));
                self.push(place, target, operand, span);
            }
        }
    }

    pub(super) fn case(&mut self, ty: &Type, name: &str, span: Span) -> Option<u16> {
        let Type::Variant(id) = self.kinds.base(ty) else { return None };
        let variant = &self.kinds.variants[*id];
        let found = variant.cases.iter().position(|case| self.names.text(case.name) == name);
        if found.is_none() {
            let cases: Vec<&str> = variant.cases.iter().map(|case| self.names.text(case.name)).collect();
            let near = suggest::nearest(name, cases.iter().copied());
            let message = format!("`{name}` is none of `{}`", cases.join("`, `"));
            let unknown = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).label("not one of them");
            self.diagnostics.push(unknown.did_you_mean(span, &near));
        }
        found.map(|case| case as u16)
    }

    /// The key of an entry, by the type of the map's keys.
    pub(super) fn key(&mut self, place: &Place, ty: &Type, key: &ast::Key, span: Span) -> Option<Key> {
        match self.kinds.base(ty) {
            Type::Entity(_) | Type::Enum(_) => {
                let text = key.text();
                let written = Written { kind: None, name: &text, span, quoted: false };
                Key::of(self.reference(ty, written, place.viewpoint))
            }
            _ => Some(Key::Text(self.names.intern(&key.text()))),
        }
    }

    /// A value without a block: constant where it is one, else bound.
    pub(super) fn operand(&mut self, place: &Place, ty: &Type, expr: &ast::Expr) -> Operand {
        match self.constant(place, ty, expr) {
            Some(value) => Operand::Value(value),
            None => self.expression(place, ty, &ast::Value::Expr(expr.clone())),
        }
    }

    /// The common constants without a detour: lists, names and literals. `None` means: bind it.
    fn constant(&mut self, place: &Place, ty: &Type, expr: &ast::Expr) -> Option<Value> {
        let kinds = self.kinds;
        match (kinds.base(ty), expr) {
            (Type::Invalid, _) => Some(Value::Poisoned),
            (Type::List(element, dated), ast::Expr::List(list)) => self.list(place, element, *dated, list),
            (_, ast::Expr::Path(path)) => self.name(place, ty, path),
            (base, ast::Expr::Literal(literal)) => self.literal(place, ty, base, literal),
            _ => None,
        }
    }

    fn list(&mut self, place: &Place, element: &Type, dated: Dated, list: &ast::ListExpr) -> Option<Value> {
        if list.comprehension().is_some() {
            return None;
        }
        let mut elements = Vec::new();
        for each in list.elements() {
            let Some(ast::Value::Expr(expr)) = each.value() else { return None };
            let (from, until) = (each.from(), each.until());
            if matches!(dated, Dated::No) && (from.is_some() || until.is_some()) {
                return None;
            }
            let [from, until] = [from, until].map(|date| date.map(|date| plain_date(&date)));
            if from == Some(None) || until == Some(None) {
                return None;
            }
            let span = span_of(place.file, each.range());
            let value = self.constant(place, element, &expr)?;
            if let (Some(from), Some(until)) = (from.flatten(), until.flatten()) {
                let last = each.until().map_or(span, |last| span_of(place.file, last.syntax().text_range()));
                self.in_order(from, until, last);
            }
            let origin = self.origin(place, span);
            elements.push(Element { value, origin, from: from.flatten(), until: until.flatten() });
        }
        let removal = |at: usize| {
            let element = list.elements().nth(at)?;
            Some(span_of(place.file, nbc_syntax::ast::removal(element.syntax())))
        };
        self.check_twice(&elements, removal);
        Some(Value::List(self.store.list(elements)))
    }

    /// What holds for some days begins before it ends; `span` is where its end is said.
    pub(super) fn in_order(&mut self, from: Date, until: Date, span: Span) {
        if until < from {
            let message = format!("this ends on {until}, before it begins on {from}");
            let found = Diagnostic::new(&codes::BROKEN_REQUIREMENT, span, message).label("the last day");
            self.diagnostics.push(found.help("both days count; exchange them, or correct one"));
        }
    }

    /// A list of references names each thing once.
    pub(super) fn check_twice(&mut self, elements: &[Element], removal: impl Fn(usize) -> Option<Span>) {
        let mut seen: FxHashMap<EntityId, OriginId> = FxHashMap::default();
        for (at, element) in elements.iter().enumerate() {
            let Value::Entity(entity) = element.value else { continue };
            let before = match elements.get(..at) {
                // Most lists are so short that looking is faster than a table.
                Some(before) if elements.len() <= FEW => {
                    before.iter().rfind(|other| other.value == element.value).map(|other| other.origin)
                }
                _ => seen.insert(entity, element.origin),
            };
            let Some(first) = before else { continue };
            let name = self.names.text(self.entities[entity].handle);
            let span = self.origins[element.origin].span;
            let twice = Diagnostic::new(&codes::SAID_BY_BOTH, span, format!("`{name}` stands in this list twice"));
            let mut twice = twice.label("a second time").related(self.origins[first].span, "first here");
            twice.fix = removal(at).map(|span| Fix::replace(span, "", "remove the second"));
            self.diagnostics.push(twice);
        }
    }

    /// A name where a reference, an enum value or an action is expected. Loop variables and lets are bound instead.
    fn name(&mut self, place: &Place, ty: &Type, path: &ast::PathExpr) -> Option<Value> {
        let mut segments = path.segments();
        let (first, second, third) = (segments.next()?, segments.next(), segments.next());
        if third.is_some() || !self.names_something(ty) {
            return None;
        }
        let first_text = first.text();
        if second.is_none() && self.is_variable(place, &first_text) {
            return None;
        }
        let span = span_of(place.file, path.range());
        if *self.kinds.base(ty) == Type::Permission {
            return self.permission(&path.syntax().text().to_string(), span);
        }
        let second_text = second.as_ref().map(|second| second.text());
        let written = match &second_text {
            None => Written { kind: None, name: &first_text, span, quoted: false },
            // A path such as `team.owners` is an expression; `user.ana` names its kind.
            Some(second) if !self.is_qualifier(ty, &first_text) => {
                return self.dotted(ty, &first_text, second, span, place.viewpoint);
            }
            Some(second) => Written { kind: Some(&first_text), name: second, span, quoted: false },
        };
        Some(self.reference(ty, written, place.viewpoint))
    }

    /// `rui.costa`, as logins are written, for `rui-costa`.
    fn dotted(&mut self, ty: &Type, first: &str, second: &str, span: Span, from: Viewpoint) -> Option<Value> {
        let name = format!("{first}-{second}");
        if !self.references().knows(ty, &name, from) {
            return None;
        }
        let message = format!("there is no {} `{first}.{second}`", self.wanted(ty));
        let unknown = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).label("names have no dots");
        self.diagnostics.push(unknown.did_you_mean(span, &[&name]));
        Some(Value::Poisoned)
    }

    fn names_something(&self, ty: &Type) -> bool {
        match self.kinds.base(ty) {
            Type::Entity(_) | Type::Enum(_) | Type::Permission => true,
            // Beside a text, a bare name can only be meant as the reference.
            Type::OneOf(types) => types.iter().any(|ty| self.names_something(ty)),
            _ => false,
        }
    }

    fn is_variable(&self, place: &Place, name: &str) -> bool {
        if place.bindings.is_empty() && self.globals.let_names.is_empty() {
            return false;
        }
        let Some(name) = self.names.find(name) else { return false };
        place.bindings.iter().any(|(variable, _)| *variable == name)
            || self.globals.let_named(name, place.file).is_some()
    }

    fn is_qualifier(&self, ty: &Type, word: &str) -> bool {
        match self.kinds.base(ty) {
            Type::Entity(kind) => self.names.text(self.kinds.kinds[*kind].name) == word,
            Type::Enum(id) => self.names.text(self.kinds.enums[*id].name) == word,
            Type::OneOf(types) => types.iter().any(|ty| self.is_qualifier(ty, word)),
            _ => false,
        }
    }

    fn permission(&mut self, written: &str, span: Span) -> Option<Value> {
        let written = written.trim();
        if let Some(action) = self.names.find(written).and_then(|name| self.kinds.action_of(name)) {
            return Some(Value::Permission(action));
        }
        let qualified = || self.kinds.actions.iter().map(|(_, action)| self.names.text(action.qualified));
        let same: Vec<&str> = qualified().filter(|name| name.rsplit('.').next() == Some(written)).collect();
        let diagnostic = if same.is_empty() {
            let near = suggest::nearest(written, qualified());
            let unknown = Diagnostic::new(&codes::UNKNOWN_ACTION, span, format!("there is no action `{written}`"));
            unknown.did_you_mean(span, &near)
        } else {
            let message = format!("several kinds have an action `{written}`");
            Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).help(format!("write `{}`", same.join("` or `")))
        };
        self.diagnostics.push(diagnostic.label("as an action"));
        Some(Value::Poisoned)
    }

    /// Texts, dates, `true` and `false`. Numbers and amounts are the binder's: what `32` is depends on its place.
    fn literal(&mut self, place: &Place, ty: &Type, base: &Type, literal: &ast::Literal) -> Option<Value> {
        match (base, literal.kind()?) {
            (Type::Text, LiteralKind::Text(text)) => text.plain().map(|text| Value::Text(self.names.intern(&text))),
            (Type::Text, LiteralKind::Verbatim(text)) => Some(Value::Text(self.names.intern(&text.value()))),
            (Type::Bool, LiteralKind::Bool(value)) => Some(Value::Bool(value)),
            (Type::Date, LiteralKind::Date(token)) => date_of(token.text()).map(Value::Date),
            (Type::OneOf(types), LiteralKind::Text(text))
                if types.iter().any(|ty| *self.kinds.base(ty) == Type::Text) =>
            {
                text.plain().map(|text| Value::Text(self.names.intern(&text)))
            }
            (Type::Entity(_) | Type::Enum(_) | Type::OneOf(_), LiteralKind::Verbatim(text)) => {
                let (name, span) = (text.value(), span_of(place.file, text.range()));
                Some(self.reference(ty, Written { kind: None, name: &name, span, quoted: true }, place.viewpoint))
            }
            (Type::Entity(_) | Type::Enum(_) | Type::OneOf(_), LiteralKind::Text(text)) => {
                let text_span = span_of(place.file, text.range());
                let plain = text.plain()?;
                let qualified = plain.split_once('.').filter(|(kind, _)| self.is_qualifier(ty, kind));
                let (kind, name) = qualified.map_or((None, &*plain), |(kind, name)| (Some(kind), name));
                let written = Written { kind, name, span: text_span, quoted: true };
                Some(self.reference(ty, written, place.viewpoint))
            }
            _ => None,
        }
    }

    /// A type in a user's words, with its article.
    pub(super) fn type_words(&mut self, ty: &Type) -> String {
        match self.kinds.base(ty) {
            Type::Invalid => "something".to_owned(),
            Type::Bool => "true or false".to_owned(),
            Type::Int => "a whole number".to_owned(),
            Type::Count => "a whole number, not negative".to_owned(),
            Type::Text => "a text".to_owned(),
            Type::Date => "a date".to_owned(),
            Type::Quantity(dimension) => dimension.name().to_owned(),
            Type::Permission => "an action".to_owned(),
            Type::List(..) => "a list".to_owned(),
            Type::Map(..) | Type::Record(_) => "a block".to_owned(),
            Type::Variant(_) => "a word with a block".to_owned(),
            Type::Entity(_) | Type::Enum(_) | Type::OneOf(_) | Type::Named(_) => format!("a {}", self.wanted(ty)),
        }
    }
}

fn variant_in<'t>(kinds: &'t KindSet, types: &'t [Type]) -> Option<&'t Type> {
    types.iter().find(|ty| matches!(kinds.base(ty), Type::Variant(_)))
}

/// The bare name that an expression is, if it is one.
fn path_name(expr: &ast::Expr) -> Option<ast::Name> {
    match expr {
        ast::Expr::Path(path) => path.as_name(),
        _ => None,
    }
}

fn plain_date(expr: &ast::Expr) -> Option<Date> {
    let ast::Expr::Literal(literal) = expr else { return None };
    match literal.kind()? {
        LiteralKind::Date(token) => date_of(token.text()),
        _ => None,
    }
}

/// The date that a value is, if it is one written out.
pub(super) fn literal_date(value: &ast::Value) -> Option<Date> {
    match value {
        ast::Value::Expr(expr) => plain_date(expr),
        ast::Value::Body(_) | ast::Value::Tagged(_) => None,
    }
}

/// A date as written; `None` for a day that no calendar has.
pub(super) fn date_of(text: &str) -> Option<Date> {
    let date = literal::date(text).ok()?;
    Date::from_civil(i32::from(date.year), date.month, date.day)
}
