with

churn as (

    select * from {{ ref("kpi_churn") }}

    where cut = 'segment'

),

value_dates as (

    select * from {{ ref("int_value_dates") }}

)

select
    value_dates.period_label,
    churn.cut_id as segment,
    sum(churn.clients_lost) as clients_lost,
    sum(churn.clients_at_start) as clients_at_start,
    {{ ratio("sum(churn.clients_lost)", "sum(churn.clients_at_start)") }}
        as churn_rate

from churn

inner join value_dates
    on
        {{ add_months("churn.month_start", 1) }}
        <= {{ add_days("value_dates.period_end", 1) }}
        and {{ add_months("churn.month_start", 13) }}
        > {{ add_days("value_dates.period_end", 1) }}

group by value_dates.period_label, churn.cut_id
