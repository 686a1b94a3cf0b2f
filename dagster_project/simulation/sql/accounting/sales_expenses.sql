select
    month * 6 + nth as expense_id,
    cast(date '2021-01-05' + to_months(cast(month as integer)) as date)
    + cast(draw(month * 6 + nth, 'expense day', 20) as integer) as spent_on,
    ['travel', 'lists', 'subscriptions', 'promotion', 'fairs', 'training'][nth + 1] as category,
    nth in (1, 2) as is_recurring,
    money(rep_count() * (8000 + 100 * draw(month * 6 + nth, 'expense', 150))) as amount,
    'EUR' as currency
from (
    select months.range as month, kinds.range as nth
    from range(datediff('month', date '2021-01-01', as_of_date()) + 1) as months
    cross join range(6) as kinds
)
where
    cast(date '2021-01-05' + to_months(cast(month as integer)) as date)
    + cast(draw(month * 6 + nth, 'expense day', 20) as integer) <= as_of_date()
order by expense_id
