{#-
    The unit of change is one client's month. A model that says so in its config is
    built anew only for the clients' months that the night touched
    (int_client_months_touched), each of them whole; a full refresh builds all of
    them, and gives the same rows.

    The three parts of such a model:
        {{ config(**by_client_month()) }}
        {{ only_touched() }}  below the table it reads
        columns client_id and month_start, the month last

    Where more than its own documents decides a client's month, `touched` names the
    model that says which are touched then. A model of periods has a `period_start`
    instead, and says so with `starts`.
-#}
{% macro by_client_month(
    touched="int_client_months_touched", starts="month_start"
) -%}
    {%- set how = {
        "materialized": "incremental",
        "incremental_strategy": "append",
        "on_schema_change": "fail",
        "pre_hook": "{{ forget_touched('" ~ touched ~ "', '" ~ starts ~ "') }}",
    } -%}
    {#- A table that is a folder of files can only lose what is a folder of its own. -#}
    {%- if target.type == "spark" -%}
        {%- do how.update({"partition_by": [starts]}) -%}
    {%- endif -%}
    {{ return(how) }}
{%- endmacro %}

{#-
    A `where` or, in `and` or `or`, a further condition; nothing in a full refresh.
    The client and the first day are named where they are not columns of these names.
-#}
{% macro only_touched(
    keyword="where",
    client_id="client_id",
    first_day=none,
    touched="int_client_months_touched",
    starts="month_start"
) -%}
    {%- set what_is_touched = ref(touched) -%}
    {%- if is_incremental() -%}
    {{ keyword }} {{ adapter.dispatch("is_touched", "sales_kpi")(
        client_id, first_day or starts, what_is_touched, starts
    ) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__is_touched(client_id, first_day, touched, starts) -%}
    ({{ client_id }}, {{ first_day }}) in (
        select
            touched.client_id,
            touched.{{ starts }}
        from {{ touched }} as touched
    )
{%- endmacro %}

{#- What is forgotten is a month of all clients, so that is what is built again. -#}
{% macro spark__is_touched(client_id, first_day, touched, starts) -%}
    {{ first_day }} in (
        select touched.{{ starts }} from {{ touched }} as touched
    )
{%- endmacro %}

{#-
    Takes the touched rows out before they are put in again. By the list of what was
    touched and not by the new rows: a client's month may have none left.
-#}
{% macro forget_touched(touched, starts) -%}
    {%- if is_incremental() -%}
        {{ return(adapter.dispatch("forget_touched", "sales_kpi")(
            this, ref(touched), starts
        )) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__forget_touched(relation, touched, starts) -%}
    delete from {{ relation }}
    where {{ duckdb__is_touched("client_id", starts, touched, starts) }}
{%- endmacro %}

{#- A month of a Parquet table is a partition, which is dropped as one. -#}
{% macro spark__forget_touched(relation, touched, starts) -%}
    {%- set partitions = [] -%}
    {%- for row in run_query("select distinct " ~ starts ~ " from " ~ touched) -%}
        {%- do partitions.append("partition (" ~ starts ~ " = date '" ~ row[0] ~ "')") -%}
    {%- endfor -%}
    {%- if partitions -%}
    alter table {{ relation }} drop if exists
        {{ partitions | join(", ") }}
    {%- endif -%}
{%- endmacro %}

{#- The clients' months whose rows this build makes, where it is not a full one. -#}
{% macro built_again() -%}
    {%- set documents = ref("int_documents") -%}
    select
        client_id,
        month_start
    from {{ ref("int_client_months_touched") }}
    {%- if is_incremental() %}
    {{ adapter.dispatch("built_beside", "sales_kpi")(documents) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__built_beside(documents) -%}
{%- endmacro %}

{#- With the month of one client, that of every other was forgotten. -#}
{% macro spark__built_beside(documents) -%}
    union
    select
        client_id,
        month_start
    from {{ documents }}
    {{ only_touched() }}
{%- endmacro %}

{#-
    What a document is resolved with, beside its own record: small tables that are
    built whole every night. Where a row of one of them changed, so did every
    document that was resolved with it, however old.
-#}
{% macro resolved_with() -%}
    {{ return({
        "customers": {
            "model": "int_customers_matched",
            "columns": ["customer_id", "client_id", "is_matched"],
        },
        "exchange_rates": {
            "model": "int_exchange_rates_monthly",
            "columns": ["currency", "month_start", "exchange_rate"],
        },
        "assignments": {
            "model": "int_client_assignments",
            "columns": [
                "client_id", "rep_id", "credit_share", "valid_from", "valid_to"
            ],
        },
        "owners": {
            "model": "history_account_owners",
            "columns": ["account_id", "owner_rep_id", "version", "known_from"],
        },
        "inputs": {
            "model": "int_inputs_present",
            "columns": ["has_lines", "has_accounts"],
        },
        "products": {
            "model": "stg_accounting__products",
            "columns": ["product_id", "category"],
        },
        "reps": {"model": "stg_crm__reps", "columns": ["rep_id"]},
    }) }}
{%- endmacro %}

{#- The calendar, which grows with the as-of date; remembered beside those tables. -#}
{% macro calendar() -%}
    {{ return({
        "model": "int_period_months",
        "columns": ["period_type", "period_start", "month_start"],
    }) }}
{%- endmacro %}

{#- Every month of the calendar in its periods; of the last complete build's too. -#}
{% macro periods_now_and_then(is_full) -%}
    {%- set columns = calendar().columns | join(", ") -%}
    select {{ columns }} from {{ ref(calendar().model) }}
    {%- if not is_full %}
    union
    select {{ columns }} from {{ as_left("built", "calendar") }}
    {%- endif %}
{%- endmacro %}

{#-
    A table as a build before left it; none where there is none. Not a ref: what
    it names is made after the model that asks.
-#}
{% macro as_left(schema, name) -%}
    {{ return(load_relation(api.Relation.create(
        database=target.get("database"), schema=schema, identifier=name
    ))) }}
{%- endmacro %}

{#- Whether this build starts from nothing. -#}
{% macro is_full_build() -%}
    {{ return(
        flags.FULL_REFRESH
        or as_left("built", "context") is none
        or as_left("intermediate", "int_documents") is none
    ) }}
{%- endmacro %}

{#-
    Remembers what this build was made of, once all of it was built and no test
    failed: the next build compares itself with the last complete one. The context
    goes first and comes last: a memory that was broken off half way is none.
-#}
{% macro remember_complete_build(results) -%}
    {#- Named before anything is asked, so that dbt sees the references. -#}
    {%- set remembered = {
        "loads": "select * from " ~ source("run", "loads"),
        "orphan_invoices": "select * from " ~ ref("int_orphan_invoices"),
    } -%}
    {%- set tables = dict(resolved_with(), calendar=calendar()) -%}
    {%- for name, table in tables.items() -%}
        {%- do remembered.update({
            name: "select distinct " ~ table.columns | join(", ") ~ " from " ~ ref(table.model)
        }) -%}
    {%- endfor -%}
    {%- do remembered.update({"context": "select * from " ~ source("run", "context")}) -%}
    {%- if execute and is_complete_build(results) -%}
        {%- do run_query("create schema if not exists built") -%}
        {%- do run_query("drop table if exists built.context") -%}
        {%- for name, rows in remembered.items() -%}
            {%- do run_query("drop table if exists built." ~ name) -%}
            {%- do run_query("create table built." ~ name ~ " as " ~ rows) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- Whether every model was built and nothing failed. -#}
{% macro is_complete_build(results) -%}
    {%- set good = results
        | selectattr("status", "in", ["success", "pass", "warn", "no-op"]) | list -%}
    {%- set models = graph.nodes.values()
        | selectattr("resource_type", "equalto", "model") | list -%}
    {%- set built_models = good
        | selectattr("node.resource_type", "equalto", "model") | list -%}
    {{ return(
        flags.WHICH == "build"
        and good | length == results | length
        and built_models | length == models | length
    ) }}
{%- endmacro %}
