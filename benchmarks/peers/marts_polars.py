"""Five headline marts in Polars, lazily, from the landed Parquet.

``python -m benchmarks.peers.marts_polars <company.json> <folder for the answers>`` prints the
seconds from the first scan to the last answer. All five are collected at once, so that what they
share is computed once. Money is Float64.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

import polars as pl

from benchmarks.peers.company import CLIENTS, CONTRACT_SPANS, MATCHED_CUSTOMERS, Company

RHYTHMS_MISSED, LEAST_DAYS, LEAST_PURCHASES = 3, 90, 3
TIERS = ((0.80, "tier 1"), (0.90, "tier 2"), (0.95, "tier 3"))

MONTH = pl.col("issued_on").dt.truncate("1mo").alias("month")


def scan(company: Company, table: str) -> pl.LazyFrame:
    """A landed table."""
    return pl.scan_parquet(company.files[table])


def as_of(company: Company) -> dt.date:
    """The company's day."""
    return dt.date.fromisoformat(company.as_of_date)


def fiscal_year(company: Company) -> pl.Expr:
    """The calendar year in which the fiscal year of ``issued_on`` starts."""
    is_before = pl.col("issued_on").dt.month() < company.fiscal_year_first_month
    return pl.col("issued_on").dt.year() - is_before.cast(pl.Int32)


def monthly_rates(company: Company) -> pl.LazyFrame:
    """Average rate of each currency and month to the reporting currency."""
    rates = scan(company, "accounting.exchange_rates").with_columns(
        pl.col("rate").cast(pl.Float64), pl.col("rate_on").dt.truncate("1mo").alias("month")
    )
    own = company.reporting_currency
    direct = (
        rates.filter(pl.col("to_currency") == own)
        .group_by(pl.col("from_currency").alias("currency"), "month")
        .agg(pl.col("rate").mean(), pl.lit(1).alias("preference"))
    )
    turned = (
        rates.filter(pl.col("from_currency") == own)
        .group_by(pl.col("to_currency").alias("currency"), "month")
        .agg((1 / pl.col("rate").mean()).alias("rate"), pl.lit(2).alias("preference"))
    )
    return (
        pl.concat([direct, turned])
        .sort("preference")
        .unique(["currency", "month"], keep="first", maintain_order=True)
        # The mean of a month may lie halfway, which goes up; floats alone would toss a coin.
        .select("currency", "month", (pl.col("rate").round(12) + 1e-12).round(8))
    )


def clients_of_customers(company: Company) -> pl.LazyFrame:
    """Each customer's client and the client's segment."""
    return scan(company, MATCHED_CUSTOMERS).join(scan(company, CLIENTS), on="client_id")


def counted_invoices(company: Company) -> pl.LazyFrame:
    """Counted documents with their client, segment, sign and rate."""
    is_credit = (pl.col("document_type") == "credit_note") & (pl.col("net_amount") > 0)
    rate = (
        pl.when(pl.col("currency") == company.reporting_currency)
        .then(1.0)
        .otherwise(pl.col("rate"))
    )
    return (
        scan(company, "accounting.invoices")
        .filter(
            ~pl.col("status").is_in(["draft", "voided"]),
            pl.col("issued_on") <= as_of(company),
        )
        .select("invoice_id", "document_type", "customer_id", "issued_on", "currency", "net_amount")
        .with_columns(MONTH)
        .join(clients_of_customers(company), on="customer_id")
        .join(monthly_rates(company), on=["currency", "month"], how="left")
        .with_columns(factor=rate * pl.when(is_credit).then(-1.0).otherwise(1.0))
    )


def revenue_by_day(company: Company, invoices: pl.LazyFrame) -> pl.LazyFrame:
    """Net revenue of each client and day, from the lines."""
    return (
        scan(company, "accounting.invoice_lines")
        .select("invoice_id", pl.col("net_amount").cast(pl.Float64).alias("line_amount"))
        .join(
            invoices.select("invoice_id", "client_id", "segment", "issued_on", "month", "factor"),
            on="invoice_id",
        )
        .group_by("client_id", "segment", "issued_on", "month")
        .agg(net_revenue=(pl.col("line_amount") * pl.col("factor")).round(4).sum())
    )


def revenue_yoy(company: Company, daily: pl.LazyFrame) -> pl.LazyFrame:
    """Each client's months beside the same months of the year before."""
    monthly = daily.group_by("client_id", "month").agg(pl.col("net_revenue").sum())
    prior = monthly.select(
        "client_id",
        pl.col("month").dt.offset_by("1y"),
        pl.col("net_revenue").alias("prior_revenue"),
    )
    first = daily.select(first_on=pl.col("issued_on").min())
    has_prior = pl.col("month").dt.offset_by("-11mo") > pl.col("first_on")
    return (
        monthly.join(prior, on=["client_id", "month"], how="full", coalesce=True)
        .filter(pl.col("month") <= as_of(company))
        .join(first, how="cross")
        .select(
            "month",
            "client_id",
            pl.col("net_revenue").fill_null(0.0),
            pl.when(has_prior).then(pl.col("prior_revenue").fill_null(0.0)).alias("prior_revenue"),
        )
        .with_columns(difference=pl.col("net_revenue") - pl.col("prior_revenue"))
    )


def client_tiers(company: Company, daily: pl.LazyFrame) -> pl.LazyFrame:
    """Every client's revenue of the last twelve months, and its tier by it."""
    start = pl.lit(as_of(company)).dt.offset_by("-12mo")
    revenue = (
        daily.filter(pl.col("issued_on") > start)
        .group_by("client_id")
        .agg(pl.col("net_revenue").sum().alias("revenue_12_months"))
    )
    counted = pl.col("revenue_12_months").clip(lower_bound=0)
    before = (pl.col("counted").cum_sum() - pl.col("counted")) / pl.col("counted").sum()
    tier = pl.when(pl.col("counted") == 0).then(pl.lit("to develop"))
    for share, name in TIERS:
        tier = tier.when(before < share).then(pl.lit(name))
    return (
        scan(company, CLIENTS)
        .select("client_id")
        .join(revenue, on="client_id", how="left")
        .with_columns(pl.col("revenue_12_months").fill_null(0.0))
        .with_columns(counted=counted)
        .sort("counted", "client_id", descending=[True, False])
        .select(
            "client_id", "revenue_12_months", tier.otherwise(pl.lit("to develop")).alias("tier")
        )
    )


def purchases_of(invoices: pl.LazyFrame) -> pl.LazyFrame:
    """Days on which a client was invoiced a positive amount, in order."""
    return (
        invoices.filter(pl.col("document_type") == "invoice", pl.col("net_amount") > 0)
        .select("client_id", "segment", "issued_on")
        .unique()
        .sort("client_id", "issued_on")
    )


def due_by_contract(company: Company, due: pl.LazyFrame) -> pl.LazyFrame:
    """Purchases due under a contract, and the day after it ends."""
    return (
        due.select("client_id", "issued_on", "due_on")
        .join(scan(company, CONTRACT_SPANS), on="client_id")
        .with_columns(ended_on=pl.col("last_day") + pl.duration(days=1))
        .filter(pl.col("issued_on") < pl.col("ended_on"), pl.col("due_on") >= pl.col("first_day"))
        .group_by("client_id", "issued_on")
        .agg(pl.col("ended_on").min())
    )


def spells_of(company: Company, purchases: pl.LazyFrame) -> pl.LazyFrame:
    """Times of activity of each client, by its own rhythm of buying and its contracts."""
    gaps = purchases.with_columns(
        gap=pl.col("issued_on").diff().over("client_id").dt.total_days(),
        number=pl.int_range(1, pl.len() + 1).over("client_id"),
        next_on=pl.col("issued_on").shift(-1).over("client_id"),
        year=fiscal_year(company),
    )
    # A window as long as any client's history is a median of all gaps so far.
    own = pl.col("gap").rolling_median(window_size=1_000_000, min_samples=1).over("client_id")
    next_year = (pl.col("year") + 1).alias("year")
    by_segment = gaps.group_by("segment", next_year).agg(segment_gap=pl.col("gap").median())
    by_company = gaps.group_by(next_year).agg(company_gap=pl.col("gap").median())
    rhythm = (
        pl.when(pl.col("number") >= LEAST_PURCHASES)
        .then(pl.col("own"))
        .otherwise(pl.coalesce("segment_gap", "company_gap"))
    )
    days = pl.max_horizontal(RHYTHMS_MISSED * rhythm, pl.lit(float(LEAST_DAYS))).floor()
    first = pl.col("number") == 1
    due = (
        gaps.with_columns(own=own)
        .join(by_segment, on=["segment", "year"], how="left")
        .join(by_company, on="year", how="left")
        .with_columns(due_on=pl.col("issued_on") + pl.duration(days=days.cast(pl.Int64)))
    )
    return (
        due.join(due_by_contract(company, due), on=["client_id", "issued_on"], how="left")
        .with_columns(due_on=pl.coalesce("ended_on", "due_on"))
        .sort("client_id", "issued_on")
        .with_columns(is_lost=pl.col("next_on").fill_null(as_of(company)) > pl.col("due_on"))
        .with_columns(
            opens=first | pl.col("is_lost").shift().over("client_id"),
            previous_due_on=pl.col("due_on").shift().over("client_id"),
        )
        .with_columns(spell=pl.col("opens").cum_sum())
        .group_by("spell", maintain_order=True)
        .agg(
            pl.col("client_id").first(),
            pl.col("previous_due_on").first(),
            active_from=pl.col("issued_on").first(),
            is_first=first.first(),
            lost_on=pl.when(pl.col("is_lost").last()).then(pl.col("due_on").last()),
        )
    )


def churn(company: Company, purchases: pl.LazyFrame, invoices: pl.LazyFrame) -> pl.LazyFrame:
    """Clients at the start of each month, joined, lost and won back."""
    spells = (
        spells_of(company, purchases)
        .with_columns(
            opened=pl.col("active_from").dt.truncate("1mo"),
            lost=pl.col("lost_on").dt.truncate("1mo"),
        )
        .with_columns(
            next_opened=pl.col("opened").shift(-1).over("client_id"),
            within=(pl.col("opened") == pl.col("lost")).fill_null(False),
        )
    )
    is_back = (pl.col("next_opened") == pl.col("lost")).fill_null(False)

    def count(month: pl.Expr, name: str, *conditions: pl.Expr) -> pl.LazyFrame:
        return (
            spells.filter(month.is_not_null(), *conditions)
            .group_by(month.alias("month"))
            .agg(pl.len().cast(pl.Int64).alias(name))
        )

    opened, lost = pl.col("opened"), pl.col("lost")
    months = invoices.select(
        month=pl.date_range(
            pl.col("issued_on").min().dt.truncate("1mo"),
            pl.lit(as_of(company)).dt.truncate("1mo"),
            "1mo",
        )
    )
    for counted in (
        count(opened.dt.offset_by("1mo"), "begun"),
        count(lost.dt.offset_by("1mo"), "ended"),
        count(opened, "clients_joined", pl.col("is_first"), ~pl.col("within")),
        count(lost, "clients_lost", opened < lost, ~is_back),
        count(
            opened,
            "clients_won_back",
            ~pl.col("is_first"),
            pl.col("previous_due_on") < opened,
            ~pl.col("within"),
        ),
    ):
        months = months.join(counted, on="month", how="left")
    return (
        months.fill_null(0)
        .sort("month")
        .with_columns(clients_at_start=(pl.col("begun") - pl.col("ended")).cum_sum())
        .drop("begun", "ended")
    )


def new_business(daily: pl.LazyFrame, purchases: pl.LazyFrame) -> pl.LazyFrame:
    """Revenue of clients in their first twelve months, and of the others."""
    first = purchases.group_by("client_id").agg(first_on=pl.col("issued_on").min())
    is_new = (pl.col("issued_on") < pl.col("first_on").dt.offset_by("12mo")).fill_null(False)
    clients = first.group_by(pl.col("first_on").dt.truncate("1mo").alias("month")).agg(
        new_clients=pl.len()
    )
    return (
        daily.join(first, on="client_id", how="left")
        .with_columns(is_new=is_new)
        .group_by("month")
        .agg(
            new_revenue=pl.col("net_revenue").filter(pl.col("is_new")).sum(),
            standing_revenue=pl.col("net_revenue").filter(~pl.col("is_new")).sum(),
        )
        .join(clients, on="month", how="left")
        .with_columns(pl.col("new_clients").fill_null(0))
    )


def seasonality(company: Company, daily: pl.LazyFrame) -> pl.LazyFrame:
    """Revenue of each segment's calendar months over whole fiscal years."""
    starts = pl.date(pl.col("year"), company.fiscal_year_first_month, 1)
    whole = (
        daily.with_columns(year=fiscal_year(company), first_on=pl.col("issued_on").min())
        .filter(
            starts >= pl.col("first_on"),
            starts.dt.offset_by("12mo").dt.offset_by("-1d") <= as_of(company),
        )
        .with_columns(month_of_year=pl.col("issued_on").dt.month())
    )
    by_segment = whole.group_by("segment", "month_of_year").agg(pl.col("net_revenue").sum())
    everyone = by_segment.group_by("month_of_year").agg(pl.col("net_revenue").sum())
    return pl.concat(
        [
            by_segment,
            everyone.select(pl.lit("all").alias("segment"), "month_of_year", "net_revenue"),
        ]
    )


def answers(company: Company) -> dict[str, pl.DataFrame]:
    """The five marts by name."""
    invoices = counted_invoices(company)
    daily = revenue_by_day(company, invoices)
    purchases = purchases_of(invoices)
    lazy = {
        "revenue_yoy": revenue_yoy(company, daily),
        "client_tiers": client_tiers(company, daily),
        "churn": churn(company, purchases, invoices),
        "new_business": new_business(daily, purchases),
        "seasonality": seasonality(company, daily),
    }
    return dict(zip(lazy, pl.collect_all(lazy.values()), strict=True))


if __name__ == "__main__":
    told = Company.read(Path(sys.argv[1]))
    started = time.perf_counter()
    found = answers(told)
    print(time.perf_counter() - started)
    for name, frame in found.items():
        frame.write_parquet(Path(sys.argv[2]) / f"{name}.parquet")
