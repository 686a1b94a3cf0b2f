-- Clients are numbered from 0: the frequent buyers, the regular ones, the rare
-- ones. Everything about one follows from its number.
create macro country_of(client) as draw(client, 'country', 10);

create macro country_code(country) as
    ['DE', 'AT', 'HU', 'PL', 'RU', 'CN', 'IL', 'GB', 'US', 'FR'][country + 1];

create macro currency_of(country) as
    ['EUR', 'EUR', 'EUR', 'PLN', 'RUB', 'CNY', 'ILS', 'GBP', 'USD', 'EUR'][country + 1];

-- What a euro of the price list is billed as, in thousandths.
create macro price_in_currency(country) as
    [1000, 1000, 1000, 4400, 85000, 7600, 3900, 860, 1120, 1000][country + 1];

create macro tax_percent(country) as
    [19, 20, 27, 23, 20, 13, 17, 20, 0, 20][country + 1];

-- How many times the smallest client's quantities one buys.
create macro size_of(client) as
    1 + draw(client, 'size', 4) * draw(client, 'size too', 5)
    + case when draw(client, 'big', 25) = 0 then 60 else 0 end;

create macro discount_of(client) as 10 * draw(client, 'discount', 13);

create macro terms_of(client) as [14, 30, 30, 45, 60][draw(client, 'terms', 5) + 1];

create macro basket_size(client) as 7 + draw(client, 'basket', 9);

-- The working day a client joined: half were there before the history begins.
create macro joined_on(client) as
    case
        when draw(client, 'joined', 100) < 50 then 0
        else draw(client, 'joined late', history_workdays() * 11 // 10)
    end;

-- The working day a client stopped buying, or none.
create macro ended_on(client) as
    case
        when draw(client, 'ended', 100) < 60 then 1000000
        else joined_on(client) + 40 + draw(client, 'ended late', history_workdays())
    end;

-- Two in five that stopped come back.
create macro back_on(client) as
    case
        when draw(client, 'back', 100) < 60 then 1000000
        else ended_on(client) + 120 + draw(client, 'back late', 200)
    end;

create macro rep_slot_of(client) as draw(client, 'rep', rep_count());

create macro segment_of(client) as
    ['retail', 'wholesale', 'industry', 'public', 'services'][draw(client, 'segment', 5) + 1];

create macro account_id(client) as 'A' || lpad(cast(client as varchar), 7, '0');

create macro customer_id(client) as 20000 + client;

-- What documents are made from, worked out once a client.
create table clients as
select
    client,
    country_of(client) as country,
    joined_on(client) as joined_on,
    ended_on(client) as ended_on,
    back_on(client) as back_on,
    size_of(client) as size,
    1000 - discount_of(client) as price_share,
    price_in_currency(country_of(client)) as price_in_currency,
    basket_size(client) as basket_size
from (select range as client from range(client_count()));
