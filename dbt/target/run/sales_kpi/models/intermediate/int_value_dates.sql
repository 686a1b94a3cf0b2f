
    

    create  table
      "warehouse"."intermediate"."int_value_dates__dbt_tmp"
  
    
    as (
      
with

months as (

    select * from "warehouse"."intermediate"."int_months"

),

horizon as (

    select * from "warehouse"."intermediate"."int_data_horizon"

),

fiscal_years as (

    select distinct
        'FY' || cast(months.fiscal_year as TEXT)
            as period_label,
        months.year_start as period_start,
        months.year_end as period_end

    from months

    cross join horizon

    where
        months.year_start >= horizon.first_data_on
        and months.year_end <= date '2014-06-30'

)

select
    period_label,
    period_start,
    period_end

from fiscal_years

union all

select
    'trailing_12_months' as period_label,
    cast(

    (cast(

    (date '2014-06-30' + cast(-12 as bigint) * interval 1 month) as date) + cast(1 as bigint) * interval 1 day) as date) as period_start,
    date '2014-06-30' as period_end
    );
    
  