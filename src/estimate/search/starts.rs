//! Start values from the covariance matrix alone.
//!
//! They are made in the metric of standardised variables and factors, and brought into the units of the model
//! at the end, so that neither units nor signs of the variables matter. Loadings come from the first principal
//! factor of a factor's indicators, with communalities of one half (Harman 1976, ch. 8). A factor's correlation
//! with a variable v is the one that agrees best with those of its indicators, `sum_i l_i r_iv / sum_i l_i^2`;
//! so factors of factors have indicators with known correlations too, and paths are regressions. Factors with
//! many indicators come first and leave their residual correlations to those that share indicators with them (a
//! general factor and its group factors).

use crate::estimate::observed::Observed;
use crate::model::{Kind, Operator, Parameter, ParameterTable, Parameterization, Place};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// Where loadings come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// The first principal factor of each factor's indicators, and the relations that these correlations give.
    PrincipalFactors,
    /// The same loadings, without relations among factors and variables.
    Unrelated,
    /// Half the variance of every indicator, all of one sign, without relations.
    Equal,
}

/// Share of an indicator's variance that its factor is taken to explain.
const COMMUNALITY: f64 = 0.5;
/// Largest loading to start from,
const LARGEST_LOADING: f64 = 0.95;
/// and correlation of factors.
const LARGEST_CORRELATION: f64 = 0.8;
/// Least share of an outcome's variance that nothing explains.
const LEAST_UNEXPLAINED: f64 = 0.2;
/// Least loading of a marker, in standard deviations: one of 0 would give its factor no unit.
const LEAST_MARKER: f64 = 0.1;

/// A start value for every free parameter; what groups share starts where the first group says.
pub(crate) fn start_values(tables: &[ParameterTable], observed: &[Observed], from: Start) -> DVector<f64> {
    let q = tables.first().map_or(0, |table| table.n_free);
    let (mut x, mut done) = (DVector::zeros(q), vec![false; q]);
    for (table, observed) in tables.iter().zip(observed) {
        let sketch = Sketch::new(table, observed, from);
        for row in &table.rows {
            let Kind::Free(free, start) = row.kind else { continue };
            if done[free] && start.is_none() {
                continue;
            }
            done[free] = true;
            x[free] = start.unwrap_or_else(|| sketch.start(row.place));
        }
    }
    x
}

/// What 1 of each free parameter is where variables and factors have unit variance: its unit.
pub(crate) fn units(tables: &[ParameterTable], observed: &[Observed]) -> DVector<f64> {
    let mut units = DVector::from_element(tables.first().map_or(0, |table| table.n_free), 1.0);
    for (table, observed) in tables.iter().zip(observed).rev() {
        let sketch = Sketch::new(table, observed, Start::PrincipalFactors);
        for row in &table.rows {
            if let Kind::Free(free, _) = row.kind {
                units[free] = sketch.unit_of(row.place);
            }
        }
    }
    units
}

/// A rough standardised solution of one group. Variables are the p observed ones, then the latent ones.
struct Sketch<'a> {
    table: &'a ParameterTable,
    observed: &'a Observed,
    from: Start,
    /// Correlations of all variables.
    r: DMatrix<f64>,
    /// Standard deviation of every variable, in its unit.
    sd: Vec<f64>,
    /// Standardised loadings of observed variables (rows) on eta.
    loadings: DMatrix<f64>,
    /// Standardised effects on eta (rows) of eta.
    effects: DMatrix<f64>,
    /// Share of the variance of each member of eta that others do not explain; none of exogenous ones.
    unexplained: Vec<Option<f64>>,
    /// Correlations of exogenous members of eta that may covary.
    related: DMatrix<f64>,
    /// Means of eta.
    mean: Vec<f64>,
}

/// A factor and its indicators, in the order of the table.
struct Measured {
    factor: usize,
    indicators: Vec<usize>,
    /// Fixed loadings that are not 0.
    fixed: Vec<Option<f64>>,
}

impl Measured {
    fn shares_with(&self, other: &Self) -> bool {
        self.indicators.iter().filter(|i| other.indicators.contains(i)).count() > 1
    }
}

impl<'a> Sketch<'a> {
    fn new(table: &'a ParameterTable, observed: &'a Observed, from: Start) -> Self {
        let s = &observed.covariance;
        let (p, m, eta) = (s.nrows(), table.n_latent, table.eta.len());
        let observed_sd: Vec<f64> = (0..p).map(|i| s[(i, i)].max(f64::MIN_POSITIVE).sqrt()).collect();
        let mut r = DMatrix::identity(p + m, p + m);
        for i in 0..p {
            for j in (0..p).filter(|&j| j != i) {
                r[(i, j)] = (s[(i, j)] / (observed_sd[i] * observed_sd[j])).clamp(-1.0, 1.0);
            }
        }
        // the residual variance behind an ordinal variable is 1, and half of all
        let theta = |i: usize| table.parameterization == Parameterization::Theta && table.is_ordinal(i);
        let sd = (0..p).map(|i| if theta(i) { (1.0 - COMMUNALITY).powf(-0.5) } else { observed_sd[i] });
        let mut sketch = Self {
            table,
            observed,
            from,
            r,
            sd: sd.chain(vec![1.0; m]).collect(),
            loadings: DMatrix::zeros(p, eta),
            effects: DMatrix::zeros(eta, eta),
            unexplained: vec![None; eta],
            related: DMatrix::identity(eta, eta),
            mean: vec![0.0; eta],
        };
        let measured = sketch.measure();
        sketch.explain();
        sketch.relate();
        sketch.scale(&measured);
        sketch.set_means();
        sketch
    }

    /// The place of a member of eta among all variables.
    fn variable(&self, eta: usize) -> usize {
        match eta.checked_sub(self.table.n_latent) {
            Some(k) => self.table.promoted[k],
            None => self.observed.mean.len() + eta,
        }
    }

    /// Loadings of every factor, and its correlations with all variables: those with most indicators first, of
    /// those whose indicators' correlations are known. The factors in that order.
    fn measure(&mut self) -> Vec<Measured> {
        let p = self.observed.mean.len();
        let mut left = factors(self.table, p);
        let mut known = vec![true; p];
        known.resize(self.sd.len(), false);
        let mut done: Vec<Measured> = Vec::with_capacity(left.len());
        // what factors leave to those that share indicators with them
        let mut residual = self.r.clone();
        while let Some(at) = left.iter().position(|own| own.indicators.iter().all(|&i| known[i])) {
            let own = left.remove(at);
            let items = &own.indicators;
            let mut column = match self.from {
                Start::Equal => vec![COMMUNALITY.sqrt(); items.len()],
                _ => principal_factor(items, &residual),
            };
            let (pivot, value) = (own.fixed.iter().enumerate())
                .find_map(|(a, value)| Some((a, (*value)?)))
                .unwrap_or((0, 1.0));
            if column[pivot] * value < 0.0 {
                column.iter_mut().for_each(|l| *l = -*l);
            }
            let variable = p + own.factor;
            let square: f64 = column.iter().map(|l| l * l).sum();
            for v in (0..known.len()).filter(|&v| known[v]) {
                let correlation = match items.iter().position(|&i| i == v) {
                    Some(a) => column[a],
                    None if done.iter().any(|other| p + other.factor == v && own.shares_with(other)) => 0.0,
                    None => {
                        let along: f64 = items.iter().zip(&column).map(|(&i, l)| l * residual[(i, v)]).sum();
                        (along / square).clamp(-LARGEST_CORRELATION, LARGEST_CORRELATION)
                    }
                };
                for matrix in [&mut self.r, &mut residual] {
                    matrix[(v, variable)] = correlation;
                    matrix[(variable, v)] = correlation;
                }
            }
            if left.iter().any(|other| own.shares_with(other)) {
                for (a, &i) in items.iter().enumerate() {
                    for (b, &j) in items.iter().enumerate().filter(|&(b, _)| b != a) {
                        residual[(i, j)] -= column[a] * column[b];
                    }
                }
            }
            for (&i, l) in items.iter().zip(column) {
                if i < p {
                    self.loadings[(i, own.factor)] = l;
                }
            }
            known[variable] = true;
            done.push(own);
        }
        done
    }

    /// Effects within eta: the regressions that the correlations give, where no effect comes back to its cause.
    fn explain(&mut self) {
        let eta = self.table.eta.len();
        let mut causes: Vec<Vec<(usize, bool)>> = vec![Vec::new(); eta];
        for row in &self.table.rows {
            if let Place::Path(i, j) = row.place {
                causes[i].push((j, row.op == Operator::Loading));
            }
        }
        if causes.iter().all(Vec::is_empty) {
            return;
        }
        for (i, causes_of_i) in causes.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
            let bare = self.from != Start::PrincipalFactors || comes_back(&causes, i);
            let own: Vec<usize> =
                causes_of_i.iter().filter(|(_, loads)| *loads || !bare).map(|(j, _)| *j).collect();
            let at = |j: usize| self.variable(j);
            // shrunk a little: the correlations are rough
            let matrix = DMatrix::from_fn(own.len(), own.len(), |a, b| {
                if a == b { 1.05 } else { self.r[(at(own[a]), at(own[b]))] }
            });
            let with = DVector::from_fn(own.len(), |a, _| self.r[(at(own[a]), at(i))]);
            let mut effects = matrix.cholesky().map_or(&with * 0.0, |factor| factor.solve(&with));
            let mut explained = effects.dot(&with).max(0.0);
            if explained > 1.0 - LEAST_UNEXPLAINED {
                effects *= ((1.0 - LEAST_UNEXPLAINED) / explained).sqrt();
                explained = 1.0 - LEAST_UNEXPLAINED;
            }
            own.iter().zip(effects.iter()).for_each(|(&j, effect)| self.effects[(i, j)] = *effect);
            self.unexplained[i] = Some(if own.is_empty() { COMMUNALITY } else { 1.0 - explained });
        }
    }

    /// Covariances of exogenous members of eta, drawn towards 0 until they are possible.
    fn relate(&mut self) {
        if self.from != Start::PrincipalFactors {
            return;
        }
        let free = |row: &&Parameter| matches!(row.kind, Kind::Free(..) | Kind::Sample);
        for row in self.table.rows.iter().filter(free) {
            if let Place::Latent(i, j) = row.place
                && i != j
                && self.unexplained[i].is_none()
                && self.unexplained[j].is_none()
            {
                let correlation = self.r[(self.variable(i), self.variable(j))];
                self.related[(i, j)] = correlation;
                self.related[(j, i)] = correlation;
            }
        }
        let m = self.table.n_latent;
        for share in [1.0, 0.7, 0.7, 0.7, 0.7, 0.0] {
            for i in 0..self.related.nrows() {
                (0..m.min(i)).for_each(|j| self.related[(i, j)] *= share);
            }
            self.related.fill_upper_triangle_with_lower_triangle();
            let mut factor = self.related.clone();
            if cholesky::factorise(&mut factor).is_ok() && factor.diagonal().iter().all(|d| d * d > 0.02) {
                return;
            }
        }
    }

    /// The unit of each factor: from its fixed variance, or from its marker.
    fn scale(&mut self, measured: &[Measured]) {
        let p = self.observed.mean.len();
        for row in &self.table.rows {
            if let (Place::Latent(i, j), Kind::Fixed(variance)) = (row.place, row.kind)
                && i == j
                && i < self.table.n_latent
                && variance > 0.0
            {
                self.sd[p + i] = (variance / self.unexplained[i].unwrap_or(1.0)).sqrt();
            }
        }
        // a marker that is a factor comes before, and has its unit
        for own in measured {
            let marker = own.fixed.iter().zip(&own.indicators).find_map(|(value, &i)| Some(((*value)?, i)));
            let has_unit = self.table.rows.iter().any(|row| {
                row.place == Place::Latent(own.factor, own.factor)
                    && matches!(row.kind, Kind::Fixed(variance) if variance > 0.0)
            });
            if let (Some((value, i)), false) = (marker, has_unit) {
                let loading = self.r[(i, p + own.factor)].abs().max(LEAST_MARKER);
                self.sd[p + own.factor] = loading * self.sd[i] / value.abs();
            }
        }
    }

    /// Means of eta; of a factor 0, and what its fixed intercept and its causes make of it.
    fn set_means(&mut self) {
        let eta = self.table.eta.len();
        let mut fixed = vec![None; eta];
        for row in &self.table.rows {
            if let (Place::LatentMean(j), Kind::Fixed(value)) = (row.place, row.kind) {
                fixed[j] = Some(value);
            }
        }
        for j in self.table.n_latent..eta {
            self.mean[j] = self.observed.mean[self.variable(j)];
        }
        // effects form no circle: as many rounds as there are factors settle them
        for _ in 0..self.table.n_latent {
            for j in 0..self.table.n_latent {
                if let Some(intercept) = fixed[j].or((!self.table.has_means).then_some(0.0)) {
                    self.mean[j] = intercept + self.caused(j);
                }
            }
        }
    }

    /// What the causes of a member of eta add to its mean.
    fn caused(&self, i: usize) -> f64 {
        (0..self.mean.len())
            .filter(|&j| self.effects[(i, j)] != 0.0)
            .map(|j| self.effects[(i, j)] * self.unit_of(Place::Path(i, j)) * self.mean[j])
            .sum()
    }

    fn unit_of(&self, place: Place) -> f64 {
        let of = |eta: usize| self.sd[self.variable(eta)];
        match place {
            Place::Loading(i, j) => self.sd[i] / of(j),
            Place::Path(i, j) => of(i) / of(j),
            Place::Residual(i, j) => self.sd[i] * self.sd[j],
            Place::Latent(i, j) => of(i) * of(j),
            Place::Intercept(i) | Place::Threshold(i, _) => self.sd[i],
            Place::LatentMean(j) => of(j),
            Place::Scale(_) => 1.0,
        }
    }

    fn start(&self, place: Place) -> f64 {
        let own = |standardised: f64| standardised * self.unit_of(place);
        match place {
            Place::Loading(i, j) => own(self.loadings[(i, j)]),
            Place::Path(i, j) => own(self.effects[(i, j)]),
            Place::Residual(i, j) => own(if i == j { 1.0 - COMMUNALITY } else { 0.0 }),
            Place::Latent(i, j) if i == j => own(self.unexplained[i].unwrap_or(1.0)),
            Place::Latent(i, j) => own(self.related[(i, j)]),
            Place::Intercept(i) => {
                let explained =
                    |j: usize| self.loadings[(i, j)] * self.unit_of(Place::Loading(i, j)) * self.mean[j];
                self.observed.mean[i] - (0..self.mean.len()).map(explained).sum::<f64>()
            }
            Place::Threshold(i, k) => own(self.observed.seen.threshold(i, k, self.table)),
            Place::Scale(_) => 1.0,
            Place::LatentMean(j) => self.mean[j] - self.caused(j),
        }
    }
}

/// Whether a member of eta is among its own causes.
fn comes_back(causes: &[Vec<(usize, bool)>], own: usize) -> bool {
    let mut seen = vec![false; causes.len()];
    let mut open: Vec<usize> = causes[own].iter().map(|(j, _)| *j).collect();
    while let Some(j) = open.pop() {
        if j == own {
            return true;
        }
        if !std::mem::replace(&mut seen[j], true) {
            open.extend(causes[j].iter().map(|(k, _)| *k));
        }
    }
    false
}

/// The factors that have indicators, those with many first; observed variables come before latent ones.
fn factors(table: &ParameterTable, p: usize) -> Vec<Measured> {
    let indicator = |place: Place, factor: usize| match place {
        Place::Loading(i, j) if j == factor => Some(i),
        Place::Path(i, j) if j == factor => {
            Some(i.checked_sub(table.n_latent).map_or(p + i, |k| table.promoted[k]))
        }
        _ => None,
    };
    let mut factors: Vec<Measured> = (0..table.n_latent)
        .map(|factor| {
            let of = |row: &&Parameter| indicator(row.place, factor).is_some();
            let mut rows: Vec<&Parameter> =
                table.rows.iter().filter(|row| row.op == Operator::Loading).filter(of).collect();
            if rows.is_empty() {
                // no loadings: what it explains, as far as that is observed
                let outcomes = table.rows.iter().filter(|row| row.op == Operator::Regression).filter(of);
                rows = outcomes.filter(|row| indicator(row.place, factor).is_some_and(|i| i < p)).collect();
            }
            Measured {
                factor,
                indicators: rows.iter().filter_map(|row| indicator(row.place, factor)).collect(),
                fixed: rows
                    .iter()
                    .map(|row| match row.kind {
                        Kind::Fixed(value) if value != 0.0 => Some(value),
                        _ => None,
                    })
                    .collect(),
            }
        })
        .filter(|own| !own.indicators.is_empty())
        .collect();
    factors.sort_by_key(|own| std::cmp::Reverse(own.indicators.len()));
    factors
}

/// Loadings of some variables on their first principal factor.
fn principal_factor(variables: &[usize], r: &DMatrix<f64>) -> Vec<f64> {
    let k = variables.len();
    let reduced =
        DMatrix::from_fn(k, k, |a, b| if a == b { COMMUNALITY } else { r[(variables[a], variables[b])] });
    // from the variable that has most in common with the others: equal weights may be orthogonal to the axis
    let most = (0..k).max_by(|&a, &b| reduced.column(a).norm().total_cmp(&reduced.column(b).norm()));
    let mut axis = reduced.column(most.unwrap_or(0)).normalize();
    let mut root = 1.0;
    // a rough direction is enough: power iterations, shifted to be positive definite
    for _ in 0..30 {
        let next = &reduced * &axis + &axis;
        root = next.norm();
        axis = next / root;
    }
    let size = (root - 1.0).max(0.1).sqrt();
    axis.iter().map(|a| (a * size).clamp(-LARGEST_LOADING, LARGEST_LOADING)).collect()
}
