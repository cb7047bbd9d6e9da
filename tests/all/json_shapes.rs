//! The JSON of every kind of result, pinned: keys, their order, and numbers to three digits. A change here is one that whoever
//! reads stored results must be told of (CHANGELOG). All but the first of many alike are left out (`... 7 more`), counts of
//! iterations too.

use crate::records::back;
use psychometrics::construct::Construct;
use psychometrics::correlation::{Correlate, Correlations, Ordered};
use psychometrics::data::{CsvOptions, CsvSource, Dataset, Progress, Responses};
use psychometrics::estimate::{
    CategoryShares, Comparison, Effect, FactorScores, FitRecord, ItemCurve, LevelFit, ModificationIndex,
    PooledFitRecord, ProfileInterval, Residuals, ScoreMethod, StandardizedEstimate, compare,
};
use psychometrics::evidence::consequences::{Norms, Scores};
use psychometrics::evidence::content::{Agreement, Codes, ContentValidity, ExpertRatings, RatingScale};
use psychometrics::evidence::internal_structure::{
    FactorReliability, Intraclass, ItemAnalysis, OrdinalReliability, Reliability, ScaleItem,
    ScaleReliability, ScaleStudy, ScaleSummary,
};
use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
use psychometrics::evidence::response_process::{MissingTable, Screening, ScreeningStudy};
use psychometrics::evidence::{EvidenceRecord, MeasurementLevel, Resampling, Validation};
use psychometrics::moments::{Distribution, McarTest, Missing, Moments};
use psychometrics::simulate::{Imputation, Imputer, Population, Study, StudyResult};
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Warning};
use serde::Serialize;
use std::str::Chars;

const ONE: &str = "f =~ x1 + x2 + x3 + x4";

fn hs() -> Dataset {
    Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap()
}

fn likert() -> Dataset {
    Dataset::read_csv("tests/data/likert5.csv").unwrap()
}

fn fit(model: &str, data: &Dataset, estimation: Estimation) -> Fit {
    estimation.fit(&model.parse().unwrap(), data).unwrap()
}

fn ordinal() -> Fit {
    fit("A =~ a1 + a2 + a3 + a4", &likert(), Estimation::new(Estimator::Wlsmv).ordered(Ordered::All))
}

/// A part of a JSON text, whose objects keep the order of their keys.
enum Json {
    Scalar(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn of(text: &mut std::iter::Peekable<Chars<'_>>) -> Self {
        match text.peek() {
            Some('[') => {
                text.next();
                let mut parts = Vec::new();
                while text.next_if_eq(&']').is_none() {
                    parts.push(Self::of(text));
                    text.next_if_eq(&',');
                }
                Self::Array(parts)
            }
            Some('{') => {
                text.next();
                let mut parts = Vec::new();
                while text.next_if_eq(&'}').is_none() {
                    let key = quoted(text);
                    assert_eq!(text.next(), Some(':'));
                    parts.push((key, Self::of(text)));
                    text.next_if_eq(&',');
                }
                Self::Object(parts)
            }
            Some('"') => Self::Scalar(quoted(text)),
            _ => {
                let mut scalar = String::new();
                while let Some(c) = text.next_if(|c| !",]}".contains(*c)) {
                    scalar.push(c);
                }
                Self::Scalar(rounded(scalar))
            }
        }
    }

    /// In one line where it is short, else a line for each part.
    fn write(&self, indent: usize, out: &mut String) {
        let inline = self.inline();
        let new_line = |out: &mut String, more: usize| {
            out.push('\n');
            out.push_str(&" ".repeat(indent + more));
        };
        match self {
            Self::Array(parts) if parts.len() > 1 || inline.len() > 100 => {
                out.push('[');
                for part in parts.iter().take(1) {
                    new_line(out, 2);
                    part.write(indent + 2, out);
                }
                if parts.len() > 1 {
                    new_line(out, 2);
                    out.push_str(&format!("... {} more", parts.len() - 1));
                }
                new_line(out, 0);
                out.push(']');
            }
            Self::Object(parts) if inline.len() > 100 => {
                out.push('{');
                for (key, part) in parts {
                    new_line(out, 2);
                    out.push_str(&format!("{key}: "));
                    match key.as_str() {
                        "\"iterations\"" => out.push_str("(count)"),
                        _ => part.write(indent + 2, out),
                    }
                }
                new_line(out, 0);
                out.push('}');
            }
            _ => out.push_str(&inline),
        }
    }

    fn inline(&self) -> String {
        let joined = |parts: Vec<String>| parts.join(", ");
        match self {
            Self::Scalar(text) => text.clone(),
            Self::Array(parts) if parts.len() > 1 => {
                format!("[{}, ... {} more]", parts[0].inline(), parts.len() - 1)
            }
            Self::Array(parts) => format!("[{}]", joined(parts.iter().map(Self::inline).collect())),
            Self::Object(parts) => {
                format!(
                    "{{{}}}",
                    joined(parts.iter().map(|(k, own)| format!("{k}: {}", own.inline())).collect())
                )
            }
        }
    }
}

fn quoted(text: &mut std::iter::Peekable<Chars<'_>>) -> String {
    let mut out = String::from(text.next().unwrap());
    while let Some(c) = text.next() {
        out.push(c);
        match c {
            '\\' => out.extend(text.next()),
            '"' => break,
            _ => {}
        }
    }
    out
}

/// A number that is not whole, to three digits; what is next to nothing is 0.
fn rounded(scalar: String) -> String {
    match scalar.parse::<f64>() {
        Ok(value) if scalar.contains(['.', 'e']) => {
            let value: f64 = if value.abs() < 1e-6 { 0.0 } else { format!("{value:.2e}").parse().unwrap() };
            format!("{value:?}")
        }
        _ => scalar,
    }
}

/// The shape of what is serialised.
fn shape(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap();
    let mut out = String::new();
    Json::of(&mut text.chars().peekable()).write(0, &mut out);
    out
}

macro_rules! pinned {
    ($name:literal, $record:ty, $value:expr) => {{
        let value = $value;
        let _: $record = back(&value);
        insta::assert_snapshot!($name, shape(&value));
    }};
}

#[test]
fn moments_and_correlations() {
    let names = ["x1", "x2"].map(String::from);
    let rows = hs().numeric(&names).unwrap();
    pinned!("moments", Moments, Moments::of(names.clone(), rows.view(), Missing::Listwise).unwrap());
    let holes = Dataset::read_csv("tests/data/hs_missing.csv").unwrap().numeric(&names).unwrap();
    pinned!(
        "moments_pairwise",
        Moments,
        Moments::of(names.clone(), holes.view(), Missing::Pairwise).unwrap()
    );
    pinned!(
        "distribution",
        Distribution,
        Distribution::of(&likert().numeric(&["a1"]).unwrap().column(0).to_vec()).unwrap()
    );
    pinned!("mcar", McarTest, McarTest::of(names.clone(), holes.view()).unwrap().unwrap());
    let options =
        CsvOptions { columns: vec!["a1".into(), "a2".into(), "a3".into()], ..CsvOptions::default() };
    let source = CsvSource::open("tests/data/likert5.csv", &options).unwrap();
    pinned!("correlations", Correlations, Correlate::default().read(&source).unwrap());
    pinned!("correlate", Correlate, Correlate::default());
}

#[test]
fn fits_and_what_is_asked_of_them() {
    let robust = fit(ONE, &hs(), Estimation::new(Estimator::Mlr));
    pinned!("fit", FitRecord, robust.clone());
    pinned!("fit_ordinal", FitRecord, ordinal());
    pinned!(
        "estimation",
        Estimation,
        Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("school")
    );
    pinned!("model", Model, format!("{ONE}\nf ~~ 1*f").parse::<Model>().unwrap());
    pinned!("standardized", Vec<StandardizedEstimate>, robust.standardized());
    pinned!("residuals", Vec<Residuals>, robust.residuals());
    pinned!("modification_indices", Vec<ModificationIndex>, robust.modification_indices().unwrap());
    pinned!("effects", Vec<Effect>, fit("x3 ~ x1 + x2; x2 ~ x1", &hs(), Estimation::default()).effects());
    let plain = fit(ONE, &hs(), Estimation::default());
    pinned!("profile_intervals", Vec<ProfileInterval>, plain.profile_intervals(0.95).unwrap());
    let own = plain.scores(&hs(), None, ScoreMethod::Regression).unwrap();
    pinned!("factor_scores", FactorScores, own);
    let tighter = fit("f =~ x1 + a*x2 + a*x3 + x4", &hs(), Estimation::default());
    pinned!("comparison", Comparison, compare(&[("free", &plain), ("equal", &tighter)], None).unwrap());
    pinned!("category_shares", Vec<CategoryShares>, ordinal().category_shares());
    pinned!("item_curves", Vec<ItemCurve>, ordinal().item_curves(&[0.0, 1.0]));
    pinned!("factor_reliability", Vec<FactorReliability>, FactorReliability::of(&plain));
    pinned!("ordinal_reliability", Vec<OrdinalReliability>, OrdinalReliability::of(&ordinal()));
}

#[test]
fn fits_of_two_levels_and_of_completed_data() {
    let teams = Dataset::read_csv("tests/data/two_level.csv").unwrap();
    let levels = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ y1 + y2 + y3 + y4";
    let two = fit(levels, &teams, Estimation::new(Estimator::Mlr).cluster("team"));
    pinned!("fit_of_two_levels", FitRecord, two.clone());
    pinned!("level_fit", LevelFit, two.level_fit().unwrap());
    let gaps = Dataset::read_csv("tests/data/hs_missing.csv").unwrap();
    let model: Model = ONE.parse().unwrap();
    let imputed = Imputer::new(model.observed_names()).imputations(3).iterations(2).impute(&gaps).unwrap();
    pinned!("imputation", Imputation, imputed.clone());
    pinned!("imputer", Imputer, Imputer::new(["x1"]));
    pinned!(
        "pooled_fit",
        PooledFitRecord,
        Estimation::default().fit_imputed(&model, &imputed.datasets).unwrap()
    );
}

#[test]
fn simulated_studies() {
    let truth: Model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse().unwrap();
    let population = Population::of(&truth).unwrap();
    let (model, estimation) = (ONE.parse().unwrap(), Estimation::default());
    let study = Study { population, model, estimation, n: 100, replications: 5, seed: 1 };
    pinned!("study", StudyResult, study.run(&Progress::default()).unwrap());
}

#[test]
fn scales_and_raters() {
    let names = ["a1", "a2", "a3", "a4"];
    let items = names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0));
    let rows = likert().numeric(&names).unwrap();
    let mut summary = ScaleSummary::new(items.clone(), Missing::Listwise);
    summary.push(rows.view()).unwrap();
    pinned!("item_analysis", ItemAnalysis, ItemAnalysis::of(&summary).unwrap());
    pinned!("reliability", Reliability, Reliability::of(&summary).unwrap());
    let study =
        ScaleStudy { bootstrap: Some(Resampling { replicates: 50, seed: 1 }), ..ScaleStudy::default() };
    pinned!("scale_reliability", ScaleReliability, study.of(&items, rows.view()).unwrap());
    pinned!("missing_table", MissingTable, MissingTable::of(&names.map(String::from), rows.view()));
    let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
    pinned!("screening", Screening, study.of(&likert(), &names).unwrap());
    pinned!("screening_study", ScreeningStudy, study);
    let ratings = Dataset::read_csv("tests/data/ratings_sf.csv").unwrap();
    let values = ratings.numeric(&ratings.numeric_names()).unwrap();
    pinned!("intraclass", Intraclass, Intraclass::of(values.view()).unwrap());
    let few = Resampling { replicates: 20, seed: 1 };
    let codes = Codes::new(values.outer_iter().map(|row| row.iter().map(|x| Some(*x)).collect()).collect());
    pinned!("agreement", Agreement, Agreement::of(&codes, few).unwrap());
    let experts = Dataset::builder()
        .column("item", ["a", "b", "c"])
        .columns([("e1", [4, 3, 2]), ("e2", [4, 4, 1]), ("e3", [3, 4, 2])])
        .build()
        .unwrap();
    let experts = ExpertRatings::of(&experts, RatingScale::default()).unwrap();
    pinned!("expert_ratings", ExpertRatings, experts.clone());
    pinned!("content_validity", ContentValidity, ContentValidity::of(&experts, |_| Some("d".into())));
}

#[test]
fn traits_by_methods() {
    let triangle = [1.0, 0.5, 1.0, 0.6, 0.3, 1.0, 0.3, 0.6, 0.4, 1.0];
    let moments = Moments::from_lower_triangle(&["Ax", "Bx", "Ay", "By"], &triangle, 200).unwrap();
    let measure = |name: &str| Measure {
        variable: name.into(),
        trait_name: name[..1].into(),
        method: name[1..].into(),
    };
    let measures = ["Ax", "Bx", "Ay", "By"].map(measure);
    pinned!(
        "multitrait_multimethod",
        MultitraitMultimethod<FitRecord>,
        MultitraitMultimethod::of(&moments, &measures).unwrap()
    );
}

#[test]
fn evidence_and_scores() {
    let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let responses = Responses::read(&construct).unwrap();
    let few = Resampling { replicates: 50, seed: 1 };
    let evidence = Validation::of(&construct).level(MeasurementLevel::Continuous).resampling(few);
    let mut evidence = evidence.run(&responses).unwrap();
    // of these few complete rows its search runs away, and ends where rounding takes it; the exploratory one has its shape
    let general = evidence.dimensionality.as_mut().and_then(|own| own.general.take());
    assert!(general.is_some_and(|own| !own.structure.result.converged));
    pinned!("evidence", EvidenceRecord, evidence);
    let norms = Norms::of(&construct, &responses, MeasurementLevel::Continuous).unwrap();
    pinned!("scores", Scores, norms.score_all(&responses).unwrap());
    pinned!("construct", Construct, construct);
}

#[test]
fn warnings_and_errors() {
    pinned!(
        "warning",
        Warning,
        Warning::FewClusters { variable: "team".into(), clusters: 12, parameters: 30 }
    );
    pinned!("error", Error, "viusal".parse::<Estimator>().unwrap_err());
}
