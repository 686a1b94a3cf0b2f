-- Three in ten are about a lead, the rest about an account; systems log the calls, and
-- people enter the rest by hand. One call in forty is entered by hand too, without a length.
select
    activity_id(number) as activity_id,
    rep_id_at(rep_slot_of(client), workday) as rep_id,
    activity_type(number) as activity_type,
    moment(number, workday) as occurred_at,
    cast(
        case
            when is_entered_call(number) then 0
            when activity_type(number) in ('call', 'repeat call')
                then 20 + draw(number, 'seconds', 900)
            else 600 + draw(number, 'seconds', 6000)
        end as integer
    ) as duration_seconds,
    case
        when activity_type(number) in ('call', 'repeat call') then 'phone'
        when activity_type(number) = 'proposal' then 'email'
        else 'in person'
    end as channel,
    case
        when draw(number, 'about', 10) < 3
            then lead_id(greatest(first_in_flow(workday, lead_count()) - 1 - draw(number, 'lead', 50), 0))
    end as lead_id,
    case when draw(number, 'about', 10) >= 3 then account_id(client) end as account_id,
    case
        when activity_type(number) = 'proposal'
            then opportunity_id(
                greatest(first_in_flow(workday, opportunity_count()) - 1 - draw(number, 'deal', 50), 0)
            )
    end as opportunity_id,
    case when draw(number, 'campaign', 10) = 0 then campaign_id(workday // 65) end
        as campaign_id,
    ['reached', 'no answer', 'interested', 'refused', 'agreed'][draw(number, 'outcome', 5) + 1]
        as outcome,
    activity_type(number) not in ('call', 'repeat call') or is_entered_call(number) as is_manual
from (
    select
        range as number,
        workday_in_flow(range, activity_count()) as workday,
        account_known_on(range, 0) as client
    from range(
        first_in_flow(greatest(workday_at(date '$from_day'), 0), activity_count()),
        first_in_flow(workday_count(), activity_count())
    )
)
where day_of(workday) >= date '$from_day'
