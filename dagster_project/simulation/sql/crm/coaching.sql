select
    rep_id_at(slot, workday) as rep_id,
    day_of(workday) as coached_on,
    ['negotiation', 'planning', 'product', 'questions'][draw(slot * 10000 + workday, 'topic', 4) + 1]
        as topic
from (
    select workdays.workday, slots.range as slot
    from workdays
    cross join range(rep_count()) as slots
    where workdays.is_first_of_day
)
where draw(slot * 10000 + workday, 'coached', 130) = 0
order by workday, slot
