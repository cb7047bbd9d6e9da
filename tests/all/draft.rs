//! The first ten minutes: every file as data, a construct file drafted from it, and what that reads.

use psychometrics::construct::{Code, ColumnRef, Construct, DataSource, Dimension, Item, ResponseScale};
use psychometrics::data::formats::{Sheet, SheetOptions};
use psychometrics::data::{AnswerFile, AnswerOptions, Responses, TableFile};
use psychometrics::draft::{Codebook, ConstructCheck, Draft, DraftOptions};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Answers from 1 to 5, the same at every run.
fn answer(row: usize, item: usize) -> usize {
    1 + (row * 7 + item * 3 + row * row / 5 + (row * item) % 3) % 5
}

const WORDS: [&str; 5] =
    ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"];

fn qualtrics(rows: usize) -> String {
    let mut text = String::from(
        "StartDate,Status,Progress,Finished,ResponseId,Q2_1,Q2_2,Q2_3,Q3\n\
         Start Date,Response Type,Progress,Finished,Response ID,How far do you agree? - I listen.,How far do you agree? - \"I, \
         hurry.\",How far do you agree? - I ask.,Your team\n",
    );
    text = text.replace("\"I, hurry.\"", "I hurry.");
    text.push_str(&["\"{\"\"ImportId\"\":\"\"x\"\"}\""; 9].join(","));
    text.push('\n');
    for row in 0..rows {
        let words: Vec<&str> = (0..3).map(|item| WORDS[answer(row, item) - 1]).collect();
        let team = ["North", "South"][row % 2];
        let _ = writeln!(text, "2026-02-03 09:00:00,IP Address,100,True,R_{row},{},{team}", words.join(","));
    }
    text
}

fn drafted(path: &Path, options: &DraftOptions) -> Draft {
    let sheet = Sheet::read(path, &SheetOptions::new()).unwrap();
    Draft::of(&sheet, path, options).unwrap()
}

/// The draft as a file beside the data, read back and checked against them.
fn checked(folder: &Folder, draft: &Draft) -> ConstructCheck {
    let path = folder.file("draft.toml", draft.to_toml());
    let construct = Construct::from_path(&path).unwrap();
    assert_eq!(construct.warnings(), []);
    ConstructCheck::of(&construct, &Responses::read(&construct).unwrap()).unwrap()
}

#[test]
fn every_kind_of_file_gives_the_same_answers() {
    let folder = Folder::new();
    let mut plain = String::from("id,q1,q2,q3\n");
    for row in 0..12 {
        let _ = writeln!(plain, "{row},{},{},{}", answer(row, 0), answer(row, 1), answer(row, 2));
    }
    let csv = folder.file("a.csv", &plain);
    let expected = AnswerFile::open(&csv, &AnswerOptions::default()).unwrap().table().unwrap();
    let expected = expected.numeric(&["q1", "q2", "q3"]).unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table = TableFile::from_csv(&plain).unwrap();
    let (sav, xlsx) = (folder.0.path().join("a.sav"), folder.0.path().join("a.xlsx"));
    table.write(&sav).unwrap();
    table.write(&xlsx).unwrap();
    let bars = folder.file("bars.txt", plain.replace(',', "|"));
    for path in [folder.file("u.csv", utf16), sav, xlsx, bars] {
        let file = AnswerFile::open(&path, &AnswerOptions::default()).unwrap();
        assert_eq!(file.items(), ["q1", "q2", "q3"], "{}", path.display());
        assert_eq!(file.table().unwrap().numeric(file.items()).unwrap(), expected, "{}", path.display());
    }
}

#[test]
fn words_are_codes_where_nobody_knows_them_and_words_where_a_construct_does() {
    let folder = Folder::new();
    let path = folder.file("survey.csv", qualtrics(20));
    let file = AnswerFile::open(&path, &AnswerOptions::default()).unwrap();
    assert_eq!(file.items(), ["Q2_1", "Q2_2", "Q2_3"]);
    let table = file.table().unwrap();
    let codes = table.numeric(&["Q2_1"]).unwrap();
    assert!((0..20).all(|row| codes[(row, 0)] == answer(row, 0) as f64));
    assert_eq!(table.file_row(0), 4, "three header rows");
    assert!(
        file.warnings()
            .iter()
            .any(|w| w.code() == "read_as" && w.to_string().contains("1 Strongly disagree"))
    );
    // the construct's own codes are those that count, from 0 on
    let mut scale = ResponseScale::likert("agreement", WORDS);
    scale.points.iter_mut().for_each(|point| point.code = Code::new(point.code.value() - 1.0).unwrap());
    let construct = Construct::builder("c")
        .scale(scale)
        .dimension(Dimension::new("d"))
        .item(Item::new("listen", "d", "agreement").column("How far do you agree? - I listen."))
        .item(Item::new("hurry", "d", "agreement").column("Q2_2").reversed())
        .item(Item { column: Some(ColumnRef::Position(8)), ..Item::new("ask", "d", "agreement") })
        .data(DataSource {
            groups: vec!["Q3".into()],
            respondent: Some("ResponseId".into()),
            ..DataSource::default()
        })
        .build()
        .unwrap();
    let responses = Responses::read_from(&construct, &path).unwrap();
    for row in 0..20 {
        let expected = [answer(row, 0) - 1, 5 - answer(row, 1), answer(row, 2) - 1].map(|x| x as f64);
        assert_eq!(responses.values().row(row).to_vec(), expected, "row {row}");
    }
    assert_eq!(responses.groups()[0].levels, ["North", "South"]);
    assert_eq!(responses.items(), ["listen", "hurry", "ask"]);
    let mut unknown = construct;
    unknown.items = vec![Item::new("x", "d", "agreement").column("Q2_9")];
    assert_eq!(Responses::read_from(&unknown, &path).unwrap_err().hint(), "Did you mean 'Q2_1'?");
}

#[test]
fn a_scale_may_be_a_slider_or_labels_alone_and_texts_may_mean_no_answer() {
    let construct = Construct::from_toml(
        r#"
        construct.id = "c"
        dimensions = [{ id = "d" }]
        [scales.slider]
        continuous = true
        range = [0, 100]
        missing = [-9, "Prefer not to say"]
        [scales.often]
        labels = ["Never", "Sometimes", "Always"]
        [[items]]
        id = "a"
        dimension = "d"
        scale = "slider"
        reverse = true
        [[items]]
        id = "b"
        dimension = "d"
        scale = "often"
        "#,
    )
    .unwrap();
    assert_eq!(Construct::from_toml(&construct.to_toml().unwrap()).unwrap(), construct);
    let folder = Folder::new();
    let path = folder.file("a.csv", "a,b\n12.5,never\n-9,2\nPrefer not to say,Always\n100,3\n");
    let responses = Responses::read_from(&construct, &path).unwrap();
    assert_eq!(responses.values().row(0).to_vec(), [87.5, 1.0]);
    assert_eq!(responses.values()[(3, 0)], 0.0);
    assert_eq!(responses.ledger().cells_coded["Prefer not to say"], 1);
    assert_eq!(responses.ledger().cells_coded["-9"], 1);
    let error = Responses::read_from(&construct, folder.file("b.csv", "a,b\n101,1\n50,1\n")).unwrap_err();
    assert!(
        error.to_string().contains("'101' is outside the range 0 to 100 of the scale 'slider'"),
        "{error}"
    );
    let wrong = "construct.id = \"c\"\n[scales.s]\ncontinuous = true\n";
    assert!(Construct::from_toml(wrong).unwrap_err().to_string().contains("range = [0, 100]"));
}

#[test]
fn a_survey_is_drafted_as_it_was_asked() {
    let folder = Folder::new();
    let path = folder.file("survey.csv", qualtrics(30));
    let draft = drafted(&path, &DraftOptions::new());
    let construct = &draft.construct;
    let ids: Vec<&str> = construct.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["Q2_1", "Q2_2", "Q2_3"]);
    assert_eq!(construct.items[1].text.get(""), Some("How far do you agree? - I hurry."));
    let labels: Vec<&str> =
        construct.scales["scale_1"].points.iter().filter_map(|point| point.label.get("")).collect();
    assert_eq!(labels, WORDS);
    let data = construct.data.as_ref().unwrap();
    assert_eq!(
        (data.respondent.as_deref(), data.groups.as_slice()),
        (Some("ResponseId"), &["Q3".to_string()][..])
    );
    let check = checked(&folder, &draft);
    assert_eq!((check.rows, check.items.len(), check.items[0].answered), (30, 3, 30));
    assert_eq!(check.groups[0].1, [("North".to_string(), 15), ("South".to_string(), 15)]);
    assert!(draft.decide.iter().any(|what| what.contains("right order")), "{:?}", draft.decide);
}

#[test]
fn numbers_under_a_common_name_are_items_and_ages_are_not() {
    let folder = Folder::new();
    let mut text = String::from("subject,kn_1,kn_2,kn_3,em_1,em_2,age,sex,remark,score\n");
    for row in 0..40 {
        let cell = |item: usize| if row == 3 && item == 1 { 9 } else { answer(row, item) };
        let remark = if row % 9 == 0 { "As it is." } else { "" };
        let items: Vec<String> = (0..5).map(|item| cell(item).to_string()).collect();
        let _ = writeln!(
            text,
            "{row},{},{},{},{remark},{}",
            items.join(","),
            18 + row,
            row % 2,
            row as f64 / 7.0
        );
    }
    let draft = drafted(&folder.file("a.csv", text), &DraftOptions::new());
    let construct = &draft.construct;
    let ids: Vec<&str> = construct.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["kn_1", "kn_2", "kn_3", "em_1", "em_2"]);
    let dimensions: Vec<&str> = construct.dimensions.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(dimensions, ["kn", "em"]);
    assert_eq!(construct.scales["scale_1"].missing, [9.into()], "9 stands apart");
    assert_eq!(construct.data.as_ref().unwrap().groups, ["sex"]);
    assert_eq!(checked(&folder, &draft).items[1].missing, 1);
    assert!(draft.left_out.iter().any(|what| what.contains("'age'")), "{:?}", draft.left_out);
}

#[test]
fn a_codebook_says_what_a_file_cannot() {
    let folder = Folder::new();
    let mut text = String::from("a1,a2,b1,b2,b3\n");
    for row in 0..20 {
        let items: Vec<String> = (0..5).map(|item| answer(row, item).to_string()).collect();
        let _ = writeln!(text, "{}", items.join(","));
    }
    let data = folder.file("a.csv", text);
    let book = "item;dimensie;tekst;omgekeerd\na1;zorg;Ik luister.;nee\nb1;zorg;Ik heb haast.;ja\nb2;tempo;Ik ren.;\na2;tempo;Ik zit.;x\n";
    let mut options = DraftOptions::new();
    options.codebook = Some(Codebook::read(folder.file("book.csv", book)).unwrap());
    let draft = drafted(&data, &options);
    let keyed: Vec<(&str, &str, bool)> =
        draft.construct.items.iter().map(|i| (i.id.as_str(), i.dimension.as_str(), i.reverse)).collect();
    let expected =
        [("a1", "zorg", false), ("b1", "zorg", true), ("b2", "tempo", false), ("a2", "tempo", true)];
    assert_eq!(keyed, expected);
    assert_eq!(draft.construct.items[1].text.get(""), Some("Ik heb haast."));
    checked(&folder, &draft);
    options.codebook = Some(Codebook::read(folder.file("slip.csv", "item,dimension\na11,x\n")).unwrap());
    let sheet = Sheet::read(&data, &SheetOptions::new()).unwrap();
    let error = Draft::of(&sheet, &data, &options).unwrap_err();
    assert_eq!((error.code(), error.hint().as_str()), ("unknown_column", "Did you mean 'a1'?"));
    let neither =
        Codebook::read(folder.file("n.csv", "item,dimension,reversed\na1,x,perhaps\n")).unwrap_err();
    assert!(neither.to_string().contains("perhaps"), "{neither}");
}

#[test]
fn dimensions_are_found_in_the_answers_where_that_is_asked() {
    let folder = Folder::new();
    let mut state = 7_u64;
    // a sum of twelve uniform numbers is nearly normal
    let mut normal = || {
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..12).map(|_| uniform()).sum::<f64>() - 6.0
    };
    let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    let mut text = format!("{}\n", names.join(","));
    for _ in 0..400 {
        let factors = [normal(), normal(), normal()];
        // whole numbers of a short range, as answers are; x3 the other way round
        let cells: Vec<String> = (0..9)
            .map(|item| {
                let code = (3.0 + factors[item / 3] + 0.6 * normal()).round().clamp(1.0, 5.0);
                (if item == 2 { 6.0 - code } else { code }).to_string()
            })
            .collect();
        let _ = writeln!(text, "{}", cells.join(","));
    }
    let mut options = DraftOptions::new();
    options.explore = true;
    let draft = drafted(&folder.file("three.csv", text), &options);
    let of = |id: &str| draft.construct.item(id).unwrap();
    for own in [["x1", "x2", "x3"], ["x4", "x5", "x6"], ["x7", "x8", "x9"]] {
        assert!(own.iter().all(|id| of(id).dimension == of(own[0]).dimension), "{own:?}");
    }
    let reversed: Vec<&str> =
        draft.construct.items.iter().filter(|item| item.reverse).map(|item| item.id.as_str()).collect();
    assert_eq!(reversed, ["x3"]);
    checked(&folder, &draft);
}

#[test]
fn what_is_written_is_read_back() {
    let folder = Folder::new();
    let long = "é".repeat(100);
    let csv = format!("id,score a,ALL,score_a,text\n007,0.1,-3,1e300,{long}\n008,,4,0.30000000000000004,\n");
    let table = TableFile::from_csv(&csv).unwrap();
    let number = |cell: &psychometrics::data::formats::SheetCell| cell.to_string();
    for ending in ["sav", "xlsx"] {
        let path = folder.0.path().join(format!("t.{ending}"));
        table.write(&path).unwrap();
        let sheet = Sheet::read(&path, &SheetOptions::new()).unwrap();
        let columns: Vec<Vec<String>> =
            sheet.columns.iter().map(|column| column.values.iter().map(number).collect()).collect();
        assert_eq!(columns[0], ["007", "008"], "{ending}");
        assert_eq!(columns[1], ["0.1", ""], "{ending}");
        assert_eq!(columns[3][1], "0.30000000000000004", "{ending}");
        assert_eq!(columns[4], [long.as_str(), ""], "{ending}");
        if ending == "sav" {
            let names: Vec<&str> = sheet.columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(names, ["id", "score_a", "ALL_", "score_a_2", "text"]);
            assert_eq!(sheet.columns[1].label.as_deref(), Some("score a"));
        }
    }
    let wide = TableFile::from_csv(&format!("t\n{}\n", "x".repeat(256))).unwrap();
    assert!(wide.write(folder.0.path().join("w.sav")).unwrap_err().to_string().contains("256 bytes"));
    assert_eq!(table.write(folder.0.path().join("t.pdf")).unwrap_err().code(), "unsupported");
}

#[test]
fn bad_files_are_named_with_what_to_do() {
    let folder = Folder::new();
    let said = |name: &str, content: &[u8]| {
        let error = AnswerFile::open(folder.file(name, content), &AnswerOptions::default()).unwrap_err();
        assert!(error.is_input_fault(), "{name}");
        format!("{error} {}", error.hint())
    };
    let mut protected = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    protected.extend([0; 600]);
    protected.extend("EncryptedPackage".bytes().flat_map(|b| [b, 0]));
    for (name, content, words) in [
        ("p.xlsx", protected.as_slice(), "password"),
        ("page.csv", b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
        ("f.por", b"ASCII SPSS PORT FILE", ".sav"),
        ("f.pdf", b"%PDF-1.4", "PDF"),
        ("twice.csv", b"a,b,a\n1,2,3\n", "two columns are called 'a'"),
        ("empty.csv", b"", "empty"),
        ("cut.xlsx", b"PK\x03\x04 and nothing else", "workbook"),
    ] {
        let said = said(name, content);
        assert!(said.contains(words), "{name}: {said}");
    }
    // a question text with markup is no web page
    let markup = "Q1,Q2\n\"<table><b>A</b></table>\",2\nx,3\ny,4\nz,5\n";
    assert!(AnswerFile::open(folder.file("markup.csv", markup), &AnswerOptions::default()).is_ok());
    // a day where an answer should be
    let construct = Construct::from_toml(
        "construct.id = \"c\"\ndimensions = [{ id = \"d\" }]\n[scales.s]\npoints = [{ code = 1 }, { code = 2 }]\n\
         [[items]]\nid = \"q\"\ndimension = \"d\"\nscale = \"s\"\n",
    )
    .unwrap();
    let days = folder.file("days.csv", "q\n1\n2026-02-01\n");
    let error = Responses::read_from(&construct, days).unwrap_err().to_string();
    assert!(error.contains("row 3, column 'q': '2026-02-01'") && error.contains("date"), "{error}");
}

#[test]
fn ten_thousand_columns_are_read_and_drafted() {
    let folder = Folder::new();
    let names: Vec<String> = (0..10_000).map(|i| format!("q{i}")).collect();
    let mut text = names.join("|");
    text.push('\n');
    for row in 0..6 {
        let cells: Vec<String> = (0..10_000).map(|item| answer(row, item).to_string()).collect();
        let _ = writeln!(text, "{}", cells.join("|"));
    }
    let path = folder.file("wide.txt", text);
    assert_eq!(AnswerFile::open(&path, &AnswerOptions::default()).unwrap().items().len(), 10_000);
    assert_eq!(drafted(&path, &DraftOptions::new()).construct.items.len(), 10_000);
}

/// Two columns of one name, as when a form asks the same question twice: the draft reads them by their positions; what asks
/// for the name itself is told.
#[test]
fn two_columns_of_one_name_are_read_by_their_positions() {
    let folder = Folder::new();
    let mut text = String::from("id,q1,q2,q1,q3,team,team\n");
    for row in 0..30 {
        let of = |item| answer(row, item);
        let _ = writeln!(text, "r{row},{},{},{},{},a{},b{}", of(0), of(1), of(2), of(3), row % 2, row % 3);
    }
    let path = folder.file("twice.csv", &text);
    let draft = drafted(&path, &DraftOptions::default());
    let columns: Vec<_> = draft.construct.items.iter().map(|item| item.column.clone()).collect();
    assert_eq!(columns, [Some(ColumnRef::Position(2)), None, Some(ColumnRef::Position(4)), None]);
    assert!(draft.to_toml().contains("# two columns are called 'q1': this one is read by its position"));
    assert!(draft.left_out.iter().any(|what| what == "'team': another column has the same name"));
    assert!(draft.construct.data.as_ref().unwrap().groups.is_empty());
    checked(&folder, &draft);
    let read = Responses::read(&Construct::from_path(folder.0.path().join("draft.toml")).unwrap()).unwrap();
    let expected: Vec<f64> = (0..30).map(|row| answer(row, 2) as f64).collect();
    assert_eq!(read.values().column(2).to_vec(), expected);
    // by name it is told, and a name that stands there once is found
    let named = |columns: &[&str]| AnswerOptions {
        columns: columns.iter().map(ToString::to_string).collect(),
        ..AnswerOptions::default()
    };
    let error = AnswerFile::open(&path, &named(&["q1", "q2"])).unwrap_err();
    assert!(error.to_string().ends_with("two columns are called 'q1'"), "{error}");
    assert!(error.hint().contains("column = 2"), "{}", error.hint());
    assert_eq!(AnswerFile::open(&path, &named(&["q2", "q3"])).unwrap().items(), ["q2", "q3"]);
    assert!(AnswerFile::open(&path, &AnswerOptions::default()).is_err());
    let mut construct = draft.construct.clone();
    construct.items[0].column = None;
    let error = Responses::read_from(&construct, &path).unwrap_err();
    assert!(error.to_string().ends_with("two columns are called 'q1'"), "{error}");
}
