select
    product_id(products.range) as product_id,
    cast(make_date(2021 + years.range, 1, 1) as date) as valid_from,
    money(first_price(products.range) * price_level(years.range) // 1000) as list_price,
    'EUR' as currency
from range(product_count()) as products
cross join range(least(year(as_of_date()) - 2020, 6)) as years
order by products.range, years.range
