//! Alignment of ordinal items, and whether samples from an alignment give it back.

use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Progress};
use psychometrics::evidence::internal_structure::{
    Align, Alignment, AlignmentCheck, AlignmentSamples, GroupParameters,
};
use psychometrics::simulate::{Grouped, Population};
use psychometrics::{Error, Estimation, Estimator, Model};

const TEXT: &str = "f =~ x1 + x2 + x3 + x4 + x5";

fn model() -> Model {
    TEXT.parse().unwrap()
}

/// Groups with these means and standard deviations; the intercept of x1 differs in the second, the loading of x4 in the third.
fn groups(of: &[(f64, f64)], n: usize, is_ordinal: bool) -> Dataset {
    let mut grouped = Grouped::new("group");
    for (g, (mean, sd)) in of.iter().enumerate() {
        let mut text = format!("f ~~ {}*f\nf ~ {mean}*1\n", sd * sd);
        for i in 1..=5 {
            let loading = if g == 2 && i == 4 { 0.3 } else { 1.0 };
            let intercept = if g == 1 && i == 1 { -0.6 } else { 0.0 };
            text += &format!("f =~ {loading}*x{i}\nx{i} ~~ 1*x{i}\nx{i} ~ {intercept}*1\n");
            if is_ordinal {
                text += &format!("x{i} | -1.6*t1 + -0.5*t2 + 0.6*t3 + 1.8*t4\n");
            }
        }
        let population = Population::of(&text.parse().unwrap()).unwrap();
        grouped = grouped.group(format!("g{}", g + 1), population, n);
    }
    grouped.dataset(3).unwrap()
}

fn named(found: &Alignment) -> Vec<(String, String)> {
    let all = found.noninvariant.as_ref().unwrap();
    all.iter().map(|own| (own.item.clone(), own.group.clone())).collect()
}

#[test]
fn three_groups_of_ordinal_answers_are_recovered() {
    let truth = [(0.0, 1.0), (0.3, 1.2), (0.8, 1.1)];
    let data = groups(&truth, 2000, true);
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
    let found = Align::default().fit(&estimation, &model(), &data).unwrap();
    let found = &found[0];
    assert!(found.items.iter().all(|item| item.intercepts.len() == 4));
    for (group, (mean, sd)) in found.groups.iter().zip(truth) {
        assert!((group.mean - mean).abs() < 0.12 && (group.sd - sd).abs() < 0.12, "{group:?}");
        if let Some(se) = group.mean_se {
            assert!((group.mean - mean).abs() < 4.0 * se && se < 0.1, "{group:?}");
        }
    }
    // all thresholds of x1 in the second group, the loading of x4 in the third, and nothing of another item
    let named = named(found);
    let of = |item: &str, group: &str| named.iter().filter(|(i, g)| i == item && g == group).count();
    assert!(of("x1", "g2") >= 3 && of("x4", "g3") >= 1, "{named:?}");
    assert!(named.len() <= of("x1", "g2") + of("x4", "g3") + 1, "{named:?}");
    let values = &found.items[0].intercepts;
    // thresholds as they are: of the first group, and of the second above by what its intercept is below
    for (own, threshold) in values.iter().zip([-1.6, -0.5, 0.6, 1.8]) {
        assert!(
            (own.values[0] - threshold).abs() < 0.15 && (own.values[1] - threshold - 0.6).abs() < 0.25,
            "{own:?}"
        );
    }
}

fn checked(n: usize, replications: usize, is_ordinal: bool) -> AlignmentCheck {
    let truth = [(0.0, 1.0), (0.4, 1.2), (0.9, 1.1), (-0.5, 0.9), (1.3, 1.0)];
    let data = groups(&truth, n, is_ordinal);
    let estimation = match is_ordinal {
        true => Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group"),
        false => Estimation::default().group("group"),
    };
    let samples = AlignmentSamples::of(replications).seed(5);
    let (found, checks) =
        samples.run(&Align::default(), &estimation, &model(), &data, &Progress::default()).unwrap();
    assert_eq!((found.len(), checks.len()), (1, 1));
    checks[0].clone()
}

#[test]
fn samples_from_an_alignment_give_it_back_where_groups_are_large() {
    let large = checked(1000, 20, false);
    assert_eq!((large.used, large.replications), (20, 20));
    assert!(large.mean_correlation.unwrap() > 0.99 && large.reliable == Some(true), "{large:?}");
    assert!(large.recovered.unwrap() > 0.97 && large.recovered_different.unwrap() > 0.9, "{large:?}");
    for coverage in [large.mean_coverage, large.loading_coverage, large.intercept_coverage] {
        assert!((0.8..=1.0).contains(&coverage.unwrap()), "{large:?}");
    }
    let small = checked(100, 20, false);
    assert!(small.mean_correlation.unwrap() < large.mean_correlation.unwrap());
    assert!(small.mean_error > large.mean_error);
    let ordinal = checked(800, 6, true);
    assert!(ordinal.mean_correlation.unwrap() > 0.98 && ordinal.used == 6, "{ordinal:?}");
    let stored = serde_json::to_string(&large).unwrap();
    assert_eq!(serde_json::from_str::<AlignmentCheck>(&stored).unwrap(), large);
    assert!(large.to_string().contains("Groups may be ranked"));
}

#[test]
fn a_check_gives_the_same_bits_at_any_count_of_threads() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| checked(200, 6, false))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn parameters_are_checked_by_their_residual_variances() {
    let loadings = vec![vec![0.8; 4], vec![0.9; 4], vec![0.7; 4]];
    let intercepts = vec![vec![0.0; 4], vec![0.4; 4], vec![-0.4; 4]];
    let groups = [("a", 600), ("b", 600), ("c", 600)];
    let parameters =
        GroupParameters::new("f", groups, ["x1", "x2", "x3", "x 4"], &loadings, &intercepts).unwrap();
    let align = Align::default();
    let found = align.of(&parameters).unwrap();
    let samples = AlignmentSamples::of(10);
    let check = |own: &GroupParameters| samples.check_parameters(&align, own, &found, &Progress::default());
    let error = check(&parameters).unwrap_err();
    assert!(error.hint().contains("'residual'"), "{}", error.hint());
    assert!(parameters.clone().with_residuals(&[vec![1.0; 4], vec![1.0; 4]]).is_err());
    let error = parameters
        .clone()
        .with_residuals(&[vec![1.0; 4], vec![1.0, 0.0, 1.0, 1.0], vec![1.0; 4]])
        .unwrap_err();
    assert!(error.to_string().contains("'x2'") && error.to_string().contains("'b'"), "{error}");
    let own = parameters.with_residuals(&[vec![0.5; 4], vec![0.5; 4], vec![0.5; 4]]).unwrap();
    let found = check(&own).unwrap();
    assert!(found.used == 10 && found.mean_correlation.unwrap() > 0.95, "{found:?}");
    // what differs is not known of parameters without their sampling
    assert!(found.recovered.is_none() && found.mean_coverage.is_some());
}

#[test]
fn a_check_of_what_samples_do_not_have_is_refused() {
    let data = groups(&[(0.0, 1.0), (0.3, 1.0), (0.5, 1.0)], 100, false);
    let run = |samples: AlignmentSamples, estimation: Estimation, progress: &Progress| {
        samples.run(&Align::default(), &estimation, &model(), &data, progress).unwrap_err()
    };
    let plain = || Estimation::default().group("group");
    let error = run(AlignmentSamples::of(5), plain().weights("x5"), &Progress::default());
    assert!(error.to_string().contains("weights"), "{error}");
    assert!(run(AlignmentSamples::of(0), plain(), &Progress::default()).to_string().contains("1 or more"));
    let stopped = Progress::default();
    stopped.stop();
    assert!(matches!(run(AlignmentSamples::of(5), plain(), &stopped), Error::Stopped { .. }));
}
