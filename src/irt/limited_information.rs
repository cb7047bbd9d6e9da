//! Fit by limited information: M2 and C2, with RMSEA, SRMSR, CFI and TLI.
//!
//! Residuals e of moments of one and two items are compared with their covariance X under the model, estimates taken into
//! account (Maydeu-Olivares & Joe 2006, eq. 14):
//!
//! ```text
//! M = N e' (X^-1 - X^-1 D (D' X^-1 D)^-1 D' X^-1) e,   D = d moments / d parameters
//! ```
//!
//! Of items with two categories the moments are shares and joint shares (M2). Of more, C2 takes the shares of all categories
//! but the first and the mean products of item scores (Cai & Monro 2014). Degrees of freedom are moments minus free
//! parameters. Complete respondents only. Independence of the items with free shares is the null model of CFI and TLI.

use super::answers::Answers;
use super::item_expectations::{Moment, moments};
use super::item_moments::{Expected, jacobian, observed};
use super::marginal_likelihood::MarginalLikelihood;
use super::patterns::Patterns;
use super::score_tables::ScoreTables;
use crate::numeric::cholesky;
use crate::numeric::noncentral::noncentrality;
use crate::numeric::product::{product, transposed_product};
use crate::numeric::tails::chi_square_tail;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Moments beyond which the matrix of their covariances is not made.
const MOST_MOMENTS: usize = 2600;

/// Overall fit from the moments of one and two items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?.fit.unwrap();
/// assert_eq!((fit.form.as_str(), fit.n, fit.df), ("M2", 1000, Some(5)));
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", fit.statistic.unwrap(), fit.pvalue.unwrap(), fit.rmsea.unwrap()),
///     "4.738 0.449 0.000"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LimitedInformation {
    /// "M2", or "C2" where an item has more than two categories.
    pub form: String,
    /// Complete respondents it rests on.
    pub n: usize,
    /// The statistic; none where it does not exist, for the reason in `why`.
    pub statistic: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<i64>,
    /// p-value.
    pub pvalue: Option<f64>,
    /// sqrt(max(0, (M / df - 1) / (N - 1))).
    pub rmsea: Option<f64>,
    /// Lower end of its 90 % interval.
    #[serde(rename = "rmsea.ci.lower")]
    pub rmsea_lower: Option<f64>,
    /// Upper end of its 90 % interval.
    #[serde(rename = "rmsea.ci.upper")]
    pub rmsea_upper: Option<f64>,
    /// Root mean square of the differences between observed and implied correlations of item scores (Maydeu-Olivares & Joe
    /// 2014).
    pub srmsr: Option<f64>,
    /// Comparative fit index, within 0 and 1.
    pub cfi: Option<f64>,
    /// Tucker-Lewis index.
    pub tli: Option<f64>,
    /// The statistic of the null model.
    pub null_statistic: Option<f64>,
    /// Its degrees of freedom.
    pub null_df: Option<i64>,
    /// Why there is no statistic.
    pub why: Option<String>,
}

/// Sums of N e'X^-1e, N D'X^-1D and N D'X^-1e.
struct Sums {
    square: f64,
    matrix: DMatrix<f64>,
    vector: DVector<f64>,
}

impl Sums {
    fn new(parameters: usize) -> Self {
        Self {
            square: 0.0,
            matrix: DMatrix::zeros(parameters, parameters),
            vector: DVector::zeros(parameters),
        }
    }

    /// None where the covariance matrix is singular.
    fn add(&mut self, n: f64, e: &DVector<f64>, covariance: &DMatrix<f64>, d: &DMatrix<f64>) -> Option<()> {
        // a factor L^-1 turns all into plain sums of squares
        let factor = cholesky::inverse_factor(covariance)?;
        let e = &factor * e;
        let d = product(&factor, d);
        self.square += n * e.norm_squared();
        self.matrix += transposed_product(&d, &d) * n;
        self.vector += d.tr_mul(&e) * n;
        Some(())
    }

    fn statistic(&self) -> Option<f64> {
        let scale = self.matrix.diagonal().map(|x| 1.0 / x.max(1e-300).sqrt());
        let scaled =
            DMatrix::from_fn(scale.len(), scale.len(), |i, j| self.matrix[(i, j)] * scale[i] * scale[j]);
        let vector = self.vector.component_mul(&scale);
        let solved = cholesky::solved(&scaled, &vector)?;
        Some((self.square - vector.dot(&solved)).max(0.0))
    }
}

impl LimitedInformation {
    /// None, and why.
    pub(crate) fn none(why: &str) -> Self {
        Self { form: "M2".into(), why: Some(why.into()), ..Self::default() }
    }

    pub(crate) fn of(marginal: &MarginalLikelihood<'_>, answers: &Answers, x: &DVector<f64>) -> Self {
        let categories: Vec<usize> = answers.codes.iter().map(Vec::len).collect();
        let form = if categories.iter().all(|k| *k == 2) { "M2" } else { "C2" };
        let complete = answers.patterns.complete();
        let n = complete.counts.iter().sum();
        let mut found = Self { form: form.into(), n, ..Self::default() };
        let all = moments(&categories);
        let groups = answers.groups.len();
        let npar = marginal.layout.len();
        let df = (all.len() * groups) as i64 - npar as i64;
        found.df = Some(df);
        if let Err(why) = found.fill(marginal, answers, &complete, &all, x) {
            found.why = Some(why);
        }
        found
    }

    fn fill(
        &mut self,
        marginal: &MarginalLikelihood<'_>,
        answers: &Answers,
        complete: &Patterns,
        all: &[Moment],
        x: &DVector<f64>,
    ) -> Result<(), String> {
        let df = self.df.unwrap_or(0);
        if all.len() > MOST_MOMENTS {
            return Err(format!("{} moments are too many for the matrix of their covariances", all.len()));
        }
        let groups = answers.groups.len();
        let weights: Vec<f64> = (0..groups).map(|g| complete.weight_of(g)).collect();
        if weights.iter().any(|w| *w < 10.0) {
            return Err("fewer than 10 respondents (of a group) answered every item".into());
        }
        let n: f64 = weights.iter().sum();
        let tables = ScoreTables::new(marginal, x);
        let shares = all.iter().filter(|m| matches!(m, Moment::Share(..))).count();
        let (mut own, mut null) = (Sums::new(marginal.layout.len()), Sums::new(shares * groups));
        let (mut residuals, mut pairs) = (0.0, 0.0);
        let singular = "the covariance matrix of the moments is singular: some answers never occur together";
        let mut known = df >= 1;
        for group in 0..groups {
            let model = Expected::of(marginal, group);
            let seen = observed(complete, group, all);
            let expected = DVector::from_fn(all.len(), |m, _| model.expected(all[m]));
            let (sum, count) = correlation_residuals(complete, group, &model);
            residuals += weights[group] * sum;
            pairs += weights[group] * count;
            if !known {
                continue;
            }
            let d = jacobian(marginal, &tables, &model, group, all);
            known &= own.add(weights[group], &(&seen - expected), &model.covariance(all), &d).is_some();
            let (independent, d) = independence(&seen, all, &answers.codes, group, groups);
            let expected = DVector::from_fn(all.len(), |m, _| independent.expected(all[m]));
            known &=
                null.add(weights[group], &(&seen - expected), &independent.covariance(all), &d).is_some();
        }
        self.srmsr = (pairs > 0.0).then(|| (residuals / pairs).sqrt());
        if df < 1 {
            return Err(format!("{df} degrees of freedom: the moments are no more than the free parameters"));
        }
        if !known {
            return Err(singular.into());
        }
        let null_df = (all.len() * groups - shares * groups) as i64;
        let statistic = own.statistic().ok_or("the parameters are not identified by the moments of pairs")?;
        self.measures(statistic, df as f64, n);
        if let Some(t0) = null.statistic().filter(|_| null_df > 0) {
            self.null_statistic = Some(t0);
            self.null_df = Some(null_df);
            let (excess, null_excess) = ((statistic - df as f64).max(0.0), (t0 - null_df as f64).max(0.0));
            let largest = excess.max(null_excess);
            self.cfi = Some(if largest > 0.0 { 1.0 - excess / largest } else { 1.0 });
            let ratio = t0 / null_df as f64;
            self.tli = (ratio > 1.0).then(|| (ratio - statistic / df as f64) / (ratio - 1.0));
        }
        Ok(())
    }

    fn measures(&mut self, statistic: f64, df: f64, n: f64) {
        let rmsea = |ncp: f64| (ncp.max(0.0) / (df * (n - 1.0))).sqrt();
        self.statistic = Some(statistic);
        self.pvalue = Some(chi_square_tail(statistic, df));
        self.rmsea = Some(rmsea(statistic - df));
        self.rmsea_lower = Some(rmsea(noncentrality(statistic, df, 0.95)));
        self.rmsea_upper = Some(rmsea(noncentrality(statistic, df, 0.05)));
    }
}

/// Independent items with the observed shares, and the derivatives of the moments by those.
fn independence(
    seen: &DVector<f64>,
    all: &[Moment],
    codes: &[Vec<f64>],
    group: usize,
    groups: usize,
) -> (Expected, DMatrix<f64>) {
    let mut p: Vec<Vec<Vec<f64>>> = codes.iter().map(|codes| vec![vec![0.0]; codes.len()]).collect();
    let shares: Vec<(usize, usize)> =
        all.iter().filter_map(|m| if let Moment::Share(i, k) = m { Some((*i, *k)) } else { None }).collect();
    for (m, (i, k)) in shares.iter().enumerate() {
        p[*i][*k][0] = seen[m];
    }
    for own in &mut p {
        own[0][0] = 1.0 - own[1..].iter().map(|p| p[0]).sum::<f64>();
    }
    let model = Expected::independent_items(p);
    let first = group * shares.len();
    let mut d = DMatrix::zeros(all.len(), shares.len() * groups);
    for (m, moment) in all.iter().enumerate() {
        for (s, (item, category)) in shares.iter().enumerate() {
            d[(m, first + s)] = match *moment {
                Moment::Share(i, k) => f64::from(u8::from(i == *item && k == *category)),
                Moment::Product(i, j) if i == *item => *category as f64 * model.nodes.mean[j][0],
                Moment::Product(i, j) if j == *item => *category as f64 * model.nodes.mean[i][0],
                Moment::Product(..) => 0.0,
            };
        }
    }
    (model, d)
}

/// Sum over pairs of squared differences between observed and implied correlations of item scores, and how many.
fn correlation_residuals(complete: &Patterns, group: usize, model: &Expected) -> (f64, f64) {
    let items = complete.items;
    let mut first = DVector::<f64>::zeros(items);
    let mut second = DMatrix::<f64>::zeros(items, items);
    let mut total = 0.0;
    for p in (0..complete.len()).filter(|p| complete.group[*p] == group) {
        let scores = DVector::from_iterator(items, complete.codes(p).iter().map(|c| f64::from(*c)));
        total += complete.weights[p];
        first.axpy(complete.weights[p], &scores, 1.0);
        second.ger(complete.weights[p], &scores, &scores, 1.0);
    }
    first /= total;
    second /= total;
    let implied = |f: &dyn Fn(usize) -> f64| -> f64 {
        (0..model.nodes.weights.len()).map(|q| model.nodes.weights[q] * f(q)).sum()
    };
    let means: Vec<f64> = (0..items).map(|i| implied(&|q| model.nodes.mean[i][q])).collect();
    let sds: Vec<f64> = (0..items)
        .map(|i| (implied(&|q| model.nodes.square[i][q]) - means[i] * means[i]).max(0.0).sqrt())
        .collect();
    let (mut sum, mut count) = (0.0, 0.0);
    for i in 0..items {
        for j in 0..i {
            let sd = |i: usize| (second[(i, i)] - first[i] * first[i]).max(0.0).sqrt();
            let seen = (second[(i, j)] - first[i] * first[j]) / (sd(i) * sd(j));
            let own = model.expected(Moment::Product(j, i)) - means[i] * means[j];
            let difference = seen - own / (sds[i] * sds[j]);
            if difference.is_finite() {
                sum += difference * difference;
                count += 1.0;
            }
        }
    }
    (sum, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::covariates::Covariates;
    use crate::irt::item_model::ItemModel;
    use crate::irt::parameters::{Design, Traits, layout};
    use crate::irt::patterns::Patterns;
    use approx::assert_relative_eq;

    fn answers(model: ItemModel) -> Answers {
        let cells: Vec<[u8; 4]> =
            (0..120u32).map(|i| [0, 1, 2, 3].map(|j| ((i * (7 + j) / (2 + j) + i % 5) % 3) as u8)).collect();
        let rows = cells.iter().enumerate().map(|(i, row)| Some(((i % 2, 0), 1.0, row.as_slice())));
        Answers {
            names: (0..4).map(|j| format!("x{j}")).collect(),
            models: vec![model; 4],
            codes: vec![vec![0.0, 1.0, 2.0]; 4],
            groups: vec!["a".into(), "b".into()],
            patterns: Patterns::of(4, rows),
            rows_read: 120,
            rows_used: 120,
            weighted: false,
            covariates: Covariates::default(),
            warnings: Vec::new(),
        }
    }

    /// Of every form, traits of groups included.
    #[test]
    fn derivatives_of_the_moments_are_differences() {
        for model in [
            ItemModel::Graded,
            ItemModel::GeneralizedPartialCredit,
            ItemModel::PartialCredit,
            ItemModel::RatingScale,
            ItemModel::Nominal,
        ] {
            let answers = answers(model);
            let traits = Traits::one(4);
            let design = Design {
                answers: &answers,
                traits: &traits,
                equal: vec![(true, true); 4],
                free_means: true,
                free_variances: true,
                lower_prior: None,
                upper_prior: None,
            };
            let (layout, mut x) = layout(&design);
            x.iter_mut().enumerate().for_each(|(i, x)| *x += 0.01 * i as f64);
            let all = moments(&[3; 4]);
            let mut marginal = MarginalLikelihood::new(&answers.patterns, &layout, 61, &x);
            marginal.evaluate(&x).unwrap();
            let tables = ScoreTables::new(&marginal, &x);
            let at = |marginal: &mut MarginalLikelihood<'_>, x: &DVector<f64>| {
                marginal.evaluate(x).unwrap();
                let model = Expected::of(marginal, 1);
                DVector::from_fn(all.len(), |m, _| model.expected(all[m]))
            };
            let model = Expected::of(&marginal, 1);
            let own = jacobian(&marginal, &tables, &model, 1, &all);
            for i in 0..x.len() {
                let step = |by: f64| {
                    let mut moved = x.clone();
                    moved[i] += by;
                    moved
                };
                let high = at(&mut marginal, &step(1e-5));
                let low = at(&mut marginal, &step(-1e-5));
                for m in 0..all.len() {
                    assert_relative_eq!(own[(m, i)], (high[m] - low[m]) / 2e-5, epsilon = 1e-8);
                }
            }
        }
    }

    /// The covariance of the moments is that over all 81 patterns.
    #[test]
    fn the_covariance_of_the_moments_is_that_of_the_patterns() {
        let answers = answers(ItemModel::Graded);
        let traits = Traits::one(4);
        let design = Design {
            answers: &answers,
            traits: &traits,
            equal: vec![(true, true); 4],
            free_means: true,
            free_variances: true,
            lower_prior: None,
            upper_prior: None,
        };
        let (layout, x) = layout(&design);
        let mut marginal = MarginalLikelihood::new(&answers.patterns, &layout, 61, &x);
        marginal.evaluate(&x).unwrap();
        let model = Expected::of(&marginal, 0);
        let all = moments(&[3; 4]);
        let mut mean = DVector::zeros(all.len());
        let mut square = DMatrix::zeros(all.len(), all.len());
        for cell in 0..81usize {
            let codes = [cell % 3, cell / 3 % 3, cell / 9 % 3, cell / 27];
            let p: f64 = (0..model.nodes.weights.len())
                .map(|q| {
                    model.nodes.weights[q] * (0..4).map(|i| model.nodes.p[i][codes[i]][q]).product::<f64>()
                })
                .sum();
            let z = DVector::from_fn(all.len(), |m, _| match all[m] {
                Moment::Share(i, k) => f64::from(u8::from(codes[i] == k)),
                Moment::Product(i, j) => (codes[i] * codes[j]) as f64,
            });
            mean += &z * p;
            square += &z * z.transpose() * p;
        }
        assert_relative_eq!(model.covariance(&all), square - &mean * mean.transpose(), epsilon = 1e-12);
    }
}
