"""The demo city from its files to published marts: seconds and memory.

    demo.py JIEYUE FOLDER [--scale 1] [--rounds 3]

Beside it, in the same run, DuckDB reads the city's Parquet readings and CSV vouchers and writes them as
Parquet: how fast this machine is just now.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from measure import HEAD, median, row, run

COPY = """
import duckdb
duckdb.execute("set threads = 2")
duckdb.execute("copy (select * from read_parquet('{data}/energy/reading_*.parquet')) to '{out}/r.parquet' (compression zstd)")
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("jieyue", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--scale", default="1")
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    city = given.folder / "city"
    command = [str(given.jieyue), "-q", "demo", "--into", str(city), "--scale", given.scale, "--no-serve"]
    shutil.rmtree(city, ignore_errors=True)
    run(command)
    ours, theirs = [], []
    for _ in range(given.rounds):
        shutil.rmtree(city / "lake")
        ours.append(run(command))
        theirs.append(run([sys.executable, "-c", COPY.format(data=city / "data", out=given.folder)]))
    files = [path for path in (city / "data").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    rows = sum(count(given.jieyue, city, table) for table in tables(given.jieyue, city))
    mine = median(ours)
    print(f"the city at scale {given.scale}: {len(files)} files, {size / 2**20:,.0f} MiB; {rows:,} rows in tables")
    print(HEAD)
    print(row("jieyue demo --no-serve", mine))
    print(row("duckdb copies its readings", median(theirs)))
    print(f"wanted: files to published marts under 30 s and 1024 MiB; the making of the files is in the {mine.wall_s:.1f} s")
    shutil.rmtree(city)


def ask(jieyue: Path, city: Path, sql: str) -> list[str]:
    lake = ["--lake", str(city / "lake"), "--format", "csv"]
    done = subprocess.run([jieyue, *lake, "query", sql], check=True, capture_output=True, text=True)
    return done.stdout.split()[1:]


def tables(jieyue: Path, city: Path) -> list[str]:
    names = ask(jieyue, city, "select table_schema || '.' || table_name from information_schema.tables")
    return [name for name in names if not name.startswith("information_schema")]


def count(jieyue: Path, city: Path, table: str) -> int:
    return int(re.sub(r"\D", "", ask(jieyue, city, f"select count(*) from {table}")[0]))


main()
