with

activities as (

    select * from {{ ref("stg_crm__activities") }}

    where occurred_at < {{ add_days(as_of_date(), 1) }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

campaigns as (

    select * from {{ ref("stg_crm__campaigns") }}

)

select
    activities.activity_id,
    activities.rep_id,
    survivors.client_id,
    activities.campaign_id,
    activities.activity_type,
    activities.outcome,
    campaigns.campaign_name,
    activities.occurred_at,
    {{ month_start("activities.occurred_at") }} as month_start

from activities

left join survivors
    on activities.account_id = survivors.account_id

left join campaigns
    on activities.campaign_id = campaigns.campaign_id
