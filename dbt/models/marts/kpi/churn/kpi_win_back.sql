with

losses as (

    select * from {{ ref("int_client_losses") }}

    where won_back_on is null

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

campaign_activities as (

    select * from {{ ref("int_activities") }}

    where campaign_name is not null

),

{# The latest campaign activity after the loss is where the win-back stands. #}
campaign_contacts as (

    select
        losses.client_id,
        campaign_activities.campaign_name,
        campaign_activities.outcome,
        campaign_activities.occurred_at,
        row_number() over (
            partition by losses.client_id
            order by
                campaign_activities.occurred_at desc,
                campaign_activities.activity_id
        ) as recency

    from losses

    inner join campaign_activities
        on losses.client_id = campaign_activities.client_id

    where campaign_activities.occurred_at > losses.lost_on

),

ranked as (

    select
        losses.*,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        reps.rep_name,
        campaign_contacts.campaign_name,
        campaign_contacts.outcome,
        campaign_contacts.occurred_at,
        row_number() over (
            order by losses.revenue_before_loss desc, losses.client_id
        ) as revenue_rank

    from losses

    inner join clients
        on losses.client_id = clients.client_id

    inner join reps
        on losses.rep_id = reps.rep_id

    left join campaign_contacts
        on
            losses.client_id = campaign_contacts.client_id
            and campaign_contacts.recency = 1

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    rep_id as last_rep_id,
    rep_name as last_rep_name,
    last_purchase_on,
    lost_on,
    cast({{ days_between("last_purchase_on", as_of_date()) }} as integer)
        as days_since_purchase,
    cast({{ days_between("lost_on", as_of_date()) }} as integer)
        as days_since_lost,
    revenue_before_loss,
    cast(revenue_rank as bigint) as revenue_rank,
    case
        when campaign_name is null then 'not started'
        else coalesce(outcome, 'contacted')
    end as campaign_status,
    campaign_name,
    cast(occurred_at as date) as last_contacted_on,
    {{ reliability_columns(
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
    ) }}

from ranked
