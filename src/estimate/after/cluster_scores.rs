//! Factor scores of two-level models: of the factors between clusters what all answers of a cluster say of them, of those
//! within what is left of a respondent's answers.
//!
//! With u the variables of a cluster behind and beside the answers (see [`crate::estimate::levels::moments`]), K the covariances of
//! variables with factors, and o the answers a respondent gave,
//!
//! ```text
//! eta_B = E(eta_B) + K_B' g                                  Sigma_B g = E(u | all answers) - mu
//! eta_W = E(eta_W) + K_W' H (y - mu - E(v | all answers))    H = Sigma_W,oo^-1, 0 for what was not answered
//! var(eta_B) = E_B - K_B'(P + F'Q F) K_B
//! var(eta_W) = E_W - K_W'(H - H T H) K_W
//! ```
//!
//! the mean and variance of the normal distribution of both given the answers of the whole cluster (regression scores;
//! empirical Bayes: Skrondal & Rabe-Hesketh 2004, ch. 7). Their standard errors differ with what was answered, and with
//! the size of the cluster. Determinacy is the root of 1 - (mean posterior variance) / variance.

use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result};
use crate::estimate::after::factor_scores::ClusterScores;
use crate::estimate::after::factor_scores::{FactorScores, ScoreMethod};
use crate::estimate::fit::Fit;
use crate::estimate::levels::group::{inverse_and_log, variables};
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::model::{Implied, ParameterTable};
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Scores and their variances.
type Scored = Vec<(Vec<f64>, Vec<f64>)>;

/// What the answers of a cluster say: of its factors, and of its respondents'.
struct Told {
    between: (Vec<f64>, Vec<f64>),
    within: Scored,
}

impl Fit {
    pub(crate) fn two_level_scores(
        &self,
        data: &Dataset,
        group: Option<&str>,
        method: ScoreMethod,
    ) -> Result<FactorScores> {
        if method == ScoreMethod::Bartlett {
            return Err(Error::Unsupported {
                what: "Bartlett's scores of two levels".into(),
                instead: "Use regression scores, which take all answers of a cluster into account.".into(),
            });
        }
        let internals = &self.internals;
        let variable = internals.estimation.cluster.clone().unwrap_or_default();
        let (clusters, grouping) = (data.grouping(&variable)?, self.grouping(data, group)?);
        let tables = &internals.tables;
        let names = variables(&tables[..2]);
        let p = tables[0].observed.len();
        let values = data.numeric(&names)?;
        let (rows, account) = self.clusters_of_rows(&names, values.view(), &clusters, &grouping);
        let groups: Vec<Levels<'_>> = tables
            .chunks(2)
            .zip(internals.implied.chunks(2))
            .map(|(tables, implied)| Levels::new(tables, implied, &names))
            .collect();
        let of_cluster = |(&(cluster, group), rows): (&(usize, usize), &Vec<usize>)| {
            let answers = DMatrix::from_fn(names.len(), rows.len(), |i, c| values[(rows[c], i)]);
            same_in_cluster(&answers, &names, p, (&variable, &clusters.levels[cluster]))?;
            groups[group].of(&answers).ok_or_else(|| Error::Unsupported {
                what: "factor scores where a covariance matrix of the model is singular".into(),
                instead: "Free the variances that are zero, or leave out what depends on other variables."
                    .into(),
            })
        };
        let told: Vec<Told> = rows.par_iter().map(of_cluster).collect::<Result<_>>()?;
        let mut of_rows = Vec::new();
        let mut between = ClusterScores {
            variable: variable.clone(),
            factors: groups[0].factors(1).to_vec(),
            clusters: Vec::new(),
            groups: Vec::new(),
            values: Vec::new(),
            se: Vec::new(),
            determinacy: Vec::new(),
        };
        let mut variances = vec![[Scored::new(), Scored::new()]; groups.len()];
        for (((cluster, group), rows), told) in rows.into_iter().zip(told) {
            between.clusters.push(clusters.levels[cluster].clone());
            between.groups.push(group + 1);
            between.se.push(roots(&told.between.1));
            between.values.push(told.between.0.clone());
            variances[group][1].push(told.between);
            variances[group][0].extend(told.within.iter().cloned());
            of_rows.extend(rows.into_iter().zip(told.within));
        }
        of_rows.sort_by_key(|(row, _)| *row);
        let determinacy = |level: usize| -> Vec<Vec<Option<f64>>> {
            groups
                .iter()
                .zip(&variances)
                .map(|(own, scored)| own.determinacy(level, &scored[level]))
                .collect()
        };
        between.determinacy = determinacy(1);
        Ok(FactorScores {
            method,
            factors: groups[0].factors(0).to_vec(),
            rows: of_rows.iter().map(|(row, _)| row + 1).collect(),
            determinacy: determinacy(0),
            se: Vec::new(),
            row_se: Some(of_rows.iter().map(|(_, (_, variance))| some(roots(variance))).collect()),
            values: of_rows.into_iter().map(|(_, (values, _))| some(values)).collect(),
            undetermined: Vec::new(),
            left_out: account.read() - account.used(),
            reasons: account.into_left_out(),
            clusters: Some(between),
        })
    }

    /// The rows of each cluster of each group, and what became of every row.
    fn clusters_of_rows(
        &self,
        names: &[String],
        values: ArrayView2<'_, f64>,
        clusters: &Grouping,
        grouping: &Option<Vec<Option<String>>>,
    ) -> (BTreeMap<(usize, usize), Vec<usize>>, RowAccount) {
        let tables = &self.internals.tables;
        let p = tables[0].observed.len();
        let fixed = |i: usize| {
            tables[..2]
                .iter()
                .any(|table| table.covariates.iter().any(|&covariate| table.observed[covariate] == names[i]))
        };
        let mut rows: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        let needed: Vec<usize> = (0..names.len()).filter(|&i| fixed(i)).collect();
        let rule = Rule { listwise: false, needed: &needed };
        let mut account = RowAccount::default();
        for row in 0..values.nrows() {
            let place = match (clusters.codes[row], self.group_of(grouping, row)) {
                (_, None) => Err(LeftOut::NoGroup),
                (None, _) => Err(LeftOut::NoCluster),
                (Some(cluster), Some(group)) => Ok((cluster, group)),
            };
            let fate = place.err().or_else(|| rule.leaves_out(|i| values[(row, i)], names.len(), p));
            account.count(fate);
            if let (Ok(place), None) = (place, fate) {
                rows.entry(place).or_default().push(row);
            }
        }
        (rows, account)
    }
}

/// Refuses variables of level 2 (those from the `p`-th on) that vary within a cluster (of a variable, with its name).
fn same_in_cluster(
    answers: &DMatrix<f64>,
    names: &[String],
    p: usize,
    (variable, cluster): (&str, &str),
) -> Result<()> {
    for (i, name) in names.iter().enumerate().skip(p) {
        let mut own = answers.row(i).into_owned().iter().copied().filter(|x| !x.is_nan()).collect::<Vec<_>>();
        own.dedup();
        if let [first, second, ..] = own[..] {
            return Err(Error::VariesWithin {
                name: name.clone(),
                variable: variable.into(),
                cluster: cluster.into(),
                values: (first, second),
            });
        }
    }
    Ok(())
}

fn some(values: Vec<f64>) -> Vec<Option<f64>> {
    values.into_iter().map(Some).collect()
}

fn roots(variances: &[f64]) -> Vec<f64> {
    variances.iter().map(|v| v.max(0.0).sqrt()).collect()
}

/// The moments of both levels of one group.
struct Levels<'a> {
    tables: &'a [ParameterTable],
    implied: &'a [Implied],
    /// Of each variable of level 2, its place among all.
    places: Vec<usize>,
    /// Of all variables.
    mean: DVector<f64>,
}

impl<'a> Levels<'a> {
    fn new(tables: &'a [ParameterTable], implied: &'a [Implied], names: &[String]) -> Self {
        let places: Vec<usize> =
            tables[1].observed.iter().filter_map(|name| names.iter().position(|own| own == name)).collect();
        let mut mean = DVector::zeros(names.len());
        mean.rows_mut(0, implied[0].mu.len()).copy_from(&implied[0].mu);
        places.iter().zip(implied[1].mu.iter()).for_each(|(&place, mu)| mean[place] += mu);
        Self { tables, implied, places, mean }
    }

    fn factors(&self, level: usize) -> &[String] {
        &self.tables[level].eta[..self.tables[level].n_latent]
    }

    /// Covariances of the variables of a level with its factors, and those factors' mean and variances.
    fn latent(&self, level: usize) -> (DMatrix<f64>, DVector<f64>, DVector<f64>) {
        let (implied, m) = (&self.implied[level], self.tables[level].n_latent);
        (
            implied.k.columns(0, m).into_owned(),
            implied.eta_mean.rows(0, m).into_owned(),
            implied.eta_covariance.diagonal().rows(0, m).into_owned(),
        )
    }

    fn determinacy(&self, level: usize, scored: &Scored) -> Vec<Option<f64>> {
        let (_, _, variances) = self.latent(level);
        let of = |(j, variance): (usize, &f64)| {
            let mean = scored.iter().map(|(_, left)| left[j]).sum::<f64>() / scored.len() as f64;
            (*variance > 0.0 && mean.is_finite()).then(|| (1.0 - mean / variance).max(0.0).sqrt())
        };
        variances.iter().enumerate().map(of).collect()
    }

    /// From the answers of a cluster (variables x respondents, NaN where missing); none where a matrix is singular.
    fn of(&self, answers: &DMatrix<f64>) -> Option<Told> {
        let (within, between) = (&self.implied[0].sigma, &self.implied[1].sigma);
        let (p, b, n) = (within.nrows(), between.nrows(), answers.ncols());
        // H of each pattern of answers
        let pattern = |c: usize| -> Vec<usize> { (0..p).filter(|&i| !answers[(i, c)].is_nan()).collect() };
        let mut inverses: BTreeMap<Vec<usize>, DMatrix<f64>> = BTreeMap::new();
        for c in 0..n {
            let own = pattern(c);
            if !inverses.contains_key(&own) {
                let (inverse, _) = inverse_and_log(&sub(within, &own))?;
                inverses.insert(own.clone(), padded(&inverse, &own, p));
            }
        }
        let deviation = |c: usize| {
            DVector::from_fn(p, |i, _| match answers[(i, c)] {
                x if x.is_nan() => 0.0,
                x => x - self.mean[i],
            })
        };
        let (mut all, mut sums) = (DMatrix::zeros(p, p), DVector::zeros(p));
        for c in 0..n {
            let inverse = &inverses[&pattern(c)];
            all += inverse;
            sums += inverse * deviation(c);
        }
        // over the variables of level 2
        let shared = |i: usize| self.places[i] < p;
        let a = DMatrix::from_fn(b, b, |i, j| match shared(i) && shared(j) {
            true => all[(self.places[i], self.places[j])],
            false => 0.0,
        });
        let sums = DVector::from_fn(b, |i, _| if shared(i) { sums[self.places[i]] } else { 0.0 });
        let own = |i: usize| answers.row(self.places[i]).iter().copied().find(|x| !x.is_nan());
        let known: Vec<usize> = (0..b).filter(|&i| !shared(i) && own(i).is_some()).collect();
        let z = DVector::from_fn(b, |i, _| match own(i) {
            Some(x) if !shared(i) => x - self.mean[self.places[i]],
            _ => 0.0,
        });
        let (inverse, _) = inverse_and_log(&sub(between, &known))?;
        let prior = padded(&inverse, &known, b);
        let f = DMatrix::identity(b, b) - between * &prior;
        let c = &f * between;
        // Q = A (I + C A)^-1
        let system = DMatrix::identity(b, b) + &c * &a;
        let q = &a * system.try_inverse()?;
        let from = &prior * &z;
        let left = &sums - &a * (between * &from);
        let score = &left - &q * (&c * &left);
        let g = &from + f.tr_mul(&score);
        let u = between * &g;
        let t = &c - &c * &q * &c;
        let (k, mean, variance) = self.latent(1);
        let told = &prior + f.tr_mul(&(&q * &f));
        let between_scores = (
            (&mean + k.tr_mul(&g)).iter().copied().collect(),
            (&variance - (k.tr_mul(&(told * &k))).diagonal()).iter().copied().collect(),
        );
        let (mut spread, mut v) = (DMatrix::zeros(p, p), DVector::zeros(p));
        for i in (0..b).filter(|&i| shared(i)) {
            v[self.places[i]] = u[i];
            (0..b).filter(|&j| shared(j)).for_each(|j| spread[(self.places[i], self.places[j])] = t[(i, j)]);
        }
        let (k, mean, variance) = self.latent(0);
        let variances: BTreeMap<&Vec<usize>, DVector<f64>> = inverses
            .iter()
            .map(|(own, h)| {
                let told = h - h * &spread * h;
                (own, &variance - k.tr_mul(&(told * &k)).diagonal())
            })
            .collect();
        let within_scores = (0..n)
            .map(|c| {
                let own = pattern(c);
                let left = deviation(c) - &v;
                let values = &mean + k.tr_mul(&(&inverses[&own] * left));
                (values.iter().copied().collect(), variances[&own].iter().copied().collect())
            })
            .collect();
        Some(Told { between: between_scores, within: within_scores })
    }
}

fn sub(m: &DMatrix<f64>, of: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(of.len(), of.len(), |i, j| m[(of[i], of[j])])
}

/// The elements in their places, with zeros elsewhere.
fn padded(m: &DMatrix<f64>, places: &[usize], size: usize) -> DMatrix<f64> {
    let mut all = DMatrix::zeros(size, size);
    for (i, &x) in places.iter().enumerate() {
        for (j, &y) in places.iter().enumerate() {
            all[(x, y)] = m[(i, j)];
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Covariates, Function, Model, Specification, row_of_free};

    /// Paths, covariates on both levels, a second factor, a variable of respondents only, a variable of clusters only.
    const MODEL: &str = "level: 1\n f =~ a + b + c\n h =~ b + c + e\n f ~ x\n h ~ f\n\
                         level: 2\n g =~ a + b + c + d\n g ~ z\n d ~ z";

    /// The mean and variance of the factors given one long vector of all answers of the cluster (Sigma_eta,y Sigma_yy^-1).
    #[test]
    fn scores_are_those_of_the_stacked_answers() {
        let model: Model = MODEL.parse().unwrap();
        let specification = Specification {
            function: Function::Sem,
            covariates: Covariates::Random,
            ..Specification::default()
        };
        let tables = ParameterTable::of_levels(&model.number_levels().unwrap(), &specification, 1).unwrap();
        let x = DVector::from_fn(tables[0].n_free, |i, _| {
            let row = row_of_free(&tables, i).unwrap();
            if row.lhs == row.rhs { 1.0 + 0.05 * i as f64 } else { 0.2 + 0.03 * (i % 5) as f64 }
        });
        let implied: Vec<Implied> = (tables.iter())
            .map(|table| {
                let p = table.observed.len();
                let mut implied = Implied::new(table, &DMatrix::identity(p, p), &DVector::zeros(p));
                implied.update(&x).unwrap();
                implied
            })
            .collect();
        let names = variables(&tables);
        let (p, levels) = (tables[0].observed.len(), Levels::new(&tables, &implied, &names));
        let wave = |i: usize, c: usize| ((i * 7 + c * 13) as f64 * 1.7).sin();
        for (n, holes) in [(1, false), (4, false), (5, true)] {
            let mut answers =
                DMatrix::from_fn(names.len(), n, |i, c| if i < p { wave(i, c) } else { wave(i, 0) });
            if holes {
                [(0, 1), (1, 1), (2, 3), (3, 0)].into_iter().for_each(|place| answers[place] = f64::NAN);
                answers.row_mut(p).fill(f64::NAN);
            }
            let told = levels.of(&answers).unwrap();
            let mut places: Vec<(usize, usize)> = (0..n).flat_map(|c| (0..p).map(move |i| (i, c))).collect();
            places.extend((p..names.len()).map(|i| (i, 0)));
            places.retain(|&place| !answers[place].is_nan());
            let above = |i: usize| tables[1].observed.iter().position(|name| *name == names[i]);
            let covariance = |&(i, c): &(usize, usize), &(j, other): &(usize, usize)| {
                let between = above(i).zip(above(j)).map_or(0.0, |(i, j)| implied[1].sigma[(i, j)]);
                between + if c == other && i < p && j < p { implied[0].sigma[(i, j)] } else { 0.0 }
            };
            let size = places.len();
            let v = DMatrix::from_fn(size, size, |a, b| covariance(&places[a], &places[b]));
            let left = DVector::from_fn(size, |a, _| answers[places[a]] - levels.mean[places[a].0]);
            let inverse = v.try_inverse().unwrap();
            let check = |level: usize, across: DMatrix<f64>, (values, variances): &(Vec<f64>, Vec<f64>)| {
                let mean = across.tr_mul(&(&inverse * &left));
                let explained = across.tr_mul(&(&inverse * &across));
                for j in 0..tables[level].n_latent {
                    let value = implied[level].eta_mean[j] + mean[j];
                    let variance = implied[level].eta_covariance[(j, j)] - explained[(j, j)];
                    assert!((values[j] - value).abs() < 1e-10, "{level} {j}: {} {value}", values[j]);
                    assert!(
                        (variances[j] - variance).abs() < 1e-10,
                        "{level} {j}: {} {variance}",
                        variances[j]
                    );
                }
            };
            let m = tables[1].n_latent;
            let across =
                DMatrix::from_fn(size, m, |a, j| above(places[a].0).map_or(0.0, |i| implied[1].k[(i, j)]));
            check(1, across, &told.between);
            for (c, own) in told.within.iter().enumerate() {
                let across = DMatrix::from_fn(size, tables[0].n_latent, |a, j| match places[a] {
                    (i, other) if other == c && i < p => implied[0].k[(i, j)],
                    _ => 0.0,
                });
                check(0, across, own);
            }
        }
    }
}
