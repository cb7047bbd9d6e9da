//! Auxiliary variables: what helps to tell missing answers, without being part of the model.
//!
//! ```text
//! a ~~ a,  a ~ 1,  a ~~ b          of every pair of auxiliaries
//! a ~~ y                           of every observed variable of the model: with the residual of one that is explained
//! ```
//!
//! The saturated correlates of Graham (2003, Structural Equation Modeling 10, 80-100): auxiliaries are correlated with
//! each other, with all residuals and with exogenous covariates (which are then random), and not with latent
//! variables. They take no degree of freedom, and the model's own parameters keep their meaning; what they know of the
//! missing answers makes it likelier that these are missing at random (Collins, Schafer & Kam 2001). In the independence
//! model they are just as saturated, or the measures that compare with it would count them (Enders 2010, p. 133; R's
//! semTools).

use super::fit::Fit;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::estimate::Estimation;
use crate::estimate::options::Bounds;
use crate::estimate::plan::check_options;
use crate::model::{Covariates, Formula, Function, MeanStructure, Model, Operator, Specification};

impl Estimation {
    /// Variables outside the model that tell of its missing answers, as saturated correlates (full information only).
    ///
    /// Their rows stand last in the parameter table, and [`auxiliary`](crate::estimate::FitRecord::auxiliary) names them.
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset, moments::Missing};
    ///
    /// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6".parse()?;
    /// let fit = Estimation::default().missing(Missing::Fiml).auxiliary(["x7", "x8", "x9"]).fit(&model, &data)?;
    /// // semTools 0.5-6: cfa.auxiliary(model, data, aux = c("x7", "x8", "x9"), missing = "fiml")
    /// assert_eq!(format!("{:.3}", fit.measure("chisq").unwrap()), "19.212");
    /// assert_eq!(format!("{:.4}", fit.measure("cfi").unwrap()), "0.9812");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    #[must_use]
    pub fn auxiliary<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.auxiliary = names.into_iter().map(Into::into).collect();
        self
    }

    pub(crate) fn fit_with_auxiliaries(&self, model: &Model, data: &Dataset) -> Result<Fit> {
        self.check_auxiliaries(model)?;
        let names = &self.auxiliary;
        let observed = model.observed_names();
        let correlates = correlates(names, &observed);
        let mut own = Self { auxiliary: Vec::new(), ..self.clone() };
        if !model.covariate_names().is_empty() {
            own.specification.covariates = Covariates::Random;
        }
        // they are free in each group, whatever is equal
        let each = correlates.iter().map(|f| format!("{}{}{}", f.lhs, f.op.symbol(), f.rhs));
        own.specification.partial.extend(each);
        let mut extended = model.clone();
        extended.formulas.extend(correlates.iter().cloned());
        let mut fit = own.fit(&extended, data)?;
        let variances = observed.iter().flat_map(|name| {
            let variance = Formula::new(name, Operator::Covariance, name);
            [variance, Formula::new(name, Operator::Intercept, "")]
        });
        let independence = Model::from_formulas(variances.chain(correlates))?;
        own.specification = Specification {
            function: Function::Lavaan,
            means: MeanStructure::Included,
            covariates: Covariates::Random,
            ..Specification::default()
        };
        own.bounds = Bounds::None;
        if fit.converged {
            let baseline = own.fit(&independence, data)?;
            let errors = fit.standard_errors;
            let parts = |fit: &Fit| fit.internals.problem().complete_discrepancy(errors);
            let robust = parts(&fit).zip(parts(&baseline));
            fit.record.fit.compare_with(&baseline.fit, robust);
        }
        fit.record.auxiliary = names.clone();
        Ok(fit)
    }

    fn check_auxiliaries(&self, model: &Model) -> Result<()> {
        check_options(self, true)?;
        let known = [model.observed_names(), model.latent_names()].concat();
        let bad = |name: &String, allowed: &str| {
            let (option, value) = ("auxiliary variables".into(), name.clone());
            Err(Error::BadOption { option, value, allowed: allowed.into() })
        };
        for (i, name) in self.auxiliary.iter().enumerate() {
            if known.contains(name) {
                return bad(name, "a variable that is not in the model");
            }
            if self.auxiliary[..i].contains(name) {
                return bad(name, "each variable once");
            }
        }
        Ok(())
    }
}

/// Variances and means of the auxiliaries, and their covariances with each other and with all observed variables.
fn correlates(names: &[String], observed: &[String]) -> Vec<Formula> {
    let mut all = Vec::new();
    for (i, name) in names.iter().enumerate() {
        all.extend(names[i..].iter().map(|other| Formula::new(name, Operator::Covariance, other)));
    }
    all.extend(names.iter().map(|name| Formula::new(name, Operator::Intercept, "")));
    for name in names {
        all.extend(observed.iter().map(|other| Formula::new(name, Operator::Covariance, other)));
    }
    all
}
