
    

    create  table
      "warehouse"."intermediate"."int_client_purchases__dbt_tmp"
  
    
    as (
      with

documents as (

    select * from "warehouse"."intermediate"."int_documents"

    where document_type = 'invoice' and net_amount > 0

),

primary_reps as (

    select * from "warehouse"."intermediate"."int_document_reps"

    where is_primary

),

clients as (

    select * from "warehouse"."core"."dim_clients"

),

months as (

    select * from "warehouse"."intermediate"."int_months"

),


ranked as (

    select
        documents.client_id,
        documents.issued_on as purchased_on,
        primary_reps.rep_id,
        row_number() over (
            partition by documents.client_id, documents.issued_on
            order by
                documents.net_revenue desc,
                documents.net_amount desc,
                primary_reps.rep_id
        ) as day_rank

    from documents

    inner join primary_reps
        on documents.invoice_id = primary_reps.invoice_id

),

purchases as (

    select
        ranked.client_id,
        ranked.purchased_on,
        ranked.rep_id,
        clients.segment,
        months.year_start,
        lag(ranked.purchased_on) over (
            partition by ranked.client_id order by ranked.purchased_on
        ) as previous_purchased_on,
        lead(ranked.purchased_on) over (
            partition by ranked.client_id order by ranked.purchased_on
        ) as next_purchased_on,
        row_number() over (
            partition by ranked.client_id order by ranked.purchased_on
        ) as purchase_number

    from ranked

    inner join clients
        on ranked.client_id = clients.client_id

    inner join months
        on cast(date_trunc('month', ranked.purchased_on) as date) = months.month_start

    where ranked.day_rank = 1

),

gaps as (

    select
        *,
        
        (date_diff('day', previous_purchased_on::timestamp, purchased_on::timestamp ))
     as gap_days

    from purchases

),


segment_rhythms as (

    select
        segment,
        cast(

    (year_start + cast(12 as bigint) * interval 1 month) as date) as year_start,
        quantile_cont(gap_days, 0.5) as rhythm_days

    from gaps

    where gap_days is not null

    group by segment, year_start

),

company_rhythms as (

    select
        cast(

    (year_start + cast(12 as bigint) * interval 1 month) as date) as year_start,
        quantile_cont(gap_days, 0.5) as rhythm_days

    from gaps

    where gap_days is not null

    group by year_start

),

own_rhythms as (

    select
        *,
        quantile_cont(gap_days, 0.5) over (
        partition by client_id order by purchased_on
        rows between unbounded preceding and current row
    )
            as own_rhythm_days

    from gaps

),

rhythms as (

    select
        own_rhythms.*,
        case
            when
                own_rhythms.purchase_number
                >= 3
                then own_rhythms.own_rhythm_days
            else
                coalesce(
                    segment_rhythms.rhythm_days, company_rhythms.rhythm_days
                )
        end as rhythm_days

    from own_rhythms

    left join segment_rhythms
        on
            own_rhythms.segment = segment_rhythms.segment
            and own_rhythms.year_start = segment_rhythms.year_start

    left join company_rhythms
        on own_rhythms.year_start = company_rhythms.year_start

),

thresholds as (

    select
        *,
        cast(
            floor(
                greatest(
                    coalesce(
                        3.0 * rhythm_days, 0
                    ),
                    90
                )
            ) as integer
        ) as threshold_days

    from rhythms

),

due as (

    select
        *,
        cast(

    (purchased_on + cast(threshold_days as bigint) * interval 1 day) as date) as due_on

    from thresholds

),

outcomes as (

    select
        *,
        coalesce(next_purchased_on, date '2014-06-30') > due_on as is_lost

    from due

),

returns as (

    select
        *,
        coalesce(
            lag(is_lost) over (
                partition by client_id order by purchased_on
            ),
            false
        ) as is_win_back,
        purchase_number = 1 as is_first,
        lag(due_on) over (
            partition by client_id order by purchased_on
        ) as previous_due_on

    from outcomes

),

spells as (

    select
        *,
        max(case when is_first or is_win_back then purchased_on end) over (
            partition by client_id
            order by purchased_on
            rows between unbounded preceding and current row
        ) as active_from

    from returns

)

select
    client_id,
    rep_id,
    purchased_on,
    previous_purchased_on,
    next_purchased_on,
    purchase_number,
    gap_days,
    rhythm_days,
    threshold_days,
    is_first,
    is_win_back,
    case when is_win_back then previous_due_on end as won_back_after,
    is_lost,
    case when is_lost then due_on end as lost_on,
    active_from,
    min(case when is_lost then due_on end) over (
        partition by client_id, active_from
    ) as spell_lost_on

from spells
    );
    
  