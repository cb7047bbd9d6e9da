//! Runs what a construct file asks for.
//!
//! Missing answers: models use every answer that is there, numbers by full-information maximum likelihood, ordinal
//! answers pairwise; the scale of a dimension, facet or group uses the respondents with complete answers to its items.
//! A dimension that was put to some respondents only takes part in the joint structures (its other answers are missing
//! by design: Graham, Taylor, Olchowski & Cumsille 2006), but not in the construct's own scale. With complete rows
//! (listwise) it stays out of both.

mod concluded;
mod dimensionality;
mod from_sums;
mod functioning;
mod invariance;
mod item_response;
mod models;
mod response_processes;
mod scales;
mod step;
mod steps;
mod treatment;

use super::Resampling;
use super::evidence::Evidence;
use super::measurement_level::MeasurementLevel;
use super::relations::study::Extent;
use super::sensitivity::{Sensitivity, SensitivityRun};
use crate::construct::Construct;
use crate::data::{Progress, Responses};
use crate::error::{Error, Result};
use crate::evidence::shifts::sensitivity_between;
use crate::moments::Missing;
use std::collections::BTreeSet;
use step::not_done;

/// The validation that a construct describes.
///
/// Every respondent counts once: there is no place for sampling weights, and a construct file that names some is refused,
/// since a report of which one half is weighted and the other is not would be about nobody. Models with weights are
/// [`Estimation::weights`](crate::Estimation::weights) and [`Irt::weights`](crate::irt::Irt::weights).
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// let item = |id: &str| Item::new(id, "care", "agreement");
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("agreement", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items([item("a"), item("b"), item("c")])
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let evidence = Validation::of(&construct).run(&responses)?;
/// let alpha = evidence.dimensions[0].scale.reliability.as_ref().unwrap().alpha.raw.unwrap();
/// assert_eq!(format!("{alpha:.4}"), "0.9498");
/// assert!(evidence.conclusions[0].text.starts_with("Only 4 respondents"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Validation<'a> {
    construct: &'a Construct,
    level: MeasurementLevel,
    missing: Missing,
    sensitivity: Option<SensitivityRun>,
    extent: Extent,
    resampling: Resampling,
    progress: Progress,
}

impl<'a> Validation<'a> {
    /// The validation of a construct.
    pub fn of(construct: &'a Construct) -> Self {
        Self {
            construct,
            level: MeasurementLevel::default(),
            missing: Missing::Fiml,
            sensitivity: None,
            extent: Extent::Whole,
            resampling: Resampling::default(),
            progress: Progress::default(),
        }
    }

    /// What the answers are taken for in the models.
    #[must_use]
    pub fn level(mut self, level: MeasurementLevel) -> Self {
        self.level = level;
        self
    }

    /// What is done about missing answers in the models (default: [`Missing::Fiml`]).
    ///
    /// - [`Missing::Fiml`]: models of numbers by full-information maximum likelihood of every respondent with an answer
    ///   (Enders 2010); where that has no answer, of the complete rows, with a warning. Models with ordinal items
    ///   pairwise: incomplete ordinal answers have no likelihood here.
    /// - [`Missing::Pairwise`]: the same for ordinal items; models of numbers have none.
    /// - [`Missing::Listwise`]: complete rows in all models.
    ///
    /// Rows that are complete give the same by full information as by maximum likelihood.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Whether the validation is repeated without respondents who may not have read the items (default: as
    /// `sensitivity` under `[analysis]` of the construct file says; where it says nothing, it is not).
    #[must_use]
    pub fn sensitivity(mut self, run: SensitivityRun) -> Self {
        self.sensitivity = Some(run);
        self
    }

    /// Relations and hypotheses only: nothing is said of answers, of how many factors there are, of item response models, and of
    /// groups in which items may differ.
    #[must_use]
    pub fn relations_only(mut self) -> Self {
        self.extent = Extent::Relations;
        self
    }

    /// How often respondents are drawn again for bootstrap intervals, and from which seed.
    #[must_use]
    pub fn resampling(mut self, resampling: Resampling) -> Self {
        self.resampling = resampling;
        self
    }

    /// Who is told how many parts of the analysis are done, and may stop it: at the next iteration of a fit, or part.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Everything that the responses say about the construct. What cannot be done stands among the
    /// warnings, with the reason.
    ///
    /// # Errors
    /// - [`Error::NothingMeasured`]: the construct has no items.
    /// - [`Error::NoAnswerExists`]: the answers were read to be scored, without the construct's groups and variables.
    /// - [`Error::ConstantItem`]: an item that everybody answered alike.
    /// - [`Error::Unsupported`]: sampling weights in the construct file, two stages, or pairwise where a dimension's items are all numbers.
    /// - [`Error::BadOption`]: a sensitivity run that asks for no flags.
    /// - [`Error::Stopped`]: it was stopped by who is told.
    pub fn run(&self, responses: &Responses) -> Result<Evidence> {
        self.check_unweighted(self.construct.names_weights())?;
        let sensitivity = self.sensitivity_run();
        if sensitivity == (SensitivityRun::WithoutFlagged { flags: 0 }) {
            return Err(Error::BadOption {
                option: "flags of careless respondents".into(),
                value: "0".into(),
                allowed: "one or more".into(),
            });
        }
        let mut evidence = self.run_once(responses, None)?;
        if sensitivity != SensitivityRun::None {
            match self.without_flagged(&evidence, responses) {
                Ok(found) => evidence.sensitivity = Some(found),
                Err(error) => evidence.warnings.push(not_done("the validation without the flagged", &error)),
            }
        }
        self.progress.check("the validation")?;
        Ok(evidence)
    }

    /// Every respondent counts once.
    fn check_unweighted(&self, has_weights: bool) -> Result<()> {
        if !has_weights {
            return Ok(());
        }
        Err(Error::Unsupported {
            what: "a validation with sampling weights".into(),
            instead: "Take the weights out of the construct file, or aggregate without them: the answers are then those of the \
                      respondents, each counted once. Fit the models with weights by themselves (`fit`, `efa` and `irt` with --weights)."
                .into(),
        })
    }

    /// As asked for here, or in the construct file.
    fn sensitivity_run(&self) -> SensitivityRun {
        self.sensitivity.unwrap_or_else(|| self.construct.analysis.sensitivity.into())
    }

    /// The validation without the respondents whom the indices of careless answers flag, beside the other.
    fn without_flagged(&self, evidence: &Evidence, responses: &Responses) -> Result<Sensitivity> {
        let careless = evidence.careless.as_ref().ok_or_else(|| Error::NoAnswerExists {
            what: "sensitivity to careless responding".into(),
            why: "the indices of careless answers could not be computed".into(),
            remedy: "Screen the items of each scale by themselves.".into(),
        })?;
        let flagged: BTreeSet<usize> = careless.respondents.iter().map(|r| r.row - 1).collect();
        let kept: Vec<usize> = (0..responses.n()).filter(|row| !flagged.contains(row)).collect();
        let other = Self {
            sensitivity: Some(SensitivityRun::None),
            progress: self.progress.silent(),
            // intervals of what is not compared
            resampling: Resampling { replicates: 0, ..self.resampling },
            extent: Extent::Conclusions,
            ..self.clone()
        };
        let without = other.run_once(&responses.of_rows(&kept), Some(&evidence.content))?;
        Ok(sensitivity_between(evidence, &without, careless))
    }
}
