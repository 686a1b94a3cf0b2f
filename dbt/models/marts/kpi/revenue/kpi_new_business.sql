{%- set cuts = {
    "company": ("'all'", "'Company'"),
    "segment": ("segment", "segment"),
    "territory": ("territory_id", "territory_name"),
    "rep": ("rep_id", "rep_name"),
} -%}

with

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

    where is_first

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter')

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

revenue as (

    select
        daily.month_start,
        daily.client_id,
        daily.rep_id,
        coalesce(
            daily.issued_on
            < {{ add_months(
                "purchases.purchased_on", var("new_client_months")
            ) }},
            false
        ) as is_new,
        daily.net_revenue,
        daily.absolute_revenue,
        daily.flagged_revenue,
        daily.flag_mask

    from daily

    left join purchases
        on daily.client_id = purchases.client_id

),

revenue_and_clients as (

    select
        month_start,
        client_id,
        rep_id,
        case when is_new then net_revenue else 0 end as new_revenue,
        case when is_new then 0 else net_revenue end as standing_revenue,
        0 as new_clients,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from revenue

    union all

    select
        {{ month_start("purchased_on") }} as month_start,
        client_id,
        rep_id,
        0 as new_revenue,
        0 as standing_revenue,
        1 as new_clients,
        0 as absolute_revenue,
        0 as flagged_revenue,
        0 as flag_mask

    from purchases

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_id,
        reps.rep_name,
        sum(revenue_and_clients.new_revenue) as new_revenue,
        sum(revenue_and_clients.standing_revenue) as standing_revenue,
        sum(revenue_and_clients.new_clients) as new_clients,
        sum(revenue_and_clients.absolute_revenue) as absolute_revenue,
        sum(revenue_and_clients.flagged_revenue) as flagged_revenue,
        bit_or(revenue_and_clients.flag_mask) as flag_mask

    from revenue_and_clients

    inner join period_months
        on revenue_and_clients.month_start = period_months.month_start

    inner join clients
        on revenue_and_clients.client_id = clients.client_id

    inner join reps
        on revenue_and_clients.rep_id = reps.rep_id

    group by
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_id,
        reps.rep_name

),

by_cut as (

    {% for cut, (cut_id, cut_name) in cuts.items() %}
    select
        period_type,
        period_start,
        period_end,
        is_partial,
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        {{ cut_name }} as cut_name,
        sum(new_revenue) as new_revenue,
        sum(standing_revenue) as standing_revenue,
        sum(new_clients) as new_clients,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_period

    group by
        period_type,
        period_start,
        period_end,
        {% if cut != "company" %}
        {{ cut_id }},
        {% if cut_name != cut_id %}{{ cut_name }},{% endif %}
        {% endif %}
        is_partial
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    by_cut.period_type,
    by_cut.period_start,
    by_cut.period_end,
    by_cut.cut,
    by_cut.cut_id,
    by_cut.cut_name,
    by_cut.is_partial,
    {{ money("by_cut.new_revenue") }} as new_revenue,
    {{ money("by_cut.standing_revenue") }} as standing_revenue,
    {{ ratio(
        "by_cut.new_revenue", "(by_cut.new_revenue + by_cut.standing_revenue)"
    ) }} as new_revenue_share,
    cast(by_cut.new_clients as bigint) as new_clients,
    {{ reliability_columns(
        period_end="by_cut.period_end",
        flagged="by_cut.flagged_revenue",
        total="by_cut.absolute_revenue",
        flag_mask="by_cut.flag_mask",
        notes=[
            {
                "when": "by_cut.period_start < "
                ~ add_months("horizon.first_data_on", 12),
                "name": "first_invoice_may_predate_data",
                "is_caution": true,
            },
        ],
    ) }}

from by_cut

cross join horizon
