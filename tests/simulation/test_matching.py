"""Matching scored on what is true of the simulated company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.command_line import Published
from tests.integration.warehouse import opened
from tests.simulation.matching import match

LEAST_RIGHT_SHARE = 0.995


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Twenty thousand customers in ten countries, a tenth of the names with a slip."""
    with duckdb.connect(str(match(tmp_path_factory.mktemp("matching"), 20_000))) as connection:
        yield connection


def test_revenue_is_matched_right(scored: duckdb.DuckDBPyConnection) -> None:
    [(share,)] = scored.execute(
        "SELECT sum(weight) FILTER (client_id = truth) / sum(weight) FROM truth"
    ).fetchall()
    assert share >= LEAST_RIGHT_SHARE


def test_no_customer_is_another_client_by_what_a_system_says(
    scored: duckdb.DuckDBPyConnection,
) -> None:
    wrong = scored.execute(
        "SELECT customer_id, match_rule, client_id, truth FROM truth "
        "WHERE client_id <> truth AND match_rule IN ('given_link', 'tax_id', 'domain', 'name')"
    ).fetchall()
    assert wrong == []


def test_names_that_are_only_alike_are_seldom_another_client(
    scored: duckdb.DuckDBPyConnection,
) -> None:
    [(wrong, found)] = scored.execute(
        "SELECT count(*) FILTER (client_id <> truth), count(*) FROM truth "
        "WHERE match_rule IN ('name_spelling', 'name_other_script')"
    ).fetchall()
    assert found > 40
    assert wrong <= found * 0.02


def test_names_are_found_in_every_form(scored: duckdb.DuckDBPyConnection) -> None:
    """Of the customers that only a name can tell, by how the ledger spells it."""
    right = dict(
        scored.execute(
            "SELECT spelling, count(*) FILTER (client_id = truth) / count(*) FROM truth "
            "WHERE link = 'name' GROUP BY spelling"
        ).fetchall()
    )
    assert right["same"] == right["upper case"] == right["other legal form"] == 1
    assert right["misspelt"] > 0.85
    # Pinyin is not read back into Chinese: those are left to a person.
    assert right["transliterated"] > 0.75


@pytest.mark.parametrize("country", ["RU", "CN", "HU", "IL", "GB"])
def test_legal_forms_are_no_part_of_a_name(scored: duckdb.DuckDBPyConnection, country: str) -> None:
    [(customers, differing)] = scored.execute(
        """
        SELECT count(*), count(*) FILTER (names.normalised_name <> accounts.normalised_name)
        FROM truth
        INNER JOIN intermediate.int_customer_names AS names USING (customer_id)
        INNER JOIN intermediate.int_account_names AS accounts
            ON accounts.account_id = 'A' || lpad(CAST(customer_id::INT - 20000 AS VARCHAR), 7, '0')
        WHERE truth.spelling = 'other legal form' AND accounts.country = ?
        """,
        [country],
    ).fetchall()
    assert customers > 100
    assert differing == 0


def test_the_published_company_is_matched_right(simulated: Published) -> None:
    """By revenue of real documents, and told in ``marts.dq_matching``."""
    truth = simulated.command.data_dir / "truth" / "customer_accounts.parquet"
    with opened(simulated) as warehouse:
        [(share,)] = warehouse.execute(
            f"""
            SELECT sum(net_revenue) FILTER (matched.client_id = survivors.client_id)
                / sum(net_revenue)
            FROM intermediate.int_documents AS documents
            INNER JOIN intermediate.int_customers_matched AS matched USING (customer_id)
            LEFT JOIN read_parquet('{truth}') AS known
                ON matched.customer_id = CAST(known.customer_id AS VARCHAR)
            LEFT JOIN intermediate.int_accounts_survived AS survivors USING (account_id)
            """
        ).fetchall()
        [(customers, revenue, matched, known)] = warehouse.execute(
            """
            SELECT sum(customer_share), sum(revenue_share),
                sum(revenue_share) FILTER (is_matched), sum(customer_count)
            FROM marts.dq_matching
            """
        ).fetchall()
        [(all_customers,)] = warehouse.execute(
            "SELECT count(*) FROM intermediate.int_customers_matched"
        ).fetchall()
    assert share >= LEAST_RIGHT_SHARE
    assert customers == pytest.approx(1)
    assert revenue == pytest.approx(1)
    assert matched == pytest.approx(share, abs=0.001)
    assert known == all_customers


def test_decisions_are_read_back(tmp_path: Path) -> None:
    """Another seed is another company, as well matched; and people have the last word."""
    decided = (
        "customer_id,account_id,decided_by,decided_on,note\n"
        "20001,A0000002,eva,2026-01-31,they moved\n"
        "20002,none,eva,2026-01-31,cash sales\n"
        "20003,A9999999,eva,2026-01-31,an account that is not there\n"
        "20004,,,,not yet\n"
    )
    with duckdb.connect(str(match(tmp_path, 3_000, seed=7, decisions=decided))) as connection:
        [(share, customers)] = connection.execute(
            "SELECT sum(weight) FILTER (client_id = truth) / sum(weight), count(*) FROM truth "
            "WHERE customer_id NOT IN ('20001', '20002')"
        ).fetchall()
        outcome = connection.execute(
            "SELECT customer_id, client_id = 'A0000002', match_rule = 'decision', is_matched "
            "FROM intermediate.int_customers_matched "
            "WHERE customer_id IN ('20001', '20002', '20003', '20004') ORDER BY 1"
        ).fetchall()
    assert customers > 2_000
    assert share >= LEAST_RIGHT_SHARE
    assert outcome == [
        ("20001", True, True, True),
        ("20002", False, True, False),
        ("20003", False, False, True),
        ("20004", False, False, True),
    ]
