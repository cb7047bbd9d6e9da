//! Exploratory factors over samples: of completed data sets, of replicates, and how promax moves.

use psychometrics::data::Dataset;
use psychometrics::estimate::{
    BootstrapInterval, BootstrapOptions, Exploration, FactorErrors, Resampling, Rotation, StandardErrors,
};
use psychometrics::factor::{Coverage, GraphResampling};
use psychometrics::factor::{Criterion, Extraction, GraphAnalysis, Rotate, ShortForms, consensus};
use psychometrics::moments::LabelledMatrix;
use psychometrics::report::{Language, Page, Report};
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Warning};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn items() -> Vec<String> {
    (1..=9).map(|i| format!("x{i}")).collect()
}

fn school() -> Dataset {
    Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap()
}

/// Where row i (from 0) has i mod q equal to the number of the item, from 0, the answer of the row before.
fn completed(q: usize) -> Dataset {
    let own = school().numeric(&items()).unwrap();
    let mut changed = own.clone();
    for j in 0..9 {
        (1..own.nrows()).filter(|i| i % q == j).for_each(|i| changed[(i, j)] = own[(i - 1, j)]);
    }
    Dataset::builder().array(items(), changed.view()).build().unwrap()
}

fn quartimin(k: usize) -> Exploration {
    Exploration::new(k).extraction(Extraction::Ml).rotate(Rotate::new(Criterion::Quartimin))
}

/// lavaan 0.6-14: efa(data, nfactors = 3, rotation = "quartimin", rotation.args = list(rstarts = 30, row.weights = "none", std.ov =
/// TRUE)) of each data set, `standardizedSolution`, columns put in the order and signs of the first, means and standard deviations.
const MEANS: [[f64; 3]; 9] = [
    [0.16055118518, 0.58737887296, 0.02245512104],
    [0.03712698134, 0.50222784532, -0.10956605310],
    [-0.06739430989, 0.63238098135, 0.02497253027],
    [0.79013473066, 0.03184505783, 0.01345258968],
    [0.86479152909, -0.07646279603, -0.00750499780],
    [0.75833224625, 0.09413347571, 0.00246714404],
    [0.03417632482, -0.13018092663, 0.73336608072],
    [-0.04011646729, 0.13395060778, 0.66215279400],
    [0.05240195421, 0.37210181403, 0.40681353864],
];
const PHI: [f64; 3] = [0.319878533, 0.191636169, 0.279552622];
const SDS_OF_X8: [f64; 3] = [0.02911868, 0.03927924, 0.06695417];

#[test]
fn factors_of_completed_data_sets_are_the_means_of_those_that_lavaan_turns_one_by_one() {
    let sets = [school(), completed(10), completed(11)];
    // with standard errors they go through the model
    for errors in [FactorErrors::None, FactorErrors::Standard] {
        let found = quartimin(3).errors(errors).of_imputed(&items(), &sets).unwrap();
        let solution = found.solution.as_ref().unwrap();
        // the standardised solution at the mean of the estimates is not quite the mean of the standardised solutions
        let (near, places) = if errors == FactorErrors::None { (2e-5, 1) } else { (1e-2, 2) };
        // in the order of what they explain
        let order: Vec<usize> =
            if solution.loadings.values[7][2].abs() > 0.5 { vec![0, 1, 2] } else { vec![0, 2, 1] };
        for (own, means) in solution.loadings.values.iter().zip(MEANS) {
            for (j, &at) in order.iter().enumerate() {
                assert!((own[at] - means[j]).abs() < near, "{own:?} {means:?}");
            }
        }
        let phi = |a: usize, b: usize| solution.phi.values[order[a]][order[b]];
        for (own, theirs) in [phi(0, 1), phi(0, 2), phi(1, 2)].into_iter().zip(PHI) {
            assert!((own - theirs).abs() < near, "{own} {theirs} {places}");
        }
        let imputation = found.imputation.unwrap();
        for (j, sd) in SDS_OF_X8.into_iter().enumerate() {
            assert!((imputation.loadings_sd.values[7][order[j]] - sd).abs() < 2e-5);
        }
        assert_eq!((imputation.m, imputation.used), (3, 3));
        assert!(imputation.agreement > 0.98 && imputation.agreement < 1.0);
        assert!(imputation.congruence.iter().flatten().all(|congruence| *congruence > 0.95));
        assert_eq!(imputation.loadings_fmi.is_some(), errors == FactorErrors::Standard);
    }
}

#[test]
fn pooled_factors_do_not_depend_on_the_order_of_the_data_sets_and_are_the_factors_where_nothing_is_missing() {
    let loadings = |sets: &[Dataset], errors| {
        let found = quartimin(3).errors(errors).of_imputed(&items(), sets).unwrap();
        (found.solution.unwrap().loadings, found.fit["chisq"].unwrap())
    };
    for errors in [FactorErrors::None, FactorErrors::Robust] {
        let one = loadings(&[completed(10), school(), completed(7)], errors);
        let other = loadings(&[completed(7), completed(10), school()], errors);
        for (a, b) in one.0.values.iter().flatten().zip(other.0.values.iter().flatten()) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        let (pooled, chisq) = loadings(&[school(), school()], errors);
        let own = quartimin(3).errors(errors).of(&items(), &school()).unwrap();
        let single = own.solution.unwrap().loadings;
        for (a, b) in pooled.values.iter().flatten().zip(single.values.iter().flatten()) {
            assert!((a - b).abs() < 1e-6, "{a} {b}");
        }
        if errors == FactorErrors::None {
            assert!((chisq - own.fit["chisq"].unwrap()).abs() < 1e-6);
        }
        if let (Some(a), Some(b)) = (pooled.se, single.se) {
            for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
                assert!((a.unwrap() - b.unwrap()).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn what_cannot_be_pooled_is_named() {
    let one = quartimin(3).of_imputed(&items(), &[school()]);
    assert!(matches!(one, Err(Error::TooFewImputations { usable: 1, m: 1 })), "{one:?}");
    let many = quartimin(6).of_imputed(&items(), &[school(), school()]);
    assert!(matches!(many, Err(Error::TooManyFactors { .. })), "{many:?}");
    let flat = consensus(&[]);
    assert!(matches!(flat, Err(Error::WrongSize { .. })), "{flat:?}");
}

/// A consensus fits better than that of a turn by hand, whatever turns the solutions came with.
#[test]
fn a_consensus_is_free_of_the_turns_of_its_solutions() {
    let base = |i: usize, j: usize| ((i * 7 + j * 5) % 11) as f64 / 11.0 - 0.3;
    let names = |stem: &str, n: usize| (1..=n).map(|i| format!("{stem}{i}")).collect::<Vec<_>>();
    let turned = |set: usize, angle: f64, reflected: f64| {
        let (c, s) = (angle.cos(), angle.sin());
        let row = |i: usize| {
            let noise = |j: usize| 0.05 * (((i * 3 + j * 13 + set * 17) % 7) as f64 / 7.0 - 0.5);
            let (a, b) = (base(i, 0) + noise(0), base(i, 1) + noise(1));
            vec![reflected * (c * a - s * b), s * a + c * b]
        };
        LabelledMatrix::new(names("v", 8), names("F", 2), (0..8).map(row).collect()).unwrap()
    };
    let one = consensus(&[turned(1, 0.0, 1.0), turned(2, 0.0, 1.0), turned(3, 0.0, 1.0)]).unwrap();
    let other = consensus(&[turned(1, 0.4, -1.0), turned(2, 2.0, 1.0), turned(3, -1.1, -1.0)]).unwrap();
    assert!((one.agreement - other.agreement).abs() < 1e-10);
    assert!(one.agreement > 0.98 && one.agreement < 1.0);
    for (a, b) in one.loadings.values.iter().flatten().zip(other.loadings.values.iter().flatten()) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    // without a turn less is in common
    let plain = |own: &LabelledMatrix, i: usize, j: usize| own.values[i][j];
    let sets = [turned(1, 0.0, 1.0), turned(2, 0.0, 1.0), turned(3, 0.0, 1.0)];
    let all: f64 = sets.iter().flat_map(|own| own.values.iter().flatten()).map(|x| x * x).sum();
    let mean = |i: usize, j: usize| sets.iter().map(|own| plain(own, i, j)).sum::<f64>() / 3.0;
    let common: f64 = (0..8).flat_map(|i| (0..2).map(move |j| (i, j))).map(|(i, j)| mean(i, j).powi(2)).sum();
    assert!(one.agreement >= 3.0 * common / all - 1e-12);
}

/// 1,200 respondents to 9 items of three correlated factors, some with two.
fn population() -> Dataset {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut rows = ndarray::Array2::zeros((1200, 9));
    for mut row in rows.rows_mut() {
        let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
        let common = normal();
        let factors: Vec<f64> = (0..3).map(|_| 0.5 * common + 0.75f64.sqrt() * normal()).collect();
        for j in 0..9 {
            let second = if j % 3 == 0 { 0.2 * factors[(j / 3 + 1) % 3] } else { 0.0 };
            row[j] = 0.7 * factors[j / 3] + second + 0.6 * normal();
        }
    }
    Dataset::builder().array(items(), rows.view()).build().unwrap()
}

fn model() -> Model {
    let all = items().join(" + ");
    format!("efa(\"e\")*f1 + efa(\"e\")*f2 + efa(\"e\")*f3 =~ {all}\nsum := a*a\nx1 ~~ a*x1").parse().unwrap()
}

fn fitted(criterion: Criterion, resampled: Option<BootstrapInterval>) -> Fit {
    let mut own = Estimation::new(Estimator::Ml).rotation(Rotation::new(Rotate::new(criterion).starts(30)));
    if let Some(interval) = resampled {
        own = own.standard_errors(StandardErrors::Bootstrap).bootstrap(BootstrapOptions {
            replicates: 500,
            resampling: match interval {
                BootstrapInterval::Bca => Resampling::Nonparametric,
                _ => Resampling::Parametric,
            },
            interval,
            ..BootstrapOptions::default()
        });
    }
    own.fit(&model(), &population()).unwrap()
}

/// A standard deviation over 500 replicates has a standard error of 3 % of itself.
#[test]
fn replicates_of_turned_factors_vary_as_their_standard_errors_say() {
    for criterion in [Criterion::Promax { power: 4.0 }, Criterion::Quartimin, Criterion::Varimax] {
        let (by_information, replicates) =
            (fitted(criterion, None), fitted(criterion, Some(BootstrapInterval::Percentile)));
        assert_eq!(replicates.bootstrap.as_ref().unwrap().failed, 0);
        let mut compared = 0;
        for (own, replicate) in by_information.parameters.iter().zip(&replicates.parameters) {
            assert!((own.est - replicate.est).abs() < 1e-9);
            let (Some(se), Some(sd)) = (own.se.filter(|se| *se > 0.0), replicate.se) else { continue };
            assert!(
                (sd / se - 1.0).abs() < 0.15,
                "{criterion} {} {} {}: {se} {sd}",
                own.lhs,
                own.op,
                own.rhs
            );
            assert!(replicate.ci_lower.unwrap() < own.est && own.est < replicate.ci_upper.unwrap());
            compared += 1;
        }
        assert!(compared >= 36, "{compared}");
    }
}

#[test]
fn turned_replicates_have_corrected_intervals_too() {
    let found = fitted(Criterion::Promax { power: 4.0 }, Some(BootstrapInterval::Bca));
    let loading = found.parameters.iter().find(|p| p.op == "=~" && p.rhs == "x2").unwrap();
    let width = loading.ci_upper.unwrap() - loading.ci_lower.unwrap();
    assert!((width / (2.0 * 1.96 * loading.se.unwrap()) - 1.0).abs() < 0.2, "{loading:?}");
    let defined = found.parameters.iter().find(|p| p.op == ":=").unwrap();
    assert!(defined.se.unwrap() > 0.0 && defined.ci_lower.unwrap() < defined.est);
}

/// The small loadings of simplimax are others in other samples, which no derivative knows.
#[test]
fn errors_of_simplimax_are_told_to_hold_the_small_loadings() {
    let found = fitted(Criterion::Simplimax { zeros: 0 }, None);
    assert!(found.warnings.iter().any(|w| matches!(w, Warning::NotDone { .. })), "{:?}", found.warnings);
}

#[test]
fn models_with_exploratory_blocks_are_pooled() {
    let text = "efa(\"e\")*f1 + efa(\"e\")*f2 + efa(\"e\")*f3 =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9";
    let sets = [school(), completed(10), completed(11)];
    let rotation = Rotation::new(Rotate::new(Criterion::Quartimin).starts(30));
    let own = Estimation::new(Estimator::Ml).rotation(rotation);
    let pooled = own.fit_imputed(&text.parse().unwrap(), &sets).unwrap();
    assert_eq!(pooled.rotations.len(), 1);
    assert_eq!(pooled.imputation.used, 3);
    // as the exploratory analysis, which is this model
    let explored = quartimin(3).errors(FactorErrors::Standard).of_imputed(&items(), &sets).unwrap();
    assert!((pooled.measure("chisq").unwrap() - explored.fit["chisq"].unwrap()).abs() < 1e-4);
    let row = pooled.parameter("f1", "=~", "x5").unwrap();
    assert!(row.fmi.unwrap() > 0.0 && row.parameter.se.unwrap() > 0.0);
}

/// Words that no Dutch text has.
const ENGLISH: [&str; 25] = [
    "the",
    "and",
    "with",
    "which",
    "are",
    "have",
    "items'",
    "share",
    "where",
    "from",
    "first",
    "samples",
    "edge",
    "edges",
    "mean",
    "found",
    "each",
    "chosen",
    "half",
    "halves",
    "loss",
    "yes",
    "strength",
    "dimensions",
    "other",
];

fn none_is_left(page: Page) {
    let text = page.in_language(Language::Dutch).text();
    for line in text.lines() {
        for word in line.split(|c: char| !c.is_alphabetic()) {
            assert!(!ENGLISH.contains(&word), "'{word}' in: {line}\n{text}");
        }
    }
}

#[test]
fn pages_of_networks_and_short_forms_have_no_english_left() {
    let own = school().numeric(&items()).unwrap();
    for (bootstrap, gamma, drawn) in [
        (0, 0.5, GraphResampling::Cases),
        (20, 0.5, GraphResampling::Parametric),
        (20, 1.0, GraphResampling::Cases),
    ] {
        let found = GraphAnalysis::default()
            .gamma(gamma)
            .bootstrap(bootstrap)
            .resampling(drawn)
            .of(&items(), own.view());
        none_is_left(found.unwrap().page());
    }
    let part =
        |name: &str, range: std::ops::Range<usize>| Coverage::new(items()[range].to_vec(), 1).named(name);
    let forms =
        ShortForms::new(4).coverage(vec![part("zien", 0..3), part("lezen", 3..6), part("snel", 6..9)]);
    let found = forms.splits(5).of(&items(), own.view()).unwrap();
    let page = found.page().text();
    assert!(page.contains("lezen") && found.table().csv().contains("x4,lezen"), "{page}");
    none_is_left(found.page());
    none_is_left(ShortForms::new(4).splits(1).of(&items(), own.view()).unwrap().page());
}

/// lavaan 0.6-14: efa(data, nfactors = 4), which keeps residual variances from being negative, as its default is.
#[test]
fn a_search_that_runs_away_is_repeated_within_bounds() {
    let own = quartimin(4).errors(FactorErrors::Standard).of(&items(), &school()).unwrap();
    assert!(own.converged);
    assert!((own.fit["chisq"].unwrap() - 5.183).abs() < 1e-3, "{:?}", own.fit["chisq"]);
    assert!(own.warnings.iter().any(|w| matches!(w, Warning::AtBound { .. })), "{:?}", own.warnings);
    let solution = own.solution.unwrap();
    assert!(solution.residual_variances.values().all(|left| *left > -1e-9));
    assert_eq!(own.heywood, ["x7"]);
}

/// Matrices without an inverse are told where the method can do without one, and refused where it cannot.
#[test]
fn a_matrix_without_an_inverse_is_told() {
    let rows = school().numeric(&items()).unwrap();
    let mut names = items();
    names.push("sum".into());
    let sum = rows.column(0).to_owned() + rows.column(1);
    let all = ndarray::concatenate![ndarray::Axis(1), rows, sum.insert_axis(ndarray::Axis(1))];
    let data = Dataset::builder().array(names.clone(), all.view()).build().unwrap();
    let is_told = |warnings: &[Warning]| {
        let named = |w: &Warning| matches!(w, Warning::NotPositiveDefinite { matrix, .. } if matrix.contains("'sum'"));
        warnings.iter().any(named)
    };
    let found = Exploration::new(2).of(&names, &data).unwrap();
    assert!(is_told(&found.warnings), "{:?}", found.warnings);
    let study = psychometrics::factor::Retention::default().replications(20).of(&names, all.view()).unwrap();
    assert!(is_told(&study.warnings), "{:?}", study.warnings);
    let refused = Exploration::new(2).extraction(Extraction::Ml).of(&names, &data);
    assert!(matches!(refused, Err(Error::NotPositiveDefinite { .. })), "{refused:?}");
}
