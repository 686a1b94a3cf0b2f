{#-
    When each client was under contract without a break. A contract that follows another
    the next day goes on with it; one without an end goes on for good.
-#}
with

contracts as (

    select
        client_id,
        starts_on,
        coalesce(last_day, cast('9999-12-30' as date)) as last_day

    from {{ ref("int_contracts") }}

    where starts_on <= {{ as_of_date() }}

),

lasting as (

    select * from contracts

    where starts_on <= last_day

),

so_far as (

    select
        *,
        max(last_day) over (
            partition by client_id order by starts_on, last_day
            rows between unbounded preceding and 1 preceding
        ) as covered_until

    from lasting

),

numbered as (

    select
        *,
        sum(
            case
                when starts_on <= {{ add_days("covered_until", 1) }} then 0
                else 1
            end
        ) over (
            partition by client_id order by starts_on, last_day
            rows between unbounded preceding and current row
        ) as span_number

    from so_far

)

select
    client_id,
    min(starts_on) as first_day,
    max(last_day) as last_day

from numbered

group by client_id, span_number
