select
    invoice_id(document) as invoice_id,
    cast(nth + 1 as integer) as line_number,
    product_id(product) as product_id,
    cast(quantity as decimal(9, 0)) as quantity,
    money(price) as unit_price,
    money(net) as net_amount,
    money(cost) as cost_amount,
    is_service(product) as is_recurring,
    case when is_service(product) then cast(date_trunc('month', day) as date) end
        as service_from,
    case when is_service(product) then last_day(day) end as service_to
from lines('$numbers')
