//! Whether a respondent answers as the others do, and an item is answered as the trait says: at EAP scores.

use serde::{Deserialize, Serialize};

/// Person fit of every row.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?.person_fit.unwrap();
/// assert_eq!((fit.zh.len(), fit.unlikely), (1000, 18));
/// assert_eq!(
///     format!("{:.2} {:.2} {:.2}", fit.zh[0].unwrap(), fit.outfit[0].unwrap(), fit.infit[0].unwrap()),
///     "-1.21 1.50 1.46"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PersonFit {
    /// Standardised log-likelihood Zh (Drasgow, Levine & Williams 1985), at EAP scores and without correction for those:
    /// its variance is below 1. Low values are unlikely answers.
    pub zh: Vec<Option<f64>>,
    /// Mean of squared standardised residuals.
    pub outfit: Vec<Option<f64>>,
    /// The same, weighted by the variance of the answers.
    pub infit: Vec<Option<f64>>,
    /// Respondents with Zh below -2.
    pub unlikely: usize,
}

/// Mean squares of an item.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::Rasch).fit(&data, &items)?;
/// let first = &fit.mean_squares[0];
/// assert_eq!(first.item.as_str(), "Q1");
/// assert_eq!(format!("{:.2} {:.2}", first.outfit.unwrap(), first.infit.unwrap()), "0.82 1.08");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemMeanSquares {
    /// The item.
    pub item: String,
    /// Mean of squared standardised residuals; 1 is expected, at EAP scores somewhat less.
    pub outfit: Option<f64>,
    /// The same, weighted by the variance of the answers (Wright & Masters 1982).
    pub infit: Option<f64>,
}

/// Zh below this counts as unlikely.
const UNLIKELY: f64 = -2.0;

/// Zh, outfit and infit of a respondent.
type Fit = (Option<f64>, Option<f64>, Option<f64>);

impl PersonFit {
    pub(crate) fn of_rows(rows: impl Iterator<Item = Option<Fit>>) -> Self {
        let mut all = Self::default();
        for row in rows {
            let (zh, outfit, infit) = row.unwrap_or((None, None, None));
            all.unlikely += usize::from(zh.is_some_and(|zh| zh < UNLIKELY));
            all.zh.push(zh);
            all.outfit.push(outfit);
            all.infit.push(infit);
        }
        all
    }
}

/// Sums behind the mean squares of an item.
#[derive(Debug, Default)]
pub(crate) struct MeanSquares {
    squares: f64,
    residuals: f64,
    variances: f64,
    n: f64,
}

impl MeanSquares {
    pub(crate) fn add(&mut self, residual: f64, variance: f64, weight: f64) {
        self.squares += weight * residual * residual / variance;
        self.residuals += weight * residual * residual;
        self.variances += weight * variance;
        self.n += weight;
    }

    pub(crate) fn of(&self, item: &str) -> ItemMeanSquares {
        let defined = |x: f64| x.is_finite().then_some(x);
        ItemMeanSquares {
            item: item.into(),
            outfit: defined(self.squares / self.n),
            infit: defined(self.residuals / self.variances),
        }
    }
}
