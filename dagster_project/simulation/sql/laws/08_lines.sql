-- A client's basket is a few products of its own; a document takes some in a row.
create macro product_of(client, basket_size, first_of_basket, nth) as
    cast(
        hash(client, (first_of_basket + nth) % basket_size, seed()) % product_count() as bigint
    );

create macro quantity_of(lines_before, nth, usual_quantity) as
    greatest(
        (1 + cast(hash(lines_before + nth, seed()) % 9 as bigint)) * usual_quantity // 100, 1
    );

-- In cents of the client's currency, as everything below.
create macro price_of(list_price, price_share, price_in_currency) as
    list_price * price_share // 1000 * price_in_currency // 1000 + 1;

create macro cost_of(list_price, cost_level, price_in_currency) as
    list_price * cost_level // 1000 * price_in_currency // 1000;

-- The lines of the documents of the numbers in a relation, in its order.
create macro lines(numbers) as table
    select
        *,
        quantity * price as net,
        quantity * unit_cost as cost
    from (
        select
            bought.document,
            bought.nth,
            bought.day,
            bought.product,
            quantity_of(bought.lines_before, bought.nth, bought.usual_quantity) * bought.sign
                as quantity,
            price_of(products.price, bought.price_share, bought.price_in_currency) as price,
            cost_of(products.price, products.cost_level, bought.price_in_currency) as unit_cost
        from (
            select
                *,
                product_of(client, basket_size, first_of_basket, nth) * 8 + year as product_year,
                product_of(client, basket_size, first_of_basket, nth) as product
            from (
                select *, unnest(range(line_count)) as nth
                from documents(numbers)
            )
        ) as bought
        inner join products on bought.product_year = products.product_year
    );

-- Documents with their lines' sum as net.
create macro valued_documents(numbers) as table
    select
        * replace (cast(net as bigint) as net)
    from (
        select
            documents.*,
            list_sum(
                list_transform(
                    range(documents.line_count),
                    lambda nth: quantity_of(
                        documents.lines_before, nth, documents.usual_quantity
                    )
                    * price_of(
                        products_by_number[
                            product_of(
                                documents.client,
                                documents.basket_size,
                                documents.first_of_basket,
                                nth
                            ) * 8 + documents.year + 1
                        ],
                        documents.price_share,
                        documents.price_in_currency
                    )
                )
            ) * documents.sign as net
        from documents(numbers) as documents
        cross join (select list(price order by product_year) as products_by_number from products)
    );
