"""Recomputes target_rate_year and target_evaluation with forty digits from targets and the values of target_progress.

The city's own truth checks those values; a decided base stands in reference.target_base.
"""

from decimal import Decimal, getcontext

from lake import compare_rows, open_lake, records, rounded

getcontext().prec = 40
ONE = Decimal(1)


def main():
    lake = open_lake()
    targets = {(row["plan"], row["region_code"], row["metric"]): row for row in records(lake, "reference.target")}
    told = {
        (row["plan"], row["region_code"], row["metric"], row["year"]): row
        for row in records(lake, "mart.target_progress")
    }
    newest = {}
    for key, row in told.items():
        if row["reason"] is None:
            newest[key[:3]] = max(newest.get(key[:3], 0), key[3])
    rates = {key: rate(row, targets[key[:3]], newest.get(key[:3])) for key, row in told.items()}
    fine = compare_rows(
        lake, "target_rate_year", [(*key, *row) for key, row in rates.items()],
        """select plan, region_code, metric, year, reason, years_left, target_value, allowed_geometric_value,
            allowed_linear_value, planned_rate_pct, reached_rate_pct, needed_rate_pct, needed_step_value,
            forecast_value, is_forecast_within, is_newest from mart.target_rate_year""",
    )
    expected = []
    for evaluation in records(lake, "reference.plan_evaluation"):
        for (plan, region, metric), target in targets.items():
            if plan != evaluation["plan"]:
                continue
            year = evaluation["year"]
            row, needed = told.get((plan, region, metric, year)), rates.get((plan, region, metric, year))
            reason = row["reason"] if row else "no_data"
            names = ("met", "not_met") if year >= target["target_year"] else ("on_track", "behind")
            elapsed = min(year, target["target_year"]) - target["base_year"]
            expected.append((
                plan, evaluation["evaluation"], region, metric, year, reason,
                names[row["value"] > row["allowed_value"]] if reason is None else None,
                *(row[name] if row else None for name in ("base_value", "value", "allowed_value", "change_pct", "progress_pct", "gap")),
                rounded(Decimal(elapsed) * 100 / (target["target_year"] - target["base_year"]), 4),
                needed[7] if needed else None, target["grade"], evaluation["grade"],
            ))
    for row in expected:
        print(" ", *row[1:9])
    return not (fine & compare_rows(
        lake, "target_evaluation", expected,
        """select plan, evaluation, region_code, metric, year, reason, result, base_value, value, allowed_value, change_pct,
            progress_pct, gap, elapsed_pct, needed_rate_pct, grade, evaluation_grade from mart.target_evaluation""",
    ))


def rate(row, target, newest):
    base_year, target_year = target["base_year"], target["target_year"]
    planned, passed = target_year - base_year, row["year"] - base_year
    left, elapsed = max(target_year - row["year"], 0), min(row["year"], target_year) - base_year
    factor, base = ONE + target["change_pct"] / 100, row["base_value"]
    goal = None if base is None else rounded(base * factor, 8)
    value = row["value"] if row["reason"] is None else None
    reason = row["reason"]
    if reason is None and left == 0:
        reason = "target_year_reached"
    reached = root(value / base, ONE / passed) if value and passed else None
    forecast = rounded(value * root(value / base, Decimal(left) / passed), 8) if reached is not None else None
    needed = root(goal / value, ONE / left) if value and left else None
    return (
        reason, left, goal,
        None if base is None else rounded(base * root(factor, Decimal(elapsed) / planned), 8),
        None if base is None else rounded(base * (1 + rounded(target["change_pct"] * elapsed / 100 / planned, 12)), 8),
        percent(root(factor, ONE / planned)), percent(reached), percent(needed),
        rounded((goal - value) / left, 8) if value is not None and left else None,
        forecast, None if forecast is None else forecast <= goal, row["year"] == newest,
    )


def root(ratio, power):
    """A power of a ratio at the twelve places the mart keeps."""
    return rounded(ratio**power, 12)


def percent(factor):
    return None if factor is None else rounded((factor - 1) * 100, 8)


if __name__ == "__main__":
    raise SystemExit(main())
