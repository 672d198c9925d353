"""What several oracles of energy read from the forms, in plain Python: carriers, places, coefficients, factors."""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from decimal import Decimal

from lake import records

# carrier: column, cost column, unit of the coefficient, units in one of the form's, vehicle's part, part of heating
CARRIERS = {
    "electricity": ("electricity_kwh", "electricity_cost_yuan", "kWh", 1, None, "heating_electricity_kwh"),
    "water": ("water_m3", "water_cost_yuan", "m3", 1, None, "heating_water_m3"),
    "raw_coal": ("raw_coal_t", "raw_coal_cost_yuan", "kg", 1000, None, "heating_raw_coal_t"),
    "natural_gas": ("natural_gas_m3", "natural_gas_cost_yuan", "m3", 1, None, "heating_natural_gas_m3"),
    "gasoline_litre": ("petrol_l", "petrol_cost_yuan", "L", 1, "petrol_vehicle_l", None),
    "diesel_litre": ("diesel_l", "diesel_cost_yuan", "L", 1, "diesel_vehicle_l", "heating_diesel_l"),
    "lpg": ("lpg_kg", "lpg_cost_yuan", "kg", 1, None, None),
    "heat": ("heat_gj", "heat_cost_yuan", "GJ", 1, None, "heating_heat_gj"),
    "other_energy": ("other_energy_tce", "other_energy_cost_yuan", "kgce", 1000, None, "heating_other_energy_tce"),
}


def last_day(month):
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def used(form):
    """Carrier to quantity and cost, of those used or paid."""
    found = {}
    for carrier, (column, cost, _, times, _, _) in CARRIERS.items():
        quantity, yuan = (form[column] or Decimal(0)) * times, form[cost] or Decimal(0)
        if quantity or yuan:
            found[carrier] = quantity, yuan
    return found


class Register:
    """Where an organisation stands on a day; the first state reaches back, the last one on."""

    def __init__(self, lake):
        self.changes = {row["old_code"]: row["new_code"] for row in records(lake, "reference.region_change")}
        self.states = defaultdict(list)
        for row in records(lake, "reference.organization"):
            self.states[row["organization_id"]].append((row["from_date"], row["region_code"], row["class_code"]))
        for rows in self.states.values():
            rows.sort(key=lambda row: row[0])

    def place(self, organization, day):
        """Region of today and class."""
        rows = self.states.get(organization)
        if not rows:
            return None, None
        held = [row for row in rows if row[0] <= day]
        _, region, class_code = held[-1] if held else rows[0]
        return self.changes.get(region, region), class_code


class Coefficients:
    """Standard coal of a carrier on a day, of the set that the settings name or another one."""

    def __init__(self, lake):
        settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
        self.chosen = settings["energy_coefficient_set"]
        self.rows = records(lake, "reference.energy_coefficient")

    def of(self, carrier, day, set_id=None):
        for row in self.rows:
            if (
                row["set_id"] == (set_id or self.chosen)
                and row["carrier"] == carrier
                and row["unit"] == CARRIERS[carrier][2]
                and row["from_date"] <= day <= (row["to_date"] or date.max)
            ):
                return row
        return None
