
    
      
    

    create  table
      "warehouse"."marts"."metric_catalog__dbt_tmp"
  
  (
    metric TEXT not null,
    mart TEXT not null,
    description TEXT,
    formula TEXT,
    unit TEXT,
    grain TEXT,
    owner TEXT,
    inputs TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."metric_catalog__dbt_tmp" 
  (
    
      
      
      metric ,
    
      
      
      mart ,
    
      
      
      description ,
    
      
      
      formula ,
    
      
      
      unit ,
    
      
      
      grain ,
    
      
      
      owner ,
    
      
      
      inputs ,
    
      
      
      run_id 
    
  )
 (
      
    select metric, mart, description, formula, unit, grain, owner, inputs, run_id
    from (
        
with

metrics as (

    select
        cast(null as TEXT) as metric,
        cast(null as TEXT) as mart,
        cast(null as TEXT) as description,
        cast(null as TEXT) as formula,
        cast(null as TEXT) as unit,
        cast(null as TEXT) as grain,
        cast(null as TEXT) as owner,
        cast(null as TEXT) as inputs

    where 1 = 0

    
    
    
    
    
    union all

    select
        'clients_at_start' as metric,
        'kpi_churn' as mart,
        'Active clients at the start of the month.' as description,
        'clients active before the month''s first day and not yet lost' as formula,
        'clients' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'clients_joined' as metric,
        'kpi_churn' as mart,
        'Clients whose first purchase is in the month, unless lost within it.' as description,
        'count of first purchases' as formula,
        'clients' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'clients_lost' as metric,
        'kpi_churn' as mart,
        'Clients at the start that were lost in the month and not back within it.' as description,
        'count of losses' as formula,
        'clients' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'clients_won_back' as metric,
        'kpi_churn' as mart,
        'Clients lost before the month that bought again in it.' as description,
        'count of win-backs' as formula,
        'clients' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'logo_churn_rate' as metric,
        'kpi_churn' as mart,
        'Share of the clients at the start that was lost.' as description,
        'clients_lost / clients_at_start' as formula,
        'ratio' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'lost_revenue' as metric,
        'kpi_churn' as mart,
        'What the lost clients bought in the twelve months to their last purchase.' as description,
        'sum of revenue_before_loss' as formula,
        'reporting currency' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'trailing_revenue' as metric,
        'kpi_churn' as mart,
        'Net revenue of the twelve months before the month.' as description,
        'sum of net revenue of the 12 months before' as formula,
        'reporting currency' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'revenue_churn_rate' as metric,
        'kpi_churn' as mart,
        'Share of a year''s revenue that went with the lost clients.' as description,
        'lost_revenue / trailing_revenue' as formula,
        'ratio' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'churn_alert' as metric,
        'kpi_churn' as mart,
        'Whether the month''s logo churn is unusually high; NULL without clients in the six months before.' as description,
        'logo_churn_rate > alert_factor x rate of the 6 months before' as formula,
        'yes or no' as unit,
        'month x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'revenue' as metric,
        'kpi_client_potential' as mart,
        'Our net revenue in the year.' as description,
        'sum of net revenue' as formula,
        'reporting currency' as unit,
        'client x fiscal year' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'wallet' as metric,
        'kpi_client_potential' as mart,
        'What the client spends in our category in a year: from the CRM, else the median of like clients, else NULL.' as description,
        'CRM wallet, else median of known wallets of the segment' as formula,
        'reporting currency' as unit,
        'client x fiscal year' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'our_share' as metric,
        'kpi_client_potential' as mart,
        'Our share of the wallet; above 1 it is flagged, not clipped.' as description,
        'revenue / wallet' as formula,
        'ratio' as unit,
        'client x fiscal year' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'potential' as metric,
        'kpi_client_potential' as mart,
        'What could be ours.' as description,
        'wallet x attainable_share' as formula,
        'reporting currency' as unit,
        'client x fiscal year' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'headroom' as metric,
        'kpi_client_potential' as mart,
        'What is still to be won of it.' as description,
        'greatest(potential - revenue, 0)' as formula,
        'reporting currency' as unit,
        'client x fiscal year' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'cumulative_share' as metric,
        'kpi_client_tiers' as mart,
        'Share of all positive revenue up to and including this client.' as description,
        'running sum / total' as formula,
        'ratio' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'tier' as metric,
        'kpi_client_tiers' as mart,
        '`tier 1` up to 80% of revenue, `tier 2` the next 10%, `tier 3` the next 5%, else `to develop`; who crosses a line belongs above it.' as description,
        'by the share of the clients ranked above' as formula,
        'tier' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'visits_owed' as metric,
        'kpi_client_tiers' as mart,
        'Visits owed in the cadence window.' as description,
        'floor(window days / days between visits)' as formula,
        'visits' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'calls_owed' as metric,
        'kpi_client_tiers' as mart,
        'Calls owed in it.' as description,
        'floor(window days / days between calls)' as formula,
        'calls' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'visits_made' as metric,
        'kpi_client_tiers' as mart,
        'Visits made in it; NULL where the company logs no activities.' as description,
        'count of visits' as formula,
        'visits' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'calls_made' as metric,
        'kpi_client_tiers' as mart,
        'Calls made in it.' as description,
        'count of calls' as formula,
        'calls' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'is_cadence_kept' as metric,
        'kpi_client_tiers' as mart,
        'Whether what the tier is owed was given: both where it needs both, else either.' as description,
        'visits_made >= visits_owed and/or calls_made >= calls_owed' as formula,
        'yes or no' as unit,
        'client' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'historic_revenue' as metric,
        'kpi_client_value' as mart,
        'All net revenue so far.' as description,
        'sum of net revenue' as formula,
        'reporting currency' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'historic_margin' as metric,
        'kpi_client_value' as mart,
        'All margin so far, over lines whose cost is known; NULL with none.' as description,
        'sum of (net revenue - cost) where cost is known' as formula,
        'reporting currency' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'cost_known_share' as metric,
        'kpi_client_value' as mart,
        'Share of the revenue whose cost is known.' as description,
        'revenue with known cost / historic_revenue' as formula,
        'ratio' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'revenue_12_months' as metric,
        'kpi_client_value' as mart,
        'Net revenue of the trailing twelve months.' as description,
        'sum of net revenue of the trailing 12 months' as formula,
        'reporting currency' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'margin_12_months' as metric,
        'kpi_client_value' as mart,
        'Margin of the trailing twelve months; NULL without known cost.' as description,
        'sum of (net revenue - cost) of the trailing 12 months' as formula,
        'reporting currency' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'segment_churn_rate' as metric,
        'kpi_client_value' as mart,
        'Monthly logo churn of the client''s segment over the last twelve whole months.' as description,
        'sum of clients lost / sum of clients at start' as formula,
        'ratio a month' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'expected_ltv' as metric,
        'kpi_client_value' as mart,
        'Expected lifetime value: 0 for a lost client, NULL where nobody of the segment churned.' as description,
        'margin_12_months / 12 / segment_churn_rate' as formula,
        'reporting currency' as unit,
        'client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'new_revenue' as metric,
        'kpi_new_business' as mart,
        'Revenue of clients in their first twelve months.' as description,
        'sum of net revenue on days before first purchase + 12 months' as formula,
        'reporting currency' as unit,
        'month or quarter x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'standing_revenue' as metric,
        'kpi_new_business' as mart,
        'Revenue of all other clients.' as description,
        'net revenue - new_revenue' as formula,
        'reporting currency' as unit,
        'month or quarter x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'new_revenue_share' as metric,
        'kpi_new_business' as mart,
        'Share of new clients in the revenue.' as description,
        'new_revenue / (new_revenue + standing_revenue)' as formula,
        'ratio' as unit,
        'month or quarter x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'new_clients' as metric,
        'kpi_new_business' as mart,
        'Clients whose first purchase is in the period.' as description,
        'count of first purchases' as formula,
        'clients' as unit,
        'month or quarter x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'plan_low' as metric,
        'kpi_plan_fact' as mart,
        'Low end of the target.' as description,
        'target_low at the month''s exchange rate' as formula,
        'reporting currency' as unit,
        'level x entity x period type x period start' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'plan_high' as metric,
        'kpi_plan_fact' as mart,
        'High end; the low one where there is none.' as description,
        'target_high at the month''s exchange rate' as formula,
        'reporting currency' as unit,
        'level x entity x period type x period start' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'fact' as metric,
        'kpi_plan_fact' as mart,
        'Net revenue of the entity in the target''s days so far.' as description,
        'sum of net revenue from period_start to period_end' as formula,
        'reporting currency' as unit,
        'level x entity x period type x period start' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'attainment' as metric,
        'kpi_plan_fact' as mart,
        'Quota attainment.' as description,
        '1 within the range; below, fact / low; above, fact / high' as formula,
        'ratio' as unit,
        'level x entity x period type x period start' as grain,
        'sales_planning' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'row_count' as metric,
        'kpi_reliability' as mart,
        'Rows.' as description,
        'count of rows' as formula,
        'rows' as unit,
        'mart x period' as grain,
        'data_engineering' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'reliable_rows' as metric,
        'kpi_reliability' as mart,
        'Rows that rest on nothing flagged.' as description,
        'count of reliable rows' as formula,
        'rows' as unit,
        'mart x period' as grain,
        'data_engineering' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'caution_rows' as metric,
        'kpi_reliability' as mart,
        'Rows that rest partly on flagged inputs.' as description,
        'count of caution rows' as formula,
        'rows' as unit,
        'mart x period' as grain,
        'data_engineering' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    union all

    select
        'unreliable_rows' as metric,
        'kpi_reliability' as mart,
        'Rows that rest too much on flagged inputs.' as description,
        'count of unreliable rows' as formula,
        'rows' as unit,
        'mart x period' as grain,
        'data_engineering' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.growth_assumptions, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'clients' as metric,
        'kpi_rep_ltv_cost' as mart,
        'Clients whose latest purchase was made with the rep.' as description,
        'count of clients by rep of latest purchase' as formula,
        'clients' as unit,
        'fiscal year or trailing twelve months x scope x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'client_ltv' as metric,
        'kpi_rep_ltv_cost' as mart,
        'Expected lifetime value of the client list at the period''s end.' as description,
        'sum of expected_ltv over the client list' as formula,
        'reporting currency' as unit,
        'fiscal year or trailing twelve months x scope x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'rep_cost' as metric,
        'kpi_rep_ltv_cost' as mart,
        'What the rep cost in the twelve months to the period''s end; NULL where no cost is known.' as description,
        'sum of rep costs of 12 months' as formula,
        'reporting currency' as unit,
        'fiscal year or trailing twelve months x scope x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'ltv_cost_ratio' as metric,
        'kpi_rep_ltv_cost' as mart,
        'How many times its yearly cost a client list is worth.' as description,
        'client_ltv / rep_cost' as formula,
        'ratio' as unit,
        'fiscal year or trailing twelve months x scope x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'revenue_12_months' as metric,
        'kpi_rep_ltv_cost' as mart,
        'Revenue of the client list in the twelve months to the period''s end.' as description,
        'sum of revenue_12_months over the client list' as formula,
        'reporting currency' as unit,
        'fiscal year or trailing twelve months x scope x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'margin_12_months' as metric,
        'kpi_rep_ltv_cost' as mart,
        'Margin of the client list in those months.' as description,
        'sum of margin_12_months over the client list' as formula,
        'reporting currency' as unit,
        'fiscal year or trailing twelve months x scope x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'plan_fact' as metric,
        'kpi_rep_performance' as mart,
        'Net revenue of the plan''s own days.' as description,
        'sum of net revenue from period_start to period_end of the plans' as formula,
        'reporting currency' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'attainment' as metric,
        'kpi_rep_performance' as mart,
        'Quota attainment.' as description,
        '1 within the range; below, fact / low; above, fact / high' as formula,
        'ratio' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'deals' as metric,
        'kpi_rep_performance' as mart,
        'Invoices credited to the rep first.' as description,
        'count of invoices' as formula,
        'documents' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'average_deal' as metric,
        'kpi_rep_performance' as mart,
        'Revenue of those invoices, each.' as description,
        'net revenue of the invoices / deals' as formula,
        'reporting currency' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'new_clients' as metric,
        'kpi_rep_performance' as mart,
        'Clients whose first purchase was with the rep.' as description,
        'count of first purchases' as formula,
        'clients' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'churned_clients' as metric,
        'kpi_rep_performance' as mart,
        'Clients lost whose last purchase was with the rep.' as description,
        'count of losses' as formula,
        'clients' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'win_rate' as metric,
        'kpi_rep_performance' as mart,
        'Share of closed opportunities that was won; 1 with wins and no losses, NULL with none closed.' as description,
        'won / (won + lost)' as formula,
        'ratio' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'win_rate_by_value' as metric,
        'kpi_rep_performance' as mart,
        'The same by amount.' as description,
        'amount won / (amount won + amount lost)' as formula,
        'ratio' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'sales_cycle_days' as metric,
        'kpi_rep_performance' as mart,
        'Mean days from creation to winning.' as description,
        'sum of days / won' as formula,
        'days' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'activities' as metric,
        'kpi_rep_performance' as mart,
        'Activities logged; NULL where the company logs none.' as description,
        'count of activities' as formula,
        'activities' as unit,
        'month, quarter or fiscal year x rep' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.opportunities, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'net_revenue' as metric,
        'kpi_revenue_yoy' as mart,
        'Net revenue in the reporting currency: documents without tax, credit notes subtracted, at the exchange rate of the month of issue. Nuance: the document''s header is the money; what its lines leave open is in a balancing row.' as description,
        'sum of net revenue of the period' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'prior_revenue' as metric,
        'kpi_revenue_yoy' as mart,
        'Net revenue of the same period one year before; for the running period of the same days. NULL where the data does not reach back.' as description,
        'sum of net revenue of the period one year before' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'difference' as metric,
        'kpi_revenue_yoy' as mart,
        'Net revenue less that of a year before.' as description,
        'net_revenue - prior_revenue' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'price_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'What continuing clients paid more a piece, at this year''s quantities.' as description,
        'sum over products bought in both periods of (price now - price then) x quantity now' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'volume_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'What continuing clients bought more, at last year''s average price.' as description,
        '(quantity now - quantity then) x average price then' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'mix_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'What continuing clients shifted between products, and products bought in one period only.' as description,
        'difference of continuing clients'' product lines - price_effect - volume_effect' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'new_client_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'Revenue of clients that bought in this period and not in the one a year before, decided for the whole company.' as description,
        'sum of revenue of new clients' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'lost_client_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'Revenue a year before of clients that did not buy in this period, as a negative.' as description,
        '-(sum of prior revenue of lost clients)' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'exchange_rate_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'What exchange rates alone changed on continuing clients'' documents.' as description,
        'revenue - revenue at the rates of the same month one year before' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'unsplit_effect' as metric,
        'kpi_revenue_yoy' as mart,
        'Difference on continuing clients'' rows that have no product or quantity, such as what a header has and its lines have not.' as description,
        'difference on rows without product or quantity' as formula,
        'reporting currency' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    union all

    select
        'growth_rate' as metric,
        'kpi_revenue_yoy' as mart,
        'Growth against a year before; NULL unless there was revenue then.' as description,
        'difference / prior_revenue' as formula,
        'ratio' as unit,
        'period type x period x cut x cut id' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'seasonal_weight' as metric,
        'kpi_seasonality' as mart,
        'The month''s share of a year''s revenue; the twelve of a segment add up to 1.' as description,
        'net_revenue / years_revenue' as formula,
        'ratio' as unit,
        'segment x month of the year' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    union all

    select
        'revenue_before_loss' as metric,
        'kpi_win_back' as mart,
        'Net revenue of the twelve months to the last purchase.' as description,
        'sum of net revenue of the 12 months to last_purchase_on' as formula,
        'reporting currency' as unit,
        'lost client' as grain,
        'revenue_analytics' as owner,
        'accounting.customers, accounting.exchange_rates, accounting.invoice_lines, accounting.invoices, accounting.products, accounting.rep_costs, crm.account_assignments, crm.account_merges, crm.accounts, crm.activities, crm.campaigns, crm.reps, crm.territories, planning.sales_targets' as inputs
    
    
    
    
    

)

select
    metric,
    mart,
    description,
    formula,
    unit,
    grain,
    owner,
    inputs,
    'r1' as run_id

from metrics
    ) as model_subq
    );
  