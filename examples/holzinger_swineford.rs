//! Reliability, item analysis and rival factor models of the 1939 ability tests.
#![allow(clippy::print_stdout)]

use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{ItemAnalysis, Reliability, ScaleItem, ScaleSummary};
use psychometrics::model::Scaling;
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Estimation, Model, Result};

fn main() -> Result<()> {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    let tests = ["x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"];

    // the textual tests as a scale
    let textual = &tests[3..6];
    let mut summary = ScaleSummary::new(textual.iter().map(|t| ScaleItem::new(*t)), Missing::Listwise);
    summary.push(data.numeric(textual)?.view())?;
    println!("{}\n{}", Reliability::of(&summary)?, ItemAnalysis::of(&summary)?);

    // one pass over the data, then every model from the same moments
    let moments = Moments::of(tests.map(String::from), data.numeric(&tests)?.view(), Missing::Listwise)?;
    let all = tests.join(" + ");
    let rivals = [
        ("one ability", format!("g =~ {all}")),
        ("three abilities", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9".into()),
    ];
    for (name, syntax) in rivals {
        let model: Model = syntax.parse()?;
        let fit = Estimation::default().scaling(Scaling::UnitVariance).fit_moments(&model, &moments)?;
        let measure = |name: &str| fit.measure(name).map_or("-".into(), |value| format!("{value:.3}"));
        println!("{name}: chi-square {}, CFI {}, BIC {}", measure("chisq"), measure("cfi"), measure("bic"));
    }
    Ok(())
}
