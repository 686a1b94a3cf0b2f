-- The lines of the documents from one working day to before another, in the order
-- of the documents. Cents are of the client's currency.
create macro lines(first_workday, end_workday) as table
    select
        *,
        quantity * price * sign as net,
        quantity * unit_cost_of(product, year, country) * sign as cost
    from (
        select
            *,
            unit_price_of(product, year, discount_of(client), country) as price
        from (
            select
                document,
                line - lines_before(document) + 1 as line_number,
                workday,
                client,
                country_of(client) as country,
                year_of(workday) as year,
                sign_of(document) as sign,
                product_of(client, basket_size(client), document, line - lines_before(document))
                    as product,
                quantity_of(line, size_of(client), workday) as quantity
            from (
                select
                    line,
                    document,
                    workday,
                    first_client_of(grp)
                    + (workday + early_by(grp, workday // rhythm, rhythm)) % rhythm as client,
                    grp
                from (
                    select *, rhythm_of(grp) as rhythm
                    from (
                        select
                            line,
                            document,
                            document // group_count() as workday,
                            document % group_count() as grp
                        from (
                            select range as line, document_of_line(range) as document
                            from range(
                                lines_before(first_workday * group_count()),
                                lines_before(end_workday * group_count())
                            )
                        )
                    )
                )
            )
            where client <= last_client_of(grp) and is_active(client, workday)
        )
    );

-- A document's lines added up, in cents, without generating them.
create macro line_net(document, nth, client, basket, size, workday, year, discount, country) as
    case
        when nth < line_count_of(document)
            then
                quantity_of(lines_before(document) + nth, size, workday)
                * unit_price_of(
                    product_of(client, basket, document, nth), year, discount, country
                )
        else 0
    end;
create macro document_net(document, client, basket, size, workday, year, discount, country) as
    line_net(document, 0, client, basket, size, workday, year, discount, country)
    + line_net(document, 1, client, basket, size, workday, year, discount, country)
    + line_net(document, 2, client, basket, size, workday, year, discount, country)
    + line_net(document, 3, client, basket, size, workday, year, discount, country)
    + line_net(document, 4, client, basket, size, workday, year, discount, country)
    + line_net(document, 5, client, basket, size, workday, year, discount, country)
    + line_net(document, 6, client, basket, size, workday, year, discount, country);

-- Documents with what they are worth, in cents of the client's currency.
create macro valued_documents(first_workday, end_workday) as table
    select
        *,
        document_net(
            document,
            client,
            basket_size(client),
            size_of(client),
            workday,
            year_of(workday),
            discount_of(client),
            country
        ) * sign_of(document) as net
    from documents(first_workday, end_workday);
