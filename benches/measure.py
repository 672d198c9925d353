"""Runs a command and tells what it took: wall seconds, processor seconds, peak resident memory.

The numbers of one run mean little on a shared machine. Everything in this folder is therefore a ratio of
things done side by side, turn and turn about.
"""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Cost:
    wall_s: float
    cpu_s: float
    peak_mib: float


def run(command: list[str], **options) -> Cost:
    """The cost of `command`; its output is shown only if it fails."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)}\nended with {child.returncode}:\n{output.decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(costs: list[Cost]) -> Cost:
    """The median of each figure; of the memory the worst."""
    return Cost(
        statistics.median(cost.wall_s for cost in costs),
        statistics.median(cost.cpu_s for cost in costs),
        max(cost.peak_mib for cost in costs),
    )


def row(name: str, cost: Cost) -> str:
    return f"{name:<34}{cost.wall_s:>9.1f}{cost.cpu_s:>9.1f}{cost.peak_mib:>10.0f}"


HEAD = f"{'':<34}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}"
