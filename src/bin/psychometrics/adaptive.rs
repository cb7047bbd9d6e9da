//! `adaptive` and `link`: adaptive tests and linked forms from stored item parameters.

use crate::arguments::{AdaptiveOptions, LinkOptions};
use crate::outcome::Outcome;
use crate::progress;
use psychometrics::irt::{AdaptiveStudy, AdaptiveTest, ItemBank};
use psychometrics::{Error, Result};
use serde_json::json;

const ADAPTIVE: &str = "psychometrics.adaptive/1";
const LINK: &str = "psychometrics.link/1";
/// More levels than this are a slip.
const MOST_LEVELS: usize = 200;

pub(crate) fn run(options: &AdaptiveOptions) -> Outcome {
    match simulated(options) {
        Ok(study) => Outcome::result(ADAPTIVE, &study, &[], &options.output),
        Err(error) => {
            let own = json!({"schema": ADAPTIVE, "levels": null, "exposure": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn simulated(options: &AdaptiveOptions) -> Result<AdaptiveStudy> {
    let bank = ItemBank::from_path(&options.parameters, options.dimension.as_deref())?;
    let most = options.most.unwrap_or(bank.items.len());
    let test = AdaptiveTest::new(bank)?
        .precision(options.precision)
        .length(options.least, most)
        .estimator(options.scores);
    let (low, high) = options.range;
    let steps = ((high - low) / 0.5).floor() as usize;
    if steps > MOST_LEVELS {
        return Err(Error::BadOption {
            option: "--range".into(),
            value: format!("{low}..{high}"),
            allowed: format!("at most {MOST_LEVELS} levels, by a half"),
        });
    }
    let levels: Vec<f64> = (0..=steps).map(|step| low + 0.5 * step as f64).collect();
    test.simulate(&levels, options.replications, options.seed, &progress::bar("tests"))
}

pub(crate) fn link(options: &LinkOptions) -> Outcome {
    let dimension = options.dimension.as_deref();
    let linked = ItemBank::from_path(&options.first, dimension).and_then(|first| {
        let second = ItemBank::from_path(&options.second, dimension)?;
        first.link(&second, options.method)
    });
    match linked {
        Ok(linking) => Outcome::result(LINK, &linking, &[], &options.output),
        Err(error) => {
            let own =
                json!({"schema": LINK, "slope": null, "intercept": null, "lines": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}
