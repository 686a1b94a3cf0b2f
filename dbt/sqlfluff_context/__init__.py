"""What dbt puts into a template, as far as the linter has to know it.

sqlfluff renders the models without dbt, so that linting needs no warehouse and takes
seconds. The settings are the company's own; the rest stands in for dbt with SQL of the
same shape, which is read for its layout and never run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]

# The linter's command does not look for modules where it is called.
sys.path.append(str(_ROOT))

from dagster_project.company import load_company  # noqa: E402


class _Settings(dict[str, Any]):
    """Settings whose names can be read as attributes, as in a dbt template."""

    __getattr__ = dict.__getitem__


def _with_attributes(value: Any) -> Any:
    if isinstance(value, dict):
        return _Settings({name: _with_attributes(item) for name, item in value.items()})
    if isinstance(value, list):
        return [_with_attributes(item) for item in value]
    return value


_VARS = _with_attributes(load_company(_ROOT / "config" / "company.yml").dbt_vars())


def var(name: str) -> Any:
    """The company's setting."""
    return _VARS[name]


def env_var(name: str) -> str:
    """A day stands for every parameter of a run."""
    return "2000-01-31"


def rule_bit(name: str) -> str:
    """A rule's bit."""
    return "1"


def rule_names(flag_mask: str) -> str:
    """The names of a mask's rules."""
    return f"cast({flag_mask} as varchar)"


def reliability_columns(
    *,
    flagged: str = "0",
    total: str = "0",
    flag_mask: str = "0",
    notes: list[dict[str, Any]] | None = None,
    period_end: str = "null",
) -> str:
    """The reliability columns, each naming the columns that it is made of."""
    cases = "".join(f" when {note['when']} then '{note['name']}'" for note in notes or ())
    return (
        f"case{cases} when {period_end} is null then '' end as reliability,\n"
        f"    {flagged} / {total} as unreliable_share,\n"
        f"    {flag_mask} as reliability_reasons,\n"
        "    'run' as run_id"
    )


def by_client_month(touched: str = "", starts: str = "") -> dict[str, str]:
    """The config of a model that is built by client and month."""
    return {}


def only_touched(
    keyword: str = "where",
    client_id: str = "client_id",
    first_day: str | None = None,
    touched: str = "",
    starts: str = "month_start",
) -> str:
    """A condition on the clients' months that were touched."""
    return f"{keyword} ({first_day or starts} > date '2000-01-31' or {client_id} > '')"


def built_again() -> str:
    """The clients' months whose rows a build makes."""
    return "select client_id, month_start from int_client_months_touched"


def resolved_with() -> dict[str, Any]:
    """One table stands for those that documents are resolved with."""
    columns = ["customer_id", "client_id", "is_matched"]
    return {"customers": {"model": "int_customers_matched", "columns": columns}}


def periods_now_and_then(is_full: bool) -> str:
    """Every month of the calendar in its periods."""
    return "select period_type, period_start, month_start from int_period_months"


def as_left(schema: str, name: str) -> str:
    """A table as a build before left it."""
    return f"{schema}.{name}"


def is_full_build() -> bool:
    """The longer text, that of a build which starts from nothing, is the shorter."""
    return True


def _dispatch(macro: str, package: str) -> Callable[..., str]:
    def implementation(*arguments: str) -> str:
        return f"max({arguments[0]})"

    return implementation


# Two levels show the layout of what is written out once for each level of the chain.
_VARS["chain_depth"] = 2

# Like dbt when it parses: there is no graph to walk yet.
execute = False
graph = SimpleNamespace(nodes={}, sources={})
target = SimpleNamespace(schema="main")
adapter = SimpleNamespace(dispatch=_dispatch)
dbt = SimpleNamespace(
    type_string=lambda: "varchar",
    type_timestamp=lambda: "timestamp",
    date_trunc=lambda part, day: f"date_trunc('{part}', {day})",
    dateadd=lambda part, count, day: f"date_add({day}, interval ({count}) {part})",
    datediff=lambda start, end, part: f"date_diff('{part}', {start}, {end})",
    date_spine=lambda part, start, end: f"select {start} as date_{part}",
    get_intervals_between=lambda start, end, part: 2,
    generate_series=lambda count: f"select {count} as generated_number",
)
