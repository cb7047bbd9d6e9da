//! The page of a Monte-Carlo study.

use super::measures::SATURATED;
use super::number::fixed;
use super::{Page, Report, Table};
use crate::simulate::StudyResult;

impl Report for StudyResult {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Monte-Carlo study, {}", self.estimator));
        page.paragraph(format!(
            "{} samples of {} respondents (seed {}); {} with a solution, {} of them improper.",
            self.replications, self.n, self.seed, self.converged, self.improper
        ));
        page.list(self.failures.iter().map(|(reason, count)| format!("{count} samples: {reason}")).collect());
        let few = match self.converged {
            0 => "no sample has a solution",
            1 => "a single sample has a solution",
            _ => "a sample has none: no standard errors, or no test with these degrees of freedom",
        };
        let mut parameters = Table::new(
            "Parameters",
            ["parameter", "population", "mean", "bias", "sd", "mean se", "mse", "coverage", "power"],
        );
        for p in &self.parameters {
            let name =
                if p.op == "~1" { format!("{} ~1", p.lhs) } else { format!("{} {} {}", p.lhs, p.op, p.rhs) };
            parameters.row([
                name,
                fixed(p.population, 3),
                fixed(p.mean, 3),
                fixed(p.bias, 3),
                fixed(p.sd, 3),
                fixed(p.mean_se, 3),
                fixed(p.mse, 4),
                fixed(p.coverage, 3),
                fixed(p.power, 3),
            ]);
            let numbers = [p.mean, p.bias, p.sd, p.mean_se, p.mse, p.coverage, p.power];
            let finite = numbers.iter().all(|x| x.is_finite()).then_some(());
            let name = if p.op == "~1" { p.lhs.clone() } else { format!("{} {} {}", p.lhs, p.op, p.rhs) };
            parameters.without_if_none(finite, &name, few);
        }
        parameters.note = "Coverage of 95 % intervals; power at the 5 % level.".into();
        page.table(parameters);
        let fit = &self.fit;
        let measures = [fit.df, fit.chisq, fit.chisq_sd, fit.rejected, fit.cfi, fit.rmsea, fit.srmr];
        let mut test = Table::new("Test of the model", ["measure", "value"]);
        test.row(["Degrees of freedom".into(), fixed(self.fit.df, 0)]);
        test.row(["Chi-square, mean".into(), fixed(self.fit.chisq, 3)]);
        test.row(["Chi-square, standard deviation".into(), fixed(self.fit.chisq_sd, 3)]);
        test.row(["Rejected at the 5 % level".into(), fixed(self.fit.rejected, 3)]);
        test.row(["CFI, mean".into(), fixed(self.fit.cfi, 3)]);
        test.row(["RMSEA, mean".into(), fixed(self.fit.rmsea, 3)]);
        test.row(["SRMR, mean".into(), fixed(self.fit.srmr, 3)]);
        let why = match fit.df {
            0.0 => SATURATED,
            _ => few,
        };
        test.without_if_none(measures.iter().all(|x| x.is_finite()).then_some(()), "some measures", why);
        page.table(test);
        page
    }
}
