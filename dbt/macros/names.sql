{#-
    Names of companies, so that two spellings of one can be told to be one. Each macro
    makes an expression of a column and is the same text on every engine.
-#}

{#- A text in lower case without marks, and without points and quotes, which join letters. -#}
{% macro plain_letters(name) -%}
    {%- set marked = "àáâãäåāăąæçćčďđèéêëēęěģìíîïīįķĺļľłñńņňòóôõöøōőœŕřśşšșţťțùúûüūůűųýÿźżžё" -%}
    {%- set plain = "aaaaaaaaaacccddeeeeeeegiiiiiikllllnnnnooooooooorrsssstttuuuuuuuuyyzzzе" -%}
    replace(
        translate(lower({{ name }}), '{{ marked }}.''"’`´׳״', '{{ plain }}'), 'ß', 'ss'
    )
{%- endmacro %}

{#-
    A company's name without case, marks, punctuation and legal form, its words parted by
    single blanks, in the script it is written in. NULL where nothing is left of it.

    Legal forms (`matching.legal_forms`) are dropped where they begin or end a name; in
    Chinese, which parts no words, where they end it.
-#}
{% macro normalised_name(name) -%}
    {%- set words = [] -%}
    {%- set endings = [] -%}
    {%- for form in var("matching").legal_forms -%}
        {%- do (endings if form >= "㐀" else words).append(form) -%}
    {%- endfor -%}
    {%- set words = "( (" ~ words | join("|") ~ "))+" -%}
    {%- set endings = "(" ~ endings | join("|") ~ ")+" if endings else "" -%}
    {%- set parted = regex_replaced(plain_letters(name), "[^\\p{L}\\p{N}]+", " ") -%}
    nullif(
        trim(
            {{ regex_replaced(
                "concat(' ', trim(" ~ parted ~ "), ' ')",
                "^" ~ words ~ " |" ~ words ~ " $|" ~ endings ~ " $",
                " "
            ) }}
        ),
        ''
    )
{%- endmacro %}

{#-
    An identifier without case, blanks and punctuation; NULL where it says nothing, as
    zeros and dashes do.
-#}
{% macro normalised_tax_id(tax_id) -%}
    {%- set letters = regex_replaced("upper(" ~ tax_id ~ ")", "[^\\p{L}\\p{N}]+", "") -%}
    case
        when {{ regex_replaced(letters, "[0\\p{L}]+", "") }} <> ''
            then {{ letters }}
    end
{%- endmacro %}

{#-
    A host without scheme, `www.` and path, or that of an address of mail; NULL where
    everybody may have one there (`matching.shared_domains`).
-#}
{% macro normalised_domain(domain) -%}
    {%- set bare = regex_replaced(
        "lower(trim(" ~ domain ~ "))", "^([a-z]+://)?([^/@]*@)?(www\\.)?|[/:].*$|\\.+$", ""
    ) -%}
    case
        when {{ bare }} not in {{ text_list(var("matching").shared_domains + [""]) }}
            then {{ bare }}
    end
{%- endmacro %}

{#-
    A normalised name as one word whose letters are single bytes: Cyrillic and Hebrew
    letter by letter, most of them as they sound. Engines count the differences of such
    words alike. Chinese stays as it is.
-#}
{% macro spelling(name) -%}
    translate(
        replace({{ name }}, ' ', ''),
        'абвгґдежзиіїйклмнопрстуфхцчшщъыьэєюяאבגדהוזחטיכךלמםנןסעפףצץקרשת',
        'abvgGdeJziIYjklmnoprstufhcCWQ~y^EeUAAbgdhvzHtjkklmmnnsOppccqrWT'
    )
{%- endmacro %}

{#-
    The consonants of a name as they sound, in one Latin letter each: what a name keeps
    when it is written in another script. Chinese keeps nothing.
-#}
{% macro consonants(name) -%}
    {%- set ns = namespace(sql=name) -%}
    {%- for sound, letter in [
        ("shch", "s"), ("sch", "s"), ("ch", "k"), ("kh", ""), ("ts", "z"), ("tz", "z"),
        ("ce", "s"), ("ci", "s"), ("x", "ks"),
    ] -%}
        {%- set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ sound ~ "', '" ~ letter ~ "')" -%}
    {%- endfor -%}
    case
        when {{ is_chinese(name) }} then ''
        else
            translate(
                {{ ns.sql }},
                'vwfcqбвгґджзклмнпрстфцчшщבגדזטכךלמםנןספףצץקרשת aeiouyhjаеиійоуыэєюяїхъьאהוחיע',
                'bbpkkbbggdzzklmnprstpzkssbgdztkklmmnnsppzzkrst'
            )
    end
{%- endmacro %}

{#- Whether a spelling is Chinese, of which a character says as much as a word. -#}
{% macro is_chinese(spelling) -%}
    {{ spelling }} >= '㐀'
{%- endmacro %}

{#-
    In how many letters two spellings differ; of Chinese, how many characters the one has
    and the other has not.
-#}
{% macro letters_apart(one, other) -%}
    case
        when {{ is_chinese(one) }}
            then greatest(
                length(translate({{ one }}, {{ other }}, '')),
                length(translate({{ other }}, {{ one }}, ''))
            )
        else levenshtein({{ one }}, {{ other }})
    end
{%- endmacro %}

{#- In how many letters a spelling of some length may differ from what is meant. -#}
{% macro letters_allowed(spelling) -%}
    case
        when {{ is_chinese(spelling) }} and length({{ spelling }}) >= 4 then 1
        when {{ is_chinese(spelling) }} then 0
        else least(
            {{ var("matching").most_differences }},
            floor(length({{ spelling }}) / {{ var("matching").letters_a_difference }})
        )
    end
{%- endmacro %}

{#- Whether a normalised name is written in Latin letters and digits alone. -#}
{% macro is_latin(name) -%}
    ({{ regex_replaced(name, "[a-z0-9 ]+", "") }} = '')
{%- endmacro %}

{#- Whether two names may be of one country: where it is not known of one of them, too. -#}
{% macro same_country(one, other) -%}
    (
        {{ one }}.country is null
        or {{ other }}.country is null
        or {{ one }}.country = {{ other }}.country
    )
{%- endmacro %}

{#-
    Parts of a spelling, one of which stays as it is when a letter is wrong: its name, its
    SQL, and of which spellings there is one.
-#}
{% macro name_keys() -%}
    {%- set chinese = is_chinese("spelling") -%}
    {#- Whole fours, so that a letter more or less seldom makes it another. -#}
    {%- set most = "4 * cast(floor((length(spelling) - 5) / 4) as integer)" -%}
    {{ return([
        ("start", "left(spelling, case when " ~ chinese ~ " then 2 else 5 end)",
            "length(spelling) >= 8 or " ~ chinese),
        ("end", "right(spelling, " ~ most ~ ")", "length(spelling) >= 13"),
        ("end", "right(spelling, " ~ most ~ " - 4)", "length(spelling) >= 17"),
        ("short end", "right(spelling, 3)", chinese),
        ("short end", "right(spelling, 5)",
            "length(spelling) between 7 and 14 and not " ~ chinese),
        ("consonants", "consonants", "length(consonants) >= 4"),
    ]) }}
{%- endmacro %}

{#- How many accounts may share a key for it to tell which of them is meant. -#}
{% macro most_sharers() -%}
    50
{%- endmacro %}

{#- The rules of matching, in the order in which they are tried. -#}
{% macro match_rules() -%}
    {{ return([
        "decision", "given_link", "tax_id", "domain", "name", "name_spelling",
        "name_other_script", "none",
    ]) }}
{%- endmacro %}

{#- Whether two names have the same digits: store 17 is not store 18 misspelt. -#}
{% macro has_same_digits(one, other) -%}
    {{ regex_replaced(one ~ ".normalised_name", "[^0-9]+", "") }}
    = {{ regex_replaced(other ~ ".normalised_name", "[^0-9]+", "") }}
{%- endmacro %}
