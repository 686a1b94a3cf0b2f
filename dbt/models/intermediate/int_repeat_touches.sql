with

activities as (

    select
        activity_id,
        client_id,
        campaign_id,
        campaign_name,
        activity_type,
        cast(occurred_at as date) as day_on,
        month_start

    from {{ ref("int_activities") }}

),

new_clients as (

    select * from {{ ref("int_new_clients") }}

)

select
    activities.activity_id,
    activities.client_id,
    activities.activity_type,
    activities.month_start,
    coalesce(activities.campaign_id, 'no campaign') as campaign_id,
    case
        when activities.campaign_id is null then 'No campaign'
        else
            coalesce(
                activities.campaign_name,
                'Unknown campaign ' || activities.campaign_id
            )
    end as campaign_name

from activities

inner join new_clients
    on
        activities.client_id = new_clients.client_id
        and activities.day_on > new_clients.purchased_on
