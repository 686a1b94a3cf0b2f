{# A merge of a merge ends at the last survivor; the depth bounds a cycle. #}
with

accounts as (

    select * from {{ ref("stg_crm__accounts") }}

),

account_merges as (

    select * from {{ ref("stg_crm__account_merges") }}

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
            {%- for step in range(var("chain_depth"), 0, -1) %}
            merge_{{ step }}.surviving_account_id,
            {%- endfor %}
            merged_ids.account_id
        ) as client_id

    from merged_ids

    {% for step in range(1, var("chain_depth") + 1) %}
    left join account_merges as merge_{{ step }}
        on
            merge_{{ step }}.merged_account_id
            = {% if loop.first %}merged_ids.account_id{% else -%}
            merge_{{ step - 1 }}.surviving_account_id{% endif %}
    {% endfor %}

)

select
    survivors.account_id,
    survivors.client_id

from survivors
