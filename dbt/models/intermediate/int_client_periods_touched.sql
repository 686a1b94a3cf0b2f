{#
    A period is compared whole, so it is touched where one of its months is; and so is
    every period of its months, however many of theirs are not.
#}
{%- set is_full = execute and is_full_build() %}

with

touched as (

    select * from {{ ref("int_compared_client_months_touched") }}

),

periods as (

    {{ periods_now_and_then(is_full) }}

),

touched_periods as (

    select distinct
        touched.client_id,
        periods.period_type,
        periods.period_start

    from touched

    inner join periods
        on touched.month_start = periods.month_start

)

select
    touched_periods.client_id,
    touched_periods.period_type,
    touched_periods.period_start,
    periods.month_start

from touched_periods

inner join periods
    on
        touched_periods.period_type = periods.period_type
        and touched_periods.period_start = periods.period_start
