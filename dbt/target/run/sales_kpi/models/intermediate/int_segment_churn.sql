
    

    create  table
      "warehouse"."intermediate"."int_segment_churn__dbt_tmp"
  
    
    as (
      with

churn as (

    select * from "warehouse"."marts"."kpi_churn"

    where cut = 'segment'

),

value_dates as (

    select * from "warehouse"."intermediate"."int_value_dates"

)

select
    value_dates.period_label,
    churn.cut_id as segment,
    sum(churn.clients_lost) as clients_lost,
    sum(churn.clients_at_start) as clients_at_start,
    (cast(sum(churn.clients_lost) as double) / nullif(cast(sum(churn.clients_at_start) as double), 0))
        as churn_rate

from churn

inner join value_dates
    on
        cast(

    (churn.month_start + cast(1 as bigint) * interval 1 month) as date)
        <= cast(

    (value_dates.period_end + cast(1 as bigint) * interval 1 day) as date)
        and cast(

    (churn.month_start + cast(13 as bigint) * interval 1 month) as date)
        > cast(

    (value_dates.period_end + cast(1 as bigint) * interval 1 day) as date)

group by value_dates.period_label, churn.cut_id
    );
    
  