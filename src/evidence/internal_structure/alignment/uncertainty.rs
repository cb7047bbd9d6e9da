//! Covariance matrices of aligned means, standard deviations and parameters, on the scale of the first group, by the delta
//! method:
//!
//! ```text
//! m_g = (a_g - a_1) / s_1     r_g = s_g / s_1     l_pg = l0_pg / r_g     v_pg = v0_pg - l_pg m_g
//! ```

use super::loss::{Loss, Placed};
use super::sensitivity::Sensitivity;
use nalgebra::{DMatrix, RowDVector};

/// By group.
#[derive(Debug)]
pub(super) struct Uncertainty {
    pub(super) means: DMatrix<f64>,
    pub(super) sds: DMatrix<f64>,
    /// Of each item.
    pub(super) loadings: Vec<DMatrix<f64>>,
    /// Of each intercept.
    pub(super) intercepts: Vec<DMatrix<f64>>,
}

impl Uncertainty {
    /// Or why there is none.
    pub(super) fn of(loss: &Loss, at: &Placed) -> Result<Self, String> {
        let of = loss.of;
        let Some(covariances) = &of.covariances else {
            return Err("the parameters came without their covariance matrices".into());
        };
        let Some(point) = Sensitivity::new(loss, at).of_point() else {
            return Err(
                "the loss is flat at its minimum: more than one set of means and standard deviations has it"
                    .into(),
            );
        };
        let (groups, items, places) = (loss.groups(), of.items.len(), of.item_of.len());
        let size = items + places;
        let mean_of = |g: usize| (at.means[g] - at.means[0]) / at.sd(0);
        let row = |i: usize| point.row(i).into_owned();
        let (first_mean, first_log) = (row(0), row(groups));
        let by_mean: Vec<RowDVector<f64>> =
            (0..groups).map(|g| (row(g) - &first_mean) / at.sd(0) - &first_log * mean_of(g)).collect();
        let by_log: Vec<RowDVector<f64>> = (0..groups).map(|g| row(groups + g) - &first_log).collect();
        let by_sd: Vec<RowDVector<f64>> = (0..groups).map(|g| &by_log[g] * (at.sd(g) / at.sd(0))).collect();
        let loading = |g: usize, item: usize| of.loadings[g][item] * at.sd(0) / at.sd(g);
        let by_loading = |item: usize| -> Vec<RowDVector<f64>> {
            let of_group = |g: usize| {
                let mut change = -&by_log[g] * loading(g, item);
                change[g * size + item] += at.sd(0) / at.sd(g);
                change
            };
            (0..groups).map(of_group).collect()
        };
        let covariance = |changes: &[RowDVector<f64>]| {
            let mut total = DMatrix::zeros(groups, groups);
            for (h, own) in covariances.iter().enumerate() {
                let part = DMatrix::from_fn(groups, size, |g, i| changes[g][h * size + i]);
                total += &part * own * part.transpose();
            }
            total
        };
        let loadings: Vec<Vec<RowDVector<f64>>> = (0..items).map(by_loading).collect();
        let by_intercept = |place: usize| -> Vec<RowDVector<f64>> {
            let item = of.item_of[place];
            let of_group = |g: usize| {
                let mut change = -&loadings[item][g] * mean_of(g) - &by_mean[g] * loading(g, item);
                change[g * size + items + place] += 1.0;
                change
            };
            (0..groups).map(of_group).collect()
        };
        Ok(Self {
            means: covariance(&by_mean),
            sds: covariance(&by_sd),
            loadings: loadings.iter().map(|changes| covariance(changes)).collect(),
            intercepts: (0..places).map(|place| covariance(&by_intercept(place))).collect(),
        })
    }
}
