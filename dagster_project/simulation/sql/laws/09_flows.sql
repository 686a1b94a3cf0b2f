-- Leads, deals and activities come evenly: so many in the whole history. The number
-- of one tells the working day it came, and a night's numbers follow the history's.
create macro workday_in_flow(number, count) as number * history_workdays() // count;

create macro first_in_flow(workday, count) as
    (workday * count + history_workdays() - 1) // history_workdays();

create macro lead_count() as 3 * client_count();
create macro opportunity_count() as 2 * client_count();

-- A time of a working day between eight and six.
create macro moment(number, workday) as
    cast(day_of(workday) as timestamp)
    + to_seconds(cast(28800 + draw(number, 'second', 36000) as bigint));

create macro lead_id(number) as 'L' || lpad(cast(number as varchar), 8, '0');
create macro opportunity_id(number) as 'O' || lpad(cast(number as varchar), 8, '0');
create macro activity_id(number) as 'V' || lpad(cast(number as varchar), 8, '0');
create macro campaign_id(number) as 'M' || lpad(cast(number as varchar), 3, '0');

-- A client that the company knew on a working day: one that was there from the start.
create table first_clients as
select list(client order by client) as numbers from clients where joined_on = 0;

create macro account_known_on(number, workday) as
    (select numbers from first_clients)[
        draw(number, 'whose', (select len(numbers) from first_clients)) + 1
    ];

-- A deal goes through five stages to its end, or is lost on the way.
create macro is_won(number) as draw(number, 'won', 100) < 35;
create macro last_stage(number) as
    case when is_won(number) then 4 else 1 + draw(number, 'lost at', 4) end;
create macro days_a_stage(number) as 4 + draw(number, 'days a stage', 16);
create macro stages_reached(number, workday) as
    least((workday_count() - 1 - workday) // days_a_stage(number), last_stage(number));
create macro stage_name(number, stage) as
    case
        when stage = last_stage(number) then case when is_won(number) then 'won' else 'lost' end
        else ['discovery', 'qualified', 'proposal', 'negotiation'][stage + 1]
    end;

create view opportunities as
select number, workday, account_known_on(number, workday) as client
from (
    select range as number, workday_in_flow(range, opportunity_count()) as workday
    from range(first_in_flow(workday_count(), opportunity_count()))
);

create macro activity_type(number) as
    ['call', 'call', 'call', 'call', 'repeat call', 'repeat call', 'meeting', 'visit', 'visit', 'proposal'][
        draw(number, 'activity', 10) + 1
    ];

create macro is_entered_call(number) as
    activity_type(number) in ('call', 'repeat call') and draw(number, 'entered', 40) = 0;
