-- A brand of four syllables tells clients apart: the digits to the base of 24, in the
-- script of its country, of its number times one that has no part in 24, so that
-- neighbours do not look alike. The largest companies need a fifth.
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
        -- How the three are written in Latin letters: by sound, and Chinese in pinyin.
        when 'RU in Latin' then [
            'ba', 've', 'go', 'du', 'zha', 'zo', 'ki', 'la', 'me', 'no', 'pe', 'ru',
            'sa', 'to', 'fi', 'ho', 'tsa', 'che', 'sha', 'shchu', 'en', 'yur', 'yar', 'in'
        ]
        when 'CN in Latin' then [
            'hua', 'dong', 'ming', 'xin', 'hong', 'da', 'jin', 'long', 'hai', 'tian', 'sheng',
            'yuan', 'xin', 'heng', 'tai', 'feng', 'yong', 'an', 'guang', 'hui', 'lian',
            'chuang', 'zhong', 'de'
        ]
        when 'IL in Latin' then [
            'el', 'bar', 'gal', 'dan', 'har', 'or', 'ziv', 'hen', 'tal', 'yar', 'kar', 'lev',
            'mor', 'nof', 'sela', 'oz', 'paz', 'tsur', 'keren', 'ram', 'shahar', 'tel', 'or',
            'yam'
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
    spelled(number * 172717 % 331776, script)
    || case when number >= 331776 then syllable(script, number // 331776 % 24) else '' end;

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
        when 'RU in Latin' then ['Torg', 'Stroy', 'Servis', 'Produkt']
        when 'CN in Latin' then ['Maoyi', 'Dianzi', 'Shipin', 'Jixie']
        when 'IL in Latin' then ['Sahar', 'Mazon', 'Sherutim', 'Taasiyot']
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
        when 'RU in Latin' then ['OOO', 'AO', 'PAO', 'ZAO']
        when 'CN in Latin' then ['Co., Ltd.', 'Co., Ltd', 'Co. Ltd.', 'Ltd.']
        when 'IL in Latin' then ['Ltd.', 'Ltd', 'Ltd.', 'Limited']
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

create macro person_name(key) as
    [
        'Anna', 'Béla', 'Chen', 'Dávid', 'Erzsébet', 'François', 'Gisela', 'Hannah',
        'Иван', 'Jörg', 'Katarzyna', 'Liang', 'Мария', 'Noa', 'Oliver', 'Paweł'
    ][draw(key, 'first name', 16) + 1]
    || ' '
    || capitalized(brand(key, 'GB'));

-- By what a ledger's customer leads to the CRM's account.
create macro link_of(client) as
    case
        when draw(client, 'link', 100) < 84 then 'given'
        when draw(client, 'link', 100) < 92 then 'tax id'
        when draw(client, 'link', 100) < 97 then 'domain'
        else 'name'
    end;

-- How the ledger writes a client's name: half as the CRM does. Of some small clients it
-- has the owner's name, which leads nowhere.
create macro spelling_of(client) as
    case
        when link_of(client) = 'name' and size_of(client) <= 6 and draw(client, 'owner', 3) = 0
            then 'owner'
        when draw(client, 'spelling', 100) < 50 then 'same'
        when draw(client, 'spelling', 100) < 65 then 'upper case'
        when draw(client, 'spelling', 100) < 80 then 'other legal form'
        when draw(client, 'spelling', 100) < 90 then 'transliterated'
        else 'misspelt'
    end;

-- One slip of the hand: a letter is missing, there twice, another one, or changes places
-- with the next.
create macro misspelt(word, client, place) as
    case draw(client, 'slip', 4)
        when 0 then left(word, place - 1) || substr(word, place + 1)
        when 1 then left(word, place) || substr(word, place)
        when 2
            then left(word, place - 1)
                || substr(word, (place + 1) % length(word) + 1, 1)
                || substr(word, place + 1)
        else left(word, place - 1)
            || substr(word, place + 1, 1)
            || substr(word, place, 1)
            || substr(word, place + 2)
    end;

create macro in_latin(country) as
    case when country in ('RU', 'CN', 'IL') then country || ' in Latin' else country end;

create macro latin_name(client, country) as
    case
        when country = 'RU'
            then legal_form(in_latin(country), draw(client, 'form', 4))
                || ' "' || capitalized(brand(client, in_latin(country)))
                || '-' || trade(client, in_latin(country)) || '"'
        else
            company_name(
                brand(client, in_latin(country)),
                trade(client, in_latin(country)),
                legal_form(in_latin(country), draw(client, 'form', 4)),
                in_latin(country)
            )
    end;

create macro accounting_name(client) as
    case spelling_of(client)
        when 'owner' then person_name(client)
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
            then strip_accents(latin_name(client, country_code(country_of(client))))
        else
            company_name(
                misspelt(
                    brand(client, country_code(country_of(client))),
                    client,
                    1 + draw(
                        client,
                        'place',
                        length(brand(client, country_code(country_of(client)))) - 1
                    )
                ),
                trade(client, country_code(country_of(client))),
                legal_form(country_code(country_of(client)), draw(client, 'form', 4)),
                country_code(country_of(client))
            )
    end;

create macro tax_id(client) as
    country_code(country_of(client))
    || lpad(cast(100000000 + client as varchar), 9, '0');

-- The ledger writes a tax id as its clerks do: one in four in groups.
create macro accounting_tax_id(client) as
    case
        when draw(client, 'tax id in groups', 4) = 0
            then left(tax_id(client), 2) || ' ' || substr(tax_id(client), 3, 3)
                || '-' || substr(tax_id(client), 6, 3) || '-' || substr(tax_id(client), 9)
        else tax_id(client)
    end;

create macro domain(client) as
    brand(client, 'GB') || '.' || lower(country_code(country_of(client)));

create macro accounting_domain(client) as
    case draw(client, 'domain as', 5)
        when 0 then 'https://www.' || domain(client) || '/'
        when 1 then 'Office@' || upper(domain(client))
        else domain(client)
    end;

create macro product_category(product) as
    case
        when is_service(product) then 'services'
        else ['tools', 'fasteners', 'coatings', 'electrical', 'safety', 'packaging'][
            product % 6 + 1
        ]
    end;

create macro product_name(product) as
    capitalized(brand(product, 'GB')) || ' ' || product_category(product) || ' ' || (product % 12 + 1) * 5;
