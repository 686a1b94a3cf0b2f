"""What a peer is told of the company: its landed Parquet files, its day and its fiscal year."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

#: What other marts are about and a script would be given: each customer's client, after
#: matching and merges; each client's segment; and the times a client is under contract.
MATCHED_CUSTOMERS, CLIENTS, CONTRACT_SPANS = "matched_customers", "clients", "contract_spans"


@dataclass(frozen=True)
class Company:
    """The files of each landed table by its name, and the settings that figures depend on."""

    files: dict[str, list[str]]
    as_of_date: str
    reporting_currency: str
    fiscal_year_first_month: int

    def write(self, path: Path) -> None:
        """Write it down for a peer's own process."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Company:
        """What ``write`` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


#: The five marts, reduced to the columns that are compared, by the peers' names for them.
ANSWERS = {
    "revenue_yoy": """
        SELECT period_start AS month, cut_id AS client_id, net_revenue, prior_revenue, difference
        FROM marts.kpi_revenue_yoy WHERE period_type = 'month' AND cut = 'client'
    """,
    "client_tiers": """
        SELECT client_id, revenue_12_months, tier FROM marts.kpi_client_tiers
    """,
    "churn": """
        SELECT month_start AS month, clients_at_start, clients_joined, clients_lost,
            clients_won_back
        FROM marts.kpi_churn WHERE cut = 'company'
    """,
    "new_business": """
        SELECT period_start AS month, new_revenue, standing_revenue, new_clients
        FROM marts.kpi_new_business WHERE period_type = 'month' AND cut = 'company'
    """,
    "seasonality": """
        SELECT segment, month_of_year, net_revenue FROM marts.kpi_seasonality
    """,
}
