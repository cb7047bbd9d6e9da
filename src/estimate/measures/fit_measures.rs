//! Fit measures by name, in order.

use crate::estimate::measures::measure::{Measure, Version};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// Fit measures by lavaan's names, in lavaan's order. A measure that does not exist for the model
/// (a p-value without degrees of freedom) has no value.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// use psychometrics::estimate::{Measure, Version};
///
/// assert_eq!(format!("{:.3}", fit.fit.value(Measure::Rmsea, Version::Standard).unwrap()), "0.092");
/// assert_eq!(fit.fit.value(Measure::Rmsea, Version::Robust), None);
/// let first: Vec<&str> = fit.fit.iter().take(3).map(|(name, _)| name).collect();
/// assert_eq!(first, ["npar", "fmin", "chisq"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FitMeasures(pub(crate) Vec<(&'static str, Option<f64>)>);

impl FitMeasures {
    /// A measure; none where the fit has no such one, or it has no value.
    pub fn value(&self, measure: Measure, version: Version) -> Option<f64> {
        self.get(measure.name(version)?)
    }

    /// A measure by its name.
    pub(crate) fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(n, _)| *n == name).and_then(|(_, value)| *value)
    }

    /// All measures in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> + '_ {
        self.0.iter().copied()
    }

    /// The same names without values: of a fit that is no solution.
    pub(crate) fn without_values(self) -> Self {
        let keep = |name: &str| matches!(name, "npar" | "df" | "ntotal");
        Self(self.0.into_iter().map(|(n, v)| (n, v.filter(|_| keep(n)))).collect())
    }

    /// Another value for a measure that is there.
    pub(crate) fn replace(&mut self, name: &str, value: f64) {
        self.0.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, old)| *old = Some(value));
    }

    pub(crate) fn set(&mut self, name: &str, value: Option<f64>) {
        self.0.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, old)| *old = value);
    }

    pub(crate) fn push(&mut self, name: &'static str, value: f64) {
        self.0.push((name, value.is_finite().then_some(value)));
    }

    pub(crate) fn push_optional(&mut self, name: &'static str, value: Option<f64>) {
        self.0.push((name, value));
    }

    pub(crate) fn absent(&mut self, name: &'static str) {
        self.0.push((name, None));
    }
}

impl Serialize for FitMeasures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for FitMeasures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = FitMeasures;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of fit measures")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FitMeasures, A::Error> {
                let mut measures = FitMeasures::default();
                while let Some((name, value)) = map.next_entry::<String, Option<f64>>()? {
                    let (measure, version) = Measure::named(&name).map_err(A::Error::custom)?;
                    measures.0.extend(measure.name(version).map(|name| (name, value)));
                }
                Ok(measures)
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
