select
    scope,
    scope_id,
    valid_from,
    cast((draw(scope_id, 'sales growth', 12) - 1) / 100.0 as decimal(9, 4)) as sales_growth,
    cast((1 + draw(scope_id, 'price growth', 4)) / 100.0 as decimal(9, 4)) as price_growth,
    cast((40 + draw(scope_id, 'attainable', 40)) / 100.0 as decimal(9, 4)) as attainable_share
from (
    select 'company' as scope, 'all' as scope_id
    union all
    select 'segment', unnest(['retail', 'wholesale', 'industry', 'public', 'services'])
    union all
    select 'territory', territory_root(range) from range(team_count())
    union all
    select 'client', account_id(client)
    from clients
    where size >= 60 and joined_on < workday_count() and draw(client, 'own growth', 4) = 0
)
cross join (
    select unnest([date '2022-04-01', date '2023-04-01', date '2024-04-01', date '2025-04-01'])
        as valid_from
)
order by scope, scope_id, valid_from
