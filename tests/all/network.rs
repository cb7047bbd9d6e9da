//! Exploratory graph analysis: against qgraph and igraph (tests/reference/network.json), structures that are known, and what must
//! be true of any data.

use ndarray::Array2;
use psychometrics::data::{Dataset, Progress};
use psychometrics::factor::{
    Adequacy, Basis, Communities, CommunityAlgorithm, CorrelationMatrix, ExploratoryGraph, GraphAnalysis,
    GraphResampling, Retention,
};
use psychometrics::moments::{LabelledMatrix, Missing, Moments};
use psychometrics::{Error, Warning};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

const SETS: [(&str, &str); 6] = [
    ("hs", "data/holzinger_swineford_1939/hs.csv"),
    ("hs_gamma0", "data/holzinger_swineford_1939/hs.csv"),
    ("likert5", "tests/data/likert5.csv"),
    ("attitude", "tests/data/attitude.csv"),
    ("attitude_gamma0", "tests/data/attitude.csv"),
    ("three_dimensions", "tests/data/three_dimensions.csv"),
];

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/network.json")).unwrap()
}

fn of<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn rows_of(path: &str, names: &[String]) -> Array2<f64> {
    Dataset::read_csv(path).unwrap().numeric(names).unwrap()
}

/// Communities numbered by their first node, whatever they are called.
fn partition<T: PartialEq>(of: &[T]) -> Vec<usize> {
    of.iter().map(|own| of.iter().position(|other| other == own).unwrap()).collect()
}

/// `factors` with `items` each that load alike and correlate alike; every third item is reversed.
fn simulated(factors: usize, items: usize, (loading, r, n): (f64, f64, usize), seed: u64) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((n, factors * items));
    for mut row in rows.rows_mut() {
        let general = normal() * r.sqrt();
        let own: Vec<f64> = (0..factors).map(|_| general + normal() * (1.0 - r).sqrt()).collect();
        for (i, answer) in row.iter_mut().enumerate() {
            let sign = if i % 3 == 2 { -1.0 } else { 1.0 };
            *answer = sign * (loading * own[i / items] + normal() * (1.0 - loading * loading).sqrt());
        }
    }
    rows
}

fn named(count: usize) -> Vec<String> {
    (1..=count).map(|i| format!("i{i}")).collect()
}

fn dimensions(found: &ExploratoryGraph) -> Vec<Option<usize>> {
    found.items.iter().map(|own| own.dimension).collect()
}

#[test]
fn networks_are_those_of_qgraph_and_communities_those_of_igraph() {
    let reference = reference();
    for (set, path) in SETS {
        let theirs = &reference[set];
        let names: Vec<String> = of(&theirs["items"]);
        let gamma = theirs["gamma"].as_f64().unwrap();
        let analysis = GraphAnalysis::default().gamma(gamma).one_dimension_first(false);
        let found = analysis.of(&names, rows_of(path, &names).view()).unwrap();
        let penalty = theirs["lambda"].as_f64().unwrap();
        assert!((found.penalty / penalty - 1.0).abs() < 1e-9, "{set}: {} {penalty}", found.penalty);
        let weights: Vec<Vec<f64>> = of(&theirs["weights"]);
        // glasso stops when W moves by 1e-4 of its mean
        for (ours, theirs) in found.weights.values.iter().flatten().zip(weights.iter().flatten()) {
            assert!((ours - theirs).abs() < 1e-4, "{set}: {ours} {theirs}");
        }
        let ebic = found.path.iter().map(|own| own.ebic).fold(f64::INFINITY, f64::min);
        assert!((ebic / theirs["ebic"].as_f64().unwrap() - 1.0).abs() < 1e-5, "{set}: {ebic}");
        if theirs["walktrap"].is_null() {
            assert_eq!((found.dimensions, found.edges, found.tefi), (0, 0, None));
            assert!(matches!(found.warnings[..], [Warning::EmptyNetwork { items: 7, n: 30 }]));
            continue;
        }
        let network = LabelledMatrix::new(names.clone(), names.clone(), weights).unwrap();
        for (algorithm, key) in
            [(CommunityAlgorithm::Walktrap, "walktrap"), (CommunityAlgorithm::Louvain, "louvain")]
        {
            let own = Communities::of(&network, algorithm, 1).unwrap();
            let membership: Vec<usize> = of(&theirs[key]);
            assert_eq!(partition(&own.of), partition(&membership), "{set} {key}");
            let modularity = theirs[format!("{key}_modularity")].as_f64().unwrap();
            assert!((own.modularity.unwrap() - modularity).abs() < 1e-10, "{set} {key}");
            let found =
                analysis.clone().algorithm(algorithm).of(&names, rows_of(path, &names).view()).unwrap();
            assert_eq!(dimensions(&found), own.of);
        }
        assert!((found.tefi.unwrap() - theirs["tefi"].as_f64().unwrap()).abs() < 1e-10, "{set}");
    }
}

/// Of 20 samples each, those in which every item is where it belongs.
#[test]
fn structures_that_are_known_are_found_again() {
    for algorithm in CommunityAlgorithm::ALL {
        for (factors, items) in [(1, 6), (1, 12), (2, 6), (3, 5), (4, 5)] {
            let names = named(factors * items);
            let truth: Vec<Option<usize>> = (0..names.len()).map(|i| Some(i / items + 1)).collect();
            let is_found = |seed: &u64| {
                let rows = simulated(factors, items, (0.7, 0.3, 500), *seed);
                let found = GraphAnalysis::default().algorithm(*algorithm).of(&names, rows.view()).unwrap();
                dimensions(&found) == truth
            };
            let hits = (1..=20).filter(is_found).count();
            assert!(hits >= 19, "{algorithm} {factors} x {items}: {hits} of 20");
        }
    }
}

#[test]
fn order_signs_and_units_change_no_network() {
    let (names, rows) = (named(15), simulated(3, 5, (0.6, 0.4, 400), 7));
    for algorithm in CommunityAlgorithm::ALL {
        let analysis = GraphAnalysis::default().algorithm(*algorithm);
        let plain = analysis.of(&names, rows.view()).unwrap();
        let order: Vec<usize> = (0..15).map(|i| (7 * i + 3) % 15).collect();
        let sign = |i: usize| if i.is_multiple_of(2) { -3.0 } else { 0.01 };
        let other =
            Array2::from_shape_fn((400, 15), |(row, j)| 50.0 + sign(order[j]) * rows[(row, order[j])]);
        let shuffled: Vec<String> = order.iter().map(|&i| names[i].clone()).collect();
        let found = analysis.of(&shuffled, other.view()).unwrap();
        assert_eq!((found.dimensions, found.edges), (plain.dimensions, plain.edges));
        let before: Vec<Option<usize>> = shuffled.iter().map(|name| plain.dimension(name)).collect();
        assert_eq!(partition(&before), partition(&dimensions(&found)));
        assert!((found.tefi.unwrap() - plain.tefi.unwrap()).abs() < 1e-9);
        for (i, first) in names.iter().enumerate() {
            for (j, second) in names.iter().enumerate() {
                let turned = sign(i).signum() * sign(j).signum();
                let (own, theirs) = (plain.weights.values[i][j], found.weights.get(first, second).unwrap());
                assert!((own - turned * theirs).abs() < 1e-7, "{first} {second}: {own} {theirs}");
            }
        }
        let twice = ndarray::concatenate![ndarray::Axis(0), rows, rows];
        assert_eq!(analysis.of(&names, twice.view()).unwrap().dimensions, plain.dimensions);
    }
}

/// The conditions that hold at the graphical lasso's maximum: of edges W - S is the penalty with the sign of K, elsewhere within it.
#[test]
fn the_network_is_at_the_maximum() {
    let (names, rows) = (named(12), simulated(3, 4, (0.6, 0.3, 300), 3));
    let found = GraphAnalysis::default().of(&names, rows.view()).unwrap();
    let moments = Moments::of(names.iter().cloned(), rows.view(), Missing::Listwise).unwrap();
    let r = moments.correlation().unwrap();
    assert!(found.edges > 10 && found.edges < 60);
    // K up to the scale of its rows is I - weights: W follows, scaled to a unit diagonal
    let k =
        nalgebra::DMatrix::from_fn(12, 12, |i, j| f64::from(u8::from(i == j)) - found.weights.values[i][j]);
    let mut w = k.try_inverse().unwrap();
    let scale: Vec<f64> = (0..12).map(|i| w[(i, i)].sqrt()).collect();
    for i in 0..12 {
        for j in 0..12 {
            w[(i, j)] /= scale[i] * scale[j];
        }
    }
    for i in 0..12 {
        for j in 0..i {
            let (off, weight) = (r.values[i][j] - w[(i, j)], found.weights.values[i][j]);
            match weight == 0.0 {
                true => assert!(off.abs() < found.penalty + 1e-8),
                false => assert!((off - found.penalty * weight.signum()).abs() < 1e-7, "{i} {j}: {off}"),
            }
        }
    }
}

#[test]
fn a_bootstrap_is_the_same_at_any_number_of_threads_and_another_at_another_seed() {
    let (names, rows) = (named(9), simulated(3, 3, (0.7, 0.3, 250), 5));
    let ordinal = rows.mapv(|x| x.clamp(-1.6, 1.6).round());
    for (basis, rows, replicates) in [(Basis::Pearson, &rows, 60), (Basis::Polychoric, &ordinal, 12)] {
        for resampling in GraphResampling::ALL {
            let analysis =
                GraphAnalysis::default().basis(basis).bootstrap(replicates).resampling(*resampling);
            let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let run = |analysis: &GraphAnalysis| analysis.of(&names, rows.view()).unwrap();
            let (one, three) = (pool(1).install(|| run(&analysis)), pool(3).install(|| run(&analysis)));
            assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&three).unwrap());
            let other = run(&analysis.clone().seed(2));
            let (own, other) = (one.stability.as_ref().unwrap(), other.stability.unwrap());
            assert_ne!(own.edges, other.edges);
            assert_eq!((own.replicates, own.failed), (replicates, 0));
            let all: f64 = own.dimensions.iter().map(|(_, share)| share).sum();
            assert!((all - 1.0).abs() < 1e-12);
            for (row, item) in own.shares.values.iter().zip(&own.items) {
                assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!(
                    item.is_some_and(|share| (0.5..=1.0).contains(&share)),
                    "{basis} {resampling}: {own:?}"
                );
            }
            for edge in &own.edges {
                assert!(edge.lower <= edge.upper && edge.weight != 0.0 && edge.share > 0.0);
            }
            let read: ExploratoryGraph = serde_json::from_value(serde_json::to_value(&one).unwrap()).unwrap();
            assert_eq!(read, one);
            assert!(one.to_string().contains("Dimensions found in samples"));
        }
    }
    let stopped = Progress::default();
    stopped.clone().stop();
    let found = GraphAnalysis::default().bootstrap(20).progress(stopped).of(&names, rows.view());
    assert!(matches!(found, Err(Error::Stopped { .. })));
}

#[test]
fn an_item_that_wanders_is_told_from_those_that_stay() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((300, 11));
    for mut row in rows.rows_mut() {
        let own = [normal(), normal()];
        for (i, answer) in row.iter_mut().enumerate() {
            // the last item belongs to both
            let of = if i == 10 { (own[0] + own[1]) / 2f64.sqrt() } else { own[i / 5] };
            *answer = 0.75 * of + 0.66 * normal();
        }
    }
    let found = GraphAnalysis::default().bootstrap(100).of(&named(11), rows.view()).unwrap();
    let stability = found.stability.unwrap();
    assert!(stability.items[10].unwrap() < 0.9, "{stability:?}");
    assert!((0..10).all(|i| stability.items[i].unwrap() > 0.9), "{stability:?}");
}

#[test]
fn what_makes_no_network_is_refused_by_name() {
    let analysis = GraphAnalysis::default();
    let rows = simulated(2, 3, (0.7, 0.0, 60), 1);
    let names = named(6);
    let some = |count: usize| rows.view().split_at(ndarray::Axis(1), count).0;
    assert!(matches!(analysis.of(&named(1), some(1)), Err(Error::TooFewItems { found: 1, needed: 3, .. })));
    assert!(matches!(analysis.of(&named(2), some(2)), Err(Error::TooFewItems { found: 2, .. })));
    assert!(matches!(analysis.of(&names, some(5)), Err(Error::WrongSize { .. })));
    let few = rows.view().split_at(ndarray::Axis(0), 3).0;
    assert!(matches!(analysis.of(&names, few), Err(Error::TooFewRows { n: 3, .. })));
    let mut constant = rows.clone();
    constant.column_mut(4).fill(2.5);
    for basis in [Basis::Pearson, Basis::Polychoric] {
        let rows = if basis == Basis::Polychoric { constant.mapv(f64::round) } else { constant.clone() };
        let found = analysis.clone().basis(basis).of(&names, rows.view());
        assert!(matches!(&found, Err(Error::ConstantItem { item, .. }) if item == "i5"), "{found:?}");
    }
    let mut copied = rows.clone();
    let first = rows.column(0).to_owned();
    copied.column_mut(3).assign(&first);
    assert!(matches!(analysis.of(&names, copied.view()), Err(Error::IdenticalItems { .. })));
    assert!(matches!(analysis.clone().gamma(-1.0).of(&names, rows.view()), Err(Error::BadOption { .. })));
    assert!(matches!(analysis.clone().gamma(f64::NAN).of(&names, rows.view()), Err(Error::BadOption { .. })));
    assert!(matches!(
        analysis.clone().least_penalty(1.0).of(&names, rows.view()),
        Err(Error::BadOption { .. })
    ));
    assert!(matches!(analysis.clone().penalties(1).of(&names, rows.view()), Err(Error::BadOption { .. })));
    assert!(matches!(analysis.clone().bootstrap(1).of(&names, rows.view()), Err(Error::BadOption { .. })));
    let own = ["a", "b", "c"].map(String::from).to_vec();
    let impossible = vec![vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]];
    let matrix =
        CorrelationMatrix::of(&LabelledMatrix::new(own.clone(), own.clone(), impossible).unwrap()).unwrap();
    assert!(matches!(analysis.of_correlations(&matrix, 100), Err(Error::NotPositiveDefinite { .. })));
    let r = vec![vec![1.0, 0.5, 0.0], vec![0.5, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
    let matrix = CorrelationMatrix::of(&LabelledMatrix::new(own.clone(), own, r).unwrap()).unwrap();
    let cases = analysis.clone().bootstrap(10).resampling(GraphResampling::Cases);
    assert!(matches!(cases.of_correlations(&matrix, 100), Err(Error::Unsupported { .. })));
    let alone = analysis.bootstrap(10).of_correlations(&matrix, 100).unwrap();
    assert_eq!(dimensions(&alone), [Some(1), Some(1), None]);
    assert!(matches!(&alone.warnings[0], Warning::Unconnected { items } if items == &["c"]));
    assert!(alone.tefi.is_none() && alone.stability.unwrap().items[2].is_none());
}

/// A sum of items beside them, and fewer respondents than items: the penalty makes an answer of what has no inverse.
#[test]
fn singular_matrices_have_a_network() {
    let rows = simulated(3, 5, (0.7, 0.2, 200), 2);
    let with_sum = Array2::from_shape_fn((200, 16), |(i, j)| match j {
        15 => rows.row(i).iter().take(5).sum(),
        j => rows[(i, j)],
    });
    let few = rows.view().split_at(ndarray::Axis(0), 12).0;
    for (names, rows) in [(named(16), with_sum.view()), (named(15), few)] {
        let found = GraphAnalysis::default().gamma(0.0).bootstrap(10).of(&names, rows).unwrap();
        assert!(found.weights.values.iter().flatten().all(|w| w.is_finite() && w.abs() < 1.0));
        assert!(found.path.iter().all(|own| own.ebic.is_finite()));
        let is_few = |warning: &Warning| matches!(warning, Warning::FewRows { .. });
        assert_eq!(found.warnings.iter().any(is_few), names.len() == 15);
    }
}

#[test]
fn missing_answers_leave_rows_out_and_are_told() {
    let (names, mut rows) = (named(9), simulated(3, 3, (0.7, 0.0, 200), 4));
    (0..20).for_each(|i| rows[(i * 7, i % 9)] = f64::NAN);
    let found = GraphAnalysis::default().of(&names, rows.view()).unwrap();
    assert_eq!(found.n, 180);
    assert!(matches!(found.warnings[0], Warning::RowsLeftOut { used: 180, read: 200 }));
}

#[test]
fn mardias_tests_are_psychs_at_the_divisor_n() {
    let reference = reference();
    for (set, path) in [SETS[0], SETS[2], SETS[3]] {
        let names: Vec<String> = of(&reference[set]["items"]);
        let number = |name: &str| reference["mardia"][set][name].as_f64().unwrap();
        let rows = rows_of(path, &names);
        let study = Retention::default().replications(10).of(&names, rows.view()).unwrap();
        let own = study.adequacy.mardia.unwrap();
        // psych's S has the divisor n - 1, Mardia's n: d_ij is larger by n / (n - 1)
        let n = own.n as f64;
        let larger = n / (n - 1.0);
        let p = names.len() as f64;
        let z = (number("kurtosis") * larger.powi(2) - p * (p + 2.0)) * (n / (8.0 * p * (p + 2.0))).sqrt();
        for (name, ours, theirs) in [
            ("skew", own.skewness, number("skew") * larger.powi(3)),
            ("chisq", own.skewness_chisq, number("chisq") * larger.powi(3)),
            ("small", own.skewness_chisq_small, number("small") * larger.powi(3)),
            ("kurtosis", own.kurtosis, number("kurtosis") * larger.powi(2)),
            ("z", own.kurtosis_z, z),
        ] {
            assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{set} {name}: {ours} {theirs}");
        }
        if set == "attitude" {
            // R: pchisq(113.230701937886 * (30 / 29)^3, 84, lower.tail = FALSE), 2 * pnorm(-z)
            assert!((own.skewness_pvalue_small - 0.002_332_889_241_066_6).abs() < 1e-9, "{own:?}");
            assert!((own.kurtosis_pvalue - 0.427_277_627_971_613).abs() < 1e-9, "{own:?}");
        }
        // other units, other order: the same
        let other = Array2::from_shape_fn(rows.dim(), |(i, j)| {
            7.0 - 0.3 * (j + 1) as f64 * rows[(i, rows.ncols() - 1 - j)]
        });
        let again = Adequacy::mardia_of(other.view()).unwrap();
        assert!((again.skewness - own.skewness).abs() < 1e-8 && (again.kurtosis - own.kurtosis).abs() < 1e-8);
        let r = Moments::of(names.iter().cloned(), rows.view(), Missing::Listwise)
            .unwrap()
            .correlation()
            .unwrap();
        assert_eq!(Adequacy::of(&CorrelationMatrix::of(&r).unwrap(), Some(300)).unwrap().mardia, None);
    }
}
