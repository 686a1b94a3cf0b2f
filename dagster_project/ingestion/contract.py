"""The input contract: every table a company's systems are mapped to, typed, once.

Everything after the door knows only these tables. The dbt sources are generated
from here (``make contract``), the mappings are checked against it, the landing
casts to it, and the input checks are derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """Types of contract columns, each with its SQL type in the lake."""

    ID = "id"
    TEXT = "text"
    MONEY = "money"
    QUANTITY = "quantity"
    RATE = "rate"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"

    @property
    def sql(self) -> str:
        """The type of the column in DuckDB and Parquet."""
        return _SQL_TYPES[self]

    @property
    def is_text(self) -> bool:
        return self in (ColumnType.ID, ColumnType.TEXT)


_SQL_TYPES = {
    ColumnType.ID: "VARCHAR",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.MONEY: "DECIMAL(18,4)",
    ColumnType.QUANTITY: "DECIMAL(18,4)",
    ColumnType.RATE: "DECIMAL(18,8)",
    ColumnType.INTEGER: "INTEGER",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
}

ID, TEXT, MONEY, QUANTITY = (
    ColumnType.ID,
    ColumnType.TEXT,
    ColumnType.MONEY,
    ColumnType.QUANTITY,
)
RATE, INTEGER, BOOLEAN = ColumnType.RATE, ColumnType.INTEGER, ColumnType.BOOLEAN
DATE, TIMESTAMP = ColumnType.DATE, ColumnType.TIMESTAMP


@dataclass(frozen=True)
class Column:
    """One column of a contract table.

    A key is also required. ``values`` lists the accepted values, ``references``
    names the ``table.column`` a value points to.
    """

    name: str
    type: ColumnType
    is_key: bool = False
    is_required: bool = False
    values: tuple[str, ...] = ()
    references: str | None = None


@dataclass(frozen=True)
class Table:
    """One table of the contract: ``schema.name``, what a row is, its columns.

    ``period_column`` is the date by which a ``replace_period`` load knows which
    months it holds.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    period_column: str | None = None

    @property
    def schema(self) -> str:
        return self.name.split(".")[0]

    @property
    def entity(self) -> str:
        return self.name.split(".")[1]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_key)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


#: Where every landed row came from; added by the landing, never mapped.
LINEAGE_COLUMNS = {
    "_source": "VARCHAR",
    "_file": "VARCHAR",
    "_row": "BIGINT",
    "_load_id": "VARCHAR",
}


def _key(name: str, type: ColumnType = ID, references: str | None = None) -> Column:
    return Column(name, type, is_key=True, is_required=True, references=references)


def _required(
    name: str,
    type: ColumnType,
    *values: str,
    references: str | None = None,
) -> Column:
    return Column(name, type, is_required=True, values=values, references=references)


def _column(
    name: str,
    type: ColumnType,
    *values: str,
    references: str | None = None,
) -> Column:
    return Column(name, type, values=values, references=references)


_PERIOD_TYPES = ("day", "week", "month", "quarter", "season", "year")

_CRM = (
    Table(
        "crm.accounts",
        "a company or person that buys or may buy from us",
        (
            _key("account_id"),
            _required("account_name", TEXT),
            _column("parent_account_id", ID, references="crm.accounts.account_id"),
            _column("tax_id", TEXT),
            _column("domain", TEXT),
            _column("segment", TEXT),
            _column("territory_id", ID, references="crm.territories.territory_id"),
            _column("country", TEXT),
            _column("acquisition_channel", TEXT),
            _column("owner_rep_id", ID, references="crm.reps.rep_id"),
            _column("customer_since", DATE),
            _column("size_band", TEXT),
            _column("referred_by_account_id", ID, references="crm.accounts.account_id"),
            _column("wallet_amount", MONEY),
            _column("wallet_currency", TEXT),
            _column("payment_terms_days", INTEGER),
            _column("updated_at", TIMESTAMP),
            _column("is_deleted", BOOLEAN),
        ),
    ),
    Table(
        "crm.account_merges",
        "an account that was merged into another",
        (
            _key("merged_account_id"),
            _required("surviving_account_id", ID, references="crm.accounts.account_id"),
        ),
    ),
    Table(
        "crm.reps",
        "a sales person in one role, territory and place in the chain",
        (
            _key("rep_id"),
            _required("rep_name", TEXT),
            _column("email", TEXT),
            _required("role", TEXT, "rep", "line_manager", "commercial_director"),
            _column("manager_rep_id", ID, references="crm.reps.rep_id"),
            _column("territory_id", ID, references="crm.territories.territory_id"),
            _column("hired_on", DATE),
            _column("left_on", DATE),
            # A moved rep has one row a period, so the period's start is part of
            # the key; a company without history maps the hiring date.
            _key("valid_from", DATE),
            _column("valid_to", DATE),
        ),
    ),
    Table(
        "crm.territories",
        "a sales territory",
        (
            _key("territory_id"),
            _required("territory_name", TEXT),
            _column("parent_territory_id", ID, references="crm.territories.territory_id"),
        ),
    ),
    Table(
        "crm.account_assignments",
        "a rep's share in an account for a time",
        (
            _key("account_id", references="crm.accounts.account_id"),
            _key("rep_id", references="crm.reps.rep_id"),
            _key("valid_from", DATE),
            _column("valid_to", DATE),
            _column("credit_share", RATE),
        ),
    ),
    Table(
        "crm.leads",
        "a lead",
        (
            _key("lead_id"),
            _required("channel", TEXT),
            _required("created_at", TIMESTAMP),
            _column("temperature", TEXT, "hot", "warm", "cold"),
            _column("status", TEXT),
            _column("owner_rep_id", ID, references="crm.reps.rep_id"),
            _column("account_id", ID, references="crm.accounts.account_id"),
            _column("converted_at", TIMESTAMP),
        ),
        period_column="created_at",
    ),
    Table(
        "crm.opportunities",
        "a deal, open or closed",
        (
            _key("opportunity_id"),
            _column("account_id", ID, references="crm.accounts.account_id"),
            _column("owner_rep_id", ID, references="crm.reps.rep_id"),
            _column("opportunity_type", TEXT, "new", "expansion", "renewal"),
            _required("stage", TEXT),
            _column("amount", MONEY),
            _column("currency", TEXT),
            _required("created_at", TIMESTAMP),
            _column("expected_close_on", DATE),
            _column("closed_at", TIMESTAMP),
            _column("is_won", BOOLEAN),
            _column("contract_value", MONEY),
        ),
        period_column="created_at",
    ),
    Table(
        "crm.opportunity_stage_changes",
        "a deal's move from one stage to another",
        (
            _key("opportunity_id", references="crm.opportunities.opportunity_id"),
            _key("changed_at", TIMESTAMP),
            _column("from_stage", TEXT),
            _required("to_stage", TEXT),
        ),
        period_column="changed_at",
    ),
    Table(
        "crm.activities",
        "something a rep did: a call, meeting, visit, proposal",
        (
            _key("activity_id"),
            _required("rep_id", ID, references="crm.reps.rep_id"),
            _required("activity_type", TEXT),
            _required("occurred_at", TIMESTAMP),
            _column("duration_seconds", INTEGER),
            _column("channel", TEXT),
            _column("lead_id", ID, references="crm.leads.lead_id"),
            _column("account_id", ID, references="crm.accounts.account_id"),
            _column("opportunity_id", ID, references="crm.opportunities.opportunity_id"),
            _column("campaign_id", ID, references="crm.campaigns.campaign_id"),
            _column("outcome", TEXT),
            _column("is_manual", BOOLEAN),
        ),
        period_column="occurred_at",
    ),
    Table(
        "crm.visit_reports",
        "what was seen and agreed on a visit",
        (
            _key("activity_id", references="crm.activities.activity_id"),
            _column("purpose", TEXT),
            _column("is_prearranged", BOOLEAN),
            _column("display_state", TEXT),
            _column("own_stock", QUANTITY),
            _column("competitor_stock", QUANTITY),
            _column("summary", TEXT),
            _column("next_step", TEXT),
        ),
    ),
    Table(
        "crm.campaigns",
        "a campaign",
        (
            _key("campaign_id"),
            _required("campaign_name", TEXT),
            _column("channel", TEXT),
            _column("starts_on", DATE),
            _column("ends_on", DATE),
            _column("budget_amount", MONEY),
            _column("currency", TEXT),
        ),
    ),
    Table(
        "crm.rep_reports",
        "a rep's manual report of a day",
        (
            _key("rep_id", references="crm.reps.rep_id"),
            _key("report_date", DATE),
            _required("submitted_at", TIMESTAMP),
        ),
        period_column="report_date",
    ),
    Table(
        "crm.contracts",
        "a recurring contract",
        (
            _key("contract_id"),
            _required("account_id", ID, references="crm.accounts.account_id"),
            _column("product_id", ID, references="accounting.products.product_id"),
            _required("starts_on", DATE),
            _column("ends_on", DATE),
            _column("cancelled_on", DATE),
            _required("amount", MONEY),
            _required("currency", TEXT),
            _required("billing_interval", TEXT, "week", "month", "quarter", "year"),
            _column("interval_count", INTEGER),
            _column("quantity", QUANTITY),
        ),
        period_column="starts_on",
    ),
    Table(
        "crm.payment_promises",
        "a client's promise to pay",
        (
            _key("promise_id"),
            _required("invoice_id", ID, references="accounting.invoices.invoice_id"),
            _column("rep_id", ID, references="crm.reps.rep_id"),
            _required("promised_on", DATE),
            _required("amount", MONEY),
            _required("currency", TEXT),
            _required("created_at", TIMESTAMP),
        ),
        period_column="promised_on",
    ),
    Table(
        "crm.coaching",
        "a rep coached on a day",
        (
            _key("rep_id", references="crm.reps.rep_id"),
            _key("coached_on", DATE),
            _column("topic", TEXT),
        ),
        period_column="coached_on",
    ),
)

_ACCOUNTING = (
    Table(
        "accounting.customers",
        "a customer as the ledger knows it",
        (
            _key("customer_id"),
            _required("customer_name", TEXT),
            _column("tax_id", TEXT),
            _column("domain", TEXT),
            _column("country", TEXT),
            _column("crm_account_id", ID, references="crm.accounts.account_id"),
        ),
    ),
    Table(
        "accounting.invoices",
        "an invoice or credit note",
        (
            _key("invoice_id"),
            _required("document_type", TEXT, "invoice", "credit_note"),
            _column("invoice_number", TEXT),
            _required("customer_id", ID, references="accounting.customers.customer_id"),
            _required("issued_on", DATE),
            _column("due_on", DATE),
            _required("currency", TEXT),
            _required("status", TEXT, "draft", "open", "paid", "voided"),
            _required("net_amount", MONEY),
            _column("tax_amount", MONEY),
            _column("total_amount", MONEY),
            _column("rep_id", ID, references="crm.reps.rep_id"),
            _column("credited_invoice_id", ID, references="accounting.invoices.invoice_id"),
        ),
        period_column="issued_on",
    ),
    Table(
        "accounting.invoice_lines",
        "a line of an invoice or credit note",
        (
            _key("invoice_id", references="accounting.invoices.invoice_id"),
            _key("line_number", INTEGER),
            _column("product_id", ID, references="accounting.products.product_id"),
            _column("quantity", QUANTITY),
            _column("unit_price", MONEY),
            _required("net_amount", MONEY),
            _column("cost_amount", MONEY),
            _column("is_recurring", BOOLEAN),
            _column("service_from", DATE),
            _column("service_to", DATE),
        ),
    ),
    Table(
        "accounting.payments",
        "a payment received",
        (
            _key("payment_id"),
            _required("customer_id", ID, references="accounting.customers.customer_id"),
            _column("invoice_id", ID, references="accounting.invoices.invoice_id"),
            _required("paid_on", DATE),
            _required("amount", MONEY),
            _required("currency", TEXT),
        ),
        period_column="paid_on",
    ),
    Table(
        "accounting.products",
        "a product",
        (
            _key("product_id"),
            _required("product_name", TEXT),
            _column("category", TEXT),
        ),
    ),
    Table(
        "accounting.price_list",
        "a product's list price from a day on",
        (
            _key("product_id", references="accounting.products.product_id"),
            _key("valid_from", DATE),
            _required("list_price", MONEY),
            _required("currency", TEXT),
        ),
    ),
    Table(
        "accounting.exchange_rates",
        "what one unit of a currency was worth in another on a day",
        (
            _key("rate_on", DATE),
            _key("from_currency", TEXT),
            _key("to_currency", TEXT),
            _required("rate", RATE),
        ),
        period_column="rate_on",
    ),
    Table(
        "accounting.rep_costs",
        "what a rep cost in a month, by kind of cost",
        (
            _key("rep_id", references="crm.reps.rep_id"),
            _key("month", DATE),
            _key("cost_type", TEXT),
            _required("amount", MONEY),
            _required("currency", TEXT),
        ),
        period_column="month",
    ),
    Table(
        "accounting.sales_expenses",
        "an expense of the sales force",
        (
            _key("expense_id"),
            _required("spent_on", DATE),
            _required("category", TEXT),
            _required("is_recurring", BOOLEAN),
            _required("amount", MONEY),
            _required("currency", TEXT),
        ),
        period_column="spent_on",
    ),
    Table(
        "accounting.control_totals",
        "a month's total by the ledger itself",
        (
            _key("month", DATE),
            Column(
                "measure",
                TEXT,
                is_key=True,
                is_required=True,
                values=("revenue", "payments", "receivables"),
            ),
            _required("amount", MONEY),
            _required("currency", TEXT),
        ),
        period_column="month",
    ),
)

_PLANNING = (
    Table(
        "planning.sales_targets",
        "a sales target of one entity for one period",
        (
            Column(
                "level",
                TEXT,
                is_key=True,
                is_required=True,
                values=("company", "territory", "manager", "rep", "client"),
            ),
            _key("entity_id"),
            _key("period_start", DATE),
            Column("period_type", TEXT, is_key=True, is_required=True, values=_PERIOD_TYPES),
            _required("target_low", MONEY),
            _column("target_high", MONEY),
            _required("currency", TEXT),
        ),
        period_column="period_start",
    ),
    Table(
        "planning.growth_assumptions",
        "growth expected of a client, segment, territory or the company",
        (
            _key("scope", TEXT),
            _key("scope_id"),
            _key("valid_from", DATE),
            _required("sales_growth", RATE),
            _required("price_growth", RATE),
            _column("attainable_share", RATE),
        ),
    ),
    Table(
        "planning.activity_norms",
        "how many activities are planned for a role or rep",
        (
            Column("scope", TEXT, is_key=True, is_required=True, values=("role", "rep")),
            _key("scope_id"),
            _key("activity_type", TEXT),
            Column("period_type", TEXT, is_key=True, is_required=True, values=_PERIOD_TYPES),
            _key("valid_from", DATE),
            _required("planned_count", QUANTITY),
        ),
    ),
    Table(
        "planning.bonus_schemes",
        "a bonus scheme of a role for a time",
        (
            _key("scheme_id"),
            _required("role", TEXT),
            _key("valid_from", DATE),
            _column("valid_to", DATE),
            _required("measure", TEXT),
            _required("target_bonus", MONEY),
            _required("currency", TEXT),
            _column("threshold", RATE),
            _column("cap", RATE),
            _column("payout", TEXT, "linear", "step"),
            _column("is_report_required", BOOLEAN),
        ),
    ),
    Table(
        "planning.budget_lines",
        "a budget of a category for a month",
        (
            _key("category", TEXT),
            _key("month", DATE),
            _key("is_recurring", BOOLEAN),
            _required("amount", MONEY),
            _required("currency", TEXT),
        ),
        period_column="month",
    ),
    Table(
        "planning.outlet_plans",
        "a region's sales task and outlets for a month",
        (
            _key("region", TEXT),
            _key("month", DATE),
            _required("sales_task", MONEY),
            _required("average_outlet_sales", MONEY),
            _required("existing_outlets", INTEGER),
            _column("feasible_new_outlets", INTEGER),
            _column("feasible_lift", MONEY),
        ),
        period_column="month",
    ),
    Table(
        "planning.work_plans",
        "a rep's task for a period",
        (
            _key("rep_id", references="crm.reps.rep_id"),
            _key("period_start", DATE),
            Column("period_type", TEXT, is_key=True, is_required=True, values=_PERIOD_TYPES),
            Column(
                "item",
                TEXT,
                is_key=True,
                is_required=True,
                values=("visits", "development", "lift", "collections"),
            ),
            _required("task", TEXT),
            _required("planned", QUANTITY),
        ),
        period_column="period_start",
    ),
    Table(
        "planning.client_actions",
        "an action planned with a client",
        (
            _key("action_id"),
            _required("rep_id", ID, references="crm.reps.rep_id"),
            _required("account_id", ID, references="crm.accounts.account_id"),
            _required("action_type", TEXT),
            _column("aim", TEXT),
            _required("planned_on", DATE),
            _column("budget_amount", MONEY),
            _column("expected_amount", MONEY),
            _column("currency", TEXT),
            _column("done_on", DATE),
        ),
        period_column="planned_on",
    ),
    Table(
        "planning.goals",
        "a goal",
        (
            _key("goal_id"),
            _required("statement", TEXT),
            _column("measure", TEXT),
            _column("scope", TEXT),
            _column("baseline", MONEY),
            _column("target", MONEY),
            _column("starts_on", DATE),
            _column("due_on", DATE),
        ),
    ),
)

#: Every table of the contract by its name, in the order of the documentation.
CONTRACT: dict[str, Table] = {table.name: table for table in (*_CRM, *_ACCOUNTING, *_PLANNING)}
