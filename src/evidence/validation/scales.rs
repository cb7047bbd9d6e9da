//! Scales of items: reliability, items, groups; of the whole construct, a dimension or a facet.

use super::Validation;
use super::models::Answers;
use super::step::{Note, Step, extend_new, not_done};
use crate::construct::{Dimension, Structure};
use crate::data::{Counted, Responses};
use crate::error::{Error, Result, Warning};
use crate::evidence::conclusion::SMALLEST_GROUP;
use crate::evidence::dimension_evidence::DimensionEvidence;
use crate::evidence::dimension_evidence::FacetEvidence;
use crate::evidence::dimension_evidence::GroupEvidence;
use crate::evidence::dimension_evidence::ScaleEvidence;
use crate::evidence::dimension_evidence::ScoreStatistics;
use crate::evidence::internal_structure::{
    ItemAnalysis, OrdinalReliability, Reliability, ScaleItem, ScaleSummary, by_group,
};
use crate::evidence::measured::{Wanted, about_missing};
use crate::evidence::relations::study::Extent;
use crate::evidence::structure_evidence::StructureEvidence;
use crate::model::Model;
use crate::moments::Missing;
use ndarray::Axis;

/// What all items that everybody was asked are called as one scale.
pub(super) const WHOLE: &str = "the whole construct";

/// How a set of items is described under a name.
type Described<'d> = &'d dyn Fn(&str, &[String], &mut Study) -> Result<ScaleEvidence>;

impl Validation<'_> {
    /// All items that everybody was asked, as one scale.
    pub(super) fn overall(&self, responses: &Responses, items: &[String]) -> Result<Step<ScaleEvidence>> {
        let mut study = Study::default();
        let scale = self.scale(WHOLE, items, responses, None, &mut study)?;
        Ok(Step::new(scale, study.warnings, study.notes))
    }

    pub(super) fn dimension(
        &self,
        dimension: &Dimension,
        responses: &Responses,
    ) -> Result<Step<DimensionEvidence>> {
        let asked = responses.asked(&dimension.id);
        self.dimension_by(
            dimension,
            &|name, items, study| self.scale(name, items, responses, asked, study),
            &|kind, model, study| self.fit(kind, model, study.answers.take().as_ref()),
        )
    }

    /// A dimension by itself, whatever its numbers are made of: `scale_of` describes a set of items, `fit` fits a model of those that were
    /// described last.
    pub(super) fn dimension_by(
        &self,
        dimension: &Dimension,
        scale_of: Described<'_>,
        fit: &dyn Fn(Structure, &Model, &mut Study) -> Result<StructureEvidence>,
    ) -> Result<Step<DimensionEvidence>> {
        let construct = self.construct;
        let items: Vec<String> = construct.items_of(&dimension.id).map(|i| i.id.clone()).collect();
        let mut study = Study::default();
        let mut facets = Vec::new();
        let mut scale = ScaleEvidence::default();
        let mut structure = None;
        if !items.is_empty() {
            scale = scale_of(&dimension.id, &items, &mut study)?;
            let leaves: Vec<_> = construct
                .leaves()
                .into_iter()
                .filter(|l| l.dimension == dimension.id && l.facet.is_some())
                .collect();
            let kind = if leaves.len() > 1 { Structure::Correlated } else { Structure::OneFactor };
            let model = match kind {
                Structure::OneFactor => Model::of_items(&dimension.id, &items),
                kind => Model::of_dimensions(construct, &[&dimension.id], kind),
            };
            match model.and_then(|model| fit(kind, &model, &mut study)) {
                Ok(found) => {
                    extend_new(&mut study.warnings, about_missing(&found.result).cloned().collect());
                    structure = Some(found);
                }
                Err(error) => {
                    study.warnings.push(not_done(&format!("the model of '{}'", dimension.id), &error));
                }
            }
            // an item is keyed against its facet
            let with_facet: Vec<&String> =
                leaves.iter().filter(|l| l.items.len() > 1).flat_map(|l| &l.items).collect();
            if leaves.len() > 1 {
                study.warnings.retain(
                    |w| !matches!(w, Warning::NegativeItem { item, .. } if with_facet.contains(&item)),
                );
            }
            for leaf in leaves {
                // what is left out of the facet was told of the dimension
                let mut quiet = Study::default();
                let scale = scale_of(&leaf.id, &leaf.items, &mut quiet)?;
                extend_new(&mut study.warnings, quiet.warnings);
                let facet = dimension.facets.iter().find(|f| Some(&f.id) == leaf.facet.as_ref());
                let title = facet.map(|f| f.title.clone()).unwrap_or_default();
                facets.push(FacetEvidence { id: leaf.id, title, scale });
            }
        }
        let evidence = DimensionEvidence {
            id: dimension.id.clone(),
            title: dimension.title.clone(),
            sources: dimension.sources.clone(),
            asked_of: dimension.asked_of.clone(),
            scale,
            facets,
            structure,
        };
        Ok(Step::new(evidence, study.warnings, study.notes))
    }

    /// Reliability, items and groups of a set of items. What cannot be done becomes a warning.
    fn scale(
        &self,
        name: &str,
        items: &[String],
        responses: &Responses,
        asked: Option<&[bool]>,
        study: &mut Study,
    ) -> Result<ScaleEvidence> {
        // those who were not asked are not missing
        let members: Vec<usize> = match asked {
            Some(asked) => (0..asked.len()).filter(|&row| asked[row]).collect(),
            None => (0..responses.n()).collect(),
        };
        let rows = responses.of_items(items)?.select(Axis(0), &members);
        let scale_items: Vec<ScaleItem> = items.iter().map(|i| self.scale_item(i)).collect();
        let mut summary = ScaleSummary::new(scale_items.clone(), Missing::Listwise);
        summary.push(rows.view())?;
        let all = responses.values();
        let with_answer = members.iter().filter(|row| all.row(**row).iter().any(|x| !x.is_nan())).count();
        let of =
            asked.map_or(String::new(), |_| format!(" of the {} respondents who were asked", members.len()));
        if summary.n() < with_answer {
            study.note(Counted::Rows, with_answer - summary.n(), format!("{name}: incomplete answers{of}"));
        }
        let described = study.described(name, &summary)?;
        study.answers = Some(Answers::new(items.to_vec(), rows.clone()));
        let is_whole = self.extent != Extent::Conclusions;
        let ordinal = study.answers.as_ref().filter(|_| is_whole).and_then(|a| self.ordinal_reliability(a));
        let mut groups = Vec::new();
        for grouping in responses.groups() {
            let grouping = grouping.of_rows(&members);
            for group in by_group(&scale_items, Missing::Listwise, rows.view(), &grouping)? {
                let summary = group.summary.ok();
                let own = GroupEvidence::of(grouping.variable.clone(), group.level, group.rows, summary);
                groups.push(if is_whole { own } else { GroupEvidence { reliability: None, ..own } });
            }
        }
        Ok(ScaleEvidence { ordinal, groups, ..described })
    }

    /// Of the items as one scale, by a model of one factor; none for continuous items, or where the model has no
    /// proper solution.
    fn ordinal_reliability(&self, answers: &Answers) -> Option<OrdinalReliability> {
        let items = &answers.items;
        if items.len() < 2 || !items.iter().all(|item| self.is_ordinal(item)) {
            return None;
        }
        let model = Model::of_items("scale", items).ok()?;
        let fitted = self.fit_answers(&model, answers, Wanted::Estimates).ok()?;
        fitted.status.proper().then(|| OrdinalReliability::of(&fitted).pop())?
    }

    pub(super) fn scale_item(&self, id: &str) -> ScaleItem {
        // the answers are keyed already
        let item = ScaleItem::new(id);
        match self.construct.item(id).and_then(|i| self.construct.scale_of(i)) {
            Some(scale) => {
                let (low, high) = scale.bounds();
                item.ranging(low, high)
            }
            None => item,
        }
    }
}

impl GroupEvidence {
    /// Of a group's summary; none: fewer than two respondents.
    pub(super) fn of(variable: String, group: String, rows: usize, summary: Option<ScaleSummary>) -> Self {
        let n = summary.as_ref().map_or(0, ScaleSummary::n);
        Self {
            variable,
            group,
            rows,
            n,
            too_small: n < SMALLEST_GROUP,
            reliability: summary.as_ref().and_then(|own| Reliability::of(own).ok()),
            score: summary.as_ref().and_then(score),
        }
    }
}

/// What the study of a set of items leaves besides its numbers.
#[derive(Default)]
pub(super) struct Study {
    notes: Vec<Note>,
    pub(super) warnings: Vec<Warning>,
    answers: Option<Answers>,
}

impl Study {
    /// Reliability, items and score of a set of items; groups are another matter.
    pub(super) fn described(&mut self, name: &str, summary: &ScaleSummary) -> Result<ScaleEvidence> {
        let found = Reliability::of(summary);
        let reason = match &found {
            Err(error) => Some(error.to_string()),
            Ok(found) => found.alpha.raw.is_none().then(|| "the total score does not vary".to_string()),
        };
        let reliability = self.kept(&format!("the reliability of '{name}'"), found, |r| &r.warnings)?;
        let analysis = ItemAnalysis::of(summary);
        let analysis = self.kept(&format!("the item analysis of '{name}'"), analysis, |a| &a.warnings)?;
        self.name_scale(name);
        Ok(ScaleEvidence {
            n: summary.n(),
            reliability,
            reason,
            items: analysis.map(|a| a.items).unwrap_or_default(),
            score: score(summary),
            ..ScaleEvidence::default()
        })
    }

    /// Says of which scale a warning is, and an item the odd one out. Of the whole construct none is: its dimensions may go against each
    /// other, and an item is keyed against its own.
    fn name_scale(&mut self, name: &str) {
        if name == WHOLE {
            self.warnings.retain(|w| !matches!(w, Warning::NegativeItem { .. }));
        }
        for warning in &mut self.warnings {
            match warning {
                Warning::NegativeItem { scale: scale @ None, .. } => *scale = Some(name.into()),
                Warning::NotDone { what, .. } if ["alpha", "omega", "r_cor"].contains(&what.as_str()) => {
                    *what = format!("{what} of '{name}'");
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, what: Counted, count: usize, why: String) {
        self.notes.push((what, count, why));
    }

    /// The result with its warnings; a constant item stops everything, another failure is a warning.
    fn kept<T>(
        &mut self,
        what: &str,
        result: Result<T>,
        warnings: fn(&T) -> &[Warning],
    ) -> Result<Option<T>> {
        match result {
            Ok(value) => {
                extend_new(&mut self.warnings, warnings(&value).to_vec());
                Ok(Some(value))
            }
            Err(error @ Error::ConstantItem { .. }) => Err(error),
            Err(error) => {
                self.warnings.push(not_done(what, &error));
                Ok(None)
            }
        }
    }
}

fn score(summary: &ScaleSummary) -> Option<ScoreStatistics> {
    Some(ScoreStatistics { mean: summary.total_mean()?, sd: summary.total_sd()? })
}
