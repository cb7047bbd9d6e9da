//! Choices have names: each is read as it is printed, and a name that there is not is told with those that there are.

use psychometrics::construct::{Repetition, Sign, Structure, VariableRole};
use psychometrics::correlation::{Coefficient, EmptyCells, Keep, Method, Ordered};
use psychometrics::data::{AnswerKind, Impossible};
use psychometrics::estimate::{
    BootstrapInterval, Bounds, Conventions, DifferenceTest, Estimator, Information, Likelihood, Resampling,
    ScoreMethod, StandardErrors, TestStatistic,
};
use psychometrics::evidence::consequences::MinimumAnswered;
use psychometrics::evidence::content::Metric;
use psychometrics::evidence::internal_structure::Key;
use psychometrics::evidence::{MeasurementLevel, SensitivityRun};
use psychometrics::model::{Equality, Function, Parameterization};
use psychometrics::moments::{Divisor, Missing};
use psychometrics::report::Language;
use psychometrics::{Error, Result};
use std::fmt::{Debug, Display};
use std::str::FromStr;

fn read_as_printed<T>(all: &[T], count: usize)
where
    T: FromStr<Err = Error> + Display + Debug + PartialEq,
{
    assert_eq!(all.len(), count, "{all:?}");
    for choice in all {
        let name = choice.to_string();
        assert_eq!(name.parse::<T>().as_ref(), Ok(choice));
        assert_eq!(name.to_uppercase().parse::<T>().as_ref(), Ok(choice), "in capitals too");
    }
    let Err(Error::UnknownChoice { given, allowed, .. }) = "no such name".parse::<T>() else {
        panic!("{all:?}: a name that there is not");
    };
    assert_eq!(given, "no such name");
    assert_eq!(allowed, all.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn every_choice_is_read_as_it_is_printed() {
    read_as_printed(Estimator::ALL, 16);
    read_as_printed(Likelihood::ALL, 2);
    read_as_printed(Conventions::ALL, 2);
    read_as_printed(Information::ALL, 3);
    read_as_printed(StandardErrors::ALL, 6);
    read_as_printed(TestStatistic::ALL, 11);
    read_as_printed(DifferenceTest::ALL, 4);
    read_as_printed(Resampling::ALL, 2);
    read_as_printed(BootstrapInterval::ALL, 4);
    read_as_printed(Bounds::ALL, 4);
    read_as_printed(ScoreMethod::ALL, 4);
    read_as_printed(Function::ALL, 4);
    read_as_printed(Equality::ALL, 9);
    read_as_printed(Parameterization::ALL, 2);
    read_as_printed(Missing::ALL, 6);
    read_as_printed(Method::ALL, 2);
    read_as_printed(MeasurementLevel::ALL, 3);
    read_as_printed(Language::ALL, 2);
    read_as_printed(&Structure::ALL, 4);
    read_as_printed(VariableRole::ALL, 4);
    read_as_printed(Sign::ALL, 3);
    read_as_printed(Coefficient::ALL, 3);
    read_as_printed(Keep::ALL, 2);
    read_as_printed(AnswerKind::ALL, 2);
    read_as_printed(Impossible::ALL, 2);
    read_as_printed(Divisor::ALL, 2);
    read_as_printed(Key::ALL, 2);
    read_as_printed(Metric::ALL, 4);
}

/// Choices with a number or names in them.
#[test]
fn what_else_is_chosen_is_read_as_it_is_printed() {
    fn both<T: FromStr<Err = Error> + Display + Debug + PartialEq>(all: &[(T, &str)], wrong: &[&str]) {
        for (choice, text) in all {
            assert_eq!(choice.to_string(), *text);
            assert_eq!(text.parse::<T>().as_ref(), Ok(choice));
        }
        for text in wrong {
            let error = text.parse::<T>().unwrap_err();
            assert!(matches!(error, Error::BadOption { .. }), "{text}: {error}");
        }
    }
    both(
        &[
            (EmptyCells::Keep, "none"),
            (EmptyCells::HalfInTwoByTwo, "half"),
            (EmptyCells::Add(0.5), "add:0.5"),
        ],
        &["add:0", "add:2", "add:NaN", "add:", "halve", ""],
    );
    let named = Ordered::Named(vec!["x1".into(), "x2".into()]);
    both(&[(Ordered::None, "none"), (Ordered::All, "all"), (named, "x1,x2")], &["", ","]);
    both(
        &[
            (Repetition::None, "false"),
            (Repetition::WithoutFlagged, "true"),
            (Repetition::WithoutFlaggedBy(3), "3"),
        ],
        &["0", "yes", "-1"],
    );
    both(
        &[(SensitivityRun::None, "none"), (SensitivityRun::WithoutFlagged { flags: 2 }, "2")],
        &["0", "two", ""],
    );
    both(
        &[
            (MinimumAnswered::Share(0.8), "0.8"),
            (MinimumAnswered::Share(1.0), "1.0"),
            (MinimumAnswered::Items(4), "4"),
        ],
        &["0", "0.0", "1.5", "120%", "NaN", "inf", ""],
    );
    assert_eq!("80%".parse(), Ok(MinimumAnswered::Share(0.8)));
}

#[test]
fn a_slip_is_told_with_the_name_that_was_meant() {
    let hint = |error: Error| error.hint();
    assert!(hint("bifacter".parse::<Structure>().unwrap_err()).contains("'bifactor'"));
    assert!(hint("spaerman".parse::<Coefficient>().unwrap_err()).contains("'spearman'"));
    assert!(hint("ordnial".parse::<Metric>().unwrap_err()).contains("'ordinal'"));
}

#[test]
fn names_are_the_fields() {
    assert_eq!("wlsmv".parse(), Ok(Estimator::Wlsmv));
    assert_eq!(Bounds::PositiveVariances.to_string(), "pos.var");
    assert_eq!(Equality::LatentCovariances.to_string(), "lv.covariances");
    assert_eq!(["ml", "ml.x"].map(str::parse), [Ok(Missing::Fiml), Ok(Missing::FimlX)]);
    assert_eq!(format!("{:>9}|", Likelihood::Wishart), "  wishart|");
}

#[test]
fn a_slip_is_told_with_the_nearest_name() {
    let slip: Result<TestStatistic> = "satora.bentler".parse();
    let error = slip.unwrap_err();
    assert_eq!(error.code(), "unknown_choice");
    assert_eq!(error.hint(), "Did you mean 'satorra.bentler'?");
    assert!(error.is_input_fault());
    let error = "bayes".parse::<Likelihood>().unwrap_err();
    assert_eq!(error.to_string(), "there is no likelihood 'bayes'; there are normal, wishart");
    assert_eq!(
        (error.hint().as_str(), error.place().as_deref()),
        ("Choose one of these.", Some("likelihood"))
    );
}
