"""Which reports were due and when they came, and which entries look like padding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from .dates import FAR, ONE_DAY, Period, days_of, is_working_day
from .landed import Row
from .people import People

DUE_WITHIN_WORKING_DAYS = 1
BULK_ENTRIES_IN_A_MINUTE = 3
ROUND_COUNT_STEP = 5
SIGNS = (
    "bulk_entry",
    "repeated_entry",
    "call_without_length",
    "outside_employment",
    "round_counts",
)


class Discipline(NamedTuple):
    """Columns of ``kpi_report_discipline``."""

    is_employed_working_day: bool
    report_due: bool
    due_by: date | None
    state: str
    manual_entries: int
    system_entries: int
    bulk_entries: int
    repeated_entries: int
    calls_without_length: int
    entries_outside_employment: int
    round_count_entries: int


def _activities(people: People) -> list[Row]:
    rows = people.rows("crm.activities")
    return [row for row in rows if row["occurred_at"].date() <= people.as_of]


def _is_manual(row: Row) -> bool:
    return row["is_manual"] is not False


def signs(people: People) -> set[tuple[str, str]]:
    """The activities that look like padding, each with its sign."""
    activities = _activities(people)
    found: set[tuple[str, str]] = set()
    minutes: dict[tuple[str, datetime], list[str]] = defaultdict(list)
    counts: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    said: set[tuple[Any, ...]] = set()
    for row in sorted(activities, key=lambda row: (row["occurred_at"], row["activity_id"])):
        activity_id, rep_id = row["activity_id"], row["rep_id"]
        day = row["occurred_at"].date()
        if _is_manual(row):
            minute = row["occurred_at"].replace(second=0, microsecond=0)
            minutes[rep_id, minute].append(activity_id)
            counts[rep_id, day][row["activity_type"]] += 1
        about = (row["lead_id"], row["account_id"], row["opportunity_id"])
        if any(about):
            saying = (
                rep_id,
                day,
                row["activity_type"],
                about,
                row["duration_seconds"],
                row["outcome"],
            )
            if saying in said:
                found.add((activity_id, "repeated_entry"))
            said.add(saying)
        if row["activity_type"].endswith("call") and row["duration_seconds"] == 0:
            found.add((activity_id, "call_without_length"))
        if not people.is_employed(rep_id, day):
            found.add((activity_id, "outside_employment"))
    for ids in minutes.values():
        if len(ids) >= BULK_ENTRIES_IN_A_MINUTE:
            found |= {(activity_id, "bulk_entry") for activity_id in ids}
    for row in activities:
        of_day = counts.get((row["rep_id"], row["occurred_at"].date()), Counter())
        if _is_manual(row) and all(count % ROUND_COUNT_STEP == 0 for count in of_day.values()):
            found.add((row["activity_id"], "round_counts"))
    return found


def discipline(people: People) -> Mapping[tuple[str, date], Discipline]:
    """The state of each rep's report, by rep and day."""
    schemes = [row for row in people.rows("planning.bonus_schemes") if row["is_report_required"]]
    came: dict[tuple[str, date], datetime] = {}
    for row in people.rows("crm.rep_reports"):
        if row["submitted_at"].date() <= people.as_of:
            came[row["rep_id"], row["report_date"]] = row["submitted_at"]
    manual: Counter[tuple[str, date]] = Counter()
    system: Counter[tuple[str, date]] = Counter()
    days_of_activity: dict[str, tuple[str, date]] = {}
    for row in _activities(people):
        key = (row["rep_id"], row["occurred_at"].date())
        (manual if _is_manual(row) else system)[key] += 1
        days_of_activity[row["activity_id"]] = key
    of_day: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    for activity_id, sign in signs(people):
        of_day[days_of_activity[activity_id]][sign] += 1
    first = min(day for _, day in (came.keys() | manual.keys()))
    found: dict[tuple[str, date], Discipline] = {}
    for rep_id in people.positions:
        for day in days_of(Period("", first, people.as_of)):
            if not is_working_day(day) or not people.is_employed(rep_id, day):
                continue
            key = (rep_id, day)
            position = people.position(rep_id, day)
            assert position is not None
            is_due = manual[key] > 0 or any(
                scheme["role"] == position["role"]
                and scheme["valid_from"] <= day <= (scheme["valid_to"] or FAR)
                for scheme in schemes
            )
            due_by = day
            for _ in range(DUE_WITHIN_WORKING_DAYS):
                due_by += ONE_DAY
                while not is_working_day(due_by):
                    due_by += ONE_DAY
            if not is_due:
                state = "not_due"
            elif key in came:
                state = "in_time" if came[key].date() <= due_by else "late"
            else:
                state = "pending" if due_by >= people.as_of else "missing"
            shown = (of_day[key][sign] for sign in SIGNS)
            found[key] = Discipline(True, is_due, due_by, state, manual[key], system[key], *shown)
    for key, counts in of_day.items():
        if counts and key not in found:
            shown = (counts[sign] for sign in SIGNS)
            found[key] = Discipline(False, False, None, "not_due", 0, 0, *shown)
    return found
