
    

    create  table
      "warehouse"."intermediate"."int_record_findings__dbt_tmp"
  
    
    as (
      
with

documents as (

    select * from "warehouse"."intermediate"."int_documents"

),

document_reps as (

    select * from "warehouse"."intermediate"."int_document_reps"

),

reps as (

    select distinct rep_id from "warehouse"."staging"."stg_crm__reps"

),

invoices as (

    select invoice_id from "warehouse"."staging"."stg_accounting__invoices"

),

lines as (

    select * from "warehouse"."staging"."stg_accounting__invoice_lines"

),

products as (

    select product_id from "warehouse"."staging"."stg_accounting__products"

),

document_findings as (

    
    select
        _source,
        _file,
        _row,
        'accounting.invoices' as table_name,
        invoice_id as record_key,
        cast(null as TEXT) as column_name,
        cast(null as TEXT) as value,
        'invoice_without_lines' as rule,
        net_amount as amount,
        'kept' as action

    from documents

    where (flag_mask & 1) <> 0

    union all
    
    select
        _source,
        _file,
        _row,
        'accounting.invoices' as table_name,
        invoice_id as record_key,
        'net_amount' as column_name,
        cast(difference_amount as TEXT) as value,
        'lines_do_not_tie' as rule,
        net_amount as amount,
        'kept' as action

    from documents

    where (flag_mask & 2) <> 0

    union all
    
    select
        _source,
        _file,
        _row,
        'accounting.invoices' as table_name,
        invoice_id as record_key,
        'customer_id' as column_name,
        client_id as value,
        'unmatched_client' as rule,
        net_amount as amount,
        'kept' as action

    from documents

    where (flag_mask & 4) <> 0

    union all
    
    select
        _source,
        _file,
        _row,
        'accounting.invoices' as table_name,
        invoice_id as record_key,
        'currency' as column_name,
        currency as value,
        'missing_exchange_rate' as rule,
        net_amount as amount,
        'kept' as action

    from documents

    where (flag_mask & 8) <> 0

    union all
    

    select
        documents._source,
        documents._file,
        documents._row,
        'accounting.invoices' as table_name,
        documents.invoice_id as record_key,
        'rep_id' as column_name,
        document_reps.rep_id as value,
        'unknown_rep' as rule,
        documents.net_amount as amount,
        'kept' as action

    from documents

    inner join document_reps
        on documents.invoice_id = document_reps.invoice_id

    left join reps
        on document_reps.rep_id = reps.rep_id

    where reps.rep_id is null and document_reps.rep_id <> 'unassigned'

),

line_findings as (

    select
        lines._source,
        lines._file,
        lines._row,
        'accounting.invoice_lines' as table_name,
        lines.invoice_id
        || ' | '
        || cast(lines.line_number as TEXT) as record_key,
        case
            when invoices.invoice_id is null then 'invoice_id'
            else 'product_id'
        end as column_name,
        case
            when invoices.invoice_id is null then lines.invoice_id
            else lines.product_id
        end as value,
        case
            when invoices.invoice_id is null then 'orphan_invoice_line'
            else 'unknown_product'
        end as rule,
        lines.net_amount as amount,
        case
            when invoices.invoice_id is null then 'left out'
            else 'kept'
        end as action

    from lines

    left join invoices
        on lines.invoice_id = invoices.invoice_id

    left join documents
        on lines.invoice_id = documents.invoice_id

    left join products
        on lines.product_id = products.product_id

    where
        invoices.invoice_id is null
        or (
            documents.invoice_id is not null
            and lines.product_id is not null
            and products.product_id is null
        )

)

select * from document_findings

union all

select * from line_findings
    );
    
  