//! Relations to other variables against semTools, psych and R's own functions.
//!
//! Tolerance 1e-8 for closed forms; 2e-4 for chi-square differences of fitted models (lavaan's stopping error), 2e-5 for
//! estimates.

use crate::table;
use approx::assert_relative_eq;
use ndarray::Array2;
use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Grouping};
use psychometrics::evidence::Resampling;
use psychometrics::evidence::relations::{
    Association, Block, HeterotraitRatios, KnownGroups, Measure, MultitraitMultimethod, Problem, Regression,
    disattenuated, latent_correlations,
};
use psychometrics::model::Scaling;
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Error, Estimation, Estimator, Model};
use serde_json::Value;

fn reference() -> Value {
    table::reference("validity.json")
}

fn near(ours: f64, theirs: &Value, tolerance: f64, what: &str) {
    let theirs = theirs.as_f64().expect(what);
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

fn few() -> Resampling {
    Resampling { replicates: 200, seed: 1 }
}

/// Factors and items of a measurement model, and the items' answers.
fn blocks(case: &Value) -> (Vec<Block>, Vec<String>, Array2<f64>) {
    let lines = case["model"].as_str().unwrap().lines();
    let blocks: Vec<Block> = lines
        .map(|line| {
            let (factor, items) = line.split_once("=~").unwrap();
            (factor.trim().to_string(), items.split('+').map(|i| i.trim().to_string()).collect())
        })
        .collect();
    let items: Vec<String> = blocks.iter().flat_map(|(_, items)| items.clone()).collect();
    let rows = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap().numeric(&items).unwrap();
    (blocks, items, rows)
}

#[test]
fn heterotrait_ratios_are_those_of_semtools() {
    for case in reference()["htmt"].as_array().unwrap() {
        let (blocks, items, rows) = blocks(case);
        let place = |name: &str| blocks.iter().position(|(b, _)| b == name).unwrap();
        let at =
            |key: &str, first: &str, second: &str| case[key]["values"][place(first)][place(second)].clone();
        let pearson = HeterotraitRatios::pearson(&items, rows.view(), &blocks, few()).unwrap();
        for ratio in &pearson.htmt {
            let theirs = at("htmt_pearson", &ratio.first, &ratio.second);
            near(ratio.absolute.unwrap(), &theirs, 1e-8, "HTMT of absolute correlations");
            if let Some(value) = ratio.value {
                near(value, &at("htmt_signed", &ratio.first, &ratio.second), 1e-8, "HTMT");
                assert!(ratio.lower.unwrap() < value && value < ratio.upper.unwrap());
            }
        }
        for ratio in &pearson.htmt2 {
            let theirs = at("htmt2_pearson", &ratio.first, &ratio.second);
            near(ratio.absolute.unwrap(), &theirs, 1e-8, "HTMT2 of absolute correlations");
        }
        if case.get("htmt_polychoric").is_some() {
            let found =
                HeterotraitRatios::polychoric(&items, rows.view(), &Ordered::All, &blocks, few()).unwrap();
            for ratio in &found.htmt {
                // lavaan's polychoric correlations are exact to 2e-8
                let theirs = at("htmt_polychoric", &ratio.first, &ratio.second);
                near(ratio.absolute.unwrap(), &theirs, 1e-6, "HTMT of polychoric correlations");
            }
        }
    }
}

/// Of continuous variables, where both roads start from the same correlations, the first-order change gives nearly the
/// intervals that estimating anew gives.
#[test]
fn intervals_from_influences_are_those_of_the_bootstrap() {
    let data = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let items: Vec<String> = ["a1", "a2", "a3", "c1", "c2", "c3"].map(String::from).to_vec();
    let rows = data.numeric(&items).unwrap();
    let blocks: Vec<Block> = vec![("A".into(), items[..3].to_vec()), ("C".into(), items[3..].to_vec())];
    // continuous variables: both roads start from the same correlations
    let many = Resampling { replicates: 1000, seed: 1 };
    let exact = HeterotraitRatios::pearson(&items, rows.view(), &blocks, many).unwrap();
    let first = HeterotraitRatios::polychoric(&items, rows.view(), &Ordered::None, &blocks, many).unwrap();
    assert_relative_eq!(exact.htmt[0].value.unwrap(), first.htmt[0].value.unwrap(), epsilon = 1e-10);
    // standard error of the ratio: about .06; normal theory and data differ a little
    assert!((exact.htmt[0].lower.unwrap() - first.htmt[0].lower.unwrap()).abs() < 0.02);
    assert!((exact.htmt[0].upper.unwrap() - first.htmt[0].upper.unwrap()).abs() < 0.02);
}

#[test]
fn a_ratio_that_does_not_exist_names_the_items() {
    let rows = Array2::from_shape_fn((30, 4), |(i, j)| {
        let x = (i * 7 % 11) as f64;
        [x, 11.0 - x + (i % 3) as f64, (i % 5) as f64, (i % 5) as f64 + (i % 2) as f64][j]
    });
    let items: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
    let blocks: Vec<Block> = vec![("x".into(), items[..2].to_vec()), ("y".into(), items[2..].to_vec())];
    let found = HeterotraitRatios::pearson(&items, rows.view(), &blocks, few()).unwrap();
    assert_eq!(found.htmt[0].value, None);
    let reason = found.htmt[0].reason.as_ref().unwrap();
    assert!(reason.contains("'a' and 'b' of 'x'"), "{reason}");
    let one: Vec<Block> = vec![("x".into(), items.clone())];
    assert!(HeterotraitRatios::pearson(&items, rows.view(), &one, few()).is_err());
}

fn discriminant(case: &Value, estimator: Estimator, cut_off: f64, merged: bool) -> f64 {
    let model: Model = reference()["discriminant"]["model"].as_str().unwrap().parse().unwrap();
    let data = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let ordinal = estimator == Estimator::Wlsmv;
    let estimation = || {
        let own = Estimation::new(estimator).scaling(Scaling::UnitVariance);
        if ordinal { own.ordered(Ordered::All) } else { own }
    };
    let fit = estimation().fit(&model, &data).unwrap();
    let refit = |model: &Model| estimation().fit(model, &data);
    let (found, warnings) = latent_correlations(&model, &fit, cut_off, &refit).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let columns = &case["columns"];
    let mut largest: f64 = 0.0;
    for (i, own) in found.iter().enumerate() {
        assert_eq!(
            (&columns["lhs"][i], &columns["rhs"][i]),
            (&Value::from(own.first.clone()), &Value::from(own.second.clone()))
        );
        near(own.estimate.unwrap(), &columns["est"][i], 2e-5, "correlation");
        near(own.lower.unwrap(), &columns["ci.lower"][i], 1e-4, "lower limit");
        let test = if merged { own.merged } else { own.cut_off }.unwrap();
        let theirs = columns["Chisq.diff"][i].as_f64().unwrap();
        largest = largest.max((test.chisq_diff - theirs).abs() / theirs);
        assert_eq!(test.df_diff, columns["Df.diff"][i].as_f64().unwrap());
        assert_eq!(own.problem, Some(Problem::None));
    }
    largest
}

#[test]
fn tests_of_latent_correlations_are_those_of_semtools() {
    let all = reference()["discriminant"].clone();
    assert!(discriminant(&all["merge_FALSE"], Estimator::Ml, 0.9, false) < 2e-4);
    assert!(discriminant(&all["cutoff_085"], Estimator::Ml, 0.85, false) < 2e-4);
    assert!(discriminant(&all["merge_TRUE"], Estimator::Ml, 0.9, true) < 2e-4);
    assert!(discriminant(&all["ordinal"], Estimator::Wlsmv, 0.9, false) < 2e-3);
}

/// Scores and criterion of the Holzinger-Swineford reference.
fn criterion() -> (Value, Vec<String>, Array2<f64>) {
    let case = reference()["criterion"][0].clone();
    let data = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap();
    let names: Vec<String> = ["visual", "textual", "speed", "grade"].map(String::from).to_vec();
    let mut rows = Array2::zeros((data.n_rows(), 4));
    for (j, name) in names[..3].iter().enumerate() {
        let items = data.numeric(&table::strings(&case["keys"][name])).unwrap();
        rows.column_mut(j).assign(&items.mean_axis(ndarray::Axis(1)).unwrap());
    }
    rows.column_mut(3).assign(&data.numeric(&["grade"]).unwrap().column(0));
    (case, names, rows)
}

#[test]
fn criterion_correlations_are_those_of_r() {
    let (case, names, rows) = criterion();
    let grade = rows.column(3).to_vec();
    for (j, name) in names[..3].iter().enumerate() {
        let found = Association::of(&rows.column(j).to_vec(), &grade).unwrap();
        let theirs = &case["ci"][j];
        near(found.r, &theirs["r"], 1e-8, name);
        near(found.t.unwrap(), &theirs["t"], 1e-8, name);
        near(found.pvalue.unwrap(), &theirs["p"], 1e-8, name);
        near(found.interval.unwrap().lower, &theirs["ci"][0], 1e-8, name);
        near(found.interval.unwrap().upper, &theirs["ci"][1], 1e-8, name);
        assert_eq!(found.n, 300);
        let alpha = case["alphas"][name].as_f64().unwrap();
        near(disattenuated(found.r, alpha, 1.0).unwrap(), &case["correct.cor"]["values"][j][3], 1e-8, name);
    }
}

#[test]
fn regressions_are_those_of_r() {
    let (case, names, rows) = criterion();
    let found = Regression::of(&names, rows.view()).unwrap();
    near(found.r2, &case["R2"], 1e-8, "R2");
    near(found.adjusted_r2, &case["adjR2"], 1e-8, "adjusted R2");
    near(found.f.unwrap(), &case["F"][0], 1e-8, "F");
    near(found.intercept, &case["lm_coef"]["values"][0][0], 1e-8, "intercept");
    for (j, term) in found.terms.iter().enumerate() {
        let theirs = &case["lm_coef"]["values"][j + 1];
        near(term.b, &theirs[0], 1e-8, "slope");
        near(term.se, &theirs[1], 1e-8, "standard error");
        near(term.pvalue.unwrap(), &theirs[3], 1e-8, "p");
        near(term.beta, &case["beta"][&term.name], 1e-8, "beta");
        near(term.vif, &case["vif"][&term.name], 1e-8, "vif");
    }
    let added = Regression::increment(&names, rows.view(), 2).unwrap();
    near(added.r2_before, &case["hierarchical_R2"][1], 1e-8, "R2 before");
    near(added.r2, &case["hierarchical_R2"][2], 1e-8, "R2");
    // the last term's unique share is what it adds, and its F is the square of its t
    assert_relative_eq!(added.delta_r2, found.terms[2].unique, epsilon = 1e-12);
    assert_relative_eq!(added.f.unwrap(), found.terms[2].t.unwrap().powi(2), max_relative = 1e-9);
    let twice = Array2::from_shape_fn((10, 3), |(i, j)| if j == 2 { (i * i) as f64 } else { i as f64 });
    let dependent = Regression::of(&["a", "b", "y"].map(String::from), twice.view());
    assert!(matches!(dependent, Err(Error::LinearlyDependent { .. })), "{dependent:?}");
    let constant = Array2::from_shape_fn((10, 2), |(i, j)| if j == 1 { 3.0 } else { i as f64 });
    let constant = Regression::of(&["a", "y"].map(String::from), constant.view());
    assert!(matches!(constant, Err(Error::ConstantItem { item, .. }) if item == "y"));
}

#[test]
fn group_comparisons_are_those_of_r() {
    for case in reference()["groups"].as_array().unwrap() {
        let data = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap();
        let (items, grouping): (&[&str], Grouping) = match case["group"].as_str().unwrap() {
            "agegrp" => {
                let age = data.numeric(&["ageyr"]).unwrap();
                let label = |age: &f64| {
                    Some(if *age <= 12.0 {
                        "le12"
                    } else if *age <= 13.0 {
                        "13"
                    } else {
                        "ge14"
                    })
                };
                (&["x4", "x5", "x6"], Grouping::new("agegrp", age.iter().map(label)))
            }
            "school" => (&["x1", "x2", "x3"], data.grouping("school").unwrap()),
            _ => (&["a1", "a2", "a3", "a4"], data.grouping("group").unwrap()),
        };
        let scores = data.numeric(items).unwrap().mean_axis(ndarray::Axis(1)).unwrap().to_vec();
        let found = KnownGroups::of(&scores, &grouping).unwrap();
        let (anova, welch) = (found.anova.unwrap(), found.welch.unwrap());
        near(anova.f, &case["anova"]["F"], 1e-8, "F");
        near(anova.pvalue, &case["anova"]["p"], 1e-8, "p");
        near(found.eta2, &case["anova"]["eta2"], 1e-8, "eta2");
        near(found.omega2, &case["anova"]["omega2"], 1e-8, "omega2");
        near(welch.f, &case["welch_anova"]["F"], 1e-8, "Welch F");
        near(welch.df[1], &case["welch_anova"]["df"][1], 1e-8, "Welch df");
        near(welch.pvalue, &case["welch_anova"]["p"], 1e-8, "Welch p");
        for group in &found.groups {
            near(group.mean, &case["mean"][&group.group], 1e-8, "mean");
            near(group.sd, &case["sd"][&group.group], 1e-8, "sd");
        }
        let pairs: Vec<Value> = match case["pairwise_welch"].as_array() {
            Some(pairs) => pairs.clone(),
            None => {
                let names: Vec<&String> = case["mean"].as_object().unwrap().keys().collect();
                let mut pair = case["welch_t"].clone();
                pair["pair"] = serde_json::json!(names);
                pair["effect"] = case["effect"].clone();
                vec![pair]
            }
        };
        for theirs in pairs {
            let is = |name: &str, i: usize| theirs["pair"][i] == name;
            let own = found
                .pairs
                .iter()
                .find(|p| is(&p.first, 0) && is(&p.second, 1) || is(&p.first, 1) && is(&p.second, 0));
            let own = own.unwrap();
            let sign = if is(&own.first, 0) { 1.0 } else { -1.0 };
            near(sign * own.t.unwrap(), &theirs["statistic"], 1e-8, "t");
            near(own.df.unwrap(), &theirs["df"], 1e-8, "df");
            near(own.pvalue.unwrap(), &theirs["p"], 1e-8, "p");
            let effect = &theirs["effect"];
            near(sign * own.cohen_d.unwrap(), &effect["cohen_d"], 1e-8, "d");
            near(sign * own.hedges_g.unwrap(), &effect["hedges_g_exact"], 1e-8, "g");
            let interval = own.d_interval.unwrap();
            let lower = if sign > 0.0 { interval.lower } else { -interval.upper };
            near(lower, &effect["ci_d_normal"][0], 1e-8, "interval of d");
            // Mann-Whitney's U over the number of pairs is the area
            if let Some(u) = case["wilcoxon"]["W"].as_f64() {
                let (a, b) = (effect["n1"].as_f64().unwrap(), effect["n2"].as_f64().unwrap());
                let auc = if sign > 0.0 { own.auc } else { 1.0 - own.auc };
                // means of decimals that are equal on paper tie in one program and not in another
                assert_relative_eq!(auc, u / (a * b), epsilon = 1e-4);
            }
        }
    }
}

/// Hanley & McNeil's (1982) comparison: complete separation has an area of 1 and no error.
#[test]
fn separated_groups_have_an_area_of_one_and_empty_ones_are_told() {
    let grouping = Grouping::new("g", ["a", "a", "a", "b", "b", "b", "c"].map(Some));
    let found = KnownGroups::of(&[3.0, 4.0, 5.0, 1.0, 2.0, 0.0, 9.0], &grouping).unwrap();
    assert_eq!((found.pairs[0].auc, found.pairs[0].auc_interval), (1.0, None));
    assert_eq!(found.left_out, ["c"]);
    let alone = Grouping::new("g", ["a", "a", "b"].map(Some));
    assert!(matches!(KnownGroups::of(&[1.0, 2.0, 3.0], &alone), Err(Error::TooFewRows { n: 1, .. })));
}

/// Campbell & Fiske's (1959) synthetic matrix as it is often printed; the counts are by hand.
#[test]
fn campbell_and_fiskes_comparisons_are_counted() {
    // traits A, B, C by methods 1, 2, 3
    let lower = [
        1.0, // A1
        0.51, 1.0, // B1
        0.38, 0.37, 1.0, // C1
        0.57, 0.22, 0.09, 1.0, // A2
        0.22, 0.57, 0.10, 0.68, 1.0, // B2
        0.11, 0.11, 0.46, 0.59, 0.58, 1.0, // C2
        0.56, 0.22, 0.11, 0.67, 0.42, 0.33, 1.0, // A3
        0.23, 0.58, 0.12, 0.43, 0.66, 0.34, 0.67, 1.0, // B3
        0.11, 0.11, 0.45, 0.34, 0.32, 0.58, 0.58, 0.60, 1.0, // C3
    ];
    let names = ["A1", "B1", "C1", "A2", "B2", "C2", "A3", "B3", "C3"];
    let moments = Moments::from_lower_triangle(&names, &lower, 300).unwrap();
    let measures: Vec<Measure> = names
        .iter()
        .map(|name| Measure {
            variable: (*name).into(),
            trait_name: name[..1].into(),
            method: name[1..].into(),
        })
        .collect();
    let found = MultitraitMultimethod::of(&moments, &measures).unwrap();
    assert_eq!(found.convergent, [9, 9]);
    // every validity exceeds all 4 heterotrait-heteromethod values in its row and column
    assert_eq!(found.above_heteromethod, [36, 36]);
    // heterotrait-monomethod: each of 9 validities against 2 other traits in 2 methods
    assert_eq!(found.above_monomethod[1], 36);
    let validities = [
        (0.57, [0.51, 0.38, 0.68, 0.59]),
        (0.57, [0.51, 0.37, 0.68, 0.58]),
        (0.46, [0.38, 0.37, 0.59, 0.58]),
    ];
    let first_block: usize =
        validities.iter().map(|(v, others)| others.iter().filter(|o| v > *o).count()).sum();
    assert_eq!(first_block, 6);
    assert!(found.above_monomethod[0] < 36 && found.pattern_w.unwrap() > 0.6);
    assert!(found.validities.iter().all(|v| v.exceeded_by == 0));
    let model = found.models.iter().find(|m| m.name == "ct_cm1").unwrap();
    assert_eq!(model.reference_method.as_deref(), Some("1"));
    for shares in &model.variance {
        assert_relative_eq!(
            shares.consistency + shares.specificity + shares.unexplained,
            1.0,
            epsilon = 1e-12
        );
    }
    let twice = [measures.clone(), vec![measures[0].clone()]].concat();
    assert!(matches!(MultitraitMultimethod::of(&moments, &twice), Err(Error::DuplicateId { .. })));
    assert!(matches!(MultitraitMultimethod::of(&moments, &measures[..3]), Err(Error::TooFewItems { .. })));
}

#[test]
fn columns_that_do_not_vary_have_no_correlation() {
    assert_eq!(Association::of(&[1.0, 2.0, 3.0], &[2.0, 2.0, 2.0]), None);
    assert_eq!(Association::of(&[1.0, f64::NAN, 3.0], &[2.0, 1.0, 4.0]), None);
    let perfect = Association::of(&[1.0, 2.0, 3.0, 4.0], &[2.0, 4.0, 6.0, 8.0]).unwrap();
    assert_eq!((perfect.r, perfect.t, perfect.interval), (1.0, None, None));
    let moments = Moments::of(["x".to_string()], Array2::zeros((3, 1)).view(), Missing::Listwise).unwrap();
    assert_eq!(moments.n(), 3);
}
