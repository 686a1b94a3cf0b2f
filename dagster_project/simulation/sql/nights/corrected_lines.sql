select
    lines.* exclude (is_last) replace (
        case
            when chosen.correction = 'line withdrawn' and is_last then 0
            when chosen.correction = 'amount' and lines.line_number = 1
                then lines.quantity + sign(lines.quantity)
            else lines.quantity
        end as quantity,
        case
            when chosen.correction = 'price' and lines.line_number = 1
                then lines.unit_price + 1
            else lines.unit_price
        end as unit_price,
        case
            when chosen.correction = 'line withdrawn' and is_last then 0
            when chosen.correction = 'amount' and lines.line_number = 1
                then lines.net_amount + sign(lines.quantity) * lines.unit_price
            when chosen.correction = 'price' and lines.line_number = 1
                then lines.net_amount + lines.quantity
            else lines.net_amount
        end as net_amount,
        case
            when chosen.correction = 'line withdrawn' and is_last then 0
            else lines.cost_amount
        end as cost_amount
    )
from (
    select
        *,
        line_number = max(line_number) over (partition by invoice_id) as is_last
    from ($lines)
) as lines
inner join chosen on lines.invoice_id = invoice_id(chosen.document)
order by lines.invoice_id, lines.line_number
