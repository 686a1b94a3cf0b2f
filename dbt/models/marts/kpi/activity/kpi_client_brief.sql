{%- set this_month = month_start(as_of_date()) -%}
{%- set same_day_last_year = add_months(as_of_date(), -12) -%}
{#- Which days each amount is of; the last two years are all that is read. -#}
{%- set spans = {
    "revenue_this_month": "issued_on >= " ~ this_month,
    "revenue_same_days_last_year": (
        "issued_on between " ~ add_months(this_month, -12)
        ~ " and " ~ same_day_last_year
    ),
    "revenue_last_month": (
        "issued_on >= " ~ add_months(this_month, -1)
        ~ " and issued_on < " ~ this_month
    ),
    "revenue_12_months": "issued_on > " ~ same_day_last_year,
    "prior_revenue_12_months": "issued_on <= " ~ same_day_last_year,
} -%}
{%- set standing = [
    "not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90",
    "unapplied_cash", "open_credit_notes",
] -%}
{%- set overdue = [
    "days_1_30", "days_31_60", "days_61_90", "days_over_90",
] -%}

with

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

),

plans as (

    select * from {{ ref("int_client_plan_months") }}

    where month_start = {{ this_month }}

),

receivables as (

    select * from {{ ref("int_receivables_stated") }}

    where stated_on = {{ as_of_date() }}

),

payments_planned as (

    select * from {{ ref("int_payments_planned") }}

    where planned_on > {{ as_of_date() }}

),

mixes as (

    select * from {{ ref("int_client_product_mix") }}

),

deals as (

    select * from {{ ref("int_client_deals") }}

),

contacts as (

    select * from {{ ref("int_client_contacts") }}

),

revenue as (

    select
        client_id,
        {% for amount, span in spans.items() %}
        sum(case when {{ span }} then net_revenue else 0 end) as {{ amount }},
        {% endfor %}
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    where
        issued_on > {{ add_months(as_of_date(), -24) }}
        and issued_on <= {{ as_of_date() }}

    group by client_id

),

latest_purchases as (

    select
        client_id,
        purchased_on as last_purchase_on,
        coalesce(spell_lost_on <= {{ as_of_date() }}, false) as is_lost

    from purchases

    where next_purchased_on is null

),

{# Without payments nothing is known of what is open. #}
paying as (

    select count(*) > 0 as has_payments

    from {{ ref("int_receivable_balances") }}

),

payments_expected as (

    select
        client_id,
        min(planned_on) as next_payment_on,
        sum(planned) as payments_expected

    from payments_planned

    group by client_id

),

{# Whom there is nothing to prepare for has no brief. #}
joined as (

    select
        clients.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        clients.owner_rep_id,
        case
            when latest_purchases.client_id is null then 'prospect'
            when latest_purchases.is_lost then 'lost'
            else 'buying'
        end as client_state,
        latest_purchases.last_purchase_on,
        {% for amount in spans %}
        coalesce(revenue.{{ amount }}, 0) as {{ amount }},
        {% endfor %}
        revenue.absolute_revenue,
        revenue.flagged_revenue,
        revenue.flag_mask,
        plans.plan_low,
        plans.plan_high,
        coalesce(deals.open_deals, 0) as open_deals,
        coalesce(deals.open_amount, 0) as open_deals_amount,
        coalesce(deals.is_rate_missing, false) as is_rate_missing,
        deals.deal_mix,
        mixes.product_mix,
        {% for amount in standing %}
        coalesce(receivables.{{ amount }}, 0) as {{ amount }},
        {% endfor %}
        coalesce(receivables.n_open_invoices, 0) as n_open_invoices,
        payments_expected.next_payment_on,
        payments_expected.payments_expected,
        contacts.last_visit_day_on,
        contacts.last_visit_rep_id,
        contacts.last_visit_purpose,
        contacts.last_visit_next_step,
        contacts.last_call_day_on,
        contacts.last_call_outcome,
        coalesce(contacts.visits_12_months, 0) as visits_12_months

    from clients

    left join revenue
        on clients.client_id = revenue.client_id

    left join latest_purchases
        on clients.client_id = latest_purchases.client_id

    left join plans
        on clients.client_id = plans.client_id

    left join deals
        on clients.client_id = deals.client_id

    left join mixes
        on clients.client_id = mixes.client_id

    left join receivables
        on clients.client_id = receivables.client_id

    left join payments_expected
        on clients.client_id = payments_expected.client_id

    left join contacts
        on clients.client_id = contacts.client_id

    where
        revenue.client_id is not null
        or receivables.client_id is not null
        or deals.open_deals > 0
        or plans.plan_high > 0

)

select
    joined.client_id,
    joined.client_name,
    joined.segment,
    joined.territory_id,
    joined.territory_name,
    joined.owner_rep_id,
    owners.rep_name as owner_rep_name,
    joined.client_state,
    joined.last_purchase_on,
    {% for amount in spans %}
    {{ money("joined." ~ amount) }} as {{ amount }},
    {% endfor %}
    {{ money("joined.plan_low") }} as month_plan_low,
    {{ money("joined.plan_high") }} as month_plan_high,
    {{ attainment(
        "joined.revenue_this_month", "joined.plan_low", "joined.plan_high"
    ) }} as month_attainment,
    cast(joined.open_deals as integer) as open_deals,
    {{ money("joined.open_deals_amount") }} as open_deals_amount,
    joined.deal_mix,
    joined.product_mix,
    case
        when paying.has_payments then cast(joined.n_open_invoices as integer)
    end as open_invoices,
    case
        when paying.has_payments
            then {{ money("joined." ~ standing | join(" + joined.")) }}
    end as outstanding_total,
    case
        when paying.has_payments
            then {{ money("joined." ~ overdue | join(" + joined.")) }}
    end as overdue,
    case when paying.has_payments then {{ money("joined.unapplied_cash") }} end
        as unapplied_cash,
    joined.next_payment_on,
    {{ money("joined.payments_expected") }} as payments_expected,
    joined.last_visit_day_on as last_visit_on,
    visitors.rep_name as last_visit_rep_name,
    joined.last_visit_purpose,
    joined.last_visit_next_step as next_step,
    joined.last_call_day_on as last_call_on,
    joined.last_call_outcome,
    cast(joined.visits_12_months as integer) as visits_12_months,
    {{ reliability_columns(
        flagged="joined.flagged_revenue",
        total="joined.absolute_revenue",
        flag_mask="joined.flag_mask",
        notes=[
            {"when": "joined.plan_low is null", "name": "no_plan"},
            {
                "when": "not paying.has_payments",
                "name": "no_payments",
                "is_caution": true,
            },
            {
                "when": "joined.is_rate_missing",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
        ],
    ) }}

from joined

cross join paying

left join reps as owners
    on joined.owner_rep_id = owners.rep_id

left join reps as visitors
    on joined.last_visit_rep_id = visitors.rep_id
