
    
      
    

    create  table
      "warehouse"."marts"."dq_findings__dbt_tmp"
  
  (
    source TEXT,
    table_name TEXT,
    file TEXT,
    row_number bigint,
    record_key TEXT,
    column_name TEXT,
    value TEXT,
    rule TEXT,
    severity TEXT,
    amount decimal(18,4),
    action TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."dq_findings__dbt_tmp" 
  (
    
      
      
      source ,
    
      
      
      table_name ,
    
      
      
      file ,
    
      
      
      row_number ,
    
      
      
      record_key ,
    
      
      
      column_name ,
    
      
      
      value ,
    
      
      
      rule ,
    
      
      
      severity ,
    
      
      
      amount ,
    
      
      
      action ,
    
      
      
      run_id 
    
  )
 (
      
    select source, table_name, file, row_number, record_key, column_name, value, rule, severity, amount, action, run_id
    from (
        with

set_aside as (

    select * from "warehouse"."lake"."findings"

),

kept as (

    select * from "warehouse"."intermediate"."int_record_findings"

),

findings as (

    select
        source,
        table_name,
        file,
        row_number,
        record_key,
        column_name,
        value,
        rule,
        'error' as severity,
        amount,
        'set aside' as action

    from set_aside

    union all

    select
        _source as source,
        table_name,
        _file as file,
        _row as row_number,
        record_key,
        column_name,
        value,
        rule,
        case
            when rule in ('orphan_invoice_line', 'missing_exchange_rate')
                then 'error'
            else 'warning'
        end as severity,
        amount,
        action

    from kept

)

select
    source,
    table_name,
    file,
    row_number,
    record_key,
    column_name,
    value,
    rule,
    severity,
    cast(amount as decimal(18, 4)) as amount,
    action,
    'r1' as run_id

from findings
    ) as model_subq
    );
  