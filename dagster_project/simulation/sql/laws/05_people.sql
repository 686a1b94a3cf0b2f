-- A slot is a place in the sales force: its holder may leave, and another comes.
create macro holder_changes_on(slot) as
    case
        when draw(slot, 'leaves', 100) < 35
            then 130 + draw(slot, 'leaves late', history_workdays())
        else 1000000
    end;

create macro rep_id_of(slot, holder) as 100 + 10 * slot + holder;

-- Who holds a slot on a working day.
create macro rep_id_at(slot, workday) as
    rep_id_of(slot, case when workday >= holder_changes_on(slot) then 1 else 0 end);

create macro team_of(slot) as slot // reps_a_team();

create macro team_count() as (rep_count() + reps_a_team() - 1) // reps_a_team();

create macro manager_id(team) as 9000000 + team;

create macro director_id(team) as 9900000 + team // 12;

-- The working day a slot moves to the next team's territory: one in five within the
-- history, the others one after another in the nights.
create macro moves_on(slot) as
    case
        when draw(slot, 'moves', 100) < 20 then 200 + draw(slot, 'moves late', 900)
        else history_workdays() + draw(slot, 'moves at night', 5 * rep_count())
    end;

create macro team_at(slot, workday) as
    case
        when workday >= moves_on(slot) then (team_of(slot) + 1) % team_count()
        else team_of(slot)
    end;

create macro territory_id(team, district) as
    'T' || lpad(cast(team as varchar), 3, '0') || '-' || district;

create macro territory_root(team) as 'T' || lpad(cast(team as varchar), 3, '0');

-- A rep's cost of a month, in euro cents.
create macro salary_of(rep_id, year) as
    (280000 + 1000 * draw(rep_id, 'salary', 220)) * (100 + 4 * year) // 100;

-- Whose client one is: one in twelve moved to another slot, and each night one more.
create table client_slots as
with
moves as (
    select client, min(moved_on) as moved_on
    from (
        select client, 100 + draw(client, 'moved on', 1000) as moved_on
        from clients
        where draw(client, 'moved', 12) = 0
        union all
        select draw(night, 'moved at night', client_count()), history_workdays() + night
        from (select unnest(range(workday_count() - history_workdays())) as night)
    )
    group by client
),
stretches as (
    select
        clients.client,
        clients.joined_on,
        rep_slot_of(clients.client) as first_slot,
        coalesce(moves.moved_on, 1000000) as moved_on
    from clients
    left join moves on clients.client = moves.client
    where clients.joined_on < workday_count()
)
select
    client,
    first_slot as slot,
    joined_on as slot_from,
    case when moved_on > joined_on then moved_on else 1000000 end as slot_to
from stretches
union all
select client, (first_slot + 3) % rep_count(), moved_on, 1000000
from stretches
where moved_on > joined_on and moved_on < workday_count()
order by client, slot_from;

-- Every client there is today with its slot of today. A night brings a new client that
-- follows no rhythm.
create table known_clients as
select client, min(slot_from) as known_on, arg_max(slot, slot_from) as slot
from client_slots
group by client
union all
select
    client_count() + night,
    history_workdays() + night,
    rep_slot_of(client_count() + night)
from (select unnest(range(night_count())) as night)
order by client;
