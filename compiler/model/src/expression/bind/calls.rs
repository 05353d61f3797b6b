//! Calls: functions of the workspace first, then those that come with the language.

use nbc_source::{Diagnostic, Fix, Span, suggest};
use nbc_syntax::ast::{self, AstNode};

use crate::expression::bind::Binder;
use crate::expression::builtins::{Builtin, Misfit, People};
use crate::expression::codes;
use crate::expression::scope::Reads;
use crate::expression::{ExpressionId, FunctionId, Node};
use crate::kinds::{KindId, Type};

impl Binder<'_> {
    pub(super) fn call(&mut self, call: &ast::CallExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        let Some(function) = call.function() else { return self.poison(span) };
        let arguments: Vec<ast::Value> = call.arguments().collect();
        let name = self.tables.names.intern(function.text());
        if let Some(id) = self.tables.globals.function_named(name, self.situation.file) {
            return self.call_of(id, &arguments, span);
        }
        match Builtin::named(function.text()) {
            Some(builtin) => self.builtin(builtin, &arguments, expected, span),
            None => self.unknown_function(function.text(), self.span(function.range())),
        }
    }

    fn call_of(&mut self, id: FunctionId, arguments: &[ast::Value], span: Span) -> ExpressionId {
        let globals = self.tables.globals;
        let function = &globals.functions[id];
        if arguments.len() != function.parameters.len() {
            let name = self.text_of(function.name);
            let message = format!(
                "`{name}` takes {}, this gives it {}",
                arguments_text(function.parameters.len()),
                arguments.len()
            );
            let mut diagnostic = Diagnostic::new(&codes::WRONG_ARGUMENT, span, message);
            let wanted = function.parameters.len();
            let last = wanted.checked_sub(1).and_then(|last| arguments.get(last));
            if let (Some(last), Some(end)) = (last, arguments.last().filter(|_| arguments.len() > wanted)) {
                let surplus = self.span(last.range()).end..self.span(end.range()).end;
                let fix = Fix::replace(Span::new(span.file, surplus), "", "leave the others out");
                diagnostic = diagnostic.fix(fix.may_change_meaning());
            }
            self.report(diagnostic.related(function.span, "declared here"));
            return self.poison(span);
        }
        let mut bound = Vec::with_capacity(arguments.len());
        for (argument, (_, ty)) in arguments.iter().zip(&function.parameters) {
            let argument = self.fitted_value(argument, ty);
            bound.push(self.present(argument));
        }
        if function.follows {
            self.follows = true;
            let message = format!("`{}` follows references", self.text_of(function.name));
            let help = "what follows a reference is a `computed` field, or belongs in a rule";
            if !self.needs(Reads::References, span, &message, help) {
                return self.poison(span);
            }
        }
        self.strict(Node::Call(id, bound), function.result.clone(), span)
    }

    fn builtin(
        &mut self,
        builtin: Builtin,
        arguments: &[ast::Value],
        expected: Option<&Type>,
        span: Span,
    ) -> ExpressionId {
        if !self.may_call(builtin, span) {
            return self.poison(span);
        }
        let bound = match (builtin, arguments) {
            (Builtin::WhoCan, [action, thing]) => self.action_and_thing(action, thing),
            (Builtin::Max | Builtin::Min, many) if many.len() > 1 => self.alike(many, expected),
            _ => arguments.iter().map(|argument| self.argument(argument, None)).collect(),
        };
        let types: Vec<Type> = bound.iter().map(|id| self.ty(*id)).collect();
        match builtin.give(&types, self.tables.kinds, self.people()) {
            Ok(given) => {
                let id = self.strict(Node::Builtin(builtin, bound), given.ty, span);
                if given.optional && self.constant_value(id).is_none() {
                    self.tables.expressions[id].optional = true;
                }
                id
            }
            Err(misfit) => self.misfit(builtin, misfit, &bound, span),
        }
    }

    fn may_call(&mut self, builtin: Builtin, span: Span) -> bool {
        let (reads, message, help) = match builtin {
            Builtin::Members => {
                (Reads::Memberships, "who belongs to what is not known here", "ask it in a `computed` field or a rule")
            }
            Builtin::WhoCan => (Reads::Everything, "decisions are not made yet here", "ask it in a rule or a test"),
            _ => return true,
        };
        self.needs(reads, span, message, help)
    }

    fn argument(&mut self, argument: &ast::Value, expected: Option<&Type>) -> ExpressionId {
        let id = self.value(argument, expected);
        self.present(id)
    }

    /// Arguments of one type: a bare number takes the type of the others, or of the place.
    fn alike(&mut self, arguments: &[ast::Value], expected: Option<&Type>) -> Vec<ExpressionId> {
        let mut anchor = None;
        let mut bound: Vec<Option<ExpressionId>> = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let is_literal = matches!(argument, ast::Value::Expr(ast::Expr::Literal(_)));
            let id = (!is_literal).then(|| self.argument(argument, None));
            anchor = anchor.or_else(|| id.map(|id| self.ty(id)).filter(|ty| *ty != Type::Invalid));
            bound.push(id);
        }
        let hint = anchor.or_else(|| expected.cloned());
        let hint = hint.filter(|ty| !matches!(self.base(ty), Type::Int | Type::Count));
        let rest = arguments.iter().zip(bound);
        rest.map(|(argument, id)| id.unwrap_or_else(|| self.argument(argument, hint.as_ref()))).collect()
    }

    /// The thing says which of the actions of that name is meant.
    fn action_and_thing(&mut self, action: &ast::Value, thing: &ast::Value) -> Vec<ExpressionId> {
        let thing = self.argument(thing, None);
        let span = self.span(action.range());
        let name = match action {
            ast::Value::Expr(ast::Expr::Path(path)) => path.as_name(),
            _ => None,
        };
        let action = match name {
            Some(name) => self.action(name.text(), thing, span),
            None => self.argument(action, Some(&Type::Permission)),
        };
        vec![action, thing]
    }

    /// An action by its bare name, of the kind of a thing.
    pub(crate) fn action(&mut self, text: &str, thing: ExpressionId, span: Span) -> ExpressionId {
        let kinds = self.tables.kinds;
        let kind = match self.base_of(thing) {
            Type::Entity(kind) => kind,
            Type::Invalid => return self.poison(span),
            ty => {
                let message = format!("nothing can be done to `{}`", self.type_text(&ty));
                return self.refuse(&codes::NOT_AN_ACTION, span, message);
            }
        };
        let found = self.tables.names.find(text).and_then(|name| kinds.action_on(kind, name));
        match found {
            Some(action) => self.constant_of(crate::value::Value::Permission(action), Type::Permission, span),
            None => self.not_an_action(text, kind, span),
        }
    }

    fn not_an_action(&mut self, text: &str, kind: KindId, span: Span) -> ExpressionId {
        let row = &self.tables.kinds.kinds[kind];
        let actions: Vec<&str> =
            row.actions.iter().map(|action| self.text_of(self.tables.kinds.actions[*action].name)).collect();
        let kind = self.text_of(row.name);
        let article = if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        let message = format!("{article} {kind} has no action `{text}`");
        let diagnostic = Diagnostic::new(&codes::NOT_AN_ACTION, span, message);
        let near = suggest::nearest(text, actions.iter().copied());
        let diagnostic = match (near.is_empty(), actions.is_empty()) {
            (false, _) => diagnostic.did_you_mean(span, &near),
            (true, false) => diagnostic.help(format!("it has {}", actions.join(", "))),
            (true, true) => diagnostic.help("nothing can be done to it that access is given for"),
        };
        self.report(diagnostic);
        self.poison(span)
    }

    fn people(&self) -> Option<People> {
        let kind = |name: &str| self.tables.names.find(name).and_then(|name| self.tables.kinds.kind_of(name));
        Some(People { user: kind("user")?, group: kind("group")? })
    }

    fn misfit(&mut self, builtin: Builtin, misfit: Misfit, bound: &[ExpressionId], span: Span) -> ExpressionId {
        let diagnostic = match misfit {
            Misfit::Number => Diagnostic::new(
                &codes::WRONG_ARGUMENT,
                span,
                format!("`{}` does not take {}", builtin.name(), arguments_text(bound.len())),
            ),
            Misfit::Type(at, wanted) => {
                let argument = bound.get(at).copied();
                let place = argument.map_or(span, |argument| self.span_of(argument));
                let is = argument.map_or_else(String::new, |argument| self.type_text(&self.ty(argument)));
                let message = format!("`{}` needs {wanted} here, this is `{is}`", builtin.name());
                Diagnostic::new(&codes::WRONG_ARGUMENT, place, message)
            }
        };
        self.report(diagnostic.help(format!("it is called `{}`", builtin.usage())));
        self.poison(span)
    }

    fn unknown_function(&mut self, text: &str, span: Span) -> ExpressionId {
        let globals = self.tables.globals;
        let mut known: Vec<&str> = Builtin::ALL.iter().map(|builtin| builtin.name()).collect();
        known.extend(globals.functions.iter().map(|(_, function)| self.tables.names.text(function.name)));
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_FUNCTION, span, format!("there is no function `{text}`"));
        let diagnostic = diagnostic.did_you_mean(span, &suggest::nearest(text, known));
        self.report(diagnostic);
        self.poison(span)
    }
}

fn arguments_text(number: usize) -> String {
    match number {
        1 => "one argument".to_owned(),
        number => format!("{number} arguments"),
    }
}
