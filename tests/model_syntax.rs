//! lavaan's model syntax: what is read, how it is printed, and how mistakes are shown.

use proptest::prelude::*;
use psychometrics::construct::{Construct, Dimension, Item, ResponseScale, Structure};
use psychometrics::model::{Block, Constraint, Operator};
use psychometrics::{Error, Model, Result};

fn parse(text: &str) -> Result<Model> {
    text.parse()
}

/// `lhs op rhs`, one per formula.
fn formulas(text: &str) -> Vec<String> {
    let model = parse(text).unwrap();
    model
        .formulas
        .iter()
        .map(|f| format!("{} {} {}", f.lhs, f.op.symbol(), f.rhs).trim().to_string())
        .collect()
}

#[test]
fn all_ways_of_writing_are_read() {
    assert_eq!(formulas("f =~ a + b"), ["f =~ a", "f =~ b"]);
    assert_eq!(formulas("f =~ a\nf =~ b; g =~ c"), ["f =~ a", "f =~ b", "g =~ c"]);
    assert_eq!(formulas("# head\nf =~ a + # tail\n  b ! another\n\n;;"), ["f =~ a", "f =~ b"]);
    assert_eq!(formulas("f =~ a +\nb\n+ c\nf\n=~\nd"), ["f =~ a", "f =~ b", "f =~ c", "f =~ d"]);
    assert_eq!(formulas("f + g =~ a + b"), ["f =~ a", "f =~ b", "g =~ a", "g =~ b"]);
    assert_eq!(formulas("y ~ x1 + x2\ny ~~ z\ny ~ 1"), ["y ~ x1", "y ~ x2", "y ~~ z", "y ~1"]);
    assert_eq!(
        formulas("\"mijn factor\" =~ 'item één' + Größe + x.1_b"),
        ["mijn factor =~ item één", "mijn factor =~ Größe", "mijn factor =~ x.1_b"]
    );
    assert_eq!(formulas("f =~ a\r\ng =~ b\r\n"), ["f =~ a", "g =~ b"]);
}

#[test]
fn modifiers_fix_free_label_and_start() {
    let model = parse("f =~ 1*a + NA*b + la*c + start(0.8)*d + \"my label\"*e + -2.5e-1*g\nf ~ 0*1").unwrap();
    let of = |i: usize| &model.formulas[i];
    assert_eq!(of(0).modifiers.constraint, Constraint::Fixed(1.0));
    assert_eq!(of(1).modifiers.constraint, Constraint::Free);
    assert_eq!(of(2).modifiers.label.as_deref(), Some("la"));
    assert_eq!(of(3).modifiers.start, Some(0.8));
    assert_eq!(of(4).modifiers.label.as_deref(), Some("my label"));
    assert_eq!(of(5).modifiers.constraint, Constraint::Fixed(-0.25));
    assert_eq!((of(6).op, of(6).modifiers.constraint), (Operator::Intercept, Constraint::Fixed(0.0)));
    // several modifiers: one after another, or on the repeated term
    for text in
        ["f =~ NA*lab*start(2)*a", "f =~ NA*a + lab*a + start(2)*a", "f =~ NA*label(\"lab\")*start(2)*a"]
    {
        let model = parse(text).unwrap();
        let only = &model.formulas[0];
        assert_eq!(model.formulas.len(), 1, "{text}");
        assert_eq!(
            (only.modifiers.constraint, only.modifiers.label.as_deref(), only.modifiers.start),
            (Constraint::Free, Some("lab"), Some(2.0))
        );
    }
}

#[test]
fn a_mistake_is_shown_with_line_column_and_caret() {
    let Err(Error::ModelSyntax { line, column, found, expected, excerpt }) =
        parse("f =~ a + b\ng =~ c + + d")
    else {
        panic!("a second plus is a mistake");
    };
    assert_eq!((line, column), (2, 10));
    assert!(found.contains("'+'") && expected.contains("variable"), "{found}; {expected}");
    let lines: Vec<&str> = excerpt.lines().collect();
    assert!(lines[0].contains("g =~ c + + d"));
    assert_eq!(lines[1].chars().position(|c| c == '^'), lines[0].find("+ d"));

    for (text, line) in
        [("f =~", 1), ("f\n\ng =~ a", 1), ("f =~ a\n=~ b", 2), ("f =~ a b", 1), ("1 =~ a", 1), ("f =~ 'a", 1)]
    {
        let found = parse(text);
        assert!(
            matches!(&found, Err(Error::ModelSyntax { line: at, .. }) if *at == line),
            "{text}: {found:?}"
        );
    }
    assert!(matches!(parse("  # nothing\n"), Err(Error::EmptyModel)));
}

#[test]
fn a_slip_on_line_700_of_1000_items_is_found() {
    let text: String = (1..=1000)
        .map(|i| if i == 700 { format!("f =~ item_{i} item\n") } else { format!("f =~ item_{i}\n") })
        .collect();
    let Err(error) = parse(&text) else { panic!("there is a slip") };
    let Error::ModelSyntax { line, column, .. } = &error else { panic!("{error}") };
    assert_eq!((*line, *column), (700, "f =~ item_700 ".len() + 1));
    assert!(error.to_string().contains("item_700"), "{error}");
    // the same in one long formula over a thousand lines
    let mut lines: Vec<String> = (1..=1000).map(|i| format!("  item_{i} +")).collect();
    lines[699] = "  item_700 + +".into();
    let text = format!("f =~\n{}\n  last", lines.join("\n"));
    assert!(matches!(parse(&text), Err(Error::ModelSyntax { line: 701, .. })));
}

#[test]
fn what_is_not_built_is_refused_with_its_line() {
    for text in ["f <~ a", "efa(\"e\")*f1 =~ a", "class: 1\nf =~ a", "y ~ a:b"] {
        let found = parse(&format!("g =~ z\n{text}"));
        let Err(Error::Unsupported { what, instead }) = found else { panic!("{text}: {found:?}") };
        assert!(what.contains("line 2") && !instead.is_empty(), "{text}: {what}");
    }
}

#[test]
fn blocks_thresholds_scales_and_bounds_are_read() {
    let model = parse(
        "f =~ x1 + x2\ngroup: girls\nlevel: 1\ny ~ lower(0)*x\nlevel: two\ny ~~ y\ngroup: 2\nx1 | t1 + 0.5*t2\n\
         x1 ~*~ NA*x1",
    )
    .unwrap();
    let block = |group: Option<&str>, level: Option<&str>| Block {
        group: group.map(Into::into),
        level: level.map(Into::into),
    };
    let blocks: Vec<&Block> = model.formulas.iter().map(|f| &f.block).collect();
    let expected = [
        block(None, None),
        block(None, None),
        block(Some("girls"), Some("1")),
        block(Some("girls"), Some("two")),
        block(Some("2"), None),
        block(Some("2"), None),
        block(Some("2"), None),
    ];
    assert_eq!(blocks, expected.iter().collect::<Vec<_>>());
    assert_eq!(model.formulas[2].modifiers.lower, Some(0.0));
    let ops: Vec<Operator> = model.formulas[4..].iter().map(|f| f.op).collect();
    assert_eq!(ops, [Operator::Threshold, Operator::Threshold, Operator::Scale]);
    assert_eq!(parse(&model.to_string()).unwrap(), model);
    assert!(matches!(parse("group:\nf =~ a"), Err(Error::ModelSyntax { line: 1, .. })));
    assert!(matches!(parse("group: 1 f =~ a"), Err(Error::ModelSyntax { column: 10, .. })));
}

#[test]
fn a_label_for_two_fixed_values_names_the_label() {
    let found = parse("f =~ a*1*x1 + x2\nf =~ a*2*x3");
    assert!(matches!(&found, Err(Error::ConflictingLabel { label, .. }) if label == "a"), "{found:?}");
    let found = parse("f =~ 1*x1 + 2*x1");
    assert!(found.is_err(), "one loading, two values: {found:?}");
}

/// Two dimensions, the first with two facets, and a third of one item.
fn construct() -> Construct {
    let item = |id: &str, dimension: &str| Item::new(id, dimension, "s");
    Construct::builder("conduct")
        .scale(ResponseScale::range("s", 1, 5))
        .dimension(Dimension::new("know").facet("use").facet("share"))
        .dimension(Dimension::new("care"))
        .dimension(Dimension::new("plan"))
        .items([item("u1", "know").facet("use"), item("u2", "know").facet("use")])
        .items([
            item("s1", "know").facet("share"),
            item("s2", "know").facet("share"),
            item("s3", "know").facet("share"),
        ])
        .items([
            item("c1", "care"),
            item("c2", "care"),
            item("c3", "care"),
            item("p1", "plan"),
            item("p2", "plan"),
            item("p3", "plan"),
        ])
        .build()
        .unwrap()
}

#[test]
fn a_construct_becomes_its_rival_structures() {
    let construct = construct();
    let text = |structure| Model::of(&construct, structure).unwrap().to_string();
    assert_eq!(
        text(Structure::OneFactor),
        "conduct =~ u1 + u2 + s1 + s2 + s3 + c1 + c2 + c3 + p1 + p2 + p3\n"
    );
    let leaves =
        "know_use =~ u1 + u2\nknow_share =~ s1 + s2 + s3\ncare =~ c1 + c2 + c3\nplan =~ p1 + p2 + p3\n";
    assert_eq!(text(Structure::Correlated), leaves);
    let second = format!("{leaves}know =~ know_use + know_share\nconduct =~ know + care + plan\n");
    assert_eq!(text(Structure::SecondOrder), second);
    let bifactor = text(Structure::Bifactor);
    assert!(bifactor.starts_with("conduct =~ u1 + u2 + s1"), "{bifactor}");
    // two items tell one covariance, so their loadings are equal
    assert!(bifactor.contains("know_use =~ know_use_loading*u1 + know_use_loading*u2"), "{bifactor}");
    assert!(
        bifactor.contains("conduct ~~ 0.0*know_use") && bifactor.contains("care ~~ 0.0*plan"),
        "{bifactor}"
    );
    let two = Model::of_dimensions(&construct, &["care", "plan"], Structure::SecondOrder);
    assert!(matches!(two, Err(Error::BadModel { .. })), "two parts cannot carry a factor");
    assert!(matches!(Model::of_items("f", &[]), Err(Error::NothingMeasured { .. })));
}

#[test]
fn every_structure_is_read_back_as_it_was_printed() {
    for structure in Structure::ALL {
        let model = Model::of(&construct(), structure).unwrap();
        assert_eq!(parse(&model.to_string()).unwrap(), model, "{}", structure.name());
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-z0-9_.]{0,4}", "[a-zé ]{1,6}", Just("NA".to_string()), Just("start".to_string())]
        .prop_filter("a name is more than blanks", |name| !name.trim().is_empty())
}

fn formula() -> impl Strategy<Value = String> {
    let modifier = prop_oneof![
        Just(String::new()),
        (-5.0..5.0f64).prop_map(|x| format!("{x:?}*")),
        Just("NA*".to_string()),
        "[a-d]{2}".prop_map(|label| format!("{label}*")),
        (0.1..3.0f64).prop_map(|x| format!("start({x:?})*")),
        (-3.0..0.0f64).prop_map(|x| format!("lower({x:?})*")),
        (4.0..9.0f64).prop_map(|x| format!("upper({x:?})*")),
        (0.1..3.0f64, "[a-d]").prop_map(|(x, label)| format!("c({x:?}, NA)*c(\"\", {label})*")),
        (0.1..3.0f64).prop_map(|x| format!("start(c(NA, {x:?}))*lower(c({:?}, NA))*", -x)),
        Just("equal(\"f=~x\")*".to_string()),
        Just("equal(c(\"\", \"f=~x\"))*".to_string()),
    ];
    let operator = prop_oneof![Just("=~"), Just("~"), Just("~~"), Just("|"), Just("~*~")];
    let terms = prop::collection::vec((modifier, name()), 1..4);
    (name(), operator, terms).prop_map(|(lhs, op, terms)| {
        let terms: Vec<String> =
            terms.into_iter().map(|(modifier, name)| format!("{modifier}\"{name}\"")).collect();
        format!("\"{lhs}\" {op} {}", terms.join(" + "))
    })
}

fn block() -> impl Strategy<Value = String> {
    (prop_oneof![Just("group"), Just("level")], prop_oneof![Just("1".to_string()), name()])
        .prop_map(|(kind, name)| format!("{kind}: \"{name}\""))
}

fn relation() -> impl Strategy<Value = String> {
    let operator = prop_oneof![Just("=="), Just("<"), Just(">")];
    prop_oneof![
        ("[a-d]{2}", operator, -2.0..2.0f64)
            .prop_map(|(label, op, x)| format!("{label} {op} {x:?} - 2*{label}^2")),
        ("[a-d]{2}", "[e-g]{3}").prop_map(|(label, name)| format!("{name} := exp({label}) / (1 + -{label})")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_soup_of_tokens_makes_the_parser_panic(
        words in prop::collection::vec(prop_oneof![
            Just("f"), Just("=~"), Just("~"), Just("~~"), Just("+"), Just("*"), Just("("), Just(")"), Just("1"),
            Just("NA"), Just("start"), Just("\n"), Just(";"), Just(":"), Just("efa"), Just("c"), Just("'"), Just("# "),
            Just(","), Just("é"), Just("0.5"), Just("|"), Just(":="),
        ], 0..20)
    ) {
        if let Err(Error::ModelSyntax { line, column, .. }) = parse(&words.concat()) {
            prop_assert!(line >= 1 && column >= 1);
        }
    }

    #[test]
    fn what_is_printed_is_read_back(
        lines in prop::collection::vec(prop_oneof![6 => formula(), 1 => block(), 1 => relation()], 1..8)
    ) {
        if let Ok(model) = parse(&lines.join("\n")) {
            let printed = model.to_string();
            let again = parse(&printed);
            prop_assert!(again.as_ref() == Ok(&model), "{printed}: {again:?}");
        }
    }
}
