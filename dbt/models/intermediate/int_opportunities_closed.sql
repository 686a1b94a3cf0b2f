with

opportunities as (

    select * from {{ ref("stg_crm__opportunities") }}

    where
        is_won is not null
        and closed_at < {{ add_days(as_of_date(), 1) }}

)

select
    opportunity_id,
    coalesce(owner_rep_id, 'unassigned') as rep_id,
    amount,
    is_won,
    {{ days_between("created_at", "closed_at") }} as cycle_days,
    {{ month_start("closed_at") }} as month_start

from opportunities
