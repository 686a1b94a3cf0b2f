
    
      
    

    create  table
      "warehouse"."core"."dim_clients__dbt_tmp"
  
  (
    client_id TEXT not null,
    ultimate_parent_id TEXT,
    territory_id TEXT,
    owner_rep_id TEXT,
    client_name TEXT,
    segment TEXT,
    size_band TEXT,
    territory_name TEXT,
    country TEXT,
    acquisition_channel TEXT,
    wallet_currency TEXT,
    wallet_amount decimal(18,4),
    is_matched boolean,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."core"."dim_clients__dbt_tmp" 
  (
    
      
      
      client_id ,
    
      
      
      ultimate_parent_id ,
    
      
      
      territory_id ,
    
      
      
      owner_rep_id ,
    
      
      
      client_name ,
    
      
      
      segment ,
    
      
      
      size_band ,
    
      
      
      territory_name ,
    
      
      
      country ,
    
      
      
      acquisition_channel ,
    
      
      
      wallet_currency ,
    
      
      
      wallet_amount ,
    
      
      
      is_matched ,
    
      
      
      run_id 
    
  )
 (
      
    select client_id, ultimate_parent_id, territory_id, owner_rep_id, client_name, segment, size_band, territory_name, country, acquisition_channel, wallet_currency, wallet_amount, is_matched, run_id
    from (
        with

accounts as (

    select * from "warehouse"."staging"."stg_crm__accounts"

),

survivors as (

    select * from "warehouse"."intermediate"."int_accounts_survived"

),

customers as (

    select * from "warehouse"."intermediate"."int_customers_matched"

),

territories as (

    select * from "warehouse"."staging"."stg_crm__territories"

),

parents as (

    select
        accounts.account_id,
        parent_survivors.client_id as parent_client_id

    from accounts

    inner join survivors as parent_survivors
        on accounts.parent_account_id = parent_survivors.account_id

),

surviving_accounts as (

    select
        accounts.*,
        parents.parent_client_id

    from accounts

    inner join survivors
        on
            accounts.account_id = survivors.account_id
            and accounts.account_id = survivors.client_id

    left join parents
        on accounts.account_id = parents.account_id

),

with_ultimate_parent as (

    select
        surviving_accounts.*,
        coalesce(
            parent_5.parent_client_id,
            parent_4.parent_client_id,
            parent_3.parent_client_id,
            parent_2.parent_client_id,
            parent_1.parent_client_id,
            surviving_accounts.parent_client_id,
            surviving_accounts.account_id
        ) as ultimate_parent_id

    from surviving_accounts

    
    left join parents as parent_1
        on
            parent_1.account_id
            = surviving_accounts.parent_client_id
    
    left join parents as parent_2
        on
            parent_2.account_id
            = parent_1.parent_client_id
    
    left join parents as parent_3
        on
            parent_3.account_id
            = parent_2.parent_client_id
    
    left join parents as parent_4
        on
            parent_4.account_id
            = parent_3.parent_client_id
    
    left join parents as parent_5
        on
            parent_5.account_id
            = parent_4.parent_client_id
    

),

unmatched as (

    select
        client_id,
        min(coalesce(customer_name, 'Customer ' || customer_id)) as client_name

    from customers

    where not is_matched

    group by client_id

),

clients as (

    select
        account_id as client_id,
        account_name as client_name,
        ultimate_parent_id,
        segment,
        size_band,
        territory_id,
        country,
        acquisition_channel,
        owner_rep_id,
        wallet_amount,
        wallet_currency,
        true as is_matched

    from with_ultimate_parent

    union all

    select
        client_id,
        client_name,
        client_id as ultimate_parent_id,
        null as segment,
        null as size_band,
        null as territory_id,
        null as country,
        null as acquisition_channel,
        null as owner_rep_id,
        null as wallet_amount,
        null as wallet_currency,
        false as is_matched

    from unmatched

)

select
    clients.client_id,
    clients.ultimate_parent_id,
    coalesce(clients.territory_id, 'unknown') as territory_id,
    clients.owner_rep_id,
    clients.client_name,
    coalesce(clients.segment, 'unknown') as segment,
    clients.size_band,
    coalesce(territories.territory_name, clients.territory_id, 'unknown')
        as territory_name,
    clients.country,
    coalesce(clients.acquisition_channel, 'unknown') as acquisition_channel,
    clients.wallet_currency,
    cast(clients.wallet_amount as decimal(18, 4)) as wallet_amount,
    clients.is_matched,
    'r1' as run_id

from clients

left join territories
    on clients.territory_id = territories.territory_id
    ) as model_subq
    );
  