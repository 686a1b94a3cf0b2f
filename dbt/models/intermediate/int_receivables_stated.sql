{#- Bucket: first and last day after the due day; none where there is none. -#}
{%- set buckets = {
    "not_due": (none, 0),
    "days_1_30": (1, 30),
    "days_31_60": (31, 60),
    "days_61_90": (61, 90),
    "days_over_90": (91, none),
} -%}
{%- set measures = buckets.keys() | list + [
    "unapplied_cash", "open_credit_notes", "n_items", "n_open_invoices",
    "n_paid_without_payments", "paid_without_payments",
] -%}
with

balances as (

    select * from {{ ref("int_receivable_balances") }}

),

days as (

    select * from {{ ref("int_receivable_days") }}

),

{# What closes before the day it would first be stated for drops out here. #}
standing as (

    select
        *,
        {{ stated_on("changed_on") }} as opens_on,
        {{ stated_on("next_change_on") }} as closes_on

    from balances

    where balance <> 0

),

lasting as (

    select * from standing

    where closes_on is null or opens_on < closes_on

),

{# An open invoice is of one age on every day, so it is counted with its age. #}
aged as (

    {% for bucket, (first_day, last_day) in buckets.items() %}
    select
        client_id,
        open_invoices,
        is_paid_without_payments,
        '{{ bucket }}' as bucket,
        {% if first_day is none %}
        opens_on,
        {% else %}
        {# The day it comes of this age, where it is not open before that. #}
        case
            when {{ add_days("due_on", first_day) }} <= changed_on then opens_on
            else {{ stated_on(add_days("due_on", first_day)) }}
        end as opens_on,
        {% endif %}
        {% if last_day is none %}
        closes_on
        {% else %}
        case
            when next_change_on <= {{ add_days("due_on", last_day + 1) }}
                then closes_on
            when {{ add_days("due_on", last_day + 1) }} <= changed_on
                then opens_on
            else {{ stated_on(add_days("due_on", last_day + 1)) }}
        end as closes_on
        {% endif %}

    from lasting

    where balance > 0 and item_type = 'document'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

intervals as (

    select
        client_id,
        opens_on,
        closes_on,
        {% for bucket in buckets %}
        case when bucket = '{{ bucket }}' then open_invoices else 0 end
            as {{ bucket }},
        {% endfor %}
        0 as unapplied_cash,
        0 as open_credit_notes,
        1 as n_items,
        1 as n_open_invoices,
        case when is_paid_without_payments then 1 else 0 end
            as n_paid_without_payments,
        case when is_paid_without_payments then open_invoices else 0 end
            as paid_without_payments

    from aged

    where
        opens_on is not null
        and (closes_on is null or opens_on < closes_on)

    union all

    select
        client_id,
        opens_on,
        closes_on,
        {% for bucket in buckets %}
        0 as {{ bucket }},
        {% endfor %}
        unapplied_cash,
        open_credit_notes,
        1 as n_items,
        0 as n_open_invoices,
        0 as n_paid_without_payments,
        0 as paid_without_payments

    from lasting

    where balance <= 0 or item_type <> 'document'

),

steps as (

    select
        client_id,
        opens_on as stated_on,
        {{ measures | join(",\n        ") }}

    from intervals

    union all

    select
        client_id,
        closes_on as stated_on,
        {% for measure in measures %}
        -{{ measure }} as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}

    from intervals

    where closes_on is not null

),

steps_by_day as (

    select
        client_id,
        stated_on,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}

    from steps

    group by client_id, stated_on

),

levels as (

    select
        client_id,
        stated_on,
        {% for measure in measures %}
        sum({{ measure }}) over steps_so_far as {{ measure }},
        {% endfor %}
        lead(stated_on) over client_days as next_stated_on

    from steps_by_day

    window
        client_days as (partition by client_id order by stated_on),
        steps_so_far as (
            partition by client_id order by stated_on
            rows between unbounded preceding and current row
        )

),

{#
    A client is carried through the months only while it has something open, if only
    sums that cancel out.
#}
stated as (

    select
        levels.client_id,
        days.stated_on,
        levels.{{ measures | join(",\n        levels.") }}

    from levels

    inner join days
        on
            levels.stated_on <= days.stated_on
            and (
                levels.next_stated_on is null
                or levels.next_stated_on > days.stated_on
            )

    where levels.n_items <> 0

)

select
    client_id,
    stated_on,
    {% for measure in measures if not measure.startswith("n_") %}
    {{ money("coalesce(" ~ measure ~ ", 0)") }} as {{ measure }},
    {% endfor %}
    cast(n_open_invoices as integer) as n_open_invoices,
    cast(n_paid_without_payments as integer) as n_paid_without_payments

from stated
