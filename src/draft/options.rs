//! What a draft is made by, beside the file.

use super::codebook::Codebook;
use crate::construct::Service;

/// What a draft is made by, beside the file.
///
/// ```
/// use psychometrics::data::formats::{Sheet, SheetOptions};
/// use psychometrics::draft::{Draft, DraftOptions};
///
/// let path = std::path::Path::new("data/lsat/lsat6.csv");
/// let mut options = DraftOptions::new();
/// options.id = Some("law".into());
/// let draft = Draft::of(&Sheet::read(path, &SheetOptions::new())?, path, &options)?;
/// assert!(draft.to_toml().contains("id = \"law\""));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DraftOptions {
    /// Id of the construct; from the name of the file where there is none.
    pub id: Option<String>,
    /// Dimensions from the answers: as many as most rules of retention suggest, from a rotated solution.
    pub explore: bool,
    /// What a codebook says of the items.
    pub codebook: Option<Codebook>,
    /// The sheet of the workbook that was asked for.
    pub sheet: Option<String>,
    /// The header rows that were asked for.
    pub header: Option<Service>,
}

impl DraftOptions {
    /// From the file alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}
