#!/usr/bin/env python3
"""Lints every contract under schemas/contracts with the linter of the Open Data Contract Standard.

It is `datacontract lint` (PyPI datacontract-cli) on each file, but in one process: the
command line takes seconds to start and there are some sixty contracts. Beside what the
linter sees, each file must be where its id says (`energy.monthly` in energy/monthly.yaml).

    python tests/lint_contracts.py [file or folder ...]

Prints a line a fault, then `N passed, N failed`. Exit code 0 when nothing failed, 1 when
something did, 2 when datacontract-cli is not installed.
"""

import logging
import sys
from pathlib import Path

CONTRACTS = Path(__file__).resolve().parent.parent / "schemas" / "contracts"


def contract_files(arguments):
    """The files named, or all contracts of the repository."""
    roots = [Path(argument) for argument in arguments] or [CONTRACTS]
    for root in roots:
        yield from sorted(root.rglob("*.yaml")) if root.is_dir() else [root]


def faults_of(file, lint):
    """Everything that is wrong with one contract, as sentences."""
    run = lint(file)
    faults = [
        check.reason or check.name
        for check in run.checks
        if check.result.value not in ("passed", "info")
    ]
    expected = f"{file.resolve().parent.name}.{file.stem}"
    if not faults and run.dataContractId != expected:
        faults.append(f"id is `{run.dataContractId}`, the place of the file says `{expected}`")
    return faults


def main(arguments):
    try:
        from datacontract.data_contract import DataContract
    except ImportError:
        print("datacontract-cli is not installed; hint: pip install datacontract-cli", file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)

    passed, failed = 0, 0
    for file in contract_files(arguments):
        faults = faults_of(file, lambda path: DataContract(data_contract_file=str(path)).lint())
        for fault in faults:
            print(f"{file}: {fault}")
        passed, failed = (passed, failed + 1) if faults else (passed + 1, failed)
    if passed + failed == 0:
        print(f"no contract found in {' '.join(arguments) or CONTRACTS}", file=sys.stderr)
        return 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
