-- How a document ends. One in a hundred is voided, one in three hundred stays a draft,
-- one in twenty-five is never paid.
create macro is_voided(document) as draw(document, 'voided', 100) = 0;

create macro is_draft(document) as draw(document, 'draft', 300) = 1;

create macro is_paid(document) as
    not is_voided(document)
    and not is_draft(document)
    and draw(document, 'unpaid', 25) > 0;

-- Days from the due day to the last payment: by client early or late, and a few days
-- by document.
create macro payment_delay(document, client) as
    cast(draw(client, 'delay', 30) - 8 + draw(document, 'delay', 10) as integer);

create macro status_of(document, client, due_on) as
    case
        when is_voided(document) then 'voided'
        when is_draft(document) then 'draft'
        when is_paid(document) and due_on + payment_delay(document, client) <= as_of_date()
            then 'paid'
        else 'open'
    end;
