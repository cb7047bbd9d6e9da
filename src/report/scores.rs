//! The page of scores.

use super::items::{reasons, sentences};
use super::number::{exact, fixed, interval, optional, percent};
use super::{Page, Report, Table};
use crate::evidence::consequences::{
    MinimumAnswered, Norms, RefusedScores, RespondentScores, ScaleNorm, ScaleScore, Scores,
};
use crate::evidence::counted;
use std::collections::BTreeMap;

/// Respondents that are named where a number of theirs is missing.
const NAMED: usize = 30;

impl Report for Norms {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Norms of {}", self.construct()));
        page.paragraph(format!(
            "From a norm sample of {}; no answers of theirs are kept.",
            counted(self.n(), "respondent", "respondents")
        ));
        page.list(sentences(&self.warnings()));
        let scales = self.scales();
        page.table(norms_table("Norms", &scales, &[]));
        if let Some(variable) = self.grouping() {
            page.table(groups_table(variable, &scales));
        }
        page
    }
}

impl Report for Scores {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Scores on {}", self.construct));
        page.paragraph(format!(
            "{}, scored against a norm sample of {}.",
            counted(self.respondents.len(), "respondent", "respondents"),
            self.norm_n
        ));
        let minimum = match self.minimum {
            MinimumAnswered::Share(share) => format!("{} of its items", percent(share)),
            MinimumAnswered::Items(count) => format!("{count} of its items (all of a shorter one)"),
        };
        page.paragraph(format!(
            "A scale has a score where at least {minimum} are answered: the mean of these, which stands for the missing \
             ones only where items have like means and correlations (Schafer & Graham 2002; Newman 2014)."
        ));
        page.list(sentences(&self.warnings));
        page.table(norms_table("Norms, and scores that were refused", &self.scales, &self.refused));
        if let Some(variable) = &self.grouping {
            page.table(groups_table(variable, &self.scales));
        }
        let mut table = self.table();
        let among = match &self.grouping {
            Some(variable) => format!("among the norm sample's respondents of the same {variable}, as T"),
            None => "in the norm sample".into(),
        };
        table.note = format!(
            "se: standard error of measurement; percentile: {among}; T: mean 50, standard deviation 10; factor: score of the \
             factor in its model; unusual: answers that do not fit the scale (Mahalanobis distance, p < .001).{}",
            self.estimator.map_or_else(String::new, |method| format!(
                " Trait: score on the trait of a graded response model ({}), in standard deviations of the norm sample's trait.",
                method.to_string().to_uppercase()
            ))
        );
        page.table(table);
        page
    }
}

/// The scales, with the scores that were refused where respondents are scored.
fn norms_table(title: &str, scales: &[ScaleNorm], refused: &[RefusedScores]) -> Table {
    let heads = ["scale", "items", "n", "mean", "sd", "alpha"].into_iter();
    let behind = if refused.is_empty() { &[][..] } else { &["needed", "too few", "none answered"] };
    let mut table = Table::new(title, heads.chain(behind.iter().copied()));
    for (at, norm) in scales.iter().enumerate() {
        let own = [
            norm.scale.clone(),
            norm.items.len().to_string(),
            norm.n.to_string(),
            fixed(norm.mean, 2),
            fixed(norm.sd, 2),
            fixed(norm.alpha, 3),
        ];
        let counts = refused.get(at).map(|own| [own.needed, own.too_few, own.none].map(|n| n.to_string()));
        table.row(own.into_iter().chain(counts.into_iter().flatten()));
    }
    table
}

fn groups_table(variable: &str, scales: &[ScaleNorm]) -> Table {
    let mut table = Table::new(format!("Norms by {variable}"), ["scale", "group", "n", "mean", "sd"]);
    table.text_columns = vec![1];
    for (scale, own) in scales.iter().flat_map(|scale| scale.groups.iter().map(move |own| (scale, own))) {
        let (mean, sd) = (optional(own.mean, 2), optional(own.sd, 2));
        table.row([scale.scale.clone(), own.group.clone(), own.n.to_string(), mean, sd]);
        if own.mean.is_none() {
            table.note = "-: too few complete answers for norms of the group.".into();
        }
    }
    table
}

impl Scores {
    /// One row per respondent and scale.
    fn table(&self) -> Table {
        let heads = [
            "respondent",
            "scale",
            "answered",
            "score",
            "se",
            "95 % interval",
            "percentile",
            "T",
            "factor",
            "factor se",
            "unusual",
        ];
        let on_trait = self.estimator.map_or(&[][..], |_| &["trait", "trait se"]);
        let mut table = Table::new("Scores", self.with_group(&[&heads, on_trait].concat()));
        let shift = usize::from(self.grouping.is_some());
        table.text_columns = (1..=1 + shift).chain([10 + shift]).collect();
        for (own, scale) in self.each() {
            let numbers = [
                scale.scale.clone(),
                format!("{} of {}", scale.answered, scale.items),
                optional(scale.score, 2),
                optional(scale.se, 2),
                interval(scale.lower, scale.upper, 2),
                optional(scale.percentile, 0),
                optional(scale.t, 0),
                optional(scale.factor, 2),
                optional(scale.factor_se, 2),
                if scale.unusual { "yes" } else { "" }.to_string(),
            ];
            let traits = [optional(scale.trait_score, 2), optional(scale.trait_se, 2)];
            let traits = traits.into_iter().filter(|_| self.estimator.is_some());
            table.row(self.who(own).into_iter().chain(numbers).chain(traits));
        }
        for ((what, why), respondents) in self.missing() {
            let named = respondents.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let more = match respondents.len().saturating_sub(NAMED) {
                0 => String::new(),
                rest => format!(" and {rest} more"),
            };
            table.without(&format!("{what} of {named}{more}"), why);
        }
        table
    }

    /// Who lacks which number of the table, by the reason. Without a score nothing else is told.
    fn missing(&self) -> BTreeMap<(String, &str), Vec<&str>> {
        let mut found: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
        for (respondent, own) in self.each() {
            let shown: &[&str] = match own.score {
                None => &["score"],
                Some(_) => &["se", "percentile", "t", "factor", "factor_se", "trait_score"],
            };
            for (name, why) in shown.iter().filter_map(|name| Some((name, own.reasons.get(*name)?))) {
                if *name == "factor_se" && own.factor.is_none() {
                    continue;
                }
                let what = match *name {
                    "factor" => "factor score",
                    "factor_se" => "factor se",
                    "trait_score" => "score on the trait",
                    name => name,
                };
                found
                    .entry((format!("{what} on {}", own.scale), why))
                    .or_default()
                    .push(&respondent.respondent);
            }
        }
        found
    }

    /// The same for programs: every number at full precision in a column of its own, empty where it does not exist, under
    /// the names of the fields of [`ScaleScore`](crate::evidence::consequences::ScaleScore), and last the reason for those.
    pub fn values(&self) -> Table {
        let heads = [
            "respondent",
            "scale",
            "answered",
            "items",
            "score",
            "se",
            "lower",
            "upper",
            "percentile",
            "t",
            "factor",
            "factor_se",
            "unusual",
            "trait_score",
            "trait_se",
            "reason",
        ];
        let heads: Vec<&str> =
            heads.into_iter().filter(|head| self.estimator.is_some() || !head.starts_with("trait")).collect();
        let mut table = Table::new("", self.with_group(&heads));
        for (respondent, own) in self.each() {
            let numbers =
                [own.score, own.se, own.lower, own.upper, own.percentile, own.t, own.factor, own.factor_se];
            let counts = [own.scale.clone(), own.answered.to_string(), own.items.to_string()];
            let unusual = own.unusual.to_string();
            let reason = reasons(&heads, &own.reasons);
            let cells = self.who(respondent).into_iter().chain(counts).chain(numbers.map(exact));
            let traits = [exact(own.trait_score), exact(own.trait_se)];
            let traits = traits.into_iter().filter(|_| self.estimator.is_some());
            table.row(cells.chain([unusual]).chain(traits).chain([reason]));
        }
        table
    }

    /// Heads, with the grouping variable behind the respondent where there is one.
    fn with_group(&self, heads: &[&str]) -> Vec<String> {
        let mut all: Vec<String> = heads.iter().map(ToString::to_string).collect();
        if let Some(variable) = &self.grouping {
            all.insert(1, variable.clone());
        }
        all
    }

    fn who(&self, own: &RespondentScores) -> Vec<String> {
        let group = self.grouping.as_ref().map(|_| own.group.clone().unwrap_or_default());
        std::iter::once(own.respondent.clone()).chain(group).collect()
    }

    fn each(&self) -> impl Iterator<Item = (&RespondentScores, &ScaleScore)> {
        self.respondents.iter().flat_map(|own| own.scales.iter().map(move |scale| (own, scale)))
    }
}
