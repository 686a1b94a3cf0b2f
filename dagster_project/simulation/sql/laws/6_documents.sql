-- A document's number is working day x groups + group. A group is a run of as many
-- clients as their rhythm has days, so on each day one of them is due, and each is
-- due once a cycle: which one, on which day, and by whom are all arithmetic.
create macro rhythm_of(grp) as
    case
        when grp < frequent_groups() then frequent_rhythm()
        when grp < frequent_groups() + regular_groups() then regular_rhythm()
        else rare_rhythm()
    end;

create macro first_client_of(grp) as
    case
        when grp < frequent_groups() then grp * frequent_rhythm()
        when grp < frequent_groups() + regular_groups()
            then frequent_clients() + (grp - frequent_groups()) * regular_rhythm()
        else
            frequent_clients() + regular_clients()
            + (grp - frequent_groups() - regular_groups()) * rare_rhythm()
    end;

create macro last_client_of(grp) as
    case
        when grp < frequent_groups() then frequent_clients() - 1
        when grp < frequent_groups() + regular_groups()
            then frequent_clients() + regular_clients() - 1
        else client_count() - 1
    end;

-- How many days a group is early in a cycle: up to a quarter of its rhythm.
create macro early_by(grp, cycle, rhythm) as
    cast(hash(grp, cycle, seed()) % (rhythm // 4 + 1) as bigint);

-- Eight documents have 32 lines.
create macro line_count_of(document) as [1, 2, 3, 4, 4, 5, 6, 7][document % 8 + 1];

create macro lines_before(document) as
    document // 8 * 32 + [0, 1, 3, 6, 10, 14, 19, 25][document % 8 + 1];

create macro document_of_line(line) as
    line // 32 * 8 + [
        0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7
    ][line % 32 + 1];

create macro invoice_id(document) as 10000000 + document;

-- Three documents in a hundred are credit notes; some systems write them with a
-- minus sign and some without, and this company has had both.
create macro is_credit_note(document) as draw(document, 'credit', 100) < 3;

create macro sign_of(document) as
    case when draw(document, 'credit', 100) = 0 then -1 else 1 end;

create macro quantity_of(line, size, workday) as
    greatest(
        (1 + cast(hash(line, seed()) % 9 as bigint)) * size * season(workday) // 100, 1
    );

-- In cents of the client's currency. The basket is the client's own few products.
create macro product_of(client, basket, document, nth) as
    cast(
        hash(
            client,
            (cast(hash(document, seed()) % 16 as bigint) + nth) % basket,
            seed()
        ) % product_count() as bigint
    );

create macro unit_price_of(product, year, discount, country) as
    first_price(product) * price_level(year) // 1000
    * (1000 - discount) // 1000
    * price_in_currency(country) // 1000 + 1;

create macro unit_cost_of(product, year, country) as
    first_price(product) * price_level(year) // 1000
    * cost_level(product) // 1000
    * price_in_currency(country) // 1000;

-- The documents from one working day to before another, with their client.
create macro documents(first_workday, end_workday) as table
    select
        document,
        workday,
        grp,
        cycle,
        client,
        country_of(client) as country
    from (
        select
            document,
            workday,
            grp,
            cycle,
            first_client_of(grp)
            + (workday + early_by(grp, cycle, rhythm)) % rhythm as client
        from (
            select *, rhythm_of(grp) as rhythm, workday // rhythm_of(grp) as cycle
            from (
                select
                    range as document,
                    range // group_count() as workday,
                    range % group_count() as grp
                from range(first_workday * group_count(), end_workday * group_count())
            )
        )
    )
    where client <= last_client_of(grp) and is_active(client, workday);
