//! The dictionary: header, variables, value labels; extension records are read by `extension`.

use super::bytes::Bytes;
use super::extension;
use super::variable::{Dictionary, Variable, trimmed};
use std::io::Read;

pub(super) fn read<R: Read>(bytes: &mut Bytes<R>) -> Result<Dictionary, String> {
    let mut dictionary = header(bytes)?;
    let mut very_long: Vec<(Vec<u8>, usize)> = Vec::new();
    let mut level = Vec::new();
    loop {
        let place = bytes.place();
        match bytes.int("the next record")? {
            2 => variable(bytes, &mut dictionary)?,
            3 => value_labels(bytes, &mut dictionary)?,
            6 => {
                let lines = bytes.count(80, "the number of lines of the documents")?;
                bytes.take(lines * 80, "the documents")?;
            }
            7 => extension::read(bytes, &mut dictionary, &mut very_long, &mut level)?,
            999 => {
                bytes.int("the end of the dictionary")?;
                break;
            }
            other => {
                return Err(format!("at byte {place} stands a record of type {other}, which does not exist"));
            }
        }
    }
    extension::measures(&mut dictionary, &level);
    extension::join_segments(&mut dictionary, &very_long)?;
    if dictionary.variables.is_empty() {
        return Err("it has no variables".into());
    }
    Ok(dictionary)
}

fn header<R: Read>(bytes: &mut Bytes<R>) -> Result<Dictionary, String> {
    bytes.take(64, "the header")?;
    let layout: [u8; 4] = bytes.array("the layout code")?;
    bytes.big_endian = match (i32::from_le_bytes(layout), i32::from_be_bytes(layout)) {
        (2 | 3, _) => false,
        (_, 2 | 3) => true,
        (other, _) => return Err(format!("the layout code at byte 64 is {other} in the place of 2 or 3")),
    };
    bytes.int("the size of a case")?;
    let compression = bytes.int("the compression")?;
    let compression = usize::try_from(compression)
        .ok()
        .filter(|c| *c <= 2)
        .ok_or_else(|| format!("the compression at byte 72 is {compression} in the place of 0, 1 or 2"))?;
    let weight = usize::try_from(bytes.int("the weight")?).unwrap_or(0);
    let cases = i64::from(bytes.int("the number of cases")?);
    let bias = bytes.float("the bias")?;
    if !bias.is_finite() {
        return Err("the bias at byte 84 is not a number".into());
    }
    bytes.take(84, "the header")?;
    let system_missing = -f64::MAX;
    Ok(Dictionary { compression, cases, bias, weight, system_missing, ..Dictionary::default() })
}

fn variable<R: Read>(bytes: &mut Bytes<R>, dictionary: &mut Dictionary) -> Result<(), String> {
    let place = bytes.place();
    let kind = bytes.int("the type of a variable")?;
    let has_label = bytes.int("a variable")?;
    let missing = bytes.int("the number of missing codes")?;
    let print = bytes.int("the print format")?;
    bytes.int("the write format")?;
    let short_name = trimmed(&bytes.take(8, "the name of a variable")?).to_vec();
    let shown = String::from_utf8_lossy(&short_name).into_owned();
    let label = if has_label == 1 {
        let length = bytes.count(1, &format!("the length of the label of variable '{shown}'"))?;
        let text = bytes.take(length, "a variable label")?;
        bytes.take(length.next_multiple_of(4) - length, "a variable label")?;
        Some(text)
    } else {
        None
    };
    if !matches!(missing, -3 | -2 | 0..=3) {
        return Err(format!(
            "variable '{shown}' (byte {place}) has {missing} missing codes; there can be up to 3"
        ));
    }
    let mut codes = Vec::new();
    for _ in 0..missing.unsigned_abs() {
        codes.push(bytes.array("a missing code")?);
    }
    let element = dictionary.elements;
    dictionary.elements += 1;
    let last = dictionary.variables.last();
    let open = last.is_some_and(|v| v.width > 0 && element < v.element + v.width.div_ceil(8));
    match kind {
        -1 if open => return Ok(()),
        -1 => return Err(format!("at byte {place} a text is continued that is complete")),
        _ if open => {
            return Err(format!(
                "variable '{shown}' (byte {place}) begins before the text variable ahead of it is complete"
            ));
        }
        0..=255 => {}
        _ => {
            return Err(format!(
                "variable '{shown}' (byte {place}) has the type {kind}; there is 0 (number) to 255 (width of a text)"
            ));
        }
    }
    dictionary.variables.push(Variable {
        element,
        width: kind as usize,
        name: short_name.clone(),
        short_name,
        label,
        format: (print >> 16 & 255) as u8,
        missing: codes,
        has_range: missing < 0,
        big_endian: bytes.big_endian,
        ..Variable::default()
    });
    Ok(())
}

fn value_labels<R: Read>(bytes: &mut Bytes<R>, dictionary: &mut Dictionary) -> Result<(), String> {
    let count = bytes.count(16, "the number of value labels")?;
    let mut labels = Vec::new();
    for _ in 0..count {
        let code = bytes.take(8, "a labelled code")?;
        let length = usize::from(bytes.array::<1>("the length of a value label")?[0]);
        let padded = (length + 1).next_multiple_of(8) - 1;
        let mut label = bytes.take(padded, "a value label")?;
        label.truncate(length);
        labels.push((code, label));
    }
    let place = bytes.place();
    if bytes.int("the record behind value labels")? != 4 {
        return Err(format!("at byte {place} the variables of the value labels are not named"));
    }
    let count = bytes.count(4, "the number of labelled variables")?;
    for _ in 0..count {
        let index = bytes.int("a labelled variable")?;
        let element = usize::try_from(index).unwrap_or(0).wrapping_sub(1);
        let found = dictionary.variables.iter_mut().find(|v| v.element == element);
        let Some(variable) = found else {
            return Err(format!(
                "value labels at byte {place} belong to variable {index}, which does not exist"
            ));
        };
        // a claim of many variables with many labels must not multiply
        if variable.labels.is_empty() {
            variable.labels.clone_from(&labels);
        }
    }
    Ok(())
}
