"""A mart in parts: only parts of another build are written, and readers cannot tell."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.errors import PublicationRefusedError
from dagster_project.publication.candidate import CandidateError
from dagster_project.publication.database import verify_database
from dagster_project.publication.parts import count_groups
from dagster_project.publication.publisher import Publication, publish
from dagster_project.publication.receipt import Receipt

Build = Any  # the fixture's own class; a conftest is not there to be imported

FACT = "core.fct_revenue_lines"
JANUARY, FEBRUARY, MARCH, APRIL = (dt.date(2014, month, 1) for month in range(1, 5))

#: Rows a month, and what each amount is multiplied by.
Lines = Mapping[dt.date, tuple[int, int]]

FIRST: Lines = {JANUARY: (2000, 1), FEBRUARY: (3000, 1), MARCH: (1000, 1)}


#: The build that made everything, unless a test says otherwise, and of how many clients.
FULL_BUILD = "build-1"
CLIENTS = 10

ClientMonth = tuple[int, dt.date]


def fact(
    lines: Lines, built_by: Mapping[dt.date, str], order: str = "i", more_columns: str = ""
) -> str:
    """SQL for a warehouse's fact and what it says of its months' builds."""
    rows = " UNION ALL ".join(
        f"SELECT i, DATE '{month}' AS month_start, {factor} AS factor FROM range({count}) t (i)"
        for month, (count, factor) in lines.items()
    )
    built_again = {
        (client, month): build_id
        for month, build_id in built_by.items()
        if build_id != FULL_BUILD
        for client in range(CLIENTS)
    }
    return f"""
        CREATE SCHEMA IF NOT EXISTS core;
        CREATE TABLE core.fct_revenue_lines AS
            SELECT 'I' || (i // 3) AS invoice_id, (i % 3)::INTEGER AS line_number,
                'R' || i % 2 AS rep_id, 'C' || i % {CLIENTS} AS client_id,
                (i * factor)::DECIMAL(18, 4) AS net_revenue{more_columns},
                month_start, CASE WHEN i % 9 = 0 THEN 'late' END AS reliability_reasons
            FROM ({rows}) ORDER BY {order};
        COMMENT ON TABLE core.fct_revenue_lines IS 'One row a invoice line.';
        COMMENT ON COLUMN core.fct_revenue_lines.net_revenue IS 'In the client''s money.';
        CREATE SCHEMA IF NOT EXISTS intermediate;
        CREATE TABLE intermediate.int_client_month_builds
            (client_id VARCHAR, build_id VARCHAR, month_start DATE);
    """ + note_builds(built_again)


def note_builds(built_again: Mapping[ClientMonth, str]) -> str:
    """SQL that says which build made clients' months after the full build."""
    return "".join(
        "INSERT INTO intermediate.int_client_month_builds "
        f"VALUES ('C{client}', '{build_id}', DATE '{month}');"
        for (client, month), build_id in built_again.items()
    )


def built_by(build_id: str, lines: Lines = FIRST) -> dict[dt.date, str]:
    return dict.fromkeys(lines, build_id)


def company(*tables: str) -> tuple[str, ...]:
    """A warehouse of a small mart beside the fact."""
    return (
        *tables,
        "CREATE SCHEMA marts; CREATE TABLE marts.kpi_n AS SELECT 1 AS n, 'x' AS run_id;"
        "COMMENT ON COLUMN marts.kpi_n.run_id IS 'The run that published the row.'",
    )


def month_file(publication: Publication, month: dt.date) -> Path:
    return (
        publication.parquet_dir
        / f"core/fct_revenue_lines/run_id={publication.run_id}/month_start={month}/rows.parquet"
    )


def inode(publication: Publication, month: dt.date) -> int:
    return month_file(publication, month).stat().st_ino


def ask(question: str, database: Path | None = None) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        if database is not None:
            connection.execute(f"ATTACH '{database}' AS d (READ_ONLY); USE d")
        return connection.execute(question).fetchall()


def expect_agreement(build: Build, publication: Publication) -> None:
    """The database and the Parquet files hold the warehouse's rows, each of this run."""
    columns = ", ".join(
        name
        for (name,) in ask(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'fct_revenue_lines' "
            "AND database_name = 'd' ORDER BY column_index",
            build.settings.warehouse_path,
        )
    )
    expected = [
        (*row, publication.run_id)
        for row in ask(f"SELECT {columns} FROM {FACT} ORDER BY ALL", build.settings.warehouse_path)
    ]
    assert expected
    wanted = f"SELECT {columns}, run_id FROM {{}} ORDER BY ALL"
    assert ask(wanted.format(FACT), publication.database_path) == expected
    files = f"{publication.parquet_dir}/core/fct_revenue_lines/**/*.parquet"
    parquet = f"read_parquet('{files}', hive_partitioning = true)"
    assert ask(wanted.format(parquet)) == expected


def copied(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """From here on, which files are copied byte for byte."""
    del publication
    copy = shutil.copyfile
    sources: list[Path] = []

    def remember(source: Path, target: Path) -> Path:
        sources.append(Path(source))
        return Path(copy(source, target))

    monkeypatch.setattr("shutil.copyfile", remember)
    return sources


@pytest.fixture
def first(build: Build) -> Publication:
    """Three months, all of one build, published as run-a."""
    build.good("build-1", "run-a", company(fact(FIRST, built_by("build-1"))))
    return publish(build.settings)


#: The next night: February has other amounts, March lost its rows, April is new.
SECOND: Lines = {JANUARY: (2000, 1), FEBRUARY: (3000, 7), APRIL: (10, 1)}
SECOND_BUILDS = {JANUARY: "build-1", FEBRUARY: "build-2", MARCH: "build-2", APRIL: "build-2"}


def next_night(build: Build, run_id: str = "run-b") -> Publication:
    build.good("build-2", run_id, company(fact(SECOND, SECOND_BUILDS)))
    return publish(build.settings)


class TestTheFirstPublication:
    def test_has_every_row_in_both_under_its_run(self, build: Build, first: Publication) -> None:
        expect_agreement(build, first)
        assert first.rows == {FACT: 6000, "marts.kpi_n": 1}

    def test_says_on_its_receipt_what_each_part_is_of(self, first: Publication) -> None:
        receipt = json.loads(first.receipt_path.read_text(encoding="utf-8"))
        state = receipt["parts"][FACT]
        assert state["groups"] == 1
        assert [(part["month"], part["group"], part["rows"]) for part in state["parts"]] == [
            ("2014-01-01", 0, 2000),
            ("2014-02-01", 0, 3000),
            ("2014-03-01", 0, 1000),
        ]
        assert len({part["builds"] for part in state["parts"]}) == 1

    def test_has_one_order_whatever_the_warehouse_has(
        self, build: Build, first: Publication
    ) -> None:
        before = [month_file(first, month).read_bytes() for month in FIRST]
        build.good(
            "build-2", "run-a", company(fact(FIRST, built_by("build-2"), order="hash(i, 7)"))
        )
        second = publish(build.settings)
        assert [month_file(second, month).read_bytes() for month in FIRST] == before

    def test_is_in_the_order_of_the_key_that_dbt_tested(self, build: Build) -> None:
        build.good("build-1", "run-a", company(fact(FIRST, built_by("build-1"))))
        build.keys_are({"core.fct_revenue_lines": ("net_revenue",)})
        file = month_file(publish(build.settings), FEBRUARY)
        amounts = [amount for (amount,) in ask(f"SELECT net_revenue FROM '{file}'")]
        assert amounts == list(range(3000))

    def test_keeps_descriptions(self, first: Publication) -> None:
        expect_comments(first)


def expect_comments(publication: Publication) -> None:
    assert ask(
        "SELECT comment FROM duckdb_tables() WHERE table_name = 'fct_revenue_lines' "
        "AND database_name = 'd'",
        publication.database_path,
    ) == [("One row a invoice line.",)]
    assert dict(
        ask(
            "SELECT column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL "
            "AND table_name = 'fct_revenue_lines' AND database_name = 'd'",
            publication.database_path,
        )
    ) == {
        "net_revenue": "In the client's money.",
        "run_id": "The run that published the row.",
    }


class TestTheNextNight:
    def test_has_every_row_in_both_under_its_run(self, build: Build, first: Publication) -> None:
        second = next_night(build)
        assert second.run_id != first.run_id
        expect_agreement(build, second)

    def test_links_the_untouched_month_and_writes_the_others(
        self, build: Build, first: Publication
    ) -> None:
        untouched = month_file(first, JANUARY).stat()
        second = next_night(build)
        assert inode(second, JANUARY) == untouched.st_ino
        assert month_file(second, JANUARY).stat().st_mtime_ns == untouched.st_mtime_ns
        assert inode(second, FEBRUARY) != inode(first, FEBRUARY)
        assert not month_file(second, MARCH).parent.exists()
        assert month_file(second, APRIL).exists()

    def test_leaves_the_earlier_run_readable(self, build: Build, first: Publication) -> None:
        before = {month: month_file(first, month).read_bytes() for month in FIRST}
        shutil.rmtree(next_night(build).parquet_dir)
        assert {month: month_file(first, month).read_bytes() for month in FIRST} == before

    def test_can_outlive_the_run_it_links_to(self, build: Build, first: Publication) -> None:
        second = next_night(build)
        shutil.rmtree(first.parquet_dir)
        expect_agreement(build, second)

    def test_keeps_its_files_sealed(self, build: Build, first: Publication) -> None:
        second = next_night(build)
        for publication in (first, second):
            files = [path for path in publication.parquet_dir.rglob("*") if path.is_file()]
            assert {path.stat().st_mode & 0o777 for path in files} == {0o444}

    def test_keeps_descriptions(self, build: Build, first: Publication) -> None:
        del first
        expect_comments(next_night(build))

    def test_starts_from_the_published_file(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sources = copied(first, monkeypatch)
        next_night(build)
        assert sources == [first.database_path]

    def test_has_the_bytes_of_one_build_of_everything(
        self, build: Build, first: Publication
    ) -> None:
        del first
        second = next_night(build)
        night_by_night = {month: month_file(second, month).read_bytes() for month in SECOND}
        shutil.rmtree(build.settings.published_dir)
        build.good("build-9", "run-b", company(fact(SECOND, built_by("build-9", SECOND))))
        at_once = publish(build.settings)
        assert {month: month_file(at_once, month).read_bytes() for month in SECOND} == (
            night_by_night
        )

    def test_without_any_change_links_all(self, build: Build, first: Publication) -> None:
        build.good("build-2", "run-b", company(fact(FIRST, built_by("build-1"))))
        second = publish(build.settings)
        assert [inode(second, month) for month in FIRST] == [inode(first, m) for m in FIRST]
        expect_agreement(build, second)

    def test_after_many_nights_the_file_is_no_larger_than_a_few(
        self, build: Build, first: Publication
    ) -> None:
        """Blocks that a night leaves are used again by the next."""
        at_first = first.database_path.stat().st_size
        for night in range(2, 14):
            lines = {**FIRST, FEBRUARY: (3000, night), MARCH: (1000, night)}
            builds = {**built_by(f"build-{night}"), JANUARY: "build-1"}
            build.good(f"build-{night}", f"run-{night}", company(fact(lines, builds)))
            last = publish(build.settings)
        assert last.database_path.stat().st_size < 3 * at_first
        expect_agreement(build, last)

    def test_may_have_lost_every_row(self, build: Build, first: Publication) -> None:
        del first
        nothing = fact({JANUARY: (0, 1)}, built_by("build-2"))
        build.good("build-2", "run-b", company(nothing))
        second = publish(build.settings)
        assert second.rows[FACT] == 0
        assert ask(f"SELECT count(*) FROM {FACT}", second.database_path) == [(0,)]

    def test_may_be_the_same_run_again(self, build: Build, first: Publication) -> None:
        """Over its own folder, whose files it links to."""
        inodes = [inode(first, month) for month in FIRST]
        build.good("build-2", "run-a", company(fact(FIRST, built_by("build-1"))))
        again = publish(build.settings)
        assert again.parquet_dir == first.parquet_dir
        assert [inode(again, month) for month in FIRST] == inodes
        expect_agreement(build, again)
        assert not build.has_staging


class TestWhatCannotBeAddedTo:
    """Then all is written anew, and nothing is wrong."""

    def test_another_form_of_the_fact(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also where its months claim to be of the same build."""
        sources = copied(first, monkeypatch)
        other = fact(FIRST, built_by("build-2"), more_columns=", i % 5 AS flag_mask")
        build.good("build-2", "run-b", company(other))
        expect_agreement(build, publish(build.settings))
        assert sources == []

    def test_a_publication_of_before_there_were_parts(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path in (first.receipt_path, first.parquet_dir / "receipt.json"):
            document = json.loads(path.read_text(encoding="utf-8"))
            del document["parts"]
            path.chmod(0o644)
            path.write_text(json.dumps(document), encoding="utf-8")
        first.database_path.chmod(0o644)
        with duckdb.connect(first.database_path) as connection:
            connection.execute("DROP SCHEMA publication CASCADE")
        sources = copied(first, monkeypatch)
        second = next_night(build)
        expect_agreement(build, second)
        assert inode(second, JANUARY) != inode(first, JANUARY)
        assert sources == []

    @pytest.mark.parametrize("name", ["kpi.duckdb", "receipt.json", "runs/run-a/receipt.json"])
    @pytest.mark.parametrize("is_gone", [True, False])
    def test_a_published_file_that_is_gone_or_damaged(
        self, build: Build, first: Publication, name: str, *, is_gone: bool
    ) -> None:
        del first
        path = build.settings.published_dir / name
        path.unlink()
        if not is_gone:
            path.write_bytes(b"no such thing")
        expect_agreement(build, next_night(build))

    def test_a_publication_of_another_full_build(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sources = copied(first, monkeypatch)
        build.warehouse("build-2", "run-b", company(fact(FIRST, {})), full_build_id="build-2")
        build.dbt_ended()
        build.receipt()
        second = publish(build.settings)
        expect_agreement(build, second)
        assert all(inode(second, month) != inode(first, month) for month in FIRST)
        assert sources == []

    def test_a_month_whose_file_is_gone(self, build: Build, first: Publication) -> None:
        month_file(first, JANUARY).unlink()
        expect_agreement(build, next_night(build))

    def test_a_file_that_is_mostly_unused(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dagster_project.publication.database.MOST_UNUSED", -1.0)
        sources = copied(first, monkeypatch)
        expect_agreement(build, next_night(build))
        assert sources == []

    def test_a_filesystem_without_links(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_links(*_: object) -> None:
            raise OSError("links are not supported here")

        monkeypatch.setattr("os.link", no_links)
        second = next_night(build)
        assert inode(second, JANUARY) != inode(first, JANUARY)
        assert month_file(second, JANUARY).read_bytes() == month_file(first, JANUARY).read_bytes()
        expect_agreement(build, second)


class TestAFailureInTheMiddle:
    @pytest.mark.parametrize("target", ["runs/run-b", "kpi.duckdb", "receipt.json"])
    @pytest.mark.parametrize("later", ["build-2", "build-1"])
    def test_leaves_ground_for_the_next_publication(
        self,
        build: Build,
        first: Publication,
        monkeypatch: pytest.MonkeyPatch,
        target: str,
        later: str,
    ) -> None:
        """Whatever was swapped in by then, and whichever build is published next."""
        del first
        rename = os.replace
        broken = build.settings.published_dir / target

        def fail(source: Path, destination: Path) -> None:
            if destination == broken:
                raise OSError("the disk is gone")
            rename(source, destination)

        with monkeypatch.context() as disk:
            disk.setattr("os.replace", fail)
            with pytest.raises(OSError, match="the disk is gone"):
                next_night(build)
        assert not build.has_staging
        if later == "build-1":
            build.good("build-1", "run-a", company(fact(FIRST, built_by("build-1"))))
        expect_agreement(build, publish(build.settings))


def contents(publication: Publication) -> tuple[dict[str, bytes], list[tuple[Any, ...]]]:
    """The bytes of the Parquet files by their names, and the rows of the database."""
    files = {
        path.relative_to(publication.parquet_dir).as_posix(): path.read_bytes()
        for path in publication.parquet_dir.rglob("*.parquet")
    }
    return files, ask(f"FROM {FACT} ORDER BY ALL", publication.database_path)


def parts_of(publication: Publication) -> dict[str, int]:
    """The inode of every file of the fact, by month and name."""
    folder = publication.parquet_dir / "core/fct_revenue_lines" / f"run_id={publication.run_id}"
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino
        for path in folder.rglob("*.parquet")
    }


class TestClientsInGroups:
    """A larger mart has its clients in groups, each a file a month."""

    @pytest.fixture(autouse=True)
    def _few_rows_are_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dagster_project.publication.parts.ROWS_A_PART", 500)

    def test_every_row_is_in_both(self, build: Build, first: Publication) -> None:
        expect_agreement(build, first)
        receipt = json.loads(first.receipt_path.read_text(encoding="utf-8"))
        assert receipt["parts"][FACT]["groups"] == 4
        assert 3 < len(parts_of(first)) <= 12

    def test_a_merge_writes_the_groups_of_its_clients(
        self, build: Build, first: Publication
    ) -> None:
        """All months of C1 come to C2, so both are built again in every month."""
        merged = "UPDATE core.fct_revenue_lines SET client_id = 'C2' WHERE client_id = 'C1';"
        builds = note_builds({(client, month): "build-2" for client in (1, 2) for month in FIRST})
        build.good("build-2", "run-b", company(fact(FIRST, built_by(FULL_BUILD)), merged, builds))
        second = publish(build.settings)
        expect_agreement(build, second)
        before, after = parts_of(first), parts_of(second)
        touched = {
            f"rows-{group:02}.parquet"
            for (group,) in ask("SELECT DISTINCT hash(c) % 4 FROM (VALUES ('C1'), ('C2')) t (c)")
        }
        rewritten = {name for name, inode in after.items() if before.get(name) != inode}
        assert {name.split("/")[1] for name in rewritten} <= touched
        assert len(rewritten) == len(touched & {n.split("/")[1] for n in after}) * len(FIRST)

    def test_leaves_rows_of_other_clients_alone_in_the_database(
        self, build: Build, first: Publication
    ) -> None:
        """A mark in another client's rows is still there; one in a changed client's is not."""
        first.database_path.chmod(0o644)
        with duckdb.connect(first.database_path) as connection:
            connection.execute(
                f"UPDATE {FACT} SET net_revenue = -1 WHERE client_id IN ('C1', 'C2')"
            )
        builds = note_builds({(1, month): "build-2" for month in FIRST})
        build.good("build-2", "run-b", company(fact(FIRST, built_by(FULL_BUILD)), builds))
        second = publish(build.settings)
        assert ask(
            f"SELECT DISTINCT client_id FROM {FACT} WHERE net_revenue < 0", second.database_path
        ) == [("C2",)]

    def test_a_warehouse_that_was_set_back(self, build: Build, first: Publication) -> None:
        """What only the published run has built again is not the warehouse's."""
        del first
        changed = f"UPDATE {FACT} SET net_revenue = 5 WHERE client_id = 'C4';"
        builds = note_builds({(4, month): "build-2" for month in FIRST})
        build.good("build-2", "run-b", company(fact(FIRST, built_by(FULL_BUILD)), changed, builds))
        publish(build.settings)
        build.good("build-3", "run-c", company(fact(FIRST, built_by(FULL_BUILD))))
        expect_agreement(build, publish(build.settings))

    @pytest.mark.parametrize("rows_a_batch", [1, 700, 10_000])
    def test_are_written_alike_in_any_batches(
        self,
        build: Build,
        first: Publication,
        monkeypatch: pytest.MonkeyPatch,
        rows_a_batch: int,
    ) -> None:
        """Also of a warehouse where no month's rows lie together."""
        at_once = contents(first)
        shutil.rmtree(build.settings.published_dir)
        monkeypatch.setattr("dagster_project.publication.parquet.ROWS_A_BATCH", rows_a_batch)
        build.good(tables=company(fact(FIRST, built_by(FULL_BUILD), order="hash(i, 3)")))
        assert contents(publish(build.settings)) == at_once

    def test_a_client_that_lost_its_rows_is_gone(self, build: Build, first: Publication) -> None:
        del first
        gone = (
            "DELETE FROM core.fct_revenue_lines WHERE client_id = 'C7' "
            "AND month_start = DATE '2014-02-01';"
        )
        builds = note_builds({(7, FEBRUARY): "build-2"})
        build.good("build-2", "run-b", company(fact(FIRST, built_by(FULL_BUILD)), gone, builds))
        expect_agreement(build, publish(build.settings))

    def test_growth_gives_more_groups(
        self, build: Build, first: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dagster_project.publication.parts.ROWS_A_PART", 100)
        build.good("build-2", "run-b", company(fact(FIRST, built_by(FULL_BUILD))))
        second = publish(build.settings)
        expect_agreement(build, second)
        assert not set(parts_of(first).values()) & set(parts_of(second).values())

    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        nights=st.lists(
            st.dictionaries(
                st.tuples(st.integers(0, CLIENTS - 1), st.sampled_from(list(FIRST))),
                st.integers(0, 3),
                max_size=6,
            ),
            min_size=2,
            max_size=4,
        )
    )
    def test_any_nights_publish_what_the_last_would_alone(
        self, build: Build, nights: list[dict[ClientMonth, int]]
    ) -> None:
        """Each night gives some clients' months other amounts, or takes their rows."""
        shutil.rmtree(build.settings.published_dir, ignore_errors=True)
        changes: list[str] = []
        built_again: dict[ClientMonth, str] = {}
        for number, night in enumerate(nights, start=1):
            for (client, month), factor in night.items():
                where = f"WHERE client_id = 'C{client}' AND month_start = DATE '{month}'"
                changes.append(
                    f"UPDATE {FACT} SET net_revenue = line_number * {factor} {where};"
                    if factor
                    else f"DELETE FROM {FACT} {where};"
                )
                built_again[client, month] = f"build-{number}"
            lines = fact(FIRST, built_by(FULL_BUILD))
            tables = company(lines, *changes, note_builds(built_again))
            build.good(f"build-{number}", "run-a", tables)
            by_night = publish(build.settings)
            expect_agreement(build, by_night)
        before = contents(by_night)
        shutil.rmtree(build.settings.published_dir)
        assert contents(publish(build.settings)) == before


class TestHowManyGroups:
    """By hand: 50,000 rows a month are usual for a group, a fourth to four times tolerable."""

    @pytest.mark.parametrize(
        ("rows_a_month", "groups"),
        [(0, 1), (83, 1), (60_000, 1), (110_000, 2), (400_000, 8), (1_670_000, 32), (1e9, 32)],
    )
    def test_follows_the_size(self, rows_a_month: float, groups: int) -> None:
        assert count_groups(rows_a_month, before=None) == groups

    @pytest.mark.parametrize(
        ("rows_a_month", "groups"),
        [(99_000, 2), (101_000, 8), (400_000, 8), (1_590_000, 8), (1_610_000, 32)],
    )
    def test_stays_while_it_is_tolerable(self, rows_a_month: float, groups: int) -> None:
        assert count_groups(rows_a_month, before=8) == groups


class TestARefusal:
    def test_of_rows_of_no_month(self, build: Build) -> None:
        build.warehouse(tables=company(fact(FIRST, built_by("build-1"))))
        build.dbt_ended()
        build.change("UPDATE core.fct_revenue_lines SET month_start = NULL WHERE line_number = 2")
        with pytest.raises(PublicationRefusedError, match=r"no month.*build everything"):
            build.receipt()

    def test_of_a_warehouse_that_does_not_know_its_builds(self, build: Build) -> None:
        build.warehouse(tables=company(fact(FIRST, built_by("build-1"))))
        build.dbt_ended()
        build.change("DROP TABLE intermediate.int_client_month_builds")
        with pytest.raises(PublicationRefusedError, match="int_client_month_builds"):
            build.receipt()

    @pytest.mark.parametrize(
        "change",
        [
            note_builds({(3, JANUARY): "build-0"}),
            "UPDATE run.context SET full_build_id = 'build-0'",
            "UPDATE core.fct_revenue_lines SET month_start = DATE '2014-01-01' "
            "WHERE month_start = DATE '2014-03-01'",
        ],
    )
    def test_of_parts_changed_since_the_receipt(self, build: Build, change: str) -> None:
        build.good(tables=company(fact(FIRST, built_by("build-1"))))
        build.change(change)
        with pytest.raises(PublicationRefusedError, match=r"fct_revenue_lines.*other months"):
            publish(build.settings)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE core.fct_revenue_lines SET run_id = 'run-z' WHERE invoice_id = 'I7'",
            "UPDATE core.fct_revenue_lines SET month_start = DATE '2014-02-01' "
            "WHERE invoice_id = 'I7'",
        ],
    )
    def test_of_a_candidate_with_a_row_out_of_place(
        self, build: Build, first: Publication, tmp_path: Path, change: str
    ) -> None:
        receipt = Receipt.model_validate(
            {
                name: value
                for name, value in json.loads(first.receipt_path.read_text()).items()
                if name not in ("has_passed", "reasons")
            }
        )
        candidate = tmp_path / "kpi.duckdb"
        shutil.copyfile(build.settings.published_path, candidate)
        verify_database(candidate, receipt)
        with duckdb.connect(candidate) as connection:
            connection.execute(change)
        with pytest.raises(CandidateError, match="fct_revenue_lines"):
            verify_database(candidate, receipt)
