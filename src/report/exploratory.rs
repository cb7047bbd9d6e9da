//! Pages of exploratory factor analysis: its solution, and how many factors there are.

use super::Report;
use super::figures::scree;
use super::items::sentences;
use super::number::{fixed, optional, p_value};
use super::page::{Figure, Page};
use super::table::{Mark, Table};
use crate::estimate::{EstimatedMatrix, ExploratoryFactors, FactorImputation, FactorSolution};
use crate::factor::{ComparisonData, Parallel, RetentionStudy, Rule};
use crate::moments::LabelledMatrix;

impl Report for ExploratoryFactors {
    fn page(&self) -> Page {
        let mut page = Page::titled("Exploratory factor analysis");
        let of = match self.factors {
            0 => "unrestricted covariances and factors between".to_string(),
            1 => "1 factor".into(),
            k => format!("{k} factors"),
        };
        let n = self.n.map_or_else(String::new, |n| format!(", {n} respondents"));
        page.paragraph(format!(
            "{of} by {} ({}), rotation {}{n}.",
            self.extraction.title(),
            self.extraction,
            self.rotation
        ));
        if let Some(solution) = &self.solution {
            of_solution(&mut page, solution);
        }
        for (level, title) in [("within", "Within clusters"), ("between", "Between clusters")] {
            if let Some(solution) = self.levels.get(level) {
                page.heading(2, title);
                of_solution(&mut page, solution);
            }
        }
        if let (Some(imputation), Some(solution)) = (&self.imputation, &self.solution) {
            of_imputation(&mut page, imputation, solution);
        }
        if !self.heywood.is_empty() {
            page.paragraph(format!(
                "Residual variances at the border or below it (Heywood cases): {}.",
                self.heywood.join(", ")
            ));
        }
        page.table(fit(self));
        page.list(sentences(&self.warnings));
        page
    }
}

impl ExploratoryFactors {
    /// Loadings, communalities and complexities of the items, at full precision.
    pub fn table(&self) -> Table {
        match self.solution.iter().chain(self.levels.values()).next() {
            Some(solution) => loadings(solution, |x| x.to_string()),
            None => Table::default(),
        }
    }
}

fn of_solution(page: &mut Page, solution: &FactorSolution) {
    page.table(loadings(solution, |x| fixed(x, 3)));
    if let Some(table) = errors("Standard errors of the loadings", &solution.loadings) {
        page.table(table);
    }
    if solution.phi.columns.len() > 1 && solution.rotation_search.oblique {
        page.table(Table::of_matrix("Correlations of the factors", &solution.phi.matrix(), 3));
        if let Some(table) = errors("Standard errors of these correlations", &solution.phi) {
            page.table(table);
        }
    }
    let mut explained = Table::new("Variance explained", ["factor", "sum of squares", "share"]);
    let p = solution.loadings.rows.len() as f64;
    for (name, sum) in solution.loadings.columns.iter().zip(&solution.explained) {
        explained.row([name.clone(), fixed(*sum, 3), fixed(sum / p, 3)]);
    }
    page.table(explained);
    let search = &solution.rotation_search;
    if let Some(minimum) = search.minimum {
        let others: Vec<String> = search
            .minima
            .iter()
            .skip(1)
            .take(5)
            .map(|m| format!("{} ({})", fixed(m.value, 5), m.count))
            .collect();
        let more = match others.is_empty() {
            true => "no other minimum was met".to_string(),
            false => format!("other minima (starts): {}", others.join(", ")),
        };
        page.paragraph(format!(
            "Rotation: {} of {} starts reached the minimum {}; {more}.",
            search.reached,
            search.starts,
            fixed(minimum, 5)
        ));
    }
}

/// How alike the factors of completed data sets are.
fn of_imputation(page: &mut Page, found: &FactorImputation, solution: &FactorSolution) {
    page.heading(2, "Imputed data");
    page.paragraph(format!(
        "Pooled over {} of {} completed data sets, whose unrotated factors were brought together (generalised Procrustes analysis; \
         agreement {}), turned as one, and then each to its own minimum beside that.",
        found.used,
        found.m,
        fixed(found.agreement, 4)
    ));
    let mut table = Table::new(
        "Factors of the data sets beside the pooled ones",
        ["factor", "lowest congruence", "mean congruence", "largest sd of a loading"],
    );
    for (j, name) in solution.loadings.columns.iter().enumerate() {
        let of_factor: Vec<f64> = found.congruence.iter().filter_map(|own| own.get(j).copied()).collect();
        let lowest = of_factor.iter().copied().reduce(f64::min);
        let mean = lowest.map(|_| of_factor.iter().sum::<f64>() / of_factor.len() as f64);
        let sd = found.loadings_sd.values.iter().map(|row| row[j]).fold(0.0, f64::max);
        table.row([name.clone(), optional(lowest, 3), optional(mean, 3), fixed(sd, 3)]);
    }
    table.note = "Congruence (Tucker 1951): .95 is equal, .85 fair (Lorenzo-Seva & ten Berge 2006). The sd is over data sets: what is \
                  not known because of missing answers."
        .into();
    page.table(table);
    let spread = |title: &str, matrix: &LabelledMatrix| Table::of_matrix(title, matrix, 3);
    match &found.loadings_fmi {
        Some(fmi) => page.table(spread("Fraction of missing information of the loadings", fmi)),
        None => page.table(spread("Standard deviation of the loadings over data sets", &found.loadings_sd)),
    }
    if let Some(test) = &found.test {
        let df2 = test.df2.map_or_else(|| "infinite".into(), |df| fixed(df, 1));
        page.paragraph(format!(
            "The test over the data sets is {:?}: F({}, {df2}) = {}, p {}.",
            test.rule,
            fixed(test.df1, 0),
            fixed(test.f, 3),
            p_value(Some(test.pvalue))
        ));
    }
}

fn loadings(solution: &FactorSolution, number: impl Fn(f64) -> String) -> Table {
    let heads = std::iter::once("item".to_string()).chain(solution.loadings.columns.iter().cloned()).chain([
        "communality".into(),
        "uniqueness".into(),
        "complexity".into(),
    ]);
    let mut table = Table::new("Loadings", heads);
    for (item, row) in solution.loadings.rows.iter().zip(&solution.loadings.values) {
        let of = |all: &std::collections::BTreeMap<String, f64>| {
            all.get(item).map_or_else(String::new, |v| number(*v))
        };
        table.row(std::iter::once(item.clone()).chain(row.iter().map(|x| number(*x))).chain([
            of(&solution.communalities),
            of(&solution.residual_variances),
            of(&solution.complexity),
        ]));
    }
    table
}

fn errors(title: &str, matrix: &EstimatedMatrix) -> Option<Table> {
    let errors = matrix.se.as_ref()?;
    let mut table = Table::new(title, std::iter::once(String::new()).chain(matrix.columns.iter().cloned()));
    for (name, row) in matrix.rows.iter().zip(errors) {
        table.row(std::iter::once(name.clone()).chain(row.iter().map(|se| optional(*se, 3))));
    }
    Some(table)
}

fn fit(found: &ExploratoryFactors) -> Table {
    let of = |name: &str| found.fit.get(name).copied().flatten();
    let mut table = Table::new("Fit", ["measure", "value"]);
    let mut put = |title: &str, value: Option<String>| {
        if let Some(value) = value {
            table.row([title.to_string(), value]);
        }
    };
    let number = |name: &str, decimals: usize| of(name).map(|v| fixed(v, decimals));
    put("chi-square", number("chisq", 3));
    put("degrees of freedom", number("df", 0));
    put("p", of("pvalue").map(|p| p_value(Some(p))));
    put("chi-square, scaled", number("chisq.scaled", 3));
    put("p, scaled", of("pvalue.scaled").map(|p| p_value(Some(p))));
    put("chi-square by Bartlett's correction", number("chisq.bartlett", 3));
    put("RMSEA", number("rmsea", 3));
    let interval = of("rmsea.ci.lower").zip(of("rmsea.ci.upper"));
    put("90 % interval", interval.map(|(low, high)| format!("{} to {}", fixed(low, 3), fixed(high, 3))));
    put("RMSEA, robust", number("rmsea.robust", 3));
    put("CFI", number("cfi", 3));
    put("CFI, robust", number("cfi.robust", 3));
    put("TLI", number("tli", 3));
    put("SRMR", number("srmr", 3));
    put("RMSR", number("rmsr", 3));
    put("BIC", number("bic", 2));
    table
}

impl Report for RetentionStudy {
    fn page(&self) -> Page {
        let mut page = Page::titled("How many factors");
        page.paragraph(format!(
            "{} variables, {} respondents, {} correlations.",
            self.items.len(),
            self.n,
            self.basis
        ));
        page.paragraph(self.recommendation.text.clone());
        page.table(suggestions(self));
        page.table(adequacy(self));
        page.table(eigenvalues(self));
        if let Some(found) = &self.comparison {
            page.table(comparison(found));
        }
        page.figure(Figure {
            title: "Scree".into(),
            svg: scree(&self.parallel, self.parallel_factors.as_ref()),
            note: "Eigenvalues of the correlations (dots) and the quantile of the same of samples without factors (line)."
                .into(),
        });
        page.list(sentences(&self.warnings));
        page
    }
}

impl RetentionStudy {
    /// What each rule suggests.
    pub fn table(&self) -> Table {
        suggestions(self)
    }
}

fn suggestions(study: &RetentionStudy) -> Table {
    let mut table = Table::new("What each rule suggests", ["rule", "factors", "counted", "source"]);
    table.text_columns = vec![2, 3];
    for rule in Rule::ALL.iter().filter(|rule| study.suggestions.contains_key(rule)) {
        let own = study.suggestion(*rule);
        let counted = Rule::COUNTED.contains(rule);
        let mark = match (own, study.recommendation.factors) {
            _ if !counted => Mark::None,
            (Some(own), Some(k)) if own == k => Mark::Good,
            (Some(_), Some(_)) => Mark::Mixed,
            _ => Mark::Open,
        };
        table.marks.push(mark);
        table.without_if_none(
            own,
            &format!("factors by {}", rule.title()),
            "the rule has no answer for these data",
        );
        table.row([
            rule.title().to_string(),
            own.map_or_else(|| "-".into(), |k| k.to_string()),
            if counted { "yes" } else { "no" }.to_string(),
            rule.source().to_string(),
        ]);
    }
    table.note = "Counted are the rules that were right most often in simulations; the others are shown because they are asked \
                  for. Eigenvalues above 1 find too many factors in large samples of many items."
        .into();
    table
}

pub(super) fn adequacy(study: &RetentionStudy) -> Table {
    let own = &study.adequacy;
    let mut table = Table::new("Whether the correlations can be factored", ["measure", "value"]);
    if let Some(kmo) = &own.kmo {
        table.row(["KMO".to_string(), fixed(kmo.overall, 3)]);
        let lowest = kmo.items.iter().min_by(|a, b| a.1.total_cmp(b.1));
        if let Some((item, value)) = lowest {
            table.row([format!("lowest KMO of an item ({item})"), fixed(*value, 3)]);
        }
    }
    if let Some(bartlett) = own.bartlett {
        table.row(["Bartlett's chi-square".to_string(), fixed(bartlett.chisq, 2)]);
        table.row(["degrees of freedom".to_string(), fixed(bartlett.df, 0)]);
        table.row(["p".to_string(), p_value(Some(bartlett.pvalue))]);
    }
    if let Some(mardia) = own.mardia {
        table.row(["Mardia's skewness".to_string(), fixed(mardia.skewness, 3)]);
        table.row(["its chi-square, for small samples".to_string(), fixed(mardia.skewness_chisq_small, 2)]);
        table.row(["degrees of freedom".to_string(), fixed(mardia.skewness_df, 0)]);
        table.row(["p".to_string(), p_value(Some(mardia.skewness_pvalue_small))]);
        table.row(["Mardia's kurtosis".to_string(), fixed(mardia.kurtosis, 2)]);
        table.row(["the same of normal variables".to_string(), fixed(mardia.kurtosis_expected, 0)]);
        table.row(["z of the difference".to_string(), fixed(mardia.kurtosis_z, 2)]);
        table.row(["p".to_string(), p_value(Some(mardia.kurtosis_pvalue))]);
    }
    table.row(["determinant".to_string(), format!("{:.3e}", own.determinant)]);
    table.row(["smallest eigenvalue".to_string(), fixed(own.smallest_eigenvalue, 3)]);
    let redundant: Vec<String> = (own.redundant.iter())
        .map(|pair| format!("{} and {} (r = {})", pair.first, pair.second, fixed(pair.correlation, 2)))
        .collect();
    if !redundant.is_empty() {
        table.note = format!("Items that say nearly the same: {}.", redundant.join("; "));
    }
    table
}

fn comparison(found: &ComparisonData) -> Table {
    let heads = ["factors", "missed of the correlations", "RMSR of eigenvalues", "p"];
    let mut table = Table::new("Comparison data", heads);
    for step in &found.steps {
        let numbers = [fixed(step.residual, 4), fixed(step.rmsr, 4), p_value(step.pvalue)];
        table.row(std::iter::once(step.factors.to_string()).chain(numbers));
    }
    table.note = format!(
        "Populations whose items are distributed as those of the data, with so many factors: how far their correlations are from \
         those of the data, and the eigenvalues of {} samples (Ruscio & Roche 2012). A factor is taken while p, of the test that it \
         brings the eigenvalues no nearer, is below {}.",
        found.samples, found.alpha
    );
    table
}

fn eigenvalues(study: &RetentionStudy) -> Table {
    let quantile = format!("{:.0} %", 100.0 * study.parallel.quantile);
    let heads = [
        "number".to_string(),
        "eigenvalue".into(),
        "simulated mean".into(),
        quantile.clone(),
        "reduced".into(),
        "simulated mean".into(),
        quantile,
        "EKC".into(),
        "MAP".into(),
    ];
    let mut table = Table::new("Eigenvalues", heads);
    let of = |own: Option<&Parallel>, values: fn(&Parallel) -> &Vec<f64>, at: usize| {
        own.and_then(|own| values(own).get(at)).map_or_else(|| "-".into(), |v| fixed(*v, 3))
    };
    let most = (study.recommendation.range.map_or(0, |(_, high)| high) + 4).min(study.eigenvalues.len());
    for at in 0..most {
        table.row([
            (at + 1).to_string(),
            fixed(study.eigenvalues[at], 3),
            fixed(study.parallel.simulated_mean[at], 3),
            fixed(study.parallel.simulated_quantile[at], 3),
            of(study.parallel_factors.as_ref(), |own| &own.eigenvalues, at),
            of(study.parallel_factors.as_ref(), |own| &own.simulated_mean, at),
            of(study.parallel_factors.as_ref(), |own| &own.simulated_quantile, at),
            fixed(study.ekc.reference[at], 3),
            study.map.values.get(at + 1).map_or_else(|| "-".into(), |v| fixed(*v, 4)),
        ]);
    }
    table.note = "Reduced: with squared multiple correlations in the diagonal. EKC: the reference of the empirical Kaiser \
                  criterion. MAP: mean squared partial correlation after so many components."
        .into();
    table
}
