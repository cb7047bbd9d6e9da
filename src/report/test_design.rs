//! Pages of what is made of stored items: short forms, adaptive tests, linked forms, conditional estimates.

use super::items::sentences;
use super::number::{fixed, optional, p_is, percent};
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::irt::{AdaptiveStudy, ConditionalFit, Linking, ShortForm, ShortFormGoal};

/// Items whose exposure, or drift, is shown.
const SHOWN: usize = 15;

impl Report for ShortForm {
    fn page(&self) -> Page {
        let mut page = Page::titled("Short form");
        let goal = match self.goal {
            ShortFormGoal::Mean => "most information on average",
            ShortFormGoal::Least => "the least information within the range as high as it goes",
        };
        page.paragraph(format!(
            "{} of {} items: {}. Chosen for {goal} from {} to {}, where they keep {} of the information. Marginal reliability {} \
             where all items have {}.",
            self.items.len(),
            self.of,
            self.items.join(", "),
            fixed(self.range.0, 1),
            fixed(self.range.1, 1),
            percent(self.kept),
            optional(self.reliability, 3),
            optional(self.reliability_all, 3),
        ));
        let mut table = Table::new(
            "Precision",
            ["trait", "information of all", "of the short form", "se of the short form"],
        );
        for level in self.levels.iter().step_by(5) {
            table.row([
                fixed(level.theta, 2),
                fixed(level.all, 3),
                fixed(level.short, 3),
                fixed(level.se, 3),
            ]);
        }
        table.note =
            "The same respondents chose items and show their precision: in others it may be a little lower."
                .into();
        page.table(table);
        page
    }
}

impl Report for AdaptiveStudy {
    fn page(&self) -> Page {
        let mut page = Page::titled("Adaptive test");
        page.paragraph(format!(
            "{} of {} items each level, seed {}: the next item is the one with most information, until the standard error is {} \
             or {} are answered; scores by {}.",
            counted(self.replications, "simulated test", "simulated tests"),
            self.bank,
            self.seed,
            self.precision,
            counted(self.most, "item", "items"),
            self.estimator.to_string().to_uppercase(),
        ));
        let heads = ["trait", "bias", "rmse", "mean se", "items", "precise enough", "without a score"];
        let mut table = Table::new("By level of the trait", heads);
        for level in &self.levels {
            table.row([
                fixed(level.theta, 2),
                fixed(level.bias, 3),
                fixed(level.rmse, 3),
                fixed(level.se, 3),
                fixed(level.items, 1),
                percent(level.precise),
                level.without.to_string(),
            ]);
        }
        table.note = format!(
            "Bias: mean score less the trait. Precise enough: tests that ended with a standard error of {} or less.",
            self.precision
        );
        page.table(table);
        let mut table = Table::new("Items asked most often", ["item", "share of tests"]);
        for item in self.exposure.iter().take(SHOWN) {
            table.row([item.item.clone(), percent(item.share)]);
        }
        let unused = self.exposure.iter().filter(|item| item.share == 0.0).count();
        table.note = format!("{} of {} items were never asked.", unused, self.bank);
        page.table(table);
        page
    }
}

impl Report for Linking {
    fn page(&self) -> Page {
        let mut page = Page::titled("Two forms on one scale");
        let sign = if self.intercept < 0.0 { "-" } else { "+" };
        page.paragraph(format!(
            "{} in common, {} of the second form. The trait of the first form is {} x that of the second {sign} {} ({}).",
            counted(self.common.len(), "item", "items"),
            counted(self.linked.items.len(), "item", "items"),
            fixed(self.slope, 4),
            fixed(self.intercept.abs(), 4),
            self.method,
        ));
        let mut table = Table::new("By every method", ["method", "slope", "intercept"]);
        for line in &self.lines {
            table.row([line.method.to_string(), optional(line.slope, 4), optional(line.intercept, 4)]);
            if line.slope.is_none() {
                table
                    .without(&format!("the line of {}", line.method), "the common items do not determine it");
            }
        }
        table.note = "Lines that differ much say that common items do not work alike in both forms.".into();
        page.table(table);
        let mut table = Table::new("Common items after linking", ["item", "mean difference", "drift"]);
        for item in self.common.iter().take(SHOWN) {
            table.row([item.item.clone(), fixed(item.difference, 3), fixed(item.drift, 3)]);
        }
        table.note = "Expected answers, second form less first, over the trait of the first form: their mean difference, and the \
                      root mean square (drift)."
            .into();
        page.table(table);
        page
    }
}

impl Report for ConditionalFit {
    fn page(&self) -> Page {
        let mut page = Page::titled("Item response model");
        let state = if self.converged { "reached" } else { "NOT reached" };
        let title = self.model.title();
        let title: String = title
            .chars()
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(title.chars().skip(1))
            .collect();
        page.paragraph(format!(
            "{title}: {} of {} respondents, of whom {} tell something (they are not at an end of their items), conditional maximum \
             likelihood. Conditional log-likelihood {}, {} free parameters. The maximum was {state} (largest scaled gradient \
             {:.0e}). The mean difficulty of all steps is 0.",
            self.n,
            self.rows_read,
            self.informative,
            fixed(self.logl, 3),
            self.npar,
            self.gradient,
        ));
        page.list(sentences(&self.warnings));
        let steps = self.items.iter().map(|item| item.intercepts.len()).max().unwrap_or(1);
        let mut heads = vec!["item".to_string()];
        for k in 1..=steps {
            heads.extend([if steps == 1 { "difficulty".into() } else { format!("b{k}") }, "se".into()]);
        }
        let mut table = Table::new("Items", heads);
        for item in &self.items {
            let mut row = vec![item.item.clone()];
            for k in 0..steps {
                let own = item.difficulties.as_ref().and_then(|b| b.get(k).copied());
                let se = item.se.difficulties.as_ref().and_then(|b| b.get(k).copied().flatten());
                row.extend(match own {
                    Some(own) => [fixed(own, 3), optional(se, 3)],
                    None => [String::new(), String::new()],
                });
            }
            table.row(row);
        }
        page.table(table);
        page.paragraph(match (&self.andersen, &self.andersen_why) {
            (Some(test), _) => format!(
                "Andersen's test that the items are the same for low ({}) and high scores ({}): chi-square({}) = {}, {}.",
                test.low,
                test.high,
                test.df,
                fixed(test.statistic, 3),
                p_is(Some(test.pvalue)),
            ),
            (None, Some(why)) => format!("There is no test of Andersen: {why}."),
            (None, None) => String::new(),
        });
        let mut table = Table::new("The trait by sum score", ["sum score", "trait (WLE)", "se"]);
        for row in &self.sum_scores {
            table.row([fixed(row.score, 0), optional(row.theta, 3), optional(row.se, 3)]);
        }
        page.table(table);
        page
    }
}
