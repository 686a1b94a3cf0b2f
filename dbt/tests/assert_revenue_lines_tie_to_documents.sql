-- A returned row is a counted document whose revenue lines, over all reps and
-- the balancing row, are not its header's net amount exactly; or lines of no
-- document.
with

line_sums as (

    select
        invoice_id,
        sum(net_amount) as lines_amount

    from {{ ref("fct_revenue_lines") }}

    group by invoice_id

),

documents as (

    select
        invoice_id,
        net_amount

    from {{ ref("int_documents") }}

)

select
    documents.invoice_id,
    documents.net_amount,
    line_sums.invoice_id as lines_of,
    line_sums.lines_amount

from documents

full outer join line_sums
    on documents.invoice_id = line_sums.invoice_id

where coalesce(documents.net_amount <> line_sums.lines_amount, true)
