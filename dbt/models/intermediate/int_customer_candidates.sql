{#
    Every rule is a join by equal keys, so that a million customers find their accounts
    in seconds; names that are only alike are compared where a part of them is the same.
    A key that more accounts share than `sharers` tells nothing.
-#}
{%- set sharers = 50 -%}

with

customers as (

    select * from {{ ref("int_customer_names") }}

),

accounts as (

    select * from {{ ref("int_account_names") }}

),

{# Rows without a key are counted together and join nothing. #}
accounts_by_key as (

    select
        *,
        count(*) over (partition by tax_id) as tax_id_count,
        count(*) over (partition by domain) as domain_count,
        count(*) over (partition by normalised_name) as name_count

    from accounts

),

decisions as (

    select * from {{ source("lake", "matching_decisions") }}

),

found_by_key as (

    select
        decisions.customer_id,
        accounts.client_id,
        'decision' as match_rule,
        0 as differences,
        true as is_allowed

    from decisions

    inner join accounts
        on decisions.account_id = accounts.account_id

    union all

    select
        customers.customer_id,
        accounts.client_id,
        'given_link' as match_rule,
        0 as differences,
        true as is_allowed

    from customers

    inner join accounts
        on customers.crm_account_id = accounts.account_id

    {% for rule, key, is_allowed in [
        ("tax_id", "tax_id", "true"),
        ("domain", "domain", "true"),
        ("name", "normalised_name", same_country("customers", "keyed")),
    ] %}
    union all

    select
        customers.customer_id,
        keyed.client_id,
        '{{ rule }}' as match_rule,
        0 as differences,
        {{ is_allowed }} as is_allowed

    from customers

    inner join accounts_by_key as keyed
        on
            customers.{{ key }} = keyed.{{ key }}
            and keyed.{{ rule }}_count <= {{ sharers }}
    {% endfor %}

),

{# Customers that a rule has led to one client. #}
decided as (

    select customer_id

    from found_by_key

    where is_allowed

    group by customer_id, match_rule

    having count(distinct client_id) = 1

),

in_question as (

    select customers.*

    from customers

    where
        customers.spelling is not null
        and customers.customer_id not in (
            select decided.customer_id from decided
        )

),

customer_keys as (

    {% for name, key, condition in name_keys() %}
    select
        in_question.customer_id,
        '{{ name }}' as key_name,
        {{ key }} as key_value

    from in_question

    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

wanted_keys as (

    select distinct
        key_name,
        key_value

    from customer_keys

),

account_keys as (

    {% for name, key, condition in name_keys() %}
    select
        accounts.account_id,
        '{{ name }}' as key_name,
        {{ key }} as key_value

    from accounts

    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

shared_keys as (

    select
        account_keys.*,
        count(*) over (
            partition by account_keys.key_name, account_keys.key_value
        ) as account_count

    from account_keys

    inner join wanted_keys
        on
            account_keys.key_name = wanted_keys.key_name
            and account_keys.key_value = wanted_keys.key_value

),

pairs as (

    select
        customer_keys.customer_id,
        shared_keys.account_id,
        max(
            case when shared_keys.key_name = 'consonants' then 1 else 0 end
        ) as has_same_consonants

    from customer_keys

    inner join shared_keys
        on
            customer_keys.key_name = shared_keys.key_name
            and customer_keys.key_value = shared_keys.key_value
            and shared_keys.account_count <= {{ 10 * sharers }}

    group by customer_keys.customer_id, shared_keys.account_id

),

compared as (

    select
        in_question.customer_id,
        accounts.client_id,
        pairs.has_same_consonants,
        {{ letters_apart("in_question.spelling", "accounts.spelling") }}
            as differences,
        {{ letters_allowed("in_question.spelling") }} as most_differences,
        {{ is_latin("in_question.normalised_name") }}
        <> {{ is_latin("accounts.normalised_name") }} as is_in_other_script,
        {#- Two tax ids that differ are two companies, alike or not. #}
        coalesce(in_question.tax_id = accounts.tax_id, true)
        and {{ has_same_digits("in_question", "accounts") }} as is_allowed

    from pairs

    inner join in_question
        on pairs.customer_id = in_question.customer_id

    inner join accounts
        on pairs.account_id = accounts.account_id

    where {{ same_country("in_question", "accounts") }}

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

    from compared

    {# A little further apart is for a person to judge. #}
    where differences <= most_differences + 2

    union all

    select
        customer_id,
        client_id,
        'name_other_script' as match_rule,
        differences,
        is_allowed

    from compared

    where is_in_other_script and has_same_consonants = 1

),

all_found as (

    select * from found_by_key
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
