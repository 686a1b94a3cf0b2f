-- The slot's holder of the time, all of it or, for one client in eight, shared with the
-- next slot's holder.
with
holders as (
    select range as slot, 0 as holder, 0 as first_workday, holder_changes_on(range) as end_workday
    from range(rep_count())
    union all
    select range, 1, holder_changes_on(range), 1000000
    from range(rep_count())
    where holder_changes_on(range) < workday_count()
),
assigned as (
    select client, slot, slot_from, slot_to, 0 as other from client_slots
    union all
    select client, (slot + 1) % rep_count(), slot_from, slot_to, 1
    from client_slots
    where draw(client, 'shared', 8) = 0
)
select
    account_id(assigned.client) as account_id,
    rep_id_of(holders.slot, holders.holder) as rep_id,
    case
        when greatest(assigned.slot_from, holders.first_workday) = 0 then date '2021-01-01'
        else day_of(greatest(assigned.slot_from, holders.first_workday))
    end as valid_from,
    case
        when least(assigned.slot_to, holders.end_workday) < workday_count()
            then day_of(least(assigned.slot_to, holders.end_workday)) - 1
    end as valid_to,
    case
        when draw(assigned.client, 'shared', 8) > 0 then 1.00
        when assigned.other = 1 then 0.30
        else 0.70
    end as credit_share
from assigned
inner join holders
    on
        assigned.slot = holders.slot
        and greatest(assigned.slot_from, holders.first_workday)
        < least(assigned.slot_to, holders.end_workday, workday_count())
-- What begins and ends within one heavy night was never in force.
where valid_to is null or valid_to >= valid_from
order by assigned.client, valid_from, rep_id
