//! From a file of answers to a draft.

use super::drafted::{Draft, one_line};
use super::explored;
use super::families::{Family, families};
use super::ids::{Ids, shortened};
use super::options::DraftOptions;
use super::roles::Roles;
use super::scale::scale_of;
use super::seen::Seen;
use super::stems::{by_stem, stem};
use crate::construct::{ColumnRef, Construct, DataSource, Dimension, Item, Localized};
use crate::data::formats::Sheet;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

impl Draft {
    /// Drafts a construct for the answers that `sheet` holds, which is the file `path`: paths of the draft are relative to the
    /// folder of the construct file, which is taken to be that of `path`.
    ///
    /// # Errors
    /// [`Error::OtherFormat`] where no columns look like items; what the codebook and exploration report; what
    /// [`Construct::check`] finds.
    pub fn of(sheet: &Sheet, path: &Path, options: &DraftOptions) -> Result<Self> {
        let mut seen = Seen::all(sheet);
        let mut found = families(&mut seen);
        if let Some(codebook) = &options.codebook {
            found = codebook.families(&seen, found, path)?;
        }
        if found.is_empty() {
            return Err(Error::OtherFormat {
                path: path.into(),
                what: format!(
                    "none of its {} columns look like items: three or more on one scale",
                    sheet.columns.len()
                ),
                remedy: "Look at what `read` says of the columns; a codebook (--codebook) names the items."
                    .into(),
            });
        }
        let items: Vec<usize> = found.iter().flat_map(|family| family.columns.clone()).collect();
        let roles = Roles::of(sheet, &seen, &items);
        let mut drafting = Drafting::new(sheet, path, options, &seen);
        drafting.data(&roles);
        for (number, family) in found.iter().enumerate() {
            drafting.family(number + 1, family);
        }
        let mut draft = drafting.draft;
        draft.left_out = roles.others;
        if let Some(codebook) = &options.codebook {
            codebook.apply(&mut draft);
        } else if options.explore {
            explored::apply(&mut draft, &seen, &items)?;
        }
        explored::note_signs(&mut draft, &seen, &items);
        draft.construct.check()?;
        Ok(draft)
    }
}

/// A draft while it is made.
struct Drafting<'a> {
    draft: Draft,
    seen: &'a [Seen<'a>],
    ids: Ids,
    path: PathBuf,
    options: &'a DraftOptions,
    sheet: &'a Sheet,
    /// Dimensions whose items have scales of their own, by what their columns are named after.
    mixed: HashMap<String, String>,
}

impl<'a> Drafting<'a> {
    fn new(sheet: &'a Sheet, path: &Path, options: &'a DraftOptions, seen: &'a [Seen<'a>]) -> Self {
        let mut ids = Ids::default();
        let named = path.file_stem().and_then(|stem| stem.to_str()).and_then(shortened);
        // items come first: no id of theirs should give way
        let id = options.id.clone().unwrap_or_else(|| named.unwrap_or_else(|| "construct".into()));
        let taken = sheet.columns.iter().any(|column| column.name == id);
        let id = ids.unique(&if taken { format!("{id}_construct") } else { id });
        let mut construct = Construct::default();
        construct.about.id = id;
        let source = format!("{}: {} rows", sheet.recognised_as, sheet.rows);
        let decide = vec![
            "what the construct is: title and definition".to_string(),
            "what each dimension means, and whether its items belong to it".to_string(),
        ];
        let draft = Draft { construct, source, decide, remarks: BTreeMap::new(), left_out: Vec::new() };
        Self { draft, seen, ids, path: path.into(), options, sheet, mixed: HashMap::new() }
    }

    fn data(&mut self, roles: &Roles) {
        let file = self.path.file_name().map_or_else(|| self.path.clone(), PathBuf::from);
        let chosen = self.sheet.ledger.iter().any(|note| note.kind == "sheet_chosen");
        let named = self.sheet.recognised_as.split(", sheet ").nth(1);
        let named =
            named.map(|name| name.split(", header in row").next().unwrap_or(name).trim_end_matches(')'));
        // words for a missing answer, which a plain table is read with only when they are named
        let tokens = self.sheet.ledger.iter().find(|note| note.kind == "missing_tokens");
        let tokens = tokens.and_then(|note| note.message.split_once(": ")).map(|(_, list)| list);
        let tokens: Vec<String> = tokens.iter().flat_map(|list| list.split(", ")).map(Into::into).collect();
        if !tokens.is_empty() {
            self.draft.remark("data", format!("guessed: {} mean(s) no answer", tokens.join(", ")));
        }
        self.draft.construct.data = Some(DataSource {
            missing_codes: tokens,
            responses: Some(file),
            sheet: self.options.sheet.clone().or_else(|| named.filter(|_| chosen).map(Into::into)),
            header: self.options.header,
            respondent: roles.respondent.clone(),
            groups: roles.groups.clone(),
            ..DataSource::default()
        });
        for remark in &roles.remarks {
            self.draft.remark("data", remark.clone());
        }
        let told = self.sheet.ledger.iter().filter(|note| {
            matches!(
                note.kind.as_str(),
                "preview_rows" | "unfinished_rows" | "repeated_id" | "weight_variable"
            )
        });
        for note in told {
            self.draft.remark("data", note.message.clone());
        }
    }

    /// Items of a scale, in dimensions by the names of their columns.
    fn family(&mut self, number: usize, family: &Family) {
        let scale_id = format!("scale_{number}");
        let drafted = scale_of(&scale_id, family, self.seen);
        for remark in drafted.remarks {
            self.draft.remark(&format!("scale {scale_id}"), remark);
        }
        self.draft.decide.extend(drafted.decide);
        self.draft.construct.scales.insert(scale_id.clone(), drafted.scale);
        if let Some(name) = &family.named {
            return self.of_level(name, &family.columns, &scale_id);
        }
        let stems: Vec<String> = family.columns.iter().map(|at| stem(&self.seen[*at])).collect();
        let groups = by_stem(&stems);
        let apart = groups.len() > 1 && groups.iter().all(|(_, members)| members.len() > 1);
        let groups = if apart { groups } else { vec![(common(&stems), (0..stems.len()).collect())] };
        for (stem, members) in groups {
            let columns: Vec<usize> = members.iter().map(|member| family.columns[*member]).collect();
            self.dimension(&stem, &columns, &scale_id, false);
        }
    }

    /// Items of a dimension whose items have scales of their own.
    fn of_level(&mut self, name: &str, columns: &[usize], scale: &str) {
        if let Some(id) = self.mixed.get(name).cloned() {
            for at in columns {
                let item_id = self.ids.of(&self.seen[*at].column.name, "item");
                self.item(*at, &item_id, &id, scale);
            }
            return;
        }
        let id = self.dimension(name, columns, scale, true);
        self.mixed.insert(name.into(), id);
    }

    fn dimension(&mut self, stem: &str, columns: &[usize], scale: &str, mixed: bool) -> String {
        // the items keep their names: a dimension gives way
        let names: Vec<&str> = columns.iter().map(|at| self.seen[*at].column.name.as_str()).collect();
        let named = shortened(stem).filter(|id| self.seen.iter().all(|own| own.column.name != *id));
        let mut later = Vec::new();
        for at in columns {
            later.push((*at, self.ids.of(&self.seen[*at].column.name, "item")));
        }
        let id = match named {
            Some(id) => self.ids.unique(&id),
            None => self.ids.numbered("dimension"),
        };
        let mut dimension = Dimension::new(id.clone());
        let part = format!("dimension {id}");
        if stem.split_whitespace().count() > 2 {
            dimension.definition = Localized::default();
            self.draft.remark(&part, format!("the question: {}", one_line(stem)));
        }
        let shown = short(&names.first().map(|name| one_line(name)).unwrap_or_default());
        let guessed = match mixed {
            false => format!("guessed from the names of its {} columns ('{shown}', ...)", columns.len()),
            true => format!(
                "guessed from the names of its columns ('{shown}', ...); they have scales of their own: those that \
                 describe the respondents are no items"
            ),
        };
        self.draft.remark(&part, guessed);
        dimension.title = Localized::default();
        self.draft.construct.dimensions.push(dimension);
        for (at, item_id) in later {
            self.item(at, &item_id, &id, scale);
        }
        id
    }

    fn item(&mut self, at: usize, id: &str, dimension: &str, scale: &str) {
        let column = self.seen[at].column;
        let mut item = Item::new(id, dimension, scale);
        let twice = self.seen[at].twice;
        if twice && !column.name.is_empty() {
            let remark =
                format!("two columns are called '{}': this one is read by its position", column.name);
            self.draft.remark(&format!("item {id}"), remark);
        }
        if column.name != id || twice {
            item.column = Some(if column.name.is_empty() || twice {
                ColumnRef::Position(at + 1)
            } else {
                ColumnRef::Named(column.name.clone())
            });
        }
        if let Some(wording) = column.label.as_deref().map(str::trim).filter(|wording| !wording.is_empty()) {
            item.text = Localized::new("", wording);
        }
        let answered = self.seen[at].answered();
        if answered == 0 {
            return;
        }
        self.draft.construct.items.push(item);
    }
}

/// What all stems begin with, without separators at its end; the first stem where they are one.
fn common(stems: &[String]) -> String {
    let Some(first) = stems.first() else { return String::new() };
    let mut shared = first.as_str();
    for stem in stems {
        while !stem.starts_with(shared) {
            let mut letters = shared.chars();
            letters.next_back();
            shared = letters.as_str();
        }
    }
    shared.trim_end_matches(['_', '.', '-', ' ', '[']).to_string()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(48) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.into(),
    }
}
