//! Every fault of a data file is told with its place and its remedy, and none panics.

use psychometrics::construct::{
    Construct, DataSource, Dimension, Item, ResponseScale, Variable, VariableRole,
};
use psychometrics::data::{CsvOptions, CsvSource, Dataset, Responses, read_covariance};
use psychometrics::{Error, Estimation};
use std::path::PathBuf;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join("data.csv");
        std::fs::write(&path, content).unwrap();
        path
    }
}

fn dataset(content: impl AsRef<[u8]>) -> Result<Dataset, Error> {
    Dataset::read_csv(Folder::new().file(content))
}

fn construct() -> Construct {
    Construct::builder("conduct")
        .scale(ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]))
        .dimension(Dimension::new("knowledge"))
        .dimension(Dimension::new("employer").asked_of("employers", ["yes"]))
        .item(Item::new("kn_1", "knowledge", "agreement"))
        .item(Item::new("kn_2", "knowledge", "agreement").reversed())
        .item(Item::new("em_1", "employer", "agreement"))
        .variable(Variable {
            column: None,
            id: "outcome".into(),
            role: VariableRole::Outcome,
            title: Default::default(),
            reliability: None,
        })
        .data(DataSource {
            responses: Some("responses.csv".into()),
            respondent: Some("id".into()),
            ..DataSource::default()
        })
        .build()
        .unwrap()
}

fn responses(rows: &str) -> Result<Responses, Error> {
    let content = format!("id,employers,kn_1,kn_2,em_1,outcome\n{rows}");
    Responses::read_from(&construct(), Folder::new().file(content))
}

#[test]
fn a_file_that_is_not_there() {
    let path = Folder::new().0.path().join("nowhere.csv");
    for error in [
        Dataset::read_csv(&path).unwrap_err(),
        CsvSource::open(&path, &CsvOptions::default()).unwrap_err(),
        Responses::read_from(&construct(), &path).unwrap_err(),
        Responses::read(&construct()).unwrap_err(),
        read_covariance(&path).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Unreadable { .. }), "{error}");
        assert!(error.is_input_fault());
    }
    let folder = Folder::new();
    let error = Dataset::read_csv(folder.0.path()).unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "a folder is no file: {error}");
}

#[test]
fn a_file_with_nothing_in_it() {
    for content in ["", "\u{feff}", "\n\r\n  \n"] {
        let error = dataset(content).unwrap_err();
        assert!(matches!(error, Error::EmptyFile { .. }), "{content:?}: {error}");
    }
}

#[test]
fn a_header_and_nothing_below() {
    for content in ["a,b", "a,b\n", "\u{feff}a,b\r\n\r\n"] {
        let error = dataset(content).unwrap_err();
        assert!(matches!(error, Error::HeaderOnly { .. }), "{content:?}: {error}");
    }
}

#[test]
fn a_row_of_another_length() {
    let error = dataset("a,b\n1,2\n1,2,3\n").unwrap_err();
    assert!(matches!(error, Error::RaggedRow { row: 3, found: 3, expected: 2, .. }), "{error}");
    assert!(error.hint().contains("double quotes"));
    let error = dataset("a,b\n1,2\n1\n").unwrap_err();
    assert!(matches!(error, Error::RaggedRow { row: 3, found: 1, expected: 2, .. }), "{error}");
}

#[test]
fn two_columns_of_one_name() {
    let error = dataset("a,b, a\n1,2,3\n").unwrap_err();
    assert!(matches!(&error, Error::DuplicateColumn { column, .. } if column == "a"), "{error}");
}

#[test]
fn a_file_that_is_no_utf8() {
    // read as what it is, which is told
    let data = dataset(b"a,b\n1,x\n2,caf\xe9\n").unwrap();
    assert_eq!(data.labels("b").unwrap()[1].as_deref(), Some("caf\u{e9}"));
    assert!(data.told()[0].contains("Windows-1252"), "{:?}", data.told());
    assert_eq!(dataset(b"a,caf\xe9\n1,2\n").unwrap().names(), ["a", "caf\u{e9}"]);
    let utf16: Vec<u8> = "\u{feff}a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(dataset(&utf16).unwrap().numeric_names(), ["a", "b"]);
    // beyond the beginning of a long file it is refused, with its row
    let mut long = b"a,b\n".to_vec();
    long.extend(b"1,2\n".repeat(30_000));
    long.extend(b"1,caf\xe9\n");
    let error = dataset(&long).unwrap_err();
    assert!(matches!(error, Error::NotUtf8 { row: 30_002, .. }), "{error}");
}

#[test]
fn a_column_that_is_not_there_and_the_nearest_that_is() {
    let data = dataset("visual,textual\n1,2\n").unwrap();
    let error = data.numeric(&["visaul"]).unwrap_err();
    assert!(matches!(&error, Error::UnknownColumn { nearest: Some(n), .. } if n == "visual"), "{error}");
    assert_eq!(error.hint(), "Did you mean 'visual'?");
    let folder = Folder::new();
    let options = CsvOptions { columns: vec!["speed".into()], ..CsvOptions::default() };
    let error = CsvSource::open(folder.file("visual,textual\n1,2\n"), &options).unwrap_err();
    assert!(matches!(&error, Error::UnknownColumn { nearest: None, .. }), "{error}");
    let path = folder.file("id,employers,Kn_1,kn_2,em_1,outcome\na,yes,1,2,3,4\n");
    let error = Responses::read_from(&construct(), path).unwrap_err();
    assert!(
        matches!(&error, Error::UnknownColumn { column, nearest: Some(n), .. } if column == "kn_1" && n == "Kn_1"),
        "{error}"
    );
}

#[test]
fn a_text_where_numbers_are_asked() {
    let data = dataset("school;x\nPasteur;3,5\nGrant;4\n;inf\n").unwrap();
    assert_eq!(data.numeric_names(), Vec::<&str>::new());
    let Error::BadCells { total, cells, .. } = data.numeric(&["x", "school"]).unwrap_err() else {
        panic!("expected bad cells");
    };
    let told: Vec<_> = cells.iter().map(|c| (c.row, c.column.as_str(), c.value.as_str())).collect();
    let expected = [(2, "x", "3,5"), (2, "school", "Pasteur"), (3, "school", "Grant"), (4, "x", "inf")];
    assert_eq!((total, told.as_slice()), (4, expected.as_slice()));
    assert_eq!(cells[0].problem, "has a decimal comma; write 3.5");
}

#[test]
fn fifty_thousand_texts_are_counted_and_ten_thousand_kept() {
    let content: String = std::iter::once("x\n").chain((0..50_000).map(|_| "abc\n")).collect();
    let folder = Folder::new();
    let source = CsvSource::open(folder.file(&content), &CsvOptions::default()).unwrap();
    let error = source.fold(|| (), |(), _| (), |(), ()| ()).unwrap_err();
    assert!(
        matches!(&error, Error::BadCells { total: 50_000, cells, .. } if cells.len() == 10_000),
        "{}",
        error.code()
    );
    assert_eq!(error.to_string().lines().count(), 22);
}

#[test]
fn answers_off_their_scale_are_told_together() {
    let rows = "a,yes,7,agree,1,2\nb,no,1,meh,1,x\n,yes,2,2,\"2,0\",1\n";
    let Error::BadCells { total, cells, .. } = responses(rows).unwrap_err() else {
        panic!("expected bad cells");
    };
    let told: Vec<_> = cells.iter().map(|c| (c.row, c.column.as_str(), c.problem.as_str())).collect();
    let off_scale = "is not on the scale 'agreement': 1, 2, 3 or a label";
    assert_eq!(
        told,
        [
            (2, "kn_1", off_scale),
            (3, "outcome", "is not a number"),
            (3, "kn_2", off_scale),
            (4, "id", "is no id; every respondent needs one"),
            (4, "em_1", "has a decimal comma; write 2.0"),
        ]
    );
    assert_eq!(total, 5);
}

#[test]
fn a_respondent_who_occurs_twice() {
    let error = responses("a,yes,1,1,1,1\nb,no,1,1,1,1\n\na,yes,1,1,1,1\n").unwrap_err();
    assert!(
        matches!(&error, Error::DuplicateRespondent { id, rows, .. } if id == "a" && *rows == [2, 5]),
        "{error}"
    );
}

#[test]
fn an_item_or_a_variable_without_a_value() {
    let error = responses("a,yes,,1,1,1\nb,yes,NA,1,1,1\n").unwrap_err();
    assert!(matches!(&error, Error::EmptyColumn { column, rows: 2 } if column == "kn_1"), "{error}");
    let error = responses("a,yes,1,1,1,\n").unwrap_err();
    assert!(matches!(&error, Error::EmptyColumn { column, rows: 1 } if column == "outcome"), "{error}");
}

#[test]
fn a_dimension_that_nobody_was_asked_about() {
    let error = responses("a,Ye,1,1,1,1\nb,no,1,1,1,1\n").unwrap_err();
    assert!(
        matches!(&error, Error::UnknownReference { nearest: Some(n), .. } if n == "Ye"),
        "{error} {}",
        error.hint()
    );
}

#[test]
fn a_construct_without_data_or_items() {
    let construct = Construct::builder("c").dimension(Dimension::new("d")).build().unwrap();
    assert!(matches!(Responses::read(&construct), Err(Error::NoDataNamed { .. })));
    let path = Folder::new();
    let error = Responses::read_from(&construct, path.file("x\n1\n")).unwrap_err();
    assert!(matches!(error, Error::NothingMeasured { .. }), "{error}");
}

#[test]
fn a_covariance_matrix_that_is_not_symmetric() {
    let folder = Folder::new();
    let error = read_covariance(folder.file("x,y\n1,0.3\n0.4,1\n")).unwrap_err();
    assert!(
        matches!(&error, Error::NotSymmetric { row, column, .. } if row == "y" && column == "x"),
        "{error}"
    );
}

/// A grouping variable without a single value: no groups, and no fit of nobody.
#[test]
fn a_grouping_variable_without_values_is_refused() {
    let rows = (0..40).map(|i| [i % 7, i * 3 % 5, i * i % 6, i % 8].map(f64::from));
    let data = Dataset::builder()
        .rows(["x1", "x2", "x3", "c"], rows)
        .column("g", vec![None::<f64>; 40])
        .build()
        .unwrap();
    let two = "level: 1\n f =~ x1 + x2 + x3\nlevel: 2\n h =~ x1 + x2 + x3";
    for (model, estimation) in [
        ("f =~ x1 + x2 + x3", Estimation::default().group("g")),
        (two, Estimation::default().group("g").cluster("c")),
    ] {
        let found = estimation.fit(&model.parse().unwrap(), &data);
        assert!(matches!(&found, Err(Error::EmptyColumn { column, rows: 40 }) if column == "g"), "{found:?}");
    }
    let none = Estimation::default().fit_groups(&"f =~ x1 + x2 + x3".parse().unwrap(), &[]);
    assert!(matches!(none, Err(Error::Unsupported { .. })));
}
