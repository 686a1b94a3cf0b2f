with

spine as (

    {{ dbt.date_spine(
        "month",
        "cast('" ~ var("first_calendar_year") ~ "-01-01' as date)",
        add_months(month_start(as_of_date()), 1)
    ) }}

),

months as (

    select cast(date_month as date) as month_start

    from spine

),

{{ calendar_of_months("months") }}
