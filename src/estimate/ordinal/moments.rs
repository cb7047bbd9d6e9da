//! What a model implies for the statistics of ordinal and mixed data, and their derivatives by index lists.
//!
//! With s the scaling factors (1 of a continuous variable), mu and Sigma those given the covariates and e the place of
//! a covariate in eta,
//!
//! ```text
//! threshold  s_i (tau_ik - mu_i)        slope       s_i L_ie
//! mean       mu_i                       variance    Sigma_ii        covariance  s_i s_j Sigma_ij
//! ```
//!
//! (Muthen 1984; Muthen & Asparouhov 2002). The derivatives are sparse: a loading moves the covariances of its item, a
//! threshold itself only.

use crate::correlation::{Statistic, ThreeStage};
use crate::model::{Direction, Implied, ParameterTable, Parameterization, Place};
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::{DMatrix, DVector};

/// Where the statistics of a group stand, and of what.
#[derive(Debug, Clone)]
pub(crate) struct OrdinalMoments {
    /// In the numbers of the observed variables, and covariates as places in eta.
    statistics: Vec<Statistic>,
    /// Rows of the thresholds of each observed variable, of its mean, variance and slopes.
    thresholds: Vec<Vec<usize>>,
    mean: Vec<Option<usize>>,
    variance: Vec<Option<usize>>,
    /// Covariate's place in eta, and row.
    slopes: Vec<Vec<(usize, usize)>>,
    /// Row of each covariance.
    covariance: DMatrix<usize>,
    q: usize,
}

impl OrdinalMoments {
    pub(crate) fn new(table: &ParameterTable, stages: &ThreeStage) -> Self {
        let p = table.observed.len();
        let own: Vec<usize> = (0..p).filter(|i| !table.covariates.contains(i)).collect();
        let in_eta: Vec<usize> = table
            .covariates
            .iter()
            .filter_map(|x| table.promoted.iter().position(|i| i == x).map(|k| table.n_latent + k))
            .collect();
        let statistics: Vec<Statistic> = stages
            .statistics
            .iter()
            .map(|statistic| match *statistic {
                Statistic::Threshold(i, k) => Statistic::Threshold(own[i], k),
                Statistic::Mean(i) => Statistic::Mean(own[i]),
                Statistic::Slope(i, j) => Statistic::Slope(own[i], in_eta[j]),
                Statistic::Variance(i) => Statistic::Variance(own[i]),
                Statistic::Covariance(i, j) => Statistic::Covariance(own[i], own[j]),
            })
            .collect();
        let mut moments = Self {
            thresholds: vec![Vec::new(); p],
            mean: vec![None; p],
            variance: vec![None; p],
            slopes: vec![Vec::new(); p],
            covariance: DMatrix::from_element(p, p, usize::MAX),
            q: table.n_free,
            statistics: Vec::new(),
        };
        for (row, statistic) in statistics.iter().enumerate() {
            match *statistic {
                Statistic::Threshold(i, _) => moments.thresholds[i].push(row),
                Statistic::Mean(i) => moments.mean[i] = Some(row),
                Statistic::Slope(i, e) => moments.slopes[i].push((e, row)),
                Statistic::Variance(i) => moments.variance[i] = Some(row),
                Statistic::Covariance(i, j) => {
                    moments.covariance[(i, j)] = row;
                    moments.covariance[(j, i)] = row;
                }
            }
        }
        moments.statistics = statistics;
        moments
    }

    /// The statistics that the model implies.
    pub(crate) fn implied(&self, implied: &Implied) -> DVector<f64> {
        let s = &implied.scale;
        let value = |statistic: &Statistic| match *statistic {
            Statistic::Threshold(i, k) => s[i] * (implied.thresholds[i][k] - implied.mu[i]),
            Statistic::Mean(i) => implied.mu[i],
            Statistic::Slope(i, e) => s[i] * implied.l[(i, e)],
            Statistic::Variance(i) => implied.sigma[(i, i)],
            Statistic::Covariance(i, j) => s[i] * s[j] * implied.sigma[(i, j)],
        };
        DVector::from_iterator(self.statistics.len(), self.statistics.iter().map(value))
    }

    /// Derivatives of the statistics by the free parameters.
    pub(crate) fn derivatives(&self, implied: &Implied) -> SparseRows {
        let mut rows = vec![Vec::with_capacity(8); self.statistics.len()];
        for direction in &implied.directions {
            self.add(implied, direction, &mut |row, value| rows[row].push((direction.free, value)));
        }
        self.add_left(implied, &mut rows);
        // what stands in several places is one parameter
        for row in &mut rows {
            row.sort_unstable_by_key(|(free, _)| *free);
            row.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        SparseRows { rows, columns: self.q }
    }

    /// Residual variances of ordinal variables in regressions are what the model leaves: they move with others.
    fn add_left(&self, implied: &Implied, rows: &mut [Vec<(usize, f64)>]) {
        let latent: Vec<usize> = (0..implied.left.len())
            .filter(|&k| matches!(implied.left[k].0.place, Place::Latent(..)))
            .collect();
        if latent.is_empty() {
            return;
        }
        let Some(by_free) = implied.left_derivatives(self.q) else { return };
        for k in latent {
            let moves: Vec<(usize, f64)> =
                by_free.row(k).iter().copied().enumerate().filter(|(_, value)| *value != 0.0).collect();
            self.add(implied, &implied.left[k].0, &mut |row, value| {
                rows[row].extend(moves.iter().map(|(free, by)| (*free, by * value)));
            });
        }
    }

    /// What a direction adds to the derivatives.
    fn add(&self, implied: &Implied, direction: &Direction, put: &mut impl FnMut(usize, f64)) {
        let s = &implied.scale;
        let p = s.len();
        let is_own = |i: &usize| self.mean[*i].is_some() || !self.thresholds[*i].is_empty();
        let nonzero = |column: usize| -> Vec<(usize, f64)> {
            let each = (0..p).filter(is_own).map(|i| (i, implied.column_at(column, i)));
            each.filter(|(_, value)| *value != 0.0).collect()
        };
        if let Some((u, v, c)) = direction.covariance {
            let (us, vs) = (nonzero(u), nonzero(v));
            let mut variances: Vec<(usize, f64)> = Vec::new();
            for &(i, a) in &us {
                for &(j, b) in &vs {
                    if i == j {
                        variances.push((i, 2.0 * c * a * b));
                    } else {
                        put(self.covariance[(i, j)], c * a * b * s[i] * s[j]);
                    }
                }
            }
            for (i, by) in variances {
                if let Some(row) = self.variance[i] {
                    put(row, by);
                } else if implied.parameterization == Parameterization::Theta {
                    self.add_scale(implied, i, -0.5 * s[i].powi(3) * by, put);
                }
            }
        }
        if let Some((g, scale)) = direction.mean {
            let scale = scale.map_or(1.0, |j| implied.eta_mean[j]);
            for (i, value) in nonzero(g) {
                let by = value * scale;
                if let Some(row) = self.mean[i] {
                    put(row, by);
                }
                self.thresholds[i].iter().for_each(|&row| put(row, -s[i] * by));
            }
        }
        match direction.place {
            Place::Loading(i, b) => {
                for &(e, row) in &self.slopes[i] {
                    put(row, s[i] * implied.total[(b, e)]);
                }
            }
            Place::Path(a, b) => {
                for i in (0..p).filter(|&i| implied.l[(i, a)] != 0.0) {
                    for &(e, row) in &self.slopes[i] {
                        put(row, s[i] * implied.l[(i, a)] * implied.total[(b, e)]);
                    }
                }
            }
            Place::Threshold(i, k) => put(self.thresholds[i][k], s[i]),
            Place::Scale(i) => self.add_scale(implied, i, 1.0, put),
            _ => {}
        }
    }

    /// What `by` times the derivative by a scaling factor adds.
    fn add_scale(&self, implied: &Implied, i: usize, by: f64, put: &mut impl FnMut(usize, f64)) {
        for (&row, tau) in self.thresholds[i].iter().zip(&implied.thresholds[i]) {
            put(row, by * (tau - implied.mu[i]));
        }
        for &(e, row) in &self.slopes[i] {
            put(row, by * implied.l[(i, e)]);
        }
        for j in 0..implied.scale.len() {
            let row = self.covariance[(i, j)];
            if row != usize::MAX {
                put(row, by * implied.scale[j] * implied.sigma[(i, j)]);
            }
        }
    }

    /// Rows that are no covariances (and, unless `slopes` are free, no slopes): parameters of the independence model.
    pub(crate) fn of_independence(&self, slopes: bool) -> SparseRows {
        let own = self.statistics.iter().enumerate().filter(move |(_, statistic)| match statistic {
            Statistic::Covariance(..) => false,
            Statistic::Slope(..) => slopes,
            _ => true,
        });
        SparseRows::selecting(self.statistics.len(), own.map(|(row, _)| row))
    }

    pub(crate) fn len(&self) -> usize {
        self.statistics.len()
    }
}

/// The covariances between the variables, those behind ordinal ones on their own scale: s_i s_j Sigma_ij.
pub(crate) fn scaled_covariance(implied: &Implied) -> DMatrix<f64> {
    let s = &implied.scale;
    DMatrix::from_fn(s.len(), s.len(), |i, j| s[i] * s[j] * implied.sigma[(i, j)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlation::{EmptyCells, Keep, Ordered};
    use crate::model::{Equality, Function, Kind, Model, Specification};
    use ndarray::Array2;

    /// Ordinal and continuous indicators, an ordinal cause of an ordinal outcome, a covariate with direct effects, and in
    /// the second group free scales and latent means: every kind of parameter.
    fn tables(parameterization: Parameterization) -> Vec<ParameterTable> {
        let model: Model = "f =~ u1 + u2 + y1\nu3 ~ 0.3*f + x\nu4 ~ u3 + x\ny1 ~ x\nf ~ x".parse().unwrap();
        let specification = Specification {
            function: Function::Sem,
            equal: vec![Equality::Thresholds, Equality::Loadings],
            ordinal: [("u1", 2), ("u2", 1), ("u3", 2), ("u4", 1)].map(|(n, k)| (n.to_string(), k)).into(),
            parameterization,
            ..Specification::default()
        };
        ParameterTable::of_groups(&model, &specification, 2).unwrap()
    }

    fn stages(table: &ParameterTable) -> ThreeStage {
        let n = 300;
        let noise = |row: usize, j: usize| ((row * (7 + 5 * j) + 3 * j * j) % 97) as f64 / 97.0;
        let rows = Array2::from_shape_fn((n, table.observed.len()), |(row, j)| match table.thresholds[j] {
            0 => noise(row, j) + noise(row, j + 3),
            k => (noise(row, j) * (k + 1) as f64).floor(),
        });
        let of = |places: &dyn Fn(usize) -> bool| -> Vec<String> {
            (0..table.observed.len()).filter(|i| places(*i)).map(|i| table.observed[i].clone()).collect()
        };
        let ordered = Ordered::Named(of(&|i| table.is_ordinal(i)));
        let covariates = of(&|i| table.covariates.contains(&i));
        ThreeStage::of(&table.observed, rows.view(), &ordered, &covariates, EmptyCells::Keep, Keep::Variances)
            .unwrap()
    }

    #[test]
    fn derivatives_are_those_of_central_differences() {
        for parameterization in [Parameterization::Delta, Parameterization::Theta] {
            let tables = tables(parameterization);
            let table = &tables[1];
            let (p, q) = (table.observed.len(), table.n_free);
            let moments = OrdinalMoments::new(table, &stages(table));
            let mut implied = Implied::new(table, &DMatrix::zeros(p, p), &DVector::zeros(p));
            let mut x = DVector::from_fn(q, |i, _| 0.3 + 0.02 * i as f64);
            for row in &table.rows {
                if let (Kind::Free(free, _), true) = (row.kind, row.lhs == row.rhs) {
                    x[free] = 1.2 + 0.01 * free as f64;
                }
            }
            implied.update(&x).unwrap();
            let analytic = moments.derivatives(&implied).dense();
            assert!(analytic.column_iter().filter(|c| c.amax() > 0.0).count() > 15);
            let mut difference = DMatrix::from_element(moments.len(), q, f64::NAN);
            for i in 0..q {
                let mut at = |by: f64| {
                    let mut moved = x.clone();
                    moved[i] += by;
                    implied.update(&moved).unwrap();
                    moments.implied(&implied)
                };
                difference.set_column(i, &((at(1e-6) - at(-1e-6)) / 2e-6));
            }
            let far = (&analytic - &difference).amax();
            assert!(far < 1e-7, "{parameterization:?}: {far}");
        }
    }
}
