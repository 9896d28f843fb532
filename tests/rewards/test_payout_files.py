import csv
import io

import pytest
from hypothesis import given, strategies as st

from config.lib.money import Money
from rewards.payout_files import COLUMNS, PaymentRow, cell_text, major_units, payments_csv


def row(**changes: str) -> PaymentRow:
    facts = {
        "reference": "pay_1",
        "holder": "Lena Vogt",
        "iban": "DE89370400440532013000",
        "amount": "25.00",
        "currency": "EUR",
        "run": "run_1",
    }
    return PaymentRow(**(facts | changes))


def read(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_the_columns_stand_where_the_bank_expects_them() -> None:
    assert COLUMNS == ("reference", "holder", "iban", "amount", "currency", "run")
    assert payments_csv([row()]) == (
        b"\xef\xbb\xbfreference,holder,iban,amount,currency,run\r\n"
        b"pay_1,Lena Vogt,DE89370400440532013000,25.00,EUR,run_1\r\n"
    )


@pytest.mark.parametrize(
    ("amount", "unit", "written"),
    [
        (2_500, "EUR", "25.00"),
        (1, "EUR", "0.01"),
        (100, "USD", "1.00"),
        (3_000, "JPY", "3000"),
        (3_000, "KRW", "3000"),
        (12_345, "KWD", "12.345"),
        (10**12, "EUR", "10000000000.00"),
    ],
)
def test_amounts_stand_in_major_units_with_the_currencys_own_precision(amount: int, unit: str, written: str) -> None:
    assert major_units(Money(amount, unit)) == written


HOSTILE = [
    "=1+1",
    "+49 30 1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_formula(name: str) -> None:
    [_head, cells] = read(payments_csv([row(holder=name)]))
    assert cells[1].startswith("'")
    assert "\0" not in cells[1]
    assert len(cells) == len(COLUMNS)


@given(st.text(max_size=40))
def test_whatever_the_name_the_cell_stays_text_and_in_its_place(name: str) -> None:
    assert not cell_text(name).strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    [_head, *rows] = read(payments_csv([row(holder=name), row()]))
    assert [len(cells) for cells in rows] == [len(COLUMNS), len(COLUMNS)]


@pytest.mark.parametrize("name", ["Sofía Marín", "김민준", "O'Neill", 'Vogt, "Lena"', "Müller-Lüdenscheidt"])
def test_an_honest_name_arrives_as_it_was_written(name: str) -> None:
    [_head, cells] = read(payments_csv([row(holder=name)]))
    assert cells[1] == name
