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

starts as (

    select
        month_start,
        {{ add_days(add_months("month_start", 1), -1) }} as month_end,
        {{ months_into("month_start", var("fiscal_year_first_month")) }}
            as months_into_year,
        {{ months_into_season("month_start") }} as months_into_season,
        {{ months_in_season("month_start") }} as months_in_season,
        {{ season_name("month_start") }} as season

    from months

),

periods as (

    select
        month_start,
        month_end,
        season,
        months_in_season,
        {{ add_months("month_start", "-cast(months_into_year as integer)") }}
            as year_start,
        {{ add_months(
            "month_start", "-cast(months_into_year % 3 as integer)"
        ) }} as quarter_start,
        {{ add_months("month_start", "-cast(months_into_season as integer)") }}
            as season_start

    from starts

)

select
    month_start,
    month_end,
    season,
    year_start,
    {{ add_days(add_months("year_start", 12), -1) }} as year_end,
    cast(extract(year from {{ add_months("year_start", 11) }}) as integer)
        as fiscal_year,
    quarter_start,
    {{ add_days(add_months("quarter_start", 3), -1) }} as quarter_end,
    season_start,
    {{ add_days(add_months("season_start", "months_in_season"), -1) }}
        as season_end

from periods
