select
    opportunity_id(number) as opportunity_id,
    account_id(client) as account_id,
    rep_id_at(rep_slot_of(client), workday) as owner_rep_id,
    ['new', 'expansion', 'renewal'][draw(number, 'kind of deal', 3) + 1] as opportunity_type,
    stage_name(number, stages_reached(number, workday)) as stage,
    money(100000 + 1000 * draw(number, 'deal', 4000)) as amount,
    'EUR' as currency,
    moment(number, workday) as created_at,
    day_of(workday) + 60 as expected_close_on,
    case
        when stages_reached(number, workday) = last_stage(number)
            then
                moment(number, workday + last_stage(number) * days_a_stage(number))
                + to_minutes(last_stage(number))
    end as closed_at,
    case
        when stages_reached(number, workday) = last_stage(number) then is_won(number)
    end as is_won,
    case
        when stages_reached(number, workday) = last_stage(number) and is_won(number)
            then money(100000 + 1000 * draw(number, 'deal', 4000))
    end as contract_value
from opportunities
