//! A codebook: which columns are items, of which dimension, with which wording, which of them reversed.

use super::drafted::Draft;
use super::families::Family;
use super::ids::{Ids, shortened};
use super::seen::{Seen, SeenKind};
use crate::construct::{Dimension, Facet, Localized};
use crate::data::formats::{Sheet, SheetOptions, plain};
use crate::error::{Error, Result, nearest};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a codebook says of an item.
///
/// ```
/// use psychometrics::draft::Codebook;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("codebook.csv");
/// std::fs::write(&path, "item,dimension,facet,wording,reversed\nq1,care,hearing,I listen.,no\n")?;
/// let item = &Codebook::read(&path)?.items[0];
/// assert_eq!(
///     (item.item.as_str(), item.facet.as_deref(), item.wording.as_deref(), item.reversed),
///     ("q1", Some("hearing"), Some("I listen."), false)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodebookItem {
    /// The column of its answers, or the wording of its question.
    pub item: String,
    /// Its dimension; empty where the codebook has none.
    pub dimension: String,
    /// Its facet.
    pub facet: Option<String>,
    /// Its wording.
    pub wording: Option<String>,
    /// Whether it is reversed.
    pub reversed: bool,
}

/// A table with a row for each item.
///
/// ```
/// use psychometrics::draft::Codebook;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("codebook.csv");
/// std::fs::write(&path, "item,dimension,wording,reversed\nq1,care,I listen.,no\nq2,care,I hurry.,yes\n")?;
/// let codebook = Codebook::read(&path)?;
/// assert_eq!(codebook.items[1].dimension, "care");
/// assert!(codebook.items[1].reversed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Codebook {
    /// The file.
    pub path: PathBuf,
    /// Its items.
    pub items: Vec<CodebookItem>,
}

const ITEM: &[&str] =
    &["item", "items", "variable", "variabele", "name", "naam", "column", "kolom", "code", "merkmal"];
const DIMENSION: &[&str] = &[
    "dimension",
    "dimensie",
    "scale",
    "subscale",
    "schaal",
    "subschaal",
    "factor",
    "construct",
    "skala",
    "domain",
];
const FACET: &[&str] = &["facet", "facette", "aspect"];
const WORDING: &[&str] = &[
    "wording",
    "text",
    "tekst",
    "label",
    "question",
    "vraag",
    "statement",
    "stelling",
    "formulering",
    "frage",
];
const REVERSED: &[&str] = &[
    "reversed",
    "reverse",
    "reverse coded",
    "reverse scored",
    "recode",
    "omgekeerd",
    "gespiegeld",
    "invertiert",
];

impl Codebook {
    /// Reads a CSV file or a workbook with the columns `item`, `dimension`, and perhaps `facet`, `wording`, `reversed` (yes, 1,
    /// x, -, r, true); their names may be Dutch or German.
    ///
    /// # Errors
    /// What [`Sheet::read`] reports; [`Error::UnknownColumn`] without a column of items; [`Error::DuplicateId`] for an item that
    /// is named twice; [`Error::BadOption`] for what is neither yes nor no.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let sheet = Sheet::read(path, &SheetOptions::new())?;
        let column =
            |known: &[&str]| sheet.columns.iter().position(|own| known.contains(&plain(&own.name).as_str()));
        let Some(item) = column(ITEM) else {
            return Err(Error::UnknownColumn {
                column: "item".into(),
                source_name: path.display().to_string(),
                nearest: None,
                available: sheet.columns.iter().map(|own| own.name.clone()).collect(),
            });
        };
        let (dimension, facet) = (column(DIMENSION), column(FACET));
        let (wording, reversed) = (column(WORDING), column(REVERSED));
        let cell = |at: Option<usize>, row: usize| {
            at.map(|at| sheet.columns[at].values[row].to_string().trim().to_string())
                .filter(|text| !text.is_empty())
        };
        let mut items: Vec<CodebookItem> = Vec::new();
        for row in 0..sheet.rows {
            let Some(name) = cell(Some(item), row) else { continue };
            if items.iter().any(|own| own.item == name) {
                return Err(Error::DuplicateId { kind: "item of the codebook".into(), id: name });
            }
            items.push(CodebookItem {
                dimension: cell(dimension, row).unwrap_or_default(),
                facet: cell(facet, row),
                wording: cell(wording, row),
                reversed: is_yes(&cell(reversed, row).unwrap_or_default(), &name)?,
                item: name,
            });
        }
        Ok(Self { path: path.into(), items })
    }

    /// The columns that the codebook names, in families of one scale.
    pub(super) fn families(&self, seen: &[Seen<'_>], found: Vec<Family>, path: &Path) -> Result<Vec<Family>> {
        let mut columns = Vec::new();
        for item in &self.items {
            let at = seen.iter().find(|own| own.column.name == item.item).or_else(|| {
                let same = |label: &String| plain(label) == plain(&item.item);
                seen.iter().find(|own| own.column.label.as_ref().is_some_and(same) || same(&own.column.name))
            });
            if at.is_some_and(|own| own.twice) {
                return Err(Error::DuplicateColumn { path: path.into(), column: item.item.clone() });
            }
            let Some(own) = at else {
                let names: Vec<String> = seen.iter().map(|own| own.column.name.clone()).collect();
                return Err(Error::UnknownColumn {
                    column: item.item.clone(),
                    source_name: path.display().to_string(),
                    nearest: nearest(&item.item, names.iter().map(String::as_str)),
                    available: names,
                });
            };
            columns.push(own.at);
        }
        let mut families: Vec<Family> = Vec::new();
        for family in found {
            let kept: Vec<usize> = family.columns.iter().copied().filter(|at| columns.contains(at)).collect();
            if !kept.is_empty() {
                families.push(Family { columns: kept, ..family });
            }
        }
        for at in columns {
            if families.iter().any(|family| family.columns.contains(&at)) {
                continue;
            }
            if seen[at].kind != SeenKind::Codes {
                return Err(Error::OtherFormat {
                    path: path.into(),
                    what: format!(
                        "the codebook names '{}' as an item, but its cells are no codes of answers",
                        seen[at].column.name
                    ),
                    remedy:
                        "Look at what `read` says of it; leave it out of the codebook, or code its answers."
                            .into(),
                });
            }
            families.push(Family { columns: vec![at], words: seen[at].words.clone(), ..Family::default() });
        }
        Ok(families)
    }

    /// Dimensions, facets, wordings and keys as the codebook has them.
    pub(super) fn apply(&self, draft: &mut Draft) {
        let mut ids = Ids::default();
        draft.construct.items.iter().for_each(|item| {
            ids.unique(&item.id);
        });
        ids.unique(draft.construct.id());
        let mut dimensions: Vec<(String, Dimension)> = Vec::new();
        let mut items = Vec::new();
        for own in &self.items {
            let name = if own.dimension.is_empty() { "dimension_1" } else { &own.dimension };
            let at = dimensions.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                let id = match shortened(name) {
                    Some(id) => ids.unique(&id),
                    None => ids.numbered("dimension"),
                };
                let mut dimension = Dimension::new(id.clone());
                if id != name {
                    dimension.title = Localized::new("", name);
                }
                dimensions.push((name.into(), dimension));
                dimensions.len() - 1
            });
            let dimension = &mut dimensions[at].1;
            let of_column = |item: &&mut crate::construct::Item| match &item.column {
                Some(column) => {
                    column.to_string() == own.item
                        || item.text.get("").is_some_and(|t| plain(t) == plain(&own.item))
                }
                None => {
                    item.id == own.item || item.text.get("").is_some_and(|t| plain(t) == plain(&own.item))
                }
            };
            let Some(item) = draft.construct.items.iter_mut().find(of_column) else { continue };
            item.dimension.clone_from(&dimension.id);
            item.reverse = own.reversed;
            if let Some(wording) = &own.wording {
                item.text = Localized::new("", wording);
            }
            if let Some(facet) = own.facet.as_deref().and_then(shortened) {
                if dimension.facets.iter().all(|known| known.id != facet) {
                    dimension.facets.push(Facet { id: facet.clone(), ..Facet::default() });
                }
                item.facet = Some(facet);
            }
            items.push(item.clone());
        }
        draft.construct.items = items;
        draft.remarks.retain(|part, _| !part.starts_with("dimension "));
        draft.construct.dimensions = dimensions.into_iter().map(|(_, dimension)| dimension).collect();
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        draft.remark(
            "construct",
            format!("dimensions, wordings and reversed items come from the codebook {file}"),
        );
        draft.decide.retain(|what| !what.starts_with("what each dimension means"));
        draft.decide.push("what each dimension means".into());
    }
}

/// # Errors
/// [`Error::BadOption`] for what is neither yes nor no.
fn is_yes(text: &str, item: &str) -> Result<bool> {
    match text.to_lowercase().as_str() {
        "" | "0" | "no" | "n" | "nee" | "nein" | "false" | "+" | "+1" | "positive" | "positief" => Ok(false),
        "1" | "-1" | "yes" | "y" | "ja" | "j" | "true" | "x" | "-" | "r" | "reversed" | "reverse"
        | "negative" | "negatief" => Ok(true),
        _ => Err(Error::BadOption {
            option: format!("'reversed' of item '{item}' in the codebook"),
            value: text.into(),
            allowed: "yes or no".into(),
        }),
    }
}
