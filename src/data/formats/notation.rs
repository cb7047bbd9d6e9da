//! How a file writes numbers and days: one notation for the whole file, never guessed for a cell.

/// How decimals are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    Point,
    Comma,
}

/// A number as written: an optional sign, digits (in groups of three where a mark parts them), a decimal mark.
pub(crate) fn number(text: &str, notation: Notation) -> Option<f64> {
    let (mark, group) = match notation {
        Notation::Point => ('.', ','),
        Notation::Comma => (',', '.'),
    };
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], &unsigned[at..]),
        None => (unsigned, ""),
    };
    let (whole, decimals) = mantissa.split_once(mark).unwrap_or((mantissa, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && decimals.is_empty() || !digits(decimals) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    if whole.contains(group) {
        // points between thousands in a file of decimal commas; commas between thousands are never taken for that
        let mut parts = whole.split(group);
        let first = parts.next()?;
        if notation == Notation::Point || !(1..=3).contains(&first.len()) || !digits(first) {
            return None;
        }
        plain.push_str(first);
        for part in parts {
            if part.len() != 3 || !digits(part) {
                return None;
            }
            plain.push_str(part);
        }
    } else if digits(whole) {
        plain.push_str(whole);
    } else {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let exponent = exponent.replace('E', "e");
    format!("{sign}{plain}.{decimals}0{exponent}").parse().ok().filter(|n: &f64| n.is_finite())
}

/// Whether a number would lose its shape: zeros ahead, or more digits than a number keeps.
pub(crate) fn is_identifier(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit())
        && (digits.len() > 15 || digits.len() > 1 && digits.starts_with('0'))
}

/// What the columns of a file say of its notation; none: nothing, or two (which is told).
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Columns whose numbers need a decimal comma.
    pub(crate) comma: Vec<String>,
    /// Columns whose numbers need a decimal point.
    pub(crate) point: Vec<String>,
}

impl Seen {
    /// Looks at a column.
    pub(crate) fn look<'a>(&mut self, name: &str, cells: impl Iterator<Item = &'a str> + Clone) {
        let all = |notation| cells.clone().all(|cell| number(cell, notation).is_some());
        let marked = |mark: char| cells.clone().any(|cell| cell.contains(mark));
        if !marked(',') && !marked('.') {
            return;
        }
        let (point, comma) = (all(Notation::Point), all(Notation::Comma));
        if comma && !point {
            self.comma.push(name.into());
        } else if point && !comma {
            self.point.push(name.into());
        }
    }

    pub(crate) fn notation(&self) -> Notation {
        if self.comma.len() > self.point.len() { Notation::Comma } else { Notation::Point }
    }
}

/// The order of the parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayOrder {
    Year,
    Day,
    Month,
}

fn parts(text: &str) -> Option<([u32; 3], bool)> {
    let mark = text.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
    let mut pieces = text.split(mark);
    let (first, second, third) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if pieces.next().is_some() {
        return None;
    }
    let read = |piece: &str, longest: usize| {
        (!piece.is_empty() && piece.len() <= longest && piece.bytes().all(|b| b.is_ascii_digit()))
            .then(|| piece.parse().ok())
            .flatten()
    };
    if first.len() == 4 {
        return Some(([read(first, 4)?, read(second, 2)?, read(third, 2)?], true));
    }
    (third.len() == 4).then_some(())?;
    Some(([read(first, 2)?, read(second, 2)?, read(third, 4)?], false))
}

/// The order of the days of a column; none where a cell is no day or the order is open.
pub(crate) fn day_order<'a>(cells: impl Iterator<Item = &'a str>) -> Option<DayOrder> {
    let (mut largest, mut year_first, mut slashes, mut count) = ([0, 0], None, false, 0);
    for cell in cells {
        let (found, first) = parts(cell)?;
        if *year_first.get_or_insert(first) != first {
            return None;
        }
        slashes |= cell.contains('/');
        largest = [largest[0].max(found[0]), largest[1].max(found[1])];
        count += 1;
    }
    if count == 0 {
        return None;
    }
    match (year_first?, largest) {
        (true, _) => Some(DayOrder::Year),
        (_, [first, second]) if first > 12 && second <= 12 && first <= 31 => Some(DayOrder::Day),
        (_, [first, second]) if second > 12 && first <= 12 && second <= 31 => Some(DayOrder::Month),
        // with points and dashes the day stands first wherever days are written so
        (_, [first, second]) if !slashes && first <= 12 && second <= 12 => Some(DayOrder::Day),
        _ => None,
    }
}

/// A day as `2026-08-31`.
pub(crate) fn day(text: &str, order: DayOrder) -> Option<String> {
    let ([a, b, c], _) = parts(text)?;
    let (year, month, day) = match order {
        DayOrder::Year => (a, b, c),
        DayOrder::Day => (c, b, a),
        DayOrder::Month => (c, a, b),
    };
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A day with a time, `2026-08-31 09:30:00`, as `2026-08-31T09:30:00`.
pub(crate) fn day_and_time(text: &str) -> Option<String> {
    let (day_part, time) = text.split_once([' ', 'T'])?;
    let day =
        day(day_part, DayOrder::Year).filter(|_| day_part.len() == 10 && day_part.as_bytes()[4] == b'-')?;
    let mut pieces = time.split(':');
    let (hour, minute, second) = (pieces.next()?, pieces.next()?, pieces.next().unwrap_or("00"));
    let two = |piece: &str, below: u32| piece.len() == 2 && piece.parse().is_ok_and(|n: u32| n < below);
    let good = pieces.next().is_none() && two(hour, 24) && two(minute, 60) && two(second, 60);
    good.then(|| format!("{day}T{hour}:{minute}:{second}"))
}
