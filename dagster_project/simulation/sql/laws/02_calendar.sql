-- The company sells on Mondays to Fridays. Working day 0 is Monday 2021-01-04;
-- the history's last, 1302, is Wednesday 2025-12-31. A night plays further
-- working days, all dated that night.
create macro day_of(workday) as
    case
        when workday < history_workdays()
            then date '2021-01-04' + cast(workday // 5 * 7 + workday % 5 as integer)
        else night_days()[workday - history_workdays() + 1]
    end;

-- 0 for 2021, by the number of working days of each year.
create macro year_of(workday) as
    case
        when workday < 260 then 0
        when workday < 520 then 1
        when workday < 780 then 2
        when workday < 1042 then 3
        when workday < 1303 then 4
        else 5
    end;

-- The working day that a day falls on, or the next one.
create macro workday_at(day) as
    (day - date '2021-01-04') // 7 * 5 + least((day - date '2021-01-04') % 7, 5);

-- What is bought in a twelfth of the selling year, in percent of the mean.
create macro season(workday) as
    [78, 84, 106, 108, 104, 96, 86, 80, 108, 114, 120, 116][workday % 261 * 12 // 261 + 1];

create table workdays as
select
    workday,
    day_of(workday) as day,
    year_of(workday) as year,
    season(workday) as season,
    -- A heavy night plays several working days on one day.
    workday < history_workdays()
    or workday = history_workdays()
    or day_of(workday) > day_of(workday - 1) as is_first_of_day
from (select range as workday from range(workday_count()));
