-- Of a large company both take all the memory there is: one after the other.
-- depends_on: {{ ref("fct_revenue_lines") }}
with

documents as (

    select * from {{ ref("int_documents") }}

    where document_type = 'invoice' and net_amount > 0

),

primary_reps as (

    select * from {{ ref("int_document_reps") }}

    where is_primary

),

clients as (

    select * from {{ ref("dim_clients") }}

),

months as (

    select * from {{ ref("int_months") }}

),

{# Of several invoices of one day the largest one's rep stands for the day. #}
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
        on {{ month_start("ranked.purchased_on") }} = months.month_start

    where ranked.day_rank = 1

),

gaps as (

    select
        *,
        {{ days_between("previous_purchased_on", "purchased_on") }} as gap_days

    from purchases

),

{#
    Medians of the year before are final when a year begins, so a client with
    few purchases is never judged by what happened later.
#}
segment_rhythms as (

    select
        segment,
        {{ add_months("year_start", 12) }} as year_start,
        {{ median("gap_days") }} as rhythm_days

    from gaps

    where gap_days is not null

    group by segment, year_start

),

company_rhythms as (

    select
        {{ add_months("year_start", 12) }} as year_start,
        {{ median("gap_days") }} as rhythm_days

    from gaps

    where gap_days is not null

    group by year_start

),

own_rhythms as (

    select
        *,
        {{ median_so_far("gap_days", "client_id", "purchased_on") }}
            as own_rhythm_days

    from gaps

),

rhythms as (

    select
        own_rhythms.*,
        case
            when
                own_rhythms.purchase_number
                >= {{ var("churn").minimum_purchases }}
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
                        {{ var("churn").rhythm_multiple }} * rhythm_days, 0
                    ),
                    {{ var("churn").minimum_days }}
                )
            ) as integer
        ) as threshold_days

    from rhythms

),

due as (

    select
        *,
        {{ add_days("purchased_on", "threshold_days") }} as due_on

    from thresholds

),

outcomes as (

    select
        *,
        coalesce(next_purchased_on, {{ as_of_date() }}) > due_on as is_lost,
        purchase_number = 1 as is_first,
        lag(due_on) over (
            partition by client_id order by purchased_on
        ) as previous_due_on

    from due

),

returns as (

    select
        *,
        coalesce(purchased_on > previous_due_on, false) as is_win_back

    from outcomes

),

{# A spell ends with its first lost purchase, which is what is looked for. #}
spells as (

    select
        *,
        max(case when is_first or is_win_back then purchased_on end) over (
            partition by client_id
            order by purchased_on
            rows between unbounded preceding and current row
        ) as active_from,
        min(case when is_lost then due_on end) over (
            partition by client_id
            order by purchased_on
            rows between current row and unbounded following
        ) as spell_lost_on

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
    spell_lost_on

from spells
