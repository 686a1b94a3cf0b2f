{#-
    Months are the unit of change. A model that says so in its config is built
    anew only for the months that the night touched (int_months_touched), each
    of them whole; a full refresh builds all of them, and gives the same rows.

    The three parts of such a model:
        {{ config(**by_month()) }}
        {{ only_touched_months("month_start") }}  below the table it reads
        a column month_start

    Where more than the month itself decides a month's rows, `touched` names the
    model that says which months are touched then.
-#}
{% macro by_month(touched="int_months_touched") -%}
    {%- set how = {
        "materialized": "incremental",
        "incremental_strategy": "append",
        "on_schema_change": "fail",
        "pre_hook": "{{ forget_touched_months('" ~ touched ~ "') }}",
    } -%}
    {#- A table that is a folder of files can only lose what is a folder of its own. -#}
    {%- if target.type == "spark" -%}
        {%- do how.update({"partition_by": ["month_start"]}) -%}
    {%- endif -%}
    {{ return(how) }}
{%- endmacro %}

{#- A `where` or, in `and`, a further condition; nothing in a full refresh. -#}
{% macro only_touched_months(month_start, keyword="where", touched="int_months_touched") -%}
    {%- set months_touched = ref(touched) -%}
    {%- if is_incremental() -%}
    {{ keyword }} {{ month_start }} in (
        select months_touched.month_start
        from {{ months_touched }} as months_touched
    )
    {%- endif -%}
{%- endmacro %}

{#-
    Takes the touched months out before they are put in again. By the list of
    months and not by the new rows: a month may have none left.
-#}
{% macro forget_touched_months(touched) -%}
    {%- if is_incremental() -%}
        {{ return(adapter.dispatch("forget_months", "sales_kpi")(this, ref(touched))) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__forget_months(relation, months_touched) -%}
    delete from {{ relation }}
    where month_start in (select month_start from {{ months_touched }})
{%- endmacro %}

{#- A month of a Parquet table is a partition, which is dropped as one. -#}
{% macro spark__forget_months(relation, months_touched) -%}
    {%- for row in run_query("select month_start from " ~ months_touched) -%}
        {%- do run_query(
            "alter table " ~ relation ~ " drop if exists partition (month_start = date '"
            ~ row[0] ~ "')"
        ) -%}
    {%- endfor -%}
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
    {%- set remembered = {"loads": "select * from " ~ source("run", "loads")} -%}
    {%- for name, table in resolved_with().items() -%}
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
