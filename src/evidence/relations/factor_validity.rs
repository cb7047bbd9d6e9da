//! Convergent and discriminant validity of the factors of a construct.

use super::latent_correlations::{CUT_OFF, factor_correlations};
use super::study::{Extent, Found, RelationStudy, not_done};
use super::{Block, Discriminant, HeterotraitRatios, convergent, fornell_larcker, latent_correlations};
use crate::construct::Structure;
use crate::correlation::Ordered;
use crate::model::Model;

impl RelationStudy<'_> {
    /// Convergent and discriminant validity.
    pub(super) fn factors(&self, found: &mut Found) {
        let measured = self.measured;
        let mut correlations = Vec::new();
        if let Some(structure) = self.correlated {
            found.relations.convergent = convergent(&structure.result);
            let model = Model::of_dimensions(measured.construct, &measured.joint, Structure::Correlated);
            let refit = |model: &Model| measured.fit_like(model, &structure.result);
            let found_of = |model: &Model| match self.extent {
                Extent::Whole | Extent::Relations => {
                    latent_correlations(model, &structure.result, CUT_OFF, &refit)
                }
                Extent::Conclusions => Ok((factor_correlations(model, &structure.result), Vec::new())),
            };
            match model.and_then(|model| found_of(&model)) {
                Ok((tested, warnings)) => {
                    found.warnings.extend(warnings);
                    correlations = tested;
                }
                Err(error) => found.warnings.push(not_done("correlations of the factors", &error)),
            }
        } else {
            self.single_factor(found);
        }
        let leaves = measured.construct.leaves();
        let blocks: Vec<Block> = leaves
            .into_iter()
            .filter(|l| measured.everybody.contains(&l.dimension.as_str()) && l.items.len() > 1)
            .map(|l| (l.id, l.items))
            .collect();
        if blocks.len() < 2 {
            return;
        }
        let items: Vec<String> = blocks.iter().flat_map(|(_, items)| items.clone()).collect();
        let ordinal: Vec<String> = items.iter().filter(|i| measured.is_ordinal(i)).cloned().collect();
        let rows = match measured.responses.of_items(&items) {
            Ok(rows) => rows,
            Err(_) => return,
        };
        let pearson = HeterotraitRatios::pearson(&items, rows.view(), &blocks, self.resampling);
        let main = if ordinal.is_empty() {
            pearson.clone()
        } else {
            HeterotraitRatios::polychoric(
                &items,
                rows.view(),
                &Ordered::Named(ordinal.clone()),
                &blocks,
                self.resampling,
            )
        };
        match main {
            Err(error) => found.warnings.push(not_done("heterotrait-monotrait ratios", &error)),
            Ok(main) => {
                found.relations.discriminant = Some(Discriminant {
                    fornell_larcker: fornell_larcker(&found.relations.convergent, &correlations),
                    correlation: main.correlation,
                    htmt: main.htmt,
                    htmt2: main.htmt2,
                    pearson: pearson.ok().filter(|_| !ordinal.is_empty()),
                    latent_correlations: correlations,
                    cut_off: CUT_OFF,
                    resampling: self.resampling,
                });
            }
        }
    }

    /// A construct of one factor has convergent validity only.
    fn single_factor(&self, found: &mut Found) {
        let measured = self.measured;
        if let [only] = measured.joint.as_slice()
            && let Ok(model) = Model::of_items(only, &measured.items_of(only))
            && let Ok(fit) = measured.fit(&model)
        {
            found.relations.convergent = convergent(&fit);
        }
    }
}
