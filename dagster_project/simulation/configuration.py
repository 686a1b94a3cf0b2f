"""The simulated company's own configuration: settings and one mapping a system."""

from __future__ import annotations

from pathlib import Path

import yaml

from dagster_project.company import (
    Bonus,
    BonusStep,
    Budget,
    Checks,
    Churn,
    ClientActions,
    ClientPlan,
    ClientValue,
    Collections,
    Company,
    FocusList,
    Funnel,
    Goals,
    IdealClient,
    Landing,
    Matching,
    Potential,
    Receivables,
    Reliability,
    RepCost,
    ReportDiscipline,
    RequiredActivity,
    ScorecardKpi,
    Scorecards,
    Tier,
    Tiers,
    VisitQuality,
)
from dagster_project.simulation.tables import EXTRACTS

SYSTEMS = ("crm", "accounting", "planning")


def _activity(kpi: str, activity_type: str, chain_role: str) -> ScorecardKpi:
    return ScorecardKpi(
        kpi=kpi,
        mart="kpi_activity_plan_fact",
        fact="fact",
        plan_low="planned",
        plan_high="planned",
        where={"activity_type": activity_type, "chain_role": chain_role},
    )


_OF_A_TEAM = (
    ScorecardKpi(
        kpi="team_revenue",
        mart="kpi_plan_fact",
        person="entity_id",
        fact="fact",
        plan_low="plan_low",
        plan_high="plan_high",
        where={"level": "manager"},
    ),
    _activity("team_visits", "visit", "team"),
    _activity("team_calls", "call", "team"),
)

SIMULATED_COMPANY = Company(
    reporting_currency="EUR",
    fiscal_year_first_month=4,
    first_calendar_year=2020,
    seasons={"summer": (4, 5, 6, 7, 8, 9), "winter": (10, 11, 12, 1, 2, 3)},
    working_days=(1, 2, 3, 4, 5),
    new_client_months=12,
    chain_depth=5,
    churn=Churn(rhythm_multiple=3, minimum_days=90, minimum_purchases=3, alert_factor=1.5),
    tiers=Tiers(
        cadence_window_days=28,
        ranks=(
            Tier(
                tier="tier 1",
                up_to_share=0.80,
                visit_every_days=3.5,
                call_every_days=3,
                needs_both=True,
            ),
            Tier(
                tier="tier 2",
                up_to_share=0.90,
                visit_every_days=7,
                call_every_days=7,
                needs_both=False,
            ),
            Tier(
                tier="tier 3",
                up_to_share=0.95,
                visit_every_days=15,
                call_every_days=10,
                needs_both=False,
            ),
        ),
    ),
    potential=Potential(minimum_like_clients=5, default_attainable_share=0.6),
    client_plan=ClientPlan(
        compound=False,
        range_below=0.10,
        range_above=0.10,
        cap_by_estimated_potential=False,
    ),
    bonus=Bonus(
        threshold=0.5,
        cap=1.2,
        steps=(
            BonusStep(from_attainment=0.5, factor=0.5),
            BonusStep(from_attainment=1.0, factor=1.0),
            BonusStep(from_attainment=1.2, factor=1.2),
        ),
    ),
    receivables=Receivables(dso_days=90),
    collections=Collections(window_days=90, horizon_days=30),
    report_discipline=ReportDiscipline(
        due_within_working_days=1, bulk_entries_in_a_minute=3, round_count_step=5
    ),
    visit_quality=VisitQuality(result_days=30),
    funnel=Funnel(stages=("discovery", "qualified", "proposal", "negotiation"), follow_up_days=30),
    required_activity=RequiredActivity(minimum_cases=30),
    budget=Budget(
        rep_costs=(
            RepCost(cost_type="commission", category="commission", is_recurring=False),
            RepCost(cost_type="expenses", category="expenses", is_recurring=False),
        ),
        rep_cost_types_in_expenses=(),
        promotion_categories=("promotion",),
    ),
    client_actions=ClientActions(result_window_days=90),
    goals=Goals(past_years=5),
    client_value=ClientValue(open_ended_months=12, least_repeat_buyers=30),
    ideal_client=IdealClient(minimum_clients=30, rank_by="revenue_per_client"),
    focus_list=FocusList(
        outlet_segments=(),
        reach_share=0.5,
        minimum_like_outlets=5,
        lift_below_share=0.8,
        drop_months=1,
        untapped_headroom_share=0.5,
    ),
    scorecards=Scorecards(
        months=25,
        roles={
            "rep": (
                ScorecardKpi(
                    kpi="revenue",
                    mart="kpi_rep_performance",
                    fact="net_revenue",
                    plan_low="plan_low",
                    plan_high="plan_high",
                ),
                _activity("visits", "visit", "own"),
                _activity("calls", "call", "own"),
                ScorecardKpi(
                    kpi="win_rate",
                    mart="kpi_rep_performance",
                    fact="win_rate",
                    n="closed_deals",
                    target=0.3,
                ),
                ScorecardKpi(
                    kpi="churned_clients",
                    mart="kpi_rep_performance",
                    fact="churned_clients",
                    lower_is_better=True,
                ),
            ),
            "line_manager": _OF_A_TEAM,
            "commercial_director": _OF_A_TEAM,
        },
    ),
    matching=Matching(
        legal_forms=(
            *("ltd", "limited", "plc", "llp", "llc", "inc", "corp", "co"),
            *("gmbh", "gesmbh", "ag", "kg", "og", "kft", "zrt", "bt", "nyrt"),
            *("sp z oo", "sa", "sp j", "sp k", "sarl", "sas", "sasu"),
            *("ооо", "ао", "пао", "зао", "ooo", "ao", "pao", "zao"),
            *("有限公司", "股份有限公司", "有限责任公司", "集团"),
            *("בעמ", "חברה", "ושות"),
        ),
        shared_domains=("gmail.com", "mail.ru", "qq.com"),
        letters_a_difference=7,
        most_differences=2,
    ),
    reliability=Reliability(unreliable_above_share=0.10),
    landing=Landing(max_set_aside_share=0.01),
    checks=Checks(
        stale_after_days=45,
        max_untied_revenue_share=0.01,
        max_unmatched_revenue_share=0.05,
        max_row_count_change_share=0.5,
        tie_tolerance=0.01,
    ),
)


def write_configuration(config_dir: Path) -> None:
    """Write ``company.yml`` and ``sources/<system>.yml`` below a folder."""
    _write(config_dir / "company.yml", SIMULATED_COMPANY.model_dump(mode="json"))
    for system in SYSTEMS:
        _write(config_dir / "sources" / f"{system}.yml", _mapping(system))


def _mapping(system: str) -> dict[str, object]:
    """A mapping as docs/add-a-source.md describes it; columns have the contract's names."""
    extracts = [extract for extract in EXTRACTS if extract.table.schema == system]
    return {
        "source": system,
        "folder": system,
        "owner": f"{system}@example.com",
        "defaults": {"format": "parquet"},
        "files": {
            extract.table.entity: {
                "pattern": extract.pattern,
                "columns": [column.name for column in extract.table.columns],
            }
            for extract in extracts
        },
        "tables": {
            extract.table.name: {
                "from": extract.table.entity,
                "mode": str(extract.mode),
                "columns": {column.name: column.name for column in extract.table.columns},
            }
            for extract in extracts
        },
    }


def _write(path: Path, document: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None)
    path.write_text(text, encoding="utf-8")
