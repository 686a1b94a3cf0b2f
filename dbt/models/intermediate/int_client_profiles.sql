{#-
    What is known of each client that ever bought, to be compared with what it is: its
    segment, size, territory and the channel it came by.
-#}
with

client_values as (

    select * from {{ ref("kpi_client_value") }}

    where first_purchase_on is not null

),

clients as (

    select * from {{ ref("dim_clients") }}

),

tiers as (

    select * from {{ ref("kpi_client_tiers") }}

),

leads as (

    select * from {{ ref("stg_crm__leads") }}

    where created_at < {{ add_days(as_of_date(), 1) }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

delays as (

    select * from {{ ref("int_payment_delays") }}

    where
        known_from <= {{ as_of_date() }}
        and (known_before is null or known_before > {{ as_of_date() }})

),

daily as (

    select
        client_id,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from {{ ref("int_revenue_daily") }}

    group by client_id

),

{# A client may have been a lead more than once, or by merged accounts. #}
first_leads as (

    select
        survivors.client_id,
        min(cast(leads.created_at as date)) as first_lead_on

    from leads

    inner join survivors
        on leads.account_id = survivors.account_id

    group by survivors.client_id

)

select
    client_values.client_id,
    client_values.segment,
    coalesce(clients.size_band, 'unknown') as size_band,
    clients.territory_id,
    coalesce(clients.territory_name, clients.territory_id) as territory_name,
    client_values.acquisition_channel,
    client_values.historic_revenue,
    client_values.historic_margin,
    client_values.expected_ltv,
    client_values.is_lost,
    tiers.tier = '{{ var("tiers").ranks[0].tier }}' as is_top_tier,
    case
        when first_leads.first_lead_on <= client_values.first_purchase_on
            then {{ days_between(
                "first_leads.first_lead_on",
                "client_values.first_purchase_on",
            ) }}
    end as days_to_first_order,
    delays.median_delay as payment_delay_days,
    daily.absolute_revenue,
    daily.flagged_revenue,
    daily.flag_mask

from client_values

inner join clients
    on client_values.client_id = clients.client_id

left join tiers
    on client_values.client_id = tiers.client_id

left join first_leads
    on client_values.client_id = first_leads.client_id

left join delays
    on client_values.client_id = delays.client_id

left join daily
    on client_values.client_id = daily.client_id
