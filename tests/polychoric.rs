//! Correlations of ordinal answers, against exact two-step solutions and polycor.

use psychometrics::Error;
use psychometrics::correlation::{Correlate, Correlations, EmptyCells, Method, Ordered, PairKind};

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
