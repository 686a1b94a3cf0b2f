"""Reads the sample extracts and turns them into a :class:`~.model.Book`."""

from __future__ import annotations

import csv
import functools
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from .dates import Calendar, days_in_month, month_start
from .model import UNASSIGNED, UNKNOWN, Book, Client, Document, Line, Target, round_money

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "adventureworks"
AS_OF = date(2014, 6, 30)
CALENDAR = Calendar(
    fiscal_first_month=6,
    seasons={"riding": (4, 5, 6, 7, 8, 9), "winter": (10, 11, 12, 1, 2, 3)},
)
PAID_HOURS_A_YEAR = 2080
SALES_DIRECTOR_TITLE = "Vice President of Sales"
SEGMENTS = {"BM": "bicycle manufacturer", "BS": "bicycle store", "OS": "online store"}

Record = dict[str, str]


def _rows(name: str, delimiter: str = "\t") -> Iterator[list[str]]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def order_headers() -> list[Record]:
    """The order headers, by the column names of the file's own header row."""
    path = SAMPLE / "accounting" / "SalesOrderHeader.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter="\t")
        names = [name.strip() for name in next(reader)]
        return [dict(zip(names, row, strict=True)) for row in reader]


def sales_people() -> dict[str, Decimal]:
    """Sales of the year to date that the CRM shows for each sales person."""
    return {row[0]: Decimal(row[5]) for row in _rows("crm/SalesPerson.csv")}


def sales_territories() -> dict[str, Decimal]:
    """Sales of the year to date that the CRM shows for each territory."""
    return {row[0]: Decimal(row[4]) for row in _rows("crm/SalesTerritory.csv")}


def _demographic(xml: str, tag: str) -> str | None:
    found = re.search(rf"<{tag}>([^<]*)</{tag}>", xml)
    return found.group(1) if found else None


def read_clients() -> tuple[dict[str, Client], dict[str, str]]:
    """All accounts by client id, and the client id of every customer id."""
    client_of_customer: dict[str, str] = {}
    territories: dict[str, set[str]] = defaultdict(set)
    clients: dict[str, Client] = {}
    for customer_id, _, store_id, territory, *_ in _rows("crm/Customer.csv"):
        client_id = f"store-{store_id}" if store_id else f"customer-{customer_id}"
        client_of_customer[customer_id] = client_id
        territories[client_id].add(territory)
        if not store_id:
            clients[client_id] = Client(client_id, "individual", territory or UNKNOWN, "web")
    for store_id, _, sales_person, demographics, *_ in _rows("crm/Store.csv"):
        client_id = f"store-{store_id}"
        sales = _demographic(demographics, "AnnualSales")
        (territory,) = territories[client_id]
        clients[client_id] = Client(
            client_id,
            SEGMENTS.get(_demographic(demographics, "BusinessType") or "", UNKNOWN),
            territory or UNKNOWN,
            "reseller",
            owner=sales_person or None,
            wallet=Decimal(sales) if sales else None,
        )
    return clients, client_of_customer


def read_categories() -> dict[str, str]:
    """Category name of every product id."""
    category = {row[0]: row[1] for row in _rows("accounting/ProductCategory.csv")}
    by_subcategory = {
        row[0]: category[row[1]] for row in _rows("accounting/ProductSubcategory.csv")
    }
    return {row[0]: by_subcategory.get(row[18], UNKNOWN) for row in _rows("accounting/Product.csv")}


def product_versions() -> list[tuple[str, Decimal | None]]:
    """(product id, standard cost) by warehouse product key: key 1 is at index 0."""
    history: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for _, product, start, _, cost, *_ in _rows("accounting/ProductCostHistory.csv"):
        history[int(product)].append((start, Decimal(cost)))
    versions: list[tuple[str, Decimal | None]] = []
    for product_id in sorted(int(row[0]) for row in _rows("accounting/Product.csv")):
        costs: list[Decimal | None] = [cost for _, cost in sorted(history.get(product_id, []))]
        versions += [(str(product_id), cost) for cost in costs or [None]]
    return versions


def _facts(path: Path) -> list[tuple[Any, ...]]:
    """Plain columns of a Parquet file, for which the standard library has no reader."""
    relation = duckdb.sql(
        "select SalesOrderNumber, SalesOrderLineNumber, ProductKey, OrderQuantity, "
        f"SalesAmount, TotalProductCost, ProductStandardCost from '{path}'"
    )
    return relation.fetchall() if relation else []


def read_lines() -> dict[str, list[Line]]:
    """The lines of every order number, in line order."""
    versions = product_versions()
    categories = read_categories()
    lines: dict[str, list[Line]] = defaultdict(list)
    for name in ("FactResellerSales", "FactInternetSales"):
        path = SAMPLE / "accounting" / f"{name}.parquet"
        for order, number, key, quantity, amount, cost, standard_cost in _facts(path):
            product, version_cost = versions[key - 1]
            if version_cost != standard_cost:
                raise AssertionError(f"{order}/{number}: key {key} is not product {product}")
            lines[order].append(Line(number, product, categories[product], quantity, amount, cost))
    for detail in lines.values():
        detail.sort(key=lambda line: line.number)
    return lines


def read_documents(
    clients: dict[str, Client], client_of_customer: dict[str, str]
) -> tuple[Document, ...]:
    """Every order as an invoice; its rep, else the client's owner, else ``unassigned``."""
    lines = read_lines()
    documents = []
    for header in order_headers():
        client = clients[client_of_customer[header["CustomerID"]]]
        documents.append(
            Document(
                header["SalesOrderNumber"],
                client.client_id,
                _day(header["OrderDate"]),
                header["SalesPersonID"] or client.owner or UNASSIGNED,
                Decimal(header["SubTotal"]),
                tuple(lines.get(header["SalesOrderNumber"], ())),
            )
        )
    return tuple(document for document in documents if document.day <= AS_OF)


def read_chain() -> tuple[tuple[str, ...], dict[str, str]]:
    """The reps (sales people and their director) and the manager of each, where also a rep."""
    employees = {row[0]: row for row in _rows("crm/Employee.csv")}
    directors = {key for key, row in employees.items() if row[5] == SALES_DIRECTOR_TITLE}
    reps = tuple(sorted(set(sales_people()) | directors))
    rep_of_national_id = {employees[rep][1]: rep for rep in reps}
    rep_of_key: dict[str, str] = {}
    parent_of: dict[str, str] = {}
    for row in _rows("crm/DimEmployee.csv", "|"):
        rep = rep_of_national_id.get(row[3])
        if rep:
            rep_of_key[row[1]] = rep
            if row[30] == "Current":
                parent_of[rep] = row[2]
    manager_of = {
        rep: rep_of_key[parent] for rep, parent in parent_of.items() if parent in rep_of_key
    }
    return reps, manager_of


def read_costs(reps: tuple[str, ...]) -> dict[tuple[str, date], Decimal]:
    """Cost of each rep in each month, from hourly rates in force day by day."""
    rates: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    last_day = date.min
    for _, person, changed, rate, _, modified in _rows("accounting/EmployeePayHistory.csv"):
        last_day = max(last_day, _day(modified))
        if person in reps:
            rates[person].append((_day(changed), Decimal(rate)))
    costs: dict[tuple[str, date], Fraction] = defaultdict(Fraction)
    for rep, changes in rates.items():
        changes.sort()
        ends = [start - timedelta(days=1) for start, _ in changes[1:]] + [last_day]
        for (start, hourly), end in zip(changes, ends, strict=True):
            monthly = Fraction(hourly) * PAID_HOURS_A_YEAR / 12
            day = start
            while day <= end:
                costs[rep, month_start(day)] += monthly / days_in_month(day.year, day.month)
                day += timedelta(days=1)
    return {key: round_money(cost) for key, cost in costs.items()}


def read_targets() -> tuple[Target, ...]:
    """Quarterly quotas of the sales people."""
    return tuple(
        Target(row[1], "quarter", _day(row[2]), Decimal(row[3]))
        for row in _rows("crm/SalesPersonQuotaHistory.csv")
    )


@functools.cache
def sample_book() -> Book:
    """The whole sample, read once."""
    clients, client_of_customer = read_clients()
    reps, manager_of = read_chain()
    return Book(
        as_of=AS_OF,
        calendar=CALENDAR,
        clients=clients,
        documents=read_documents(clients, client_of_customer),
        targets=read_targets(),
        costs=read_costs(reps),
        reps=reps,
        manager_of=manager_of,
    )
