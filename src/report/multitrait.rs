//! The page of several traits by several methods.

use super::items::sentences;
use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::StructureEvidence;
use crate::evidence::relations::MultitraitMultimethod;

impl Report for MultitraitMultimethod {
    fn page(&self) -> Page {
        let mut page = Page::titled("Traits by methods");
        page.paragraph(format!(
            "{} traits by {} methods, n = {}.",
            self.traits.len(),
            self.methods.len(),
            self.n
        ));
        page.list(sentences(&self.warnings));
        let mut table = Table::new("Campbell and Fiske's criteria", ["criterion", "met", "of"]);
        let mut row = |name: &str, [met, of]: [usize; 2]| {
            table.row([name.to_string(), met.to_string(), of.to_string()])
        };
        row("validities above zero", self.convergent);
        row("validities above other traits by other methods", self.above_heteromethod);
        row("validities above other traits by the same method", self.above_monomethod);
        table.note = format!(
            "Pattern of trait correlations over blocks of methods: Kendall's W = {}.",
            optional(self.pattern_w, 2)
        );
        let why = "there are fewer than two blocks of three traits, or their correlations do not vary";
        table.without_if_none(self.pattern_w, "Kendall's W", why);
        page.table(table);
        let mut table =
            Table::new("Validities: one trait, two methods", ["trait", "methods", "r", "p", "exceeded by"]);
        table.text_columns = vec![1];
        for own in &self.validities {
            table.row([
                own.trait_name.clone(),
                format!("{} - {}", own.first_method, own.second_method),
                fixed(own.r, 2),
                p_value(own.pvalue),
                own.exceeded_by.to_string(),
            ]);
            let of = format!("p of {}, {} - {}", own.trait_name, own.first_method, own.second_method);
            table.without_if_none(own.pvalue, &of, "the correlation is 1 or -1");
        }
        page.table(table);
        for model in &self.models {
            let name = match &model.reference_method {
                Some(reference) => format!("CT-C(M-1), reference method {reference}"),
                None => "CT-CM".to_string(),
            };
            let fit = StructureEvidence::new(model.name.clone(), model.model.clone(), model.result.clone());
            let mut table =
                Table::new(format!("{name}: shares of variance"), ["measure", "trait", "method", "rest"]);
            for own in &model.variance {
                table.row([
                    own.variable.clone(),
                    fixed(own.consistency, 2),
                    fixed(own.specificity, 2),
                    fixed(own.unexplained, 2),
                ]);
                let shares = [own.consistency, own.specificity, own.unexplained];
                let finite = Some(()).filter(|()| shares.iter().all(|share| share.is_finite()));
                table.without_if_none(finite, &own.variable, "its variance is not positive by the model");
            }
            let numbers = ["cfi", "rmsea", "srmr"].map(|measure| optional(fit.measure(measure), 3));
            table.note = if model.result.status.proper() {
                format!(
                    "chi-square {} ({} df), CFI {}, RMSEA {}, SRMR {}.",
                    optional(fit.measure("chisq"), 2),
                    model.result.df(),
                    numbers[0],
                    numbers[1],
                    numbers[2]
                )
            } else {
                format!("The model {}.", model.result.status)
            };
            page.table(table);
        }
        page
    }
}
