//! An SPSS system file, by the published description of the format (PSPP developers' guide, "System File Format"): not
//! compressed, UTF-8, numbers of eight bytes with the lowest first. The date in it is fixed, so that one table gives one file.

use super::columns::{TableFile, WrittenColumn};
use crate::error::{Error, Result};
use std::collections::HashSet;

/// The widest text of a plain text variable, in bytes.
const WIDEST: usize = 255;

/// The longest name, and the longest label, in bytes.
const LONGEST_NAME: usize = 64;
const LONGEST_LABEL: usize = 255;

/// Words that no variable may be called by.
const RESERVED: [&str; 13] =
    ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"];

pub(super) fn bytes(table: &TableFile) -> Result<Vec<u8>> {
    let widths =
        table.names.iter().zip(&table.columns).map(|(n, c)| width(n, c)).collect::<Result<Vec<_>>>()?;
    let names = names(table);
    let elements: usize = widths.iter().map(|width| width.div_ceil(8).max(1)).sum();
    let mut file = header(elements, table.rows);
    for (at, ((width, name), column)) in widths.iter().zip(&names).zip(&table.columns).enumerate() {
        let label = (*name != table.names[at]).then_some(table.names[at].as_str());
        variable(&mut file, at, *width, column, label);
    }
    extensions(&mut file, &names, &widths);
    ints(&mut file, &[999, 0]);
    for row in 0..table.rows {
        for (column, width) in table.columns.iter().zip(&widths) {
            match column {
                WrittenColumn::Numbers(numbers) => {
                    file.extend(numbers[row].unwrap_or(-f64::MAX).to_le_bytes());
                }
                WrittenColumn::Texts(texts) => {
                    padded(&mut file, texts[row].as_bytes(), width.div_ceil(8) * 8)
                }
            }
        }
    }
    Ok(file)
}

/// 0: a number; otherwise the bytes of the longest text.
fn width(name: &str, column: &WrittenColumn) -> Result<usize> {
    let WrittenColumn::Texts(texts) = column else { return Ok(0) };
    let widest = texts.iter().map(String::len).max().unwrap_or(0).max(1);
    if widest > WIDEST {
        return Err(Error::Unsupported {
            what: format!("a text of {widest} bytes in column '{name}' of a .sav file"),
            instead: "Write the table as .csv or .xlsx.".into(),
        });
    }
    Ok(widest)
}

/// Names as SPSS allows them, no two alike but for case.
fn names(table: &TableFile) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(table.names.len());
    for own in &table.names {
        let mut name: String =
            own.chars().map(|c| if c.is_alphanumeric() || "_.$#@".contains(c) { c } else { '_' }).collect();
        if !name.starts_with(char::is_alphabetic) {
            name.insert(0, 'v');
        }
        if name.ends_with('.') || RESERVED.contains(&name.to_uppercase().as_str()) {
            name.push('_');
        }
        let cut = |name: &str, room: usize| {
            let end = (0..=room.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
            name[..end].to_string()
        };
        let mut unique = cut(&name, LONGEST_NAME);
        let mut number = 1;
        while !taken.insert(unique.to_lowercase()) {
            number += 1;
            unique = format!("{}_{number}", cut(&name, LONGEST_NAME - 8));
        }
        names.push(unique);
    }
    names
}

fn header(elements: usize, rows: usize) -> Vec<u8> {
    let mut file = b"$FL2".to_vec();
    padded(
        &mut file,
        concat!("@(#) SPSS DATA FILE psychometrics ", env!("CARGO_PKG_VERSION")).as_bytes(),
        60,
    );
    ints(&mut file, &[2, whole(elements), 0, 0, i32::try_from(rows).unwrap_or(-1)]);
    file.extend(100.0_f64.to_le_bytes());
    padded(&mut file, b"01 Jan 2000:00:00", 17);
    padded(&mut file, b"", 64);
    file.extend([0; 3]);
    file
}

fn variable(file: &mut Vec<u8>, at: usize, width: usize, column: &WrittenColumn, label: Option<&str>) {
    let format = match column {
        WrittenColumn::Texts(_) => 1 << 16 | whole(width) << 8,
        WrittenColumn::Numbers(numbers) if numbers.iter().flatten().all(|x| x.fract() == 0.0) => {
            5 << 16 | 8 << 8
        }
        WrittenColumn::Numbers(_) => 5 << 16 | 12 << 8 | 4,
    };
    ints(file, &[2, whole(width), i32::from(label.is_some()), 0, format, format]);
    padded(file, short_name(at).as_bytes(), 8);
    if let Some(label) = label {
        let end =
            (0..=label.len().min(LONGEST_LABEL)).rev().find(|end| label.is_char_boundary(*end)).unwrap_or(0);
        ints(file, &[whole(end)]);
        padded(file, &label.as_bytes()[..end], end.next_multiple_of(4));
    }
    for _ in 1..width.div_ceil(8) {
        ints(file, &[2, -1, 0, 0, 0, 0]);
        padded(file, b"", 8);
    }
}

fn extensions(file: &mut Vec<u8>, names: &[String], widths: &[usize]) {
    // version, machine, IEEE 754, compression by codes, lowest byte first, UTF-8
    ints(file, &[7, 3, 4, 8, 20, 0, 0, -1, 1, 1, 2, 65001]);
    ints(file, &[7, 4, 8, 3]);
    for number in [-f64::MAX, f64::MAX, f64::from_bits(0xffef_ffff_ffff_fffe)] {
        file.extend(number.to_le_bytes());
    }
    // nominal or scale, columns on the screen, aligned left or right
    ints(file, &[7, 11, 4, whole(names.len() * 3)]);
    for width in widths {
        ints(file, if *width > 0 { &[1, 16, 0] } else { &[3, 10, 1] });
    }
    let long: Vec<String> =
        names.iter().enumerate().map(|(at, name)| format!("{}={name}", short_name(at))).collect();
    for (subtype, text) in [(13, long.join("\t")), (20, "UTF-8".to_string())] {
        ints(file, &[7, subtype, 1, whole(text.len())]);
        file.extend(text.as_bytes());
    }
}

fn short_name(at: usize) -> String {
    format!("V{}", at + 1)
}

fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn ints(file: &mut Vec<u8>, values: &[i32]) {
    values.iter().for_each(|value| file.extend(value.to_le_bytes()));
}

fn padded(file: &mut Vec<u8>, text: &[u8], length: usize) {
    file.extend(text);
    file.resize(file.len() + length.saturating_sub(text.len()), b' ');
}
