//! Answers from memory: the same as from a file, by the same checks.

use super::cell::MissingCodes;
use super::faults::Faults;
use super::header::Header;
use super::memory_table::MemoryTable;
use super::response_reading::only_items;
use super::response_rows::{Plan, ResponseRows};
use super::responses::Responses;
use super::value::Value;
use crate::construct::{Construct, DataSource};
use crate::error::{Error, Result, nearest};
use ndarray::{ArrayBase, Data, Ix2};

impl Responses {
    /// Starts to put together the answers to a construct's items from memory.
    pub fn builder(construct: &Construct) -> ResponsesBuilder<'_> {
        ResponsesBuilder {
            construct,
            table: MemoryTable::default(),
            claims: Vec::new(),
            respondents: None,
            to_be_scored: false,
        }
    }
}

/// Puts together the answers to a construct's items from memory.
///
/// What comes of it is what [`Responses::read_from`] makes of a file with the same cells: labels become codes, missing codes
/// are missing, keys are applied, who was not asked is set aside, and the [`Ledger`](super::Ledger) counts everything. Values
/// are numbers, texts, `Option` of them, or [`Value`]s where a row mixes kinds; `None` is counted as an empty cell. NaN is
/// refused unless [`nan_is_missing`](Self::nan_is_missing) is called: then it is counted as an empty cell, too.
///
/// Columns come one by one by their role ([`item`](Self::item), [`respondents`](Self::respondents), [`group`](Self::group),
/// [`cluster`](Self::cluster), [`asked_of`](Self::asked_of), [`variable`](Self::variable)), where a name that the construct
/// does not know is an error; or as a table like a file ([`columns`](Self::columns), [`rows`](Self::rows),
/// [`array`](Self::array), and record batches with the feature `arrow`), where the construct says which columns have a role,
/// and the ledger names the others. Both may be mixed; all columns must have the same rows. Nothing is checked before
/// [`build`](Self::build). Rows are numbered from 1 in errors.
///
/// ```
/// use psychometrics::construct::{Construct, DataSource, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]))
///     .dimension(Dimension::new("knowledge"))
///     .item(Item::new("kn_1", "knowledge", "agreement"))
///     .item(Item::new("kn_2", "knowledge", "agreement").reversed())
///     .data(DataSource { groups: vec!["role".into()], ..DataSource::default() })
///     .build()?;
/// let responses = Responses::builder(&construct)
///     .respondents([101, 102, 103])
///     .group("role", ["nurse", "doctor", "nurse"])
///     .item("kn_1", ["Agree", "2", "disagree"])
///     .item("kn_2", [Some(1), Some(2), None])
///     .build()?;
/// assert_eq!(responses.values().row(0).to_vec(), [3.0, 3.0]);
/// assert_eq!(responses.respondents().unwrap()[2], "103");
/// assert_eq!(responses.groups()[0].levels, ["nurse", "doctor"]);
/// assert_eq!(responses.ledger().cells_empty, 1);
///
/// // an answer that the scale does not know is named with its row and item
/// let error = Responses::builder(&construct)
///     .rows(["role", "kn_1", "kn_2"], [["nurse", "1", "4"]])
///     .build()
///     .unwrap_err();
/// assert!(error.to_string().contains("row 1, column 'kn_2': '4' is not on the scale 'agreement'"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is read before `build`"]
pub struct ResponsesBuilder<'a> {
    construct: &'a Construct,
    pub(super) table: MemoryTable,
    /// What columns were said to be.
    claims: Vec<(Role, String)>,
    /// Name of the column of ids that was given.
    respondents: Option<String>,
    to_be_scored: bool,
}

/// What a column was said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Item,
    Variable,
    Group,
    Cluster,
    AskedOf,
}

/// Name of the column of ids where the construct gives none.
const RESPONDENT: &str = "respondent";

impl<'a> ResponsesBuilder<'a> {
    /// Ids of the respondents; no two may be alike. The construct need not name their column.
    pub fn respondents(mut self, ids: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        let named = self.construct.data.as_ref().and_then(|data| data.respondent.clone());
        let name = named.unwrap_or_else(|| RESPONDENT.into());
        self.respondents = Some(name.clone());
        self.table.add(name, ids);
        self
    }

    /// Answers to an item: codes or labels of its scale, missing codes, or nothing.
    pub fn item(self, id: impl Into<String>, answers: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.claimed(Role::Item, id.into(), answers)
    }

    /// Values of a variable that the construct declares: numbers, missing codes, or nothing.
    pub fn variable(self, id: impl Into<String>, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.claimed(Role::Variable, id.into(), values)
    }

    /// Labels of a grouping variable that the construct names.
    pub fn group(self, name: impl Into<String>, labels: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.claimed(Role::Group, name.into(), labels)
    }

    /// Labels of what respondents are nested in, by the name that the construct gives it.
    pub fn cluster(
        self,
        name: impl Into<String>,
        labels: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.claimed(Role::Cluster, name.into(), labels)
    }

    /// Labels of a variable that tells who was asked about a dimension (its `asked_of`). Where it is a group, too, it is
    /// given once, as either.
    pub fn asked_of(
        self,
        variable: impl Into<String>,
        labels: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.claimed(Role::AskedOf, variable.into(), labels)
    }

    fn claimed(
        mut self,
        role: Role,
        name: String,
        values: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.claims.push((role, name.clone()));
        self.table.add(name, values);
        self
    }

    /// Columns of a table, each with its name. A column that the construct does not use is named in the ledger.
    pub fn columns<N: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = (N, impl IntoIterator<Item = impl Into<Value>>)>,
    ) -> Self {
        columns.into_iter().for_each(|(name, values)| self.table.add(name.into(), values));
        self
    }

    /// Rows of a table, each with a value for each of the names. A column that the construct does not use is named in the
    /// ledger.
    pub fn rows<N: Into<String>, V: Into<Value>>(
        mut self,
        names: impl IntoIterator<Item = N>,
        rows: impl IntoIterator<Item = impl IntoIterator<Item = V>>,
    ) -> Self {
        self.table.add_rows(names.into_iter().map(Into::into).collect(), rows);
        self
    }

    /// An array or view of rows x names.
    pub fn array<N: Into<String>, S: Data<Elem: Clone + Into<Value>>>(
        mut self,
        names: impl IntoIterator<Item = N>,
        values: ArrayBase<S, Ix2>,
    ) -> Self {
        self.table.add_array(names.into_iter().map(Into::into).collect(), &values);
        self
    }

    /// Answers to all items, in the order of the construct: an array or view of rows x items.
    ///
    /// ```
    /// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
    /// use psychometrics::data::Responses;
    /// let construct = Construct::builder("c")
    ///     .scale(ResponseScale::range("five", 1, 5))
    ///     .dimension(Dimension::new("d"))
    ///     .item(Item::new("q", "d", "five").reversed())
    ///     .build()?;
    /// let answers = ndarray::array![[2.0], [f64::NAN]];
    /// let responses = Responses::builder(&construct).answers(answers).nan_is_missing().build()?;
    /// assert_eq!(responses.values()[(0, 0)], 4.0);
    /// assert_eq!(responses.ledger().cells_empty, 1);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn answers<S: Data<Elem: Clone + Into<Value>>>(self, answers: ArrayBase<S, Ix2>) -> Self {
        let items: Vec<String> = self.construct.items.iter().map(|item| item.id.clone()).collect();
        self.array(items, answers)
    }

    /// Takes NaN as missing, counted in the ledger as an empty cell. Otherwise NaN is an error.
    pub fn nan_is_missing(mut self) -> Self {
        self.table.set_nan_is_missing();
        self
    }

    /// The answers are those of new respondents, or of one, to be scored: as [`Responses::read_new`], items and ids are
    /// enough, nobody is left out of a dimension, and an item may be without any answer.
    ///
    /// ```
    /// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
    /// use psychometrics::data::Responses;
    /// let construct = Construct::builder("c")
    ///     .scale(ResponseScale::range("five", 1, 5))
    ///     .dimension(Dimension::new("d"))
    ///     .items(["q1", "q2"].map(|id| Item::new(id, "d", "five")))
    ///     .build()?;
    /// let one = |answers: [Option<i32>; 2]| Responses::builder(&construct).rows(["q1", "q2"], [answers]);
    /// let skipped = one([Some(4), None]);
    /// assert_eq!(skipped.clone().build().unwrap_err().code(), "empty_column");
    /// assert_eq!(skipped.to_be_scored().build()?.ledger().cells_answered, 1);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn to_be_scored(mut self) -> Self {
        self.to_be_scored = true;
        self
    }

    /// The responses, when everything fits.
    ///
    /// # Errors
    /// - [`Error::NothingMeasured`]: the construct has no items.
    /// - [`Error::UnknownReference`]: an item, variable, group, cluster or `asked_of` that the construct does not have; or none
    ///   of the values of an `asked_of` occurs.
    /// - [`Error::UnequalLength`]: a column or row is longer or shorter than the others.
    /// - [`Error::WrongSize`]: an array has not as many columns as there are names.
    /// - [`Error::DuplicateColumn`]: a column is given twice.
    /// - [`Error::TooFewRows`]: there is no row.
    /// - [`Error::UnknownColumn`]: an item, or a column with a role, is not given.
    /// - [`Error::NotANumber`]: NaN, where nobody said that it is missing; [`Error::NotFinite`]: an infinite value.
    /// - [`Error::BadCells`]: all answers off their scale, variables that are no numbers and empty respondent ids, together.
    /// - [`Error::DuplicateRespondent`]: an id occurs twice.
    /// - [`Error::EmptyColumn`]: an item or a variable without a single value, unless the answers are
    ///   [to be scored](Self::to_be_scored).
    /// - [`Error::AmbiguousScale`]: a missing code of the data is a point of a scale.
    pub fn build(self) -> Result<Responses> {
        let n = self.table.check()?;
        self.check_claims()?;
        let mut own = if self.to_be_scored {
            only_items(self.construct, self.table.names())
        } else {
            self.construct.clone()
        };
        if let Some(respondent) = self.respondents {
            own.data.get_or_insert_with(DataSource::default).respondent = Some(respondent);
        }
        let codes = own.data.iter().flat_map(|data| data.missing_codes.iter().map(String::as_str));
        let (table, missing) = (&self.table, &MissingCodes::new(codes));
        let plan = Plan::new(
            &own,
            Header { names: table.names(), questions: &[], source: table.source(), missing },
        )?;
        let not_used = plan.columns_not_used();
        table.check_kinds(|name| !name.is_empty() && !not_used.contains(name))?;
        let mut rows = ResponseRows::new(&plan);
        let mut faults = Faults::default();
        (0..n).for_each(|row| rows.row(row + 1, |column| table.cell(row, column), &mut faults));
        faults.into_result(table.source())?;
        Responses::of_rows_read(&own, &plan, rows, !self.to_be_scored)
    }

    /// Whether the construct has what columns were said to be.
    fn check_claims(&self) -> Result<()> {
        let construct = self.construct;
        for (role, name) in &self.claims {
            let data = construct.data.iter();
            let (kind, known): (_, Vec<&str>) = match role {
                Role::Item => ("item", construct.items.iter().map(|item| item.id.as_str()).collect()),
                Role::Variable => ("variable", construct.variables.iter().map(|v| v.id.as_str()).collect()),
                Role::Group => ("group", data.flat_map(|d| d.groups.iter().map(String::as_str)).collect()),
                Role::Cluster => ("cluster", data.filter_map(|d| d.cluster.as_deref()).collect()),
                Role::AskedOf => {
                    let asked_of = construct.dimensions.iter().filter_map(|d| d.asked_of.as_ref());
                    ("'asked_of' variable", asked_of.map(|asked| asked.variable.as_str()).collect())
                }
            };
            if !known.contains(&name.trim()) {
                return Err(Error::UnknownReference {
                    from: "a column from memory".into(),
                    kind: kind.into(),
                    to: name.clone(),
                    nearest: nearest(name, known),
                });
            }
        }
        Ok(())
    }
}
