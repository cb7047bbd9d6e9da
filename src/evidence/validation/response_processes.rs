//! How respondents came to their answers, and whether those of a group agree.

use super::Validation;
use super::step::{Step, extend_new, not_done};
use crate::data::Responses;
use crate::error::Error;
use crate::evidence::internal_structure::Aggregation;
use crate::evidence::relations::study::Extent;
use crate::evidence::response_process::{CARELESS_FLAGS, CarelessResponding};
use crate::evidence::sensitivity::SensitivityRun;
use crate::moments::McarTest;
use ndarray::Array2;

#[derive(Debug, Default)]
pub(super) struct ResponseProcesses {
    pub(super) mcar: Option<McarTest>,
    pub(super) careless: Option<CarelessResponding>,
    pub(super) aggregation: Option<Aggregation>,
}

impl Validation<'_> {
    /// Little's test, careless answers, and aggregation to the groups that respondents are nested in; what cannot be done
    /// is a warning.
    pub(super) fn response_processes(
        &self,
        responses: &Responses,
        everybody: &[String],
    ) -> Step<ResponseProcesses> {
        if self.extent != Extent::Whole {
            return Step::default();
        }
        let construct = self.construct;
        let mut warnings = Vec::new();
        let flags = match self.sensitivity_run() {
            SensitivityRun::WithoutFlagged { flags } => flags,
            SensitivityRun::None => CARELESS_FLAGS,
        };
        let mut kept = |what: &str, error: Error| extend_new(&mut warnings, vec![not_done(what, &error)]);
        let of_rows =
            |rows: Array2<f64>| McarTest::watched(everybody.to_vec(), rows.view(), &self.progress.silent());
        let mcar = match responses.of_items(everybody).and_then(of_rows) {
            Ok(test) => test,
            Err(error) => {
                kept("Little's test of missing answers", error);
                None
            }
        };
        let careless = CarelessResponding::of(construct, responses, flags)
            .map_err(|error| kept("screening for careless answers", error))
            .ok();
        let aggregated =
            responses.cluster().map(|cluster| Aggregation::of_construct(construct, responses, cluster));
        let aggregation = match aggregated {
            Some(Err(error)) => {
                kept("aggregation to groups", error);
                None
            }
            Some(Ok(found)) => Some(found),
            None => None,
        };
        extend_new(&mut warnings, aggregation.iter().flat_map(|a| a.warnings.clone()).collect());
        Step::new(ResponseProcesses { mcar, careless, aggregation }, warnings, Vec::new())
    }
}
