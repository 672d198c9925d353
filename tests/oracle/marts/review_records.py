"""What the review's rules over vehicles, offices and the ledger would flag, in plain Python; review_rules.py compares it.

From the base tables, the register of vehicles and their slips by the other scripts of this folder. Rooms, approved
areas and the ledger's differences are taken from marts that have oracles of their own.
"""

import calendar
import datetime
from collections import defaultdict
from fractions import Fraction

from lake import records, rounded
from vehicle_stock_year import NEW_ENERGY, count_days, quota, stock
from vehicle_suspicion import find

BEGINNING, FOREVER = datetime.date(1900, 1, 1), datetime.date(9999, 12, 31)


def candidate(rule, item, carrier, who, period, name, value, expectation, quantity=None, yuan=None):
    """What a rule would flag if it deviates by enough; `quantity` is what deviates, in the carrier's unit."""
    return dict(rule=rule, rule_item=item, carrier=carrier, who=who, period=period, item=name,
                value=value, expectation=expectation, quantity=quantity, yuan=yuan)


def total(amounts):
    """The sum of what is known; nothing when nothing is."""
    known = [Fraction(amount) for amount in amounts if amount is not None]
    return sum(known) if known else None


def vehicle_slips(city):
    """Occurrences of a vehicle in a year are one flag for each rule and kind of evidence; a year stands for itself."""
    lake = city.lake
    vehicles = {row["vehicle_id"]: row for row in records(lake, "vehicle.vehicle")}
    years = {
        **dict(lake.sql("select cost_id, year from vehicle.cost").fetchall()),
        **dict(lake.sql("select trip_id, year from vehicle.trip").fetchall()),
        **dict(lake.sql(
            "select alarm_id, year(cast(timezone('Asia/Shanghai', raised_at) as date)) from vehicle.alarm").fetchall()),
    }
    # What a year was to be stands in the list of occurrences, which has an oracle of its own.
    expected = {
        (rule, vehicle, year): value
        for rule, vehicle, year, value in lake.sql(
            "select rule, vehicle_id, year, expectation from mart.vehicle_suspicion where evidence = 'year'").fetchall()
    }
    groups = defaultdict(list)
    for rule, vehicle, evidence, occurrence, value, litres, yuan in find(lake):
        year = int(occurrence) if evidence == "year" else years[occurrence]
        groups[rule, vehicle, evidence, year].append((value, litres, yuan))
    for (rule, vehicle, evidence, year), found in groups.items():
        own = vehicles.get(vehicle, {})
        carrier = "diesel_litre" if own.get("fuel_class") == "diesel" else "gasoline_litre"
        who = own.get("organization_id") or own.get("region_code")
        value, bound = (found[0][0], expected[rule, vehicle, year]) if evidence == "year" else (len(found), 0)
        yield candidate(rule, evidence, carrier, who, str(year), f"{vehicle}:{evidence}", value, bound,
                        total(litres for _, litres, _ in found), total(yuan for *_, yuan in found))


def vehicle_register(city):
    """Price and displacement against the limits of the day of purchase, the stock against the quota."""
    lake = city.lake
    limits = {row["category"]: row for row in records(lake, "reference.vehicle_limit")}
    vehicles = records(lake, "vehicle.vehicle")
    for vehicle in vehicles:
        bought = vehicle["purchase_date"] or vehicle["registered_date"]
        limit = limits.get(vehicle["use_class"])
        if not bought or not limit or bought < limit["from_date"]:
            continue
        ceiling = limit["max_price_yuan"]
        if vehicle["fuel_class"] in NEW_ENERGY and limit["max_price_nev_yuan"] is not None:
            ceiling = limit["max_price_nev_yuan"]
        who = vehicle["organization_id"] or vehicle["region_code"]
        for rule, value, bound in (("price_above_limit", vehicle["price_yuan"], ceiling),
                                   ("displacement_above_limit", vehicle["displacement_l"], limit["max_displacement_l"])):
            if None not in (value, bound) and value > bound:
                over = Fraction(value) - Fraction(bound) if rule.startswith("price") else None
                yield candidate(rule, "all", None, who, f"{bought:%Y-%m}", vehicle["vehicle_id"], value, bound, yuan=over)
    days = count_days(lake)
    rows = stock(lake, days)
    spent = defaultdict(Fraction)
    for cost in records(lake, "vehicle.cost"):
        spent[cost["vehicle_id"], cost["year"]] += Fraction(cost["amount_yuan"])
    costs = defaultdict(list)
    for vehicle, year, who, use, _, is_here, *_ in rows:
        if is_here:
            costs[who, use, year].append(spent[vehicle, year])
    for who, use, year, approved, held, over, _ in quota(lake, days, rows):
        if over:
            mean = sum(costs[who, use, year]) / len(costs[who, use, year])
            yield candidate("vehicles_above_quota", use, None, who, str(year), use, held, approved, yuan=mean * over)


def office_areas(city):
    """Area above the standard, by building and year, and above what is approved: it weighs its share of the energy."""
    lake = city.lake
    energy = defaultdict(Fraction)
    for form in city.forms:
        key = form["organization_id"], int(form["month"][:4])
        energy[key] += sum(kgce for _, kgce, _ in city.used[form["organization_id"], form["month"]].values())
        for carrier, column in (("gasoline_litre", "petrol_vehicle_l"), ("diesel_litre", "diesel_vehicle_l")):
            factor = city.coefficients.get((carrier, "L"), Fraction(0))
            energy[key] -= Fraction(rounded(Fraction(form[column] or 0) * factor, 4))
    holdings = {row["organization_id"]: row for row in records(lake, "mart.office_organization_standard")}

    def share(who, year, area):
        held = holdings.get(who, {}).get("held_m2")
        return energy[who, year] * Fraction(area) / Fraction(held) if held and (who, year) in energy else None

    rooms = defaultdict(lambda: [Fraction(0)] * 3)
    for room in records(lake, "mart.office_room_standard"):
        if room["verdict"] == "over":
            key = room["organization_id"] or room["region_code"], room["building_id"], room["year"]
            areas = room["usable_m2"], room["allowed_m2"], room["over_standard_m2"]
            rooms[key] = [one + Fraction(area) for one, area in zip(rooms[key], areas, strict=True)]
    for (who, building, year), (usable, allowed, over) in rooms.items():
        yield candidate("rooms_above_standard", "all", "energy", who, str(year), building, usable, allowed,
                        share(who, year, over))
    for who, row in holdings.items():
        if row["approved_m2"] is not None and row["held_m2"] > row["approved_m2"]:
            year = row["judged_date"].year
            yield candidate("area_above_approved", "all", "energy", who, str(year), "usable_m2", row["held_m2"],
                            row["approved_m2"], share(who, year, row["held_m2"] - row["approved_m2"]))


def office_register(city):
    """What is let or lent without an approval in each year, and buildings smaller than their rooms."""
    lake = city.lake
    buildings = {row["building_id"]: row for row in records(lake, "office.building")}
    rooms = {row["room_id"]: row for row in records(lake, "office.room")}
    users = {
        (building, year): who for building, year, who in lake.sql(
            "select building_id, year, coalesce(organization_id, region_code) from mart.office_space_year").fetchall()
    }
    reach = dict(lake.sql("select year, max(state_date) from mart.office_space_year group by year").fetchall())
    rents = defaultdict(dict)
    for lease in records(lake, "office.lease"):
        if lease["direction"] not in ("let_out", "lent_out") or lease["approval_no"] is not None:
            continue
        first, last = lease["from_date"] or BEGINNING, lease["to_date"] or FOREVER
        room = rooms.get(lease["room_id"])
        area = lease["leased_m2"] if lease["leased_m2"] is not None else room and room["usable_m2"]
        for year, day in reach.items():
            for month in range(1, 13):
                start = datetime.date(year, month, 1)
                end = datetime.date(year, month, calendar.monthrange(year, month)[1])
                if start > day or last < start or first > end:
                    continue
                own = rents[lease["building_id"], year].setdefault(lease["lease_id"], [])
                if lease["direction"] == "let_out" and None not in (area, lease["rent_yuan_per_m2_month"]):
                    part = Fraction((min(end, last) - max(start, first)).days + 1, end.day)
                    own.append(rounded(Fraction(area) * Fraction(lease["rent_yuan_per_m2_month"]) * part, 2))
    for (building, year), leases in rents.items():
        rent = total(amount for amounts in leases.values() for amount in amounts)
        yield candidate("let_without_approval", "all", None, users[building, year], str(year), building,
                        len(leases), 0, yuan=rent)
    areas = defaultdict(Fraction)
    for room in rooms.values():
        areas[room["building_id"]] += Fraction(room["usable_m2"])
    for place, building in buildings.items():
        if building["status"] != "disposed" and areas[place] > (building["usable_m2"] or 0):
            region = city.new_codes.get(building["region_code"], building["region_code"])
            yield candidate("rooms_exceed_building", "all", None, building["organization_id"] or region,
                            str(max(reach)), place, areas[place], building["usable_m2"] or 0)


def ledger(city):
    """The ledger against forms and vehicle records, where they differ by more than the tolerance."""
    for row in records(city.lake, "mart.cost_reconciliation"):
        if not row["is_within"] and row["tolerance_pct"] is not None:
            yield candidate("ledger_differs", row["item"], None, row["organization_id"], str(row["year"]), row["item"],
                            row["checked_yuan"], row["against_yuan"], yuan=abs(row["difference_yuan"]))


RULES = (vehicle_slips, vehicle_register, office_areas, office_register, ledger)
