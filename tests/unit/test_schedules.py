"""When runs start, and as of which day."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.schedules import (
    SETTLING_SECONDS,
    month_end,
    new_extracts_sensor,
    nightly,
    run_config,
)
from dagster_project.settings import Environment, Settings


def requested(schedule: dg.ScheduleDefinition, tick: dt.datetime) -> dg.RunRequest:
    with dg.build_schedule_context(scheduled_execution_time=tick) as context:
        request = schedule(context)
    assert isinstance(request, dg.RunRequest)
    return request


def as_of(request: dg.RunRequest) -> object:
    return request.run_config["ops"]["contract_tables"]["config"]["as_of_date"]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


class TestNightly:
    @pytest.mark.parametrize(
        ("tick", "day"),
        [
            ("2014-07-01T02:00", "2014-06-30"),
            ("2014-01-01T02:00", "2013-12-31"),
            ("2024-03-01T02:00", "2024-02-29"),
            ("2025-03-01T02:00", "2025-02-28"),
        ],
    )
    def test_is_as_of_the_day_that_ended(self, tick: str, day: str) -> None:
        request = requested(nightly, at(tick))
        assert as_of(request) == day
        assert request.run_key == f"nightly-{day}"

    def test_ticks_each_night_by_one_clock(self) -> None:
        assert (nightly.cron_schedule, nightly.execution_timezone) == ("0 2 * * *", "UTC")
        assert nightly.job_name == "nightly"


class TestMonthEnd:
    @pytest.mark.parametrize(
        ("tick", "day"),
        [
            ("2014-07-01T06:00", "2014-06-30"),
            ("2014-01-01T06:00", "2013-12-31"),
            ("2024-03-01T06:00", "2024-02-29"),
            ("2023-03-01T06:00", "2023-02-28"),
            # Started by hand later in the month, it is still the month before.
            ("2014-07-15T06:00", "2014-06-30"),
        ],
    )
    def test_is_as_of_the_last_day_of_the_month_before(self, tick: str, day: str) -> None:
        request = requested(month_end, at(tick))
        assert as_of(request) == day
        assert request.run_key == f"month-end-{day}"
        assert request.tags["close"] == day[:7]

    def test_ticks_on_the_first_after_the_night(self) -> None:
        assert (month_end.cron_schedule, month_end.execution_timezone) == ("0 6 1 * *", "UTC")
        assert month_end.job_name == "nightly"


class Extracts:
    """A folder of extracts and the sensor that watches it."""

    def __init__(self, data_dir: Path) -> None:
        settings = Settings(Environment.PRODUCTION, data_dir / "config", data_dir, None)
        self.folder = settings.extracts_dir
        self.sensor = new_extracts_sensor(settings)
        self.cursor: str | None = None

    def deliver(self, name: str, text: str, *, seconds_ago: float) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        then = dt.datetime.now(dt.UTC).timestamp() - seconds_ago
        os.utime(path, (then, then))

    def look(self) -> dg.RunRequest | dg.SkipReason:
        with dg.build_sensor_context(cursor=self.cursor) as context:
            result = self.sensor(context)
            self.cursor = context.cursor
        assert isinstance(result, dg.RunRequest | dg.SkipReason)
        return result

    def skips(self) -> str:
        result = self.look()
        assert isinstance(result, dg.SkipReason), result
        assert result.skip_message is not None
        return result.skip_message

    def requests(self) -> dg.RunRequest:
        result = self.look()
        assert isinstance(result, dg.RunRequest), result
        return result


@pytest.fixture
def extracts(tmp_path: Path) -> Extracts:
    return Extracts(tmp_path)


class TestNewExtracts:
    def test_without_a_folder(self, extracts: Extracts) -> None:
        assert not extracts.folder.exists()
        assert "holds no files" in extracts.skips()

    def test_without_a_file(self, extracts: Extracts) -> None:
        (extracts.folder / "crm").mkdir(parents=True)
        assert str(extracts.folder) in extracts.skips()

    def test_while_a_file_may_still_be_written(self, extracts: Extracts) -> None:
        extracts.deliver("crm/old.csv", "1", seconds_ago=86_400)
        extracts.deliver("crm/new.csv", "1", seconds_ago=SETTLING_SECONDS - 60)
        assert "still be being written" in extracts.skips()
        assert extracts.cursor is None
        extracts.deliver("crm/new.csv", "1", seconds_ago=SETTLING_SECONDS + 60)
        extracts.requests()

    def test_requests_each_state_once(self, extracts: Extracts) -> None:
        extracts.deliver("crm/a.csv", "1", seconds_ago=9_000)
        first = extracts.requests()
        assert extracts.skips() == "No file is new."
        assert extracts.skips() == "No file is new."

        extracts.deliver("crm/a.csv", "12", seconds_ago=8_000)
        changed = extracts.requests()
        assert extracts.skips() == "No file is new."

        extracts.deliver("books/b.csv", "1", seconds_ago=9_000)
        added = extracts.requests()
        assert extracts.skips() == "No file is new."
        assert len({first.run_key, changed.run_key, added.run_key}) == 3

    def test_the_same_size_written_later_is_a_change(self, extracts: Extracts) -> None:
        extracts.deliver("crm/a.csv", "1", seconds_ago=9_000)
        first = extracts.requests()
        extracts.deliver("crm/a.csv", "2", seconds_ago=8_000)
        assert extracts.requests().run_key != first.run_key

    def test_is_as_of_the_day_of_delivery(self, extracts: Extracts) -> None:
        extracts.deliver("crm/a.csv", "1", seconds_ago=10 * 86_400)
        extracts.deliver("crm/b.csv", "1", seconds_ago=3 * 86_400)
        newest = (extracts.folder / "crm" / "b.csv").stat().st_mtime
        day = dt.datetime.fromtimestamp(newest, dt.UTC).date()
        assert as_of(extracts.requests()) == day.isoformat()


def test_run_config_is_what_a_request_holds() -> None:
    day = dt.date(2014, 6, 30)
    assert run_config(day).ops == {"contract_tables": {"config": {"as_of_date": "2014-06-30"}}}
