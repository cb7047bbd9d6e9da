//! Whether factors that are found in one half of the respondents hold in the other.
//!
//! Respondents are drawn into halves. In the first, factors are explored; each item goes to the factor on which it loads most
//! (.30 at least), and that structure is confirmed in the second. The factors of both halves are set side by side.

use super::exploration::{Exploration, LevelFactors};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Estimator;
use crate::factor::align;
use crate::model::{Formula, Model, Operator, Scaling};
use crate::numeric::random::stream;
use ndarray::Axis;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An item belongs to the factor on which it loads this much.
const BELONGS: f64 = 0.30;
/// Fewer respondents than this in a half say nothing.
const LEAST: usize = 50;

/// Factors of one half in the other.
///
/// ```
/// use psychometrics::estimate::Exploration;
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).cross_validated(&names, &data, 1)?;
/// assert_eq!((found.n, found.congruence.len(), found.converged), ((150, 151), 3, true));
/// assert_eq!(found.left_out.len(), 0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrossValidation {
    /// Respondents of the half that was explored, and of the one where the structure was confirmed.
    pub n: (usize, usize),
    /// Seed of the draw.
    pub seed: u64,
    /// Tucker's congruence of each factor of the first half with its counterpart in the second: .95 is equal, .85 fair
    /// (Lorenzo-Seva & ten Berge 2006).
    pub congruence: Vec<f64>,
    /// The model that the first half gave.
    pub model: String,
    /// Items that belong to no factor.
    pub left_out: Vec<String>,
    /// Its fit in the second half, by lavaan's names.
    pub fit: BTreeMap<String, Option<f64>>,
    /// Whether it has a proper solution there.
    pub converged: bool,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl Exploration {
    /// Explores one half of the respondents and confirms in the other.
    ///
    /// # Errors
    /// As [`of`](Self::of); [`Error::TooFewRows`] for fewer than fifty in a half, [`Error::Unsupported`] for levels and clusters.
    pub fn cross_validated<S: AsRef<str>>(
        &self,
        names: &[S],
        data: &Dataset,
        seed: u64,
    ) -> Result<CrossValidation> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        if self.between.is_some()
            || self.cluster.is_some()
            || !matches!(self.factors, LevelFactors::Factors(_))
        {
            return Err(Error::Unsupported {
                what: "cross-validation of clustered respondents".into(),
                instead: "Halves of clusters are not drawn: leave --cluster out.".into(),
            });
        }
        let values = data.numeric(&names)?;
        let answered: Vec<usize> =
            (0..values.nrows()).filter(|&row| values.row(row).iter().all(|v| v.is_finite())).collect();
        let mut order = answered;
        order.shuffle(&mut stream(seed, 0));
        let (first, second) = order.split_at(order.len() / 2);
        if first.len() < LEAST {
            let what = "cross-validation, complete rows in a half".into();
            return Err(Error::TooFewRows { what, n: first.len(), needed: LEAST });
        }
        let half = |rows: &[usize]| {
            let mut chosen = rows.to_vec();
            chosen.sort_unstable();
            Dataset::from_array(names.iter().cloned(), values.select(Axis(0), &chosen))
        };
        let (one, other) = (half(first)?, half(second)?);
        let explored = self.of(&names, &one)?;
        let again = self.of(&names, &other)?;
        let (Some(own), Some(theirs)) = (&explored.solution, &again.solution) else {
            return Err(Error::NoAnswerExists {
                what: "cross-validation".into(),
                why: "a half has no factors".into(),
                remedy: "Take fewer factors.".into(),
            });
        };
        let congruence = align(&theirs.loadings.matrix(), &own.loadings.matrix())?.congruence;
        let (mut formulas, mut left_out) = (Vec::new(), Vec::new());
        for (item, row) in names.iter().zip(&own.loadings.values) {
            let most = (0..row.len()).max_by(|a, b| row[*a].abs().total_cmp(&row[*b].abs())).unwrap_or(0);
            match row[most].abs() >= BELONGS {
                true => formulas.push((most, item.clone())),
                false => left_out.push(item.clone()),
            }
        }
        formulas.sort_by_key(|(factor, _)| *factor);
        let names_of = Self::factor_names(&names, 0, own.loadings.columns.len());
        let model = Model::from_formulas(
            formulas.iter().map(|(factor, item)| Formula::new(&names_of[*factor], Operator::Loading, item)),
        )?;
        let estimator =
            if self.ordered == crate::correlation::Ordered::None { Estimator::Mlr } else { Estimator::Wlsmv };
        let fit = Estimation::new(estimator)
            .ordered(self.ordered.clone())
            .scaling(Scaling::UnitVariance)
            .fit(&model, &other)?;
        Ok(CrossValidation {
            n: (first.len(), second.len()),
            seed,
            congruence,
            model: model.to_string(),
            left_out,
            fit: fit.fit.iter().map(|(name, value)| (name.to_string(), value)).collect(),
            converged: fit.status.proper(),
            warnings: fit.warnings.clone(),
        })
    }
}
