//! Runs what a construct file asks for.
//!
//! Missing answers: models use every answer that is there, numbers by full-information maximum likelihood, ordinal
//! answers pairwise; the scale of a dimension, facet or group uses the respondents with complete answers to its items.
//! A dimension that was put to some respondents only takes part in the joint structures (its other answers are missing
//! by design: Graham, Taylor, Olchowski & Cumsille 2006), but not in the construct's own scale. With complete rows
//! (listwise) it stays out of both.

use super::Resampling;
use super::conclusion::{Conclusion, SMALLEST_GROUP, open_if_few};
use super::conclusions_of_content::about_content;
use super::conclusions_of_relations::{about_error, about_relations};
use super::conclusions_of_structure::about_rivals;
use super::content::ContentEvidence;
use super::evidence::{ConstructSummary, Evidence, Method, Provenance};
use super::internal_structure::{
    Aggregation, Hierarchical, ItemAnalysis, OrdinalReliability, Reliability, ScaleItem, ScaleSummary,
    by_group,
};
use super::map::{EvidenceMap, Facts};
use super::measured::{
    Asked, Measured, Wanted, about_missing, fit_rows, is_ordinal, measured_dimensions, stages_of,
};
use super::measurement_level::MeasurementLevel;
use super::relations::HypothesisTally;
use super::relations::study::{Extent, RelationStudy};
use super::response_process::{CARELESS_FLAGS, CarelessResponding, MissingAnswers, common_range};
use super::sensitivity::{Sensitivity, SensitivityRun};
use super::total_score::{Opposed, TotalCaveat};
use crate::construct::{Construct, Dimension, Structure};
use crate::data::{Counted, Dataset, Ledger, Progress, Responses};
use crate::error::{Error, Result, Warning};
use crate::estimate::{Fit, KnownStages};
use crate::evidence::conclusions_of_dimensions::about_dimension;
use crate::evidence::dimension_evidence::ItemMatrices;
use crate::evidence::dimension_evidence::{
    DimensionEvidence, FacetEvidence, GroupEvidence, ScaleEvidence, ScoreStatistics,
};
use crate::evidence::shifts::sensitivity_between;
use crate::evidence::structure_evidence::StructureEvidence;
use crate::evidence::structure_evidence::preferred;
use crate::model::{Function, Model};
use crate::moments::{LabelledMatrix, McarTest, Missing};
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What all items that everybody was asked are called as one scale.
const WHOLE: &str = "the whole construct";

/// The validation that a construct describes.
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
/// let evidence = Validation::of(&construct).run(&Responses::from_array(&construct, answers)?)?;
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

    /// How often respondents are drawn again for bootstrap intervals, and from which seed.
    #[must_use]
    pub fn resampling(mut self, resampling: Resampling) -> Self {
        self.resampling = resampling;
        self
    }

    /// Tells how many parts of the analysis are done.
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
    /// - [`Error::ConstantItem`]: an item that everybody answered alike.
    /// - [`Error::Unsupported`]: two stages, or pairwise where a dimension's items are all numbers.
    /// - [`Error::BadOption`]: a sensitivity run that asks for no flags.
    pub fn run(&self, responses: &Responses) -> Result<Evidence> {
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
        Ok(evidence)
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
            progress: Progress::default(),
            // intervals of what is not compared
            resampling: Resampling { replicates: 0, ..self.resampling },
            extent: Extent::Conclusions,
            ..self.clone()
        };
        let without = other.run_once(&responses.of_rows(&kept), Some(&evidence.content))?;
        Ok(sensitivity_between(evidence, &without, careless))
    }

    /// `content` where it is known: it is not about these respondents.
    fn run_once(&self, responses: &Responses, content: Option<&ContentEvidence>) -> Result<Evidence> {
        let construct = self.construct;
        if construct.items.is_empty() {
            return Err(Error::NothingMeasured { construct: construct.id().into() });
        }
        self.check_missing()?;
        let all: Vec<ScaleItem> = construct.items.iter().map(|i| self.scale_item(&i.id)).collect();
        let mut empty_groups = Vec::new();
        for grouping in responses.groups() {
            for group in by_group(&all, Missing::Listwise, responses.values(), grouping)? {
                if let Err(error) = group.summary {
                    let what = format!("{} '{}' as a group", grouping.variable, group.level);
                    empty_groups.push(not_done(&what, &error));
                }
            }
        }
        let structures = &construct.analysis.structures;
        let parts = (construct.dimensions.len() + structures.len() + 5) as u64;
        let done = AtomicU64::new(0);
        let tell = |stage| self.progress.tell_stage(stage, done.fetch_add(1, Ordering::Relaxed) + 1, parts);

        let mut ledger = responses.ledger().clone();
        let mut warnings = construct.warnings();
        extend_new(&mut warnings, empty_groups);
        note_ungrouped(responses, &mut ledger);
        let studied: Vec<Studied> = construct
            .dimensions
            .par_iter()
            .map(|dimension| {
                let studied = self.dimension(dimension, responses);
                tell("dimensions");
                studied
            })
            .collect::<Result<_>>()?;
        let mut dimensions = Vec::new();
        for study in studied {
            study.notes.into_iter().for_each(|(what, count, why)| ledger.note(what, count, why));
            extend_new(&mut warnings, study.warnings);
            dimensions.push(study.evidence);
        }

        let everybody = measured_dimensions(construct, responses, Asked::OfEverybody);
        let joint = self.joint(responses, &mut ledger);
        let items_of = |dimensions: &[&str]| -> Vec<String> {
            dimensions.iter().flat_map(|d| construct.items_of(d)).map(|i| i.id.clone()).collect()
        };
        let mut study = Study::default();
        let overall = self.scale(WHOLE, &items_of(&everybody), responses, None, &mut study)?;
        study.notes.into_iter().for_each(|(what, count, why)| ledger.note(what, count, why));
        extend_new(&mut warnings, study.warnings);
        let (mcar, careless, aggregation) = match self.extent {
            Extent::Whole => self.response_processes(responses, &items_of(&everybody), &mut warnings),
            Extent::Conclusions => (None, None, None),
        };
        let mut rivals = Vec::new();
        let answers = self.joint_answers(responses, &joint)?;
        for (structure, fitted) in self.rivals(&joint, &answers, &|| tell("rival structures")) {
            match fitted {
                Ok(found) => {
                    extend_new(&mut warnings, about_missing(&found.result).cloned().collect());
                    rivals.push(found);
                }
                Err(error) => {
                    warnings.push(not_done(&format!("the structure '{}'", structure.name()), &error))
                }
            }
        }
        let measured = Measured {
            construct,
            responses,
            level: self.level,
            missing: self.missing,
            everybody,
            joint: joint.clone(),
            caveats: Mutex::default(),
        };
        // discriminant validity needs correlated factors, rivals or not
        let aside = (!structures.contains(&Structure::Correlated))
            .then(|| Model::of_dimensions(construct, &joint, Structure::Correlated).ok())
            .flatten()
            .and_then(|model| self.fit(Structure::Correlated, &model, Some(&answers)).ok());
        let correlated = rivals
            .iter()
            .chain(&aside)
            .find(|s| s.name == Structure::Correlated.name() && s.result.status.proper());
        let study = RelationStudy {
            measured: &measured,
            resampling: self.resampling,
            extent: self.extent,
            correlated,
        };
        let found = study.run(&tell);
        extend_new(&mut warnings, found.warnings);
        extend_new(&mut warnings, measured.take_caveats());
        let (content, content_warnings) = match content {
            Some(known) => (known.clone(), Vec::new()),
            None => ContentEvidence::of(construct, self.resampling),
        };
        extend_new(&mut warnings, content_warnings);
        tell("content");
        let mut conclusions: Vec<_> = dimensions.iter().flat_map(about_dimension).collect();
        conclusions.extend(dimensions.iter().filter_map(about_error));
        let opposed = Opposed::of(&measured);
        let of_rivals = about_rivals(construct.id(), joint.len(), &rivals, &opposed);
        let overall = (overall.n > 0 && !overall.items.is_empty()).then_some(overall);
        // a single dimension is its own total
        let is_total = overall.is_some() && measured.everybody.len() > 1;
        let total_caveat = is_total.then(|| TotalCaveat::of(&opposed, of_rivals.as_ref())).flatten();
        if let Some(caveat) = &total_caveat {
            warnings.push(Warning::TotalOfApart {
                construct: construct.id().into(),
                reason: caveat.reason.clone(),
            });
        }
        conclusions.extend(of_rivals);
        let tally = HypothesisTally::of(&found.hypotheses);
        let best = preferred(&rivals);
        conclusions.extend(about_relations(
            construct.id(),
            &found.relations,
            &found.hypotheses,
            &tally,
            total_caveat.as_ref(),
        ));
        open_if_few(&mut conclusions, ledger.rows_used);
        conclusions.extend(about_content(construct.id(), &content));
        let gaps = content.gaps.iter().map(|gap| (topic_of(gap.what), gap.reason.clone())).collect();
        let criterion = &found.relations.criterion;
        let facts = Facts {
            conclusions: &conclusions,
            gaps,
            dimensions: &dimensions,
            preferred: best,
            tally: &tally,
            criterion,
            careless: careless.is_some(),
        };
        let map = EvidenceMap::of(&facts);
        let item_matrices = best.filter(|_| self.extent == Extent::Whole).and_then(item_matrices);
        let general = [Structure::SecondOrder, Structure::Bifactor].map(|kind| {
            let own = rivals.iter().find(|s| s.name == kind.name())?;
            Hierarchical::of(&own.result, construct.id())
        });
        let hierarchical = general.into_iter().flatten().next();
        Ok(Evidence {
            construct: ConstructSummary {
                id: construct.id().into(),
                version: construct.about.version.clone(),
                title: construct.about.title.clone(),
                definition: construct.about.definition.clone(),
                sources: construct.about.sources.clone(),
                items: construct.items.clone(),
                scales: construct.scales.clone(),
            },
            n: ledger.rows_used,
            method: self.method(),
            ledger,
            dimensions,
            overall,
            total_caveat,
            hierarchical,
            structures: rivals,
            relations: found.relations,
            hypothesis_tally: tally,
            hypotheses: found.hypotheses,
            content,
            missing: MissingAnswers::of(construct, responses),
            mcar,
            careless,
            aggregation,
            sensitivity: None,
            item_matrices,
            map,
            conclusions,
            warnings,
            provenance: Provenance {
                version: env!("CARGO_PKG_VERSION"),
                data_sha256: responses.sha256().map(Into::into),
                seed: Some(self.resampling.seed),
                replicates: Some(self.resampling.replicates),
            },
        })
    }

    /// Answers to the items of the joint structures, with what all of these share.
    fn joint_answers(&self, responses: &Responses, joint: &[&str]) -> Result<Answers> {
        let construct = self.construct;
        let items: Vec<String> =
            joint.iter().flat_map(|d| construct.items_of(d)).map(|item| item.id.clone()).collect();
        let mut answers = Answers::new(items.clone(), responses.of_items(&items)?);
        // once for all structures
        answers.known = Model::of_items(construct.id(), &items).ok().and_then(|model| {
            let ordinal = self.ordinal_among(&items);
            let data = Dataset::from_array(items.iter().cloned(), answers.rows.clone()).ok()?;
            (!ordinal.is_empty()).then(|| stages_of(&model, &data, ordinal, self.missing))?
        });
        Ok(answers)
    }

    /// The rival structures, fitted.
    fn rivals(
        &self,
        joint: &[&str],
        answers: &Answers,
        tell: &(dyn Fn() + Sync),
    ) -> Vec<(Structure, Result<StructureEvidence>)> {
        let each = self.construct.analysis.structures.par_iter().map(|&structure| {
            let fitted = Model::of_dimensions(self.construct, joint, structure)
                .and_then(|model| self.fit(structure, &model, Some(answers)));
            tell();
            (structure, fitted)
        });
        each.collect()
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
        let fitted = self.rivals(joint, &answers, &|| ());
        let rivals: Vec<StructureEvidence> = fitted.into_iter().filter_map(|(_, found)| found.ok()).collect();
        about_rivals(self.construct.id(), joint.len(), &rivals, opposed)
    }

    /// Little's test, careless answers, and aggregation to the groups that respondents are nested in; what cannot be done
    /// is a warning.
    fn response_processes(
        &self,
        responses: &Responses,
        everybody: &[String],
        warnings: &mut Vec<Warning>,
    ) -> (Option<McarTest>, Option<CarelessResponding>, Option<Aggregation>) {
        let construct = self.construct;
        let flags = match self.sensitivity_run() {
            SensitivityRun::WithoutFlagged { flags } => flags,
            SensitivityRun::None => CARELESS_FLAGS,
        };
        let mut kept = |what: &str, error: Error| extend_new(warnings, vec![not_done(what, &error)]);
        let mcar = match responses.of_items(everybody).and_then(|rows| McarTest::of(everybody, rows.view())) {
            Ok(test) => test,
            Err(error) => {
                kept("Little's test of missing answers", error);
                None
            }
        };
        let careless = CarelessResponding::of(construct, responses, flags)
            .map_err(|error| kept("screening for careless answers", error))
            .ok();
        let aggregated = responses.cluster().map(|cluster| {
            let range = common_range(construct, "aggregation")?;
            let at = |id: &str| responses.items().iter().position(|item| item == id);
            let of = |d: &Dimension| construct.items_of(&d.id).filter_map(|item| at(&item.id)).collect();
            let scales: Vec<(String, Vec<usize>)> =
                construct.dimensions.iter().map(|d| (d.id.clone(), of(d))).collect();
            let scales: Vec<_> = scales.into_iter().filter(|(_, items)| !items.is_empty()).collect();
            Aggregation::of(responses.items(), responses.values(), cluster, range, &scales)
        });
        let aggregation = match aggregated {
            Some(Err(error)) => {
                kept("aggregation to groups", error);
                None
            }
            Some(Ok(found)) => Some(found),
            None => None,
        };
        extend_new(warnings, aggregation.iter().flat_map(|a| a.warnings.clone()).collect());
        (mcar, careless, aggregation)
    }

    fn dimension(&self, dimension: &Dimension, responses: &Responses) -> Result<Studied> {
        let construct = self.construct;
        let items: Vec<String> = construct.items_of(&dimension.id).map(|i| i.id.clone()).collect();
        let mut study = Study::default();
        let mut facets = Vec::new();
        let mut scale = ScaleEvidence::default();
        let mut structure = None;
        let asked = responses.asked(&dimension.id);
        if !items.is_empty() {
            scale =
                self.scale(&dimension.id, &items, responses, responses.asked(&dimension.id), &mut study)?;
            let answers = study.answers.take();
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
            match model.and_then(|model| self.fit(kind, &model, answers.as_ref())) {
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
                let scale = self.scale(&leaf.id, &leaf.items, responses, asked, &mut quiet)?;
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
        Ok(Studied { evidence, notes: study.notes, warnings: study.warnings })
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
        let what = format!("the reliability of '{name}'");
        let found = Reliability::of(&summary);
        let reason = match &found {
            Err(error) => Some(error.to_string()),
            Ok(found) => found.alpha.raw.is_none().then(|| "the total score does not vary".to_string()),
        };
        let reliability = study.kept(&what, found, |r| &r.warnings)?;
        let what = format!("the item analysis of '{name}'");
        let analysis = study.kept(&what, ItemAnalysis::of(&summary), |a| &a.warnings)?;
        study.name_scale(name);
        study.answers = Some(Answers::new(items.to_vec(), rows.clone()));
        let is_whole = self.extent == Extent::Whole;
        let ordinal = study.answers.as_ref().filter(|_| is_whole).and_then(|a| self.ordinal_reliability(a));
        let mut groups = Vec::new();
        for grouping in responses.groups() {
            let grouping = grouping.of_rows(&members);
            for group in by_group(&scale_items, Missing::Listwise, rows.view(), &grouping)? {
                let summary = group.summary.ok();
                let n = summary.as_ref().map_or(0, ScaleSummary::n);
                groups.push(GroupEvidence {
                    variable: grouping.variable.clone(),
                    group: group.level,
                    rows: group.rows,
                    n,
                    too_small: n < SMALLEST_GROUP,
                    reliability: summary.as_ref().filter(|_| is_whole).and_then(|s| Reliability::of(s).ok()),
                    score: summary.as_ref().and_then(score),
                });
            }
        }
        Ok(ScaleEvidence {
            n: summary.n(),
            reliability,
            reason,
            ordinal,
            items: analysis.map(|a| a.items).unwrap_or_default(),
            score: score(&summary),
            groups,
        })
    }

    fn is_ordinal(&self, item: &str) -> bool {
        is_ordinal(self.construct, self.level, item)
    }

    fn method(&self) -> Method {
        let ordinal = self.construct.items.iter().filter(|item| self.is_ordinal(&item.id)).count();
        let all = self.construct.items.len();
        let missing = match (self.missing, ordinal == 0, ordinal == all) {
            (Missing::Listwise, ..) => {
                "complete cases per dimension; in joint structures, complete cases over all their items"
            }
            (_, true, _) => {
                "scales: complete cases; models: every respondent with an answer, by full-information maximum likelihood"
            }
            (_, _, true) => {
                "scales: complete cases; models: thresholds and correlations from the answers that are there (pairwise)"
            }
            _ => {
                "scales: complete cases; models with ordinal items: thresholds and correlations from the answers that \
                 are there (pairwise); models of numbers: every respondent with an answer, by full-information maximum \
                 likelihood"
            }
        };
        if ordinal == 0 {
            return Method {
                missing,
                level: "continuous: answers are numbers with equal steps",
                estimator: "maximum likelihood (normal), covariances with divisor N",
            };
        }
        Method {
            missing,
            level: match (self.level, ordinal == all) {
                (MeasurementLevel::Ordinal, _) => {
                    "ordinal in the models, as asked for; scores are means of numbers"
                }
                (_, true) => {
                    "ordinal in the models (scales of fewer than seven points); scores are means of numbers"
                }
                (_, false) => {
                    "in the models, ordinal on scales of fewer than seven points and continuous on others; scores are \
                     means of numbers"
                }
            },
            estimator: "WLSMV: weighted least squares of thresholds and polychoric correlations with the diagonal of \
                        their sampling covariance, robust standard errors, scaled and shifted test",
        }
    }

    /// Refuses what models of a validation do not have.
    fn check_missing(&self) -> Result<()> {
        let refuse = |what: &str, instead: &str| {
            Err(Error::Unsupported { what: what.into(), instead: instead.into() })
        };
        match self.missing {
            Missing::Fiml | Missing::Listwise => Ok(()),
            Missing::Pairwise => {
                let of_numbers = |id: &str| {
                    let mut items = self.construct.items_of(id).peekable();
                    items.peek().is_some() && !items.any(|item| self.is_ordinal(&item.id))
                };
                match self.construct.dimensions.iter().find(|d| of_numbers(&d.id)) {
                    None => Ok(()),
                    Some(d) => refuse(
                        &format!("pairwise answers in the model of '{}', whose items are numbers", d.id),
                        "Use full information (fiml), or take the answers as ordinal.",
                    ),
                }
            }
            Missing::FimlX | Missing::TwoStage | Missing::RobustTwoStage => refuse(
                "a validation by fiml.x or in two stages",
                "Use full information (fiml), pairwise or listwise.",
            ),
        }
    }

    /// A structure fitted to the answers: ordinal where one of its items is.
    fn fit(
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

    fn fit_answers(&self, model: &Model, answers: &Answers, wanted: Wanted<'_>) -> Result<Fit> {
        let data = Dataset::from_array(answers.items.iter().cloned(), answers.rows.clone())?;
        let ordinal = self.ordinal_among(&answers.items);
        fit_rows(model, &data, ordinal, Function::Cfa, self.missing, wanted)
    }

    fn ordinal_among(&self, items: &[String]) -> Vec<String> {
        items.iter().filter(|item| self.is_ordinal(item)).cloned().collect()
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

    fn scale_item(&self, id: &str) -> ScaleItem {
        // the answers are keyed already
        let item = ScaleItem::new(id);
        match self.construct.item(id).and_then(|i| self.construct.scale_of(i)) {
            Some(scale) => {
                let (low, high) = scale.bounds();
                item.ranging(low as f64, high as f64)
            }
            None => item,
        }
    }

    /// Ids of the dimensions in joint structures. What was not asked of some is told.
    fn joint(&self, responses: &Responses, ledger: &mut Ledger) -> Vec<&'a str> {
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
                ledger.note(Counted::Dimensions, 1, format!("the whole construct as one scale: {who}"));
                let cells = items * asked.iter().filter(|asked| !**asked).count();
                let why = format!("joint structures: {who}, so the others miss them by design");
                ledger.note(Counted::Cells, cells, why);
            } else {
                ledger.note(Counted::Dimensions, 1, format!("joint structures: {who}"));
            }
        }
        let which = if by_design { Asked::OfAnybody } else { Asked::OfEverybody };
        measured_dimensions(self.construct, responses, which)
    }
}

/// What the study of a set of items leaves besides its numbers.
#[derive(Default)]
struct Study {
    notes: Vec<(Counted, usize, String)>,
    warnings: Vec<Warning>,
    answers: Option<Answers>,
}

/// Answers of those who were asked.
struct Answers {
    items: Vec<String>,
    rows: Array2<f64>,
    /// What all models of these items share.
    known: Option<KnownStages>,
}

impl Answers {
    fn new(items: Vec<String>, rows: Array2<f64>) -> Self {
        Self { items, rows, known: None }
    }
}

impl Study {
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

/// A dimension that was studied.
struct Studied {
    evidence: DimensionEvidence,
    notes: Vec<(Counted, usize, String)>,
    warnings: Vec<Warning>,
}

/// Adds the warnings that are not there yet.
fn extend_new(all: &mut Vec<Warning>, new: Vec<Warning>) {
    for warning in new {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
}

fn score(summary: &ScaleSummary) -> Option<ScoreStatistics> {
    Some(ScoreStatistics { mean: summary.total_mean()?, sd: summary.total_sd()? })
}

/// The topic of the map that a gap leaves open.
fn topic_of(what: &str) -> &'static str {
    match what {
        "expert ratings" => "Relevance to experts",
        "the item-sort task" => "Items sorted by judges",
        "agreement of coders" => "Agreement of coders",
        _ => "Perspectives of stakeholders",
    }
}

/// Observed and residual correlations of a structure's items.
fn item_matrices(structure: &StructureEvidence) -> Option<ItemMatrices> {
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
    Some(ItemMatrices { structure: structure.name, correlation, residual })
}

fn not_done(what: &str, error: &Error) -> Warning {
    Warning::NotDone { what: what.into(), reason: error.to_string() }
}

fn note_ungrouped(responses: &Responses, ledger: &mut Ledger) {
    for grouping in responses.groups() {
        let without = grouping.missing_count();
        if without > 0 {
            ledger.note(Counted::Rows, without, format!("groups of '{}': no value", grouping.variable));
        }
    }
}
