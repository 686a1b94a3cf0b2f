with

months as (

    select * from {{ ref("int_months") }}

    where month_start <= {{ as_of_date() }}

),

balances as (

    select * from {{ ref("int_receivable_balances") }}

),

first_changes as (

    select min(changed_on) as first_change_on from balances

)

select
    months.month_start,
    least(months.month_end, {{ as_of_date() }}) as stated_on,
    months.month_end > {{ as_of_date() }} as is_partial,
    case
        when months.month_start > first_changes.first_change_on
            then {{ add_days("months.month_start", -1) }}
    end as previous_stated_on

from months

cross join first_changes

where months.month_end >= first_changes.first_change_on
