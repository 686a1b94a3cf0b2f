with

plans as (

    select * from {{ ref("int_plans_by_level") }}

    where level = 'company' and period_type = 'year' and not is_derived

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

costs as (

    select * from {{ ref("int_sales_costs_monthly") }}

),

years as (

    select distinct
        fiscal_year,
        year_start,
        year_end

    from {{ ref("int_months") }}

    where year_start <= {{ as_of_date() }}

),

days as (

    select
        issued_on,
        sum(net_revenue) as net_revenue,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(revenue_with_cost) - sum(cost) as margin,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by issued_on

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

ends as (

    select
        *,
        least(year_end, {{ as_of_date() }}) as last_day

    from years

),

{# A running year is held against the same days of last year. #}
spans as (

    select
        *,
        {{ add_months("year_start", -12) }} as prior_start,
        {{ add_days("year_start", -1) }} as prior_end,
        {{ add_days(add_months(add_days("last_day", 1), -12), -1) }}
            as prior_last_day

    from ends

),

margins as (

    select
        spans.fiscal_year,
        sum(case when days.issued_on >= spans.year_start then days.margin end)
            as margin,
        sum(
            case
                when days.issued_on <= spans.prior_last_day then days.margin
            end
        ) as prior_margin,
        {% for measure in ["net_revenue", "revenue_with_cost", "margin"] %}
        sum(
            case
                when days.issued_on <= spans.prior_end then days.{{ measure }}
            end
        ) as last_year_{{ measure }},
        {% endfor %}
        sum(days.absolute_revenue) as absolute_revenue,
        sum(days.flagged_revenue) as flagged_revenue,
        bit_or(days.flag_mask) as flag_mask

    from spans

    inner join days
        on
            days.issued_on >= spans.prior_start
            and days.issued_on <= spans.last_day

    group by spans.fiscal_year

),

yearly_costs as (

    select
        spans.fiscal_year,
        {% for measure in ["budget", "actual"] %}
        sum(
            case
                when not {{ is_promotion("costs.category") }}
                    then costs.{{ measure }}
            end
        ) as plan_cost_{{ measure }},
        sum(
            case
                when {{ is_promotion("costs.category") }}
                    then costs.{{ measure }}
            end
        ) as promotion_{{ measure }},
        {% endfor %}
        max(costs.has_missing_rate) as has_missing_rate

    from spans

    inner join costs
        on
            costs.month_start >= spans.year_start
            and costs.month_start <= spans.year_end

    group by spans.fiscal_year

),

joined as (

    select
        spans.fiscal_year,
        spans.year_start,
        spans.year_end,
        coalesce(spans.prior_start < horizon.first_data_month, false)
            as is_prior_incomplete,
        margins.margin,
        margins.prior_margin,
        margins.absolute_revenue,
        margins.flagged_revenue,
        margins.flag_mask,
        yearly_costs.plan_cost_budget,
        yearly_costs.plan_cost_actual,
        yearly_costs.promotion_budget,
        yearly_costs.promotion_actual,
        yearly_costs.has_missing_rate,
        plans.plan_low - margins.last_year_net_revenue as growth_low,
        plans.plan_high - margins.last_year_net_revenue as growth_high,
        cast(
            {{ exact_quotient(
                "margins.last_year_margin", "margins.last_year_revenue_with_cost"
            ) }} as decimal(18, 8)
        ) as margin_rate

    from spans

    cross join horizon

    left join plans
        on spans.year_start = plans.period_start

    left join margins
        on spans.fiscal_year = margins.fiscal_year

    left join yearly_costs
        on spans.fiscal_year = yearly_costs.fiscal_year

    where
        plans.period_start is not null
        or yearly_costs.fiscal_year is not null

),

growths as (

    select
        *,
        {{ money_times("growth_low", "margin_rate") }}
            as expected_margin_growth_low,
        {{ money_times("growth_high", "margin_rate") }}
            as expected_margin_growth_high,
        {{ money("margin - prior_margin") }} as margin_growth

    from joined

)

select
    fiscal_year,
    year_start as period_start,
    year_end as period_end,
    year_end > {{ as_of_date() }} as is_partial,
    {{ money("margin") }} as gross_margin,
    {{ money("prior_margin") }} as prior_gross_margin,
    margin_growth,
    expected_margin_growth_low,
    expected_margin_growth_high,
    {{ money("plan_cost_budget") }} as plan_cost_budget,
    {{ money("plan_cost_actual") }} as plan_cost_actual,
    {{ money("promotion_budget") }} as promotion_budget,
    {{ money("promotion_actual") }} as promotion_actual,
    {{ ratio("expected_margin_growth_low", "plan_cost_budget") }}
        as expected_return_low,
    {{ ratio("expected_margin_growth_high", "plan_cost_budget") }}
        as expected_return_high,
    {{ ratio("margin_growth", "plan_cost_actual") }} as actual_return,
    {{ reliability_columns(
        period_end="year_end",
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {
                "when": "has_missing_rate = 1",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
            {"when": "growth_low is null", "name": "no_plan"},
            {
                "when": "is_prior_incomplete",
                "name": "prior_history_incomplete",
                "is_caution": true,
            },
        ],
    ) }}

from growths
