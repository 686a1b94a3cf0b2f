{#-
    What part of a target bonus an attainment pays: nothing below the threshold; from
    there as much as is attained, or as the steps of company.yml say; never more than
    the cap.
-#}
{% macro payout_factor(attainment, payout, threshold, cap) -%}
    case
        when {{ attainment }} is null then null
        when {{ attainment }} < {{ threshold }} then 0
        when {{ payout }} = 'step'
            then least(
                case
                    {%- for step in var("bonus").steps | sort(attribute="from_attainment", reverse=true) %}
                    when {{ attainment }} >= {{ step.from_attainment }} then {{ step.factor }}
                    {%- endfor %}
                    else 0
                end,
                {{ cap }}
            )
        else least({{ attainment }}, {{ cap }})
    end
{%- endmacro %}
