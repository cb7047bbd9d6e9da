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

/// The response function of an item at a point of its parameters: what is the same for all values of the trait is worked out
/// once.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    shape: Shape,
    core: Vec<f64>,
    /// Of a graded item: P(at least k) - P(at least k + 1) = P(at least k) P(below k + 1) gap(k).
    gaps: Vec<f64>,
    /// The lower and the upper asymptote.
    asymptotes: (f64, f64),
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
    let e = (-x.abs()).exp();
    let larger = 1.0 / (1.0 + e);
    if x >= 0.0 { (larger, e * larger) } else { (e * larger, larger) }
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

    /// The response function with a core.
    pub(crate) fn at(self, core: &[f64]) -> Response {
        let steps = self.categories - 1;
        let mut gaps = Vec::new();
        let mut asymptotes = (0.0, 1.0);
        match self.form {
            Form::Graded => {
                let between = |k: usize| -(core[k] - core[k - 1]).exp_m1();
                gaps.extend((0..=steps).map(|k| if k == 0 || k == steps { 1.0 } else { between(k) }));
            }
            Form::Logistic { lower, upper } => {
                gaps.resize(2, 1.0);
                let at =
                    |index: usize, free: bool, fixed: f64| if free { logistic(core[index]) } else { fixed };
                asymptotes = (at(1, lower, 0.0), at(1 + usize::from(lower), upper, 1.0));
            }
            Form::Partial | Form::Nominal => {}
        }
        Response { shape: self, core: core.to_vec(), gaps, asymptotes }
    }
}

impl Response {
    pub(crate) fn categories(&self) -> usize {
        self.shape.categories
    }

    /// With one parameter of the core moved.
    pub(crate) fn moved(&self, index: usize, by: f64) -> Self {
        let mut core = self.core.clone();
        core[index] += by;
        self.shape.at(&core)
    }

    /// Score of a category in the nominal model.
    fn score(&self, k: usize) -> f64 {
        let steps = self.shape.categories - 1;
        if self.shape.form == Form::Nominal && k > 0 && k < steps {
            self.core[steps + k - 1]
        } else {
            k as f64
        }
    }

    /// Fills probabilities only.
    pub(crate) fn probabilities(&self, eta: f64, p: &mut [f64]) {
        match self.shape.form {
            Form::Logistic { .. } => {
                let (g, u) = self.asymptotes;
                let (high, low) = both(eta + self.core[0]);
                p[0] = (1.0 - u) + (u - g) * low;
                p[1] = g + (u - g) * high;
            }
            Form::Graded => {
                let mut above = 1.0;
                for (k, core) in self.core.iter().enumerate() {
                    let (high, low) = both(eta + core);
                    p[k] = above * low * self.gaps[k];
                    above = high;
                }
                p[self.core.len()] = above;
            }
            Form::Partial | Form::Nominal => self.divided(eta, p),
        }
        p.iter_mut().for_each(|p| *p = p.max(SMALLEST));
    }

    fn divided(&self, eta: f64, p: &mut [f64]) {
        let mut top = 0.0f64;
        p[0] = 0.0;
        for k in 1..p.len() {
            p[k] = self.score(k) * eta + self.core[k - 1];
            top = top.max(p[k]);
        }
        let mut sum = 0.0;
        for z in p.iter_mut() {
            *z = (*z - top).exp();
            sum += *z;
        }
        p.iter_mut().for_each(|z| *z /= sum);
    }

    /// Fills probabilities and the derivatives of their logarithms.
    pub(crate) fn curves(&self, eta: f64, out: &mut Curves) {
        let (count, free) = (self.shape.categories, 1 + self.shape.core());
        out.p.resize(count, 0.0);
        out.slope.clear();
        out.slope.resize(free * count, 0.0);
        match self.shape.form {
            Form::Logistic { lower, upper } => {
                self.probabilities(eta, &mut out.p);
                let (g, u) = self.asymptotes;
                let (high, low) = both(eta + self.core[0]);
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
            Form::Graded => self.graded(eta, out),
            Form::Partial | Form::Nominal => {
                self.probabilities(eta, &mut out.p);
                self.divided_slopes(eta, out);
            }
        }
    }

    /// P of one category, with the derivatives of its logarithm by eta and the core in `slopes` (as long as that is); only
    /// what that category takes is worked out.
    pub(crate) fn answer(&self, eta: f64, code: usize, slopes: &mut [f64], curves: &mut Curves) -> f64 {
        let Shape { form, categories } = self.shape;
        let steps = categories - 1;
        if form == Form::Graded || (form == Form::Logistic { lower: false, upper: false }) {
            // P(at least k) less P(at least k + 1)
            let (first, before) = if code == 0 { (1.0, 0.0) } else { both(eta + self.core[code - 1]) };
            let (second, next) = if code == steps { (0.0, 1.0) } else { both(eta + self.core[code]) };
            let gap = self.gaps[code];
            slopes.fill(0.0);
            slopes[0] = 1.0 - first - second;
            if code > 0 {
                slopes[code] = before / (next * gap);
            }
            if code < steps {
                slopes[code + 1] = -second / (first * gap);
            }
            return (first * next * gap).max(SMALLEST);
        }
        self.curves(eta, curves);
        slopes.iter_mut().enumerate().for_each(|(row, s)| *s = curves.slope[row * categories + code]);
        curves.p[code]
    }

    fn graded(&self, eta: f64, out: &mut Curves) {
        let count = self.shape.categories;
        let steps = count - 1;
        out.upper.clear();
        out.lower.clear();
        for core in &self.core {
            let (high, low) = both(eta + core);
            out.upper.push(high);
            out.lower.push(low);
        }
        for k in 0..count {
            // P(at least k) and P(at least k + 1), and P(below k + 1)
            let first = if k == 0 { 1.0 } else { out.upper[k - 1] };
            let (second, next) = if k == steps { (0.0, 1.0) } else { (out.upper[k], out.lower[k]) };
            out.p[k] = (first * next * self.gaps[k]).max(SMALLEST);
            out.slope[k] = 1.0 - first - second;
            if k > 0 {
                out.slope[k * count + k] = out.lower[k - 1] / (next * self.gaps[k]);
            }
            if k < steps {
                out.slope[(k + 1) * count + k] = -second / (first * self.gaps[k]);
            }
        }
    }

    fn divided_slopes(&self, eta: f64, out: &mut Curves) {
        let count = self.shape.categories;
        let steps = count - 1;
        let mean: f64 = (0..count).map(|k| self.score(k) * out.p[k]).sum();
        for k in 0..count {
            out.slope[k] = self.score(k) - mean;
            for m in 1..count {
                out.slope[m * count + k] = f64::from(u8::from(k == m)) - out.p[m];
            }
            if self.shape.form == Form::Nominal {
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
            shape.at(core).probabilities(eta, &mut p);
            p.iter().map(|p| p.ln()).collect::<Vec<_>>()
        };
        for (shape, core) in shapes() {
            for eta in [-3.0, -0.2, 0.0, 1.3, 4.0] {
                let mut out = Curves { slope: vec![f64::NAN; 3], ..Curves::default() };
                shape.at(&core).curves(eta, &mut out);
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
                shape.at(&core).curves(eta, &mut all);
                for code in 0..shape.categories {
                    let mut slopes = vec![f64::NAN; 1 + shape.core()];
                    let p = shape.at(&core).answer(eta, code, &mut slopes, &mut own);
                    assert_relative_eq!(p, all.p[code], max_relative = 1e-12);
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
                shape.at(&core).curves(eta, &mut out);
                assert!(out.p.iter().all(|p| *p > 0.0 && *p <= 1.0));
                assert!(out.slope.iter().all(|x| x.is_finite()), "{shape:?} {eta} {:?}", out.slope);
            }
        }
    }
}
