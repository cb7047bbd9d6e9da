//! The page of scores.

use super::items::{reasons, sentences};
use super::number::{exact, fixed, interval, optional, percent};
use super::{Page, Report, Table};
use crate::evidence::consequences::{MinimumAnswered, ScaleScore, Scores};
use crate::evidence::counted;
use std::collections::BTreeMap;

/// Respondents that are named where a number of theirs is missing.
const NAMED: usize = 30;

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
        let heads = ["scale", "items", "n", "mean", "sd", "alpha", "needed", "too few", "none answered"];
        let mut table = Table::new("Norms, and scores that were refused", heads);
        for (norm, refused) in self.scales.iter().zip(&self.refused) {
            table.row([
                norm.scale.clone(),
                norm.items.len().to_string(),
                norm.n.to_string(),
                fixed(norm.mean, 2),
                fixed(norm.sd, 2),
                fixed(norm.alpha, 3),
                refused.needed.to_string(),
                refused.too_few.to_string(),
                refused.none.to_string(),
            ]);
        }
        page.table(table);
        let mut table = self.table();
        table.note = "se: standard error of measurement; percentile: in the norm sample; T: mean 50, standard deviation 10; factor: \
                      score of the factor in its model; unusual: answers that do not fit the scale (Mahalanobis distance, p < .001)."
            .into();
        page.table(table);
        page
    }
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
        let mut table = Table::new("Scores", heads);
        table.text_columns = vec![1, 10];
        for (respondent, own) in self.each() {
            table.row([
                respondent.to_string(),
                own.scale.clone(),
                format!("{} of {}", own.answered, own.items),
                optional(own.score, 2),
                optional(own.se, 2),
                interval(own.lower, own.upper, 2),
                optional(own.percentile, 0),
                optional(own.t, 0),
                optional(own.factor, 2),
                optional(own.factor_se, 2),
                if own.unusual { "yes" } else { "" }.to_string(),
            ]);
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
                Some(_) => &["se", "percentile", "t", "factor", "factor_se"],
            };
            for (name, why) in shown.iter().filter_map(|name| Some((name, own.reasons.get(*name)?))) {
                if *name == "factor_se" && own.factor.is_none() {
                    continue;
                }
                let what = match *name {
                    "factor" => "factor score",
                    "factor_se" => "factor se",
                    name => name,
                };
                found.entry((format!("{what} on {}", own.scale), why)).or_default().push(respondent);
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
            "reason",
        ];
        let mut table = Table::new("", heads);
        for (respondent, own) in self.each() {
            let numbers =
                [own.score, own.se, own.lower, own.upper, own.percentile, own.t, own.factor, own.factor_se];
            let who = [respondent.into(), own.scale.clone(), own.answered.to_string(), own.items.to_string()];
            let unusual = own.unusual.to_string();
            let reason = reasons(&heads, &own.reasons);
            table.row(who.into_iter().chain(numbers.map(exact)).chain([unusual, reason]));
        }
        table
    }

    fn each(&self) -> impl Iterator<Item = (&str, &ScaleScore)> {
        self.respondents.iter().flat_map(|r| r.scales.iter().map(|own| (r.respondent.as_str(), own)))
    }
}
