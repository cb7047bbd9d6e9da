//! What is asked of a fit of one trait: fit of the whole and of items, local dependence, precision, scores.

use super::answers::Answers;
use super::choices::TraitEstimator;
use super::curves::Curves;
use super::fit::IrtFit;
use super::item_fit::{ItemFit, cells};
use super::latent::at;
use super::layout::Layout;
use super::limited_information::LimitedInformation;
use super::local_dependence::{ItemPair, Residuals, compare};
use super::patterns::MISSING;
use super::person_fit::{ItemMeanSquares, MeanSquares, PersonFit};
use super::precision::{TestInformation, TraitReliability, marginal_reliability};
use super::respondent_levels::{RespondentLevels, Uncertainty};
use super::scores::{Respondent, Scorer, TraitScores};
use super::solved::{Asked, Solved};
use super::sum_scores::{sum_score_likelihood, table};
use crate::error::Warning;
use crate::numeric::multiple_tests::benjamini_hochberg;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// A residual correlation that is this much above the mean of all is told (Christensen, Makransky & Horton 2017).
const MUCH_ABOVE: f64 = 0.2;

/// A fit of one trait beside its answers.
struct AfterFit<'s, 'a> {
    answers: &'s Answers,
    solved: &'s Solved<'a>,
    /// By group.
    scorers: Vec<Vec<Scorer>>,
    means: Vec<f64>,
    variances: Vec<f64>,
    /// EAP of each pattern and its standard deviation.
    eap: Vec<(f64, f64)>,
}

impl<'s, 'a> AfterFit<'s, 'a> {
    fn new(answers: &'s Answers, solved: &'s Solved<'a>) -> Self {
        let layout = solved.marginal.layout;
        let scorers = layout.items.iter().map(|places| {
            let one = |place: &super::layout::ItemPlace| {
                let local = Layout::values(&place.slots, &solved.found.x);
                Scorer { slope: local[0], response: place.shape.at(&local[1..]) }
            };
            places.iter().map(one).collect()
        });
        let latent = |d: usize| -> Vec<f64> {
            layout.latent.iter().map(|slots| slots[d].value(&solved.found.x)).collect()
        };
        let (means, variances) = (latent(0), latent(1 + at(0, 0)));
        let patterns = &answers.patterns;
        let marginal = &solved.marginal;
        let nodes = marginal.grids[0].len();
        let eap = (0..patterns.len())
            .into_par_iter()
            .map_init(
                || vec![0.0; nodes],
                |shares, p| {
                    marginal.posterior(p, shares);
                    let theta = &marginal.grids[patterns.group[p]].theta;
                    let each = || shares.iter().zip(theta);
                    let mean: f64 = each().map(|(s, t)| s * t).sum();
                    let variance: f64 = each().map(|(s, t)| s * (t - mean) * (t - mean)).sum();
                    (mean, variance.sqrt())
                },
            )
            .collect();
        Self { answers, solved, scorers: scorers.collect(), means, variances, eap }
    }

    fn respondent(&self, pattern: usize) -> Respondent<'_> {
        let group = self.answers.patterns.group[pattern];
        Respondent {
            items: &self.scorers[group],
            codes: self.answers.patterns.codes(pattern),
            mean: self.means[group],
            variance: self.variances[group],
        }
    }

    /// P by item, category and node of a group.
    fn probabilities(&self, group: usize) -> Vec<Vec<Vec<f64>>> {
        let marginal = &self.solved.marginal;
        let nodes = marginal.grids[group].len();
        let row = |row: usize| {
            marginal.tables[group].log_p[row * nodes..(row + 1) * nodes].iter().map(|x| x.exp()).collect()
        };
        marginal.offsets.windows(2).map(|rows| (rows[0]..rows[1]).map(row).collect()).collect()
    }

    fn weights(&self, group: usize) -> Vec<f64> {
        self.solved.marginal.tables[group].log_weights.iter().map(|x| x.exp()).collect()
    }

    fn item_fit(&self) -> Vec<ItemFit> {
        let complete = self.answers.patterns.complete();
        if complete.len() < 2 {
            return Vec::new();
        }
        let layout = self.solved.marginal.layout;
        let (p, weights) = (self.probabilities(0), self.weights(0));
        let traits = layout.latent[0].iter().filter(|slot| !slot.free.is_empty()).count();
        let mut all: Vec<ItemFit> = (0..self.answers.names.len())
            .map(|item| {
                let slots = &layout.items[0][item].slots;
                let mut own: Vec<usize> =
                    slots.iter().flat_map(|slot| slot.free.iter().map(|(index, _)| *index)).collect();
                own.sort_unstable();
                own.dedup();
                let found = cells(&complete, &p, &weights, item);
                ItemFit::of(&self.answers.names[item], &found, own.len() + traits)
            })
            .collect();
        let pvalues: Vec<Option<f64>> = all.iter().map(|item| item.pvalue).collect();
        all.iter_mut().zip(benjamini_hochberg(&pvalues)).for_each(|(item, p)| item.adjusted = p);
        all
    }

    fn residuals(&self) -> Residuals {
        let patterns = &self.answers.patterns;
        let mut all = Residuals::new(patterns.items);
        let mut curves = Curves::default();
        let mut own = vec![0.0; patterns.items];
        for p in 0..patterns.len() {
            let items = &self.scorers[patterns.group[p]];
            for (item, code) in patterns.codes(p).iter().enumerate() {
                own[item] = if *code == MISSING {
                    f64::NAN
                } else {
                    f64::from(*code) - items[item].moments(self.eap[p].0, &mut curves).0
                };
            }
            all.add(&own, patterns.weights[p]);
        }
        all
    }

    /// The pairs of a single group.
    fn pairs(&self, q3: Option<&crate::moments::LabelledMatrix>) -> Vec<ItemPair> {
        let (p, weights) = (self.probabilities(0), self.weights(0));
        let patterns = &self.answers.patterns;
        let names = &self.answers.names;
        let mut pairs = Vec::new();
        for i in 0..names.len() {
            for j in 0..i {
                let mut observed = DMatrix::zeros(p[j].len(), p[i].len());
                for pattern in 0..patterns.len() {
                    let codes = patterns.codes(pattern);
                    if codes[i] != MISSING && codes[j] != MISSING {
                        observed[(usize::from(codes[j]), usize::from(codes[i]))] += patterns.weights[pattern];
                    }
                }
                let shares = DMatrix::from_fn(p[j].len(), p[i].len(), |k, l| {
                    (0..weights.len()).map(|q| weights[q] * p[j][k][q] * p[i][l][q]).sum()
                });
                let (ld_x2, df, pvalue, v) = compare(&observed, &shares);
                let (first, second) = (names[j].clone(), names[i].clone());
                let q3 = q3.map(|q3| q3.values[i][j]);
                pairs.push(ItemPair { first, second, n: observed.sum(), q3, ld_x2, df, pvalue, v });
            }
        }
        pairs
    }

    fn reliability(&self) -> TraitReliability {
        let patterns = &self.answers.patterns;
        let grid = &self.solved.marginal.grids[0];
        let marginal =
            marginal_reliability(&self.scorers[0], &grid.theta, &self.weights(0), self.variances[0]);
        let n: f64 = patterns.weights.iter().sum();
        let mean = |f: &dyn Fn(usize) -> f64| -> f64 {
            (0..patterns.len()).map(|p| patterns.weights[p] * f(p)).sum::<f64>() / n
        };
        let centre = mean(&|p| self.eap[p].0);
        let variance = mean(&|p| (self.eap[p].0 - centre).powi(2)) * n / (n - 1.0);
        let error = mean(&|p| self.eap[p].1.powi(2));
        let empirical = Some(variance / (variance + error)).filter(|r| r.is_finite());
        TraitReliability { marginal, empirical }
    }

    fn scores(&self, method: TraitEstimator) -> TraitScores {
        let patterns = &self.answers.patterns;
        let of_pattern = |p: usize| match method {
            TraitEstimator::Eap => (Some(self.eap[p].0), Some(self.eap[p].1)),
            method => self.respondent(p).maximum(method, self.eap[p].0),
        };
        let found: Vec<(Option<f64>, Option<f64>)> = (0..patterns.len()).map(of_pattern).collect();
        let of_row = |row: &Option<usize>| row.map_or((None, None), |p| found[p]);
        let (values, se) = patterns.of_row.iter().map(of_row).unzip();
        TraitScores { method, values, se, traits: Vec::new() }
    }

    fn person_fit(&self) -> PersonFit {
        let patterns = &self.answers.patterns;
        let found: Vec<_> = (0..patterns.len()).map(|p| self.respondent(p).fit(self.eap[p].0)).collect();
        PersonFit::of_rows(patterns.of_row.iter().map(|row| row.map(|p| found[p])))
    }

    fn mean_squares(&self) -> Vec<ItemMeanSquares> {
        let patterns = &self.answers.patterns;
        let mut curves = Curves::default();
        let one = |(item, name): (usize, &String)| {
            let mut sums = MeanSquares::default();
            for p in 0..patterns.len() {
                let code = patterns.codes(p)[item];
                if code != MISSING {
                    let scorer = &self.scorers[patterns.group[p]][item];
                    let (mean, variance) = scorer.moments(self.eap[p].0, &mut curves);
                    sums.add(f64::from(code) - mean, variance, patterns.weights[p]);
                }
            }
            sums.of(name)
        };
        self.answers.names.iter().enumerate().map(one).collect()
    }
}

impl IrtFit {
    /// Fills in what is asked of a fit of one trait.
    pub(crate) fn complete(&mut self, asked: &Asked, answers: &Answers, solved: &Solved<'_>) {
        let after = AfterFit::new(answers, solved);
        let names = &answers.names;
        self.information =
            TestInformation::of(names, &after.scorers[0], after.means[0], after.variances[0].sqrt());
        self.reliability = after.reliability();
        let marginal = &solved.marginal;
        let (theta, counts) = (&marginal.grids[0].theta, marginal.counts.of_nodes(0));
        let known = solved.errors.as_ref().filter(|errors| errors.without.is_empty());
        let uncertainty = known.map(|errors| Uncertainty {
            items: &marginal.layout.items[0],
            variance: &marginal.layout.latent[0][1 + at(0, 0)],
            matrix: &errors.matrix,
        });
        let nodes = (theta.as_slice(), counts);
        self.respondents =
            RespondentLevels::of(&after.scorers[0], nodes, after.variances[0], uncertainty.as_ref());
        self.scores = asked.scores.map(|method| after.scores(method));
        let lowest: f64 = answers.codes.iter().map(|codes| codes[0]).sum();
        let p = after.probabilities(0);
        let likelihood = sum_score_likelihood(p.iter(), after.weights(0).len());
        self.sum_scores = table(&likelihood, &after.weights(0), &solved.marginal.grids[0].theta, lowest);
        if !asked.fit_statistics {
            return;
        }
        self.fit = Some(LimitedInformation::of(&solved.marginal, answers, &solved.found.x));
        self.q3 = after.residuals().q3(names);
        self.person_fit = Some(after.person_fit());
        self.mean_squares = after.mean_squares();
        if answers.groups.len() == 1 {
            self.item_fit = after.item_fit();
            self.pairs = after.pairs(self.q3.as_ref());
        }
        self.dependence_told();
    }

    fn dependence_told(&mut self) {
        let Some(q3) = &self.q3 else { return };
        let size = q3.rows.len();
        let pairs = || (0..size).flat_map(|i| (0..i).map(move |j| (i, j)));
        let mean = pairs().map(|(i, j)| q3.values[i][j]).sum::<f64>() / pairs().count().max(1) as f64;
        let found: Vec<Warning> = pairs()
            .filter(|(i, j)| q3.values[*i][*j] - mean > MUCH_ABOVE)
            .map(|(i, j)| Warning::LocalDependence {
                first: q3.rows[j].clone(),
                second: q3.rows[i].clone(),
                q3: q3.values[i][j],
                mean,
            })
            .collect();
        self.warnings.extend(found);
    }
}
