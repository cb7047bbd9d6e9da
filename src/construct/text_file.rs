//! A text file that people wrote: UTF-8, with a byte order mark or without; other encodings are named.

use crate::error::{Error, Result};
use std::path::Path;

/// The text of a file, without byte order mark.
///
/// # Errors
/// [`Error::Unreadable`]; [`Error::WrongEncoding`] for UTF-16 and UTF-32; [`Error::NotUtf8`] with the first line that is
/// no text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let bytes =
        std::fs::read(path).map_err(|e| Error::Unreadable { path: path.into(), reason: e.to_string() })?;
    if let Some(encoding) = other_encoding(&bytes) {
        return Err(Error::WrongEncoding { path: path.into(), encoding });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(String::from).unwrap_or(text)),
        Err(e) => {
            let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            let row = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Err(Error::NotUtf8 { path: path.into(), row, found: "not valid UTF-8 text" })
        }
    }
}

/// An encoding of two or four bytes a character, from its byte order mark or from the zeros of Latin letters.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    let zeros = |from: usize| {
        let every_other = bytes.iter().take(64).skip(from).step_by(2);
        bytes.len() > 3 && every_other.clone().count() > 0 && every_other.clone().all(|&byte| byte == 0)
    };
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ if zeros(0) || zeros(1) => Some("UTF-16"),
        _ => None,
    }
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
            assert!(matches!(read(&bytes), Err(Error::WrongEncoding { encoding: "UTF-16", .. })));
        }
        assert!(matches!(read(b"f =~ x\n# \xe9t\xe9"), Err(Error::NotUtf8 { row: 2, .. })));
        assert_eq!(read(b""), Ok(String::new()));
    }
}
