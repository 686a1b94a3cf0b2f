"""What every dbt model here keeps to, held against dbt's own manifest.

Each rule says why it is one and how a model that breaks it is mended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from dagster_project.company import load_company
from dagster_project.memory import MEMORY_LIMIT
from dagster_project.publication.dbt_keys import read_keys
from dagster_project.publication.parts import PARTED_MARTS

ROOT = Path(__file__).parents[2]
DBT = ROOT / "dbt"
CONTRACT_SCHEMAS = {"crm", "accounting", "planning"}
ABOUT_RELIABILITY = {
    "dq_findings",
    "dq_matching",
    "dq_matching_review",
    "kpi_reliability",
    "metric_catalog",
}
WITHOUT_PREFIX = {"fct_bonus_inputs", *ABOUT_RELIABILITY} - {"kpi_reliability"}
RELIABILITY_COLUMNS = {"reliability", "unreliable_share", "reliability_reasons"}
FOLDER_PREFIXES = {
    "history": ("history_",),
    "intermediate": ("int_",),
    "core": ("dim_", "fct_"),
    "kpi": ("kpi_",),
}
CLOCK = re.compile(
    r"\b(current_(date|time|timestamp)|localtimestamp|now\s*\(|getdate\s*\(|today\s*\()", re.I
)
ENGINE_ONLY = {
    "qualify": re.compile(r"\bqualify\b", re.I),
    "::": re.compile(r"::"),
    "list_...()": re.compile(r"\blist_\w+\s*\(", re.I),
    "unnest()": re.compile(r"\bunnest\s*\(", re.I),
    "strptime()": re.compile(r"\bstrptime\s*\(", re.I),
    "read_parquet()": re.compile(r"\bread_parquet\s*\(", re.I),
    "filter (where ...)": re.compile(r"\bfilter\s*\(\s*where\b", re.I),
    "group by all": re.compile(r"\bgroup\s+by\s+all\b", re.I),
    "* exclude": re.compile(r"\*\s*exclude\b", re.I),
    "* replace": re.compile(r"\*\s*replace\b", re.I),
    "ilike": re.compile(r"\bilike\b", re.I),
    "asof join": re.compile(r"\basof\b", re.I),
}

#: Ratios that are no rates of cases: a fact held against what was planned or assumed,
AGAINST_A_PLAN = {
    "fct_bonus_inputs.attainment",
    "fct_bonus_inputs.payout_factor",
    "kpi_activity_plan_fact.completion",
    "kpi_client_actions.received_share",
    "kpi_client_brief.month_attainment",
    "kpi_client_plan.attainment",
    "kpi_client_plan.price_growth",
    "kpi_client_plan.sales_growth",
    "kpi_client_potential.attainable_share",
    "kpi_goals.best_change",
    "kpi_goals.time_share",
    "kpi_plan_fact.attainment",
    "kpi_plan_return.actual_return",
    "kpi_plan_return.expected_return_high",
    "kpi_plan_return.expected_return_low",
    "kpi_rep_performance.attainment",
    "kpi_sales_budget.spent_share",
    "kpi_scorecard.attainment",
    "kpi_work_plan.completion",
}
#: and money held against money.
PARTS_OF_MONEY = {
    "kpi_client_potential.our_share",
    "kpi_client_tiers.cumulative_share",
    "kpi_client_value.cost_known_share",
    "kpi_client_value.margin_rate",
    "kpi_new_business.new_revenue_share",
    "kpi_rep_ltv_cost.ltv_cost_ratio",
    "kpi_rep_performance.growth_rate",
    "kpi_revenue_yoy.growth_rate",
    "kpi_seasonality.seasonal_weight",
}

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """dbt's manifest of the project, parsed without a warehouse."""
    target = tmp_path_factory.mktemp("dbt")
    settings = load_company(ROOT / "config" / "company.yml").dbt_vars()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_WAREHOUSE_PATH", str(target / "warehouse.duckdb"))
        patch.setenv("KPI_MEMORY_LIMIT", MEMORY_LIMIT)
        patch.setenv("KPI_AS_OF_DATE", "2000-01-31")
        patch.setenv("KPI_RUN_ID", "conventions")
        result = dbtRunner().invoke(
            [
                "--quiet",
                *("--log-path", str(target)),
                "parse",
                *("--project-dir", str(DBT)),
                *("--profiles-dir", str(DBT)),
                *("--target-path", str(target)),
                *("--vars", json.dumps(settings)),
            ]
        )
    assert result.success, result.exception
    parsed: Node = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="module")
def models(manifest: Node) -> list[Node]:
    """The project's models, by name."""
    nodes = (n for n in manifest["nodes"].values() if n["resource_type"] == "model")
    return sorted(nodes, key=lambda node: str(node["name"]))


def layer(model: Node) -> str:
    """``staging``, ``history``, ``intermediate`` or ``marts``."""
    return str(model["fqn"][1])


def folder(model: Node) -> str:
    """The folder that decides a model's prefix: a mart's is ``core`` or ``kpi``."""
    return str(model["fqn"][2] if layer(model) == "marts" else model["fqn"][1])


def published_name(model: Node) -> str:
    """``schema.table``, as the publication names a mart."""
    return f"{model['schema']}.{model['alias']}"


def kpi_marts(models: list[Node]) -> list[Node]:
    """The published KPI marts."""
    return [model for model in models if folder(model) == "kpi"]


def metrics(models: list[Node]) -> Iterator[tuple[str, Node]]:
    """Every column with a formula, as (mart.column, its meta)."""
    for model in models:
        for name, column in model["columns"].items():
            meta = column["config"]["meta"]
            if "formula" in meta:
                yield f"{model['name']}.{name}", meta


def hits(patterns: dict[str, re.Pattern[str]], models: list[Node]) -> list[str]:
    """Where a pattern occurs in the SQL of a model outside its comments."""
    found = []
    for model in models:
        code = re.sub(r"\{#.*?#\}|--[^\n]*", "", model["raw_code"], flags=re.DOTALL)
        found += [f"{model['name']}: {name}" for name, p in patterns.items() if p.search(code)]
    return found


def test_descriptions_open_with_the_grain(models: list[Node]) -> None:
    """Who joins a table must know what a row is before anything else.

    Begin the description with ``One row a ...``; a table of one row ends it with ``One row.``
    """
    assert [
        model["name"]
        for model in models
        if not model["description"].startswith("One row a ")
        and not model["description"].rstrip().endswith("One row.")
    ] == []


def test_keys_are_tested(manifest: Node, models: list[Node]) -> None:
    """A join that multiplies rows doubles money, and only the key's test finds it.

    Add ``unique_key`` with the columns of the grain under ``data_tests``. A record can be found
    at fault twice over, so ``dq_findings`` has no key.
    """
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "unique_key"
    }
    unkeyed = {model["name"] for model in models if model["unique_id"] not in tested}
    assert unkeyed - {"dq_findings"} == set()


def test_models_have_an_owner(manifest: Node, models: list[Node]) -> None:
    """Whoever finds a wrong figure must know whom to ask.

    Give the model's folder a ``+group`` in dbt_project.yml; groups.yml says who that is.
    """
    owners = {group["name"]: group["owner"] for group in manifest["groups"].values()}
    ownerless = [m["name"] for m in models if not owners.get(m["config"]["group"], {}).get("email")]
    assert ownerless == []


def test_marts_have_enforced_contracts(models: list[Node]) -> None:
    """A column that changes its type breaks whoever reads the mart.

    Leave ``contract: {enforced: true}`` on, and give each column a data_type and a description.
    """
    broken = []
    for model in models:
        if layer(model) == "marts":
            if not model["config"]["contract"]["enforced"]:
                broken.append(f"{model['name']}: contract not enforced")
            broken += [
                f"{model['name']}.{name}: no data_type or description"
                for name, column in model["columns"].items()
                if not column["data_type"] or not column["description"].strip()
            ]
    assert broken == []


def test_staging_reads_sources_only(models: list[Node]) -> None:
    """Staging says what the contract's tables hold, one for one; logic starts after it.

    Move a join or a rule from staging to an intermediate model.
    """
    assert [
        model["name"]
        for model in models
        if layer(model) == "staging"
        and (
            len(model["depends_on"]["nodes"]) != 1
            or not model["depends_on"]["nodes"][0].startswith("source.")
        )
    ] == []


def test_contract_tables_are_read_through_staging(manifest: Node, models: list[Node]) -> None:
    """A contract column is then renamed or retyped in one place.

    Refer to ``stg_<schema>__<table>``; add it if it is missing.
    """
    found = []
    for model in models:
        sources = [manifest["sources"].get(node) for node in model["depends_on"]["nodes"]]
        if layer(model) != "staging":
            found += [
                f"{model['name']} reads {source['schema']}.{source['name']}"
                for source in sources
                if source and source["schema"] in CONTRACT_SCHEMAS
            ]
    assert found == []


def test_models_read_no_later_layer(manifest: Node, models: list[Node]) -> None:
    """Staging, intermediate, core and KPI marts are built on one another in this order.

    An intermediate model may read core marts and, where a KPI is made of another, a KPI mart;
    staging and core marts may not. Move what they need into an intermediate model.
    """
    nodes = manifest["nodes"]
    assert [
        f"{model['name']} reads {nodes[parent]['name']}"
        for model in models
        if folder(model) in ("staging", "core")
        for parent in model["depends_on"]["nodes"]
        if parent in nodes and folder(nodes[parent]) == "kpi"
    ] == []


def test_kpi_marts_read_no_staging(manifest: Node, models: list[Node]) -> None:
    """A KPI mart says what a figure is; which inputs it takes is an intermediate model's.

    Move the staging model's rows into an intermediate one that the mart reads.
    """
    nodes = manifest["nodes"]
    assert [
        f"{model['name']} reads {nodes[parent]['name']}"
        for model in models
        if folder(model) == "kpi"
        for parent in model["depends_on"]["nodes"]
        if parent in nodes and layer(nodes[parent]) == "staging"
    ] == []


def test_each_model_has_its_own_yaml(models: list[Node]) -> None:
    """A description is kept up only where the SQL is changed: beside it, under its name.

    Move the model's entry to ``<model>.yml`` in the folder of ``<model>.sql``.
    """
    misplaced = []
    for model in models:
        sql = DBT / model["original_file_path"]
        beside = sql.with_suffix(".yml")
        named = []
        if beside.exists():
            named = [
                m["name"] for m in yaml.safe_load(beside.read_text(encoding="utf-8"))["models"]
            ]
        if named != [model["name"]]:
            misplaced.append(model["name"])
    assert misplaced == []


def test_names_tell_the_layer(models: list[Node]) -> None:
    """Whoever reads a query sees from the name what a table is and how far it is from a source.

    Rename the model, or move it to the folder of its prefix. ``dq_...`` and
    ``metric_catalog`` are about the marts and are named for it; ``fct_bonus_inputs`` is what a
    bonus is worked out from.
    """
    misnamed = []
    for model in models:
        name = model["name"]
        if layer(model) == "staging":
            fits = name.startswith(f"stg_{model['fqn'][2]}__")
        else:
            fits = name.startswith(FOLDER_PREFIXES[folder(model)])
        if not fits and name not in WITHOUT_PREFIX:
            misnamed.append(name)
    assert misnamed == []


def test_marts_name_their_run(models: list[Node]) -> None:
    """A figure in a report can then be traced to the run and the inputs it came from.

    End the select with ``{{ run_id() }} as run_id`` and describe the column. A mart that is
    built by client and month leaves it out: the publication gives it to all rows.
    """
    marts = [model for model in models if layer(model) == "marts"]
    assert {published_name(mart) for mart in marts if "run_id" not in mart["columns"]} == set(
        PARTED_MARTS
    )


def test_marts_built_by_client_and_month_are_published_in_parts(models: list[Node]) -> None:
    """A mart that is written whole every night undoes what its model saved.

    List the mart in PARTED_MARTS (publication/parts.py), or take it out.
    """
    assert sorted(
        published_name(model)
        for model in models
        if layer(model) == "marts" and model["config"]["materialized"] == "incremental"
    ) == sorted(PARTED_MARTS)


def test_the_publication_finds_the_keys(manifest: Node, models: list[Node], tmp_path: Path) -> None:
    """A mart without one is sorted by all of its columns, which takes longer.

    Mend read_keys (publication/dbt_keys.py) where dbt writes its manifest in another form.
    """
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    keys = read_keys(path)
    assert keys["core.fct_revenue_lines"] == ("invoice_id", "line_number", "rep_id")
    marts = {published_name(model) for model in models if layer(model) == "marts"}
    assert marts - keys.keys() == {"marts.dq_findings"}


def test_kpi_marts_say_how_far_to_trust_a_row(models: list[Node]) -> None:
    """A figure on flagged inputs looks like any other unless its row says so.

    End the select with ``reliability_columns(...)`` and describe its columns.
    """
    assert [
        model["name"]
        for model in kpi_marts(models)
        if model["name"] not in ABOUT_RELIABILITY
        and not model["columns"].keys() >= RELIABILITY_COLUMNS
    ] == []


def test_kpi_reliability_covers_every_mart(manifest: Node, models: list[Node]) -> None:
    """A mart that it leaves out would never show up as unreliable, nor as empty.

    Add the mart, and the column that dates its rows, to the map in kpi_reliability.sql.
    """
    rated = {
        m["unique_id"] for m in kpi_marts(models) if m["columns"].keys() >= RELIABILITY_COLUMNS
    }
    [reliability] = (model for model in models if model["name"] == "kpi_reliability")
    assert rated - set(reliability["depends_on"]["nodes"]) == set()


def test_every_mart_serves_an_audience(manifest: Node, models: list[Node]) -> None:
    """A mart that no audience reads has no reason to be: name it in exposures.yml."""
    read = {
        name
        for exposure in manifest["exposures"].values()
        for name in exposure["depends_on"]["nodes"]
    }
    marts = {model["unique_id"] for model in models if model["schema"].endswith("marts")}
    assert marts
    assert marts <= read, marts - read


def test_models_do_not_read_the_clock(models: list[Node]) -> None:
    """The same inputs must give the same figures tomorrow.

    Use ``as_of_date()``, the run's parameter.
    """
    assert hits({"the clock": CLOCK}, models) == []


def test_models_use_no_syntax_of_one_engine(models: list[Node]) -> None:
    """The models also run on the warehouse that the company moves to.

    Write it in plain SQL, or put both spellings into macros/engine.sql.
    """
    assert hits(ENGINE_ONLY, models) == []


def test_metrics_have_a_unit(models: list[Node]) -> None:
    """0.2 may be a share, a number of clients or money.

    Set ``unit`` beside ``formula`` in the column's meta.
    """
    assert [name for name, meta in metrics(models) if not meta.get("unit")] == []


def test_rates_say_of_how_many_cases_they_are(models: list[Node]) -> None:
    """A win rate of 1.0 is of two deals or of two hundred.

    Name the column with the number of cases as ``n`` in the meta of the rate. Only what is
    held against a plan, or a part of a sum of money, has none.
    """
    rates = {name: meta.get("n") for name, meta in metrics(models) if meta["unit"] == "ratio"}
    columns = {f"{model['name']}.{column}" for model in models for column in model["columns"]}
    assert {
        name: n for name, n in rates.items() if n and f"{name.split('.')[0]}.{n}" not in columns
    } == {}
    without = {name for name, n in rates.items() if not n}
    assert without == AGAINST_A_PLAN | PARTS_OF_MONEY


def test_metrics_have_a_grain_and_are_found(models: list[Node]) -> None:
    """The catalogue says of what each metric is told, and every KPI mart has one.

    Set ``grain`` in the model's meta, and ``formula`` and ``unit`` on its figures.
    """
    with_metrics = {name.split(".")[0] for name, _ in metrics(models)}
    marts = [m for m in kpi_marts(models) if m["name"] not in WITHOUT_PREFIX]
    assert [m["name"] for m in marts if m["name"] not in with_metrics] == []
    assert [m["name"] for m in marts if not m["config"]["meta"].get("grain")] == []
