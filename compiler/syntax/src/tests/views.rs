//! What the typed views answer.

use nbc_source::FileId;

use super::parsed;
use crate::ast::*;
use crate::parse_interpolation;

fn only<N>(text: &str, view: fn(Declaration) -> Option<N>) -> N {
    let mut declarations = parsed(text).source_file().declarations();
    let first = view(declarations.next().unwrap()).unwrap();
    assert!(declarations.next().is_none());
    first
}

macro_rules! only {
    ($case:ident, $text:expr) => {
        only($text, |declaration| match declaration {
            Declaration::$case(inner) => Some(inner),
            _ => None,
        })
    };
}

fn value_of(text: &str) -> Value {
    only!(Let, &format!("let x = {text}")).value().unwrap()
}

fn expr(text: &str) -> Expr {
    match value_of(text) {
        Value::Expr(expr) => expr,
        other => panic!("{other:?}"),
    }
}

fn shown(node: &impl AstNode) -> String {
    node.syntax().text().to_string()
}

#[test]
fn an_instance_answers_with_text_and_places() {
    let text = "## The team.\n## Second line.\ngroup ml extends lab {\n  title: \"ML\"\n  add members: [ana]\n  unset x\n  locked quota extends q { cpu: 8 }\n}";
    let group = only!(Instance, text);
    assert_eq!(group.documentation().as_deref(), Some("The team.\nSecond line."));
    assert_eq!(usize::from(group.range().start()), text.find("group").unwrap());
    assert_eq!(group.kind_ref().unwrap().text(), "group");
    assert_eq!(group.extends().unwrap().text(), "lab");
    let Some(Handle::Name(handle)) = group.handle() else { panic!() };
    assert_eq!((handle.text(), usize::from(handle.range().start())), ("ml", text.find("ml").unwrap()));
    let items: Vec<Item> = group.body().unwrap().items().collect();
    let seen: Vec<(Operation, String)> =
        items.iter().map(|item| (item.operation(), item.key().unwrap().text().into_owned())).collect();
    let expected = [
        (Operation::Plain, "title"),
        (Operation::Add, "members"),
        (Operation::Unset, "x"),
        (Operation::Locked, "quota"),
    ];
    assert_eq!(seen, expected.map(|(operation, key)| (operation, key.to_owned())));
    assert!(items[3].is_block() && !items[0].is_block());
    assert_eq!(items[3].extends().unwrap().text(), "q");
    assert!(matches!(items[0].value(), Some(Value::Expr(Expr::Literal(_)))));
    assert!(items[2].value().is_none());
}

#[test]
fn a_table_has_a_file_and_no_handle() {
    let user = only!(Instance, "user from \"people.csv\" { handle: row.\"E-mail\" }");
    assert_eq!(user.from().unwrap().plain().unwrap(), "people.csv");
    assert_eq!(user.handle(), None);
    let item = user.body().unwrap().items().next().unwrap();
    let Some(Value::Expr(Expr::Path(path))) = item.value() else { panic!() };
    let segments: Vec<String> = path.segments().map(|segment| segment.text().into_owned()).collect();
    assert_eq!(segments, ["row", "E-mail"]);
    assert_eq!(path.as_name(), None);
}

#[test]
fn keys_say_what_they_mean_however_written() {
    let body = only!(Instance, "a b { \"ruamel.yaml\": 1, uni/x: 2, 7zip: 3, \"a \\\"b\\\"\": 4 }").body().unwrap();
    let keys: Vec<(String, bool)> =
        body.items().filter_map(|item| item.key()).map(|key| (key.text().into_owned(), key.is_quoted())).collect();
    let expected = [("ruamel.yaml", true), ("uni/x", false), ("7zip", true), ("a \"b\"", true)];
    assert_eq!(keys, expected.map(|(key, quoted)| (key.to_owned(), quoted)));
}

#[test]
fn a_field_has_all_its_parts() {
    let kind = only!(
        Kind,
        "kind p {\n  own a?: [dated user | g] in 1..2 \"s\" matching 'x' where b grants launch = { c: 1 }\n  d: {Gpu: Count} owned\n  action e implies f \"t\"\n  computed h: Bool = i\n  require j \"k\"\n  emit kubernetes from \"l\"\n}"
    );
    let items: Vec<KindItem> = kind.items().collect();
    let [
        KindItem::Field(a),
        KindItem::Field(d),
        KindItem::Action(e),
        KindItem::Computed(h),
        KindItem::Requirement(j),
        KindItem::Emit(l),
    ] = items.as_slice()
    else {
        panic!("{items:?}")
    };
    assert!(a.is_own() && a.is_optional() && !d.is_own() && !d.is_optional());
    let Some(Type::List(list)) = a.type_() else { panic!() };
    assert!(list.is_dated());
    let Some(Type::Union(union)) = list.element() else { panic!() };
    assert_eq!(union.alternatives().map(|t| shown(&t)).collect::<Vec<_>>(), ["user", "g"]);
    let constraints: Vec<Constraint> = a.constraints().collect();
    let [Constraint::In(within), Constraint::Matching(pattern), Constraint::Where(condition)] = constraints.as_slice()
    else {
        panic!()
    };
    assert_eq!((shown(&within.lower().unwrap()), shown(&within.upper().unwrap())), ("1".to_owned(), "2".to_owned()));
    assert_eq!(constraints[0].sentence().unwrap().plain().unwrap(), "s");
    assert_eq!(pattern.pattern().unwrap().value(), "x");
    assert_eq!(shown(&condition.condition().unwrap()), "b");
    let Some(FieldRole::Grants(Some(action))) = a.role() else { panic!() };
    assert_eq!(action.text(), "launch");
    assert!(matches!(a.default(), Some(Value::Body(_))));
    let Some(Type::Map(map)) = d.type_() else { panic!() };
    assert_eq!((shown(&map.key().unwrap()), shown(&map.value().unwrap())), ("Gpu".to_owned(), "Count".to_owned()));
    assert_eq!(d.role(), Some(FieldRole::Owned));
    assert_eq!((e.name().unwrap().text(), e.implies().unwrap().text()), ("e", "f"));
    assert_eq!(shown(&h.expression().unwrap()), "i");
    assert_eq!(j.sentence().unwrap().plain().unwrap(), "k");
    assert_eq!((l.backend().unwrap().text(), l.template().unwrap().plain().unwrap().as_ref()), ("kubernetes", "l"));
}

#[test]
fn types_values_and_functions() {
    let variant = only!(Variant, "variant SignIn { password, oidc { issuer: Url } }");
    let cases: Vec<(String, usize)> =
        variant.cases().map(|case| (case.name().unwrap().text().to_owned(), case.fields().count())).collect();
    assert_eq!(cases, [("password".to_owned(), 0), ("oidc".to_owned(), 1)]);
    let function = only!(Fn, "fn f(a: Count, b: Text) -> Bool = a > 1");
    let names: Vec<String> = function.parameters().map(|p| p.name().unwrap().text().to_owned()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(shown(&function.result().unwrap()), "Bool");
    assert_eq!(shown(&function.expression().unwrap()), "a > 1");
    let extension = only!(ExtendEnum, "extend enum E { a \"s\", b }");
    assert_eq!(extension.name().unwrap().text(), "E");
    assert_eq!(extension.values().next().unwrap().description().unwrap().plain().unwrap(), "s");
    let each = only!(For, "for t in [\"a\"] { group \"{t}-x\" { } }");
    assert_eq!((each.name().unwrap().text(), each.declarations().count()), ("t", 1));
    let raw = only!(Raw, "raw kubernetes on group.ml from \"f.yaml\"");
    assert!(matches!(raw.source(), Some(RawSource::File(_))));
    assert_eq!(raw.path().unwrap().segments().count(), 2);
}

#[test]
fn a_rule_has_subjects_and_clauses() {
    let rule = only!(
        Rule,
        "rule r \"s\" for user u, group g {\n  when a\n  require u cannot read d else \"f\"\n  require b\n}"
    );
    let subjects: Vec<(String, String)> = rule
        .subjects()
        .map(|s| (s.kind_ref().unwrap().text().to_owned(), s.name().unwrap().text().to_owned()))
        .collect();
    assert_eq!(subjects, [("user", "u"), ("group", "g")].map(|(k, n)| (k.to_owned(), n.to_owned())));
    let clauses: Vec<Clause> = rule.clauses().collect();
    let [Clause::When(when), Clause::Require(first), Clause::Require(second)] = clauses.as_slice() else { panic!() };
    assert_eq!(shown(&when.condition().unwrap()), "a");
    let access = first.access().unwrap();
    assert!(!access.is_allowed());
    assert_eq!((access.action().unwrap().text(), shown(&access.resource().unwrap())), ("read", "d".to_owned()));
    assert_eq!(shown(&first.condition().unwrap()), "u");
    assert_eq!(first.otherwise().unwrap().plain().unwrap(), "f");
    assert!(second.access().is_none() && second.otherwise().is_none());
}

#[test]
fn a_test_and_a_stage_have_changes() {
    let test = only!(
        Test,
        "test \"t\" in prod as-of 2027-01-01 {\n  user a { }\n  expect a cannot b c because d\n  expect g breaks r\n  remove g.x.y: [z]\n}"
    );
    assert_eq!(test.sentence().unwrap().plain().unwrap(), "t");
    assert_eq!((test.stage().unwrap().text(), test.as_of().unwrap().text()), ("prod", "2027-01-01"));
    let items: Vec<TestItem> = test.items().collect();
    let [TestItem::Instance(_), TestItem::Expectation(one), TestItem::Expectation(two), TestItem::Change(change)] =
        items.as_slice()
    else {
        panic!()
    };
    assert_eq!(one.because().unwrap().text(), "d");
    assert_eq!(two.verdict().unwrap().word(), Some(VerdictWord::Breaks));
    assert_eq!(two.verdict().unwrap().rule().unwrap().text(), "r");
    assert_eq!(change.operation(), Some(ChangeOperation::Remove));
    let stage = only!(Stage, "stage s extends t { override g.a.\"b c\": 8\n unset g.a.b }");
    assert_eq!((stage.name().unwrap().text(), stage.extends().unwrap().text()), ("s", "t"));
    let Some(StageItem::Change(change)) = stage.items().next() else { panic!() };
    let path: Vec<String> = change.path().unwrap().segments().map(|key| key.text().into_owned()).collect();
    assert_eq!(path, ["g", "a", "b c"]);
    assert!(change.value().is_some());
    let waiver = only!(Waiver, "waiver r on group.ml { until: 2027-01-31 }");
    assert_eq!((waiver.rule().unwrap().text(), waiver.body().unwrap().items().count()), ("r", 1));
}

#[test]
fn lists_have_elements_with_dates_or_a_comprehension() {
    let Expr::List(list) = expr("[ana, bob from 2027-01-01 until 2027-02-01, { a: 1 }]") else { panic!() };
    let elements: Vec<Element> = list.elements().collect();
    assert_eq!(elements.len(), 3);
    assert!(elements[0].from().is_none());
    assert_eq!(shown(&elements[1].value().unwrap()), "bob");
    assert_eq!(shown(&elements[1].from().unwrap()), "2027-01-01");
    assert_eq!(shown(&elements[1].until().unwrap()), "2027-02-01");
    assert!(matches!(elements[2].value(), Some(Value::Body(_))));
    let Expr::List(list) = expr("[a.b for a in as if a.c]") else { panic!() };
    let each = list.comprehension().unwrap();
    assert_eq!(each.name().unwrap().text(), "a");
    assert_eq!((shown(&each.list().unwrap()), shown(&each.condition().unwrap())), ("as".to_owned(), "a.c".to_owned()));
    assert_eq!(list.elements().count(), 1);
}

#[test]
fn expressions_have_their_operands() {
    let Expr::Sum(sum) = expr("a + b * 2 - c") else { panic!() };
    let terms: Vec<(TermOperator, String)> = sum.terms().map(|(operator, term)| (operator, shown(&term))).collect();
    let expected = [(TermOperator::Add, "a"), (TermOperator::Add, "b * 2"), (TermOperator::Subtract, "c")];
    assert_eq!(terms, expected.map(|(operator, term)| (operator, term.to_owned())));
    let Expr::Comparison(comparison) = expr("a not in 1..2") else { panic!() };
    assert_eq!(comparison.operator().unwrap().0, Comparison::NotIn);
    let parts = [comparison.left(), comparison.right(), comparison.upper()].map(|part| shown(&part.unwrap()));
    assert_eq!(parts, ["a", "1", "2"]);
    let Expr::If(choice) = expr("if a then b else c") else { panic!() };
    let parts = [choice.condition(), choice.then(), choice.otherwise()].map(|part| shown(&part.unwrap()));
    assert_eq!(parts, ["a", "b", "c"]);
    let Expr::Quantifier(every) = expr("all p in g.ps: p.x set") else { panic!() };
    assert_eq!(every.quantifier(), Quantifier::All);
    assert_eq!(
        (shown(&every.list().unwrap()), shown(&every.condition().unwrap())),
        ("g.ps".to_owned(), "p.x set".to_owned())
    );
    let Expr::Otherwise(otherwise) = expr("a.b otherwise c") else { panic!() };
    assert_eq!(shown(&otherwise.operand().unwrap()) + &shown(&otherwise.fallback().unwrap()), "a.bc");
    let Expr::Call(call) = expr("f(a, [b])") else { panic!() };
    assert_eq!((call.function().unwrap().text(), call.arguments().count()), ("f", 2));
    let Expr::Member(member) = expr("f(a).b.c") else { panic!() };
    assert!(matches!(member.base(), Some(Expr::Call(_))) && member.segments().count() == 2);
    let Expr::Literal(literal) = expr("true") else { panic!() };
    assert_eq!(literal.kind(), Some(LiteralKind::Bool(true)));
    let Value::Tagged(tagged) = value_of("oidc { a: 1 }") else { panic!() };
    assert_eq!(tagged.tag().unwrap().text(), "oidc");
}

/// A missing operand is missing, not another one.
#[test]
fn a_broken_expression_does_not_move_its_operands() {
    let parse = crate::parse("let x = if then b else c", FileId(0));
    let Some(Declaration::Let(declaration)) = parse.source_file().declarations().next() else { panic!() };
    let Some(Value::Expr(Expr::If(choice))) = declaration.value() else { panic!() };
    assert_eq!(choice.condition(), None);
    assert_eq!(shown(&choice.then().unwrap()), "b");
}

#[test]
fn an_interpolation_is_an_expression() {
    let parse = parse_interpolation("upper(g.title)", 100, FileId(0));
    assert_eq!(parse.diagnostics(), []);
    assert!(matches!(parse.source_file().expression(), Some(Expr::Call(_))));
    let parse = parse_interpolation("a +", 100, FileId(3));
    let span = parse.diagnostics()[0].span.unwrap();
    assert_eq!((span.file, span.start, span.end), (FileId(3), 102, 103));
}
