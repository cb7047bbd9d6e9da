//! The construct: TOML and builder say the same, and every mistake names its place.

use psychometrics::construct::{
    Construct, Dimension, Hypothesis, Item, Repetition, ResponseScale, Sign, Structure, Variable,
    VariableRole,
};
use psychometrics::{Error, Warning};

const TOML: &str = r#"
[construct]
id = "care"
version = "1.0"
title = { en = "Care", nl = "Zorg" }
sources = ["literature", "interviews", "workshops"]

[scales.agree]
points = [{ code = 1, label = { en = "Disagree" } }, { code = 2, label = { en = "Neutral" } }, { code = 3, label = { en = "Agree" } }]
missing = [9]

[[dimensions]]
id = "warmth"
sources = ["workshops"]
facets = [{ id = "tone", title = { en = "Tone" } }, { id = "time" }]

[[dimensions]]
id = "order"
asked_of = { variable = "plans", values = ["yes"] }

[[items]]
id = "w1"
dimension = "warmth"
facet = "tone"
scale = "agree"
text = { en = "I listen.", nl = "Ik luister." }

[[items]]
id = "w2"
dimension = "warmth"
facet = "time"
scale = "agree"
reverse = true

[data]
responses = "answers.csv"
respondent = "id"
groups = ["role"]
cluster = "team"
missing_codes = ["", "NA"]

[[variables]]
id = "outcome"
role = "outcome"

[[hypotheses]]
id = "H1"
from = "care"
to = "outcome"
sign = "positive"
at_least = 0.2
source = "theory"

[analysis]
structures = ["one_factor", "correlated"]
"#;

fn read(text: &str) -> Result<Construct, Error> {
    Construct::from_toml(text)
}

/// The text with one thing changed.
fn with(from: &str, to: &str) -> Result<Construct, Error> {
    assert!(TOML.contains(from), "{from}");
    read(&TOML.replacen(from, to, 1))
}

#[test]
fn a_file_is_read_as_it_says() {
    let care = read(TOML).unwrap();
    assert_eq!((care.id(), care.about.version.as_str()), ("care", "1.0"));
    assert_eq!(care.about.title.get("nl"), Some("Zorg"));
    assert_eq!(care.about.sources, ["literature", "interviews", "workshops"]);
    let leaves: Vec<String> = care.leaves().into_iter().map(|l| l.id).collect();
    assert_eq!(leaves, ["warmth_tone", "warmth_time"]);
    assert!(care.item("w2").unwrap().reverse && !care.item("w1").unwrap().reverse);
    assert_eq!(care.scale_of(&care.items[0]).unwrap().bounds(), (1.0, 3.0));
    let data = care.data.as_ref().unwrap();
    assert_eq!((data.groups[0].as_str(), data.cluster.as_deref()), ("role", Some("team")));
    assert_eq!(care.variables[0].role, VariableRole::Outcome);
    assert_eq!((care.hypotheses[0].sign, care.hypotheses[0].at_least), (Sign::Positive, Some(0.2)));
    assert_eq!(care.analysis.structures, [Structure::OneFactor, Structure::Correlated]);
    // defined, not measured, and told
    assert_eq!(care.warnings(), [Warning::NotMeasured { dimension: "order".into() }]);
}

#[test]
fn what_is_written_is_read_back() {
    let care = read(TOML).unwrap();
    assert_eq!(read(&care.to_toml().unwrap()).unwrap(), care);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/professional_conduct/construct.toml");
    let sample = Construct::from_path(path).unwrap();
    let again = read(&sample.to_toml().unwrap()).unwrap();
    assert_eq!(
        (again.items, again.dimensions, again.scales),
        (sample.items, sample.dimensions, sample.scales)
    );
}

#[test]
fn sensitivity_is_a_switch_or_a_number() {
    let asked = |value: &str| with("[analysis]", &format!("[analysis]\nsensitivity = {value}"));
    for (value, expected) in [
        ("true", Repetition::WithoutFlagged),
        ("false", Repetition::None),
        ("3", Repetition::WithoutFlaggedBy(3)),
    ] {
        let care = asked(value).unwrap();
        assert_eq!(care.analysis.sensitivity, expected);
        assert_eq!(read(&care.to_toml().unwrap()).unwrap(), care);
        assert!(care.warnings().iter().all(|w| w.code() != "unknown_key"));
    }
    assert_eq!(read(TOML).unwrap().analysis.sensitivity, Repetition::None);
    for wrong in ["0", "-1", "\"yes\"", "1.5"] {
        let Err(Error::ConstructSyntax { place, reason }) = asked(wrong) else { panic!("{wrong}") };
        assert!(place.contains("line") && reason.contains("how many indices"), "{place} {reason}");
    }
}

#[test]
fn code_builds_what_a_file_says() {
    let item = |id: &str, facet: &str| Item::new(id, "warmth", "agree").facet(facet);
    let built = Construct::builder("care")
        .scale(ResponseScale::likert("agree", ["Disagree", "Neutral", "Agree"]))
        .dimension(Dimension::new("warmth").facet("tone").facet("time"))
        .dimension(Dimension::new("order").asked_of("plans", ["yes"]))
        .items([item("w1", "tone"), item("w2", "time").reversed()])
        .build()
        .unwrap();
    let file = read(TOML).unwrap();
    assert_eq!(built.leaves(), file.leaves());
    assert_eq!(built.dimensions[1].asked_of, file.dimensions[1].asked_of);
    assert_eq!(built.scales["agree"].points, file.scales["agree"].points);
    // everything that is checked in a file is checked here
    let twice = Construct::builder("care")
        .scale(ResponseScale::range("agree", 1, 5))
        .dimension(Dimension::new("warmth"))
        .items([Item::new("w1", "warmth", "agree"), Item::new("w1", "warmth", "agree")])
        .build();
    assert!(matches!(twice, Err(Error::DuplicateId { kind, id }) if kind == "item" && id == "w1"));
}

#[test]
fn mistakes_name_their_place() {
    let duplicate = with("id = \"w2\"", "id = \"w1\"");
    assert!(matches!(duplicate, Err(Error::DuplicateId { kind, id }) if kind == "item" && id == "w1"));
    let lost = with("dimension = \"warmth\"\nfacet = \"tone\"", "");
    assert!(matches!(lost, Err(Error::ItemWithoutDimension { item }) if item == "w1"));
    let Err(Error::UnknownReference { from, kind, to, nearest }) =
        with("dimension = \"warmth\"", "dimension = \"warmht\"")
    else {
        panic!("no such dimension");
    };
    assert_eq!(
        (from.as_str(), &*kind, to.as_str(), nearest.as_deref()),
        ("item 'w1'", "dimension", "warmht", Some("warmth"))
    );
    let facet = with("facet = \"time\"", "facet = \"tme\"");
    assert!(
        matches!(facet, Err(Error::UnknownReference { kind, nearest: Some(n), .. }) if kind == "facet" && n == "time")
    );
    let scale = with("scale = \"agree\"", "scale = \"agre\"");
    assert!(
        matches!(scale, Err(Error::UnknownReference { kind, nearest: Some(n), .. }) if kind == "scale" && n == "agree")
    );
    let hypothesis = with("to = \"outcome\"", "to = \"outcomes\"");
    // the others can be tested: a warning
    let warnings = hypothesis.unwrap().warnings();
    assert!(
        warnings.iter().any(|w| matches!(w,
        Warning::UnknownEnd { hypothesis, nearest: Some(n), .. } if hypothesis == "H1" && n == "outcome")),
        "{warnings:?}"
    );
    let short =
        with(", { code = 2, label = { en = \"Neutral\" } }, { code = 3, label = { en = \"Agree\" } }", "");
    assert!(matches!(short, Err(Error::ScaleTooShort { scale, points: 1 }) if scale == "agree"));
    let twice = with("code = 2", "code = 1");
    assert!(matches!(twice, Err(Error::AmbiguousScale { scale, .. }) if scale == "agree"));
    let missing = with("missing = [9]", "missing = [3]");
    assert!(matches!(missing, Err(Error::AmbiguousScale { .. })));
    let id = with("id = \"w1\"", "id = \"w 1\"");
    assert!(matches!(id, Err(Error::BadId { kind, id }) if kind == "item" && id == "w 1"));
    let syntax = with("id = \"w1\"", "id = w1");
    let Err(Error::ConstructSyntax { place, .. }) = syntax else { panic!("{syntax:?}") };
    let line = TOML.lines().position(|l| l == "id = \"w1\"").unwrap() + 1;
    assert!(place.contains(&format!("line {line}")), "{place}");
    let same = with("id = \"warmth\"", "id = \"care\"");
    assert!(same.is_err(), "a dimension may not have the construct's id");
}

#[test]
fn a_key_that_means_nothing_is_a_warning() {
    let care = with("reverse = true", "reversed = true").unwrap();
    let keys: Vec<String> = care.warnings().iter().map(ToString::to_string).collect();
    assert!(keys.iter().any(|w| w.contains("'reversed' of item 'w2'")), "{keys:?}");
}

/// In every table of the file, by the id of the part.
#[test]
fn an_unknown_key_is_told_with_its_part() {
    let text = r#"
odd_top = 1
[construct]
id = "care"
odd_about = 1
[scales.agree]
odd_scale = 1
points = [{ code = 1 }, { code = 2, odd_point = 1 }]
[[dimensions]]
id = "warmth"
odd_dimension = 1
facets = [{ id = "tone", odd_facet = 1 }]
asked_of = { variable = "plans", values = ["yes"], odd_asked = 1 }
[[items]]
id = "w1"
dimension = "warmth"
facet = "tone"
scale = "agree"
odd_item = 1
[data]
odd_data = 1
[[variables]]
id = "outcome"
role = "criterion"
odd_variable = 1
[[hypotheses]]
id = "H1"
from = "warmth"
to = "outcome"
sign = "positive"
odd_hypothesis = 1
[content]
low = 1
high = 4
relevant = 3
odd_content = 1
[analysis]
odd_analysis = 1
"#;
    let found: Vec<String> =
        Construct::from_toml(text).unwrap().warnings().iter().map(ToString::to_string).collect();
    for (key, part) in [
        ("odd_top", "the file"),
        ("odd_about", "[construct]"),
        ("odd_scale", "scale 'agree'"),
        ("odd_point", "point '2' of scale 'agree'"),
        ("odd_dimension", "dimension 'warmth'"),
        ("odd_facet", "facet 'tone' of dimension 'warmth'"),
        ("odd_asked", "[asked_of] of dimension 'warmth'"),
        ("odd_item", "item 'w1'"),
        ("odd_data", "[data]"),
        ("odd_variable", "variable 'outcome'"),
        ("odd_hypothesis", "hypothesis 'H1'"),
        ("odd_content", "[content]"),
        ("odd_analysis", "[analysis]"),
    ] {
        let told = format!("'{key}' of {part} is not known");
        assert!(found.iter().any(|w| w.contains(&told)), "{told}: {found:#?}");
    }
}

#[test]
fn nesting_and_length_of_a_construct_file_are_no_trouble() {
    let n = 20_000;
    for text in [
        format!("a = {}{}", "[".repeat(n), "]".repeat(n)),
        format!("a = {}", "{ a = ".repeat(n)),
        format!("{TOML}{}", "\n".repeat(100_000)),
        format!("[construct]\nid = \"{}\"", "a".repeat(1_000_000)),
        format!("[{}]", vec!["a"; n].join(".")),
    ] {
        if let Err(error) = Construct::from_toml(&text) {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
}

#[test]
fn variables_and_hypotheses_are_built_too() {
    let care = Construct::builder("care")
        .scale(ResponseScale::range("five", 1, 5))
        .dimension(Dimension::new("warmth"))
        .item(Item::new("w1", "warmth", "five"))
        .variable(Variable {
            column: None,
            id: "outcome".into(),
            role: VariableRole::Criterion,
            title: Default::default(),
            reliability: None,
        })
        .hypothesis(Hypothesis {
            id: "H1".into(),
            from: "warmth".into(),
            to: "outcome".into(),
            sign: Sign::Positive,
            at_least: None,
            source: String::new(),
        })
        .build()
        .unwrap();
    assert_eq!((care.variables.len(), care.hypotheses.len()), (1, 1));
}
