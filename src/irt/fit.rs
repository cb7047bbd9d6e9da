//! A fitted item response model.

use super::answers::Answers;
use super::choices::{Integration, ItemStandardErrors, LogitPrior};
use super::covariates::TraitRegression;
use super::item_fit::ItemFit;
use super::item_model::{Form, ItemModel};
use super::item_parameters::{ItemErrors, ItemParameters, difficulties, on_probability_scale};
use super::latent::at;
use super::layout::{ItemPlace, Layout, Slot};
use super::limited_information::LimitedInformation;
use super::local_dependence::ItemPair;
use super::parameters::Traits;
use super::person_fit::{ItemMeanSquares, PersonFit};
use super::plausible::PlausibleValues;
use super::precision::{TestInformation, TraitReliability};
use super::respondent_levels::RespondentLevels;
use super::scores::TraitScores;
use super::solved::{Asked, Solved, warnings_of};
use super::sum_scores::SumScore;
use crate::error::Warning;
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// A fitted item response model: the items, the distribution of the trait, how well it fits and how precise it is.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?;
/// assert_eq!((fit.n, fit.npar, fit.converged, fit.patterns), (1000, 10, true, 30));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", fit.logl, fit.aic, fit.bic), "-2466.65 4953.31 5002.38");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IrtFit {
    /// Respondents used: those with an answer (or, listwise, with all).
    pub n: usize,
    /// Rows read.
    pub rows_read: usize,
    /// The model of the items that have none of their own.
    pub model: ItemModel,
    /// Whether the gradient is zero at the estimates.
    pub converged: bool,
    /// Largest element of the gradient, divided by the square root of its curvature: free of units, 0 at the maximum.
    pub gradient: f64,
    /// E-steps made.
    pub evaluations: usize,
    /// Distinct response patterns.
    pub patterns: usize,
    /// Nodes of the quadrature on each dimension, from -6 to 6 (or 6 standard deviations around the mean, where that is too
    /// narrow or too wide).
    pub quadrature: usize,
    /// At which nodes was integrated: `quadrature` nodes on each dimension of a grid, or at each respondent's own place.
    #[serde(default)]
    pub integration: Integration,
    /// The marginal log-likelihood, without priors.
    pub logl: f64,
    /// Logarithm of the density of the priors; 0 without.
    pub log_prior: f64,
    /// Free parameters.
    pub npar: usize,
    /// -2 logl + 2 npar.
    pub aic: f64,
    /// -2 logl + npar log n.
    pub bic: f64,
    /// -2 logl + npar log((n + 2) / 24) (Sclove 1987).
    pub sabic: f64,
    /// The prior on logits of lower asymptotes, where there is one.
    pub prior_guessing: Option<LogitPrior>,
    /// Kind of standard errors.
    pub standard_errors: ItemStandardErrors,
    /// The traits.
    pub traits: Vec<String>,
    /// The items; where they differ between groups, those of each group.
    pub items: Vec<ItemParameters>,
    /// The distribution of the trait in each group; of one group one without a name.
    pub groups: Vec<TraitDistribution>,
    /// How the traits depend on covariates, where they do.
    #[serde(default)]
    pub regression: Vec<TraitRegression>,
    /// Fit of the whole, where it was asked for.
    pub fit: Option<LimitedInformation>,
    /// S-X2 of each item; of several groups none.
    pub item_fit: Vec<ItemFit>,
    /// Infit and outfit of each item.
    pub mean_squares: Vec<ItemMeanSquares>,
    /// Information along the trait (of the first group).
    pub information: TestInformation,
    /// Reliability of scores.
    pub reliability: TraitReliability,
    /// Where the respondents (of the first group) are along the trait, and how precise scores are there; none of several
    /// traits, and of nodes at each respondent.
    #[serde(default)]
    pub respondents: Option<RespondentLevels>,
    /// Scores of the respondents, where they were asked for.
    pub scores: Option<TraitScores>,
    /// Plausible values, where they were asked for.
    #[serde(default)]
    pub plausible: Option<PlausibleValues>,
    /// The trait by sum score, of respondents who answer every item (of the first group).
    pub sum_scores: Vec<SumScore>,
    /// Correlations of residuals at EAP scores (Yen 1984); none where one is not defined.
    pub q3: Option<LabelledMatrix>,
    /// Each pair of items beside the model; of several groups none.
    pub pairs: Vec<ItemPair>,
    /// Person fit of every row.
    pub person_fit: Option<PersonFit>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// The normal distribution of the traits in a group.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::Irt;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let fit = Irt::default().fit_statistics(false).group("group").fit(&data, &["a1", "a2", "a3", "a4"])?;
/// let (first, second) = (&fit.groups[0], &fit.groups[1]);
/// // the first group is the unit
/// assert_eq!(
///     (first.value.as_deref(), first.mean, first.variance, second.value.as_deref()),
///     (Some("g1"), 0.0, 1.0, Some("g2"))
/// );
/// assert_eq!(format!("{:.2} {:.2}", second.mean, second.variance), "0.34 1.14");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitDistribution {
    /// The value of the grouping variable; none of one group.
    pub value: Option<String>,
    /// Respondents (sum of weights).
    pub n: f64,
    /// Mean of the (first) trait.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// Standard error of the mean; none where it is fixed.
    pub mean_se: Option<f64>,
    /// Standard error of the variance; none where it is fixed.
    pub variance_se: Option<f64>,
    /// Means of all traits.
    pub means: Vec<f64>,
    /// Their covariance matrix, row by row.
    pub covariance: Vec<Vec<f64>>,
}

impl IrtFit {
    pub(crate) fn of(asked: &Asked, answers: &Answers, traits: &Traits, solved: &Solved<'_>) -> Self {
        let found = &solved.found;
        let layout = solved.marginal.layout;
        let npar = layout.len();
        let n: f64 = answers.patterns.weights.iter().sum();
        let deviance = -2.0 * found.log_likelihood;
        let p = npar as f64;
        let mut warnings = answers.warnings.clone();
        warnings.extend(warnings_of(solved, &answers.names, traits));
        let mut fit = Self {
            n: answers.rows_used,
            rows_read: answers.rows_read,
            model: asked.model,
            converged: found.converged,
            gradient: found.gradient,
            evaluations: found.evaluations,
            patterns: answers.patterns.len(),
            quadrature: asked.nodes,
            integration: asked.integration,
            logl: found.log_likelihood,
            log_prior: solved.marginal.log_prior(&found.x),
            npar,
            aic: deviance + 2.0 * p,
            bic: deviance + p * n.ln(),
            sabic: deviance + p * ((n + 2.0) / 24.0).ln(),
            prior_guessing: asked.lower_prior,
            standard_errors: solved.kind,
            traits: traits.told().to_vec(),
            items: items(answers, solved, traits),
            groups: groups(answers, solved),
            regression: Vec::new(),
            fit: None,
            item_fit: Vec::new(),
            mean_squares: Vec::new(),
            information: TestInformation::default(),
            reliability: TraitReliability::default(),
            respondents: None,
            scores: None,
            plausible: None,
            sum_scores: Vec::new(),
            q3: None,
            pairs: Vec::new(),
            person_fit: None,
            warnings,
        };
        fit.priors_told(asked);
        fit.curves_told();
        fit.regression_told(answers, solved, traits);
        if solved.marginal.adapted.is_some() {
            fit.complete_adapted(asked, answers, solved, traits);
        } else if traits.told().len() == 1 {
            fit.complete(asked, answers, solved);
        } else {
            fit.complete_many(asked, answers, solved, traits);
        }
        fit
    }

    /// Says which asymptotes have no prior.
    fn priors_told(&mut self, asked: &Asked) {
        let bare = |item: &&ItemParameters| {
            (item.guessing.is_some() && asked.lower_prior.is_none())
                || (item.upper.is_some() && asked.upper_prior.is_none())
        };
        let mut items: Vec<String> = self.items.iter().filter(bare).map(|item| item.item.clone()).collect();
        items.dedup();
        if !items.is_empty() {
            self.warnings.push(Warning::NoPrior { items });
        }
    }

    /// Says of which items categories are never the likeliest, and steps disordered.
    fn curves_told(&mut self) {
        for item in &self.items {
            let categories = item.never_likeliest();
            let steps = item.difficulties.clone().unwrap_or_default();
            let sign = item.slopes.first().map_or(1.0, |a| a.signum());
            if item.model.form() == Form::Partial && steps.windows(2).any(|b| sign * (b[1] - b[0]) < 0.0) {
                self.warnings.push(Warning::DisorderedSteps { item: item.item.clone(), steps });
            }
            if !categories.is_empty() {
                self.warnings.push(Warning::NeverLikeliest { item: item.item.clone(), categories });
            }
        }
    }
}

/// Covariance of a linear combination of free parameters with another.
fn covariance_of(slot: &Slot, other: &Slot, v: &DMatrix<f64>) -> f64 {
    let mut sum = 0.0;
    for (i, a) in &slot.free {
        for (j, b) in &other.free {
            sum += a * b * v[(*i, *j)];
        }
    }
    sum
}

fn items(answers: &Answers, solved: &Solved<'_>, traits: &Traits) -> Vec<ItemParameters> {
    let layout = solved.marginal.layout;
    let same =
        |item: usize| layout.items.iter().all(|group| group[item].slots == layout.items[0][item].slots);
    let mut all = Vec::new();
    for item in 0..answers.names.len() {
        if same(item) {
            all.push(one(answers, solved, traits, (0, item), None));
        } else {
            for (group, name) in answers.groups.iter().enumerate() {
                all.push(one(answers, solved, traits, (group, item), Some(name.clone())));
            }
        }
    }
    all
}

fn one(
    answers: &Answers,
    solved: &Solved<'_>,
    traits: &Traits,
    (group, item): (usize, usize),
    name: Option<String>,
) -> ItemParameters {
    let layout = solved.marginal.layout;
    let place = &layout.items[group][item];
    let local = Layout::values(&place.slots, &solved.found.x);
    let width = place.dimensions.len();
    let steps = place.shape.categories - 1;
    let form = place.shape.form;
    let of = traits.told_of(item);
    let mut slopes = vec![0.0; traits.told().len()];
    of.iter().zip(&local).for_each(|(d, a)| slopes[*d] = *a);
    let intercepts = local[width..width + steps].to_vec();
    let simple = (traits.told().len() == 1).then(|| difficulties(form, local[0], &intercepts)).flatten();
    let (lower, upper) = asymptote_slots(place);
    let scores = (form == Form::Nominal).then(|| {
        let middle = &local[width + steps..];
        std::iter::once(0.0).chain(middle.iter().copied()).chain([steps as f64]).collect()
    });
    let mut found = ItemParameters {
        item: answers.names[item].clone(),
        group: name,
        model: answers.models[item],
        categories: answers.codes[item].clone(),
        slopes,
        intercepts,
        difficulties: simple.as_ref().map(|(b, _)| b.clone()),
        guessing: lower.map(|at| on_probability_scale(local[at]).0),
        upper: upper.map(|at| on_probability_scale(local[at]).0),
        scores,
        se: ItemErrors::default(),
    };
    let derivatives = simple.as_ref().map(|(_, d)| d.as_slice());
    found.se = errors(solved, place, &local, (&of, traits.told().len()), derivatives);
    found
}

/// Where among the local parameters the logits of the asymptotes stand.
fn asymptote_slots(place: &ItemPlace) -> (Option<usize>, Option<usize>) {
    let Form::Logistic { lower, upper } = place.shape.form else { return (None, None) };
    let first = place.dimensions.len() + 1;
    (lower.then_some(first), upper.then_some(first + usize::from(lower)))
}

fn errors(
    solved: &Solved<'_>,
    place: &ItemPlace,
    local: &[f64],
    (of, traits): (&[usize], usize),
    derivatives: Option<&[Vec<f64>]>,
) -> ItemErrors {
    let (width, steps) = (place.dimensions.len(), place.shape.categories - 1);
    let known = |at: usize| {
        let without = |errors: &super::standard_errors::Covariance| {
            place.slots[at].free.iter().any(|(i, _)| errors.without.contains(i))
        };
        solved.errors.as_ref().filter(|errors| !place.slots[at].free.is_empty() && !without(errors))
    };
    let root = |variance: f64| (variance > 0.0).then(|| variance.sqrt());
    let se = |at: usize| {
        known(at).and_then(|errors| root(covariance_of(&place.slots[at], &place.slots[at], &errors.matrix)))
    };
    let mut slopes = vec![None; traits];
    of.iter().enumerate().for_each(|(at, d)| slopes[*d] = se(at));
    let difficulties = derivatives.map(|derivatives| {
        let of = |own: &Vec<f64>| {
            let moved: Vec<usize> = (0..=steps).filter(|i| own[*i] != 0.0).collect();
            // a held parameter leaves the others their error, a fixed one has none
            let free: Vec<usize> = moved.into_iter().filter(|i| !place.slots[*i].free.is_empty()).collect();
            if free.is_empty() || free.iter().any(|i| known(*i).is_none()) {
                return None;
            }
            let errors = solved.errors.as_ref()?;
            let mut sum = 0.0;
            for i in &free {
                for j in &free {
                    let covariance = covariance_of(&place.slots[*i], &place.slots[*j], &errors.matrix);
                    sum += own[*i] * own[*j] * covariance;
                }
            }
            root(sum)
        };
        derivatives.iter().map(of).collect()
    });
    let (lower, upper) = asymptote_slots(place);
    let asymptote = |at: Option<usize>| at.and_then(|at| Some(se(at)? * on_probability_scale(local[at]).1));
    ItemErrors {
        slopes,
        intercepts: (width..width + steps).map(se).collect(),
        difficulties,
        guessing: asymptote(lower),
        upper: asymptote(upper),
        scores: (place.shape.form == Form::Nominal).then(|| {
            let middle = (width + steps..place.slots.len()).map(se);
            std::iter::once(None).chain(middle).chain([None]).collect()
        }),
    }
}

fn groups(answers: &Answers, solved: &Solved<'_>) -> Vec<TraitDistribution> {
    let layout = solved.marginal.layout;
    let dimensions = layout.dimensions;
    let one = |(group, name): (usize, &String)| {
        let slots = &layout.latent[group];
        let values = Layout::values(slots, &solved.found.x);
        let se = |at: usize| {
            let errors = solved.errors.as_ref()?;
            let variance = covariance_of(&slots[at], &slots[at], &errors.matrix);
            (variance > 0.0).then(|| variance.sqrt())
        };
        let row = |i: usize| (0..dimensions).map(|j| values[dimensions + at(i, j)]).collect();
        TraitDistribution {
            value: (!name.is_empty()).then(|| name.clone()),
            n: answers.patterns.weight_of(group),
            mean: values[0],
            variance: values[dimensions],
            mean_se: se(0),
            variance_se: se(dimensions),
            means: values[..dimensions].to_vec(),
            covariance: (0..dimensions).map(row).collect(),
        }
    };
    answers.groups.iter().enumerate().map(one).collect()
}
