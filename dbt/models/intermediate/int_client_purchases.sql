-- Of a large company both take all the memory there is: one after the other.
-- depends_on: {{ ref("fct_revenue_lines") }}
with

purchase_days as (

    select * from {{ ref("int_purchase_days") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

months as (

    select * from {{ ref("int_months") }}

),

contract_spans as (

    select
        client_id,
        first_day,
        {{ add_days("last_day", 1) }} as ended_on

    from {{ ref("int_contract_spans") }}

),

purchases as (

    select
        purchase_days.client_id,
        purchase_days.purchased_on,
        purchase_days.rep_id,
        clients.segment,
        months.year_start,
        lag(purchase_days.purchased_on) over client_days
            as previous_purchased_on,
        lead(purchase_days.purchased_on) over client_days
            as next_purchased_on,
        row_number() over client_days as purchase_number

    from purchase_days

    inner join clients
        on purchase_days.client_id = clients.client_id

    inner join months
        on purchase_days.month_start = months.month_start

    window
        client_days as (
            partition by purchase_days.client_id
            order by purchase_days.purchased_on
        )

),

gaps as (

    select
        *,
        {{ days_between("previous_purchased_on", "purchased_on") }} as gap_days

    from purchases

),

{# Gaps are days: counted by length, they need no sorting for a median. #}
gap_counts as (

    select
        segment,
        year_start,
        gap_days,
        count(*) as gap_count

    from gaps

    where gap_days is not null

    group by
        segment,
        year_start,
        gap_days

),

{#
    Medians of the year before are final when a year begins, so a client with
    few purchases is never judged by what happened later.
#}
{% for rhythms, group in [
    ("segment_rhythms", ["segment", "year_start"]),
    ("company_rhythms", ["year_start"]),
] %}
{{ rhythms }}_up_to as (

    select
        {{ group | join(", ") }},
        gap_days,
        sum(sum(gap_count)) over (
            partition by {{ group | join(", ") }} order by gap_days
            rows between unbounded preceding and current row
        ) as gaps_up_to,
        sum(sum(gap_count)) over (
            partition by {{ group | join(", ") }}
        ) as all_gaps

    from gap_counts

    group by {{ group | join(", ") }}, gap_days

),

{{ rhythms }} as (

    select
        {% if "segment" in group %}segment,{% endif %}
        {{ add_months("year_start", 12) }} as year_start,
        cast(
            min(case when 2 * gaps_up_to >= all_gaps then gap_days end)
            + min(case when 2 * gaps_up_to > all_gaps then gap_days end)
            as double
        ) / 2 as rhythm_days

    from {{ rhythms }}_up_to

    group by {{ group | join(", ") }}

),
{% endfor %}

{# After such a purchase a client is lost, whatever its rhythm. #}
before_contract_ends as (

    select distinct
        gaps.client_id,
        gaps.purchased_on

    from gaps

    inner join contract_spans
        on
            gaps.client_id = contract_spans.client_id
            and gaps.purchased_on < contract_spans.ended_on

    where
        contract_spans.ended_on
        < coalesce(gaps.next_purchased_on, {{ as_of_date() }})

),

{#
    A client is lost no sooner than the minimum of days after a purchase, so only what
    was followed by nothing for as long is judged, and what a contract ended after. Of
    what is bought every week that is next to nothing.
#}
waited as (

    select gaps.*

    from gaps

    left join before_contract_ends
        on
            gaps.client_id = before_contract_ends.client_id
            and gaps.purchased_on = before_contract_ends.purchased_on

    where
        gaps.next_purchased_on is null
        or {{ days_between("gaps.purchased_on", "gaps.next_purchased_on") }}
        > {{ var("churn").minimum_days }}
        or before_contract_ends.client_id is not null

),

own_rhythms as (

    select
        waited.client_id,
        waited.purchased_on,
        {{ median("gaps.gap_days") }} as rhythm_days

    from waited

    inner join gaps
        on
            waited.client_id = gaps.client_id
            and waited.purchase_number >= gaps.purchase_number

    where waited.purchase_number >= {{ var("churn").minimum_purchases }}

    group by
        waited.client_id,
        waited.purchased_on

),

rhythms as (

    select
        waited.*,
        case
            when
                waited.purchase_number
                >= {{ var("churn").minimum_purchases }}
                then own_rhythms.rhythm_days
            else
                coalesce(
                    segment_rhythms.rhythm_days, company_rhythms.rhythm_days
                )
        end as rhythm_days

    from waited

    left join own_rhythms
        on
            waited.client_id = own_rhythms.client_id
            and waited.purchased_on = own_rhythms.purchased_on

    left join segment_rhythms
        on
            waited.segment = segment_rhythms.segment
            and waited.year_start = segment_rhythms.year_start

    left join company_rhythms
        on waited.year_start = company_rhythms.year_start

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

by_rhythm as (

    select
        *,
        {{ add_days("purchased_on", "threshold_days") }} as rhythm_due_on

    from thresholds

),

{# Under contract by then, it is lost when the first span to end has ended. #}
due as (

    select
        by_rhythm.client_id,
        by_rhythm.purchased_on,
        by_rhythm.next_purchased_on,
        by_rhythm.rhythm_days,
        by_rhythm.threshold_days,
        coalesce(min(contract_spans.ended_on), by_rhythm.rhythm_due_on)
            as due_on

    from by_rhythm

    left join contract_spans
        on
            by_rhythm.client_id = contract_spans.client_id
            and by_rhythm.purchased_on < contract_spans.ended_on
            and by_rhythm.rhythm_due_on >= contract_spans.first_day

    group by
        by_rhythm.client_id,
        by_rhythm.purchased_on,
        by_rhythm.next_purchased_on,
        by_rhythm.rhythm_days,
        by_rhythm.threshold_days,
        by_rhythm.rhythm_due_on

),

losses as (

    select
        client_id,
        purchased_on,
        next_purchased_on,
        due_on as lost_on,
        row_number() over (
            partition by client_id order by purchased_on
        ) as loss_number

    from due

    where coalesce(next_purchased_on, {{ as_of_date() }}) > due_on

),

{# A spell begins with the first purchase or the next after a loss. #}
spell_starts as (

    select
        client_id,
        1 as spell_number,
        purchased_on as active_from,
        cast(null as date) as won_back_after

    from purchases

    where purchase_number = 1

    union all

    select
        client_id,
        loss_number + 1 as spell_number,
        next_purchased_on as active_from,
        lost_on as won_back_after

    from losses

    where next_purchased_on is not null

),

{# It ends with the loss of its number, or has not ended. #}
spells as (

    select
        spell_starts.client_id,
        spell_starts.active_from,
        spell_starts.won_back_after,
        losses.purchased_on as last_purchased_on,
        losses.lost_on

    from spell_starts

    left join losses
        on
            spell_starts.client_id = losses.client_id
            and spell_starts.spell_number = losses.loss_number

)

select
    gaps.client_id,
    gaps.rep_id,
    gaps.purchased_on,
    gaps.previous_purchased_on,
    gaps.next_purchased_on,
    gaps.purchase_number,
    gaps.gap_days,
    due.rhythm_days,
    due.threshold_days,
    gaps.purchase_number = 1 as is_first,
    (
        spells.won_back_after is not null
        and gaps.purchased_on = spells.active_from
    ) as is_win_back,
    case
        when gaps.purchased_on = spells.active_from then spells.won_back_after
    end as won_back_after,
    coalesce(gaps.purchased_on = spells.last_purchased_on, false) as is_lost,
    case
        when gaps.purchased_on = spells.last_purchased_on then spells.lost_on
    end as lost_on,
    spells.active_from,
    spells.lost_on as spell_lost_on

from gaps

inner join spells
    on
        gaps.client_id = spells.client_id
        and gaps.purchased_on >= spells.active_from
        and gaps.purchased_on
        <= coalesce(spells.last_purchased_on, gaps.purchased_on)

left join due
    on
        gaps.client_id = due.client_id
        and gaps.purchased_on = due.purchased_on
