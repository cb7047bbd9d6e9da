//! Conditional maximum likelihood for the Rasch family (Andersen 1970, 1972; partial credit: Andersen 1983, Masters 1982).
//!
//! Given the sum r of a respondent's answers to the items he answered, the trait drops out:
//! ```text
//! P(x | r) = exp(sum_j d_j,x_j) / gamma_r(d)
//! ```
//!
//! with gamma_r the sum of that numerator over all answers with the sum r, whatever the distribution of the trait. Respondents at
//! either end of their items tell nothing. Difficulties have mean 0 over all steps of all items.

use super::answers::Answers;
use super::choices::TraitEstimator;
use super::conditional_fit::{AndersenTest, ConditionalFit};
use super::irt::Irt;
use super::item_parameters::{ItemErrors, ItemParameters, difficulties};
use super::layout::{Layout, Role};
use super::parameters::{Traits, layout};
use super::patterns::{MISSING, Patterns};
use super::symmetric_functions::SumScores;
use crate::data::{Dataset, Progress};
use crate::error::{Error, Result, Warning};
use crate::numeric::cholesky;
use crate::numeric::minimise::{Objective, bfgs};
use crate::numeric::tails::chi_square_tail;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Beyond this an estimate runs away.
const FARTHEST: f64 = 30.0;
const TOLERANCE: f64 = 1e-8;
const ACCEPTED: f64 = 1e-5;
const WORK: &str = "the conditional likelihood";

/// Respondents who answered the same items.
struct Booklet {
    items: Vec<usize>,
    /// By sum: their weight.
    sums: Vec<f64>,
}

/// Sufficient statistics: how often each category was chosen, and sums by booklet.
struct Counted {
    /// By item and category.
    chosen: Vec<Vec<f64>>,
    booklets: Vec<Booklet>,
    informative: usize,
}

impl Counted {
    fn of(patterns: &Patterns, categories: &[usize], wanted: impl Fn(usize) -> bool) -> Self {
        let mut chosen: Vec<Vec<f64>> = categories.iter().map(|count| vec![0.0; *count]).collect();
        let mut booklets: BTreeMap<Vec<usize>, Vec<f64>> = BTreeMap::new();
        let mut informative = 0;
        for p in (0..patterns.len()).filter(|p| wanted(*p)) {
            let (sum, most, items) = sum_of(patterns.codes(p), categories);
            if sum == 0 || sum == most || items.len() < 2 {
                continue;
            }
            informative += patterns.counts[p];
            for item in &items {
                chosen[*item][usize::from(patterns.codes(p)[*item])] += patterns.weights[p];
            }
            booklets.entry(items).or_insert_with(|| vec![0.0; most + 1])[sum] += patterns.weights[p];
        }
        let booklets = booklets.into_iter().map(|(items, sums)| Booklet { items, sums }).collect();
        Self { chosen, booklets, informative }
    }

    /// The first category of an item that none of these respondents chose.
    fn unused(&self) -> Option<(usize, usize)> {
        let of = |(item, own): (usize, &Vec<f64>)| own.iter().position(|n| *n == 0.0).map(|k| (item, k));
        self.chosen.iter().enumerate().find_map(of)
    }
}

/// The sum of the answers, the highest it can be, and the items answered.
fn sum_of(codes: &[u8], categories: &[usize]) -> (usize, usize, Vec<usize>) {
    let items: Vec<usize> = (0..codes.len()).filter(|item| codes[*item] != MISSING).collect();
    let sum = items.iter().map(|item| usize::from(codes[*item])).sum();
    (sum, items.iter().map(|item| categories[*item] - 1).sum(), items)
}

/// The conditional likelihood as a function of the free parameters but the first, which is 0.
struct Conditional<'a> {
    layout: &'a Layout,
    counted: &'a Counted,
    /// Free parameters of the layout that are those of items, from the second on.
    free: Vec<usize>,
    at: DVector<f64>,
    gradient: DVector<f64>,
}

impl<'a> Conditional<'a> {
    fn new(layout: &'a Layout, counted: &'a Counted) -> Self {
        let of_items = |i: &usize| matches!(layout.roles[*i], Role::Intercept | Role::Location);
        let free: Vec<usize> = (0..layout.len()).filter(of_items).skip(1).collect();
        let size = free.len();
        Self { layout, counted, free, at: DVector::zeros(layout.len()), gradient: DVector::zeros(size) }
    }

    /// Intercepts by item, those of the lowest category first.
    fn intercepts(&self, x: &DVector<f64>) -> Vec<Vec<f64>> {
        let of = |place: &super::layout::ItemPlace| {
            let own = place.slots[1..].iter().map(|slot| slot.value(x));
            std::iter::once(0.0).chain(own).collect()
        };
        self.layout.items[0].iter().map(of).collect()
    }

    /// The log-likelihood and its gradient.
    fn evaluate(&mut self, own: &DVector<f64>) -> Option<f64> {
        self.free.iter().zip(own.iter()).for_each(|(i, value)| self.at[*i] = *value);
        if own.iter().any(|x| !(x.abs() < 10.0 * FARTHEST)) {
            return None;
        }
        let d = self.intercepts(&self.at);
        let parts: Vec<(f64, Vec<Vec<f64>>)> =
            self.counted.booklets.par_iter().map(|booklet| expected(booklet, &d)).collect();
        let mut value = 0.0;
        let mut excess = self.counted.chosen.clone();
        for (item, own) in self.counted.chosen.iter().enumerate() {
            value += own.iter().zip(&d[item]).map(|(n, d)| n * d).sum::<f64>();
        }
        for (booklet, (log, expected)) in self.counted.booklets.iter().zip(&parts) {
            value -= log;
            for (item, own) in booklet.items.iter().zip(expected) {
                excess[*item].iter_mut().zip(own).for_each(|(excess, own)| *excess -= own);
            }
        }
        let mut all = DVector::zeros(self.layout.len());
        for (place, own) in self.layout.items[0].iter().zip(&excess) {
            for (slot, own) in place.slots[1..].iter().zip(&own[1..]) {
                slot.free.iter().for_each(|(index, c)| all[*index] += c * own);
            }
        }
        self.gradient = DVector::from_fn(self.free.len(), |i, _| all[self.free[i]]);
        value.is_finite().then_some(value)
    }

    /// The observed information, by central differences of the gradient.
    fn information(&mut self, x: &DVector<f64>) -> DMatrix<f64> {
        let size = x.len();
        let mut information = DMatrix::zeros(size, size);
        let h = 1e-4;
        for i in 0..size {
            let mut side = |by: f64| {
                let mut moved = x.clone();
                moved[i] += by;
                self.evaluate(&moved);
                self.gradient.clone()
            };
            let (high, low) = (side(h), side(-h));
            information.set_column(i, &((low - high) / (2.0 * h)));
        }
        self.evaluate(x);
        let transposed = information.transpose();
        (information + transposed) * 0.5
    }
}

/// Of a booklet: sum of n_r log gamma_r, and expected counts by item and category.
fn expected(booklet: &Booklet, d: &[Vec<f64>]) -> (f64, Vec<Vec<f64>>) {
    let own: Vec<&[f64]> = booklet.items.iter().map(|item| d[*item].as_slice()).collect();
    let all = SumScores::of(own.iter().copied());
    let log = booklet.sums.iter().enumerate().filter(|(_, n)| **n > 0.0).map(|(r, n)| n * all.log(r)).sum();
    let counts = (0..own.len())
        .map(|item| {
            let others = SumScores::of(own.iter().enumerate().filter(|(at, _)| *at != item).map(|(_, d)| *d));
            let of = |k: usize| {
                let each = booklet.sums.iter().enumerate().filter(|(r, n)| **n > 0.0 && *r >= k);
                each.map(|(r, n)| n * (own[item][k] + others.log(r - k) - all.log(r)).exp()).sum()
            };
            (0..own[item].len()).map(of).collect()
        })
        .collect();
    (log, counts)
}

impl Objective for Conditional<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.evaluate(x).map(|value| -value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.copy_from(&-&self.gradient);
    }
}

/// A maximum with the covariance matrix of its estimates.
struct Found {
    x: DVector<f64>,
    log_likelihood: f64,
    gradient: f64,
    covariance: Option<DMatrix<f64>>,
}

fn maximise(conditional: &mut Conditional<'_>, start: DVector<f64>, progress: &Progress) -> Result<Found> {
    let size = start.len();
    let mut x = start;
    for _ in 0..3 {
        progress.check(WORK)?;
        let information = conditional.information(&x);
        let scale = information.diagonal().map(|own| own.max(1e-8));
        let inverse = cholesky::inverse(&information).unwrap_or_else(|| {
            DMatrix::from_fn(size, size, |i, j| if i == j { 1.0 / scale[i] } else { 0.0 })
        });
        x = bfgs(conditional, x, &inverse, &scale, TOLERANCE, 200).x;
    }
    let information = conditional.information(&x);
    let covariance = cholesky::inverse(&information);
    if let Some(covariance) = &covariance {
        let next = &x + covariance * &conditional.gradient;
        if conditional.evaluate(&next).is_some() {
            x = next;
        }
    }
    let log_likelihood = conditional.evaluate(&x).unwrap_or(f64::NEG_INFINITY);
    let scaled = |i: usize| conditional.gradient[i].abs() / information[(i, i)].max(1e-12).sqrt();
    let gradient = (0..size).map(scaled).fold(0.0, f64::max);
    Ok(Found { x, log_likelihood, gradient, covariance })
}

impl Irt {
    /// Fits a Rasch, partial credit or rating scale model by conditional maximum likelihood.
    ///
    /// # Errors
    /// As [`Irt::fit`]; [`Error::Unsupported`] for other models, groups, weights, structures and scores that need a
    /// distribution; [`Error::NoAnswerExists`] where nobody tells anything, or only respondents at an end of their items
    /// chose some category.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::irt::{Irt, ItemModel};
    ///
    /// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
    /// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
    /// let fit = Irt::new(ItemModel::Rasch).fit_conditional(&data, &items)?;
    /// let b = fit.items[2].difficulties.as_ref().unwrap()[0];
    /// assert_eq!(format!("{b:.3}"), "1.236");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn fit_conditional<S: AsRef<str>>(&self, data: &Dataset, items: &[S]) -> Result<ConditionalFit> {
        let names: Vec<String> = items.iter().map(|item| item.as_ref().to_string()).collect();
        self.check_conditional()?;
        let answers = self.read(data, &names)?;
        let traits = Traits::one(names.len());
        let design = self.design(&answers, &traits)?;
        let (layout, start) = layout(&design);
        if let Some(other) = answers.models.iter().position(|model| !model.frees_variance()) {
            return Err(Error::Unsupported {
                what: format!("conditional maximum likelihood of the {}", answers.models[other].title()),
                instead: "Use rasch, pcm or rsm, or --estimator mml.".into(),
            });
        }
        let categories: Vec<usize> = answers.codes.iter().map(Vec::len).collect();
        let counted = Counted::of(&answers.patterns, &categories, |_| true);
        check_counted(&counted, &answers)?;
        let mut conditional = Conditional::new(&layout, &counted);
        let own = DVector::from_fn(conditional.free.len(), |i, _| start[conditional.free[i]]);
        let found = maximise(&mut conditional, own, &self.progress)?;
        let mut fit = ConditionalFit {
            n: answers.rows_used,
            rows_read: answers.rows_read,
            informative: counted.informative,
            model: self.model,
            converged: found.gradient < ACCEPTED && found.x.amax() < FARTHEST,
            gradient: found.gradient,
            logl: found.log_likelihood,
            npar: conditional.free.len(),
            items: told(&answers, &layout, &conditional, &found),
            andersen: None,
            andersen_why: None,
            sum_scores: Vec::new(),
            scores: None,
            warnings: answers.warnings.clone(),
        };
        if !fit.converged {
            let what = "the conditional likelihood".into();
            fit.warnings.push(Warning::NotAtMaximum { what, gradient: fit.gradient });
        }
        match andersen(&answers, &layout, &found, &categories, &self.progress)? {
            Ok(test) => fit.andersen = Some(test),
            Err(why) => fit.andersen_why = Some(why),
        }
        fit.score(self.scores, &answers);
        Ok(fit)
    }

    fn check_conditional(&self) -> Result<()> {
        let refuse = |what: &str, instead: &str| {
            let what = format!("{what} with conditional maximum likelihood");
            Err(Error::Unsupported { what, instead: instead.into() })
        };
        match () {
            () if self.group.is_some() => {
                refuse("--group", "Fit each group by itself, or use --estimator mml.")
            }
            () if self.weights.is_some() => refuse("--weights", "Use --estimator mml."),
            () if self.structure.is_some() => refuse("--structure", "Use --estimator mml."),
            () if !self.covariates.is_empty() => refuse("--covariates", "Use --estimator mml."),
            () if matches!(self.scores, Some(TraitEstimator::Eap | TraitEstimator::Map)) => {
                refuse("scores that need a distribution of the trait", "Use --scores wle or ml.")
            }
            () => Ok(()),
        }
    }
}

fn check_counted(counted: &Counted, answers: &Answers) -> Result<()> {
    let what = "conditional maximum likelihood estimate".to_string();
    if counted.informative == 0 {
        return Err(Error::NoAnswerExists {
            what,
            why: "every respondent is at an end of the items he answered".into(),
            remedy: "Add items that are easier or harder.".into(),
        });
    }
    match counted.unused() {
        None => Ok(()),
        Some((item, k)) => Err(Error::NoAnswerExists {
            what,
            why: format!(
                "category {} of '{}' was chosen by nobody but respondents at an end of all their items",
                answers.codes[item][k], answers.names[item]
            ),
            remedy: "Leave the item out, or join the category with its neighbour.".into(),
        }),
    }
}

/// The items with mean difficulty 0.
fn told(
    answers: &Answers,
    layout: &Layout,
    conditional: &Conditional<'_>,
    found: &Found,
) -> Vec<ItemParameters> {
    let d = conditional.intercepts(&conditional.at);
    let steps: f64 = d.iter().map(|own| (own.len() - 1) as f64).sum();
    let shift = -d.iter().map(|own| own[own.len() - 1]).sum::<f64>() / steps;
    // each intercept as a combination of the free parameters, the shift included
    let size = conditional.free.len();
    let place = |index: usize| conditional.free.iter().position(|own| *own == index);
    let row = |slot: &super::layout::Slot| {
        let mut row = DVector::zeros(size);
        slot.free.iter().for_each(|(index, c)| {
            if let Some(at) = place(*index) {
                row[at] += c;
            }
        });
        row
    };
    let rows: Vec<Vec<DVector<f64>>> =
        layout.items[0].iter().map(|place| place.slots[1..].iter().map(row).collect()).collect();
    let last = rows.iter().fold(DVector::zeros(size), |sum, own| sum + &own[own.len() - 1]) / -steps;
    let se = |row: &DVector<f64>| {
        let variance = row.dot(&(found.covariance.as_ref()? * row));
        (variance > 0.0).then(|| variance.sqrt())
    };
    (0..d.len())
        .map(|item| {
            let moved: Vec<DVector<f64>> =
                rows[item].iter().enumerate().map(|(k, row)| row + &last * (k + 1) as f64).collect();
            let intercepts: Vec<f64> = (1..d[item].len()).map(|k| d[item][k] + k as f64 * shift).collect();
            let shape = layout.items[0][item].shape;
            let b = difficulties(shape.form, 1.0, &intercepts).map(|(b, _)| b);
            let of_step = |k: usize| {
                if k == 0 || shape.categories == 2 { se(&moved[k]) } else { se(&(&moved[k] - &moved[k - 1])) }
            };
            ItemParameters {
                item: answers.names[item].clone(),
                group: None,
                model: answers.models[item],
                categories: answers.codes[item].clone(),
                slopes: vec![1.0],
                difficulties: b,
                guessing: None,
                upper: None,
                scores: None,
                se: ItemErrors {
                    slopes: vec![None],
                    intercepts: moved.iter().map(&se).collect(),
                    difficulties: Some((0..moved.len()).map(of_step).collect()),
                    ..ItemErrors::default()
                },
                intercepts,
            }
        })
        .collect()
}

/// Low and high respondents apart.
fn andersen(
    answers: &Answers,
    layout: &Layout,
    whole: &Found,
    categories: &[usize],
    progress: &Progress,
) -> Result<std::result::Result<AndersenTest, String>> {
    let patterns = &answers.patterns;
    let share = |p: usize| {
        let (sum, most, items) = sum_of(patterns.codes(p), categories);
        (sum > 0 && sum < most && items.len() > 1).then(|| sum as f64 / most as f64)
    };
    let shares: Vec<Option<f64>> = (0..patterns.len()).map(share).collect();
    let mut sorted: Vec<f64> = (0..patterns.len())
        .filter_map(|p| Some(std::iter::repeat_n(shares[p]?, patterns.counts[p])))
        .flatten()
        .collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let median =
        if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) };
    // the median belongs to the part that is smaller without it
    let below = sorted.iter().filter(|share| **share < median).count();
    let above = sorted.iter().filter(|share| **share > median).count();
    let with_low = below < above;
    let is_low =
        |p: usize| shares[p].is_some_and(|share| if with_low { share <= median } else { share < median });
    let parts =
        [Counted::of(patterns, categories, is_low), Counted::of(patterns, categories, |p| !is_low(p))];
    for (part, name) in parts.iter().zip(["low", "high"]) {
        if part.informative == 0 {
            return Ok(Err(format!("no respondent has a {name} score")));
        }
        if let Some((item, k)) = part.unused() {
            let (name_of, code) = (&answers.names[item], answers.codes[item][k]);
            return Ok(Err(format!("nobody with a {name} score chose category {code} of '{name_of}'")));
        }
    }
    let mut sum = 0.0;
    for part in &parts {
        let mut conditional = Conditional::new(layout, part);
        let found = maximise(&mut conditional, whole.x.clone(), progress)?;
        if !(found.gradient < ACCEPTED && found.x.amax() < FARTHEST) {
            return Ok(Err("the items of one part have no estimates".into()));
        }
        sum += found.log_likelihood;
    }
    let statistic = (2.0 * (sum - whole.log_likelihood)).max(0.0);
    let df = whole.x.len();
    Ok(Ok(AndersenTest {
        statistic,
        df,
        pvalue: chi_square_tail(statistic, df as f64),
        low: parts[0].informative,
        high: parts[1].informative,
    }))
}
