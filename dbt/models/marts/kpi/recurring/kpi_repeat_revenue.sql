{#- A client of two reps counts once, except where the reps are told apart. -#}
{%- set cuts = {
    "company": ("'all'", "'Company'", ""),
    "segment": ("segment", "segment", ""),
    "territory": ("territory_id", "territory_name", ""),
    "rep": ("rep_id", "rep_name", "rep_"),
} -%}

with

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

purchases as (

    select
        client_id,
        rep_id,
        is_first,
        {{ month_start("purchased_on") }} as month_start

    from {{ ref("int_client_purchases") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

months as (

    select * from {{ ref("int_months") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

first_months as (

    select
        client_id,
        month_start as first_month

    from purchases

    where is_first

),

monthly as (

    select
        month_start,
        client_id,
        rep_id,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by month_start, client_id, rep_id

),

client_months as (

    select
        month_start,
        client_id,
        min(rep_id) as rep_id

    from purchases

    group by month_start, client_id

),

rep_client_months as (

    select distinct
        month_start,
        client_id,
        rep_id

    from purchases

),

revenue_and_clients as (

    select
        month_start,
        client_id,
        rep_id,
        net_revenue,
        0 as clients,
        0 as rep_clients,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from monthly

    union all

    select
        month_start,
        client_id,
        rep_id,
        0 as net_revenue,
        1 as clients,
        0 as rep_clients,
        0 as absolute_revenue,
        0 as flagged_revenue,
        0 as flag_mask

    from client_months

    union all

    select
        month_start,
        client_id,
        rep_id,
        0 as net_revenue,
        0 as clients,
        1 as rep_clients,
        0 as absolute_revenue,
        0 as flagged_revenue,
        0 as flag_mask

    from rep_client_months

),

{# Who did not first buy in the month bought before it, or was only credited. #}
told_apart as (

    select
        revenue_and_clients.*,
        case
            when first_months.first_month = revenue_and_clients.month_start
                then 0
            else 1
        end as is_repeat

    from revenue_and_clients

    left join first_months
        on revenue_and_clients.client_id = first_months.client_id

),

by_month as (

    select
        told_apart.month_start,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_id,
        reps.rep_name,
        sum(told_apart.net_revenue) as net_revenue,
        sum(told_apart.is_repeat * told_apart.net_revenue) as repeat_revenue,
        sum(told_apart.clients) as clients,
        sum(told_apart.is_repeat * told_apart.clients) as repeat_clients,
        sum(told_apart.rep_clients) as rep_clients,
        sum(told_apart.is_repeat * told_apart.rep_clients)
            as rep_repeat_clients,
        sum(told_apart.absolute_revenue) as absolute_revenue,
        sum(told_apart.flagged_revenue) as flagged_revenue,
        bit_or(told_apart.flag_mask) as flag_mask

    from told_apart

    inner join clients
        on told_apart.client_id = clients.client_id

    inner join reps
        on told_apart.rep_id = reps.rep_id

    group by
        told_apart.month_start,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_id,
        reps.rep_name

),

by_cut as (

    {% for cut, (cut_id, cut_name, prefix) in cuts.items() %}
    select
        month_start,
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        {{ cut_name }} as cut_name,
        sum(net_revenue) as net_revenue,
        sum(repeat_revenue) as repeat_revenue,
        sum({{ prefix }}clients) as buying_clients,
        sum({{ prefix }}repeat_clients) as repeat_clients,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_month

    group by
        {% if cut != "company" %}
        {{ cut_id }},
        {% if cut_name != cut_id %}{{ cut_name }},{% endif %}
        {% endif %}
        month_start
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    by_cut.month_start,
    months.month_end as period_end,
    by_cut.cut,
    by_cut.cut_id,
    by_cut.cut_name,
    months.month_end > {{ as_of_date() }} as is_partial,
    {{ money("by_cut.repeat_revenue") }} as repeat_revenue,
    {{ money("by_cut.net_revenue - by_cut.repeat_revenue") }}
        as first_time_revenue,
    {{ ratio("by_cut.repeat_revenue", "by_cut.net_revenue") }} as repeat_share,
    cast(by_cut.repeat_clients as bigint) as repeat_clients,
    cast(by_cut.buying_clients as bigint) as buying_clients,
    {{ reliability_columns(
        period_end="months.month_end",
        flagged="by_cut.flagged_revenue",
        total="by_cut.absolute_revenue",
        flag_mask="by_cut.flag_mask",
        notes=[
            {
                "when": "by_cut.month_start < "
                ~ add_months("horizon.first_data_on", 12),
                "name": "first_invoice_may_predate_data",
                "is_caution": true,
            },
        ],
    ) }}

from by_cut

inner join months
    on by_cut.month_start = months.month_start

cross join horizon
