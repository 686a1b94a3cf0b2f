-- An account is merged into one with a smaller number, so merges never go in a circle.
select
    account_id(client) as merged_account_id,
    account_id(draw(client, 'survivor', client)) as surviving_account_id
from (
    select client from clients
    where client > 20 and joined_on = 0 and draw(client, 'merged', 60) = 0
    union
    select 20 + draw(night, 'merge of a night', client_count() * 4 // 10 - 20)
    from (select unnest(range(night_count())) as night)
)
order by client
