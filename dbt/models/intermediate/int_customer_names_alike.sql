{#
    Names are compared where a part of them is the same, which is a join by equal keys as
    well; a part that very many accounts share tells nothing.
-#}
with

customers as (

    select * from {{ ref("int_customer_names") }}

),

accounts as (

    select * from {{ ref("int_account_names") }}

),

found as (

    select * from {{ ref("int_customers_found_by_key") }}

),

{# Customers that a rule has led to one client. #}
decided as (

    select customer_id

    from found

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
            and shared_keys.account_count <= 10 * {{ most_sharers() }}

    group by customer_keys.customer_id, shared_keys.account_id

),

compared as (

    select
        in_question.customer_id,
        accounts.account_id,
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

)

select *

from compared

{# A little further apart is for a person to judge. #}
where
    differences <= most_differences + 2
    or (is_in_other_script and has_same_consonants = 1)
