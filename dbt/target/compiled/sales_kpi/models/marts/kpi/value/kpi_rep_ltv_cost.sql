with

client_values as (

    select * from "warehouse"."intermediate"."int_client_values"

),

rep_costs as (

    select * from "warehouse"."intermediate"."int_rep_costs_monthly"

),

value_dates as (

    select * from "warehouse"."intermediate"."int_value_dates"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

    where rep_id <> 'unassigned'

),

chain as (

    select * from "warehouse"."intermediate"."int_rep_chain"

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
            > cast(

    (cast(date_trunc('month', value_dates.period_end) as date) + cast(-12 as bigint) * interval 1 month) as date)

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

    select
        'own' as scope,
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

    from own

    union all

    select
        'team' as scope,
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

    from teams

    where depth > 0

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
    cast(scopes.client_ltv as decimal(18, 4)) as client_ltv,
    cast(scopes.rep_cost as decimal(18, 4)) as rep_cost,
    (cast(scopes.client_ltv as double) / nullif(cast(scopes.rep_cost as double), 0)) as ltv_cost_ratio,
    cast(scopes.revenue_12_months as decimal(18, 4)) as revenue_12_months,
    cast(scopes.margin_12_months as decimal(18, 4)) as margin_12_months,
    cast(scopes.cost_months as bigint) as cost_months,
    case
        when coalesce((cast(scopes.flagged_revenue as double) / nullif(cast(scopes.absolute_revenue as double), 0)), 0) > 0.1
            then 'unreliable'
        when
            coalesce((cast(scopes.flagged_revenue as double) / nullif(cast(scopes.absolute_revenue as double), 0)), 0) > 0
            or coalesce(scopes.flag_mask, 0) <> 0
            or nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_ltv_cost'
    ),
                case
                    when scopes.period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_ltv_cost'
    )
                end
            ),
            ''
        ) is not null
            or scopes.has_zero_churn = 1
            or scopes.has_missing_rate = 1
            or scopes.rep_cost is null
            or scopes.rep_cost is not null and scopes.cost_months < 12
            then 'caution'
        else 'reliable'
    end as reliability,
    coalesce((cast(scopes.flagged_revenue as double) / nullif(cast(scopes.absolute_revenue as double), 0)), 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(concat_ws(
        ', ',
        case when (coalesce(scopes.flag_mask, 0) & 1) <> 0 then 'invoice_without_lines' end,
        case when (coalesce(scopes.flag_mask, 0) & 2) <> 0 then 'lines_do_not_tie' end,
        case when (coalesce(scopes.flag_mask, 0) & 4) <> 0 then 'unmatched_client' end,
        case when (coalesce(scopes.flag_mask, 0) & 8) <> 0 then 'missing_exchange_rate' end,
        case when (coalesce(scopes.flag_mask, 0) & 16) <> 0 then 'unknown_rep' end,
        case when (coalesce(scopes.flag_mask, 0) & 32) <> 0 then 'unknown_product' end
    ), ''),
        case when scopes.has_zero_churn = 1 then 'zero_churn' end,
        case when scopes.has_missing_rate = 1 then 'missing_exchange_rate' end,
        case when scopes.rep_cost is null then 'no_rep_cost' end,
        case when scopes.rep_cost is not null and scopes.cost_months < 12 then 'cost_under_12_months' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_ltv_cost'
    ),
                case
                    when scopes.period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_ltv_cost'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from scopes

inner join reps
    on scopes.rep_id = reps.rep_id