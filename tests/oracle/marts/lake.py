"""The lake's base tables in DuckDB, exact decimals, and a comparison that names what differs.

Shares nothing with the models it judges: only tables that sources fill are read here, and the mart's
own rows by `compare`.
"""

import os
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import deltalake
import duckdb


def open_lake():
    """A connection with every Delta table of the lake as schema.table; the lake is the first argument."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} LAKE")
    tables = os.path.join(sys.argv[1], "tables")
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for schema in sorted(os.listdir(tables)):
        for table in sorted(os.listdir(os.path.join(tables, schema))):
            folder = os.path.join(tables, schema, table)
            if not os.path.isdir(os.path.join(folder, "_delta_log")):
                continue
            connection.execute(f'create schema if not exists "{schema}"')
            rows = deltalake.DeltaTable(folder).to_pyarrow_dataset()
            connection.register(f"{schema}__{table}", rows)
            connection.execute(
                f'create view "{schema}"."{table}" as select * from {schema}__{table}'
            )
    return connection


def compare(connection, name, expected, shown, total=None):
    """Compares two queries row by row; prints the count and the total, or the first differences."""
    left = sorted(map(repr, connection.sql(expected).fetchall()))
    right = sorted(map(repr, connection.sql(shown).fetchall()))
    only_left = sorted(set(left) - set(right))
    only_right = sorted(set(right) - set(left))
    sums = f", total {connection.sql(total).fetchall()[0]}" if total else ""
    if left == right:
        print(f"ok {name}: {len(left)} rows equal{sums}")
        return True
    print(f"FAILED {name}: {len(left)} expected, {len(right)} shown")
    for mark, rows in (("expected", only_left), ("shown", only_right)):
        for row in rows[:5]:
            print(f"  {mark}: {row}")
    return False


def records(connection, table):
    """The rows of a table as dictionaries, decimals exact."""
    relation = connection.sql(f"select * from {table}")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def rounded(value, places):
    """A fraction rounded once, half away from zero; nothing stays nothing."""
    if value is None:
        return None
    scaled = abs(Fraction(value)) * 10**places
    digits = int(scaled + Fraction(1, 2))
    return Decimal(-digits if value < 0 else digits).scaleb(-places)


def compare_rows(connection, name, expected, query):
    """Compares rows computed in Python with a query, as multisets; numbers by value."""
    shown = Counter(map(_plain, connection.sql(query).fetchall()))
    wanted = Counter(map(_plain, expected))
    if shown == wanted:
        print(f"ok {name}: {sum(wanted.values())} rows equal")
        return True
    print(f"FAILED {name}: {sum(wanted.values())} expected, {sum(shown.values())} shown")
    for mark, rows in (("expected", wanted - shown), ("shown", shown - wanted)):
        for row in sorted(rows, key=repr)[:5]:
            print(f"  {mark}: {row}")
    return False


def _plain(row):
    return tuple(
        format(cell.normalize(), "f") if isinstance(cell, Decimal) else str(cell) for cell in row
    )
