-- A client's basket is a few products of its own; a document takes some in a row.
create macro product_of(client, basket_size, first_of_basket, nth) as
    cast(
        hash(client, (first_of_basket + nth) % basket_size, seed())
        % cast(product_count() as ubigint) as bigint
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
--
-- Products are looked up in lists and not joined: DuckDB 2.0 may set a few rows of an
-- unnested relation aside in a join and give them last, out of their order.
create macro lines(numbers) as table
    select
        *,
        quantity * price as net,
        quantity * unit_cost as cost
    from (
        select
            document,
            nth,
            day,
            product,
            quantity_of(lines_before, nth, usual_quantity) * sign as quantity,
            price_of(prices[product_year + 1], price_share, price_in_currency) as price,
            cost_of(prices[product_year + 1], cost_levels[product_year + 1], price_in_currency)
                as unit_cost
        from (
            select *, product * 8 + year as product_year
            from (
                select *, product_of(client, basket_size, first_of_basket, nth) as product
                from (
                    select documents.*, unnest(range(documents.line_count)) as nth
                    from documents(numbers) as documents
                )
            )
        )
        cross join price_lists
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
                        prices[
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
        cross join price_lists
    );
