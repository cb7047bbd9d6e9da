//! The parts of a model that are about a group or a level, by number.

use super::formula::{Formula, Modifiers, merged};
use super::model::{Model, distinct};
use crate::error::{Error, Result};

impl Model {
    /// The formulas about a group (from 0), whose blocks must be numbered (see [`number_groups`]): those that stand
    /// in no block of a group and those in its own, put together where they are of one parameter.
    ///
    /// # Errors
    /// [`Error::BadModel`] where there are none; [`Error::ConflictingLabel`] for two fixed values of a parameter.
    ///
    /// [`number_groups`]: Self::number_groups
    pub(crate) fn of_group(&self, group: usize) -> Result<Model> {
        let number = (group + 1).to_string();
        let about = |formula: &&Formula| formula.block.group.as_ref().is_none_or(|own| *own == number);
        let own = self.formulas.iter().filter(about).cloned().map(|mut formula| {
            formula.block.group = None;
            formula
        });
        Ok(Model { formulas: merged(own)?, ..self.clone() }.with_own_sets())
    }

    /// Checks that vectors of modifiers have a value for each group.
    ///
    /// # Errors
    /// [`Error::BadModel`] for another number, or for a vector in the block of one group.
    pub(crate) fn check_vectors(&self, groups: usize) -> Result<()> {
        let wrong = |formula: &&Formula| {
            let values = formula.by_group.len();
            values > 1 && (formula.block.group.is_some() || values != groups)
        };
        let Some(formula) = self.formulas.iter().find(wrong) else { return Ok(()) };
        let values = formula.by_group.len();
        let parameter = Formula { modifiers: Modifiers::default(), by_group: Vec::new(), ..formula.clone() };
        let (there, remedy) = match (&formula.block.group, groups) {
            (Some(_), _) => {
                ("it stands in the block of one group".into(), "Give one value: the block has one group.")
            }
            (None, 0 | 1) => (
                "there are no groups".into(),
                "Name the variable that makes the groups (--group), or give one value.",
            ),
            _ => (
                format!("there are {groups} groups"),
                "Give one value for each group, in their order, or one for all.",
            ),
        };
        Err(Error::BadModel {
            what: format!("'{parameter}' has {values} values in c(), and {there}"),
            remedy: remedy.into(),
        })
    }

    /// The formulas of a level (0: within, 1: between), whose blocks must be numbered.
    pub(crate) fn of_level(&self, level: usize) -> Model {
        let number = (level + 1).to_string();
        let own = self.formulas.iter().filter(|f| f.block.level.as_ref() == Some(&number));
        Model { formulas: own.cloned().collect(), ..self.clone() }.with_own_sets()
    }

    /// Whether the model has levels (`level: 1`).
    pub fn has_levels(&self) -> bool {
        self.formulas.iter().any(|f| f.block.level.is_some())
    }

    /// The model with the numbers of the levels, from 1, in the place of their names: the one that is named first is
    /// the level of respondents.
    ///
    /// # Errors
    /// [`Error::BadModel`] for a formula outside the levels, and for another number of levels than two.
    pub(crate) fn number_levels(&self) -> Result<Model> {
        let mut names: Vec<String> = distinct(self.formulas.iter().filter_map(|f| f.block.level.as_deref()));
        // numbers say themselves which is which
        if names.iter().all(|name| name == "1" || name == "2") {
            names.sort();
        }
        if let Some(outside) = self.formulas.iter().find(|f| f.block.level.is_none()) {
            return Err(Error::BadModel {
                what: format!("'{outside}' stands in no level block"),
                remedy: "Put it under 'level: 1' (within clusters) or 'level: 2' (between them).".into(),
            });
        }
        if names.len() != 2 {
            return Err(Error::BadModel {
                what: format!("the model has {} level block(s): {}", names.len(), names.join(", ")),
                remedy: "A model of clusters has two: 'level: 1' (within) and 'level: 2' (between).".into(),
            });
        }
        let mut numbered = self.clone();
        for formula in &mut numbered.formulas {
            let at = names.iter().position(|name| formula.block.level.as_ref() == Some(name));
            formula.block.level = at.map(|at| (at + 1).to_string());
        }
        Ok(numbered)
    }

    /// The model with the numbers of the groups, from 1, in the place of their names.
    ///
    /// # Errors
    /// [`Error::BadModel`] for a block of a group that is not there, and for a group without formulas.
    pub(crate) fn number_groups(&self, names: &[String]) -> Result<Model> {
        let mut numbered = self.clone();
        for formula in &mut numbered.formulas {
            let Some(group) = &mut formula.block.group else { continue };
            let by_number = group.parse::<usize>().ok().filter(|n| (1..=names.len().max(1)).contains(n));
            let Some(number) = names.iter().position(|name| name == group).map(|i| i + 1).or(by_number)
            else {
                let (what, there) = (format!("the model has a block of group '{group}'"), names.join(", "));
                return Err(Error::BadModel {
                    what: format!("{what}, which the data do not have"),
                    remedy: if names.is_empty() {
                        "Say which variable makes the groups, or leave the blocks out.".into()
                    } else {
                        format!(
                            "The groups are {there}; a number from 1 to {} is understood too.",
                            names.len()
                        )
                    },
                });
            };
            *group = number.to_string();
        }
        let has_formulas = |at: usize| {
            let number = (at + 1).to_string();
            numbered.formulas.iter().any(|f| f.block.group.as_ref().is_none_or(|own| *own == number))
        };
        if let Some(empty) = (0..names.len()).find(|&at| !has_formulas(at)) {
            return Err(Error::BadModel {
                what: format!("the model has no formulas for group {} ('{}')", empty + 1, names[empty]),
                remedy: format!(
                    "Give it a block ('group: \"{}\"'), or write formulas that hold in all groups before the first block.",
                    names[empty]
                ),
            });
        }
        Ok(numbered)
    }
}
