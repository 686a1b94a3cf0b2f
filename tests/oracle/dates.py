"""Days, months and the company's periods."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)

#: What has no end ends on.
FAR = date(9999, 12, 31)

WORKING_DAYS = (1, 2, 3, 4, 5)


def days_in_month(year: int, month: int) -> int:
    """Number of days of a calendar month."""
    return calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """Same day of the month, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def month_start(day: date) -> date:
    """First day of the day's month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Last day of the day's month."""
    return day.replace(day=days_in_month(day.year, day.month))


def months_between(first: date, last: date) -> Iterator[date]:
    """First days of the months from the month of ``first`` to that of ``last``, both included."""
    month = month_start(first)
    while month <= last:
        yield month
        month = add_months(month, 1)


def last_full_months(end: date, count: int) -> list[date]:
    """First days of the last ``count`` months that ended on or before ``end``."""
    latest = month_start(end)
    if month_end(end) > end:
        latest = add_months(latest, -1)
    return [add_months(latest, -back) for back in range(count - 1, -1, -1)]


class Period(NamedTuple):
    """A named stretch of days, both ends included."""

    period_type: str
    start: date
    end: date


def days_of(period: Period) -> Iterator[date]:
    """The days of a period, both ends included."""
    day = period.start
    while day <= period.end:
        yield day
        day += ONE_DAY


def is_working_day(day: date) -> bool:
    """Whether the simulated company works on a day."""
    return day.isoweekday() in WORKING_DAYS


@dataclass(frozen=True)
class Calendar:
    """Fiscal years, quarters and seasons of one company.

    ``seasons`` gives the months of each season in their order, for example ``(10, 11, 12, 1)``.
    """

    fiscal_first_month: int
    seasons: Mapping[str, tuple[int, ...]]
    _known: dict[date, tuple[Period, ...]] = field(default_factory=dict, compare=False)

    def fiscal_year_start(self, day: date) -> date:
        """First day of the fiscal year that holds the day."""
        year = day.year if day.month >= self.fiscal_first_month else day.year - 1
        return date(year, self.fiscal_first_month, 1)

    def fiscal_year(self, day: date) -> int:
        """Name of the day's fiscal year: the calendar year in which it ends."""
        return (add_months(self.fiscal_year_start(day), 12) - ONE_DAY).year

    def fiscal_year_period(self, name: int) -> Period:
        """The fiscal year called ``name``."""
        day = date(name, 12, 31)
        if self.fiscal_year(day) != name:
            day = date(name - 1, 12, 31)
        start = self.fiscal_year_start(day)
        return Period("year", start, add_months(start, 12) - ONE_DAY)

    def complete_fiscal_years(self, first_day: date, as_of: date) -> list[int]:
        """Fiscal years that start on or after ``first_day`` and have ended by ``as_of``."""
        return [
            name
            for name in range(first_day.year, as_of.year + 2)
            if self.fiscal_year_period(name).start >= first_day
            and self.fiscal_year_period(name).end <= as_of
        ]

    def periods_of(self, day: date) -> tuple[Period, ...]:
        """The month, quarter, year and season (if any) that hold the day."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = tuple(self._find_periods(day))
        return known

    def _find_periods(self, day: date) -> Iterator[Period]:
        month = month_start(day)
        yield Period("month", month, month_end(day))
        year = self.fiscal_year_start(day)
        yield Period("year", year, add_months(year, 12) - ONE_DAY)
        into_year = (day.month - self.fiscal_first_month) % 12
        quarter = add_months(year, into_year // 3 * 3)
        yield Period("quarter", quarter, add_months(quarter, 3) - ONE_DAY)
        for months in self.seasons.values():
            if day.month in months:
                start = add_months(month, -months.index(day.month))
                yield Period("season", start, add_months(start, len(months)) - ONE_DAY)


def one_year_later(period: Period) -> Period:
    """The same period of the following year."""
    start = add_months(period.start, 12)
    return Period(period.period_type, start, add_months(period.end + ONE_DAY, 12) - ONE_DAY)


def prior_end(period: Period) -> date:
    """Last day of the same period of the year before."""
    return add_months(period.end + ONE_DAY, -12) - ONE_DAY
