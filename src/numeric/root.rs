//! The root of a monotone function, by bisection with interpolation (Brent 1973 in its simplest
//! safe form, known as the ITP or Illinois method of false position).

/// A root of `f` between `low` and `high`, where `f` changes sign; `None` where it does not.
///
/// Stops when the bracket is as narrow as the numbers allow, or after 200 evaluations.
pub(crate) fn bracketed(mut f: impl FnMut(f64) -> f64, low: f64, high: f64) -> Option<f64> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Some(a);
    }
    if fb == 0.0 {
        return Some(b);
    }
    // NaN fails this test too
    if !(fa * fb < 0.0) {
        return None;
    }
    for step in 0..200 {
        let interpolated = (a * fb - b * fa) / (fb - fa);
        let middle = 0.5 * (a + b);
        let inside = interpolated > a.min(b) && interpolated < a.max(b);
        let x = if inside && step % 3 != 2 { interpolated } else { middle };
        if (b - a).abs() <= 4.0 * f64::EPSILON * a.abs().max(b.abs()) {
            return Some(middle);
        }
        let fx = f(x);
        if fx == 0.0 {
            return Some(x);
        }
        if fx.is_nan() {
            return None;
        }
        if fx * fb < 0.0 {
            (a, fa) = (b, fb);
        } else {
            fa *= 0.5; // the end that stays loses weight
        }
        (b, fb) = (x, fx);
    }
    Some(0.5 * (a + b))
}

#[cfg(test)]
mod tests {
    use super::bracketed;
    use approx::assert_relative_eq;

    #[test]
    fn finds_the_root_of_a_cubic_and_refuses_a_bracket_without_one() {
        let root = bracketed(|x| x * x * x - 2.0, 0.0, 10.0).unwrap();
        assert_relative_eq!(root, 2f64.cbrt(), epsilon = 1e-14);
        assert_eq!(bracketed(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(bracketed(|_| f64::NAN, -1.0, 1.0), None);
    }
}
