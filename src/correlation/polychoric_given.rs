//! The polychoric correlation of two ordinal variables given covariates: each respondent has limits of his own (Muthen
//! 1984), in two steps as in `polychoric.rs`.

use super::bracket::{Found, maximum};
use super::categories::Categories;
use super::margin::{Limits, Margin};
use super::pair::{Estimate, Influence, Scores};
use super::polychoric::TINY;
use crate::numeric::along_correlation::Way;
use crate::numeric::normal::{density, density_2, distribution, slope_2};
use nalgebra::DMatrix;

/// The distribution function of two normal variables at a point, and its first and second derivative by their
/// correlation.
#[derive(Debug, Clone, Copy)]
struct Corner {
    at: (f64, f64),
    distribution: f64,
    density: f64,
    slope: f64,
}

impl Corner {
    /// Of variables without correlation.
    fn of(h: f64, k: f64) -> Self {
        Self { at: (h, k), distribution: distribution(h) * distribution(k), density: 0.0, slope: 0.0 }
    }

    fn moved(&mut self, way: &Way, rho: f64) {
        let (h, k) = self.at;
        if h.is_infinite() || k.is_infinite() {
            return;
        }
        self.distribution += way.gain(h * h + k * k, 2.0 * h * k);
        self.density = density_2(h, k, rho);
        self.slope = slope_2(h, k, rho, self.density);
    }
}

/// Respondents with the same covariates, as far as these predict, and the same two answers.
struct Alike {
    /// Limits of what lies behind both answers, less what is predicted: low and high of the first, of the second.
    ends: [f64; 4],
    /// The places of their corners: high and high, low and high, high and low, low and low.
    corners: [usize; 4],
    rows: Vec<usize>,
    /// How many they are, or the sum of their sampling weights.
    weight: f64,
}

/// Two variables given covariates at a correlation: those who answered alike, and the corners of their cells, which cells of the
/// same covariates share.
struct Given {
    rho: f64,
    corners: Vec<Corner>,
    alike: Vec<Alike>,
}

impl Given {
    /// Those with both answers, in the order of what is predicted of them, at a correlation of 0.
    fn of(first: &Margin, second: &Margin, codes: (&Categories, &Categories)) -> Self {
        let (of_rows, of_columns) = (codes.0.limits(), codes.1.limits());
        let key = |row: usize| {
            let (a, b) = (first.values[row], second.values[row]);
            ((a.to_bits(), b.to_bits()), (codes.0.codes[row], codes.1.codes[row]))
        };
        let answered = |row: &usize| first.answered(*row) && second.answered(*row);
        let mut rows: Vec<_> = (0..first.values.len()).filter(answered).map(|row| (key(row), row)).collect();
        rows.sort_unstable();
        let mut corners = Vec::new();
        let mut alike = Vec::new();
        let mut known = vec![None; of_rows.len() * of_columns.len()];
        for same in rows.chunk_by(|a, b| a.0.0 == b.0.0) {
            known.fill(None);
            let (a, b) = (first.values[same[0].1], second.values[same[0].1]);
            for own in same.chunk_by(|a, b| a.0 == b.0) {
                let (i, j) = own[0].0.1;
                let (i, j) = (usize::from(i), usize::from(j));
                let mut corner = |i: usize, j: usize| {
                    *known[i * of_columns.len() + j].get_or_insert_with(|| {
                        corners.push(Corner::of(of_rows[i] - a, of_columns[j] - b));
                        corners.len() - 1
                    })
                };
                alike.push(Alike {
                    ends: [of_rows[i] - a, of_rows[i + 1] - a, of_columns[j] - b, of_columns[j + 1] - b],
                    corners: [corner(i + 1, j + 1), corner(i, j + 1), corner(i + 1, j), corner(i, j)],
                    rows: own.iter().map(|(_, row)| *row).collect(),
                    weight: own.iter().map(|(_, row)| first.weight(*row)).sum(),
                });
            }
        }
        Self { rho: 0.0, corners, alike }
    }

    /// Of those who are alike the probability of their answers at rho, and its derivatives by it.
    fn each(&mut self, rho: f64, mut tell: impl FnMut(&Alike, f64, f64, f64)) {
        let way = Way::between(self.rho, rho);
        self.rho = rho;
        self.corners.iter_mut().for_each(|corner| corner.moved(&way, rho));
        for alike in &self.alike {
            let all = alike.corners.map(|place| &self.corners[place]);
            let across = |of: fn(&Corner) -> f64| of(all[0]) - of(all[1]) - of(all[2]) + of(all[3]);
            let p = across(|c| c.distribution).max(TINY);
            tell(alike, p, across(|c| c.density), across(|c| c.slope));
        }
    }
}

/// The two-step estimate given covariates: each respondent has limits of his own.
pub(crate) fn two_step_given(first: &Margin, second: &Margin, x: &DMatrix<f64>) -> Option<(usize, Estimate)> {
    let (of_rows, of_columns) = (first.categories()?, second.categories()?);
    let mut given = Given::of(first, second, (of_rows, of_columns));
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
        let [a, b, c, d] = alike.ends;
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
