//! Data flows one way: a room may use rooms to its left, never to its right (ARCHITECTURE.md).

use std::path::{Path, PathBuf};

/// The rooms from left to right; those in one entry do not use each other.
const ROOMS: [&[&str]; 11] = [
    &["error"],
    &["numeric"],
    &["construct"],
    &["data", "model"],
    &["moments"],
    &["correlation"],
    &["estimate"],
    &["simulate"],
    &["evidence"],
    &["report"],
    &["bin"],
];

fn rank(room: &str) -> usize {
    ROOMS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| panic!("room '{room}' has no place"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_room_uses_a_room_to_its_right() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked_at = 0;
    for file in files(&source) {
        let inside = file.strip_prefix(&source).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if room == "lib" || room == "bin" {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for (_, rest) in text.match_indices("crate::").map(|(at, word)| (at, &text[at + word.len()..])) {
            let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !ROOMS.concat().contains(&used.as_str()) {
                continue;
            }
            looked_at += 1;
            assert!(
                used == room || rank(&used) < rank(room),
                "{}: '{room}' may not use '{used}'",
                inside.display()
            );
        }
    }
    assert!(looked_at > 50, "the test looks at the arrows");
}
