//! A number that does not exist is a dash, and a remark below its table says why, in every format.

use ndarray::array;
use psychometrics::correlation::Correlate;
use psychometrics::data::{Dataset, Grouping};
use psychometrics::estimate::{Fit, StandardErrors, compare};
use psychometrics::evidence::Resampling;
use psychometrics::evidence::content::{Agreement, Codes};
use psychometrics::evidence::internal_structure::{
    Aggregation, ItemAnalysis, Reliability, ScaleItem, ScaleSummary,
};
use psychometrics::evidence::relations::{convergent, latent_correlations};
use psychometrics::evidence::response_process::ScreeningStudy;
use psychometrics::moments::Missing;
use psychometrics::report::{Block, Language, Page, Report, Table};
use psychometrics::{Estimation, Estimator, Model};

const REASONED: &str = "why there is none";

fn tables(page: &Page) -> impl Iterator<Item = &Table> {
    page.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    })
}

fn is_missing(cell: &str) -> bool {
    cell == "-" || cell.starts_with("- ") || cell.ends_with(" -")
}

/// Whether a table holds a number that does not exist.
fn has_dash(table: &Table) -> bool {
    // the details of measures of fit hold numbers too
    let is_text = |column: usize| table.title != "Fit" && table.text_columns.contains(&column);
    let is_number = |column: usize| column > 0 && !is_text(column);
    table.rows.iter().any(|row| row.iter().enumerate().any(|(j, cell)| is_number(j) && is_missing(cell)))
}

/// Every dash has its reason, in text, Markdown, HTML and LaTeX, and in Dutch; the number of tables with one.
#[track_caller]
fn assert_explained(page: &Page) -> usize {
    let mut count = 0;
    for table in tables(page).filter(|table| has_dash(table)) {
        count += 1;
        let reasoned = table.columns.iter().any(|column| column == REASONED);
        let told = table.remarks.iter().any(|remark| remark.starts_with("No value of "));
        assert!(reasoned || told, "no reason below '{}':\n{}", table.title, page.text());
    }
    for language in [Language::English, Language::Dutch] {
        let page = page.clone().in_language(language);
        let begins = if language == Language::Dutch { "Geen waarde van " } else { "No value of " };
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let remarks: usize =
            tables(&page).flat_map(|t| &t.remarks).filter(|remark| remark.starts_with(begins)).count();
        for text in [page.text(), page.markdown(), page.html(language).unwrap(), page.latex()] {
            assert_eq!(words(&text).matches(begins).count(), remarks, "{text}");
        }
    }
    count
}

fn fit(model: &str, estimation: Estimation, file: &str) -> Fit {
    let data = Dataset::read_csv(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    estimation.fit(&model.parse::<Model>().unwrap(), &data).unwrap()
}

const HS: &str = "data/holzinger_swineford_1939/hs.csv";

fn remarks(page: &Page) -> String {
    tables(page).flat_map(|table| &table.remarks).cloned().collect::<Vec<_>>().join("\n")
}

#[test]
fn measures_of_a_model_have_a_reason_where_they_do_not_exist() {
    let ml = || Estimation::new(Estimator::Ml);
    let saturated = fit("f =~ x1 + x2 + x3", ml(), HS).page();
    assert!(assert_explained(&saturated) > 0);
    assert!(
        remarks(&saturated).contains("p(RMSEA <= .05): the model is saturated, df = 0."),
        "{saturated:?}"
    );
    let squares = fit("f =~ x1 + x2 + x3 + x4", Estimation::new(Estimator::Uls), HS).page();
    assert!(assert_explained(&squares) > 0);
    assert!(remarks(&squares).contains("the statistic of ULS has no chi-square distribution"));
    let bare = fit("f =~ x1 + x2 + x3 + x4", ml().standard_errors(StandardErrors::None), HS).page();
    assert!(assert_explained(&bare) > 0);
    assert!(remarks(&bare).contains("no standard errors were asked for"));
    let text = "f =~ x1 + a*x2 + x3 + x4\nbad := log(a - 100)\ngood := a + 1";
    let undefined = fit(text, ml(), HS).page();
    assert!(assert_explained(&undefined) > 0);
    assert!(remarks(&undefined).contains("No value of bad: log("), "{}", remarks(&undefined));
    // two factors where there is one
    let unsolved = fit("f =~ x1 + x2\ng =~ x7 + x8\nf ~~ 0*g", ml(), HS);
    assert!(!unsolved.converged);
    assert!(assert_explained(&unsolved.page()) > 0);
    let models = [
        fit("f =~ x1 + x2 + x3", Estimation::new(Estimator::Uls), HS),
        fit("f =~ 1*x1 + 1*x2 + 1*x3", Estimation::new(Estimator::Uls), HS),
    ];
    let page = compare(&[("free", &models[0]), ("equal", &models[1])], None).unwrap().page();
    assert!(assert_explained(&page) > 0);
    assert!(remarks(&page).contains("AIC and BIC of free, equal: the estimator has no likelihood."));
}

#[test]
fn coefficients_of_a_scale_have_a_reason_where_they_do_not_exist() {
    let none = f64::NAN;
    // the first does not vary among those who answered the second
    let rows = array![
        [4., 3., 4., 3.],
        [4., 2., 2., 3.],
        [4., 5., 4., 4.],
        [4., 1., 2., 1.],
        [2., none, 3., 3.],
        [1., none, 2., 4.],
        [3., none, 1., 2.],
        [4., 4., 5., 4.]
    ];
    let summary = |rows: ndarray::ArrayView2<f64>| {
        let items = (1..=rows.ncols()).map(|j| ScaleItem::new(format!("q{j}")));
        let mut summary = ScaleSummary::new(items, Missing::Pairwise);
        summary.push(rows).unwrap();
        summary
    };
    let page = ItemAnalysis::of(&summary(rows.view())).unwrap().page();
    assert_eq!(assert_explained(&page), 1);
    let dutch = remarks(&page.clone().in_language(Language::Dutch));
    assert_eq!(
        dutch,
        "Geen waarde van r_cor van q1, q2, q3, q4: een correlatie van de items is niet gedefinieerd."
    );
    let page = Reliability::of(&summary(rows.view())).unwrap().page();
    assert!(assert_explained(&page) > 0);
    let two = rows.select(ndarray::Axis(1), &[2, 3]);
    let page = Reliability::of(&summary(two.view())).unwrap().page();
    assert!(assert_explained(&page) > 0);
    assert!(
        remarks(&page).contains("alpha without q1, q2: a single item has none")
            || remarks(&page).contains("a single item has none")
    );
    assert!(remarks(&page).contains("a model of one factor needs three items"));
    // the total does not vary
    let opposed = array![[1., 5.], [2., 4.], [3., 3.], [5., 1.]];
    let page = Reliability::of(&summary(opposed.view())).unwrap().page();
    assert!(assert_explained(&page) > 0);
    let page = ItemAnalysis::of(&summary(opposed.view())).unwrap().page();
    assert_eq!(assert_explained(&page), 1);
    let dutch = remarks(&page.in_language(Language::Dutch));
    assert!(dutch.contains("de totaalscore varieert niet bij wie het item beantwoordde"), "{dutch}");
}

#[test]
fn groups_raters_and_respondents_have_a_reason_where_they_have_no_number() {
    let none = f64::NAN;
    let names = ["a", "b", "c"].map(String::from);
    let rows = array![
        [1., 1., 2.],
        [1., 1., 2.],
        [5., 4., 5.],
        [5., 5., 5.],
        [none, none, 2.],
        [2., none, none],
        [3., 3., 3.]
    ];
    let team = ["x", "x", "y", "y", "z", "z", "z"].map(|t| Some(t.to_string()));
    let team = Grouping::new("team", team);
    let scales = [("s".to_string(), vec![0, 1, 2])];
    let page = Aggregation::of(&names, rows.view(), &team, (1.0, 5.0), &scales).unwrap().page();
    assert!(assert_explained(&page) > 0, "{page:?}");
    let data = Dataset::builder().array(names.clone(), rows.clone()).nan_is_missing().build().unwrap();
    let page = ScreeningStudy { range: Some((1.0, 4.0)), ..ScreeningStudy::default() }
        .of::<&str>(&data, &[])
        .unwrap()
        .page();
    assert!(assert_explained(&page) > 0, "{}", page.text());
    let codes = Codes::new(vec![vec![Some(1.), Some(1.)], vec![Some(1.), Some(1.)], vec![Some(1.), None]]);
    let page = Agreement::of(&codes, Resampling { replicates: 20, seed: 1 }).unwrap().page();
    assert!(assert_explained(&page) > 0);
    let rows = array![[1., 2.], [2., 4.], [3., 6.], [4., 8.]];
    let page = Correlate::default().of(&["a", "b"], rows.view()).unwrap().page();
    assert_explained(&page);
}

#[test]
fn correlations_of_factors_keep_their_reasons() {
    let model: Model = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6".parse().unwrap();
    let data = Dataset::read_csv(HS).unwrap();
    let bare = Estimation::new(Estimator::Ml).standard_errors(StandardErrors::None);
    let found = bare.fit(&model, &data).unwrap();
    let (pairs, _) = latent_correlations(&model, &found, 0.9, &|_| {
        Err(psychometrics::Error::NothingMeasured { construct: "it".into() })
    })
    .unwrap();
    let why = "the model has no standard errors".to_string();
    assert_eq!(pairs[0].reasons.get("lower"), Some(&why));
    assert!(pairs[0].reasons["cut_off"].contains("it") && pairs[0].cut_off.is_none());
    assert!(!pairs[0].reasons.contains_key("estimate"));
    assert!(convergent(&found).iter().all(|own| own.ave.is_some() && own.ave_interval.is_none()));
}
