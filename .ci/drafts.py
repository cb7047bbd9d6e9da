#!/usr/bin/env python3
"""What `init` drafts of the fixtures of file formats, beside FILE.expected.json: are the items all found and none invented, are
their wordings and scales as the file has them, and is the draft read as it is (`check`)?

    python3 .ci/drafts.py [--bin target/release/psychometrics] [--side ../shared/formats] [--only qualtrics] [--at-least N]

Last line: right N/M, with how many items of how many were found, and how many were invented.
"""
import argparse, json, pathlib, subprocess, sys, tempfile, tomllib


def tidy(text): return " ".join(str(text).split())


def items_of(want):
    coded = ("numeric", "label", "code", "code_and_label")
    return [c for c in want["columns"] if c.get("role", "item") == "item" and c["type"] in coded]


def declared_missing(column, code):
    declared = column.get("user_missing") or {}
    low, high = declared.get("range") or (None, None)
    within = "range" in declared and (low is None or code >= low) and (high is None or code <= high)
    return code in declared.get("values", []) or within


def scale_is_right(scale, column):
    points = {p["code"]: tidy(p.get("label", "")) for p in scale.get("points", [])}
    missing = set(scale.get("missing", []))
    number = lambda x: isinstance(x, (int, float)) and not isinstance(x, bool)
    codes = column.get("codes") or column["values"]
    absent = column.get("missing") or [None] * len(codes)
    given = {c for c, why in zip(codes, absent) if number(c) and not why}
    if not all(c in points or c in missing for c in given): return False
    for label in column.get("value_labels") or []:
        code = label["code"]
        if number(code) and code not in missing and not declared_missing(column, code) and points.get(code) != tidy(label["label"]):
            return False
    words = zip(codes, column.get("labels") or []) if column.get("codes") else []
    return all(points.get(c) == tidy(w) for c, w in words if number(c) and w is not None)


def look(binary, file, want, folder):
    """What differs, items of the file, those found, those invented."""
    expected = {tidy(c["name"]): c for c in items_of(want)}
    made = subprocess.run([binary, "init", str(file)], capture_output=True, text=True, timeout=120)
    if made.returncode: return [f"init: {made.stderr.strip()[:160]}"], len(expected), 0, 0
    draft = folder / "draft.toml"
    draft.write_text(made.stdout)
    toml = tomllib.loads(made.stdout)
    found = {}
    for item in toml.get("items", []):
        column = item.get("column", item["id"])
        found[tidy(want["columns"][column - 1]["name"] if isinstance(column, int) else column)] = item
    invented = [name for name in found if name not in expected]
    missing = [name for name in expected if name not in found]
    differs = [f"without {missing[:3]}"] * bool(missing) + [f"invented {invented[:3]}"] * bool(invented)
    for name in expected.keys() & found.keys():
        column, item = expected[name], found[name]
        if column.get("label") and tidy(item.get("text", "")) != tidy(column["label"]): differs.append(f"wording of {name}")
        if not scale_is_right(toml["scales"][item["scale"]], column): differs.append(f"scale of {name}")
    read = subprocess.run([binary, "check", str(draft), "--data", str(file)], capture_output=True, text=True, timeout=120)
    if read.returncode: differs.append(f"check: {read.stderr.strip()[:160]}")
    return differs, len(expected), len(expected) - len(missing), len(invented)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default="target/release/psychometrics")
    p.add_argument("--side", type=pathlib.Path, default=pathlib.Path("../shared/formats"))
    p.add_argument("--only", default="")
    p.add_argument("--at-least", type=int)
    a = p.parse_args()
    right = total = items = found = invented = 0
    with tempfile.TemporaryDirectory() as folder:
        for e in sorted(a.side.glob("*.expected.json")):
            want = json.loads(e.read_text())
            if a.only not in e.name or "error" in want or len(items_of(want) if "columns" in want else []) < 3: continue
            file = e.with_name(e.name[: -len(".expected.json")])
            differs, *counts = look(a.bin, file, want, pathlib.Path(folder))
            total, right = total + 1, right + (not differs)
            items, found, invented = items + counts[0], found + counts[1], invented + counts[2]
            print(f"{file.name:44} {'; '.join(differs[:3]) or 'ok'}")
    print(f"items found {found}/{items}, invented {invented}")
    print(f"right {right}/{total}")
    sys.exit(a.at_least is not None and right < a.at_least)


main()
