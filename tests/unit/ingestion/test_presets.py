"""The presets, over the samples of their systems."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from dagster_project.errors import MappingError
from dagster_project.ingestion.mapping import load_mapping, load_mappings
from dagster_project.ingestion.presets import PRESETS_DIR
from dagster_project.settings import PROJECT_ROOT
from tests.unit.ingestion.site import ANY_SHARE, Site

EXAMPLES = PROJECT_ROOT / "config" / "examples"


@pytest.fixture
def sample(tmp_path: Path) -> Site:
    """A company whose extracts are the samples of systems, mapped as the examples do."""
    site = Site(tmp_path)
    site.extracts_dir = PROJECT_ROOT / "data" / "systems"
    site.sources_dir = EXAMPLES
    return site


def test_xero_gives_its_sample_s_totals(sample: Site) -> None:
    landing = sample.land("xero_sample")
    assert all(load.rows_set_aside == 0 for load in landing.loads)
    assert sample.totals(
        "accounting.invoices",
        "status",
        "count(*)",
        "sum(total_amount)",
        "list_sort(list(DISTINCT currency))",
    ) == [
        ("open", 13, Decimal("42841.0000"), ["GBP", "USD"]),
        ("paid", 103, Decimal("357700.5900"), ["GBP", "USD"]),
        ("voided", 1, Decimal("6000.0000"), ["USD"]),
    ]


def test_xero_s_sales_tie_to_their_lines_and_have_rates(sample: Site) -> None:
    sample.land("xero_sample")
    [(untied,)] = sample.query(
        f"""
        SELECT count(*) FROM ({sample.sql("accounting.invoices")}) AS invoices
        LEFT JOIN (
            SELECT invoice_id, sum(net_amount) AS net
            FROM ({sample.sql("accounting.invoice_lines")}) GROUP BY invoice_id
        ) AS lines USING (invoice_id)
        WHERE lines.net IS DISTINCT FROM invoices.net_amount
        """
    )
    assert untied == 0
    assert sample.totals("accounting.payments", "currency", "count(*)", "sum(amount)") == [
        ("GBP", 24, Decimal("79322.5000")),
        ("USD", 79, Decimal("278378.0900")),
    ]
    # All in the books' own currency, as the samples' documents say themselves.
    assert sample.totals("accounting.exchange_rates", "to_currency", "min(from_currency)") == [
        ("GBP", "CAD"),
        ("USD", "CAD"),
    ]


def test_xero_signs_credit_notes_and_keeps_money_without_an_invoice(sample: Site) -> None:
    folder = sample.extracts_dir = sample.folder
    sample.sources_dir = folder / "sources"
    sample.map("source: books\npreset: xero\nfolder: books\n")
    amounts = "sub_total,total_tax,total"
    sample.deliver("books/contact.csv", "contact_id,name\nc1,One\n")
    sample.deliver("books/item.csv", "code,name\np1,Tea\n")
    sample.deliver(
        "books/invoice.csv",
        "invoice_id,contact_id,type,status,invoice_number,date,due_date,currency_code,"
        f"currency_rate,line_amount_types,{amounts}\n"
        "i1,c1,ACCREC,PAID,1,2024-01-05,2024-02-05,EUR,1,Inclusive,100,20,120\n"
        "i2,c1,ACCPAY,PAID,2,2024-01-05,2024-02-05,EUR,1,Exclusive,70,0,70\n"
        "i3,c1,ACCREC,PARKED,3,2024-01-06,2024-02-05,EUR,1,Exclusive,9,0,9\n"
        "i4,c1,ACCREC,AUTHORISED,4,2024-01-06,2024-02-05,USD,1.1,Exclusive,9,0,9\n",
    )
    sample.deliver(
        "books/invoice_line_item.csv",
        "invoice_id,line_item_id,item_code,quantity,unit_amount,line_amount,tax_amount\n"
        "i1,b,p1,1,60,60,10\ni1,a,p1,1,60,60,10\ni2,c,,1,70,70,0\n",
    )
    sample.deliver(
        "books/credit_note.csv",
        "credit_note_id,contact_id,type,status,credit_note_number,date,currency_code,"
        f"{amounts}\nn1,c1,ACCRECCREDIT,AUTHORISED,5,2024-01-20,EUR,25,5,30\n"
        "n2,c1,ACCPAYCREDIT,AUTHORISED,6,2024-01-20,EUR,25,5,30\n",
    )
    sample.deliver(
        "books/payment.csv",
        "payment_id,invoice_id,date,amount,status,payment_type\n"
        "y1,i1,2024-02-01,120,AUTHORISED,ACCRECPAYMENT\n"
        "y2,i1,2024-02-01,120,DELETED,ACCRECPAYMENT\n"
        "y3,i2,2024-02-01,70,AUTHORISED,ACCPAYPAYMENT\n",
    )
    for kind in ("overpayment", "prepayment"):
        sample.deliver(
            f"books/{kind}.csv",
            f"{kind}_id,contact_id,type,status,date,total,currency_code\n"
            f"{kind},c1,RECEIVE-{kind.upper()},AUTHORISED,2024-02-02,15,EUR\n"
            f"spent,c1,SPEND-{kind.upper()},AUTHORISED,2024-02-02,15,EUR\n",
        )
    sample.land(max_set_aside_share=ANY_SHARE)
    assert sample.rows("accounting.invoices", "invoice_id", "status", "net_amount::int") == [
        ("i1", "paid", 100),
        ("i4", "open", 9),
        ("n1", "open", -25),
    ]
    # A status that nobody foresaw is shown, not guessed.
    assert [(found.value, found.rule) for found in sample.findings()] == [
        ("PARKED", "accepted_values")
    ]
    assert sample.rows(
        "accounting.invoice_lines", "invoice_id", "line_number", "net_amount::int"
    ) == [
        ("i1", 1, 50),
        ("i1", 2, 50),
    ]
    assert sample.rows("accounting.payments", "payment_id", "invoice_id", "amount::int") == [
        ("overpayment", None, 15),
        ("prepayment", None, 15),
        ("y1", "i1", 120),
    ]
    assert sample.rows(
        "accounting.exchange_rates", "from_currency", "to_currency", "rate::text"
    ) == [("EUR", "USD", "1.10000000")]


def test_salesforce_gives_its_sample_s_deals_leads_and_accounts(sample: Site) -> None:
    landing = sample.land("salesforce_sample")
    assert {load.table: load.rows_landed for load in landing.loads} == {
        "crm.accounts": 22,
        "crm.account_merges": 0,
        "crm.leads": 60,
        "crm.opportunities": 50,
        "crm.activities": 75,
    }
    # Blank means false there: what is closed and not won was lost.
    assert sample.totals("crm.opportunities", "is_won", "count(*)", "sum(amount)") == [
        (False, 3, Decimal("3058912.5000")),
        (True, 12, Decimal("10542562.9800")),
        (None, 35, Decimal("30002070.5000")),
    ]
    assert sample.totals("crm.accounts", "domain IS NULL", "count(*)")[0][1] > 0


def test_a_connector_s_salesforce_keeps_deletions_apart(sample: Site) -> None:
    sample.land("salesforce_connector_sample")
    deals = [load for load in sample.loads() if load.table == "crm.opportunities"]
    assert [(load.rows_landed, load.rows_deleted) for load in deals] == [(10, 10)]
    assert sample.rows("crm.opportunities", "*") == []
    # Of ten accounts nine are deleted, one of them because it was merged.
    assert sample.rows("crm.accounts", "account_id") == [("0015500000Xyy06AAB",)]
    assert sample.rows("crm.account_merges", "merged_account_id", "surviving_account_id") == [
        ("0015500000Ygpq1AAB", "L4izOo4yZpLq5io5YM8pvA==")
    ]


def test_the_connector_s_salesforce_preset_is_the_other_under_its_names() -> None:
    native = yaml.safe_load((PRESETS_DIR / "salesforce.yml").read_text())
    connector = yaml.safe_load((PRESETS_DIR / "salesforce_connector.yml").read_text())

    def plain(part: object) -> str:
        return re.sub(r"_|\s", "", str(part)).casefold()

    assert plain(native) == plain(connector)


def test_quickbooks_signs_credit_memos_and_keeps_every_payment_whole(sample: Site) -> None:
    sample.land("quickbooks_sample")
    documents = sample.totals(
        "accounting.invoices", "document_type", "count(*)", "min(total_amount) > 0"
    )
    assert documents == [("credit_note", 12, False), ("invoice", 5, True)]
    # What pays no invoice that is known is kept without one.
    linked = sample.totals("accounting.payments", "invoice_id", "count(*)", "sum(amount)")
    assert linked == [
        ("invoice-50001", 1, Decimal("1000.0000")),
        (None, 11, Decimal("165553.7200")),
    ]
    assert all(load.rows_set_aside == 0 for load in sample.loads())


def test_quickbooks_knows_voided_documents_and_credits_used_to_pay(sample: Site) -> None:
    folder = sample.extracts_dir = sample.folder
    sample.sources_dir = folder / "sources"
    sample.map("source: books\npreset: quickbooks\nfolder: books\n")
    document = "id,_fivetran_deleted,customer_id,doc_number,transaction_date,{}currency_id,"
    document += "balance,total_amount,total_tax,private_note\n"
    sample.deliver("books/customer.csv", "id,display_name,fully_qualified_name,website\n7,A,A,\n")
    sample.deliver(
        "books/invoice.csv",
        document.format("due_date,")
        + "1,false,7,N1,2024-01-05,2024-02-05,EUR,0,120,20,\n"
        + "2,false,7,N2,2024-01-06,2024-02-06,EUR,0,0,0,Voided - wrong client\n"
        + "3,true,,,,,,,,,\n",
    )
    sample.deliver(
        "books/credit_memo.csv",
        document.format("") + "9,false,7,C9,2024-01-20,EUR,0,30,5,\n",
    )
    lines = "{},index,amount,{}sales_item_item_id,sales_item_quantity,sales_item_unit_price\n"
    sample.deliver(
        "books/invoice_line.csv",
        lines.format("invoice_id", "detail_type,")
        + "1,0,110,SalesItemLineDetail,p1,1,110\n"
        + "1,1,10,DiscountLineDetail,,,\n"
        + "1,2,100,SubTotalLineDetail,,,\n",
    )
    sample.deliver(
        "books/credit_memo_line.csv", lines.format("credit_memo_id", "") + "9,0,25,p1,1,25\n"
    )
    sample.deliver(
        "books/payment.csv",
        "id,_fivetran_deleted,customer_id,transaction_date,currency_id,total_amount\n"
        "5,false,7,2024-02-01,EUR,100\n6,true,7,2024-02-02,EUR,50\n",
    )
    sample.deliver(
        "books/payment_line.csv",
        "payment_id,index,amount,invoice_id,credit_memo_id\n5,0,120,1,\n5,1,30,,9\n",
    )
    sample.deliver("books/item.csv", "id,name,type\np1,Axle,Service\n")
    sample.land()
    assert sample.rows("accounting.invoices", "invoice_id", "status", "net_amount") == [
        ("credit-memo-9", "paid", Decimal("-25.0000")),
        ("invoice-1", "paid", Decimal("100.0000")),
        ("invoice-2", "voided", Decimal("0.0000")),
    ]
    assert sample.totals("accounting.invoice_lines", "invoice_id", "sum(net_amount)") == [
        ("credit-memo-9", Decimal("-25.0000")),
        ("invoice-1", Decimal("100.0000")),
    ]
    assert sample.rows("accounting.payments", "payment_id", "invoice_id", "amount") == [
        ("5-0", "invoice-1", Decimal("120.0000")),
        ("5-1", "credit-memo-9", Decimal("-30.0000")),
        ("5-unapplied", None, Decimal("10.0000")),
    ]


def test_hubspot_sets_deals_in_no_stage_aside_one_by_one(sample: Site) -> None:
    landing = sample.land("hubspot_sample", max_set_aside_share=ANY_SHARE)
    assert {
        load.table: (load.rows_read, load.rows_landed, load.rows_set_aside)
        for load in landing.loads
    } == {
        "crm.accounts": (24, 24, 0),
        "crm.reps": (100, 100, 0),
        "crm.opportunities": (44, 0, 44),
    }
    assert {(found.column, found.rule) for found in sample.findings()} == {
        ("stage", "missing_value")
    }


def test_hubspot_labels_stages_and_leaves_merged_records_out(sample: Site) -> None:
    folder = sample.extracts_dir = sample.folder
    sample.sources_dir = folder / "sources"
    sample.map("source: crm\npreset: hubspot\nfolder: crm\n", "crm")
    sample.deliver(
        "crm/company.csv",
        "id,is_deleted,property_name,property_domain,property_industry,property_country,"
        "property_createdate,property_hubspot_owner_id,property_hs_merged_object_ids\n"
        "1,false,Axle Ltd,Axle.example,,,2024-01-01,4,2;3\n"
        "2,true,Axle,,,,2024-01-01,4,\n",
    )
    sample.deliver(
        "crm/owner.csv",
        "owner_id,type,email,first_name,last_name,created_at\n"
        "4,PERSON,ann@example.com,Ann,Lee,2023-01-01 10:00:00\n5,QUEUE,,Desk,,2023-01-01\n",
    )
    sample.deliver(
        "crm/deal.csv",
        "deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_amount,"
        "property_closedate,property_createdate,property_dealtype,property_deal_currency_code\n"
        "10,false,p,won,4,500,2024-03-01,2024-01-01,newbusiness,EUR\n"
        "11,false,p,talk,4,70,2024-09-01,2024-02-01,existingbusiness,EUR\n"
        "12,false,p,talk,4,70,,2024-02-01,,EUR\n"
        "13,true,p,talk,4,70,,2024-02-01,,EUR\n",
    )
    sample.deliver(
        "crm/deal_pipeline_stage.csv",
        "stage_id,label,is_closed,closed_won\n"
        "won,Closed won,true,true\ntalk,In talks,false,false\n",
    )
    sample.deliver("crm/deal_company.csv", "deal_id,company_id\n10,1\n")
    sample.deliver("crm/merged_deal.csv", "deal_id,merged_deal_id\n11,12\n")
    sample.deliver(
        "crm/engagement.csv",
        "id,active,owner_id,type,timestamp\n"
        "20,true,4,CALL,2024-02-02 09:00:00\n21,false,4,CALL,2024-02-02 09:00:00\n",
    )
    sample.deliver("crm/engagement_company.csv", "engagement_id,company_id\n20,1\n")
    sample.deliver("crm/engagement_deal.csv", "engagement_id,deal_id\n20,10\n")
    sample.land("crm")
    assert sample.rows(
        "crm.opportunities", "opportunity_id", "stage", "opportunity_type", "is_won", "account_id"
    ) == [
        ("10", "Closed won", "new", True, "1"),
        ("11", "In talks", "expansion", None, None),
    ]
    assert sample.rows("crm.account_merges", "merged_account_id", "surviving_account_id") == [
        ("2", "1"),
        ("3", "1"),
    ]
    assert sample.rows("crm.activities", "activity_id", "activity_type", "opportunity_id") == [
        ("20", "call", "10")
    ]
    assert sample.rows("crm.reps", "rep_id", "rep_name") == [("4", "Ann Lee")]


def test_1c_reads_its_lists_numbers_and_marks(sample: Site) -> None:
    folder = sample.extracts_dir = sample.folder
    sample.sources_dir = folder / "sources"
    sample.map("source: onec\npreset: onec\nfolder: onec\n", "onec")
    sample.deliver("onec/Контрагенты.csv", "Код;Наименование;ИНН\n001;ООО «Ромашка»;7700000001\n")
    sample.deliver("onec/Номенклатура.csv", "Код;Наименование;Группа\nТ1;Чай;Напитки\n")
    sample.deliver(
        "onec/Реализация.csv",
        "Номер;Дата;КодКонтрагента;СрокОплаты;Сумма;СуммаНДС;Валюта;Проведен;ПометкаУдаления\n"
        "0000-000001;15.01.2024 12:30:00;001;15.02.2024;1\u00a0234 567,89;205 761,32;руб.;Да;Нет\n"
        "0000-000002;16.01.2024 12:30:00;001;;120,00;20,00;руб.;Нет;Нет\n"
        "0000-000003;17.01.2024 12:30:00;001;;120,00;20,00;руб.;Нет;Да\n"
        "0000-000004;18.01.2024 12:30:00;001;;сто;20,00;руб.;Да;Нет\n"
        "0000-000001;09.01.2025 10:00:00;001;;240;40;руб.;Да;Нет\n",
    )
    sample.deliver(
        "onec/РеализацияТовары.csv",
        "Номер;Дата;НомерСтроки;КодНоменклатуры;Количество;Цена;Сумма;СуммаНДС\n"
        "0000-000001;15.01.2024 12:30:00;1;Т1;2,5;411522,63;1 234 567,89;205 761,32\n",
    )
    sample.deliver(
        "onec/Возврат.csv",
        "Номер;Дата;КодКонтрагента;НомерРеализации;ДатаРеализации;Сумма;СуммаНДС;Валюта;"
        "Проведен;ПометкаУдаления\n"
        "В-1;20.01.2024 09:00:00;001;0000-000001;15.01.2024 12:30:00;12,00;2,00;руб.;Да;Нет\n",
    )
    sample.deliver(
        "onec/Поступление.csv",
        "Номер;Дата;КодКонтрагента;НомерРеализации;ДатаРеализации;Сумма;Валюта;Проведен;"
        "ПометкаУдаления\n"
        "П-1;01.02.2024 00:00:00;001;0000-000001;15.01.2024 12:30:00;1 000,50;руб.;Да;Нет\n"
        "П-2;02.02.2024 00:00:00;001;;;70,00;руб.;Да;Нет\n"
        "П-3;03.02.2024 00:00:00;001;;;80,00;руб.;Нет;Нет\n",
    )
    sample.land("onec", max_set_aside_share=ANY_SHARE)
    assert sample.rows(
        "accounting.invoices", "invoice_id", "status", "currency", "net_amount", "issued_on::text"
    ) == [
        ("Возврат В-1-2024", "open", "RUB", Decimal("-10.0000"), "2024-01-20"),
        ("Реализация 0000-000001-2024", "open", "RUB", Decimal("1028806.5700"), "2024-01-15"),
        ("Реализация 0000-000001-2025", "open", "RUB", Decimal("200.0000"), "2025-01-09"),
        ("Реализация 0000-000002-2024", "draft", "RUB", Decimal("100.0000"), "2024-01-16"),
        ("Реализация 0000-000003-2024", "voided", "RUB", Decimal("100.0000"), "2024-01-17"),
    ]
    assert [(f.file, f.row, f.column, f.value, f.rule) for f in sample.findings()] == [
        ("onec/Реализация.csv", 4, "Сумма", "сто", "type")
    ]
    assert sample.rows("accounting.payments", "payment_id", "invoice_id", "amount") == [
        ("П-1-2024", "Реализация 0000-000001-2024", Decimal("1000.5000")),
        ("П-2-2024", None, Decimal("70.0000")),
    ]


def test_every_preset_and_example_is_sound() -> None:
    mapped = {mapping.source.preset for mapping in load_mappings(EXAMPLES)}
    assert mapped | {"onec"} == {path.stem for path in PRESETS_DIR.glob("*.yml")}


def test_a_mistake_is_told_where_it_stands(site: Site) -> None:
    own = site.map("source: books\npreset: xero\nfolder: books\nfiles: {payments: ~}\n")
    with pytest.raises(MappingError, match=r"presets/xero.yml:\d+: view 'money_received'"):
        load_mapping(own)
    own = site.map(
        "source: books\npreset: xero\nfolder: books\n"
        "tables:\n  accounting.customers:\n    columns:\n      customer_name: nam\n"
    )
    with pytest.raises(MappingError, match=r"books.yml:7: accounting.customers.customer_name"):
        load_mapping(own)


def test_a_preset_that_is_not_there_is_told_with_those_that_are(site: Site) -> None:
    own = site.map("source: books\npreset: xerro\nfolder: books\n")
    with pytest.raises(MappingError, match=r"books.yml:2: .*'xerro'.*hubspot.*quickbooks.*xero"):
        load_mapping(own)


def test_a_company_may_have_a_preset_of_its_own(site: Site) -> None:
    presets = site.sources_dir.parent / "presets"
    presets.mkdir()
    (presets / "till.yml").write_text(
        "files: {products: {pattern: p.csv, columns: {id: text, name: text, extra: text}}}\n"
        "tables:\n  accounting.products:\n    from: products\n    mode: full\n"
        "    columns: {product_id: id, product_name: name, category: extra}\n"
    )
    site.map(
        "source: shop\npreset: till\nfolder: shop\n"
        "files: {products: {columns: {extra: ~}}}\n"
        "tables: {accounting.products: {columns: {category: ~}}}\n",
        "shop",
    )
    site.deliver("shop/p.csv", "id,name\n1,Tea\n")
    site.land("shop")
    assert site.rows("accounting.products", "product_id", "category") == [("1", None)]


def test_a_column_by_name_with_a_wrong_type_is_told_with_its_line(site: Site) -> None:
    own = site.map(
        "source: books\npreset: xero\nfolder: books\n"
        "files:\n  contacts:\n    columns:\n      name: money\n"
    )
    with pytest.raises(MappingError, match=r"books.yml:7: files.contacts.columns.name"):
        load_mapping(own)
