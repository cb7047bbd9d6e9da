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
    let Err(Error::ModelSyntax { line, column, found, expected, excerpt, .. }) =
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
    for text in ["f <~ a", "efa(\"e\")*f1 ~ a", "class: 1\nf =~ a", "y ~ a:b"] {
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

/// The error of a text, with its place and remedy.
fn mistake(text: &str) -> (usize, usize, String, String) {
    match parse(text) {
        Err(error @ Error::ModelSyntax { line, column, .. }) => {
            (line, column, error.to_string(), error.hint())
        }
        other => panic!("{text:?}: {other:?}"),
    }
}

/// lavaan 0.6-14 takes U+02DC for `~` and drops blanks inside operators.
#[test]
fn operators_are_read_with_blanks_and_small_tildes() {
    assert_eq!(formulas("f =\u{2dc} a + b\ng=\u{2dc}\"c\"+d"), ["f =~ a", "f =~ b", "g =~ c", "g =~ d"]);
    assert_eq!(
        formulas("f = ~ a\na ~ ~ b\na\u{2dc}\u{2dc}c\ny ~\u{a0}~ z"),
        ["f =~ a", "a ~~ b", "a ~~ c", "y ~~ z"]
    );
    assert_eq!(parse("f =~ x + equal(\"f = \u{2dc} x\")*y"), parse("f =~ x + equal(\"f=~x\")*y"));
    let model = parse("f =~ x + a*y + b*z\nd : = a*2\na = = b\nx ~ *~ x").unwrap();
    let symbols: Vec<&str> = model.relations.iter().map(|r| r.kind.symbol()).collect();
    assert_eq!(symbols, [":=", "=="]);
    assert_eq!(model.formulas.last().unwrap().op, Operator::Scale);
    // not over the end of a line
    assert!(parse("f =~ a\nb =\n~ c").is_err());
}

#[test]
fn a_byte_order_mark_is_no_text() {
    assert_eq!(parse("\u{feff}f =~ a + b").unwrap(), parse("f =~ a + b").unwrap());
    assert_eq!(mistake("\u{feff}f =~ a + + b").0, 1);
}

#[test]
fn characters_that_look_like_others_are_named_with_what_they_look_like() {
    for (sign, code, meant) in [
        ('＝', "U+FF1D", "'='"),
        ('～', "U+FF5E", "'~'"),
        ('“', "U+201C", "'\"'"),
        ('’', "U+2019", "'\''"),
        ('–', "U+2013", "'-'"),
        ('＋', "U+FF0B", "'+'"),
        ('×', "U+00D7", "'*'"),
        ('（', "U+FF08", "'('"),
    ] {
        let (line, column, message, remedy) = mistake(&format!("g =~ z\nf =~ a {sign} b"));
        assert_eq!((line, column), (2, 8), "{sign}");
        assert!(message.contains(code), "{message}");
        assert!(remedy.contains(&format!("type {meant}")), "{remedy}");
    }
    let (_, column, message, remedy) = mistake("f =~ a + \u{200b}b");
    assert!(
        column == 10 && message.contains("invisible character (U+200B)") && remedy == "Delete it.",
        "{message}"
    );
}

#[test]
fn quotes_are_the_remedy_for_other_names_and_are_read_back() {
    for (text, name) in [
        ("a ~ b b + c", "\"b b\""),
        ("f =~ 1BACK + 2BACK", "\"1BACK\""),
        ("f =~ x + item 1 + y", "\"item 1\""),
        ("f =~ G01Q02[SQ001] + y", "\"G01Q02[SQ001]\""),
        ("f =~ x + really?", "\"really?\""),
        ("d x =~ y", "\"d x\""),
    ] {
        let (.., remedy) = mistake(text);
        assert!(remedy.contains(name), "{text}: {remedy}");
    }
    let (.., remedy) = mistake("f =~ \"x + y");
    assert!(remedy.contains("Close the quotes"), "{remedy}");
    for text in [
        "a ~ `b b` + 'c d' + \"1BACK\"",
        "f =~ xe\u{301} + 变量1",
        "f =~ \"it's\" + `say \"so\"`",
        "f =~ a*x + \"b c\"*y\nd := \"b c\" - a",
    ] {
        let model = parse(text).unwrap();
        assert_eq!(parse(&model.to_string()).unwrap(), model, "{model}");
    }
    assert_eq!(formulas("f =~ xe\u{301} + y"), ["f =~ xe\u{301}", "f =~ y"]);
    // and a group of two words with a hyphen is one name
    assert_eq!(
        parse("group: Grant-White\nf =~ a").unwrap(),
        parse("group: \"Grant-White\"\nf =~ a").unwrap()
    );
}

#[test]
fn what_is_not_built_says_what_to_do_instead() {
    for (text, words) in [
        ("y ~ x + a:b", ["'a' and 'b'", "column"]),
        ("f <~ a + b", ["f =~ 0", "f ~~ 0*f"]),
        ("efa(\"e\")*f ~ a", ["f1 + efa", "=~ x1"]),
        ("f =~ a + b*x\nd := sin(b)", ["exp(), log()", ""]),
    ] {
        let Err(Error::Unsupported { instead, .. }) = parse(text) else { panic!("{text}") };
        assert!(words.iter().all(|word| instead.contains(word)), "{text}: {instead}");
    }
}

#[test]
fn vectors_have_one_value_for_all_groups_or_one_for_each() {
    for (one, plain) in [
        ("f =~ x + c(a)*y", "f =~ x + a*y"),
        ("f =~ x + c(0.5)*y", "f =~ x + 0.5*y"),
        ("f =~ x + c(NA)*y", "f =~ x + NA*y"),
        ("f =~ x + start(c(2))*y", "f =~ x + start(2)*y"),
        ("f =~ x + lower(c(0))*upper(c(2))*y", "f =~ x + lower(0)*upper(2)*y"),
        ("f =~ x + label(c(\"a\"))*y", "f =~ x + a*y"),
        ("f =~ x + equal(c(\"f=~x\"))*y", "f =~ x + equal(\"f=~x\")*y"),
    ] {
        assert_eq!(parse(one), parse(plain), "{one}");
    }
    let (_, column, message, _) = mistake("f =~ x + c(a, b)*start(c(1, 2, 3))*y");
    assert!(
        column == 25 && message.contains("3 values") && message.contains("expected 2"),
        "{column} {message}"
    );
    let twice = parse("f =~ x + c(a, b)*y\nf =~ c(1, 2, 3)*y");
    assert!(
        matches!(&twice, Err(Error::BadModel { what, .. }) if what.contains('2') && what.contains('3')),
        "{twice:?}"
    );
}

#[test]
fn a_block_without_formulas_and_a_group_inside_a_level_are_told_at_their_line() {
    for (text, line) in [
        ("group: 1\nf =~ a\ngroup: 2\n", 3),
        ("group: 1\ngroup: 2\nf =~ a", 1),
        ("level: 1\nlevel: 2\nf =~ a", 1),
        ("group: 1\nlevel: 1\nf =~ b*a\nlevel: 2\nb == 1", 4),
    ] {
        let (at, _, message, remedy) = mistake(text);
        assert!(
            at == line && message.contains("without formulas") && !remedy.is_empty(),
            "{text}: {message}"
        );
    }
    // lavaan 0.6-14: groups can not be nested within levels
    let (line, _, message, remedy) = mistake("level: within\ngroup: 1\ny ~ x\nlevel: between\ny ~ w");
    assert!(
        line == 2 && message.contains("'within'") && remedy.contains("levels inside the groups"),
        "{message}"
    );
    let nested = "group: 1\nlevel: 1\ny ~ x\nlevel: 2\ny ~ w\ngroup: 2\nlevel: 1\ny ~ x\nlevel: 2\ny ~ w";
    assert_eq!(parse(nested).unwrap().formulas.len(), 4);
}

#[test]
fn what_is_too_much_is_refused_with_its_place() {
    let n = 20_000;
    let base = "f =~ x1 + a*x2 + x3\n";
    for deep in [
        format!("d := {}a{}", "(".repeat(n), ")".repeat(n)),
        format!("d := {}a", "-".repeat(n)),
        format!("d := {}2", "a^".repeat(n)),
        format!("d := {}a", "a + ".repeat(n)),
        format!("a == {}a{}", "exp(".repeat(n), ")".repeat(n)),
        format!("d := {}", "(".repeat(n)),
    ] {
        let (line, _, message, remedy) = mistake(&format!("{base}{deep}"));
        assert!(line == 2 && message.contains("more than 500 deep") && remedy.contains(":="), "{message}");
    }
    // what people write is far from that
    let sum = vec!["a"; 400].join(" + ");
    let model = parse(&format!("{base}d := ({sum})^2")).unwrap();
    assert_eq!(parse(&model.to_string()).unwrap(), model);
    for large in [
        "f =~ x + 1e400*y",
        "f =~ x + start(-1e400)*y",
        "f =~ x + c(1, 1e999)*y",
        "f =~ x + b*y\nd := b*1e400",
    ] {
        assert!(mistake(large).2.contains("too large for a number"), "{large}");
    }
    let names = |letter: char| (0..400).map(|i| format!("{letter}{i}")).collect::<Vec<_>>().join("+");
    let (_, _, message, _) = mistake(&format!("{} ~~ {}", names('a'), names('b')));
    assert!(message.contains("160000 parameters"), "{message}");
    // blank lines and comments cost no more than their reading
    for gap in ["\n".repeat(100_000), "\r\n".repeat(100_000), "# note\n".repeat(100_000), ";".repeat(100_000)]
    {
        assert_eq!(formulas(&format!("f =~ a{gap}\ng =~ b")), ["f =~ a", "g =~ b"]);
        let open = gap.replace(';', "\n");
        assert_eq!(formulas(&format!("f =~ a +{open} b")), ["f =~ a", "f =~ b"]);
    }
    // quadratic reading took a minute
}

#[test]
fn definitions_may_stand_in_any_order_but_not_in_a_circle() {
    let model = parse("f =~ a*x + b*y\nd := e/2\ne := a + b").unwrap();
    assert_eq!(model.relations.iter().filter_map(|r| r.name()).collect::<Vec<_>>(), ["d", "e"]);
    for circle in ["d := d + a", "d := e; e := a*d"] {
        let found = parse(&format!("f =~ a*x + b*y\n{circle}"));
        assert!(
            matches!(&found, Err(Error::BadModel { what, .. }) if what.contains("by itself")),
            "{found:?}"
        );
    }
}

#[test]
fn what_is_said_twice_of_a_parameter_must_agree() {
    for (text, words) in [
        ("f =~ x + a*b*y", "the labels 'a' and 'b'"),
        ("f =~ x + a*y + b*y", "the labels 'a' and 'b'"),
        ("f =~ x + y\nx ~~ a*y\ny ~~ b*x", "the labels 'a' and 'b'"),
        ("f =~ NA*x + y + 1*x", "the values NA (free) and 1"),
        ("f =~ x + 2*3*y", "the values 2 and 3"),
        ("f =~ x + start(1)*y + start(2)*y", "the start values 1 and 2"),
        ("f =~ x + c(a, b)*c(a, d)*y", "the labels 'b' and 'd'"),
        ("f =~ x + lower(0)*y + lower(1)*y", "the lower bounds 0 and 1"),
    ] {
        let message = parse(text).unwrap_err().to_string();
        assert!(message.contains(words), "{text}: {message}");
    }
    assert!(parse("f =~ x + a*y + a*y + start(1)*y\nf =~ NA*y").is_ok());
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
