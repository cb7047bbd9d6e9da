//! The study itself: every rule on one correlation matrix.

use super::comparison::ComparisonData;
use super::hull::Hull;
use super::map::MinimumAveragePartial;
use super::nest::NextEigenvalueTest;
use super::parallel::{Parallel, Source, both_spectra, standardised};
use super::recommendation::Recommendation;
use super::rules::Rule;
use super::scree::{EmpiricalKaiser, acceleration, kaiser};
use super::sequential::{SequentialModel, closely, not_rejected, sequence, smallest};
use super::simple_structure::VerySimpleStructure;
use super::task::{Basis, Draws, Retention};
use crate::correlation::{Correlate, Ordered, ShuffledOrdinal};
use crate::data::Rows;
use crate::error::{Error, Result, Warning};
use crate::factor::adequacy::Adequacy;
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::identification::most_factors;
use crate::moments::{LabelledMatrix, Missing, RowsUsed};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many factors there are, by every rule.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// assert_eq!((study.n, study.items.len(), study.recommendation.factors), (301, 9, Some(3)));
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", study.eigenvalues[0], study.eigenvalues[1], study.eigenvalues[2]),
///     "3.216 1.639 1.365"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RetentionStudy {
    /// Respondents.
    pub n: usize,
    /// The variables.
    pub items: Vec<String>,
    /// Of which correlations.
    pub basis: Basis,
    /// What parallel analysis drew.
    pub draws: Draws,
    /// Eigenvalues of the correlation matrix.
    pub eigenvalues: Vec<f64>,
    /// Whether it can be factored.
    #[serde(flatten)]
    pub adequacy: Adequacy,
    /// Minimum average partial.
    pub map: MinimumAveragePartial,
    /// Parallel analysis of components.
    pub parallel: Parallel,
    /// Parallel analysis of common factors; none of a singular matrix.
    pub parallel_factors: Option<Parallel>,
    /// Empirical Kaiser criterion.
    pub ekc: EmpiricalKaiser,
    /// Models of 0, 1, ... factors by maximum likelihood; empty of a singular matrix.
    pub models: Vec<SequentialModel>,
    /// Hull; none of a singular matrix.
    pub hull: Option<Hull>,
    /// Next eigenvalue sufficiency test; none of a singular matrix.
    pub nest: Option<NextEigenvalueTest>,
    /// Comparison data; none where they were not asked for.
    #[serde(default)]
    pub comparison: Option<ComparisonData>,
    /// Very simple structure.
    pub vss: VerySimpleStructure,
    /// What each rule suggests; none where it has no answer. Comparison data are there only where they were asked for.
    pub suggestions: BTreeMap<Rule, Option<usize>>,
    /// What they come to.
    pub recommendation: Recommendation,
    /// Rows read and used.
    pub missing: Option<RowsUsed>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl RetentionStudy {
    /// What a rule suggests.
    pub fn suggestion(&self, rule: Rule) -> Option<usize> {
        self.suggestions.get(&rule).copied().flatten()
    }
}

/// Fewer variables than this have no number of factors to find.
const FEWEST: usize = 3;

impl Retention {
    /// Of answers, NaN where one is missing: of the rows that are complete.
    ///
    /// # Errors
    /// [`Error::BadOption`], [`Error::TooFewItems`] for fewer than three variables, [`Error::TooFewRows`],
    /// [`Error::ConstantItem`], [`Error::IdenticalItems`], what correlations give, [`Error::Stopped`].
    pub fn of<'r, S: AsRef<str>>(&self, names: &[S], rows: impl Into<Rows<'r>>) -> Result<RetentionStudy> {
        let rows = rows.into();
        let rows = rows.view();
        self.check()?;
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        if rows.ncols() != names.len() {
            let what = "columns of the data".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: names.len() });
        }
        let complete: Vec<usize> =
            (0..rows.nrows()).filter(|&i| rows.row(i).iter().all(|v| v.is_finite())).collect();
        let (read, used) = (rows.nrows(), complete.len());
        if used < 4 {
            return Err(Error::TooFewRows { what: "the number of factors".into(), n: used, needed: 4 });
        }
        let own = DMatrix::from_fn(used, names.len(), |i, j| rows[(complete[i], j)]);
        let answers = rows.select(ndarray::Axis(0), &complete);
        let mut warnings = Vec::new();
        let mut study = match self.basis {
            Basis::Polychoric => {
                let correlate = Correlate::default().ordered(Ordered::All).missing(Missing::Listwise);
                let found = correlate.of(&names, answers.view())?;
                let matrix = CorrelationMatrix::of(&found.matrix)?;
                let shuffled = ShuffledOrdinal::of(&names, answers.view())?;
                warnings.extend(found.warnings);
                self.studied(&matrix, used, &Source::Ordinal(&shuffled), Some(&own))?
            }
            Basis::Pearson => {
                let standard = standardised(&names, &own)?;
                let mut r = crate::numeric::product::transposed_product(&standard, &standard);
                r.fill_diagonal(1.0);
                let matrix = CorrelationMatrix::of(&LabelledMatrix::square(&names, &r))?;
                let source = match self.draws_rows() {
                    true => Source::Rows(&standard),
                    false => Source::Normal { p: names.len(), n: used },
                };
                self.studied(&matrix, used, &source, Some(&own))?
            }
        };
        if used < read {
            study.warnings.push(Warning::RowsLeftOut { used, read });
        }
        study.adequacy.mardia = Adequacy::mardia_of(answers.view());
        let is_told = |own: &Warning| matches!(own, Warning::NotPositiveDefinite { .. });
        let known = study.warnings.iter().any(is_told);
        study.warnings.extend(warnings.into_iter().filter(|own| !(known && is_told(own))));
        study.missing = Some(RowsUsed { policy: Missing::Listwise, rows_read: read, rows_used: used });
        Ok(study)
    }

    /// Of a correlation matrix of n respondents, which is taken as one of product-moment correlations of normal variables.
    ///
    /// # Errors
    /// As [`Retention::of`]; [`Error::Unsupported`] for draws that need the answers.
    pub fn of_correlations(&self, matrix: &CorrelationMatrix, n: usize) -> Result<RetentionStudy> {
        self.check()?;
        if self.draws_rows() {
            return Err(Error::Unsupported {
                what: "parallel analysis by shuffled answers of a correlation matrix".into(),
                instead: "Give the answers, or take normal draws.".into(),
            });
        }
        if n < 4 {
            return Err(Error::TooFewRows { what: "the number of factors".into(), n, needed: 4 });
        }
        if self.comparison > 0 {
            return Err(Error::Unsupported {
                what: "comparison data of a correlation matrix".into(),
                instead: "They are made from the answers: give these.".into(),
            });
        }
        self.studied(matrix, n, &Source::Normal { p: matrix.len(), n }, None)
    }

    fn studied(
        &self,
        matrix: &CorrelationMatrix,
        n: usize,
        source: &Source<'_>,
        answers: Option<&DMatrix<f64>>,
    ) -> Result<RetentionStudy> {
        let p = matrix.len();
        if p < FEWEST {
            let what = "the number of factors".into();
            return Err(Error::TooFewItems { what, needed: FEWEST, found: p });
        }
        let adequacy = Adequacy::of(matrix, Some(n))?;
        let (values, reduced) = both_spectra(matrix.r.clone());
        let (parallel, parallel_factors) = self.parallel((&values, &reduced), source)?;
        let map = MinimumAveragePartial::of(&matrix.r);
        let ekc = EmpiricalKaiser::of(&values, n);
        let bound = most_factors(p);
        let found = [parallel.suggested, ekc.suggested, map.suggested];
        let usual = found.into_iter().max().unwrap_or(0) + 2;
        let most = self.most.unwrap_or(usual).clamp(1, bound.max(1)).min(bound);
        let is_regular = adequacy.kmo.is_some() && matrix.inverse().is_ok();
        let (mut models, mut hull, mut nest) = (Vec::new(), None, None);
        if is_regular {
            models = sequence(matrix, n, most)?;
            hull = Some(Hull::of(&models, (parallel.suggested + 1).max(2).min(most)));
            nest = Some(self.next_eigenvalue(matrix, &values, n, most)?);
        }
        let comparison = match answers.filter(|_| self.comparison > 0) {
            Some(rows) => Some(self.comparison(&matrix.names, rows, most)?),
            None => None,
        };
        let vss = VerySimpleStructure::of(matrix, most)?;
        let suggest = |rule: Rule| match rule {
            Rule::Parallel => Some(parallel.suggested),
            Rule::ParallelMean => Some(parallel.suggested_mean),
            Rule::ParallelFactors => parallel_factors.as_ref().map(|own| own.suggested),
            Rule::Map => Some(map.suggested),
            Rule::MapRevised => Some(map.suggested_revised),
            Rule::Ekc => Some(ekc.suggested),
            Rule::Hull => hull.as_ref().and_then(|own| own.suggested),
            Rule::Nest => nest.as_ref().and_then(|own| own.suggested),
            Rule::ComparisonData => comparison.as_ref().and_then(|own| own.suggested),
            Rule::ChiSquare => not_rejected(&models),
            Rule::Rmsea => closely(&models),
            Rule::Bic => smallest(&models, |model| model.bic),
            Rule::Aic => smallest(&models, |model| model.aic),
            Rule::Acceleration => acceleration(&values),
            Rule::Vss1 => Some(vss.suggested_1),
            Rule::Vss2 => Some(vss.suggested_2),
            Rule::Kaiser => Some(kaiser(&values)),
        };
        let asked = Rule::ALL.iter().filter(|rule| **rule != Rule::ComparisonData || comparison.is_some());
        let suggestions: BTreeMap<Rule, Option<usize>> = asked.map(|rule| (*rule, suggest(*rule))).collect();
        let recommendation = Recommendation::of(&suggestions);
        Ok(RetentionStudy {
            n,
            items: matrix.names.clone(),
            basis: self.basis,
            draws: if self.draws_rows() { Draws::Permuted } else { Draws::Normal },
            eigenvalues: values,
            adequacy,
            map,
            parallel,
            parallel_factors,
            ekc,
            models,
            hull,
            nest,
            comparison,
            vss,
            suggestions,
            recommendation,
            missing: None,
            warnings: matrix.caveat().into_iter().collect(),
        })
    }
}
