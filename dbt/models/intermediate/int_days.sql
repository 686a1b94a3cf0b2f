{#
    Every day with the periods it stands in, and how many of each period's working
    days are over by its end: what a period owes can be laid out over them.
-#}
{%- set period_types = ["day", "week", "month", "quarter", "year"] -%}
{%- set first_day = (
    "cast('" ~ (var("first_calendar_year") - 1) ~ "-01-01' as date)"
) -%}
{%- set day_after_last = add_months(month_start(as_of_date()), 13) -%}

with

{# A year before and after, so that every fiscal year a day is in is whole. #}
numbers as (

    {{ dbt.generate_series(
        dbt.get_intervals_between(first_day, day_after_last, "day")
    ) }}

),

spine as (

    select
        {{ add_days(first_day, "cast(generated_number as integer) - 1") }}
            as day_on

    from numbers

),

days as (

    select
        day_on,
        cast({{ dbt.date_trunc("week", "day_on") }} as date) as week_start,
        {{ month_start("day_on") }} as month_start

    from spine

),

months_in as (

    select
        *,
        {{ days_between("week_start", "day_on") }} + 1 as weekday,
        {{ months_into("month_start", var("fiscal_year_first_month")) }}
            as months_into_year

    from days

),

starts as (

    select
        day_on,
        day_on as day_start,
        week_start,
        month_start,
        {{ add_months(
            "month_start", "-cast(months_into_year % 3 as integer)"
        ) }} as quarter_start,
        {{ add_months("month_start", "-cast(months_into_year as integer)") }}
            as year_start,
        weekday in ({{ var("working_days") | join(", ") }}) as is_working_day,
        case
            when weekday in ({{ var("working_days") | join(", ") }}) then 1
            else 0
        end as working_day

    from months_in

),

ends as (

    select
        *,
        day_start as day_end,
        {{ add_days("week_start", 6) }} as week_end,
        {{ add_days(add_months("month_start", 1), -1) }} as month_end,
        {{ add_days(add_months("quarter_start", 3), -1) }} as quarter_end,
        {{ add_days(add_months("year_start", 12), -1) }} as year_end

    from starts

)

select
    {% for period_type in period_types %}
    {{ period_type }}_start,
    {{ period_type }}_end,
    cast(
        sum(working_day) over (
            partition by {{ period_type }}_start
            order by day_on
            rows between unbounded preceding and current row
        ) as integer
    ) as {{ period_type }}_working_days_so_far,
    cast(
        sum(working_day) over (partition by {{ period_type }}_start) as integer
    ) as {{ period_type }}_working_days,
    {% endfor %}
    is_working_day,
    day_on

from ends
