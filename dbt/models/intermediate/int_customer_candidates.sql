with

accounts as (

    select * from {{ ref("int_account_names") }}

),

found_by_key as (

    select * from {{ ref("int_customers_found_by_key") }}

),

alike as (

    select * from {{ ref("int_customer_names_alike") }}

),

found_by_likeness as (

    select
        customer_id,
        client_id,
        'name_spelling' as match_rule,
        differences,
        is_allowed
        and differences <= most_differences
        and differences
        = min(differences) over (partition by customer_id) as is_allowed

    from alike

    where differences <= most_differences + 2

    union all

    select
        customer_id,
        client_id,
        'name_other_script' as match_rule,
        differences,
        is_allowed

    from alike

    where is_in_other_script and has_same_consonants = 1

),

all_found as (

    select
        customer_id,
        client_id,
        match_rule,
        0 as differences,
        is_allowed

    from found_by_key

    union all

    select * from found_by_likeness

),

found as (

    select
        customer_id,
        client_id,
        match_rule,
        min(differences) as differences,
        max(case when is_allowed then 1 else 0 end) = 1 as is_allowed

    from all_found

    group by customer_id, client_id, match_rule

),

parents as (

    select distinct
        client_id,
        parent_client_id

    from accounts

    where parent_client_id <> client_id

)

select
    found.customer_id,
    found.client_id,
    found.match_rule,
    case found.match_rule
        {% for rule in match_rules() -%}
        when '{{ rule }}' then {{ loop.index }}
        {% endfor -%}
    end as preference,
    found.differences,
    found.is_allowed,
    {#- Where both a branch and its parent are found, the parent is meant. #}
    parent_found.client_id is not null as is_branch

from found

left join parents
    on found.client_id = parents.client_id

left join found as parent_found
    on
        parents.parent_client_id = parent_found.client_id
        and found.customer_id = parent_found.customer_id
        and found.match_rule = parent_found.match_rule
        and parent_found.is_allowed
