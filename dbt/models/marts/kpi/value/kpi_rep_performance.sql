with

revenue_yoy as (

    select * from {{ ref("kpi_revenue_yoy") }}

    where cut = 'rep' and period_type in ('month', 'quarter', 'year')

),

plans as (

    select * from {{ ref("int_rep_plans_by_period") }}

),

results as (

    select * from {{ ref("int_rep_results_monthly") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter', 'year')

),

reps as (

    select * from {{ ref("dim_reps") }}

),

coaching as (

    select
        period_months.period_type,
        period_months.period_start,
        effects.rep_id,
        sum(effects.coachings) as coachings,
        sum(effects.judged_months) as judged_months,
        sum(effects.change) as change,
        sum(effects.peers_change) as peers_change,
        sum(effects.peers) as peers

    from {{ ref("int_coaching_effects") }} as effects

    inner join period_months
        on effects.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        effects.rep_id

),

{# Whether the company logs deals and activities at all: else NULL, not 0. #}
logging as (

    select
        coalesce(sum(won + lost), 0) > 0 as has_opportunities,
        coalesce(sum(activities), 0) > 0 as has_activities

    from results

),

result_sums as (

    select
        period_months.period_type,
        period_months.period_start,
        results.rep_id,
        sum(results.absolute_revenue) as absolute_revenue,
        sum(results.flagged_revenue) as flagged_revenue,
        bit_or(results.flag_mask) as flag_mask,
        sum(results.deals) as deals,
        sum(results.deal_revenue) as deal_revenue,
        sum(results.new_clients) as new_clients,
        sum(results.churned_clients) as churned_clients,
        sum(results.won) as won,
        sum(results.lost) as lost,
        sum(results.won_amount) as won_amount,
        sum(results.lost_amount) as lost_amount,
        sum(results.cycle_days) as cycle_days,
        sum(results.activities) as activities

    from results

    inner join period_months
        on results.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        results.rep_id

),

rep_periods as (

    select
        period_type,
        period_start,
        cut_id as rep_id

    from revenue_yoy

    union

    select
        period_type,
        period_start,
        rep_id

    from result_sums

    union

    select
        period_type,
        period_start,
        rep_id

    from plans

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end,
        is_partial

    from period_months

),

joined as (

    select
        rep_periods.period_type,
        rep_periods.period_start,
        periods.period_end,
        periods.is_partial,
        reps.rep_id,
        reps.rep_name,
        reps.role,
        reps.manager_rep_id,
        reps.rep_id = 'unassigned' as is_unassigned,
        coalesce(revenue_yoy.net_revenue, 0) as net_revenue,
        revenue_yoy.prior_revenue,
        revenue_yoy.growth_rate,
        plans.plan_low,
        plans.plan_high,
        plans.plan_fact,
        coalesce(result_sums.deals, 0) as deals,
        {{ exact_quotient("result_sums.deal_revenue", "result_sums.deals") }}
            as average_deal,
        coalesce(result_sums.new_clients, 0) as new_clients,
        coalesce(result_sums.churned_clients, 0) as churned_clients,
        case
            when logging.has_opportunities
                then coalesce(result_sums.won + result_sums.lost, 0)
        end as closed_deals,
        {{ ratio("result_sums.won", "(result_sums.won + result_sums.lost)") }}
            as win_rate,
        {{ ratio(
            "result_sums.won_amount",
            "(result_sums.won_amount + result_sums.lost_amount)",
        ) }} as win_rate_by_value,
        {{ ratio("result_sums.cycle_days", "result_sums.won") }}
            as sales_cycle_days,
        case
            when logging.has_activities
                then coalesce(result_sums.activities, 0)
        end as activities,
        coalesce(coaching.coachings, 0) as coachings,
        coalesce(coaching.judged_months, 0) as coached_months_judged,
        {{ exact_quotient("coaching.change", "3 * coaching.judged_months") }}
            as coaching_effect,
        coalesce(coaching.peers, 0) as peers_without_coaching,
        {{ exact_quotient("coaching.peers_change", "3 * coaching.peers") }}
            as coaching_effect_of_peers,
        result_sums.absolute_revenue,
        result_sums.flagged_revenue,
        result_sums.flag_mask

    from rep_periods

    inner join periods
        on
            rep_periods.period_type = periods.period_type
            and rep_periods.period_start = periods.period_start

    inner join reps
        on rep_periods.rep_id = reps.rep_id

    cross join logging

    {% for other in ["revenue_yoy", "result_sums", "plans", "coaching"] %}
    left join {{ other }}
        on
            rep_periods.period_type = {{ other }}.period_type
            and rep_periods.period_start = {{ other }}.period_start
            and
            rep_periods.rep_id
            = {{ other }}.{{ "cut_id" if loop.first else "rep_id" }}
    {% endfor %}

)

select
    period_type,
    period_start,
    period_end,
    is_partial,
    rep_id,
    rep_name,
    role,
    manager_rep_id,
    {{ money("net_revenue") }} as net_revenue,
    prior_revenue,
    growth_rate,
    {{ money("plan_low") }} as plan_low,
    {{ money("plan_high") }} as plan_high,
    {{ money("plan_fact") }} as plan_fact,
    {{ attainment("plan_fact", "plan_low", "plan_high") }} as attainment,
    cast(deals as bigint) as deals,
    {{ rounded_money("average_deal") }} as average_deal,
    cast(new_clients as bigint) as new_clients,
    cast(churned_clients as bigint) as churned_clients,
    cast(closed_deals as bigint) as closed_deals,
    win_rate,
    win_rate_by_value,
    sales_cycle_days,
    cast(activities as bigint) as activities,
    cast(
        case
            when not is_unassigned then
                rank() over (
                    partition by period_type, period_start, is_unassigned
                    order by net_revenue desc
                )
        end as integer
    ) as revenue_rank,
    cast(
        case
            when activities is not null and not is_unassigned then
                rank() over (
                    partition by period_type, period_start, is_unassigned
                    order by activities desc
                )
        end as integer
    ) as activity_rank,
    cast(coachings as integer) as coachings,
    cast(coached_months_judged as integer) as coached_months_judged,
    {{ rounded_money("coaching_effect") }} as coaching_effect,
    cast(peers_without_coaching as integer) as peers_without_coaching,
    {{ rounded_money("coaching_effect_of_peers") }}
        as coaching_effect_of_peers,
    {{ reliability_columns(
        period_end="period_end",
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {"when": "plan_low is null", "name": "no_plan"},
            {"when": "closed_deals is null", "name": "no_opportunities"},
            {"when": "activities is null", "name": "no_activities"},
        ],
    ) }}

from joined
