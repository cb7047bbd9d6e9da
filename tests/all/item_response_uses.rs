//! What is done with item response models beyond a fit: conditional estimates, covariates, nodes at each respondent, stored
//! items, short forms, adaptive tests, linked forms, plausible values, item functioning with chosen anchors.

use approx::assert_relative_eq;
use psychometrics::Error;
use psychometrics::data::{Dataset, Progress};
use psychometrics::evidence::internal_structure::Adjustment;
use psychometrics::irt::{
    AdaptiveTest, AnchorChoice, GroupEquality, Integration, Irt, ItemBank, ItemFunctioning, ItemModel,
    ItemParameters, LinkingMethod, ShortFormGoal, TraitEstimator, simulated_answers,
};

fn lsat() -> (Dataset, Vec<String>) {
    let data = Dataset::read_csv("data/lsat/lsat6.csv").unwrap();
    let names = data.names().to_vec();
    (data, names)
}

fn likert() -> Dataset {
    Dataset::read_csv("tests/data/likert5.csv").unwrap()
}

const A: [&str; 4] = ["a1", "a2", "a3", "a4"];

/// R 4.2.2: the log-linear Rasch model (Tjur 1982), `glm(counts of the 32 patterns ~ items + factor(score), poisson)`;
/// effects and their errors centred.
#[test]
fn conditional_estimates_are_those_of_the_log_linear_model() {
    let (data, items) = lsat();
    let fit = Irt::new(ItemModel::Rasch).scores(TraitEstimator::Wle).fit_conditional(&data, &items).unwrap();
    let b = [-1.2561284560, 0.4749060034, 1.2359841523, 0.1684105758, -0.6231722756];
    let se = [0.104409864, 0.069916900, 0.068778610, 0.072618848, 0.085915680];
    for (item, (b, se)) in fit.items.iter().zip(b.into_iter().zip(se)) {
        assert_relative_eq!(item.difficulties.as_ref().unwrap()[0], b, epsilon = 1e-8);
        assert_relative_eq!(item.se.difficulties.as_ref().unwrap()[0].unwrap(), se, epsilon = 1e-7);
    }
    assert!(fit.converged && fit.npar == 4 && fit.informative == 699);
    let test = fit.andersen.unwrap();
    assert_eq!((test.df, test.low + test.high), (4, 699));
    // WLE of a sum and of its mirror in a test with mean difficulty 0 are not far from each other
    assert_relative_eq!(fit.sum_scores[0].theta.unwrap(), -2.790480822551574, epsilon = 1e-6);
    assert_eq!(fit.scores.unwrap().values.len(), 1000);
}

/// Dichotomous partial credit items are Rasch items, and rows in another order, or some answers missing, are no obstacle.
#[test]
fn conditional_estimates_of_incomplete_answers_and_other_models() {
    let (data, items) = lsat();
    let rasch = Irt::new(ItemModel::Rasch).fit_conditional(&data, &items).unwrap();
    let credit = Irt::new(ItemModel::PartialCredit).fit_conditional(&data, &items).unwrap();
    assert_relative_eq!(rasch.logl, credit.logl, epsilon = 1e-9);
    // half of the respondents were not asked the last item, by chance: estimates are near
    let mut values = data.numeric(&items).unwrap();
    (0..1000).filter(|row| row % 2 == 1).for_each(|row| values[(row, 4)] = f64::NAN);
    let gaps = Dataset::builder().nan_is_missing().array(items.iter().cloned(), values).build().unwrap();
    let fit = Irt::new(ItemModel::Rasch).fit_conditional(&gaps, &items).unwrap();
    let of = |fit: &psychometrics::irt::ConditionalFit, item: usize| {
        fit.items[item].difficulties.as_ref().unwrap()[0]
    };
    assert!(fit.converged);
    for item in 0..5 {
        assert!((of(&fit, item) - of(&rasch, item)).abs() < 0.2, "{item}");
    }
    assert!(matches!(
        Irt::new(ItemModel::TwoParameter).fit_conditional(&data, &items),
        Err(Error::Unsupported { .. })
    ));
    assert!(matches!(
        Irt::new(ItemModel::Rasch).scores(TraitEstimator::Eap).fit_conditional(&data, &items),
        Err(Error::Unsupported { .. })
    ));
}

/// 21 nodes where each respondent is, beside 121 for all.
#[test]
fn adaptive_nodes_are_many_equal_ones() {
    let (data, items) = lsat();
    for model in [ItemModel::TwoParameter, ItemModel::Rasch] {
        let grid = Irt::new(model).quadrature(121).fit(&data, &items).unwrap();
        let own = Irt::new(model).integration(Integration::Adaptive).fit(&data, &items).unwrap();
        assert!(own.converged);
        assert_relative_eq!(grid.logl, own.logl, epsilon = 1e-6);
        for (a, b) in grid.items.iter().zip(&own.items) {
            assert_relative_eq!(a.intercepts[0], b.intercepts[0], epsilon = 1e-6);
            assert_relative_eq!(a.se.intercepts[0].unwrap(), b.se.intercepts[0].unwrap(), epsilon = 1e-5);
        }
    }
}

/// A covariate of two values is two groups with equal items and variances, whose means differ by the coefficient.
#[test]
fn a_binary_covariate_is_two_groups() {
    let data = likert();
    let second: Vec<f64> = data
        .labels("group")
        .unwrap()
        .iter()
        .map(|g| f64::from(u8::from(g.as_deref() == Some("g2"))))
        .collect();
    let values = data.numeric(&A).unwrap();
    let with =
        Dataset::builder().array(A.map(String::from), values).column("second", second).build().unwrap();
    let equal = [GroupEquality::Slopes, GroupEquality::Intercepts, GroupEquality::Variances];
    let groups = Irt::default().group("second").equal(equal).fit_statistics(false).fit(&with, &A).unwrap();
    let fit = Irt::default().covariates(["second"]).fit_statistics(false).fit(&with, &A).unwrap();
    assert_relative_eq!(fit.logl, groups.logl, epsilon = 1e-4);
    let row = &fit.regression[0];
    assert_eq!((row.r#trait.as_str(), row.covariate.as_str()), ("theta", "second"));
    assert_relative_eq!(row.est, groups.groups[1].mean, epsilon = 1e-4);
    assert_relative_eq!(row.se.unwrap(), groups.groups[1].mean_se.unwrap(), epsilon = 1e-4);
    // as part of a structure
    let model = "f =~ a1 + a2 + a3 + a4; f ~ second".parse().unwrap();
    let structured = Irt::default().structure(model).fit_statistics(false).fit(&with, &A).unwrap();
    assert_relative_eq!(structured.logl, fit.logl, epsilon = 1e-8);
    assert!(matches!(Irt::default().covariates(["a1"]).fit(&with, &A), Err(Error::Unsupported { .. })));
    let grid = Irt::default().covariates(["second"]).integration(Integration::Grid).fit(&with, &A);
    assert!(matches!(grid, Err(Error::Unsupported { .. })));
}

/// Scores are drawn to the middle, plausible values are not: mean 0 and variance 1 of the trait come back.
#[test]
fn plausible_values_have_the_spread_of_the_trait() {
    let items: Vec<ItemParameters> = (0..8)
        .map(|i| {
            ItemParameters::new(format!("x{i}"), ItemModel::TwoParameter, [1.3], [0.5 * i as f64 - 1.75])
                .unwrap()
        })
        .collect();
    let data = simulated_answers(&items, 1500, 4).unwrap();
    let names: Vec<&str> = items.iter().map(|item| item.item.as_str()).collect();
    let irt = Irt::new(ItemModel::TwoParameter)
        .fit_statistics(false)
        .scores(TraitEstimator::Eap)
        .plausible_values(4, 7);
    let fit = irt.fit(&data, &names).unwrap();
    let variance = |values: &[Option<f64>]| {
        let own: Vec<f64> = values.iter().flatten().copied().collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        (mean, own.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / own.len() as f64)
    };
    let eap = variance(&fit.scores.as_ref().unwrap().values).1;
    assert!(eap < 0.75, "{eap}");
    let plausible = fit.plausible.as_ref().unwrap();
    for values in &plausible.traits[0].values {
        let (mean, spread) = variance(values);
        assert!(mean.abs() < 0.08 && (spread - 1.0).abs() < 0.12, "{mean} {spread}");
    }
    assert_eq!(irt.fit(&data, &names).unwrap().plausible, fit.plausible);
}

fn bank(model: ItemModel, count: usize) -> ItemBank {
    let item = |i: usize| {
        let share = i as f64 / (count - 1) as f64;
        let b = 6.0 * share - 3.0;
        let a = 1.2 + 0.08 * ((i * 7) % 10) as f64;
        let d = if model.is_dichotomous() { vec![-a * b] } else { vec![1.0 - a * b, -a * b, -1.0 - a * b] };
        ItemParameters::new(format!("x{i}"), model, [a], d).unwrap()
    };
    ItemBank::new((0..count).map(item)).unwrap()
}

/// The JSON of a fit gives its items back, and with them the scores of the fit.
#[test]
fn stored_items_score_as_the_fit_does() {
    let (data, items) = lsat();
    let irt = Irt::new(ItemModel::TwoParameter).fit_statistics(false);
    let fit = irt.clone().scores(TraitEstimator::Eap).fit(&data, &items).unwrap();
    let bank = ItemBank::from_json(&serde_json::to_string(&fit).unwrap(), None).unwrap();
    assert_eq!(bank, ItemBank::of(&fit).unwrap());
    assert_eq!(bank, ItemBank::from_json(&bank.to_json(), None).unwrap());
    let stored = bank.scores(&data, TraitEstimator::Eap).unwrap();
    for (a, b) in stored.values.iter().zip(&fit.scores.unwrap().values) {
        assert_relative_eq!(a.unwrap(), b.unwrap(), epsilon = 1e-6);
    }
    let wle = irt.scores(TraitEstimator::Wle).fit(&data, &items).unwrap().scores.unwrap();
    let stored = bank.scores(&data, TraitEstimator::Wle).unwrap();
    assert_relative_eq!(stored.values[17].unwrap(), wle.values[17].unwrap(), epsilon = 1e-6);
    // one answer sheet; what is not on it does not count
    let one = bank.score(&[("Q1", 1.0), ("Q3", 0.0)], TraitEstimator::Eap).unwrap();
    assert_eq!(one.answered, 2);
    assert!(matches!(bank.score(&[("Q1", 3.0)], TraitEstimator::Eap), Err(Error::OffScale { .. })));
    assert!(matches!(bank.score(&[("Q9", 1.0)], TraitEstimator::Eap), Err(Error::UnknownColumn { .. })));
    assert_eq!(bank.score(&[] as &[(&str, f64)], TraitEstimator::Eap).unwrap().value, None);
    for broken in ["", "[]", "{\"items\": 3}", "{\"items\": []}", "{\"dimensions\": []}"] {
        assert!(ItemBank::from_json(broken, None).is_err(), "{broken}");
    }
    let text = bank.to_json().replace("\"categories\":[0.0,1.0]", "\"categories\":[1.0,0.0]");
    assert!(matches!(ItemBank::from_json(&text, None), Err(Error::UnusableItems { .. })));
}

#[test]
fn short_forms_are_precise_where_they_are_wanted() {
    let bank = bank(ItemModel::TwoParameter, 40);
    let high = bank.short_form(8, (1.0, 3.0), ShortFormGoal::Mean).unwrap();
    let low = bank.short_form(8, (-3.0, -1.0), ShortFormGoal::Mean).unwrap();
    assert!(high.items.iter().all(|item| !low.items.contains(item)));
    let at =
        |form: &psychometrics::irt::ShortForm, theta: f64| bank.only(&form.items).unwrap().information(theta);
    assert!(at(&high, 2.0) > 3.0 * at(&low, 2.0));
    // no other choice of items has a higher mean: a swap of any one never helps
    let mean = |items: &[String]| {
        let own = bank.only(items).unwrap();
        (0..=40).map(|step| own.information(1.0 + 0.05 * f64::from(step))).sum::<f64>()
    };
    let best = mean(&high.items);
    for other in bank.names().iter().filter(|name| !high.items.contains(name)) {
        let mut swapped = high.items.clone();
        swapped[7] = other.clone();
        assert!(mean(&swapped) <= best + 1e-9);
    }
    let least = bank.short_form(8, (-2.0, 2.0), ShortFormGoal::Least).unwrap();
    let mean = bank.short_form(8, (-2.0, 2.0), ShortFormGoal::Mean).unwrap();
    let lowest = |form: &psychometrics::irt::ShortForm| {
        form.levels.iter().map(|level| level.short).fold(f64::INFINITY, f64::min)
    };
    assert!(lowest(&least) >= lowest(&mean));
    assert!(bank.short_form(41, (-1.0, 1.0), ShortFormGoal::Mean).is_err());
    assert!(bank.short_form(4, (1.0, -1.0), ShortFormGoal::Mean).is_err());
    let all = bank.short_form(40, (-1.0, 1.0), ShortFormGoal::Mean).unwrap();
    assert_relative_eq!(all.kept, 1.0, epsilon = 1e-12);
}

/// Bias below .05 from -2 to 2 with a standard error of .3; the same tests at any number of threads.
#[test]
fn adaptive_tests_are_hardly_biased() {
    let test = AdaptiveTest::new(bank(ItemModel::TwoParameter, 120)).unwrap().precision(0.3).length(1, 40);
    let run = || test.simulate(&[-2.0, -1.0, 0.0, 1.0, 2.0], 1000, 1, &Progress::default()).unwrap();
    let study = run();
    for level in &study.levels {
        assert!(level.bias.abs() < 0.05, "{level:?}");
        assert!((level.rmse - 0.3).abs() < 0.03 && level.items < 25.0 && level.precise > 0.99, "{level:?}");
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run);
    assert_eq!(one, study);
    // from one answer to the next
    let first = test.next(&[] as &[(&str, f64)]).unwrap();
    let item = first.item.unwrap();
    let next = test.next(&[(item.as_str(), 1.0)]).unwrap();
    assert!(next.theta.unwrap() > 0.0 && next.item.is_some_and(|own| own != item));
    assert!(test.simulate(&[], 10, 1, &Progress::default()).is_err());
    assert!(test.clone().precision(0.0).simulate(&[0.0], 10, 1, &Progress::default()).is_err());
}

/// A form whose scale was turned is turned back exactly, by every method and form of model.
#[test]
fn a_turned_scale_is_turned_back() {
    for model in [ItemModel::TwoParameter, ItemModel::Graded, ItemModel::GeneralizedPartialCredit] {
        let first = bank(model, 12);
        let second = first.on_scale(1.0 / 1.2, -0.5 / 1.2);
        for method in LinkingMethod::ALL {
            let link = first.link(&second, *method).unwrap();
            assert_relative_eq!(link.slope, 1.2, epsilon = 1e-7);
            assert_relative_eq!(link.intercept, 0.5, epsilon = 1e-7);
            assert!(link.common[0].drift < 1e-7 && link.lines.len() == 4);
            assert_relative_eq!(link.linked.items[3].slopes[0], first.items[3].slopes[0], epsilon = 1e-6);
        }
    }
    let first = bank(ItemModel::TwoParameter, 12);
    let other = bank(ItemModel::Graded, 12);
    assert!(matches!(first.link(&other, LinkingMethod::Haebara), Err(Error::NoAnswerExists { .. })));
    let apart =
        ItemBank::new([ItemParameters::new("y", ItemModel::TwoParameter, [1.0], [0.0]).unwrap()]).unwrap();
    assert!(matches!(first.link(&apart, LinkingMethod::Haebara), Err(Error::NoAnswerExists { .. })));
}

/// mirt 1.47 `DIF(scheme = 'drop')` with p adjusted by Holm, and D-max of `empirical_ES`.
#[test]
fn item_functioning_has_other_adjustments_references_and_anchors() {
    let data = likert();
    let study = ItemFunctioning::new(Irt::default(), "group");
    let found = study.clone().adjustment(Adjustment::Holm).of(&data, &A).unwrap();
    let a3 = &found.items[0];
    assert_relative_eq!(a3.total.unwrap().adjusted.unwrap(), 0.00253398941847416, epsilon = 1e-7);
    assert_eq!((a3.class, found.chosen), (Some('C'), AnchorChoice::AllOther));
    let anchored = study.clone().anchors(["a1", "a2"]).of(&data, &A).unwrap();
    assert_relative_eq!(anchored.items[0].effects[0].dmax, 0.58687862807443, epsilon = 1e-4);
    assert_relative_eq!(anchored.items[0].effects[0].dmax_at, -1.68094809008631, epsilon = 1e-4);
    // the other way round: the same tests, the difference the other way
    let turned = study.clone().reference("g2").of(&data, &A).unwrap();
    assert_eq!(turned.groups, ["g2", "g1"]);
    assert_relative_eq!(
        turned.items[0].total.unwrap().statistic,
        a3.total.unwrap().statistic,
        epsilon = 1e-4
    );
    assert!(turned.items[0].effects[0].sids < 0.0 && a3.effects[0].sids > 0.0);
    let error = study.clone().reference("g9").of(&data, &A).unwrap_err();
    assert!(matches!(error, Error::UnknownChoice { .. }), "{error}");
    let forward = study.choice(AnchorChoice::Forward).of(&data, &A).unwrap();
    assert_eq!(forward.chosen, AnchorChoice::Forward);
    assert!(!forward.anchors.contains(&"a3".to_string()) && forward.anchors.len() >= 2);
    assert_eq!(forward.items.iter().find(|item| item.item == "a3").unwrap().class, Some('C'));
}

/// Answers drawn from a bank have its distribution.
#[test]
fn answers_of_a_bank_have_its_trait() {
    let bank = bank(ItemModel::Graded, 10).on_scale(1.5, 0.7);
    let data = bank.simulate(3000, 2).unwrap();
    let names = bank.names();
    let scores = bank.scores(&data, TraitEstimator::Wle).unwrap();
    let values: Vec<f64> = scores.values.iter().flatten().copied().collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean - 0.7).abs() < 0.12, "{mean}");
    assert_eq!(data.numeric(&names).unwrap(), bank.simulate(3000, 2).unwrap().numeric(&names).unwrap());
}
