//! The normal likelihood of two levels: respondents within clusters, with random intercepts.
//!
//! ```text
//! y_ij = v_j + w_ij,   cov(w) = Sigma_W (level 1),   cov(v, z) = Sigma_B (level 2)
//! -2 log L = (N - J) [log|Sigma_W| + tr(Sigma_W^-1 S_W)]
//!          + sum_s J_s [log|V_s| + tr(V_s^-1 (C_s + d_s d_s'))],      V_s = Sigma_B + Sigma_W / s,   d_s = m_s - mu
//! ```
//!
//! without constants: V_s is the covariance of a cluster's means and its own variables (where Sigma_B has zeros for what
//! stands on level 1 only, and Sigma_W for what stands on level 2 only), s a size, J_s the number of clusters of it, m_s
//! and C_s mean and covariance of theirs (McDonald & Goldstein 1989, eq. 12; Muthen 1990; Liang & Bentler 2004). Each
//! size is one more normal term in two sets of matrices, so that gradient and information are those of
//! [`super::likelihood`], with the directions of level 1 divided by s.

use super::inference::Information;
use super::likelihood::Observed;
use crate::error::Result;
use crate::model::{Direction, Implied, ParameterTable};
use crate::moments::clustered::Clustered;
use crate::numeric::cholesky;
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// A group's clusters, and where the variables of both levels stand in t.
#[derive(Debug)]
pub(crate) struct TwoLevelGroup {
    pub(crate) data: Clustered,
    /// Of each variable of level 2 (in the order of its table), its place in t. Those of level 1 come first there.
    pub(crate) places: Vec<usize>,
    /// -2 log L of the saturated model, without constants.
    pub(crate) saturated: f64,
    /// The same of the fixed covariates by themselves.
    pub(crate) covariates: f64,
}

impl TwoLevelGroup {
    /// The clusters of some rows, whose variables are those of level 1 and then those of level 2 only.
    pub(crate) fn new(
        rows: &DMatrix<f64>,
        tables: &[ParameterTable],
        codes: &[usize],
        (variable, levels): (&str, &[String]),
    ) -> Result<Self> {
        let names = variables(tables);
        let places = tables[1].observed.iter().filter_map(|n| names.iter().position(|o| o == n)).collect();
        let data = Clustered::of(rows, &names, tables[0].observed.len(), codes, variable, levels)?;
        Ok(Self { data, places, saturated: 0.0, covariates: 0.0 })
    }
}

/// The variables of level 1, then those of level 2 only.
pub(crate) fn variables(tables: &[ParameterTable]) -> Vec<String> {
    let within = &tables[0].observed;
    within.iter().chain(tables[1].observed.iter().filter(|name| !within.contains(name))).cloned().collect()
}

/// The discrepancy over all groups: F = sum_g n_g/N F_g, F_g = (-2 log L - that of the saturated model) / n_g.
#[derive(Debug)]
pub(crate) struct TwoLevel<'a> {
    pub(crate) groups: Vec<TwoLevelTerm<'a>>,
}

/// One group.
#[derive(Debug)]
pub(crate) struct TwoLevelTerm<'a> {
    group: &'a TwoLevelGroup,
    pub(crate) share: f64,
    pub(crate) last: f64,
    /// Of level 1 and level 2.
    pub(crate) implied: [Implied; 2],
    /// Sigma_W^-1, and of each size what goes with it.
    inverse: DMatrix<f64>,
    sizes: Vec<AtSize>,
}

/// A size at a point.
#[derive(Debug, Clone)]
struct AtSize {
    /// V^-1.
    inverse: DMatrix<f64>,
    /// d.
    difference: DVector<f64>,
}

/// One element of a matrix of either level, as a direction of V_s and mu: columns of both G's side by side.
#[derive(Debug, Clone, Copy)]
struct Moved {
    direction: Direction,
    level: usize,
    covariance: Option<(usize, usize, f64)>,
    mean: Option<(usize, f64)>,
}

impl Moved {
    /// c of the size.
    fn covariance_at(&self, n: f64) -> Option<(usize, usize, f64)> {
        self.covariance.map(|(u, v, c)| (u, v, if self.level == 0 { c / n } else { c }))
    }
}

impl<'a> TwoLevel<'a> {
    /// None where no group has levels.
    pub(crate) fn new(tables: &[ParameterTable], observed: &'a [Observed]) -> Option<Self> {
        let total: f64 = observed.iter().map(|o| o.multiplier).sum();
        let term = |(tables, observed): (&[ParameterTable], &'a [Observed])| {
            let group = observed[0].two_level.as_deref()?;
            let implied =
                [0, 1].map(|k| Implied::new(&tables[k], &observed[k].covariance, &observed[k].mean));
            Some(TwoLevelTerm::new(group, implied, observed[0].multiplier / total))
        };
        let groups = tables.chunks(2).zip(observed.chunks(2)).map(term).collect::<Option<Vec<_>>>()?;
        (!groups.is_empty()).then_some(Self { groups })
    }

    pub(crate) fn hessian(&mut self, information: Information, hessian: &mut DMatrix<f64>) {
        hessian.fill(0.0);
        self.groups.iter().for_each(|group| group.add_hessian(information, hessian));
    }

    /// Twice the information of a saturated model at a point that is not its maximum because a covariance matrix ends
    /// there: the Hessian without the part that the gradient adds, whatever the moments are parameters of (in terms of
    /// the log-likelihood, with dS and dm directions of a level's covariances and means)
    ///
    /// ```text
    /// H_st + 2 tr(dS_s S^-1 dS_t G) + dm_s' S^-1 dS_t g + dm_t' S^-1 dS_s g,   G = dL/dS,   g = dL/dm
    /// ```
    ///
    /// This is the missing-information principle (Louis 1982: complete-data information less what is missing) with the
    /// complete-data moments expected given the answers taken to be S, as they are at a maximum.
    pub(crate) fn hessian_at_end(&self, hessian: &mut DMatrix<f64>) -> Option<()> {
        hessian.fill(0.0);
        self.groups.iter().try_for_each(|group| {
            group.add_hessian(Information::Observed, hessian);
            group.add_ends(hessian)
        })
    }

    /// The derivatives of each cluster's log-likelihood, a column per cluster, by group.
    pub(crate) fn scores(&self, q: usize) -> Option<Vec<DMatrix<f64>>> {
        self.groups.iter().map(|group| group.scores(q)).collect()
    }
}

impl Objective for TwoLevel<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let mut value = 0.0;
        for group in &mut self.groups {
            value += group.share * group.value(x)?;
        }
        Some(value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.fill(0.0);
        self.groups.iter().for_each(|group| group.add_gradient(gradient));
    }
}

impl<'a> TwoLevelTerm<'a> {
    pub(crate) fn new(group: &'a TwoLevelGroup, implied: [Implied; 2], share: f64) -> Self {
        Self { group, share, last: 0.0, implied, inverse: DMatrix::zeros(0, 0), sizes: Vec::new() }
    }

    /// V and mu of clusters of one size.
    fn of_size(&self, n: usize) -> (DMatrix<f64>, DVector<f64>) {
        let (d, p) = (self.group.data.sizes[0].mean.len(), self.group.data.p);
        let [within, between] = &self.implied;
        let (mut v, mut mu) = (DMatrix::zeros(d, d), DVector::zeros(d));
        v.view_mut((0, 0), (p, p)).copy_from(&(&within.sigma / n as f64));
        mu.rows_mut(0, p).copy_from(&within.mu);
        for (a, &i) in self.group.places.iter().enumerate() {
            for (b, &j) in self.group.places.iter().enumerate() {
                v[(i, j)] += between.sigma[(a, b)];
            }
            mu[i] += between.mu[a];
        }
        (v, mu)
    }

    /// -2 log L without constants at a point; none where it does not exist.
    pub(crate) fn likelihood(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.implied.iter_mut().try_for_each(|implied| implied.update(x))?;
        let data = &self.group.data;
        let (inverse, log) = inverse_and_log(&self.implied[0].sigma)?;
        let within = (data.n - data.clusters.len()) as f64;
        let mut value = within * (log + inverse.dot(&data.within));
        self.inverse = inverse;
        let mut sizes = Vec::with_capacity(data.sizes.len());
        for size in &data.sizes {
            let (v, mu) = self.of_size(size.n);
            let (inverse, log) = inverse_and_log(&v)?;
            let difference = &size.mean - mu;
            let own = inverse.dot(&size.covariance) + difference.dot(&(&inverse * &difference));
            value += size.count * (log + own);
            sizes.push(AtSize { inverse, difference });
        }
        self.sizes = sizes;
        value.is_finite().then_some(value)
    }

    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let n = self.group.data.n as f64;
        self.last = (self.likelihood(x)? - self.group.saturated) / n;
        Some(self.last)
    }

    /// M of a size: V^-1 - V^-1 (C + d d') V^-1.
    fn weight(&self, k: usize) -> DMatrix<f64> {
        let (size, at) = (&self.group.data.sizes[k], &self.sizes[k]);
        let mut products = size.covariance.clone();
        products.ger(1.0, &at.difference, &at.difference, 1.0);
        &at.inverse - &at.inverse * products * &at.inverse
    }

    /// What the derivatives of Sigma_W and Sigma_B, and those of their means, are weighted by in that of -2 log L.
    fn weights(&self) -> ([DMatrix<f64>; 2], [DVector<f64>; 2]) {
        let data = &self.group.data;
        let (p, places) = (data.p, &self.group.places);
        let n = (data.n - data.clusters.len()) as f64;
        let mut within = (&self.inverse - &self.inverse * &data.within * &self.inverse) * n;
        let (b, d) = (places.len(), data.sizes[0].mean.len());
        let (mut between, mut linear) = (DMatrix::zeros(b, b), DVector::zeros(d));
        for (k, size) in data.sizes.iter().enumerate() {
            let m = self.weight(k) * size.count;
            within += m.view((0, 0), (p, p)) / size.n as f64;
            between += DMatrix::from_fn(b, b, |i, j| m[(places[i], places[j])]);
            linear += &self.sizes[k].inverse * &self.sizes[k].difference * size.count;
        }
        let means = [linear.rows(0, p).into_owned(), self.of_between(&linear)];
        ([within, between], means)
    }

    /// The elements of t that stand on level 2.
    fn of_between(&self, t: &DVector<f64>) -> DVector<f64> {
        DVector::from_fn(self.group.places.len(), |i, _| t[self.group.places[i]])
    }

    fn add_gradient(&self, gradient: &mut DVector<f64>) {
        let (weights, means) = self.weights();
        let scale = self.share / self.group.data.n as f64;
        for ((implied, weight), mean) in self.implied.iter().zip(&weights).zip(&means) {
            let g = columns(implied);
            let form = g.tr_mul(&(weight * &g));
            for direction in &implied.directions {
                if let Some((u, v, c)) = direction.covariance {
                    gradient[direction.free] += scale * 2.0 * c * form[(u, v)];
                }
                if let Some((g, at)) = direction.mean {
                    let by = at.map_or(1.0, |j| implied.eta_mean[j]);
                    gradient[direction.free] -= scale * 2.0 * by * implied.column_dot(g, mean);
                }
            }
        }
    }

    /// Both G's side by side, over t.
    fn both(&self) -> DMatrix<f64> {
        let [within, between] = self.implied.each_ref().map(columns);
        let d = self.group.data.sizes[0].mean.len();
        let mut both = DMatrix::zeros(d, within.ncols() + between.ncols());
        both.view_mut((0, 0), within.shape()).copy_from(&within);
        for (row, &place) in self.group.places.iter().enumerate() {
            both.view_mut((place, within.ncols()), (1, between.ncols())).copy_from(&between.row(row));
        }
        both
    }

    fn moved(&self) -> Vec<Moved> {
        let offset = [0, self.implied[0].width()];
        let of_level = |level: usize| {
            let implied = &self.implied[level];
            implied.directions.iter().map(move |&direction| Moved {
                direction,
                level,
                covariance: direction.covariance.map(|(u, v, c)| (u + offset[level], v + offset[level], c)),
                mean: direction
                    .mean
                    .map(|(g, at)| (g + offset[level], at.map_or(1.0, |j| implied.eta_mean[j]))),
            })
        };
        of_level(0).chain(of_level(1)).collect()
    }

    /// Adds the weighted Hessian of F_g.
    fn add_hessian(&self, information: Information, hessian: &mut DMatrix<f64>) {
        let data = &self.group.data;
        let scale = self.share / data.n as f64;
        let moved = self.moved();
        let first = self.implied[0].directions.len();
        let both = self.both();
        let observed = information == Information::Observed;
        // respondents about their cluster's mean
        let g = columns(&self.implied[0]);
        let (a, n) = (g.tr_mul(&(&self.inverse * &g)), (data.n - data.clusters.len()) as f64);
        let w = observed.then(|| {
            let weight = &self.inverse - &self.inverse * &data.within * &self.inverse;
            g.tr_mul(&(weight * &g))
        });
        // clusters, size by size: G'V^-1 G, G'MG, G'V^-1 d
        let forms: Vec<_> = (self.sizes.iter().enumerate())
            .map(|(k, at)| {
                let form = both.tr_mul(&(&at.inverse * &both));
                let weight = observed.then(|| both.tr_mul(&(self.weight(k) * &both)));
                (form, weight, both.tr_mul(&(&at.inverse * &at.difference)))
            })
            .collect();
        let (weights, means) = self.weights();
        let curved: Vec<(DMatrix<f64>, DVector<f64>)> = (self.implied.iter().zip(&weights).zip(&means))
            .map(|((implied, weight), mean)| {
                let g = columns(implied);
                (g.tr_mul(&(weight * &g)), g.tr_mul(mean) * -2.0)
            })
            .collect();
        let element = |x: usize, y: usize| {
            let (s, t) = (&moved[x], &moved[y]);
            let mut element = 0.0;
            if x < first && y < first {
                element += n * product(s.covariance, t.covariance, &a, w.as_ref());
            }
            for ((form, weight, linear), size) in forms.iter().zip(&data.sizes) {
                let (own, other) = (s.covariance_at(size.n as f64), t.covariance_at(size.n as f64));
                let mut sum = product(own, other, form, weight.as_ref());
                if let (Some((g, x)), Some((h, y))) = (s.mean, t.mean) {
                    sum += 2.0 * x * y * form[(g, h)];
                }
                if observed {
                    for (covariance, mean) in [(own, t.mean), (other, s.mean)] {
                        if let (Some((u, v, c)), Some((g, by))) = (covariance, mean) {
                            sum += 2.0 * c * by * (linear[u] * form[(v, g)] + linear[v] * form[(u, g)]);
                        }
                    }
                }
                element += size.count * sum;
            }
            if observed && s.level == t.level {
                let (form, along) = &curved[s.level];
                element +=
                    self.implied[s.level].second_derivative(&s.direction, &t.direction, form, Some(along));
            }
            element
        };
        let rows: Vec<Vec<f64>> =
            (0..moved.len()).into_par_iter().map(|x| (0..=x).map(|y| element(x, y)).collect()).collect();
        for (x, row) in rows.iter().enumerate() {
            for (y, element) in row.iter().enumerate() {
                let (i, j) = (moved[x].direction.free, moved[y].direction.free);
                hessian[(i, j)] += scale * element;
                if x != y {
                    hessian[(j, i)] += scale * element;
                }
            }
        }
    }

    /// What [`TwoLevel::hessian_at_end`] adds; the gradient is weighed by -2.
    fn add_ends(&self, hessian: &mut DMatrix<f64>) -> Option<()> {
        let (weights, means) = self.weights();
        let scale = self.share / self.group.data.n as f64;
        for ((implied, weight), mean) in self.implied.iter().zip(&weights).zip(&means) {
            let g = columns(implied);
            let (inverse, _) = inverse_and_log(&implied.sigma)?;
            let [form, weight] = [&inverse, weight].map(|m| g.tr_mul(&(m * &g)));
            let along = g.tr_mul(mean);
            let crossed = |s: &Direction, t: &Direction| match (s.mean, t.covariance) {
                (Some((h, at)), Some((u, v, c))) => {
                    let by = at.map_or(1.0, |j| implied.eta_mean[j]);
                    -2.0 * c * by * (form[(h, u)] * along[v] + form[(h, v)] * along[u])
                }
                _ => 0.0,
            };
            for s in &implied.directions {
                for t in &implied.directions {
                    let plain = product(s.covariance, t.covariance, &form, None);
                    let curved = product(s.covariance, t.covariance, &form, Some(&weight));
                    let element = plain - curved + crossed(s, t) + crossed(t, s);
                    hessian[(s.free, t.free)] += scale * element;
                }
            }
        }
        Some(())
    }

    /// The derivatives of each cluster's log-likelihood, a column per cluster.
    fn scores(&self, q: usize) -> Option<DMatrix<f64>> {
        let data = &self.group.data;
        let moved = self.moved();
        let first = self.implied[0].directions.len();
        let both = self.both();
        let g = columns(&self.implied[0]);
        let plain = g.tr_mul(&(&self.inverse * &g));
        let half = g.tr_mul(&self.inverse);
        let forms: Vec<DMatrix<f64>> =
            self.sizes.iter().map(|at| both.tr_mul(&(&at.inverse * &both))).collect();
        let centres: Vec<DVector<f64>> =
            data.sizes.iter().zip(&self.sizes).map(|(size, at)| &size.mean - &at.difference).collect();
        let of_cluster = |cluster: &crate::moments::clustered::Cluster| {
            let k = data.sizes.iter().position(|size| size.n == cluster.n)?;
            let linear = both.tr_mul(&(&self.sizes[k].inverse * (&cluster.mean - &centres[k])));
            let own = &half * &cluster.squares * half.transpose();
            let form = &forms[k];
            let (n, others) = (cluster.n as f64, cluster.n as f64 - 1.0);
            let mut score = DVector::zeros(q);
            for (x, moved) in moved.iter().enumerate() {
                let free = moved.direction.free;
                if let Some((u, v, c)) = moved.covariance_at(n) {
                    score[free] += c * (linear[u] * linear[v] - form[(u, v)]);
                }
                if let Some((u, v, c)) = moved.covariance.filter(|_| x < first) {
                    score[free] += c * (own[(u, v)] - others * plain[(u, v)]);
                }
                if let Some((g, by)) = moved.mean {
                    score[free] += by * linear[g];
                }
            }
            Some(score)
        };
        let columns: Option<Vec<DVector<f64>>> = data.clusters.par_iter().map(of_cluster).collect();
        Some(DMatrix::from_columns(&columns?))
    }
}

/// tr(V^-1 dV_s V^-1 dV_t) - 2 tr(V^-1 dV_s M dV_t) from a = G'V^-1 G and w = G'MG, the second term where there is w.
fn product(
    s: Option<(usize, usize, f64)>,
    t: Option<(usize, usize, f64)>,
    a: &DMatrix<f64>,
    w: Option<&DMatrix<f64>>,
) -> f64 {
    let (Some((u, v, c)), Some((x, y, d))) = (s, t) else { return 0.0 };
    let mut element = 2.0 * (a[(x, u)] * a[(y, v)] + a[(y, u)] * a[(x, v)]);
    if let Some(w) = w {
        element -= 2.0
            * (a[(u, y)] * w[(v, x)] + a[(u, x)] * w[(v, y)] + a[(v, y)] * w[(u, x)] + a[(v, x)] * w[(u, y)]);
    }
    c * d * element
}

/// G.
fn columns(implied: &Implied) -> DMatrix<f64> {
    let (p, m) = implied.lambda.shape();
    let mut g = DMatrix::zeros(p, p + 2 * m);
    g.fill_diagonal(1.0);
    g.view_mut((0, p), (p, m)).copy_from(&implied.l);
    g.view_mut((0, p + m), (p, m)).copy_from(&implied.k);
    g
}

/// Inverse and log-determinant.
pub(crate) fn inverse_and_log(matrix: &DMatrix<f64>) -> Option<(DMatrix<f64>, f64)> {
    let mut factor = matrix.clone();
    cholesky::factorise(&mut factor).ok()?;
    let log = cholesky::log_determinant(&factor);
    let mut inverse = DMatrix::zeros(matrix.nrows(), matrix.nrows());
    cholesky::invert(&mut factor, &mut inverse);
    Some((inverse, log))
}

#[cfg(test)]
mod tests {
    use super::*;
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

    /// Twelve clusters of two and four respondents, without any model.
    fn observed(tables: &[ParameterTable]) -> [Observed; 2] {
        let names = variables(tables);
        let codes: Vec<usize> = (0..12).flat_map(|j| vec![j; if j % 2 == 0 { 2 } else { 4 }]).collect();
        let wave = |a: usize, b: usize| ((a * 7 + b * 13) as f64 * 1.7).sin();
        let p = tables[0].observed.len();
        let rows = DMatrix::from_fn(names.len(), codes.len(), |i, c| {
            let own = if i < p { 1.3 * wave(i + 1, c) } else { 0.0 };
            own + wave(i + 5, 3 * codes[c] + 1) + 0.1 * i as f64
        });
        let levels: Vec<String> = (0..12).map(|j| j.to_string()).collect();
        let group = Arc::new(TwoLevelGroup::new(&rows, tables, &codes, ("team", &levels)).unwrap());
        [0, 1].map(|k: usize| {
            let p = tables[k].observed.len();
            Observed {
                covariance: DMatrix::identity(p, p),
                mean: DVector::zeros(p),
                log_determinant: 0.0,
                n: codes.len(),
                multiplier: if k == 0 { codes.len() as f64 } else { 0.0 },
                ordinal: None,
                incomplete: None,
                two_level: Some(Arc::clone(&group)),
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
        let observed = observed(&tables);
        let x = point(&tables);
        let q = x.len();
        let mut levels = TwoLevel::new(&tables, &observed).unwrap();
        let mut gradient = DVector::from_element(q, f64::NAN);
        let mut hessian = DMatrix::from_element(q, q, f64::NAN);
        levels.value(&x).unwrap();
        levels.gradient(&mut gradient);
        levels.hessian(Information::Observed, &mut hessian);
        // F is -2 log L / n
        let scores = levels.scores(q).unwrap().remove(0);
        let total = scores.column_sum() * (-2.0 / observed[0].n as f64);
        assert!((&total - &gradient).amax() < 1e-10, "{total} {gradient}");
        for i in 0..q {
            let mut at = |by: f64| {
                let mut moved = x.clone();
                moved[i] += by;
                let value = levels.value(&moved).unwrap();
                let mut gradient = DVector::zeros(q);
                levels.gradient(&mut gradient);
                (value, gradient)
            };
            let ((above, upper), (below, lower)) = (at(STEP), at(-STEP));
            let difference = (above - below) / (2.0 * STEP);
            assert!((gradient[i] - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{i}");
            for j in 0..q {
                let difference = (upper[j] - lower[j]) / (2.0 * STEP);
                assert!((hessian[(i, j)] - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{i} {j}");
            }
        }
    }

    /// I - M' times the complete-data information, with M a step of EM: the missing-information principle.
    #[test]
    fn information_at_the_end_is_complete_less_missing() {
        use super::super::two_level_references::at_moments;
        use super::super::two_level_saturated::LevelMoments;
        let model: Model =
            "level: 1\n a ~~ b\n a ~~ a\n b ~~ b\nlevel: 2\n a ~~ b + d\n b ~~ d\n d ~~ d".parse().unwrap();
        let specification = Specification { function: Function::Sem, ..Specification::default() };
        let tables = ParameterTable::of_levels(&model.number_levels().unwrap(), &specification, 1).unwrap();
        let observed = observed(&tables);
        let group = observed[0].two_level.as_deref().unwrap();
        let b = tables[1].observed.len();
        // a point whose means are the best for its covariances, and whose covariances are not the best
        let mut moments = LevelMoments {
            within: DMatrix::from_row_slice(2, 2, &[1.2, 0.3, 0.3, 0.9]),
            within_mean: DVector::zeros(2),
            between: DMatrix::from_fn(b, b, |i, j| if i == j { 0.8 } else { 0.1 * (1 + i + j) as f64 }),
            between_mean: DVector::zeros(b),
        };
        for _ in 0..500 {
            moments.between_mean = moments.step(group).unwrap().0.between_mean;
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
        let mut levels = TwoLevel::new(&tables, &observed).unwrap();
        levels.value(&x).unwrap();
        let mut hessian = DMatrix::zeros(x.len(), x.len());
        levels.hessian_at_end(&mut hessian).unwrap();
        let (inverse, _) = inverse_and_log(&moments.between).unwrap();
        let clusters = group.data.clusters.len() as f64;
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
                LevelMoments { between, ..moments.clone() }.step(group).unwrap().0.between
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

    /// The likelihood is that of each cluster's answers as one long normal vector.
    #[test]
    fn likelihood_is_that_of_the_stacked_answers() {
        let tables = tables();
        let observed = observed(&tables);
        let mut levels = TwoLevel::new(&tables, &observed).unwrap();
        let term = &mut levels.groups[0];
        let found = term.likelihood(&point(&tables)).unwrap();
        let (data, p) = (&term.group.data, term.group.data.p);
        let (v, mu) = term.of_size(1);
        let sigma = &term.implied[0].sigma;
        let mut expected = 0.0;
        for cluster in &data.clusters {
            let (n, r) = (cluster.n, cluster.mean.len() - p);
            // covariance of (y_1, ..., y_n, z): Sigma_B everywhere, and Sigma_W on the diagonal blocks
            let place = |k: usize| if k < n * p { k % p } else { p + k - n * p };
            let stacked = DMatrix::from_fn(n * p + r, n * p + r, |a, b| {
                let (i, j) = (place(a), place(b));
                let within = if i < p && j < p { sigma[(i, j)] } else { 0.0 };
                let same = a < n * p && b < n * p && a / p == b / p;
                v[(i, j)] - within + if same { within } else { 0.0 }
            });
            let (inverse, log) = inverse_and_log(&stacked).unwrap();
            // sum_i d_i' S d_k over all pairs: deviations about the mean have the products `squares`
            let centre = DVector::from_fn(n * p + r, |k, _| cluster.mean[place(k)] - mu[place(k)]);
            let own = inverse.view((0, 0), (p, p));
            let across = if n > 1 { inverse.view((0, p), (p, p)).into_owned() } else { DMatrix::zeros(p, p) };
            expected += log + centre.dot(&(&inverse * &centre)) + (own - across).dot(&cluster.squares);
        }
        let sizes: f64 = data.clusters.iter().map(|cluster| p as f64 * (cluster.n as f64).ln()).sum();
        assert!((found + sizes - expected).abs() < 1e-9 * expected.abs(), "{found} {expected}");
    }
}
