//! How many factors a number of variables allows.

use crate::error::{Error, Result};

/// Degrees of freedom of K factors of p variables, ((p - K)^2 - p - K) / 2 (Lawley & Maxwell 1971, eq. 2.13); negative where the
/// model has more parameters than there are correlations.
///
/// ```
/// assert_eq!(psychometrics::factor::degrees_of_freedom(9, 3), 12);
/// assert_eq!(psychometrics::factor::degrees_of_freedom(5, 3), -2);
/// ```
pub fn degrees_of_freedom(variables: usize, factors: usize) -> i64 {
    let (p, k) = (variables as i64, factors as i64);
    ((p - k) * (p - k) - p - k) / 2
}

/// The most factors that p variables allow: the largest K with no negative degrees of freedom (Ledermann 1937),
/// floor((2p + 1 - sqrt(8p + 1)) / 2).
///
/// ```
/// assert_eq!(psychometrics::factor::most_factors(6), 3);
/// assert_eq!(psychometrics::factor::most_factors(9), 5);
/// ```
pub fn most_factors(variables: usize) -> usize {
    (0..variables).take_while(|&k| degrees_of_freedom(variables, k) >= 0).last().unwrap_or(0)
}

/// Refuses a number of factors that the variables do not allow.
pub(crate) fn check_factors(variables: usize, factors: usize) -> Result<()> {
    let most = most_factors(variables);
    if factors == 0 || factors > most {
        return Err(Error::TooManyFactors { factors, variables, most });
    }
    Ok(())
}
