{#-
    Rows of the months before, to be moved one year on to the months they are
    compared with. The run's month stands twice: whole, for a period that has
    ended, and up to the day, for a running one. Both tables have the month last,
    where a table that is partitioned by it has it on Spark.
-#}
{% macro prior_year_rows(monthly, to_date) -%}
    {%- set prior_month = month_start(add_months(as_of_date(), -12)) -%}
    select
        *,
        cast(null as boolean) as is_for_partial

    from {{ monthly }}

    where month_start <> {{ prior_month }}

    union all

    select
        *,
        false as is_for_partial

    from {{ monthly }}

    where month_start = {{ prior_month }}

    union all

    select
        *,
        true as is_for_partial

    from {{ to_date }}
{%- endmacro %}

{#- The columns of revenue by what it is split into, summed. -#}
{% macro revenue_parts(revenue_rows) -%}
    {%- set sums = {
        "net_revenue": "net_revenue",
        "revenue_at_prior_year_rate": "revenue_at_prior_year_rate",
        "split_quantity": "case when has_quantity then quantity end",
        "split_revenue": "case when has_quantity then net_revenue end",
        "split_at_prior_year_rate":
            "case when has_quantity then revenue_at_prior_year_rate end",
        "absolute_revenue": "absolute_revenue",
        "flagged_revenue": "flagged_revenue",
    } -%}
    {%- for column, amount in sums.items() %}
    {{ money("sum(" ~ amount ~ ")") }} as {{ column }},
    {%- endfor %}
    bit_or(flag_mask) as flag_mask
{%- endmacro %}
