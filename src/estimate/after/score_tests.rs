//! Score tests of what a model holds equal: by how much the fit would improve if parameters that are one, or fixed, had
//! values of their own, without fitting that model.
//!
//! With u the scores and A the expected information of a respondent in all parameters, E the directions that are released and
//! K those in which the model's own parameters move:
//!
//! ```text
//! E~ = E - K (K'AK)^-1 K'AE            what E adds to K
//! X2 = N u'E (E~'A E~)^- E'u           chi-square of as many df as E~'A E~ has rank
//! X2.robust = N u'E (E~'B E~)^- E'u    B: how the scores vary over samples
//! change = [K E] ([K E]'A [K E])^- [K E]'u
//! ```
//!
//! (Rao 1948; Satorra 1989; Boos 1992 for the generalised test.) The rank, and not the number of equalities, is what the
//! statistic is referred to: where a factor's unit is not fixed by the equalities that are released, releasing all of them frees
//! one parameter less (lavaan 0.6-14 counts equalities). B is the empirical one (fourth-order moments, influences on
//! thresholds and correlations, or outer products of scores), and exists where the fit has a scaled test.
//!
//! It is longer than others by the examples of its types.

use super::directions::{Directions, range};
use crate::error::{Error, Result};
use crate::estimate::constraints::null_basis;
use crate::estimate::estimator::Criterion;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::observed::{Known, Observed, Problem};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::standardized::{Standardization, Which};
use crate::model::{Kind, Operator, Parameter, ParameterTable};
use crate::numeric::cholesky;
use crate::numeric::minimise::Objective;
use crate::numeric::tails::chi_square_tail;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A test of one equality, or of several together.
///
/// ```
/// use psychometrics::model::Equality;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let scalar = Estimation::default().group("school").equal([Equality::Loadings, Equality::Intercepts]);
/// let tests = scalar.fit(&model, &data)?.score_tests()?.tests;
/// let worst = tests.iter().max_by(|a, b| a.statistic.total_cmp(&b.statistic)).unwrap();
/// assert_eq!((worst.parameter.as_str(), worst.df, worst.changes.len()), ("x3~1", 1, 2));
/// assert_eq!(format!("{:.2}", worst.statistic), "19.19");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreTest {
    /// The parameter, as `x3~1`; of several, what they have in common.
    pub parameter: String,
    /// X2, the expected fall of the unscaled test statistic.
    pub statistic: f64,
    /// Its degrees of freedom: the rank.
    pub df: usize,
    /// Its p-value; of diagonally weighted and unweighted least squares, whose X2 has no chi-square distribution, none.
    pub pvalue: Option<f64>,
    /// The generalised statistic, where the fit has a scaled test.
    #[serde(rename = "statistic.robust")]
    pub robust: Option<f64>,
    /// Its p-value.
    #[serde(rename = "pvalue.robust")]
    pub robust_pvalue: Option<f64>,
    /// What the parameter would be in each group; empty for a test of several.
    pub changes: Vec<ExpectedChange>,
}

impl ScoreTest {
    /// The p-value to decide by: the robust one where there is one.
    pub fn decisive(&self) -> Option<f64> {
        self.robust_pvalue.or(self.pvalue)
    }
}

/// What a released parameter is expected to be in a group.
///
/// ```
/// use psychometrics::model::Equality;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let scalar = Estimation::default().group("school").equal([Equality::Loadings, Equality::Intercepts]);
/// let tests = scalar.fit(&model, &data)?.score_tests()?.tests;
/// let x3 = tests.iter().find(|own| own.parameter == "x3~1").unwrap();
/// // released, the intercept rises in one school and falls in the other
/// assert_eq!((x3.changes[0].group, x3.changes[1].group), (1, 2));
/// assert_eq!(format!("{:.3} {:.3}", x3.changes[0].epc, x3.changes[1].epc), "0.216 -0.322");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedChange {
    /// Group, from 1.
    pub group: usize,
    /// Estimate of the model.
    pub est: f64,
    /// Expected change of it.
    pub epc: f64,
    /// The same with all variables standardised; none where a variance is not positive.
    #[serde(rename = "epc.std")]
    pub standardized: Option<f64>,
}

/// Score tests of the equalities of a fit: each by itself, and all together.
///
/// ```
/// use psychometrics::model::Equality;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let metric = Estimation::default().group("school").equal([Equality::Loadings]);
/// let tests = metric.fit(&model, &data)?.score_tests()?;
/// // nine loadings, of which three are the units of the factors
/// assert_eq!((tests.tests.len(), tests.total.unwrap().df), (6, 6));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreTests {
    /// Each equality by itself, in the order of the parameter table; those that fix a unit or an origin have none.
    pub tests: Vec<ScoreTest>,
    /// All together.
    pub total: Option<ScoreTest>,
}

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
    /// Directions of the model's own parameters.
    base: DMatrix<f64>,
    /// u, A and B.
    scores: DVector<f64>,
    information: DMatrix<f64>,
    meat: Option<Meat>,
    /// K'A, and (K'AK)^-1 K'A of the new parameters only, which are the last ones.
    along: DMatrix<f64>,
    projection: DMatrix<f64>,
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
    /// How all parameters move with the model's own.
    own: DMatrix<f64>,
    /// The model's own parameter that each goes with; none of those that were fixed.
    goes_with: Vec<Option<usize>>,
    /// What ties the new parameters to where they come from, and the model's own constraints.
    jacobian: DMatrix<f64>,
}

impl Parted {
    fn of(internals: &Internals, origins: Origins, all: usize) -> Self {
        let q = internals.x.len();
        let mut x = DVector::zeros(all);
        x.rows_mut(0, q).copy_from(&internals.x);
        let mut own = DMatrix::zeros(all, q);
        (0..q).for_each(|i| own[(i, i)] = 1.0);
        let mut goes_with: Vec<Option<usize>> =
            (0..q).map(Some).chain(std::iter::repeat_n(None, all - q)).collect();
        let ties = origins.len();
        let mut jacobian = DMatrix::zeros(ties + internals.jacobian.nrows(), all);
        jacobian.view_mut((ties, 0), internals.jacobian.shape()).copy_from(&internals.jacobian);
        for (tie, (number, origin)) in origins.into_iter().enumerate() {
            jacobian[(tie, number)] = 1.0;
            match origin {
                Origin::Shared(i) => {
                    x[number] = internals.x[i];
                    own[(number, i)] = 1.0;
                    goes_with[number] = Some(i);
                    jacobian[(tie, i)] = -1.0;
                }
                Origin::Value(value) => x[number] = value,
            }
        }
        Self { x, own, goes_with, jacobian }
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
        if !fit.converged || fit.has_levels() {
            return Err(unsolved());
        }
        let internals = &fit.internals;
        let (tables, numbers, origins) = split(internals, &releases);
        let q = internals.x.len();
        let all = tables.first().map_or(0, |table| table.n_free);
        let Parted { x, own, goes_with, jacobian } = Parted::of(internals, origins, all);
        let base = match internals.jacobian.nrows() {
            0 => own,
            _ => own * null_basis(&internals.jacobian, q),
        };
        // groups count by their respondents, in least squares too
        let is_weighted = internals.weights.is_some();
        let size = |own: &Observed| if is_weighted { own.n as f64 } else { own.multiplier };
        let observed: Vec<Observed> =
            internals.observed.iter().map(|own| Observed { multiplier: size(own), ..own.clone() }).collect();
        let mut discrepancy = Discrepancy::new(&tables, &observed, internals.weights.as_deref());
        discrepancy.value(&x).ok_or_else(unsolved)?;
        let mut gradient = DVector::zeros(all);
        discrepancy.gradient(&mut gradient);
        let mut hessian = DMatrix::zeros(all, all);
        discrepancy.expected_hessian(&mut hessian);
        let units = units_of(&discrepancy, &tables, &releases);
        drop(discrepancy);
        let (scores, information) = (gradient * -0.5, hessian * 0.5);
        let directions =
            Directions { base: &base, of: Some(goes_with).filter(|_| internals.jacobian.nrows() == 0) };
        let along = directions.times(&information);
        let inverse = cholesky::inverse(&directions.right_of(&along)).ok_or_else(unsolved)?;
        let projection = inverse * along.columns(q, all - q);
        let problem = Problem {
            tables: &tables,
            observed: &observed,
            x: &x,
            jacobian: &jacobian,
            known: Known::default(),
            ..internals.problem()
        };
        let meat = match internals.statistic.is_scaled() {
            true => problem.seen().meat(&problem).map(|(meat, _)| meat),
            false => None,
        };
        let meat = meat.map(|whole| {
            let along = directions.times(&whole);
            let within = directions.right_of(&along);
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
            meat,
            along,
            projection,
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
        let q = self.information.nrows() - self.projection.ncols();
        // M = (K'AK)^-1 K'AE, so that E~ = E - KM
        let m = self
            .projection
            .select_columns(numbers.iter().map(|number| number - q).collect::<Vec<_>>().iter());
        let square = |a: &DMatrix<f64>| {
            DMatrix::from_fn(numbers.len(), numbers.len(), |i, j| a[(numbers[i], numbers[j])])
        };
        let mut added = square(&self.information) - self.along.select_columns(&numbers).tr_mul(&m);
        cholesky::symmetrise(&mut added);
        let own = DVector::from_fn(numbers.len(), |j, _| self.information[(numbers[j], numbers[j])]);
        let basis = range(&added, &own)?;
        let of_base = self.base.tr_mul(&self.scores);
        let scores = DVector::from_fn(numbers.len(), |j, _| self.scores[numbers[j]]) - m.tr_mul(&of_base);
        let n = self.n;
        let form = |matrix: &DMatrix<f64>| -> Option<f64> {
            let within = basis.transpose() * matrix * &basis;
            let along = basis.tr_mul(&scores);
            let solved = cholesky::solved(&within, &along)?;
            Some(n * along.dot(&solved)).filter(|x| x.is_finite())
        };
        let df = basis.ncols();
        let statistic = form(&added)?;
        let robust = self.meat.as_ref().and_then(|meat| {
            let cross = meat.along.select_columns(&numbers).tr_mul(&m);
            let mut varied =
                square(&meat.whole) - &cross - cross.transpose() + m.tr_mul(&(&meat.within * &m));
            cholesky::symmetrise(&mut varied);
            form(&varied)
        });
        let tail = |x: f64| chi_square_tail(x, df as f64);
        Some(ScoreTest {
            parameter: name,
            statistic,
            df,
            pvalue: self.is_chi_square.then(|| tail(statistic)),
            robust,
            robust_pvalue: robust.map(tail),
            changes: match which {
                [one] => self.changes(*one, &m, &basis, &added, &scores),
                _ => Vec::new(),
            },
        })
    }

    /// The step of all parameters where a release is made: b = (E~'AE~)^- E'u along E~.
    fn changes(
        &self,
        at: usize,
        m: &DMatrix<f64>,
        basis: &DMatrix<f64>,
        added: &DMatrix<f64>,
        scores: &DVector<f64>,
    ) -> Vec<ExpectedChange> {
        let within = basis.transpose() * added * basis;
        let Some(along) = cholesky::solved(&within, &basis.tr_mul(scores)) else { return Vec::new() };
        let own = basis * along;
        let mut step = -(&self.base * (m * &own));
        self.numbers[at].iter().zip(own.iter()).for_each(|(&number, value)| step[number] += value);
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

/// The equalities of a fit: rows that share a parameter, in several groups or in one.
pub(crate) fn equalities(internals: &Internals) -> Vec<Release> {
    let mut found: Vec<Release> = Vec::new();
    let mut seen = vec![false; internals.x.len()];
    for (block, table) in internals.tables.iter().enumerate() {
        for parameter in &table.rows {
            let Kind::Free(number, _) = parameter.kind else { continue };
            if std::mem::replace(&mut seen[number], true) {
                continue;
            }
            let mut cells = Vec::new();
            for (other, table) in internals.tables.iter().enumerate().skip(block) {
                let same =
                    |(_, row): &(usize, &Parameter)| matches!(row.kind, Kind::Free(own, _) if own == number);
                cells.extend(table.rows.iter().enumerate().filter(same).map(|(row, _)| (other, row)));
            }
            if cells.len() > 1 {
                let rhs = if parameter.op == Operator::Intercept { "" } else { &parameter.rhs };
                let name = format!("{}{}{rhs}", parameter.lhs, parameter.op.symbol());
                found.push(Release { parameter: name, cells });
            }
        }
    }
    found
}

impl Fit {
    /// Score tests of the parameters that are equal, in several groups or in one: each by itself and all together, with what each would
    /// be in each group.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::model::Equality;
    /// use psychometrics::{Estimation, Model};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
    /// let scalar = Estimation::default().group("school").equal([Equality::Loadings, Equality::Intercepts]);
    /// let tests = scalar.fit(&model, &data)?.score_tests()?;
    /// let total = tests.total.unwrap();
    /// // 15 equalities, of which three fix the origins of the factors
    /// assert_eq!((format!("{:.3}", total.statistic), total.df), ("46.956".into(), 12));
    /// let x3 = tests.tests.iter().find(|test| test.parameter == "x3~1").unwrap();
    /// assert_eq!(format!("{:.3}", x3.statistic), "19.193");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a fit that did not converge, and for one of two levels.
    pub fn score_tests(&self) -> Result<ScoreTests> {
        let releases = equalities(&self.internals);
        if releases.is_empty() {
            return Ok(ScoreTests { tests: Vec::new(), total: None });
        }
        let all: Vec<usize> = (0..releases.len()).collect();
        let released = Released::of(self, releases)?;
        let total = released.test(&all, "all".into());
        Ok(ScoreTests { tests: released.each().into_iter().flatten().collect(), total })
    }
}
