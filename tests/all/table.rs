//! Data and reference numbers that the tests read.

use ndarray::Array2;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Columns of a data file of the tests, rows as respondents; an empty field is NaN.
pub(crate) fn columns(file: &str, names: &[String]) -> Array2<f64> {
    let folder = if file == "hs.csv" { "data/holzinger_swineford_1939" } else { "tests/data" };
    let mut reader = csv::Reader::from_path(root().join(folder).join(file)).unwrap();
    let headers = reader.headers().unwrap().clone();
    let position = |name: &String| headers.iter().position(|header| header == name).unwrap();
    let positions: Vec<usize> = names.iter().map(position).collect();
    let mut values = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        values.extend(positions.iter().map(|&p| match &record[p] {
            "" | "NA" => f64::NAN,
            text => text.parse().unwrap(),
        }));
    }
    Array2::from_shape_vec((values.len() / names.len(), names.len()), values).unwrap()
}

/// A file of reference numbers.
pub(crate) fn reference(file: &str) -> Value {
    let text = std::fs::read_to_string(root().join("tests/reference").join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A list of strings.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_string()).collect()
}

/// Differences are collected, so that one run shows all of them.
#[derive(Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    pub(crate) fn compare(
        &mut self,
        what: &str,
        ours: Option<f64>,
        theirs: &Value,
        absolute: f64,
        relative: f64,
    ) {
        let far = match (ours, theirs.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() > absolute.max(relative * b.abs()),
            (None, None) => false,
            _ => true,
        };
        if far {
            self.0.push(format!("{what}: ours {ours:?}, lavaan {theirs}"));
        }
    }

    pub(crate) fn note(&mut self, what: String) {
        self.0.push(what);
    }

    pub(crate) fn assert_none(self) {
        assert!(self.0.is_empty(), "{} differences\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}
