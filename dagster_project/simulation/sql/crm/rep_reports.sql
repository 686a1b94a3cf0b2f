-- A report of every working day, forgotten one day in twelve and now and then late.
select
    rep_id_at(slot, workday) as rep_id,
    day_of(workday) as report_date,
    moment(slot * 10000 + workday, workday)
    + to_days(case when draw(slot * 10000 + workday, 'late report', 15) = 0 then 2 else 0 end)
        as submitted_at
from (
    select workdays.workday, slots.range as slot
    from workdays
    cross join range(rep_count()) as slots
    where workdays.is_first_of_day
)
where draw(slot * 10000 + workday, 'forgotten', 12) > 0
order by workday, slot
