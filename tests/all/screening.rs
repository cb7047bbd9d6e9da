//! Screening of answers: each index against its published definition worked by hand, and what must hold for any data.

use ndarray::{Array2, array};
use psychometrics::data::{Column, Dataset};
use psychometrics::evidence::internal_structure::Key;
use psychometrics::evidence::response_process::{
    MissingTable, ScreenedScale, Screening, ScreeningIndex, ScreeningStudy, even_odd, longstring,
    longstring_cutoff, mahalanobis, person_total, response_variability,
};
use psychometrics::{Error, Warning};

/// Closed forms.
const EXACT: f64 = 1e-12;
const GAP: f64 = f64::NAN;

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("a value");
    assert!((found - expected).abs() < EXACT, "{found} where {expected} is expected");
}

/// Answers to items x1, x2, ...
fn table(rows: &[&[f64]]) -> Dataset {
    let p = rows[0].len();
    let names = (1..=p).map(|j| format!("x{j}"));
    Dataset::builder()
        .array(names, Array2::from_shape_fn((rows.len(), p), |(i, j)| rows[i][j]))
        .nan_is_missing()
        .build()
        .unwrap()
}

fn screen(data: &Dataset) -> Screening {
    ScreeningStudy::default().of::<&str>(data, &[]).unwrap()
}

fn flagged(found: &Screening, index: ScreeningIndex) -> Vec<usize> {
    found.flags.iter().filter(|f| f.index == index).map(|f| f.row).collect()
}

/// Answers without a pattern, on 1 to 5, from a small congruential generator.
fn noise(rows: usize, items: usize) -> Array2<f64> {
    let mut state = 7u64;
    Array2::from_shape_fn((rows, items), |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        1.0 + ((state >> 33) % 5) as f64
    })
}

#[test]
fn longstring_is_the_longest_run_and_half_of_the_items_is_too_long() {
    // runs: 1, 2 (4 4), 4 (2 2 2 2), 1
    assert_eq!(longstring(&[5.0, 4.0, 4.0, 2.0, 2.0, 2.0, 2.0, 1.0]), 4);
    // a gap ends the run: 2 and 3
    assert_eq!(longstring(&[3.0, 3.0, GAP, 3.0, 3.0, 3.0]), 3);
    assert_eq!(longstring(&[GAP, GAP]), 0);
    let cutoffs = [3, 4, 9, 10, 11, 40].map(longstring_cutoff);
    assert_eq!(cutoffs, [None, Some(4), Some(9), Some(5), Some(6), Some(20)]);
    let mut answers = noise(30, 12);
    answers.row_mut(4).iter_mut().take(6).for_each(|x| *x = 3.0);
    let data = Dataset::builder()
        .array((1..=12).map(|j| format!("x{j}")), answers)
        .nan_is_missing()
        .build()
        .unwrap();
    let found = screen(&data);
    assert_eq!(flagged(&found, ScreeningIndex::Longstring), [5]);
    let flag = found.flags.iter().find(|f| f.index == ScreeningIndex::Longstring).unwrap();
    assert!(flag.value >= 6.0 && flag.cutoff == 6.0);
}

#[test]
fn response_variability_is_the_standard_deviation_of_a_row() {
    // mean 3, squares 4 + 1 + 1 + 4 = 10, divisor 3
    near(response_variability(&[1.0, 2.0, 4.0, 5.0]), (10.0f64 / 3.0).sqrt());
    // over what is answered: mean 2, squares 1 + 1, divisor 1
    near(response_variability(&[1.0, GAP, 3.0]), 2.0f64.sqrt());
    assert_eq!(response_variability(&[0.1, 0.1, 0.1]), Some(0.0));
    assert_eq!(response_variability(&[4.0]), None);
}

#[test]
fn even_odd_is_the_corrected_correlation_of_half_scales() {
    // odd means (1 + 3) / 2 = 2, 4, 3, 1; even means 2, 5, 2, 1
    // deviations -.5 1.5 .5 -1.5 and -.5 2.5 -.5 -1.5: xy = .25 + 3.75 - .25 + 2.25 = 6, xx = 5, yy = 9
    let scales = [vec![1.0, 2.0, 3.0], vec![4.0, 5.0], vec![3.0, 2.0, GAP], vec![1.0, 1.0]];
    let r = 6.0 / 45.0f64.sqrt();
    near(even_odd(&scales), 2.0 * r / (1.0 + r));
    // r = -1, and r = -0.5 of which 2 r / (1 + r) = -2: both -1
    assert_eq!(even_odd(&[vec![1.0, 3.0], vec![2.0, 2.0], vec![3.0, 1.0]]), Some(-1.0));
    assert_eq!(even_odd(&[vec![1.0, 3.0], vec![2.0, 1.0], vec![3.0, 2.0]]), Some(-1.0));
    // one half does not vary; a scale without an even answer leaves two
    assert_eq!(even_odd(&[vec![2.0, 1.0], vec![2.0, 2.0], vec![2.0, 3.0]]), None);
    assert_eq!(even_odd(&[vec![1.0, 1.0], vec![2.0, 2.0], vec![3.0, GAP]]), None);
}

#[test]
fn even_odd_turns_reversed_items_on_the_range_and_flags_below_thirty() {
    let data = table(&[
        // keyed (x2, x4, x6 turned: 6 - x): odd 1 3 5, even 1 3 5: r = 1
        &[1.0, 5.0, 3.0, 3.0, 5.0, 1.0],
        // odd 1 3 5, even 5 3 1: r = -1
        &[1.0, 1.0, 3.0, 3.0, 5.0, 5.0],
    ]);
    let scale = |name: &str, odd: &str, even: &str| ScreenedScale {
        name: name.into(),
        items: vec![(odd.into(), Key::Forward), (even.into(), Key::Reversed)],
    };
    let scales = vec![scale("a", "x1", "x2"), scale("b", "x3", "x4"), scale("c", "x5", "x6")];
    let study = ScreeningStudy { range: Some((1.0, 5.0)), scales, respondent: None };
    let found = study.of::<&str>(&data, &[]).unwrap();
    near(found.respondents[0].even_odd, 1.0);
    near(found.respondents[1].even_odd, -1.0);
    assert_eq!(flagged(&found, ScreeningIndex::EvenOdd), [2]);
    // without a range there is nothing to turn around on, and the item is named
    let error = ScreeningStudy { range: None, ..study.clone() }.of::<&str>(&data, &[]).unwrap_err();
    assert!(matches!(error, Error::BadOption { .. }) && error.to_string().contains("'x2'"), "{error}");
    let two = ScreeningStudy { scales: study.scales[..2].to_vec(), ..study };
    assert!(matches!(two.of::<&str>(&data, &[]), Err(Error::TooFewItems { needed: 3, found: 2, .. })));
}

#[test]
fn synonyms_and_antonyms_are_pairs_of_the_sample_and_correlate_within_a_respondent() {
    // x2 = x1, x4 = x3, x6 = x5 but for the last respondent; x1, x3 and x5 do not go together by more than chance
    let data = table(&[
        &[1.0, 1.0, 5.0, 5.0, 2.0, 2.0],
        &[5.0, 5.0, 4.0, 4.0, 1.0, 1.0],
        &[2.0, 2.0, 1.0, 1.0, 5.0, 5.0],
        &[4.0, 4.0, 5.0, 5.0, 5.0, 5.0],
        &[1.0, 1.0, 1.0, 1.0, 3.0, 3.0],
        &[5.0, 5.0, 2.0, 2.0, 3.0, 3.0],
        &[3.0, 3.0, 3.0, 3.0, 1.0, 1.0],
        &[1.0, 3.0, 2.0, 2.0, 3.0, 1.0],
    ]);
    let found = screen(&data);
    let pairs: Vec<(&str, &str)> =
        found.synonyms.iter().map(|p| (p.first.as_str(), p.second.as_str())).collect();
    // the strongest first: the last respondent takes nothing from the correlation of x3 and x4
    assert_eq!(pairs, [("x3", "x4"), ("x1", "x2"), ("x5", "x6")]);
    // pairs (1, 1), (5, 5), (2, 2)
    near(found.respondents[0].synonyms, 1.0);
    // pairs (1, 3), (2, 2), (3, 1)
    near(found.respondents[7].synonyms, -1.0);
    assert_eq!(flagged(&found, ScreeningIndex::Synonyms), [8]);
    // the second item of each pair turned around: the same pairs are antonyms, and every sign changes
    let mut turned = data.numeric(&data.numeric_names()).unwrap();
    for j in [1, 3, 5] {
        turned.column_mut(j).mapv_inplace(|x| 6.0 - x);
    }
    let found = screen(
        &Dataset::builder()
            .array(["x1", "x2", "x3", "x4", "x5", "x6"], turned)
            .nan_is_missing()
            .build()
            .unwrap(),
    );
    assert!(found.synonyms.is_empty() && found.antonyms.len() == 3);
    near(found.respondents[0].antonyms, -1.0);
    near(found.respondents[7].antonyms, 1.0);
    assert_eq!(flagged(&found, ScreeningIndex::Antonyms), [8]);
}

#[test]
fn an_item_is_in_one_pair_of_synonyms_only() {
    // three items that go together make three pairs, of which the first excludes the others: too few for an index
    let data =
        table(&[&[1.0, 1.0, 2.0], &[2.0, 2.0, 2.0], &[3.0, 3.0, 3.0], &[4.0, 4.0, 5.0], &[5.0, 5.0, 5.0]]);
    let found = screen(&data);
    let pairs: Vec<(&str, &str)> =
        found.synonyms.iter().map(|p| (p.first.as_str(), p.second.as_str())).collect();
    assert_eq!(pairs, [("x1", "x2")]);
    assert!(found.respondents.iter().all(|r| r.synonyms.is_none()));
    assert!(found.warnings.iter().any(|w| w.to_string().contains("psychometric synonyms")));
}

#[test]
fn mahalanobis_is_the_distance_in_the_metric_of_the_sample() {
    let names = ["a".to_string(), "b".to_string()];
    // means 2 and 2; variances (1 + 1 + 0 + 0) / 3 = 2/3 and the same; all cross products are 0:
    // D^2 = 1 / (2/3) = 1.5, and of two items p = exp(-D^2 / 2)
    let answers = array![[1.0, 2.0], [3.0, 2.0], [2.0, 1.0], [2.0, 3.0]];
    for found in mahalanobis(&names, answers.view()).unwrap() {
        let found = found.unwrap();
        near(Some(found.d2), 1.5);
        near(Some(found.pvalue), (-0.75f64).exp());
    }
    // correlated: variances 2/3 (1, 3, 2, 2) and 4/3 (1, 3, 1, 3), covariance (1 + 1) / 3 = 2/3
    // S = [2/3 2/3; 2/3 4/3], det 4/9, inverse [3 -1.5; -1.5 1.5]; (-1, -1): 3 - 3 + 1.5 = 1.5; (0, -1): 1.5
    let answers = array![[1.0, 1.0], [3.0, 3.0], [2.0, 1.0], [2.0, 3.0]];
    let found = mahalanobis(&names, answers.view()).unwrap();
    near(found[0].map(|d| d.d2), 1.5);
    near(found[2].map(|d| d.d2), 1.5);
    // a missing answer: the answered item alone, squared distance in its own variance, one degree of freedom
    let answers = array![[1.0, 2.0], [3.0, 2.0], [2.0, 1.0], [2.0, 3.0], [4.0, GAP], [GAP, GAP]];
    let found = mahalanobis(&names, answers.view()).unwrap();
    // a: 1 3 2 2 4, mean 2.4, squares 1.96 + .36 + .16 + .16 + 2.56 = 5.2, variance 1.3; D^2 = 2.56 / 1.3
    near(found[4].map(|d| d.d2), 2.56 / 1.3);
    assert_eq!(found[4].map(|d| d.df), Some(1));
    assert_eq!(found[5], None);
}

#[test]
fn a_far_respondent_is_flagged_with_the_chi_square_value_that_he_passes() {
    let mut answers = noise(200, 3);
    answers.row_mut(17).assign(&array![40.0, -30.0, 40.0]);
    let found = screen(&Dataset::builder().array(["a", "b", "c"], answers).nan_is_missing().build().unwrap());
    assert_eq!(flagged(&found, ScreeningIndex::Mahalanobis), [18]);
    let flag = found.flags.iter().find(|f| f.index == ScreeningIndex::Mahalanobis).unwrap();
    // the .999 quantile of chi-square with 3 degrees of freedom in any table: 16.266
    assert!((flag.cutoff - 16.266).abs() < 5e-4 && flag.value > flag.cutoff, "{flag:?}");
}

#[test]
fn squared_distances_add_up_to_the_degrees_of_freedom() {
    // sum D^2 = (N - 1) trace(S^-1 S) = (N - 1) p for complete answers
    let names: Vec<String> = (0..4).map(|j| format!("x{j}")).collect();
    let found = mahalanobis(&names, noise(60, 4).view()).unwrap();
    let sum: f64 = found.iter().map(|d| d.unwrap().d2).sum();
    assert!((sum - 59.0 * 4.0).abs() < 1e-9, "{sum}");
}

#[test]
fn person_total_is_the_correlation_with_the_means_of_the_others() {
    // means of the others of the first: (2, 3, 5); answers 1, 2, 3: deviations -1 0 1 and -4/3 -1/3 5/3
    // xy = 4/3 + 5/3 = 3, xx = 2, yy = (16 + 1 + 25) / 9 = 14/3; r = 3 / sqrt(28/3)
    let found = person_total(array![[1.0, 2.0, 3.0], [1.0, 3.0, 5.0], [3.0, 3.0, 5.0]].view());
    near(found[0], 3.0 / (28.0f64 / 3.0).sqrt());
    // who goes against the others is flagged
    let rows: Vec<Vec<f64>> = (0..6).map(|i| vec![1.0, 3.0, 5.0, 4.0 + f64::from(i % 2)]).collect();
    let mut rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    rows.push(&[5.0, 3.0, 1.0, 2.0]);
    let found = screen(&table(&rows));
    assert_eq!(flagged(&found, ScreeningIndex::PersonTotal), [7]);
}

#[test]
fn missing_answers_by_item_by_pair_and_by_pattern() {
    let answers = array![[1.0, 2.0, 3.0], [GAP, 2.0, 3.0], [GAP, 1.0, 1.0], [2.0, GAP, GAP], [3.0, 3.0, 3.0]];
    let names = ["a", "b", "c"].map(String::from);
    let found = MissingTable::of(&names, answers.view());
    let patterns: Vec<(&str, usize)> = found.patterns.iter().map(|p| (p.pattern.as_str(), p.count)).collect();
    assert_eq!(patterns, [("111", 2), ("011", 2), ("100", 1)]);
    assert_eq!(found.patterns[2].missing, ["b", "c"]);
    assert_eq!(found.by_item.iter().map(|i| (i.n, i.missing)).collect::<Vec<_>>(), [(3, 2), (4, 1), (4, 1)]);
    assert_eq!(found.coverage.values, [[3, 2, 2], [2, 4, 4], [2, 4, 4]]);
    assert_eq!((found.complete, found.share), (2, 4.0 / 15.0));
}

#[test]
fn impossible_answers_are_told_and_count_as_missing_elsewhere() {
    let rows: [&[f64]; 5] = [
        &[1.0, 2.0, 3.0, 5.0],
        &[2.0, 33.0, 4.0, 1.0],
        &[5.0, 3.0, 1.0, 2.0],
        &[0.0, 4.0, 2.0, 3.0],
        &[4.0, 1.0, 3.0, 2.0],
    ];
    let data = table(&rows);
    let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
    let found = study.of::<&str>(&data, &[]).unwrap();
    let cells: Vec<(usize, &str, f64)> =
        found.out_of_range.iter().map(|c| (c.row, c.item.as_str(), c.value)).collect();
    assert_eq!(cells, [(2, "x2", 33.0), (4, "x1", 0.0)]);
    let cutoffs: Vec<f64> =
        found.flags.iter().filter(|f| f.index == ScreeningIndex::OutOfRange).map(|f| f.cutoff).collect();
    assert_eq!(cutoffs, [5.0, 1.0]);
    // 2, 4, 1 without the 33: mean 7/3, squares (1 + 25 + 16) / 9 = 42/9, divisor 2
    near(found.respondents[1].irv, (42.0f64 / 18.0).sqrt());
    let bad = ScreeningStudy { range: Some((5.0, 1.0)), ..ScreeningStudy::default() };
    assert!(matches!(bad.of::<&str>(&data, &[]), Err(Error::BadOption { .. })));
}

#[test]
fn rows_and_respondents_that_occur_twice_are_named() {
    let id = Column::from(vec!["ann", "bob", "cas", "bob"]);
    let data = Dataset::builder()
        .columns([
            ("id", id),
            ("x1", Column::from(vec![1.0, 2.0, 1.0, 3.0])),
            ("x2", Column::from(vec![Some(4.0), Some(2.0), Some(4.0), None])),
            ("x3", Column::from(vec![5.0, 1.0, 5.0, 3.0])),
            ("x4", Column::from(vec![2.0, 2.0, 2.0, 1.0])),
        ])
        .nan_is_missing()
        .build()
        .unwrap();
    let study = ScreeningStudy { respondent: Some("id".into()), ..ScreeningStudy::default() };
    let found = study.of::<&str>(&data, &[]).unwrap();
    assert_eq!(found.items, ["x1", "x2", "x3", "x4"]);
    assert_eq!(found.duplicates.iter().map(|d| d.rows.clone()).collect::<Vec<_>>(), [[1, 3]]);
    assert_eq!(flagged(&found, ScreeningIndex::DuplicateAnswers), [1, 3]);
    assert_eq!(flagged(&found, ScreeningIndex::DuplicateRespondent), [2, 4]);
    assert_eq!(found.respondents[2].respondent.as_deref(), Some("cas"));
}

#[test]
fn the_order_of_the_rows_changes_nothing_but_their_numbers() {
    let mut answers = noise(40, 11);
    // some structure, so that no index is without values
    for mut row in answers.rows_mut() {
        for j in 1..5 {
            row[j] = row[0];
            row[j + 5] = 6.0 - row[0];
        }
    }
    for (row, item) in [(3, 2), (9, 0), (9, 1), (20, 10)] {
        answers[(row, item)] = GAP;
    }
    // without a distance of all items: nine of them are one
    let order: Vec<usize> = (0..40).map(|i| (i * 7 + 3) % 40).collect();
    let names = || (1..=11).map(|j| format!("x{j}"));
    let first = screen(&Dataset::builder().array(names(), answers.clone()).nan_is_missing().build().unwrap());
    let moved = answers.select(ndarray::Axis(0), &order);
    let second = screen(&Dataset::builder().array(names(), moved).nan_is_missing().build().unwrap());
    assert_eq!(first.missing, second.missing);
    let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < EXACT,
        (a, b) => a == b,
    };
    for (new, old) in order.iter().enumerate() {
        let (a, b) = (&first.respondents[*old], &second.respondents[new]);
        assert_eq!((a.longstring, a.missing, a.flags), (b.longstring, b.missing, b.flags));
        assert!(close(a.irv, b.irv) && close(a.synonyms, b.synonyms) && close(a.antonyms, b.antonyms));
        assert!(close(a.person_total, b.person_total));
    }
    let told = |w: &Warning| matches!(w, Warning::NotDone { what, .. } if what == "Mahalanobis distance");
    assert!(first.warnings.iter().any(told), "{:?}", first.warnings);
}

#[test]
fn bad_input_is_named_and_leaves_no_number_that_looks_like_an_answer() {
    // a row without answers, a respondent who repeats an answer, an item that never varies, an item without answers
    let data = table(&[
        &[1.0, 2.0, 5.0, 3.0, 1.0, GAP],
        &[GAP, GAP, GAP, GAP, GAP, GAP],
        &[3.0, 3.0, 3.0, 3.0, 3.0, GAP],
        &[2.0, 4.0, 1.0, 3.0, 5.0, GAP],
        &[4.0, 5.0, 2.0, 3.0, 2.0, GAP],
        &[5.0, 1.0, 4.0, 3.0, 4.0, GAP],
        &[1.0, 5.0, 5.0, 3.0, 2.0, GAP],
    ]);
    let found = screen(&data);
    assert_eq!(flagged(&found, ScreeningIndex::NoAnswers), [2]);
    assert_eq!(flagged(&found, ScreeningIndex::ResponseVariability), [3]);
    let empty = &found.respondents[1];
    assert_eq!(
        (empty.longstring, empty.irv, empty.mahalanobis, empty.person_total),
        (None, None, None, None)
    );
    assert_eq!(found.respondents[2].person_total, None);
    let text: Vec<String> = found.warnings.iter().map(ToString::to_string).collect();
    assert!(text.iter().any(|w| w.contains("'x4'") && w.contains("all its answers are 3")), "{text:?}");
    assert!(text.iter().any(|w| w.contains("'x6'") && w.contains("no answers")), "{text:?}");
    assert_eq!(found.respondents[0].mahalanobis.map(|d| d.df), Some(4));
    let page = found.to_string();
    assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    let json = serde_json::to_string(&found).unwrap();
    assert!(!json.contains("NaN"));
    // one item: what can be said of one
    let found = ScreeningStudy::default().of(&data, &["x1"]).unwrap();
    assert!(found.warnings.iter().any(|w| w.to_string().contains("'x1' is the only item")));
    assert_eq!(flagged(&found, ScreeningIndex::NoAnswers), [2]);
    assert!(found.respondents.iter().all(|r| r.mahalanobis.is_none() && r.longstring.is_none()));
}

#[test]
fn a_column_of_text_is_an_error_when_asked_for_and_a_warning_when_not() {
    let data = Dataset::builder()
        .columns([
            ("role", Column::from(vec!["nurse", "doctor", "nurse"])),
            ("x1", Column::from(vec![1.0, 2.0, 3.0])),
            ("x2", Column::from(vec![2.0, 2.0, 1.0])),
        ])
        .nan_is_missing()
        .build()
        .unwrap();
    let study = ScreeningStudy::default();
    assert!(matches!(study.of(&data, &["x1", "role"]), Err(Error::BadCells { .. })));
    assert!(matches!(study.of(&data, &["x11"]), Err(Error::UnknownColumn { .. })));
    let found = study.of::<&str>(&data, &[]).unwrap();
    assert_eq!(found.items, ["x1", "x2"]);
    assert!(found.warnings.iter().any(|w| w.to_string().contains("'role'")));
    let text =
        Dataset::builder().columns([("role", Column::from(vec!["nurse"]))]).nan_is_missing().build().unwrap();
    assert!(matches!(study.of::<&str>(&text, &[]), Err(Error::NoAnswerExists { .. })));
}
