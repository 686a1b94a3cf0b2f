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

-- The working day a slot moves to the next team's territory, or none.
create macro moves_on(slot) as
    case
        when draw(slot, 'moves', 100) < 20 then 200 + draw(slot, 'moves late', 900)
        else 1000000
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
