#!/usr/bin/env python3
"""Changes the formulas of SQL models one at a time; the cases beside a model must notice each change.

    python tests/mutate.py [--jieyue BIN] [--jobs N] [--seconds N] [--seed N] [--list] MODEL...

A change that no case notices survives. It is mended by a better case, or, when the changed model
means the same or cannot be told apart by rows, by an entry with its reason in tests/mutate.toml.
The cases run are those of the model itself; for a model without cases, those of the models with
cases that read it. Each change is checked in a folder of its own that holds the model and what lies
below it, so the project is not touched. Prints a line a new survivor, then the counts. Exit code 0
when nothing new survived, 1 when something did or an entry names a change that is gone, 2 when the
models are not right to begin with.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutations import changes

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("staging", "intermediate", "marts")
ACCEPTED = ROOT / "tests" / "mutate.toml"
# A case that gives nothing: marts below the one judged need cases to be right.
NO_CASE = "- case: nothing is looked at\n  expect: []\n"
SECONDS_A_CHECK = 180


@dataclass(frozen=True)
class Mutant:
    """One change of one model: where, what, and the whole text with it."""

    model: str
    step: str
    line: int
    source: str
    change: str
    text: str

    @property
    def name(self):
        """What an entry of tests/mutate.toml names; line numbers move, so they are no part of it."""
        return (self.model, self.step, self.source, self.change)

    def __str__(self):
        return f"{self.model}:{self.line} [{self.step}] {self.change} | {self.source}"


class Models:
    """The project's models: where each is written and which others it reads."""

    def __init__(self):
        self.paths = {
            path.stem: path
            for layer in LAYERS
            for path in sorted((ROOT / "sql" / layer).glob("*.sql"))
            if "." not in path.stem
        }
        self.reads = {name: self.named_in(path.read_text("utf-8")) for name, path in self.paths.items()}

    def named_in(self, sql):
        """The models a text names after `from` or `join`; a step of the same name hides the model."""
        text = re.sub(r"--.*", "", sql)
        steps = set(re.findall(r"^([a-z_0-9]+) as \($", text, re.MULTILINE))
        return set(re.findall(r"\b(?:from|join)\s+([a-z_0-9]+)", text)) & (self.paths.keys() - steps)

    def below(self, model):
        """The model and every model it is computed from."""
        seen, waiting = set(), [model]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self.reads[name])
        return seen

    def cases(self, model):
        """The file of a model's cases, there or not."""
        return self.paths[model].with_name(f"{model}.test.yaml")

    def judges(self, model):
        """The models whose cases judge a change of `model`: itself, or the nearest above it with cases."""
        found, waiting = set(), {model}
        while waiting:
            name = waiting.pop()
            if self.cases(name).exists():
                found.add(name)
            else:
                waiting |= {reader for reader, read in self.reads.items() if name in read}
        return sorted(found)

    def mutants(self, model):
        """Every change of one model."""
        for step, line, source, change, text in changes(self.paths[model].read_text("utf-8")):
            yield Mutant(model, step, line, source, change, text)


def lay_out(folder, judging, models):
    """A project of the judging models and what lies below them, with the cases of the former only."""
    contracts = folder / "schemas" / "contracts"
    shutil.copytree(ROOT / "schemas" / "contracts", contracts, ignore=lambda place, names: {"mart"} & set(names))
    (contracts / "mart").mkdir()
    shutil.copy(ROOT / "jieyue.yaml", folder)
    for name in set().union(*map(models.below, judging)):
        path = models.paths[name]
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        cases = models.cases(name).relative_to(ROOT)
        if name in judging:
            shutil.copy(ROOT / cases, folder / cases)
        elif path.parent.name == "marts":
            (folder / cases).write_text(NO_CASE, "utf-8")
        if path.parent.name == "marts":
            shutil.copy(ROOT / "schemas" / "contracts" / "mart" / f"{name}.yaml", contracts / "mart")


def check(jieyue, folder, judging):
    """Whether the project is refused, a case of the judging models is red, or all are green."""
    try:
        run = subprocess.run(
            [jieyue, "check", "--project", folder], capture_output=True, text=True, timeout=SECONDS_A_CHECK, check=False
        )
    except subprocess.TimeoutExpired:
        return "endless"
    if re.search(r"^error: |^\d+ faults$", run.stderr, re.MULTILINE):
        return "refused"
    red = re.findall(r"case `.*` of `(\w+)` failed", run.stderr)
    return "noticed" if set(red) & set(judging) else "green"


def read_accepted():
    """The survivors that are known, with their reasons."""
    entries = tomllib.loads(ACCEPTED.read_text("utf-8")).get("survivor", [])
    for entry in entries:
        if set(entry) != {"model", "step", "line", "change", "reason"} or not entry["reason"].strip():
            sys.exit(f"{ACCEPTED.name}: an entry has model, step, line, change and a reason: {entry}")
    return {(entry["model"], entry["step"], entry["line"], entry["change"]) for entry in entries}


def outcome(jieyue, models, model, text=None):
    """What the cases make of a model, with another text when one is given, in a folder of its own."""
    judging = models.judges(model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder, judging, models)
        if text is not None:
            (folder / models.paths[model].relative_to(ROOT)).write_text(text, "utf-8")
        return check(jieyue, folder, judging)


def is_right(jieyue, models, model):
    """Whether a model passes unchanged; says what is wrong if not."""
    if not models.judges(model):
        print(f"{model}: no model with cases reads it", file=sys.stderr)
        return False
    found = outcome(jieyue, models, model)
    if found != "green":
        print(f"{model}: unchanged it is {found}; run `jieyue check`", file=sys.stderr)
    return found == "green"


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", metavar="MODEL", help="names of models, without folder and ending")
    parser.add_argument("--jieyue", default="jieyue", help="the binary; default: `jieyue` of the PATH")
    parser.add_argument("--jobs", type=int, default=2, help="checks at a time")
    parser.add_argument("--seconds", type=float, help="stop after this long, having tried changes in random order")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--list", action="store_true", help="print the changes and try none")
    return parser.parse_args()


def main():
    options = arguments()
    models = Models()
    names = list(dict.fromkeys(options.models))
    if unknown := [name for name in names if name not in models.paths]:
        print(f"no such model: {', '.join(unknown)}", file=sys.stderr)
        return 2
    accepted = read_accepted()
    mutants = [mutant for name in names for mutant in models.mutants(name)]
    gone = {entry for entry in accepted if entry[0] in names} - {mutant.name for mutant in mutants}
    for entry in sorted(gone):
        print(f"gone from the model, take it out of {ACCEPTED.name}: {' | '.join(entry)}")
    if options.list:
        for mutant in mutants:
            print(mutant)
        return 1 if gone else 0
    if not all([is_right(options.jieyue, models, name) for name in names]):
        return 2
    ends = None
    if options.seconds:
        random.Random(options.seed).shuffle(mutants)
        ends = time.monotonic() + options.seconds

    def attempt(mutant):
        if mutant.name in accepted:
            return mutant, "accepted"
        if ends and time.monotonic() > ends:
            return mutant, "untried"
        return mutant, outcome(options.jieyue, models, mutant.model, mutant.text)

    counts = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant, found in pool.map(attempt, mutants):
            counts[found] += 1
            if found == "green":
                print(f"SURVIVED {mutant}", flush=True)
    survived = counts.pop("green", 0)
    others = ", ".join(f"{count} {found}" for found, count in sorted(counts.items()))
    print(f"{len(mutants)} changes: {survived} survived, {others}")
    return 1 if survived or gone else 0


if __name__ == "__main__":
    raise SystemExit(main())
