select
    cast(days.range as date) as rate_on,
    currencies.currency as from_currency,
    'EUR' as to_currency,
    cast(
        euros_for(currencies.currency, cast(days.range as date))
        * case when corrections.currency is not null then 1.01 else 1 end
        as decimal(18, 8)
    ) as rate
from range(date '2021-01-01', as_of_date() + 1, interval 1 day) as days
cross join (select unnest(['USD', 'GBP', 'PLN', 'CNY', 'ILS', 'RUB']) as currency) as currencies
-- In one night of four the quote of an old day is corrected.
left join (
    select distinct
        date '2025-12-31' - cast(draw(night, 'day of rate', 400) as integer) as rate_on,
        ['USD', 'GBP', 'PLN'][draw(night, 'which rate', 3) + 1] as currency
    from (select unnest(range(night_count())) as night)
    where draw(night, 'rate corrected', 4) = 0
) as corrections
    on
        cast(days.range as date) = corrections.rate_on
        and currencies.currency = corrections.currency
order by days.range, currencies.currency
