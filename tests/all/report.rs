//! The report: valid, self-contained, complete, in two languages, and with gaps where evidence could not be had.

use psychometrics::construct::Construct;
use psychometrics::data::{Dataset, Grouping, Responses};
use psychometrics::evidence::consequences::{MinimumAnswered, Norms};
use psychometrics::evidence::internal_structure::Aggregation;
use psychometrics::evidence::response_process::ScreeningStudy;
use psychometrics::evidence::{
    Evidence, EvidenceKind, MeasurementLevel, Resampling, Standing, Usability, Validation,
};
use psychometrics::report::{Block, Language, Page, Report, ValidationReport};
use psychometrics::simulate::Imputer;
use psychometrics::{Estimation, Model};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// Two dimensions of four items and one of three, a criterion and an outcome, 240 respondents.
const CONSTRUCT: &str = r#"
[construct]
id = "conduct"
version = "1"
title = { en = "Conduct <b>&</b>", nl = "Handelen" }
[scales.five]
points = [{ code = 1 }, { code = 2 }, { code = 3 }, { code = 4 }, { code = 5 }]
[[dimensions]]
id = "care"
[[dimensions]]
id = "skill"
[[dimensions]]
id = "order"
ITEMS
[data]
responses = "responses.csv"
ratings = "ratings.csv"
codes = "codes.csv"
excerpts = "excerpts.csv"
groups = ["role"]
[[variables]]
id = "gold"
role = "criterion"
[[variables]]
id = "result"
role = "outcome"
[[variables]]
id = "training"
role = "intervention"
[[hypotheses]]
id = "H1"
from = "conduct"
to = "result"
sign = "positive"
[[hypotheses]]
id = "H2"
from = "care"
to = "skill"
sign = "positive"
at_least = 0.2
"#;

/// A folder with a construct, responses, ratings, codes and excerpts; `change` alters a file before it is written.
fn folder(change: impl Fn(&str, String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |name: &str, text: String| std::fs::write(folder.path().join(name), change(name, text)).unwrap();
    let names: Vec<(String, &str)> = [("c", "care", 4), ("s", "skill", 4), ("o", "order", 3)]
        .iter()
        .flat_map(|(letter, dimension, k)| (1..=*k).map(move |i| (format!("{letter}{i}"), *dimension)))
        .collect();
    let item = |(id, dimension): &(String, &str)| {
        format!("[[items]]\nid = \"{id}\"\ndimension = \"{dimension}\"\nscale = \"five\"\n")
    };
    let items: String = names.iter().map(item).collect();
    write("construct.toml", CONSTRUCT.replace("ITEMS", &items));
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut z = || -> f64 { StandardNormal.sample(&mut random) };
    let heads: Vec<&str> = names.iter().map(|(id, _)| id.as_str()).collect();
    let mut rows = format!("role,{},gold,result,training\n", heads.join(","));
    for row in 0..240 {
        let training = (row % 2) as f64;
        let general = 0.5 * training + z();
        let factors: Vec<f64> = (0..3).map(|_| 0.7 * general + 0.7 * z()).collect();
        let _ = write!(rows, "{}", ["nurse", "doctor"][row / 160]);
        for (_, dimension) in &names {
            let factor = factors[["care", "skill", "order"].iter().position(|d| d == dimension).unwrap()];
            let answer = (3.0 + 0.8 * factor + 0.7 * z()).round().clamp(1.0, 5.0);
            let _ = write!(rows, ",{answer}");
        }
        let _ = writeln!(rows, ",{:.3},{:.3},{training}", general + z(), 0.6 * general + z());
    }
    write("responses.csv", rows);
    let mut ratings = "item,expert,panel,rating\n".to_string();
    for (i, (item, _)) in names.iter().enumerate() {
        for expert in 0..6 {
            let rating = if i == 0 && expert < 3 { 2 } else { 3 + (i + expert) % 2 };
            let _ = writeln!(ratings, "{item},e{expert},{},{rating}", ["nurse", "doctor"][expert % 2]);
        }
    }
    write("ratings.csv", ratings);
    write(
        "codes.csv",
        "unit,a,b\n1,care,care\n2,skill,skill\n3,order,order\n4,care,skill\n5,order,order\n".into(),
    );
    let mut excerpts = "respondent,group,organisation,dimension,facet,stance\n".to_string();
    for respondent in 0..15 {
        for dimension in ["care", "skill"] {
            let group = if respondent < 12 { "nurse" } else { "doctor" };
            let _ = writeln!(excerpts, "r{respondent},{group},X,{dimension},,relevant");
        }
    }
    write("excerpts.csv", excerpts);
    folder
}

fn evidence(folder: &Path) -> Evidence {
    let construct = Construct::from_path(folder.join("construct.toml")).unwrap();
    let responses = Responses::read(&construct).unwrap();
    Validation::of(&construct).resampling(Resampling { replicates: 50, seed: 1 }).run(&responses).unwrap()
}

fn html(evidence: &Evidence, language: Language) -> String {
    ValidationReport::new(evidence).language(language).page().html(language).unwrap()
}

#[test]
fn the_page_is_valid_self_contained_and_complete() {
    let folder = folder(|_, text| text);
    let evidence = evidence(folder.path());
    let page = html(&evidence, Language::English);
    // well-formed, with what users wrote escaped
    let tree = roxmltree::Document::parse_with_options(
        &page,
        roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
    )
    .unwrap();
    assert!(page.contains("Validation of Conduct &lt;b&gt;"), "a title is text");
    let of = |name: &'static str| tree.descendants().filter(move |n| n.has_tag_name(name));
    for loaded in ["script", "link", "img", "iframe", "object", "embed"] {
        assert_eq!(of(loaded).count(), 0, "{loaded}");
    }
    let style: String = of("style").filter_map(|n| n.text()).collect();
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert!(style.contains("prefers-color-scheme: dark") && style.contains("size: A4"));
    for node in tree.descendants().filter(roxmltree::Node::is_element) {
        for attribute in node.attributes() {
            assert!(!attribute.value().contains("://"), "{}", attribute.value());
            assert!(!attribute.name().starts_with("on"));
        }
    }
    // every heading of the contents exists once
    let ids: Vec<&str> = tree.descendants().filter_map(|n| n.attribute("id")).collect();
    for link in of("a").filter_map(|n| n.attribute("href")) {
        assert_eq!(ids.iter().filter(|id| **id == &link[1..]).count(), 1, "{link}");
    }
    // SVG has a namespace of its own
    let figures: Vec<String> =
        of("figcaption").map(|n| n.descendants().filter_map(|d| d.text()).collect()).collect();
    let drawings = tree.descendants().filter(|n| n.tag_name().name() == "svg").count();
    assert_eq!(figures.len(), drawings);
    for wanted in [
        "Perspective matrix",
        "Codes found",
        "Missing answers by item",
        "Reliability of the scales",
        "preferred structure",
        "Correlations of the factors",
        "Answers to the items",
        "Correlations of the items",
        "Residual correlations",
        "Hypotheses: estimates",
    ] {
        assert!(figures.iter().any(|f| f.contains(wanted)), "{wanted}: {figures:?}");
    }
    for section in [
        "Evidence map",
        "Evidence based on content",
        "Evidence based on response processes",
        "Evidence based on internal structure",
        "Evidence based on relations",
        "Evidence based on consequences",
    ] {
        assert!(page.contains(section), "{section}");
    }
    assert!(!page.contains("NaN"), "no number that is none");
}

#[test]
fn every_source_has_its_standing() {
    let folder = folder(|_, text| text);
    let evidence = evidence(folder.path());
    let standing = |topic: &str| evidence.map.entries.iter().find(|e| e.topic == topic).unwrap().standing;
    assert_eq!(standing("Relevance to experts"), Standing::NotSupported, "half of the experts doubt an item");
    assert_eq!(standing("Hypotheses"), Standing::Supported);
    assert_eq!(standing("Measurement invariance"), Standing::Supported);
    assert_eq!(standing("Differential item functioning"), Standing::Supported);
    assert_eq!(standing("Items sorted by judges"), Standing::NotExamined);
    assert_eq!(evidence.hypothesis_tally.confirmed, 2);
    let rating =
        |property: &str| evidence.map.cosmin.iter().find(|r| r.property == property).unwrap().rating.clone();
    assert_eq!(rating("Hypotheses testing").as_deref(), Some("+"));
    assert_eq!(rating("Responsiveness"), None);
    assert_eq!(evidence.relations.paths.len(), 1);
    assert!(evidence.relations.paths[0].indirect_interval.unwrap().lower > 0.0);
    let matrix = &evidence.content.perspectives.as_ref().unwrap().dimensions;
    assert!(matrix[2].not_examined && !matrix[0].not_examined);
}

#[test]
fn the_dutch_report_has_no_english_words_of_its_own() {
    let folder = folder(|_, text| text);
    let evidence = evidence(folder.path());
    let english = html(&evidence, Language::English);
    let dutch = html(&evidence, Language::Dutch);
    assert!(dutch.contains("<html lang=\"nl\">") && dutch.contains("Validering van Handelen"));
    let heads = |page: &str, tag: &str| -> Vec<String> {
        let tree = roxmltree::Document::parse_with_options(
            page,
            roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
        )
        .unwrap();
        tree.descendants()
            .filter(|n| n.has_tag_name(tag))
            .filter_map(|n| n.text().map(String::from))
            .collect()
    };
    let own = ["care", "skill", "order", "Items", "Conduct", "conduct"];
    for tag in ["h2", "h3"] {
        for (en, nl) in heads(&english, tag).iter().zip(heads(&dutch, tag)) {
            assert!(*en != nl || own.iter().any(|word| en == word), "<{tag}> {en}");
        }
    }
}

/// The first screen rests on the evidence, and every link of the page leads somewhere.
#[test]
fn the_first_screen_says_what_scores_may_be_used_for() {
    let folder = folder(|_, text| text);
    let evidence = evidence(folder.path());
    let overview = &evidence.overview;
    let ids: Vec<&str> = overview.scores.iter().map(|own| own.about.as_str()).collect();
    assert_eq!(ids, ["care", "skill", "order", "conduct"]);
    for score in &overview.scores[..3] {
        let reliability = evidence.dimension(&score.about).unwrap().scale.reliability.as_ref().unwrap();
        let cell = &score.cells[0];
        assert_eq!((cell.kind, cell.number), (EvidenceKind::Reliability, reliability.alpha.raw));
        let is_reliable = cell.standing == Standing::Supported;
        let is_usable = !matches!(score.usability, Usability::Open | Usability::NotYet);
        assert!(is_reliable || !is_usable, "{score:?}");
        // what is said to stand in the way is not supported by a cell
        for kind in &score.in_the_way {
            let cell = score.cells.iter().find(|cell| cell.kind == *kind).unwrap();
            assert_ne!(cell.standing, Standing::Supported);
        }
    }
    assert!((3..=7).contains(&overview.findings.len()) && !overview.next_steps.is_empty());
    for language in [Language::English, Language::Dutch] {
        let page = html(&evidence, language);
        let first = page.split("<h2").nth(1).unwrap();
        assert!(first.contains(language_word(language)), "{first}");
        let links: Vec<&str> =
            page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.len() > 10);
        for link in links {
            assert!(page.contains(&format!("id=\"{link}\"")), "{link} leads nowhere");
        }
        // what became of every row is there, and folded
        let ledger = page.split("<details>").find(|part| part.contains("responses.csv")).unwrap();
        assert!(ledger.contains("240"));
    }
    // long tables stand at the end, and where they stood it is said
    let page = ValidationReport::new(&evidence).page();
    let at = page
        .blocks
        .iter()
        .position(|block| matches!(block, Block::Heading(2, text) if text == "Appendix: long tables"));
    let is_long = |block: &Block| matches!(block, Block::Table(table) if table.rows.len() > 24);
    let last = page.blocks.iter().rposition(|block| !is_long(block)).unwrap();
    assert!(page.blocks[..at.unwrap_or(last)].iter().all(|block| !is_long(block)));
    let pointers = page.blocks.iter().filter(|block| matches!(block, Block::SeeTable(..))).count();
    assert_eq!(pointers, page.blocks.iter().filter(|block| is_long(block)).count());
}

fn language_word(language: Language) -> &'static str {
    if language == Language::Dutch { "In het kort" } else { "In short" }
}

#[test]
fn other_formats_hold_the_same_tables() {
    let folder = folder(|_, text| text);
    let evidence = evidence(folder.path());
    let page = ValidationReport::new(&evidence).page();
    let (text, markdown, latex) = (page.text(), page.markdown(), page.latex());
    for title in
        ["Relevance of the items", "Convergent validity of the factors", "Ratings of measurement properties"]
    {
        assert!(text.contains(title) && markdown.contains(title) && latex.contains(title), "{title}");
    }
    assert_eq!(latex.matches("\\begin{longtable}").count(), latex.matches("\\end{longtable}").count());
    assert!(latex.starts_with("\\documentclass") && latex.trim_end().ends_with("\\end{document}"));
    // the methods can be repeated from the page
    let p = &evidence.provenance;
    assert!(text.replace('\n', " ").contains(p.data_sha256.as_ref().unwrap()) && text.contains("seed 1"));
}

/// What cannot be used is named, stands where the evidence would have stood, and leaves the rest.
#[test]
fn bad_evidence_leaves_a_gap_and_the_rest() {
    let folder = folder(|name, text| match name {
        "ratings.csv" => {
            text.replacen("c2,e0,nurse,3", "c2,e0,nurse,7", 1).replacen("c2,e0,nurse,4", "c2,e0,nurse,7", 1)
        }
        "excerpts.csv" => text.replacen("r1,nurse,X,care", "r1,nurse,X,caer", 1),
        "codes.csv" => "unit,a\n1,care\n2,skill\n".into(),
        "construct.toml" => text.replace("to = \"result\"", "to = \"resullt\""),
        "responses.csv" => {
            let mut lines = text.lines();
            let head = lines.next().unwrap().to_string();
            // the criterion does not vary
            let constant = lines.map(|line| {
                let mut cells: Vec<&str> = line.split(',').collect();
                let at = cells.len() - 3;
                cells[at] = "4";
                cells.join(",")
            });
            head + "\n" + &constant.collect::<Vec<_>>().join("\n") + "\n"
        }
        _ => text,
    });
    let evidence = evidence(folder.path());
    let page = html(&evidence, Language::English);
    let gaps: Vec<&str> = evidence.content.gaps.iter().map(|g| &*g.what).collect();
    assert_eq!(gaps, ["expert ratings", "agreement of coders", "perspectives"]);
    let gap = |what: &str| &evidence.content.gaps.iter().find(|g| g.what == what).unwrap().reason;
    assert!(
        gap("expert ratings").contains("7") && gap("expert ratings").contains("1 to 4"),
        "{}",
        gap("expert ratings")
    );
    assert!(
        gap("perspectives").contains("caer") && gap("perspectives").contains("row 4"),
        "{}",
        gap("perspectives")
    );
    assert!(page.contains("Could not be used"));
    let failed = &evidence.hypotheses[0];
    assert_eq!(failed.confirmed, None);
    assert!(failed.reason.as_ref().unwrap().contains("resullt"));
    assert_eq!(evidence.hypotheses[1].confirmed, Some(true));
    let constant = evidence.relations.criterion.iter().find(|c| c.variable == "gold").unwrap();
    assert_eq!(constant.observed, None);
    assert!(constant.reason.as_ref().unwrap().contains("never varies"));
    assert!(evidence.relations.criterion.iter().any(|c| c.variable == "result" && c.observed.is_some()));
    assert!(page.contains("never varies") && page.contains("resullt"));
    let page = ValidationReport::new(&evidence).page();
    let dashes = page.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    // every dash has a reason below its table
    let without_reason: Vec<&str> = dashes
        .filter(|table| {
            let is_number = |j: usize| j > 0 && !table.text_columns.contains(&j);
            // and no range, as 0.50 - 0.60
            let is_dash = |cell: &str| cell == "-" || cell.starts_with("- ") || cell.ends_with(" -");
            let has_dash =
                |row: &Vec<String>| row.iter().enumerate().any(|(j, c)| is_number(j) && is_dash(c));
            table.rows.iter().any(has_dash) && table.remarks.is_empty()
        })
        .map(|table| table.title.as_str())
        .collect();
    assert!(without_reason.is_empty(), "{without_reason:?}");
    assert_eq!(evidence.structures.len(), 4);
}

#[test]
fn new_respondents_are_scored_against_the_norm_sample() {
    let folder = folder(|_, text| text);
    let construct = Construct::from_path(folder.path().join("construct.toml")).unwrap();
    let sample = Responses::read(&construct).unwrap();
    let norms = Norms::of(&construct, &sample, MeasurementLevel::ByScale).unwrap();
    // the norm sample itself: mean T 50, mean percentile 50
    let own = norms.score_all(&sample).unwrap();
    let all = |scale: usize, of: fn(&psychometrics::evidence::consequences::ScaleScore) -> Option<f64>| {
        let values: Vec<f64> = own.respondents.iter().filter_map(|r| of(&r.scales[scale])).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    for scale in 0..4 {
        assert!((all(scale, |s| s.t) - 50.0).abs() < 1e-9);
        assert!((all(scale, |s| s.percentile) - 50.0).abs() < 1e-9);
        assert!(all(scale, |s| s.factor).abs() < 0.1);
    }
    // a new one, without groups, ids and variables, with a gap
    let file = folder.path().join("new.csv");
    let heads: Vec<&str> = construct.items.iter().map(|i| i.id.as_str()).collect();
    std::fs::write(&file, format!("{}\n5,5,5,5,1,5,1,5,,,3\n", heads.join(","))).unwrap();
    let found = norms.score_all(&Responses::read_new(&construct, &file).unwrap()).unwrap();
    let [care, skill, order, whole] = found.respondents[0].scales.as_slice() else { panic!("four scales") };
    assert_eq!((care.score, care.answered), (Some(5.0), 4));
    assert!(care.percentile.unwrap() > 90.0 && care.t.unwrap() > 60.0 && !care.unusual);
    let norm = &found.scales[0];
    assert!((care.se.unwrap() - norm.sd * (1.0 - norm.alpha).sqrt()).abs() < 1e-12);
    assert!(skill.unusual, "1, 5, 1, 5 on items that go together: p = {:?}", skill.pvalue);
    assert_eq!((order.answered, order.score, order.factor), (1, None, None), "one of three answered");
    assert_eq!((found.refused[2].needed, found.refused[2].too_few, found.refused[0].too_few), (2, 1, 0));
    let why = "1 of 3 answered, 2 needed";
    let lacking =
        ["distance", "factor", "factor_se", "lower", "percentile", "pvalue", "score", "se", "t", "upper"];
    assert_eq!(order.reasons, lacking.map(|name| (name.into(), why.to_string())).into_iter().collect());
    assert!(care.reasons.is_empty());
    let csv = found.values().csv();
    let reason = |line: usize| csv.lines().nth(line).unwrap().rsplit(",false,").next().unwrap().to_string();
    assert!(csv.lines().next().unwrap().ends_with(",unusual,reason"), "{csv}");
    assert!(csv.lines().nth(1).unwrap().ends_with(",false,"), "{csv}");
    let columns = "score, se, lower, upper, percentile, t, factor, factor_se";
    assert_eq!(reason(3), format!("\"{columns}: {why}\""));
    let page = found.page().text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(&format!("No value of score on order of 1: {why}.")), "{page}");
    assert_eq!(whole.answered, 9);
    assert!(whole.score.is_some() && whole.se.unwrap() > 0.0);
    let lenient = norms.minimum_answered(MinimumAnswered::Items(1)).unwrap();
    let again = lenient.score_all(&Responses::read_new(&construct, &file).unwrap()).unwrap();
    assert_eq!(again.respondents[0].scales[2].score, Some(3.0));
    assert_eq!((again.minimum, again.refused[2].too_few), (MinimumAnswered::Items(1), 0));
    assert!(lenient.minimum_answered(MinimumAnswered::Share(1.5)).is_err());
    // answers off the scale are refused with their place
    std::fs::write(&file, format!("{}\n9,5,5,5,1,5,1,5,,,3\n", heads.join(","))).unwrap();
    let error = Responses::read_new(&construct, &file).unwrap_err();
    assert!(error.to_string().contains("c1"), "{error}");
}

/// What is written alike in both languages: names of statistics, and words that the languages share.
const ALIKE: &[&str] = &[
    "n",
    "k",
    "ICC(1)",
    "ICC(2)",
    "deff",
    "F",
    "df",
    "p",
    "rwg",
    "rwg(j)",
    "awg",
    "item",
    "items",
    "min",
    "max",
    "D2",
    "IRV",
    "r",
    "est",
    "se",
    "z",
    "t",
    "std.lv",
    "std.all",
    "fmi",
    "R2",
    "df1",
    "df2",
    "ICC",
    "CFI",
    "TLI",
    "RMSEA",
    "SRMR",
    "AIC",
    "BIC",
    "alpha",
    "omega",
    "index",
    "respondent",
    "model",
    "parameter",
    "Mahalanobis",
    "Screening",
    "aspect",
    "-",
    "open",
    "criteria",
    "indices",
    "p < .001",
];

/// Texts of a page with those of its Dutch twin: headings, titles, heads of columns, notes; and labels, the cells of
/// columns that hold no data.
fn pairs(english: &Page, dutch: &Page, only: Option<&[&str]>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    assert_eq!(english.blocks.len(), dutch.blocks.len());
    let mut add = |a: &str, b: &str| {
        if !a.trim().is_empty() {
            found.push((a.trim().to_string(), b.trim().to_string()));
        }
    };
    for (a, b) in english.blocks.iter().zip(&dutch.blocks) {
        match (a, b) {
            (Block::Heading(_, a), Block::Heading(_, b)) if only.is_none() => add(a, b),
            (Block::Figure(a), Block::Figure(b)) if only.is_none() => {
                add(&a.title, &b.title);
                add(&a.note, &b.note);
            }
            (Block::Table(a), Block::Table(b)) if only.is_none_or(|o| o.contains(&a.title.as_str())) => {
                add(&a.title, &b.title);
                add(&a.note, &b.note);
                // the heads of the table of coverage are items
                let heads = if a.title == "Rows with an answer to both items" { 1 } else { a.columns.len() };
                a.columns.iter().zip(&b.columns).take(heads).for_each(|(a, b)| add(a, b));
                let labels: &[usize] = match a.title.as_str() {
                    "Flags by index" => &[0, 1],
                    "Conclusions that change" => &[1, 2, 3],
                    "Models with all respondents and without the flagged" | "Fit" => &[0],
                    _ => &[],
                };
                for (a, b) in a.rows.iter().zip(&b.rows) {
                    labels.iter().for_each(|&j| add(&a[j], &b[j]));
                }
            }
            _ => {}
        }
    }
    found
}

#[track_caller]
fn assert_dutch(pairs: Vec<(String, String)>, least: usize) {
    assert!(pairs.len() >= least, "{} texts", pairs.len());
    let same = pairs.iter().filter(|(en, nl)| en == nl && !ALIKE.contains(&en.as_str()));
    let same: Vec<&String> = same.map(|(en, _)| en).collect();
    assert!(same.is_empty(), "no Dutch: {same:#?}");
}

fn likert() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/likert5_missing.csv")).unwrap()
}

#[test]
fn the_tables_of_sensitivity_aggregation_and_screening_are_in_dutch() {
    let folder = folder(|_, text| text);
    let mut evidence = evidence(folder.path());
    let shift = |x: f64| json!({ "all": x, "without": x / 2.0 });
    let counts = json!({ "all": 240, "without": 200 });
    let aspects = "measurement reliability items structure rivals groups relevance sorting agreement perspectives \
                   convergence distinctness criteria hypotheses paths";
    let changed = |aspect: &str| json!({ "about": "care", "aspect": aspect, "all": "supported", "without": "not_supported" });
    let structure = |name: &str| {
        json!({
            "about": "conduct", "structure": name, "n": counts, "chisq": shift(10.0), "df": shift(2.0),
            "cfi": shift(0.9), "rmsea": shift(0.1), "srmr": shift(0.1),
        })
    };
    let structures = ["one_factor", "correlated", "second_order"].map(structure);
    let sensitivity = json!({
        "flags": 2,
        "n": counts,
        "left_out": (1..=40).map(|i: i32| i.to_string()).collect::<Vec<_>>(),
        "scales": [{ "scale": "care", "n": counts, "alpha": shift(0.8), "omega": shift(0.8) }],
        "structures": structures,
        "hypotheses": [{ "id": "H1", "estimate": shift(0.3), "confirmed": { "all": true, "without": false } }],
        "preferred": { "all": "correlated", "without": "one_factor" },
        "changed": aspects.split_whitespace().map(changed).collect::<Vec<_>>(),
    });
    evidence.sensitivity = Some(serde_json::from_value(sensitivity).unwrap());
    let names = ["a1", "a2", "a3", "a4"].map(String::from);
    let rows = likert().numeric(&names).unwrap();
    let team = Grouping::new("team", (0..rows.nrows()).map(|i| Some(format!("t{}", i % 40))));
    let scales = [("a".to_string(), (0..4).collect())];
    let aggregation = Aggregation::of(&names, rows.view(), &team, (1.0, 5.0), &scales).unwrap();
    evidence.aggregation = Some(aggregation.clone());
    let of = |language| ValidationReport::new(&evidence).language(language).page();
    let added = [
        "Conclusions that change",
        "Scales with all respondents and without the flagged",
        "Models with all respondents and without the flagged",
        "Hypotheses with all respondents and without the flagged",
        "Between groups",
        "Design effects of items",
        "Agreement within groups",
        "Flags by index",
        "Respondents flagged by several indices",
    ];
    let (english, dutch) = (of(Language::English), of(Language::Dutch));
    assert_dutch(pairs(&english, &dutch, Some(&added)), 100);
    let text = dutch.text();
    assert!(text.contains("Voorkeur: gecorreleerd; zonder de gemarkeerden: één factor."), "{text}");
    assert!(text.contains("en 10 anderen."), "{text}");
    // more groups than are shown
    let page = aggregation.page();
    assert_dutch(pairs(&page, &page.clone().in_language(Language::Dutch), None), 30);
    let dutch = page.clone().in_language(Language::Dutch).text();
    assert!(dutch.contains("Groepen: a") && dutch.contains("30 van 40 groepen getoond"), "{dutch}");
    assert_eq!(page.clone().in_language(Language::English), page);
    let mut answers =
        likert().numeric(&["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4", "c1", "c2", "c3", "c4"]).unwrap();
    answers.row_mut(0).fill(9.0);
    answers.row_mut(1).fill(3.0);
    let twice = answers.row(2).to_owned();
    answers.row_mut(3).assign(&twice);
    // a copy and a mirror, for synonyms and antonyms
    let (copy, mirror) = (answers.column(0).to_owned(), answers.column(4).mapv(|x| 6.0 - x));
    answers.column_mut(1).assign(&copy);
    answers.column_mut(5).assign(&mirror);
    let data = Dataset::builder()
        .array((1..=12).map(|j| format!("x{j}")), answers)
        .nan_is_missing()
        .build()
        .unwrap();
    let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
    let page = study.of::<&str>(&data, &[]).unwrap().page();
    let titles: Vec<&str> = page
        .blocks
        .iter()
        .filter_map(|b| match b {
            Block::Table(table) => Some(table.title.as_str()),
            _ => None,
        })
        .collect();
    for title in [
        "Flagged rows",
        "Answers outside the range",
        "Psychometric synonyms",
        "Psychometric antonyms",
        "Patterns",
    ] {
        assert!(titles.contains(&title), "{title} is not among {titles:?}");
    }
    assert_dutch(pairs(&page, &page.clone().in_language(Language::Dutch), None), 60);
}

#[test]
fn the_tables_of_levels_and_imputation_are_in_dutch() {
    let levels: Model =
        "level: within\n fw =~ y1 + y2 + y3 + y4\nlevel: between\n fb =~ y1 + y2 + y3 + y4".parse().unwrap();
    let data = Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_level.csv")).unwrap();
    let page = Estimation::default().cluster("team").fit(&levels, &data).unwrap().page();
    let dutch = page.clone().in_language(Language::Dutch);
    assert_dutch(pairs(&page, &dutch, None), 60);
    assert!(dutch.text().contains("Niveau 2 (tussen), 110 clusters"), "{}", dutch.text());
    let model: Model = "f =~ a1 + a2 + a3 + a4\n a1 ~~ r*a1\n double := 2*r".parse().unwrap();
    let imputed =
        Imputer::new(model.observed_names()).imputations(3).iterations(2).impute(&likert()).unwrap();
    let mut page = Estimation::default().fit_imputed(&model, &imputed.datasets).unwrap().page();
    page.table(imputed.table());
    let dutch = page.clone().in_language(Language::Dutch);
    assert_dutch(pairs(&page, &dutch, None), 50);
    assert!(dutch.text().contains("geschakelde vergelijkingen"), "{}", dutch.text());
}
