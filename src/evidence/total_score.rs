//! Whether the sum of all items of a construct is the score of one thing.
//!
//! A total adds up dimensions. Where two of them go against each other (their scores correlate negatively, with a 95 %
//! interval that leaves out zero) it cancels what they measure; where the rival structures say that one common factor does
//! not account for the dimensions, two people with the same total differ in what it is made of. Such a total is marked in a
//! validation, and not made of new respondents (AERA, APA & NCME 2014, standards 1.13 and 1.14).

use super::conclusion::{Conclusion, SMALLEST_GROUP, Verdict};
use super::measured::Measured;
use super::relations::Association;
use crate::construct::Construct;
use serde::{Deserialize, Serialize};

/// Why a total score is none.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{MeasurementLevel, Validation};
///
/// // two dimensions that go against each other: the sum of all items is no score of one thing
/// # use psychometrics::construct::{Dimension, Item, ResponseScale};
/// # let data = psychometrics::data::Dataset::read_csv("tests/data/opposed_dimensions.csv")?;
/// # let names = ["v1", "v2", "v3", "w1", "w2", "w3"];
/// # let item = |name: &&str| Item::new(*name, if name.starts_with('v') { "v" } else { "w" }, "five");
/// # let construct = Construct::builder("c")
/// #     .scale(ResponseScale::range("five", 1, 7))
/// #     .dimension(Dimension::new("v"))
/// #     .dimension(Dimension::new("w"))
/// #     .items(names.iter().map(item))
/// #     .build()?;
/// # let responses = Responses::builder(&construct).answers(data.numeric(&names)?).build()?;
/// let evidence = Validation::of(&construct).level(MeasurementLevel::Continuous).run(&responses)?;
/// let caveat = evidence.total_caveat.as_ref().unwrap();
/// assert_eq!(caveat.reason.as_str(), "dimensions go against each other ('v' - 'w': r = -0.53)");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TotalCaveat {
    /// What speaks against it.
    pub reason: String,
    /// The same in Dutch.
    pub reason_nl: String,
}

/// Two dimensions whose scores go against each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Opposed {
    pub(crate) first: String,
    pub(crate) second: String,
    pub(crate) r: f64,
}

impl Opposed {
    /// Every such pair of dimensions that everybody was asked about.
    pub(crate) fn of(measured: &Measured<'_>) -> Vec<Self> {
        let score = |id: &&str| -> Option<Vec<f64>> {
            let rows = measured.responses.of_items(&measured.items_of(id)).ok()?;
            Some(rows.outer_iter().map(|row| row.sum() / row.len() as f64).collect())
        };
        let scores: Vec<(&str, Vec<f64>)> =
            measured.everybody.iter().filter_map(|id| Some((*id, score(id)?))).collect();
        let mut found = Vec::new();
        for (i, (first, x)) in scores.iter().enumerate() {
            for (second, y) in &scores[i + 1..] {
                // of fewer nothing is concluded
                let Some(own) = Association::of(x, y).filter(|own| own.n >= SMALLEST_GROUP) else { continue };
                if own.interval.is_some_and(|interval| interval.upper < 0.0) {
                    found.push(Self { first: (*first).into(), second: (*second).into(), r: own.r });
                }
            }
        }
        found
    }

    pub(crate) fn listed(all: &[Self]) -> String {
        let each = all.iter().map(|o| format!("'{}' - '{}': r = {:.2}", o.first, o.second, o.r));
        each.collect::<Vec<_>>().join("; ")
    }
}

impl TotalCaveat {
    /// From what the construct says, dimensions that go against each other, and what is concluded about the rival structures.
    pub(crate) fn of(
        construct: &Construct,
        opposed: &[Opposed],
        rivals: Option<&Conclusion>,
    ) -> Option<Self> {
        if !construct.analysis.total_score {
            return Some(Self {
                reason: "the construct file says that there is no total score".into(),
                reason_nl: "het constructbestand zegt dat er geen totaalscore is".into(),
            });
        }
        if !opposed.is_empty() {
            let pairs = Opposed::listed(opposed);
            return Some(Self {
                reason: format!("dimensions go against each other ({pairs})"),
                reason_nl: format!("dimensies gaan tegen elkaar in ({pairs})"),
            });
        }
        rivals.filter(|c| c.verdict == Verdict::NotSupported).map(|_| Self {
            reason: "the structures say that its dimensions are not one construct".into(),
            reason_nl: "de structuren zeggen dat de dimensies niet één construct zijn".into(),
        })
    }
}
