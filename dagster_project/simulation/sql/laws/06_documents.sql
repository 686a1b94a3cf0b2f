-- A document's number is working day x groups + group. A group is a run of as many
-- clients as their rhythm has days, so on each day one of them is due, and each is
-- due once a cycle: which one, on which day, and by whom are all arithmetic.
create table groups as
select
    grp,
    case
        when grp < frequent_groups() then frequent_rhythm()
        when grp < frequent_groups() + regular_groups() then regular_rhythm()
        else rare_rhythm()
    end as rhythm,
    case
        when grp < frequent_groups() then grp * frequent_rhythm()
        when grp < frequent_groups() + regular_groups()
            then frequent_clients() + (grp - frequent_groups()) * regular_rhythm()
        else
            frequent_clients() + regular_clients()
            + (grp - frequent_groups() - regular_groups()) * rare_rhythm()
    end as first_client,
    case
        when grp < frequent_groups() then frequent_clients() - 1
        when grp < frequent_groups() + regular_groups()
            then frequent_clients() + regular_clients() - 1
        else client_count() - 1
    end as last_client
from (select range as grp from range(group_count()));

-- Which of a group's clients is due on a working day, counted from its first one. A
-- group is early in a cycle by up to a quarter of its rhythm, so that nobody buys by
-- the clock.
create macro client_due(grp, rhythm, workday) as
    (workday + cast(hash(grp, workday // rhythm, seed()) % cast(rhythm // 4 + 1 as ubigint) as bigint)) % rhythm;

-- The number of the document a cycle before; NULL in the first cycle.
create macro previous_document(cycle, rhythm, grp, place) as
    case
        when cycle > 0
            then
                (
                    (cycle - 1) * rhythm
                    + (
                        place
                        - cast(hash(grp, cycle - 1, seed()) % cast(rhythm // 4 + 1 as ubigint) as bigint)
                        + rhythm
                    ) % rhythm
                ) * group_count() + grp
    end;

-- Eight documents have 32 lines.
create macro line_count_of(document) as [1, 2, 3, 4, 4, 5, 6, 7][document % 8 + 1];

create macro lines_before(document) as
    document // 8 * 32 + [0, 1, 3, 6, 10, 14, 19, 25][document % 8 + 1];

create macro is_active(workday, joined_on, ended_on, back_on) as
    workday >= joined_on and (workday < ended_on or workday >= back_on);

create macro invoice_id(document) as 10000000 + document;

-- Three documents in a hundred are credit notes; some systems write them with a
-- minus sign and some without, and this company has had both.
create macro is_credit_note(document) as draw(document, 'credit', 100) < 3;

create macro sign_of(document) as
    case when draw(document, 'credit', 100) = 0 then -1 else 1 end;

-- A night also brings documents that are dated up to 40 days back: one in thirty.
create macro days_late(document, workday) as
    case
        when workday >= history_workdays() and draw(document, 'late', 30) = 0
            then 1 + draw(document, 'days late', 40)
        else 0
    end;

-- The documents of the numbers in a relation, in its order, with what their lines are
-- made from. A number whose client is not active that day is no document.
create macro documents(numbers) as table
    select
        due.document,
        due.workday,
        previous_document(
            due.workday // due.rhythm, due.rhythm, due.grp, due.client - due.first_client
        ) as previous_document,
        line_count_of(due.document) as line_count,
        lines_before(due.document) as lines_before,
        sign_of(due.document) as sign,
        cast(hash(due.document, seed()) % 16 as bigint) as first_of_basket,
        workdays.year,
        workdays.day - cast(days_late(due.document, due.workday) as integer) as day,
        workdays.season * clients.size as usual_quantity,
        clients.* exclude (size)
    from (
        select
            numbered.document,
            numbered.workday,
            numbered.grp,
            groups.rhythm,
            groups.first_client,
            groups.first_client + client_due(numbered.grp, groups.rhythm, numbered.workday)
                as client,
            groups.last_client
        from (
            select
                document,
                document // group_count() as workday,
                document % group_count() as grp
            from query_table(numbers)
        ) as numbered
        inner join groups on numbered.grp = groups.grp
    ) as due
    inner join clients on due.client = clients.client
    inner join workdays on due.workday = workdays.workday
    where
        due.client <= due.last_client
        and is_active(due.workday, clients.joined_on, clients.ended_on, clients.back_on);
