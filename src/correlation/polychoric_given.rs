//! The polychoric correlation of two ordinal variables given covariates: each respondent has limits of his own (Muthen
//! 1984), in two steps as in `polychoric.rs`.

use super::bracket::{Found, maximum};
use super::categories::Categories;
use super::margin::{Limits, Margin};
use super::pair::{Estimate, Influence, Scores};
use super::polychoric::TINY;
use crate::numeric::normal::{End, density, density_2, distribution, slope_2};
use nalgebra::DMatrix;

/// The distribution function of two normal variables at a point, and its first and second derivative by their
/// correlation.
#[derive(Debug, Clone, Copy)]
struct Corner {
    distribution: f64,
    density: f64,
    slope: f64,
}

impl Corner {
    fn of(h: &End, k: &End, rho: f64) -> Self {
        let density = density_2(h.at, k.at, rho);
        Self { distribution: h.distribution_2(k, rho), density, slope: slope_2(h.at, k.at, rho, density) }
    }
}

/// Respondents with the same covariates, as far as these predict, and the same two answers.
struct Alike {
    /// What the covariates predict of both variables.
    predicted: (f64, f64),
    /// Limits of what lies behind both answers, less what is predicted: low and high of the first, of the second.
    ends: [End; 4],
    /// Categories of both.
    codes: (usize, usize),
    rows: Vec<usize>,
    /// How many they are, or the sum of their sampling weights.
    weight: f64,
}

impl Alike {
    /// Those with both answers, in the order of what is predicted of them.
    fn of(
        first: &Margin,
        second: &Margin,
        codes: (&Categories, &Categories),
        limits: (&[f64], &[f64]),
    ) -> Vec<Self> {
        let key = |row: usize| {
            let (a, b) = (first.values[row], second.values[row]);
            ((a.to_bits(), b.to_bits()), (codes.0.codes[row], codes.1.codes[row]))
        };
        let answered = |row: &usize| first.answered(*row) && second.answered(*row);
        let mut rows: Vec<_> = (0..first.values.len()).filter(answered).map(|row| (key(row), row)).collect();
        rows.sort_unstable();
        let each = rows.chunk_by(|a, b| a.0 == b.0).map(|alike| {
            let ((_, (i, j)), row) = alike[0];
            let (i, j) = (usize::from(i), usize::from(j));
            let (a, b) = (first.values[row], second.values[row]);
            let (of_rows, of_columns) = limits;
            let ends = [of_rows[i] - a, of_rows[i + 1] - a, of_columns[j] - b, of_columns[j + 1] - b];
            Self {
                predicted: (a, b),
                ends: ends.map(End::of),
                codes: (i, j),
                rows: alike.iter().map(|(_, row)| *row).collect(),
                weight: alike.iter().map(|(_, row)| first.weight(*row)).sum(),
            }
        });
        each.collect()
    }
}

/// Two variables given covariates: how many limits their categories have, and those who answered alike.
struct Given {
    limits: (usize, usize),
    alike: Vec<Alike>,
}

impl Given {
    /// Of those who are alike the probability of their answers and its derivatives by rho; cells of the same covariates
    /// share their corners.
    fn each(&self, rho: f64, mut tell: impl FnMut(&Alike, f64, f64, f64)) {
        let width = self.limits.1;
        let mut corners: Vec<Option<Corner>> = vec![None; self.limits.0 * width];
        let mut predicted = (f64::NAN, f64::NAN);
        for alike in &self.alike {
            if alike.predicted != predicted {
                predicted = alike.predicted;
                corners.fill(None);
            }
            let mut corner = |i: usize, j: usize| {
                let (h, k) = (&alike.ends[i], &alike.ends[2 + j]);
                let place = (alike.codes.0 + i) * width + alike.codes.1 + j;
                *corners[place].get_or_insert_with(|| Corner::of(h, k, rho))
            };
            let all = [corner(1, 1), corner(0, 1), corner(1, 0), corner(0, 0)];
            let across = |of: fn(&Corner) -> f64| of(&all[0]) - of(&all[1]) - of(&all[2]) + of(&all[3]);
            let p = across(|c| c.distribution).max(TINY);
            tell(alike, p, across(|c| c.density), across(|c| c.slope));
        }
    }
}

/// The two-step estimate given covariates: each respondent has limits of his own.
pub(crate) fn two_step_given(first: &Margin, second: &Margin, x: &DMatrix<f64>) -> Option<(usize, Estimate)> {
    let (of_rows, of_columns) = (first.categories()?, second.categories()?);
    let (rows, columns) = (of_rows.limits(), of_columns.limits());
    let alike = Alike::of(first, second, (of_rows, of_columns), (&rows, &columns));
    let given = Given { limits: (rows.len(), columns.len()), alike };
    let n = given.alike.iter().map(|alike| alike.rows.len()).sum();
    let found = maximum(|rho| {
        let (mut score, mut curvature) = (0.0, 0.0);
        given.each(rho, |alike, p, first, second| {
            let ratio = first / p;
            score += alike.weight * ratio;
            curvature += alike.weight * (second / p - ratio * ratio);
        });
        (score, curvature)
    });
    let rho = found.point();
    let mut estimate = Estimate {
        rho: found.value(),
        of_model: found.border(),
        at_limit: matches!(found, Found::AtLimit(_)),
        ..Estimate::default()
    };
    let border = found.border();
    if border != rho {
        given.each(rho, |alike, p, _, _| estimate.log_likelihood += alike.weight * p.ln());
    }
    let (inside, rho) = (border == rho, border);
    let rest = ((1.0 - rho) * (1.0 + rho)).sqrt();
    let mut scores = Scores::new(first, second);
    given.each(rho, |alike, p, slope, _| {
        if inside {
            estimate.log_likelihood += alike.weight * p.ln();
        }
        let [a, b, c, d] = alike.ends.map(|end| end.at);
        let strip = |limit: f64, low: f64, high: f64| {
            if limit.is_infinite() {
                return 0.0;
            }
            let given = |end: f64| distribution((end - rho * limit) / rest);
            density(limit) * (given(high) - given(low)) / p
        };
        let sides = [
            (&mut scores.first, of_rows, Limits { low: strip(a, c, d), high: strip(b, c, d) }),
            (&mut scores.second, of_columns, Limits { low: strip(c, a, b), high: strip(d, a, b) }),
        ];
        for (scores, categories, limits) in sides {
            for &row in &alike.rows {
                let code = usize::from(categories.codes[row]);
                limits.write_score(scores, categories.thresholds.len(), x, row, code);
            }
        }
        alike.rows.iter().for_each(|&row| scores.rho[row] = slope / p);
    });
    let influence = scores.influence(first, second);
    estimate.se = influence.as_ref().filter(|_| !estimate.at_limit).map(|own| own.norm());
    estimate.influence = influence.map(Influence::Cases);
    Some((n, estimate))
}
