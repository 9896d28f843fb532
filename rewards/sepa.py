"""The file that banks of the SEPA area take: ISO 20022 pain.001.001.09, payments in euros.

The same run gives the same bytes, so that a bank that is handed the file twice finds the message known. Schema and
rules: ISO 20022 message catalogue; EPC132-08, “SEPA credit transfer: customer-to-bank implementation guidelines”.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from rewards.payout_files import PaymentRow

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "EUR"

# Countries whose accounts a SEPA credit transfer reaches: EPC409-09, “List of SEPA scheme countries”.
_COUNTRIES = """
    AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI
    SK SM VA
"""
COUNTRIES = frozenset(_COUNTRIES.split())
# Letters that do not come apart into a plain one and an accent.
PLAIN = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ı": "i", "&": "+", "_": "-", "’": "'",
    }
)  # fmt: skip
# All that banks have to take: EPC217-08, “SEPA requirements for an extended character set”.
NOT_TAKEN = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]")
NAME_LENGTH, REFERENCE_LENGTH, REMITTANCE_LENGTH = 70, 35, 140


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays, and from which account."""

    name: str
    iban: str


def sepa_xml(rows: Sequence[PaymentRow], *, run: str, debtor: Debtor, made_at: datetime, execute_on: date) -> bytes:
    """One batch with a payment for each row. `made_at`, `execute_on`: of the run, not of the moment.

    The references are the public ids with a dash: banks take no underscore.
    """
    document = ET.Element("Document", xmlns=NAMESPACE)
    message = ET.SubElement(document, "CstmrCdtTrfInitn")
    _header(message, rows, run=run, debtor=debtor, made_at=made_at)
    batch = _batch(message, rows, run=run, debtor=debtor, execute_on=execute_on)
    for row in rows:
        _payment(batch, row, debtor=debtor)
    ET.indent(document)
    body: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return body


def bank_text(text: str, *, length: int) -> str:
    """`text` in the letters that every bank takes; what has no such letter becomes a full stop, as the EPC advises."""
    apart = unicodedata.normalize("NFKD", text.translate(PLAIN))
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    taken = NOT_TAKEN.sub(".", " ".join(bare.split()))
    # A slash at an end, or two of them, divide a reference.
    return re.sub(r"/+", "/", taken).strip("/ ")[:length].strip("/ ") or "."


def is_reached(iban: str) -> bool:
    return iban[:2] in COUNTRIES


def _header(message: ET.Element, rows: Sequence[PaymentRow], *, run: str, debtor: Debtor, made_at: datetime) -> None:
    header = ET.SubElement(message, "GrpHdr")
    _text(header, "MsgId", bank_text(run, length=REFERENCE_LENGTH))
    _text(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    _sums(header, rows)
    _text(header, "InitgPty/Nm", bank_text(debtor.name, length=NAME_LENGTH))


def _batch(
    message: ET.Element, rows: Sequence[PaymentRow], *, run: str, debtor: Debtor, execute_on: date
) -> ET.Element:
    batch = ET.SubElement(message, "PmtInf")
    _text(batch, "PmtInfId", bank_text(run, length=REFERENCE_LENGTH))
    _text(batch, "PmtMtd", "TRF")
    _text(batch, "BtchBookg", "true")
    _sums(batch, rows)
    _text(batch, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _text(batch, "ReqdExctnDt/Dt", execute_on.isoformat())
    _text(batch, "Dbtr/Nm", bank_text(debtor.name, length=NAME_LENGTH))
    _text(batch, "DbtrAcct/Id/IBAN", debtor.iban)
    # Inside the area the number of the account says which bank it is.
    _text(batch, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _text(batch, "ChrgBr", "SLEV")
    return batch


def _payment(batch: ET.Element, row: PaymentRow, *, debtor: Debtor) -> None:
    payment = ET.SubElement(batch, "CdtTrfTxInf")
    reference = bank_text(row.reference, length=REFERENCE_LENGTH)
    _text(payment, "PmtId/EndToEndId", reference)
    _text(payment, "Amt/InstdAmt", row.amount).set("Ccy", CURRENCY)
    _text(payment, "Cdtr/Nm", bank_text(row.holder, length=NAME_LENGTH))
    _text(payment, "CdtrAcct/Id/IBAN", row.iban)
    _text(payment, "RmtInf/Ustrd", bank_text(f"{debtor.name} {reference}", length=REMITTANCE_LENGTH))


def _sums(parent: ET.Element, rows: Sequence[PaymentRow]) -> None:
    _text(parent, "NbOfTxs", str(len(rows)))
    _text(parent, "CtrlSum", f"{sum(Decimal(row.amount) for row in rows):.2f}")


def _text(parent: ET.Element, path: str, text: str) -> ET.Element:
    """A new element at the end of that path below `parent`."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent
