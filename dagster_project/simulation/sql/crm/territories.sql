select
    case when district < 0 then territory_root(team) else territory_id(team, district) end
        as territory_id,
    case
        when district < 0 then 'Region ' || (team + 1)
        else 'District ' || (team + 1) || '.' || (district + 1)
    end as territory_name,
    case when district >= 0 then territory_root(team) end as parent_territory_id
from (
    select teams.range as team, districts.range as district
    from range(team_count()) as teams
    cross join range(-1, 4) as districts
)
order by team, district
