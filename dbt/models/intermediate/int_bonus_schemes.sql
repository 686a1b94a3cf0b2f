with

schemes as (

    select * from {{ ref("stg_planning__bonus_schemes") }}

)

select
    scheme_id,
    role,
    valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
    measure,
    currency,
    target_bonus,
    coalesce(payout, 'linear') as payout,
    cast(
        coalesce(threshold, {{ var("bonus").threshold }}) as decimal(18, 8)
    ) as threshold,
    cast(coalesce(cap, {{ var("bonus").cap }}) as decimal(18, 8)) as cap,
    coalesce(is_report_required, false) as is_report_required

from schemes
