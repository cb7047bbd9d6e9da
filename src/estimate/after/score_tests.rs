//! Score tests of what a model holds equal: by how much the fit would improve if parameters that are one, or fixed, had
//! values of their own, without fitting that model.
//!
//! With u the scores and A the expected information of a respondent in all parameters, E the directions that are released and
//! K those in which the model's own parameters move:
//!
//! ```text
//! E~ = E - K (K'AK)^-1 K'AE            what E adds to K
//! X2 = N u'E (E~'A E~)^- E'u           chi-square of as many df as E~'A E~ has rank
//! X2.robust = N u'E (E~'B E~)^- E'u    B: how the scores vary over samples
//! change = [K E] ([K E]'A [K E])^- [K E]'u
//! ```
//!
//! (Rao 1948; Satorra 1989; Boos 1992 for the generalised test.) The rank, and not the number of equalities, is what the
//! statistic is referred to: where a factor's unit is not fixed by the equalities that are released, releasing all of them frees
//! one parameter less (lavaan 0.6-14 counts equalities). B is the empirical one (fourth-order moments, influences on
//! thresholds and correlations, or outer products of scores), and exists where the fit has a scaled test.

use super::released::{Release, Released};
use super::score_test::ScoreTest;
use crate::error::Result;
use crate::estimate::fit::{Fit, Internals};
use crate::model::{Kind, Operator, Parameter};
use serde::{Deserialize, Serialize};

/// Score tests of the equalities of a fit: each by itself, and all together.
///
/// ```
/// use psychometrics::model::Equality;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let metric = Estimation::default().group("school").equal([Equality::Loadings]);
/// let tests = metric.fit(&model, &data)?.score_tests()?;
/// // nine loadings, of which three are the units of the factors
/// assert_eq!((tests.tests.len(), tests.total.unwrap().df), (6, 6));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreTests {
    /// Each equality by itself, in the order of the parameter table; those that fix a unit or an origin have none.
    pub tests: Vec<ScoreTest>,
    /// All together.
    pub total: Option<ScoreTest>,
}

/// The equalities of a fit: rows that share a parameter, in several groups or in one.
pub(crate) fn equalities(internals: &Internals) -> Vec<Release> {
    let mut found: Vec<Release> = Vec::new();
    let mut seen = vec![false; internals.x.len()];
    for (block, table) in internals.tables.iter().enumerate() {
        for parameter in &table.rows {
            let Kind::Free(number, _) = parameter.kind else { continue };
            if std::mem::replace(&mut seen[number], true) {
                continue;
            }
            let mut cells = Vec::new();
            for (other, table) in internals.tables.iter().enumerate().skip(block) {
                let same =
                    |(_, row): &(usize, &Parameter)| matches!(row.kind, Kind::Free(own, _) if own == number);
                cells.extend(table.rows.iter().enumerate().filter(same).map(|(row, _)| (other, row)));
            }
            if cells.len() > 1 {
                let rhs = if parameter.op == Operator::Intercept { "" } else { &parameter.rhs };
                let name = format!("{}{}{rhs}", parameter.lhs, parameter.op.symbol());
                found.push(Release { parameter: name, cells });
            }
        }
    }
    found
}

impl Fit {
    /// Score tests of the parameters that are equal, in several groups or in one: each by itself and all together, with what each would
    /// be in each group.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::model::Equality;
    /// use psychometrics::{Estimation, Model};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
    /// let scalar = Estimation::default().group("school").equal([Equality::Loadings, Equality::Intercepts]);
    /// let tests = scalar.fit(&model, &data)?.score_tests()?;
    /// let total = tests.total.unwrap();
    /// // 15 equalities, of which three fix the origins of the factors
    /// assert_eq!((format!("{:.3}", total.statistic), total.df), ("46.956".into(), 12));
    /// let x3 = tests.tests.iter().find(|test| test.parameter == "x3~1").unwrap();
    /// assert_eq!(format!("{:.3}", x3.statistic), "19.193");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for a fit that did not converge, and for one of two levels.
    pub fn score_tests(&self) -> Result<ScoreTests> {
        let releases = equalities(&self.internals);
        if releases.is_empty() {
            return Ok(ScoreTests { tests: Vec::new(), total: None });
        }
        let all: Vec<usize> = (0..releases.len()).collect();
        let released = Released::of(self, releases)?;
        let total = released.test(&all, "all".into());
        Ok(ScoreTests { tests: released.each().into_iter().flatten().collect(), total })
    }
}
