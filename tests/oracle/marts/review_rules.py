"""Recomputes every flag of review_flag by rule with plain Python fractions: value, expectation, impact in kgce and yuan.

The rules are those of the domain's page on energy statistics, section 6; bands, tolerances and least
impacts are read from the reference tables. Those over vehicles, offices and the ledger stand in
review_records.py. Rules a sound city never breaks are reached by a lake that faults.py has spoilt.
"""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded
from reporting_year import first_day, owed, state_of
from review_flag import CARRIERS, changes, holders
from review_records import RULES, candidate

UNITS = {
    "electricity": "kWh", "water": "m3", "raw_coal": "kg", "natural_gas": "m3", "gasoline_litre": "L",
    "diesel_litre": "L", "lpg": "kg", "heat": "GJ", "other_energy": "kgce",
}
COSTS = {
    "gasoline_litre": "petrol_cost_yuan", "diesel_litre": "diesel_cost_yuan",
    "electricity": "electricity_cost_yuan", "water": "water_cost_yuan", "raw_coal": "raw_coal_cost_yuan",
    "natural_gas": "natural_gas_cost_yuan", "lpg": "lpg_cost_yuan", "heat": "heat_cost_yuan",
    "other_energy": "other_energy_cost_yuan",
}
# Rule 1: whole, its parts, the carrier whose quantity it is (none: a cost or an area).
PARTS = [
    ("petrol_l", ["petrol_vehicle_l", "petrol_other_l"], "gasoline_litre"),
    ("petrol_cost_yuan", ["petrol_vehicle_cost_yuan", "petrol_other_cost_yuan"], None),
    ("diesel_l", ["diesel_vehicle_l", "diesel_other_l"], "diesel_litre"),
    ("diesel_cost_yuan", ["diesel_vehicle_cost_yuan", "diesel_other_cost_yuan"], None),
    ("data_centre_electricity_kwh",
     ["data_centre_it_kwh", "data_centre_cooling_kwh", "data_centre_auxiliary_kwh"], "electricity"),
    ("heating_floor_m2", ["heating_own_floor_m2", "heating_by_area_floor_m2", "heating_by_heat_floor_m2"], None),
]
# Rule 2: a part, its whole, the carrier, and how the flag names it where it converts to another unit.
SUBSETS = [
    ("pv_self_used_kwh", "electricity_kwh", "electricity"),
    ("data_centre_electricity_kwh", "electricity_kwh", "electricity"),
    ("data_centre_floor_m2", "floor_m2", None),
    ("heating_floor_m2", "floor_m2", None),
    ("heating_water_m3", "water_m3", "water"),
    ("heating_electricity_kwh", "electricity_kwh", "electricity"),
    ("heating_raw_coal_t", "raw_coal_t", "raw_coal"),
    ("heating_natural_gas_m3", "natural_gas_m3", "natural_gas"),
    ("heating_diesel_l", "diesel_l", "diesel_litre"),
    ("heating_heat_gj", "heat_gj", "heat"),
    ("heating_other_energy_tce", "other_energy_tce", "other_energy"),
]


class City:
    """The tables the rules speak of, and what follows from them for all rules."""

    def __init__(self, lake):
        self.lake = lake
        self.forms = records(lake, "energy.monthly")
        self.organizations = records(lake, "reference.organization")
        self.settings = dict(lake.sql("select name, value from reference.setting").fetchall())
        self.rules = records(lake, "reference.review_rule")
        self.bills = records(lake, "energy.bill")
        self.accounts = records(lake, "energy.account")
        self.quotas = records(lake, "reference.quota")
        self.targets = records(lake, "reference.target")
        self.new_codes = {row["old_code"]: row["new_code"] for row in records(lake, "reference.region_change")}
        self.state = state_of(self.organizations)
        self.holder = holders(self.organizations)
        self.coefficients = {
            (row["carrier"], row["unit"]): Fraction(row["kgce_per_unit"])
            for row in records(lake, "reference.energy_coefficient")
            if row["set_id"] == self.settings["energy_coefficient_set"]
        }
        self.used = {(form["organization_id"], form["month"]): self.carriers_of(form) for form in self.forms}
        self.kgce, self.yuan = self.prices()

    def carriers_of(self, form):
        """Carrier: quantity, kgce, cost of those a form gives a quantity or cost of."""
        found = {}
        for carrier, (column, units) in CARRIERS.items():
            quantity, cost = Fraction(form[column] or 0) * units, Fraction(form[COSTS[carrier]] or 0)
            if quantity or cost:
                factor = 0 if carrier == "water" else self.coefficients.get((carrier, UNITS[carrier]), Fraction(0))
                found[carrier] = (quantity, Fraction(rounded(quantity * factor, 4)), cost)
        return found

    def prices(self):
        """kgce and yuan of a unit by (year, carrier), `energy` being all carriers but water in kgce."""
        sums, paid = defaultdict(lambda: [Fraction(0)] * 2), defaultdict(lambda: [Fraction(0)] * 2)
        for (_, month), carriers in self.used.items():
            year = int(month[:4])
            for carrier, (quantity, kgce, cost) in carriers.items():
                entries = [(carrier, quantity)] if quantity > 0 else []
                entries += [("energy", kgce)] if carrier != "water" and kgce > 0 else []
                for name, amount in entries:
                    sums[year, name] = [sums[year, name][0] + kgce, sums[year, name][1] + amount]
                    if cost > 0:
                        paid[year, name] = [paid[year, name][0] + cost, paid[year, name][1] + amount]
        kgce, yuan = {}, {}
        for year in sorted({int(form["month"][:4]) for form in self.forms}):
            for name in {name for _, name in sums}:
                weight, amount = sums.get((year, name), (0, 0))
                cost, bought = paid.get((year, name), (0, 0))
                own = rounded(cost / bought, 8) if bought else None
                kgce[year, name] = rounded(weight / amount, 8) if amount else kgce.get((year - 1, name))
                yuan[year, name] = own or yuan.get((year - 1, name))
        plain = dict(yuan)
        for year, name in kgce:
            if not plain[year, name] and kgce[year, name] is not None and plain.get((year, "energy")):
                yuan[year, name] = rounded(Fraction(kgce[year, name]) * Fraction(plain[year, "energy"]), 8)
        return kgce, yuan

    def place(self, organization, month):
        """Region and class at the end of a month."""
        row = self.state(organization, first_day(month, 1) - timedelta(1))
        return row and (self.new_codes.get(row["region_code"], row["region_code"]), row["class_code"])


def parts_and_subsets(city):
    """Rules 1 and 2 over each form."""
    for form in city.forms:
        who, month = form["organization_id"], form["month"]
        for whole, parts, carrier in PARTS:
            given = [form[part] for part in parts if form[part] is not None]
            if form[whole] is not None and given and form[whole] != sum(given):
                gap = abs(Fraction(form[whole]) - sum(map(Fraction, given)))
                yield candidate("parts_add_up", carrier or whole, carrier, who, month, whole, form[whole], sum(given),
                                gap if carrier else None, gap if whole.endswith("_yuan") else None)
        for part, whole, carrier in SUBSETS:
            units = 1000 if part.endswith(("_t", "_tce")) else 1
            name = part.removesuffix("_tce") + "_kgce" if part.endswith("_tce") else part
            name = name.removesuffix("_t") + "_kg" if part.endswith("_t") else name
            limit = form[whole] if carrier is None else form[whole] or 0
            if form[part] is not None and limit is not None and form[part] > limit:
                gap = (Fraction(form[part]) - Fraction(limit)) * units
                yield candidate("subset_within", carrier or name, carrier, who, month, name,
                                Fraction(form[part]) * units, Fraction(limit) * units, gap if carrier else None)
        counted = sum(form[column] or 0 for column in ("petrol_vehicle_count", "diesel_vehicle_count", "nev_count"))
        if counted > (form["vehicle_count"] or 0):
            yield candidate("subset_within", "vehicle_count", None, who, month, "vehicle_count",
                            counted, form["vehicle_count"] or 0)


def presence(city):
    """Rule 3 over each form: quantity with cost, people and area, use or a reason."""
    asked = defaultdict(Fraction)
    for form in city.forms:
        for carrier, (_, _, cost) in city.used[form["organization_id"], form["month"]].items():
            asked[form["month"][:4], carrier, form["form_version"]] += cost
    means = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for form in city.forms:
        place = city.place(form["organization_id"], form["month"])
        for column in ("electricity_kwh", "water_m3"):
            if (form["people"] or 0) > 0 and (form[column] or 0) > 0:
                pair = means[form["month"], place and place[1], column]
                pair[0] += Fraction(form[column])
                pair[1] += Fraction(form["people"])
    for form in city.forms:
        who, month = form["organization_id"], form["month"]
        used, place = city.used[who, month], city.place(who, month)
        for carrier, (quantity, _, cost) in used.items():
            if quantity == 0:
                yield candidate("quantity_and_cost", carrier, carrier, who, month, carrier, 0, None, yuan=cost)
            elif cost == 0 and asked[month[:4], carrier, form["form_version"]] > 0:
                yield candidate("quantity_and_cost", carrier, carrier, who, month, carrier, 0, None, quantity)
        energy = sum(kgce for _, kgce, _ in used.values()) if used else None
        for column in ("people", "floor_m2"):
            if not form[column]:
                yield candidate("denominator_missing", column, "energy", who, month, column, 0, None, energy)
        for column, carrier in (("electricity_kwh", "electricity"), ("water_m3", "water")):
            if not form[column] and form["no_use_reason"] is None:
                pair = means.get((month, place and place[1], column))
                usual = pair and rounded(Fraction(form["people"] or 0) * Fraction(rounded(pair[0] / pair[1], 8)), 4)
                yield candidate("no_use_unexplained", carrier, carrier, who, month, carrier, 0, usual, usual)


def vehicles(city):
    """Rule 3 over a year: vehicles in every month, no fuel in any, no new-energy vehicle."""
    years = defaultdict(list)
    for form in city.forms:
        years[form["organization_id"], form["month"][:4]].append(form)
    for (who, year), forms in years.items():
        counts = [form["vehicle_count"] or 0 for form in forms]
        fuel = sum((form["petrol_l"] or 0) + (form["diesel_l"] or 0) for form in forms)
        if min(counts) > 0 and fuel == 0 and not any(form["nev_count"] for form in forms):
            yield candidate("vehicles_without_fuel", "vehicle_count", None, who, year, "vehicle_count", max(counts), 0)


def unit_prices(city):
    """Rule 4: cost over quantity within the carrier's band."""
    for (who, month), used in city.used.items():
        for carrier, (quantity, _, cost) in used.items():
            if quantity == 0 or cost == 0:
                continue
            low, high = (city.settings.get(f"unit_price_{end}.{carrier}") for end in ("low", "high"))
            bound = low if low and cost < quantity * Fraction(low) else None
            bound = high if not bound and high and cost > quantity * Fraction(high) else bound
            if bound:
                yield candidate("unit_price", carrier, carrier, who, month, carrier, rounded(cost / quantity, 4),
                                Fraction(bound), yuan=abs(cost - quantity * Fraction(bound)))


def sizes(city, comparison, previous_year):
    """Means of people and floor area over the months with a form in both years, with energy at stake."""
    by_key = {(form["organization_id"], form["month"]): form for form in city.forms}
    years = {int(month[:4]) for _, month in by_key}
    earlier = defaultdict(list)
    for (who, month), form in by_key.items():
        for year in years:
            if previous_year(year) == int(month[:4]):
                later = f"{year}{month[4:]}"
                earlier[city.holder(who, later), later].append(form)
    now, before = defaultdict(list), defaultdict(list)
    energy = defaultdict(Fraction)
    for (who, month), form in by_key.items():
        if not earlier.get((who, month)):
            continue
        year = int(month[:4])
        energy[who, year] += sum(kgce for _, kgce, _ in city.used[who, month].values())
        for column in ("people", "floor_m2"):
            if (form[column] or 0) > 0:
                now[who, year, column].append(Fraction(form[column]))
            given = [Fraction(other[column]) for other in earlier[who, month] if (other[column] or 0) > 0]
            if given:
                before[who, year, column].append(sum(given))
    for key in now.keys() & before.keys():
        who, year, column = key
        value = rounded(sum(now[key]) / len(now[key]), 4)
        previous = rounded(sum(before[key]) / len(before[key]), 4)
        if value != previous:
            at_stake = rounded(energy[who, year] * abs(Fraction(value) - Fraction(previous)) / Fraction(previous), 4)
            yield candidate(comparison, column, "energy", who, str(year), column, value, previous, at_stake)


def comparisons(city):
    """Rules 5 and 6: against the year before, and against the base year of the home region's plan in force."""
    plans = {}
    for row in city.targets:
        if row["region_code"] == city.settings["home_region_code"]:
            plans[row["base_year"]] = max(row["target_year"], plans.get(row["base_year"], 0))

    def base_of(year):
        return max((base for base, end in plans.items() if base < year <= end), default=None)

    yield from sizes(city, "year_on_year", lambda year: year - 1)
    yield from sizes(city, "base_year", base_of)
    now, before, _ = changes(city.forms, city.holder)
    for who, year, carrier in now:
        yield carrier_change("year_on_year", who, year, carrier, now, before)
    for year in {int(form["month"][:4]) for form in city.forms}:
        base = base_of(year)
        if base is not None:
            # The same pairing, with the base year moved to just before the year: `changes` pairs those.
            moved = [dict(form, month=f"{year - 1}{form['month'][4:]}")
                     for form in city.forms if form["month"][:4] == str(base)]
            kept = [form for form in city.forms if form["month"][:4] == str(year)]
            now, before, _ = changes(kept + moved, city.holder)
            for who, one_year, carrier in now:
                if one_year == year:
                    yield carrier_change("base_year", who, year, carrier, now, before)


def carrier_change(rule, who, year, carrier, now, before):
    """A carrier's sum over the months of both years against the earlier one."""
    value, previous = now[who, year, carrier], before[who, year, carrier]
    return candidate(rule, carrier, carrier, who, str(year), carrier, value, previous, abs(value - previous))


def quota_bounds(city):
    """Rule 6: intensities of whole years above the quota's limit or below its guide."""
    years = defaultdict(list)
    for form in sorted(city.forms, key=lambda form: form["month"]):
        years[form["organization_id"], int(form["month"][:4])].append(form)
    for (who, year), forms in years.items():
        if len(forms) != 12:
            continue
        place, last = city.place(who, forms[-1]["month"]), date(year, 12, 31)
        sums = defaultdict(Fraction)
        for form in forms:
            for carrier, (quantity, kgce, _) in city.used[who, form["month"]].items():
                sums["energy"] += kgce
                sums["water"] += quantity if carrier == "water" else 0
            for carrier, column in (("gasoline_litre", "petrol_vehicle_l"), ("diesel_litre", "diesel_vehicle_l")):
                factor = city.coefficients.get((carrier, "L"), Fraction(0))
                sums["vehicle"] += Fraction(rounded(Fraction(form[column] or 0) * factor, 4))
        wholes = {"energy_per_capita": sums["energy"], "energy_per_area": sums["energy"],
                  "energy_per_area_excl_vehicle": sums["energy"] - sums["vehicle"], "water_per_capita": sums["water"]}
        for quota in city.quotas:
            if quota["indicator"] not in wholes:
                continue  # of parts of the form, which the review does not judge
            if not (quota["class_code"] == (place and place[1]) and quota["subclass"] in (None, "all")
                    and quota["zone"] in (None, "all")
                    and quota["from_date"] <= last <= (quota["to_date"] or date.max)):
                continue
            column = "people" if quota["indicator"].endswith("per_capita") else "floor_m2"
            given = [Fraction(form[column]) for form in forms if form[column]]
            size, whole = Fraction(rounded(sum(given) / len(given), 4)) if given else 0, wholes[quota["indicator"]]
            for rule, bound in (("above_limit", quota["limit_value"]), ("below_guide", quota["guide_value"])):
                allowed = None if bound is None else Fraction(bound) * size
                outside = bound is not None and size and (whole > allowed if rule == "above_limit" else whole < allowed)
                if outside:
                    carrier = "water" if quota["indicator"] == "water_per_capita" else "energy"
                    yield candidate(rule, quota["indicator"], carrier, who, str(year), quota["indicator"],
                                    rounded(whole / size, 4), bound, abs(whole - allowed))


def bills_against_forms(city):
    """Rule 7: bills of bound accounts against the form, and how much of a region the accounts cover."""
    billed = defaultdict(Fraction)
    for bill in city.bills:
        billed[bill["account_id"], bill["month"], bill["carrier"]] += Fraction(bill["quantity"])
    carriers = {account["carrier"] for account in city.accounts}
    bound = defaultdict(list)
    for account in city.accounts:
        bound[account["organization_id"], account["carrier"]].append(account)
    years, regions = defaultdict(lambda: [Fraction(0)] * 2), defaultdict(lambda: [Fraction(0)] * 2)
    for (who, month), used in city.used.items():
        last = first_day(month, 1) - timedelta(1)
        place = city.place(who, month)
        for carrier in carriers:
            quantity = used.get(carrier, (Fraction(0),))[0]
            accounts = [
                account for account in bound[who, carrier]
                if account["from_date"] <= last <= (account["to_date"] or date.max)
            ]
            total = rounded(sum(
                billed[account["account_id"], month, carrier] * Fraction(account["share_pct"] or 100) / 100
                for account in accounts), 4)
            if accounts:
                pair = years[who, month[:4], carrier]
                years[who, month[:4], carrier] = [pair[0] + quantity, pair[1] + Fraction(total)]
            if place:
                pair = regions[place[0], month[:4], carrier]
                regions[place[0], month[:4], carrier] = [pair[0] + quantity, pair[1] + Fraction(total)]
    for (who, year, carrier), (reported, total) in years.items():
        yield candidate("bills_differ", carrier, carrier, who, year, carrier, reported, total, abs(reported - total))
    for (region, year, carrier), (reported, total) in regions.items():
        if total < reported:
            yield candidate("coverage_low", carrier, carrier, region, year, carrier, total, reported, reported - total)


def chains(city):
    """Rule 9: missing months, registers that do not meet, bills of one account that overlap."""
    months = {form["month"] for form in city.forms}
    reported = defaultdict(list)
    for (who, month), used in city.used.items():
        reported[who, month[:4]].append(sum(kgce for _, kgce, _ in used.values()))
    for who, month in owed(city.organizations, months) - city.used.keys():
        given = reported.get((who, month[:4]))
        mean = rounded(Fraction(sum(given)) / len(given), 4) if given else None
        yield candidate("missing_form", "all", "energy", who, month, "form", 0, 1, mean)
    accounts = defaultdict(list)
    for bill in city.bills:
        if bill["account_id"]:
            accounts[bill["account_id"]].append(bill)
    for account, bills in accounts.items():
        bills.sort(key=lambda bill: (bill["from_date"] or first_day(bill["month"], 1) - timedelta(1), bill["bill_id"]))
        for last, bill in zip(bills, bills[1:], strict=False):
            name = f"{bill['carrier']}:{account}:{bill['bill_id']}"
            found, ended = bill["previous_register"], last["current_register"]
            if None not in (found, ended) and found != ended:
                yield candidate("register_break", bill["carrier"], bill["carrier"], bill["organization_id"],
                                bill["month"], name, found, ended, abs(Fraction(found) - Fraction(ended)))
            if None not in (bill["from_date"], bill["to_date"], last["to_date"]):
                overlap = (last["to_date"] - bill["from_date"]).days + 1
                days = (bill["to_date"] - bill["from_date"]).days + 1
                if overlap > 0 and days > 0:
                    twice = abs(Fraction(bill["quantity"])) * min(overlap, days) / days
                    yield candidate("bill_overlap", bill["carrier"], bill["carrier"], bill["organization_id"],
                                    bill["month"], name, overlap, 0, twice)


def flag(city, found):
    """The row of the list, or nothing where the rule tolerates it or it weighs too little."""
    period = found["period"]
    day = date(int(period), 12, 31) if len(period) == 4 else first_day(period, 1) - timedelta(1)
    own = {
        rule["item"]: rule for rule in city.rules
        if rule["rule"] == found["rule"] and rule["from_date"] <= day <= (rule["to_date"] or date.max)
    }
    rule = own.get(found["rule_item"]) or own.get("all")
    if rule is None:
        return None
    value, expectation = Fraction(found["value"]), found["expectation"]
    if expectation is not None:
        expectation = Fraction(expectation)
        if abs(value - expectation) * 100 <= Fraction(rule["tolerance_pct"]) * abs(expectation):
            return None
    key = (int(period[:4]), found["carrier"])
    quantity, yuan = found["quantity"], found["yuan"]
    quantity = None if quantity is None else Fraction(rounded(quantity, 4))
    weigh = lambda price, places: (  # noqa: E731
        None if quantity is None or price is None else rounded(quantity * Fraction(price), places))
    kgce = weigh(city.kgce.get(key), 4)
    yuan = weigh(city.yuan.get(key), 2) if yuan is None else rounded(yuan, 2)
    for impact, least in ((kgce, rule["min_impact_kgce"]), (yuan, rule["min_impact_yuan"])):
        if None not in (impact, least) and impact < least:
            return None
    name = "/".join(found[part] for part in ("rule", "who", "period", "item") if found[part])
    return (name, rule["severity"], rounded(value, 4), rounded(expectation, 4), kgce, yuan)


def main():
    lake = open_lake()
    city = City(lake)
    rows = defaultdict(list)
    own = (parts_and_subsets, presence, vehicles, unit_prices, comparisons, quota_bounds, bills_against_forms, chains)
    for rule in own + RULES:
        for found in rule(city):
            if row := flag(city, found):
                rows[found["rule"]].append(row)
    fine = True
    names = {name for (name,) in lake.sql("select distinct rule from mart.review_flag").fetchall()}
    for rule in sorted(names | {row["rule"] for row in city.rules}):
        fine &= compare_rows(
            lake, f"review_flag ({rule})", rows[rule],
            "select flag_id, severity, value, expectation, impact_kgce, impact_yuan from mart.review_flag "
            f"where rule = '{rule}'",
        )
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
