//! Alignment of groups: against the population and the numbers of Asparouhov and Muthen's (2014) example, what must hold of
//! any parameters, and of samples.
//!
//! Reference: the loss by its formula, minimised by R's `optim` (BFGS, analytic gradient) from 200 starts with the product of
//! the standard deviations held at 1; the same as sirt's `invariance.alignment` (`meth = 3`).

use ndarray::Array2;
use psychometrics::data::Dataset;
use psychometrics::estimate::Estimation;
use psychometrics::evidence::internal_structure::{Align, Alignment, AlignmentMeans, GroupParameters};
use psychometrics::model::Scaling;
use psychometrics::{Error, Model, Warning};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const ITEMS: [&str; 5] = ["x1", "x2", "x3", "x4", "x5"];
/// Loadings, intercepts, mean and standard deviation of each group of the example: six parameters differ.
const LOADINGS: [[f64; 5]; 3] =
    [[1.0, 1.0, 1.4, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 0.5], [1.0, 1.0, 1.0, 0.3, 1.0]];
const INTERCEPTS: [[f64; 5]; 3] =
    [[0.0, 0.0, 0.0, 0.0, 0.5], [-0.5, 0.0, 0.0, 0.0, 0.0], [0.0, -0.5, 0.0, 0.0, 0.0]];
const MEANS: [f64; 3] = [0.0, 0.3, 0.8];
const VARIANCES: [f64; 3] = [1.0, 1.5, 1.2];
const DIFFERING: [(&str, &str, &str); 6] = [
    ("x1", "intercept", "g2"),
    ("x2", "intercept", "g3"),
    ("x3", "loading", "g1"),
    ("x4", "loading", "g3"),
    ("x5", "loading", "g2"),
    ("x5", "intercept", "g1"),
];

fn example() -> GroupParameters {
    let loadings: Vec<Vec<f64>> =
        (0..3).map(|g| LOADINGS[g].iter().map(|l| l * VARIANCES[g].sqrt()).collect()).collect();
    let intercepts: Vec<Vec<f64>> =
        (0..3).map(|g| (0..5).map(|i| INTERCEPTS[g][i] + LOADINGS[g][i] * MEANS[g]).collect()).collect();
    let groups = [("g1", 1000), ("g2", 1000), ("g3", 1000)];
    GroupParameters::new("f", groups, ITEMS, &loadings, &intercepts).unwrap()
}

#[track_caller]
fn near(found: &[f64], expected: &[f64], tolerance: f64) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < tolerance, "{found} where {expected} is expected");
    }
}

#[test]
fn the_example_has_the_least_loss_of_two_hundred_starts() {
    for (epsilon, identification, loss, means, sds) in [
        (
            0.001,
            AlignmentMeans::Fixed,
            12009.3966945967,
            [0.0, 0.294296646633906, 0.790803566443487],
            [1.0, 1.21879024647877, 1.09066651763365],
        ),
        (
            0.001,
            AlignmentMeans::Free,
            12009.2238545064,
            [0.0, 0.29431202533336, 0.790926603366562],
            [1.0, 1.21879024564534, 1.09066651677548],
        ),
        (
            0.01,
            AlignmentMeans::Fixed,
            14511.570357495,
            [0.0, 0.267653948908463, 0.746954728411968],
            [1.0, 1.19026283145773, 1.06762567492951],
        ),
        (
            0.01,
            AlignmentMeans::Free,
            14510.5569631737,
            [0.0, 0.267393390987034, 0.747381859202318],
            [1.0, 1.1902628338095, 1.06762567714084],
        ),
    ] {
        let align = Align::default().epsilon(epsilon).identification(identification);
        let found = align.of(&example()).unwrap();
        assert!((found.loss - loss).abs() < 1e-6 * loss, "{} where {loss} is expected", found.loss);
        near(&found.means(), &means, 1e-5);
        near(&found.sds(), &sds, 1e-5);
        assert!(found.reached > 10 && found.starts == 30);
        assert_eq!(found.minima[0].count, found.reached);
    }
}

#[test]
fn aligned_parameters_and_their_shares_of_variance() {
    let found = Align::default().of(&example()).unwrap();
    let third = &found.items[4];
    near(&third.loading.values, &[1.0, 0.502442842371779, 1.00438135516166], 1e-5);
    near(&third.intercepts[0].values, &[0.5, 0.002132756364777, 0.00573164226881506], 1e-5);
    near(&[found.r_squared.loadings.unwrap()], &[-0.112584662673952], 1e-5);
    near(&[found.r_squared.intercepts.unwrap()], &[0.450681813219385], 1e-5);
    near(&[found.items[0].loading.r_squared.unwrap()], &[0.999358496059422], 1e-5);
    near(&[found.items[3].intercepts[0].r_squared.unwrap()], &[-1.8172573750156], 1e-4);
    // nothing is known of their sampling: no standard errors, no list, and why
    assert!(found.noninvariant.is_none() && found.differences.is_none());
    assert!(found.reason.as_ref().unwrap().contains("covariance"));
    let parts: f64 = found.items.iter().map(|i| i.loading.loss + i.intercepts[0].loss).sum();
    near(&[parts], &[found.loss], 1e-6);
}

/// Equal groups but for mean and standard deviation are found exactly, whatever their number.
#[test]
fn invariant_groups_are_recovered() {
    let truth: Vec<(f64, f64)> =
        (0..12).map(|g| (0.3 * f64::from(g % 5) - 0.4, 0.6 + 0.1 * f64::from(g % 7))).collect();
    let base = [0.7, 1.1, 0.4, 0.9];
    let loadings: Vec<Vec<f64>> = truth.iter().map(|(_, sd)| base.iter().map(|l| l * sd).collect()).collect();
    let intercepts: Vec<Vec<f64>> = truth
        .iter()
        .map(|(mean, _)| base.iter().enumerate().map(|(i, l)| i as f64 + l * mean).collect())
        .collect();
    let groups: Vec<(String, usize)> = (0..12).map(|g| (format!("g{g}"), 50 + 30 * g)).collect();
    let items: Vec<String> = (0..4).map(|i| format!("x{i}")).collect();
    let parameters = GroupParameters::new("f", groups, items, &loadings, &intercepts).unwrap();
    let found = Align::default().of(&parameters).unwrap();
    for (group, (mean, sd)) in found.groups.iter().zip(&truth) {
        near(&[group.mean, group.sd], &[(mean - truth[0].0) / truth[0].1, sd / truth[0].1], 1e-6);
    }
}

#[test]
fn neither_the_order_of_groups_and_items_nor_the_sign_of_an_item_matters() {
    let found = Align::default().of(&example()).unwrap();
    let (mut loadings, mut intercepts): (Vec<Vec<f64>>, Vec<Vec<f64>>) = Default::default();
    for g in [0, 2, 1] {
        let own: Vec<f64> = [3, 1, 4, 0, 2].map(|i| LOADINGS[g][i] * VARIANCES[g].sqrt()).into();
        let means: Vec<f64> = [3, 1, 4, 0, 2].map(|i| INTERCEPTS[g][i] + LOADINGS[g][i] * MEANS[g]).into();
        // the second item turned round
        loadings.push(own.iter().enumerate().map(|(i, l)| if i == 1 { -l } else { *l }).collect());
        intercepts.push(means.iter().enumerate().map(|(i, v)| if i == 1 { 3.0 - v } else { *v }).collect());
    }
    let groups = [("g1", 1000), ("g3", 1000), ("g2", 1000)];
    let other =
        GroupParameters::new("f", groups, ["x4", "x2", "x5", "x1", "x3"], &loadings, &intercepts).unwrap();
    let other = Align::default().of(&other).unwrap();
    near(&[other.loss], &[found.loss], 1e-6);
    near(&other.means(), &[0.0, found.means()[2], found.means()[1]], 1e-7);
    near(&other.sds(), &[1.0, found.sds()[2], found.sds()[1]], 1e-7);
}

fn sample(seed: u64, n: usize) -> Dataset {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Array2::zeros((3 * n, 5));
    for (row, mut own) in rows.outer_iter_mut().enumerate() {
        let g = row / n;
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let factor = MEANS[g] + VARIANCES[g].sqrt() * normal();
        for (i, x) in own.iter_mut().enumerate() {
            *x = INTERCEPTS[g][i] + LOADINGS[g][i] * factor + normal();
        }
    }
    let group: Vec<Option<String>> = (0..3 * n).map(|row| Some(format!("g{}", row / n + 1))).collect();
    Dataset::builder().array(ITEMS, rows.view()).column("group", group).build().unwrap()
}

fn aligned(data: &Dataset) -> Alignment {
    let model: Model = "f =~ x1 + x2 + x3 + x4 + x5".parse().unwrap();
    let estimation = Estimation::default().group("group").scaling(Scaling::UnitVariance);
    let fit = estimation.fit(&model, data).unwrap();
    let parameters = GroupParameters::of_fit(&fit).unwrap();
    assert_eq!(parameters.len(), 1);
    Align::default().of(&parameters[0]).unwrap()
}

/// Of 30 samples of the example nearly all name exactly the six parameters that differ, and means vary as their standard
/// errors say. `examples/alignment_study.rs` has more.
#[test]
fn of_samples_the_six_are_named_and_standard_errors_hold() {
    let found: Vec<Alignment> = (0..30).map(|seed| aligned(&sample(seed, 1000))).collect();
    let exact = found.iter().filter(|alignment| {
        let named = alignment.noninvariant.as_ref().unwrap();
        let named: Vec<(&str, &str, &str)> =
            named.iter().map(|d| (d.item.as_str(), d.parameter.as_str(), d.group.as_str())).collect();
        named.len() == 6 && DIFFERING.iter().all(|d| named.contains(d))
    });
    assert!(exact.count() >= 27);
    for g in 1..3 {
        let means: Vec<f64> = found.iter().map(|a| a.groups[g].mean).collect();
        let mean = means.iter().sum::<f64>() / 30.0;
        let sd = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 29.0).sqrt();
        let se = found.iter().map(|a| a.groups[g].mean_se.unwrap()).sum::<f64>() / 30.0;
        // sampling error makes some differences where there are none, which pulls means together: -.04 of .8 here
        near(&[mean], &[MEANS[g]], 0.06);
        assert!((sd / se - 1.0).abs() < 0.4, "{sd} where {se} is told");
    }
    assert_eq!(found[0].groups.iter().map(|g| g.rank).collect::<Vec<_>>(), [3, 2, 1]);
    assert!(found.iter().all(|a| a.differences.as_ref().unwrap().iter().all(|d| d.difference >= 0.0)));
}

#[test]
fn what_cannot_be_aligned_is_refused_by_name() {
    let rows = |values: [f64; 2]| vec![vec![values[0]; 3], vec![values[1]; 3]];
    let new = |groups: [(&str, usize); 2], loadings: &[Vec<f64>], intercepts: &[Vec<f64>]| {
        let groups = groups.map(|(g, n)| (g.to_string(), n));
        GroupParameters::new("f", groups, ["x1", "x2", "x3"].map(String::from), loadings, intercepts)
    };
    let (ones, zeros) = (rows([1.0, 1.0]), rows([0.0, 0.0]));
    let pair = [("a", 10), ("b", 10)];
    let error = new(pair, &[vec![1.0; 3], vec![1.0; 2]], &zeros).unwrap_err();
    assert!(error.to_string().contains("'b'"), "{error}");
    let error = new(pair, &[vec![1.0; 3], vec![1.0, f64::NAN, 1.0]], &zeros).unwrap_err();
    assert!(error.to_string().contains("'x2'") && error.to_string().contains("'b'"), "{error}");
    assert!(matches!(new([("a", 1), ("a", 2)], &ones, &zeros), Err(Error::DuplicateId { .. })));
    let fine = new(pair, &ones, &zeros).unwrap();
    assert!(Align::default().epsilon(0.0).of(&fine).unwrap_err().to_string().contains("epsilon"));
    assert!(Align::default().starts(0).of(&fine).is_err());
    // one group in which the items measure fifty times as much
    let apart = new(pair, &rows([1.0, 50.0]), &zeros).unwrap();
    assert_eq!(Align::default().of(&apart).unwrap_err().code(), "scale_ran_away");
    let one = GroupParameters::new("f", [("a", 5)], ["x1", "x2"], &[vec![1.0; 2]], &[vec![0.0; 2]]);
    assert_eq!(one.unwrap_err().code(), "too_few_groups");
}

#[test]
fn a_fit_that_is_not_configural_is_refused() {
    let data = sample(1, 100);
    let refused = |text: &str, estimation: Estimation| {
        let model: Model = text.parse().unwrap();
        let fit = estimation.group("group").fit(&model, &data).unwrap();
        GroupParameters::of_fit(&fit).unwrap_err().to_string()
    };
    let five = "f =~ x1 + x2 + x3 + x4 + x5";
    let unit = || Estimation::default().scaling(Scaling::UnitVariance);
    assert!(refused(five, Estimation::default()).contains("'f'"));
    let equal = unit().equal([psychometrics::model::Equality::Loadings]);
    assert!(refused(five, equal).contains("'f'"));
    assert!(refused("f =~ x1 + x2 + x3 + x4\n f ~ x5", unit()).contains("regressions"));
    let model: Model = "f =~ x1 + x2 + x3\n g =~ x3 + x4 + x5".parse().unwrap();
    let fit = unit().group("group").fit(&model, &data).unwrap();
    let error = GroupParameters::of_fit(&fit).unwrap_err();
    assert!(error.to_string().contains("'x3'"), "{error}");
}

/// Many parameters that differ are told: beyond a quarter of them means are not to be trusted.
#[test]
fn many_differences_are_told() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut rows = Array2::zeros((1200, 4));
    for (row, mut own) in rows.outer_iter_mut().enumerate() {
        let g = row / 300;
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let factor = normal();
        for (i, x) in own.iter_mut().enumerate() {
            *x = 0.9 * ((g * 5 + i * 3) % 4) as f64
                + (0.5 + 0.3 * ((g + i) % 3) as f64) * factor
                + 0.5 * normal();
        }
    }
    let group: Vec<Option<String>> = (0..1200).map(|row| Some(format!("g{}", row / 300))).collect();
    let data = Dataset::builder()
        .array(ITEMS[..4].iter().copied(), rows.view())
        .column("group", group)
        .build()
        .unwrap();
    let model: Model = "f =~ x1 + x2 + x3 + x4".parse().unwrap();
    let fit = Estimation::default().group("group").scaling(Scaling::UnitVariance).fit(&model, &data).unwrap();
    let found = Align::default().of(&GroupParameters::of_fit(&fit).unwrap()[0]).unwrap();
    assert!(
        found.warnings.iter().any(|w| matches!(w, Warning::ManyNoninvariant { share, .. } if *share > 0.25))
    );
    assert_eq!(found.noninvariant_share.unwrap(), found.noninvariant.as_ref().unwrap().len() as f64 / 32.0);
}
