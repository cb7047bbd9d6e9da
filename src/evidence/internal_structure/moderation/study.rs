//! How parameters that depend on numbers are looked for: item by item beside a model in which only the factor does, then
//! again with the items named free.

use super::answers::{Answers, prepared};
use super::found::{ModeratedItem, ModeratedParameter, ModeratingNumber, Moderation};
use super::likelihood::{Freed, Layout, Likelihood};
use super::search::{Fitted, fitted};
use crate::data::{Progress, Rows};
use crate::error::{Error, Result, Warning};
use crate::evidence::internal_structure::adjustment::Adjustment;
use crate::evidence::internal_structure::item_functioning::FunctioningTest;
use crate::numeric::cholesky;
use crate::numeric::tails::{chi_square_tail, two_sided};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Items that say what the factor is: as many stay alike for everybody.
const FEWEST_ALIKE: usize = 2;

/// How dependence on numbers is looked for: every item beside a model in which only the factor depends on them; the item
/// with the largest difference, where it is significant, is freed, and the others are looked at again.
///
/// ```
/// use ndarray::Array2;
/// use psychometrics::evidence::internal_structure::ModerationStudy;
///
/// // 200 persons; the last item rises with age, whatever the level
/// let noise = |row: usize, item: usize| {
///     let x = (row as f64 * 12.9898 + item as f64 * 78.233).sin() * 43_758.545;
///     2.0 * (x - x.floor()) - 1.0
/// };
/// let ages: Vec<f64> = (0..200).map(|row| 20.0 + (row % 41) as f64).collect();
/// let answers = Array2::from_shape_fn((200, 4), |(row, item)| {
///     noise(row, 9) + noise(row, item) + if item == 3 { 0.05 * ages[row] } else { 0.0 }
/// });
/// let items: Vec<String> = ["x1", "x2", "x3", "x4"].map(String::from).into();
/// let found = ModerationStudy::default().run(&items, answers.view(), &[("age", &ages)])?;
/// assert_eq!(found.named(), ["x4"]);
/// let slope = found.items[3].slopes.iter().find(|s| s.parameter == "intercept").unwrap();
/// assert!((slope.per_unit - 0.05).abs() < 0.02);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ModerationStudy {
    alpha: f64,
    adjustment: Adjustment,
    progress: Progress,
}

impl Default for ModerationStudy {
    /// Level .05 with Holm's adjustment.
    fn default() -> Self {
        Self { alpha: 0.05, adjustment: Adjustment::Holm, progress: Progress::default() }
    }
}

impl ModerationStudy {
    /// The level of the tests.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// What is done about the number of items.
    pub fn adjustment(mut self, adjustment: Adjustment) -> Self {
        self.adjustment = adjustment;
        self
    }

    /// Who is told, and may stop it.
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Looks at the items of one factor. Rows are respondents, columns items as keyed, NaN missing: an incomplete row counts
    /// with the answers that are there (full information); a row without a number or without any answer is left out.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] below three, [`Error::TooFewRows`], [`Error::ConstantItem`], [`Error::WrongSize`],
    /// [`Error::NoAnswerExists`] where a search finds no solution, [`Error::BadOption`] for a level outside 0 to 1 or no
    /// number, [`Error::Stopped`].
    pub fn run<'r>(
        &self,
        items: &[String],
        answers: impl Into<Rows<'r>>,
        numbers: &[(&str, &[f64])],
    ) -> Result<Moderation> {
        let answers = answers.into();
        let answers = answers.view();
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return Err(Error::BadOption {
                option: "alpha".into(),
                value: self.alpha.to_string(),
                allowed: "a level between 0 and 1".into(),
            });
        }
        let read = answers.nrows();
        let (answers, moderating, warnings) = prepared(items, answers, numbers)?;
        let k = numbers.len();
        let mut freed = Freed::none(items.len());
        let equal = fitted(&answers, Layout::new(items.len(), k, &freed), None)
            .ok_or_else(|| no_solution("the model without moderated items"))?;
        let logl_equal = equal.logl;
        let mut base = equal;
        let mut rounds = 0;
        let mut tests: Vec<[Option<FunctioningTest>; 3]> = vec![[None; 3]; items.len()];
        let is_settled = loop {
            self.progress.check("moderation")?;
            self.progress.tell(rounds as u64, items.len() as u64);
            let own = self.tested(&answers, &base, &freed);
            rounds += 1;
            let mut worst: Option<(usize, f64)> = None;
            for (item, own) in own.into_iter().enumerate().filter(|(item, _)| !freed.intercepts[*item]) {
                tests[item] = own;
                if let Some(total) = own[2].filter(|t| t.adjusted < self.alpha)
                    && worst.is_none_or(|(_, most)| total.statistic > most)
                {
                    worst = Some((item, total.statistic));
                }
            }
            let Some((item, _)) = worst else { break true };
            if freed.intercepts.iter().filter(|f| !**f).count() == FEWEST_ALIKE {
                break false;
            }
            freed.intercepts[item] = true;
            freed.loadings[item] = true;
            let layout = Layout::new(items.len(), k, &freed);
            base = fitted(&answers, layout, Some(&base))
                .ok_or_else(|| no_solution("the model with the items named free"))?;
        };
        let told = (warnings, read, rounds, logl_equal);
        Ok(Moderation { is_settled, ..self.told(items, &answers, moderating, &base, tests, told) })
    }

    /// Uniform, non-uniform and total of every item that is not free yet.
    fn tested(&self, answers: &Answers, base: &Fitted, freed: &Freed) -> Vec<[Option<FunctioningTest>; 3]> {
        let (items, k) = (base.layout.items, base.layout.numbers);
        let deviances: Vec<Option<[f64; 2]>> = (0..items)
            .into_par_iter()
            .map(|item| {
                if freed.intercepts[item] {
                    return None;
                }
                let mut own = freed.clone();
                own.intercepts[item] = true;
                let uniform = fitted(answers, Layout::new(items, k, &own), Some(base))?;
                own.loadings[item] = true;
                let both = fitted(answers, Layout::new(items, k, &own), Some(&uniform))?;
                Some([2.0 * (uniform.logl - base.logl), 2.0 * (both.logl - uniform.logl)])
            })
            .collect();
        let test = |of: &dyn Fn([f64; 2]) -> f64, df: usize| -> Vec<Option<FunctioningTest>> {
            let statistics: Vec<Option<f64>> = deviances.iter().map(|d| d.map(|d| of(d).max(0.0))).collect();
            let pvalues: Vec<Option<f64>> =
                statistics.iter().map(|s| s.map(|s| chi_square_tail(s, df as f64))).collect();
            let adjusted = self.adjustment.of(&pvalues);
            let of = |((s, p), a): ((&Option<f64>, &Option<f64>), Option<f64>)| {
                Some(FunctioningTest { statistic: (*s)?, df, pvalue: (*p)?, adjusted: a? })
            };
            statistics.iter().zip(&pvalues).zip(adjusted).map(of).collect()
        };
        let (uniform, nonuniform, total) =
            (test(&|d| d[0], k), test(&|d| d[1], k), test(&|d| d[0] + d[1], 2 * k));
        (0..items).map(|i| [uniform[i], nonuniform[i], total[i]]).collect()
    }

    fn told(
        &self,
        items: &[String],
        answers: &Answers,
        numbers: Vec<ModeratingNumber>,
        base: &Fitted,
        tests: Vec<[Option<FunctioningTest>; 3]>,
        (warnings, rows, rounds, logl_equal): (Vec<Warning>, usize, usize, f64),
    ) -> Moderation {
        let mut likelihood = Likelihood::new(answers, base.layout.clone());
        let covariance = cholesky::inverse(&likelihood.information(&base.x));
        let slopes = |parameter: &str, first: Option<usize>| -> Vec<ModeratedParameter> {
            let Some(first) = first else { return Vec::new() };
            numbers
                .iter()
                .enumerate()
                .map(|(k, number)| slope(parameter, number, base, first + k, covariance.as_ref()))
                .collect()
        };
        let mut factor = slopes("mean", Some(base.layout.mean_slopes()));
        factor.extend(slopes("log variance", Some(base.layout.variance_slopes())));
        let p = items.len();
        let item = |(at, name): (usize, &String)| {
            let [uniform, nonuniform, total] = tests[at];
            let mut own = slopes("intercept", base.layout.intercept_slopes[at]);
            own.extend(slopes("loading", base.layout.loading_slopes[at]));
            ModeratedItem {
                item: name.clone(),
                uniform,
                nonuniform,
                total,
                is_named: base.layout.intercept_slopes[at].is_some(),
                intercept: base.x[at],
                loading: base.x[p + at],
                residual_variance: base.x[2 * p + at].exp(),
                slopes: own,
                reason: total
                    .is_none()
                    .then(|| "the search with the item free found no solution".to_string()),
            }
        };
        Moderation {
            n: answers.rows.len(),
            rows,
            is_settled: true,
            logl_equal,
            logl: base.logl,
            npar: base.layout.size,
            rounds,
            alpha: self.alpha,
            adjustment: self.adjustment,
            factor,
            items: items.iter().enumerate().map(item).collect(),
            warnings,
            numbers,
        }
    }
}

fn no_solution(what: &str) -> Error {
    Error::NoAnswerExists {
        what: what.to_string(),
        why: "the search found no solution".into(),
        remedy: "Look for items that hardly measure the factor, or groups of respondents \
         who answer alike, and leave them out."
            .into(),
    }
}

fn slope(
    parameter: &str,
    number: &ModeratingNumber,
    base: &Fitted,
    at: usize,
    covariance: Option<&DMatrix<f64>>,
) -> ModeratedParameter {
    let per_sd = base.x[at];
    let se = covariance.map(|c| c[(at, at)].sqrt()).filter(|se| se.is_finite());
    let z = se.map(|se| per_sd / se);
    ModeratedParameter {
        parameter: parameter.into(),
        number: number.name.clone(),
        per_sd,
        se,
        z,
        pvalue: z.map(two_sided),
        per_unit: per_sd / number.sd,
    }
}
