with

losses as (

    select * from "warehouse"."intermediate"."int_client_losses"

    where won_back_on is null

),

clients as (

    select * from "warehouse"."core"."dim_clients"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

),

campaign_activities as (

    select * from "warehouse"."intermediate"."int_activities"

    where campaign_name is not null

),


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
    cast(
        (date_diff('day', last_purchase_on::timestamp, date '2014-06-30'::timestamp ))
     as integer)
        as days_since_purchase,
    cast(
        (date_diff('day', lost_on::timestamp, date '2014-06-30'::timestamp ))
     as integer)
        as days_since_lost,
    revenue_before_loss,
    cast(revenue_rank as bigint) as revenue_rank,
    case
        when campaign_name is null then 'not started'
        else coalesce(outcome, 'contacted')
    end as campaign_status,
    campaign_name,
    cast(occurred_at as date) as last_contacted_on,
    case
        when coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) > 0.1
            then 'unreliable'
        when
            coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) > 0
            or coalesce(flag_mask, 0) <> 0
            or nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_win_back'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_win_back'
    )
            ),
            ''
        ) is not null
            then 'caution'
        else 'reliable'
    end as reliability,
    coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(concat_ws(
        ', ',
        case when (coalesce(flag_mask, 0) & 1) <> 0 then 'invoice_without_lines' end,
        case when (coalesce(flag_mask, 0) & 2) <> 0 then 'lines_do_not_tie' end,
        case when (coalesce(flag_mask, 0) & 4) <> 0 then 'unmatched_client' end,
        case when (coalesce(flag_mask, 0) & 8) <> 0 then 'missing_exchange_rate' end,
        case when (coalesce(flag_mask, 0) & 16) <> 0 then 'unknown_rep' end,
        case when (coalesce(flag_mask, 0) & 32) <> 0 then 'unknown_product' end
    ), ''),
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_win_back'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_win_back'
    )
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from ranked