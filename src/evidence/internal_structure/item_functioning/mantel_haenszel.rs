//! Tables of answer by group at each level of the matching score (Mantel & Haenszel 1959; Holland & Thayer 1988), in the
//! general form of Landis, Heyman & Koch (1978), for any number of groups and categories.
//!
//! ```text
//! at each level h    m_gj = R_g C_j / N,   cov(n_gj, n_g'j') = R_g (d_gg' N - R_g') C_j (d_jj' N - C_j') / (N^2 (N - 1))
//! uniform            T = sum_h A (n - m),  Q = T' (sum_h A V A')^-1 T with A the scores of the categories by group:
//!                    G - 1 degrees of freedom; two groups: Mantel (1963); two categories: with Holland and Thayer's 1/2
//! total              A all cells but the last of each row and column: (G - 1)(J - 1)
//! ```

use super::compared::{Compared, Raw, RawTest};
use super::found::GroupEffect;
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;

/// Answers (columns) by group (rows) at one level.
type Level = Vec<Vec<f64>>;

/// An item beside a matching score.
pub(super) fn compare(compared: &Compared, item: usize, matching: &[f64]) -> Raw {
    let levels = levels(compared, item, matching);
    if levels.is_empty() {
        return Raw::without("no level of the matching score has persons of two groups");
    }
    let (groups, categories) = (compared.groups.len(), compared.categories(item));
    let scores = &compared.values[item];
    let is_binary = categories == 2;
    let means = DMatrix::from_fn(1, categories, |_, j| scores[j]);
    let cells = DMatrix::from_fn(categories - 1, categories, |i, j| f64::from(u8::from(i == j)));
    let correction = if is_binary && groups == 2 { 0.5 } else { 0.0 };
    let uniform = association(&levels, groups, &means, correction);
    let total = association(&levels, groups, &cells, 0.0);
    let effects = effects(compared, item, &levels);
    let largest = |of: fn(&GroupEffect) -> Option<f64>| {
        effects.iter().filter_map(of).max_by(|a, b| a.abs().total_cmp(&b.abs()))
    };
    let effect = if is_binary { largest(|e| e.ets_delta) } else { largest(|e| e.smd_sd) };
    let reason = (uniform.is_none())
        .then(|| "answers do not vary at any level with persons of two groups".to_string());
    Raw { uniform, nonuniform: None, total, effect, effects, r2: None, reason }
}

/// Tables of the levels where at least two groups have persons.
fn levels(compared: &Compared, item: usize, matching: &[f64]) -> Vec<Level> {
    let (groups, categories) = (compared.groups.len(), compared.categories(item));
    let mut tables: BTreeMap<i64, Level> = BTreeMap::new();
    for (row, score) in matching.iter().enumerate() {
        // sums of answers that are no integers: equal up to rounding
        let level = (score * 1e6).round() as i64;
        let table = tables.entry(level).or_insert_with(|| vec![vec![0.0; categories]; groups]);
        table[compared.difference(row) as usize][compared.code(row, item)] += 1.0;
    }
    tables
        .into_values()
        .filter(|t| t.iter().filter(|row| row.iter().sum::<f64>() > 0.0).count() > 1)
        .collect()
}

/// Q of all groups but the last and the rows of `scores`; degrees of freedom are the rank of its covariance matrix.
fn association(levels: &[Level], groups: usize, scores: &DMatrix<f64>, correction: f64) -> Option<RawTest> {
    let (s, size) = (scores.nrows(), scores.nrows() * (groups - 1));
    let mut difference = DVector::zeros(size);
    let mut covariance = DMatrix::zeros(size, size);
    for table in levels {
        let rows: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
        let columns = DVector::from_fn(table[0].len(), |j, _| table.iter().map(|row| row[j]).sum());
        let n: f64 = rows.iter().sum();
        let total = scores * &columns;
        let squares =
            scores * DMatrix::from_diagonal(&columns) * scores.transpose() * n - &total * total.transpose();
        for g in 0..groups - 1 {
            let own = scores * DVector::from_column_slice(&table[g]) - &total * (rows[g] / n);
            for i in 0..s {
                difference[g * s + i] += own[i];
            }
            for h in 0..groups - 1 {
                let share = rows[g] * (if g == h { n } else { 0.0 } - rows[h]) / (n * n * (n - 1.0));
                let mut block = covariance.view_mut((g * s, h * s), (s, s));
                block += &squares * share;
            }
        }
    }
    if size == 1 {
        let distance = (f64::abs(difference[0]) - correction).max(0.0);
        let variance = covariance[(0, 0)];
        return (variance > 0.0).then(|| RawTest { statistic: distance * distance / variance, df: 1 });
    }
    let eigen = covariance.symmetric_eigen();
    let largest = eigen.eigenvalues.iter().copied().fold(0.0, f64::max);
    let (mut statistic, mut df) = (0.0, 0);
    for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        if *value > 1e-10 * largest {
            statistic += vector.dot(&difference).powi(2) / value;
            df += 1;
        }
    }
    (df > 0).then_some(RawTest { statistic, df })
}

/// Each group beside the reference.
fn effects(compared: &Compared, item: usize, levels: &[Level]) -> Vec<GroupEffect> {
    let names = compared.compared_names();
    let scores = &compared.values[item];
    let of = |(at, group): (usize, String)| {
        let pairs: Vec<[&Vec<f64>; 2]> = levels.iter().map(|t| [&t[0], &t[at + 1]]).collect();
        let both = |pair: &&[&Vec<f64>; 2]| pair.iter().all(|row| row.iter().sum::<f64>() > 0.0);
        let pairs: Vec<[&Vec<f64>; 2]> = pairs.iter().filter(both).copied().collect();
        let smd = mean_difference(&pairs, scores);
        let sd = compared.deviation(item, at + 1);
        let odds = (scores.len() == 2).then(|| log_odds_ratio(&pairs)).flatten();
        GroupEffect {
            group,
            log_odds: odds.map(|(log, _)| -log),
            se: odds.map(|(_, variance)| variance.sqrt()),
            ets_delta: odds.map(|(log, _)| -2.35 * log),
            smd,
            smd_sd: smd.filter(|_| sd > 0.0).map(|smd| smd / sd),
        }
    };
    names.into_iter().enumerate().map(of).collect()
}

/// Standardised mean difference: at each level mean of the group less that of the reference, weighted by the group.
fn mean_difference(pairs: &[[&Vec<f64>; 2]], scores: &[f64]) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for pair in pairs {
        let [reference, group] = pair.map(|row| {
            let n: f64 = row.iter().sum();
            (row.iter().zip(scores).map(|(n, s)| n * s).sum::<f64>() / n, n)
        });
        sum += group.1 * (group.0 - reference.0);
        weight += group.1;
    }
    (weight > 0.0).then(|| sum / weight)
}

/// Log of Mantel and Haenszel's odds ratio of the reference to the group, and its variance (Robins, Breslow & Greenland
/// 1986; Phillips & Holland 1987).
fn log_odds_ratio(pairs: &[[&Vec<f64>; 2]]) -> Option<(f64, f64)> {
    let (mut r, mut s, mut pr, mut mixed, mut qs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for [reference, group] in pairs {
        let (b, a, d, c) = (reference[0], reference[1], group[0], group[1]);
        let n = a + b + c + d;
        let (own_r, own_s, p, q) = (a * d / n, b * c / n, (a + d) / n, (b + c) / n);
        r += own_r;
        s += own_s;
        pr += p * own_r;
        mixed += p * own_s + q * own_r;
        qs += q * own_s;
    }
    (r > 0.0 && s > 0.0)
        .then(|| ((r / s).ln(), pr / (2.0 * r * r) + mixed / (2.0 * r * s) + qs / (2.0 * s * s)))
}
