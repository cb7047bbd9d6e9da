//! Extension records: encoding, long names, very long texts, levels of measurement, labels and missing codes of long texts.

use super::bytes::Bytes;
use super::variable::{Dictionary, Variable, trimmed};
use std::io::Read;

pub(super) fn read<R: Read>(
    bytes: &mut Bytes<R>,
    dictionary: &mut Dictionary,
    very_long: &mut Vec<(Vec<u8>, usize)>,
    level: &mut Vec<i32>,
) -> Result<(), String> {
    let place = bytes.place();
    let subtype = bytes.int("an extension record")?;
    let size = bytes.int("an extension record")?;
    let count = bytes.int("an extension record")?;
    let length =
        usize::try_from(size).ok().zip(usize::try_from(count).ok()).and_then(|(s, n)| s.checked_mul(n));
    let length = length.filter(|length| *length as u64 <= bytes.left()).ok_or_else(|| {
        let left = bytes.left();
        format!("the extension record {subtype} at byte {place} claims {count} elements of {size} bytes, but only {left} are left")
    })?;
    let content = &bytes.take(length, "an extension record")?[..];
    let mut inside = Bytes::part(content, bytes.big_endian);
    match subtype {
        3 if length >= 32 => {
            inside.take(28, "the code page")?;
            dictionary.code_page = Some(inside.int("the code page")?);
        }
        4 if length >= 24 => dictionary.system_missing = inside.float("the system-missing value")?,
        11 if size == 4 => {
            while inside.left() >= 4 {
                level.push(inside.int("a level of measurement")?);
            }
        }
        13 => long_names(content, dictionary),
        14 => {
            for (name, width) in pairs(content) {
                let width = std::str::from_utf8(trimmed(width)).ok().and_then(|w| w.trim().parse().ok());
                very_long.extend(width.map(|width| (name.to_vec(), width)));
            }
        }
        16 if length >= 16 => {
            inside.long("the number of cases")?;
            let cases = inside.long("the number of cases")?;
            if dictionary.cases < 0 || cases > i64::from(i32::MAX) {
                dictionary.cases = cases;
            }
        }
        20 => dictionary.encoding = Some(String::from_utf8_lossy(trimmed(content)).trim().to_string()),
        21 => long_labels(&mut inside, dictionary)
            .map_err(|what| format!("in the record of labels of long texts {what}"))?,
        22 => long_missing(&mut inside, dictionary)
            .map_err(|what| format!("in the record of missing codes of long texts {what}"))?,
        _ => {}
    }
    Ok(())
}

fn pairs(content: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    content.split(|b| matches!(b, b'\t')).filter_map(|pair| {
        let pair = pair.strip_prefix(b"\0").unwrap_or(pair);
        let at = pair.iter().position(|b| *b == b'=')?;
        Some((&pair[..at], &pair[at + 1..]))
    })
}

fn named<'d>(dictionary: &'d mut Dictionary, name: &[u8]) -> Option<&'d mut Variable> {
    let name = trimmed(name);
    dictionary.variables.iter_mut().find(|v| v.name == name || v.short_name.eq_ignore_ascii_case(name))
}

fn long_names(content: &[u8], dictionary: &mut Dictionary) {
    for (short, long) in pairs(content) {
        let found =
            dictionary.variables.iter_mut().find(|v| v.short_name.eq_ignore_ascii_case(trimmed(short)));
        if let Some(variable) = found.filter(|_| !trimmed(long).is_empty()) {
            variable.name = trimmed(long).to_vec();
        }
    }
}

fn long_labels(inside: &mut Bytes<&[u8]>, dictionary: &mut Dictionary) -> Result<(), String> {
    while inside.left() > 0 {
        let length = inside.count(1, "the length of a name")?;
        let name = inside.take(length, "a name")?;
        inside.int("the width of a text")?;
        let count = inside.count(8, "the number of labels")?;
        let mut labels = Vec::new();
        for _ in 0..count {
            let length = inside.count(1, "the length of a value")?;
            let value = inside.take(length, "a value")?;
            let length = inside.count(1, "the length of a label")?;
            labels.push((value, inside.take(length, "a label")?));
        }
        if let Some(variable) = named(dictionary, &name) {
            variable.labels = labels;
        }
    }
    Ok(())
}

fn long_missing(inside: &mut Bytes<&[u8]>, dictionary: &mut Dictionary) -> Result<(), String> {
    while inside.left() > 0 {
        let length = inside.count(1, "the length of a name")?;
        let name = inside.take(length, "a name")?;
        let count = inside.array::<1>("the number of missing codes")?[0];
        let width = inside.count(usize::from(count), "the length of a missing code")?;
        let mut codes = Vec::new();
        for position in 0..count {
            // some programs write the length before every code
            let again =
                inside.rest().get(..4).map(|next| Bytes::part(next, inside.big_endian).int("a length"));
            if position > 0 && again == Some(Ok(width as i32)) {
                inside.int("a length")?;
            }
            codes.push(trimmed(&inside.take(width, "a missing code")?).to_vec());
        }
        if let Some(variable) = named(dictionary, &name) {
            variable.long_missing = codes;
        }
    }
    Ok(())
}

/// Levels come in threes (level, width, alignment) or twos, for every variable, segments of very long texts included.
pub(super) fn measures(dictionary: &mut Dictionary, level: &[i32]) {
    let variables = dictionary.variables.len();
    let step = if level.len() == 3 * variables { 3 } else { 2 };
    if level.len() != step * variables {
        return;
    }
    for (variable, code) in dictionary.variables.iter_mut().zip(level.iter().step_by(step)) {
        variable.measure = match code {
            1 => Some("nominal"),
            2 => Some("ordinal"),
            3 => Some("scale"),
            _ => None,
        };
    }
}

/// A text of more than 255 bytes stands in segments of 252 to 255 bytes, each a variable of its own in the dictionary.
pub(super) fn join_segments(
    dictionary: &mut Dictionary,
    very_long: &[(Vec<u8>, usize)],
) -> Result<(), String> {
    for (name, width) in very_long.iter().filter(|(_, width)| *width > 255) {
        let at = dictionary.variables.iter().position(|v| v.short_name.eq_ignore_ascii_case(trimmed(name)));
        let Some(at) = at else { continue };
        let further = width.div_ceil(252) - 1;
        let shown = String::from_utf8_lossy(name).into_owned();
        let end = at.saturating_add(1).saturating_add(further);
        if end > dictionary.variables.len() || dictionary.variables[at..end].iter().any(|v| v.width == 0) {
            return Err(format!(
                "the text variable '{shown}' is said to take {width} bytes, but has not so many segments"
            ));
        }
        let segments: Vec<_> =
            dictionary.variables.drain(at + 1..end).map(|v| (v.element, v.width)).collect();
        let variable = &mut dictionary.variables[at];
        variable.segments = std::iter::once((variable.element, variable.width)).chain(segments).collect();
        variable.width = *width;
    }
    Ok(())
}
