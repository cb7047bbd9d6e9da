//! Reading the answers to a construct's items from a file, and the end of every way to read them.

use super::answers::AnswerReader;
#[cfg(feature = "files")]
use super::csv_options::CsvOptions;
#[cfg(feature = "files")]
use super::csv_pass::Fingerprint;
#[cfg(feature = "files")]
use super::csv_source::CsvSource;
#[cfg(feature = "files")]
use super::file_facts::Words;
use super::grouping::Grouping;
use super::ledger::{ItemCount, Ledger};
#[cfg(feature = "files")]
use super::progress::Progress;
use super::response_rows::{Plan, ResponseRows, Tally};
use super::responses::{Responses, VariableValues};
use crate::construct::Construct;
#[cfg(feature = "files")]
use crate::construct::DataSource;
use crate::error::{Error, Result};
use ndarray::Array2;
use std::collections::BTreeMap;
use std::path::Path;

impl Responses {
    /// Reads the file that the construct names.
    ///
    /// # Errors
    /// [`Error::NoDataNamed`], and as [`Responses::read_from`].
    #[cfg(feature = "files")]
    pub fn read(construct: &Construct) -> Result<Self> {
        Self::read_from(construct, construct.responses_path()?)
    }

    /// Reads the answers to the construct's items from a CSV or TSV file.
    ///
    /// # Errors
    /// - [`Error::NothingMeasured`]: the construct has no items.
    /// - What [`CsvSource::open`] and [`CsvSource::fold`] report of the file.
    /// - [`Error::UnknownColumn`]: an item, or a column with a role, is not in the file.
    /// - [`Error::BadCells`]: all answers off their scale, variables that are no numbers and empty
    ///   respondent ids, together.
    /// - [`Error::DuplicateRespondent`]: an id occurs twice.
    /// - [`Error::EmptyColumn`]: an item or a variable without a single value.
    /// - [`Error::UnknownReference`]: none of the values of an `asked_of` occurs.
    /// - [`Error::AmbiguousScale`]: a missing code of the data is a point of a scale.
    #[cfg(feature = "files")]
    pub fn read_from(construct: &Construct, path: impl AsRef<Path>) -> Result<Self> {
        Self::read_observed(construct, path, Progress::default())
    }

    /// [`Responses::read_from`], telling how far it is.
    ///
    /// # Errors
    /// As [`Responses::read_from`].
    #[cfg(feature = "files")]
    pub fn read_observed(construct: &Construct, path: impl AsRef<Path>, progress: Progress) -> Result<Self> {
        let options = CsvOptions { progress, ..options_of(construct) };
        Self::from_source(construct, &CsvSource::open_named(path.as_ref(), &options, Words::Written)?)
    }

    /// Reads the answers of new respondents, to be scored: items, and ids and groups where they are in the file. Variables of
    /// the construct need not be, and nobody is left out of a dimension; an item may be without any answer.
    ///
    /// # Errors
    /// As [`Responses::read_from`], but for [`Error::EmptyColumn`].
    #[cfg(feature = "files")]
    pub fn read_new(construct: &Construct, path: impl AsRef<Path>) -> Result<Self> {
        let source = CsvSource::open_named(path.as_ref(), &options_of(construct), Words::Written)?;
        Self::of_source(&only_items(construct, source.columns().names), &source, false)
    }

    #[cfg(feature = "files")]
    pub(crate) fn from_source(construct: &Construct, source: &CsvSource) -> Result<Self> {
        Self::of_source(construct, source, true)
    }

    #[cfg(feature = "files")]
    fn of_source(construct: &Construct, source: &CsvSource, needs_answers: bool) -> Result<Self> {
        let plan = Plan::new(construct, source.columns())?;
        let mut all = ResponseRows::new(&plan);
        let start = || ResponseRows::new(&plan);
        let pass =
            source.scan(start, Fingerprint::Sha256, |block, first_row| all.append(block, first_row))?;
        let mut responses = Self::of_rows_read(construct, &plan, all, needs_answers)?;
        responses.ledger.file = Some(source.path().display().to_string());
        responses.ledger.blank_lines = pass.rows.blank;
        responses.ledger.told = source.told().to_vec();
        Ok(Self { sha256: pass.sha256, ..responses })
    }

    /// The end of every way to read: rows whose cells were read, from a file or from memory, become responses.
    pub(super) fn of_rows_read(
        construct: &Construct,
        plan: &Plan<'_>,
        mut all: ResponseRows<'_>,
        needs_answers: bool,
    ) -> Result<Self> {
        let header = plan.header();
        let labels = all.take_labels();
        let respondents = match plan.respondent() {
            Some(i) => Some(unique(header.source, &labels[i], all.file_rows())?),
            None => None,
        };
        plan.check_asked(&labels)?;
        let n = all.file_rows().len();
        let named = |name: &String| labels.iter().find(|label| label.variable == *name).cloned();
        let (groups, cluster) = construct.data.as_ref().map_or((Vec::new(), None), |data| {
            (data.groups.iter().filter_map(named).collect(), data.cluster.as_ref().and_then(named))
        });
        let (values, numbers, asked, tallies) = all.into_parts();
        let ids = construct.variables.iter().map(|variable| variable.id.clone());
        let variables: Vec<VariableValues> =
            ids.zip(numbers).map(|(id, values)| VariableValues { id, values }).collect();
        if needs_answers {
            check_answered(construct, &variables, &tallies, n)?;
        }
        let mut responses = Self::of_values(construct, values, &plan.readers(), &tallies)?;
        responses.ledger.columns_not_used = plan.columns_not_used();
        responses.ledger.columns_without_name = header.names.len() - header.named().count();
        Ok(Self { respondents, groups, cluster, variables, asked, ..responses })
    }

    /// Responses without anything but answers, given row by row.
    fn of_values(
        construct: &Construct,
        values: Vec<f64>,
        readers: &[&AnswerReader],
        tallies: &[Tally],
    ) -> Result<Self> {
        let items: Vec<String> = construct.items.iter().map(|item| item.id.clone()).collect();
        let (found, p) = (values.len(), items.len());
        let n = found / p.max(1);
        let values = Array2::from_shape_vec((n, p), values).map_err(|_| Error::WrongSize {
            what: "answers".into(),
            found,
            expected: n * p,
        })?;
        let mut ledger = Ledger { rows_read: n, cells_read: n * p, ..Ledger::default() };
        for ((item, reader), tally) in items.iter().zip(readers).zip(tallies) {
            ledger.cells_answered += tally.answered;
            ledger.cells_empty += tally.empty();
            ledger.cells_not_asked += tally.not_asked;
            ledger.answers_set_aside += tally.set_aside;
            for (code, count) in reader.missing_codes().zip(tally.coded()).filter(|(_, count)| **count > 0) {
                *ledger.cells_coded.entry(code.into()).or_default() += count;
            }
            ledger.items.push(ItemCount {
                item: item.clone(),
                answered: tally.answered,
                empty: tally.empty(),
                coded_missing: tally.coded().iter().sum(),
                not_asked: tally.not_asked,
            });
        }
        ledger.rows_used = values.rows().into_iter().filter(|row| row.iter().any(|x| !x.is_nan())).count();
        ledger.rows_without_answers = n - ledger.rows_used;
        Ok(Self {
            items,
            values,
            respondents: None,
            groups: Vec::new(),
            cluster: None,
            variables: Vec::new(),
            asked: BTreeMap::new(),
            ledger,
            sha256: None,
        })
    }
}

/// How the file of a construct's responses is read: words stay words where they are those of a group.
#[cfg(feature = "files")]
fn options_of(construct: &Construct) -> CsvOptions {
    let data = construct.data.as_ref();
    let mut as_words: Vec<String> =
        data.map_or_else(Vec::new, |data| data.groups.iter().chain(&data.cluster).cloned().collect());
    let coded = |values: &[String]| values.iter().any(|value| value.trim().parse::<f64>().is_ok());
    for asked in construct.dimensions.iter().filter_map(|dimension| dimension.asked_of.as_ref()) {
        if coded(&asked.values) {
            as_words.retain(|name| *name != asked.variable);
        } else if !as_words.contains(&asked.variable) {
            as_words.push(asked.variable.clone());
        }
    }
    CsvOptions {
        missing_codes: data.map_or_else(Vec::new, |data| data.missing_codes.clone()),
        layout: data.map_or_else(Default::default, DataSource::layout),
        as_words,
        ..CsvOptions::default()
    }
}

/// The construct as far as scores need it: items, and ids and groups where they are among the columns.
pub(super) fn only_items(construct: &Construct, columns: &[String]) -> Construct {
    let mut own = construct.clone();
    own.variables.clear();
    own.hypotheses.clear();
    own.dimensions.iter_mut().for_each(|dimension| dimension.asked_of = None);
    if let Some(data) = &mut own.data {
        data.groups.retain(|variable| columns.contains(variable));
        data.cluster = None;
        data.respondent = data.respondent.take().filter(|id| columns.contains(id));
    }
    own
}

/// A variable or item without a single value is an error.
fn check_answered(
    construct: &Construct,
    variables: &[VariableValues],
    tallies: &[Tally],
    rows: usize,
) -> Result<()> {
    let variable = variables.iter().find(|v| v.values.iter().all(|x| x.is_nan())).map(|v| &v.id);
    let items = construct.items.iter().zip(tallies);
    let item = || items.filter(|(_, tally)| tally.answered == 0).map(|(item, _)| &item.id).next();
    match variable.or_else(item) {
        Some(empty) => Err(Error::EmptyColumn { column: empty.clone(), rows }),
        None => Ok(()),
    }
}

/// The ids, when no two rows share one.
pub(super) fn unique(path: &Path, ids: &Grouping, file_rows: &[usize]) -> Result<Vec<String>> {
    let mut seen = vec![false; ids.levels.len()];
    for code in ids.codes.iter().copied().flatten() {
        if std::mem::replace(&mut seen[code], true) {
            let id = ids.levels[code].clone();
            let rows = ids.rows_of(code).into_iter().map(|row| file_rows[row]).collect();
            return Err(Error::DuplicateRespondent { path: path.into(), id, rows });
        }
    }
    Ok(ids.levels.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::construct::{DataSource, Dimension, Item, ResponseScale, Variable, VariableRole};
    use ndarray::{ArrayView2, array};

    fn construct() -> Construct {
        let mut scale = ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]);
        scale.points[2].label = scale.points[2].label.clone().and("nl", "Helemaal mee eens");
        scale.missing = vec![9.into()];
        Construct::builder("conduct")
            .scale(scale)
            .dimension(Dimension::new("client"))
            .dimension(Dimension::new("employer").asked_of("employers", ["Yes"]))
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

    fn source(text: &str) -> (tempfile::NamedTempFile, CsvSource) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let missing_codes = vec!["refused".into(), "-1".into()];
        let options = CsvOptions { missing_codes, ..CsvOptions::default() };
        let source = CsvSource::open(file.path(), &options).unwrap();
        (file, source)
    }

    fn read(text: &str) -> Result<Responses> {
        let (file, _) = source(text);
        Responses::read_from(&construct(), file.path())
    }

    const FILE: &str = "id;role;team;employers;cl_1;cl_2;em_1;outcome;remark;\n\
        a;nurse;t1;yes;helemaal MEE eens;1;3;2.5;;\n\
        b;doctor;t1;no;2;3.0;2;-1;\"x;\ny\";\n\
        c;nurse;refused;no;9;-1;;4;;\n\
        d;;t2;yes;1;AGREE;refused;NA;;\n";

    fn bits(values: ArrayView2<'_, f64>) -> Vec<u64> {
        values.iter().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn every_column_is_read_for_what_it_is() {
        let responses = read(FILE).unwrap();
        let nan = f64::NAN;
        let expected = array![[3.0, 3.0, 3.0], [2.0, 1.0, nan], [nan, nan, nan], [1.0, 1.0, nan]];
        assert_eq!(bits(responses.values()), bits(expected.view()));
        assert_eq!(responses.n(), 4);
        assert_eq!(responses.of_items(&["cl_2"]).unwrap()[(1, 0)], 1.0);
        assert_eq!(responses.respondents().unwrap(), ["a", "b", "c", "d"]);
        assert_eq!(responses.groups()[0].levels, ["nurse", "doctor"]);
        assert_eq!(responses.groups()[0].codes, [Some(0), Some(1), Some(0), None]);
        assert_eq!(responses.cluster().unwrap().label(2), None);
        assert_eq!(responses.variables()[0].values[2], 4.0);
        assert!(responses.variables()[0].values[1].is_nan());
        assert_eq!(responses.asked("employer").unwrap(), [true, false, false, true]);
        assert_eq!(responses.asked("client"), None);
    }

    #[test]
    fn the_ledger_balances() {
        let responses = read(FILE).unwrap();
        let ledger = responses.ledger();
        assert_eq!((ledger.rows_read, ledger.rows_used, ledger.rows_without_answers), (4, 3, 1));
        assert_eq!(ledger.cells_read, 12);
        assert_eq!(ledger.cells_answered, 7);
        assert_eq!(ledger.cells_answered + ledger.cells_missing(), ledger.cells_read);
        assert_eq!((ledger.cells_not_asked, ledger.answers_set_aside), (2, 1));
        assert_eq!(
            ledger.cells_coded,
            BTreeMap::from([("-1".into(), 1), ("9".into(), 1), ("refused".into(), 1)])
        );
        assert_eq!(ledger.columns_not_used, ["remark"]);
        assert_eq!(ledger.columns_without_name, 1);
        let text = ledger.to_string();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "12 cells of items read: 7 answers, 5 missing (1 coded -1, 1 coded 9, 1 coded refused, 2 not asked).",
                "1 cell set aside: answers of respondents who were not asked.",
                "Columns that the construct does not use: remark.",
                "Columns without a name, not read: 1.",
            ]
        );
    }

    #[test]
    fn blocks_do_not_matter() {
        let whole = read(FILE).unwrap();
        let (_file, source) = source(FILE);
        for block_bytes in [1, 10, 50, 100] {
            let parts =
                Responses::from_source(&construct(), &source.clone().with_block_bytes(block_bytes)).unwrap();
            assert_eq!(bits(parts.values()), bits(whole.values()));
            assert_eq!(parts.groups(), whole.groups());
            assert_eq!(parts.sha256(), whole.sha256());
            let ledger = Ledger { file: whole.ledger().file.clone(), ..parts.ledger().clone() };
            assert_eq!(&ledger, whole.ledger());
        }
    }

    #[test]
    fn the_fingerprint_is_that_of_the_file() {
        let construct = Construct::builder("c")
            .scale(ResponseScale::range("s", 1, 2))
            .dimension(Dimension::new("d"))
            .item(Item::new("q", "d", "s"))
            .build()
            .unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "q\n1\n2\n").unwrap();
        let responses = Responses::read_from(&construct, file.path()).unwrap();
        // printf 'q\n1\n2\n' | sha256sum
        assert_eq!(
            responses.sha256(),
            Some("bdd034bbd647b65d842f09f61de4b5bea3ecaffc59216525ff12c7789e884752")
        );
    }
}
