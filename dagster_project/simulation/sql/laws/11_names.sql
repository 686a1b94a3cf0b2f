-- A brand of four syllables tells clients apart: the digits to the base of 24, in the
-- script of its country, of its number times one that has no part in 24, so that
-- neighbours do not look alike.
create macro syllable(script, digit) as
    case script
        when 'RU' then [
            'ба', 'ве', 'го', 'ду', 'жа', 'зо', 'ки', 'ла', 'ме', 'но', 'пе', 'ру',
            'са', 'то', 'фи', 'хо', 'ца', 'че', 'ша', 'щу', 'эн', 'юр', 'яр', 'ин'
        ]
        when 'CN' then [
            '华', '东', '明', '新', '宏', '达', '金', '龙', '海', '天', '盛', '源',
            '信', '恒', '泰', '丰', '永', '安', '光', '汇', '联', '创', '中', '德'
        ]
        when 'IL' then [
            'אל', 'בר', 'גל', 'דן', 'הר', 'ור', 'זיו', 'חן', 'טל', 'יר', 'כר', 'לב',
            'מור', 'נוף', 'סלע', 'עוז', 'פז', 'צור', 'קרן', 'רם', 'שחר', 'תל', 'אור', 'ים'
        ]
        else [
            'ba', 've', 'go', 'du', 'zha', 'zo', 'ki', 'la', 'me', 'no', 'pe', 'ru',
            'sa', 'to', 'fi', 'ho', 'tsa', 'che', 'sha', 'kru', 'en', 'yur', 'yar', 'in'
        ]
    end[digit + 1];

create macro spelled(number, script) as
    syllable(script, number % 24)
    || syllable(script, number // 24 % 24)
    || syllable(script, number // 576 % 24)
    || syllable(script, number // 13824 % 24);

create macro brand(number, script) as
    spelled(number * 172717 % 331776, script);

create macro capitalized(word) as upper(left(word, 1)) || substr(word, 2);

create macro trade(client, country) as
    case country
        when 'DE' then ['Maschinenbau', 'Großhandel', 'Möbelhaus', 'Söhne']
        when 'AT' then ['Holzbau', 'Bäckerei', 'Lebensmittel', 'Österreich']
        when 'HU' then ['Élelmiszer', 'Építő', 'Kereskedelmi', 'Fűszer']
        when 'PL' then ['Spółdzielnia', 'Handel', 'Łódź', 'Usługi']
        when 'RU' then ['Торг', 'Строй', 'Сервис', 'Продукт']
        when 'CN' then ['贸易', '电子', '食品', '机械']
        when 'IL' then ['סחר', 'מזון', 'שירותים', 'תעשיות']
        when 'FR' then ['Équipement', 'Négoce', 'Frères', 'Électricité']
        else ['Trading', 'Supplies', 'Foods', 'Engineering']
    end[draw(client, 'trade', 4) + 1];

create macro legal_form(country, nth) as
    case country
        when 'DE' then ['GmbH', 'AG', 'GmbH & Co. KG', 'KG']
        when 'AT' then ['GmbH', 'Ges.m.b.H.', 'AG', 'OG']
        when 'HU' then ['Kft.', 'Zrt.', 'Bt.', 'Nyrt.']
        when 'PL' then ['Sp. z o.o.', 'S.A.', 'Sp. j.', 'Sp. k.']
        when 'RU' then ['ООО', 'АО', 'ПАО', 'ЗАО']
        when 'CN' then ['有限公司', '股份有限公司', '有限责任公司', '集团']
        when 'IL' then ['בע״מ', 'חברה בע״מ', 'בע"מ', 'ושות׳']
        when 'GB' then ['Ltd', 'Limited', 'PLC', 'LLP']
        when 'US' then ['Inc.', 'LLC', 'Corp.', 'Co.']
        when 'FR' then ['SARL', 'SA', 'SAS', 'SASU']
    end[nth + 1];

create macro company_name(brand, trade, form, country) as
    case country
        when 'RU' then form || ' «' || capitalized(brand) || '-' || trade || '»'
        when 'CN' then brand || trade || form
        else capitalized(brand) || ' ' || trade || ' ' || form
    end;

create macro account_name(client) as
    company_name(
        brand(client, country_code(country_of(client))),
        trade(client, country_code(country_of(client))),
        legal_form(country_code(country_of(client)), draw(client, 'form', 4)),
        country_code(country_of(client))
    );

-- How the ledger writes a client's name: half as the CRM does.
create macro spelling_of(client) as
    case
        when draw(client, 'spelling', 100) < 50 then 'same'
        when draw(client, 'spelling', 100) < 65 then 'upper case'
        when draw(client, 'spelling', 100) < 80 then 'other legal form'
        when draw(client, 'spelling', 100) < 90 then 'transliterated'
        else 'misspelt'
    end;

create macro accounting_name(client) as
    case spelling_of(client)
        when 'same' then account_name(client)
        when 'upper case' then upper(account_name(client))
        when 'other legal form'
            then company_name(
                brand(client, country_code(country_of(client))),
                trade(client, country_code(country_of(client))),
                legal_form(
                    country_code(country_of(client)), (draw(client, 'form', 4) + 1) % 4
                ),
                country_code(country_of(client))
            )
        when 'transliterated'
            then case
                when country_code(country_of(client)) in ('RU', 'CN', 'IL')
                    then company_name(
                        brand(client, 'GB'),
                        trade(client, 'GB'),
                        legal_form('GB', draw(client, 'form', 2)),
                        'GB'
                    )
                else strip_accents(account_name(client))
            end
        -- A letter is missing.
        else left(account_name(client), 7) || substr(account_name(client), 9)
    end;

-- By what a ledger's customer leads to the CRM's account.
create macro link_of(client) as
    case
        when draw(client, 'link', 100) < 84 then 'given'
        when draw(client, 'link', 100) < 92 then 'tax id'
        when draw(client, 'link', 100) < 97 then 'domain'
        else 'name'
    end;

create macro tax_id(client) as
    country_code(country_of(client))
    || lpad(cast(100000000 + client as varchar), 9, '0');

create macro domain(client) as
    brand(client, 'GB') || '.' || lower(country_code(country_of(client)));

create macro product_category(product) as
    case
        when is_service(product) then 'services'
        else ['tools', 'fasteners', 'coatings', 'electrical', 'safety', 'packaging'][
            product % 6 + 1
        ]
    end;

create macro product_name(product) as
    capitalized(brand(product, 'GB')) || ' ' || product_category(product) || ' ' || (product % 12 + 1) * 5;

create macro person_name(key) as
    [
        'Anna', 'Béla', 'Chen', 'Dávid', 'Erzsébet', 'François', 'Gisela', 'Hannah',
        'Иван', 'Jörg', 'Katarzyna', 'Liang', 'Мария', 'Noa', 'Oliver', 'Paweł'
    ][draw(key, 'first name', 16) + 1]
    || ' '
    || capitalized(brand(key, 'GB'));
