//! What the answers show of dimensions by themselves.

use super::Validation;
use super::models::{Answers, item_matrices};
use super::step::{Step, not_done};
use crate::construct::{Leaf, Structure};
use crate::data::Responses;
use crate::error::Result;
use crate::estimate::Rotation;
use crate::evidence::dimensionality::{
    AgainstCorrelated, Dimensionality, ExploratoryGeneral, ExploratoryRival,
};
use crate::evidence::internal_structure::Hierarchical;
use crate::evidence::measured::Wanted;
use crate::evidence::relations::study::Extent;
use crate::evidence::structure_evidence::{StructureEvidence, preferred_of};
use crate::factor::{
    Basis, CorrelationMatrix, Criterion, Draws, KeyedItems, Placements, Retention, RetentionStudy, Rotate,
    placements,
};
use crate::model::Model;
use crate::moments::LabelledMatrix;

/// Samples behind parallel analysis of product-moment correlations, and of polychoric ones, which cost more.
const SAMPLES: usize = 1000;
const POLYCHORIC_SAMPLES: usize = 100;
/// Starts of a target rotation.
const STARTS: usize = 30;
/// Items from which on more than one factor can be looked for.
const FEWEST_ITEMS: usize = 3;

impl Validation<'_> {
    /// How many factors there are among the items that everybody was asked, and the structure in which items may load
    /// anywhere.
    pub(super) fn dimensionality(
        &self,
        responses: &Responses,
        (everybody, joint): (&[&str], &[&str]),
        answers: &Answers,
        rivals: &[StructureEvidence],
    ) -> Step<Option<Dimensionality>> {
        if self.extent != Extent::Whole {
            return Step::default();
        }
        let mut warnings = Vec::new();
        let leaves = self.leaves_of(everybody);
        let items: Vec<String> = leaves.iter().flat_map(|leaf| leaf.items.iter().cloned()).collect();
        let mut retention = None;
        if items.len() >= FEWEST_ITEMS {
            match self.retention(responses, &items) {
                Ok(found) => retention = Some(found),
                Err(error) => warnings.push(not_done("the number of exploratory factors", &error)),
            }
        }
        let (mut exploratory, mut general) = (None, None);
        if self.leaves_of(joint).len() > 1 {
            match self.exploratory(joint, answers, rivals) {
                Ok(found) => exploratory = Some(found),
                Err(error) => warnings.push(not_done("the exploratory structure (ESEM)", &error)),
            }
            match self.general(joint, answers, exploratory.as_ref()) {
                Ok(found) => general = Some(found),
                Err(error) => warnings.push(not_done("the exploratory bifactor structure", &error)),
            }
        }
        let preferred_of_all = preferred_name(rivals, exploratory.as_ref(), general.as_ref());
        let mut dimensions: Vec<String> = leaves.iter().map(|leaf| leaf.dimension.clone()).collect();
        dimensions.dedup();
        let claimed = leaves.into_iter().map(|leaf| leaf.id).collect();
        let found = (retention.is_some() || exploratory.is_some()).then_some(Dimensionality {
            dimensions,
            claimed,
            retention,
            exploratory,
            general,
            preferred_of_all,
        });
        Step::new(found, warnings, Vec::new())
    }

    fn leaves_of(&self, dimensions: &[&str]) -> Vec<Leaf> {
        let leaves = self.construct.leaves().into_iter();
        leaves.filter(|leaf| dimensions.contains(&leaf.dimension.as_str())).collect()
    }

    /// Ordinal answers by their polychoric correlations beside those of shuffled answers, numbers beside shuffled numbers.
    fn retention(&self, responses: &Responses, items: &[String]) -> Result<RetentionStudy> {
        let values = responses.of_items(items)?;
        let own = match self.ordinal_among(items).is_empty() {
            true => Retention::default().draws(Draws::Permuted).replications(SAMPLES),
            false => Retention::default().basis(Basis::Polychoric).replications(POLYCHORIC_SAMPLES),
        };
        own.progress(self.progress.silent()).of(items, values.view())
    }

    fn exploratory(
        &self,
        joint: &[&str],
        answers: &Answers,
        rivals: &[StructureEvidence],
    ) -> Result<ExploratoryRival> {
        let leaves = self.leaves_of(joint);
        let model = Model::exploratory(self.construct.id(), leaves.len(), &answers.items)?;
        let wanted = Wanted::Everything(answers.known());
        let fit = self.fit_answers(&model, answers, wanted)?;
        let structure = StructureEvidence::new("esem", model.to_string(), fit);
        if !structure.result.status.proper() {
            return Ok(ExploratoryRival {
                structure,
                loadings: None,
                placements: None,
                against_correlated: None,
            });
        }
        let own = structure.result.loadings(1, true)?;
        let mut placed = self.placed(&leaves, &own, &structure)?;
        let loadings = named(own, &leaves, &mut placed)?;
        let correlated = rivals
            .iter()
            .find(|own| own.name == Structure::Correlated.name() && own.result.status.proper())
            .cloned()
            .or_else(|| self.correlated_aside(joint, answers).filter(|own| own.result.status.proper()));
        let against_correlated = match correlated {
            Some(correlated) => Some(against(&structure, &correlated)?),
            None => None,
        };
        let (loadings, placements) = (Some(loadings), Some(placed));
        Ok(ExploratoryRival { structure, loadings, placements, against_correlated })
    }

    /// A general factor beside those of the parts, towards loadings of 0 on the parts of others.
    fn general(
        &self,
        joint: &[&str],
        answers: &Answers,
        exploratory: Option<&ExploratoryRival>,
    ) -> Result<ExploratoryGeneral> {
        let leaves = self.leaves_of(joint);
        let set = self.construct.id();
        let model = Model::exploratory(set, leaves.len() + 1, &answers.items)?;
        let factors = model.latent_names();
        let mut rotation = Rotation::new(Rotate::new(Criterion::Target).orthogonal(true).starts(STARTS));
        for (leaf, factor) in leaves.iter().zip(&factors[1..]) {
            let others = answers.items.iter().filter(|item| !leaf.items.contains(item));
            rotation = others.fold(rotation, |rotation, item| rotation.aim(set, item, factor, 0.0));
        }
        let fit = self.fit_answers(&model, answers, Wanted::Turned(answers.known(), rotation))?;
        let structure = StructureEvidence::new("bifactor_esem", model.to_string(), fit);
        let is_proper = structure.result.status.proper();
        let mut loadings = None;
        if is_proper {
            let own = structure.result.loadings(1, true)?;
            let parts = std::iter::once(set.to_string()).chain(leaves.iter().map(|leaf| leaf.id.clone()));
            loadings = Some(LabelledMatrix::new(own.rows, parts.collect(), own.values)?);
        }
        let explained_common_variance = loadings.as_ref().and_then(|own| {
            let general: f64 = own.values.iter().map(|row| row[0] * row[0]).sum();
            let all: f64 = own.values.iter().flatten().map(|l| l * l).sum();
            (all > 0.0).then(|| general / all)
        });
        let omega = Hierarchical::of(&structure.result, &factors[0]).map(|own| own.omega_hierarchical);
        let beside =
            exploratory.map(|own| &own.structure).filter(|own| is_proper && own.result.status.proper());
        let less = |name: &str| Some(structure.measure(name)? - beside?.measure(name)?);
        let bic = beside.and_then(|own| Some(structure.result.known("bic")? - own.result.known("bic")?));
        Ok(ExploratoryGeneral {
            cfi: less("cfi"),
            rmsea: less("rmsea"),
            bic,
            loadings,
            omega_hierarchical: omega,
            explained_common_variance,
            structure,
        })
    }

    /// Answers are keyed already: no item is reversed here.
    fn placed(
        &self,
        leaves: &[Leaf],
        loadings: &LabelledMatrix,
        structure: &StructureEvidence,
    ) -> Result<Placements> {
        let phi = structure.result.factor_correlations(1)?;
        let communalities: Vec<f64> = loadings
            .values
            .iter()
            .map(|row| {
                let with = |a: usize| (0..row.len()).map(|b| phi.values[a][b] * row[b]).sum::<f64>();
                (0..row.len()).map(|a| row[a] * with(a)).sum()
            })
            .collect();
        let keyed =
            |leaf: &Leaf| (leaf.id.clone(), leaf.items.iter().map(|item| (item.clone(), false)).collect());
        let keyed: Vec<KeyedItems> = leaves.iter().map(keyed).collect();
        let observed = match item_matrices(structure) {
            Some(own) => own.correlation,
            None => structure.result.implied_correlation().unwrap_or_else(|| loadings.clone()),
        };
        placements(&CorrelationMatrix::of(&observed)?, loadings, &communalities, &keyed)
    }
}

/// The structure that the rule of the rivals would prefer among all.
fn preferred_name(
    rivals: &[StructureEvidence],
    exploratory: Option<&ExploratoryRival>,
    general: Option<&ExploratoryGeneral>,
) -> Option<String> {
    let own = exploratory.map(|own| &own.structure).into_iter().chain(general.map(|own| &own.structure));
    let all: Vec<&StructureEvidence> = rivals.iter().chain(own).collect();
    (all.len() > rivals.len()).then(|| preferred_of(&all))?.map(|own| own.name.to_string())
}

/// Loadings whose columns are the parts that the factors were matched to, in the order of the parts.
fn named(loadings: LabelledMatrix, leaves: &[Leaf], placed: &mut Placements) -> Result<LabelledMatrix> {
    let column = |leaf: &Leaf| placed.factors.iter().position(|own| own.as_ref() == Some(&leaf.id));
    let order: Vec<usize> = leaves.iter().filter_map(column).collect();
    let columns: Vec<String> = leaves.iter().map(|leaf| leaf.id.clone()).collect();
    let values = loadings.values.iter().map(|row| order.iter().map(|j| row[*j]).collect()).collect();
    placed.factors = columns.iter().cloned().map(Some).collect();
    LabelledMatrix::new(loadings.rows, columns, values)
}

fn against(own: &StructureEvidence, correlated: &StructureEvidence) -> Result<AgainstCorrelated> {
    let less = |name: &str| Some(own.measure(name)? - correlated.measure(name)?);
    let mean = |structure: &StructureEvidence| -> Result<f64> {
        let phi = structure.result.factor_correlations(1)?;
        let k = phi.rows.len();
        let all: Vec<f64> =
            (0..k).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| phi.values[i][j].abs()).collect();
        Ok(all.iter().sum::<f64>() / all.len().max(1) as f64)
    };
    Ok(AgainstCorrelated {
        cfi: less("cfi"),
        rmsea: less("rmsea"),
        bic: own.result.known("bic").zip(correlated.result.known("bic")).map(|(a, b)| a - b),
        mean_correlation: mean(own)?,
        mean_correlation_correlated: mean(correlated)?,
    })
}
