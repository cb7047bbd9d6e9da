//! A model in each of many groups.

use super::number::{exact, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::internal_structure::{GroupModel, GroupModels};

impl Report for GroupModels {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("The model in each {}", self.variable));
        let lacking = self.groups.len() - self.proper();
        page.paragraph(match lacking {
            0 => format!("{} groups, each with a proper solution.", self.groups.len()),
            _ => format!(
                "{} groups, {} of them with a proper solution. Of the others the last column tells what is wrong.",
                self.groups.len(),
                self.proper()
            ),
        });
        page.table(shown(self));
        page
    }
}

fn shown(found: &GroupModels) -> Table {
    let heads = ["n", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "SRMR"].map(String::from);
    let mut columns = vec![found.variable.clone()];
    columns.extend(heads);
    columns.extend(found.factors.iter().map(|factor| format!("omega {factor}")));
    let has_status = found.proper() < found.groups.len();
    columns.extend(has_status.then(|| "status".into()));
    let mut table = Table::new("Groups", columns);
    if has_status {
        table.text_columns = vec![table.columns.len() - 1];
    }
    for own in &found.groups {
        let mut row = vec![own.group.clone(), own.n.to_string()];
        row.extend([
            optional(own.chisq, 3),
            optional(own.df, 0),
            p_value(own.pvalue),
            optional(own.cfi, 3),
            optional(own.tli, 3),
            optional(own.rmsea, 3),
            optional(own.srmr, 3),
        ]);
        row.extend(omegas(found, own).map(|omega| optional(omega, 2)));
        row.extend(has_status.then(|| own.why.clone().unwrap_or_default()));
        table.row(row);
    }
    table
}

/// Of each factor, also where the group has no solution.
fn omegas<'a>(found: &'a GroupModels, own: &'a GroupModel) -> impl Iterator<Item = Option<f64>> + 'a {
    (0..found.factors.len()).map(|at| own.omega.get(at).copied().flatten())
}

impl GroupModels {
    /// The groups with all digits, a row each: for a program or a spreadsheet.
    pub fn values(&self) -> Table {
        let heads = ["group", "n", "status", "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr"];
        let mut columns: Vec<String> = heads.map(String::from).into();
        columns.extend(self.factors.iter().map(|factor| format!("omega_{factor}")));
        columns.push("why".into());
        let mut table = Table::new("", columns);
        for own in &self.groups {
            let mut row = vec![own.group.clone(), own.n.to_string(), own.status.clone()];
            let measures = [own.chisq, own.df, own.pvalue, own.cfi, own.tli, own.rmsea, own.srmr];
            row.extend(measures.into_iter().chain(omegas(self, own)).map(exact));
            row.push(own.why.clone().unwrap_or_default());
            table.row(row);
        }
        table
    }
}
