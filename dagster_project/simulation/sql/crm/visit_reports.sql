select
    activity_id(number) as activity_id,
    case
        when draw(number, 'purpose', 10) > 0
            then ['order', 'new products', 'complaint', 'collection'][
                draw(number, 'which purpose', 4) + 1
            ]
    end as purpose,
    draw(number, 'prearranged', 10) < 7 as is_prearranged,
    case
        when draw(number, 'display', 10) > 1
            then ['full', 'gaps', 'none'][draw(number, 'which display', 3) + 1]
    end as display_state,
    cast(draw(number, 'own stock', 200) as decimal(9, 0)) as own_stock,
    case when draw(number, 'other stock', 10) > 2 then cast(draw(number, 'stock', 300) as decimal(9, 0)) end
        as competitor_stock,
    'Visit ' || number || ': range and terms discussed' as summary,
    case when draw(number, 'next', 10) > 2 then 'send an offer' end as next_step
from (
    select range as number
    from range(first_in_flow(workday_count(), activity_count()))
)
where activity_type(number) = 'visit' and draw(number, 'reported', 10) < 9
