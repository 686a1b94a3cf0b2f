{#
    A client's month is compared with the year before as part of its quarter, season
    and year, so it touches all the client's months of its own year and season and of
    the next. So does what the client bought a year ago on the days between the two
    as-of dates: a running period is compared with as many days of the year before.
#}
{%- set is_full = execute and is_full_build() %}

with

touched as (

    select * from {{ ref("int_client_months_touched") }}

),

months as (

    select * from {{ ref("int_months") }}

),

{% if not is_full -%}
documents as (

    select * from {{ ref("int_documents") }}

),

context_then as (

    select * from {{ as_left("built", "context") }}

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

),

days_passed as (

    select
        min(day) as after_day,
        max(day) as last_day

    from days_a_year_before

),

bought_a_year_before as (

    select distinct
        documents.client_id,
        {{ add_months("documents.month_start", 12) }} as month_start

    from documents

    inner join days_passed
        on
            documents.issued_on > days_passed.after_day
            and documents.issued_on <= days_passed.last_day

),

{% endif -%}
changed as (

    select
        client_id,
        month_start

    from touched

    union

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

changed_years as (

    select distinct
        changed.client_id,
        months.year_start

    from changed

    inner join months
        on changed.month_start = months.month_start

),

changed_seasons as (

    select distinct
        changed.client_id,
        months.season_start

    from changed

    inner join months
        on changed.month_start = months.month_start

)

{# What is later than the calendar has only to be forgotten. #}
select
    client_id,
    month_start

from touched

union

select
    changed_years.client_id,
    months.month_start

from changed_years

inner join months
    on changed_years.year_start = months.year_start

union

select
    changed_seasons.client_id,
    months.month_start

from changed_seasons

inner join months
    on changed_seasons.season_start = months.season_start
