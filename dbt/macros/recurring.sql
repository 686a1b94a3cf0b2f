{#-
    A recurring amount for one month: a year has 52 weeks, 4 quarters and 12
    months. NULL for an interval count below 1, which is no interval.
-#}
{% macro amount_per_month(amount, billing_interval, interval_count) -%}
    {{ rounded_money(exact_quotient(
        "cast(" ~ amount ~ " as decimal(19, 4))"
        ~ " * case when " ~ billing_interval ~ " = 'week' then 52 else 1 end",
        "case " ~ billing_interval
        ~ " when 'month' then 1"
        ~ " when 'quarter' then 3"
        ~ " else 12 end"
        ~ " * case when " ~ interval_count ~ " >= 1 then "
        ~ interval_count ~ " end"
    )) }}
{%- endmacro %}

{#-
    An amount for the days from first to last, both included, for one month: by
    whole months where the days are such, else by whole weeks, else by days of
    a year of 365.
-#}
{% macro service_amount_per_month(amount, first_day, last_day) -%}
    {%- set next_day = add_days(last_day, 1) -%}
    {%- set months = months_apart(first_day, next_day) -%}
    {%- set days = "(" ~ days_between(first_day, next_day) ~ ")" -%}
    case
        when {{ add_months(first_day, months) }} = {{ next_day }}
            then {{ amount_per_month(amount, "'month'", months) }}
        when {{ days }} % 7 = 0
            then {{ amount_per_month(amount, "'week'", days ~ " / 7") }}
        else {{ rounded_money(exact_quotient(
            "cast(" ~ amount ~ " as decimal(19, 4)) * 365", days ~ " * 12"
        )) }}
    end
{%- endmacro %}

{#- What rules can say of recurring revenue, by client and month. -#}
{% macro recurring_rules() -%}
    {{ return([
        "lines_do_not_tie",
        "unmatched_client",
        "missing_exchange_rate",
        "negative_mrr",
    ]) }}
{%- endmacro %}

{#-
    How the number of clients under each rule changes with a movement, summed.
    Cumulated, it says which rules stand behind a month's figure.
-#}
{% macro clients_under_rules_change(closing_mask, opening_mask) -%}
    {%- for rule in recurring_rules() %}
    sum(
        case when ({{ closing_mask }} & {{ rule_bit(rule) }}) <> 0 then 1 else 0 end
        - case when ({{ opening_mask }} & {{ rule_bit(rule) }}) <> 0 then 1 else 0 end
    ) as {{ rule }}_change{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- The mask of the rules that clients were under at the start or end of a month. -#}
{% macro mask_of_rules() -%}
    {%- for rule in recurring_rules() -%}
    case
        when {{ rule }} > 0 or {{ rule }} > {{ rule }}_change
            then {{ rule_bit(rule) }}
        else 0
    end
    {%- if not loop.last %}
    + {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#-
    What a client's MRR is at the start or the end of a month, the part of it that
    rests on flagged inputs, and the rules that flagged it. Discounts above what
    they are given on leave no negative MRR.
-#}
{% macro standing_mrr(moment, mrr, flagged, unconverted, is_matched) -%}
    case when {{ mrr }} > 0 then {{ mrr }} else 0 end as {{ moment }}_mrr,
    case
        when {{ mrr }} <= 0 then 0
        when not {{ is_matched }} or {{ flagged }} > {{ mrr }} then {{ mrr }}
        else {{ flagged }}
    end as {{ moment }}_flagged_mrr,
    case when {{ flagged }} > 0 then {{ rule_bit("lines_do_not_tie") }} else 0 end
    + case
        when not {{ is_matched }} and ({{ mrr }} <> 0 or {{ unconverted }} > 0)
            then {{ rule_bit("unmatched_client") }}
        else 0
    end
    + case
        when {{ unconverted }} > 0 then {{ rule_bit("missing_exchange_rate") }}
        else 0
    end
    + case when {{ mrr }} < 0 then {{ rule_bit("negative_mrr") }} else 0 end
        as {{ moment }}_flag_mask
{%- endmacro %}
