//! What became of a fit.

use serde::{Deserialize, Serialize};

/// The outcome of a fit, with its culprit.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// use psychometrics::estimate::Status;
///
/// assert_eq!(fit.status, Status::Converged);
/// let cut_short = Estimation::default().max_iterations(1).fit(&model, &data)?;
/// assert_eq!((cut_short.status.code(), cut_short.status.converged()), ("not_converged", false));
/// assert!(cut_short.status.hint().is_some());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// A proper solution.
    Converged,
    /// The search ended with a gradient that is not zero.
    NotConverged {
        /// Parameter with the largest scaled gradient.
        parameter: String,
        /// That gradient, divided by the square root of its curvature.
        gradient: f64,
    },
    /// The discrepancy falls on towards infinity: the model is identified, and these data have no solution.
    RanAway {
        /// The parameter that the search ran away with.
        parameter: String,
        /// Where the search was left.
        estimate: f64,
        /// Parameters whose values hardly change the fit there.
        unsettled: Vec<String>,
    },
    /// Other values of these parameters give the same implied moments.
    NotIdentified {
        /// Parameters with a weight in the null space of the information.
        parameters: Vec<String>,
        /// Degrees of freedom (negative: more parameters than moments).
        df: i64,
    },
    /// A solution with a variance below zero.
    Heywood {
        /// Variables whose (residual) variance is negative.
        variables: Vec<String>,
    },
    /// A solution whose latent variables have an impossible covariance matrix.
    LatentNotPositiveDefinite {
        /// Factors with the largest weights in the offending direction.
        factors: Vec<String>,
    },
}

impl Status {
    /// Whether estimates are a solution (proper or not) with standard errors and tests.
    pub fn converged(&self) -> bool {
        !matches!(self, Status::NotConverged { .. } | Status::RanAway { .. } | Status::NotIdentified { .. })
    }

    /// Whether the solution can be interpreted as it stands.
    pub fn proper(&self) -> bool {
        matches!(self, Status::Converged)
    }

    /// A short stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Status::Converged => "converged",
            Status::NotConverged { .. } => "not_converged",
            Status::RanAway { .. } => "ran_away",
            Status::NotIdentified { .. } => "not_identified",
            Status::Heywood { .. } => "heywood",
            Status::LatentNotPositiveDefinite { .. } => "latent_not_positive_definite",
        }
    }

    /// What to try next, where something is to be tried.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Status::Converged => return None,
            Status::RanAway { .. } => {
                "The model is identified, but these data hardly tell this parameter: give its factor more \
                 indicators or fix a parameter, look within bounds (standard), or take a simpler model."
                    .into()
            }
            Status::NotConverged { .. } => {
                "Check the scale of the variables (variances between 0.1 and 10 are best), give start values with \
                 start(value)*x, or simplify the model."
                    .into()
            }
            Status::NotIdentified { df, .. } if *df < 0 => {
                "Fix parameters or give some the same label: there are more free parameters than variances and \
                 covariances."
                    .into()
            }
            Status::NotIdentified { .. } => {
                "Fix one of them, or give the factor a unit: a loading fixed to 1, or a variance fixed to 1. If \
                 all that is done, the model asks for more than its variables can tell: take a simpler one."
                    .into()
            }
            Status::Heywood { .. } => {
                "Look for a misplaced item, a factor with two indicators, or too small a sample.".into()
            }
            Status::LatentNotPositiveDefinite { .. } => {
                "Factors that cannot be told apart: merge them, or drop one.".into()
            }
        })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Converged => write!(f, "converged to a proper solution"),
            Status::RanAway { parameter, estimate, unsettled } => {
                write!(f, "did not converge: the search ran away with '{parameter}' (to {estimate:.3e})")?;
                match unsettled.is_empty() {
                    true => Ok(()),
                    false => write!(f, "; these data do not settle {}", listed(unsettled)),
                }
            }
            Status::NotConverged { parameter, gradient } => {
                write!(f, "did not converge: the gradient of '{parameter}' is still {gradient:.2e}")
            }
            Status::NotIdentified { parameters, df } if *df < 0 => {
                write!(
                    f,
                    "is not identified: {} more free parameters than moments; the data say nothing about {}",
                    -df,
                    listed(parameters)
                )
            }
            Status::NotIdentified { parameters, .. } => {
                write!(f, "is not identified: the data say nothing about {}", listed(parameters))
            }
            Status::Heywood { variables } => {
                write!(f, "converged to an improper solution: negative variance of {}", listed(variables))
            }
            Status::LatentNotPositiveDefinite { factors } => write!(
                f,
                "converged to an improper solution: the covariance matrix of the latent variables is not positive \
                 definite ({})",
                listed(factors)
            ),
        }
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(8).map(|n| format!("'{n}'")).collect();
    let rest = names.len().saturating_sub(8);
    if rest > 0 { format!("{} and {rest} more", shown.join(", ")) } else { shown.join(", ") }
}
