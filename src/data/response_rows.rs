//! Rows of answers while they are read: which column is what, and what was found.

use super::answers::{Answer, AnswerReader};
#[cfg(feature = "files")]
use super::blocks::Record;
use super::cell::{Cell, RawCell, why_no_number};
#[cfg(feature = "files")]
use super::csv_pass::Gather;
use super::faults::Faults;
use super::grouping::{Grouping, LabelColumn};
use super::header::Header;
use crate::construct::{AskedOf, Construct, same_label};
use crate::error::{Error, Result, nearest};
use std::collections::BTreeMap;

/// What every column of a table is to the construct.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    header: Header<'a>,
    items: Vec<ItemColumn<'a>>,
    /// Columns read as labels, each once.
    labels: Vec<(&'a str, usize)>,
    respondent: Option<usize>,
    variables: Vec<(&'a str, usize)>,
    restricted: Vec<Restricted<'a>>,
}

#[derive(Debug)]
struct ItemColumn<'a> {
    id: &'a str,
    column: usize,
    reader: AnswerReader,
    /// Position in `Plan::restricted`, where not everybody was asked.
    restricted: Option<usize>,
}

/// A dimension that was not put to everybody.
#[derive(Debug)]
struct Restricted<'a> {
    dimension: &'a str,
    asked_of: &'a AskedOf,
    column: usize,
}

impl Restricted<'_> {
    fn includes(&self, label: &str) -> bool {
        self.asked_of.values.iter().any(|value| same_label(value, label))
    }
}

impl<'a> Plan<'a> {
    /// # Errors
    /// [`Error::NothingMeasured`]; [`Error::UnknownColumn`] for an item or a column with a role that
    /// is not in the table; what [`AnswerReader::new`] reports.
    pub(super) fn new(construct: &'a Construct, header: Header<'a>) -> Result<Self> {
        let mut labels: Vec<(&str, usize)> = Vec::new();
        let mut add = |name: &'a str| -> Result<usize> {
            if let Some(i) = labels.iter().position(|(label, _)| *label == name) {
                return Ok(i);
            }
            labels.push((name, header.position(name)?));
            Ok(labels.len() - 1)
        };
        let mut respondent = None;
        if let Some(data) = &construct.data {
            respondent = data.respondent.as_deref().map(&mut add).transpose()?;
            for name in data.groups.iter().chain(&data.cluster) {
                add(name)?;
            }
        }
        let mut restricted = Vec::new();
        for dimension in &construct.dimensions {
            if let Some(asked_of) = &dimension.asked_of {
                add(&asked_of.variable)?;
                let column = header.position(&asked_of.variable)?;
                restricted.push(Restricted { dimension: &dimension.id, asked_of, column });
            }
        }
        let items = construct
            .items
            .iter()
            .zip(AnswerReader::of_items(construct, header.missing)?)
            .map(|(item, reader)| {
                let column = header.place(&item.id, item.column.as_ref())?;
                let restricted = restricted.iter().position(|r| r.dimension == item.dimension);
                Ok(ItemColumn { id: &item.id, column, reader, restricted })
            })
            .collect::<Result<_>>()?;
        let variables = construct
            .variables
            .iter()
            .map(|variable| Ok((variable.id.as_str(), header.place(&variable.id, variable.column.as_ref())?)))
            .collect::<Result<_>>()?;
        Ok(Self { header, items, labels, respondent, variables, restricted })
    }

    /// Position of the respondents' ids among the labels.
    pub(super) fn respondent(&self) -> Option<usize> {
        self.respondent
    }

    pub(super) fn readers(&self) -> Vec<&AnswerReader> {
        self.items.iter().map(|item| &item.reader).collect()
    }

    /// The table's columns.
    pub(super) fn header(&self) -> Header<'a> {
        self.header
    }

    /// Columns of the table without a role.
    pub(super) fn columns_not_used(&self) -> Vec<String> {
        let used = |column: &usize| {
            self.items.iter().any(|item| item.column == *column)
                || self.labels.iter().chain(&self.variables).any(|(_, c)| c == column)
        };
        self.header.named().filter(|(column, _)| !used(column)).map(|(_, name)| name.clone()).collect()
    }

    /// Checks that somebody was asked about every dimension.
    ///
    /// # Errors
    /// [`Error::UnknownReference`] when no row has one of the values.
    pub(super) fn check_asked(&self, labels: &[Grouping]) -> Result<()> {
        for restricted in &self.restricted {
            let AskedOf { variable, values } = restricted.asked_of;
            let levels = labels.iter().filter(|label| label.variable == *variable).flat_map(|l| &l.levels);
            let levels: Vec<&str> = levels.map(String::as_str).collect();
            if !levels.iter().any(|level| restricted.includes(level)) {
                let to = values.join("', '");
                return Err(Error::UnknownReference {
                    from: format!("'asked_of' of dimension '{}'", restricted.dimension),
                    kind: "answer".into(),
                    nearest: nearest(values.first().map_or("", String::as_str), levels.iter().copied()),
                    to: format!("{to}' on '{variable}"),
                });
            }
        }
        Ok(())
    }
}

/// What became of the cells of one item.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) answered: usize,
    pub(super) not_asked: usize,
    /// Answers of respondents who were not asked.
    pub(super) set_aside: usize,
    /// Missing cells: the empty ones, then by missing code.
    missing: Vec<usize>,
}

impl Tally {
    /// Counts an answer, and gives its value; NaN where there is none.
    pub(super) fn count(&mut self, answer: Answer) -> f64 {
        match answer {
            Answer::Given(value) => {
                self.answered += 1;
                return value;
            }
            Answer::Missing(code) => {
                if self.missing.len() <= code {
                    self.missing.resize(code + 1, 0);
                }
                self.missing[code] += 1;
            }
            Answer::Unknown => {} // refused: no responses come of it
        }
        f64::NAN
    }

    fn count_not_asked(&mut self, answer: Answer) -> f64 {
        self.not_asked += 1;
        self.set_aside += usize::from(!matches!(answer, Answer::Missing(_)));
        f64::NAN
    }

    /// Empty cells and `NA`.
    pub(super) fn empty(&self) -> usize {
        self.missing.first().copied().unwrap_or(0)
    }

    /// Cells by missing code, up to the last code that occurs.
    pub(super) fn coded(&self) -> &[usize] {
        self.missing.get(1..).unwrap_or_default()
    }

    #[cfg(feature = "files")]
    fn append(&mut self, later: &Tally) {
        self.answered += later.answered;
        self.not_asked += later.not_asked;
        self.set_aside += later.set_aside;
        self.missing.resize(self.missing.len().max(later.missing.len()), 0);
        self.missing.iter_mut().zip(&later.missing).for_each(|(sum, count)| *sum += count);
    }
}

/// Rows of answers, with the row of the file (from memory, of the table from 1) each stands in.
#[derive(Debug)]
pub(super) struct ResponseRows<'a> {
    plan: &'a Plan<'a>,
    file_rows: Vec<usize>,
    /// Keyed answers, row by row.
    values: Vec<f64>,
    tallies: Vec<Tally>,
    labels: Vec<LabelColumn>,
    numbers: Vec<Vec<f64>>,
    /// By restricted dimension, row by row.
    asked: Vec<Vec<bool>>,
}

/// Answers row by row, variables, who was asked by dimension, and counts by item.
pub(super) type Parts = (Vec<f64>, Vec<Vec<f64>>, BTreeMap<String, Vec<bool>>, Vec<Tally>);

impl<'a> ResponseRows<'a> {
    pub(super) fn new(plan: &'a Plan<'a>) -> Self {
        Self {
            plan,
            file_rows: Vec::new(),
            values: Vec::new(),
            tallies: vec![Tally::default(); plan.items.len()],
            labels: plan.labels.iter().map(|_| LabelColumn::default()).collect(),
            numbers: vec![Vec::new(); plan.variables.len()],
            asked: vec![Vec::new(); plan.restricted.len()],
        }
    }

    /// Appends the rows that follow, the first of which is row `first_row` of the file.
    #[cfg(feature = "files")]
    pub(super) fn append(&mut self, later: Self, first_row: usize) {
        self.file_rows.extend(later.file_rows.iter().map(|row| row + first_row));
        self.values.extend_from_slice(&later.values);
        self.tallies.iter_mut().zip(&later.tallies).for_each(|(all, tally)| all.append(tally));
        self.labels.iter_mut().zip(later.labels).for_each(|(all, column)| all.append(column));
        self.numbers.iter_mut().zip(&later.numbers).for_each(|(all, column)| all.extend_from_slice(column));
        self.asked.iter_mut().zip(&later.asked).for_each(|(all, column)| all.extend_from_slice(column));
    }

    /// The label columns, taken out.
    pub(super) fn take_labels(&mut self) -> Vec<Grouping> {
        let names = self.plan.labels.iter().map(|(name, _)| (*name).to_string());
        std::mem::take(&mut self.labels).into_iter().zip(names).map(|(l, name)| l.named(name)).collect()
    }

    /// Row of the file, row by row.
    pub(super) fn file_rows(&self) -> &[usize] {
        &self.file_rows
    }

    pub(super) fn into_parts(self) -> Parts {
        let dimensions = self.plan.restricted.iter().map(|r| r.dimension.to_string());
        (self.values, self.numbers, dimensions.zip(self.asked).collect(), self.tallies)
    }
}

impl ResponseRows<'_> {
    /// Takes a row, of a file or from memory; `cell` gives what stands in a column.
    pub(super) fn row<'c>(&mut self, row: usize, cell: impl Fn(usize) -> RawCell<'c>, faults: &mut Faults) {
        let plan = self.plan;
        let missing = plan.header.missing;
        self.file_rows.push(row);
        for (asked, restricted) in self.asked.iter_mut().zip(&plan.restricted) {
            let cell = cell(restricted.column);
            let known = !matches!(missing.read_raw(cell), Cell::Missing(_));
            asked.push(known && faults.label(row, cell).is_some_and(|label| restricted.includes(&label)));
        }
        for (i, (column, (name, position))) in self.labels.iter_mut().zip(&plan.labels).enumerate() {
            let cell = faults.finite(row, name, cell(*position));
            let missing = matches!(missing.read_raw(cell), Cell::Missing(_));
            if missing && plan.respondent == Some(i) {
                faults.refuse(row, name, &cell.text(), |_| "is no id; every respondent needs one".into());
            }
            column.push(if missing { None } else { faults.label(row, cell) }.as_deref());
        }
        for (values, (name, position)) in self.numbers.iter_mut().zip(&plan.variables) {
            let cell = faults.finite(row, name, cell(*position));
            values.push(match missing.read_raw(cell) {
                Cell::Number(value) => value,
                Cell::Missing(_) => f64::NAN,
                Cell::Text => {
                    faults.refuse(row, name, &cell.text(), why_no_number);
                    f64::NAN
                }
            });
        }
        for (item, tally) in plan.items.iter().zip(&mut self.tallies) {
            let cell = faults.finite(row, item.id, cell(item.column));
            let answer = item.reader.read(cell);
            let asked = item.restricted.is_none_or(|i| self.asked[i].last() == Some(&true));
            self.values.push(if asked {
                if answer == Answer::Unknown {
                    faults.refuse(row, item.id, &cell.text(), |cell| item.reader.problem(cell));
                }
                tally.count(answer)
            } else {
                tally.count_not_asked(answer)
            });
        }
    }
}

#[cfg(feature = "files")]
impl Gather for ResponseRows<'_> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        self.row(row, |column| RawCell::Text(record.cell(column)), faults);
    }
}
