with

checks as (

    select * from "warehouse"."quality"."check_results"

    where not has_passed

),

mart_inputs as (

    select
        cast(null as TEXT) as mart,
        cast(null as TEXT) as table_name

    where 1 = 0

    
    
    
    union all

    select
        'dq_findings' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'dq_findings' as mart,
        'planning.sales_targets' as table_name
    
    
    
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
        'kpi_reliability' as mart,
        'accounting.customers' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'accounting.exchange_rates' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'accounting.invoice_lines' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'accounting.invoices' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'accounting.products' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'accounting.rep_costs' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.account_assignments' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.account_merges' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.accounts' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.activities' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.campaigns' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.opportunities' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.reps' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'crm.territories' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
        'planning.growth_assumptions' as table_name
    
    union all

    select
        'kpi_reliability' as mart,
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
    
    
    
    
    

)

select
    mart_inputs.mart,
    string_agg(distinct case when not (
        checks.check_name like 'newest_month_%'
        or checks.check_name like '%_are_fresh'
    ) then checks.check_name end, ', ' order by case when not (
        checks.check_name like 'newest_month_%'
        or checks.check_name like '%_are_fresh'
    ) then checks.check_name end) as warnings,
    string_agg(distinct case when (
        checks.check_name like 'newest_month_%'
        or checks.check_name like '%_are_fresh'
    ) then checks.check_name end, ', ' order by case when (
        checks.check_name like 'newest_month_%'
        or checks.check_name like '%_are_fresh'
    ) then checks.check_name end) as newest_warnings

from mart_inputs

inner join checks
    on mart_inputs.table_name = checks.table_name

group by mart_inputs.mart