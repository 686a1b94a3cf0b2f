select
    rep_id_at(slot, workday_at(period_start)) as rep_id,
    period_start,
    'month' as period_type,
    item,
    task,
    cast(planned as decimal(12, 0)) as planned
from (
    select slots.range as slot, cast(months.range as date) as period_start
    from range(rep_count()) as slots
    cross join range(date '2025-01-01', as_of_date() + 32, interval 1 month) as months
)
cross join (
    select
        unnest(['visits', 'development', 'lift', 'collections']) as item,
        unnest(['visit the clients of tier 1', 'win new clients', 'raise standing clients', 'collect what is overdue'])
            as task,
        unnest([10, 1, 20000, 15000]) as planned
)
order by slot, period_start, item
