//! Ordinal logistic regression of an item on matching score, group and their product (Swaminathan & Rogers 1990; Zumbo
//! 1999): three proportional-odds models, of which each holds the one before.
//!
//! ```text
//! 1  x          2  x + g          3  x + g + x g          uniform D1 - D2, non-uniform D2 - D3, total D1 - D3
//! ```
//!
//! Each difference of deviances is chi-square with as many degrees of freedom as there are groups less one (1 for a
//! number), two times as many for the total.

use super::compared::{Compared, Raw, RawTest};
use super::found::{Changes, ExplainedMore, GroupEffect};
use super::proportional_odds::{Cell, ProportionalOdds, fit, null_deviance};

/// An item beside a matching score.
pub(super) fn compare(compared: &Compared, item: usize, matching: &[f64]) -> Raw {
    let by = compared.covariates();
    let cells = cells(compared, item, matching, by);
    let categories = compared.categories(item);
    let models: Vec<Option<ProportionalOdds>> =
        [1, 1 + by, 1 + 2 * by].iter().map(|&q| fit(&cells, categories, q)).collect();
    let [Some(first), Some(second), Some(third)] = models.as_slice() else {
        return Raw::without("the matching score does not vary, or not within the groups");
    };
    if !first.is_finite {
        return Raw::without("the matching score separates the answers: the regression has no estimates");
    }
    let (d0, n) = (null_deviance(&cells, categories), compared.n() as f64);
    let deviances = [first.deviance, second.deviance, third.deviance];
    let test = |from: usize, to: usize, df: usize| RawTest {
        statistic: (deviances[from] - deviances[to]).max(0.0),
        df,
    };
    let r2 = explained_more(d0, deviances, n);
    Raw {
        uniform: Some(test(0, 1, by)),
        nonuniform: Some(test(1, 2, by)),
        total: Some(test(0, 2, 2 * by)),
        effect: Some(r2.nagelkerke.total),
        effects: effects(compared, second),
        r2: Some(r2),
        reason: (!second.is_finite || !third.is_finite).then(|| {
            "answers of a group do not vary at some level: its slopes run away and have no standard error, and the tests \
             are approximate"
                .to_string()
        }),
    }
}

/// Covariates: matching score, group (as 0 and 1, or the number), products; those who are alike in one cell.
fn cells(compared: &Compared, item: usize, matching: &[f64], by: usize) -> Vec<Cell> {
    let mut order: Vec<usize> = (0..compared.n()).collect();
    let code = |row: usize| compared.code(row, item);
    order.sort_by(|&a, &b| {
        matching[a]
            .total_cmp(&matching[b])
            .then_with(|| compared.difference(a).total_cmp(&compared.difference(b)))
            .then_with(|| code(a).cmp(&code(b)))
    });
    let mut cells: Vec<Cell> = Vec::new();
    let mut before: Option<usize> = None;
    for row in order {
        let alike = |b: usize| {
            matching[b] == matching[row]
                && compared.difference(b) == compared.difference(row)
                && code(b) == code(row)
        };
        if before.is_some_and(alike)
            && let Some(last) = cells.last_mut()
        {
            last.count += 1.0;
        } else {
            let mut covariates = vec![matching[row]];
            covariates.extend((0..by).map(|j| compared.covariate(row, j)));
            covariates.extend((0..by).map(|j| compared.covariate(row, j) * matching[row]));
            cells.push(Cell { covariates, category: code(row), count: 1.0 });
        }
        before = Some(row);
    }
    cells
}

fn explained_more(d0: f64, [d1, d2, d3]: [f64; 3], n: f64) -> ExplainedMore {
    let changes = |r2: &dyn Fn(f64) -> f64| {
        let (first, second, third) = (r2(d1), r2(d2), r2(d3));
        Changes { uniform: second - first, nonuniform: third - second, total: third - first }
    };
    let cox_snell = |d: f64| -((d - d0) / n).exp_m1();
    let largest = -(-d0 / n).exp_m1();
    ExplainedMore {
        mcfadden: changes(&|d| 1.0 - d / d0),
        cox_snell: changes(&cox_snell),
        nagelkerke: changes(&|d| cox_snell(d) / largest),
    }
}

fn effects(compared: &Compared, second: &ProportionalOdds) -> Vec<GroupEffect> {
    let names = compared.compared_names();
    let of = |(j, group): (usize, String)| {
        let log_odds = second.is_finite.then(|| second.slopes[1 + j]);
        let se = second.errors.as_ref().map(|e| e[1 + j]);
        GroupEffect { group, log_odds, se, ets_delta: None, smd: None, smd_sd: None }
    };
    names.into_iter().enumerate().map(of).collect()
}
