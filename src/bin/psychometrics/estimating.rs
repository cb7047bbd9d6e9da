//! The estimation that options ask for, and how the data are read for it.

use crate::arguments::{FitOptions, listed, ordered};
use crate::progress;
use crate::rotation::{aims, rotate};
use psychometrics::data::CsvOptions;
use psychometrics::estimate::{BootstrapOptions, Rotation};
use psychometrics::factor::Criterion;
use psychometrics::model::{Automatic, Covariates, LatentCovariances, MeanStructure, Scaling};
use psychometrics::{Error, Estimation, Estimator, Model, Result};
use serde_json::{Value, json};

pub(crate) const SCHEMA: &str = "psychometrics.fit/1";

/// What it takes to fit the model again.
pub(crate) fn call(text: &str) -> Value {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let directory = std::env::current_dir().map(|path| path.display().to_string()).ok();
    json!({"arguments": arguments, "directory": directory, "model": text})
}

pub(crate) fn estimator(options: &FitOptions) -> Estimator {
    let usual = if options.ordered.is_empty() { Estimator::Ml } else { Estimator::Wlsmv };
    options.estimator.unwrap_or(usual)
}

pub(crate) fn estimation(options: &FitOptions, model: &Model) -> Result<Estimation> {
    let yes = |switch: Option<bool>| switch.unwrap_or(false);
    let mut estimation = Estimation::new(estimator(options))
        .function(options.function)
        .scaling(if yes(options.std_lv) { Scaling::UnitVariance } else { Scaling::Marker })
        .latent_covariances(if yes(options.orthogonal) {
            LatentCovariances::Orthogonal
        } else {
            LatentCovariances::Free
        })
        .means(match options.meanstructure {
            None => MeanStructure::Automatic,
            Some(true) => MeanStructure::Included,
            Some(false) => MeanStructure::Excluded,
        })
        .automatic(Automatic {
            variances: options.auto_var,
            exogenous_covariances: options.auto_cov_lv_x,
            outcome_covariances: options.auto_cov_y,
            free_intercepts: options.int_ov_free,
            free_latent_means: options.int_lv_free,
        })
        .ordered(ordered(&options.ordered))
        .parameterization(options.parameterization)
        .empty_cells(options.empty_cells)
        .missing(options.missing)
        .likelihood(options.likelihood)
        .conventions(options.mimic)
        .bounds(options.bounds)
        .bootstrap(BootstrapOptions {
            replicates: options.bootstrap,
            seed: options.seed,
            resampling: options.resampling,
            interval: options.interval,
        });
    if let Some(fixed) = options.fixed_x {
        estimation = estimation.covariates(if fixed { Covariates::Fixed } else { Covariates::Random });
    }
    if let Some(free) = options.baseline_free_slopes {
        estimation = estimation.baseline_free_slopes(free);
    }
    if let Some(information) = options.information {
        estimation = estimation.information(information);
    }
    if let Some(standard_errors) = options.se {
        estimation = estimation.standard_errors(standard_errors);
    }
    if let Some(test) = options.test {
        estimation = estimation.test(test);
    }
    if let Some(cluster) = &options.cluster {
        estimation = estimation.cluster(cluster);
    }
    if let Some(weights) = &options.weights {
        estimation = estimation.weights(weights);
    }
    if let Some(group) = &options.group {
        estimation = estimation
            .group(group)
            .equal(options.group_equal.iter().copied())
            .partial(listed(&options.group_partial));
    }
    estimation = estimation.rotation(rotation(options, model)?);
    Ok(estimation.auxiliary(listed(&options.auxiliary)))
}

/// How factors of efa() blocks are turned.
fn rotation(options: &FitOptions, model: &Model) -> Result<Rotation> {
    let orthogonal = options.rotation_orthogonal.unwrap_or(false);
    let usual = Criterion::Geomin { epsilon: 0.001 };
    let rotate = rotate(&options.rotation, usual, (30, options.seed), orthogonal, options.mimic);
    let mut rotation = Rotation::new(rotate).standardized(options.rotation_std_ov.unwrap_or(true));
    if let Some(path) = &options.rotation.rotation_target {
        for (item, factor, loading) in aims(path)? {
            let Some(set) = model.set_of(&factor) else {
                return Err(Error::BadOption {
                    option: "--rotation-target".into(),
                    value: factor,
                    allowed: "its columns are factors of efa() blocks of the model".into(),
                });
            };
            rotation = rotation.aim(&set.name, &item, &factor, loading);
        }
    }
    Ok(rotation)
}

/// The model's variables, and no others.
pub(crate) fn csv_options(options: &FitOptions, model: &Model) -> Result<CsvOptions> {
    let observed = model.observed_names();
    let columns = listed(&options.data.columns);
    if !columns.is_empty()
        && let Some(left_out) = observed.iter().find(|name| !columns.contains(name))
    {
        return Err(Error::BadOption {
            option: "--columns".into(),
            value: columns.join(","),
            allowed: format!("the model needs '{left_out}' too"),
        });
    }
    let mut read = observed;
    // a variable may have two parts
    for name in options.cluster.iter().chain(&options.weights).chain(&listed(&options.auxiliary)) {
        if !read.contains(name) {
            read.push(name.clone());
        }
    }
    Ok(CsvOptions {
        columns: read,
        missing_codes: options.data.missing_codes.clone(),
        as_words: options.cluster.iter().chain(&options.group).cloned().collect(),
        layout: options.data.layout.layout(),
        progress: progress::bar("reading"),
    })
}
