//! The rival structures of the whole construct and the models of dimensions.

use super::Validation;
use super::step::{Step, extend_new, not_done};
use crate::construct::Structure;
use crate::data::{Counted, Dataset, Responses};
use crate::error::{Error, Result};
use crate::estimate::{Fit, Like};
use crate::evidence::conclusion::Conclusion;
use crate::evidence::conclusions_of_rivals::about_rivals;
use crate::evidence::dimension_evidence::ItemMatrices;
use crate::evidence::measured::{Asked, Wanted, about_missing, fit_rows, measured_dimensions, stages_of};
use crate::evidence::structure_evidence::StructureEvidence;
use crate::evidence::total_score::Opposed;
use crate::model::{Function, Model};
use crate::moments::{LabelledMatrix, Missing};
use ndarray::Array2;
use rayon::prelude::*;

/// How a structure is fitted.
pub(super) type FitStructure<'f> = &'f (dyn Fn(Structure, &Model) -> Result<StructureEvidence> + Sync);

/// Answers of those who were asked.
pub(super) struct Answers {
    pub(super) items: Vec<String>,
    pub(super) rows: Array2<f64>,
    /// What all models of these items share.
    known: Option<Like>,
}

impl Answers {
    pub(super) fn new(items: Vec<String>, rows: Array2<f64>) -> Self {
        Self { items, rows, known: None }
    }

    /// What all models of these items share.
    pub(super) fn known(&self) -> Option<Like> {
        self.known.clone()
    }
}

impl<'a> Validation<'a> {
    /// Ids of the dimensions in joint structures. What was not asked of some is told.
    pub(super) fn joint(&self, responses: &Responses) -> Step<Vec<&'a str>> {
        let mut notes = Vec::new();
        let by_design = self.missing != Missing::Listwise;
        for dimension in &self.construct.dimensions {
            let (Some(asked), Some(of)) = (responses.asked(&dimension.id), &dimension.asked_of) else {
                continue;
            };
            let items = self.construct.items_of(&dimension.id).count();
            if items == 0 {
                continue;
            }
            let who = format!(
                "'{}' was asked only where {} is {}",
                dimension.id,
                of.variable,
                of.values.join(" or ")
            );
            if by_design {
                notes.push((Counted::Dimensions, 1, format!("the whole construct as one scale: {who}")));
                let cells = items * asked.iter().filter(|asked| !**asked).count();
                let why = format!("joint structures: {who}, so the others miss them by design");
                notes.push((Counted::Cells, cells, why));
            } else {
                notes.push((Counted::Dimensions, 1, format!("joint structures: {who}")));
            }
        }
        let which = if by_design { Asked::OfAnybody } else { Asked::OfEverybody };
        Step::new(measured_dimensions(self.construct, responses, which), Vec::new(), notes)
    }

    /// Answers to the items of the joint structures, with what all of these share.
    pub(super) fn joint_answers(&self, responses: &Responses, joint: &[&str]) -> Result<Answers> {
        let construct = self.construct;
        let items: Vec<String> =
            joint.iter().flat_map(|d| construct.items_of(d)).map(|item| item.id.clone()).collect();
        let mut answers = Answers::new(items.clone(), responses.of_items(&items)?);
        // once for all structures
        answers.known = Model::of_items(construct.id(), &items).ok().and_then(|model| {
            let ordinal = self.ordinal_among(&items);
            let data = Dataset::from_array(items.iter().cloned(), answers.rows.clone()).ok()?;
            (!ordinal.is_empty()).then(|| stages_of(&model, &data, ordinal, self.missing, &self.progress))?
        });
        Ok(answers)
    }

    /// The rival structures, fitted by `fit`.
    fn rivals(
        &self,
        joint: &[&str],
        fit: FitStructure<'_>,
        tell: &(dyn Fn() + Sync),
    ) -> Vec<(Structure, Result<StructureEvidence>)> {
        let each = self.construct.analysis.structures.par_iter().map(|&structure| {
            let fitted = self.progress.check("the validation");
            let fitted = fitted
                .and_then(|()| Model::of_dimensions(self.construct, joint, structure))
                .and_then(|model| fit(structure, &model));
            tell();
            (structure, fitted)
        });
        each.collect()
    }

    /// The rival structures that could be fitted.
    pub(super) fn structures(
        &self,
        joint: &[&str],
        fit: FitStructure<'_>,
        tell: &(dyn Fn() + Sync),
    ) -> Step<Vec<StructureEvidence>> {
        let mut step: Step<Vec<StructureEvidence>> = Step::default();
        for (structure, fitted) in self.rivals(joint, fit, tell) {
            let warnings = match fitted {
                Ok(found) => {
                    let warnings = about_missing(&found.result).cloned().collect();
                    step.found.push(found);
                    warnings
                }
                Err(error) => vec![not_done(&format!("the structure '{}'", structure.name()), &error)],
            };
            extend_new(&mut step.warnings, warnings);
        }
        step
    }

    /// What is concluded about the rival structures, without the rest of a validation; none where there is nothing to be
    /// fitted.
    pub(crate) fn about_structures(
        &self,
        responses: &Responses,
        joint: &[&str],
        opposed: &[Opposed],
    ) -> Option<Conclusion> {
        let answers = self.joint_answers(responses, joint).ok()?;
        let fit = |structure, model: &Model| self.fit(structure, model, Some(&answers));
        let fitted = self.rivals(joint, &fit, &|| ());
        let rivals: Vec<StructureEvidence> = fitted.into_iter().filter_map(|(_, found)| found.ok()).collect();
        about_rivals(self.construct.id(), joint.len(), &rivals, opposed)
    }

    /// The structure of correlated factors, where it is none of the rivals: discriminant validity needs it.
    pub(super) fn correlated_aside(&self, joint: &[&str], answers: &Answers) -> Option<StructureEvidence> {
        if self.construct.analysis.structures.contains(&Structure::Correlated) {
            return None;
        }
        let model = Model::of_dimensions(self.construct, joint, Structure::Correlated).ok()?;
        self.fit(Structure::Correlated, &model, Some(answers)).ok()
    }

    /// A structure fitted to the answers: ordinal where one of its items is.
    pub(super) fn fit(
        &self,
        structure: Structure,
        model: &Model,
        answers: Option<&Answers>,
    ) -> Result<StructureEvidence> {
        let too_few = || Error::TooFewRows { what: "a model".into(), n: 0, needed: 2 };
        let answers = answers.ok_or_else(too_few)?;
        let wanted = Wanted::Everything(answers.known.clone());
        let result = self.fit_answers(model, answers, wanted)?;
        Ok(StructureEvidence::new(structure.name(), model.to_string(), result))
    }

    pub(super) fn fit_answers(&self, model: &Model, answers: &Answers, wanted: Wanted<'_>) -> Result<Fit> {
        let data = Dataset::from_array(answers.items.iter().cloned(), answers.rows.clone())?;
        let ordinal = self.ordinal_among(&answers.items);
        fit_rows(model, &data, ordinal, Function::Cfa, self.missing, wanted, &self.progress)
    }
}

/// Observed and residual correlations of a structure's items.
pub(super) fn item_matrices(structure: &StructureEvidence) -> Option<ItemMatrices> {
    let residual = structure.result.residuals().into_iter().next()?.correlation;
    let implied = structure.result.implied_correlation()?;
    let sum = |i: usize, j: usize| {
        let at = |name: &str| implied.rows.iter().position(|row| row == name);
        let (a, b) = (at(&residual.rows[i])?, at(&residual.columns[j])?);
        Some(if i == j { 1.0 } else { residual.values[i][j] + implied.values[a][b] })
    };
    let k = residual.rows.len();
    let values: Option<Vec<Vec<f64>>> = (0..k).map(|i| (0..k).map(|j| sum(i, j)).collect()).collect();
    let correlation = LabelledMatrix::new(residual.rows.clone(), residual.columns.clone(), values?).ok()?;
    Some(ItemMatrices { structure: structure.name.clone(), correlation, residual })
}
