"""What is known true of the company, for scoring what the pipeline finds out."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.simulation.writer import write_parquet

#: A ledger's customer, the CRM's account it is, and what there is to tell by: which link
#: the ledger has, and how it spells the name.
_CUSTOMER_ACCOUNTS = """
SELECT
    customer_id(client) AS customer_id,
    account_id(client) AS account_id,
    link_of(client) AS link,
    spelling_of(client) AS spelling
FROM known_clients
"""


def write_truth(connection: duckdb.DuckDBPyConnection, truth_dir: Path) -> None:
    """Write ``customer_accounts.parquet``, one row a customer known today."""
    write_parquet(connection, _CUSTOMER_ACCOUNTS, truth_dir / "customer_accounts.parquet")
