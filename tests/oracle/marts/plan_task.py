"""Recomputes plan_task in plain Python: chains of tasks, verdicts by the dates, contradictions."""

import datetime
from collections import Counter
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded


def chain(tasks, task):
    """The task at the top of a task's chain and the number of tasks down to it."""
    level = 1
    while task["parent_task_id"] in tasks:
        task, level = tasks[task["parent_task_id"]], level + 1
    return task, level


def end_of_ledger(lake):
    """The last day the ledger reaches: the month's end once its last working day is booked."""
    newest = max(
        (row["voucher_date"] for row in records(lake, "cost.expense")
         if row["classification"] == "department" and row["version"] == "executed"),
        default=None,
    )
    if newest is None:
        return None
    end = (newest.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    workdays = [row["calendar_date"] for row in records(lake, "reference.calendar")
                if row["is_workday"] and newest.replace(day=1) <= row["calendar_date"] <= end]
    return end if newest >= max(workdays, default=end) else newest


def verdict(task, today, days):
    status, due, done = task["status"], task["due_date"], task["finished_date"]
    if status == "stopped":
        return "stopped"
    if status == "done":
        return "done_undated" if not (due and done) else "done_on_time" if done <= due else "done_late"
    if due is None:
        return "undated"
    left = (due - today).days
    return "overdue" if left < 0 else "due_next" if days is not None and left <= days else "ahead"


def conflict(task, judged, open_parts):
    status, done, target, value = task["status"], task["finished_date"], task["target_value"], task["current_value"]
    known = target is not None and value is not None
    checks = [
        ("done_without_date", status == "done" and not done),
        ("date_without_done", status != "done" and done),
        ("done_below_target", status == "done" and known and value < target),
        ("done_before_subtasks", status == "done" and open_parts),
        ("overdue_not_told", judged == "overdue" and status != "delayed"),
        ("reached_not_done", status in ("not_started", "running", "delayed") and known and value >= target > 0),
    ]
    return next((name for name, holds in checks if holds), None)


def main():
    lake = open_lake()
    tasks = {row["task_id"]: row for row in records(lake, "plan.task")}
    settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
    days = int(settings["task_due_next_days"]) if "task_due_next_days" in settings else None
    done = [row["finished_date"] for row in tasks.values() if row["finished_date"]]
    today = max(day for day in [*done, end_of_ledger(lake)] if day)
    parts = Counter(row["parent_task_id"] for row in tasks.values())
    open_parts = Counter(row["parent_task_id"] for row in tasks.values() if row["status"] not in ("done", "stopped"))
    expected = []
    for name, task in tasks.items():
        top, level = chain(tasks, task)
        judged = verdict(task, today, days)
        late = {"done_late": task["finished_date"], "overdue": today}.get(judged)
        target, value = task["target_value"], task["current_value"]
        expected.append((
            name, top["task_id"], top["title"], level, judged, conflict(task, judged, open_parts[name]),
            rounded(Fraction(value) * 100 / Fraction(target), 4) if target and value is not None else None,
            (late - task["due_date"]).days if late else None,
            (task["due_date"] - today).days if judged in ("due_next", "ahead") else None,
            parts[name], open_parts[name], judged in ("done_on_time", "done_late", "overdue"), today,
        ))
    counts = Counter(row[4] for row in expected)
    print(f"day known {today}: {dict(sorted(counts.items()))}")
    return not compare_rows(
        lake, "plan_task", expected,
        "select task_id, chapter_task_id, chapter_title, level, verdict, conflict, reached_pct, days_late, days_left,"
        " subtask_count, open_subtask_count, is_judged, state_date from mart.plan_task",
    )


if __name__ == "__main__":
    raise SystemExit(main())
