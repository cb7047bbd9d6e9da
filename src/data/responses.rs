//! The answers to a construct's items, keyed, with who gave them.

use super::grouping::Grouping;
use super::ledger::Ledger;
use crate::error::{Error, Result, nearest};
use ndarray::{Array2, ArrayView2, Axis};
use std::collections::BTreeMap;

/// An observed variable outside the construct, row by row.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let responses = Responses::read(&construct)?;
/// let first = &responses.variables()[0];
/// assert_eq!((first.id.as_str(), first.values[0]), ("hr_intervention", 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VariableValues {
    /// Id of the variable: its column.
    pub id: String,
    /// Its values; NaN is the mark of a missing one.
    pub values: Vec<f64>,
}

/// The answers of a group of respondents to the items of a construct.
///
/// Keys are applied here, once: a reversed item x is min + max - x with the ends of its declared
/// scale. A missing answer is NaN. All rows of the file are kept in their order, those without any
/// answer too (the [`Ledger`] counts them). An answer of someone who was not asked is set aside: it
/// is missing here and counted in the ledger.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]))
///     .dimension(Dimension::new("knowledge"))
///     .item(Item::new("kn_1", "knowledge", "agreement"))
///     .item(Item::new("kn_2", "knowledge", "agreement").reversed())
///     .build()?;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("responses.csv");
/// std::fs::write(&path, "kn_1,kn_2,remark\nagree,1,\n2,,\"well, ...\"\n").unwrap();
/// let responses = Responses::read_from(&construct, &path)?;
/// assert_eq!(responses.values().row(0).to_vec(), [3.0, 3.0]);
/// assert_eq!(responses.ledger().cells_empty, 1);
/// assert_eq!(responses.ledger().columns_not_used, ["remark"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Responses {
    pub(super) items: Vec<String>,
    pub(super) values: Array2<f64>,
    pub(super) respondents: Option<Vec<String>>,
    pub(super) groups: Vec<Grouping>,
    pub(super) cluster: Option<Grouping>,
    pub(super) variables: Vec<VariableValues>,
    /// Per dimension that was not put to everybody, who was asked.
    pub(super) asked: BTreeMap<String, Vec<bool>>,
    pub(super) ledger: Ledger,
    pub(super) sha256: Option<String>,
}

impl Responses {
    /// How many rows there are.
    pub fn n(&self) -> usize {
        self.values.nrows()
    }

    /// Ids of the items, in the order of the construct.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Keyed answers, rows x items; NaN is the mark of a missing one.
    pub fn values(&self) -> ArrayView2<'_, f64> {
        self.values.view()
    }

    /// The same of some rows, in the order given. Why their answers are missing is not told apart.
    pub(crate) fn of_rows(&self, rows: &[usize]) -> Self {
        let values = self.values.select(Axis(0), rows);
        let (n, answered) = (rows.len(), values.iter().filter(|x| !x.is_nan()).count());
        let used = values.rows().into_iter().filter(|row| row.iter().any(|x| !x.is_nan())).count();
        let ledger = Ledger {
            file: self.ledger.file.clone(),
            rows_read: n,
            rows_used: used,
            rows_without_answers: n - used,
            cells_read: values.len(),
            cells_answered: answered,
            cells_empty: values.len() - answered,
            ..Ledger::default()
        };
        let of = |flags: &Vec<bool>| rows.iter().map(|row| flags[*row]).collect();
        Self {
            items: self.items.clone(),
            respondents: self
                .respondents
                .as_ref()
                .map(|ids| rows.iter().map(|row| ids[*row].clone()).collect()),
            groups: self.groups.iter().map(|group| group.of_rows(rows)).collect(),
            cluster: self.cluster.as_ref().map(|cluster| cluster.of_rows(rows)),
            variables: self
                .variables
                .iter()
                .map(|variable| VariableValues {
                    id: variable.id.clone(),
                    values: rows.iter().map(|row| variable.values[*row]).collect(),
                })
                .collect(),
            asked: self.asked.iter().map(|(id, flags)| (id.clone(), of(flags))).collect(),
            values,
            ledger,
            sha256: self.sha256.clone(),
        }
    }

    /// Keyed answers to some items, rows x items in the order asked.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest item.
    pub fn of_items<S: AsRef<str>>(&self, items: &[S]) -> Result<Array2<f64>> {
        let position = |item: &S| {
            let item = item.as_ref();
            self.items.iter().position(|i| i == item).ok_or_else(|| Error::UnknownColumn {
                column: item.into(),
                source_name: "the items of the construct".into(),
                nearest: nearest(item, self.items.iter().map(String::as_str)),
                available: self.items.clone(),
            })
        };
        let columns = items.iter().map(position).collect::<Result<Vec<usize>>>()?;
        Ok(self.values.select(Axis(1), &columns))
    }

    /// The grouping variables of the construct, in its order.
    pub fn groups(&self) -> &[Grouping] {
        &self.groups
    }

    /// What respondents are nested in, where the construct names it.
    pub fn cluster(&self) -> Option<&Grouping> {
        self.cluster.as_ref()
    }

    /// The variables of the construct, in its order.
    pub fn variables(&self) -> &[VariableValues] {
        &self.variables
    }

    /// Ids of the respondents, row by row, where the construct names their column.
    pub fn respondents(&self) -> Option<&[String]> {
        self.respondents.as_deref()
    }

    /// Who was asked about a dimension, row by row; `None` when everybody was.
    pub fn asked(&self, dimension: &str) -> Option<&[bool]> {
        self.asked.get(dimension).map(Vec::as_slice)
    }

    /// What became of every row and cell.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// SHA-256 of the file in hexadecimal; `None` when the answers came from memory.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}
