//! Direct, indirect and total effects between the variables of a structural model.
//!
//! ```text
//! total = (I - B)^-1 - I,     direct = B,     indirect = total - direct
//! d (I - B)^-1 / d b_ij = (I - B)^-1 [, i] (I - B)^-1 [j, ]
//! ```
//!
//! (Bollen 1987; standard errors by the delta method, Sobel 1982, 1987). Standardised effects are multiplied
//! by sqrt(V_cause / V_outcome). Effects on indicators are loadings times effects, and not listed.

use crate::estimate::fit::{Fit, Internals};
use crate::model::{Kind, Operator, Place};
use crate::numeric::tails::two_sided;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A number with its standard error and test.
///
/// ```
/// use psychometrics::Estimation;
/// use psychometrics::moments::Moments;
///
/// // a causes b, which causes c
/// let moments = Moments::from_lower_triangle(&["a", "b", "c"], &[1.0, 0.5, 1.0, 0.2, 0.4, 1.0], 101)?;
/// let fit = Estimation::default().fit_moments(&"b ~ a\nc ~ b".parse()?, &moments)?;
/// let effects = fit.effects();
/// let through_b = effects.iter().find(|own| own.from == "a" && own.to == "c").unwrap().indirect;
/// // .5 times .4, with an error by the delta method
/// assert_eq!(format!("{:.3} {:.3} {:.3}", through_b.est, through_b.se.unwrap(), through_b.z.unwrap()), "0.200 0.057 3.499");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EffectSize {
    /// The effect.
    pub est: f64,
    /// Standard error; none where the fit has none.
    pub se: Option<f64>,
    /// est / se.
    pub z: Option<f64>,
    /// Two-sided p-value.
    pub pvalue: Option<f64>,
    /// The effect between standardised variables; none where a variance is not positive.
    #[serde(rename = "std.all")]
    pub std_all: Option<f64>,
}

/// The effects of one variable on another.
///
/// ```
/// use psychometrics::Estimation;
/// use psychometrics::moments::Moments;
///
/// // a causes b, which causes c
/// let moments = Moments::from_lower_triangle(&["a", "b", "c"], &[1.0, 0.5, 1.0, 0.2, 0.4, 1.0], 101)?;
/// let fit = Estimation::default().fit_moments(&"b ~ a\nc ~ b".parse()?, &moments)?;
/// let effects = fit.effects();
/// let from_a = effects.iter().find(|own| own.from == "a" && own.to == "c").unwrap();
/// assert!((from_a.indirect.est - 0.5 * 0.4).abs() < 1e-6 && from_a.direct.est == 0.0);
/// assert_eq!(from_a.total.est, from_a.indirect.est);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Effect {
    /// What has the effect.
    pub from: String,
    /// On what.
    pub to: String,
    /// Group, from 1.
    pub group: usize,
    /// Along the path between the two.
    pub direct: EffectSize,
    /// Along paths through others.
    pub indirect: EffectSize,
    /// Both.
    pub total: EffectSize,
}

impl Fit {
    /// Effects along regressions: of every variable on every other that it reaches.
    pub fn effects(&self) -> Vec<Effect> {
        (0..self.internals.tables.len()).flat_map(|group| self.effects_of(group)).collect()
    }

    fn effects_of(&self, group: usize) -> Vec<Effect> {
        let Internals { tables, implied, vcov, x, .. } = &self.internals;
        let (table, implied) = (&tables[group], &implied[group]);
        let m = table.eta.len();
        let mut direct = DMatrix::zeros(m, m);
        let mut paths = Vec::new();
        for row in table.rows.iter().filter(|row| row.op == Operator::Regression) {
            if let Place::Path(i, j) = row.place {
                direct[(i, j)] = implied.at(row.place);
                if let Kind::Free(free, _) = row.kind {
                    paths.push((i, j, free));
                }
            }
        }
        if direct.iter().all(|b| *b == 0.0) {
            return Vec::new();
        }
        let Some(all) = (DMatrix::identity(m, m) - &direct).try_inverse() else { return Vec::new() };
        let reached = reach(&direct);
        let size = |from: usize, to: usize, est: f64, gradient: DVector<f64>| {
            let se = vcov.as_ref().map(|v| gradient.dot(&(v * &gradient)).max(0.0).sqrt());
            let z = se.filter(|se| *se > 0.0).map(|se| est / se);
            let variance = |j: usize| Some(implied.eta_covariance[(j, j)]).filter(|v| *v > 0.0);
            let std_all =
                variance(from).zip(variance(to)).map(|(cause, outcome)| est * (cause / outcome).sqrt());
            EffectSize { est, se, z, pvalue: z.map(two_sided), std_all }
        };
        let mut effects = Vec::new();
        for from in 0..m {
            for to in (0..m).filter(|&to| reached[(to, from)]) {
                let (mut of_direct, mut of_total) = (DVector::zeros(x.len()), DVector::zeros(x.len()));
                for &(i, j, free) in &paths {
                    of_total[free] += all[(to, i)] * all[(j, from)];
                    if (i, j) == (to, from) {
                        of_direct[free] += 1.0;
                    }
                }
                let own = if to == from { 1.0 } else { 0.0 };
                let (one, total) = (direct[(to, from)], all[(to, from)] - own);
                let of_indirect = &of_total - &of_direct;
                effects.push(Effect {
                    from: table.eta[from].clone(),
                    to: table.eta[to].clone(),
                    group: table.group + 1,
                    direct: size(from, to, one, of_direct),
                    indirect: size(from, to, total - one, of_indirect),
                    total: size(from, to, total, of_total),
                });
            }
        }
        effects
    }
}

/// Which variable (row) is reached from which (column) along paths.
fn reach(direct: &DMatrix<f64>) -> DMatrix<bool> {
    let m = direct.nrows();
    let mut reached = direct.map(|b| b != 0.0);
    for through in 0..m {
        for from in 0..m {
            for to in 0..m {
                if reached[(through, from)] && reached[(to, through)] {
                    reached[(to, from)] = true;
                }
            }
        }
    }
    reached
}
