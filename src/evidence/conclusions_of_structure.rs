//! The conclusion about the model of a dimension. What is said of it derives from its
//! [`ModelVerdict`](super::ModelVerdict); of the rival structures of a construct `conclusions_of_rivals.rs` speaks.

use super::conclusion::{Rule, Sentence, Verdict};
use super::model_verdict::{ModelStanding, status_in_dutch};
use crate::construct::Structure;
use crate::estimate::Status;
use crate::evidence::structure_evidence::StructureEvidence;

pub(crate) const FITTING: Rule = Rule(
    "A model describes the answers well when CFI >= .95, RMSEA <= .06 and SRMR <= .08, of the three decimals reported; where \
     they disagree the evidence is mixed.",
    "Een model beschrijft de antwoorden goed als CFI >= .95, RMSEA <= .06 en SRMR <= .08, van de drie vermelde decimalen; \
     waar zij elkaar tegenspreken is de evidentie gemengd.",
    "Hu & Bentler (1999). Structural Equation Modeling 6, 1-55.",
);

/// What is found about the model of a dimension.
pub(crate) fn of_dimension(model: &StructureEvidence) -> (Verdict, Sentence) {
    let one = model.name == Structure::OneFactor.name();
    let (what, wat) =
        if one { ("One factor", "Eén factor") } else { ("Correlated facets", "Gecorreleerde facetten") };
    let verdict = match model.verdict.standing {
        ModelStanding::Good => Verdict::Supported,
        ModelStanding::Mixed => Verdict::Mixed,
        ModelStanding::Poor => Verdict::NotSupported,
        ModelStanding::Saturated => {
            let en = format!("{what} cannot be tested: with this few items the model fits by construction.");
            let nl = format!("{wat} valt niet te toetsen: met zo weinig items past het model vanzelf.");
            return (Verdict::Open, (en, nl));
        }
        ModelStanding::Unsolved if matches!(model.result.status, Status::NotIdentified { df: ..0, .. }) => {
            let en = format!(
                "{what} cannot be tested: this few items give fewer moments than the model has parameters."
            );
            let nl = format!(
                "{wat} valt niet te toetsen: zo weinig items geven minder momenten dan het model parameters heeft."
            );
            return (Verdict::Open, (en, nl));
        }
        ModelStanding::Unsolved if !model.result.status.proper() => {
            let status = &model.result.status;
            let en = format!("{what}: the model {status}.");
            return (Verdict::Open, (en, format!("{wat}: het model {}.", status_in_dutch(status))));
        }
        ModelStanding::Unsolved => Verdict::Open,
    };
    let (phrase, frase) = model.verdict.phrase(!one);
    let numbers = fit_in_numbers(model);
    (verdict, (format!("{what} {phrase} ({numbers})."), format!("{wat} {frase} ({numbers}).")))
}

/// The measures that a sentence names.
pub(crate) fn fit_in_numbers(model: &StructureEvidence) -> String {
    let value = |name: &str| model.measure(name).map_or("-".into(), |x| format!("{x:.3}"));
    format!("CFI {}, TLI {}, RMSEA {}, SRMR {}", value("cfi"), value("tli"), value("rmsea"), value("srmr"))
}
