"""Marts over years of hourly readings: a day of new data against the full build and against a short history,
and the full build beside DuckDB running the same SQL over the same Parquet files.

    build.py JIEYUE FOLDER [--meters 2000] [--years 5] [--rounds 3]

The project measured is made here: the contract of energy.reading, and marts of it by meter and day, by meter
and month, by building and month, and by building and year. DuckDB runs the models' own statements on as many
threads as there are cores and writes each mart as zstd Parquet; it checks no contract, no grain, commits nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import duckdb
from measure import HEAD, Cost, median, row, run

ROOT = Path(__file__).parent.parent
FIRST_YEAR_AFTER = 2025

COLUMNS = {
    "meter_day": ["meter_id string key", "month string key partition", "read_date date key", "building_id string",
                  "readings integer", "quantity number", "peak number"],
    "meter_month": ["meter_id string key", "month string key partition", "building_id string", "days integer",
                    "quantity number", "peak number"],
    "building_month": ["building_id string key", "month string key partition", "meters integer", "quantity number"],
    "building_year": ["building_id string key", "year integer key partition", "months integer", "quantity number"],
}
MODELS = {
    "staging/stg_energy__reading": ("meter_id, read_at", """
select meter_id, read_at, month, cast(read_at + interval '8 hours' as date) as read_date, quantity
from energy.reading
"""),
    "staging/stg_energy__meter": ("meter_id", "select meter_id, building_id from energy.meter"),
    "marts/meter_day": ("meter_id, month, read_date", """
select readings.meter_id, readings.month, readings.read_date, max(meters.building_id) as building_id,
    count(*) as readings, cast(sum(readings.quantity) as decimal(18, 4)) as quantity,
    max(readings.quantity) as peak
from stg_energy__reading as readings
left join stg_energy__meter as meters on readings.meter_id = meters.meter_id
group by readings.meter_id, readings.month, readings.read_date
"""),
    "marts/meter_month": ("meter_id, month", """
select meter_id, month, max(building_id) as building_id, count(*) as days,
    cast(sum(quantity) as decimal(18, 4)) as quantity, max(peak) as peak
from meter_day group by meter_id, month
"""),
    "marts/building_month": ("building_id, month", """
select coalesce(building_id, 'unknown') as building_id, month, count(*) as meters,
    cast(sum(quantity) as decimal(18, 4)) as quantity
from meter_month group by coalesce(building_id, 'unknown'), month
"""),
    "marts/building_year": ("building_id, year", """
select building_id, cast(substr(month, 1, 4) as bigint) as year, count(*) as months,
    cast(sum(quantity) as decimal(18, 4)) as quantity
from building_month group by building_id, cast(substr(month, 1, 4) as bigint)
"""),
}
JOB = """job: bench.{table}
table: energy.{table}
description: Made for a measurement.
source: {{ files: "{table}*.parquet" }}
format: {{ kind: parquet }}
select: |
  select {columns}
  from decoded
mode: upsert
"""


def contract(mart: str, columns: list[str]) -> str:
    lines = [f"apiVersion: v3.1.0\nkind: DataContract\nid: mart.{mart}\nname: {mart}\nversion: 1.0.0\n"
             f"status: active\ndomain: mart\ndescription: {{ purpose: A mart of a measurement. }}\n"
             f"customProperties: [{{ property: titleZh, value: 测量 }}]\nschema:\n  - name: {mart}\n"
             f"    physicalType: table\n    properties:\n"]
    keys = 0
    for column in columns:
        name, kind, *words = column.split()
        lines.append(f"      - name: {name}\n        businessName: {name}\n        logicalType: {kind}\n"
                     f"        classification: L2\n"
                     f"        customProperties: [{{ property: shareType, value: conditional }}]\n")
        if kind == "number":
            lines.append("        physicalType: decimal(18,4)\n")
        if "key" in words:
            keys += 1
            lines.append(f"        required: true\n        primaryKey: true\n        primaryKeyPosition: {keys}\n")
        if "partition" in words:
            lines.append("        partitioned: true\n        partitionKeyPosition: 1\n")
    return "".join(lines)


def make_project(project: Path) -> None:
    shutil.rmtree(project, ignore_errors=True)
    contracts = project / "schemas/contracts"
    for name in ("energy/reading", "energy/meter", "ops/run", "ops/quarantine"):
        target = contracts / f"{name}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / f"schemas/contracts/{name}.yaml", target)
    (contracts / "mart").mkdir()
    for mart, columns in COLUMNS.items():
        (contracts / "mart" / f"{mart}.yaml").write_text(contract(mart, columns))
    for path, (grain, sql) in MODELS.items():
        file = project / "sql" / f"{path}.sql"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"-- grain: {grain}\n-- purpose: a measurement\n{sql.strip()}\n")
        if path.startswith("marts/"):
            file.with_suffix(".test.yaml").write_text("- case: nothing\n  given: {}\n  expect: []\n")
    jobs = project / "pipelines/jobs/bench"
    jobs.mkdir(parents=True)
    (jobs / "reading.yaml").write_text(JOB.format(
        table="reading", columns='meter as meter_id, "time" as read_at, value as quantity, \'measured\' as quality'))
    (jobs / "meter.yaml").write_text(JOB.format(
        table="meter", columns="meter as meter_id, building as building_id, 'electricity' as carrier, 'kWh' as unit"))


def make_data(data: Path, meters: int, years: int) -> None:
    """Hourly readings up to the end of 2024 with two decimals, a Parquet file a year; no fault, no gap."""
    data.mkdir(parents=True, exist_ok=True)
    for year in range(FIRST_YEAR_AFTER - years, FIRST_YEAR_AFTER):
        readings(data / f"reading_{year}.parquet", meters, f"{year}-01-01", f"{year}-12-31")
    duckdb.sql(f"""
        copy (select printf('meter-%05d', i) as meter, printf('building-%04d', i // 4) as building
              from range({meters}) numbers(i)) to '{data}/meter.parquet' (format parquet)
    """)


def readings(path: Path, meters: int, first: str, last: str) -> None:
    if path.exists():
        return
    duckdb.sql(f"""
        copy (
            select printf('meter-%05d', i) as meter, strftime("time", '%Y-%m-%dT%H:%M:%S+08:00') as "time",
                   cast((hash(i, "time") % 100000) / 100 as decimal(9, 2)) as value
            from generate_series(timestamp '{first}', timestamp '{last} 23:00:00', interval 1 hour) hours("time"),
                 range({meters}) numbers(i)
        ) to '{path}' (format parquet, compression zstd)
    """)


class Bench:
    def __init__(self, jieyue: Path, folder: Path, meters: int, years: int):
        self.jieyue, self.folder, self.meters = jieyue, folder / f"build-{meters}-{years}", meters
        self.project = self.folder / "project"
        make_project(self.project)

    def command(self, lake: Path, data: Path, *verb: str) -> list[str]:
        return [str(self.jieyue), "-q", "--project", str(self.project), "--lake", str(lake), "--data", str(data), *verb]

    def history(self, years: int) -> Path:
        """A lake with so many years, built."""
        data, lake = self.folder / f"data-{years}", self.folder / f"lake-{years}"
        make_data(data, self.meters, years)
        if not (lake / "format.json").exists():
            run(self.command(lake, data, "run"))
            run(self.command(lake, data, "build"))
        return lake

    def full(self, lake: Path) -> Cost:
        return run(self.command(lake, self.folder, "build", "--full"))

    def day(self, history: Path) -> Cost:
        """The build after one more day, on a copy of the history."""
        lake, data = self.folder / "lake-day", self.folder / "data-day"
        data.mkdir(exist_ok=True)
        readings(data / "reading_day.parquet", self.meters, "2025-01-01", "2025-01-01")
        shutil.rmtree(lake, ignore_errors=True)
        shutil.copytree(history, lake)
        run(self.command(lake, data, "run", "bench.reading"))
        return run(self.command(lake, data, "build"))

    def check(self, history: Path) -> None:
        """A day built onto the history holds what a full build holds."""
        lake = self.folder / "lake-day"
        before = [self.content(lake, mart) for mart in COLUMNS]
        run(self.command(lake, self.folder, "build", "--full"))
        if before != [self.content(lake, mart) for mart in COLUMNS]:
            sys.exit(f"the day on {history} differs from a full build")

    def content(self, lake: Path, mart: str) -> str:
        sql = f"select count(*), sum(quantity), min(cast(month as varchar)) from {mart}"
        if mart == "building_year":
            sql = f"select count(*), sum(quantity), min(year) from {mart}"
        command = self.command(lake, self.folder, "--format", "csv", "query", "--unpublished", sql)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def duckdb(self, lake: Path) -> Cost:
        """The same statements over the same files, each mart written as Parquet."""
        out = self.folder / "duckdb"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        statements = [f"set threads = {os.cpu_count()}", "set memory_limit = '2GB'", "create schema energy",
                      files_of(lake, "reading", self.newest(lake, "energy.reading")),
                      files_of(lake, "meter", self.newest(lake, "energy.meter"))]
        for path, (_, sql) in MODELS.items():
            name = path.split("/")[1]
            if path.startswith("staging"):
                statements.append(f"create view {name} as {sql}")
            else:
                statements.append(f"copy ({sql}) to '{out}/{name}.parquet' (format parquet, compression zstd)")
                statements.append(f"create view {name} as select * from '{out}/{name}.parquet'")
        script = "import duckdb\n" + "".join(f"duckdb.execute({statement!r})\n" for statement in statements)
        return run([sys.executable, "-c", script])

    def newest(self, lake: Path, table: str) -> list[Path]:
        """The Parquet files of a table's newest version."""
        folder = lake / "tables" / table.replace(".", "/")
        live: dict[str, None] = {}
        for log in sorted((folder / "_delta_log").glob("*.json")):
            for line in log.read_text().splitlines():
                action = json.loads(line)
                if "add" in action:
                    live[unquote(action["add"]["path"])] = None
                if "remove" in action:
                    live.pop(unquote(action["remove"]["path"]), None)
        return [folder / path for path in live]


def files_of(lake: Path, table: str, files: list[Path]) -> str:
    listed = ", ".join(f"'{file}'" for file in files)
    return f"create view energy.{table} as select * from read_parquet([{listed}], hive_partitioning = true, " \
           f"hive_types_autocast = false)"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("jieyue", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--meters", type=int, default=2000)
    arguments.add_argument("--years", type=int, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    bench = Bench(given.jieyue.absolute(), given.folder.absolute(), given.meters, given.years)
    long, short = bench.history(given.years), bench.history(1)
    full, theirs, day_long, day_short = [], [], [], []
    for _ in range(given.rounds):
        theirs.append(bench.duckdb(long))
        full.append(bench.full(long))
        day_short.append(bench.day(short))
        day_long.append(bench.day(long))
    bench.check(long)
    rows = given.meters * 24 * 365 * given.years
    print(f"{given.meters:,} meters over {given.years} years, {rows:,} readings, {given.rounds} rounds")
    print(HEAD)
    whole, other = median(full), median(theirs)
    long_cost, short_cost = median(day_long), median(day_short)
    print(row("duckdb, the same SQL", other))
    print(row("jieyue build --full", whole))
    print(row(f"a day on {given.years} years", long_cost))
    print(row("a day on one year", short_cost))
    print(f"full build against duckdb {whole.wall_s / other.wall_s:.2f} (wanted: at most 1.0); "
          f"processor {whole.cpu_s / other.cpu_s:.2f}")
    print(f"a day is {whole.wall_s / long_cost.wall_s:.1f} times as fast as the full build (wanted: at least 20); "
          f"processor {whole.cpu_s / long_cost.cpu_s:.1f}")
    print(f"{given.years} years against one: {long_cost.wall_s / short_cost.wall_s:.2f} (wanted: at most 1.15); "
          f"processor {long_cost.cpu_s / short_cost.cpu_s:.2f}")


main()
