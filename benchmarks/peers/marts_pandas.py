"""Five headline marts in pandas, from the landed Parquet.

``python -m benchmarks.peers.marts_pandas <company.json> <folder for the answers>`` prints the
seconds from the first read to the last answer. Money is float64, as in most notebooks; every
step is a vectorised merge, group or window.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.company import CLIENTS, CONTRACT_SPANS, MATCHED_CUSTOMERS, Company

RHYTHMS_MISSED, LEAST_DAYS, LEAST_PURCHASES = 3, 90, 3
TIERS = ((0.80, "tier 1"), (0.90, "tier 2"), (0.95, "tier 3"))


def read(company: Company, table: str, columns: list[str]) -> pd.DataFrame:
    """A landed table with money as floats and dates as timestamps."""
    found = pq.read_table(company.files[table], columns=columns)
    floats = pa.schema(
        [
            pa.field(field.name, pa.float64() if pa.types.is_decimal(field.type) else field.type)
            for field in found.schema
        ]
    )
    return found.cast(floats).to_pandas(date_as_object=False)


def month_of(days: pd.Series) -> pd.Series:
    """The first day of each day's month."""
    return days.dt.to_period("M").dt.to_timestamp()


def month_number(days: pd.Series) -> pd.Series:
    """Months since year 0."""
    return days.dt.year * 12 + days.dt.month - 1


def month_day(numbers: pd.Series) -> pd.Series:
    """First days of months by their numbers."""
    return pd.to_datetime({"year": numbers // 12, "month": numbers % 12 + 1, "day": 1})


def monthly_rates(company: Company) -> pd.DataFrame:
    """Average rate of each currency and month to the reporting currency."""
    rates = read(
        company,
        "accounting.exchange_rates",
        ["rate_on", "from_currency", "to_currency", "rate"],
    )
    rates["month"] = month_of(rates["rate_on"])
    own = company.reporting_currency
    direct = (
        rates[rates["to_currency"] == own]
        .groupby(["from_currency", "month"], as_index=False)["rate"]
        .mean()
        .rename(columns={"from_currency": "currency"})
    )
    turned = (
        rates[rates["from_currency"] == own]
        .groupby(["to_currency", "month"], as_index=False)["rate"]
        .mean()
        .rename(columns={"to_currency": "currency"})
        .assign(rate=lambda frame: 1 / frame["rate"])
    )
    known = pd.concat([direct, turned]).drop_duplicates(["currency", "month"])
    # The mean of a month may lie halfway, which goes up; floats alone would toss a coin.
    return known.assign(rate=(known["rate"].round(12) + 1e-12).round(8))


def clients_of_customers(company: Company) -> pd.DataFrame:
    """Each customer's client and the client's segment."""
    customers = read(company, MATCHED_CUSTOMERS, ["customer_id", "client_id"])
    clients = read(company, CLIENTS, ["client_id", "segment"])
    return customers.merge(clients, on="client_id")


def counted_invoices(company: Company) -> pd.DataFrame:
    """Counted documents with their client, segment, sign and rate."""
    invoices = read(
        company,
        "accounting.invoices",
        [
            "invoice_id",
            "document_type",
            "customer_id",
            "issued_on",
            "currency",
            "status",
            "net_amount",
        ],
    )
    counted = ~invoices["status"].isin(["draft", "voided"]) & (
        invoices["issued_on"] <= company.as_of_date
    )
    invoices = (
        invoices[counted]
        .assign(month=lambda frame: month_of(frame["issued_on"]))
        .merge(clients_of_customers(company), on="customer_id")
        .merge(monthly_rates(company), on=["currency", "month"], how="left")
    )
    invoices.loc[invoices["currency"] == company.reporting_currency, "rate"] = 1.0
    is_credit = (invoices["document_type"] == "credit_note") & (invoices["net_amount"] > 0)
    invoices["factor"] = invoices["rate"] * (1 - 2 * is_credit)
    return invoices


def revenue_by_day(company: Company, invoices: pd.DataFrame) -> pd.DataFrame:
    """Net revenue of each client and day, from the lines."""
    lines = read(company, "accounting.invoice_lines", ["invoice_id", "net_amount"]).merge(
        invoices[["invoice_id", "client_id", "segment", "issued_on", "month", "factor"]],
        on="invoice_id",
    )
    lines["net_revenue"] = (lines["net_amount"] * lines["factor"]).round(4)
    return lines.groupby(
        ["client_id", "segment", "issued_on", "month"], as_index=False, observed=True
    )["net_revenue"].sum()


def revenue_yoy(company: Company, daily: pd.DataFrame) -> pd.DataFrame:
    """Each client's months beside the same months of the year before."""
    monthly = daily.groupby(["client_id", "month"], as_index=False)["net_revenue"].sum()
    prior = monthly.rename(columns={"net_revenue": "prior_revenue"})
    prior = prior.assign(month=prior["month"] + pd.DateOffset(years=1))
    both = monthly.merge(prior, on=["client_id", "month"], how="outer").fillna(
        {"net_revenue": 0.0, "prior_revenue": 0.0}
    )
    both = both[both["month"] <= company.as_of_date]
    first = daily["issued_on"].min()
    has_prior = both["month"] - pd.DateOffset(months=11) > first
    both["prior_revenue"] = both["prior_revenue"].where(has_prior)
    both["difference"] = both["net_revenue"] - both["prior_revenue"]
    return both


def client_tiers(company: Company, daily: pd.DataFrame) -> pd.DataFrame:
    """Every client's revenue of the last twelve months, and its tier by it."""
    start = pd.Timestamp(company.as_of_date) - pd.DateOffset(months=12)
    revenue = daily[daily["issued_on"] > start].groupby("client_id")["net_revenue"].sum()
    everyone = read(company, CLIENTS, ["client_id"])["client_id"]
    tiers = revenue.reindex(everyone, fill_value=0.0).rename_axis("client_id").reset_index()
    tiers = tiers.rename(columns={"net_revenue": "revenue_12_months"})
    tiers["counted"] = tiers["revenue_12_months"].clip(lower=0)
    tiers = tiers.sort_values(["counted", "client_id"], ascending=[False, True])
    before = (tiers["counted"].cumsum() - tiers["counted"]) / tiers["counted"].sum()
    tiers["tier"] = "to develop"
    for share, name in reversed(TIERS):
        tiers.loc[(before < share) & (tiers["counted"] > 0), "tier"] = name
    return tiers[["client_id", "revenue_12_months", "tier"]]


def purchases_of(invoices: pd.DataFrame) -> pd.DataFrame:
    """Days on which a client was invoiced a positive amount, in order."""
    bought = invoices[(invoices["document_type"] == "invoice") & (invoices["net_amount"] > 0)]
    return (
        bought[["client_id", "segment", "issued_on"]]
        .drop_duplicates(["client_id", "issued_on"])
        .sort_values(["client_id", "issued_on"], ignore_index=True)
    )


def ends_of_contracts(company: Company, frame: pd.DataFrame) -> pd.Series:
    """The day after the contract under which a client was when due, by the purchase's index."""
    spans = read(company, CONTRACT_SPANS, ["client_id", "first_day", "last_day"])
    spans["ended_on"] = spans["last_day"] + pd.Timedelta(days=1)
    both = frame[["client_id", "issued_on", "due_on"]].reset_index().merge(spans, on="client_id")
    is_under = (both["issued_on"] < both["ended_on"]) & (both["due_on"] >= both["first_day"])
    return both[is_under].groupby("index")["ended_on"].min()


def spells_of(company: Company, purchases: pd.DataFrame) -> pd.DataFrame:
    """Times of activity of each client, by its own rhythm of buying and its contracts."""
    frame = purchases.copy()
    by_client = frame.groupby("client_id", sort=False)["issued_on"]
    frame["gap"] = (frame["issued_on"] - by_client.shift()).dt.days
    frame["number"] = by_client.cumcount() + 1
    frame["next_on"] = by_client.shift(-1)
    first_month = company.fiscal_year_first_month
    frame["year"] = frame["issued_on"].dt.year - (frame["issued_on"].dt.month < first_month)
    own = frame.groupby("client_id", sort=False)["gap"].expanding().median()
    frame["own"] = own.to_numpy()
    by_segment = frame.groupby(["segment", "year"])["gap"].median().rename("segment_gap")
    by_company = frame.groupby("year")["gap"].median().rename("company_gap")
    earlier = frame["year"] - 1
    frame["before"] = earlier
    frame = frame.merge(
        by_segment, left_on=["segment", "before"], right_index=True, how="left"
    ).merge(by_company, left_on="before", right_index=True, how="left")
    frame = frame.sort_values(["client_id", "issued_on"], ignore_index=True)
    fallback = frame["segment_gap"].fillna(frame["company_gap"])
    rhythm = frame["own"].where(frame["number"] >= LEAST_PURCHASES, fallback)
    threshold = (RHYTHMS_MISSED * rhythm).clip(lower=LEAST_DAYS).fillna(LEAST_DAYS)
    frame["due_on"] = frame["issued_on"] + pd.to_timedelta(
        threshold.floordiv(1).astype(int), unit="D"
    )
    frame["due_on"] = ends_of_contracts(company, frame).reindex(frame.index).fillna(frame["due_on"])
    as_of = pd.Timestamp(company.as_of_date)
    frame["is_lost"] = frame["next_on"].fillna(as_of) > frame["due_on"]
    by_client = frame.groupby("client_id", sort=False)
    opens = (frame["number"] == 1) | by_client["is_lost"].shift(fill_value=False)
    frame["spell"] = opens.cumsum()
    frame["previous_due_on"] = by_client["due_on"].shift()
    spells = frame.groupby("spell").agg(
        client_id=("client_id", "first"),
        active_from=("issued_on", "first"),
        is_first=("number", lambda numbers: numbers.iloc[0] == 1),
        previous_due_on=("previous_due_on", "first"),
        due_on=("due_on", "last"),
        is_lost=("is_lost", "last"),
    )
    # The first value that is there is not the first row's.
    first_rows = frame.drop_duplicates("spell").set_index("spell")
    spells["previous_due_on"] = first_rows["previous_due_on"]
    spells["lost_on"] = spells["due_on"].where(spells["is_lost"])
    return spells


def churn(company: Company, purchases: pd.DataFrame, first_data_on: pd.Timestamp) -> pd.DataFrame:
    """Clients at the start of each month, joined, lost and won back."""
    spells = spells_of(company, purchases)
    opened = month_number(spells["active_from"])
    lost = month_number(spells["lost_on"])
    next_opened = opened.groupby(spells["client_id"], sort=False).shift(-1)
    within = opened == lost
    first_day = month_of(spells["active_from"])
    last = month_number(pd.Series([pd.Timestamp(company.as_of_date)])).iloc[0]
    first = month_number(pd.Series([first_data_on])).iloc[0]
    months = pd.RangeIndex(first, last + 1, name="month")

    def count(of: pd.Series) -> pd.Series:
        return of.value_counts().reindex(months, fill_value=0)

    found = pd.DataFrame(index=months)
    begun = count(opened + 1).cumsum()
    ended = count(lost.dropna() + 1).cumsum()
    found["clients_at_start"] = begun - ended
    found["clients_joined"] = count(opened[spells["is_first"] & ~within])
    found["clients_lost"] = count(lost[lost.notna() & (opened < lost) & (next_opened != lost)])
    found["clients_won_back"] = count(
        opened[~spells["is_first"] & (spells["previous_due_on"] < first_day) & ~within]
    )
    found = found.reset_index()
    return found.assign(month=month_day(found["month"]))


def new_business(daily: pd.DataFrame, purchases: pd.DataFrame) -> pd.DataFrame:
    """Revenue of clients in their first twelve months, and of the others."""
    first = purchases.groupby("client_id")["issued_on"].min().rename("first_on").reset_index()
    frame = daily.merge(first, on="client_id", how="left")
    is_new = frame["issued_on"] < frame["first_on"] + pd.DateOffset(months=12)
    by_month = (
        frame.assign(
            new_revenue=frame["net_revenue"].where(is_new, 0.0),
            standing_revenue=frame["net_revenue"].where(~is_new, 0.0),
        )
        .groupby("month")[["new_revenue", "standing_revenue"]]
        .sum()
    )
    by_month["new_clients"] = month_of(first["first_on"]).value_counts()
    return by_month.fillna({"new_clients": 0}).astype({"new_clients": int}).reset_index()


def seasonality(company: Company, daily: pd.DataFrame) -> pd.DataFrame:
    """Revenue of each segment's calendar months over whole fiscal years."""
    first_month = company.fiscal_year_first_month
    year = daily["issued_on"].dt.year - (daily["issued_on"].dt.month < first_month)
    starts = pd.to_datetime({"year": year, "month": first_month, "day": 1})
    ends = starts + pd.DateOffset(years=1) - pd.DateOffset(days=1)
    whole = daily[(starts >= daily["issued_on"].min()) & (ends <= company.as_of_date)]
    frame = whole.assign(month_of_year=whole["issued_on"].dt.month)
    by_segment = frame.groupby(["segment", "month_of_year"], as_index=False)["net_revenue"].sum()
    everyone = frame.groupby("month_of_year", as_index=False)["net_revenue"].sum()
    return pd.concat([by_segment, everyone.assign(segment="all")])


def answers(company: Company) -> dict[str, pd.DataFrame]:
    """The five marts by name."""
    invoices = counted_invoices(company)
    daily = revenue_by_day(company, invoices)
    purchases = purchases_of(invoices)
    return {
        "revenue_yoy": revenue_yoy(company, daily),
        "client_tiers": client_tiers(company, daily),
        "churn": churn(company, purchases, invoices["issued_on"].min()),
        "new_business": new_business(daily, purchases),
        "seasonality": seasonality(company, daily),
    }


if __name__ == "__main__":
    told = Company.read(Path(sys.argv[1]))
    started = time.perf_counter()
    found = answers(told)
    print(time.perf_counter() - started)
    for name, frame in found.items():
        frame.to_parquet(Path(sys.argv[2]) / f"{name}.parquet", index=False)
