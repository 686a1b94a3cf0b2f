
    

    create  table
      "warehouse"."intermediate"."int_period_months__dbt_tmp"
  
    
    as (
      with

months as (

    select * from "warehouse"."intermediate"."int_months"

),

periods as (

    
    select
        'month' as period_type,
        month_start as period_start,
        month_end as period_end,
        month_start,
        fiscal_year

    from months

    where month_start is not null
    union all
    
    select
        'quarter' as period_type,
        quarter_start as period_start,
        quarter_end as period_end,
        month_start,
        fiscal_year

    from months

    where quarter_start is not null
    union all
    
    select
        'season' as period_type,
        season_start as period_start,
        season_end as period_end,
        month_start,
        fiscal_year

    from months

    where season_start is not null
    union all
    
    select
        'year' as period_type,
        year_start as period_start,
        year_end as period_end,
        month_start,
        fiscal_year

    from months

    where year_start is not null
    
    

)

select
    period_type,
    period_start,
    period_end,
    month_start,
    fiscal_year,
    period_end > date '2014-06-30' as is_partial

from periods
    );
    
  