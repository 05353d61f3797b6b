//! Conditions, comparisons and arithmetic.

use nbc_source::{Diagnostic, Span};
use nbc_syntax::ast::{self, AstNode, FactorOperator, LiteralKind, TermOperator};

use crate::expression::arithmetic;
use crate::expression::bind::Binder;
use crate::expression::builtins::{is_ordered, is_same};
use crate::expression::codes;
use crate::expression::{Arithmetic, Comparison, ExpressionId, Negated, Node, Quantifier};
use crate::kinds::{Dated, Type, VariantId};
use crate::value::{Dimension, Fields, Value};

impl Binder<'_> {
    // Conditions.

    pub(super) fn conditional(&mut self, node: &ast::IfExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        let condition = self.fitted_part(node.condition(), &Type::Bool, span);
        let condition = self.present(condition);
        let then = self.knowing(condition, true, |binder| binder.branch(node.then(), expected, span));
        let first = self.ty(then);
        let hint = expected.cloned().or(Some(first.clone()).filter(|ty| *ty != Type::Invalid));
        let otherwise = self.knowing(condition, false, |binder| {
            let id = binder.branch(node.otherwise(), hint.as_ref(), span);
            if expected.is_none() { binder.coerce(id, &first) } else { id }
        });
        let ty = if first == Type::Invalid { self.ty(otherwise) } else { first };
        if self.is_poisoned(condition) {
            return self.poison(span);
        }
        let optional = [condition, then, otherwise].iter().any(|branch| self.tables.expressions[*branch].optional);
        let id = self.push(Node::If(condition, then, otherwise), ty, optional, span);
        self.fold(id)
    }

    fn branch(&mut self, part: Option<ast::Expr>, expected: Option<&Type>, span: Span) -> ExpressionId {
        match expected {
            Some(ty) => self.fitted_part(part, ty, span),
            None => self.part(part, None, span),
        }
    }

    pub(super) fn quantifier(&mut self, node: &ast::QuantifierExpr, span: Span) -> ExpressionId {
        let (of, element) = self.ranged_over(node.list(), span);
        let Some(name) = self.name_of(node.name()) else { return self.poison(span) };
        let local = self.push_local(name, element);
        let condition = self.fitted_part(node.condition(), &Type::Bool, span);
        let condition = self.present(condition);
        self.locals.pop();
        let quantifier = match node.quantifier() {
            ast::Quantifier::Any => Quantifier::Any,
            ast::Quantifier::All => Quantifier::All,
        };
        self.strict(Node::Quantify(quantifier, local, of, condition), Type::Bool, span)
    }

    /// Each operand knows what the ones before it asked.
    pub(super) fn logic(&mut self, node: &ast::LogicExpr, span: Span) -> ExpressionId {
        let is_and = node.operator() == ast::LogicOperator::And;
        let before = self.facts.len();
        let mut operands = Vec::new();
        for operand in node.operands() {
            let id = self.fitted(&operand, &Type::Bool);
            let id = self.present(id);
            self.learn(id, is_and);
            operands.push(id);
        }
        self.facts.truncate(before);
        let node = if is_and { Node::And(operands) } else { Node::Or(operands) };
        self.strict(node, Type::Bool, span)
    }

    pub(super) fn not(&mut self, node: &ast::NotExpr, span: Span) -> ExpressionId {
        let id = self.fitted_part(node.operand(), &Type::Bool, span);
        let id = self.present(id);
        self.strict(Node::Not(id), Type::Bool, span)
    }

    pub(super) fn is_set(&mut self, node: &ast::SetExpr, span: Span) -> ExpressionId {
        let id = self.part(node.operand(), None, span);
        if self.is_poisoned(id) {
            return self.poison(span);
        }
        self.push(Node::IsSet(id), Type::Bool, false, span)
    }

    pub(super) fn otherwise(&mut self, node: &ast::OtherwiseExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        let id = self.part(node.operand(), expected, span);
        let ty = self.ty(id);
        let hint = if ty == Type::Invalid { expected.cloned() } else { Some(ty.clone()) };
        let fallback = match hint {
            Some(hint) => self.fitted_part(node.fallback(), &hint, span),
            None => self.part(node.fallback(), None, span),
        };
        if self.is_poisoned(id) || self.is_poisoned(fallback) {
            return self.poison(span);
        }
        let optional = self.tables.expressions[fallback].optional;
        self.push(Node::Otherwise(id, fallback), ty, optional, span)
    }

    // Comparisons.

    pub(super) fn comparison(&mut self, node: &ast::ComparisonExpr, span: Span) -> ExpressionId {
        let (Some((operator, _)), Some(left), Some(right)) = (node.operator(), node.left(), node.right()) else {
            return self.poison(span);
        };
        let comparison = match operator {
            ast::Comparison::In => return self.membership(&left, &right, node.upper(), Negated::No, span),
            ast::Comparison::NotIn => return self.membership(&left, &right, node.upper(), Negated::Yes, span),
            ast::Comparison::Equal => Comparison::Equal,
            ast::Comparison::NotEqual => Comparison::NotEqual,
            ast::Comparison::Less => Comparison::Less,
            ast::Comparison::LessOrEqual => Comparison::LessOrEqual,
            ast::Comparison::Greater => Comparison::Greater,
            ast::Comparison::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        let (left, right) = self.operands(&left, &right);
        let (left, right) = (self.present(left), self.present(right));
        if let Some(case) = self.case_test(comparison, left, right, span) {
            return case;
        }
        if !self.comparable(comparison, left, right, span) {
            return self.poison(span);
        }
        self.strict(Node::Compare(comparison, left, right), Type::Bool, span)
    }

    /// Binds the operand first that knows its type, so that the other can be a bare word or number.
    fn operands(&mut self, left: &ast::Expr, right: &ast::Expr) -> (ExpressionId, ExpressionId) {
        if self.is_bare(left) && !self.is_bare(right) {
            let right = self.expression(right, None);
            let left = self.beside(left, right);
            return (left, right);
        }
        let left = self.expression(left, None);
        let right = self.beside(right, left);
        (left, right)
    }

    /// An operand whose type is that of the other.
    fn beside(&mut self, expression: &ast::Expr, other: ExpressionId) -> ExpressionId {
        let ty = self.ty(other);
        match self.base(&ty) {
            // A count may be compared with a number that has decimals.
            Type::Int | Type::Count => self.expression(expression, None),
            Type::Variant(id) => match self.case_alone(expression, id) {
                Some(case) => case,
                None => self.expression(expression, Some(&ty)),
            },
            _ => self.expression(expression, Some(&ty)),
        }
    }

    /// A case that is asked for by its name alone, whatever fields it has.
    fn case_alone(&mut self, expression: &ast::Expr, id: VariantId) -> Option<ExpressionId> {
        let ast::Expr::Path(path) = expression else { return None };
        let name = self.tables.names.intern(path.as_name()?.text());
        if !self.value_readings(name).is_empty() {
            return None;
        }
        let at = self.tables.kinds.variants[id].cases.iter().position(|case| case.name == name)?;
        let value = Value::Variant(id, at as u16, Fields::default());
        let span = self.span(expression.range());
        Some(self.constant_of(value, Type::Variant(id), span))
    }

    /// Whether an operand gets its meaning from its place: a literal, or a name that stands for no value.
    fn is_bare(&mut self, expression: &ast::Expr) -> bool {
        match expression {
            ast::Expr::Literal(literal) => !matches!(literal.kind(), Some(LiteralKind::Date(_) | LiteralKind::Bool(_))),
            ast::Expr::Path(path) => match path.as_name() {
                Some(name) => {
                    let name = self.tables.names.intern(name.text());
                    self.value_readings(name).is_empty()
                }
                None => false,
            },
            ast::Expr::Paren(paren) => paren.inner().is_some_and(|inner| self.is_bare(&inner)),
            ast::Expr::Negative(negative) => negative.operand().is_some_and(|inner| self.is_bare(&inner)),
            ast::Expr::List(list) => list.comprehension().is_none(),
            _ => false,
        }
    }

    /// `at == bucket` asks for the case alone when the case has fields.
    fn case_test(
        &mut self,
        comparison: Comparison,
        left: ExpressionId,
        right: ExpressionId,
        span: Span,
    ) -> Option<ExpressionId> {
        let negated = match comparison {
            Comparison::Equal => Negated::No,
            Comparison::NotEqual => Negated::Yes,
            _ => return None,
        };
        let case = |id: ExpressionId| match self.tables.expressions[id].node {
            Node::Constant(Value::Variant(_, case, _)) => Some(case),
            _ => None,
        };
        let (of, case) = match (case(left), case(right)) {
            (_, Some(case)) => (left, case),
            (Some(case), None) => (right, case),
            (None, None) => return None,
        };
        matches!(self.base_of(of), Type::Variant(_))
            .then(|| self.strict(Node::IsCase(of, case, negated), Type::Bool, span))
    }

    fn comparable(&mut self, comparison: Comparison, left: ExpressionId, right: ExpressionId, span: Span) -> bool {
        let (left, right) = (self.base_of(left), self.base_of(right));
        let kinds = self.tables.kinds;
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let message = if !is_same(&left, &right, kinds) {
            format!("`{}` and `{}` cannot be compared", self.type_text(&left), self.type_text(&right))
        } else if !is_equality && !is_ordered(&left, kinds) {
            format!("`{}` has no order: it can be compared with `==` and `!=` only", self.type_text(&left))
        } else {
            return true;
        };
        self.report(Diagnostic::new(&codes::WRONG_TYPE, span, message));
        false
    }

    /// `x in list`, `key in map`, `x in a..b`
    fn membership(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        upper: Option<ast::Expr>,
        negated: Negated,
        span: Span,
    ) -> ExpressionId {
        if let Some(upper) = upper {
            return self.range(left, right, &upper, negated, span);
        }
        if self.is_bare(right) {
            let left = self.expression(left, None);
            let left = self.present(left);
            let of = Type::List(Box::new(self.ty(left)), Dated::No);
            let right = self.expression(right, Some(&of));
            return self.contained(left, right, negated, span);
        }
        let right = self.expression(right, None);
        let right = self.present(right);
        let left = match self.base_of(right) {
            Type::List(of, _) => self.expression(left, Some(&of)),
            Type::Map(key, _) => self.expression(left, Some(&key)),
            _ => self.expression(left, None),
        };
        let left = self.present(left);
        self.contained(left, right, negated, span)
    }

    fn contained(&mut self, left: ExpressionId, right: ExpressionId, negated: Negated, span: Span) -> ExpressionId {
        let element = self.base_of(left);
        let fits = match self.base_of(right) {
            Type::List(of, _) => is_same(&element, &of, self.tables.kinds),
            Type::Map(key, _) => is_same(&element, &key, self.tables.kinds),
            Type::Text => element == Type::Text,
            Type::Invalid => true,
            _ => false,
        };
        if !fits {
            let (element, of) = (self.type_text(&self.ty(left)), self.type_text(&self.ty(right)));
            return self.refuse(&codes::WRONG_TYPE, span, format!("`{element}` cannot be in `{of}`"));
        }
        self.strict(Node::In(left, right, negated), Type::Bool, span)
    }

    fn range(
        &mut self,
        value: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        negated: Negated,
        span: Span,
    ) -> ExpressionId {
        let value = self.expression(value, None);
        let value = self.present(value);
        let (low, high) = (self.beside(low, value), self.beside(high, value));
        let (low, high) = (self.present(low), self.present(high));
        let fits =
            self.comparable(Comparison::Less, value, low, span) && self.comparable(Comparison::Less, value, high, span);
        if !fits {
            return self.poison(span);
        }
        self.strict(Node::InRange(value, low, high, negated), Type::Bool, span)
    }

    // Arithmetic.

    pub(super) fn negative(&mut self, node: &ast::NegativeExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        // Below zero there is no count, so the number itself is read as a whole number.
        let expected = expected.filter(|ty| self.base(ty) != Type::Count);
        let id = self.part(node.operand(), expected, span);
        let id = self.present(id);
        let ty = match self.base_of(id) {
            Type::Count | Type::Int => Type::Int,
            ty @ (Type::Quantity(_) | Type::Invalid) => ty,
            ty => {
                let message = format!("`-` needs a number, this is `{}`", self.type_text(&ty));
                return self.refuse(&codes::WRONG_TYPE, span, message);
            }
        };
        self.strict(Node::Negate(id), ty, span)
    }

    /// Terms of one type; a bare number takes the type of the first term that has one, or of the place.
    pub(super) fn sum(&mut self, node: &ast::SumExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        let terms: Vec<(TermOperator, ast::Expr)> = node.terms().collect();
        let mut bound: Vec<Option<ExpressionId>> = Vec::with_capacity(terms.len());
        let mut anchor = None;
        for (_, term) in &terms {
            let id = (!self.is_bare(term)).then(|| self.expression(term, None));
            anchor = anchor.or_else(|| id.map(|id| self.ty(id)));
            bound.push(id);
        }
        let hint = self.term_hint(anchor.as_ref(), expected);
        let mut operands = Vec::with_capacity(terms.len());
        for ((operator, term), id) in terms.iter().zip(bound) {
            let id = id.unwrap_or_else(|| self.expression(term, hint.as_ref()));
            let operator = match operator {
                TermOperator::Add => Arithmetic::Add,
                TermOperator::Subtract => Arithmetic::Subtract,
            };
            operands.push((operator, id));
        }
        self.chain(operands, span)
    }

    fn term_hint(&self, anchor: Option<&Type>, expected: Option<&Type>) -> Option<Type> {
        match anchor.map(|ty| self.base(ty)) {
            // A date moves by a duration.
            Some(Type::Date) => Some(Type::Quantity(Dimension::Duration)),
            Some(ty @ (Type::Quantity(_) | Type::Invalid)) => Some(ty),
            Some(_) => None,
            None => expected.map(|ty| self.base(ty)).filter(|ty| matches!(ty, Type::Quantity(_))),
        }
    }

    /// Factors: at most one has a unit, and a bare number has one only if the place needs it and nobody else does.
    pub(super) fn product(&mut self, node: &ast::ProductExpr, expected: Option<&Type>, span: Span) -> ExpressionId {
        let factors: Vec<(FactorOperator, ast::Expr)> = node.factors().collect();
        let quantity = expected.map(|ty| self.base(ty)).filter(|ty| matches!(ty, Type::Quantity(_)));
        let mut bound: Vec<Option<ExpressionId>> = Vec::with_capacity(factors.len());
        let mut anchor = None;
        for (_, factor) in &factors {
            let id = match is_plain_number(factor) {
                true => None,
                false if self.is_bare(factor) && !is_share(factor) => {
                    let hint = anchor.clone().or_else(|| quantity.clone());
                    Some(self.expression(factor, hint.as_ref()))
                }
                false => Some(self.expression(factor, None)),
            };
            anchor = anchor.or_else(|| id.map(|id| self.base_of(id)).filter(has_unit));
            bound.push(id);
        }
        let mut hint = if anchor.is_none() { quantity } else { None };
        let mut operands = Vec::with_capacity(factors.len());
        for ((operator, factor), id) in factors.iter().zip(bound) {
            let id = id.unwrap_or_else(|| self.expression(factor, hint.take().as_ref()));
            let operator = match operator {
                FactorOperator::Multiply => Arithmetic::Multiply,
                FactorOperator::Divide => Arithmetic::Divide,
            };
            operands.push((operator, id));
        }
        self.chain(operands, span)
    }

    fn chain(&mut self, operands: Vec<(Arithmetic, ExpressionId)>, span: Span) -> ExpressionId {
        let mut operands =
            operands.into_iter().map(|(operator, id)| (operator, self.present(id))).collect::<Vec<_>>().into_iter();
        let Some((_, mut left)) = operands.next() else { return self.poison(span) };
        for (operator, right) in operands {
            let at = self.span_of(left).to(self.span_of(right));
            let Some(ty) = arithmetic::result(operator, &self.base_of(left), &self.base_of(right)) else {
                return self.no_result(operator, left, right, at);
            };
            left = self.strict(Node::Arithmetic(operator, left, right), ty, at);
        }
        left
    }

    fn no_result(&mut self, operator: Arithmetic, left: ExpressionId, right: ExpressionId, span: Span) -> ExpressionId {
        let (a, b) = (self.type_text(&self.ty(left)), self.type_text(&self.ty(right)));
        let message = match operator {
            Arithmetic::Add => format!("`{a}` and `{b}` cannot be added"),
            Arithmetic::Subtract => format!("`{b}` cannot be subtracted from `{a}`"),
            Arithmetic::Multiply => format!("`{a}` and `{b}` cannot be multiplied"),
            Arithmetic::Divide => format!("`{a}` cannot be divided by `{b}`"),
        };
        let mut diagnostic = Diagnostic::new(&codes::WRONG_TYPE, span, message);
        match (self.base_of(left), self.base_of(right)) {
            (Type::Text, _) | (_, Type::Text) => {
                diagnostic = diagnostic.help("texts are joined by interpolation: `\"{a}-{b}\"`");
            }
            (Type::List(..), Type::List(..)) => {
                diagnostic = diagnostic.help("lists are joined by `flatten([a, b])`");
            }
            _ => {}
        }
        self.report(diagnostic);
        self.poison(span)
    }
}

/// A quantity with a unit of its own: neither a plain number nor a share.
fn has_unit(ty: &Type) -> bool {
    matches!(ty, Type::Quantity(dimension) if !matches!(dimension, Dimension::Decimal | Dimension::Percent))
}

/// `75%`, which has a meaning of its own wherever it stands in a product.
fn is_share(expression: &ast::Expr) -> bool {
    match expression {
        ast::Expr::Literal(literal) => literal.token().is_some_and(|token| token.text().ends_with('%')),
        _ => false,
    }
}

fn is_plain_number(expression: &ast::Expr) -> bool {
    match expression {
        ast::Expr::Literal(literal) => matches!(literal.kind(), Some(LiteralKind::Number(_))),
        ast::Expr::Paren(paren) => paren.inner().is_some_and(|inner| is_plain_number(&inner)),
        ast::Expr::Negative(negative) => negative.operand().is_some_and(|inner| is_plain_number(&inner)),
        _ => false,
    }
}
