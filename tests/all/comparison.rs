//! Difference tests of nested models against lavaan's `lavTestLRT()`, and what cannot be compared.

use psychometrics::data::Dataset;
use psychometrics::estimate::{Comparison, DifferenceTest, compare};
use psychometrics::model::{LatentCovariances, Scaling};
use psychometrics::{Estimation, Estimator, Fit, Model, Warning};

const MODEL: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

fn data() -> Dataset {
    Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap()
}

fn fit(estimation: &Estimation, model: &str) -> Fit {
    estimation.fit(&model.parse::<Model>().unwrap(), &data()).unwrap()
}

fn orthogonal(estimator: Estimator) -> Fit {
    fit(&Estimation::new(estimator).latent_covariances(LatentCovariances::Orthogonal), MODEL)
}

#[test]
fn every_difference_test_is_lavaans() {
    use DifferenceTest::{Satorra2000, SatorraBentler2001, SatorraBentler2010, Standard};
    // lavaan 0.6-14: lavTestLRT(cfa(m, d, estimator), cfa(m, d, estimator, orthogonal = TRUE), method)
    let cases = [
        (Estimator::Ml, Standard, 68.22157617),
        (Estimator::Wls, Standard, 23.98026455),
        (Estimator::Gls, Standard, 29.54428614),
        (Estimator::Mlm, SatorraBentler2001, 55.89949952),
        (Estimator::Mlm, SatorraBentler2010, 55.32559264),
        (Estimator::Mlm, Satorra2000, 62.69870932),
        (Estimator::Mlr, SatorraBentler2001, 44.62495933),
        (Estimator::Mlr, SatorraBentler2010, 15.63239288),
        (Estimator::Mlr, Satorra2000, 49.85201223),
        (Estimator::Mlmv, SatorraBentler2001, 35.03421016),
        (Estimator::Mlmv, SatorraBentler2010, 37.89444976),
        (Estimator::Mlmv, Satorra2000, 62.69870932),
        (Estimator::Ulsmv, SatorraBentler2001, 20.33354424),
        (Estimator::Ulsmv, SatorraBentler2010, 23.76757202),
        (Estimator::Ulsmv, Satorra2000, 51.21676167),
    ];
    for (estimator, method, lavaan) in cases {
        let (free, restricted) = (fit(&Estimation::new(estimator), MODEL), orthogonal(estimator));
        // in whatever order they are given
        let comparison = compare(&[("orthogonal", &restricted), ("oblique", &free)], Some(method)).unwrap();
        assert!(comparison.warnings.is_empty(), "{:?}", comparison.warnings);
        let difference = &comparison.differences[0];
        assert_eq!((difference.from.as_str(), difference.to.as_str()), ("oblique", "orthogonal"));
        assert_eq!(difference.df_diff, 3.0);
        let found = difference.chisq_diff.unwrap();
        // lavaan stops its search earlier: its statistics carry that error
        assert!((found - lavaan).abs() < 1e-4 * lavaan, "{estimator:?} {method:?}: {found} {lavaan}");
    }
}

fn only_warning(comparison: &Comparison) -> String {
    let [warning @ Warning::NotComparable { .. }] = comparison.warnings.as_slice() else {
        panic!("{:?}", comparison.warnings)
    };
    assert_eq!(comparison.differences[0].chisq_diff, None);
    warning.to_string()
}

#[test]
fn what_is_not_nested_or_of_other_data_is_not_tested() {
    let estimation = Estimation::new(Estimator::Ml);
    let free = fit(&estimation, MODEL);
    // other variables measure the factors: fewer parameters, and moments that the first cannot have
    let other = fit(&estimation, "a =~ x1 + x4 + x7 + x2 + x5 + x8\nb =~ x3 + x6 + x9");
    let warning = only_warning(&compare(&[("three", &free), ("two", &other)], None).unwrap());
    assert!(warning.contains("not nested"), "{warning}");
    let half = data();
    let rows: Vec<usize> = (0..150).collect();
    let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    let values = half.numeric(&names).unwrap().select(ndarray::Axis(0), &rows);
    let half = Dataset::builder().array(names, values).nan_is_missing().build().unwrap();
    let part = Estimation::new(Estimator::Ml)
        .latent_covariances(LatentCovariances::Orthogonal)
        .fit(&MODEL.parse().unwrap(), &half)
        .unwrap();
    let warning = only_warning(&compare(&[("all", &free), ("half", &part)], None).unwrap());
    assert!(warning.contains("different data"), "{warning}");
    // the same model in another metric
    let again = fit(&estimation.clone().scaling(Scaling::UnitVariance), MODEL);
    let warning = only_warning(&compare(&[("marker", &free), ("unit", &again)], None).unwrap());
    assert!(warning.contains("same degrees of freedom"), "{warning}");
}

/// lavaan takes the plain difference without a word; a test that is named must be that test.
#[test]
fn a_scaled_difference_of_tests_that_are_not_scaled_is_refused() {
    use DifferenceTest::{Satorra2000, SatorraBentler2001, SatorraBentler2010};
    for estimator in [Estimator::Ml, Estimator::Gls, Estimator::Uls, Estimator::Wls, Estimator::Dwls] {
        let (free, restricted) = (fit(&Estimation::new(estimator), MODEL), orthogonal(estimator));
        for method in [Satorra2000, SatorraBentler2001, SatorraBentler2010] {
            let error = compare(&[("free", &free), ("restricted", &restricted)], Some(method)).unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains(method.name()) && text.contains("'free', whose own test is not scaled"),
                "{text}"
            );
        }
    }
}
