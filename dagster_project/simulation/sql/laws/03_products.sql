-- List price in the year 2021, in euro cents: many cheap products, few dear ones.
create macro first_price(product) as
    (draw(product, 'price one', 90) + 8) * (draw(product, 'price two', 60) + 4);

-- What a price has risen to since 2021, in thousandths.
create macro price_level(year) as
    [1000, 1025, 1080, 1120, 1150, 1180, 1180, 1180][year + 1];

-- Cost in thousandths of the list price; a few products are sold at a loss.
create macro cost_level(product) as
    case
        when draw(product, 'loss', 40) = 0 then 1060
        else 420 + draw(product, 'cost', 380)
    end;

-- One product in twenty is a service, billed for the month.
create macro is_service(product) as product % 20 = 7;

create macro product_id(product) as 1000 + product;

-- What lines are made from, worked out once: by product * 8 + year.
create table price_lists as
select
    list(
        first_price(product_year // 8) * price_level(product_year % 8) // 1000
        order by product_year
    ) as prices,
    list(cost_level(product_year // 8) order by product_year) as cost_levels
from (select range as product_year from range(product_count() * 8));
