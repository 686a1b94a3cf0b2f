{# 5 January 1970 was a Monday: no engine has to be asked which day its weeks begin. #}
with

spine as (

    {{ dbt.date_spine(
        "day",
        "cast('" ~ var("first_calendar_year") ~ "-01-01' as date)",
        add_months(month_start(as_of_date()), 13)
    ) }}

),

days as (

    select cast(date_day as date) as day_on

    from spine

),

weekdays as (

    select
        day_on,
        {{ month_start("day_on") }} as month_start,
        {{ days_between("cast('1970-01-05' as date)", "day_on") }} % 7 + 1
            as weekday

    from days

)

select
    day_on,
    month_start,
    weekday in ({{ var("working_days") | join(", ") }}) as is_working_day

from weekdays
