{#-
    Quota attainment against a range: 1 within it, the share of the low end
    below, the multiple of the high end above; NULL without a plan
    or without a fact.
-#}
{% macro attainment(fact, plan_low, plan_high) -%}
    case
        when {{ fact }} < {{ plan_low }} then {{ ratio(fact, plan_low) }}
        when {{ fact }} > {{ plan_high }} then {{ ratio(fact, plan_high) }}
        when {{ fact }} is not null and {{ plan_low }} <> 0
            then cast(1 as double)
    end
{%- endmacro %}
