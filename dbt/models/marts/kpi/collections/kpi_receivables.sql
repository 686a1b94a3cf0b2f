{%- set buckets = [
    "not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90"
] -%}
{%- set standing = buckets + [
    "unapplied_cash", "open_credit_notes", "n_open_invoices",
    "n_paid_without_payments", "paid_without_payments",
] -%}
{#- Where the amounts of a client's statement are, and which. -#}
{%- set parts = {
    "stated": standing,
    "openings": ["opening"],
    "client_months": ["credit_sales", "collected"],
    "windows": ["window_credit_sales"],
    "flagged": ["flagged", "flag_mask"],
} -%}
{%- set dso_days = var("receivables").dso_days -%}
with

stated as (

    select * from {{ ref("int_receivables_stated") }}

),

balances as (

    select * from {{ ref("int_receivable_balances") }}

),

days as (

    select * from {{ ref("int_receivable_days") }}

),

ledger as (

    select * from {{ ref("int_receivables_ledger") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

client_days as (

    select
        client_id,
        changed_on,
        sum(credit_sales) as credit_sales,
        sum(collected) as collected

    from balances

    group by client_id, changed_on

),

client_months as (

    select
        client_id,
        {{ stated_on("changed_on") }} as stated_on,
        sum(credit_sales) as credit_sales,
        sum(collected) as collected

    from client_days

    group by client_id, {{ stated_on("changed_on") }}

),

{# The days things change on, each with the statements whose window it is in. #}
window_days as (

    select
        changes.changed_on,
        days.stated_on

    from (select distinct client_days.changed_on from client_days) as changes

    inner join days
        on
            changes.changed_on <= days.stated_on
            and changes.changed_on
            > {{ add_days("days.stated_on", -dso_days) }}

),

windows as (

    select
        client_days.client_id,
        window_days.stated_on,
        sum(client_days.credit_sales) as window_credit_sales

    from client_days

    inner join window_days
        on client_days.changed_on = window_days.changed_on

    where client_days.credit_sales <> 0

    group by client_days.client_id, window_days.stated_on

),

flagged as (

    select
        balances.client_id,
        days.stated_on,
        sum(abs(balances.outstanding)) as flagged,
        bit_or(balances.flag_mask) as flag_mask

    from balances

    inner join days
        on
            balances.changed_on <= days.stated_on
            and (
                balances.next_change_on is null
                or balances.next_change_on > days.stated_on
            )

    {# What the ledger calls paid is counted as flagged below; not twice. #}
    where
        balances.flag_mask <> 0
        and balances.balance <> 0
        and not balances.is_paid_without_payments

    group by balances.client_id, days.stated_on

),

{# What was outstanding at one statement is the opening of the next. #}
openings as (

    select
        stated.client_id,
        days.stated_on,
        stated.{{ buckets | join(" + stated.") }}
        + stated.unapplied_cash + stated.open_credit_notes as opening

    from stated

    inner join days
        on stated.stated_on = days.previous_stated_on

),

client_statements as (

    {% for part in parts %}
    select
        client_id,
        stated_on

    from {{ part }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}

),

{# Each part has a client's statement once, so joining adds nothing up twice. #}
summed as (

    select
        client_statements.client_id,
        client_statements.stated_on,
        {% for part, names in parts.items() %}
        {%- set is_last_part = loop.last %}
        {% for name in names %}
        coalesce({{ part }}.{{ name }}, 0) as {{ name }}
        {%- if not (is_last_part and loop.last) %},{% endif %}
        {% endfor %}
        {% endfor %}

    from client_statements

    {% for part in parts %}
    left join {{ part }}
        on
            client_statements.client_id = {{ part }}.client_id
            and client_statements.stated_on = {{ part }}.stated_on
    {% endfor %}

),

with_totals as (

    select
        *,
        {{ buckets | join(" + ") }}
            as open_invoices,
        {{ buckets | join(" + ") }}
        + unapplied_cash + open_credit_notes as outstanding_total

    from summed

)

select
    totals.stated_on,
    totals.client_id,
    clients.client_name,
    clients.segment,
    clients.territory_id,
    clients.territory_name,
    clients.owner_rep_id,
    reps.rep_name as owner_rep_name,
    days.is_partial,
    {{ money("totals.opening") }} as opening,
    {{ money("totals.credit_sales") }} as credit_sales,
    {{ money("totals.collected") }} as collected,
    {{ money("totals.outstanding_total") }} as outstanding_total,
    {% for name in buckets + ["unapplied_cash", "open_credit_notes"] %}
    {{ money("totals." ~ name) }} as {{ name }},
    {% endfor %}
    cast(totals.n_open_invoices as integer) as n_open_invoices,
    cast(totals.n_paid_without_payments as integer) as n_paid_without_payments,
    {{ money("totals.window_credit_sales") }} as window_credit_sales,
    case
        when totals.window_credit_sales > 0
            then {{ ratio(
                "totals.outstanding_total", "totals.window_credit_sales"
            ) }} * {{ dso_days }}
    end as dso_days,
    {{ ratio(
        "totals.opening + totals.credit_sales - totals.outstanding_total",
        "totals.opening + totals.credit_sales - totals.not_due",
    ) }} * 100 as collection_effectiveness_index,
    ledger.ledger_difference,
    {{ reliability_columns(
        period_end="totals.stated_on",
        flagged="(totals.flagged + totals.paid_without_payments)",
        total="(totals.open_invoices + abs(totals.unapplied_cash)"
        ~ " + abs(totals.open_credit_notes))",
        flag_mask="totals.flag_mask",
        notes=[
            {
                "when": "totals.n_paid_without_payments > 0",
                "name": "paid_without_payments",
                "is_caution": true,
            },
            {
                "when": "coalesce(ledger.is_untied, false)",
                "name": "receivables_do_not_tie",
                "is_caution": true,
            },
        ],
    ) }}

from with_totals as totals

inner join days
    on totals.stated_on = days.stated_on

left join ledger
    on totals.stated_on = ledger.stated_on

left join clients
    on totals.client_id = clients.client_id

left join reps
    on clients.owner_rep_id = reps.rep_id
