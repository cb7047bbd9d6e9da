//! How often the search finds no solution where there is one: by kind of model, over seeded samples.
//!
//! ```text
//! cargo run --release --example search_study            # the table
//! cargo run --release --example search_study -- DIR     # and the samples that failed, as CSV
//! ```
//!
//! Every model is identified and every population has a proper solution; not so every sample. Counted are
//!
//! ```text
//! failed      the search found no solution, though there is one: the best point within standard bounds lies
//!             inside them, which makes it a minimum without bounds as well
//! none        nor is there one: within standard bounds the best point lies at a bound, and beyond it the
//!             discrepancy falls on. The search tries those bounds itself, so this is no outside evidence
//! improper    the solution has a negative variance: the minimum is there
//! ```
#![allow(clippy::print_stdout)]

use ndarray::{Array2, Axis, concatenate};
use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::estimate::Bounds;
use psychometrics::model::{LatentCovariances, MeanStructure, Model, Parameterization, Scaling};
use psychometrics::moments::Missing;
use psychometrics::simulate::{Missingness, Population};
use psychometrics::{Estimation, Estimator, Result, Warning};
use std::path::Path;

/// One row of the table.
struct Kind {
    name: &'static str,
    /// The population, and those of further groups.
    populations: Vec<&'static str>,
    model: &'static str,
    /// Respondents of each group.
    n: usize,
    samples: u64,
    /// What an answer to a variable (by its place) is multiplied by.
    unit: fn(usize) -> f64,
    /// Share of answers that are missing.
    gaps: f64,
    estimation: Estimation,
    /// Samples in which there is no solution to find.
    none: usize,
}

impl Kind {
    fn new(
        name: &'static str,
        population: &'static str,
        model: &'static str,
        estimation: Estimation,
    ) -> Self {
        Self {
            name,
            populations: vec![population],
            model,
            n: 300,
            samples: 60,
            unit: |_| 1.0,
            gaps: 0.0,
            estimation,
            none: 0,
        }
    }

    fn sample(&self, seed: u64) -> Result<Dataset> {
        let (mut names, mut parts) = (Vec::new(), Vec::new());
        for (group, text) in self.populations.iter().enumerate() {
            let mut population = Population::of(&text.parse()?)?;
            if self.gaps > 0.0 {
                population = population.missing(Missingness::CompletelyAtRandom { share: self.gaps })?;
            }
            let mut rows = population.draw(self.n, 1000 * seed + group as u64).into_array();
            for (i, mut column) in rows.columns_mut().into_iter().enumerate() {
                column.mapv_inplace(|x| x * (self.unit)(i));
            }
            let label = Array2::from_elem((self.n, 1), 1.0 + group as f64);
            parts.push(concatenate![Axis(1), rows, label]);
            names = population.names().to_vec();
        }
        names.push("group".into());
        let views: Vec<_> = parts.iter().map(|rows| rows.view()).collect();
        Dataset::builder()
            .array(names, ndarray::concatenate(Axis(0), &views).expect("groups have equal variables"))
            .nan_is_missing()
            .build()
    }
}

const OPPOSITE: &str = "f1 =~ .7*y1 + .7*y2 + .7*y3 + .7*y4; f2 =~ .7*y5 + -.6*y6; f1 ~~ .4*f2";
const OPPOSITE_MODEL: &str = "f1 =~ y1 + y2 + y3 + y4\nf2 =~ y5 + y6";
const ORDINAL: &str = "f1 =~ .7*y1 + .7*y2 + .7*y3 + .7*y4; f2 =~ .7*y5 + -.6*y6; f1 ~~ .4*f2
    y1 | -1*t1 + -.3*t2 + .3*t3 + 1*t4; y2 | -1*t1 + -.3*t2 + .3*t3 + 1*t4; y3 | -1*t1 + -.3*t2 + .3*t3 + 1*t4
    y4 | -1*t1 + -.3*t2 + .3*t3 + 1*t4; y5 | -1*t1 + -.3*t2 + .3*t3 + 1*t4; y6 | -1*t1 + -.3*t2 + .3*t3 + 1*t4";
const SECOND: &str = "f1 =~ .8*y1 + .7*y2 + .6*y3; f2 =~ .8*y4 + .7*y5 + .6*y6; f3 =~ .8*y7 + .7*y8 + .6*y9
    h =~ .7*f1 + .6*f2 + .8*f3; f1 ~~ .51*f1; f2 ~~ .64*f2; f3 ~~ .36*f3";
const SECOND_NEGATIVE: &str =
    "f1 =~ .8*y1 + .7*y2 + .6*y3; f2 =~ .8*y4 + .7*y5 + .6*y6; f3 =~ .8*y7 + .7*y8 + .6*y9
    h =~ .7*f1 + .6*f2 + -.8*f3; f1 ~~ .51*f1; f2 ~~ .64*f2; f3 ~~ .36*f3";
const SECOND_MODEL: &str = "f1 =~ y1 + y2 + y3\nf2 =~ y4 + y5 + y6\nf3 =~ y7 + y8 + y9\nh =~ f1 + f2 + f3";
const BIFACTOR: &str = "g =~ .7*y1 + .4*y2 + -.6*y3 + .5*y4 + .7*y5 + -.3*y6 + .5*y7 + .6*y8 + -.4*y9
    f1 =~ .2*y1 + .7*y2 + -.5*y3 + .6*y4; f2 =~ .3*y5 + -.7*y6 + .5*y7 + .4*y8 + -.6*y9
    g ~~ 0*f1; g ~~ 0*f2; f1 ~~ 0*f2";
const BIFACTOR_MODEL: &str =
    "g =~ y1 + y2 + y3 + y4 + y5 + y6 + y7 + y8 + y9\nf1 =~ y1 + y2 + y3 + y4\nf2 =~ y5 + y6 + y7 + y8 + y9";
const CURVE: &str = "f1 =~ .7*y1 + -.5*y2 + .7*y3 + .7*y4; f2 =~ .7*y5 + .7*y6 + .7*y7; f1 ~~ .4*f2";
const CUBIC_MODEL: &str = "f1 =~ y1 + la*y2 + lb*y3 + y4\nf2 =~ y5 + y6 + y7\nla == 3*lb^3 - lb";
const KINK_MODEL: &str = "f1 =~ y1 + la*y2 + lb*y3 + y4\nf2 =~ y5 + y6 + y7\nla == sqrt(abs(lb))";
const REGRESSIONS: &str =
    "f1 =~ .7*y1 + -.7*y2 + .6*y3; f2 =~ .7*y4 + -.6*y5; f1 ~ .4*x1 + -.3*x2; f2 ~ -.5*f1 + .3*x1
    x1 ~~ .3*x2";
const REGRESSIONS_MODEL: &str = "f1 =~ y1 + y2 + y3\nf2 =~ y4 + y5\nf1 ~ x1 + x2\nf2 ~ f1 + x1";
const CROSS: &str = "f1 =~ .7*y1 + -.7*y2 + .7*y3 + .3*y6; f2 =~ -.7*y4 + .7*y5 + .6*y6; f3 =~ .7*y7 + -.7*y8
    f1 ~~ -.4*f2; f1 ~~ .3*f3; f2 ~~ .4*f3; y1 ~~ .15*y4";
const CROSS_MODEL: &str = "f1 =~ y1 + y2 + y3 + y6\nf2 =~ y4 + y5 + y6\nf3 =~ y7 + y8\ny1 ~~ y4";
const REVERSED: &str = "f1 =~ -.7*y1 + .7*y2 + -.6*y3; f2 =~ -.7*y4 + -.7*y5 + .6*y6; f1 ~~ -.5*f2";
const REVERSED_MODEL: &str = "f1 =~ y1 + y2 + y3\nf2 =~ y4 + y5 + y6";
const GROWTH: &str = "i =~ 1*y1 + 1*y2 + 1*y3 + 1*y4; s =~ 0*y1 + 1*y2 + 2*y3 + 3*y4; i ~ -.5*x; s ~ .2*x
    i ~~ 1*i; s ~~ .2*s; i ~~ -.2*s; y1 ~~ .5*y1; y2 ~~ .5*y2; y3 ~~ .5*y3; y4 ~~ .5*y4";
const GROWTH_MODEL: &str =
    "i =~ 1*y1 + 1*y2 + 1*y3 + 1*y4\ns =~ 0*y1 + 1*y2 + 2*y3 + 3*y4\ni ~ x\ns ~ x\ni ~~ s";

fn kinds() -> Vec<Kind> {
    let by = Estimation::new;
    let std_lv = |estimator| by(estimator).scaling(Scaling::UnitVariance);
    let opposite =
        |name, estimation| Kind { samples: 90, ..Kind::new(name, OPPOSITE, OPPOSITE_MODEL, estimation) };
    let ordinal = |name, estimation: Estimation| Kind {
        samples: 30,
        ..Kind::new(name, ORDINAL, OPPOSITE_MODEL, estimation.ordered(Ordered::All))
    };
    let second = |name, population, unit, estimation| Kind {
        unit,
        ..Kind::new(name, population, SECOND_MODEL, estimation)
    };
    let bifactor = |name, n, estimator| Kind {
        n,
        ..Kind::new(
            name,
            BIFACTOR,
            BIFACTOR_MODEL,
            std_lv(estimator).latent_covariances(LatentCovariances::Orthogonal),
        )
    };
    let mixed: fn(usize) -> f64 = |i| [1e-4, 1.0, 1e3, 0.02, 50.0][i % 5];
    vec![
        opposite("opposite signs, marker, ML", by(Estimator::Ml)),
        opposite("opposite signs, std.lv, ML", std_lv(Estimator::Ml)),
        opposite("opposite signs, GLS", by(Estimator::Gls)),
        opposite("opposite signs, ULS", by(Estimator::Uls)),
        opposite("opposite signs, MLR", by(Estimator::Mlr)),
        opposite("opposite signs, means", by(Estimator::Ml).means(MeanStructure::Included)),
        Kind { gaps: 0.1, ..opposite("opposite signs, FIML", by(Estimator::Ml).missing(Missing::Fiml)) },
        // two samples whose solution has a negative residual variance, which theta has no place for
        ordinal("opposite signs, WLSMV delta", by(Estimator::Wlsmv)),
        Kind {
            none: 2,
            ..ordinal(
                "opposite signs, WLSMV theta",
                by(Estimator::Wlsmv).parameterization(Parameterization::Theta),
            )
        },
        Kind {
            none: 2,
            ..ordinal(
                "opposite signs, WLSMV theta, std.lv",
                std_lv(Estimator::Wlsmv).parameterization(Parameterization::Theta),
            )
        },
        Kind {
            populations: vec![OPPOSITE, OPPOSITE],
            ..opposite("opposite signs, two groups", by(Estimator::Ml).group("group"))
        },
        Kind { unit: mixed, ..opposite("opposite signs, mixed units", by(Estimator::Ml)) },
        second("second order", SECOND, |_| 1.0, by(Estimator::Ml)),
        second("second order, sd .01", SECOND, |_| 0.01, by(Estimator::Ml)),
        second("second order, sd 100", SECOND, |_| 100.0, by(Estimator::Ml)),
        second("second order, mixed units", SECOND, mixed, by(Estimator::Mlr)),
        second("second order, negative factor", SECOND_NEGATIVE, |_| 1.0, by(Estimator::Ml)),
        second("second order, negative factor, sd 100", SECOND_NEGATIVE, |_| 100.0, by(Estimator::Ml)),
        second("second order, negative factor, sd .01", SECOND_NEGATIVE, |_| 0.01, by(Estimator::Ml)),
        second("second order, negative factor, std.lv", SECOND_NEGATIVE, |_| 100.0, std_lv(Estimator::Ml)),
        second("second order, negative factor, ULS", SECOND_NEGATIVE, |_| 100.0, by(Estimator::Uls)),
        bifactor("bifactor, negative items, n = 1000", 1000, Estimator::Ml),
        bifactor("bifactor, negative items, n = 300", 300, Estimator::Ml),
        Kind { none: 7, ..bifactor("bifactor, negative items, n = 100", 100, Estimator::Mlr) },
        Kind::new("regressions, covariates", REGRESSIONS, REGRESSIONS_MODEL, by(Estimator::Ml)),
        Kind {
            unit: mixed,
            ..Kind::new(
                "regressions, covariates, mixed units",
                REGRESSIONS,
                REGRESSIONS_MODEL,
                by(Estimator::Ml),
            )
        },
        Kind::new("regressions, covariates, std.lv", REGRESSIONS, REGRESSIONS_MODEL, std_lv(Estimator::Ml)),
        Kind::new("cross-loading, residual covariance", CROSS, CROSS_MODEL, by(Estimator::Ml)),
        Kind {
            unit: mixed,
            ..Kind::new("cross-loading, mixed units", CROSS, CROSS_MODEL, by(Estimator::Gls))
        },
        Kind::new("cubic constraint", CURVE, CUBIC_MODEL, std_lv(Estimator::Ml)),
        Kind::new("constraint with a kink", CURVE, KINK_MODEL, std_lv(Estimator::Ml)),
        Kind::new("every item reversed", REVERSED, REVERSED_MODEL, by(Estimator::Ml)),
        Kind {
            unit: |_| 1e-3,
            ..Kind::new("every item reversed, sd .001", REVERSED, REVERSED_MODEL, by(Estimator::Ml))
        },
        Kind {
            unit: |_| 1e3,
            ..Kind::new(
                "growth, sd 1000",
                GROWTH,
                GROWTH_MODEL,
                by(Estimator::Ml).function(psychometrics::model::Function::Growth),
            )
        },
    ]
}

fn main() -> Result<()> {
    let keep = std::env::args().nth(1);
    println!("{:45} {:>8} {:>8} {:>8} {:>8}", "kind", "samples", "failed", "none", "improper");
    let mut unexpected = Vec::new();
    for (number, kind) in kinds().iter().enumerate() {
        let model: Model = kind.model.parse()?;
        let (mut failed, mut none, mut improper) = (0, 0, 0);
        for seed in 1..=kind.samples {
            let data = kind.sample(seed)?;
            let fit = kind.estimation.fit(&model, &data)?;
            improper += usize::from(fit.converged && !fit.status.proper());
            if fit.converged {
                continue;
            }
            let inside = kind.estimation.clone().bounds(Bounds::Standard).fit(&model, &data)?;
            let at_bound = inside.warnings.iter().any(|w| matches!(w, Warning::AtBound { .. }));
            let is_lost = inside.converged && !at_bound;
            failed += usize::from(is_lost);
            none += usize::from(!is_lost);
            if let Some(directory) = &keep {
                println!("    {number}_{seed}: {}", fit.status);
                let file = Path::new(directory).join(format!("{number}_{seed}"));
                write(&file, &data, kind.model);
            }
        }
        println!("{:45} {:>8} {failed:>8} {none:>8} {improper:>8}", kind.name, kind.samples);
        if failed > 0 || none != kind.none {
            unexpected.push(kind.name);
        }
    }
    assert!(unexpected.is_empty(), "more or fewer failures than expected: {unexpected:?}");
    Ok(())
}

/// A sample and its model, to be looked at elsewhere.
fn write(file: &Path, data: &Dataset, model: &str) {
    let names: Vec<String> = data.names().iter().map(ToString::to_string).collect();
    let values = data.numeric(&names).expect("columns of numbers");
    let rows = values
        .rows()
        .into_iter()
        .map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    let text = std::iter::once(names.join(",")).chain(rows).collect::<Vec<_>>().join("\n");
    std::fs::write(file.with_extension("csv"), text + "\n").expect("a directory to write into");
    std::fs::write(file.with_extension("lav"), model.to_owned() + "\n").expect("a directory to write into");
}
