//! Parameters that a model holds equal or fixed, released: what score tests of them are made of.
//!
//! Groups meet in what they share only, before and after a release. So K'AK is factored by groups, and of each new parameter
//! L^-1 K'AE is kept, which has elements in its own group and in what is shared: E~'A E~ is E'AE less products of these.
//!
//! It is longer than others by its test of many groups.

use super::directions::{Base, range};
use super::score_test::{ExpectedChange, ScoreTest};
use crate::error::{Error, Result};
use crate::estimate::estimator::Criterion;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::observed::{Known, Observed, Problem};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::standardized::{Standardization, Which};
use crate::model::{Kind, ParameterTable};
use crate::numeric::arrowhead::{Arrowhead, Forward};
use crate::numeric::cholesky;
use crate::numeric::minimise::Objective;
use crate::numeric::tails::chi_square_tail;
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;

/// Parameters of one name that would have values of their own: places as (block, row); the first keeps its number or its
/// value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) parameter: String,
    pub(crate) cells: Vec<(usize, usize)>,
}

/// What releases of a fit are tested from.
pub(crate) struct Released<'a> {
    internals: &'a Internals,
    tables: Vec<ParameterTable>,
    releases: Vec<Release>,
    /// New numbers of the cells of each release.
    numbers: Vec<Vec<usize>>,
    base: Base,
    /// A, and E'u less its projection on K, by new parameter.
    information: Arrowhead,
    scores: Vec<f64>,
    /// L^-1 K'AE by new parameter, with LL' = K'AK.
    columns: Vec<Forward>,
    meat: Option<Meat>,
    /// What standardises each cell of each release.
    units: Vec<Vec<Option<f64>>>,
    /// Whether X2 is a chi-square.
    is_chi_square: bool,
    /// What multiplies a mean over respondents.
    n: f64,
}

/// B with K'B and K'BK.
struct Meat {
    whole: DMatrix<f64>,
    along: DMatrix<f64>,
    within: DMatrix<f64>,
}

/// The solution with released parameters beside the model's own.
struct Parted {
    x: DVector<f64>,
    /// The model's own parameter that each goes with; none of those that were fixed.
    goes_with: Vec<Option<usize>>,
    /// What ties the new parameters to where they come from, and the model's own constraints; only where it is asked for.
    jacobian: DMatrix<f64>,
}

impl Parted {
    fn of(internals: &Internals, origins: Origins, all: usize, with_jacobian: bool) -> Self {
        let q = internals.x.len();
        let mut x = DVector::zeros(all);
        x.rows_mut(0, q).copy_from(&internals.x);
        let mut goes_with: Vec<Option<usize>> =
            (0..q).map(Some).chain(std::iter::repeat_n(None, all - q)).collect();
        let ties = if with_jacobian { origins.len() } else { 0 };
        let own = if with_jacobian { internals.jacobian.nrows() } else { 0 };
        let mut jacobian = DMatrix::zeros(ties + own, all);
        if with_jacobian {
            jacobian.view_mut((ties, 0), internals.jacobian.shape()).copy_from(&internals.jacobian);
        }
        for (tie, (number, origin)) in origins.into_iter().enumerate() {
            if with_jacobian {
                jacobian[(tie, number)] = 1.0;
            }
            match origin {
                Origin::Shared(i) => {
                    x[number] = internals.x[i];
                    goes_with[number] = Some(i);
                    if with_jacobian {
                        jacobian[(tie, i)] = -1.0;
                    }
                }
                Origin::Value(value) => x[number] = value,
            }
        }
        Self { x, goes_with, jacobian }
    }
}

impl<'a> Released<'a> {
    /// # Errors
    /// [`Error::Unsupported`] for a fit that did not converge, or whose information has no inverse.
    pub(crate) fn of(fit: &'a Fit, releases: Vec<Release>) -> Result<Self> {
        let unsolved = || Error::Unsupported {
            what: "score tests of a model without a solution".into(),
            instead: "They are derivatives at the solution: let the model converge first.".into(),
        };
        if fit.has_levels() {
            return Err(Error::Unsupported {
                what: "score tests of a model of two levels".into(),
                instead: "Fit it with and without an equality, and compare the two (compare).".into(),
            });
        }
        if !fit.converged {
            return Err(unsolved());
        }
        let internals = &fit.internals;
        let (tables, numbers, origins) = split(internals, &releases);
        let q = internals.x.len();
        let all = tables.first().map_or(0, |table| table.n_free);
        let is_scaled = internals.statistic.is_scaled();
        let Parted { x, goes_with, jacobian } = Parted::of(internals, origins, all, is_scaled);
        // groups count by their respondents, in least squares too
        let is_weighted = internals.weights.is_some();
        let size = |own: &Observed| if is_weighted { own.n as f64 } else { own.multiplier };
        let observed: Vec<Observed> =
            internals.observed.iter().map(|own| Observed { multiplier: size(own), ..own.clone() }).collect();
        let mut discrepancy = Discrepancy::new(&tables, &observed, internals.weights.as_deref());
        discrepancy.value(&x).ok_or_else(unsolved)?;
        let mut gradient = DVector::zeros(all);
        discrepancy.gradient(&mut gradient);
        let mut information = Arrowhead::default();
        discrepancy.expected_hessian(&mut information);
        let units = units_of(&discrepancy, &tables, &releases);
        drop(discrepancy);
        information.scale(0.5);
        let scores = gradient * -0.5;
        let base = Base::of(internals, goes_with, &information).ok_or_else(unsolved)?;
        let column = |number: usize| {
            base.forward(information.neighbours(number).map(|at| (at, information[(at, number)])))
        };
        let columns: Vec<Forward> = (q..all).map(column).collect();
        let of_base = base.projected(&scores);
        let moved = |number: usize| {
            information.neighbours(number).map(|at| information[(at, number)] * of_base[at]).sum::<f64>()
        };
        let scores = (q..all).map(|number| scores[number] - moved(number)).collect();
        let problem = Problem {
            tables: &tables,
            observed: &observed,
            x: &x,
            jacobian: &jacobian,
            known: Known::default(),
            ..internals.problem()
        };
        let meat = match is_scaled {
            true => problem.seen().meat(&problem).map(|(meat, _)| meat),
            false => None,
        };
        let meat = meat.map(|whole| {
            let along = base.transposed_times(&whole);
            let within = base.right_of(&along);
            Meat { whole, along, within }
        });
        let is_chi_square = !matches!(fit.estimator.criterion(), Criterion::Uls | Criterion::Dwls);
        Ok(Self {
            internals,
            releases,
            numbers,
            base,
            scores,
            information,
            columns,
            meat,
            units,
            is_chi_square,
            n: observed.iter().map(|own| own.multiplier).sum(),
            tables,
        })
    }

    /// Each release by itself; none for those that change nothing but a unit or an origin.
    pub(crate) fn each(&self) -> Vec<Option<ScoreTest>> {
        (0..self.releases.len()).map(|at| self.test(&[at], self.releases[at].parameter.clone())).collect()
    }

    /// Some releases together; none where they change nothing but units and origins.
    pub(crate) fn test(&self, which: &[usize], name: String) -> Option<ScoreTest> {
        let numbers: Vec<usize> = which.iter().flat_map(|&at| self.numbers[at].iter().copied()).collect();
        let tail = |x: f64, df: usize| chi_square_tail(x, df as f64);
        let tested = |statistic: f64, df: usize, robust: Option<f64>, changes| ScoreTest {
            parameter: name.clone(),
            statistic,
            df,
            pvalue: self.is_chi_square.then(|| tail(statistic, df)),
            robust,
            robust_pvalue: robust.map(|robust| tail(robust, df)),
            changes,
        };
        if self.meat.is_none()
            && numbers.len() > MANY
            && let Some((statistic, df)) = self.by_blocks(&numbers)
        {
            return Some(tested(statistic, df, None, Vec::new()));
        }
        let added = self.added(&numbers, |one, other| one.dot(other));
        let basis = range(&added, &self.curvatures(&numbers))?;
        let scores = self.scores_of(&numbers);
        let n = self.n;
        let form = |matrix: &DMatrix<f64>| -> Option<f64> {
            let within = basis.transpose() * matrix * &basis;
            let along = basis.tr_mul(&scores);
            let solved = cholesky::solved(&within, &along)?;
            Some(n * along.dot(&solved)).filter(|x| x.is_finite())
        };
        let statistic = form(&added)?;
        let robust = self.meat.as_ref().and_then(|meat| form(&self.varied(meat, &numbers)));
        let changes = match which {
            [one] => self.changes(*one, &basis, &added, &scores),
            _ => Vec::new(),
        };
        Some(tested(statistic, basis.ncols(), robust, changes))
    }

    fn column(&self, number: usize) -> &Forward {
        &self.columns[number - self.internals.x.len()]
    }

    fn scores_of(&self, numbers: &[usize]) -> DVector<f64> {
        let q = self.internals.x.len();
        DVector::from_iterator(numbers.len(), numbers.iter().map(|number| self.scores[number - q]))
    }

    /// The information of each new parameter by itself.
    fn curvatures(&self, numbers: &[usize]) -> DVector<f64> {
        DVector::from_iterator(numbers.len(), numbers.iter().map(|&at| self.information[(at, at)]))
    }

    /// E'AE less products of the columns: E~'A E~.
    fn added(&self, numbers: &[usize], product: impl Fn(&Forward, &Forward) -> f64) -> DMatrix<f64> {
        let k = numbers.len();
        let mut added = DMatrix::zeros(k, k);
        for (i, &one) in numbers.iter().enumerate() {
            for (j, &other) in numbers[..=i].iter().enumerate() {
                let value = self.information[(one, other)] - product(self.column(one), self.column(other));
                (added[(i, j)], added[(j, i)]) = (value, value);
            }
        }
        added
    }

    /// E~'B E~.
    fn varied(&self, meat: &Meat, numbers: &[usize]) -> DMatrix<f64> {
        // M = (K'AK)^-1 K'AE, so that E~ = E - KM
        let columns: Vec<DVector<f64>> =
            numbers.iter().map(|&at| self.base.backward(std::iter::once((self.column(at), 1.0)))).collect();
        let m = DMatrix::from_columns(&columns);
        let own = DMatrix::from_fn(numbers.len(), numbers.len(), |i, j| meat.whole[(numbers[i], numbers[j])]);
        let cross = meat.along.select_columns(numbers).tr_mul(&m);
        let mut varied = own - &cross - cross.transpose() + m.tr_mul(&(&meat.within * &m));
        cholesky::symmetrise(&mut varied);
        varied
    }

    /// X2 and its rank where many parameters of many groups are released. With W what they add within their groups and R what
    /// of their columns is shared, E~'A E~ = W - R'R, and
    ///
    /// ```text
    /// (W - R'R)^-1 = W^-1 + W^-1 R' (I - R W^-1 R')^-1 R W^-1
    /// ```
    ///
    /// None where all are of one group, or groups are not told apart without them.
    fn by_blocks(&self, numbers: &[usize]) -> Option<(f64, usize)> {
        let mut blocks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &number in numbers {
            blocks.entry(self.column(number).block()?).or_default().push(number);
        }
        let s = self.column(*numbers.first()?).shared().len();
        let (mut left, mut along) = (DMatrix::identity(s, s), DVector::zeros(s));
        let (mut sum, mut df) = (0.0, 0);
        for own in blocks.values() {
            let added = self.added(own, Forward::dot_own);
            let Some(basis) = range(&added, &self.curvatures(own)) else { continue };
            let within = basis.transpose() * &added * &basis;
            let shared = DMatrix::from_fn(s, own.len(), |i, j| self.column(own[j]).shared()[i]) * &basis;
            let scores = basis.tr_mul(&self.scores_of(own));
            let mut lower = within;
            cholesky::factorise(&mut lower).ok()?;
            // L^-1 of the scores and of R'
            let (mut scores, mut across) = (scores, shared.transpose());
            cholesky::forward(&lower, scores.as_mut_slice());
            across.column_iter_mut().for_each(|mut column| cholesky::forward(&lower, column.as_mut_slice()));
            sum += scores.norm_squared();
            along += across.tr_mul(&scores);
            left.gemm_tr(-1.0, &across, &across, 1.0);
            df += basis.ncols();
        }
        cholesky::factorise(&mut left).ok()?;
        if left.diagonal().iter().any(|d| d * d < TOLD_APART) {
            return None;
        }
        cholesky::forward(&left, along.as_mut_slice());
        let statistic = self.n * (sum + along.norm_squared());
        (df > 0 && statistic.is_finite()).then_some((statistic, df))
    }

    /// The step of all parameters where a release is made: b = (E~'AE~)^- E'u along E~.
    fn changes(
        &self,
        at: usize,
        basis: &DMatrix<f64>,
        added: &DMatrix<f64>,
        scores: &DVector<f64>,
    ) -> Vec<ExpectedChange> {
        let within = basis.transpose() * added * basis;
        let Some(along) = cholesky::solved(&within, &basis.tr_mul(scores)) else { return Vec::new() };
        let own = basis * along;
        let numbers = &self.numbers[at];
        let columns = numbers.iter().map(|&number| self.column(number));
        let mut step = -self.base.times(&self.base.backward(columns.zip(own.iter().copied())));
        numbers.iter().zip(own.iter()).for_each(|(&number, value)| step[number] += value);
        let release = &self.releases[at];
        let cells = release.cells.iter().zip(&self.units[at]);
        let change = |(&(block, row), unit): (&(usize, usize), &Option<f64>)| {
            let table = &self.tables[block];
            let epc = match table.rows[row].kind {
                Kind::Free(number, _) => step[number],
                _ => 0.0,
            };
            ExpectedChange {
                group: table.group + 1,
                est: self.internals.implied[block].at(table.rows[row].place),
                epc,
                standardized: unit.map(|unit| unit * epc),
            }
        };
        cells.map(change).collect()
    }
}

/// New parameters from which on a test goes by groups,
const MANY: usize = 100;
/// and the share of the information about what groups share that must be left when the others are released.
const TOLD_APART: f64 = 1e-8;

/// New parameters, each with where its value comes from.
type Origins = Vec<(usize, Origin)>;

/// Where the value of a new parameter comes from.
enum Origin {
    Shared(usize),
    Value(f64),
}

/// The tables with new numbers for the cells that are released, these numbers by release, and where each comes from.
fn split(internals: &Internals, releases: &[Release]) -> (Vec<ParameterTable>, Vec<Vec<usize>>, Origins) {
    let mut tables = internals.tables.clone();
    let mut next = internals.x.len();
    let mut origins = Vec::new();
    let mut of_release = |release: &Release| -> Vec<usize> {
        let mut own = Vec::with_capacity(release.cells.len());
        for &(block, row) in release.cells.iter().skip(1) {
            let cell = &mut tables[block].rows[row];
            let (origin, start) = match cell.kind {
                Kind::Free(number, start) => (Origin::Shared(number), start),
                _ => (Origin::Value(internals.implied[block].at(cell.place)), None),
            };
            cell.kind = Kind::Free(next, start);
            origins.push((next, origin));
            own.push(next);
            next += 1;
        }
        own
    };
    let numbers = releases.iter().map(&mut of_release).collect();
    tables.iter_mut().for_each(|table| table.n_free = next);
    (tables, numbers, origins)
}

fn units_of(
    discrepancy: &Discrepancy<'_>,
    tables: &[ParameterTable],
    releases: &[Release],
) -> Vec<Vec<Option<f64>>> {
    let implied = discrepancy.implied();
    let unit = |&(block, row): &(usize, usize)| {
        Standardization::new(&tables[block], implied[block]).scale(row, Which::All)
    };
    releases.iter().map(|release| release.cells.iter().map(unit).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::score_tests::equalities;
    use super::*;
    use crate::data::Dataset;
    use crate::model::{Equality, Model};
    use crate::{Estimation, Estimator};
    use ndarray::Array2;

    /// Answers of twenty groups to ten items; two intercepts and a loading differ.
    fn answers() -> Dataset {
        let (groups, n, p) = (20, 60, 10);
        let mut state = 7_u64;
        let mut normal = || -> f64 {
            let mut uniform = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1_u64 << 53) as f64
            };
            (0..12).map(|_| uniform()).sum::<f64>() - 6.0
        };
        let mut rows = Array2::zeros((groups * n, p));
        for row in 0..groups * n {
            let group = row / n;
            let f = 0.05 * group as f64 + (1.0 + 0.01 * group as f64) * normal();
            for item in 0..p {
                let loading = 0.6 + 0.03 * item as f64 + if item == 4 && group == 3 { 0.4 } else { 0.0 };
                let moved = (item == 2 && group % 4 == 1) || (item == 7 && group == 9);
                rows[(row, item)] = loading * f + if moved { 0.6 } else { 0.0 } + 0.7 * normal();
            }
        }
        let labels = (0..groups * n).map(|row| format!("g{:02}", row / n));
        let names = (1..=p).map(|item| format!("x{item}"));
        Dataset::builder().array(names, rows).column("group", labels.collect::<Vec<_>>()).build().unwrap()
    }

    /// Of many groups the statistics come from the groups one by one; they are those of the matrices as a whole.
    #[test]
    fn groups_one_by_one_make_the_whole() {
        let model: Model = "f =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10".parse().unwrap();
        let data = answers();
        for (estimator, equal, rank) in [
            (Estimator::Ml, vec![Equality::Loadings], 19 * 9),
            (Estimator::Ml, vec![Equality::Loadings, Equality::Intercepts], 19 * 18),
            (Estimator::Gls, vec![Equality::Loadings, Equality::Intercepts], 19 * 18),
        ] {
            let fit = Estimation::new(estimator).group("group").equal(equal).fit(&model, &data).unwrap();
            assert!(fit.converged && fit.internals.x.len() > 200);
            let released = Released::of(&fit, equalities(&fit.internals)).unwrap();
            assert!(released.information.has_blocks());
            let numbers: Vec<usize> = released.numbers.iter().flatten().copied().collect();
            let (statistic, df) = released.by_blocks(&numbers).unwrap();
            assert_eq!(df, rank);
            // K, E and what is left of E beside K, as matrices
            let (q, all) = (fit.internals.x.len(), released.information.size());
            let a = released.information.dense();
            let unit = |at: usize| DVector::from_fn(q, |i, _| f64::from(u8::from(i == at)));
            let k =
                DMatrix::from_columns(&(0..q).map(|at| released.base.times(&unit(at))).collect::<Vec<_>>());
            let inverse = cholesky::inverse(&(k.tr_mul(&(&a * &k)))).unwrap();
            let e = DMatrix::from_fn(all, all - q, |i, j| f64::from(u8::from(i == q + j)));
            let left = &e - &k * (inverse * k.tr_mul(&(&a * &e)));
            let added = left.tr_mul(&(&a * &left));
            let own = DVector::from_fn(all - q, |i, _| a[(q + i, q + i)]);
            let basis = range(&added, &own).unwrap();
            assert_eq!(basis.ncols(), rank);
            let u = released.scores_of(&(q..all).collect::<Vec<_>>());
            let along = basis.tr_mul(&u);
            let solved = cholesky::solved(&(basis.tr_mul(&(&added * &basis))), &along).unwrap();
            let whole = released.n * along.dot(&solved);
            assert!((statistic - whole).abs() < 1e-8 * whole, "{statistic} {whole}");
            let direct = released.added(&numbers, Forward::dot);
            assert!((direct - added).amax() < 1e-12);
        }
    }
}
