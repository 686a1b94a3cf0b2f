with

client_values as (

    select * from {{ ref("int_client_values") }}

),

rep_costs as (

    select * from {{ ref("int_rep_costs_monthly") }}

),

value_dates as (

    select * from {{ ref("int_value_dates") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

    where rep_id <> 'unassigned'

),

chain as (

    select * from {{ ref("int_rep_chain") }}

),

lists as (

    select
        period_label,
        rep_id,
        count(*) as clients,
        sum(coalesce(expected_ltv, 0)) as client_ltv,
        sum(revenue_12_months) as revenue_12_months,
        sum(margin_12_months) as margin_12_months,
        max(cast(has_zero_churn as integer)) as has_zero_churn,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from client_values

    group by period_label, rep_id

),

costs as (

    select
        value_dates.period_label,
        rep_costs.rep_id,
        sum(rep_costs.amount) as rep_cost,
        max(rep_costs.has_missing_rate) as has_missing_rate,
        count(distinct rep_costs.month_start) as cost_months

    from value_dates

    inner join rep_costs
        on
            rep_costs.month_start <= value_dates.period_end
            and rep_costs.month_start
            > {{ add_months(month_start("value_dates.period_end"), -12) }}

    group by value_dates.period_label, rep_costs.rep_id

),

own as (

    select
        value_dates.period_label,
        value_dates.period_start,
        value_dates.period_end,
        reps.rep_id,
        coalesce(lists.clients, 0) as clients,
        coalesce(lists.client_ltv, 0) as client_ltv,
        coalesce(lists.revenue_12_months, 0) as revenue_12_months,
        coalesce(lists.margin_12_months, 0) as margin_12_months,
        coalesce(lists.has_zero_churn, 0) as has_zero_churn,
        costs.rep_cost,
        coalesce(costs.has_missing_rate, 0) as has_missing_rate,
        coalesce(costs.cost_months, 0) as cost_months,
        coalesce(lists.absolute_revenue, 0) as absolute_revenue,
        coalesce(lists.flagged_revenue, 0) as flagged_revenue,
        coalesce(lists.flag_mask, 0) as flag_mask

    from value_dates

    cross join reps

    left join lists
        on
            value_dates.period_label = lists.period_label
            and reps.rep_id = lists.rep_id

    left join costs
        on
            value_dates.period_label = costs.period_label
            and reps.rep_id = costs.rep_id

    where lists.rep_id is not null or costs.rep_id is not null

),

teams as (

    select
        own.period_label,
        own.period_start,
        own.period_end,
        chain.above_rep_id as rep_id,
        sum(own.clients) as clients,
        sum(own.client_ltv) as client_ltv,
        sum(own.revenue_12_months) as revenue_12_months,
        sum(own.margin_12_months) as margin_12_months,
        max(own.has_zero_churn) as has_zero_churn,
        sum(own.rep_cost) as rep_cost,
        max(own.has_missing_rate) as has_missing_rate,
        min(own.cost_months) as cost_months,
        sum(own.absolute_revenue) as absolute_revenue,
        sum(own.flagged_revenue) as flagged_revenue,
        bit_or(own.flag_mask) as flag_mask,
        max(chain.depth) as depth

    from own

    inner join chain
        on
            own.rep_id = chain.rep_id
            and own.period_end between chain.valid_from and chain.valid_to

    group by
        own.period_label,
        own.period_start,
        own.period_end,
        chain.above_rep_id

),

scopes as (

    {% for scope, rows in {"own": "own", "team": "teams"}.items() %}
    select
        '{{ scope }}' as scope,
        period_label,
        period_start,
        period_end,
        rep_id,
        clients,
        client_ltv,
        revenue_12_months,
        margin_12_months,
        has_zero_churn,
        has_missing_rate,
        rep_cost,
        cost_months,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from {{ rows }}
    {% if scope == "team" %}
    where depth > 0
    {% else %}
    union all
    {% endif %}
    {% endfor %}

)

select
    scopes.period_label,
    scopes.period_start,
    scopes.period_end,
    scopes.scope,
    scopes.rep_id,
    reps.rep_name,
    reps.role,
    reps.manager_rep_id,
    cast(scopes.clients as bigint) as clients,
    {{ money("scopes.client_ltv") }} as client_ltv,
    {{ money("scopes.rep_cost") }} as rep_cost,
    {{ ratio("scopes.client_ltv", "scopes.rep_cost") }} as ltv_cost_ratio,
    {{ money("scopes.revenue_12_months") }} as revenue_12_months,
    {{ money("scopes.margin_12_months") }} as margin_12_months,
    cast(scopes.cost_months as bigint) as cost_months,
    {{ reliability_columns(
        period_end="scopes.period_end",
        flagged="scopes.flagged_revenue",
        total="scopes.absolute_revenue",
        flag_mask="scopes.flag_mask",
        notes=[
            {
                "when": "scopes.has_zero_churn = 1",
                "name": "zero_churn",
                "is_caution": true,
            },
            {
                "when": "scopes.has_missing_rate = 1",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
            {
                "when": "scopes.rep_cost is null",
                "name": "no_rep_cost",
                "is_caution": true,
            },
            {
                "when": "scopes.rep_cost is not null"
                ~ " and scopes.cost_months < 12",
                "name": "cost_under_12_months",
                "is_caution": true,
            },
        ],
    ) }}

from scopes

inner join reps
    on scopes.rep_id = reps.rep_id
