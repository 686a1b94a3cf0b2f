
    
      
    

    create  table
      "warehouse"."core"."fct_revenue_lines__dbt_tmp"
  
  (
    invoice_id TEXT not null,
    line_number integer not null,
    rep_id TEXT not null,
    client_id TEXT,
    product_id TEXT,
    line_kind TEXT,
    document_type TEXT,
    currency TEXT,
    quantity decimal(18,4),
    net_amount decimal(18,4),
    net_revenue decimal(18,4),
    revenue_at_prior_year_rate decimal(18,4),
    cost decimal(18,4),
    flag_mask integer,
    is_primary boolean,
    issued_on date,
    month_start date,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."core"."fct_revenue_lines__dbt_tmp" 
  (
    
      
      
      invoice_id ,
    
      
      
      line_number ,
    
      
      
      rep_id ,
    
      
      
      client_id ,
    
      
      
      product_id ,
    
      
      
      line_kind ,
    
      
      
      document_type ,
    
      
      
      currency ,
    
      
      
      quantity ,
    
      
      
      net_amount ,
    
      
      
      net_revenue ,
    
      
      
      revenue_at_prior_year_rate ,
    
      
      
      cost ,
    
      
      
      flag_mask ,
    
      
      
      is_primary ,
    
      
      
      issued_on ,
    
      
      
      month_start ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select invoice_id, line_number, rep_id, client_id, product_id, line_kind, document_type, currency, quantity, net_amount, net_revenue, revenue_at_prior_year_rate, cost, flag_mask, is_primary, issued_on, month_start, reliability_reasons, run_id
    from (
        with

documents as (

    select * from "warehouse"."intermediate"."int_documents"

),

document_reps as (

    select * from "warehouse"."intermediate"."int_document_reps"

),

lines as (

    select * from "warehouse"."staging"."stg_accounting__invoice_lines"

),

products as (

    select product_id from "warehouse"."staging"."stg_accounting__products"

),

reps as (

    select distinct rep_id from "warehouse"."staging"."stg_crm__reps"

),

detail as (

    select
        documents.invoice_id,
        lines.line_number,
        'line' as line_kind,
        lines.product_id,
        documents.document_sign * lines.quantity as quantity,
        documents.document_sign * lines.net_amount as net_amount,
        documents.document_sign * lines.cost_amount as cost_amount,
        case
            when lines.product_id is not null and products.product_id is null
                then 32
            else 0
        end as line_flag_mask

    from documents

    inner join lines
        on documents.invoice_id = lines.invoice_id

    left join products
        on lines.product_id = products.product_id

),


balance as (

    select
        invoice_id,
        0 as line_number,
        case
            when line_count = 0 then 'document without lines'
            else 'difference to header'
        end as line_kind,
        cast(null as TEXT) as product_id,
        cast(null as decimal(18, 4)) as quantity,
        difference_amount as net_amount,
        cast(null as decimal(18, 4)) as cost_amount,
        0 as line_flag_mask

    from documents

    where difference_amount <> 0 or line_count = 0

),

all_rows as (

    select * from detail
    union all
    select * from balance

),

converted as (

    select
        all_rows.invoice_id,
        all_rows.line_number,
        all_rows.line_kind,
        all_rows.product_id,
        all_rows.quantity,
        all_rows.net_amount,
        documents.document_type,
        documents.client_id,
        documents.issued_on,
        documents.month_start,
        documents.currency,
        documents.flag_mask + all_rows.line_flag_mask as flag_mask,
        cast(round(cast(all_rows.net_amount as decimal(19, 4)) * documents.exchange_rate, 4) as decimal(18, 4))
            as net_revenue,
        cast(round(cast(all_rows.net_amount as decimal(19, 4)) * documents.prior_year_exchange_rate, 4) as decimal(18, 4)) as revenue_at_prior_year_rate,
        cast(round(cast(all_rows.cost_amount as decimal(19, 4)) * documents.exchange_rate, 4) as decimal(18, 4))
            as cost

    from all_rows

    inner join documents
        on all_rows.invoice_id = documents.invoice_id

),

credited as (

    select
        converted.invoice_id,
        converted.line_number,
        document_reps.rep_id,
        converted.client_id,
        converted.product_id,
        converted.line_kind,
        converted.document_type,
        converted.currency,
        document_reps.is_primary,
        converted.issued_on,
        converted.month_start,
        
        cast(round(cast(converted.quantity as decimal(19, 4)) * document_reps.share_to, 4) as decimal(18, 4))
    - cast(round(cast(converted.quantity as decimal(19, 4)) * document_reps.share_from, 4) as decimal(18, 4)) as quantity,
        
        cast(round(cast(converted.net_amount as decimal(19, 4)) * document_reps.share_to, 4) as decimal(18, 4))
    - cast(round(cast(converted.net_amount as decimal(19, 4)) * document_reps.share_from, 4) as decimal(18, 4)) as net_amount,
        
        cast(round(cast(converted.net_revenue as decimal(19, 4)) * document_reps.share_to, 4) as decimal(18, 4))
    - cast(round(cast(converted.net_revenue as decimal(19, 4)) * document_reps.share_from, 4) as decimal(18, 4)) as net_revenue,
        
        cast(round(cast(converted.revenue_at_prior_year_rate as decimal(19, 4)) * document_reps.share_to, 4) as decimal(18, 4))
    - cast(round(cast(converted.revenue_at_prior_year_rate as decimal(19, 4)) * document_reps.share_from, 4) as decimal(18, 4)) as revenue_at_prior_year_rate,
        
        cast(round(cast(converted.cost as decimal(19, 4)) * document_reps.share_to, 4) as decimal(18, 4))
    - cast(round(cast(converted.cost as decimal(19, 4)) * document_reps.share_from, 4) as decimal(18, 4)) as cost,
        
        converted.flag_mask + case
            when
                reps.rep_id is null and document_reps.rep_id <> 'unassigned'
                then 16
            else 0
        end as flag_mask

    from converted

    inner join document_reps
        on converted.invoice_id = document_reps.invoice_id

    left join reps
        on document_reps.rep_id = reps.rep_id

)

select
    invoice_id,
    cast(line_number as integer) as line_number,
    rep_id,
    client_id,
    product_id,
    line_kind,
    document_type,
    currency,
    cast(quantity as decimal(18, 4)) as quantity,
    cast(net_amount as decimal(18, 4)) as net_amount,
    cast(net_revenue as decimal(18, 4)) as net_revenue,
    cast(revenue_at_prior_year_rate as decimal(18, 4)) as revenue_at_prior_year_rate,
    cast(cost as decimal(18, 4)) as cost,
    cast(flag_mask as integer) as flag_mask,
    is_primary,
    issued_on,
    month_start,
    concat_ws(
        ', ',
        case when (flag_mask & 1) <> 0 then 'invoice_without_lines' end,
        case when (flag_mask & 2) <> 0 then 'lines_do_not_tie' end,
        case when (flag_mask & 4) <> 0 then 'unmatched_client' end,
        case when (flag_mask & 8) <> 0 then 'missing_exchange_rate' end,
        case when (flag_mask & 16) <> 0 then 'unknown_rep' end,
        case when (flag_mask & 32) <> 0 then 'unknown_product' end
    ) as reliability_reasons,
    'r1' as run_id

from credited
    ) as model_subq
    );
  