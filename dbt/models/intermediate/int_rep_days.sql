{# A rep whose rows overlap has the role that began last. #}
with

employment as (

    select * from {{ ref("int_rep_employment") }}

),

days as (

    select * from {{ ref("int_days") }}

    where month_start <= {{ as_of_date() }}

),

rep_days as (

    select
        employment.rep_id,
        employment.role,
        days.day_on,
        days.month_start,
        days.is_working_day,
        row_number() over (
            partition by employment.rep_id, days.day_on
            order by employment.valid_from desc, employment.role
        ) as recency

    from employment

    inner join days
        on days.day_on between employment.valid_from and employment.valid_to

)

select
    rep_id,
    role,
    day_on,
    month_start,
    is_working_day

from rep_days

where recency = 1
