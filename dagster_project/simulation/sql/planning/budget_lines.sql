select
    category,
    cast(months.range as date) as month,
    is_recurring,
    money(rep_count() * budget) as amount,
    'EUR' as currency
from range(date '2021-01-01', make_date(year(as_of_date()) + 1, 4, 1), interval 1 month) as months
cross join (
    select
        unnest(['salary', 'taxes', 'commission', 'expenses', 'tools', 'travel', 'lists', 'subscriptions', 'promotion', 'fairs', 'training'])
            as category,
        unnest([true, true, false, false, true, false, true, true, false, false, false]) as is_recurring,
        unnest([880000, 202000, 158000, 106000, 44000, 15000, 15000, 15000, 16000, 14000, 15000]) as budget
)
order by month, category
