//! A text file that people wrote: UTF-8, with a byte order mark or without; other encodings are named, here for all files
//! that are read.

use crate::error::{Error, Result};
use std::path::Path;

/// The text of a file, without byte order mark.
///
/// # Errors
/// [`Error::Unreadable`]; [`Error::NotUtf8`] for another encoding, which it names, or with the first line that is no text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let bytes =
        std::fs::read(path).map_err(|e| Error::Unreadable { path: path.into(), reason: e.to_string() })?;
    check_encoding(path, &bytes)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(String::from).unwrap_or(text)),
        Err(e) => {
            let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            let row = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Err(Error::NotUtf8 { path: path.into(), row, found: "not valid UTF-8 text".into() })
        }
    }
}

/// Refuses what is no UTF-8 text from its first bytes on: UTF-16 and UTF-32 (with a byte order mark, or by the zeros of
/// Latin letters) and files that hold zero bytes.
///
/// # Errors
/// [`Error::NotUtf8`] of row 1.
pub(crate) fn check_encoding(path: &Path, bytes: &[u8]) -> Result<()> {
    let start = &bytes[..bytes.len().min(64)];
    let zeros = |from: usize| start.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    let found = match start {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => "text in UTF-32, not in UTF-8",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "text in UTF-16, not in UTF-8",
        [_, _, _, _, ..] if zeros(0) || zeros(1) => "text in UTF-16, not in UTF-8",
        _ if start.contains(&0) => "no text: it holds zero bytes",
        _ => return Ok(()),
    };
    Err(Error::NotUtf8 { path: path.into(), row: 1, found: found.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        std::fs::write(&path, bytes).unwrap();
        read_text(&path)
    }

    #[test]
    fn a_mark_is_no_text_and_other_encodings_are_named() {
        let text = "f =~ xé\n";
        let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), Ok(text.into()));
        assert_eq!(read(text.as_bytes()), Ok(text.into()));
        let big: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [utf16(&format!("\u{feff}{text}")), utf16("f =~ x1 + x2"), big] {
            assert!(
                matches!(read(&bytes), Err(Error::NotUtf8 { row: 1, found, .. }) if found.contains("UTF-16"))
            );
        }
        let utf32: Vec<u8> =
            format!("\u{feff}{text}").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        assert!(matches!(read(&utf32), Err(Error::NotUtf8 { found, .. }) if found.contains("UTF-32")));
        assert!(
            matches!(read(b"f =~ x\0"), Err(Error::NotUtf8 { found, .. }) if found.contains("zero bytes"))
        );
        assert!(matches!(read(b"f =~ x\n# \xe9t\xe9"), Err(Error::NotUtf8 { row: 2, .. })));
        assert_eq!(read(b""), Ok(String::new()));
    }
}
