//! From words to codes: `2 - Disagree`, `Disagree (2)`, words of known answer scales, yes and no, answer codes such as `A3`.
//! What is proposed is told, never silent.

use super::sheet::{CellKind, SheetCell, SheetColumn, SheetNote};
use super::words::{SCALES, WordScale, plain};

fn leading(cell: &str) -> Option<(f64, &str)> {
    let (open, inner) = match cell.strip_prefix(['[', '(']) {
        Some(inner) => (true, inner),
        None => (false, cell),
    };
    let end = inner.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-'))?.0;
    let code = inner[..end].parse::<i32>().ok()?;
    let rest = &inner[end..];
    let label = if open {
        rest.strip_prefix([']', ')'])?.trim_start()
    } else {
        let trimmed = rest.trim_start();
        let behind = trimmed.strip_prefix(['-', '–', '—', '.', ':', ')', '='])?;
        behind.starts_with(char::is_whitespace).then(|| behind.trim_start())?
    };
    label.chars().next().filter(|c| c.is_alphabetic() || matches!(c, '\'' | '"' | '„' | '“' | '¿' | '¡'))?;
    Some((f64::from(code), label))
}

fn trailing(cell: &str) -> Option<(f64, &str)> {
    let inner = cell.strip_suffix(')').or_else(|| cell.strip_suffix(']'))?;
    let at = inner.rfind(['(', '['])?;
    let code = inner[at + 1..].trim().parse::<i32>().ok()?;
    let label = inner[..at].trim_end();
    (!label.is_empty()).then_some((f64::from(code), label))
}

/// The codes and words of a column whose every cell has both, with one word for each code.
fn split(column: &SheetColumn) -> Option<Vec<Option<(f64, String)>>> {
    type Form = fn(&str) -> Option<(f64, &str)>;
    let forms: [Form; 2] = [leading, trailing];
    'forms: for form in forms {
        let mut known: Vec<(f64, String)> = Vec::new();
        let mut cells = Vec::with_capacity(column.values.len());
        for cell in &column.values {
            let Some(text) = cell.text() else {
                cells.push(None);
                continue;
            };
            let Some((code, label)) = form(text.trim()) else { continue 'forms };
            match known.iter().find(|(c, l)| *c == code || l == label) {
                Some((c, l)) if *c == code && l == label => {}
                Some(_) => continue 'forms,
                None => known.push((code, label.to_string())),
            }
            if known.len() > 30 {
                continue 'forms;
            }
            cells.push(Some((code, label.to_string())));
        }
        if !known.is_empty() {
            return Some(cells);
        }
    }
    None
}

/// Cells with code and words become both.
fn split_cells(columns: &mut [SheetColumn], notes: &mut Vec<SheetNote>) {
    let mut names = Vec::new();
    for column in columns.iter_mut().filter(|c| c.kind == CellKind::String && !c.metadata) {
        let Some(cells) = split(column) else { continue };
        column.codes = Some(
            cells
                .iter()
                .map(|c| c.as_ref().map_or(SheetCell::Empty, |(code, _)| SheetCell::Number(*code)))
                .collect(),
        );
        column.labels = Some(
            cells
                .into_iter()
                .map(|c| c.map_or(SheetCell::Empty, |(_, label)| SheetCell::Text(label)))
                .collect(),
        );
        column.kind = CellKind::CodeAndLabel;
        names.push(column.name.clone());
    }
    if !names.is_empty() {
        let message =
            format!("cells of {} columns hold code and words: parted, the words kept as labels", names.len());
        notes.push(SheetNote::new("code_and_label_cells", message));
    }
}

fn distinct(column: &SheetColumn) -> Vec<&str> {
    spellings(column).into_iter().map(|same| same[0]).collect()
}

/// The words of a column, each as it is written: first as it is written most often, then in other ways, which differ in case,
/// accents or marks only. Of a column of many words the first of them.
fn spellings(column: &SheetColumn) -> Vec<Vec<&str>> {
    let mut written: Vec<(&str, usize)> = Vec::new();
    for word in column.values.iter().filter_map(SheetCell::text) {
        match written.iter().position(|(known, _)| *known == word) {
            Some(at) => written[at].1 += 1,
            None if written.len() > 60 => break,
            None => written.push((word, 1)),
        }
    }
    let mut words: Vec<(String, Vec<(&str, usize)>)> = Vec::new();
    for (word, count) in written {
        // what has marks only, as + and -, is itself
        let same = Some(plain(word)).filter(|same| !same.is_empty()).unwrap_or_else(|| word.to_string());
        match words.iter().position(|(known, _)| *known == same) {
            Some(at) => words[at].1.push((word, count)),
            None if words.len() > 12 => break,
            None => words.push((same, vec![(word, count)])),
        }
    }
    words.iter_mut().for_each(|(_, ways)| ways.sort_by_key(|(_, count)| std::cmp::Reverse(*count)));
    words.into_iter().map(|(_, ways)| ways.into_iter().map(|(word, _)| word).collect()).collect()
}

/// Tells of words that differ in case, accents or marks only: one word where codes are given, else several.
fn tell_spellings(columns: &[SheetColumn], notes: &mut Vec<SheetNote>) {
    for column in columns.iter().filter(|c| !c.metadata) {
        if !matches!(column.kind, CellKind::String | CellKind::Label) {
            continue;
        }
        let words = spellings(column);
        let Some(ways) = words.iter().find(|ways| ways.len() > 1).filter(|_| words.len() <= 12) else {
            continue;
        };
        let shown: Vec<String> = ways.iter().take(4).map(|way| format!("'{way}'")).collect();
        let what = match column.codes {
            Some(_) => "taken as one word",
            None => "these are different words until they are written alike in the file",
        };
        let message = format!(
            "'{}' has words that differ in case or accents only, {}: {what}",
            column.name,
            shown.join(", ")
        );
        notes.push(SheetNote::new("label_spellings", message).column(&column.name));
    }
}

/// The scale that has all the words, the one with fewest points first.
fn scale_of(words: &[&str]) -> Option<&'static WordScale> {
    let fits = |scale: &&WordScale| words.iter().all(|word| scale.position(word).is_some());
    let found = SCALES.iter().filter(fits).min_by_key(|scale| scale.len())?;
    // two words of one point (agree and somewhat agree) are another scale
    let mut points: Vec<usize> = words.iter().filter_map(|word| found.position(word)).collect();
    points.sort_unstable();
    points.windows(2).all(|pair| pair[0] != pair[1]).then_some(found).or_else(|| {
        SCALES.iter().filter(fits).find(|scale| {
            let mut points: Vec<usize> = words.iter().filter_map(|word| scale.position(word)).collect();
            points.sort_unstable();
            points.windows(2).all(|pair| pair[0] != pair[1])
        })
    })
}

/// The codes of words that all belong to one known scale.
pub(crate) fn word_codes(words: &[&str]) -> Option<Vec<i64>> {
    let scale = scale_of(words)?;
    words.iter().map(|word| Some(i64::from(scale.first) + scale.position(word)? as i64)).collect()
}

/// Columns of the words of a known scale get codes. The words of all columns of a scale are looked at together, so that a
/// column in which nobody chose an end is still read with the right scale.
fn map_words(columns: &mut [SheetColumn], notes: &mut Vec<SheetNote>) {
    let candidates: Vec<(usize, Vec<String>)> = columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.kind == CellKind::String && !c.metadata)
        .map(|(at, c)| (at, distinct(c).into_iter().map(String::from).collect::<Vec<_>>()))
        .filter(|(_, words)| !words.is_empty() && words.len() <= 12)
        .collect();
    let mut mapped: Vec<(&'static WordScale, Vec<usize>, Vec<String>)> = Vec::new();
    for (at, words) in candidates {
        let own: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some(scale) = scale_of(&own) else { continue };
        let group = mapped.iter_mut().find(|(known, _, seen)| {
            let all: Vec<&str> = seen
                .iter()
                .map(String::as_str)
                .chain(own.iter().copied().filter(|w| !seen.iter().any(|s| s == w)))
                .collect();
            scale_of(&all).is_some() && known.name.split(' ').next() == scale.name.split(' ').next()
        });
        match group {
            Some((known, members, seen)) => {
                members.push(at);
                seen.extend(words.iter().filter(|w| !seen.contains(w)).cloned().collect::<Vec<_>>());
                let all: Vec<&str> = seen.iter().map(String::as_str).collect();
                *known = scale_of(&all).unwrap_or(known);
            }
            None => mapped.push((scale, vec![at], words)),
        }
    }
    for (scale, members, seen) in mapped {
        give_codes(columns, scale, &members, &seen, notes);
    }
}

fn give_codes(
    columns: &mut [SheetColumn],
    scale: &WordScale,
    members: &[usize],
    seen: &[String],
    notes: &mut Vec<SheetNote>,
) {
    // an answer scale without its middle has an even number of points
    let left_out = scale.middle.filter(|middle| {
        seen.len() == scale.len() - 1 && !seen.iter().any(|word| scale.position(word) == Some(*middle))
    });
    let code = |word: &str| {
        let at = scale.position(word)?;
        Some(scale.first + at as i32 - i32::from(left_out.is_some_and(|middle| at > middle)))
    };
    for at in members {
        let column = &mut columns[*at];
        let coded = column.values.iter().map(|cell| {
            cell.text().and_then(code).map_or(SheetCell::Empty, |code| SheetCell::Number(f64::from(code)))
        });
        column.codes = Some(coded.collect());
        column.labels = Some(column.values.clone());
        column.kind = CellKind::Label;
    }
    let mut order: Vec<(i32, &String)> = seen.iter().filter_map(|word| Some((code(word)?, word))).collect();
    order.sort();
    let order: Vec<String> = order.into_iter().map(|(code, word)| format!("{code} {word}")).collect();
    let left = if left_out.is_some() { " (nobody chose a middle: taken as a scale without one)" } else { "" };
    let message = format!(
        "{} columns hold words of {}: codes proposed from the words, {}{left}",
        members.len(),
        scale.name,
        order.join(", ")
    );
    notes.push(SheetNote::new("labels_mapped", message));
}

/// Columns with one mark (`x`) or nothing: marked is 1, empty is 0, which is told.
fn map_marks(columns: &mut [SheetColumn], notes: &mut Vec<SheetNote>) {
    for column in columns.iter_mut().filter(|c| c.kind == CellKind::String && !c.metadata) {
        let words = distinct(column);
        if !matches!(words.as_slice(), ["x" | "X" | "✓" | "✔"]) {
            continue;
        }
        let coded =
            column.values.iter().map(|cell| SheetCell::Number(f64::from(u8::from(cell.text().is_some()))));
        column.codes = Some(coded.collect());
        column.labels = Some(column.values.clone());
        column.kind = CellKind::Label;
        let message = format!(
            "'{}' holds a mark or nothing: read as 1 and 0, if an empty cell means 'no'",
            column.name
        );
        notes.push(SheetNote::new("labels_mapped", message).column(&column.name));
    }
}

/// Answer codes of LimeSurvey (`A1` to `A5`, `AO01`) in array questions are positions.
pub(crate) fn map_answer_codes(columns: &mut [SheetColumn], notes: &mut Vec<SheetNote>) {
    let position = |text: &str| {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let prefix = text.len() - digits.len();
        ((1..=3).contains(&prefix) && !digits.is_empty() && digits.len() <= 3)
            .then(|| digits.parse::<u16>().ok())
            .flatten()
    };
    let mut largest = 0;
    let mut count = 0;
    for column in
        columns.iter_mut().filter(|c| c.kind == CellKind::String && !c.metadata && c.name.ends_with(']'))
    {
        let words = distinct(column);
        if words.is_empty() || !words.iter().all(|word| position(word).is_some()) {
            continue;
        }
        largest = words.iter().filter_map(|word| position(word)).max().unwrap_or(0).max(largest);
        let coded = column.values.iter().map(|cell| {
            cell.text().and_then(position).map_or(SheetCell::Empty, |code| SheetCell::Number(f64::from(code)))
        });
        column.codes = Some(coded.collect());
        column.kind = CellKind::Code;
        count += 1;
    }
    if count > 0 {
        let message = format!(
            "answer codes of {count} columns (A1 to A{largest}) read as their numbers: the order of the answers is not in the file"
        );
        notes.push(SheetNote::new("codes_mapped", message));
    }
}

/// Cells with several answers: each ended by `;`, or joined by ", " or ";" where every part comes back in other cells.
fn several_answers(columns: &[SheetColumn], notes: &mut Vec<SheetNote>) {
    for column in columns.iter().filter(|c| c.kind == CellKind::String && !c.metadata) {
        let mut cells: Vec<&str> = column.values.iter().filter_map(SheetCell::text).collect();
        cells.sort_unstable();
        cells.dedup();
        let ended = !cells.is_empty() && cells.iter().all(|cell| cell.ends_with(';'));
        let joined = |mark: &str| {
            let several: Vec<&&str> = cells.iter().filter(|cell| cell.contains(mark)).collect();
            let comes_back =
                |part: &str| cells.iter().filter(|cell| cell.split(mark).any(|p| p == part)).count() > 1;
            !several.is_empty()
                && cells.len() <= 256
                && several
                    .iter()
                    .all(|cell| cell.split(mark).all(|part| !part.is_empty() && comes_back(part)))
        };
        if ended || joined(", ") || joined(";") || joined("; ") {
            let message = format!("cells of '{}' hold several answers: not an item", column.name);
            notes.push(SheetNote::new("multiple_answers", message).column(&column.name));
        }
    }
}

/// Everything that can be found in words.
pub(crate) fn find(columns: &mut [SheetColumn], notes: &mut Vec<SheetNote>) {
    split_cells(columns, notes);
    map_words(columns, notes);
    map_marks(columns, notes);
    tell_spellings(columns, notes);
    several_answers(columns, notes);
}
