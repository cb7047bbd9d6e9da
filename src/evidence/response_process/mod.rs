//! How people answered: which answers are missing, and with which others; and who may have answered without reading
//! ([`Screening`]).

mod careless;
mod duplicates;
mod even_odd;
mod flags;
mod indices;
mod longstring;
mod mahalanobis;
mod missing_answers;
mod missing_table;
mod person_total;
mod psychometric_pairs;
mod response_variability;
mod screening;
mod screening_index;
mod screening_study;
mod varying_items;
mod within_person;

pub use careless::{CARELESS_FLAGS, CarelessRespondent, CarelessResponding};
pub use duplicates::DuplicateRows;
pub use even_odd::{EVEN_ODD_CUTOFF, EVEN_ODD_SCALES, ScreenedScale, even_odd};
pub use flags::{Flag, FlagCount};
pub use longstring::{FEWEST_ITEMS, HALF_FROM_ITEMS, longstring, longstring_cutoff};
pub use mahalanobis::{MAHALANOBIS_CUTOFF, Mahalanobis, mahalanobis};
pub use missing_answers::{MissingAnswers, MissingItem, MissingPattern};
pub use missing_table::{Coverage, MissingTable, TableItem, TablePattern};
pub use person_total::{PERSON_TOTAL_CUTOFF, person_total};
pub use psychometric_pairs::{FEWEST_PAIRS, ItemPair, PAIR_CORRELATION, PAIR_CUTOFF};
pub use response_variability::{RESPONSE_VARIABILITY_CUTOFF, response_variability};
pub use screening::{OutOfRange, ScreenedRespondent, Screening};
pub use screening_index::ScreeningIndex;
pub use screening_study::ScreeningStudy;
