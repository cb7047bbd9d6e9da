//! Factors of which all load on the same items, and which are turned together: lavaan's `efa("name")*f1 + efa("name")*f2 =~ ...`.

use super::exploratory_set::ExploratorySet;
use super::formula::{Constraint, Formula};
use super::model::Model;
use super::operator::Operator;
use crate::error::{Error, Result};

impl Model {
    /// A set of so many exploratory factors (`F1`, `F2`, ...; with underscores where an item has such a name), all of which load
    /// on all items.
    ///
    /// ```
    /// let items: Vec<String> = (1..=5).map(|i| format!("x{i}")).collect();
    /// let model = psychometrics::Model::exploratory("e", 2, &items)?;
    /// assert!(model.to_string().starts_with("efa(\"e\")*F1 =~ x1 + x2"));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadModel`] for fewer than two items, or no factor.
    pub fn exploratory(set: &str, factors: usize, items: &[String]) -> Result<Self> {
        let mut stem = "F".to_string();
        while (1..=factors).any(|j| items.contains(&format!("{stem}{j}"))) {
            stem.push('_');
        }
        let names: Vec<String> = (1..=factors).map(|j| format!("{stem}{j}")).collect();
        let loadings = |factor: &String| {
            items.iter().map(|item| Formula::new(factor, Operator::Loading, item)).collect()
        };
        let formulas = names.iter().flat_map(|factor| -> Vec<Formula> { loadings(factor) });
        Self::from_formulas(formulas)?.with_exploratory(vec![ExploratorySet::new(set, names.clone())])
    }

    /// The model with sets of exploratory factors.
    ///
    /// # Errors
    /// [`Error::BadModel`] for a factor that stands in two sets or in no formula `=~`, for factors of one set that do not load on
    /// the same items, for a loading that is fixed, and for a set with fewer than two items.
    pub fn with_exploratory(mut self, sets: Vec<ExploratorySet>) -> Result<Self> {
        for set in &sets {
            self.check_set(set, &sets)?;
        }
        self.exploratory = sets;
        Ok(self)
    }

    /// Without the sets of which no factor is measured here.
    pub(super) fn with_own_sets(mut self) -> Self {
        let latent = self.latent_names();
        self.exploratory.retain(|set| set.factors.iter().any(|factor| latent.contains(factor)));
        self
    }

    /// The set that a factor belongs to.
    pub fn set_of(&self, factor: &str) -> Option<&ExploratorySet> {
        self.exploratory.iter().find(|set| set.factors.iter().any(|own| own == factor))
    }

    fn check_set(&self, set: &ExploratorySet, all: &[ExploratorySet]) -> Result<()> {
        let bad = |what: String, remedy: &str| Err(Error::BadModel { what, remedy: remedy.into() });
        let name = &set.name;
        let mut first: Option<(&String, Vec<&str>)> = None;
        for factor in &set.factors {
            let sets = all.iter().flat_map(|set| &set.factors).filter(|own| *own == factor).count();
            if sets > 1 {
                return bad(
                    format!("the factor '{factor}' stands in an efa() block more than once"),
                    "Give each block factors of its own.",
                );
            }
            let loadings: Vec<_> =
                self.formulas.iter().filter(|f| f.op == Operator::Loading && f.lhs == *factor).collect();
            let fixed = |c: Constraint| matches!(c, Constraint::Fixed(_));
            if let Some(formula) = loadings
                .iter()
                .find(|f| fixed(f.modifiers.constraint) || f.by_group.iter().any(|m| fixed(m.constraint)))
            {
                return bad(
                    format!("'{formula}' is fixed, and stands in the efa() block '{name}'"),
                    "All loadings of an exploratory factor are free: leave the number out, or the block.",
                );
            }
            let mut items: Vec<&str> = loadings.iter().map(|f| f.rhs.as_str()).collect();
            items.sort_unstable();
            items.dedup();
            if items.len() < 2 {
                return bad(
                    format!(
                        "the efa() block '{name}' has {} item{}",
                        items.len(),
                        if items.len() == 1 { "" } else { "s" }
                    ),
                    "Its factors need several items each: at least three for one factor, five for two, six for three.",
                );
            }
            match &first {
                None => first = Some((factor, items)),
                Some((other, own)) if *own != items => {
                    return bad(
                        format!(
                            "'{other}' and '{factor}' of the efa() block '{name}' do not load on the same items"
                        ),
                        "Give all factors of a block all of its items: efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4.",
                    );
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
