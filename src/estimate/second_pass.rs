//! What rows that are elsewhere are asked by a fit, or have answered.

use crate::moments::aggregate::{RowForms, RowSums};
use std::sync::Mutex;

/// What rows are asked, or have answered.
#[derive(Debug)]
pub(crate) enum SecondPass {
    /// What a fit asks, as it comes.
    Asking(Mutex<Vec<RowForms>>),
    /// Questions with their answers.
    Answered(Vec<(RowForms, RowSums)>),
}

impl SecondPass {
    /// The answer to a question; none where it was not asked. While questions are gathered the answers are those of rows that
    /// are all at their mean, and mean nothing.
    pub(crate) fn answer(&self, forms: &RowForms) -> Option<RowSums> {
        match self {
            Self::Answered(all) => {
                all.iter().find(|(own, _)| own.is_like(forms)).map(|(_, sums)| sums.clone())
            }
            Self::Asking(asked) => {
                let mut asked = asked.lock().ok()?;
                if !asked.iter().any(|own| own.is_like(forms)) {
                    asked.push(forms.clone());
                }
                let p = forms.variables.len() as f64;
                Some(RowSums { n: 1, squares: p, fourth: p * (p + 2.0), ..RowSums::new(forms.scores.len()) })
            }
        }
    }
}
