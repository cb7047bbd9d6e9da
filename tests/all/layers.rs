//! Data flows one way: a room may use rooms to its left, never to its right, and no file names another in a circle
//! (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms from left to right; those in one entry do not use each other.
const ROOMS: [&[&str]; 13] = [
    &["error"],
    &["numeric"],
    &["construct"],
    &["data", "model"],
    &["moments"],
    &["correlation"],
    &["factor"],
    &["draft"],
    &["estimate", "irt"],
    &["simulate"],
    &["evidence"],
    &["report"],
    &["bin"],
];

/// The same of the folders of `estimate`; the files beside them may stand anywhere between.
const FOLDERS_OF_ESTIMATE: [&[&str]; 7] = [
    &["sample", "search"],
    &["exploratory"],
    &["normal"],
    &["ordinal", "incomplete", "levels"],
    &["uncertainty", "measures"],
    &["after"],
    &["pooled"],
];

fn rank_in(rooms: &[&[&str]], room: &str) -> usize {
    rooms
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| panic!("room '{room}' has no place"))
}

fn rank(room: &str) -> usize {
    rank_in(&ROOMS, room)
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

/// The names on the way to a module, or to what a module holds.
type Names = Vec<String>;

/// What a file says outside its tests, without comments.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let own = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    own.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Reads what follows `before::`, as `a::{b, c::d}`, and gives every path; returns what is behind it.
fn read_tree<'a>(text: &'a str, before: &Names, found: &mut Vec<Names>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = read_tree(rest, before, found).trim_start();
            match rest.strip_prefix(',') {
                Some(next) if next.trim_start().starts_with('}') => return &next.trim_start()[1..],
                Some(next) => rest = next,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let length = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(length);
    let path: Names = before.iter().cloned().chain([name.to_string()]).collect();
    if let Some(next) =
        rest.strip_prefix("::").filter(|next| next.starts_with(|c: char| c.is_alphabetic() || c == '{'))
    {
        return read_tree(next, &path, found);
    }
    found.push(path);
    if let Some(next) = rest.strip_prefix(" as ") {
        rest = next.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    }
    rest
}

/// The paths that a module's code names by `crate::` and `super::`.
fn named(code: &str, module: &Names) -> Vec<Names> {
    let mut found = Vec::new();
    for word in ["crate::", "super::"] {
        for (at, _) in code.match_indices(word) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let mut rest = &code[at..];
            let mut up = 0;
            while let Some(next) = rest.strip_prefix("super::") {
                (rest, up) = (next, up + 1);
            }
            let base = if up == 0 { Vec::new() } else { module[..module.len().saturating_sub(up)].to_vec() };
            read_tree(rest.strip_prefix("crate::").unwrap_or(rest), &base, &mut found);
        }
    }
    found
}

/// The modules below a folder that hold code of their own, each with those that it names; a name that a folder's `mod.rs`
/// passes on is followed to where it is.
fn arrows(source: &Path) -> BTreeMap<Names, BTreeSet<Names>> {
    let mut modules: BTreeMap<Names, String> = BTreeMap::new();
    let mut passed_on: BTreeMap<Names, Names> = BTreeMap::new();
    for file in files(source) {
        let inside = file.strip_prefix(source).unwrap().with_extension("");
        let mut module: Names = inside.iter().map(|name| name.to_str().unwrap().to_string()).collect();
        if module[0] == "bin" {
            continue;
        }
        let own = code(&file);
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
            for (at, _) in own.match_indices("use ") {
                let mut found = Vec::new();
                read_tree(&own[at + 4..], &module, &mut found);
                let is_own = |path: &Names| !matches!(path[module.len()].as_str(), "crate" | "super" | "std");
                for path in found.into_iter().filter(is_own) {
                    let mut name = module.clone();
                    name.extend(path.last().cloned());
                    passed_on.insert(name, path);
                }
            }
        } else {
            modules.insert(module, own);
        }
    }
    let holder = |mut path: Names| {
        while let Some(next) = passed_on.get(&path) {
            path = next.clone();
        }
        while !path.is_empty() && !modules.contains_key(&path) {
            path.pop();
        }
        path
    };
    let of = |(module, code): (&Names, &String)| {
        let mut to: BTreeSet<Names> = named(code, module).into_iter().map(holder).collect();
        to.remove(module);
        to.remove(&Vec::new());
        (module.clone(), to)
    };
    modules.iter().map(of).collect()
}

/// A way from a module back to itself, if there is one.
fn circle(arrows: &BTreeMap<Names, BTreeSet<Names>>) -> Option<Vec<Names>> {
    fn visit(
        at: &Names,
        arrows: &BTreeMap<Names, BTreeSet<Names>>,
        way: &mut Vec<Names>,
        done: &mut BTreeSet<Names>,
    ) -> bool {
        if let Some(from) = way.iter().position(|other| other == at) {
            way.drain(..from);
            return true;
        }
        if !done.insert(at.clone()) {
            return false;
        }
        way.push(at.clone());
        if arrows.get(at).into_iter().flatten().any(|next| visit(next, arrows, way, done)) {
            return true;
        }
        way.pop();
        false
    }
    let (mut way, mut done) = (Vec::new(), BTreeSet::new());
    arrows.keys().any(|at| visit(at, arrows, &mut way, &mut done)).then_some(way)
}

#[test]
fn no_file_names_another_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in [root.clone(), root.join("bin").join("psychometrics")] {
        let arrows = arrows(&source);
        assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 10, "the test looks at the arrows");
        let shown =
            |way: Vec<Names>| way.iter().map(|names| names.join("::")).collect::<Vec<_>>().join(" -> ");
        assert_eq!(circle(&arrows).map(shown), None);
    }
}

#[test]
fn no_folder_of_estimate_uses_one_to_its_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folder = |names: &Names| match names.as_slice() {
        [room, folder, _] if room == "estimate" => Some(folder.clone()),
        _ => None,
    };
    let mut looked_at = 0;
    for (from, to) in arrows(&root) {
        for to in to.iter().filter_map(folder) {
            let Some(own) = folder(&from) else { continue };
            looked_at += 1;
            let (left, right) = (rank_in(&FOLDERS_OF_ESTIMATE, &to), rank_in(&FOLDERS_OF_ESTIMATE, &own));
            assert!(own == to || left < right, "{}: '{own}' may not use '{to}'", from.join("/"));
        }
    }
    assert!(looked_at > 50, "the test looks at the arrows");
}

/// A kind of data is known in its own folder, and where the options are resolved and the rows are seen.
#[test]
fn nobody_asks_which_kind_of_data_there_is() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut known = 0;
    for file in files(&source) {
        let inside = file.strip_prefix(&source).unwrap().display().to_string();
        let is_of_kind = ["normal", "ordinal", "incomplete", "levels"]
            .iter()
            .any(|kind| inside.starts_with(&format!("estimate/{kind}/")));
        let code = code(&file);
        let asks = |word: &str| code.contains(word);
        let chooses = asks("DataKind");
        let looks_inside = asks("seen_as::<") || asks(".seen_as()") || asks("dyn Any");
        known += usize::from(chooses || looks_inside);
        let may_choose = is_of_kind || ["estimate/plan.rs", "estimate/observe.rs"].contains(&inside.as_str());
        assert!(!chooses || may_choose, "{inside} chooses among kinds of data");
        let may_look = is_of_kind || inside == "estimate/observed.rs";
        assert!(!looks_inside || may_look, "{inside} looks inside a kind of data");
    }
    assert!(known >= 5, "the test looks at the kinds");
}

#[test]
fn arrays_of_ndarray_are_public_at_the_door_of_the_data_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked_at = 0;
    for file in files(&source) {
        let inside = file.strip_prefix(&source).unwrap();
        if inside.starts_with("data") || inside.starts_with("bin") {
            continue;
        }
        let own = code(&file);
        for word in ["\n    pub fn ", "\npub fn ", "\n    pub "] {
            for (at, _) in own.match_indices(word) {
                let end = match word.ends_with("fn ") {
                    true => own[at..].find('{'),
                    false => own[at + 1..].find('\n').map(|length| length + 1),
                };
                let said = &own[at..at + end.unwrap_or_default()];
                looked_at += 1;
                for hidden in ["Array1", "Array2", "ArrayBase", "ArrayView", "DMatrix", "DVector"] {
                    assert!(!said.contains(hidden), "{}: {}", inside.display(), said.trim());
                }
            }
        }
    }
    assert!(looked_at > 1000, "the test looks at {looked_at} declarations");
}
