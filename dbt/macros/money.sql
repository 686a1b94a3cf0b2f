{#- Money as every table holds it. -#}
{% macro money(amount) -%}
    cast({{ amount }} as decimal(18, 4))
{%- endmacro %}

{#- Money rounded half away from zero to four places. -#}
{% macro rounded_money(amount) -%}
    cast(round({{ amount }}, 4) as decimal(18, 4))
{%- endmacro %}

{#- Money as it is paid out: rounded half away from zero to two places. -#}
{% macro rounded_cents(amount) -%}
    cast(round({{ amount }}, 2) as decimal(18, 4))
{%- endmacro %}

{#-
    An amount times a rate or share, rounded. The amount is widened first: engines
    keep a product of two narrow decimals as narrow as they are, and overflow. Most
    rates are 1, the reporting currency's own, and wide arithmetic is slow.
-#}
{% macro money_times(amount, rate) -%}
    case
        when {{ rate }} = 1 then {{ money(amount) }}
        else {{ rounded_money("cast(" ~ amount ~ " as decimal(19, 4)) * " ~ rate) }}
    end
{%- endmacro %}

{#-
    The median of money. The mean of the middle two may have a place more than money:
    DuckDB would cut it off, and Spark makes a double of it, which is not quite it.
-#}
{% macro median_money(amount) -%}
    {%- set place_more = "decimal(19, 5)" -%}
    {{ rounded_money(
        "cast(" ~ median("cast(" ~ amount ~ " as " ~ place_more ~ ")")
        ~ " as " ~ place_more ~ ")"
    ) }}
{%- endmacro %}

{#- a / b as a double; NULL where b is zero or missing. -#}
{% macro ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{#-
    The part of an amount between two cumulated shares. Parts of neighbouring
    shares add up to the amount exactly, whatever the shares are. Most have no
    neighbour, and the whole amount needs no wide arithmetic.
-#}
{% macro share_of(amount, share_from, share_to) -%}
    case
        when {{ share_from }} = 0 and {{ share_to }} = 1 then {{ money(amount) }}
        else
            {{ money_times(amount, share_to) }}
            - {{ money_times(amount, share_from) }}
    end
{%- endmacro %}

{#-
    A double as a decimal of eight places, alike on every engine to the last of them:
    moved by eight places as a double, then rounded half away from zero.
-#}
{% macro decimal_of_double(value) -%}
    {{ return(adapter.dispatch("decimal_of_double", "sales_kpi")(value)) }}
{%- endmacro %}

{% macro default__decimal_of_double(value) -%}
    cast({{ value }} as decimal(28, 8))
{%- endmacro %}

{#-
    Spark would make the decimal of the double's shortest text, which at a tie, and
    beyond 15 digits, is another number. A bigint it makes of the double itself: of
    multiples of 2^32 and of what is left, since eight places of a large sum of money
    are too many for one. What is left is rounded by the whole of twice its fraction.
-#}
{% macro spark__decimal_of_double(value) -%}
    {%- set units = "(" ~ value ~ ") * 1e8D" -%}
    {%- set high = "cast(" ~ units ~ " / 4294967296D as bigint)" -%}
    {%- set low = "(" ~ units ~ " - " ~ high ~ " * 4294967296D)" -%}
    cast(
        cast(
            cast({{ high }} as decimal(19, 0)) * cast(4294967296 as decimal(10, 0))
            + cast({{ low }} as bigint)
            + cast(({{ low }} - cast({{ low }} as bigint)) * 2 as bigint)
            as decimal(28, 0)
        ) * cast('0.00000001' as decimal(8, 8)) as decimal(28, 8)
    )
{%- endmacro %}

{#-
    A quotient of decimals as a decimal of eight places. One division of exact
    values comes out alike on every engine, and sums of decimals do not depend on
    the order of their rows; sums of doubles would.
-#}
{% macro exact_quotient(numerator, denominator) -%}
    {{ decimal_of_double(ratio(numerator, denominator)) }}
{%- endmacro %}

{#-
    a * b / c in the same way. The product is one of doubles: of decimals with four
    places DuckDB keeps eight places and Spark six.
-#}
{% macro quotient_of_product(factor, other_factor, divisor) -%}
    {{ exact_quotient(
        "cast(" ~ factor ~ " as double) * cast(" ~ other_factor ~ " as double)",
        divisor,
    ) }}
{%- endmacro %}
