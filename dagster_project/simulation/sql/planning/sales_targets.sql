with
quarters as (
    select cast(range as date) as quarter, workday_at(cast(range as date)) as workday
    from range(date '2021-01-01', as_of_date() + 120, interval 3 month)
),
-- The plan of a quarter is last year's fact and six percent; of a first one its own.
planned as (
    select client, cast(quarter + interval 1 year as date) as quarter, revenue * 1.06 as amount
    from facts
    union all
    select client, quarter, revenue
    from facts
    where quarter < date '2022-01-01'
),
by_slot as (
    select
        rep_slot_of(planned.client) as slot,
        quarters.quarter,
        quarters.workday,
        sum(planned.amount) as amount
    from planned
    inner join quarters on planned.quarter = quarters.quarter
    group by all
),
targets as (
    select
        'rep' as level,
        cast(rep_id_at(slot, workday) as varchar) as entity_id,
        quarter as period_start,
        'quarter' as period_type,
        amount
    from by_slot
    union all
    select
        'manager',
        cast(manager_id(team_at(slot, workday)) as varchar),
        quarter,
        'quarter',
        sum(amount)
    from by_slot
    group by all
    union all
    -- Revenue is of the territory that the CRM has its client in today.
    select
        'territory',
        territory_id(
            team_at(known_clients.slot, workday_count() - 1), known_clients.slot % 4
        ),
        planned.quarter,
        'quarter',
        sum(planned.amount)
    from planned
    inner join known_clients on planned.client = known_clients.client
    inner join quarters on planned.quarter = quarters.quarter
    group by all
    union all
    select
        'company',
        'all',
        cast(make_date(year(quarter - interval 3 month), 4, 1) as date),
        'year',
        sum(amount)
    from by_slot
    where quarter >= date '2021-04-01'
    group by all
    union all
    -- Of the clients, those that are asked for most.
    select
        'client',
        account_id(planned.client),
        cast(make_date(year(planned.quarter - interval 3 month), 4, 1) as date),
        'year',
        sum(planned.amount)
    from planned
    inner join quarters on planned.quarter = quarters.quarter
    where planned.quarter >= date '2021-04-01' and size_of(planned.client) > 60
    group by all
),
ranges as (
    select
        *,
        round(
            amount * (80 + draw(entity_id, cast(period_start as varchar), 31)) / 100, -2
        ) as target_low
    from targets
)
select
    level,
    entity_id,
    period_start,
    period_type,
    cast(target_low as decimal(15, 2)) as target_low,
    case
        when draw(entity_id, 'range', 3) > 0
            then cast(round(target_low * 1.15, -2) as decimal(15, 2))
    end as target_high,
    'EUR' as currency
from ranges
where target_low > 0
order by level, entity_id, period_start
