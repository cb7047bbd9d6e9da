//! Defined parameters and constraints on labelled parameters.
//!
//! Equalities h(theta) = 0 enter the search through their Jacobian J: a step solves
//!
//! ```text
//! [ H  J' ] [ step   ]   [ -g ]
//! [ J  0  ] [ lambda ] = [ -h ]
//! ```
//!
//! (Nocedal & Wright 2006, ch. 18), and the covariance matrix of the estimates is the upper left block
//! of the inverse of the same matrix with the information in the place of H (Aitchison & Silvey 1958).
//! An inequality is an equality where the free solution violates it, and nothing elsewhere.

use crate::error::{Error, Result};
use crate::model::{
    Dual, Expression, Kind, Model, NoValue, ParameterTable, Relation, RelationKind, in_order,
};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use std::collections::{HashMap, HashSet};

/// What the labels of a model stand for, and what is said of them.
#[derive(Debug, Clone)]
pub(crate) struct Constraints {
    free: HashMap<String, usize>,
    fixed: HashMap<String, f64>,
    /// Definitions, each behind those that it uses.
    defined: Vec<Relation>,
    equalities: Vec<Relation>,
    inequalities: Vec<Relation>,
    /// Definitions as the text has them.
    definitions: Vec<Relation>,
    /// Whether constraints name defined parameters.
    uses_definitions: bool,
    /// Bounds of free parameters: index, bound, and whether it is a lower one.
    bounds: Vec<(usize, f64, bool)>,
    q: usize,
}

/// Equalities beyond the number of free parameters, which must follow from others, that are carried along.
const REDUNDANT: usize = 200;

/// Step of a second derivative by differences of first ones, relative: the cube root of rounding.
const SECOND_STEP: f64 = 6e-6;

/// Values of the defined parameters.
type Values<'a> = HashMap<&'a str, std::result::Result<Dual, NoValue>>;

/// A value with its gradient, or why there is none.
type Evaluated = std::result::Result<(f64, DVector<f64>), NoValue>;

impl Constraints {
    /// `bounds` of each free parameter; empty where there are none.
    ///
    /// # Errors
    /// [`Error::BadModel`] for definitions in a circle, and for many more equalities than free parameters.
    pub(crate) fn new(model: &Model, tables: &[ParameterTable], bounds: &[(f64, f64)]) -> Result<Self> {
        let (mut free, mut fixed) = (HashMap::new(), HashMap::new());
        for row in tables.iter().flat_map(|table| &table.rows) {
            let Some(label) = row.label.clone() else { continue };
            match row.kind {
                Kind::Free(index, _) => {
                    free.entry(label).or_insert(index);
                }
                Kind::Fixed(value) => {
                    fixed.entry(label).or_insert(value);
                }
                Kind::Sample | Kind::Determined => {}
            }
        }
        // what is said twice is one constraint
        let mut seen = HashSet::new();
        let mut of = |kinds: &[RelationKind]| -> Vec<Relation> {
            let own = model.relations.iter().filter(|r| kinds.contains(&r.kind));
            own.filter(|r| seen.insert(r.to_string())).cloned().collect()
        };
        let definitions = of(&[RelationKind::Defined]);
        let equalities = of(&[RelationKind::Equal]);
        let inequalities = of(&[RelationKind::Less, RelationKind::Greater]);
        let q = tables.first().map_or(0, |table| table.n_free);
        if equalities.len() > q + REDUNDANT {
            return Err(Error::BadModel {
                what: format!("{} equality constraints hold {q} free parameters", equalities.len()),
                remedy:
                    "Leave out the constraints that follow from others: no more of them than parameters can \
                         hold by themselves."
                        .into(),
            });
        }
        let names: HashSet<&str> = definitions.iter().filter_map(Relation::name).collect();
        let uses =
            |r: &Relation| r.left.names().into_iter().chain(r.right.names()).any(|n| names.contains(n));
        Ok(Self {
            free,
            fixed,
            defined: in_order(&definitions)?.into_iter().cloned().collect(),
            uses_definitions: equalities.iter().chain(&inequalities).any(uses),
            equalities,
            inequalities,
            definitions,
            bounds: bounds_of(bounds),
            q,
        })
    }

    /// The same with other bounds.
    pub(crate) fn holding(others: &Self, bounds: &[(f64, f64)]) -> Self {
        Self { bounds: bounds_of(bounds), ..others.clone() }
    }

    /// The same of some of the free parameters, whose new numbers are given, without relations that name others.
    pub(crate) fn among(&self, numbers: &[Option<usize>], q: usize, bounds: &[(f64, f64)]) -> Self {
        let free: HashMap<String, usize> =
            self.free.iter().filter_map(|(label, free)| Some((label.clone(), numbers[*free]?))).collect();
        let own = Self { free, bounds: bounds_of(bounds), q, ..self.clone() };
        let known = own.known();
        let among = |relations: &[Relation]| -> Vec<Relation> {
            let is_known = |r: &&Relation| {
                r.left.names().into_iter().chain(r.right.names()).all(|name| known.contains(name))
            };
            relations.iter().filter(is_known).cloned().collect()
        };
        let (equalities, inequalities) = (among(&self.equalities), among(&self.inequalities));
        Self { equalities, inequalities, definitions: Vec::new(), ..own }
    }

    /// Whether a search has to mind anything but bounds.
    pub(crate) fn are_none(&self) -> bool {
        self.equalities.is_empty() && self.inequalities.is_empty()
    }

    pub(crate) fn definitions(&self) -> &[Relation] {
        &self.definitions
    }

    /// Names of estimates and fixed values, and of what is defined by them.
    fn known(&self) -> HashSet<&str> {
        let mut known: HashSet<&str> =
            self.free.keys().chain(self.fixed.keys()).map(String::as_str).collect();
        for relation in &self.defined {
            if relation.right.names().into_iter().all(|name| known.contains(name)) {
                known.extend(relation.name());
            }
        }
        known
    }

    /// The values of defined parameters at a point, each once.
    fn values(&self, x: &DVector<f64>) -> Values<'_> {
        let mut values = Values::with_capacity(self.defined.len());
        for relation in &self.defined {
            let value = self.value(&relation.right, x, &values);
            relation.name().map(|name| values.insert(name, value));
        }
        values
    }

    fn value(
        &self,
        expression: &Expression,
        x: &DVector<f64>,
        defined: &Values<'_>,
    ) -> std::result::Result<Dual, NoValue> {
        let name = |name: &str| {
            if let Some(&index) = self.free.get(name) {
                return Ok(Dual { value: x[index], derivatives: vec![(index, 1.0)] });
            }
            if let Some(&value) = self.fixed.get(name) {
                return Ok(Dual::constant(value));
            }
            defined.get(name).cloned().unwrap_or_else(|| Err(NoValue::Name(name.into())))
        };
        expression.evaluate(&name)
    }

    fn dense(&self, dual: Dual) -> (f64, DVector<f64>) {
        let mut gradient = DVector::zeros(self.q);
        dual.derivatives.iter().for_each(|(i, d)| gradient[*i] += d);
        (dual.value, gradient)
    }

    /// The defined parameters in the order of the text, each with its value and its gradient.
    pub(crate) fn defined_at(&self, x: &DVector<f64>) -> impl Iterator<Item = (&Relation, Evaluated)> {
        let values = self.values(x);
        let nothing = || Err(NoValue::TooLarge);
        self.definitions.iter().map(move |relation| {
            let value = relation.name().and_then(|name| values.get(name).cloned()).unwrap_or_else(nothing);
            (relation, value.map(|dual| self.dense(dual)))
        })
    }

    /// Relations that have no value at a point, with the reason: constraints, and then definitions.
    pub(crate) fn without_value(&self, x: &DVector<f64>) -> Vec<(&Relation, NoValue)> {
        let values = self.values(x);
        let constraints = self.equalities.iter().chain(&self.inequalities);
        let no_value = |relation| Some((relation, self.difference(relation, x, &values).err()?));
        let definitions = self.defined_at(x).filter_map(|(relation, value)| Some((relation, value.err()?)));
        constraints.filter_map(no_value).chain(definitions).collect()
    }

    /// Left minus right of a relation.
    fn difference(&self, relation: &Relation, x: &DVector<f64>, defined: &Values<'_>) -> Evaluated {
        let side = |expression| self.value(expression, x, defined).map(|dual| self.dense(dual));
        let (left, right) = (side(&relation.left)?, side(&relation.right)?);
        Ok((left.0 - right.0, left.1 - right.1))
    }

    /// Those that constraints use.
    fn used_values(&self, x: &DVector<f64>) -> Values<'_> {
        if self.uses_definitions { self.values(x) } else { Values::new() }
    }

    /// Equalities and the active inequalities at a point: values and Jacobian.
    pub(crate) fn at(&self, x: &DVector<f64>, active: &[bool]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let defined = self.used_values(x);
        let bound = self.inequalities.iter().zip(active).filter(|(_, active)| **active).map(|(r, _)| r);
        let mut rows: Vec<(f64, DVector<f64>)> = self
            .equalities
            .iter()
            .chain(bound)
            .map(|r| self.difference(r, x, &defined).ok())
            .collect::<Option<_>>()?;
        let bounds = self.bounds.iter().zip(&active[self.inequalities.len()..]);
        for ((free, bound, _), _) in bounds.filter(|(_, active)| **active) {
            let mut gradient = DVector::zeros(self.q);
            gradient[*free] = 1.0;
            rows.push((x[*free] - bound, gradient));
        }
        let values = DVector::from_iterator(rows.len(), rows.iter().map(|(value, _)| *value));
        let jacobian = DMatrix::from_fn(rows.len(), self.q, |i, j| rows[i].1[j]);
        (values.iter().all(|v| v.is_finite()) && jacobian.iter().all(|v| v.is_finite()))
            .then_some((values, jacobian))
    }

    /// sum_k weight_k h_k'' of the equalities and the active inequalities: central differences of J' weights, by steps
    /// that are small in the `unit` of each parameter. 0 where the constraints do not exist on both sides.
    pub(crate) fn curvature(
        &self,
        x: &DVector<f64>,
        active: &[bool],
        weights: &DVector<f64>,
        unit: &DVector<f64>,
    ) -> DMatrix<f64> {
        let mut curvature = DMatrix::zeros(self.q, self.q);
        let Some((_, jacobian)) = self.at(x, active) else { return curvature };
        for i in (0..self.q).filter(|&i| jacobian.column(i).iter().any(|d| *d != 0.0)) {
            // no step from one side of a kink at 0 to the other
            let size = if x[i] == 0.0 { unit[i] } else { x[i].abs().min(unit[i]) };
            let by = SECOND_STEP * size;
            let along = |by: f64| {
                let mut moved = x.clone();
                moved[i] += by;
                self.at(&moved, active).map(|(_, jacobian)| jacobian.tr_mul(weights))
            };
            if let (Some(above), Some(below)) = (along(by), along(-by)) {
                curvature.set_column(i, &((above - below) / (2.0 * by)));
            }
        }
        (&curvature + curvature.transpose()) * 0.5
    }

    /// Whether the Jacobian is the same elsewhere.
    pub(crate) fn are_linear(&self, x: &DVector<f64>, active: &[bool]) -> bool {
        self.curved(x, active).is_some_and(|curved| curved.is_empty())
    }

    /// The parameters of constraints that are not linear; none where the constraints do not exist.
    pub(crate) fn curved(&self, x: &DVector<f64>, active: &[bool]) -> Option<Vec<usize>> {
        let elsewhere = x.map_with_location(|i, _, value| 1.1 * value + 0.01 * (i + 1) as f64);
        let ((_, here), (_, there)) = (self.at(x, active)?, self.at(&elsewhere, active)?);
        let differs = |k: usize| (here.row(k) - there.row(k)).amax() > 1e-12 * here.amax();
        let curved: Vec<usize> = (0..here.nrows()).filter(|&k| differs(k)).collect();
        let is_in = |i: &usize| curved.iter().any(|&k| here[(k, *i)] != 0.0 || there[(k, *i)] != 0.0);
        Some((0..self.q).filter(is_in).collect())
    }

    /// How many equalities there are.
    pub(crate) fn equality_count(&self) -> usize {
        self.equalities.len()
    }

    /// The rows of a Jacobian that belong to equalities.
    pub(crate) fn of_equalities(&self, jacobian: &DMatrix<f64>) -> DMatrix<f64> {
        jacobian.rows(0, self.equalities.len().min(jacobian.nrows())).into_owned()
    }

    /// Free parameters that an active inequality ties to its bound.
    pub(crate) fn at_bound(&self, jacobian: &DMatrix<f64>) -> Vec<usize> {
        let bounds = jacobian.rows(self.equalities.len(), jacobian.nrows() - self.equalities.len());
        (0..self.q).filter(|&i| bounds.column(i).iter().any(|d| *d != 0.0)).collect()
    }

    /// No inequality active.
    pub(crate) fn none_active(&self) -> Vec<bool> {
        vec![false; self.inequalities.len() + self.bounds.len()]
    }

    /// Inequalities that a point violates.
    pub(crate) fn violated(&self, x: &DVector<f64>) -> Vec<bool> {
        let defined = self.used_values(x);
        let violates = |relation: &Relation| match (self.difference(relation, x, &defined), relation.kind) {
            (Ok((value, _)), RelationKind::Less) => value > 0.0,
            (Ok((value, _)), _) => value < 0.0,
            // told with the fit
            (Err(_), _) => false,
        };
        let beyond = |(free, bound, is_lower): &(usize, f64, bool)| {
            if *is_lower { x[*free] < bound - 1e-12 } else { x[*free] > bound + 1e-12 }
        };
        self.inequalities.iter().map(violates).chain(self.bounds.iter().map(beyond)).collect()
    }
}

/// Finite bounds: index, bound, and whether it is a lower one.
fn bounds_of(bounds: &[(f64, f64)]) -> Vec<(usize, f64, bool)> {
    let each = bounds.iter().enumerate();
    each.flat_map(|(free, (lower, upper))| [(free, *lower, true), (free, *upper, false)])
        .filter(|(_, bound, _)| bound.is_finite())
        .collect()
}

/// The upper left block of the inverse of [A J'; J 0]: A^-1 without constraints.
pub(crate) fn constrained_inverse(
    information: &DMatrix<f64>,
    jacobian: &DMatrix<f64>,
) -> Option<DMatrix<f64>> {
    if jacobian.nrows() == 0 {
        return crate::numeric::cholesky::inverse(information);
    }
    let (q, r) = (information.nrows(), jacobian.nrows());
    // on the scale of the information
    let scale = information.diagonal().amax().max(f64::MIN_POSITIVE);
    let mut bordered = DMatrix::zeros(q + r, q + r);
    bordered.view_mut((0, 0), (q, q)).copy_from(information);
    bordered.view_mut((q, 0), (r, q)).copy_from(&(jacobian * scale));
    bordered.view_mut((0, q), (q, r)).copy_from(&(jacobian.transpose() * scale));
    let inverse = bordered.try_inverse()?;
    let block = inverse.view((0, 0), (q, q)).into_owned();
    block.iter().all(|v| v.is_finite()).then_some(block)
}

/// A Jacobian by parameters in their own units, each row with length 1: constraints in any unit tie alike.
pub(crate) fn in_units(jacobian: &DMatrix<f64>, unit: &DVector<f64>) -> DMatrix<f64> {
    let mut own = jacobian.clone();
    own.column_iter_mut().zip(unit.iter()).for_each(|(mut column, unit)| column *= *unit);
    for mut row in own.row_iter_mut() {
        let norm = row.norm();
        if norm > 0.0 {
            row /= norm;
        }
    }
    own
}

/// A basis of the directions that keep the constraints, as columns; the identity without any.
pub(crate) fn null_basis(jacobian: &DMatrix<f64>, q: usize) -> DMatrix<f64> {
    if jacobian.nrows() == 0 {
        return DMatrix::identity(q, q);
    }
    let eigen = nalgebra::SymmetricEigen::new(jacobian.tr_mul(jacobian));
    let largest = eigen.eigenvalues.amax();
    let kept: Vec<usize> = (0..q).filter(|&i| eigen.eigenvalues[i] <= 1e-10 * largest).collect();
    DMatrix::from_fn(q, kept.len(), |i, j| eigen.eigenvectors[(i, kept[j])])
}

/// What is left of a unit vector's squared length that counts as nothing.
const SPANNED: f64 = 1e-10;

/// A basis of what is orthogonal to the columns of a matrix, as columns: few where the columns are many.
///
/// The projection on it, P = I - H (H'H)^-1 H', is factored with pivots, of which there are as many as the basis has
/// columns. Columns that depend on one another leave the decomposition of HH'.
pub(crate) fn complement(h: &DMatrix<f64>) -> DMatrix<f64> {
    let (q, count) = h.shape();
    let transposed = h.transpose();
    let inverse = if count < q { cholesky::inverse(&(&transposed * h)) } else { None };
    let Some(inverse) = inverse else { return null_basis(&transposed, q) };
    let solved = h * inverse;
    let column = |j: usize| {
        let mut column = -(&solved * transposed.column(j));
        column[j] += 1.0;
        column
    };
    let mut left: Vec<f64> = (0..q).map(|j| 1.0 - h.row(j).dot(&solved.row(j))).collect();
    let mut basis: Vec<DVector<f64>> = Vec::with_capacity(q - count);
    while basis.len() < q - count {
        let Some(pivot) = (0..q).max_by(|&a, &b| left[a].total_cmp(&left[b])) else { break };
        if !(left[pivot] > SPANNED) {
            return null_basis(&transposed, q);
        }
        let mut own = column(pivot);
        basis.iter().for_each(|known| own.axpy(-known[pivot], known, 1.0));
        own /= own[pivot].sqrt();
        own.iter().zip(&mut left).for_each(|(x, left)| *left -= x * x);
        left[pivot] = 0.0;
        basis.push(own);
    }
    DMatrix::from_columns(&basis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_orthogonal_is_the_same_by_projection_and_by_eigenvectors() {
        let h = DMatrix::from_fn(9, 6, |i, j| {
            ((i * 7 + j * j * 3) % 11) as f64 - 4.0 + f64::from(u8::from(i == j))
        });
        let (own, other) = (complement(&h), null_basis(&h.transpose(), 9));
        assert_eq!(own.shape(), (9, 3));
        assert!((h.tr_mul(&own)).amax() < 1e-10);
        // both are orthonormal bases of the same space
        assert!((&own * own.transpose() - &other * other.transpose()).amax() < 1e-10);
        // a column that others give is none
        let mut dependent = h.clone();
        dependent.set_column(5, &(h.column(0) + h.column(1)));
        assert_eq!(complement(&dependent).ncols(), 4);
    }

    #[test]
    fn the_curvature_of_constraints_is_the_second_derivative() {
        let text = "f =~ x1 + la*x2 + lb*x3 + x4\nla*lb == 0.6\nla == lb^2";
        let model: Model = text.parse().unwrap();
        let tables = ParameterTable::of_groups(&model, &crate::model::Specification::default(), 1).unwrap();
        let constraints = Constraints::new(&model, &tables, &[]).unwrap();
        let q = tables[0].n_free;
        let (x, unit) = (DVector::from_element(q, 0.7), DVector::from_element(q, 0.1));
        let weights = DVector::from_vec(vec![3.0, 2.0]);
        let curvature = constraints.curvature(&x, &[], &weights, &unit);
        // of 3 la lb - 2 lb^2
        let free = |label: &str| constraints.free[label];
        let mut expected = DMatrix::zeros(q, q);
        expected[(free("la"), free("lb"))] = 3.0;
        expected[(free("lb"), free("la"))] = 3.0;
        expected[(free("lb"), free("lb"))] = -4.0;
        assert!((curvature - expected).amax() < 1e-8);
        let curved = constraints.curved(&x, &[]).unwrap();
        assert_eq!(curved, [free("la"), free("lb")]);
    }
}
