//! Moments and distributions as they are stored: what was counted and summed, checked when it is read back.
//!
//! Two stored parts of a file can be merged as if they had been read together: nothing is lost by writing them.

use super::comoments::{Complete, Incomplete, Pair};
use super::distribution::{Central, Distribution};
use super::missing::Missing;
use super::moments::{Means, Moments};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What is stored of [`Moments`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMoments {
    names: Vec<String>,
    missing: Missing,
    rows_read: usize,
    /// What means are counted from; without any, means are not known.
    origin: Option<Vec<Option<f64>>>,
    complete: StoredRows,
    incomplete: StoredPairs,
}

/// Rows without a missing value.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRows {
    count: usize,
    weight: f64,
    /// From the origin.
    mean: Vec<f64>,
    /// The upper triangle of the sums of products about the means, row by row.
    products: Vec<Vec<f64>>,
}

/// Rows with holes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPairs {
    count: usize,
    /// The upper triangle of pairs, row after row; empty without such rows.
    pairs: Vec<Pair>,
}

impl Serialize for Moments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let p = self.names.len();
        let products = (0..p).map(|i| (i..p).map(|j| self.complete.products[(i, j)]).collect()).collect();
        let Complete { count, weight, ref mean, .. } = self.complete;
        StoredMoments {
            names: self.names.clone(),
            missing: self.missing,
            rows_read: self.rows_read,
            origin: (self.means == Means::Known).then(|| self.origin.clone()),
            complete: StoredRows { count, weight, mean: mean.clone(), products },
            incomplete: StoredPairs { count: self.incomplete.count, pairs: self.incomplete.pairs.clone() },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Moments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredMoments::deserialize(deserializer)?;
        stored.check().map_err(de::Error::custom)?;
        let StoredMoments { names, missing, rows_read, origin, complete, incomplete } = stored;
        let mut moments = Self::new(names, missing);
        moments.rows_read = rows_read;
        moments.means = if origin.is_some() { Means::Known } else { Means::Unknown };
        moments.origin = origin.unwrap_or(moments.origin);
        for (i, row) in complete.products.iter().enumerate() {
            row.iter().enumerate().for_each(|(k, sum)| moments.complete.products[(i, i + k)] = *sum);
        }
        let own = &mut moments.complete;
        (own.count, own.weight, own.mean) = (complete.count, complete.weight, complete.mean);
        moments.incomplete = Incomplete { count: incomplete.count, pairs: incomplete.pairs };
        Ok(moments)
    }
}

impl StoredMoments {
    /// What of it cannot be: the parts must be of as many variables as there are names, and of so many rows.
    fn check(&self) -> Result<(), String> {
        let p = self.names.len();
        let sizes = [
            ("origin", self.origin.as_ref().map_or(p, Vec::len), p),
            ("complete.mean", self.complete.mean.len(), p),
            ("complete.products", self.complete.products.len(), p),
        ];
        if let Some((what, found, _)) = sizes.into_iter().find(|(_, found, expected)| found != expected) {
            return Err(format!("moments of {p} variables have {found} values in '{what}'"));
        }
        let rows = self.complete.products.iter().enumerate();
        if let Some((row, own)) = rows.into_iter().find(|(row, own)| own.len() != p - row) {
            let (found, expected, row) = (own.len(), p - row, row + 1);
            return Err(format!(
                "row {row} of 'complete.products' has {found} values where its upper triangle has {expected}"
            ));
        }
        let (found, expected) = (self.incomplete.pairs.len(), p * (p + 1) / 2);
        if found > 0 && found != expected {
            return Err(format!("'incomplete.pairs' has {found} pairs where {p} variables have {expected}"));
        }
        let rows = self.complete.count.checked_add(self.incomplete.count);
        if rows.is_none_or(|rows| rows > self.rows_read) {
            return Err("moments of more rows than 'rows_read'".into());
        }
        let complete = &self.complete;
        let positive = |count: usize, weight: f64| count == 0 || weight > 0.0;
        let squares = complete.products.iter().filter_map(|row| row.first());
        let pairs = &self.incomplete.pairs;
        if !positive(complete.count, complete.weight)
            || !pairs.iter().all(|pair| positive(pair.count, pair.weight))
            || squares.chain(pairs.iter().flat_map(|pair| &pair.squares)).any(|sum| *sum < 0.0)
        {
            return Err("moments with a weight or a sum of squares below zero".into());
        }
        Ok(())
    }
}

/// What is stored of a [`Distribution`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDistribution {
    missing: usize,
    /// Each value that occurs, in ascending order, and how often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counted: Option<Vec<(f64, usize)>>,
    /// Where there were too many different values to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summed: Option<Central>,
}

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counted = self.frequencies();
        let summed = counted.is_none().then(|| self.central());
        StoredDistribution { missing: self.missing(), counted, summed }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match StoredDistribution::deserialize(deserializer)? {
            StoredDistribution { missing, counted: Some(table), summed: None } => {
                Ok(Self::of_table(&table, missing))
            }
            StoredDistribution { missing, counted: None, summed: Some(central) } => {
                Ok(Self::of_sums(central, missing))
            }
            _ => Err(de::Error::custom("a distribution has either 'counted' or 'summed'")),
        }
    }
}
