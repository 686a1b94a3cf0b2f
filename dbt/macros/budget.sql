{#- Whether a text is one of a setting's, which may be none. -#}
{% macro is_listed(text, names) -%}
    {%- if names -%}
    {{ text }} in (
        {%- for name in names -%}
        {{ sql_text(name) }}{% if not loop.last %}, {% endif %}
        {%- endfor -%}
    )
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}

{#- Whether a category of costs is budgeted apart from the plan's cost. -#}
{% macro is_promotion(category) -%}
    ({{ is_listed(category, var("budget").promotion_categories) }})
{%- endmacro %}

{#- What the budget calls a rep's cost of a type, by the field of its setting. -#}
{% macro rep_cost_setting(cost_type, setting, otherwise) -%}
    {%- set rep_costs = var("budget").rep_costs -%}
    {%- if rep_costs -%}
    case
        {%- for rep_cost in rep_costs %}
        when {{ cost_type }} = {{ sql_text(rep_cost.cost_type) }} then
            {% if setting == "category" -%}
            {{ sql_text(rep_cost.category) }}
            {%- else -%}
            {{ rep_cost[setting] }}
            {%- endif %}
        {%- endfor %}
        else {{ otherwise }}
    end
    {%- else -%}
    {{ otherwise }}
    {%- endif -%}
{%- endmacro %}
