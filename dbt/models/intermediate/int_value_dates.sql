{#
    The days as of which client and rep value is told: the end of every fiscal
    year that the data covers, and the run's own day.
#}
with

months as (

    select * from {{ ref("int_months") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

fiscal_years as (

    select distinct
        'FY' || cast(months.fiscal_year as {{ dbt.type_string() }})
            as period_label,
        months.year_start as period_start,
        months.year_end as period_end

    from months

    cross join horizon

    where
        months.year_start >= horizon.first_data_on
        and months.year_end <= {{ as_of_date() }}

)

select
    period_label,
    period_start,
    period_end

from fiscal_years

union all

select
    'trailing_12_months' as period_label,
    {{ add_days(add_months(as_of_date(), -12), 1) }} as period_start,
    {{ as_of_date() }} as period_end
