"""Sizes of units by pint, for schemas/tests/pint.rs.

Reads lines `ours<TAB>theirs from<TAB>theirs to` and answers with the exact factor between the two as a
fraction, or `none` where pint finds them of different dimensions.

What pint does not know is defined here from the law or the trade, not from our table: standard coal
(GB/T 2589: 1 tce is 1000 kgce), yuan, persons. Month and year are of the calendar there and of the mean
solar year in pint, hence defined anew.
"""

import sys
from fractions import Fraction

import pint

registry = pint.UnitRegistry(non_int_type=Fraction)
for definition in [
    "kgce = [standard_coal]",
    "gce = kgce / 1000",
    "tce = 1000 * kgce",
    "kgCO2 = [carbon_dioxide_mass]",
    "gCO2 = kgCO2 / 1000",
    "tCO2 = 1000 * kgCO2",
    "kgC = [carbon_mass]",
    "tC = 1000 * kgC",
    "yuan = [money]",
    "wan = 10000",
    "yi = 100000000",
    "person = [person]",
    "thing = [thing]",
    "calendar_month = [calendar]",
    "calendar_quarter = 3 * calendar_month",
    "calendar_year = 12 * calendar_month",
    "mu = 2000 / 3 * meter ** 2",
    "jin = kilogram / 2",
    "kilocalorie_it = 4186.8 * joule",
    "hundred_kilometer = 100 * kilometer",
    "hundred_cubic_foot = 100 * foot ** 3",
]:
    registry.define(definition)

for line in sys.stdin:
    source, target = line.rstrip("\n").split("\t")
    try:
        factor = registry.Quantity(Fraction(1), source).to(target).magnitude
        print(Fraction(factor))
    except pint.DimensionalityError:
        print("none")
