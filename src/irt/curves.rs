//! Category probabilities of an item at one value of a theta, and their derivatives.
//!
//! An item depends on the trait through its logit eta = a'theta alone. Its other parameters are its *core*: intercepts
//! first, then logits of the asymptotes (lower, upper), or scores of the middle categories. Derivatives are of log P.

use super::item_model::Form;

/// Below this a probability is not let fall.
const SMALLEST: f64 = 1e-300;

/// The form of an item and how many categories it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) form: Form,
    pub(crate) categories: usize,
}

/// Buffers for the curves of an item at one point.
#[derive(Debug, Clone, Default)]
pub(crate) struct Curves {
    /// P(k).
    pub(crate) p: Vec<f64>,
    /// d log P(k) / d parameter, parameter by parameter: eta, then the core.
    pub(crate) slope: Vec<f64>,
    upper: Vec<f64>,
    lower: Vec<f64>,
}

/// 1 / (1 + exp(-x)).
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The logistic function of x and of -x.
fn both(x: f64) -> (f64, f64) {
    if x >= 0.0 {
        let e = (-x).exp();
        let p = 1.0 / (1.0 + e);
        (p, e * p)
    } else {
        let e = x.exp();
        let q = 1.0 / (1.0 + e);
        (e * q, q)
    }
}

impl Shape {
    /// Parameters besides the slopes.
    pub(crate) fn core(self) -> usize {
        let steps = self.categories - 1;
        match self.form {
            Form::Logistic { lower, upper } => 1 + usize::from(lower) + usize::from(upper),
            Form::Graded | Form::Partial => steps,
            Form::Nominal => 2 * steps - 1,
        }
    }

    /// Whether the core gives probabilities above 0.
    pub(crate) fn is_proper(self, core: &[f64]) -> bool {
        let descending = || core.windows(2).all(|pair| pair[0] - pair[1] > 1e-10);
        core.iter().all(|x| x.is_finite()) && (self.form != Form::Graded || descending())
    }

    /// The lower and the upper asymptote.
    pub(crate) fn asymptotes(self, core: &[f64]) -> (f64, f64) {
        match self.form {
            Form::Logistic { lower, upper } => {
                let g = if lower { logistic(core[1]) } else { 0.0 };
                let u = if upper { logistic(core[1 + usize::from(lower)]) } else { 1.0 };
                (g, u)
            }
            _ => (0.0, 1.0),
        }
    }

    /// Score of a category in the nominal model.
    fn score(self, core: &[f64], k: usize) -> f64 {
        let steps = self.categories - 1;
        if self.form == Form::Nominal && k > 0 && k < steps { core[steps + k - 1] } else { k as f64 }
    }

    /// Fills probabilities only.
    pub(crate) fn probabilities(self, eta: f64, core: &[f64], p: &mut [f64]) {
        match self.form {
            Form::Logistic { .. } => {
                let (g, u) = self.asymptotes(core);
                let x = eta + core[0];
                p[0] = (1.0 - u) + (u - g) * logistic(-x);
                p[1] = g + (u - g) * logistic(x);
            }
            Form::Graded => {
                let steps = self.categories - 1;
                let mut above = 1.0;
                for k in 0..steps {
                    let x = eta + core[k];
                    let below = logistic(-x);
                    let gap = if k == 0 { 1.0 } else { -(core[k] - core[k - 1]).exp_m1() };
                    p[k] = above * below * gap;
                    above = logistic(x);
                }
                p[steps] = above;
            }
            Form::Partial | Form::Nominal => {
                let mut top = 0.0f64;
                p[0] = 0.0;
                for k in 1..self.categories {
                    p[k] = self.score(core, k) * eta + core[k - 1];
                    top = top.max(p[k]);
                }
                let mut sum = 0.0;
                for z in p.iter_mut() {
                    *z = (*z - top).exp();
                    sum += *z;
                }
                p.iter_mut().for_each(|z| *z /= sum);
            }
        }
        p.iter_mut().for_each(|p| *p = p.max(SMALLEST));
    }

    /// Fills probabilities and the derivatives of their logarithms.
    pub(crate) fn curves(self, eta: f64, core: &[f64], out: &mut Curves) {
        let (count, free) = (self.categories, 1 + self.core());
        out.p.resize(count, 0.0);
        out.slope.clear();
        out.slope.resize(free * count, 0.0);
        self.probabilities(eta, core, &mut out.p);
        match self.form {
            Form::Logistic { lower, upper } => {
                let (g, u) = self.asymptotes(core);
                let x = eta + core[0];
                let (high, low) = (logistic(x), logistic(-x));
                let mut write = |row: usize, change: f64| {
                    out.slope[row * 2] = -change / out.p[0];
                    out.slope[row * 2 + 1] = change / out.p[1];
                };
                let own = (u - g) * high * low;
                write(0, own);
                write(1, own);
                if lower {
                    write(2, g * (1.0 - g) * low);
                }
                if upper {
                    write(2 + usize::from(lower), u * (1.0 - u) * high);
                }
            }
            Form::Graded => self.graded_slopes(eta, core, out),
            Form::Partial | Form::Nominal => self.divided_slopes(eta, core, out),
        }
    }

    /// log P of one category, with the derivatives of it by eta and the core in `slopes` (as long as that is); only what
    /// that category takes is worked out.
    pub(crate) fn answer(
        self,
        eta: f64,
        core: &[f64],
        code: usize,
        slopes: &mut [f64],
        curves: &mut Curves,
    ) -> f64 {
        let steps = self.categories - 1;
        if self.form == Form::Graded || (self.form == Form::Logistic { lower: false, upper: false }) {
            // P(at least k) less P(at least k + 1)
            let (first, before) = if code == 0 { (1.0, 0.0) } else { both(eta + core[code - 1]) };
            let (second, next) = if code == steps { (0.0, 1.0) } else { both(eta + core[code]) };
            let gap = if code == 0 || code == steps { 1.0 } else { -(core[code] - core[code - 1]).exp_m1() };
            slopes.fill(0.0);
            slopes[0] = 1.0 - first - second;
            if code > 0 {
                slopes[code] = before / (next * gap);
            }
            if code < steps {
                slopes[code + 1] = -second / (first * gap);
            }
            return (first * next * gap).max(SMALLEST).ln();
        }
        self.curves(eta, core, curves);
        slopes.iter_mut().enumerate().for_each(|(row, s)| *s = curves.slope[row * self.categories + code]);
        curves.p[code].ln()
    }

    fn graded_slopes(self, eta: f64, core: &[f64], out: &mut Curves) {
        let (count, steps) = (self.categories, self.categories - 1);
        out.upper.clear();
        out.lower.clear();
        out.upper.extend(core.iter().map(|d| logistic(eta + d)));
        out.lower.extend(core.iter().map(|d| logistic(-(eta + d))));
        for k in 0..count {
            // P(at least k) and P(at least k + 1)
            let first = if k == 0 { 1.0 } else { out.upper[k - 1] };
            let second = if k == steps { 0.0 } else { out.upper[k] };
            out.slope[k] = 1.0 - first - second;
            let gap = if k == 0 || k == steps { 1.0 } else { -(core[k] - core[k - 1]).exp_m1() };
            if k > 0 {
                let next = if k == steps { 1.0 } else { out.lower[k] };
                out.slope[k * count + k] = out.lower[k - 1] / (next * gap);
            }
            if k < steps {
                out.slope[(k + 1) * count + k] = -second / (first * gap);
            }
        }
    }

    fn divided_slopes(self, eta: f64, core: &[f64], out: &mut Curves) {
        let (count, steps) = (self.categories, self.categories - 1);
        let mean: f64 = (0..count).map(|k| self.score(core, k) * out.p[k]).sum();
        for k in 0..count {
            out.slope[k] = self.score(core, k) - mean;
            for m in 1..count {
                out.slope[m * count + k] = f64::from(u8::from(k == m)) - out.p[m];
            }
            if self.form == Form::Nominal {
                for m in 1..steps {
                    let own = f64::from(u8::from(k == m)) - out.p[m];
                    out.slope[(steps + m) * count + k] = eta * own;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn shapes() -> Vec<(Shape, Vec<f64>)> {
        vec![
            (Shape { form: Form::Logistic { lower: false, upper: false }, categories: 2 }, vec![0.4]),
            (Shape { form: Form::Logistic { lower: true, upper: false }, categories: 2 }, vec![0.4, -1.5]),
            (
                Shape { form: Form::Logistic { lower: true, upper: true }, categories: 2 },
                vec![0.4, -1.5, 2.0],
            ),
            (Shape { form: Form::Graded, categories: 4 }, vec![1.5, 0.2, -2.0]),
            (Shape { form: Form::Partial, categories: 4 }, vec![0.5, 0.2, -1.0]),
            (Shape { form: Form::Nominal, categories: 4 }, vec![0.5, 0.2, -1.0, 1.4, 1.7]),
        ]
    }

    #[test]
    fn derivatives_are_those_of_the_logarithms() {
        let log = |shape: Shape, eta: f64, core: &[f64]| {
            let mut p = vec![f64::NAN; shape.categories];
            shape.probabilities(eta, core, &mut p);
            p.iter().map(|p| p.ln()).collect::<Vec<_>>()
        };
        for (shape, core) in shapes() {
            for eta in [-3.0, -0.2, 0.0, 1.3, 4.0] {
                let mut out = Curves { slope: vec![f64::NAN; 3], ..Curves::default() };
                shape.curves(eta, &core, &mut out);
                assert_relative_eq!(out.p.iter().sum::<f64>(), 1.0, epsilon = 1e-14);
                let h = 1e-5;
                for row in 0..=shape.core() {
                    let moved = |by: f64| {
                        let mut core = core.clone();
                        let mut eta = eta;
                        if row == 0 {
                            eta += by
                        } else {
                            core[row - 1] += by
                        }
                        log(shape, eta, &core)
                    };
                    let (high, low) = (moved(h), moved(-h));
                    for k in 0..shape.categories {
                        let numeric = (high[k] - low[k]) / (2.0 * h);
                        let own = out.slope[row * shape.categories + k];
                        assert_relative_eq!(own, numeric, epsilon = 1e-8, max_relative = 1e-7);
                    }
                }
            }
        }
    }

    #[test]
    fn one_answer_is_that_of_all() {
        for (shape, core) in shapes() {
            for eta in [-3.0, -0.2, 0.0, 1.3, 40.0] {
                let (mut all, mut own) = (Curves::default(), Curves::default());
                shape.curves(eta, &core, &mut all);
                for code in 0..shape.categories {
                    let mut slopes = vec![f64::NAN; 1 + shape.core()];
                    let log = shape.answer(eta, &core, code, &mut slopes, &mut own);
                    assert_relative_eq!(log, all.p[code].ln(), epsilon = 1e-12);
                    for (row, slope) in slopes.iter().enumerate() {
                        let expected = all.slope[row * shape.categories + code];
                        assert_relative_eq!(*slope, expected, epsilon = 1e-12, max_relative = 1e-10);
                    }
                }
            }
        }
    }

    #[test]
    fn probabilities_exist_far_out() {
        for (shape, core) in shapes() {
            for eta in [-600.0, 600.0] {
                let mut out = Curves::default();
                shape.curves(eta, &core, &mut out);
                assert!(out.p.iter().all(|p| *p > 0.0 && *p <= 1.0));
                assert!(out.slope.iter().all(|x| x.is_finite()), "{shape:?} {eta} {:?}", out.slope);
            }
        }
    }
}
