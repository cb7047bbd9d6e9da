//! `merge`: aggregates of parts of the data as one.

use crate::arguments::MergeOptions;
use crate::moments::delivered;
use crate::outcome::Outcome;
use psychometrics::moments::sql::read_aggregates;

pub(crate) fn run(options: &MergeOptions) -> Outcome {
    delivered(read_aggregates(&options.files), &options.output)
}
