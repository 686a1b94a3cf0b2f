with

activities as (

    select * from {{ ref("stg_crm__activities") }}

    where
        occurred_at < {{ add_days(as_of_date(), 1) }}
        and lead_id is not null

),

leads as (

    select * from {{ ref("stg_crm__leads") }}

)

select
    activities.activity_id,
    activities.lead_id,
    activities.rep_id,
    leads.channel,
    {{ month_start("activities.occurred_at") }} as month_start,
    row_number() over (
        partition by activities.lead_id
        order by activities.occurred_at, activities.activity_id
    ) = 1 as is_first

from activities

inner join leads
    on activities.lead_id = leads.lead_id
