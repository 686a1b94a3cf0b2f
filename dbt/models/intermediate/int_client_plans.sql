{%- set growths = ["client", "segment", "territory", "company"] -%}

with

clients as (

    select * from {{ ref("dim_clients") }}

),

potentials as (

    select * from {{ ref("kpi_client_potential") }}

),

assumptions as (

    select * from {{ ref("int_growth_assumptions") }}

),

territory_chain as (

    select * from {{ ref("int_territory_chain") }}

),

running_year as (

    select distinct
        year_start,
        year_end,
        fiscal_year,
        {{ add_months("year_start", -12) }} as last_year_start,
        {{ add_months("year_start", -24) }} as year_before_start

    from {{ ref("int_plan_months") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

last_year_inputs as (

    select
        daily.client_id,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from {{ ref("int_revenue_daily") }} as daily

    cross join running_year

    where
        daily.month_start >= running_year.last_year_start
        and daily.month_start < running_year.year_start

    group by daily.client_id

),

results as (

    select
        running.client_id,
        running.potential,
        running.is_wallet_estimated,
        last_year.revenue as last_year_revenue,
        year_before.revenue as year_before_revenue

    from running_year

    inner join potentials as running
        on running_year.year_start = running.year_start

    left join potentials as last_year
        on
            running.client_id = last_year.client_id
            and running_year.last_year_start = last_year.year_start

    left join potentials as year_before
        on
            running.client_id = year_before.client_id
            and running_year.year_before_start = year_before.year_start

),

{#
    Which part of the potential of those who had bought nothing the year before was
    won last year: what may be expected of those who bought nothing last year.
#}
open_potential as (

    select
        clients.segment,
        count(*) as client_count,
        sum(
            case
                when results.last_year_revenue > 0
                    then results.last_year_revenue
                else 0
            end
        ) as won,
        sum(results.potential) as potential

    from results

    inner join clients
        on results.client_id = clients.client_id

    cross join running_year

    cross join horizon

    where
        results.year_before_revenue is null
        and results.potential > 0
        and horizon.first_data_on <= running_year.year_before_start

    group by clients.segment

),

won_shares as (

    select
        segment,
        cast({{ exact_quotient("won", "potential") }} as decimal(18, 8))
            as won_share

    from open_potential

    where client_count >= {{ var("potential").minimum_like_clients }}

),

company_won_share as (

    select
        cast(
            {{ exact_quotient("sum(won)", "sum(potential)") }}
            as decimal(18, 8)
        ) as won_share

    from open_potential

),

territory_growths as (

    select
        territory_chain.territory_id,
        assumptions.sales_growth,
        assumptions.price_growth,
        row_number() over (
            partition by territory_chain.territory_id
            order by territory_chain.depth, assumptions.scope_id
        ) as nearness

    from territory_chain

    inner join assumptions
        on
            territory_chain.above_territory_id = assumptions.scope_id
            and assumptions.scope = 'territory'

),

joined as (

    select
        clients.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        running_year.fiscal_year,
        running_year.year_start,
        results.potential,
        results.is_wallet_estimated,
        results.last_year_revenue is null as is_from_headroom,
        case
            when results.last_year_revenue > 0 then results.last_year_revenue
            else 0
        end as base_revenue,
        case
            {% for scope in growths %}
            when {{ scope }}_growth.sales_growth is not null then '{{ scope }}'
            {% endfor %}
        end as growth_scope,
        cast(
            coalesce(
                {% for scope in growths %}
                {{ scope }}_growth.sales_growth,
                {% endfor %}
                0
            ) as decimal(9, 8)
        ) as sales_growth,
        cast(
            coalesce(
                {% for scope in growths %}
                {{ scope }}_growth.price_growth,
                {% endfor %}
                0
            ) as decimal(9, 8)
        ) as price_growth,
        least(
            coalesce(won_shares.won_share, company_won_share.won_share), 1
        ) as won_share,
        coalesce(last_year_inputs.absolute_revenue, 0) as absolute_revenue,
        coalesce(last_year_inputs.flagged_revenue, 0) as flagged_revenue,
        coalesce(last_year_inputs.flag_mask, 0) as flag_mask

    from results

    inner join clients
        on results.client_id = clients.client_id

    cross join running_year

    cross join company_won_share

    left join won_shares
        on clients.segment = won_shares.segment

    left join assumptions as client_growth
        on
            client_growth.scope = 'client'
            and clients.client_id = client_growth.scope_id

    left join assumptions as segment_growth
        on
            segment_growth.scope = 'segment'
            and clients.segment = segment_growth.scope_id

    left join territory_growths as territory_growth
        on
            clients.territory_id = territory_growth.territory_id
            and territory_growth.nearness = 1

    left join assumptions as company_growth
        on
            company_growth.scope = 'company'
            and company_growth.scope_id = 'all'

    left join last_year_inputs
        on clients.client_id = last_year_inputs.client_id

),

grown as (

    select
        *,
        case
            when is_from_headroom and potential > 0
                then {{ money_times("potential", "won_share") }}
            when is_from_headroom then potential
            else
                {{ planned_revenue(
                    "base_revenue", "sales_growth", "price_growth"
                ) }}
        end as uncapped_plan,
        {% if var("client_plan").cap_by_estimated_potential %}
        potential as cap
        {% else %}
        case when not is_wallet_estimated then potential end as cap
        {% endif %}

    from joined

),

capped as (

    select
        *,
        cast({{ var("client_plan").range_below }} as decimal(9, 8))
            as range_below,
        cast({{ var("client_plan").range_above }} as decimal(9, 8))
            as range_above,
        coalesce(uncapped_plan > cap, false) as is_capped,
        least(uncapped_plan, coalesce(cap, uncapped_plan)) as plan

    from grown

    where uncapped_plan is not null

),

ranged as (

    select
        *,
        {{ money_times("plan", "(1 - range_below)") }} as plan_low,
        {{ money_times("plan", "(1 + range_above)") }} as uncapped_high

    from capped

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    territory_name,
    fiscal_year,
    year_start,
    {{ money("base_revenue") }} as base_revenue,
    growth_scope,
    sales_growth,
    price_growth,
    {{ money("plan_low") }} as plan_low,
    {{ money("plan") }} as plan,
    {{ money("least(uncapped_high, coalesce(cap, uncapped_high))") }}
        as plan_high,
    is_from_headroom,
    is_capped,
    coalesce(cap < base_revenue, false) as is_base_above_potential,
    {# A plan that no sale stands behind rests on an estimate as a whole. #}
    case
        when is_from_headroom then cast(1 as decimal(9, 8))
        else cast(
            coalesce(
                {{ exact_quotient("flagged_revenue", "absolute_revenue") }}, 0
            ) as decimal(9, 8)
        )
    end as flagged_share,
    flag_mask

from ranged
