{#-
    The clients that are outlets, each beside those like it: of the same segment and
    size that bought something in the trailing year.
-#}
{%- set settings = var("focus_list") -%}

with

clients as (

    select * from {{ ref("dim_clients") }}

    {% if settings.outlet_segments -%}
    where segment in {{ text_list(settings.outlet_segments) }}
    {%- endif %}

),

tiers as (

    select * from {{ ref("kpi_client_tiers") }}

),

buying as (

    select
        clients.client_id,
        clients.segment,
        coalesce(clients.size_band, 'unknown') as size_band,
        tiers.revenue_12_months

    from clients

    inner join tiers
        on clients.client_id = tiers.client_id

    where tiers.revenue_12_months > 0

),

like_outlets as (

    select
        segment,
        size_band,
        {{ median_money("revenue_12_months") }} as median_revenue,
        count(*) as outlets

    from buying

    group by segment, size_band

)

select
    buying.client_id,
    buying.segment,
    buying.size_band,
    buying.revenue_12_months,
    like_outlets.median_revenue,
    like_outlets.outlets as like_outlets

from buying

inner join like_outlets
    on
        buying.segment = like_outlets.segment
        and buying.size_band = like_outlets.size_band
