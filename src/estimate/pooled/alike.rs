//! Fits to completed data sets whose exploratory factors are the same factors in all of them.
//!
//! The criterion that factors are turned by has several minima, and their order and signs mean nothing: solutions of several data
//! sets cannot be averaged as they come. All are turned beside the first; what their loadings have in common (Gower 1975; van Ginkel
//! & Kiers 2011) is turned by the criterion from many starts; and where that leads to other factors, all are turned beside those.
//! Each data set ends at its own minimum of the criterion, so that its estimates and standard errors are those of the criterion, and
//! Rubin's rules apply.

use crate::data::Dataset;
use crate::error::Result;
use crate::estimate::estimation::Estimation;
use crate::estimate::exploratory::rotation::{Rotation, SetRotation};
use crate::estimate::fit::Fit;
use crate::factor::{align, consensus};
use crate::model::Model;
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Factors that are less alike are others (Lorenzo-Seva & ten Berge 2006).
const SAME_FACTOR: f64 = 0.95;

impl Estimation {
    /// The fit of each data set, and how the consensus of their exploratory factors was turned.
    pub(super) fn fits_alike(&self, model: &Model, data: &[Dataset]) -> (Vec<Result<Fit>>, Vec<SetRotation>) {
        let all = |rotation: &Rotation| -> Vec<Result<Fit>> {
            let own = self.clone().rotation(rotation.clone());
            data.par_iter().map(|data| own.fit(model, data)).collect()
        };
        if model.exploratory.is_empty() {
            return (all(&self.rotation), Vec::new());
        }
        let mut before = Vec::new();
        for one in data {
            let fit = self.fit(model, one);
            let is_solved = fit.as_ref().is_ok_and(|fit| fit.converged);
            before.push(fit);
            if is_solved {
                break;
            }
        }
        let Some(Ok(first)) = before.last() else { return (before, Vec::new()) };
        if !first.converged {
            return (before, Vec::new());
        }
        let beside = self.rotation.clone().beside(&first.rotations);
        let own = self.clone().rotation(beside);
        let others: Vec<Result<Fit>> =
            data[before.len()..].par_iter().map(|data| own.fit(model, data)).collect();
        before.extend(others);
        let (turned, is_another) = consensus_of(&before);
        match is_another {
            true => (all(&self.rotation.clone().beside(&turned)), turned),
            false => (before, turned),
        }
    }
}

/// The consensus of each set turned by the criterion, and whether that leads to other factors than those of the fits.
fn consensus_of(fits: &[Result<Fit>]) -> (Vec<SetRotation>, bool) {
    let solved: Vec<&Fit> = fits.iter().flatten().filter(|fit| fit.converged).collect();
    let Some(first) = solved.first() else { return (Vec::new(), false) };
    let (mut all, mut is_another) = (Vec::with_capacity(first.rotations.len()), false);
    for (at, record) in first.rotations.iter().enumerate() {
        let sets: Vec<&SetRotation> = solved.iter().filter_map(|fit| fit.rotations.get(at)).collect();
        let mut own = record.clone();
        if let Some((found, same)) = turned(&sets) {
            (own.search, own.seen.loadings) = (found.search, found.loadings.values);
            is_another |= !same;
        }
        all.push(own);
    }
    (all, is_another)
}

/// The consensus of a set, turned, and whether its factors are those of the data sets.
fn turned(sets: &[&SetRotation]) -> Option<(crate::factor::Rotated, bool)> {
    let labelled = |loadings: &DMatrix<f64>| {
        let name = |stem: &str, count: usize| (1..=count).map(|i| format!("{stem}{i}")).collect();
        LabelledMatrix {
            rows: name("item", loadings.nrows()),
            columns: name("F", loadings.ncols()),
            values: loadings.row_iter().map(|row| row.iter().copied().collect()).collect(),
        }
    };
    let plain = |values: &[Vec<f64>]| {
        DMatrix::from_fn(values.len(), values.first().map_or(0, Vec::len), |i, j| values[i][j])
    };
    let orthogonal: Option<Vec<LabelledMatrix>> = sets
        .iter()
        .map(|set| {
            let root = plain(&set.seen.phi).cholesky()?.l();
            Some(labelled(&(plain(&set.seen.loadings) * root)))
        })
        .collect();
    let common = consensus(&orthogonal?).ok()?.loadings;
    let found = sets.first()?.seen.rotate.as_ref()?.of(&common).ok()?;
    let mean = sets.iter().map(|set| plain(&set.seen.loadings)).reduce(|sum, own| sum + own)?;
    let own = align(&labelled(&(mean / sets.len() as f64)), &found.loadings).ok()?;
    let same = own.congruence.iter().all(|congruence| *congruence >= SAME_FACTOR);
    Some((found, same))
}
