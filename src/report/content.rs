//! Pages of expert ratings, coder agreement, and perspectives.

use super::items::sentences;
use super::number::{ends, fixed, optional, percent};
use super::{Language, Page, Report, Table, dictionary};
use crate::evidence::content::{Agreement, ContentScale, ContentValidity, ItemSort, Perspectives};
use crate::evidence::counted;

impl Report for ContentValidity {
    fn page(&self) -> Page {
        let mut page = Page::titled("Content validity");
        let [low, high, relevant, essential] = self.rating_scale;
        page.paragraph(format!(
            "{} rated {} from {low} to {high}; {relevant} and more is relevant, {essential} and more essential.",
            counted(self.experts, "expert", "experts"),
            counted(self.items.len(), "item", "items")
        ));
        page.list(sentences(&self.warnings));
        items(self).into_iter().for_each(|t| page.table(t));
        page.table(scales(self));
        panels(self).into_iter().for_each(|t| page.table(t));
        page
    }
}

/// The items, and by panel where there are panels.
pub(super) fn items(found: &ContentValidity) -> Vec<Table> {
    let heads = [
        "item",
        "dimension",
        "n",
        "I-CVI",
        "95 % interval",
        "kappa*",
        "CVR",
        "critical",
        "Aiken V",
        "95 % interval",
        "kept",
    ];
    let mut table = Table::new("Relevance of the items", heads);
    table.text_columns = vec![1, 10];
    for item in &found.items {
        table.row([
            item.item.clone(),
            item.dimension.clone().unwrap_or_default(),
            item.n.to_string(),
            fixed(item.i_cvi, 2),
            ends(item.i_cvi_interval, 2),
            fixed(item.kappa, 2),
            fixed(item.cvr, 2),
            optional(item.cvr_critical, 2),
            fixed(item.aiken_v, 2),
            ends(item.aiken_interval, 2),
            if item.meets { "yes" } else { "no" }.to_string(),
        ]);
        table.without_if_none(
            item.cvr_critical,
            &format!("the critical CVR of {}", item.item),
            "no ratio of fewer than five experts is significant",
        );
        let interval = item.i_cvi_interval.and(item.aiken_interval);
        table.without_if_none(interval, &format!("the interval of {}", item.item), "no expert rated it");
    }
    table.note = "Kept: I-CVI of at least .78, of 1 with fewer than six experts (Lynn 1986; Polit, Beck & Owen 2007). \
                  Critical: smallest CVR that is significant, one-tailed .05 (Ayre & Scally 2014)."
        .into();
    let mut tables = vec![table];
    if let Some(first) = found.items.first().filter(|i| !i.panels.is_empty()) {
        let heads = first.panels.iter().map(|p| p.panel.clone());
        let mut table =
            Table::new("I-CVI (Aiken V) by panel", std::iter::once("item".to_string()).chain(heads));
        for item in &found.items {
            let cells = item.panels.iter().map(|p| match (p.i_cvi, p.aiken_v) {
                (Some(i_cvi), Some(v)) => format!("{i_cvi:.2} ({v:.2})"),
                _ => "not rated".into(),
            });
            table.row(std::iter::once(item.item.clone()).chain(cells));
        }
        tables.push(table);
    }
    tables
}

/// Whole and dimensions.
pub(super) fn scales(found: &ContentValidity) -> Table {
    let mut table = Table::new(
        "Relevance by dimension",
        ["dimension", "items", "S-CVI/Ave", "S-CVI/UA", "mean CVR", "mean V", "kept"],
    );
    let mut row = |name: String, scale: &ContentScale| {
        table.row([
            name,
            scale.items.to_string(),
            fixed(scale.s_cvi_ave, 2),
            fixed(scale.s_cvi_ua, 2),
            fixed(scale.mean_cvr, 2),
            fixed(scale.mean_v, 2),
            scale.meeting.to_string(),
        ]);
    };
    row("all items".into(), &found.scale);
    found.dimensions.iter().for_each(|d| row(d.dimension.clone(), &d.scale));
    table
}

/// Agreement within and between panels.
pub(super) fn panels(found: &ContentValidity) -> Vec<Table> {
    if found.panels.is_empty() {
        return Vec::new();
    }
    let heads = ["panel", "experts", "S-CVI/Ave", "S-CVI/UA", "Krippendorff alpha", "Gwet AC2"];
    let mut within = Table::new("Agreement within panels", heads);
    for panel in &found.panels {
        within.row([
            panel.panel.clone(),
            panel.experts.to_string(),
            optional(panel.scale.map(|s| s.s_cvi_ave), 2),
            optional(panel.scale.map(|s| s.s_cvi_ua), 2),
            optional(panel.krippendorff, 2),
            optional(panel.ac2, 2),
        ]);
        let why = match (panel.scale, panel.experts) {
            (None, _) => "the panel gave no ratings",
            (Some(_), 1) => "the panel has a single expert",
            _ => "the panel's ratings are all the same, or no item has two of them",
        };
        within.without_if_none(panel.krippendorff, &format!("alpha of {}", panel.panel), why);
        within.without_if_none(panel.ac2, &format!("AC2 of {}", panel.panel), why);
        within.without_if_none(panel.scale, &format!("S-CVI of {}", panel.panel), why);
    }
    within.note = "Alpha of ordinal ratings; AC2 with quadratic weights.".into();
    let heads = ["panels", "items", "r of means", "I-CVI difference", "absolute", "disputed"];
    let mut between = Table::new("Agreement between panels", heads);
    between.text_columns = vec![5];
    for pair in &found.between {
        between.row([
            format!("{} - {}", pair.first, pair.second),
            pair.items.to_string(),
            optional(pair.r, 2),
            fixed(pair.difference, 2),
            fixed(pair.absolute_difference, 2),
            if pair.disputed.is_empty() { "none".into() } else { pair.disputed.join(", ") },
        ]);
        let why = match pair.items {
            0..=2 => "both panels rated fewer than three items",
            _ => "the mean ratings of a panel are all the same",
        };
        between.without_if_none(pair.r, &format!("r of {} - {}", pair.first, pair.second), why);
    }
    between.note = "Disputed: items that one panel keeps and the other does not.".into();
    vec![within, between]
}

impl Report for ItemSort {
    fn page(&self) -> Page {
        let mut page = Page::titled("Item-sort task");
        page.paragraph(format!(
            "{} sorted {}.",
            counted(self.judges, "judge", "judges"),
            counted(self.items.len(), "item", "items")
        ));
        page.list(sentences(&self.warnings));
        page.table(sorted(self));
        page
    }
}

pub(super) fn sorted(found: &ItemSort) -> Table {
    let heads = ["item", "dimension", "n", "Psa", "Csv", "critical", "next chosen"];
    let mut table = Table::new("Substantive validity: items sorted by judges", heads);
    table.text_columns = vec![1, 6];
    for item in &found.items {
        table.row([
            item.item.clone(),
            item.dimension.clone(),
            item.n.to_string(),
            fixed(item.psa, 2),
            fixed(item.csv, 2),
            optional(item.critical, 2),
            item.rival.clone().unwrap_or_default(),
        ]);
        table.without_if_none(
            item.critical,
            &format!("the critical Csv of {}", item.item),
            "no coefficient of fewer than five judges is significant",
        );
    }
    table.note = "Psa: share of judges who choose the dimension that was meant; Csv: less the share of the next chosen \
                  (Anderson & Gerbing 1991)."
        .into();
    table
}

impl Report for Agreement {
    fn page(&self) -> Page {
        let mut page = Page::titled("Agreement between coders");
        page.paragraph(format!(
            "{} units, {} coders ({}), {} categories, {} codes missing. Intervals: 95 %, {} samples of the units, seed {}.",
            self.units,
            self.coders,
            self.coder_names.join(", "),
            self.categories.len(),
            self.missing,
            self.resampling.replicates,
            self.resampling.seed
        ));
        page.list(sentences(&self.warnings));
        page.table(agreement(self));
        let heads = ["coders", "n", "percent", "kappa", "linear", "quadratic"];
        let mut table = Table::new("Cohen's kappa by pair", heads);
        for pair in &self.pairs {
            table.row([
                format!("{} - {}", pair.first, pair.second),
                pair.n.to_string(),
                pair.percent.map_or_else(|| "-".into(), percent),
                optional(pair.kappa, 3),
                optional(pair.linear, 3),
                optional(pair.quadratic, 3),
            ]);
            let of = |what: &str| format!("{what} of {} - {}", pair.first, pair.second);
            if pair.n == 0 {
                table.without(&of("kappa"), "no unit was coded by both");
                continue;
            }
            let same = "both gave one and the same code to all their units";
            table.without_if_none(pair.kappa, &of("kappa"), same);
            for (name, key, value) in
                [("linear", "cohen_linear", pair.linear), ("quadratic", "cohen_quadratic", pair.quadratic)]
            {
                let why = match self.reasons.get(key) {
                    Some(reason) if pair.kappa.is_some() => reason.as_str(),
                    _ => same,
                };
                table.without_if_none(value, &of(name), why);
            }
        }
        page.table(table);
        page
    }
}

pub(super) fn agreement(found: &Agreement) -> Table {
    let mut heads = vec!["coefficient", "value", "95 % interval"];
    let explained = !found.reasons.is_empty();
    if explained {
        heads.push("why there is none");
    }
    let mut table = Table::new("Agreement between coders", heads);
    if explained {
        table.text_columns = vec![3];
    }
    let mut without = Vec::new();
    let mut row = |name: &str, value: Option<f64>, key: &str| {
        if value.is_some() && found.intervals.get(key).is_some_and(Option::is_none) {
            without.push(format!("the interval of {}", name.trim()));
        }
        // Cohen's kappa has intervals by pair only
        let drawn = found.intervals.get(key).map_or_else(String::new, |drawn| ends(*drawn, 3));
        let mut cells = vec![name.to_string(), optional(value, 3), drawn];
        if explained {
            cells.push(found.reasons.get(key).cloned().unwrap_or_default());
        }
        table.row(cells);
    };
    row("percent agreement", found.percent, "percent");
    row("Cohen's kappa, mean of pairs", found.cohen, "cohen");
    row("  linear weights", found.cohen_linear, "cohen_linear");
    row("  quadratic weights", found.cohen_quadratic, "cohen_quadratic");
    row("Fleiss's kappa", found.fleiss, "fleiss");
    row("Gwet's AC1", found.gwet.ac1, "ac1");
    row("Gwet's AC2, quadratic weights", found.gwet.ac2, "ac2");
    row("Krippendorff's alpha, nominal", found.krippendorff.nominal, "nominal");
    row("  ordinal", found.krippendorff.ordinal, "ordinal");
    row("  interval", found.krippendorff.interval, "interval");
    let too_few = "a tenth of the samples or more have no value";
    without.iter().for_each(|what| table.without(what, too_few));
    table.note = format!(
        "Fleiss's kappa: of the {} of {} units that all coded. Krippendorff (2004): from .80 on reliable, from .667 on for \
         tentative conclusions.",
        found.fleiss_units, found.units
    );
    table
}

impl Report for Perspectives {
    fn page(&self) -> Page {
        let mut page = Page::titled("Perspectives");
        page.paragraph(format!(
            "{} of {} in {} and {}.",
            counted(self.excerpts, "coded excerpt", "coded excerpts"),
            counted(self.respondents, "respondent", "respondents"),
            counted(self.groups.len(), "group", "groups"),
            counted(self.organisations.len(), "organisation", "organisations")
        ));
        page.list(sentences(&self.warnings));
        page.table(matrix(self, Language::English));
        page.table(coverage("Groups", &self.groups));
        if !self.organisations.is_empty() {
            page.table(coverage("Organisations", &self.organisations));
            page.table(by_organisation(self));
        }
        page.paragraph(saturation(self));
        page
    }
}

/// The perspective matrix: share of each group's respondents who raise a dimension, and their stances.
pub(super) fn matrix(found: &Perspectives, language: Language) -> Table {
    let heads = found.groups.iter().map(|g| format!("{} (n = {})", g.name, g.respondents));
    let mut table = Table::new(
        "Respondents who raise a dimension, 95 % interval, and stances of their excerpts",
        std::iter::once("dimension".to_string()).chain(heads),
    );
    table.text_columns = (1..=found.groups.len()).collect();
    for row in &found.dimensions {
        let cells = row.cells.iter().map(|cell| {
            if row.not_examined {
                return "not examined".to_string();
            }
            if cell.raised == 0 {
                return format!("{} {}", dictionary::word("not raised", language), ends(cell.interval, 2));
            }
            let stances: Vec<String> =
                cell.stances.iter().map(|(stance, n)| format!("{stance} {n}")).collect();
            format!("{} {} {}", percent(cell.share), ends(cell.interval, 2), stances.join(", "))
        });
        table.row(std::iter::once(row.dimension.clone()).chain(cells));
    }
    table
}

fn coverage(title: &str, covered: &[crate::evidence::content::Coverage]) -> Table {
    let mut table = Table::new(title, ["", "respondents", "excerpts", "dimensions raised", "never raised"]);
    table.text_columns = vec![4];
    for own in covered {
        table.row([
            own.name.clone(),
            own.respondents.to_string(),
            own.excerpts.to_string(),
            own.raised.to_string(),
            own.never_raised.join(", "),
        ]);
    }
    table
}

fn by_organisation(found: &Perspectives) -> Table {
    let heads = found.organisations.iter().map(|o| format!("{} ({})", o.name, o.respondents));
    let mut table = Table::new(
        "Share of each organisation's respondents who raise a dimension",
        std::iter::once("dimension".to_string()).chain(heads),
    );
    for row in &found.dimensions {
        let cells = row.organisations.iter().map(|cell| percent(cell.share));
        table.row(std::iter::once(row.dimension.clone()).chain(cells));
    }
    table
}

pub(super) fn saturation(found: &Perspectives) -> String {
    let curve = &found.saturation;
    let last = curve.expected.len();
    let at = |share: f64| {
        let m = ((share * last as f64).ceil() as usize).clamp(1, last.max(1));
        curve.expected.get(m - 1).map_or(String::new(), |e| format!("{} after {m}", fixed(*e, 1)))
    };
    format!(
        "Saturation: {} codes in all; expected {}, {}, {} respondents in random order.{}{}",
        curve.codes,
        at(0.1),
        at(0.25),
        at(0.5),
        curve
            .respondents_for_90
            .map_or_else(String::new, |m| format!(" Nine tenths of the codes after {m}.")),
        match curve.singletons {
            0 => String::new(),
            n => format!(" {n} raised by one respondent only."),
        }
    )
}
