select
    category,
    cast(months.range as date) as month,
    is_recurring,
    money(rep_count() * budget) as amount,
    'EUR' as currency
from range(date '2021-01-01', make_date(year(as_of_date()) + 1, 4, 1), interval 1 month) as months
cross join (
    select
        unnest(['salary', 'commission', 'travel', 'lists', 'subscriptions', 'promotion', 'fairs', 'training'])
            as category,
        unnest([true, false, false, true, true, false, false, false]) as is_recurring,
        unnest([420000, 75000, 15000, 15000, 15000, 16000, 14000, 15000]) as budget
)
order by month, category
