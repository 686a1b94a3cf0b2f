{#
    Clients by their first purchase: whether somebody saw to them in the days that
    followed, and who referred them.
-#}
{%- set follow_up_days = var("funnel").follow_up_days -%}

with

first_purchases as (

    select
        client_id,
        min(purchased_on) as purchased_on

    from {{ ref("int_client_purchases") }}

    where is_first

    group by client_id

),

activities as (

    select
        client_id,
        cast(occurred_at as date) as day_on

    from {{ ref("int_activities") }}

    where client_id is not null

),

accounts as (

    select * from {{ ref("stg_crm__accounts") }}

    where referred_by_account_id is not null

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

{# Of merged accounts any may name the one that referred the client. #}
referrals as (

    select
        survivors.client_id,
        min(coalesce(referrers.client_id, accounts.referred_by_account_id))
            as referred_by_client_id

    from accounts

    inner join survivors
        on accounts.account_id = survivors.account_id

    left join survivors as referrers
        on accounts.referred_by_account_id = referrers.account_id

    group by survivors.client_id

),

followed_up as (

    select distinct first_purchases.client_id

    from first_purchases

    inner join activities
        on first_purchases.client_id = activities.client_id

    where
        activities.day_on > first_purchases.purchased_on
        and activities.day_on
        <= {{ add_days("first_purchases.purchased_on", follow_up_days) }}

)

select
    first_purchases.client_id,
    first_purchases.purchased_on,
    {{ month_start("first_purchases.purchased_on") }} as month_start,
    followed_up.client_id is not null as is_followed_up,
    {{ add_days("first_purchases.purchased_on", follow_up_days) }}
    <= {{ as_of_date() }} as is_judged,
    referrals.referred_by_client_id

from first_purchases

left join followed_up
    on first_purchases.client_id = followed_up.client_id

left join referrals
    on first_purchases.client_id = referrals.client_id
