with

input_counts as (

    select * from "warehouse"."lake"."input_counts"

),

mart_inputs as (

    select
        cast(null as TEXT) as mart,
        cast(null as TEXT) as table_name

    where 1 = 0

    
    
    
    union all

    select
        'kpi_churn' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_churn' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_client_potential' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'planning.growth_assumptions' as table_name
    
    union all

    select
        'kpi_client_potential' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_client_tiers' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.activities' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.campaigns' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_client_tiers' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_client_value' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_client_value' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_new_business' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_new_business' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_plan_fact' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_plan_fact' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_rep_ltv_cost' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_rep_performance' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.activities' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.campaigns' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.opportunities' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_rep_performance' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_revenue_yoy' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_seasonality' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_seasonality' as mart,
        'planning.sales_targets' as table_name
    
    
    
    union all

    select
        'kpi_win_back' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.activities' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.campaigns' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_win_back' as mart,
        'planning.sales_targets' as table_name
    
    
    

),

absent as (

    select
        mart_inputs.mart,
        string_agg(distinct input_counts.table_name, ', ' order by input_counts.table_name) as absent_inputs

    from mart_inputs

    inner join input_counts
        on mart_inputs.table_name = input_counts.table_name

    where input_counts.row_count = 0

    group by mart_inputs.mart

),

states as (

    
    select
        'kpi_churn' as mart,
        cast(month_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_churn"

    group by cast(month_start as date), reliability_reasons
    union all
    
    select
        'kpi_client_potential' as mart,
        cast(year_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_client_potential"

    group by cast(year_start as date), reliability_reasons
    union all
    
    select
        'kpi_client_tiers' as mart,
        cast(date '2014-06-30' as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_client_tiers"

    group by cast(date '2014-06-30' as date), reliability_reasons
    union all
    
    select
        'kpi_client_value' as mart,
        cast(date '2014-06-30' as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_client_value"

    group by cast(date '2014-06-30' as date), reliability_reasons
    union all
    
    select
        'kpi_new_business' as mart,
        cast(period_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_new_business"

    group by cast(period_start as date), reliability_reasons
    union all
    
    select
        'kpi_plan_fact' as mart,
        cast(period_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_plan_fact"

    group by cast(period_start as date), reliability_reasons
    union all
    
    select
        'kpi_rep_ltv_cost' as mart,
        cast(period_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_rep_ltv_cost"

    group by cast(period_start as date), reliability_reasons
    union all
    
    select
        'kpi_rep_performance' as mart,
        cast(period_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_rep_performance"

    group by cast(period_start as date), reliability_reasons
    union all
    
    select
        'kpi_revenue_yoy' as mart,
        cast(period_start as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_revenue_yoy"

    group by cast(period_start as date), reliability_reasons
    union all
    
    select
        'kpi_seasonality' as mart,
        cast(date '2014-06-30' as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_seasonality"

    group by cast(date '2014-06-30' as date), reliability_reasons
    union all
    
    select
        'kpi_win_back' as mart,
        cast(date '2014-06-30' as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from "warehouse"."marts"."kpi_win_back"

    group by cast(date '2014-06-30' as date), reliability_reasons
    
    

),

summed as (

    select
        mart,
        period_start,
        sum(row_count) as row_count,
        sum(reliable_rows) as reliable_rows,
        sum(caution_rows) as caution_rows,
        sum(unreliable_rows) as unreliable_rows

    from states

    group by mart, period_start

),

single_rules as (

    select
        mart,
        period_start,
        unnest(string_split(reliability_reasons, ', ')) as rule

    from states

    where reliability_reasons <> ''

),

rules as (

    select
        mart,
        period_start,
        string_agg(distinct rule, ', ' order by rule) as rules

    from single_rules

    group by mart, period_start

),

all_marts as (

    
    select 'kpi_churn' as mart
    union all
    
    select 'kpi_client_potential' as mart
    union all
    
    select 'kpi_client_tiers' as mart
    union all
    
    select 'kpi_client_value' as mart
    union all
    
    select 'kpi_new_business' as mart
    union all
    
    select 'kpi_plan_fact' as mart
    union all
    
    select 'kpi_rep_ltv_cost' as mart
    union all
    
    select 'kpi_rep_performance' as mart
    union all
    
    select 'kpi_revenue_yoy' as mart
    union all
    
    select 'kpi_seasonality' as mart
    union all
    
    select 'kpi_win_back' as mart
    
    

)

select
    all_marts.mart,
    summed.period_start,
    cast(coalesce(summed.row_count, 0) as bigint) as row_count,
    cast(coalesce(summed.reliable_rows, 0) as bigint) as reliable_rows,
    cast(coalesce(summed.caution_rows, 0) as bigint) as caution_rows,
    cast(coalesce(summed.unreliable_rows, 0) as bigint) as unreliable_rows,
    coalesce(rules.rules, '') as rules,
    coalesce(absent.absent_inputs, '') as absent_inputs,
    'r1' as run_id

from all_marts

left join summed
    on all_marts.mart = summed.mart

left join rules
    on
        summed.mart = rules.mart
        and summed.period_start = rules.period_start

left join absent
    on all_marts.mart = absent.mart