//! What rows are asked once more, after a model was fitted: linear forms of their deviations, products of these as scores, and
//! sums of products of scores. Robust errors and scaled tests rest on these, and not on all fourth moments.
//!
//! ```text
//! a_u = sum_i f_ui (y_i - m_i),   t_k = sum c a_u a_v + sum c a_u,   e_j = whitened deviations
//! asked:  n,  sum e'e,  sum (e'e)^2,  sum t_k,  sum t_k t_l
//! ```
//!
//! For q parameters these are q (q + 1) / 2 sums, where all fourth moments of p variables are about p^4 / 24.

use serde::{Deserialize, Serialize};

/// A term of a score: a factor times one linear form, or times two.
///
/// ```
/// use psychometrics::Estimation;
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let plan = AggregatePlan::new(names.map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let aggregate = Aggregate::of_rows(&plan, data.numeric(&names)?.view())?;
/// let robust = Estimation::new(psychometrics::Estimator::Mlr);
/// let asked = robust.second_pass(&"f =~ a1 + a2 + a3 + a4".parse()?, &aggregate)?;
/// let terms: Vec<_> = asked.groups[0].1[0].scores.iter().flatten().collect();
/// // a term is a form, or a product of two
/// assert!(terms.iter().any(|term| term.second.is_some()));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScoreTerm {
    /// A form, by its place.
    pub first: usize,
    /// The form that it is multiplied with; none for a term that is linear.
    pub second: Option<usize>,
    /// What the term is multiplied by.
    pub factor: f64,
}

impl ScoreTerm {
    pub(crate) fn new(first: usize, second: Option<usize>, factor: f64) -> Self {
        Self { first, second, factor }
    }
}

/// Forms of the rows of a group at one point.
///
/// ```
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let plan = AggregatePlan::new(names.map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let aggregate = Aggregate::of_rows(&plan, data.numeric(&names)?.view())?;
/// let asked = Estimation::new(Estimator::Mlr).second_pass(&"f =~ a1 + a2 + a3 + a4".parse()?, &aggregate)?;
/// let forms = &asked.groups[0].1[0];
/// assert_eq!((forms.centre.len(), forms.whitened.len()), (4, 4));
/// assert_eq!(forms.variables, ["a1", "a2", "a3", "a4"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RowForms {
    /// The variables.
    pub variables: Vec<String>,
    /// What is subtracted from each.
    pub centre: Vec<f64>,
    /// Coefficients of the linear forms that scores are made of, a number for each variable.
    pub forms: Vec<Vec<f64>>,
    /// The scores.
    pub scores: Vec<Vec<ScoreTerm>>,
    /// Coefficients of the whitened deviations.
    pub whitened: Vec<Vec<f64>>,
}

impl RowForms {
    pub(crate) fn new(
        variables: Vec<String>,
        centre: Vec<f64>,
        forms: Vec<Vec<f64>>,
        scores: Vec<Vec<ScoreTerm>>,
        whitened: Vec<Vec<f64>>,
    ) -> Self {
        Self { variables, centre, forms, scores, whitened }
    }

    /// Whether the same is asked, to rounding.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let near = |a: &f64, b: &f64| (a - b).abs() <= 1e-7 * a.abs().max(b.abs()).max(1e-8);
        let same = |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b));
        let rows =
            |a: &[Vec<f64>], b: &[Vec<f64>]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
        let term = |a: &ScoreTerm, b: &ScoreTerm| {
            (a.first, a.second) == (b.first, b.second) && near(&a.factor, &b.factor)
        };
        self.variables == other.variables
            && same(&self.centre, &other.centre)
            && rows(&self.forms, &other.forms)
            && rows(&self.whitened, &other.whitened)
            && self.scores.len() == other.scores.len()
            && self
                .scores
                .iter()
                .zip(&other.scores)
                .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| term(a, b)))
    }
}

/// What the rows of a group answered.
///
/// ```
/// use psychometrics::moments::aggregate::RowSums;
///
/// // what an engine sent back: of two scores three products
/// let sums: RowSums =
///     serde_json::from_str(r#"{"n":3,"squares":6.5,"fourth":16.25,"scores":[0.0,0.1],"products":[2.0,0.5,1.0]}"#).unwrap();
/// assert_eq!((sums.n, sums.scores.len(), sums.products.len()), (3, 2, 3));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RowSums {
    /// Rows with all variables.
    pub n: u64,
    /// Sum of e'e,
    pub squares: f64,
    /// and of its square.
    pub fourth: f64,
    /// Sum of each score,
    pub scores: Vec<f64>,
    /// and of the products k <= l, row by row.
    pub products: Vec<f64>,
}

impl RowSums {
    pub(crate) fn new(scores: usize) -> Self {
        let products = vec![0.0; scores * (scores + 1) / 2];
        Self { n: 0, squares: 0.0, fourth: 0.0, scores: vec![0.0; scores], products }
    }
}

/// What is asked of each group.
///
/// ```
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let plan = AggregatePlan::new(names.map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let aggregate = Aggregate::of_rows(&plan, data.numeric(&names)?.view())?;
/// let model = "f =~ a1 + a2 + a3 + a4".parse()?;
/// let asked = Estimation::new(Estimator::Mlr).second_pass(&model, &aggregate)?;
/// assert_eq!((asked.groups.len(), asked.groups[0].0.as_deref()), (1, None));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowQuestions {
    /// Group (none where all rows are one), and what it is asked.
    pub groups: Vec<(Option<String>, Vec<RowForms>)>,
}

/// What each group answered.
///
/// ```
/// use psychometrics::moments::aggregate::RowAnswers;
///
/// // what an engine sent back: one question, of one variable, to two rows
/// let forms = r#"{"variables":["a"],"centre":[3.0],"forms":[[1.0]],"scores":[],"whitened":[[1.0]]}"#;
/// let sums = r#"{"n":2,"squares":5.0,"fourth":17.0,"scores":[],"products":[]}"#;
/// let stored = format!(r#"{{"groups":[[null,[[{forms},{sums}]]]]}}"#);
/// let answers: RowAnswers = serde_json::from_str(&stored).unwrap();
/// let (group, answered) = &answers.groups[0];
/// assert_eq!((group.is_none(), answered[0].1.n), (true, 2));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowAnswers {
    /// Group, and each question with its answer.
    pub groups: Vec<(Option<String>, Vec<Answered>)>,
}

/// A question with its answer.
///
/// ```
/// use psychometrics::moments::aggregate::Answered;
///
/// // what an engine sent back: one question, of one variable, to two rows
/// let forms = r#"{"variables":["a"],"centre":[3.0],"forms":[[1.0]],"scores":[],"whitened":[[1.0]]}"#;
/// let sums = r#"{"n":2,"squares":5.0,"fourth":17.0,"scores":[],"products":[]}"#;
/// let (question, answer): Answered = serde_json::from_str(&format!("[{forms},{sums}]")).unwrap();
/// assert_eq!(answer.n, 2);
/// assert_eq!(question.centre, [3.0]);
/// ```
pub type Answered = (RowForms, RowSums);
