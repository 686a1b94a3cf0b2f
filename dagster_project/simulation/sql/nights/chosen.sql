-- The documents that a night corrects, and how each: seven in ten of the last sixty
-- working days, the rest of any time, or all within some old months.
create or replace temp table candidates as
with
drawn as (
    select
        nth,
        case
            when len($months) > 0
                then
                    workday_at(cast(($months)[nth % len($months) + 1] as date))
                    + draw($night * 100000 + nth, 'day of month', 20)
            when nth % 10 < 7
                then $first_workday - 1 - draw($night * 100000 + nth, 'recent', 60)
            else draw($night * 100000 + nth, 'old', $first_workday)
        end as workday
    from (select unnest(range(8 * $count)) as nth)
),
numbered as (
    select
        workday * group_count() + draw($night * 100000 + nth, 'group', group_count()) as document,
        min(nth) as nth
    from drawn
    group by document
)
select * from numbered
where invoice_id(document) not in (select invoice_id from corrected_before);

create or replace temp table chosen as
select
    document,
    case
        -- Moved to another month it would touch one that was not asked for.
        when len($months) > 0 and rank % 8 = 1 then 'amount'
        else [
            'amount', 'date', 'client', 'rep', 'currency', 'price', 'line withdrawn', 'voided'
        ][rank % 8 + 1]
    end as correction
from (
    select
        documents.document,
        row_number() over (order by candidates.nth) - 1 as rank
    from documents('candidates') as documents
    inner join candidates on documents.document = candidates.document
    where not is_voided(documents.document) and not is_draft(documents.document)
)
where rank < $count
order by document;
