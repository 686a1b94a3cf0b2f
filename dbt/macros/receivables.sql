{#-
    The first day receivables are stated for on or after a day: its month's last, or
    the run's own; NULL for a day that has not come.
-#}
{% macro stated_on(day) -%}
    case
        when {{ day }} <= {{ as_of_date() }}
            then least(
                {{ add_days(add_months(month_start(day), 1), -1) }},
                {{ as_of_date() }}
            )
    end
{%- endmacro %}
