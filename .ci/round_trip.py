"""Tables that the program writes, read by other programs: .ci/round_trip.py BINARY (needs pyreadstat and openpyxl)."""
import csv
import pathlib
import subprocess
import sys
import tempfile

import openpyxl
import pyreadstat

binary = sys.argv[1]
folder = pathlib.Path(tempfile.mkdtemp())
data = "data/holzinger_swineford_1939/hs.csv"
for ending in ("csv", "xlsx", "sav"):
    subprocess.run([binary, "items", data, "--output", folder / f"items.{ending}"], check=True, capture_output=True)
table = list(csv.reader((folder / "items.csv").open()))
sheet = [list(row) for row in openpyxl.load_workbook(folder / "items.xlsx").active.iter_rows(values_only=True)]
frame, meta = pyreadstat.read_sav(folder / "items.sav")
labels = dict(zip(meta.column_names, meta.column_labels))
assert [labels[name] or name for name in meta.column_names] == table[0] == sheet[0], (table[0], sheet[0])
cells = 0
for number, row in enumerate(table[1:]):
    for at, cell in enumerate(row):
        for other in (sheet[number + 1][at], frame.iloc[number, at]):
            if cell == "":
                assert other in (None, "") or other != other, (cell, other)
            elif isinstance(other, str):
                assert other == cell, (cell, other)
            else:
                assert float(cell) == float(other), (cell, other)
            cells += 1
print(f"{cells} cells of {len(table) - 1} rows are the same in .csv, .xlsx and .sav")
