{#
    Beside its own, a client's month touches what is compared with it a year later: a
    price is what it was in the same quarter, season and year before, so all the client's
    months of the next season and year. So does what the client bought a year ago: on the
    days between the two as-of dates, since a running period is compared with as many days
    of the year before; and in months that the calendar has now and had not then, or the
    reverse.
#}
{%- set is_full = execute and is_full_build() %}

with

touched as (

    select * from {{ ref("int_client_months_touched") }}

),

periods as (

    {{ periods_now_and_then(is_full) }}

),

{% if not is_full -%}
documents as (

    select * from {{ ref("int_documents") }}

),

context_then as (

    select * from {{ as_left("built", "context") }}

),

months_now as (

    select month_start from {{ ref("int_period_months") }}

),

months_then as (

    select month_start from {{ as_left("built", "calendar") }}

),

calendar_changes as (

    (
        select month_start from months_now
        except
        select month_start from months_then
    )
    union
    (
        select month_start from months_then
        except
        select month_start from months_now
    )

),

as_of_days as (

    select as_of_date from context_then
    union
    select {{ as_of_date() }} as as_of_date

),

{#
    The 28th of February is a year after the 28th and, as the end of its month, after
    the 29th; so days are counted back both ways.
#}
days_a_year_before as (

    select {{ add_months("as_of_date", -12) }} as day
    from as_of_days

    union

    select
        {{ add_days(add_months(add_days("as_of_date", 1), -12), -1) }} as day
    from as_of_days

    union

    {# A month that has begun, or has not any more, was compared whole. #}
    select
        {{ add_days(add_months(month_start("max(as_of_date)"), -11), -1) }}
            as day
    from as_of_days
    having count(distinct {{ month_start("as_of_date") }}) > 1

),

days_passed as (

    select
        min(day) as after_day,
        max(day) as last_day

    from days_a_year_before

),

bought_a_year_before as (

    select
        documents.client_id,
        {{ add_months("documents.month_start", 12) }} as month_start

    from documents

    inner join days_passed
        on
            documents.issued_on > days_passed.after_day
            and documents.issued_on <= days_passed.last_day

    union

    select
        documents.client_id,
        calendar_changes.month_start

    from documents

    inner join calendar_changes
        on
            documents.month_start
            = {{ add_months("calendar_changes.month_start", -12) }}

),

{% endif -%}
prior_changed as (

    select
        client_id,
        {{ add_months("month_start", 12) }} as month_start

    from touched
    {%- if not is_full %}

    union

    select
        client_id,
        month_start

    from bought_a_year_before
    {%- endif %}

),

changed_periods as (

    select distinct
        prior_changed.client_id,
        periods.period_type,
        periods.period_start

    from prior_changed

    inner join periods
        on prior_changed.month_start = periods.month_start

    where periods.period_type in ('season', 'year')

)

{# What is older or later than the calendar is in no period. #}
select
    client_id,
    month_start

from touched

union

select
    changed_periods.client_id,
    periods.month_start

from changed_periods

inner join periods
    on
        changed_periods.period_type = periods.period_type
        and changed_periods.period_start = periods.period_start
