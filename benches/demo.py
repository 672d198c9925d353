"""The demo city from nothing to published marts: seconds and memory. The city stays, for other measurements.

    demo.py JIEYUE FOLDER [--scale 1] [--rounds 3]

Beside it, in the same run, DuckDB copies the city's meter readings from Parquet to Parquet: how fast this machine
is just now.
"""

import argparse
import shutil
import sys
from pathlib import Path

from measure import HEAD, median, row, run

COPY = """
import duckdb
duckdb.execute("set threads = 2")
duckdb.execute("copy (select * from read_parquet('{data}/energy/reading_*.parquet')) to '{copy}' (compression zstd)")
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("jieyue", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--scale", default="1")
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    city, copy = given.folder / "city", given.folder / "copy.parquet"
    command = [str(given.jieyue), "-q", "demo", "--into", str(city), "--scale", given.scale, "--no-serve"]
    ours, theirs = [], []
    for _ in range(given.rounds):
        shutil.rmtree(city, ignore_errors=True)
        ours.append(run(command))
        theirs.append(run([sys.executable, "-c", COPY.format(data=city / "data", copy=copy)]))
    copy.unlink()
    files = [path for path in (city / "data").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    print(f"the city at scale {given.scale}: {len(files)} files, {size / 2**20:,.0f} MiB, {given.rounds} rounds")
    print(HEAD)
    print(row("jieyue demo --no-serve", median(ours)))
    print(row("duckdb copies its readings", median(theirs)))
    print("wanted: under 30 s from files to marts (the making of the files is in the figure), under 1024 MiB")


main()
