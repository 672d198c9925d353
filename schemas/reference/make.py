#!/usr/bin/env python3
"""Writes the reference tables of this folder from the shared domain folder.

    python schemas/reference/make.py            writes <table>.csv and SOURCES.md
    python schemas/reference/make.py --check    fails when a file here is stale

The shared folder is `../shared` beside the repository, or what JIEYUE_SHARED names. When it
is absent the script says so and stops: the CSVs here are complete without it. What is not in
the shared folder (English names, choices the city confirms, codes of functional areas) stands
in this file and in names.py, with grade D where nobody has confirmed it.

Columns and their order are those of schemas/contracts/reference/<table>.yaml.
"""

import csv
import datetime
import io
import json
import os
import re
import sys
from pathlib import Path

import names

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
CONTRACTS = HERE.parent / "contracts" / "reference"

COEFFICIENT_SET = "GBT2589-2020"
BACKGROUND = "background knowledge, unverified"


# --- reading the shared folder ---------------------------------------------------------------


def rows_of(path):
    """The rows of a CSV file as dictionaries."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def provenance(text, note=""):
    """Splits `S20; grade=B (reproduced)` into source, grade and note.

    What follows the grade is a remark about it and joins the note.
    """
    match = re.fullmatch(r"(.*?)[;,]?\s*grade=([A-D])\s*(.*)", text.strip())
    if match is None:
        raise SystemExit(f"no grade in source text: {text!r}")
    source, grade, remark = match.groups()
    remark = remark.strip()
    if remark.startswith("(") and remark.endswith(")"):
        remark = remark[1:-1]
    if not source:
        source, remark = remark or BACKGROUND, ""
    return {
        "source": source,
        "grade": grade,
        "note": "; ".join(part for part in (note.strip(), remark) if part),
    }


def own(source, grade, note=""):
    """Provenance of a row that stands in this file."""
    return {"source": source, "grade": grade, "note": note}


# --- tables ----------------------------------------------------------------------------------

GRID_REGION_OF_PROVINCE = {
    "GRID-N": "110000 120000 130000 140000 150000 370000",
    "GRID-NE": "210000 220000 230000",
    "GRID-E": "310000 320000 330000 340000 350000",
    "GRID-C": "360000 410000 420000 430000",
    "GRID-NW": "610000 620000 630000 640000 650000",
    "GRID-S": "440000 450000 460000 520000 530000",
    "GRID-SW": "500000 510000",
}


def region(shared):
    """Country, grid regions, provinces; prefectures and counties of 湖北; 荆门's own units."""
    grids = {p: g for g, members in GRID_REGION_OF_PROVINCE.items() for p in members.split()}
    coded = own("GB/T 2260; S110", "B")
    rows = []
    for row in rows_of(shared / "domain/reference/regions.csv"):
        code = row["code"]
        note = ""
        if code in grids:
            note = "grid region from the membership printed with the regional factors (grade C)"
        if code == "150000":
            note += "; eastern Inner Mongolia is supplied by GRID-NE"
        rows.append(
            {
                "region_code": code,
                "parent_code": row["parent_code"],
                "name_zh": row["name_zh"],
                "name_en": row["name_en"],
                "level": row["level"],
                "grid_region_code": grids.get(code, ""),
                "is_gb_code": not code.startswith("GRID") and code != "CN",
                **(coded if code[:2].isdigit() else own("grid regions of the factor announcements; S05", "C")),
                "note": note,
            }
        )
    known = {row["region_code"] for row in rows}
    for row in rows_of(shared / "data/map/china_counties.csv"):
        code = row["code"]
        if row["provinceCode"] != "42" or code in known:
            continue
        is_zone = code in ("421071", "421171")
        rows.append(
            {
                "region_code": code,
                "parent_code": row["cityCode"] + "00",
                "name_zh": row["name"],
                "name_en": names.COUNTIES[code],
                "level": "functional_area" if is_zone else "county",
                "is_gb_code": not is_zone,
                **own("china-division 2.7.0 areas.csv", "C", "statistical code only" if is_zone else ""),
            }
        )
    jingshan = own("identifiers page of the domain reference", "D", "day of the State Council's approval unverified")
    for row in rows:
        if row["region_code"] == "420882":
            row.update(from_date="2018-02-22", **jingshan)
    local = own("local code; identifiers page of the domain reference", "D", "not a GB/T 2260 code")
    for code, name_zh, name_en, level in [
        ("420800-BJ", "荆门市本级", "Jingmen, city level", "own_level"),
        ("420800-QJL", "屈家岭管理区", "Qujialing Administrative Zone", "functional_area"),
        ("420800-ZHX", "漳河新区", "Zhanghe New Area", "functional_area"),
        ("420800-GXQ", "荆门高新区", "Jingmen High-tech Zone", "functional_area"),
    ]:
        rows.append(
            {
                "region_code": code,
                "parent_code": "420800",
                "name_zh": name_zh,
                "name_en": name_en,
                "level": level,
                "is_gb_code": False,
                **local,
            }
        )
    rows.append(
        {
            "region_code": "420821",
            "parent_code": "420800",
            "name_zh": "京山县",
            "name_en": "Jingshan County",
            "level": "county",
            "is_gb_code": True,
            "to_date": "2018-02-21",
            **jingshan,
        }
    )
    return sorted(rows, key=lambda row: (row["region_code"][:2].isdigit(), row["region_code"]))


def region_change(shared):
    """Codes that replaced others."""
    return [
        {
            "old_code": "420821",
            "new_code": "420882",
            "change_date": "2018-02-22",
            "kind": "renamed",
            **own(
                "identifiers page of the domain reference",
                "D",
                "京山县 became 京山市 in 2018; day of the State Council's approval unverified",
            ),
        }
    ]


def energy_coefficient(shared):
    """The statistics' own set, and the two values that some quota standards use instead."""
    rows = []
    for row in rows_of(shared / "domain/reference/energy_coefficients.csv"):
        rows.append(
            {
                "coefficient_id": f"{row['carrier']}@{COEFFICIENT_SET}@{row['valid_from']}",
                "set_id": COEFFICIENT_SET,
                "carrier": row["carrier"],
                "name_zh": row["carrier_zh"],
                "unit": row["unit"],
                "kgce_per_unit": row["kgce_per_unit"],
                "basis": row["basis"],
                "from_date": row["valid_from"],
                **provenance(row["source"]),
            }
        )
    quota = own("S12", "C", "set of another province's quota standards; never mixed with the statistics' set")
    for carrier, name_zh, unit, value in [
        ("electricity", "电力", "kWh", "0.31"),
        ("natural_gas", "天然气", "m3", "1.2143"),
    ]:
        rows.append(
            {
                "coefficient_id": f"{carrier}@DB37-QUOTA@2019-01-01",
                "set_id": "DB37-QUOTA",
                "carrier": carrier,
                "name_zh": name_zh,
                "unit": unit,
                "kgce_per_unit": value,
                "basis": "quota standards DB37/T 2671 to 2673",
                "from_date": "2019-01-01",
                **quota,
            }
        )
    return rows


def emission_factor(shared):
    """Fuels for any year; electricity by region and year."""
    return [
        {
            "factor_id": f"{row['carrier']}@{row['region_code']}@{row['year'] or 'any'}",
            "carrier": row["carrier"],
            "region_code": row["region_code"],
            "year": row["year"],
            "unit": row["unit"],
            "kgco2_per_unit": row["kgco2_per_unit"],
            "scope": "2" if row["carrier"].startswith(("electricity", "heat", "renewable")) else "1",
            **provenance(row["source"]),
        }
        for row in rows_of(shared / "domain/reference/emission_factors.csv")
    ]


def density(shared):
    return [
        {
            "carrier": row["carrier"],
            "name_zh": row["carrier_zh"],
            "kg_per_litre": row["kg_per_litre"],
            **provenance(row["source"], row["note"]),
        }
        for row in rows_of(shared / "domain/reference/densities.csv")
    ]


def fuel_parameter(shared):
    return [
        {
            **row,
            "name_zh": row["carrier_zh"],
            **provenance(row["source"], row["note"]),
        }
        for row in rows_of(shared / "domain/reference/fuel_parameters.csv")
    ]


def expense_code(shared):
    return [
        {
            "expense_code": row["code"],
            "name_zh": row["name_zh"],
            "name_en": names.EXPENSE_CODES[row["code"]],
            "expense_class": row["class_code"],
            "class_name_zh": row["class_name_zh"],
            "item": row["cost_group"],
            "is_three_public": row["is_three_public"] == "Y",
            **provenance(row["source"]),
        }
        for row in rows_of(shared / "domain/reference/expense_codes.csv")
    ]


def expense_group(shared):
    """Five schemes of grouping; a pair without a row is outside the scheme."""
    codes = rows_of(shared / "domain/reference/expense_codes.csv")
    rows = []

    def add(scheme, code, kinds, group, source):
        group_id, group_zh, group_en = group
        for kind in kinds:
            rows.append(
                {
                    "scheme": scheme,
                    "expense_code": code,
                    "spending_kind": kind,
                    "group_id": group_id,
                    "group_zh": group_zh,
                    "group_en": group_en,
                    **source,
                }
            )

    both = ("basic", "project")
    working = own(
        "operating-cost page of the domain reference, section 2",
        "D",
        "working composition; the city confirms or replaces it",
    )
    by_class = {
        "301": (("personnel", "人员成本", "Personnel"), both),
        "303": (("personnel", "人员成本", "Personnel"), both),
        "302": (("public", "公用成本", "Public"), ("basic",)),
        "309": (("asset", "资产成本", "Assets"), both),
        "310": (("asset", "资产成本", "Assets"), both),
    }
    project = ("project", "项目支出(服务运行)", "Projects that serve running")
    for row in codes:
        group, kinds = by_class[row["class_code"]]
        add("operating_cost", row["code"], kinds, group, working)
        if row["code"] in ("30209", "30213", "30215"):
            add("operating_cost", row["code"], ("project",), project, working)
    for row in codes:
        if row["class_code"] == "302" or row["code"] == "31002":
            add("operating_fund", row["code"], ("basic",), ("operating_fund", "机关运行经费", "Operating fund"), working)
    law = own("机关事务管理条例 art. 7, 12; S39 S50", "B")
    for code, group in [
        ("30212", ("overseas", "因公出国(境)费", "Travel abroad")),
        ("30217", ("reception", "公务接待费", "Reception")),
        ("30231", ("vehicle_operation", "公务用车运行维护费", "Vehicle operation")),
        ("30913", ("vehicle_purchase", "公务用车购置费", "Vehicle purchase")),
        ("31013", ("vehicle_purchase", "公务用车购置费", "Vehicle purchase")),
    ]:
        add("three_public", code, both, group, law)
    building = own("operating-cost page of the domain reference, section 3", "D", "building-related part only")
    for code, group in [
        ("30205", ("water", "水费", "Water")),
        ("30206", ("electricity", "电费", "Electricity")),
        ("30208", ("heating", "取暖费", "Heating")),
        ("30209", ("property", "物业管理费", "Property management")),
        ("30213", ("repair", "维修(护)费", "Repair")),
        ("30214", ("lease", "租赁费", "Rent")),
    ]:
        add("building", code, both, group, building)
    book = own("default of this project", "D", "which register records what the code buys; for the city to confirm")
    for code, group in [
        ("30902", ("equipment", "设备", "Equipment")),
        ("30903", ("equipment", "设备", "Equipment")),
        ("30907", ("equipment", "设备", "Equipment")),
        ("30913", ("vehicle", "公务用车", "Vehicles")),
        ("31002", ("equipment", "设备", "Equipment")),
        ("31003", ("equipment", "设备", "Equipment")),
        ("31007", ("equipment", "设备", "Equipment")),
        ("31013", ("vehicle", "公务用车", "Vehicles")),
    ]:
        add("asset_book", code, both, group, book)
    return rows


def area_standard(shared):
    return [
        {
            "standard_id": "发改投资〔2014〕2674号",
            "organ_level": row["organ_level"],
            "rank": row["rank"],
            "from_date": row["valid_from"],
            "rank_zh": row["rank_zh"],
            "rank_en": names.RANKS[row["rank"]],
            "max_usable_m2": row["max_usable_m2"],
            **provenance(row["source"]),
        }
        for row in rows_of(shared / "domain/reference/office_area_standard.csv")
    ]


def vehicle_limit(shared):
    return [
        {
            "category": row["category"],
            "from_date": "2017-12-05",
            "name_zh": row["category_zh"],
            "name_en": names.VEHICLE_CATEGORIES[row["category"]],
            "max_price_yuan": row["max_price_cny_excl_purchase_tax"],
            "max_displacement_l": row["max_displacement_l"],
            "max_price_nev_yuan": row["max_price_nev_sedan_cny"],
            **provenance(row["source"]),
        }
        for row in rows_of(shared / "domain/reference/vehicle_limits.csv")
    ]


def area_allowance(shared):
    """Service and equipment rooms of an organisation, from section 1 of the office page.

    The page gives the service area of a post as a formula of the number of posts, (1000 - x)/100
    for a city; the two ends of the line say the same.
    """
    line_of = {
        "city": ([(200, "8"), (400, "6")], own("office page of the domain reference, section 1; S60", "C")),
        "county": ([(100, "8"), (200, "6")], own("office page of the domain reference, section 1", "D")),
    }
    equipment = own("office page of the domain reference, section 1", "B", "9% of offices and service rooms")
    rows = []
    for level, (points, origin) in line_of.items():
        entries = [("service_m2_per_person", staff, value, origin) for staff, value in points]
        for allowance, staff, value, provenance_of in [*entries, ("equipment_pct", 0, "9", equipment)]:
            rows.append(
                {
                    "standard_id": "发改投资〔2014〕2674号",
                    "organ_level": level,
                    "allowance": allowance,
                    "staff_count": staff,
                    "from_date": "2014-12-01",
                    "value": value,
                    **provenance_of,
                }
            )
    return rows


def renewal_rule(shared):
    """When a vehicle may be renewed, from section 2 of the vehicles page."""
    return [
        {
            "rule_id": "CN-2017",
            "region_code": "CN",
            "from_date": "2017-12-05",
            "min_years": 8,
            **own("vehicles page of the domain reference, section 2; S74 S78", "B"),
        },
        {
            "rule_id": "GD-2025-bev",
            "region_code": "440000",
            "fuel_class": "bev",
            "from_date": "2025-03-01",
            "min_years": 8,
            "min_km": 200000,
            "min_battery_fade_pct": 20,
            **own(
                "vehicles page of the domain reference, section 2; S74",
                "C",
                "in principle 200 000 km, or out of warranty with that fade; the month is known, the day is not",
            ),
        },
    ]


def target(shared):
    return [
        {**row, "path": "geometric", **provenance(row["source"])}
        for row in rows_of(shared / "domain/reference/targets.csv")
    ]


def plan_evaluation(shared):
    """The city's plan is evaluated half-way and at its end; by which year's values is ours to propose."""
    page = "targets page of the domain reference; 荆门市机关事务工作“十四五”规划 (2022-11-11)"
    return [
        {
            "plan": "14FYP-jingmen",
            "evaluation": evaluation,
            "year": year,
            **own(page, "A", note),
        }
        for evaluation, year, note in [
            ("mid_term", 2023, "the year of the evaluation is the plan's; that it judges that year's values is for the city to confirm"),
            ("final", 2025, ""),
        ]
    ]


def target_base(shared):
    """Empty: no base has been decided; the city freezes it by a row."""
    return []


def quota(shared):
    """Empty: the values of the province's standard were not found."""
    return []


def energy_source(shared):
    """Which source counts: the form everywhere, until the city says otherwise."""
    form = own(
        "energy-statistics page of the domain reference, sections 1 and 6; default of this project",
        "D",
        "the statistics are those of the forms, and bills and meters check them (rule 7); a city adds rows by organisation and carrier",
    )
    return [{"organization_id": "all", "carrier": "all", "from_date": "2000-01-01", "counted_source": "form", **form}]


def benchmark(shared):
    rows = []
    for row in rows_of(shared / "domain/reference/benchmarks.csv"):
        for column, metric, unit in [
            ("institutions", "institutions", "count"),
            ("energy_tce", "energy", "tce"),
            ("kgce_per_capita", "energy_per_capita", "kgce/person"),
            ("kgce_per_m2", "energy_per_area", "kgce/m2"),
            ("water_m3_per_capita", "water_per_capita", "m3/person"),
        ]:
            if row[column]:
                rows.append(
                    {
                        "region_code": row["region_code"],
                        "year": row["year"],
                        "metric": metric,
                        "value": row[column],
                        "unit": unit,
                        **provenance(row["source"]),
                    }
                )
    return rows


def calendar(shared):
    """One row a day, from holiday-cn, compared with chinese-days day by day."""
    first_year, last_year = 2019, 2026
    announced, papers = {}, {}
    for year in range(first_year, last_year + 1):
        with open(shared / f"data/calendar/holiday-cn/{year}.json", encoding="utf-8") as file:
            holidays = json.load(file)
        for day in holidays["days"]:
            announced[day["date"]] = day
            papers[day["date"]] = " ".join(holidays["papers"])
    with open(shared / "data/calendar/chinese-days.json", encoding="utf-8") as file:
        second = json.load(file)

    rows = []
    day = datetime.date(first_year, 1, 1)
    while day.year <= last_year:
        date = day.isoformat()
        weekday = "weekend" if day.weekday() >= 5 else "workday"
        found = announced.get(date)
        kind = weekday
        if found is not None:
            kind = "holiday" if found["isOffDay"] else "shifted_workday"
        other = weekday
        if date in second["holidays"]:
            other = "holiday"
        elif date in second["workdays"]:
            other = "shifted_workday"
        agrees = kind == other
        rows.append(
            {
                "calendar_date": date,
                "is_workday": kind in ("workday", "shifted_workday"),
                "kind": kind,
                "name": found["name"] if found else "",
                "source": papers.get(date) or "weekday rule",
                "grade": "B" if agrees else "C",
                "note": "" if agrees else f"chinese-days has {other}",
            }
        )
        day += datetime.timedelta(days=1)
    return rows


def setting(shared):
    """Choices nobody has confirmed yet: grade D, for the city to set."""
    choice = own("default of this project", "D", "for the city to confirm")
    entries = [
        (
            "home_region_code",
            "420800",
            "本级平台服务的行政区划",
            "Region the deployment serves",
        ),
        (
            "energy_coefficient_set",
            COEFFICIENT_SET,
            "折标准煤系数集；不同用途的系数集不得混用",
            "Coefficient set of all energy marts; sets are never mixed",
        ),
        (
            "electricity_fixed_factor_id",
            "electricity@420000@2021",
            "固定因子法的电力排放因子：最早的官方平均因子(2021年)；2020年无官方因子",
            "Electricity factor of the fixed series: the earliest official average factor (2021); there is none for the base year 2020",
        ),
        (
            "energy_per_area_numerator",
            "all",
            "单位建筑面积能耗的分子：all 全部能耗，excl_vehicle 扣除车辆用油",
            "Numerator of energy per area: all, or excl_vehicle without fuel of vehicles",
        ),
        (
            "cost_per_person_denominator",
            "staff",
            "人均运行成本的分母：staff 在编人数，people 用能人数",
            "Denominator of cost per person: staff, or people using energy",
        ),
        (
            "reporting_due_day",
            "15",
            "月度报表应于次月几日前报出",
            "Day of the following month by which the monthly form is due",
        ),
        (
            "over_standard_tolerance_m2",
            "0",
            "超标准判定的容差(平方米)",
            "Tolerance of the over-standard check in square metres",
        ),
        (
            "review_share_most_pct",
            "40",
            "审核清单涉及单位占比超过该百分比时提示放宽规则",
            "Share of organisations on the review list above which the rules are too strict",
        ),
        (
            "review_sample_pct",
            "5",
            "每年抽样核查单位占比(百分比)，各区划至少一家",
            "Share of organisations drawn for the year's sample check, per cent, at least one in each region",
        ),
        (
            "heating_base_degc",
            "18",
            "采暖度日数的基准温度(℃)",
            "Base of heating degree days, °C",
        ),
        (
            "cooling_base_degc",
            "26",
            "空调度日数的基准温度(℃)",
            "Base of cooling degree days, °C",
        ),
        (
            "meter_missing_most_pct",
            "5",
            "表计当月缺失读数超过该百分比时提示",
            "Share of a meter's intervals of a month that may be missing without a warning, per cent",
        ),
        (
            "meter_register_tolerance_pct",
            "1",
            "示数差与区间读数之和的允许差异百分比",
            "Difference in per cent allowed between a meter's registers and its intervals",
        ),
        (
            "cost_saving_base_year",
            "2020",
            "节支率的基准年；以该年同期为基数",
            "Base year of the saving rate; the same part of it is the base",
        ),
        (
            "ledger_tolerance_pct",
            "10",
            "能耗报表费用与会计科目的允许差异百分比",
            "Difference in per cent allowed between the form's cost and the ledger",
        ),
        (
            "approved_area_staff_types",
            "established",
            "计入单位核定面积的人员类别，以逗号分隔",
            "Types of staff whose limits count for the approved area of an organisation, with commas",
        ),
        (
            "non_workday_use_reasons",
            "emergency,law_enforcement",
            "非工作日用车不列为疑点的用车事由，以逗号分隔",
            "Reasons of trips that are no suspicion on days off, with commas",
        ),
        (
            "no_order_tolerance_km",
            "5",
            "两次派车之间里程表增量超过该公里数列为无单用车疑点",
            "Kilometres between two trips above which use without an order is suspected",
        ),
        (
            "trip_distance_tolerance_pct",
            "5",
            "全年派车里程与里程表的允许差异百分比",
            "Difference in per cent allowed between the trips of a year and the odometer",
        ),
        (
            "tank_tolerance_pct",
            "5",
            "单次加油量允许超过油箱容积的百分比",
            "Per cent by which one refuelling may exceed the tank",
        ),
        (
            "fuel_amount_tolerance_yuan",
            "1",
            "加油充电金额与数量乘单价的允许差异(元)",
            "Difference in yuan allowed between an amount and quantity times price",
        ),
        (
            "consumption_tolerance_pct",
            "30",
            "百公里油耗允许高于同型号车辆的百分比",
            "Per cent by which a vehicle may use more fuel than its model",
        ),
        (
            "asset_book_excluded_classes",
            "^(1|203|A01|A0203)",
            "账账核对中不与设备购置支出核对的资产分类代码(正则表达式)：房屋土地和车辆另有台账",
            "Asset classes not held against the purchase of equipment (regular expression): premises and vehicles have registers of their own",
        ),
        (
            "meeting_room_functions",
            "会议室",
            "按会议室统计使用情况的房间用途(office.room 的 sub_function)，以逗号分隔",
            "Sub-functions of rooms that count as meeting rooms, with commas",
        ),
        (
            "task_due_next_days",
            "90",
            "规划任务在几日内到期列为即将到期",
            "Days within which a task of the plan counts as due next",
        ),
    ]
    for carrier, name_zh, low, high in [
        ("electricity", "电", "0.4", "1.2"),
        ("water", "水", "1.5", "8"),
        ("natural_gas", "天然气", "2", "6"),
        ("gasoline_litre", "汽油", "6", "10"),
        ("diesel_litre", "柴油", "5.5", "9"),
    ]:
        entries.append(
            (f"unit_price_low.{carrier}", low, f"{name_zh}单价审核下限(元)", f"Lowest unit price of {carrier} without a flag, yuan")
        )
        entries.append(
            (f"unit_price_high.{carrier}", high, f"{name_zh}单价审核上限(元)", f"Highest unit price of {carrier} without a flag, yuan")
        )
    practised = {
        "review_sample_pct": own("energy-statistics page of the domain reference, section 6, rule 8", "C", "the rule of one city; for this city to confirm"),
    }
    return [
        {"name": name, "value": value, "description_zh": zh, "description_en": en, **practised.get(name, choice)}
        for name, value, zh, en in entries
    ]


def review_rule(shared):
    """What reviewers look for; the least impacts keep the list of a city of 600 to what one can read."""
    section = "energy-statistics page of the domain reference, section 6"

    def practised(rule):
        return own(f"{section}, rule {rule}; S33 S34", "C")

    def chosen(rule, note="for the city to confirm"):
        return own(f"{section}, rule {rule}; default of this project", "D", note)

    def of_page(page, sources, grade, note=""):
        return own(f"{page} of the domain reference; {sources}", grade, note)

    def weighed(page, note="the check is practice, the least impact a default of this project for the city to confirm"):
        return of_page(page, "default of this project", "D", note)

    ten = "10 % is practice (S33 S34, C); the least impact keeps one institution in six on the list instead of every second"
    vehicles, offices, costs = "vehicles page, sections 4 and 5", "office-space page, sections 2 and 3", "operating-cost page, section 2"
    entries = [
        ("parts_add_up", "all", "energy", "分项之和与合计不符", "Parts do not add up", "error", "0", "", "", practised(1)),
        ("subset_within", "all", "energy", "其中项大于总项", "A part exceeds its whole", "error", "0", "", "", practised(2)),
        ("quantity_and_cost", "all", "energy", "有量无费或有费无量", "Quantity without cost, or cost without quantity", "warning", "0", "", "", practised(3)),
        ("denominator_missing", "all", "energy", "缺用能人数或建筑面积", "No people or no floor area", "error", "0", "", "", practised(3)),
        ("no_use_unexplained", "all", "energy", "无电无水未说明原因", "No electricity or water without a reason", "warning", "0", "", "", practised(3)),
        ("vehicles_without_fuel", "all", "energy", "有车全年无油且无新能源车", "Vehicles, but no fuel in the year and no new-energy vehicle", "warning", "0", "", "", practised(3)),
        ("unit_price", "all", "energy", "单价超出参考区间", "Unit price outside the band", "warning", "0", "", "200", chosen(4, "bands are in reference.setting; for the city to confirm")),
        ("year_on_year", "all", "energy", "同比波动过大", "Change over the year", "warning", "10", "1000", "", chosen(5, ten)),
        ("year_on_year", "water", "energy", "同比波动过大", "Change over the year", "warning", "10", "", "3000", chosen(5, ten)),
        ("base_year", "all", "energy", "定比波动过大", "Change against the base year", "warning", "30", "5000", "", chosen(6)),
        ("base_year", "water", "energy", "定比波动过大", "Change against the base year", "warning", "30", "", "15000", chosen(6)),
        ("above_limit", "all", "energy", "超过定额约束值", "Above the limit of the quota", "warning", "0", "", "", practised(6)),
        ("below_guide", "all", "energy", "低于定额引导值", "Below the guide value of the quota", "warning", "0", "", "", practised(6)),
        ("bills_differ", "all", "energy", "账单与报表不符", "Bills and form differ", "warning", "5", "500", "", chosen(7)),
        ("bills_differ", "water", "energy", "账单与报表不符", "Bills and form differ", "warning", "5", "", "1500", chosen(7)),
        ("coverage_low", "electricity", "energy", "户号覆盖率偏低", "Accounts cover too little of what is reported", "warning", "20", "", "", chosen(7)),
        ("missing_form", "all", "energy", "缺报月份", "Month without a form", "error", "0", "", "", practised(9)),
        ("bill_overlap", "all", "energy", "账单期间重叠", "Bills of an account overlap", "warning", "0", "", "", practised(9)),
        ("register_break", "all", "energy", "账单表底不连续", "Registers of two bills do not meet", "warning", "0", "", "", practised(9)),
        ("ledger_differs", "all", "cost", "会计科目与报表或台账费用不符", "The ledger differs from the form or the vehicles' records", "warning", "0", "", "5000", weighed(costs, "the tolerance is the setting ledger_tolerance_pct; the least impact is for the city to confirm")),
        ("non_workday_use", "all", "vehicle", "非工作日用车", "Use on days off", "warning", "0", "", "500", weighed(vehicles)),
        ("no_order", "all", "vehicle", "无单用车", "Use without an order", "warning", "0", "", "500", weighed(vehicles)),
        ("odometer_backwards", "all", "vehicle", "里程表倒退", "Odometer runs backwards", "warning", "0", "", "", of_page(vehicles, "S80", "C")),
        ("overlapping_trips", "all", "vehicle", "派车时间重叠", "Trips of one vehicle overlap", "warning", "0", "", "500", weighed(vehicles)),
        ("refuel_above_tank", "all", "vehicle", "加油超油箱", "Refuelled above the tank", "warning", "0", "", "", of_page(vehicles, "S80", "C")),
        ("refuel_without_trip", "all", "vehicle", "无出车日加油充电", "Refuelled or charged on a day without a trip", "warning", "0", "", "500", weighed(vehicles)),
        ("refuel_amount", "all", "vehicle", "金额与数量单价不符", "Amount is not quantity times price", "warning", "0", "", "", of_page(vehicles, "S80", "C", "the tolerance is the setting fuel_amount_tolerance_yuan")),
        ("consumption_above_model", "all", "vehicle", "油耗高于同型号", "More fuel than the model needs", "warning", "0", "", "500", weighed(vehicles)),
        ("distance_differs", "all", "vehicle", "派车里程与里程表不符", "Trips and odometer differ", "warning", "0", "", "500", weighed(vehicles)),
        ("fence", "all", "vehicle", "越界", "Left its area", "warning", "0", "", "", of_page(vehicles, "S80 S83", "C", "an alarm of the platform")),
        ("overspeed", "all", "vehicle", "超速", "Too fast", "warning", "0", "", "", of_page(vehicles, "S80 S83", "C", "an alarm of the platform")),
        ("idle", "all", "vehicle", "长期闲置", "Idle for long", "warning", "0", "", "", of_page(vehicles, "S80 S83", "C", "an alarm of the platform")),
        ("offline", "all", "vehicle", "终端离线", "Terminal offline", "warning", "0", "", "", of_page(vehicles, "S80 S83", "C", "an alarm of the platform")),
        ("price_above_limit", "all", "vehicle", "购车价格超标准", "Price above the limit at purchase", "warning", "0", "", "", of_page("vehicles page, sections 1 and 5", "S70 S71", "C", "limits are in reference.vehicle_limit, each with its own source and grade")),
        ("displacement_above_limit", "all", "vehicle", "排气量超标准", "Displacement above the limit at purchase", "warning", "0", "", "", of_page("vehicles page, sections 1 and 5", "S70 S71", "C", "limits are in reference.vehicle_limit, each with its own source and grade")),
        ("vehicles_above_quota", "all", "vehicle", "车辆超编", "More vehicles than approved", "warning", "0", "", "", of_page("vehicles page, section 1", "党政机关公务用车管理办法 (2017)", "A")),
        ("rooms_above_standard", "all", "office", "办公室面积超标准", "Offices above the standard", "warning", "0", "", "", of_page(offices, "发改投资〔2014〕2674号", "B", "exceptions are left out; the tolerance is the setting over_standard_tolerance_m2")),
        ("area_above_approved", "all", "office", "用房面积超核定面积", "More area than approved", "warning", "0", "", "", of_page(offices, "发改投资〔2014〕2674号", "B")),
        ("let_without_approval", "all", "office", "未经批准出租出借", "Let or lent without an approval", "warning", "0", "", "", of_page(offices, "机关事务管理条例 art. 23", "A")),
        ("rooms_exceed_building", "all", "office", "房间面积之和大于建筑物", "Rooms larger than their building", "error", "0", "", "", of_page(offices, "arithmetic of the register", "C")),
    ]
    columns = ["rule", "item", "topic", "name_zh", "name_en", "severity", "tolerance_pct", "min_impact_kgce", "min_impact_yuan"]
    return [
        {**dict(zip(columns, entry)), "from_date": "2010-01-01", **entry[-1]}
        for entry in entries
    ]


def saving_criterion(shared):
    """What an organ is judged by as 节约型机关; the official score was not found, so these are ours to propose."""
    plan = "targets page of the domain reference; 荆门市机关事务工作“十四五”规划 (2022-11-11)"
    yearly = "the plan's target for the city as a yearly rate (targets page, judging rule); that each organ keeps it is for the city to confirm"
    ours = "the official score was not found; for the city to confirm"
    entries = [
        ("reporting_completeness", "能耗报送完整率", "Completeness of reporting", "%", "at_least", "100", own("energy-statistics page of the domain reference, section 1; default of this project", "D", ours)),
        ("energy_per_capita_change", "人均综合能耗比上年变化", "Change of energy per person over the year", "%", "at_most", "-1.23", own(plan, "D", yearly)),
        ("energy_per_area_change", "单位建筑面积能耗比上年变化", "Change of energy per area over the year", "%", "at_most", "-1.02", own(plan, "D", yearly)),
        ("water_per_capita_change", "人均用水量比上年变化", "Change of water per person over the year", "%", "at_most", "-1.44", own(plan, "D", yearly)),
        ("quota_limit_used", "定额约束值使用率(最高项)", "Use of the quota's limit, the highest of its indicators", "%", "at_most", "100", own("energy-statistics page of the domain reference, sections 1 and 7; default of this project", "D", ours)),
        ("rooms_above_standard", "超标准办公室间数", "Offices above the standard", "count", "at_most", "0", own("office-space page of the domain reference, section 2; default of this project", "D", ours)),
        ("vehicles_above_quota", "超编车辆数", "Vehicles above the quota", "count", "at_most", "0", own("vehicles page of the domain reference, section 1; default of this project", "D", ours)),
        ("nev_share_acquired", "当年购置新能源车占比", "New-energy share of the year's acquisitions", "%", "at_least", "30", own("vehicles page of the domain reference, section 3; S76", "D", "30 % is set for the acquisitions of a province (B); that each organ keeps it is for the city to confirm")),
        ("efficient_lighting", "高效照明建筑面积占比", "Floor area with efficient lighting", "%", "at_least", "100", own(plan, "D", "the plan asks it of centralised office areas (A); that each organ keeps it is for the city to confirm")),
    ]
    columns = ["criterion", "name_zh", "name_en", "unit", "comparison", "threshold"]
    return [{**dict(zip(columns, entry)), "from_date": "2021-01-01", **entry[-1]} for entry in entries]


def model_unit(shared):
    """Empty: the plan counts 4 national, 8 provincial and 23 municipal model institutions and names none."""
    return []


TABLES = [
    region,
    region_change,
    energy_coefficient,
    emission_factor,
    density,
    fuel_parameter,
    expense_code,
    expense_group,
    area_standard,
    vehicle_limit,
    area_allowance,
    renewal_rule,
    target,
    target_base,
    plan_evaluation,
    quota,
    energy_source,
    benchmark,
    calendar,
    setting,
    review_rule,
    saving_criterion,
    model_unit,
]


# --- writing ---------------------------------------------------------------------------------


def columns_of(table):
    """Column names of a contract in table order (the files are ours: one `- name:` a column)."""
    text = (CONTRACTS / f"{table}.yaml").read_text(encoding="utf-8")
    properties = text.split("\n    properties:\n", 1)[1]
    return re.findall(r"^      - name: (\w+)$", properties, flags=re.MULTILINE)


def rendered(table, rows):
    """The CSV text of a table, columns in the order of its contract."""
    columns = columns_of(table)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = [row.get(column, "") for column in columns]
        writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in values])
    return out.getvalue()


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    shared = Path(os.environ.get("JIEYUE_SHARED") or REPOSITORY.parent / "shared")
    if not (shared / "domain" / "reference").is_dir():
        print(f"the shared domain folder is absent ({shared}); hint: set JIEYUE_SHARED", file=sys.stderr)
        return 0 if arguments else 1
    files = {f"{make.__name__}.csv": rendered(make.__name__, make(shared)) for make in TABLES}
    files["SOURCES.md"] = (shared / "domain" / "SOURCES.md").read_text(encoding="utf-8")

    stale = 0
    for name, text in files.items():
        path = HERE / name
        present = path.read_text(encoding="utf-8") if path.exists() else None
        if present == text:
            continue
        stale += 1
        if arguments:
            print(f"schemas/reference/{name} is stale; hint: python schemas/reference/make.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}: {text.count(chr(10)) - 1} rows")
    if arguments:
        print(f"{len(files) - stale} passed, {stale} failed")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
