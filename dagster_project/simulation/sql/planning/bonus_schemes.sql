select
    role || ' ' || year(valid_from) as scheme_id,
    role,
    valid_from,
    cast(valid_from + interval 1 year - interval 1 day as date) as valid_to,
    case role when 'rep' then 'invoiced' when 'line_manager' then 'collected' else 'margin' end
        as measure,
    money(bonus * (100 + 5 * (year(valid_from) - 2021)) // 100) as target_bonus,
    'EUR' as currency,
    0.5 as threshold,
    1.2 as cap,
    'linear' as payout,
    role = 'rep' as is_report_required
from (
    select unnest(['rep', 'line_manager', 'commercial_director']) as role,
    unnest([80000, 150000, 300000]) as bonus
)
cross join (
    select cast(range as date) as valid_from
    from range(date '2020-04-01', as_of_date() + 1, interval 1 year)
)
order by valid_from, role
