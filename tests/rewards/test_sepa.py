"""The file for banks of the SEPA area, held against the schema that ISO 20022 publishes."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sepaxml
import xmlschema
from django.test import Client
from hypothesis import given, settings, strategies as st

from advocates.models import AuditEntry, Contact, User
from campaigns.models import Company
from rewards.errors import NoSepaFile
from rewards.models import PayoutRun
from rewards.payout_files import PaymentRow
from rewards.sepa import NAMESPACE, NOT_TAKEN, Debtor, bank_text, sepa_xml
from rewards.services.payout_run_files import RunFile, payout_run_file
from rewards.services.payouts import payout_run_approve, payout_run_export, payout_run_prepare
from tests.cast import INGRID, LENA, contact_of
from tests.factories.payouts import IBAN_DE, IBAN_NO, account_given, approved_cash

NAMES = {"p": NAMESPACE}
ACCOUNTED_IN_DUBAI = "AE070331234567890123456"
DEBTOR = Debtor("Fernway Coffee", IBAN_DE)
MADE_AT = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@cache
def schema() -> xmlschema.XMLSchema:
    """pain.001.001.09 as published, which the library brings along."""
    return xmlschema.XMLSchema(str(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"))


def message(*holders: str, amount: str = "25.00") -> bytes:
    rows = [
        PaymentRow(f"pay_{number}", holder, IBAN_NO, amount, "EUR", "run_1") for number, holder in enumerate(holders)
    ]
    return sepa_xml(rows, run="run_1", debtor=DEBTOR, made_at=MADE_AT, execute_on=date(2026, 11, 16))


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Lena Vogt", "Lena Vogt"),
        ("Jürgen Groß-Ødegård", "Jurgen Gross-Odegard"),
        ("Müller & Söhne", "Muller + Sohne"),
        ("Łukasz  Żółć", "Lukasz Zolc"),
        ("陈美", ".."),
        ("//a//b/", "a/b"),
        ("pay_1", "pay-1"),
        ("<script>", ".script."),
        ("", "."),
        ("x" * 80, "x" * 70),
    ],
)
def test_names_are_written_in_letters_that_every_bank_takes(typed: str, taken: str) -> None:
    assert bank_text(typed, length=70) == taken


@settings(max_examples=30)
@given(st.lists(st.text(max_size=90), min_size=1, max_size=3))
def test_whatever_people_are_called_the_schema_holds(holders: list[str]) -> None:
    file = message(*holders)
    schema().validate(file.decode())
    for name in ET.fromstring(file).iterfind(".//p:Cdtr/p:Nm", NAMES):
        assert name.text
        assert not NOT_TAKEN.search(name.text)


@pytest.mark.parametrize("amount", ["0.01", "10000000000.00"])
def test_the_least_and_the_most_are_written_out(amount: str) -> None:
    file = message("Lena Vogt", amount=amount)
    schema().validate(file.decode())
    assert [sums.text for sums in ET.fromstring(file).iterfind(".//p:CtrlSum", NAMES)] == [amount] * 2


def test_a_broken_message_is_found_by_the_schema() -> None:
    """Otherwise the tests above would show nothing."""
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema().validate(message("Lena Vogt").decode().replace("<PmtMtd>TRF</PmtMtd>", ""))


# --- a run ------------------------------------------------------------------------------------------------------------


def exported(unit: str, *, tom: User, ada: User, now: datetime) -> PayoutRun:
    run = payout_run_prepare(unit=unit, actor=tom, now=now)
    payout_run_approve(run=run, actor=ada, now=now)
    payout_run_export(run=run, actor=ada, now=now)
    return run


@pytest.fixture
def lena(company: Company, now: datetime) -> Contact:
    contact = contact_of(LENA)
    account_given(contact, now=now)
    return contact


def test_a_run_becomes_one_batch_the_same_each_time(lena: Contact, tom: User, ada: User, now: datetime) -> None:
    ingrid = contact_of(INGRID)
    account_given(ingrid, IBAN_NO, now=now, holder="Ingrid Sølberg")
    approved_cash(lena, 2_500, now=now)
    approved_cash(ingrid, 1_275, now=now)
    run = exported("EUR", tom=tom, ada=ada, now=now)

    file = payout_run_file(run=run, actor=ada, form=RunFile.SEPA)
    assert payout_run_file(run=run, actor=ada, form=RunFile.SEPA) == file
    schema().validate(file.decode())

    root = ET.fromstring(file)

    def said(path: str) -> list[str | None]:
        return [found.text for found in root.iterfind(f".//p:{path.replace('/', '/p:')}", NAMES)]

    assert said("GrpHdr/MsgId") == said("PmtInf/PmtInfId") == [run.public_id.replace("_", "-")]
    assert said("CtrlSum") == ["37.75", "37.75"]
    assert said("NbOfTxs") == ["2", "2"]
    assert said("InstdAmt") == ["25.00", "12.75"]
    assert said("Cdtr/Nm") == ["Lena Vogt", "Ingrid Solberg"]
    assert said("CdtrAcct/Id/IBAN") == [IBAN_DE, IBAN_NO]
    assert said("DbtrAcct/Id/IBAN") == [IBAN_DE]
    assert said("ReqdExctnDt/Dt") == ["2026-11-16"]
    references = run.payouts.order_by("pk").values_list("public_id", flat=True)
    assert said("EndToEndId") == [reference.replace("_", "-") for reference in references]
    assert AuditEntry.objects.filter(verb="payout_run_file", after={"form": "sepa"}).count() == 2


def test_what_banks_of_the_area_would_not_take_is_said(
    lena: Contact, tom: User, ada: User, now: datetime, client: Client
) -> None:
    approved_cash(lena, 2_500, "USD", now=now)
    dollars = exported("USD", tom=tom, ada=ada, now=now)
    with pytest.raises(NoSepaFile, match="euros"):
        payout_run_file(run=dollars, actor=ada, form=RunFile.SEPA)

    far = contact_of(INGRID)
    account_given(far, ACCOUNTED_IN_DUBAI, now=now)
    approved_cash(far, 2_500, now=now)
    run = exported("EUR", tom=tom, ada=ada, now=now)
    with pytest.raises(NoSepaFile, match="1 account of this run lies outside"):
        payout_run_file(run=run, actor=ada, form=RunFile.SEPA)

    Company.objects.update(debit_account_iban="")
    client.force_login(ada)
    url = f"/admin/rewards/payoutrun/{run.pk}/file/"
    assert client.post(url, {"form": "sepa"}).status_code == 302
    assert client.post(url)["Content-Type"].startswith("text/csv")


def test_staff_take_it_out_in_the_console(lena: Contact, tom: User, ada: User, now: datetime, client: Client) -> None:
    approved_cash(lena, 2_500, now=now)
    run = exported("EUR", tom=tom, ada=ada, now=now)
    client.force_login(ada)
    assert "Take out the SEPA file" in client.get(f"/admin/rewards/payoutrun/{run.pk}/change/").content.decode()
    answer = client.post(f"/admin/rewards/payoutrun/{run.pk}/file/", {"form": "sepa"})
    assert answer["Content-Type"] == "application/xml"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].endswith('.xml"')
    schema().validate(answer.content.decode())

    Company.objects.update(debit_account_iban="")
    with pytest.raises(NoSepaFile, match="company page"):
        payout_run_file(run=run, actor=ada, form=RunFile.SEPA)
