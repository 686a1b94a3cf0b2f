select
    'P' || client as action_id,
    rep_id_at(rep_slot_of(client), workday_count() - 1) as rep_id,
    account_id(client) as account_id,
    ['promotion', 'training', 'new range', 'win back'][draw(client, 'action', 4) + 1] as action_type,
    ['raise turnover', 'widen the range', 'return of the client'][draw(client, 'aim', 3) + 1] as aim,
    planned_on,
    money(10000 + 1000 * draw(client, 'action budget', 200)) as budget_amount,
    money(100000 + 1000 * draw(client, 'expected', 2000)) as expected_amount,
    'EUR' as currency,
    case
        when draw(client, 'done', 3) > 0 and planned_on + 14 <= as_of_date() then planned_on + 14
    end as done_on
from (
    select client, date '2025-01-15' + cast(draw(client, 'planned', 440) as integer) as planned_on
    from clients
    where draw(client, 'has action', 10) = 0 and joined_on < workday_count()
)
order by client
