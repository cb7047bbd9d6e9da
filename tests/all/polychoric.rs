//! Correlations of ordinal answers, against exact two-step solutions and polycor.

use approx::assert_relative_eq;
use psychometrics::Error;
use psychometrics::correlation::{
    Correlate, Correlations, EmptyCells, Keep, Method, Ordered, PairKind, ThreeStage,
};
use psychometrics::data::{CsvOptions, CsvSource, Dataset};
use psychometrics::moments::Missing;

fn rows_of(table: &[&[f64]]) -> ndarray::Array2<f64> {
    let mut rows = Vec::new();
    for (i, row) in table.iter().enumerate() {
        for (j, count) in row.iter().enumerate() {
            rows.extend(vec![[i as f64, j as f64]; *count as usize]);
        }
    }
    ndarray::Array2::from(rows)
}

fn of(table: &[&[f64]], options: &Correlate) -> Correlations {
    options.of(&["x", "y"], rows_of(table).view()).unwrap()
}

fn likert() -> ndarray::Array2<f64> {
    // two items of the sample construct, as answered by somebody: a coarse grid with a clear association
    rows_of(&[&[20., 10., 4.], &[8., 30., 12.], &[2., 14., 25.]])
}

/// Two-step and maximum likelihood by polycor 0.8.1 of R 4.2.2: polychor(table, ML = FALSE | TRUE, std.err = TRUE).
#[test]
fn a_three_by_three_table_has_polycors_correlation() {
    let two_step = Correlate::default().of(&["x", "y"], likert().view()).unwrap();
    let pair = &two_step.pairs[0];
    assert_eq!((pair.kind, pair.n, pair.empty_cells), (PairKind::Polychoric, 125, 0));
    assert!((pair.r - 0.639_567_96).abs() < 2e-5, "{}", pair.r);
    let ml = Correlate::default().method(Method::MaximumLikelihood).of(&["x", "y"], likert().view()).unwrap();
    let ml = &ml.pairs[0];
    assert!((ml.r - 0.641_656_21).abs() < 1e-3, "{}", ml.r);
    assert!(ml.gradient < 1e-9, "{}", ml.gradient);
    assert!(ml.log_likelihood >= pair.log_likelihood);
    assert!((ml.test.unwrap().likelihood_ratio - 3.324_632_42).abs() < 1e-3);
    assert!((ml.se.unwrap() - 0.072_378_44).abs() < 1e-3, "{:?}", ml.se);
}

#[test]
fn a_transposed_or_reversed_table_has_the_same_correlation_or_its_negative() {
    let rows = likert();
    let found =
        |rows: &ndarray::Array2<f64>| Correlate::default().of(&["x", "y"], rows.view()).unwrap().pairs[0].r;
    let mut reversed = rows.clone();
    reversed.column_mut(1).mapv_inplace(|v| 2.0 - v);
    let swapped = ndarray::Array2::from_shape_fn(rows.dim(), |(i, j)| rows[(i, 1 - j)]);
    assert!((found(&rows) + found(&reversed)).abs() < 1e-12);
    assert!((found(&rows) - found(&swapped)).abs() < 1e-12);
}

#[test]
fn an_empty_cell_of_two_by_two_is_a_policy() {
    let table: &[&[f64]] = &[&[10.0, 0.0], &[5.0, 10.0]];
    let half = of(table, &Correlate::default());
    assert!(half.pairs[0].se.is_some() && half.pairs[0].r < 1.0);
    assert_eq!(half.pairs[0].empty_cells, 1);
    let kept = of(table, &Correlate::default().empty_cells(EmptyCells::Keep));
    assert_eq!((kept.pairs[0].r, kept.pairs[0].se), (1.0, None));
    assert!(kept.warnings[0].to_string().contains("'x' and 'y'"), "{}", kept.warnings[0]);
}

#[test]
fn what_is_no_ordinal_item_is_named() {
    let codes = |error: Error| error.code().to_string();
    let one = ndarray::arr2(&[[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]]);
    assert_eq!(codes(Correlate::default().of(&["x", "y"], one.view()).unwrap_err()), "constant_item");
    let half = ndarray::arr2(&[[1.0, 1.0], [2.0, 1.5], [3.0, 2.0]]);
    let error = Correlate::default().of(&["x", "y"], half.view()).unwrap_err();
    assert_eq!(error.place().unwrap(), "column 'y', row 2");
    let many =
        ndarray::Array2::from_shape_fn((500, 2), |(i, j)| if j == 0 { i as f64 } else { (i % 3) as f64 });
    let error = Correlate::default().of(&["x", "y"], many.view()).unwrap_err();
    assert!(error.to_string().contains("500 categories"), "{error}");
    let mixed =
        Correlate::default().ordered(Ordered::Named(vec!["y".into()])).of(&["x", "y"], many.view()).unwrap();
    assert_eq!(mixed.pairs[0].kind, PairKind::Polyserial);
    let unknown = Correlate::default().ordered(Ordered::Named(vec!["z".into()]));
    assert_eq!(codes(unknown.of(&["x", "y"], many.view()).unwrap_err()), "bad_option");
}

use crate::table;

/// lavaan names statistics without spaces, and takes means with their sign changed.
fn compare_three_stage(part: &str, file: &str, names: &[&str], ordered: Ordered, covariates: &[&str]) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
    let covariates: Vec<String> = covariates.iter().map(|name| (*name).to_string()).collect();
    let rows = table::columns(file, &names);
    let found =
        ThreeStage::of(&names, rows.view(), &ordered, &covariates, EmptyCells::default(), Keep::Influences)
            .unwrap();
    let reference = &table::reference("ordinal_moments.json")[part];
    let own: Vec<String> = found.names().iter().map(|name| name.replace(' ', "")).collect();
    assert_eq!(own, table::strings(&reference["names"]));
    let sign = |i: usize| if own[i].ends_with("~1") { -1.0 } else { 1.0 };
    let gamma = found.asymptotic_covariance().unwrap();
    let n = rows.nrows() as f64;
    for (i, name) in own.iter().enumerate() {
        let value = reference["values"][i].as_f64().unwrap();
        // lavaan's own searches stop at about 1e-6
        assert_relative_eq!(sign(i) * found.values()[i], value, epsilon = 2e-6);
        assert_relative_eq!(found.standard_errors()[i].powi(2) * n, gamma.values[i][i], max_relative = 1e-12);
        for j in 0..own.len() {
            let value = reference["gamma"][i][j].as_f64().unwrap();
            let ours = sign(i) * sign(j) * gamma.values[i][j];
            assert!((ours - value).abs() < 2e-4 * (1.0 + value.abs()), "{name}, {}: {ours} {value}", own[j]);
        }
    }
}

#[test]
fn asymptotic_covariances_are_lavaans_for_ordinal_items() {
    compare_three_stage("ordinal", "likert5.csv", &["a1", "a2", "a3", "a4"], Ordered::All, &[]);
}

#[test]
fn asymptotic_covariances_are_lavaans_for_mixed_items() {
    compare_three_stage("mixed", "likert5.csv", &["a1", "b1", "c1"], Ordered::Named(vec!["a1".into()]), &[]);
}

#[test]
fn asymptotic_covariances_are_lavaans_given_a_covariate() {
    let ordered = Ordered::Named(vec!["a1".into(), "a2".into()]);
    compare_three_stage("given", "likert5.csv", &["a1", "b1", "a2", "c1", "crit"], ordered, &["crit"]);
}

#[test]
fn asymptotic_covariances_are_lavaans_with_missing_answers() {
    compare_three_stage("pairwise", "likert5_missing.csv", &["a1", "a2", "b1"], Ordered::All, &[]);
}

/// Exact solutions: the score's root to 1e-13 (mvtnorm's TVPACK in R 4.2.2), thresholds of all answers.
#[test]
fn two_step_correlations_are_the_exact_ones() {
    for (file, first, second, rho) in [
        ("likert5.csv", "a1", "a2", 0.556815593029791),
        ("likert5.csv", "a1", "a3", 0.534772123916848),
        ("likert5.csv", "b3", "b4", -0.447340705071867),
        ("likert5.csv", "a1", "b3", -0.310254798042137),
        ("likert5.csv", "c1", "c4", 0.500399118016341),
        ("likert5_missing.csv", "a1", "a2", 0.559899296792758),
        ("likert5_missing.csv", "a3", "b3", -0.206073516004701),
    ] {
        let names = [first.to_string(), second.to_string()];
        let found = Correlate::default().of(&names, table::columns(file, &names).view()).unwrap();
        assert_relative_eq!(found.pairs[0].r, rho, epsilon = 1e-9);
    }
}

/// lavaan 0.6-14: lavCor 0.443054948919651. Maximum likelihood is the probit regression on the standardised covariate:
/// MASS::polr of R 4.2.2 has slope 0.4936875767 and so 0.4426796863; polycor 0.8.1 stops at 0.44313, with se 0.03317.
#[test]
fn polyserial_correlations_are_those_of_lavaan_and_of_probit_regression() {
    let names = ["crit".to_string(), "a1".to_string()];
    let rows = table::columns("likert5.csv", &names);
    let options = Correlate::default().ordered(Ordered::Named(vec!["a1".into()]));
    let two_step = options.clone().of(&names, rows.view()).unwrap();
    assert_eq!(two_step.pairs[0].kind, PairKind::Polyserial);
    assert_relative_eq!(two_step.pairs[0].r, 0.443054948919651, epsilon = 1e-6);
    let ml = options.method(Method::MaximumLikelihood).of(&names, rows.view()).unwrap();
    assert_relative_eq!(ml.pairs[0].r, 0.4426796863, epsilon = 1e-8);
    // polycor takes the standardised covariate as given; its own scale has the variance beta^2 / (2 n)
    let (beta, n) = (0.4936875767_f64, 600.0);
    let of_scale = beta.powi(2) / (2.0 * n) / (1.0 + beta * beta).powi(3);
    let se = (ml.pairs[0].se.unwrap().powi(2) - of_scale).sqrt();
    assert_relative_eq!(se, 0.03317, epsilon = 1e-4);
    assert!(ml.pairs[0].gradient < 1e-8);
}

/// Tables counted from a file are those of rows in memory: the same bits, complete, incomplete, listwise; and moments give
/// Pearson's correlations to rounding.
#[test]
fn a_stream_gives_what_rows_give() {
    let names: Vec<String> = ["a1", "a2", "a3", "b1", "b2"].map(String::from).to_vec();
    for file in ["tests/data/likert5.csv", "tests/data/likert5_missing.csv"] {
        let options = CsvOptions { columns: names.clone(), ..CsvOptions::default() };
        let source = CsvSource::open(file, &options).unwrap();
        let rows = Dataset::read(file, &options).unwrap().numeric(&names).unwrap();
        for missing in [Missing::Pairwise, Missing::Listwise] {
            for method in [Method::TwoStep, Method::MaximumLikelihood] {
                let correlate = Correlate::default().missing(missing).method(method);
                assert_eq!(
                    correlate.read(&source).unwrap(),
                    correlate.of(&names, rows.view()).unwrap(),
                    "{file}"
                );
            }
            let pearson = Correlate::default().ordered(Ordered::None).missing(missing);
            let (stream, rows) = (pearson.read(&source).unwrap(), pearson.of(&names, rows.view()).unwrap());
            assert_eq!((stream.rows_used, &stream.counts()), (rows.rows_used, &rows.counts()));
            for (a, b) in stream.pairs.iter().zip(&rows.pairs) {
                assert!(
                    (a.r - b.r).abs() < 1e-13 && (a.se.unwrap() - b.se.unwrap()).abs() < 1e-13,
                    "{a:?} {b:?}"
                );
            }
        }
    }
}

/// Standard normal draws (Box & Muller 1958) from a xorshift generator.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        for (left, by) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << by } else { self.0 >> by };
        }
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn draw(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Two items with four categories, y* = .4 x + u with correlation .5 between the u's, and x to two decimals.
fn with_covariate(n: usize, seed: u64) -> ndarray::Array2<f64> {
    let mut normal = Normal(0x9e37_79b9_7f4a_7c15 ^ (seed + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut rows = ndarray::Array2::zeros((n, 3));
    for mut row in rows.rows_mut() {
        let (x, shared) = ((normal.draw() * 100.0).round() / 100.0, normal.draw() * 0.5_f64.sqrt());
        for j in 0..2 {
            let y = 0.4 * x + shared + normal.draw() * 0.5_f64.sqrt();
            row[j] = [-1.0, 0.2, 1.1].iter().filter(|tau| y > **tau).count() as f64;
        }
        row[2] = x;
    }
    rows
}

fn given_x(rows: &ndarray::Array2<f64>) -> (Vec<String>, Vec<f64>, Vec<f64>) {
    let ordered = Ordered::Named(vec!["a".into(), "b".into()]);
    let names = ["a", "b", "x"];
    let found =
        ThreeStage::of(&names, rows.view(), &ordered, &["x"], EmptyCells::Keep, Keep::Variances).unwrap();
    (found.names(), found.values().to_vec(), found.standard_errors())
}

/// Near the top a step gains less than the rounding of a log-likelihood of 50,000 answers. Every sample has its estimates, and
/// they are the truth within 4.5 standard errors.
#[test]
fn regressions_of_many_answers_have_estimates() {
    let truth = [-1.0, 0.2, 1.1, -1.0, 0.2, 1.1, 0.4, 0.4, 0.5];
    for seed in 0..8 {
        let (names, values, errors) = given_x(&with_covariate(50_000, seed));
        assert_eq!(names.len(), truth.len());
        for (((name, value), se), truth) in names.iter().zip(values).zip(errors).zip(truth) {
            assert!((value - truth).abs() < 4.5 * se && se < 0.02, "{seed}: {name} {value} ({se})");
        }
    }
}

/// A covariate in other units, or with a constant added, has the slopes that follow; the correlation given it stays.
#[test]
fn units_and_constants_of_a_covariate_change_nothing_else() {
    let rows = with_covariate(500, 3);
    let (names, values, errors) = given_x(&rows);
    for (times, plus) in [(1.0, 1e6), (1e6, 0.0), (1e-6, 0.0), (-1.0, 1e8)] {
        let mut moved = rows.clone();
        moved.column_mut(2).mapv_inplace(|x| times * x + plus);
        let (_, other, other_errors) = given_x(&moved);
        let slope = |name: &str| {
            let own = names.iter().position(|own| *own == format!("{name} ~ x")).unwrap();
            values[own] / times
        };
        for (i, name) in names.iter().enumerate() {
            let (expected, se, size) = match name.split_once(" | ") {
                Some((item, _)) => (values[i] + slope(item) * plus, None, 1.0 + plus),
                None if name.contains('~') && !name.contains("~~") => {
                    (values[i] / times, Some(errors[i] / f64::abs(times)), 1.0 / f64::abs(times))
                }
                None => (values[i], Some(errors[i]), 1.0),
            };
            assert!(
                (other[i] - expected).abs() < 1e-8 * size,
                "{times} {plus} {name}: {} {expected}",
                other[i]
            );
            if let Some(se) = se {
                assert!(
                    (other_errors[i] - se).abs() < 1e-6 * se,
                    "{times} {plus} {name}: {} {se}",
                    other_errors[i]
                );
            }
        }
    }
}
