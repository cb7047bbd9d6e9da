//! The discrepancy of a model of two levels: respondents within clusters, with random intercepts.
//!
//! ```text
//! y_ij = v_j + w_ij,   cov(w) = Sigma_W (level 1),   cov(v, z) = Sigma_B (level 2),   F = (-2 log L - that of the saturated model) / n
//! ```
//!
//! The likelihood as a function of the moments, and what they weigh in its derivatives, is
//! [`super::moments`]'s; here those meet the parameters. A column of the Hessian is how the weights change as a
//! parameter moves the moments, and what the moments curve.

use super::moments::{AtMoments, LevelMoments};
use super::movement::Movement;
use crate::estimate::inference::Information;
use crate::estimate::levels::group::TwoLevelGroup;
use crate::estimate::observed::Observed;
use crate::estimate::term::{Curvature, Term};
use crate::model::{Implied, ParameterTable};
use crate::numeric::arrowhead::Arrowhead;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// One group.
#[derive(Debug)]
pub(crate) struct TwoLevelTerm<'a> {
    pub(super) group: &'a TwoLevelGroup,
    share: f64,
    last: f64,
    /// Of level 1 and level 2.
    pub(super) implied: [Implied; 2],
    /// The likelihood at the point last evaluated.
    pub(super) at: Option<AtMoments<'a>>,
}

/// The terms of all groups: F = sum_g n_g/N F_g.
pub(crate) fn terms<'a>(tables: &[ParameterTable], observed: &'a [Observed]) -> Vec<TwoLevelTerm<'a>> {
    let total: f64 = observed.iter().map(|o| o.multiplier).sum();
    let term = |(tables, observed): (&[ParameterTable], &'a [Observed])| {
        let group = observed[0].seen_as()?;
        let implied = [0, 1].map(|k| observed[k].implied(&tables[k]));
        Some(TwoLevelTerm::new(group, implied, observed[0].multiplier / total))
    };
    tables.chunks(2).zip(observed.chunks(2)).filter_map(term).collect()
}

impl Term for TwoLevelTerm<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let n = self.group.data.n as f64;
        self.last = (self.likelihood(x)? - self.group.saturated) / n;
        Some(self.last())
    }

    fn last(&self) -> f64 {
        self.share * self.last
    }

    fn add_gradient(&mut self, gradient: &mut DVector<f64>) {
        if let Some(at) = &self.at {
            self.add_by_parameters(&at.weights(), self.scale(), gradient);
        }
    }

    fn add_hessian(&mut self, which: Curvature, hessian: &mut Arrowhead) {
        let mut own = DMatrix::zeros(hessian.size(), hessian.size());
        match which {
            Curvature::Search => {
                self.add_completed_hessian(&mut own);
            }
            Curvature::Expected => self.add_information(Information::Expected, false, &mut own),
            Curvature::Observed => self.add_information(Information::Observed, false, &mut own),
        }
        hessian.add_whole(&own);
    }

    fn implied(&self) -> &[Implied] {
        &self.implied
    }

    fn into_implied(self: Box<Self>) -> Vec<Implied> {
        self.implied.into()
    }
}

impl<'a> TwoLevelTerm<'a> {
    pub(crate) fn new(group: &'a TwoLevelGroup, implied: [Implied; 2], share: f64) -> Self {
        Self { group, share, last: 0.0, implied, at: None }
    }

    /// -2 log L without constants at a point; none where it does not exist.
    pub(crate) fn likelihood(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.implied.iter_mut().try_for_each(|implied| implied.update(x))?;
        let [within, between] = &self.implied;
        let at = self.group.at(LevelMoments {
            within: within.sigma.clone(),
            within_mean: within.mu.clone(),
            between: between.sigma.clone(),
            between_mean: between.mu.clone(),
        })?;
        let value = at.value;
        self.at = Some(at);
        Some(value)
    }

    /// What F_g is -2 log L times, over all groups.
    pub(super) fn scale(&self) -> f64 {
        self.share / self.group.data.n as f64
    }

    /// Adds the derivatives by the parameters of something whose derivatives by the moments are `weights`.
    pub(super) fn add_by_parameters(&self, weights: &LevelMoments, scale: f64, sum: &mut DVector<f64>) {
        let levels = [(&weights.within, &weights.within_mean), (&weights.between, &weights.between_mean)];
        for (implied, (weight, mean)) in self.implied.iter().zip(levels) {
            let g = columns(implied);
            let form = g.tr_mul(&(weight * &g));
            for direction in &implied.directions {
                if let Some((u, v, c)) = direction.covariance {
                    sum[direction.free] += scale * 2.0 * c * form[(u, v)];
                }
                if let Some((g, at)) = direction.mean {
                    let by = at.map_or(1.0, |j| implied.eta_mean[j]);
                    sum[direction.free] += scale * by * implied.column_dot(g, mean);
                }
            }
        }
    }

    /// How a parameter moves the moments.
    pub(super) fn moved(&self, free: usize) -> Movement {
        let [(within, within_mean), (between, between_mean)] = self.implied.each_ref().map(|implied| {
            let g = columns(implied);
            let (mut sides, mut mu) = (Vec::new(), DVector::zeros(g.nrows()));
            for direction in implied.directions.iter().filter(|direction| direction.free == free) {
                if let Some((u, v, c)) = direction.covariance {
                    sides.push((g.column(u) * c, g.column(v).into_owned()));
                }
                if let Some((column, at)) = direction.mean {
                    mu.axpy(at.map_or(1.0, |j| implied.eta_mean[j]), &g.column(column), 1.0);
                }
            }
            (sides, mu)
        });
        Movement { within, within_mean, between, between_mean }
    }

    /// The derivatives of each cluster's log-likelihood, a column per cluster.
    pub(crate) fn scores(&self, q: usize) -> Option<DMatrix<f64>> {
        let of_cluster = |weights: &LevelMoments| {
            let mut score = DVector::zeros(q);
            self.add_by_parameters(weights, -0.5, &mut score);
            score
        };
        let clusters = self.at.as_ref()?.weights_of_clusters();
        let columns: Vec<DVector<f64>> = clusters.par_iter().map(of_cluster).collect();
        Some(DMatrix::from_columns(&columns))
    }
}

/// G.
pub(super) fn columns(implied: &Implied) -> DMatrix<f64> {
    let (p, m) = implied.lambda.shape();
    let mut g = DMatrix::zeros(p, p + 2 * m);
    g.fill_diagonal(1.0);
    g.view_mut((0, p), (p, m)).copy_from(&implied.l);
    g.view_mut((0, p + m), (p, m)).copy_from(&implied.k);
    g
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::levels::group::{inverse_and_log, variables};
    use crate::estimate::observed::Seen;
    use crate::model::{Covariates, Function, Model, Specification};
    use std::sync::Arc;

    /// Loadings shared by both levels, paths, covariates random on both levels, means.
    const MODEL: &str =
        "level: 1\n f =~ a + l*b + c\n f ~ x\n a ~~ b\nlevel: 2\n g =~ a + l*b + c\n g ~ z\n d ~ g + z";

    fn tables() -> Vec<ParameterTable> {
        let model: Model = MODEL.parse().unwrap();
        let specification = Specification {
            function: Function::Sem,
            covariates: Covariates::Random,
            ..Specification::default()
        };
        ParameterTable::of_levels(&model.number_levels().unwrap(), &specification, 1).unwrap()
    }

    /// Twelve clusters of two and four respondents, without any model; and where some answers are missing.
    fn answers(tables: &[ParameterTable], holes: bool) -> (DMatrix<f64>, Vec<usize>) {
        let names = variables(tables);
        let codes: Vec<usize> = (0..12).flat_map(|j| vec![j; if j % 2 == 0 { 2 } else { 4 }]).collect();
        let wave = |a: usize, b: usize| ((a * 7 + b * 13) as f64 * 1.7).sin();
        let p = tables[0].observed.len();
        let rows = DMatrix::from_fn(names.len(), codes.len(), |i, c| {
            let own = if i < p { 1.3 * wave(i + 1, c) } else { 0.0 };
            // answers nobody gave, a cluster that was not asked, a cluster variable that is not known
            let lost = (i + 2 * c) % 7 == 0 && i < p || i == 1 && codes[c] == 4 || i == p && codes[c] == 7;
            let value = own + wave(i + 5, 3 * codes[c] + 1) + 0.1 * i as f64;
            if holes && lost { f64::NAN } else { value }
        });
        (rows, codes)
    }

    fn observed(tables: &[ParameterTable], (rows, codes): &(DMatrix<f64>, Vec<usize>)) -> [Observed; 2] {
        let levels: Vec<String> = (0..12).map(|j| j.to_string()).collect();
        let group = Arc::new(TwoLevelGroup::new(rows, tables, codes, ("team", &levels)).unwrap());
        [0, 1].map(|k: usize| {
            let p = tables[k].observed.len();
            Observed {
                covariance: DMatrix::identity(p, p),
                mean: DVector::zeros(p),
                log_determinant: 0.0,
                n: codes.len(),
                multiplier: if k == 0 { codes.len() as f64 } else { 0.0 },
                seen: Arc::clone(&group) as Arc<dyn Seen>,
            }
        })
    }

    fn point(tables: &[ParameterTable]) -> DVector<f64> {
        DVector::from_fn(tables[0].n_free, |i, _| {
            let row = crate::model::row_of_free(tables, i).unwrap();
            if row.lhs == row.rhs { 1.0 + 0.05 * i as f64 } else { 0.2 + 0.03 * (i % 5) as f64 }
        })
    }

    const STEP: f64 = 1e-5;

    #[test]
    fn gradient_hessian_and_scores_are_those_of_central_differences() {
        let tables = tables();
        for holes in [false, true] {
            let observed = observed(&tables, &answers(&tables, holes));
            let x = point(&tables);
            let q = x.len();
            let mut levels = terms(&tables, &observed).remove(0);
            let mut gradient = DVector::zeros(q);
            let mut hessian = Arrowhead::of(DMatrix::zeros(q, q));
            levels.value(&x).unwrap();
            levels.add_gradient(&mut gradient);
            levels.add_hessian(Curvature::Observed, &mut hessian);
            let hessian = hessian.dense();
            // F is -2 log L / n
            let scores = levels.scores(q).unwrap();
            let total = scores.column_sum() * (-2.0 / observed[0].n as f64);
            assert!((&total - &gradient).amax() < 1e-10, "{total} {gradient}");
            for i in 0..q {
                let mut at = |by: f64| {
                    let mut moved = x.clone();
                    moved[i] += by;
                    let value = levels.value(&moved).unwrap();
                    let mut gradient = DVector::zeros(q);
                    levels.add_gradient(&mut gradient);
                    (value, gradient)
                };
                let ((above, upper), (below, lower)) = (at(STEP), at(-STEP));
                let difference = (above - below) / (2.0 * STEP);
                assert!((gradient[i] - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{i}");
                for j in 0..q {
                    let difference = (upper[j] - lower[j]) / (2.0 * STEP);
                    let found = hessian[(i, j)];
                    assert!(
                        (found - difference).abs() < 1e-6 * (1.0 + difference.abs()),
                        "{i} {j} {found} {difference}"
                    );
                }
            }
        }
    }

    /// I - M' times the complete-data information, with M a step of EM: the missing-information principle.
    #[test]
    fn information_at_the_end_is_complete_less_missing() {
        use crate::estimate::levels::references::at_moments;
        let model: Model =
            "level: 1\n a ~~ b\n a ~~ a\n b ~~ b\nlevel: 2\n a ~~ b + d\n b ~~ d\n d ~~ d".parse().unwrap();
        let specification = Specification { function: Function::Sem, ..Specification::default() };
        let tables = ParameterTable::of_levels(&model.number_levels().unwrap(), &specification, 1).unwrap();
        let observed = observed(&tables, &answers(&tables, false));
        let group = observed[0].seen_as::<TwoLevelGroup>().unwrap();
        let b = tables[1].observed.len();
        // a point whose means are the best for its covariances, and whose covariances are not the best
        let mut moments = LevelMoments {
            within: DMatrix::from_row_slice(2, 2, &[1.2, 0.3, 0.3, 0.9]),
            within_mean: DVector::zeros(2),
            between: DMatrix::from_fn(b, b, |i, j| if i == j { 0.8 } else { 0.1 * (1 + i + j) as f64 }),
            between_mean: DVector::zeros(b),
        };
        for _ in 0..500 {
            moments.between_mean = group.step(&moments).unwrap().0.between_mean;
        }
        let x = at_moments(
            &tables,
            &[(&moments.within, &moments.within_mean), (&moments.between, &moments.between_mean)].map(
                |(covariance, mean)| Observed {
                    covariance: covariance.clone(),
                    mean: mean.clone(),
                    ..observed[0].clone()
                },
            ),
        );
        let mut levels = terms(&tables, &observed).remove(0);
        levels.value(&x).unwrap();
        let mut hessian = DMatrix::zeros(x.len(), x.len());
        levels.add_information(Information::Observed, true, &mut hessian);
        let (inverse, _) = inverse_and_log(&moments.between).unwrap();
        let clusters = group.data.clusters() as f64;
        let step = 1e-5;
        let elements: Vec<(usize, usize)> = (0..b).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
        let unit = |(i, j): (usize, usize)| {
            DMatrix::from_fn(b, b, |r, c| if (r, c) == (i, j) || (r, c) == (j, i) { 1.0 } else { 0.0 })
        };
        let free = |(i, j): (usize, usize)| {
            let name = |k: usize| tables[1].observed[k].as_str();
            let of = |a: &str, c: &str| {
                tables[1]
                    .rows
                    .iter()
                    .find(|row| row.lhs == a && row.rhs == c && row.op == crate::model::Operator::Covariance)
                    .cloned()
            };
            let row = of(name(i), name(j)).or_else(|| of(name(j), name(i))).unwrap();
            match row.kind {
                crate::model::Kind::Free(free, _) => free,
                _ => panic!("{row:?}"),
            }
        };
        for &t in &elements {
            let moved = |by: f64| {
                let between = &moments.between + unit(t) * by;
                group.step(&LevelMoments { between, ..moments.clone() }).unwrap().0.between
            };
            let missing = (moved(step) - moved(-step)) / (2.0 * step);
            let left = &inverse * (unit(t) - missing) * &inverse;
            for &s in &elements {
                let expected = 0.5 * clusters * (&left * unit(s)).trace() * 2.0 / group.data.n as f64;
                let found = hessian[(free(s), free(t))];
                assert!((found - expected).abs() < 1e-6, "{s:?} {t:?} {found} {expected}");
            }
        }
    }

    /// Covariance and mean of the answers of a cluster as one long vector, at a point; and the answers.
    fn stacked(
        tables: &[ParameterTable],
        (rows, codes): &(DMatrix<f64>, Vec<usize>),
        implied: &[Implied; 2],
        cluster: usize,
    ) -> (DMatrix<f64>, DVector<f64>, DVector<f64>) {
        let (names, p) = (variables(tables), tables[0].observed.len());
        let own: Vec<usize> = (0..codes.len()).filter(|&row| codes[row] == cluster).collect();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for &row in &own {
            places.extend((0..p).map(|i| (row, i)));
        }
        places.extend((p..names.len()).map(|i| (own[0], i)));
        places.retain(|&(row, i)| !rows[(i, row)].is_nan());
        let above = |i: usize| tables[1].observed.iter().position(|name| *name == names[i]);
        let covariance = |&(row, i): &(usize, usize), &(other, j): &(usize, usize)| {
            let between = above(i).zip(above(j)).map_or(0.0, |(i, j)| implied[1].sigma[(i, j)]);
            let within = row == other && i < p && j < p;
            between + if within { implied[0].sigma[(i, j)] } else { 0.0 }
        };
        let mean = |&(_, i): &(usize, usize)| {
            above(i).map_or(0.0, |i| implied[1].mu[i]) + if i < p { implied[0].mu[i] } else { 0.0 }
        };
        let n = places.len();
        (
            DMatrix::from_fn(n, n, |a, b| covariance(&places[a], &places[b])),
            DVector::from_fn(n, |a, _| mean(&places[a])),
            DVector::from_fn(n, |a, _| rows[(places[a].1, places[a].0)]),
        )
    }

    /// The likelihood is that of each cluster's answers as one long normal vector, and the expected information its.
    #[test]
    fn likelihood_and_information_are_those_of_the_stacked_answers() {
        let tables = tables();
        for holes in [false, true] {
            let answers = answers(&tables, holes);
            let observed = observed(&tables, &answers);
            let mut levels = terms(&tables, &observed).remove(0);
            let x = point(&tables);
            let q = x.len();
            let found = levels.likelihood(&x).unwrap();
            let mut hessian = Arrowhead::of(DMatrix::zeros(q, q));
            levels.add_hessian(Curvature::Expected, &mut hessian);
            let mut completed = Arrowhead::of(DMatrix::zeros(q, q));
            levels.add_hessian(Curvature::Search, &mut completed);
            let (hessian, completed) = (hessian.dense(), completed.dense());
            assert_eq!(holes, (&completed - &hessian).amax() > 1e-10);
            let mut of = |x: &DVector<f64>| {
                levels.likelihood(x).unwrap();
                let implied = &levels.implied;
                (0..12).map(|j| stacked(&tables, &answers, implied, j)).collect::<Vec<_>>()
            };
            let moved: Vec<_> = (0..q)
                .map(|i| {
                    let mut at = |by: f64| {
                        let mut moved = x.clone();
                        moved[i] += by;
                        of(&moved)
                    };
                    (at(STEP), at(-STEP))
                })
                .collect();
            let (mut expected, mut information) = (0.0, DMatrix::zeros(q, q));
            for (j, (v, mu, y)) in of(&x).into_iter().enumerate() {
                let (inverse, log) = inverse_and_log(&v).unwrap();
                let left = y - mu;
                expected += log + left.dot(&(&inverse * &left));
                let along: Vec<_> = moved
                    .iter()
                    .map(|(up, down)| {
                        let dv = (&up[j].0 - &down[j].0) / (2.0 * STEP);
                        (&inverse * dv, (&up[j].1 - &down[j].1) / (2.0 * STEP))
                    })
                    .collect();
                for (s, (first, mean)) in along.iter().enumerate() {
                    for (t, (second, other)) in along.iter().enumerate() {
                        information[(s, t)] += (first * second).trace() + 2.0 * mean.dot(&(&inverse * other));
                    }
                }
            }
            assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found} {expected}");
            information /= observed[0].n as f64;
            assert!((&information - &hessian).amax() < 1e-7, "{}", information - hessian);
        }
    }
}
