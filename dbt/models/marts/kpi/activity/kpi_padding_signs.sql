with

activity_signs as (

    select * from {{ ref("int_activity_signs") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

)

select
    activity_signs.activity_id,
    activity_signs.sign,
    activity_signs.rep_id,
    coalesce(reps.rep_name, 'Unknown rep ' || activity_signs.rep_id)
        as rep_name,
    activity_signs.day_on,
    {{ utc_time("activity_signs.occurred_at") }} as occurred_at,
    activity_signs.activity_type,
    survivors.client_id,
    activity_signs.outcome,
    activity_signs.is_entered as is_manual,
    cast(activity_signs.duration_seconds as bigint) as duration_seconds,
    {{ reliability_columns(period_end="activity_signs.day_on") }}

from activity_signs

left join reps
    on activity_signs.rep_id = reps.rep_id

left join survivors
    on activity_signs.account_id = survivors.account_id
