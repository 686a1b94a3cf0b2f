{%- set cuts = {
    "company": ("'all'", "'Company'"),
    "segment": ("segment", "segment"),
    "territory": ("territory_id", "territory_name"),
    "rep": ("rep_id", "rep_name"),
} -%}

with

purchases as (

    select
        *,
        coalesce(
            {{ month_start("spell_lost_on") }}
            = {{ month_start("purchased_on") }},
            false
        ) as is_lost_at_once

    from {{ ref("int_client_purchases") }}

),

losses as (

    select * from {{ ref("int_client_losses") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

months as (

    select months.*

    from {{ ref("int_months") }} as months

    cross join {{ ref("int_data_horizon") }} as horizon

    where months.month_start >= horizon.first_data_month

),

{#
    What changes the number of active clients of a cut, by month: a client is
    with the rep of its latest purchase, so a purchase moves it from one rep to
    the next and no client has to be joined to a calendar.
#}
arrivals as (

    select
        {{ month_start("purchased_on") }} as month_start,
        client_id,
        rep_id,
        1 as change,
        cast(is_first and not is_lost_at_once as integer) as joined,
        0 as lost,
        cast(
            is_win_back
            and won_back_after < {{ month_start("purchased_on") }}
            and not is_lost_at_once as integer
        ) as won_back,
        cast(0 as decimal(18, 4)) as lost_revenue,
        cast(0 as decimal(18, 4)) as trailing_revenue,
        cast(0 as decimal(18, 4)) as absolute_revenue,
        cast(0 as decimal(18, 4)) as flagged_revenue,
        0 as flag_mask

    from purchases

),

departures as (

    select
        {{ month_start("coalesce(lost_on, next_purchased_on)") }}
            as month_start,
        client_id,
        rep_id,
        -1 as change,
        0 as joined,
        0 as lost,
        0 as won_back,
        cast(0 as decimal(18, 4)) as lost_revenue,
        cast(0 as decimal(18, 4)) as trailing_revenue,
        cast(0 as decimal(18, 4)) as absolute_revenue,
        cast(0 as decimal(18, 4)) as flagged_revenue,
        0 as flag_mask

    from purchases

    where coalesce(lost_on, next_purchased_on) is not null

),

{# What the lost bought is part of the year before, and flagged with it. #}
lost_clients as (

    select
        {{ month_start("lost_on") }} as month_start,
        client_id,
        rep_id,
        0 as change,
        0 as joined,
        1 as lost,
        0 as won_back,
        revenue_before_loss as lost_revenue,
        cast(0 as decimal(18, 4)) as trailing_revenue,
        cast(0 as decimal(18, 4)) as absolute_revenue,
        cast(0 as decimal(18, 4)) as flagged_revenue,
        0 as flag_mask

    from losses

    where
        active_from < {{ month_start("lost_on") }}
        and (
            won_back_on is null
            or {{ month_start("won_back_on") }} > {{ month_start("lost_on") }}
        )

),

revenue as (

    select
        month_start,
        client_id,
        rep_id,
        0 as change,
        0 as joined,
        0 as lost,
        0 as won_back,
        cast(0 as decimal(18, 4)) as lost_revenue,
        sum(net_revenue) as trailing_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by month_start, client_id, rep_id

),

events as (

    select * from arrivals
    union all
    select * from departures
    union all
    select * from lost_clients
    union all
    select * from revenue

),

described as (

    select
        events.*,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_name

    from events

    inner join clients
        on events.client_id = clients.client_id

    inner join reps
        on events.rep_id = reps.rep_id

),

by_cut as (

    {% for cut, (cut_id, cut_name) in cuts.items() %}
    select
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        {{ cut_name }} as cut_name,
        month_start,
        sum(change) as change,
        sum(joined) as clients_joined,
        sum(lost) as clients_lost,
        sum(won_back) as clients_won_back,
        sum(lost_revenue) as lost_revenue,
        sum(trailing_revenue) as revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from described

    group by
        {% if cut != "company" %}
        {{ cut_id }},
        {% if cut_name != cut_id %}{{ cut_name }},{% endif %}
        {% endif %}
        month_start
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

cut_ids as (

    select distinct
        cut,
        cut_id,
        cut_name

    from by_cut

),

filled as (

    select
        cut_ids.cut,
        cut_ids.cut_id,
        cut_ids.cut_name,
        months.month_start,
        months.month_end,
        coalesce(by_cut.change, 0) as change,
        coalesce(by_cut.clients_joined, 0) as clients_joined,
        coalesce(by_cut.clients_lost, 0) as clients_lost,
        coalesce(by_cut.clients_won_back, 0) as clients_won_back,
        coalesce(by_cut.lost_revenue, 0) as lost_revenue,
        coalesce(by_cut.revenue, 0) as revenue,
        coalesce(by_cut.absolute_revenue, 0) as absolute_revenue,
        coalesce(by_cut.flagged_revenue, 0) as flagged_revenue,
        coalesce(by_cut.flag_mask, 0) as flag_mask

    from cut_ids

    cross join months

    left join by_cut
        on
            cut_ids.cut = by_cut.cut
            and cut_ids.cut_id = by_cut.cut_id
            and months.month_start = by_cut.month_start

),

accumulated as (

    select
        *,
        coalesce(
            sum(change) over (
                partition by cut, cut_id order by month_start
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as clients_at_start,
        {% for column in ["revenue", "absolute_revenue", "flagged_revenue"] %}
        coalesce(
            sum({{ column }}) over (
                partition by cut, cut_id order by month_start
                rows between 12 preceding and 1 preceding
            ),
            0
        ) as trailing_{{ column }},
        {% endfor %}
        coalesce(
            bit_or(flag_mask) over (
                partition by cut, cut_id order by month_start
                rows between 12 preceding and 1 preceding
            ),
            0
        ) as trailing_flag_mask

    from filled

),

rated as (

    select
        *,
        {{ ratio("clients_lost", "clients_at_start") }} as logo_churn_rate,
        {{ ratio("lost_revenue", "trailing_revenue") }} as revenue_churn_rate,
        sum(clients_lost) over (
            partition by cut, cut_id order by month_start
            rows between 6 preceding and 1 preceding
        ) as usual_lost,
        sum(clients_at_start) over (
            partition by cut, cut_id order by month_start
            rows between 6 preceding and 1 preceding
        ) as usual_at_start

    from accumulated

)

select
    month_start,
    cut,
    cut_id,
    cut_name,
    month_end > {{ as_of_date() }} as is_partial,
    cast(clients_at_start as bigint) as clients_at_start,
    cast(clients_joined as bigint) as clients_joined,
    cast(clients_lost as bigint) as clients_lost,
    cast(clients_won_back as bigint) as clients_won_back,
    logo_churn_rate,
    {{ money("lost_revenue") }} as lost_revenue,
    {{ money("trailing_revenue") }} as trailing_revenue,
    revenue_churn_rate,
    logo_churn_rate > {{ var("churn").alert_factor }}
    * {{ ratio("usual_lost", "usual_at_start") }} as churn_alert,
    {{ reliability_columns(
        period_end="month_end",
        flagged="trailing_flagged_revenue",
        total="trailing_absolute_revenue",
        flag_mask="trailing_flag_mask",
        notes=[
            {"when": "clients_at_start = 0", "name": "no_clients_at_start"},
            {"when": "trailing_revenue = 0", "name": "no_trailing_revenue"},
        ],
    ) }}

from rated

where
    clients_at_start <> 0
    or clients_joined <> 0
    or clients_lost <> 0
    or clients_won_back <> 0
    or trailing_revenue <> 0
