//! Files as they come from elsewhere: what is read of them, what is refused, and that no damage of an SPSS file does more
//! than that.

use psychometrics::data::formats::{Absence, CellKind, Service, Sheet, SheetCell, SheetOptions};
use psychometrics::data::{CsvOptions, CsvSource, Dataset};
use std::path::PathBuf;
use tempfile::TempDir;

fn written(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn read(name: &str, content: &[u8]) -> Sheet {
    let (_folder, path) = written(name, content);
    Sheet::read(&path, &SheetOptions::new()).unwrap()
}

fn refusal(name: &str, content: &[u8]) -> String {
    let (_folder, path) = written(name, content);
    let error = Sheet::read(&path, &SheetOptions::new()).unwrap_err();
    format!("{error} {}", error.hint())
}

fn numbers(sheet: &Sheet, column: usize) -> Vec<Option<f64>> {
    let cells = sheet.columns[column].values.iter();
    cells.map(|cell| if let SheetCell::Number(number) = cell { Some(*number) } else { None }).collect()
}

fn tells(sheet: &Sheet, kind: &str) -> bool {
    sheet.ledger.iter().any(|line| line.kind == kind)
}

#[test]
fn a_file_has_one_notation_and_one_encoding() {
    let sheet = read(
        "excel.csv",
        b"sep=;\nid;Gr\xf6\xdfe;Gehalt;Tag\n1;1,5;1.234,50;03.02.2020\n2;2;999;31.12.2021\n",
    );
    assert_eq!(sheet.columns[1].name, "Größe");
    assert_eq!(numbers(&sheet, 1), [Some(1.5), Some(2.0)]);
    assert_eq!(numbers(&sheet, 2), [Some(1234.5), Some(999.0)]);
    assert_eq!(sheet.columns[3].kind, CellKind::Date);
    assert_eq!(sheet.columns[3].values[0], SheetCell::Text("2020-02-03".into()));
    for kind in ["sep_line", "encoding_assumed", "decimal_comma"] {
        assert!(tells(&sheet, kind), "{kind}");
    }
    // two notations are told, and the cells of the other stay texts
    let mixed = read("mixed.csv", b"id;a;b;c\n1;1,5;2,5;1.25\n2;2,5;3,5;2.75\n");
    assert!(tells(&mixed, "mixed_notation"));
    assert_eq!(mixed.columns[3].kind, CellKind::String);
    assert_eq!(numbers(&mixed, 1), [Some(1.5), Some(2.5)]);
}

#[test]
fn zeros_ahead_stay_and_missing_words_are_told() {
    let sheet = read("plain.csv", b"id,code,q\n1,007,3\n2,012,n/a\n3,100,\n");
    assert_eq!(sheet.columns[1].values[0], SheetCell::Text("007".into()));
    assert_eq!(numbers(&sheet, 2), [Some(3.0), None, None]);
    assert!(tells(&sheet, "missing_tokens"));
}

#[test]
fn services_are_recognised_and_overruled() {
    let content = b"ResponseId,Finished,Q1_1\nResponse ID,Finished,How much? - Work\n\"{\"\"ImportId\"\":\"\"_id\"\"}\",\"{}\",\"{\"\"ImportId\"\":\"\"QID1_1\"\"}\"\nR_1,1,4\nR_2,0,-99\n";
    let sheet = read("export.csv", content);
    assert!(sheet.recognised_as.starts_with("Qualtrics"), "{}", sheet.recognised_as);
    assert_eq!((sheet.rows, sheet.columns[2].label.as_deref()), (2, Some("How much? - Work")));
    let missing = sheet.columns[2].missing.as_ref().unwrap();
    assert_eq!(missing[1], Some(Absence::User(SheetCell::Number(-99.0))));
    let (_folder, path) = written("export.csv", content);
    let mut options = SheetOptions::new();
    options.service = Some(Service::None);
    assert_eq!(Sheet::read(&path, &options).unwrap().rows, 4);
}

#[test]
fn words_become_codes_with_a_line() {
    let sheet = read("words.csv", "a,b,c\nAgree,2 - No,Mee eens\nStrongly disagree,1 - Yes,Helemaal mee eens\nNeutral,2 - No,Mee oneens\n".as_bytes());
    let codes = |column: usize| -> Vec<String> {
        sheet.columns[column].codes.as_ref().unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(codes(0), ["4", "1", "3"]);
    assert_eq!(codes(1), ["2", "1", "2"]);
    assert_eq!(codes(2), ["4", "5", "2"]);
    assert!(tells(&sheet, "labels_mapped") && tells(&sheet, "code_and_label_cells"));
}

#[test]
fn what_is_no_table_is_named_with_what_to_do() {
    for (name, content, word) in [
        ("a.csv", &b"<!DOCTYPE html><html><body>Log in</body></html>"[..], "web page"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"id,q1\n", "no rows"),
        ("a.sav", b"$FX2 damaged\0\0\0", "SPSS"),
        ("a.por", b"ASCII SPSS PORT FILE", "header"),
        ("a.csv", b"id,q1\n1,2,3\n", "row 2"),
        ("a.csv", b"1,2\n3,4\n", "names"),
    ] {
        let said = refusal(name, content);
        assert!(said.contains(word), "{said}");
    }
}

/// Answers whose words differ in case only are one word of a known scale, and that is told; in a column of other words they are
/// several, and that is told too.
#[test]
fn words_that_differ_in_case_only_are_told() {
    let words = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"];
    let mut text = "id,q1,q2,q3,team\n".to_string();
    for i in 0..30 {
        let word = |j: usize| match (i * 3 + j) % 11 {
            0 => words[(i + j) % 5].to_uppercase(),
            1 => words[(i + j) % 5].to_lowercase(),
            _ => words[(i + j) % 5].to_string(),
        };
        let team = ["North", "north", "South"][i % 3];
        text += &format!("r{i},{},{},{},{team}\n", word(0), word(1), word(2));
    }
    let sheet = read("a.csv", text.as_bytes());
    let codes: Vec<String> =
        sheet.columns[1].codes.as_ref().unwrap().iter().map(ToString::to_string).collect();
    let expected: Vec<String> = (0..30).map(|i| (i % 5 + 1).to_string()).collect();
    assert_eq!(codes, expected);
    let told = |column: &str| {
        let own = |line: &&psychometrics::data::formats::SheetNote| line.column.as_deref() == Some(column);
        let line = sheet.ledger.iter().filter(|line| line.kind == "label_spellings").find(own);
        line.unwrap_or_else(|| panic!("{column} is told")).message.clone()
    };
    assert!(told("q1").contains("taken as one word"), "{}", told("q1"));
    assert!(
        told("team").contains("'North', 'north'") && told("team").contains("different words"),
        "{}",
        told("team")
    );
}

/// A portable file of one number and one text, in lines that lost their spaces at the end.
fn portable_file(answers: &str) -> String {
    let table = format!(
        "{}0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'=\"",
        "0".repeat(64)
    );
    let splash = format!("{:<40}", "ASCII SPSS PORT FILE").repeat(5);
    let dictionary = "A8/202611271/042/70/2/Q15/8/0/5/8/0/89/C7/Overall78/4/TEAM1/8/0/1/8/0/C4/Team";
    let labels = "D1/2/Q12/1/3/Low5/4/HighF";
    let whole = format!("{splash}{table:0<256}SPSSPORT{dictionary}{labels}{answers}");
    let lines = whole.as_bytes().chunks(80).map(|line| String::from_utf8(line.to_vec()).unwrap());
    lines.map(|line| line.trim_end().to_string() + "\r\n").collect()
}

#[test]
#[cfg(feature = "sav")]
fn a_portable_file_has_its_numbers_to_the_base_of_thirty() {
    let (_folder, path) =
        written("a.por", portable_file("1/5/north-.F/6/south 9/1/ *.1/x1.2+1/1/yZZZZ").as_bytes());
    let sheet = Sheet::read(&path, &SheetOptions::default()).unwrap();
    assert_eq!(sheet.rows, 5);
    let shown: Vec<String> = sheet.columns[0].values.iter().map(ToString::to_string).collect();
    // -.F is -15 / 30; 1.2+1 is (1 + 2 / 30) * 30; *. is the missing one
    assert_eq!(shown, ["1", "-0.5", "9", "", "32"]);
    let teams: Vec<String> = sheet.columns[1].values.iter().map(ToString::to_string).collect();
    assert_eq!(teams, ["north", "south", "", "x", "y"]);
    assert_eq!(sheet.columns[0].label.as_deref(), Some("Overall"));
    assert_eq!(sheet.columns[0].value_labels[1].label, "High");
    assert_eq!(sheet.columns[0].missing.as_ref().unwrap()[2], Some(Absence::User(SheetCell::Number(9.0))));
    assert!(tells(&sheet, "user_missing") && tells(&sheet, "system_missing"));
    // cut anywhere, it is an error with the place, or a table of whole rows; never a panic
    let whole = portable_file("1/5/north-.F/6/south 9/1/ *.1/x1.2+1/1/yZZZZ");
    for end in 0..whole.len() - 5 {
        let (_folder, path) = written("a.por", &whole.as_bytes()[..end]);
        assert!(Sheet::read(&path, &SheetOptions::default()).is_err(), "{end}");
    }
}

/// A system file: two numbers with labels and a missing code, a text of eight bytes, three rows.
fn system_file(compressed: bool) -> Vec<u8> {
    let mut file = b"$FL2".to_vec();
    let int = |file: &mut Vec<u8>, numbers: &[i32]| numbers.iter().for_each(|n| file.extend(n.to_le_bytes()));
    let float = |file: &mut Vec<u8>, number: f64| file.extend(number.to_le_bytes());
    file.extend([b' '; 60]);
    int(&mut file, &[2, 3, i32::from(compressed), 0, 3]);
    float(&mut file, 100.0);
    file.extend([b' '; 84]);
    for (name, width, missing) in [(b"Q1      ", 0, 1), (b"Q2      ", 0, 0), (b"TEAM    ", 8, 0)] {
        int(&mut file, &[2, width, 1, missing, 0x0005_0800, 0x0005_0800]);
        file.extend(name);
        int(&mut file, &[5]);
        file.extend(b"Label\0\0\0");
        if missing == 1 {
            float(&mut file, 9.0);
        }
    }
    int(&mut file, &[3, 1]);
    float(&mut file, 1.0);
    file.extend(b"\x03low\0\0\0\0");
    int(&mut file, &[4, 1, 1]);
    int(&mut file, &[7, 20, 1, 5]);
    file.extend(b"UTF-8");
    int(&mut file, &[7, 13, 1, 17]);
    file.extend(b"Q1=first\tQ2=other");
    int(&mut file, &[999, 0]);
    if compressed {
        // 101 is 1, 109 is 9, 255 system missing, 254 blanks, 253 a cell that follows
        file.extend([101, 255, 253, 109, 102, 254, 103, 103]);
        file.extend(b"north   ");
        file.extend([254, 252, 0, 0, 0, 0, 0, 0]);
    } else {
        for (first, second, text) in
            [(1.0, -f64::MAX, b"north   "), (9.0, 2.0, b"        "), (3.0, 3.0, b"        ")]
        {
            float(&mut file, first);
            float(&mut file, second);
            file.extend(text);
        }
    }
    file
}

#[test]
fn a_system_file_keeps_labels_and_missing_codes() {
    for compressed in [false, true] {
        let sheet = read("a.sav", &system_file(compressed));
        let names: Vec<&str> = sheet.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["first", "other", "TEAM"]);
        assert_eq!(numbers(&sheet, 0), [Some(1.0), Some(9.0), Some(3.0)]);
        assert_eq!(numbers(&sheet, 1), [None, Some(2.0), Some(3.0)]);
        assert_eq!(sheet.columns[2].values[0], SheetCell::Text("north".into()));
        assert_eq!(sheet.columns[0].value_labels[0].label, "low");
        let line = sheet.ledger.iter().find(|line| line.kind == "user_missing").unwrap();
        assert_eq!((line.column.as_deref(), line.count), (Some("first"), Some(1)));
        assert_eq!(line.code, Some(SheetCell::Number(9.0)));
    }
}

/// A system file of so many rows (1 to 5 with a 9 at every tenth, the row, `north`) that are not packed, packed by codes, or in
/// blocks of zlib; with or without its encoding.
fn long_file(form: u8, rows: usize, says_encoding: bool) -> Vec<u8> {
    let short = system_file(form > 0);
    let end = short.windows(8).position(|own| own == [231, 3, 0, 0, 0, 0, 0, 0]).unwrap() + 8;
    let mut file = short[..end].to_vec();
    file[3] = if form == 2 { b'3' } else { b'2' };
    file[72] = form;
    file[80..84].copy_from_slice(&(rows as i32).to_le_bytes());
    if !says_encoding {
        let at = file.windows(5).position(|own| own == b"UTF-8").unwrap();
        file[at - 12] = 99; // a record that nobody knows
    }
    let code = |row: usize| if row % 10 == 9 { 9.0 } else { (row % 5 + 1) as f64 };
    let mut cases: Vec<u8> = Vec::new();
    for row in 0..rows {
        if form == 0 {
            cases.extend(code(row).to_le_bytes());
            cases.extend((row as f64).to_le_bytes());
            cases.extend(b"north   ");
        } else {
            // a row to a group of codes: a small number, a number and a text that follow, and nothing
            cases.extend([100 + code(row) as u8, 253, 253, 0, 0, 0, 0, 0]);
            cases.extend((row as f64).to_le_bytes());
            cases.extend(b"north   ");
        }
    }
    if form < 2 {
        file.extend(cases);
        return file;
    }
    let start = file.len() as i64;
    let packed: Vec<(usize, Vec<u8>)> = cases
        .chunks(100_000)
        .map(|block| {
            let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packer, block).unwrap();
            (block.len(), packer.finish().unwrap())
        })
        .collect();
    let total: usize = packed.iter().map(|(_, block)| block.len()).sum();
    let trailer = start + 24 + total as i64;
    [start, trailer, 24 + 24 * packed.len() as i64].iter().for_each(|n| file.extend(n.to_le_bytes()));
    packed.iter().for_each(|(_, block)| file.extend(block));
    [-100_i64, 0].iter().for_each(|n| file.extend(n.to_le_bytes()));
    [100_000_i32, packed.len() as i32].iter().for_each(|n| file.extend(n.to_le_bytes()));
    let (mut unpacked, mut place) = (start, start + 24);
    for (length, block) in &packed {
        [unpacked, place].iter().for_each(|n| file.extend(n.to_le_bytes()));
        [*length as i32, block.len() as i32].iter().for_each(|n| file.extend(n.to_le_bytes()));
        unpacked += *length as i64;
        place += block.len() as i64;
    }
    file
}

#[test]
fn a_long_system_file_is_read_piece_by_piece() {
    // pieces end within rows, groups of codes, cells and blocks
    const ROWS: usize = 30_011;
    let nines = ROWS / 10;
    let answers: f64 = (0..ROWS).filter(|row| row % 10 != 9).map(|row| (row % 5 + 1) as f64).sum();
    for (form, says) in [(0, true), (1, true), (2, true), (0, false), (2, false)] {
        let (_folder, path) = written("a.sav", &long_file(form, ROWS, says));
        let numbers = CsvOptions { columns: vec!["first".into(), "other".into()], ..CsvOptions::default() };
        let source = CsvSource::open(&path, &numbers).unwrap();
        let told = source.told().join("; ");
        assert_eq!(told.contains("does not say its encoding: read as UTF-8"), !says, "{told}");
        // once more from the start, as often as it is asked for
        for _ in 0..2 {
            let add = |all: &mut Vec<[f64; 2]>, rows: ndarray::ArrayView2<'_, f64>| {
                all.extend(rows.outer_iter().map(|row| [row[0], row[1]]));
            };
            let all = source.fold(Vec::new, add, |all, mut later| all.append(&mut later)).unwrap();
            let first: Vec<f64> = all.iter().map(|row| row[0]).filter(|x| !x.is_nan()).collect();
            assert_eq!((all.len(), first.len(), first.iter().sum::<f64>()), (ROWS, ROWS - nines, answers));
            assert!(all.iter().enumerate().all(|(at, row)| row[1] == at as f64));
        }
        let data = Dataset::read(&path, &CsvOptions::default()).unwrap();
        assert!(data.labels("TEAM").unwrap().iter().all(|team| team.as_deref() == Some("north")));
        let sheet = Sheet::read(&path, &SheetOptions::default()).unwrap();
        let line = sheet.ledger.iter().find(|line| line.kind == "user_missing").unwrap();
        assert_eq!((sheet.rows, line.count), (ROWS, Some(nines)));
    }
}

#[test]
fn a_long_system_file_that_is_damaged_late_is_told_before_anything_is_computed() {
    let whole = long_file(0, 30_000, true);
    let (_folder, path) = written("a.sav", &whole[..whole.len() - 30]);
    let source = CsvSource::open(&path, &CsvOptions::default()).unwrap();
    let told = source.told().join("; ");
    assert!(told.contains("the data end within row 29999: the 29998 whole rows"), "{told}");
    let mut packed = long_file(2, 30_000, true);
    let blocks = 30_000 * 24 / 100_000 + 1;
    let last = packed.len() - 24 - 24 * blocks - 9;
    packed[last] ^= 0xff;
    let (_folder, path) = written("b.zsav", &packed);
    let error = CsvSource::open(&path, &CsvOptions::default()).unwrap_err();
    assert!(error.to_string().contains("cannot be unpacked"), "{error}");
}

/// How many of 2,000 damaged files are read and refused: never a panic, never columns of different length, always a remedy.
fn damaged(name: &str, whole: impl Fn(usize) -> Vec<u8>) -> (usize, usize) {
    let mut state = 20_260_601_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let (mut read, mut refused) = (0, 0);
    for round in 0..2000 {
        let mut file = whole(round);
        for _ in 0..=next(4) {
            let at = next(file.len());
            file[at] = [0, 255, 127, 128, next(256) as u8][next(5)];
        }
        if next(4) == 0 {
            file.truncate(next(file.len()));
        }
        std::fs::write(&path, &file).unwrap();
        match Sheet::read(&path, &SheetOptions::new()) {
            Ok(sheet) => {
                assert!(sheet.columns.iter().all(|column| column.values.len() == sheet.rows));
                read += 1;
            }
            Err(error) => {
                assert!(!error.hint().is_empty());
                refused += 1;
            }
        }
    }
    (read, refused)
}

#[test]
fn a_damaged_system_file_is_refused_or_read_never_more() {
    let (read, refused) = damaged("a.sav", |round| system_file(round % 2 == 0));
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}

#[test]
fn a_damaged_portable_file_is_refused_or_read_never_more() {
    let file = portable_file("1/5/north-.F/6/south 9/1/ *.1/x1.2+1/1/yZZZZ").into_bytes();
    let (read, refused) = damaged("a.por", |_| file.clone());
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}

#[test]
#[cfg(all(feature = "xlsx", feature = "tables"))]
fn merged_cells_and_an_empty_sheet_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("answers").unwrap();
    for (column, name) in ["id", "team", "q1"].iter().enumerate() {
        sheet.write_string(0, column as u16, *name).unwrap();
    }
    for row in 1..=4 {
        sheet.write_number(row, 0, f64::from(row)).unwrap();
        sheet.write_number(row, 2, f64::from(row % 3 + 1)).unwrap();
    }
    sheet.merge_range(1, 1, 3, 1, "north", &rust_xlsxwriter::Format::new()).unwrap();
    sheet.write_string(4, 1, "south").unwrap();
    book.add_worksheet().set_name("nothing").unwrap();
    book.save(&path).unwrap();
    let sheet = Sheet::read(&path, &SheetOptions::new()).unwrap();
    let line = sheet.ledger.iter().find(|line| line.kind == "merged_cells").expect("merged cells are told");
    assert_eq!(line.count, Some(2));
    assert!(line.message.contains("row 2 of column 2 to row 4 of column 2"), "{}", line.message);
    let mut options = SheetOptions::new();
    options.sheet = Some("nothing".into());
    let error = Sheet::read(&path, &options).unwrap_err();
    assert!(error.to_string().contains("the sheet 'nothing' is empty"), "{error}");
    assert!(error.hint().contains("answers"), "{}", error.hint());
}
