select
    cast(days.range as date) as rate_on,
    currencies.currency as from_currency,
    'EUR' as to_currency,
    euros_for(currencies.currency, cast(days.range as date)) as rate
from range(date '2021-01-01', as_of_date() + 1, interval 1 day) as days
cross join (select unnest(['USD', 'GBP', 'PLN', 'CNY', 'ILS', 'RUB']) as currency) as currencies
order by days.range, currencies.currency
