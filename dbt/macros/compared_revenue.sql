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

{#-
    Both sides of a comparison in one shape: what was sold in a month and what was
    sold in the same month a year before, which stands a year on. `by` names what
    beside month and client both are kept by.
-#}
{% macro revenue_sides(parts, prior_parts, by) -%}
    {%- set now_only = {
        "price_in_month": "price_in_month",
        "price_in_quarter": "price_in_quarter",
        "price_in_season": "price_in_season",
        "price_in_year": "price_in_year",
        "revenue_now": "net_revenue",
        "constant_now": "revenue_at_prior_year_rate",
        "split_now": "coalesce(split_at_prior_year_rate, 0)",
        "quantity_now": "coalesce(split_quantity, 0)",
        "has_now": "1",
    } -%}
    {%- set prior_only = {
        "revenue_prior": "net_revenue",
        "split_prior": "coalesce(split_revenue, 0)",
        "quantity_prior": "coalesce(split_quantity, 0)",
        "has_prior": "1",
    } -%}
    select
        month_start,
        client_id,
        {{ by }},
        {%- for column, amount in now_only.items() %}
        {{ amount }} as {{ column }},
        {%- endfor %}
        {%- for column in prior_only %}
        0 as {{ column }},
        {%- endfor %}
        absolute_revenue,
        flagged_revenue,
        flag_mask,
        cast(null as boolean) as is_for_partial

    from {{ parts }}

    union all

    select
        {{ add_months("month_start", 12) }} as month_start,
        client_id,
        {{ by }},
        {%- for column in now_only %}
        0 as {{ column }},
        {%- endfor %}
        {%- for column, amount in prior_only.items() %}
        {{ amount }} as {{ column }},
        {%- endfor %}
        absolute_revenue,
        flagged_revenue,
        flag_mask,
        is_for_partial

    from {{ prior_parts }}
{%- endmacro %}

{#- The price effect that a month's row has in a period of this type. -#}
{% macro price_in_period(period_type) -%}
    case {{ period_type }}
        when 'month' then price_in_month
        when 'quarter' then price_in_quarter
        when 'season' then price_in_season
        else price_in_year
    end
{%- endmacro %}

{#-
    What a comparison is made of, each to be summed over any cut: what a row adds by
    what its client is to the period.
-#}
{% macro comparison_sums() -%}
    {{ return({
        "net_revenue": "revenue_now",
        "prior_revenue": "revenue_prior",
        "new_client_effect":
            "case when client_status = 'new' then revenue_now else 0 end",
        "lost_client_effect":
            "case when client_status = 'lost' then -revenue_prior else 0 end",
        "exchange_rate_effect":
            "case when client_status = 'continuing'"
            ~ " then revenue_now - constant_now else 0 end",
        "unsplit_effect":
            "case when client_status = 'continuing' then constant_now - split_now"
            ~ " - (revenue_prior - split_prior) else 0 end",
        "split_difference":
            "case when client_status = 'continuing'"
            ~ " then split_now - split_prior else 0 end",
        "quantity_now":
            "case when client_status = 'continuing' then quantity_now else 0 end",
        "quantity_prior":
            "case when client_status = 'continuing' then quantity_prior else 0 end",
        "split_prior":
            "case when client_status = 'continuing' then split_prior else 0 end",
        "price_part": "price_part",
        "absolute_revenue": "absolute_revenue",
        "flagged_revenue": "flagged_revenue",
    }) }}
{%- endmacro %}
