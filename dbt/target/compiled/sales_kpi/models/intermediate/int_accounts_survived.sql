
with

accounts as (

    select * from "warehouse"."staging"."stg_crm__accounts"

),

account_merges as (

    select * from "warehouse"."staging"."stg_crm__account_merges"

),

merged_ids as (

    select account_id from accounts
    union
    select merged_account_id as account_id from account_merges

),

survivors as (

    select
        merged_ids.account_id,
        coalesce(
            merge_5.surviving_account_id,
            merge_4.surviving_account_id,
            merge_3.surviving_account_id,
            merge_2.surviving_account_id,
            merge_1.surviving_account_id,
            merged_ids.account_id
        ) as client_id

    from merged_ids

    
    left join account_merges as merge_1
        on
            merge_1.merged_account_id
            = merged_ids.account_id
    
    left join account_merges as merge_2
        on
            merge_2.merged_account_id
            = merge_1.surviving_account_id
    
    left join account_merges as merge_3
        on
            merge_3.merged_account_id
            = merge_2.surviving_account_id
    
    left join account_merges as merge_4
        on
            merge_4.merged_account_id
            = merge_3.surviving_account_id
    
    left join account_merges as merge_5
        on
            merge_5.merged_account_id
            = merge_4.surviving_account_id
    

)

select
    survivors.account_id,
    survivors.client_id

from survivors