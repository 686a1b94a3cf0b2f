{#-
    Dates that stay dates: dbt's own macros give timestamps on some engines, and on
    Spark expressions that grow with every nesting until planning them takes longer
    than running them.
-#}
{% macro month_start(day) -%}
    {{ return(adapter.dispatch("month_start", "sales_kpi")(day)) }}
{%- endmacro %}

{% macro default__month_start(day) -%}
    cast({{ dbt.date_trunc("month", day) }} as date)
{%- endmacro %}

{% macro spark__month_start(day) -%}
    trunc({{ day }}, 'month')
{%- endmacro %}

{#- n months later; the last day of the month where the day does not exist. -#}
{% macro add_months(day, n) -%}
    {{ return(adapter.dispatch("add_months", "sales_kpi")(day, n)) }}
{%- endmacro %}

{% macro default__add_months(day, n) -%}
    cast({{ dbt.dateadd("month", n, day) }} as date)
{%- endmacro %}

{% macro spark__add_months(day, n) -%}
    add_months({{ day }}, {{ n }})
{%- endmacro %}

{% macro add_days(day, n) -%}
    {{ return(adapter.dispatch("add_days", "sales_kpi")(day, n)) }}
{%- endmacro %}

{% macro default__add_days(day, n) -%}
    cast({{ dbt.dateadd("day", n, day) }} as date)
{%- endmacro %}

{% macro spark__add_days(day, n) -%}
    date_add({{ day }}, {{ n }})
{%- endmacro %}

{% macro days_between(first_day, last_day) -%}
    {{ return(adapter.dispatch("days_between", "sales_kpi")(first_day, last_day)) }}
{%- endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    {{ dbt.datediff(first_day, last_day, "day") }}
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    datediff({{ last_day }}, {{ first_day }})
{%- endmacro %}

{#- Months from one month to another, both by their first days or any others. -#}
{% macro months_apart(first_month, other_month) -%}
    (
        12 * (extract(year from {{ other_month }}) - extract(year from {{ first_month }}))
        + extract(month from {{ other_month }}) - extract(month from {{ first_month }})
    )
{%- endmacro %}

{#- Months from the first month of a cycle to that of a day, 0 to 11. -#}
{% macro months_into(day, first_month) -%}
    ((extract(month from {{ day }}) - {{ first_month }} + 12) % 12)
{%- endmacro %}

{#- Days d with add_months(end, -12) < d <= end. -#}
{% macro is_in_trailing_year(day, end) -%}
    ({{ day }} > {{ add_months(end, -12) }} and {{ day }} <= {{ end }})
{%- endmacro %}

{#- The season a month belongs to and how many months into it, as two CASEs. -#}
{% macro season_name(month) -%}
    case
        {%- for name, months in var("seasons").items() %}
        when extract(month from {{ month }}) in ({{ months | join(", ") }})
            then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}

{% macro months_into_season(month) -%}
    case
        {%- for name, months in var("seasons").items() %}
        when extract(month from {{ month }}) in ({{ months | join(", ") }})
            then {{ months_into(month, months[0]) }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro months_in_season(month) -%}
    case
        {%- for name, months in var("seasons").items() %}
        when extract(month from {{ month }}) in ({{ months | join(", ") }})
            then {{ months | length }}
        {%- endfor %}
    end
{%- endmacro %}

{#-
    The end of a query whose CTE `months` holds first days of months: the company's own
    periods around each of them.
-#}
{% macro calendar_of_months(months) -%}
starts as (

    select
        month_start,
        {{ add_days(add_months("month_start", 1), -1) }} as month_end,
        {{ months_into("month_start", var("fiscal_year_first_month")) }}
            as months_into_year,
        {{ months_into_season("month_start") }} as months_into_season,
        {{ months_in_season("month_start") }} as months_in_season,
        {{ season_name("month_start") }} as season

    from {{ months }}

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
{%- endmacro %}

{#- A time as every engine publishes it: Spark reads one without a zone as a type apart. -#}
{% macro utc_time(time) -%}
    cast({{ time }} as {{ dbt.type_timestamp() }})
{%- endmacro %}
