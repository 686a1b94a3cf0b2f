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
    A quotient of decimals as a decimal of eight places. One division of exact
    values comes out alike on every engine, and sums of decimals do not depend on
    the order of their rows; sums of doubles would.
-#}
{% macro exact_quotient(numerator, denominator) -%}
    {{ return(adapter.dispatch("exact_quotient", "sales_kpi")(numerator, denominator)) }}
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

{% macro default__exact_quotient(numerator, denominator) -%}
    cast({{ ratio(numerator, denominator) }} as decimal(28, 8))
{%- endmacro %}

{#-
    As DuckDB makes a decimal of a double: scaled, moved a hair away from zero,
    rounded. Spark would make it of the double's text, which at a tie is another.
-#}
{% macro spark__exact_quotient(numerator, denominator) -%}
    {%- set quotient = ratio(numerator, denominator) -%}
    cast(
        cast(
            rint({{ quotient }} * 1e8D + signum({{ quotient }}) * 1e-9D)
            as decimal(28, 0)
        ) * cast('0.00000001' as decimal(8, 8)) as decimal(28, 8)
    )
{%- endmacro %}
