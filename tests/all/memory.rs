//! Answers from memory are those of a file: by rows, by columns, as texts and numbers of any kind, through Arrow; and what
//! is wrong with them is told with its place and its remedy.

use ndarray::{Array2, ArrayView2};
use proptest::prelude::*;
use psychometrics::construct::{
    Construct, DataSource, Dimension, Item, ResponseScale, Variable, VariableRole,
};
use psychometrics::data::{Column, CsvOptions, Dataset, Responses, ResponsesBuilder, Value};
use psychometrics::evidence::consequences::Norms;
use psychometrics::evidence::{MeasurementLevel, Validation};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Model};

fn bits(values: ArrayView2<'_, f64>) -> Vec<u64> {
    values.iter().map(|x| x.to_bits()).collect()
}

/// All that responses are, but for the file and its hash.
fn whole(construct: &Construct, of: &Responses) -> impl PartialEq + std::fmt::Debug + use<> {
    let variables = of.variables().iter().map(|v| (v.id.clone(), v.values.clone()));
    let asked = construct.dimensions.iter().map(|d| of.asked(&d.id).map(<[bool]>::to_vec));
    (
        of.items().to_vec(),
        (of.n(), bits(of.values())),
        of.respondents().map(<[String]>::to_vec),
        of.groups().to_vec(),
        of.cluster().cloned(),
        variables.map(|(id, x)| (id, x.iter().map(|x| x.to_bits()).collect::<Vec<_>>())).collect::<Vec<_>>(),
        asked.collect::<Vec<_>>(),
        {
            let mut ledger = of.ledger().clone();
            ledger.file = None;
            ledger
        },
    )
}

/// The sample construct with its answers: names of the columns, and rows of texts.
pub(crate) struct Sample {
    pub(crate) construct: Construct,
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) read: Responses,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
        let read = Responses::read(&construct).unwrap();
        let mut reader = csv::Reader::from_path("data/professional_conduct/responses.csv").unwrap();
        let names = reader.headers().unwrap().iter().map(String::from).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
        Self { construct, names, rows, read }
    }

    /// A column as texts.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        let at = self.names.iter().position(|own| own == name).unwrap();
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// A column as numbers of a kind.
    pub(crate) fn numbers<T: std::str::FromStr>(&self, name: &str) -> Vec<Option<T>> {
        self.texts(name).iter().map(|text| text.parse().ok()).collect()
    }

    pub(crate) fn is_item(&self, name: &str) -> bool {
        self.construct.item(name).is_some()
    }

    /// Everything but the items.
    fn others(&self) -> ResponsesBuilder<'_> {
        let others = self.names.iter().filter(|name| !self.is_item(name));
        Responses::builder(&self.construct).columns(others.map(|name| (name.as_str(), self.texts(name))))
    }

    pub(crate) fn assert_same(&self, builder: ResponsesBuilder<'_>, how: &str) -> Responses {
        let responses = builder.build().unwrap();
        assert!(whole(&self.construct, &responses) == whole(&self.construct, &self.read), "{how}");
        assert_eq!((responses.sha256(), &responses.ledger().file), (None, &None), "{how}");
        responses
    }
}

#[test]
fn the_sample_is_the_same_from_memory_whatever_the_kind_of_values() {
    let sample = Sample::new();
    let items = || sample.names.iter().filter(|name| sample.is_item(name));
    let new = || Responses::builder(&sample.construct);
    sample.assert_same(new().rows(&sample.names, &sample.rows), "rows of texts");
    let columns = sample.names.iter().map(|name| (name.as_str(), sample.texts(name)));
    sample.assert_same(new().columns(columns), "columns of texts");

    let mut by_role = new()
        .respondents(sample.texts("id"))
        .group("role", sample.texts("role"))
        .cluster("organisation", sample.texts("organisation"))
        .asked_of("works_with_employers", sample.texts("works_with_employers"));
    for name in ["hr_intervention", "client_outcome", "work_engagement", "tenure"] {
        by_role = by_role.variable(name, sample.numbers::<f64>(name));
    }
    let own = by_role.clone();
    let own = items().fold(own, |own, name| own.item(name, sample.numbers::<i64>(name)));
    let responses = sample.assert_same(own, "Option<i64> by role");

    let own = items().fold(by_role.clone(), |own, name| own.item(name, sample.numbers::<f32>(name)));
    sample.assert_same(own, "Option<f32>");
    let own = items().fold(by_role, |own, name| own.item(name, sample.numbers::<u8>(name)));
    sample.assert_same(own, "Option<u8>");

    let points = &sample.construct.scales["agreement"].points;
    let label = |code: &str, language: &str| {
        let point = points.iter().find(|point| point.code.to_string() == code);
        point.map_or(code.to_string(), |point| point.label.get(language).unwrap().to_string())
    };
    for language in ["en", "nl"] {
        let labels = |name: &str| -> Vec<String> {
            sample.texts(name).iter().map(|code| label(code, language)).collect()
        };
        let own = sample.others().columns(items().map(|name| (name.as_str(), labels(name))));
        sample.assert_same(own, "labels");
    }

    // the array is in the order of the construct
    let codes: Vec<Vec<Option<f64>>> =
        sample.construct.items.iter().map(|item| sample.numbers(&item.id)).collect();
    let (n, p) = (sample.rows.len(), codes.len());
    let array = Array2::from_shape_fn((n, p), |(i, j)| codes[j][i]);
    sample.assert_same(sample.others().answers(array.view()), "a view of options");
    let array = array.mapv(|x| x.unwrap_or(f64::NAN));
    sample.assert_same(sample.others().answers(array.view()).nan_is_missing(), "NaN, said to be missing");
    let error = sample.others().answers(array).build().unwrap_err();
    assert!(matches!(&error, Error::NotANumber { total, .. } if *total > 1), "{error}");

    let validated = |responses: &Responses| {
        let mut evidence = Validation::of(&sample.construct).run(responses).unwrap();
        (evidence.ledger.file, evidence.provenance.data_sha256) = (None, None);
        serde_json::to_string(&evidence).unwrap()
    };
    assert!(validated(&responses) == validated(&sample.read), "the document of a validation, byte for byte");
}

/// A construct of which every role has a column.
fn construct() -> Construct {
    let mut scale = ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]);
    scale.missing = vec![9.into()];
    Construct::builder("conduct")
        .scale(scale)
        .dimension(Dimension::new("client"))
        .dimension(Dimension::new("employer").asked_of("employers", ["yes", "1"]))
        .item(Item::new("cl_1", "client", "agreement"))
        .item(Item::new("cl_2", "client", "agreement").reversed())
        .item(Item::new("em_1", "employer", "agreement"))
        .variable(Variable {
            column: None,
            id: "outcome".into(),
            role: VariableRole::Outcome,
            title: Default::default(),
            reliability: None,
        })
        .data(DataSource {
            respondent: Some("id".into()),
            groups: vec!["role".into()],
            cluster: Some("team".into()),
            missing_codes: vec!["refused".into(), "-1".into()],
            ..DataSource::default()
        })
        .build()
        .unwrap()
}

const NAMES: [&str; 9] = ["id", "role", "team", "employers", "cl_1", "cl_2", "em_1", "outcome", "remark"];

/// What would stand in a file.
fn text(value: &Value) -> String {
    match value {
        Value::Number(value) => value.to_string(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

fn csv_of(names: &[&str], rows: &[Vec<Value>]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_path(file.path());
    let writer = writer.as_mut().unwrap();
    writer.write_record(names).unwrap();
    rows.iter().for_each(|row| writer.write_record(row.iter().map(text)).unwrap());
    writer.flush().unwrap();
    file
}

fn columns<'a>(names: &[&'a str], rows: &[Vec<Value>]) -> Vec<(&'a str, Vec<Value>)> {
    let column = |j: usize| rows.iter().map(|row| row[j].clone()).collect();
    names.iter().enumerate().map(|(j, name)| (*name, column(j))).collect()
}

/// An error as it is told of a table from memory: rows from 1, without the file.
fn told(error: &Error, rows_before: usize) -> String {
    match error {
        Error::BadCells { total, cells, .. } => {
            let cells = cells
                .iter()
                .map(|c| format!("{} {} '{}' {}", c.row - rows_before, c.column, c.value, c.problem));
            format!("{total}: {}", cells.collect::<Vec<_>>().join("; "))
        }
        Error::DuplicateRespondent { id, rows, .. } => {
            format!("{id}: {:?}", rows.iter().map(|row| row - rows_before).collect::<Vec<_>>())
        }
        other => other.to_string(),
    }
}

fn one_of(values: Vec<Value>) -> impl Strategy<Value = Value> {
    prop::sample::select(values)
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(Value::from).collect()
}

/// A row of the table, with answers that are not on the scale now and then.
fn row() -> impl Strategy<Value = Vec<Value>> {
    let answers = [1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 9.0, -1.0].map(Value::from);
    let labels = ["agree", "Neutral", " DISAGREE ", "1", "2.0", "", "NA", "refused", "3 - Agree", "-1"];
    let answer = || {
        prop_oneof![
            40 => one_of(answers.to_vec()),
            20 => one_of(texts(&labels)),
            10 => Just(Value::Missing),
            1 => one_of(vec![Value::from(4), Value::from(2.5), Value::from("Agre"), Value::from("2,0")]),
        ]
    };
    let id = prop_oneof![
        6 => (0..400u32).prop_map(Value::from),
        3 => any::<i64>().prop_map(Value::from),
        3 => "[a-z]{3}[,\"; ]?[a-z]".prop_map(Value::from),
    ];
    let label = one_of(texts(&["nurse", "doctor", " nurse", "", "NA", "refused", "0.5"]));
    let team = prop_oneof![(0..4u8).prop_map(Value::from), Just(Value::from(0.5)), Just(Value::Missing)];
    let employers = one_of(vec!["yes".into(), "Yes ".into(), "no".into(), 1.into(), Value::Missing]);
    let outcome = prop_oneof![
        8 => (-1e3..1e3f64).prop_map(Value::from),
        2 => (0..5i64).prop_map(Value::from),
        1 => one_of(texts(&["2.5", "1e3", "NA", "-1", "+7"])),
    ];
    let remark = one_of(texts(&["", "x;y", "\"quoted\", \"twice\""]));
    (id, label, team, employers, answer(), answer(), answer(), outcome, remark)
        .prop_map(|(a, b, c, d, e, f, g, h, i)| vec![a, b, c, d, e, f, g, h, i])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn rows_columns_and_a_file_give_the_same_responses(rows in prop::collection::vec(row(), 1..12)) {
        let construct = construct();
        let file = csv_of(&NAMES, &rows);
        let read = [false, true].map(|new| {
            let read = if new { Responses::read_new } else { Responses::read_from };
            read(&construct, file.path()).map(|r| whole(&construct, &r)).map_err(|e| told(&e, 1))
        });
        let by_rows = Responses::builder(&construct).rows(NAMES, &rows);
        let by_columns = Responses::builder(&construct).columns(columns(&NAMES, &rows));
        for builder in [by_rows, by_columns] {
            for (read, own) in read.iter().zip([builder.clone(), builder.to_be_scored()]) {
                let own = own.build().map(|r| whole(&construct, &r)).map_err(|e| told(&e, 0));
                match (read, own) {
                    (Ok(read), Ok(own)) => prop_assert!(*read == own, "{read:?} {own:?}"),
                    (Err(read), Err(own)) => prop_assert_eq!(read, &own),
                    (read, own) => prop_assert!(false, "{read:?} {own:?}"),
                }
            }
        }
    }

    #[test]
    fn rows_columns_and_a_file_give_the_same_dataset(rows in prop::collection::vec(row(), 1..12)) {
        let missing_codes = vec!["refused".to_string(), "-1".into()];
        let file = csv_of(&NAMES, &rows);
        let options = CsvOptions { missing_codes: missing_codes.clone(), ..CsvOptions::default() };
        let read = Dataset::read(file.path(), &options).unwrap();
        let new = || Dataset::builder().missing_codes(&missing_codes);
        for own in [new().rows(NAMES, &rows), new().columns(columns(&NAMES, &rows))] {
            let own = own.build().unwrap();
            prop_assert_eq!(own.names(), read.names());
            prop_assert_eq!(own.numeric_names(), read.numeric_names());
            for name in NAMES {
                prop_assert_eq!(own.labels(name).unwrap(), read.labels(name).unwrap());
                if let (Column::Numeric(own), Column::Numeric(read)) = (own.column(name).unwrap(), read.column(name).unwrap()) {
                    let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                    prop_assert_eq!(bits(own), bits(read));
                }
            }
        }
    }
}

/// Three respondents, all in order.
fn sound(construct: &Construct) -> ResponsesBuilder<'_> {
    Responses::builder(construct)
        .respondents(["a", "b", "c"])
        .group("role", ["nurse", "doctor", "nurse"])
        .cluster("team", [1, 1, 2])
        .asked_of("employers", ["yes", "no", "yes"])
        .variable("outcome", [2.5, 3.0, -1.0])
        .item("cl_1", [1, 2, 3])
        .item("cl_2", ["agree", "2", ""])
}

#[test]
fn every_fault_has_its_own_error_with_place_and_remedy() {
    let construct = construct();
    let ok = || sound(&construct).item("em_1", [Some(1), None, Some(3)]);
    let responses = ok().build().unwrap();
    assert_eq!(responses.ledger().cells_not_asked, 1);
    assert_eq!(responses.variables()[0].values[..2], [2.5, 3.0]);
    let fails = |builder: ResponsesBuilder<'_>| {
        let error = builder.build().unwrap_err();
        (error.code(), error.to_string(), error.hint())
    };
    let one = |builder: ResponsesBuilder<'_>, code: &str, message: &str, hint: &str| {
        let found = fails(builder);
        assert_eq!(found.0, code, "{found:?}");
        assert!(found.1.contains(message), "{found:?} lacks {message}");
        assert!(found.2.contains(hint), "{found:?} lacks {hint}");
    };
    let no_em = || sound(&construct);
    one(
        no_em().item("em_1", [1, 2]),
        "unequal_length",
        "column 'em_1' holds 2 values where column 'id' has 3",
        "`None`",
    );
    let row = Responses::builder(&construct).rows(["cl_1", "cl_2"], [vec![1, 2], vec![1]]);
    one(row, "unequal_length", "row 2 holds 1 values where the list of names has 2", "`None`");
    let array = ndarray::array![[1, 2]];
    one(Responses::builder(&construct).answers(array), "wrong_size", "3 names: 2 given, 3 expected", "agree");
    one(ok().item("em_1", [1, 2, 3]), "duplicate_column", "two columns are called 'em_1'", "of its own");
    one(ok().item("em_11", [1, 2, 3]), "unknown_reference", "item 'em_11'", "Did you mean 'em_1'?");
    one(ok().variable("outcom", [1, 2, 3]), "unknown_reference", "variable 'outcom'", "'outcome'");
    one(ok().group("rol", ["x"; 3]), "unknown_reference", "group 'rol'", "Did you mean 'role'?");
    one(ok().cluster("school", ["x"; 3]), "unknown_reference", "cluster 'school'", "Define the cluster");
    one(ok().asked_of("employer", ["x"; 3]), "unknown_reference", "'employer'", "'employers'");
    one(no_em(), "unknown_column", "there is no column 'em_1' in the data", "'cl_1', 'cl_2'");
    let twice = Responses::builder(&construct).columns([
        ("id", texts(&["a", "b", "a"])),
        ("role", texts(&["x"; 3])),
        ("team", texts(&["x"; 3])),
        ("employers", texts(&["yes"; 3])),
        ("outcome", texts(&["1"; 3])),
        ("cl_1", texts(&["1"; 3])),
        ("cl_2", texts(&["1"; 3])),
        ("em_1", texts(&["1"; 3])),
    ]);
    one(twice, "duplicate_respondent", "respondent 'a' occurs in rows 1, 3", "one row per respondent");
    one(
        no_em().item("em_1", [1, 2, 7]),
        "bad_cells",
        "row 3, column 'em_1': '7' is not on the scale 'agreement': 1, 2, 3 or a label",
        "Correct the cells",
    );
    one(no_em().item("em_1", [1.0, f64::NAN, 3.0]), "not_a_number", "row 2, column 'em_1': NaN", "nan_is_m");
    one(
        no_em().item("em_1", [1.0, 2.0, f64::INFINITY]),
        "not_finite",
        "row 3, column 'em_1': inf is not a finite number",
        "Replace it",
    );
    let nan = no_em().item("em_1", [f32::NAN, 2.0, f32::NAN]);
    one(nan.clone(), "not_a_number", "row 1, column 'em_1': NaN, and one more", "`None`");
    one(nan.nan_is_missing(), "empty_column", "'em_1'", "missing codes");
    let counted = no_em().item("em_1", [1.0, f64::NAN, f64::NAN]).nan_is_missing().build().unwrap();
    assert_eq!(counted.ledger().items[2].empty, 1, "one was not asked");
    one(Responses::builder(&construct), "too_few_rows", "the data", "");
    // what has no role is not read, as in a file
    let other = ok().columns([("remark", [f64::NAN; 3])]).build().unwrap();
    assert_eq!(other.ledger().columns_not_used, ["remark"]);
}

#[test]
fn tables_are_checked_likewise() {
    let new = Dataset::builder;
    let error = new().column("x", [1.0]).column("y", [1.0, 2.0]).build().unwrap_err();
    assert!(matches!(error, Error::UnequalLength { found: 2, expected: 1, .. }), "{error}");
    let error = new().column("x", [1.0]).column("x", [1.0]).build().unwrap_err();
    assert!(matches!(error, Error::DuplicateColumn { .. }), "{error}");
    let error = new().column("x", [f64::INFINITY]).build().unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }), "{error}");
    let error = new().column("x", [f64::NAN]).build().unwrap_err();
    assert!(matches!(error, Error::NotANumber { row: 1, total: 1, .. }), "{error}");
    let error = new().array(["x"], ndarray::array![[1.0, 2.0]]).build().unwrap_err();
    assert!(matches!(error, Error::WrongSize { found: 2, expected: 1, .. }), "{error}");
    let data = new().column("x", [Some(1.0), None]).column("school", [7, 8]).build().unwrap();
    assert_eq!(data.missing_count("x").unwrap(), 1);
    assert_eq!(data.labels("school").unwrap(), [Some("7".into()), Some("8".into())]);
}

#[test]
fn one_respondent_who_skipped_an_item_is_scored_and_not_fitted() {
    let sample = Sample::new();
    let norms = Norms::of(&sample.construct, &sample.read, MeasurementLevel::Continuous).unwrap();
    let items = sample.construct.items.iter();
    let answers = items.map(|item| (item.id.as_str(), [(item.id != "me_2").then_some(4)]));
    let new = Responses::builder(&sample.construct).respondents(["new"]).columns(answers);
    assert_eq!(new.clone().build().unwrap_err().code(), "unknown_column", "groups are needed to validate");
    let responses = new.to_be_scored().build().unwrap();
    assert_eq!(responses.ledger().cells_empty, 1);
    let scores = norms.score_all(&responses).unwrap();
    let own = &scores.respondents[0];
    assert_eq!(own.respondent, "new");
    let methodical = own.scales.iter().find(|scale| scale.scale == "methodical").unwrap();
    // 4, 4, 4 and, turned, 6 - 4
    assert_eq!((methodical.answered, methodical.items, methodical.score), (4, 5, Some(3.5)));
    assert!(methodical.se.is_some() && methodical.factor.is_some());

    let error = Validation::of(&sample.construct).run(&responses).unwrap_err();
    assert!(error.to_string().ends_with("were read to be scored, without 'hr_intervention'"), "{error}");
    let error = Norms::of(&sample.construct, &responses, MeasurementLevel::Ordinal).unwrap_err();
    assert_eq!(error.code(), "nothing_measured", "one respondent is no norm sample: {error}");
    // a construct of items only: there is nothing to read but them, and still no ground to stand on
    let bare = Construct::builder("c")
        .scale(ResponseScale::range("five", 1, 5))
        .dimension(Dimension::new("d"))
        .items(["q1", "q2", "q3"].map(|id| Item::new(id, "d", "five")))
        .build()
        .unwrap();
    let one = Responses::builder(&bare).rows(["q1", "q2", "q3"], [[Some(4), None, Some(2)]]).to_be_scored();
    match Validation::of(&bare).run(&one.build().unwrap()) {
        Ok(evidence) => assert!(evidence.dimensions[0].scale.reliability.is_none()),
        Err(error) => assert!(error.to_string().contains("q2"), "{error}"),
    }
    let model: Model = "f =~ me_1 + me_2 + me_3".parse().unwrap();
    let names = ["me_1", "me_2", "me_3"];
    let rows = [[Some(4), None, Some(3)], [Some(2), None, Some(1)], [Some(3), None, Some(3)]];
    let data = Dataset::builder().rows(names, rows).build().unwrap();
    let error = Estimation::default().fit(&model, &data).unwrap_err();
    assert_eq!(error.code(), "too_few_rows", "no row is complete: {error}");
    let error = Estimation::default().missing(Missing::Fiml).fit(&model, &data).unwrap_err();
    assert!(matches!(&error, Error::EmptyColumn { column, rows: 3 } if column == "me_2"), "{error}");
}
