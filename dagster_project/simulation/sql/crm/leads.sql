select
    lead_id(number) as lead_id,
    ['web', 'referral', 'fair', 'campaign', 'cold call'][draw(number, 'lead channel', 5) + 1]
        as channel,
    moment(number, workday) as created_at,
    ['hot', 'warm', 'cold'][draw(number, 'temperature', 3) + 1] as temperature,
    case
        when draw(number, 'lead', 100) < 25 and converted_on < workday_count() then 'converted'
        when draw(number, 'lead', 100) < 70 then 'lost'
        else 'open'
    end as status,
    rep_id_at(rep_slot_of(client), workday) as owner_rep_id,
    case
        when draw(number, 'lead', 100) < 25 and converted_on < workday_count()
            then account_id(client)
    end as account_id,
    case
        when draw(number, 'lead', 100) < 25 and converted_on < workday_count()
            then moment(number + 1, converted_on)
    end as converted_at
from (
    select
        number,
        workday,
        workday + 1 + draw(number, 'days to convert', 40) as converted_on,
        account_known_on(number, workday) as client
    from (
        select range as number, workday_in_flow(range, lead_count()) as workday
        from range(first_in_flow(workday_count(), lead_count()))
    )
)
