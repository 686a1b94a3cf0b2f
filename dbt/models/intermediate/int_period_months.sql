with

months as (

    select * from {{ ref("int_months") }}

),

periods as (

    {% for period_type in ["month", "quarter", "season", "year"] %}
    select
        '{{ period_type }}' as period_type,
        {{ period_type }}_start as period_start,
        {{ period_type }}_end as period_end,
        month_start,
        fiscal_year

    from months

    where {{ period_type }}_start is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    period_type,
    period_start,
    period_end,
    month_start,
    fiscal_year,
    period_end > {{ as_of_date() }} as is_partial

from periods
