{# A company without lines or without a CRM lacks an input, not a link. #}
with

input_counts as (

    select * from {{ source("lake", "input_counts") }}

)

select
    max(
        case when table_name = 'accounting.invoice_lines' then row_count end
    ) > 0 as has_lines,
    max(case when table_name = 'crm.accounts' then row_count end) > 0
        as has_accounts

from input_counts
