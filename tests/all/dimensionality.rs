//! What a validation says of exploratory dimensionality: constructs that are right, and constructs that are not.

use ndarray::Array2;
use psychometrics::construct::{Construct, Dimension, Item, ResponseScale, Structure};
use psychometrics::data::{Dataset, Responses};
use psychometrics::evidence::{Aspect, Evidence, MeasurementLevel, Standing, Usability, Validation, Verdict};
use psychometrics::factor::ItemFinding;
use psychometrics::{Estimation, Model};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Twelve items of three correlated factors, in five categories; item 4 measures the second.
fn answers(n: usize, seed: u64) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    // a sum of uniform numbers is as good as normal here
    let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let mut rows = Array2::zeros((n, 12));
    for mut row in rows.rows_mut() {
        let common = normal();
        let factors: Vec<f64> = (0..3).map(|_| 0.6 * common + 0.8 * normal()).collect();
        for (j, cell) in row.iter_mut().enumerate() {
            let factor = if j == 3 { 1 } else { j / 4 };
            let value = 0.75 * factors[factor] + 0.66 * normal();
            *cell = 3.0 + [-1.5, -0.5, 0.5, 1.5].iter().filter(|limit| value > **limit).count() as f64 - 2.0;
        }
    }
    rows
}

/// The construct; `right` puts item 4 where it belongs.
fn construct(right: bool) -> Construct {
    let dimension = |j: usize| match j {
        3 if right => "b",
        j => ["a", "b", "c"][j / 4],
    };
    Construct::builder("whole")
        .scale(ResponseScale::range("five", 1, 5))
        .dimension(Dimension::new("a"))
        .dimension(Dimension::new("b"))
        .dimension(Dimension::new("c"))
        .items((0..12).map(|j| Item::new(format!("i{}", j + 1), dimension(j), "five")))
        .structures([Structure::Correlated])
        .build()
        .unwrap()
}

fn validated(construct: &Construct, rows: &Array2<f64>, level: MeasurementLevel) -> Evidence {
    // columns in the order of the items of the construct
    let order: Vec<usize> =
        construct.items.iter().map(|item| item.id[1..].parse::<usize>().unwrap() - 1).collect();
    let own = rows.select(ndarray::Axis(1), &order);
    let responses = Responses::builder(construct).answers(own).build().unwrap();
    Validation::of(construct).level(level).run(&responses).unwrap()
}

fn verdict(evidence: &Evidence, aspect: Aspect) -> Verdict {
    evidence.conclusions.iter().find(|own| own.aspect == aspect).expect("a conclusion").verdict
}

#[test]
fn a_construct_that_is_right_is_found_again() {
    for level in [MeasurementLevel::Ordinal, MeasurementLevel::Continuous] {
        let evidence = validated(&construct(true), &answers(600, 1), level);
        let found = evidence.dimensionality.as_ref().unwrap();
        assert_eq!(found.dimensions, ["a", "b", "c"]);
        assert_eq!(found.retention.as_ref().unwrap().recommendation.factors, Some(3));
        let own = found.exploratory.as_ref().unwrap();
        let placed = own.placements.as_ref().unwrap();
        assert_eq!(placed.at_home, 12);
        assert_eq!(own.loadings.as_ref().unwrap().columns, ["a", "b", "c"]);
        assert_eq!(verdict(&evidence, Aspect::Dimensionality), Verdict::Supported);
        assert_eq!(verdict(&evidence, Aspect::CrossLoadings), Verdict::Supported);
        let entry = evidence.map.entries.iter().find(|e| e.topic == "Exploratory dimensionality").unwrap();
        assert_eq!(entry.standing, Standing::Supported);
        // it claims nothing, and is no rival that may be preferred
        assert!(evidence.structures.iter().all(|s| s.name != "esem"));
        // a general factor beside them costs a loading for each item, and is turned without correlations
        let general = found.general.as_ref().unwrap();
        assert_eq!(own.structure.result.df() - general.structure.result.df(), 12 - 3);
        let columns = &general.loadings.as_ref().unwrap().columns;
        assert_eq!(columns[1..], ["a", "b", "c"]);
        let phi = general.structure.result.factor_correlations(1).unwrap();
        let between = (0..4).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| phi.values[i][j].abs());
        assert!(between.fold(0.0, f64::max) < 1e-9);
        let (omega, ecv) = (general.omega_hierarchical.unwrap(), general.explained_common_variance.unwrap());
        assert!((0.0..1.0).contains(&omega) && (0.0..1.0).contains(&ecv), "{omega} {ecv}");
        assert_eq!(found.preferred_of_all.as_deref(), Some("correlated"));
        // it contains the structure of correlated factors
        let correlated = evidence.structure("correlated").unwrap();
        assert_eq!(correlated.result.df() - own.structure.result.df(), 12 * 3 - 12 - 6);
        let discrepancy = |fit: &psychometrics::estimate::Fit| fit.measure("chisq").unwrap();
        assert!(discrepancy(&own.structure.result) < discrepancy(&correlated.result));
    }
}

#[test]
fn an_item_in_the_wrong_place_is_named() {
    let evidence = validated(&construct(false), &answers(600, 2), MeasurementLevel::Ordinal);
    let found = evidence.dimensionality.as_ref().unwrap();
    let own = found.exploratory.as_ref().unwrap();
    let placed = own.placements.as_ref().unwrap();
    assert_eq!(placed.at_home, 11);
    let astray = placed.items.iter().find(|item| item.item == "i4").unwrap();
    assert_eq!((astray.dimension.as_str(), astray.loads_on.as_str()), ("a", "b"));
    assert!(matches!(astray.findings[0], ItemFinding::WrongDimension { .. }));
    // to let it go describes the answers better
    let against = own.against_correlated.unwrap();
    assert!(against.cfi.unwrap() > 0.01 && against.rmsea.unwrap() < -0.015);
    assert_eq!(verdict(&evidence, Aspect::CrossLoadings), Verdict::Mixed);
    let said = evidence.conclusions.iter().find(|own| own.aspect == Aspect::CrossLoadings).unwrap();
    assert!(said.text.contains("11 of 12 items") && said.text.contains("i4 on b"), "{}", said.text);
}

/// The exploratory structure is the model of the same text, fitted by itself.
#[test]
fn the_exploratory_structure_is_that_of_a_fit() {
    let construct = construct(true);
    let rows = answers(400, 3);
    let evidence = validated(&construct, &rows, MeasurementLevel::Continuous);
    let own = evidence.dimensionality.unwrap().exploratory.unwrap();
    let data = Dataset::builder().array((1..=12).map(|i| format!("i{i}")), rows.view()).build().unwrap();
    let model: Model = own.structure.model.parse().unwrap();
    let fit = Estimation::default().fit(&model, &data).unwrap();
    let chisq = |fit: &psychometrics::estimate::Fit| fit.measure("chisq").unwrap();
    assert!((chisq(&fit) - chisq(&own.structure.result)).abs() < 1e-4);
    let loadings = fit.loadings(1, true).unwrap();
    let sizes = |matrix: &psychometrics::moments::LabelledMatrix, item: &str| {
        let at = matrix.rows.iter().position(|row| row == item).unwrap();
        let mut own: Vec<f64> = matrix.values[at].iter().map(|x| x.abs()).collect();
        own.sort_by(f64::total_cmp);
        own
    };
    for item in &loadings.rows {
        let (ours, theirs) = (sizes(own.loadings.as_ref().unwrap(), item), sizes(&loadings, item));
        assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-3), "{item}: {ours:?} {theirs:?}");
    }
}

#[test]
fn of_few_respondents_nothing_is_concluded() {
    let evidence = validated(&construct(true), &answers(40, 4), MeasurementLevel::Continuous);
    let about = |aspect: Aspect| evidence.conclusions.iter().filter(move |own| own.aspect == aspect);
    let all = about(Aspect::Dimensionality).chain(about(Aspect::CrossLoadings));
    let verdicts: Vec<Verdict> = all.map(|own| own.verdict).collect();
    assert!(!verdicts.is_empty() && verdicts.iter().all(|own| *own == Verdict::Open));
    // nor on the first screen
    let findings = &evidence.overview.findings;
    assert!(findings[0].text.starts_with("Of only 40 respondents"), "{findings:?}");
    assert!(findings.iter().all(|own| own.standing == Standing::Open));
    assert!(evidence.overview.scores.iter().all(|own| own.usability == Usability::Open));
}
