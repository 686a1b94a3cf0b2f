{#-
    Last year's result grown by sales and by price: rates add on the result, or on
    one another where the company compounds (`client_plan` in company.yml).
-#}
{% macro planned_revenue(base, sales_growth, price_growth) -%}
    {%- if var("client_plan").compound -%}
    {%- set factor -%}
        cast(
            cast(1 + {{ sales_growth }} as decimal(9, 8))
            * cast(1 + {{ price_growth }} as decimal(9, 8)) as decimal(18, 16)
        )
    {%- endset -%}
    {{ money_times(base, factor) }}
    {%- else -%}
    {{ money_times(base, "(1 + " ~ sales_growth ~ " + " ~ price_growth ~ ")") }}
    {%- endif -%}
{%- endmacro %}
