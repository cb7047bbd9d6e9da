//! The rotation that options ask for.

use crate::arguments::RotationOptions;
use psychometrics::estimate::Conventions;
use psychometrics::factor::{Criterion, Rotate};
use psychometrics::{Error, Result};
use std::path::Path;

/// With these defaults: a criterion, starts and seed.
pub(crate) fn rotate(
    options: &RotationOptions,
    usual: Criterion,
    (starts, seed): (usize, u64),
    orthogonal: bool,
    conventions: Conventions,
) -> Rotate {
    let has_target = options.rotation_target.is_some() && options.rotation.is_none();
    let named = options.rotation.unwrap_or(if has_target { Criterion::Target } else { usual });
    let criterion = match named {
        Criterion::Geomin { epsilon } => {
            Criterion::Geomin { epsilon: options.rotation_epsilon.unwrap_or(epsilon) }
        }
        Criterion::Bigeomin { epsilon } => {
            Criterion::Bigeomin { epsilon: options.rotation_epsilon.unwrap_or(epsilon) }
        }
        Criterion::Oblimin { gamma } => Criterion::Oblimin { gamma: options.rotation_gamma.unwrap_or(gamma) },
        Criterion::CrawfordFerguson { kappa } => {
            Criterion::CrawfordFerguson { kappa: options.rotation_kappa.unwrap_or(kappa) }
        }
        Criterion::Promax { power } => Criterion::Promax { power: options.rotation_kappa.unwrap_or(power) },
        other => other,
    };
    let by_factors = conventions == Conventions::Mplus && options.rotation_epsilon.is_none();
    let mut rotate = Rotate::new(criterion)
        .orthogonal(orthogonal)
        .starts(options.rotation_starts.map_or(starts, |starts| starts as usize))
        .seed(seed)
        .epsilon_by_factors(by_factors);
    if let Some(rows) = options.rotation_normalize {
        rotate = rotate.normalize(rows == crate::arguments::Rows::Kaiser);
    }
    rotate
}

/// The targets of a file: item, factor, loading.
pub(crate) fn aims(path: &Path) -> Result<Vec<(String, String, f64)>> {
    let bad = |value: String, allowed: &str| Error::BadOption {
        option: format!("--rotation-target {}", path.display()),
        value,
        allowed: allowed.into(),
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::Unreadable { path: path.into(), reason: error.to_string() })?;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let cells = |line: &str| -> Vec<String> {
        line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"').to_string()).collect()
    };
    let head = cells(lines.next().unwrap_or_default());
    if head.len() < 2 {
        return Err(bad(head.join(","), "a header row: a name for the column of items, then the factors"));
    }
    let mut aims = Vec::new();
    for line in lines {
        let row = cells(line);
        if row.len() != head.len() {
            return Err(bad(line.into(), &format!("{} fields in every row, as in the header", head.len())));
        }
        for (factor, cell) in head.iter().zip(&row).skip(1) {
            if cell.is_empty() || cell == "NA" {
                continue;
            }
            let loading: f64 = cell
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite())
                .ok_or_else(|| bad(format!("{cell} ({}, {factor})", row[0]), "a number, or nothing"))?;
            aims.push((row[0].clone(), factor.clone(), loading));
        }
    }
    Ok(aims)
}
