"""A CSV of hourly readings into a validated, ledgered, sorted table, beside DuckDB's COPY to Parquet.

    ingest.py JIEYUE FOLDER [--rows 20000000] [--rounds 3] [--order time|meter|random]

DuckDB reads the same file with the types said, on two threads, and writes one zstd Parquet file: it checks
no row, keeps no place, tells no duplicates and sorts nothing.

Three ratios are told, each the median of the rounds: wall time, which counts on an idle machine; processor time,
which hardly changes when others use the cores; and peak memory.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import duckdb
from measure import HEAD, median, row, run

COPY = """
set threads = 2;
copy (select * from read_csv('{csv}', header = true, columns = {{
    'meter': 'varchar', 'time': 'timestamp', 'value': 'decimal(18,4)'}}))
to '{parquet}' (format parquet, compression zstd);
"""


ORDERS = {"time": "i", "meter": "i % 400, i", "random": "hash(i + 1)"}


def make(csv: Path, rows: int, order: str) -> None:
    """Readings of 400 meters, as collectors write them in the order of time unless said otherwise:
    deterministic, with two decimals, no fault."""
    if csv.exists():
        return
    csv.parent.mkdir(parents=True, exist_ok=True)
    partial = csv.with_suffix(".partial")
    duckdb.sql(f"""
        copy (
            select printf('meter-%04d', i % 400) as meter,
                   strftime(timestamp '2019-01-01' + interval 1 hour * (i // 400), '%Y-%m-%dT%H:%M:%S+08:00') as "time",
                   cast((hash(i) % 100000) / 100 as decimal(9, 2)) as value
            from range({rows}) numbers(i)
            order by {ORDERS[order]}
        ) to '{partial}' (format csv, header true)
    """)
    partial.rename(csv)


def check_rows(jieyue: Path, lake: Path, rows: int) -> None:
    counted = subprocess.run(
        [jieyue, "--lake", lake, "--format", "csv", "query", "--unpublished",
         "select count(*) as n from energy.reading"],
        check=True, capture_output=True, text=True,
    ).stdout.split()[-1]
    if int(counted) != rows:
        sys.exit(f"{counted} rows in the table, {rows} in the file")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("jieyue", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--rows", type=int, default=20_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--order", choices=ORDERS, default="time")
    given = arguments.parse_args()
    data = given.folder / f"readings-{given.rows}-{given.order}"
    csv, parquet, lake = data / "readings.csv", data / "copy.parquet", data / "lake"
    make(csv, given.rows, given.order)
    load = [str(given.jieyue), "-q", "--lake", str(lake), "--data", str(data),
            "run", "--jobs-dir", str(Path(__file__).parent / "jobs")]
    copy = [sys.executable, "-c", f"import duckdb; duckdb.execute('''{COPY.format(csv=csv, parquet=parquet)}''')"]
    ours, theirs = [], []
    for _ in range(given.rounds):
        theirs.append(run(copy))
        shutil.rmtree(lake, ignore_errors=True)
        ours.append(run(load))
    check_rows(given.jieyue, lake, given.rows)
    def ratio(of: str) -> float:
        return statistics.median(getattr(our, of) / getattr(their, of) for our, their in zip(ours, theirs))

    mine, other = median(ours), median(theirs)
    size = csv.stat().st_size / 2**20
    print(f"{given.rows:,} readings in the order of {given.order}, {size:,.0f} MiB of CSV, {given.rounds} rounds")
    print(HEAD)
    print(row("duckdb copy to parquet", other))
    print(row("jieyue run", mine))
    print(f"ratio of wall time {ratio('wall_s'):.2f} (wanted: at most 1.5), of processor time {ratio('cpu_s'):.2f}, "
          f"of peak memory {ratio('peak_mib'):.2f}; peak {mine.peak_mib:.0f} MiB (wanted: under 1536)")
    shutil.rmtree(lake)
    parquet.unlink()


main()
