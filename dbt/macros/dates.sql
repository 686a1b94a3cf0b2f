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
