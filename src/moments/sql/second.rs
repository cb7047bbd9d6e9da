//! The second pass: what rows are asked once a model was fitted, as SQL, and the results that come back.

use super::dialect::Dialect;
use super::statement::Statement;
#[cfg(feature = "files")]
use super::table::{ResultTable, bad};
use super::terms::{deviation, number};
use crate::error::{Error, Result};
use crate::moments::aggregate::{AggregatePlan, RowForms, RowQuestions};
#[cfg(feature = "files")]
use crate::moments::aggregate::{RowAnswers, RowSums};
use sha2::{Digest, Sha256};
#[cfg(feature = "files")]
use std::path::{Path, PathBuf};

/// What the first column of a result begins with.
#[cfg(feature = "files")]
const ROWS_MARK: &str = "psychometrics_rows_1__";

/// The second pass of a plan.
///
/// ```
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
/// use psychometrics::moments::sql::{Dialect, SecondQuery};
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let plan = AggregatePlan::new(names.map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let aggregate = Aggregate::of_rows(&plan, data.numeric(&names)?.view())?;
/// let model = "f =~ a1 + a2 + a3 + a4".parse()?;
/// let asked = Estimation::new(Estimator::Mlr).second_pass(&model, &aggregate)?;
/// let query = SecondQuery::new(plan, asked, "survey", Dialect::DuckDb);
/// let statements = query.statements()?;
/// assert!(statements[0].text.contains("FROM"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SecondQuery {
    /// The plan of the first.
    pub plan: AggregatePlan,
    /// What is asked.
    pub questions: RowQuestions,
    /// What stands behind FROM.
    pub table: String,
    /// For which engine.
    pub dialect: Dialect,
}

/// A part of what one group is asked: products of scores from one place to another.
struct Block<'a> {
    group: Option<&'a str>,
    forms: &'a RowForms,
    products: std::ops::Range<usize>,
}

impl SecondQuery {
    /// A query of what [`Estimation::second_pass`](crate::Estimation::second_pass) asks.
    pub fn new(
        plan: AggregatePlan,
        questions: RowQuestions,
        table: impl Into<String>,
        dialect: Dialect,
    ) -> Self {
        Self { plan, questions, table: table.into(), dialect }
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        for (group, asked) in &self.questions.groups {
            for forms in asked {
                let q = forms.scores.len();
                let (count, most) = (q * (q + 1) / 2, 600);
                let starts = (0..count.max(1)).step_by(most);
                blocks.extend(starts.map(|from| Block {
                    group: group.as_deref(),
                    forms,
                    products: from..(from + most).min(count),
                }));
            }
        }
        blocks
    }

    /// What tells these questions from others: their shape. Whether they were asked at the same point is seen from the answers.
    fn fingerprint(&self) -> String {
        let shape: Vec<_> = self
            .questions
            .groups
            .iter()
            .map(|(group, asked)| {
                let each = asked.iter().map(|own| (&own.variables, own.forms.len(), own.scores.len()));
                (group, each.collect::<Vec<_>>())
            })
            .collect();
        let text = serde_json::to_string(&(&self.plan, shape)).unwrap_or_default();
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The statements.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for a variable that is not in the plan.
    pub fn statements(&self) -> Result<Vec<Statement>> {
        let (blocks, fingerprint) = (self.blocks(), self.fingerprint());
        let of = blocks.len();
        let each = blocks.iter().enumerate().map(|(i, block)| {
            let number = i + 1;
            let text = self.text(block, &fingerprint, number, of)?;
            Ok(Statement { number, of, block: "rows".into(), text })
        });
        each.collect()
    }

    /// A statement, by its steps: the columns, deviations from the plan's centre, those from the model's means, forms of a row,
    /// scores of a row, sums. It is longer than a page, as the steps name one another's columns.
    fn text(&self, block: &Block<'_>, fingerprint: &str, at: usize, of: usize) -> Result<String> {
        let (d, forms) = (self.dialect, block.forms);
        let mut raw = Vec::new();
        let mut keyed = Vec::new();
        let mut centred = Vec::new();
        for (i, name) in forms.variables.iter().enumerate() {
            let Some(item) = self.plan.items.iter().find(|item| item.name == *name) else {
                return Err(Error::UnknownColumn {
                    column: name.clone(),
                    source_name: "the plan".into(),
                    nearest: None,
                    available: self.plan.names(),
                });
            };
            raw.push(format!("{} AS r{i}", number(d, item)));
            keyed.push(format!("{} AS d{i}", deviation(item, &format!("r{i}"))));
            // deviations from the plan's centre less what is between the centres
            centred.push(format!("d{i} - ({:e}) AS y{i}", forms.centre[i] - item.centre));
        }
        let present: Vec<String> = (0..forms.variables.len()).map(|i| format!("d{i} IS NOT NULL")).collect();
        let filter = match (&self.plan.group, block.group) {
            (Some(column), Some(group)) => {
                format!("\n  WHERE CAST({} AS {}) = {}", d.quoted(column), d.text(), d.literal(group))
            }
            _ => String::new(),
        };
        let linear = |coefficients: &[f64]| -> String {
            let terms: Vec<String> = coefficients
                .iter()
                .enumerate()
                .filter(|(_, c)| **c != 0.0)
                .map(|(i, c)| format!("({c:e}) * y{i}"))
                .collect();
            if terms.is_empty() { "0e0".into() } else { terms.join(" + ") }
        };
        let mut columns: Vec<String> =
            forms.forms.iter().enumerate().map(|(u, own)| format!("{} AS a{u}", linear(own))).collect();
        columns.extend(forms.whitened.iter().enumerate().map(|(j, own)| format!("{} AS e{j}", linear(own))));
        let squares =
            (0..forms.whitened.len()).map(|j| format!("e{j} * e{j}")).collect::<Vec<_>>().join(" + ");
        let score = |k: usize| -> String {
            let terms: Vec<String> = forms.scores[k]
                .iter()
                .map(|term| match term.second {
                    Some(second) => format!("({:e}) * a{} * a{second}", term.factor, term.first),
                    None => format!("({:e}) * a{}", term.factor, term.first),
                })
                .collect();
            if terms.is_empty() { "0e0".into() } else { terms.join(" + ") }
        };
        let mut scores = vec![format!("{squares} AS e")];
        scores.extend((0..forms.scores.len()).map(|k| format!("{} AS t{k}", score(k))));
        let mut sums = vec![
            format!("'rows' AS psychometrics_rows_1__{fingerprint}__{at}_of_{of}"),
            "COUNT(*) AS n".to_string(),
            "SUM(e) AS squares".into(),
            "SUM(e * e) AS fourth".into(),
        ];
        let q = forms.scores.len();
        sums.extend((0..q).map(|k| format!("SUM(t{k}) AS t{k}")));
        let pairs = (0..q).flat_map(|k| (k..q).map(move |l| (k, l)));
        let own = pairs.skip(block.products.start).take(block.products.len());
        sums.extend(own.map(|(k, l)| format!("SUM(t{k} * t{l}) AS p{k}_{l}")));
        // PostgreSQL would write every form out in every product
        let barrier = if d == Dialect::Postgres { "\n  OFFSET 0" } else { "" };
        let join = |own: &[String]| own.join(",\n    ");
        let whose = block
            .group
            .map_or_else(String::new, |group| format!(", group {}", group.replace(['\n', '\r'], " ")));
        Ok(format!(
            "-- psychometrics.rows/1, {fingerprint}, statement {at} of {of}: products of scores{whose}\n\
             WITH psych_rows AS (\n  SELECT {}\n  FROM {}{filter}\n),\n\
             psych_keyed AS (\n  SELECT {}\n  FROM psych_rows\n),\n\
             psych_centred AS (\n  SELECT {}\n  FROM psych_keyed\n  WHERE {}{barrier}\n),\n\
             psych_forms AS (\n  SELECT {}\n  FROM psych_centred{barrier}\n),\n\
             psych_scores AS (\n  SELECT {}\n  FROM psych_forms{barrier}\n)\n\
             SELECT\n  {}\nFROM psych_scores",
            join(&raw),
            self.table,
            join(&keyed),
            join(&centred),
            present.join(" AND "),
            join(&columns),
            join(&scores),
            sums.join(",\n  "),
        ))
    }

    /// The results of all statements.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::BadAggregate`] for a result of other questions, one that is missing or there twice, and
    /// numbers that are none.
    #[cfg(feature = "files")]
    pub fn read<P: AsRef<Path>>(&self, paths: &[P]) -> Result<RowAnswers> {
        let texts = paths.iter().map(|path| {
            let path = path.as_ref();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Error::Unreadable { path: path.into(), reason: error.to_string() })?;
            Ok((path.to_path_buf(), text))
        });
        self.answers_of(texts)
    }

    /// What an engine returned: the result of each statement as CSV text with a header row, in any order.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[cfg(feature = "files")]
    pub fn answers(&self, results: &[String]) -> Result<RowAnswers> {
        let texts = results.iter().enumerate();
        self.answers_of(texts.map(|(i, text)| Ok((PathBuf::from(format!("result {}", i + 1)), text.clone()))))
    }

    #[cfg(feature = "files")]
    fn answers_of(&self, texts: impl Iterator<Item = Result<(PathBuf, String)>>) -> Result<RowAnswers> {
        let (blocks, fingerprint) = (self.blocks(), self.fingerprint());
        let mut found: Vec<Option<ResultTable>> = blocks.iter().map(|_| None).collect();
        for text in texts {
            let (path, text) = text?;
            let table = ResultTable::read_marked(&path, &text, ROWS_MARK)?;
            let place = table.place.clone();
            if table.fingerprint != fingerprint || table.of != blocks.len() {
                let remedy = "Write the second pass of this model, estimator and aggregate again (--second-pass-sql), and run it.";
                return bad(&place, "is the result of another second pass".into(), remedy);
            }
            let at = table.number - 1;
            if found[at].replace(table).is_some() {
                return bad(
                    &place,
                    format!("is a second result of statement {}", at + 1),
                    "Name every result once.",
                );
            }
        }
        if let Some(lacking) = found.iter().position(Option::is_none) {
            let problem = format!("the result of statement {} of {} is missing", lacking + 1, blocks.len());
            return bad("the second pass", problem, "Run all of its statements, and name all files.");
        }
        let mut answers = RowAnswers::default();
        let mut tables = blocks.iter().zip(found.into_iter().flatten()).peekable();
        for (group, asked) in &self.questions.groups {
            let mut own = Vec::with_capacity(asked.len());
            for forms in asked {
                let q = forms.scores.len();
                let mut sums = RowSums::new(q);
                while let Some((block, table)) = tables.next_if(|(block, _)| std::ptr::eq(block.forms, forms))
                {
                    read_block(block, &table, &mut sums)?;
                }
                own.push((forms.clone(), sums));
            }
            answers.groups.push((group.clone(), own));
        }
        Ok(answers)
    }
}

#[cfg(feature = "files")]
fn read_block(block: &Block<'_>, table: &ResultTable, sums: &mut RowSums) -> Result<()> {
    let mut rows = table.rows();
    let (Some(row), None) = (rows.next(), rows.next()) else {
        return bad(&table.place, "has not one row".into(), "Save the result as it came.");
    };
    sums.n = row.count("n")?;
    sums.squares = row.sum("squares", sums.n)?;
    sums.fourth = row.sum("fourth", sums.n)?;
    let q = block.forms.scores.len();
    for k in 0..q {
        sums.scores[k] = row.sum(&format!("t{k}"), sums.n)?;
    }
    let pairs = (0..q).flat_map(|k| (k..q).map(move |l| (k, l))).enumerate();
    for (at, (k, l)) in pairs.skip(block.products.start).take(block.products.len()) {
        sums.products[at] = row.sum(&format!("p{k}_{l}"), sums.n)?;
    }
    Ok(())
}
