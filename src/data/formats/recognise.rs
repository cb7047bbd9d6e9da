//! What a file is, by its first bytes; and what to export in the place of one that cannot be read.

use super::refusal::refused;
use crate::error::{Error, Result};
use std::path::Path;

/// A kind of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workbook {
    Excel,
    OldExcel,
    OpenDocument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Sav,
    Portable,
    Stata,
    Parquet,
    Workbook(Workbook),
    Text,
}

const SAVE_AGAIN: &str = "Save it as .csv, .xlsx or .sav in the program it comes from.";

/// # Errors
/// [`Error::OtherFormat`] for what is not a table of answers, with what to do.
pub(crate) fn kind_of(path: &Path, content: &[u8]) -> Result<FileKind> {
    let start = &content[..content.len().min(4096)];
    let has = |word: &[u8]| start.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    let named = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    if start.trim_ascii().is_empty() {
        return Err(refused(path, "the file is empty", "Export the answers once more."));
    }
    if is_system_file(start) {
        return Ok(FileKind::Sav);
    }
    if start.starts_with(b"<stata_dta>") || (named == "dta" && matches!(start[0], 102..=115)) {
        return Ok(FileKind::Stata);
    }
    if start.starts_with(b"PAR1") {
        return Ok(FileKind::Parquet);
    }
    if start.starts_with(b"PK\x03\x04") {
        let open = has(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet");
        return Ok(FileKind::Workbook(if open { Workbook::OpenDocument } else { Workbook::Excel }));
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // an encrypted workbook is a compound file with these streams (names in UTF-16)
        let wide: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
        if content.windows(wide.len()).any(|w| w == wide) {
            let remedy = "Open it, remove the password (File, Info, Protect Workbook) and save it again.";
            return Err(refused(path, "the workbook is protected with a password", remedy));
        }
        return Ok(FileKind::Workbook(Workbook::OldExcel));
    }
    // its mark stands after five lines, wherever these are broken
    let unbroken: Vec<u8> = start.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).take(464).collect();
    if unbroken.ends_with(b"SPSSPORT") || has(b"SPSSPORT") || (named == "por" && has(b"SPSS PORT FILE")) {
        return Ok(FileKind::Portable);
    }
    let markup = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start().starts_with(b"<");
    if markup && (has(b"<!doctype html") || has(b"<html") || has(b"<table")) {
        let what = "this is a web page, not a table of answers (a page of login or an error, or a table saved as HTML)";
        return Err(refused(path, what, "Download the export once more while logged in, as CSV or .xlsx."));
    }
    if start.starts_with(b"%PDF") {
        return Err(refused(path, "this is a PDF document", SAVE_AGAIN));
    }
    if matches!(named.as_str(), "sav" | "zsav") && (start.starts_with(b"$FL") || is_binary(start)) {
        let what = "the file does not begin as an SPSS system file ($FL2 or $FL3 at byte 0)";
        return Err(refused(path, what, "Get the file once more, or save it again in SPSS as .sav."));
    }
    let marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    if is_binary(start) && !marked {
        let what = "this is not a text, nor one of the files that are known (.sav, .zsav, .xlsx, .ods, .csv)";
        return Err(refused(path, what, SAVE_AGAIN));
    }
    Ok(FileKind::Text)
}

/// Whether a file that begins so is a system file of SPSS.
pub(crate) fn is_system_file(start: &[u8]) -> bool {
    start.starts_with(b"$FL2") || start.starts_with(b"$FL3")
}

fn is_binary(start: &[u8]) -> bool {
    start.iter().any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31))
}

/// A kind that this build does not read.
pub(crate) fn not_built(path: &Path, kind: FileKind) -> Error {
    let (what, remedy) = match kind {
        FileKind::Stata => (
            "Stata files (.dta) are not read by this build",
            "Save it as CSV ('export delimited using answers.csv, nolabel') or, in R or SPSS, as .sav, which keeps labels.",
        ),
        FileKind::Parquet => (
            "Parquet files need the feature 'parquet'",
            "Build with --features parquet, or write it as CSV (in Python: 'pandas.read_parquet(file).to_csv(...)').",
        ),
        FileKind::Portable => (
            "this is an SPSS portable file (.por): SPSS files need the feature 'sav'",
            "Build with --features sav, or save it as CSV.",
        ),
        FileKind::Sav => {
            ("SPSS files need the feature 'sav'", "Build with --features sav, or save it as CSV.")
        }
        _ => ("workbooks need the feature 'xlsx'", "Build with --features xlsx, or save it as CSV."),
    };
    refused(path, what, remedy)
}

/// A file whose name promises something else than it is.
pub(crate) fn other_name(extension: &str, recognised: &str) -> Option<String> {
    let promised = match extension {
        "sav" | "zsav" | "por" => "SPSS",
        "xlsx" | "xlsm" | "xls" => "Excel",
        "ods" => "OpenDocument",
        "csv" | "tsv" | "txt" => "",
        _ => return None,
    };
    let holds_table = ["SPSS", "Excel", "OpenDocument"].iter().any(|word| recognised.starts_with(word));
    let differs = if promised.is_empty() {
        holds_table
    } else {
        !recognised.contains(promised) && !recognised.contains("workbook")
    };
    differs.then(|| format!("the name ends in .{extension}, but the file is: {recognised}"))
}
