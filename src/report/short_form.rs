//! Page of a short form: its items, and what it loses in other respondents.

use super::Report;
use super::items::sentences;
use super::number::{fixed, optional, percent};
use super::page::Page;
use super::table::Table;
use crate::evidence::counted;
use crate::factor::ShortFormStudy;

impl Report for ShortFormStudy {
    fn page(&self) -> Page {
        let mut page = Page::titled("Short form");
        page.paragraph(format!(
            "{} of {} by coefficient alpha, {}: {}.",
            self.chosen.items.len(),
            counted(self.items.len(), "item", "items"),
            counted(self.n, "respondent", "respondents"),
            self.chosen.items.join(", ")
        ));
        page.paragraph(match self.chosen.is_best {
            true => "It is the best set there is: every other was excluded.",
            false => "The search was cut short: there may be a better set.",
        });
        page.table(measures(self));
        page.table(items(self));
        page.list(sentences(&self.warnings));
        page
    }
}

impl ShortFormStudy {
    /// The items, whether each was chosen, and in which share of the halves, at full precision.
    pub fn table(&self) -> Table {
        let mut table = Table::new("", ["item", "part", "chosen", "halves"]);
        for (item, share) in self.items.iter().zip(&self.chosen_in) {
            let chosen = if self.chosen.items.contains(item) { "yes" } else { "no" };
            table.row([item.clone(), part_of(self, item), chosen.to_string(), share.to_string()]);
        }
        table
    }
}

/// The part of the content to which an item belongs: its name, or its number where it has none.
fn part_of(study: &ShortFormStudy, item: &str) -> String {
    let mut parts = study.coverage.iter().enumerate();
    let own = parts.find(|(_, part)| part.items.iter().any(|own| own == item));
    own.map_or_else(String::new, |(at, part)| part.name.clone().unwrap_or_else(|| (at + 1).to_string()))
}

fn measures(study: &ShortFormStudy) -> Table {
    let own = &study.chosen;
    let mut table = Table::new("Reliability", ["measure", "value"]);
    let mut put = |name: &str, value: String| table.row([name.to_string(), value]);
    put("alpha of all items", fixed(own.alpha_of_all, 3));
    put("alpha of the short form, where it was chosen", fixed(own.alpha, 3));
    put("correlation with the whole score", fixed(own.with_whole, 3));
    put("the same without shared error", optional(own.with_whole_corrected, 3));
    put("alpha in the half where a set was chosen", fixed(study.alpha_where_chosen, 3));
    put("alpha of the same sets in the other half", fixed(study.alpha_elsewhere, 3));
    put("loss", fixed(study.loss, 3));
    put("standard deviation of the loss", fixed(study.loss_sd, 3));
    put("alpha of as many items at random", fixed(study.alpha_at_random, 3));
    if own.with_whole_corrected.is_none() {
        table.without("the correlation without shared error", "the scores do not vary");
    }
    table.note = format!(
        "In {} into halves, the best set of each half was judged in the other. New respondents are like the other half: alpha of the \
         short form is too high by a loss, which is smaller the more respondents it was chosen in.",
        counted(study.splits, "split", "splits")
    );
    if study.unproven > 0 {
        table.note += &format!(" In {} the search was cut short.", counted(study.unproven, "half", "halves"));
    }
    table
}

fn items(study: &ShortFormStudy) -> Table {
    let parts = !study.coverage.is_empty();
    let heads = ["item"].into_iter().chain(parts.then_some("part")).chain(["chosen", "chosen in halves"]);
    let mut table = Table::new("Items", heads);
    table.text_columns = if parts { vec![1, 2] } else { vec![1] };
    for (item, share) in study.items.iter().zip(&study.chosen_in) {
        let chosen = if study.chosen.items.contains(item) { "yes" } else { "no" };
        let part = parts.then(|| part_of(study, item));
        table.row(std::iter::once(item.clone()).chain(part).chain([chosen.to_string(), percent(*share)]));
    }
    table.note = "An item that other halves leave out could as well be another one.".into();
    table
}
