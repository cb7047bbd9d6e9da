//! The scores of a norm sample: how many have which.
//!
//! ```text
//! percentile of x = 100 (respondents below x + half of those at x) / n
//! ```
//!
//! (Crawford & Garthwaite 2009.) The mean of k answers takes few values, so that this is the table in the back of a test's
//! manual: it says of no respondent which answers led to the score. Factor scores take about as many values as there are
//! respondents, and have no such table.

use serde::{Deserialize, Serialize};

/// Two scores nearer than this are the same.
const SAME: f64 = 1e-9;

/// Scores of respondents with complete answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Distribution {
    pub(super) n: usize,
    pub(super) mean: f64,
    /// Divisor n - 1.
    pub(super) sd: f64,
    /// Each score that occurs, in ascending order, and how many have it.
    scores: Vec<(f64, usize)>,
}

impl Distribution {
    /// Of two scores or more.
    pub(super) fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let n = all.len();
        let mean = all.iter().sum::<f64>() / n as f64;
        let sd = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0)).sqrt();
        let same = all.chunk_by(|a, b| a == b);
        let scores = same.filter_map(|own| Some((*own.first()?, own.len()))).collect();
        Self { n, mean, sd, scores }
    }

    /// From 0 to 100.
    pub(super) fn percentile(&self, score: f64) -> f64 {
        let count = |to: f64| self.scores.iter().take_while(|(x, _)| *x <= to).map(|(_, n)| n).sum::<usize>();
        let below = self.scores.iter().take_while(|(x, _)| *x < score - SAME).map(|(_, n)| n).sum::<usize>();
        100.0 * 0.5 * (below + count(score + SAME)) as f64 / self.n as f64
    }

    /// 50 + 10 (score - mean) / sd; none where scores do not vary.
    pub(super) fn t(&self, score: f64) -> Option<f64> {
        (self.sd > 0.0).then(|| 50.0 + 10.0 * (score - self.mean) / self.sd)
    }

    /// Why it cannot be a distribution.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let ascending = self.scores.windows(2).all(|two| two[0].0 < two[1].0);
        let finite = self.scores.iter().all(|(x, _)| x.is_finite());
        if !(self.mean.is_finite() && self.sd.is_finite() && self.sd >= 0.0 && ascending && finite) {
            return Some("its mean, standard deviation or scores are not finite or not in order");
        }
        let total = self.scores.iter().map(|(_, count)| *count).try_fold(0usize, usize::checked_add);
        let all = self.n > 0 && self.scores.iter().all(|(_, count)| *count > 0);
        (!all || total != Some(self.n)).then_some("its counts do not add up to n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_counts_half_of_the_equals() {
        let found = Distribution::of(vec![2.0, 1.0, 2.0, 4.0]);
        assert_eq!(found.scores, [(1.0, 1), (2.0, 2), (4.0, 1)]);
        // one below and half of two: 100 (1 + 1) / 4
        assert_eq!(
            [0.0, 1.0, 2.0, 3.0, 4.0, 5.0].map(|x| found.percentile(x)),
            [0.0, 12.5, 50.0, 75.0, 87.5, 100.0]
        );
        // mean 9/4; squares 1/16 + 25/16 + 1/16 + 49/16 over 3
        assert_eq!((found.mean, found.sd), (2.25, (76.0f64 / 48.0).sqrt()));
        assert_eq!(found.t(2.25), Some(50.0));
        assert_eq!(found.fault(), None);
        let wrong = |change: fn(&mut Distribution)| {
            let mut own = found.clone();
            change(&mut own);
            own.fault()
        };
        assert!(wrong(|d| d.n = 5).is_some_and(|why| why.contains("add up")));
        assert!(wrong(|d| d.scores.swap(0, 1)).is_some_and(|why| why.contains("order")));
        assert!(wrong(|d| d.mean = f64::NAN).is_some());
    }
}
