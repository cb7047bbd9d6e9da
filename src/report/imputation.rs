//! The table of what was imputed.

use super::Table;
use super::number::optional;
use crate::simulate::Imputation;

impl Imputation {
    /// What was imputed, and how the means of imputed values came to rest.
    pub fn table(&self) -> Table {
        let heads =
            ["variable", "imputed", "mean, first round", "mean, last round", "between data sets (sd)"];
        let mut table = Table::new("Imputed answers", heads);
        for variable in self.variables.iter().filter(|variable| variable.imputed > 0) {
            let of =
                |round: Option<&Vec<f64>>| round.map(|means| means.iter().sum::<f64>() / means.len() as f64);
            let (first, last) = (of(variable.means.first()), of(variable.means.last()));
            let spread = variable.means.last().zip(last).filter(|(means, _)| means.len() > 1);
            let spread = spread.map(|(means, mean)| {
                let squares: f64 = means.iter().map(|x| (x - mean).powi(2)).sum();
                (squares / (means.len() as f64 - 1.0)).sqrt()
            });
            table.row([
                variable.variable.clone(),
                variable.imputed.to_string(),
                optional(first, 3),
                optional(last, 3),
                optional(spread, 3),
            ]);
            let name = &variable.variable;
            table.without_if_none(first, &format!("the means of {name}"), "there were no rounds");
            if first.is_some() {
                table.without_if_none(spread, &format!("sd of {name}"), "there is a single data set");
            }
        }
        table.note = format!(
            "{} data sets, {} rounds, {} donors, seed {}; {}. First and last round should differ by chance only.",
            self.m, self.iterations, self.donors, self.seed, self.method
        );
        if self.left_rows > 0 {
            table.note +=
                &format!(" Rows left as they are, without any answer or of no group: {}.", self.left_rows);
        }
        table
    }
}
