"""The company's own settings (``config/company.yml``), typed and checked.

The same names reach the dbt models as variables, so a rule is changed in one file.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dagster_project.errors import ConfigurationError

Share = Annotated[float, Field(ge=0, le=1)]
Month = Annotated[int, Field(ge=1, le=12)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Churn(_Section):
    """When a client without a contract counts as lost."""

    rhythm_multiple: Annotated[float, Field(gt=0)]
    minimum_days: Annotated[int, Field(ge=1)]
    minimum_purchases: Annotated[int, Field(ge=2)]
    alert_factor: Annotated[float, Field(gt=0)]


class Tier(_Section):
    """One client tier: its share of revenue and the attention it is owed.

    ``needs_both`` says whether the visits and the calls are both owed, or either.
    """

    tier: str
    up_to_share: Share
    visit_every_days: Annotated[float, Field(gt=0)]
    call_every_days: Annotated[float, Field(gt=0)]
    needs_both: bool


class Tiers(_Section):
    """How clients are sorted into tiers, and over how many days cadence is judged."""

    cadence_window_days: Annotated[int, Field(ge=1)]
    ranks: tuple[Tier, ...]

    @model_validator(mode="after")
    def _shares_rise(self) -> Tiers:
        shares = [tier.up_to_share for tier in self.ranks]
        if shares != sorted(set(shares)):
            raise ValueError("up_to_share must rise from one tier to the next")
        return self


class Potential(_Section):
    """How a wallet is estimated and how much of it can be won."""

    minimum_like_clients: Annotated[int, Field(ge=1)]
    default_attainable_share: Share


class ClientPlan(_Section):
    """How next year's plan of a client is made of last year's result.

    The range's ends lie ``range_below`` under and ``range_above`` over the plan. Growths in
    sales and price add up, or ``compound``.
    """

    compound: bool
    range_below: Share
    range_above: Share
    cap_by_estimated_potential: bool


class BonusStep(_Section):
    """From which attainment a ``step`` scheme pays which part of the target bonus."""

    from_attainment: Annotated[float, Field(ge=0)]
    factor: Annotated[float, Field(ge=0)]


class Bonus(_Section):
    """What a bonus scheme pays where it does not say so itself."""

    threshold: Annotated[float, Field(ge=0)]
    cap: Annotated[float, Field(ge=0)]
    steps: Annotated[tuple[BonusStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _steps_rise(self) -> Bonus:
        reached = [step.from_attainment for step in self.steps]
        if reached != sorted(set(reached)):
            raise ValueError("from_attainment must rise from one step to the next")
        return self


class Receivables(_Section):
    """Over how many days' credit sales the days sales outstanding are taken."""

    dso_days: Annotated[int, Field(ge=1)]


class Collections(_Section):
    """Which days the payment plan is published for, before and after the run's day."""

    window_days: Annotated[int, Field(ge=1)]
    horizon_days: Annotated[int, Field(ge=1)]


class ReportDiscipline(_Section):
    """When a rep's report is in time, and which entries look like padding.

    ``due_within_working_days`` is counted from the reported day; ``bulk_entries_in_a_minute`` and
    ``round_count_step`` are counts of manual entries.
    """

    due_within_working_days: Annotated[int, Field(ge=0, le=20)]
    bulk_entries_in_a_minute: Annotated[int, Field(ge=2)]
    round_count_step: Annotated[int, Field(ge=2)]


class VisitQuality(_Section):
    """How many days after a visit its client's revenue counts as the visit's result."""

    result_days: Annotated[int, Field(ge=1)]


class Funnel(_Section):
    """The open stages of an opportunity, from the first to the last before it is won.

    A new client is followed up by an activity in the ``follow_up_days`` after the first invoice.
    """

    stages: Annotated[tuple[str, ...], Field(min_length=1)]
    follow_up_days: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _stages_differ(self) -> Funnel:
        if len(set(self.stages)) < len(self.stages):
            raise ValueError("stages must differ from one another")
        return self


class RequiredActivity(_Section):
    """From how many cases on a rep's own rate is used, rather than the team's."""

    minimum_cases: Annotated[int, Field(ge=1)]


class RepCost(_Section):
    """The budget's category that a rep's cost of one type belongs to."""

    cost_type: str
    category: str
    is_recurring: bool


class Budget(_Section):
    """How what was spent on sales is held against the budget.

    ``rep_costs`` names the categories of costs that are kept by rep; a type not named there is a
    recurring category of its own. ``rep_cost_types_in_expenses`` are types that the sales expenses
    hold already and that would count twice. ``promotion_categories`` are budgeted apart from the
    plan's cost.
    """

    rep_costs: tuple[RepCost, ...]
    rep_cost_types_in_expenses: tuple[str, ...]
    promotion_categories: tuple[str, ...]


class ClientActions(_Section):
    """For how many days after an action a client's revenue counts as received for it."""

    result_window_days: Annotated[int, Field(ge=1)]


class Goals(_Section):
    """Over how many past years the best change of a goal's measure is looked for."""

    past_years: Annotated[int, Field(ge=2, le=20)]


class ClientValue(_Section):
    """How far ahead open contracts count, and how few repeat buyers foretell nothing."""

    open_ended_months: Annotated[int, Field(ge=0)]
    least_repeat_buyers: Annotated[int, Field(ge=2)]


class IdealClient(_Section):
    """By what groups of clients are ranked, and how few are too few to conclude from."""

    minimum_clients: Annotated[int, Field(ge=1)]
    rank_by: Literal["revenue_per_client", "margin_per_client", "expected_ltv_per_client"]


class FocusList(_Section):
    """What counts as an outlet, and what is near enough or low enough to be in focus.

    Without ``outlet_segments`` every client is an outlet. ``reach_share`` is of a client's own
    revenue, ``lift_below_share`` of the median of outlets like it, ``untapped_headroom_share`` of
    a territory's potential; ``drop_months`` are whole months.
    """

    outlet_segments: tuple[str, ...]
    reach_share: Annotated[float, Field(gt=0)]
    minimum_like_outlets: Annotated[int, Field(ge=2)]
    lift_below_share: Share
    drop_months: Annotated[int, Field(ge=1, le=24)]
    untapped_headroom_share: Share


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class ScorecardKpi(_Section):
    """A KPI on a role's scorecard: the mart it is in, and the columns of its plan and fact.

    The mart has the columns ``period_type``, ``period_start`` and ``period_end``, and names the
    person in ``person``. ``where`` picks its rows by values of text columns. Without columns of a
    plan, ``target`` is one for everybody. ``n`` is the column with the cases a rate is of.
    """

    kpi: Name
    mart: Name
    fact: Name
    plan_low: Name | None = None
    plan_high: Name | None = None
    target: float | None = None
    n: Name | None = None
    where: dict[Name, str] = {}
    person: Name = "rep_id"
    lower_is_better: bool = False

    @model_validator(mode="after")
    def _one_plan(self) -> ScorecardKpi:
        if self.target is not None and (self.plan_low or self.plan_high):
            raise ValueError("a KPI has either a target or columns of a plan")
        return self


class Scorecards(_Section):
    """Which KPIs are on the scorecard of each role, and how many months back they go."""

    months: Annotated[int, Field(ge=1)]
    roles: Annotated[
        dict[
            Literal["rep", "line_manager", "commercial_director"],
            Annotated[tuple[ScorecardKpi, ...], Field(min_length=1)],
        ],
        Field(min_length=1),
    ]

    @model_validator(mode="after")
    def _names_differ(self) -> Scorecards:
        for role, kpis in self.roles.items():
            names = [kpi.kpi for kpi in kpis]
            if len(set(names)) < len(names):
                raise ValueError(f"the KPIs of {role} must have different names")
        return self


class Reliability(_Section):
    """From which share of flagged input a row is called unreliable."""

    unreliable_above_share: Share


LegalForm = Annotated[str, Field(pattern=r"^[^\W_]+( [^\W_]+)*$")]


class Matching(_Section):
    """How a ledger's customers are told to be the CRM's accounts.

    ``legal_forms`` are no part of a name; each is written as a name is compared: in lower case,
    without points and accents. ``shared_domains`` are hosts where anybody may have an address.
    Of two spellings one letter in ``letters_a_difference`` may differ, and no more than
    ``most_differences`` in all.
    """

    legal_forms: Annotated[tuple[LegalForm, ...], Field(min_length=1)]
    shared_domains: tuple[Annotated[str, Field(pattern=r"^[^\s/@]+$")], ...]
    letters_a_difference: Annotated[int, Field(ge=4)]
    most_differences: Annotated[int, Field(ge=0, le=3)]

    @model_validator(mode="after")
    def _in_lower_case(self) -> Matching:
        raised = [
            text for text in (*self.legal_forms, *self.shared_domains) if text.lower() != text
        ]
        if raised:
            raise ValueError(f"{', '.join(raised)} must be in lower case")
        return self


class Landing(_Section):
    """How much of an extract may be set aside before its source stops."""

    max_set_aside_share: Share


class Checks(_Section):
    """What the input checks call believable."""

    stale_after_days: Annotated[int, Field(ge=0)]
    max_untied_revenue_share: Share
    max_unmatched_revenue_share: Share
    max_row_count_change_share: Annotated[float, Field(gt=0)]
    tie_tolerance: Annotated[float, Field(ge=0)]


class Company(_Section):
    """A company's settings; every name is required, so nothing is decided silently."""

    reporting_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    fiscal_year_first_month: Month
    first_calendar_year: Annotated[int, Field(ge=1980, le=2100)]
    seasons: dict[str, tuple[Month, ...]]
    working_days: tuple[Annotated[int, Field(ge=1, le=7)], ...]
    new_client_months: Annotated[int, Field(ge=1)]
    chain_depth: Annotated[int, Field(ge=1, le=10)]
    churn: Churn
    tiers: Tiers
    potential: Potential
    client_plan: ClientPlan
    bonus: Bonus
    receivables: Receivables
    collections: Collections
    report_discipline: ReportDiscipline
    visit_quality: VisitQuality
    funnel: Funnel
    required_activity: RequiredActivity
    budget: Budget
    client_actions: ClientActions
    goals: Goals
    client_value: ClientValue
    ideal_client: IdealClient
    focus_list: FocusList
    scorecards: Scorecards
    matching: Matching
    reliability: Reliability
    landing: Landing
    checks: Checks

    @model_validator(mode="after")
    def _seasons_cover_each_month_once(self) -> Company:
        months = sorted(month for season in self.seasons.values() for month in season)
        if self.seasons and months != list(range(1, 13)):
            raise ValueError("seasons must hold each month from 1 to 12 exactly once")
        for name, season in self.seasons.items():
            if any((b - a) % 12 != 1 for a, b in pairwise(season)):
                raise ValueError(f"the months of season {name} must follow one another")
        return self

    def dbt_vars(self) -> dict[str, Any]:
        """The settings as dbt variables, by the same names."""
        return self.model_dump(mode="json", exclude={"landing"})


def load_company(path: Path) -> Company:
    """Read ``company.yml``.

    Raises:
        ConfigurationError: names the file, the setting and what is wrong with it.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}: no such file. Restore it, or set KPI_CONFIG_DIR."
        ) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not valid YAML. {error}") from None
    try:
        return Company.model_validate(document)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors()
        )
        raise ConfigurationError(f"{path}: {problems}. Correct the setting.") from None
