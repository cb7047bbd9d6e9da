//! Exploratory factors: against psych, GPArotation and lavaan (tests/reference/exploratory.json), and what must be true of any
//! data.

use approx::assert_relative_eq;
use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Progress};
use psychometrics::estimate::{Conventions, Exploration, FactorErrors, LevelFactors, Rotation};
use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
use psychometrics::factor::{
    Adequacy, CorrelationMatrix, Coverage, Criterion, Draws, Extraction, ItemFinding, Retention, Rotate,
    Rule, ScoreRule, ShortForms, Target, align, bass_ackwards, extract, schmid_leiman, score_weights,
};
use psychometrics::moments::{LabelledMatrix, Missing, Moments};
use psychometrics::{Error, Estimation, Model};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

const SETS: [&str; 3] = ["hs", "likert5", "attitude"];

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/exploratory.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn matrix(value: &Value) -> LabelledMatrix {
    serde_json::from_value(value.clone()).unwrap()
}

fn data(set: &str) -> Dataset {
    Dataset::read_csv(match set {
        "hs" => "data/holzinger_swineford_1939/hs.csv".into(),
        other => format!("tests/data/{other}.csv"),
    })
    .unwrap()
}

fn correlations(set: &str, names: &[String]) -> (CorrelationMatrix, usize) {
    let rows = data(set).numeric(names).unwrap();
    let moments = Moments::of(names.iter().cloned(), rows.view(), Missing::Listwise).unwrap();
    (CorrelationMatrix::of(&moments.correlation().unwrap()).unwrap(), moments.n())
}

fn largest(a: &[f64], b: &Value) -> f64 {
    a.iter().zip(b.as_array().unwrap()).map(|(a, b)| (a - number(b)).abs()).fold(0.0, f64::max)
}

fn items() -> Vec<String> {
    (1..=9).map(|i| format!("x{i}")).collect()
}

#[test]
fn unrotated_factors_are_those_of_psych_and_factanal() {
    let reference = reference();
    for set in SETS {
        let theirs = matrix(&reference[set]["pa"]);
        let (r, _) = correlations(set, &theirs.rows);
        let k = theirs.columns.len();
        let pa = extract(&r, k, Extraction::Pa).unwrap();
        assert!(pa.converged && align(&pa.loadings, &theirs).unwrap().largest_difference < 1e-9, "{set}");
        // principal axes that converge are a minimum of least squares
        let minres = extract(&r, k, Extraction::Minres).unwrap();
        assert!(minres.converged && minres.iterations < 20);
        assert!(align(&minres.loadings, &theirs).unwrap().largest_difference < 1e-8, "{set}");
        let ml = extract(&r, k, Extraction::Ml).unwrap();
        let own = &reference[set]["ml"];
        let theirs = matrix(&own["loadings"]);
        // factanal stops at about 1e-6
        assert!(align(&ml.loadings, &theirs).unwrap().largest_difference < 2e-6, "{set}");
        assert_relative_eq!(ml.objective.unwrap(), number(&own["objective"]), epsilon = 1e-10);
        assert!(ml.objective.unwrap() <= number(&own["objective"]) + 1e-13);
    }
}

#[test]
fn every_extraction_finds_the_factors_of_a_population() {
    let names: Vec<String> = (0..9).map(|i| format!("v{i}")).collect();
    let loading = |i: usize, k: usize| if i / 3 == k { 0.5 + 0.1 * (i % 3) as f64 } else { 0.0 };
    let value = |i: usize, j: usize| match i == j {
        true => 1.0,
        false => (0..3).map(|k| loading(i, k) * loading(j, k)).sum(),
    };
    let rows = (0..9).map(|i| (0..9).map(|j| value(i, j)).collect()).collect();
    let r = CorrelationMatrix::of(&LabelledMatrix::new(names.clone(), names.clone(), rows).unwrap()).unwrap();
    let truth = LabelledMatrix::new(
        names,
        vec!["a".into(), "b".into(), "c".into()],
        (0..9).map(|i| (0..3).map(|k| loading(i, k)).collect()).collect(),
    )
    .unwrap();
    for extraction in Extraction::ALL {
        if extraction.is_ordinal() || *extraction == Extraction::Pc {
            continue;
        }
        let found = extract(&r, 3, *extraction).unwrap();
        assert!(found.converged, "{extraction}");
        let rotated = Rotate::new(Criterion::Quartimin).of(&found.loadings).unwrap();
        let off = align(&rotated.loadings, &truth).unwrap().largest_difference;
        let allowed = if *extraction == Extraction::Minrank { 1e-3 } else { 1e-6 };
        assert!(off < allowed, "{extraction}: {off}");
    }
}

#[test]
fn rotations_reach_the_minima_of_gparotation_or_lower_ones() {
    let reference = reference();
    for set in SETS {
        let a = matrix(&reference[set]["A"]);
        let (p, k) = (a.rows.len() as f64, a.columns.len() as f64);
        for (name, theirs) in reference[set]["rotations"].as_object().unwrap() {
            let (criterion, orthogonal, normalize) = match name.as_str() {
                "varimax" => (Criterion::Varimax, true, false),
                "varimax_kaiser" => (Criterion::Varimax, true, true),
                "quartimax" => (Criterion::Quartimax, true, false),
                "quartimin" => (Criterion::Quartimin, false, false),
                "quartimin_kaiser" => (Criterion::Quartimin, false, true),
                "geominQ" => (Criterion::Geomin { epsilon: 0.01 }, false, false),
                "geominQ_delta001" => (Criterion::Geomin { epsilon: 0.001 }, false, false),
                "geominT" => (Criterion::Geomin { epsilon: 0.01 }, true, false),
                "bifactorT" => (Criterion::Bifactor, true, false),
                "bifactorQ" => (Criterion::Bifactor, false, false),
                "cf_equamaxQ" => (Criterion::CrawfordFerguson { kappa: k / (2.0 * p) }, false, false),
                "cf_varimaxQ" => (Criterion::CrawfordFerguson { kappa: 1.0 / p }, false, false),
                "oblimin_gam_minus05" => (Criterion::Oblimin { gamma: -0.5 }, false, false),
                "targetQ_full" | "pstQ" => (Criterion::Target, false, false),
                other => panic!("{other}"),
            };
            let mut rotate = Rotate::new(criterion).orthogonal(orthogonal).normalize(normalize);
            if criterion == Criterion::Target {
                let of = |key: &str| -> Vec<Vec<f64>> {
                    serde_json::from_value(reference[set][key].clone()).unwrap()
                };
                let weight = of("target_weight");
                // where a loading should be 0; of the full target 1 elsewhere
                let full = name == "targetQ_full";
                let cell = |w: &f64| if *w > 0.0 { Some(0.0) } else { full.then_some(1.0) };
                let values = weight.iter().map(|row| row.iter().map(cell).collect()).collect();
                rotate = rotate.target(Target { values });
            }
            let found = rotate.of(&a).unwrap();
            let (ours, theirs_f) = (found.search.minimum.unwrap(), number(&theirs["f"]));
            assert!(ours <= theirs_f + 1e-9 * theirs_f.abs().max(1e-3), "{set} {name}: {ours} {theirs_f}");
            if (ours - theirs_f).abs() < 1e-10 {
                let off = align(&found.loadings, &matrix(&theirs["loadings"])).unwrap().largest_difference;
                assert!(off < 1e-4, "{set} {name}: {off}");
            }
        }
    }
}

/// The worse of two minima is met more often than the better: GPArotation from 100 random starts.
#[test]
fn distinct_minima_are_told_with_their_counts() {
    let reference = reference();
    let own = &reference["box26"];
    let a = matrix(&own["A"]);
    for (name, criterion, orthogonal) in [
        ("geominQ_.01", Criterion::Geomin { epsilon: 0.01 }, false),
        ("geominQ_.001", Criterion::Geomin { epsilon: 0.001 }, false),
        ("oblimin_0", Criterion::Oblimin { gamma: 0.0 }, false),
        ("bifactorT", Criterion::Bifactor, true),
        ("bifactorQ", Criterion::Bifactor, false),
    ] {
        let found = Rotate::new(criterion).orthogonal(orthogonal).of(&a).unwrap();
        let theirs = own["minima"][name].as_array().unwrap();
        let best = number(&theirs[0]["f"]);
        let search = &found.search;
        assert!(search.minimum.unwrap() <= best + 1e-7, "{name}: {search:?}");
        assert!(search.reached > 0 && search.reached == search.minima[0].count);
        assert_eq!(search.minima.iter().map(|m| m.count).sum::<usize>() + search.failed, 100);
        // every minimum of theirs is one of ours, unless it is rare
        for theirs in theirs.iter().filter(|theirs| number(&theirs["count"]) >= 15.0) {
            let f = number(&theirs["f"]);
            let is = |m: &psychometrics::factor::DistinctMinimum| (m.value - f).abs() < 2e-6 * f.max(1e-3);
            assert!(search.minima.iter().any(is), "{name} {f}: {:?}", search.minima);
        }
    }
    let (r, _) = correlations("hs", &items());
    let ml = extract(&r, 3, Extraction::Ml).unwrap();
    let found = Rotate::new(Criterion::Geomin { epsilon: 0.001 }).of(&ml.loadings).unwrap();
    let values: Vec<String> = found.search.minima.iter().map(|m| format!("{:.6}", m.value)).collect();
    assert_eq!(values, ["0.188389", "0.190004"]);
}

#[test]
fn adequacy_and_average_partials_are_psychs() {
    let reference = reference();
    for set in SETS {
        let own = &reference[set];
        let names = matrix(&own["A"]).rows;
        let (r, n) = correlations(set, &names);
        let adequacy = Adequacy::of(&r, Some(n)).unwrap();
        let kmo = adequacy.kmo.unwrap();
        assert_relative_eq!(kmo.overall, number(&own["kmo"]["overall"]), epsilon = 1e-10);
        for (item, value) in own["kmo"]["items"].as_object().unwrap() {
            assert_relative_eq!(kmo.items[item], number(value), epsilon = 1e-10);
        }
        let bartlett = adequacy.bartlett.unwrap();
        assert_relative_eq!(bartlett.chisq, number(&own["bartlett"]["chisq"]), max_relative = 1e-10);
        assert_relative_eq!(bartlett.pvalue, number(&own["bartlett"]["pvalue"]), max_relative = 1e-6);
        let study = Retention::default().replications(2000).of_correlations(&r, n).unwrap();
        assert!(largest(&study.eigenvalues, &own["eigenvalues"]) < 1e-10);
        assert!(largest(&study.map.values, &own["map"]["original"]) < 1e-8);
        assert!(largest(&study.map.values_revised, &own["map"]["revised"]) < 1e-8);
        assert!(largest(&study.ekc.reference, &own["ekc"]) < 1e-10);
        // two simulations of 2,000 samples differ by their Monte-Carlo errors
        let pairs = [(&study.parallel, "pca"), (study.parallel_factors.as_ref().unwrap(), "smc")];
        for (ours, name) in pairs {
            let theirs = &own["parallel"][name];
            let means =
                theirs["mean"].as_array().unwrap().iter().zip(theirs["mean_mc_se"].as_array().unwrap());
            for (at, (mean, se)) in means.enumerate() {
                let se = (number(se).powi(2) + ours.simulated_mean_se[at].powi(2)).sqrt();
                let z = (ours.simulated_mean[at] - number(mean)) / se;
                assert!(z.abs() < 4.5, "{set} {name} {at}: {z}");
            }
        }
    }
}

#[test]
fn retention_is_the_same_at_any_number_of_threads_and_another_at_another_seed() {
    let names = items();
    let rows = data("hs").numeric(&names).unwrap();
    let study = |retention: Retention| retention.replications(60).of(&names, rows.view()).unwrap();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    for draws in [Draws::Normal, Draws::Permuted] {
        let own = || study(Retention::default().draws(draws));
        let (one, four) = (pool(1).install(own), pool(4).install(own));
        assert_eq!(one, four);
        assert_ne!(one.parallel, study(Retention::default().draws(draws).seed(2)).parallel);
        assert_eq!(one.suggestion(Rule::Parallel), Some(3));
        assert_eq!(one.recommendation.factors, Some(3));
    }
    let stopped = Progress::default();
    stopped.clone().stop();
    let found = Retention::default().progress(stopped).of(&names, rows.view());
    assert!(matches!(found, Err(Error::Stopped { .. })));
}

#[test]
fn shuffled_polychoric_correlations_find_the_factors_of_ordinal_answers() {
    let names: Vec<String> = matrix(&reference()["likert5"]["A"]).rows;
    let rows = data("likert5").numeric(&names).unwrap();
    let retention = Retention::default().basis(psychometrics::factor::Basis::Polychoric).replications(20);
    let study = retention.of(&names, rows.view()).unwrap();
    assert_eq!(study.suggestion(Rule::Parallel), Some(3));
    assert_eq!(study.draws, Draws::Permuted);
}

/// Ruscio & Roche's rule finds what there is, of numbers and of skewed categories; the same at any number of threads.
#[test]
fn comparison_data_find_the_factors_of_a_population() {
    let names: Vec<String> = (0..12).map(|i| format!("v{i}")).collect();
    for (factors, cut) in [(1, false), (3, false), (3, true)] {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
        let mut rows = ndarray::Array2::zeros((400, 12));
        for mut row in rows.rows_mut() {
            let own: Vec<f64> = (0..factors).map(|_| normal()).collect();
            for (i, answer) in row.iter_mut().enumerate() {
                let value = 0.75 * own[i * factors / 12] + 0.66 * normal();
                *answer =
                    if cut { [0.2, 0.8, 1.5].iter().filter(|c| value > **c).count() as f64 } else { value };
            }
        }
        let study =
            || Retention::default().replications(20).comparison_data(60).of(&names, rows.view()).unwrap();
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (one, three) = (pool(1).install(study), pool(3).install(study));
        assert_eq!(one, three);
        assert_eq!(one.suggestion(Rule::ComparisonData), Some(factors), "{:?}", one.comparison);
        let found = one.comparison.as_ref().unwrap();
        // a population of as many factors as there are correlates as the data do
        assert!(found.steps[factors - 1].residual < 0.04 && found.steps[0].pvalue.is_none());
        assert!(one.to_string().contains("Ruscio & Roche"));
    }
    let rows = data("hs").numeric(&items()).unwrap();
    let plain = Retention::default().replications(20).of(&items(), rows.view()).unwrap();
    assert!(plain.comparison.is_none() && !plain.suggestions.contains_key(&Rule::ComparisonData));
    let (r, n) = correlations("hs", &items());
    let found = Retention::default().comparison_data(100).of_correlations(&r, n);
    assert!(matches!(found, Err(Error::Unsupported { .. })));
    let found = Retention::default().comparison_data(1).of(&items(), rows.view());
    assert!(matches!(found, Err(Error::BadOption { .. })));
}

/// Of items that all measure alike, the one that is chosen is luck, and so is a part of its alpha: new respondents show it.
#[test]
fn what_a_short_form_loses_elsewhere_is_what_it_loses_in_new_respondents() {
    let names: Vec<String> = (0..15).map(|i| format!("v{i}")).collect();
    let drawn = |n: usize, seed: u64| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
        let mut rows = ndarray::Array2::zeros((n, 15));
        for mut row in rows.rows_mut() {
            let trait_ = normal();
            row.iter_mut().for_each(|answer| *answer = 0.5 * trait_ + 0.866 * normal());
        }
        rows
    };
    let part = |range: std::ops::Range<usize>| Coverage::new(names[range].to_vec(), 2);
    let forms = ShortForms::new(7).coverage(vec![part(0..5), part(5..10), part(10..15)]);
    let truth = 7.0 * 0.25 / (1.0 + 6.0 * 0.25);
    let (mut gained, mut told) = (0.0, 0.0);
    for seed in 0..10 {
        let found = forms.clone().of(&names, drawn(120, seed).view()).unwrap();
        assert!(found.chosen.is_best && found.unproven == 0);
        assert!(
            found.coverage.iter().all(|part| {
                part.items.iter().filter(|item| found.chosen.items.contains(item)).count() >= 2
            })
        );
        gained += (found.chosen.alpha - truth) / 10.0;
        told += found.loss / 10.0;
        assert!((found.chosen_in.iter().sum::<f64>() - 7.0).abs() < 1e-9);
    }
    // all respondents are twice as many as a half, so that luck is smaller there than in a half
    assert!(gained > 0.01 && told > gained && told < 4.0 * gained, "{gained} {told}");
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let run = || forms.of(&names, drawn(60, 1).view()).unwrap();
    assert_eq!(pool(1).install(run), pool(3).install(run));
    let few = drawn(19, 1);
    assert!(matches!(forms.of(&names, few.view()), Err(Error::TooFewRows { n: 19, needed: 20, .. })));
    assert!(matches!(ShortForms::new(16).of(&names, drawn(50, 1).view()), Err(Error::TooFewItems { .. })));
    let mut constant = drawn(50, 1);
    constant.column_mut(3).fill(1.0);
    assert!(matches!(forms.of(&names, constant.view()), Err(Error::ConstantItem { .. })));
    assert!(matches!(forms.clone().splits(0).of(&names, drawn(50, 1).view()), Err(Error::BadOption { .. })));
    let stopped = Progress::default();
    stopped.clone().stop();
    let found = forms.clone().progress(stopped).of(&names, drawn(50, 1).view());
    assert!(matches!(found, Err(Error::Stopped { .. })));
}

#[test]
fn omega_hierarchical_is_psychs() {
    let reference = reference();
    for set in ["hs", "likert5"] {
        let own = &reference[set]["omega"];
        let names = matrix(&reference[set]["A"]).rows;
        let (r, _) = correlations(set, &names);
        let found = extract(&r, 3, Extraction::Minres).unwrap();
        let rotated = Rotate::new(Criterion::Quartimin).of(&found.loadings).unwrap();
        let h = schmid_leiman(&r, &rotated.loadings, &rotated.phi, Extraction::Minres).unwrap();
        // psych's rotation stops at 1e-5
        assert_relative_eq!(h.omega_hierarchical, number(&own["h"]), epsilon = 1e-5);
        assert_relative_eq!(h.omega_total, number(&own["t"]), epsilon = 1e-5);
        assert_relative_eq!(h.omega_asymptotic, number(&own["lim"]), epsilon = 1e-5);
        assert_relative_eq!(h.ecv, number(&own["ecv"]), epsilon = 1e-5);
    }
    let names = items();
    let mut summary =
        ScaleSummary::new(names.iter().map(|name| ScaleItem::new(name.as_str())), Missing::Listwise);
    summary.push(data("hs").numeric(&names).unwrap().view()).unwrap();
    let found = Reliability::of(&summary).unwrap();
    assert_eq!(found.omega.hierarchical, None);
    let found = found.with_factors(&summary, 3).unwrap();
    assert_eq!(format!("{:.4}", found.omega.hierarchical.unwrap()), "0.4492");
}

#[test]
fn score_weights_are_psychs() {
    let reference = reference();
    let own = &reference["hs"]["scores"];
    let loadings = matrix(&own["loadings"]);
    let k = loadings.columns.clone();
    let phi = LabelledMatrix::new(k.clone(), k, serde_json::from_value(own["phi"].clone()).unwrap()).unwrap();
    let (r, _) = correlations("hs", &loadings.rows);
    for (rule, name) in [
        (ScoreRule::Regression, "Thurstone"),
        (ScoreRule::Bartlett, "Bartlett"),
        (ScoreRule::TenBerge, "tenBerge"),
        (ScoreRule::AndersonRubin, "Anderson"),
    ] {
        let ours = score_weights(&r, &loadings, &phi, rule).unwrap();
        let theirs = matrix(&own[name]);
        let off = ours.weights.values.iter().flatten().zip(theirs.values.iter().flatten());
        let off = off.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-4, "{name}: {off}");
        assert!(ours.validity.iter().all(|v| *v > 0.7 && *v < 1.0));
    }
}

#[test]
fn a_model_of_exploratory_factors_is_lavaans_efa() {
    let reference = reference();
    for (set, name, criterion) in [
        ("hs", "geomin", Criterion::Geomin { epsilon: 0.001 }),
        ("hs", "oblimin", Criterion::Oblimin { gamma: 0.0 }),
        ("likert5", "geomin", Criterion::Geomin { epsilon: 0.001 }),
        ("likert5", "wlsmv_geomin", Criterion::Geomin { epsilon: 0.001 }),
    ] {
        let own = &reference[set]["efa"][name];
        let theirs = matrix(&own["loadings"]);
        let is_ordinal = name.starts_with("wlsmv");
        let mut exploration = Exploration::new(3)
            .extraction(if is_ordinal { Extraction::Wlsmv } else { Extraction::Ml })
            .errors(FactorErrors::Standard)
            .rotate(Rotate::new(criterion));
        if is_ordinal {
            exploration = exploration.ordered(Ordered::All);
        }
        let found = exploration.of(&theirs.rows, &data(set)).unwrap();
        let solution = found.solution.as_ref().unwrap();
        let off = align(&solution.loadings.matrix(), &theirs).unwrap().largest_difference;
        assert!(off < 2e-5, "{set} {name}: {off}");
        for (measure, value) in own["fit"].as_object().unwrap() {
            let ours = found.fit[measure].unwrap_or_else(|| panic!("{measure}"));
            assert_relative_eq!(ours, number(value), max_relative = 2e-4, epsilon = 2e-5);
        }
        let errors = solution.loadings.se.as_ref().unwrap();
        assert!(errors.iter().flatten().all(|se| se.is_some_and(|se| se > 0.0 && se < 0.5)));
        let left = solution.residual_variances_se.as_ref().unwrap();
        assert!(left.values().all(|se| se.is_some_and(|se| se > 0.0 && se < 0.5)), "{left:?}");
    }
}

/// Mplus 8.2, ex4.1: loadings and standard errors as printed, of continuous answers by geomin.
#[test]
fn standard_errors_of_the_standardised_solution_are_those_of_the_general_model() {
    // one rotation is none: the exploratory model of one factor is the confirmatory one
    let names = items();
    let data = data("hs");
    let found = Exploration::new(1)
        .extraction(Extraction::Ml)
        .errors(FactorErrors::Standard)
        .of(&names, &data)
        .unwrap();
    let model: Model = format!("f =~ {}", names.join(" + ")).parse().unwrap();
    let fit = Estimation::default().fit(&model, &data).unwrap();
    let own = found.solution.unwrap();
    for (i, row) in fit.standardized().iter().filter(|row| row.op == "=~").enumerate() {
        assert_relative_eq!(own.loadings.values[i][0], row.est.unwrap(), epsilon = 1e-6);
        let se = own.loadings.se.as_ref().unwrap()[i][0].unwrap();
        assert_relative_eq!(se, row.se.unwrap(), max_relative = 1e-5);
    }
}

#[test]
fn exploratory_factors_stand_beside_others_in_a_model() {
    let data = data("hs");
    let text = "efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6\ng =~ x7 + x8 + x9\ng ~ f1 + f2\nf1 ~ ageyr\nf2 ~ ageyr";
    let model: Model = text.parse().unwrap();
    assert_eq!(model.to_string().parse::<Model>().unwrap(), model);
    let fit = Estimation::default().fit(&model, &data).unwrap();
    assert!(fit.converged);
    assert_eq!(fit.rotations.len(), 1);
    assert!(fit.rotations[0].search.reached > 0);
    // whatever turns the factors, the fit and what they explain stay
    let other = Rotation::new(Rotate::new(Criterion::Oblimin { gamma: 0.0 })).standardized(false);
    let again = Estimation::default().rotation(other).fit(&model, &data).unwrap();
    assert_relative_eq!(fit.measure("chisq").unwrap(), again.measure("chisq").unwrap(), epsilon = 1e-6);
    let (one, two) = (fit.r_squared(), again.r_squared());
    for (name, share) in &one[0] {
        if name.starts_with('x') || name == "g" {
            assert_relative_eq!(share.unwrap(), two[0][name].unwrap(), epsilon = 1e-6);
        }
    }
    for (a, b) in fit.implied_covariance().iter().zip(&again.implied_covariance()) {
        let off = a.values.iter().flatten().zip(b.values.iter().flatten()).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f64::max) < 1e-5);
    }
    assert!(fit.parameters.iter().filter(|p| p.free > 0).all(|p| p.se.is_some()));
}

#[test]
fn groups_share_rotated_loadings_or_have_their_own() {
    let data = data("hs");
    let model: Model = "efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6".parse().unwrap();
    let free = Estimation::default().group("school").fit(&model, &data).unwrap();
    assert_eq!((free.df(), free.rotations.len()), (8, 2));
    let equal = Estimation::default()
        .group("school")
        .equal([psychometrics::model::Equality::Loadings])
        .fit(&model, &data)
        .unwrap();
    // 12 loadings less 1 for the rotation, and 3 variances and covariances of the second group
    assert_eq!((equal.df(), equal.rotations.len()), (8 + 11 - 3, 1));
    for item in ["x1", "x4"] {
        let of = |group| equal.parameter_in(group, "f1", "=~", item).unwrap().est;
        assert_relative_eq!(of(1), of(2), epsilon = 1e-12);
    }
    assert!(equal.parameter_in(2, "f1", "~~", "f1").unwrap().se.is_some());
}

/// Units, signs and order of the items change nothing but themselves.
#[test]
fn rotated_factors_do_not_depend_on_units_signs_and_order() {
    let names = items();
    let original = data("hs");
    let rows = original.numeric(&names).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("moved.csv");
    let order = [4, 0, 8, 2, 6, 1, 3, 7, 5];
    let factor = |j: usize| [10.0, -0.01, 3.0, -1.0, 250.0, 1.0, 0.5, -2.0, 7.0][j];
    let mut text = order.iter().map(|&j| names[j].clone()).collect::<Vec<_>>().join(",");
    for row in rows.rows() {
        let cells: Vec<String> = order.iter().map(|&j| (factor(j) * row[j] + 5.0).to_string()).collect();
        text.push_str(&format!("\n{}", cells.join(",")));
    }
    std::fs::write(&path, text).unwrap();
    let moved = Dataset::read_csv(&path).unwrap();
    let moved_names: Vec<String> = order.iter().map(|&j| names[j].clone()).collect();
    for errors in [FactorErrors::None, FactorErrors::Standard] {
        let exploration = Exploration::new(3)
            .extraction(Extraction::Ml)
            .errors(errors)
            .rotate(Rotate::new(Criterion::Geomin { epsilon: 0.01 }));
        let one = exploration.of(&names, &original).unwrap();
        let other = exploration.of(&moved_names, &moved).unwrap();
        assert_relative_eq!(one.fit["chisq"].unwrap(), other.fit["chisq"].unwrap(), max_relative = 1e-6);
        let mut turned = other.solution.as_ref().unwrap().loadings.matrix();
        for (name, row) in turned.rows.iter().zip(&mut turned.values) {
            let j = names.iter().position(|own| own == name).unwrap();
            row.iter_mut().for_each(|l| *l *= factor(j).signum());
        }
        let own = one.solution.as_ref().unwrap();
        let aligned = align(&turned, &own.loadings.matrix()).unwrap();
        assert!(aligned.largest_difference < 1e-4, "{}", aligned.largest_difference);
        if errors == FactorErrors::Standard {
            let theirs = other.solution.as_ref().unwrap().loadings.se.as_ref().unwrap();
            let ours = own.loadings.se.as_ref().unwrap();
            for (i, name) in names.iter().enumerate() {
                let at = moved_names.iter().position(|own| own == name).unwrap();
                for j in 0..3 {
                    let (a, b) = (ours[i][j].unwrap(), theirs[at][aligned.factors[j]].unwrap());
                    assert_relative_eq!(a, b, max_relative = 1e-3, epsilon = 1e-5);
                }
            }
        }
    }
}

#[test]
fn factors_of_two_levels_have_a_solution_each() {
    let data = Dataset::read_csv("tests/data/two_level.csv").unwrap();
    let names: Vec<String> = ["y1", "y2", "y3", "y4", "y5", "y6"].map(String::from).to_vec();
    let names: Vec<String> = names.into_iter().filter(|name| data.has_column(name)).collect();
    let cluster = "team";
    let (within, between) = (LevelFactors::Factors(1), LevelFactors::Unrestricted);
    let found = Exploration::new(1)
        .extraction(Extraction::Ml)
        .levels(within, between)
        .cluster(cluster)
        .errors(FactorErrors::Standard)
        .of(&names, &data)
        .unwrap();
    assert!(found.converged && found.levels.len() == 1 && found.solution.is_none());
    let p = names.len() as f64;
    assert_eq!(found.fit["df"], Some(p * (p + 1.0) / 2.0 - 2.0 * p));
    assert!(found.levels["within"].loadings.se.is_some());
}

#[test]
fn items_are_told_that_stand_with_the_wrong_dimension() {
    let names = items();
    let found = Exploration::new(3).of(&names, &data("hs")).unwrap();
    let keyed = |items: &[&str]| items.iter().map(|item| (item.to_string(), false)).collect::<Vec<_>>();
    let dimensions = [
        ("visual".to_string(), keyed(&["x1", "x2", "x3"])),
        ("textual".to_string(), keyed(&["x4", "x5", "x6", "x9"])),
        ("speed".to_string(), vec![("x7".to_string(), false), ("x8".to_string(), true)]),
    ];
    let placed = found.placements(&dimensions).unwrap();
    assert_eq!(placed.at_home, 8);
    let of = |item: &str| &placed.items.iter().find(|own| own.item == item).unwrap().findings;
    let wrong =
        |f: &ItemFinding| matches!(f, ItemFinding::WrongDimension { dimension, .. } if dimension == "speed");
    assert!(of("x9").iter().any(wrong), "{:?}", of("x9"));
    assert!(of("x4").is_empty() && !of("x7").is_empty() || !of("x8").is_empty());
    let levels = bass_ackwards(
        &CorrelationMatrix::of(found.correlations.as_ref().unwrap()).unwrap(),
        3,
        Extraction::Minres,
        &Rotate::new(Criterion::Varimax),
        ScoreRule::TenBerge,
    )
    .unwrap();
    assert_eq!(levels.len(), 3);
    assert!(levels[2].with_above.as_ref().unwrap().values.iter().flatten().all(|r| r.abs() <= 1.0));
    let halves = Exploration::new(3).cross_validated(&names, &data("hs"), 1).unwrap();
    assert!(halves.converged && halves.congruence.iter().all(|c| *c > 0.8), "{halves:?}");
    assert_eq!(halves.n, (150, 151));
}

#[test]
fn what_cannot_be_factored_is_named() {
    let names = items();
    let hs = data("hs");
    let too_many = Exploration::new(6).of(&names, &hs);
    assert!(matches!(too_many, Err(Error::TooManyFactors { factors: 6, variables: 9, most: 5 })));
    assert!(matches!(Exploration::new(0).of(&names, &hs), Err(Error::TooManyFactors { factors: 0, .. })));
    let labels = |n: usize| (0..n).map(|i| format!("v{i}")).collect::<Vec<_>>();
    let of = |rows: Vec<Vec<f64>>| {
        CorrelationMatrix::of(&LabelledMatrix::new(labels(rows.len()), labels(rows.len()), rows).unwrap())
    };
    let constant = of(vec![vec![1.0, 0.0], vec![0.0, 0.0]]);
    assert!(matches!(constant, Err(Error::ConstantItem { item, .. }) if item == "v1"));
    let same = of(vec![vec![4.0, 2.0], vec![2.0, 1.0]]);
    assert!(
        matches!(same, Err(Error::IdenticalItems { first, second, .. }) if first == "v0" && second == "v1")
    );
    let beyond = of(vec![vec![1.0, 1.2], vec![1.2, 1.0]]);
    assert!(matches!(beyond, Err(Error::ImpossibleCorrelation { .. })));
    let skew = of(vec![vec![1.0, 0.3], vec![0.5, 1.0]]);
    assert!(matches!(skew, Err(Error::NotSymmetric { .. })));
    // a sum of two others: maximum likelihood needs the inverse, least squares does not
    let s = |i: usize, j: usize| {
        let w = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]];
        (0..3).map(|k| w[i][k] * w[j][k]).sum::<f64>()
    };
    let singular = of((0..4).map(|i| (0..4).map(|j| s(i, j)).collect()).collect()).unwrap();
    let ml = extract(&singular, 1, Extraction::Ml);
    assert!(matches!(ml, Err(Error::NotPositiveDefinite { variables, .. }) if variables.len() >= 2));
    let minres = extract(&singular, 1, Extraction::Minres).unwrap();
    assert!(minres.loadings.values.iter().flatten().all(|l| l.is_finite()));
    let indefinite = of(vec![
        vec![1.0, 0.9, -0.9, 0.1],
        vec![0.9, 1.0, 0.9, 0.1],
        vec![-0.9, 0.9, 1.0, 0.1],
        vec![0.1, 0.1, 0.1, 1.0],
    ])
    .unwrap();
    for extraction in Extraction::ALL.iter().filter(|own| !own.is_ordinal()) {
        match extract(&indefinite, 1, *extraction) {
            Ok(found) => {
                assert!(found.loadings.values.iter().flatten().all(|l| l.is_finite()), "{extraction}")
            }
            Err(error) => {
                assert!(matches!(error, Error::NotPositiveDefinite { .. }), "{extraction}: {error}")
            }
        }
    }
    let study = Retention::default().replications(20).of_correlations(&singular, 100).unwrap();
    assert!(study.nest.is_none() && study.suggestion(Rule::Nest).is_none());
    let few = Exploration::new(1).of(&names, &first_rows(&hs, &names, 9));
    assert!(matches!(few, Err(Error::TooFewRows { n: 9, .. })), "{few:?}");
    let a = extract(&correlations("hs", &names).0, 3, Extraction::Minres).unwrap().loadings;
    let rotate = |criterion| Rotate::new(criterion).of(&a);
    assert!(matches!(rotate(Criterion::Geomin { epsilon: 0.0 }), Err(Error::BadOption { .. })));
    assert!(matches!(rotate(Criterion::Geomin { epsilon: -1.0 }), Err(Error::BadOption { .. })));
    assert!(matches!(rotate(Criterion::Target), Err(Error::Unsupported { .. })));
    let wrong = Rotate::new(Criterion::Target).target(Target { values: vec![vec![None; 2]; 9] }).of(&a);
    assert!(matches!(wrong, Err(Error::WrongSize { found: 2, expected: 3, .. })));
    let short = Rotate::new(Criterion::Target).target(Target { values: vec![vec![None; 3]; 8] }).of(&a);
    assert!(matches!(short, Err(Error::WrongSize { found: 8, expected: 9, .. })));
    let one = extract(&correlations("hs", &names).0, 1, Extraction::Minres).unwrap().loadings;
    let found = Rotate::new(Criterion::Oblimin { gamma: 0.0 }).of(&one).unwrap();
    assert_eq!(found.loadings, one);
    assert!(matches!(Rotate::new(Criterion::Bifactor).of(&one), Err(Error::Unsupported { .. })));
}

fn first_rows(data: &Dataset, names: &[String], n: usize) -> Dataset {
    let rows = data.numeric(names).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("few.csv");
    let mut text = names.join(",");
    for row in rows.rows().into_iter().take(n) {
        text.push('\n');
        text.push_str(&row.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    }
    std::fs::write(&path, text).unwrap();
    Dataset::read_csv(&path).unwrap()
}

#[test]
fn blocks_that_make_no_sense_are_named() {
    let parse = |text: &str| text.parse::<Model>();
    let bad = |text: &str, word: &str| match parse(text) {
        Err(Error::BadModel { what, .. }) => assert!(what.contains(word), "{what}"),
        other => panic!("{text}: {other:?}"),
    };
    bad("efa(\"a\")*f1 =~ x1", "1 item");
    bad("efa(\"a\")*f1 =~ x1 + x2 + x3\nefa(\"a\")*f2 =~ x1 + x2 + x4", "same items");
    bad("efa(\"a\")*f1 + efa(\"a\")*f2 =~ 1*x1 + x2 + x3", "fixed");
    bad("efa(\"a\")*f1 + efa(\"b\")*f1 =~ x1 + x2 + x3", "more than once");
    assert!(matches!(parse("efa(\"a\")*f1 ~ x1"), Err(Error::Unsupported { .. })));
    assert!(matches!(parse("efa(a b)*f1 =~ x1"), Err(Error::ModelSyntax { .. })));
    assert!(matches!(parse("efa()*f1 =~ x1"), Err(Error::ModelSyntax { .. })));
    let fit = |text: &str| Estimation::default().fit(&parse(text).unwrap(), &data("hs"));
    let many = fit("efa(\"a\")*f1 + efa(\"a\")*f2 + efa(\"a\")*f3 =~ x1 + x2 + x3 + x4 + x5");
    assert!(matches!(many, Err(Error::TooManyFactors { factors: 3, variables: 5, most: 2 })), "{many:?}");
    let constrained = fit("efa(\"a\")*f1 + efa(\"a\")*f2 =~ a*x1 + x2 + x3 + x4 + x5 + x6\na == 0.5");
    assert!(matches!(constrained, Err(Error::Unsupported { .. })), "{constrained:?}");
    // turning moves a part of the effect on f1 to f2, which has none in the text
    let unlike = fit("efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6\nf1 ~ ageyr");
    assert!(matches!(unlike, Err(Error::BadModel { ref what, .. }) if what.contains("alike")), "{unlike:?}");
    let indices =
        fit("efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6").unwrap().modification_indices();
    assert!(matches!(indices, Err(Error::Unsupported { .. })));
    let model = parse("efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6").unwrap();
    let aimed = Rotation::new(Rotate::new(Criterion::Target)).aim("a", "x1", "f9", 0.0);
    let wrong = Estimation::default().rotation(aimed).fit(&model, &data("hs"));
    assert!(matches!(wrong, Err(Error::UnknownChoice { ref given, .. }) if given == "f9"), "{wrong:?}");
}

/// Epsilon goes by the number of factors under Mplus's conventions.
#[test]
fn mplus_takes_epsilon_by_the_number_of_factors() {
    let names = items();
    for (k, epsilon) in [(1, 1e-4), (2, 1e-4), (3, 1e-3), (4, 1e-2)] {
        let rotate = Rotate::new(Criterion::Geomin { epsilon: 0.5 }).epsilon_by_factors(true).starts(5);
        let found = Exploration::new(k)
            .extraction(Extraction::Ml)
            .conventions(Conventions::Mplus)
            .rotate(rotate)
            .of(&names, &data("hs"))
            .unwrap();
        assert_eq!(found.solution.unwrap().rotation_search.epsilon, Some(epsilon));
    }
}
