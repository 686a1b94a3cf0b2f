{# Months to come are in it, which int_months does not hold. #}
with

running_year as (

    select year_start from {{ ref("int_months") }}

    where month_start = {{ month_start(as_of_date()) }}

),

months as (

    {% for month in range(12) %}
    select {{ add_months("year_start", month) }} as month_start

    from running_year
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{{ calendar_of_months("months") }}
