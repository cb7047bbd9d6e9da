//! Item response functions in a validation: the numbers by formula, the rule at work, what is not done and why, two methods on
//! differing items, and no English in Dutch.

use approx::assert_relative_eq;
use psychometrics::construct::{Construct, DataSource, Dimension, Item, ResponseScale};
use psychometrics::data::{Dataset, Responses};
use psychometrics::evidence::{
    Aspect, Conclusion, DimensionItemResponse, Evidence, ItemResponseFinding, MeasurementLevel, Standing,
    Validation, Verdict,
};
use psychometrics::irt::{Irt, ItemModel, ItemParameters, simulated_answers};
use psychometrics::report::{Language, Page, Report, ValidationReport};

/// A graded item with answers from 0 to 4.
fn graded(name: &str, slope: f64, middle: f64) -> ItemParameters {
    let steps = [-1.8, -0.6, 0.6, 1.8].map(|b| -slope * (b + middle));
    ItemParameters::new(name, ItemModel::Graded, [slope], steps).unwrap()
}

fn named(count: usize) -> Vec<String> {
    (1..=count).map(|i| format!("x{i}")).collect()
}

/// With groups of a variable `g`, or without.
fn construct_of(items: &[String], highest: i64, has_groups: bool) -> Construct {
    let mut source = DataSource::default();
    source.groups.extend(has_groups.then(|| "g".to_string()));
    Construct::builder("c")
        .scale(ResponseScale::range("s", 0, highest))
        .dimension(Dimension::new("d"))
        .items(items.iter().map(|id| Item::new(id, "d", "s")))
        .structures([])
        .data(source)
        .build()
        .unwrap()
}

fn construct(items: &[String], highest: i64) -> Construct {
    construct_of(items, highest, false)
}

fn validated(construct: &Construct, data: &Dataset, groups: Option<&[&str]>) -> Evidence {
    let names: Vec<String> = construct.items.iter().map(|item| item.id.clone()).collect();
    let mut builder = Responses::builder(construct).answers(data.numeric(&names).unwrap());
    if let Some(labels) = groups {
        builder = builder.group("g", labels.iter().copied());
    }
    Validation::of(construct).run(&builder.build().unwrap()).unwrap()
}

fn of(slopes: &[f64], n: usize, seed: u64) -> (Evidence, Vec<ItemParameters>) {
    let names = named(slopes.len());
    let items: Vec<ItemParameters> = names
        .iter()
        .zip(slopes)
        .enumerate()
        .map(|(i, (name, a))| graded(name, *a, 0.2 * i as f64 - 0.5))
        .collect();
    let data = simulated_answers(&items, n, seed).unwrap();
    (validated(&construct(&names, 4), &data, None), items)
}

fn conclusion(evidence: &Evidence, aspect: Aspect) -> Option<&Conclusion> {
    evidence.conclusions.iter().find(|own| own.aspect == aspect)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Samejima (1969): I = sum over the categories of (P*'(k) - P*'(k+1))^2 / P(k), with P*' = a P* (1 - P*).
fn information(item: &ItemParameters, theta: f64) -> f64 {
    let a = item.slopes[0];
    let mut star = vec![1.0];
    star.extend(item.intercepts.iter().map(|d| logistic(a * theta + d)));
    star.push(0.0);
    let slope = |p: f64| a * p * (1.0 - p);
    star.windows(2).map(|pair| (slope(pair[0]) - slope(pair[1])).powi(2) / (pair[0] - pair[1])).sum()
}

#[test]
fn numbers_of_the_section_are_those_of_the_formulas() {
    let (evidence, drawn) = of(&[1.8, 1.5, 2.2, 1.2, 1.6, 2.0], 800, 11);
    let [own] = evidence.item_response.as_slice() else { panic!("one dimension") };
    let fit = own.fit.as_ref().unwrap();
    assert_eq!((own.n, fit.n, own.items.len(), own.reason.as_deref()), (800, 800, 6, None));
    for (at, theta) in fit.information.theta.iter().enumerate() {
        let by_item: Vec<f64> = fit.items.iter().map(|item| information(item, *theta)).collect();
        for (told, item) in fit.information.items.iter().zip(&by_item) {
            assert_relative_eq!(told.information[at], *item, max_relative = 1e-9);
        }
        let test: f64 = by_item.iter().sum();
        assert_relative_eq!(fit.information.test[at], test, max_relative = 1e-9);
        assert_relative_eq!(fit.information.se[at], 1.0 / test.sqrt(), max_relative = 1e-9);
    }
    let levels = fit.respondents.as_ref().unwrap();
    assert_relative_eq!(levels.share.iter().sum::<f64>(), 1.0, epsilon = 1e-9);
    for (theta, told) in levels.theta.iter().zip(&levels.reliability) {
        let test: f64 = fit.items.iter().map(|item| information(item, *theta)).sum();
        assert_relative_eq!(*told, test / (test + 1.0), max_relative = 1e-9);
    }
    // the trait is normal: 90 % lie within 1.645, as 800 respondents show it
    assert!((levels.low + 1.645).abs() < 0.25 && (levels.high - 1.645).abs() < 0.25, "{levels:?}");
    let lowest = |theta: f64| {
        let test: f64 = fit.items.iter().map(|item| information(item, theta)).sum();
        test / (test + 1.0)
    };
    assert_relative_eq!(levels.lowest, lowest(levels.lowest_at), max_relative = 1e-9);
    let marginal = fit.reliability.marginal.unwrap();
    assert!(levels.lowest < marginal && marginal < 1.0);
    // slopes are near those that the answers were drawn with
    for (found, item) in fit.items.iter().zip(&drawn) {
        let se = found.se.slopes[0].unwrap();
        assert!((found.slopes[0] - item.slopes[0]).abs() < 4.0 * se, "{}", item.item);
    }
    // nothing of single respondents is kept
    assert!(fit.person_fit.is_none() && fit.scores.is_none() && own.unlikely.is_some());
}

#[test]
fn precise_scales_are_told_from_others_and_rows_agree() {
    for (slopes, verdict, standing) in [
        ([2.6; 8].as_slice(), Verdict::Supported, Standing::Supported),
        ([0.5; 4].as_slice(), Verdict::NotSupported, Standing::NotSupported),
    ] {
        let (evidence, _) = of(slopes, 1000, 3);
        let own = conclusion(&evidence, Aspect::Precision).unwrap();
        assert_eq!(own.verdict, verdict, "{}", own.text);
        let entry =
            evidence.map.entries.iter().find(|e| e.topic == "Precision of scores at each level").unwrap();
        assert_eq!(entry.standing, standing);
        // the mean score and the trait score of a scale are of one mind here
        let alpha = conclusion(&evidence, Aspect::Reliability).unwrap();
        assert_eq!(alpha.verdict, verdict, "{} {}", alpha.text, own.text);
        let levels = evidence.item_response[0].fit.as_ref().unwrap().respondents.as_ref().unwrap();
        assert_eq!(levels.lowest_end.unwrap() >= 0.70, verdict == Verdict::Supported);
        assert!(own.text.contains(&format!("{:.2}", levels.lowest)), "{}", own.text);
    }
}

/// Answers in which x2 repeats x1 in some rows, x6 knows nothing of the trait, and category 1 of x3 is rare.
fn flawed(repeated: impl Fn(usize) -> bool) -> Evidence {
    let names = named(9);
    let items: Vec<ItemParameters> = names.iter().map(|name| graded(name, 1.8, 0.0)).collect();
    let data = simulated_answers(&items, 900, 8).unwrap();
    let mut values = data.numeric(&names).unwrap();
    for (row, mut own) in values.outer_iter_mut().enumerate() {
        if repeated(row) {
            own[1] = own[0];
        }
        own[5] = ((row * 7919) % 5) as f64;
        if own[2] == 1.0 && row % 6 > 0 {
            own[2] = 2.0;
        }
    }
    let data = Dataset::builder().array(names.iter().cloned(), values).build().unwrap();
    validated(&construct(&names, 4), &data, None)
}

#[test]
fn what_speaks_against_items_is_named() {
    use ItemResponseFinding::{LocalDependence, LowSlope, NegativeSlope, NeverLikeliest};
    let evidence = flawed(|row| row % 3 == 0);
    let own: &DimensionItemResponse = &evidence.item_response[0];
    let of = |items: &[&str]| -> Vec<&ItemResponseFinding> {
        own.findings.iter().filter(|own| own.items() == items).collect()
    };
    assert!(of(&["x1", "x2"]).iter().any(|own| matches!(own, LocalDependence { .. })), "{:?}", own.findings);
    assert!(of(&["x6"]).iter().any(|own| matches!(own, LowSlope { .. } | NegativeSlope { .. })));
    let rare = NeverLikeliest { item: "x3".into(), categories: vec![1.0] };
    assert!(own.findings.contains(&rare), "{:?}", own.findings);
    let text = ValidationReport::new(&evidence).page().text();
    assert!(text.contains("category never the likeliest: 1"));
    assert!(text.contains("more in common than the trait (Q3"));
    assert!(conclusion(&evidence, Aspect::Precision).unwrap().text.contains("more in common than the trait"));
}

/// Two items that hardly differ take the trait over: their slopes run away, which is told, and nothing is concluded from it.
#[test]
fn items_that_take_the_trait_over_are_named() {
    let evidence = flawed(|row| row % 50 > 0);
    let own: &DimensionItemResponse = &evidence.item_response[0];
    let runs = |own: &ItemResponseFinding| matches!(own, ItemResponseFinding::Runaway { .. });
    assert!(
        own.findings.iter().any(|own| runs(own) && ["x1", "x2"].contains(&own.items()[0])),
        "{:?}",
        own.findings
    );
    let told = conclusion(&evidence, Aspect::Precision).unwrap();
    assert_eq!(told.verdict, Verdict::Open);
    assert!(told.text.contains("run away"), "{}", told.text);
    assert!(ValidationReport::new(&evidence).page().text().contains("its parameters run away"));
}

#[test]
fn what_cannot_be_done_is_told_with_the_reason() {
    let reason = |evidence: &Evidence| evidence.item_response[0].reason.clone().unwrap();
    let (few, _) = of(&[1.5; 5], 249, 2);
    assert!(reason(&few).contains("fewer than 250 respondents"));
    assert!(conclusion(&few, Aspect::Precision).is_none());
    let entry = few.map.entries.iter().find(|e| e.topic == "Precision of scores at each level").unwrap();
    assert_eq!(entry.standing, Standing::NotExamined);
    let text = ValidationReport::new(&few).page().text();
    assert!(text.contains("fewer than 250 respondents answered"), "{text}");
    assert!(!text.contains("Gather what was not examined: precision"));
    let (short, _) = of(&[1.5; 2], 400, 2);
    assert!(reason(&short).contains("fewer than 3 ordinal items"));
    // answers that are taken as numbers have no such model
    let names = named(4);
    let items: Vec<ItemParameters> = names.iter().map(|name| graded(name, 1.5, 0.0)).collect();
    let data = simulated_answers(&items, 400, 1).unwrap();
    let construct = construct(&names, 4);
    let responses = Responses::builder(&construct).answers(data.numeric(&names).unwrap()).build().unwrap();
    let numbers = Validation::of(&construct).level(MeasurementLevel::Continuous).run(&responses).unwrap();
    assert!(reason(&numbers).contains("ordinal items") && numbers.item_response[0].left_out.len() == 4);
    // and the construct file may ask for none
    let mut without = construct.clone();
    without.analysis.item_response = false;
    let none = Validation::of(&without).run(&responses).unwrap();
    assert!(none.item_response.is_empty() && conclusion(&none, Aspect::Precision).is_none());
    let again = Construct::from_toml(&without.to_toml().unwrap()).unwrap();
    assert!(!again.analysis.item_response && again == without);
}

/// Two categories: the two-parameter model, as `irt` fits it.
#[test]
fn items_of_two_categories_have_the_two_parameter_model() {
    let data = Dataset::read_csv("data/lsat/lsat6.csv").unwrap();
    let names = data.names().to_vec();
    let evidence = validated(&construct(&names, 1), &data, None);
    let fit = evidence.item_response[0].fit.as_ref().unwrap();
    assert_eq!(fit.model, ItemModel::TwoParameter);
    let alone = Irt::new(ItemModel::TwoParameter).fit(&data, &names).unwrap();
    assert_eq!((fit.logl.to_bits(), &fit.items), (alone.logl.to_bits(), &alone.items));
    // five easy items: reliable nowhere
    let own = conclusion(&evidence, Aspect::Precision).unwrap();
    assert_eq!(own.verdict, Verdict::NotSupported);
    assert!(own.text.contains("only where 0 % of the respondents are"), "{}", own.text);
}

/// An item that differs is named by both methods; where nothing differs both say so.
#[test]
fn items_that_differ_are_compared_by_two_methods() {
    let names = named(6);
    let items = |shift: f64| -> Vec<ItemParameters> {
        let own = |name: &String| graded(name, 1.8, if name == "x4" { shift } else { 0.0 });
        names.iter().map(own).collect()
    };
    for (shift, differs) in [(0.0, false), (1.0, true)] {
        let first = simulated_answers(&items(0.0), 400, 5).unwrap().numeric(&names).unwrap();
        let second = simulated_answers(&items(shift), 400, 6).unwrap().numeric(&names).unwrap();
        let all = ndarray::concatenate(ndarray::Axis(0), &[first.view(), second.view()]).unwrap();
        let data = Dataset::builder().array(names.iter().cloned(), all).build().unwrap();
        let groups: Vec<&str> = (0..800).map(|row| if row < 400 { "a" } else { "b" }).collect();
        let evidence = validated(&construct_of(&names, 4, true), &data, Some(&groups));
        let [own] = evidence.item_functioning.as_slice() else { panic!("one comparison") };
        assert_eq!((own.by_score("x4"), own.by_trait("x4")), (Some(differs), Some(differs)), "{own:?}");
        assert_eq!(own.disagreements, Vec::<String>::new());
        let told = conclusion(&evidence, Aspect::ItemFunctioning).unwrap();
        let verdict = if differs { Verdict::NotSupported } else { Verdict::Supported };
        assert_eq!(told.verdict, verdict, "{}", told.text);
        assert!(told.text.contains("by an item response model") && told.text.contains("x4") == differs);
        let by_model = own.by_model.as_ref().unwrap();
        assert_eq!((by_model.groups.as_slice(), by_model.n), (["a", "b"].map(String::from).as_slice(), 800));
        if differs {
            // focal less reference: harder in b
            let item = by_model.items.iter().find(|item| item.item == "x4").unwrap();
            assert!(item.effects[0].essd.unwrap() < -0.5 && !by_model.anchors.contains(&"x4".to_string()));
        }
    }
}

/// Where the construct file asks for no item response models, items are compared by the sum only, and that is told.
#[test]
fn items_are_compared_by_one_method_where_two_are_not_asked_for() {
    let names = named(5);
    let items: Vec<ItemParameters> = names.iter().map(|name| graded(name, 1.8, 0.0)).collect();
    let data = simulated_answers(&items, 399, 5).unwrap();
    let labels: Vec<&str> = (0..399).map(|row| if row < 300 { "a" } else { "b" }).collect();
    let mut construct = construct_of(&names, 4, true);
    construct.analysis.item_response = false;
    let evidence = validated(&construct, &data, Some(&labels));
    let own = &evidence.item_functioning[0];
    assert!(own.by_model.is_none() && own.by_trait("x1").is_none() && own.by_score("x1").is_some());
    let told = conclusion(&evidence, Aspect::ItemFunctioning).unwrap();
    assert!(!told.text.contains("item response model"), "{}", told.text);
    let text = ValidationReport::new(&evidence).page().text();
    assert!(text.contains("the construct file asks for no item response models"));
}

/// Words that no Dutch text has.
const ENGLISH: [&str; 23] = [
    "the",
    "and",
    "with",
    "which",
    "are",
    "have",
    "groups",
    "respondents",
    "share",
    "where",
    "from",
    "first",
    "mean",
    "differ",
    "between",
    "difference",
    "trait",
    "each",
    "slope",
    "answers",
    "items that",
    "likelihood of",
    "standard",
];

fn none_is_left(page: &Page) {
    let text = page.text();
    for line in text.lines() {
        for word in line.split(|c: char| !c.is_alphabetic()) {
            assert!(!ENGLISH.contains(&word), "'{word}' in: {line}");
        }
    }
}

#[test]
fn a_dutch_page_of_a_model_has_no_english_left() {
    let likert = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let lsat = Dataset::read_csv("data/lsat/lsat6.csv").unwrap();
    let names = ["a1", "a2", "a3", "a4"];
    for model in
        [ItemModel::Graded, ItemModel::GeneralizedPartialCredit, ItemModel::PartialCredit, ItemModel::Nominal]
    {
        let fit = Irt::new(model).fit(&likert, &names).unwrap();
        none_is_left(&fit.page().in_language(Language::Dutch));
    }
    let fit = Irt::new(ItemModel::Rasch).group("group").fit(&likert_halved(&likert, &names), &names).unwrap();
    none_is_left(&fit.page().in_language(Language::Dutch));
    let fit = Irt::new(ItemModel::TwoParameter).fit(&lsat, lsat.names()).unwrap();
    let page = fit.page().in_language(Language::Dutch);
    none_is_left(&page);
    let html = page.html(Language::Dutch).unwrap();
    for english in ["Category characteristic", "information (left)", "standard error", "respondents (bars)"] {
        assert!(!html.contains(english), "{english}");
    }
    assert!(html.contains("Karakteristieke curven") && html.contains("informatie (links)"));
}

/// The same answers in two categories, with the groups.
fn likert_halved(data: &Dataset, names: &[&str]) -> Dataset {
    let mut values = data.numeric(names).unwrap();
    values.mapv_inplace(|x| if x.is_nan() { x } else { f64::from(u8::from(x > 3.0)) });
    let rows = values.nrows();
    let groups = (0..rows).map(|row| if row % 2 == 0 { "a" } else { "b" });
    let builder = Dataset::builder().nan_is_missing().array(names.iter().copied(), values);
    builder.column("group", groups).build().unwrap()
}

#[test]
fn the_section_has_its_figures_and_its_dutch() {
    let (evidence, _) = of(&[1.8, 1.5, 2.2, 0.5, 1.6], 400, 12);
    let html = ValidationReport::new(&evidence).page().html(Language::English).unwrap();
    for title in ["Category characteristic curves: d", "Test information and standard error: d"] {
        assert!(html.contains(title), "{title}");
    }
    let page = ValidationReport::new(&evidence).language(Language::Dutch).page();
    let text = page.text();
    let from = text.find("Itemresponsfuncties").unwrap();
    let section = &text[from..];
    let until = section.find("Exploratieve dimensionaliteit").unwrap();
    for line in section[..until].lines() {
        for word in line.split(|c: char| !c.is_alphabetic()) {
            assert!(!ENGLISH.contains(&word), "'{word}' in: {line}");
        }
    }
    assert!(section[..until].contains("lage helling"));
}
