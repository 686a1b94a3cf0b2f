select
    scope,
    scope_id,
    activity_type,
    'week' as period_type,
    date '2021-01-01' as valid_from,
    cast(planned_count as decimal(9, 0)) as planned_count
from (
    select 'role' as scope, 'rep' as scope_id, unnest(['call', 'repeat call', 'meeting', 'visit', 'proposal'])
        as activity_type, unnest([5, 2, 1, 2, 1]) as planned_count
    union all
    select 'rep', cast(rep_id_of(range, 0) as varchar), 'visit', 3 + draw(range, 'norm', 2)
    from range(rep_count())
    where range % 5 = 0
)
