//! A model from a published covariance matrix: the stability of alienation (Wheaton, Muthen, Alwin &
//! Summers 1977, as printed by Joreskog & Sorbom), 932 people, no data needed.
#![allow(clippy::print_stdout)]

use psychometrics::estimate::Likelihood;
use psychometrics::model::Function;
use psychometrics::moments::Moments;
use psychometrics::{Estimation, Model, Result};

fn main() -> Result<()> {
    let names = ["anomia67", "powerless67", "anomia71", "powerless71", "education", "sei"];
    #[rustfmt::skip]
    let lower_triangle = [
        11.834,
         6.947,   9.364,
         6.819,   5.091,  12.532,
         4.783,   5.028,   7.495,   9.986,
        -3.839,  -3.889,  -3.841,  -3.625,  9.610,
       -21.899, -18.831, -21.748, -18.775, 35.522, 450.288,
    ];
    let moments = Moments::from_lower_triangle(&names, &lower_triangle, 932)?;
    let model: Model = "# measurement
                        status       =~ education + sei
                        alienation67 =~ anomia67 + powerless67
                        alienation71 =~ anomia71 + powerless71
                        # stability
                        alienation67 ~ status
                        alienation71 ~ status + alienation67
                        # the same questions share errors over time
                        anomia67    ~~ anomia71
                        powerless67 ~~ powerless71"
        .parse()?;
    // the covariances have divisor N - 1: their own likelihood is Wishart's
    let fit = Estimation::default()
        .function(Function::Sem)
        .likelihood(Likelihood::Wishart)
        .fit_moments(&model, &moments)?;
    println!("{fit}");
    Ok(())
}
