"""A passing build is published whole; anything else leaves what is published alone."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.errors import PublicationRefusedError
from dagster_project.publication.candidate import CandidateError
from dagster_project.publication.database import verify_database
from dagster_project.publication.publisher import publish
from dagster_project.publication.receipt import Receipt

Build = Any  # the fixture's own class; a conftest is not there to be imported

MARTS = ("core.dim_client", "marts.kpi_revenue")

#: What DuckDB 1.4 writes into a file's header, and reads.
STORAGE_NUMBER_OF_1_4 = 67


def tree(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` by content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_rows(database: Path, mart: str) -> list[tuple[Any, ...]]:
    """The rows of a mart in a database file, in stored order."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{database}' AS d (READ_ONLY)")
        return connection.execute(f"FROM d.{mart}").fetchall()


def ask(question: str) -> list[tuple[Any, ...]]:
    """A question answered by no database but files."""
    with duckdb.connect() as connection:
        return connection.execute(question).fetchall()


def parquet_files(folder: Path) -> dict[str, str]:
    return {name: digest for name, digest in tree(folder).items() if name.endswith(".parquet")}


class TestAPassingBuild:
    def test_is_published_row_for_row_in_one_order(self, build: Build) -> None:
        build.good()
        publication = publish(build.settings)
        settings = build.settings
        assert publication.run_id == "run-a"
        assert publication.database_path == settings.published_path
        assert publication.rows == {"core.dim_client": 3, "marts.kpi_revenue": 5000}
        for mart in MARTS:
            # In the order of all columns, which does not hang on how they were built.
            built = sorted(read_rows(settings.warehouse_path, mart))
            assert read_rows(publication.database_path, mart) == built
            parquet = publication.parquet_dir / (mart.replace(".", "/") + ".parquet")
            assert ask(f"FROM '{parquet}'") == built

    def test_shows_the_marts_and_nothing_else(self, build: Build) -> None:
        build.good()
        publication = publish(build.settings)
        with duckdb.connect(publication.database_path, read_only=True) as connection:
            tables = connection.execute(
                "SELECT schema_name || '.' || table_name FROM duckdb_tables() ORDER BY 1"
            ).fetchall()
        assert [name for (name,) in tables] == list(MARTS)
        assert sorted(tree(build.settings.published_dir)) == [
            "kpi.duckdb",
            "receipt.json",
            "runs/run-a/core/dim_client.parquet",
            "runs/run-a/marts/kpi_revenue.parquet",
            "runs/run-a/receipt.json",
        ]

    def test_keeps_descriptions(self, build: Build) -> None:
        build.good()
        publication = publish(build.settings)
        with duckdb.connect(publication.database_path, read_only=True) as connection:
            tables = connection.execute("SELECT table_name, comment FROM duckdb_tables()")
            assert dict(tables.fetchall()) == {
                "dim_client": "One row per client; the client's newest name.",
                "kpi_revenue": "Revenue by client and day.",
            }
            columns = connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL"
            )
            assert columns.fetchall() == [("client_name", 'Name, as "invoiced" -- last.')]

    def test_cannot_be_edited_and_is_readable_under_a_strict_umask(self, build: Build) -> None:
        build.good()
        umask = os.umask(0o077)
        try:
            publish(build.settings)
        finally:
            os.umask(umask)
        files = [path for path in build.settings.published_dir.rglob("*") if path.is_file()]
        assert len(files) == 5
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}

    def test_opens_in_older_clients(self, build: Build) -> None:
        build.good()
        path = publish(build.settings).database_path
        with duckdb.connect(path, read_only=True) as connection:
            [(version,)] = connection.execute(
                "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal"
            ).fetchall()
        assert version == "v1.4.0+"
        header = path.read_bytes()[:20]
        assert header[8:12] == b"DUCK"
        assert int.from_bytes(header[12:20], "little") == STORAGE_NUMBER_OF_1_4

    def test_is_compressed_with_zstd(self, build: Build) -> None:
        build.good()
        file = publish(build.settings).parquet_dir / "marts" / "kpi_revenue.parquet"
        codecs = ask(f"SELECT DISTINCT compression FROM parquet_metadata('{file}')")
        assert codecs == [("ZSTD",)]

    def test_has_its_receipt_beside_it(self, build: Build) -> None:
        build.good()
        publication = publish(build.settings)
        issued = build.settings.receipt_path.read_bytes()
        assert publication.receipt_path.read_bytes() == issued
        assert (publication.parquet_dir / "receipt.json").read_bytes() == issued

    def test_leaves_the_warehouse_as_it_was(self, build: Build) -> None:
        build.good()
        before = tree(build.settings.warehouse_dir)
        publish(build.settings)
        assert tree(build.settings.warehouse_dir) == before

    def test_may_hold_odd_names(self, build: Build) -> None:
        build.good(
            tables=(
                'CREATE SCHEMA marts; CREATE TABLE marts."select" AS SELECT 1 AS "a ""b"" c";'
                """COMMENT ON COLUMN marts."select"."a ""b"" c" IS 'odd'""",
            )
        )
        publication = publish(build.settings)
        assert read_rows(publication.database_path, 'marts."select"') == [(1,)]


class TestTheNextBuild:
    def test_replaces_the_file_and_keeps_earlier_runs(self, build: Build) -> None:
        build.good("build-1", "run-a")
        first = publish(build.settings)
        run_a = tree(first.parquet_dir)
        build.good(
            "build-2", "run-b", ("CREATE SCHEMA marts; CREATE TABLE marts.n AS SELECT 2 AS n",)
        )
        second = publish(build.settings)
        assert read_rows(build.settings.published_path, "marts.n") == [(2,)]
        assert tree(first.parquet_dir) == run_a
        assert second.parquet_dir.name == "run-b"

    def test_of_the_same_inputs_replaces_its_own_run_by_the_same_bytes(self, build: Build) -> None:
        build.good("build-1")
        folder = publish(build.settings).parquet_dir
        first = parquet_files(folder)
        assert len(first) == len(MARTS)
        (folder / "marts" / "left_over.parquet").write_text("from a mart that is gone")
        build.good("build-2")
        assert publish(build.settings).parquet_dir == folder
        assert parquet_files(folder) == first
        assert "build-2" in (folder / "receipt.json").read_text()
        assert not build.has_staging

    def test_of_the_same_rows_stored_otherwise_has_the_same_bytes(self, build: Build) -> None:
        """As an incremental model stores them: many inserts, and blocks with holes."""
        rows = "SELECT i AS id, hash(i) % 1000 AS amount FROM range({}, {}) AS t (i)"
        at_once = f"CREATE SCHEMA marts; CREATE TABLE marts.k AS {rows.format(0, 400_000)};"
        bit_by_bit = (
            f"CREATE SCHEMA marts; CREATE TABLE marts.k AS {rows.format(0, 1_000)};"
            "INSERT INTO marts.k SELECT -1, 0 FROM range(150_000);"
            f"INSERT INTO marts.k {rows.format(1_000, 190_001)};"
            "DELETE FROM marts.k WHERE id = -1;"
            f"INSERT INTO marts.k {rows.format(190_001, 400_000)};"
        )
        build.good("build-1", tables=(at_once,))
        first = parquet_files(publish(build.settings).parquet_dir)
        build.good("build-2", tables=(bit_by_bit,))
        assert parquet_files(publish(build.settings).parquet_dir) == first

    def test_does_not_disturb_who_reads_the_earlier_one(self, build: Build) -> None:
        rows = (
            "CREATE SCHEMA marts; "
            "CREATE TABLE marts.k AS SELECT {} AS n, i FROM range(300_000) t(i)"
        )
        build.good("build-1", "run-a", (rows.format(1),))
        path = publish(build.settings).database_path
        query = "SELECT min(n), max(n), count(*), sum(i) FROM kpi.marts.k"
        with duckdb.connect(path, read_only=True) as reader:
            build.good("build-2", "run-b", (rows.format(2),))
            publish(build.settings)
            total = sum(range(300_000))
            assert reader.execute(query).fetchall() == [(1, 1, 300_000, total)]
            script = (
                "import sys, duckdb; "
                "print(duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchall())"
            )
            other = subprocess.run(
                [sys.executable, "-c", script, str(path), query],
                check=True,
                capture_output=True,
                text=True,
            )
        assert other.stdout.strip() == f"[(2, 2, 300000, {total})]"


class TestARefusal:
    """Each starts from a published build-1 and a would-be build-2 that differs in one thing."""

    @pytest.fixture(autouse=True)
    def _published(self, build: Build) -> None:
        build.good("build-1", "run-a")
        publish(build.settings)
        build.good("build-2", "run-b")

    def refuse(self, build: Build, match: str) -> None:
        before = tree(build.settings.published_dir)
        assert "kpi.duckdb" in before
        with pytest.raises(PublicationRefusedError, match=match):
            publish(build.settings)
        assert tree(build.settings.published_dir) == before
        assert not build.has_staging

    def test_is_not_given_to_a_good_build(self, build: Build) -> None:
        """The ground the other tests stand on."""
        assert publish(build.settings).run_id == "run-b"

    def test_without_a_receipt(self, build: Build) -> None:
        build.settings.receipt_path.unlink()
        self.refuse(build, r"no receipt\. Run the build")

    def test_with_a_failed_critical_check(self, build: Build) -> None:
        build.receipt([build.check.but(has_passed=False)])
        self.refuse(build, "did not pass.*Ask accounting")

    def test_with_a_failed_model(self, build: Build) -> None:
        build.dbt_ended([("model.sales.a", "success"), ("model.sales.b", "skipped")])
        build.receipt()
        self.refuse(build, r"model\.sales\.b: skipped")

    def test_with_a_doctored_receipt(self, build: Build) -> None:
        build.receipt([build.check.but(has_passed=False)])
        build.edit_receipt(lambda document: document.update(has_passed=True, reasons=[]))
        self.refuse(build, "changed after it was written.*row_count")

    def test_with_the_receipt_of_an_earlier_build_of_the_same_inputs(self, build: Build) -> None:
        build.warehouse("build-3", "run-b")
        self.refuse(build, "build-2.*build-3")

    def test_with_the_receipt_of_another_run(self, build: Build) -> None:
        build.warehouse("build-2", "run-c")
        self.refuse(build, "run-b.*run-c")

    def test_with_a_mart_gone_since(self, build: Build) -> None:
        build.change("DROP TABLE core.dim_client")
        self.refuse(build, r"core\.dim_client has no table, on the receipt 3 rows")

    def test_with_a_mart_come_since(self, build: Build) -> None:
        build.change("CREATE TABLE marts.unchecked AS SELECT 1 AS x")
        self.refuse(build, r"marts\.unchecked has 1 rows, on the receipt no table")

    def test_with_rows_changed_since(self, build: Build) -> None:
        build.change("DELETE FROM marts.kpi_revenue WHERE client_key = 3")
        self.refuse(build, r"marts\.kpi_revenue has \d+ rows, on the receipt 5000 rows")

    def test_without_a_warehouse(self, build: Build) -> None:
        build.settings.warehouse_path.unlink()
        self.refuse(build, "no warehouse")

    @pytest.mark.parametrize("text", ["", "[]", '{"nodes": {"test.a": {}}}'])
    def test_with_a_manifest_that_is_none(self, build: Build, text: str) -> None:
        build.keys_are({})
        build.settings.manifest_path.write_text(text)
        self.refuse(build, r"manifest\.json.*not a dbt manifest")

    def test_while_a_build_is_writing(self, build: Build) -> None:
        with duckdb.connect(build.settings.warehouse_path):
            self.refuse(build, "still writing")

    def test_while_another_publication_is_running(self, build: Build) -> None:
        descriptor = os.open(build.settings.published_dir, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self.refuse(build, "another publication is running")
        finally:
            os.close(descriptor)


class TestAFailureInTheMiddle:
    """Each starts from a published build-1 and a passing build-2 of the same inputs."""

    @pytest.fixture(autouse=True)
    def _published(self, build: Build) -> None:
        build.good("build-1", "run-a")
        publish(build.settings)
        build.good("build-2", "run-a")

    @staticmethod
    def break_rename(
        monkeypatch: pytest.MonkeyPatch, target: Path | str, how_often: int = 1
    ) -> None:
        """Let renames to ``target`` (a path, or the folder name of one) fail so often."""
        rename = os.replace
        left = how_often

        def fail(source: Path, destination: Path) -> None:
            nonlocal left
            if left and (destination == target or Path(destination).parent.name == target):
                left -= 1
                raise OSError("the disk is gone")
            rename(source, destination)

        monkeypatch.setattr("os.replace", fail)

    def test_when_the_earlier_run_cannot_step_aside(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.break_rename(monkeypatch, "replaced")
        self.expect_all_as_before(build)

    def test_when_the_new_run_cannot_take_its_place(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.break_rename(monkeypatch, build.settings.published_dir / "runs" / "run-a")
        self.expect_all_as_before(build)

    def expect_all_as_before(self, build: Build) -> None:
        before = tree(build.settings.published_dir)
        with pytest.raises(OSError, match="the disk is gone"):
            publish(build.settings)
        assert tree(build.settings.published_dir) == before
        assert not build.has_staging

    def test_when_the_file_cannot_take_its_place(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = build.settings
        before = tree(settings.published_dir)
        self.break_rename(monkeypatch, settings.published_path)
        with pytest.raises(OSError, match="the disk is gone"):
            publish(settings)
        after = tree(settings.published_dir)
        assert after["kpi.duckdb"] == before["kpi.duckdb"]
        assert after["receipt.json"] == before["receipt.json"]
        assert not build.has_staging

    def test_when_a_run_is_stuck_aside_it_comes_back_later(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither its own way back nor the cleaning works; nothing may be deleted then."""
        home = build.settings.published_dir / "runs" / "run-a"
        before = tree(home)
        self.break_rename(monkeypatch, home, how_often=3)
        with pytest.raises(OSError, match="the disk is gone"):
            publish(build.settings)
        assert not home.exists()
        build.good("build-3", "run-b")
        publish(build.settings)
        assert tree(home) == before
        assert not build.has_staging

    @pytest.mark.parametrize("killed", ["build-0", "build-2"])
    def test_after_a_publisher_was_killed_its_staging_goes(self, build: Build, killed: str) -> None:
        """Also when it is the same build that is published again."""
        remains = build.settings.published_dir / ".staging" / killed
        (remains / "run").mkdir(parents=True)
        (remains / "kpi.duckdb").write_text("half of a file")
        publish(build.settings)
        assert not build.has_staging

    def test_when_a_mart_cannot_be_copied(self, build: Build) -> None:
        """An older client has no VARIANT, so the published file cannot hold one."""
        build.good(
            "build-2",
            "run-b",
            (
                "CREATE SCHEMA core; CREATE TABLE core.ok AS SELECT 1 AS x;"
                "CREATE SCHEMA marts; CREATE TABLE marts.too_new AS SELECT 1::VARIANT AS x;",
            ),
        )
        before = tree(build.settings.published_dir)
        with pytest.raises(CandidateError, match=r"marts\.too_new.*cannot be copied"):
            publish(build.settings)
        assert tree(build.settings.published_dir) == before
        assert not build.has_staging

    def test_when_parquet_cannot_hold_a_number_as_it_is(self, build: Build) -> None:
        """Parquet has no integers of 128 bits, and doubles in their place lose digits."""
        build.good(
            "build-2",
            "run-b",
            ("CREATE SCHEMA marts; CREATE TABLE marts.sums AS SELECT 1::HUGEINT AS total",),
        )
        before = tree(build.settings.published_dir)
        with pytest.raises(CandidateError, match=r"marts\.sums: total is HUGEINT.*DOUBLE"):
            publish(build.settings)
        assert tree(build.settings.published_dir) == before

    def test_when_the_candidate_reads_back_otherwise(
        self, build: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def verify_another(path: Path, receipt: Receipt) -> None:
            marts = {**receipt.marts, "marts.kpi_revenue": 4999}
            verify_database(path, receipt.model_copy(update={"marts": marts}))

        monkeypatch.setattr("dagster_project.publication.publisher.verify_database", verify_another)
        before = tree(build.settings.published_dir)
        with pytest.raises(CandidateError, match=r"marts\.kpi_revenue"):
            publish(build.settings)
        assert tree(build.settings.published_dir) == before
        assert not build.has_staging

    def test_a_candidate_with_a_log_beside_it_is_not_whole(
        self, build: Build, tmp_path: Path
    ) -> None:
        receipt = build.receipt()
        path = tmp_path / "kpi.duckdb"
        shutil.copyfile(build.settings.published_path, path)
        verify_database(path, receipt)
        (tmp_path / "kpi.duckdb.wal").write_bytes(b"rows that are not in the file")
        with pytest.raises(CandidateError, match="not written out"):
            verify_database(path, receipt)
