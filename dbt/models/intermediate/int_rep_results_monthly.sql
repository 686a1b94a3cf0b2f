{# What each rep did and brought in a month, one aggregate a kind of result. #}
with

revenue as (

    select
        month_start,
        rep_id,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from {{ ref("int_revenue_daily") }}

    group by month_start, rep_id

),

deals as (

    select
        documents.month_start,
        document_reps.rep_id,
        count(*) as deals,
        sum(documents.net_revenue) as deal_revenue

    from {{ ref("int_documents") }} as documents

    inner join {{ ref("int_document_reps") }} as document_reps
        on
            documents.invoice_id = document_reps.invoice_id
            and document_reps.is_primary

    where documents.document_type = 'invoice'

    group by documents.month_start, document_reps.rep_id

),

first_purchases as (

    select
        {{ month_start("purchased_on") }} as month_start,
        rep_id,
        count(*) as new_clients

    from {{ ref("int_client_purchases") }}

    where is_first

    group by {{ month_start("purchased_on") }}, rep_id

),

losses as (

    select
        {{ month_start("lost_on") }} as month_start,
        rep_id,
        count(*) as churned_clients

    from {{ ref("int_client_losses") }}

    group by {{ month_start("lost_on") }}, rep_id

),

closed as (

    select
        month_start,
        rep_id,
        sum(case when is_won then 1 else 0 end) as won,
        sum(case when is_won then 0 else 1 end) as lost,
        sum(case when is_won then amount else 0 end) as won_amount,
        sum(case when is_won then 0 else amount end) as lost_amount,
        sum(case when is_won then cycle_days else 0 end) as cycle_days

    from {{ ref("int_opportunities_closed") }}

    group by month_start, rep_id

),

logged as (

    select
        month_start,
        rep_id,
        count(*) as activities

    from {{ ref("int_activities") }}

    group by month_start, rep_id

),

rep_months as (

    {% for kind in [
        "revenue", "deals", "first_purchases", "losses", "closed", "logged"
    ] %}
    select
        month_start,
        rep_id

    from {{ kind }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}

)

select
    rep_months.month_start,
    rep_months.rep_id,
    coalesce(revenue.absolute_revenue, 0) as absolute_revenue,
    coalesce(revenue.flagged_revenue, 0) as flagged_revenue,
    coalesce(revenue.flag_mask, 0) as flag_mask,
    coalesce(deals.deals, 0) as deals,
    coalesce(deals.deal_revenue, 0) as deal_revenue,
    coalesce(first_purchases.new_clients, 0) as new_clients,
    coalesce(losses.churned_clients, 0) as churned_clients,
    coalesce(closed.won, 0) as won,
    coalesce(closed.lost, 0) as lost,
    coalesce(closed.won_amount, 0) as won_amount,
    coalesce(closed.lost_amount, 0) as lost_amount,
    coalesce(closed.cycle_days, 0) as cycle_days,
    coalesce(logged.activities, 0) as activities

from rep_months

{% for kind in [
    "revenue", "deals", "first_purchases", "losses", "closed", "logged"
] %}
left join {{ kind }}
    on
        rep_months.month_start = {{ kind }}.month_start
        and rep_months.rep_id = {{ kind }}.rep_id
{% endfor %}
