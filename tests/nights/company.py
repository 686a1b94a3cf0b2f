"""A small made-up company: its tables in contract shape, what may happen to them in a
night, and the extracts that its systems then deliver."""

from __future__ import annotations

import copy
import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.mapping import LoadMode

FIRST_DAY = dt.date(2022, 3, 1)
FIRST_AS_OF = dt.date(2025, 3, 24)

Key = tuple[str, ...]
Row = dict[str, str]

#: By source the tables that it delivers, each with the columns it fills. A source of its
#: own for lines and for the CRM, since either may come to be mapped later than the ledger.
SOURCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "books": {
        "accounting.customers": ("customer_id", "customer_name", "crm_account_id"),
        "accounting.invoices": (
            "invoice_id",
            "document_type",
            "customer_id",
            "issued_on",
            "currency",
            "status",
            "net_amount",
            "rep_id",
        ),
        "accounting.products": ("product_id", "product_name", "category"),
        "accounting.exchange_rates": ("rate_on", "from_currency", "to_currency", "rate"),
        "accounting.rep_costs": ("rep_id", "month", "cost_type", "amount", "currency"),
        "planning.sales_targets": (
            "level",
            "entity_id",
            "period_start",
            "period_type",
            "target_low",
            "currency",
        ),
    },
    "details": {
        "accounting.invoice_lines": (
            "invoice_id",
            "line_number",
            "product_id",
            "quantity",
            "net_amount",
            "cost_amount",
        ),
    },
    "crm": {
        "crm.accounts": (
            "account_id",
            "account_name",
            "segment",
            "territory_id",
            "owner_rep_id",
            "is_deleted",
        ),
        "crm.account_merges": ("merged_account_id", "surviving_account_id"),
        "crm.reps": ("rep_id", "rep_name", "role", "manager_rep_id", "territory_id", "valid_from"),
        "crm.account_assignments": (
            "account_id",
            "rep_id",
            "valid_from",
            "valid_to",
            "credit_share",
        ),
    },
}

COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: columns for tables in SOURCES.values() for table, columns in tables.items()
}


def day(offset: int) -> dt.date:
    """A day of the company's life, 0 its first."""
    return FIRST_DAY + dt.timedelta(days=offset)


@dataclass
class Company:
    """What the company's systems hold, by table and key, and which of them are mapped."""

    tables: dict[str, dict[Key, Row]] = field(
        default_factory=lambda: {table: {} for table in COLUMNS}
    )
    mapped: set[str] = field(default_factory=lambda: set(SOURCES))
    modes: Mapping[str, LoadMode] = field(default_factory=dict)
    is_newest_first: bool = False
    founded_with: dict[str, dict[Key, Row]] = field(default_factory=dict)

    def mode(self, table: str) -> LoadMode:
        """How the table's extracts are loaded."""
        return self.modes.get(table, LoadMode.FULL)

    def put(self, table: str, **values: object) -> None:
        """Add a row, or change what is given of the row with its key."""
        row = {name: "" if value is None else str(value) for name, value in values.items()}
        key = tuple(row[name] for name in CONTRACT[table].key)
        empty = dict.fromkeys(COLUMNS[table], "")
        self.tables[table][key] = {**self.tables[table].get(key, empty), **row}

    def nth(self, table: str, number: int) -> Row:
        """Some row of a table, by a number of any size."""
        rows = list(self.tables[table].values())
        return rows[number % len(rows)]


@dataclass(frozen=True)
class Document:
    """An invoice or credit note as drawn: everything else follows from its number."""

    days: int
    customer: int
    amount: int
    currency: int = 0
    rep: int | None = None
    is_credit_note: bool = False
    lines: tuple[tuple[int | None, int], ...] = ((0, 100),)


CURRENCIES = ("USD", "EUR", "ILS", "XXX")
#: One more of each than is known at first, so that something can become known.
CUSTOMERS, ACCOUNTS, REPS, PRODUCTS = 6, 5, 5, 4


def found_company(
    documents: Iterable[Document],
    modes: Mapping[str, LoadMode] | None = None,
    mapped: Iterable[str] = SOURCES,
) -> Company:
    """A company with these documents and a few clients, reps, products and rates."""
    company = Company(mapped=set(mapped), modes=modes or {})
    for number in range(CUSTOMERS - 1):
        company.put(
            "accounting.customers",
            customer_id=f"c{number}",
            customer_name=f"Customer {number}",
            crm_account_id=f"a{number}" if number < ACCOUNTS else None,
        )
    for number in range(ACCOUNTS):
        company.put(
            "crm.accounts",
            account_id=f"a{number}",
            account_name=f"Account {number}",
            segment=("shop", "chain")[number % 2],
            territory_id=f"t{number % 2}",
            owner_rep_id=(f"r{number % 3}", None)[number == ACCOUNTS - 1],
        )
    company.put("crm.account_merges", merged_account_id="a-old", surviving_account_id="a0")
    for number in range(REPS - 1):
        company.put(
            "crm.reps",
            rep_id=f"r{number}",
            rep_name=f"Rep {number}",
            role="line_manager" if number == 0 else "rep",
            manager_rep_id=None if number == 0 else "r0",
            valid_from=day(0),
        )
    assign(company, 1, 2, 400, 500, "0.7")
    assign(company, 1, 3, 400, 500, "0.3")
    for number in range(PRODUCTS - 1):
        name_product(company, number)
    for months in range(0, 30, 5):
        quote(company, "EUR", "USD", months * 30, f"1.{10 + months}")
        quote(company, "USD", "ILS", months * 30 + 3, f"3.{20 + months}")
    company.put(
        "accounting.rep_costs",
        rep_id="r1",
        month=dt.date(2024, 5, 1),
        cost_type="salary",
        amount=4000,
        currency="USD",
    )
    for number in (1, 2):
        company.put(
            "planning.sales_targets",
            level="rep",
            entity_id=f"r{number}",
            period_start=dt.date(2024, 6, 1),
            period_type="year",
            target_low=10000,
            currency="USD",
        )
    for number, document in enumerate(documents):
        issue(company, f"d{number}", document)
    company.founded_with = copy.deepcopy(company.tables)
    return company


def issue(company: Company, invoice_id: str, document: Document) -> None:
    """Write a document and its lines."""
    company.put(
        "accounting.invoices",
        invoice_id=invoice_id,
        document_type="credit_note" if document.is_credit_note else "invoice",
        customer_id=f"c{document.customer % CUSTOMERS}",
        issued_on=day(document.days),
        currency=CURRENCIES[document.currency % len(CURRENCIES)],
        status="open",
        net_amount=document.amount,
        rep_id=None if document.rep is None else f"r{document.rep % REPS}",
    )
    for number, (product, amount) in enumerate(document.lines, start=1):
        put_line(company, invoice_id, number, product, amount)


def put_line(
    company: Company, invoice_id: str, number: int, product: int | None, amount: int
) -> None:
    """Write one line; of every product but the last a cost is known."""
    company.put(
        "accounting.invoice_lines",
        invoice_id=invoice_id,
        line_number=number,
        product_id=None if product is None else f"p{product % PRODUCTS}",
        quantity=None if product is None else 1 + amount % 7,
        net_amount=amount,
        cost_amount=None if product in (None, PRODUCTS - 2) else amount // 2,
    )


def assign(
    company: Company, account: int, rep: int, first: int, last: int | None, share: str
) -> None:
    """Give a rep a share in an account from one day to another."""
    company.put(
        "crm.account_assignments",
        account_id=f"a{account % ACCOUNTS}",
        rep_id=f"r{rep % REPS}",
        valid_from=day(first),
        valid_to=None if last is None else day(last),
        credit_share=share,
    )


def name_product(company: Company, number: int) -> None:
    company.put(
        "accounting.products",
        product_id=f"p{number % PRODUCTS}",
        product_name=f"Product {number % PRODUCTS}",
        category=("hard", "soft")[number % 2],
    )


def quote(company: Company, one: str, other: str, days: int, rate: str) -> None:
    company.put(
        "accounting.exchange_rates",
        rate_on=day(days),
        from_currency=one,
        to_currency=other,
        rate=rate,
    )


#: What an event is: its name, and numbers that say what it happens to.
Event = tuple[str, int, int, int]


def _issue(company: Company, one: int, two: int, three: int) -> None:
    """A new document, or a late one."""
    number = len(company.tables["accounting.invoices"])
    document = Document(
        days=one % 1180,
        customer=two,
        amount=100 + three % 900,
        currency=two // 7,
        rep=None if three % 3 else one,
        is_credit_note=three % 11 == 0,
        lines=(((one % 5) or None, 100), (two, 50 + three % 800))[: three % 3],
    )
    issue(company, f"n{number}", document)


def _change_date(company: Company, one: int, two: int, three: int) -> None:
    """Move a document, unless it is its month's last: a file of no rows is of no month."""
    row = company.nth("accounting.invoices", one)
    month = row["issued_on"][:7]
    rows = company.tables["accounting.invoices"].values()
    if sum(other["issued_on"][:7] == month for other in rows) > 1:
        company.put("accounting.invoices", invoice_id=row["invoice_id"], issued_on=day(two % 1180))


def _change_invoice(name: str, value: Callable[[int, int], object]) -> Callable[..., None]:
    def change(company: Company, one: int, two: int, three: int) -> None:
        row = company.nth("accounting.invoices", one)
        company.put(
            "accounting.invoices", **{"invoice_id": row["invoice_id"], name: value(two, three)}
        )

    return change


def _add_line(company: Company, one: int, two: int, three: int) -> None:
    invoice_id = company.nth("accounting.invoices", one)["invoice_id"]
    put_line(company, invoice_id, 1 + two % 4, (two % 5) or None, 10 + three % 500)


def _withdraw_line(company: Company, one: int, two: int, three: int) -> None:
    lines = company.tables["accounting.invoice_lines"]
    if len(lines) > 1:
        del lines[list(lines)[one % len(lines)]]


def _link_customer(company: Company, one: int, two: int, three: int) -> None:
    company.put(
        "accounting.customers",
        customer_id=f"c{one % CUSTOMERS}",
        customer_name=f"Customer {one % CUSTOMERS}",
        crm_account_id=f"a{two % ACCOUNTS}" if three % 4 else None,
    )


def _merge_accounts(company: Company, one: int, two: int, three: int) -> None:
    company.put(
        "crm.account_merges",
        merged_account_id=f"a{one % ACCOUNTS}",
        surviving_account_id=f"a{two % ACCOUNTS}",
    )


def _change_owner(company: Company, one: int, two: int, three: int) -> None:
    account = company.nth("crm.accounts", one)["account_id"]
    owner = f"r{two % REPS}" if three % 4 else None
    company.put("crm.accounts", account_id=account, owner_rep_id=owner)


def _delete_account(company: Company, one: int, two: int, three: int) -> None:
    account = company.nth("crm.accounts", one)
    is_deleted = "" if account["is_deleted"] else "true"
    company.put("crm.accounts", account_id=account["account_id"], is_deleted=is_deleted)


def _assign(company: Company, one: int, two: int, three: int) -> None:
    last = one % 1000 + three % 400 if three % 3 else None
    assign(company, two, three, one % 1000, last, ("1", "0.5", "0.25")[three % 3])


def _withdraw_assignment(company: Company, one: int, two: int, three: int) -> None:
    rows = company.tables["crm.account_assignments"]
    if len(rows) > 1:
        del rows[list(rows)[one % len(rows)]]


def _quote(company: Company, one: int, two: int, three: int) -> None:
    pair = (("EUR", "USD"), ("USD", "ILS"), ("USD", "XXX"))[two % 3]
    quote(company, *pair, one % 1180, f"{1 + three % 4}.{10 + three % 80}")


def _withdraw_quote(company: Company, one: int, two: int, three: int) -> None:
    rows = company.tables["accounting.exchange_rates"]
    if len(rows) > 1:
        del rows[list(rows)[one % len(rows)]]


def _know_product(company: Company, one: int, two: int, three: int) -> None:
    name_product(company, one)


def _forget_product(company: Company, one: int, two: int, three: int) -> None:
    rows = company.tables["accounting.products"]
    if len(rows) > 1:
        del rows[list(rows)[one % len(rows)]]


def _know_rep(company: Company, one: int, two: int, three: int) -> None:
    company.put(
        "crm.reps",
        rep_id=f"r{one % REPS}",
        rep_name=f"Rep {one % REPS}",
        role="rep",
        manager_rep_id=f"r{two % REPS}" if three % 3 else None,
        territory_id=f"t{three % 2}",
        valid_from=day(0),
    )


def _forget_rep(company: Company, one: int, two: int, three: int) -> None:
    rows = company.tables["crm.reps"]
    if len(rows) > 1:
        del rows[list(rows)[one % len(rows)]]


def _map_source(company: Company, one: int, two: int, three: int) -> None:
    """A source that was not mapped yet, or one that is not mapped any more."""
    company.mapped ^= {("crm", "details")[one % 2]}


def _turn_exports(company: Company, one: int, two: int, three: int) -> None:
    """Whole tables are exported with their newest row at the top, or at the bottom again."""
    company.is_newest_first = not company.is_newest_first


def _put_back(company: Company, one: int, two: int, three: int) -> None:
    """A whole table as it was at first, so that its first load comes in force again."""
    tables = [table for table in COLUMNS if company.mode(table) is LoadMode.FULL]
    table = tables[one % len(tables)]
    company.tables[table] = copy.deepcopy(company.founded_with[table])


EVENTS: Mapping[str, Callable[[Company, int, int, int], None]] = {
    "issue": _issue,
    "change amount": _change_invoice("net_amount", lambda two, _: 50 + two % 900),
    "change date": _change_date,
    "change client": _change_invoice("customer_id", lambda two, _: f"c{two % CUSTOMERS}"),
    "change rep": _change_invoice("rep_id", lambda two, three: f"r{two % REPS}" * (three % 3 > 0)),
    "change currency": _change_invoice(
        "currency", lambda two, _: CURRENCIES[two % len(CURRENCIES)]
    ),
    "void": _change_invoice("status", lambda two, _: "voided" if two % 4 else "open"),
    "add or change line": _add_line,
    "withdraw line": _withdraw_line,
    "link customer": _link_customer,
    "merge accounts": _merge_accounts,
    "change owner": _change_owner,
    "delete account": _delete_account,
    "assign": _assign,
    "withdraw assignment": _withdraw_assignment,
    "quote": _quote,
    "withdraw quote": _withdraw_quote,
    "know product": _know_product,
    "forget product": _forget_product,
    "know rep": _know_rep,
    "forget rep": _forget_rep,
    "map source": _map_source,
    "turn exports": _turn_exports,
    "put back": _put_back,
}


class Delivery:
    """What a company's systems export, night by night, in the load modes they have."""

    def __init__(self, folder: Path) -> None:
        self.extracts_dir = folder / "extracts"
        self.sources_dir = folder / "sources"
        self._delivered: dict[str, dict[Key, Row]] = {}
        self._number = 0

    def deliver(self, company: Company) -> bool:
        """Write the mappings in use, and of each table what its mode has to tell.

        Returns:
            Whether other sources are mapped than before.
        """
        self._number += 1
        before = {path.stem for path in self.sources_dir.glob("*.yml")}
        self.sources_dir.mkdir(parents=True, exist_ok=True)
        for source, tables in SOURCES.items():
            mapping = self.sources_dir / f"{source}.yml"
            if source not in company.mapped:
                mapping.unlink(missing_ok=True)
                continue
            mapping.write_text(_mapping(company, source, tables), encoding="utf-8")
            for table in tables:
                self._deliver_table(company, source, table)
        return before != company.mapped

    def _deliver_table(self, company: Company, source: str, table: str) -> None:
        before, now = self._delivered.get(table, {}), company.tables[table]
        self._delivered[table] = copy.deepcopy(now)
        match company.mode(table):
            case LoadMode.FULL:
                rows = list(now.values())
                self._write(source, table, rows[::-1] if company.is_newest_first else rows, 0)
            case LoadMode.REPLACE_PERIOD:
                self._write(source, table, _rows_of_changed_months(table, before, now))
            case LoadMode.UPSERT:
                changed = [row for key, row in now.items() if before.get(key) != row]
                self._write(source, table, changed)

    def _write(self, source: str, table: str, rows: list[Row], number: int | None = None) -> None:
        if not rows:
            return
        number = self._number if number is None else number
        path = self.extracts_dir / source / f"{_file(table)}-{number:03}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[table])
            writer.writeheader()
            writer.writerows(rows)


def _file(table: str) -> str:
    return table.replace(".", "_")


def _mapping(company: Company, source: str, tables: Mapping[str, tuple[str, ...]]) -> str:
    """A mapping under which every column of an extract is the contract's of its name."""
    mapping = {
        "source": source,
        "folder": source,
        "files": {
            _file(table): {"pattern": f"{_file(table)}-*.csv", "columns": list(columns)}
            for table, columns in tables.items()
        },
        "tables": {
            table: {
                "from": _file(table),
                "mode": company.mode(table).value,
                "columns": {column: column for column in columns},
            }
            for table, columns in tables.items()
        },
    }
    return yaml.safe_dump(mapping)


def _rows_of_changed_months(
    table: str, before: Mapping[Key, Row], now: Mapping[Key, Row]
) -> list[Row]:
    """All rows of the months in which some row is not as it was delivered."""
    column = CONTRACT[table].period_column
    assert column is not None
    months = {
        row[column][:7]
        for one, other in ((before, now), (now, before))
        for key, row in one.items()
        if other.get(key) != row
    }
    return [row for row in now.values() if row[column][:7] in months]
