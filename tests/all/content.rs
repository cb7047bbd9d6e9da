//! Content validity, coder agreement and perspectives against published numbers and other programs.
//!
//! Tolerance 1e-10: closed forms.

use crate::table;
use psychometrics::construct::Construct;
use psychometrics::data::{Column, Dataset, Grouping};
use psychometrics::evidence::Resampling;
use psychometrics::evidence::content::{
    Agreement, Codes, ContentValidity, Excerpts, ExpertRatings, ItemSort, Perspectives, RatingScale,
    critical_ratio, fleiss_kappa,
};
use psychometrics::{Error, Result};
use serde_json::Value;

fn near(ours: f64, theirs: &Value, what: &str) {
    let theirs = theirs.as_f64().expect(what);
    assert!((ours - theirs).abs() <= 1e-10 * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

fn few() -> Resampling {
    Resampling { replicates: 200, seed: 1 }
}

fn text(name: &str, labels: &[&str]) -> (String, Column) {
    let label = |l: &&str| (!l.is_empty()).then(|| (*l).to_string());
    (name.into(), Column::Text(Grouping::new(name, labels.iter().map(label))))
}

fn numbers(name: &str, values: &[f64]) -> (String, Column) {
    (name.into(), Column::Numeric(values.to_vec()))
}

#[test]
fn indices_of_experts_are_those_of_the_formulas() {
    let reference = table::reference("validity.json")["content"].clone();
    let data = Dataset::read_csv("tests/data/experts.csv").unwrap();
    let ratings =
        |essential| ExpertRatings::of(&data, RatingScale { essential, ..RatingScale::default() }).unwrap();
    let found = ContentValidity::of(&ratings(3.0), |_| None);
    let essential = ContentValidity::of(&ratings(4.0), |_| None);
    near(found.scale.s_cvi_ave, &reference["S_CVI_Ave"], "S-CVI/Ave");
    near(found.scale.s_cvi_ua, &reference["S_CVI_UA"], "S-CVI/UA");
    near(found.scale.mean_cvr, &reference["CVI_mean_CVR_relevant"], "mean CVR");
    for (item, strict) in found.items.iter().zip(&essential.items) {
        let of = |key: &str| reference[key][&item.item].clone();
        near(item.i_cvi, &of("I_CVI"), "I-CVI");
        near(item.pc, &of("pc"), "pc");
        near(item.kappa, &of("modified_kappa"), "kappa");
        near(item.cvr, &of("CVR_relevant"), "CVR");
        near(strict.cvr, &of("CVR_essential4"), "CVR, essential");
        near(item.aiken_v, &of("aiken_V"), "V");
        // the reference takes z = 1.96 rounded
        let interval = item.aiken_interval.unwrap();
        assert!((interval.lower - of("aiken_V_ci_lower").as_f64().unwrap()).abs() < 2e-5);
        assert!((interval.upper - of("aiken_V_ci_upper").as_f64().unwrap()).abs() < 2e-5);
        assert_eq!(item.cvr_critical, Some(1.0));
    }
}

/// Ayre & Scally (2014), table 2: critical values by the exact binomial.
#[test]
fn critical_ratios_are_the_published_ones() {
    let published = [
        (5, 1.0),
        (6, 1.0),
        (7, 1.0),
        (8, 0.75),
        (9, 0.778),
        (10, 0.8),
        (11, 0.636),
        (12, 0.667),
        (13, 0.538),
        (14, 0.571),
        (15, 0.6),
        (20, 0.5),
        (25, 0.44),
        (30, 0.333),
        (40, 0.3),
    ];
    for (n, expected) in published {
        assert!((critical_ratio(n).unwrap() - expected).abs() < 6e-4, "{n}");
    }
}

/// Polit, Beck & Owen (2007), table 4: kappa* of 5 of 6 is .82, of 8 of 10 .79, of 3 of 4 .67.
#[test]
fn modified_kappa_is_the_published_one() {
    for (n, agreeing, kappa) in [(6, 5, 0.82), (10, 8, 0.79), (4, 3, 0.67)] {
        let rating = |e: usize| if e < agreeing { 4.0 } else { 1.0 };
        let columns = (0..n).map(|e| numbers(&format!("E{e}"), &[rating(e)]));
        let data = Dataset::builder()
            .columns([text("item", &["a"])].into_iter().chain(columns))
            .nan_is_missing()
            .build()
            .unwrap();
        let ratings = ExpertRatings::of(&data, RatingScale::default()).unwrap();
        let found = ContentValidity::of(&ratings, |_| None);
        assert!((found.items[0].kappa - kappa).abs() < 0.005, "{n} {agreeing}: {}", found.items[0].kappa);
        // I-CVI .78 suffices from six experts on
        assert_eq!(found.items[0].meets, n >= 6);
    }
}

fn panels() -> Dataset {
    Dataset::builder()
        .columns([
            text("item", &["a", "a", "a", "a", "b", "b", "b", "b"]),
            text("expert", &["1", "2", "3", "4", "1", "2", "3", "4"]),
            text("panel", &["k", "k", "m", "m", "k", "k", "m", "m"]),
            numbers("rating", &[4.0, 4.0, 3.0, 4.0, 4.0, 3.0, 2.0, 1.0]),
        ])
        .nan_is_missing()
        .build()
        .unwrap()
}

#[test]
fn panels_are_judged_apart_and_compared() {
    let ratings = ExpertRatings::of(&panels(), RatingScale::default()).unwrap();
    let found = ContentValidity::of(&ratings, |item| Some(if item == "a" { "x" } else { "y" }.into()));
    assert_eq!(found.items[1].panels[1].i_cvi, Some(0.0));
    assert_eq!(found.panels[0].scale.unwrap().s_cvi_ave, 1.0);
    assert_eq!(found.between[0].disputed, ["b"]);
    assert_eq!(found.between[0].difference, 0.5);
    assert_eq!(found.dimensions[1].scale.s_cvi_ave, 0.5);
    // long and wide tables say the same
    let wide = Dataset::builder()
        .columns([
            text("item", &["a", "b"]),
            numbers("1", &[4.0, 4.0]),
            numbers("2", &[4.0, 3.0]),
            numbers("3", &[3.0, 2.0]),
            numbers("4", &[4.0, 1.0]),
        ])
        .nan_is_missing()
        .build();
    let wide = ExpertRatings::of(&wide.unwrap(), RatingScale::default()).unwrap();
    assert_eq!(ContentValidity::of(&wide, |_| None).scale, found.scale);
}

#[test]
fn bad_ratings_are_named() {
    let bad = |columns: Vec<(String, Column)>| -> Result<ExpertRatings> {
        ExpertRatings::of(
            &Dataset::builder().columns(columns).nan_is_missing().build()?,
            RatingScale::default(),
        )
    };
    let off = bad(vec![text("item", &["a", "b"]), numbers("E1", &[4.0, 7.0]), numbers("E2", &[1.0, 2.0])]);
    let Err(Error::BadCells { cells, .. }) = off else { panic!("{off:?}") };
    assert_eq!((cells[0].row, cells[0].column.as_str(), cells[0].value.as_str()), (2, "E1", "7"));
    let one = bad(vec![text("item", &["a"]), numbers("E1", &[4.0])]);
    assert!(matches!(one, Err(Error::NoAnswerExists { .. })));
    let silent = bad(vec![
        text("item", &["a", "b"]),
        numbers("E1", &[4.0, f64::NAN]),
        numbers("E2", &[1.0, f64::NAN]),
    ]);
    assert!(matches!(silent, Err(Error::NoAnswers { variable }) if variable == "b"));
    let twice = bad(vec![text("item", &["a", "a"]), numbers("E1", &[4.0, 3.0]), numbers("E2", &[1.0, 3.0])]);
    assert!(matches!(twice, Err(Error::BadCells { .. })));
    let scale = RatingScale { relevant: 9.0, ..RatingScale::default() };
    assert!(matches!(ExpertRatings::of(&panels(), scale), Err(Error::BadOption { .. })));
}

#[test]
fn kappas_are_those_of_psych_and_of_the_formulas() {
    for case in table::reference("validity.json")["kappa"].as_array().unwrap() {
        let data = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap();
        // the reference leaves rows with a missing code out altogether
        let rows = data.numeric(data.names()).unwrap();
        let complete = rows.outer_iter().filter(|r| r.iter().all(|x| !x.is_nan()));
        let codes = Codes::new(complete.map(|r| r.iter().map(|x| Some(*x)).collect()).collect());
        let found = Agreement::of(&codes, few()).unwrap();
        if let Some(theirs) = case["fleiss"].get("kappa") {
            near(found.fleiss.unwrap(), theirs, "Fleiss");
        }
        let pair = &found.pairs[0];
        near(pair.kappa.unwrap(), &case["default_quadratic"]["kappa"], "Cohen");
        // psych weighs by the place of a category among those that occur, here its value counts: the same where the
        // categories are consecutive
        if !case["data"].as_str().unwrap().contains("ratings_sf") {
            near(pair.quadratic.unwrap(), &case["default_quadratic"]["weighted.kappa"], "quadratic");
            near(pair.linear.unwrap(), &case["linear"]["weighted.kappa"], "linear");
        }
        near(pair.percent.unwrap(), &case["percent_agreement"], "percent");
        near(found.cohen.unwrap(), &case["all_pairs"]["av.kappa"], "mean kappa");
        // Fleiss's kappa leaves them out in any case
        let all = Agreement::of(&Codes::of(&data).unwrap(), few()).unwrap();
        assert!((all.fleiss.unwrap() - found.fleiss.unwrap()).abs() < 1e-12);
    }
}

#[test]
fn krippendorffs_alpha_is_that_of_the_python_package() {
    for case in table::reference("validity.json")["krippendorff"].as_array().unwrap() {
        let data = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap();
        let found = Agreement::of(&Codes::of(&data).unwrap(), few()).unwrap().krippendorff;
        near(found.nominal.unwrap(), &case["nominal"], "nominal");
        near(found.ordinal.unwrap(), &case["ordinal"], "ordinal");
        near(found.interval.unwrap(), &case["interval"], "interval");
        near(found.ratio.unwrap(), &case["ratio"], "ratio");
    }
}

/// The table of ten subjects and fourteen raters that textbooks use: kappa .210 (Fleiss 1971 method).
#[test]
fn fleiss_kappa_of_the_textbook_table() {
    let table = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ];
    let counts: Vec<Vec<f64>> = table.iter().map(|row| row.iter().map(|x| f64::from(*x)).collect()).collect();
    assert!((fleiss_kappa(&counts, 14).unwrap() - 0.209_930_704_422_288_76).abs() < 1e-12);
}

/// Gwet (2008): high agreement on one category leaves AC1 high where kappa falls to zero or below.
#[test]
fn gwets_coefficient_does_not_fall_where_nearly_all_agree() {
    // 118 both yes, 5 and 2 apart, 0 both no
    let mut rows = vec![vec![Some(1.0), Some(1.0)]; 118];
    rows.extend(vec![vec![Some(1.0), Some(0.0)]; 5]);
    rows.extend(vec![vec![Some(0.0), Some(1.0)]; 2]);
    let found = Agreement::of(&Codes::new(rows), few()).unwrap();
    // by hand: pa = 118/125, pi = (243/250), pe = 2 pi (1 - pi)
    let (pa, pi) = (118.0 / 125.0, 243.0 / 250.0);
    let pe = 2.0 * pi * (1.0 - pi);
    assert!((found.gwet.ac1.unwrap() - (pa - pe) / (1.0 - pe)).abs() < 1e-12);
    assert!(found.cohen.unwrap() < 0.0);
    let interval = found.intervals["ac1"].unwrap();
    assert!(interval.lower < found.gwet.ac1.unwrap() && found.gwet.ac1.unwrap() < interval.upper);
}

#[test]
fn codes_may_be_labels_and_must_overlap() {
    let labels = Dataset::builder()
        .columns([text("A", &["care", "rules", "care", ""]), text("B", &["care", "rules", "skill", "care"])])
        .nan_is_missing()
        .build();
    let found = Agreement::of(&Codes::of(&labels.unwrap()).unwrap(), few()).unwrap();
    assert_eq!(found.missing, 1);
    assert!(found.krippendorff.nominal.is_some() && found.krippendorff.ordinal.is_none());
    assert_eq!((found.gwet.ac2, found.cohen_quadratic), (None, None));
    let apart = Codes::new(vec![vec![Some(1.0), None], vec![None, Some(2.0)]]);
    assert!(matches!(Agreement::of(&apart, few()), Err(Error::NoAnswerExists { .. })));
    let silent = Dataset::builder()
        .columns([numbers("A", &[1.0, 2.0]), numbers("B", &[f64::NAN; 2])])
        .nan_is_missing()
        .build();
    assert!(matches!(Codes::of(&silent.unwrap()), Err(Error::EmptyColumn { .. })));
    let alike = Agreement::of(&Codes::new(vec![vec![Some(1.0), Some(1.0)]; 3]), few()).unwrap();
    assert_eq!((alike.percent, alike.krippendorff.nominal, alike.fleiss), (Some(1.0), None, None));
    assert_eq!(alike.warnings.len(), 1);
}

#[test]
fn an_excerpt_of_an_unknown_dimension_is_named_with_its_row() {
    let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let data = |dimension: &str, facet: &str| {
        Dataset::builder()
            .columns([
                text("respondent", &["KAa1", "KAa2"]),
                text("group", &["client_manager", "client_manager"]),
                text("dimension", &["knowledge", dimension]),
                text("facet", &["using", facet]),
            ])
            .nan_is_missing()
            .build()
            .unwrap()
    };
    let dimensions = construct.facets_by_dimension();
    let unknown = Excerpts::of(&data("knowlege", ""), &dimensions);
    let Err(Error::UnknownReference { from, nearest, .. }) = unknown else { panic!("{unknown:?}") };
    assert!(from.ends_with("row 2"), "{from}");
    assert_eq!(nearest.as_deref(), Some("knowledge"));
    assert!(matches!(
        Excerpts::of(&data("client", "using"), &dimensions),
        Err(Error::UnknownReference { kind, .. }) if kind == "facet"
    ));
    let found = Excerpts::of(&data("client", "voice"), &dimensions).unwrap();
    let ids: Vec<String> = dimensions.into_iter().map(|(id, _)| id).collect();
    let perspectives = Perspectives::of(&found, &ids);
    assert_eq!(perspectives.dimensions.iter().filter(|d| d.not_examined).count(), 5);
}

#[test]
fn items_that_are_sorted_elsewhere_lose_validity() {
    let data = Dataset::builder()
        .columns([
            text("item", &["a", "a", "a", "a", "a"]),
            text("expert", &["1", "2", "3", "4", "5"]),
            text("dimension", &["care", "care", "care", "rules", "rules"]),
        ])
        .nan_is_missing()
        .build()
        .unwrap();
    let found = ItemSort::of(&data, |_| Some("care".into()), &["care", "rules"]).unwrap();
    let item = &found.items[0];
    assert_eq!((item.n, item.rival.as_deref(), item.critical), (5, Some("rules"), Some(1.0)));
    assert!((item.psa - 0.6).abs() < 1e-12 && (item.csv - 0.2).abs() < 1e-12);
    assert!(matches!(
        ItemSort::of(&data, |_| Some("care".into()), &["care"]),
        Err(Error::UnknownReference { .. })
    ));
}
