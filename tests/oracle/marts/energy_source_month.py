"""Recomputes energy_source_month and energy_coverage_month in plain Python from forms, bills, bindings and meters.

Meters are taken by month from meter_month, which has an oracle of its own.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from energy_forms import CARRIERS, Coefficients, Register, last_day, used
from lake import compare_rows, open_lake, records, rounded


def main():
    lake = open_lake()
    forms = {(row["organization_id"], row["month"]): row for row in records(lake, "energy.monthly")}
    reported = {(*key, carrier): pair for key, form in forms.items() for carrier, pair in used(form).items()}
    billed, metered = bills(lake), meters(lake)
    declared = defaultdict(list)
    for row in records(lake, "reference.energy_source"):
        declared[row["organization_id"], row["carrier"]].append(row)
    register, coefficients, expected, covered = Register(lake), Coefficients(lake), [], {}
    for key in reported.keys() | billed.keys() | metered.keys():
        organization, month, carrier = key
        day, form = last_day(month), forms.get(key[:2])
        roof = (form["pv_self_used_kwh"] or Decimal(0)) if form and carrier == "electricity" else Decimal(0)
        told = {"form": reported.get(key, (None, None)), "bill": billed.get(key, (None, None))}
        told["meter"] = metered.get(key, (None, None))
        row = declaration(declared, organization, carrier, day)
        quantity = {kind: value[0] for kind, value in told.items()}
        with_roof = {kind: None if value is None else value + (roof if kind != "form" else 0) for kind, value in quantity.items()}
        source = row["counted_source"]
        counts = with_roof[source]
        coal = None if counts is None else Decimal(0)
        if counts is not None and carrier != "water":
            coal = rounded(Fraction(counts) * Fraction(coefficients.of(carrier, day)["kgce_per_unit"]), 4)
        cost = told["bill"][1] if source == "bill" else told["form"][1]
        apart = [
            rounded((Fraction(with_roof[kind]) - Fraction(counts)) * 100 / Fraction(counts), 4)
            if counts and with_roof[kind] is not None else None
            for kind in ("form", "bill", "meter")
        ]
        bought = None if quantity["form"] is None else quantity["form"] - roof
        region, class_code = register.place(organization, day)
        expected.append((
            *key, region, class_code, source, row["grade"], f"no_{source}" if counts is None else None,
            CARRIERS[carrier][2], *quantity.values(), roof, counts, coal, *apart, told["meter"][1], told["form"][1],
            told["bill"][1], cost, price(told["form"][1], bought), price(told["bill"][1], quantity["bill"]),
        ))
        if carrier in ("electricity", "water", "natural_gas") and bought is not None:
            covered.setdefault((*key[:2], region), {})[carrier] = (
                bought, quantity["bill"] or 0, quantity["meter"] or 0, told["form"][1], told["bill"][1] or 0
            )
    kinds = defaultdict(int)
    for row in expected:
        kinds[row[5], row[7]] += 1
    print(dict(kinds))
    fine = compare_rows(
        lake,
        "energy_source_month",
        expected,
        """select organization_id, month, carrier, region_code, class_code, counted_source, declaration_grade, reason,
            unit, form_quantity, bill_quantity, meter_quantity, self_used_quantity, counted_quantity,
            counted_energy_kgce, form_difference_pct, bill_difference_pct, meter_difference_pct, meter_missing_intervals, form_cost_yuan,
            bill_cost_yuan, counted_cost_yuan, form_unit_price, bill_unit_price from mart.energy_source_month""",
    )
    rows = [
        tuple([*key, *(cell for carrier in ("electricity", "water", "natural_gas") for cell in found.get(carrier, [0] * 5))])
        for key, found in covered.items()
    ]
    return not (fine & compare_rows(
        lake,
        "energy_coverage_month",
        [tuple(Decimal(cell) if isinstance(cell, int) else cell for cell in row) for row in rows],
        """select organization_id, month, region_code, electricity_bought_kwh, electricity_billed_kwh,
            electricity_metered_kwh, electricity_cost_yuan, electricity_billed_yuan, water_m3, water_billed_m3,
            water_metered_m3, water_cost_yuan, water_billed_yuan, natural_gas_m3, natural_gas_billed_m3,
            natural_gas_metered_m3, natural_gas_cost_yuan, natural_gas_billed_yuan from mart.energy_coverage_month""",
    ))


def declaration(declared, organization, carrier, day):
    """The nearest row that holds: organisation before all, carrier before all."""
    for key in ((organization, carrier), (organization, "all"), ("all", carrier), ("all", "all")):
        for row in declared[key]:
            if row["from_date"] <= day <= (row["to_date"] or date.max):
                return row
    return {"counted_source": None, "grade": None}


def price(yuan, quantity):
    return rounded(Fraction(yuan) / Fraction(quantity), 4) if yuan and quantity else None


def bills(lake):
    """Each bill by the shares of the organisations bound on the last day of its month."""
    bound = defaultdict(list)
    for row in records(lake, "energy.account"):
        bound[row["account_id"], row["carrier"]].append(row)
    sums = defaultdict(lambda: [Fraction(0), None])
    for bill in records(lake, "energy.bill"):
        day = last_day(bill["month"])
        shares = [
            (row["organization_id"], row["share_pct"] if row["share_pct"] is not None else 100)
            for row in bound[bill["account_id"], bill["carrier"]]
            if row["from_date"] <= day <= (row["to_date"] or date.max)
        ]
        for organization, share in shares or [(bill["organization_id"], 100)]:
            if organization and bill["carrier"] != "wastewater":
                assert bill["unit"] == CARRIERS[bill["carrier"]][2]
                total = sums[organization, bill["month"], bill["carrier"]]
                total[0] += Fraction(bill["quantity"]) * Fraction(share) / 100
                if bill["amount_yuan"] is not None:
                    total[1] = (total[1] or 0) + Fraction(bill["amount_yuan"]) * Fraction(share) / 100
    return {key: (rounded(total[0], 4), rounded(total[1], 2)) for key, total in sums.items()}


def meters(lake):
    """Meters of an organisation below none of its own, less those of others below its own."""
    rows = {(row["month"], row["meter_id"]): row for row in records(lake, "mart.meter_month")}
    parts = defaultdict(list)
    for (month, _), row in rows.items():
        if row["item"] == "pv" or row["organization_id"] is None or row["carrier"] in (None, "wastewater"):
            continue
        above = rows.get((month, row["parent_meter_id"]))
        if above is not None and (above["item"] == "pv" or above["carrier"] != row["carrier"]):
            above = None
        if above is None or above["organization_id"] != row["organization_id"]:
            parts[row["organization_id"], month, row["carrier"]].append((row["quantity"], row["missing_intervals"]))
        if above is not None and above["organization_id"] not in (None, row["organization_id"]):
            taken = None if row["quantity"] is None else -row["quantity"]
            parts[above["organization_id"], month, row["carrier"]].append((taken, row["missing_intervals"]))
    return {
        key: (sum(quantity for quantity, _ in found), sum(missing for _, missing in found))
        for key, found in parts.items()
        if all(quantity is not None for quantity, _ in found)
    }


if __name__ == "__main__":
    raise SystemExit(main())
