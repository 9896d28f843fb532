"""A person's statement to take away, as a table for spreadsheets and as a PDF to print."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from typing import Any
from unicodedata import normalize

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from rewards.payout_files import cell_text

# Latin letters are embedded; Chinese and Korean come from the reader's own fonts, as Adobe's standard names them.
LATIN, CHINESE, KOREAN = "Vera", "STSong-Light", "HYGothic-Medium"
WIDTHS = (24 * mm, 84 * mm, 32 * mm, 32 * mm)
LINE = HexColor("#d5d2cc")
NUMBER_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class StatementRow:
    """In words of one language; `amount` and `left` also as bare numbers for a spreadsheet."""

    date: str
    what: str
    reference: str
    amount_words: str
    left_words: str
    day: str
    amount: str
    left: str


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """Everything that stands on the paper: who, whose, for when, and the rows, newest first."""

    company: str
    person: str
    period: str
    unit: str
    opening_words: str
    closing_words: str
    rows: Sequence[StatementRow]


def statement_csv(paper: StatementPaper) -> bytes:
    """Commas and CRLF under one header; UTF-8 with the mark without which Excel misreads names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("Date"), _("What"), _("Reference"), _("Amount"), _("Balance"), _("Unit")])
    for row in paper.rows:
        texts = (row.day, cell_text(row.what), cell_text(row.reference), row.amount, row.left, paper.unit)
        writer.writerow(texts)
    return out.getvalue().encode("utf-8-sig")


def statement_pdf(paper: StatementPaper) -> bytes:
    """The same bytes for the same paper."""
    _fonts()
    out = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 18 * mm)
    title = _("Statement")
    document = SimpleDocTemplate(out, pagesize=A4, title=title, author=paper.company, invariant=1, **margins)
    document.build([*_head(paper, title), _table(paper)], onFirstPage=_page_number, onLaterPages=_page_number)
    return out.getvalue()


def _head(paper: StatementPaper, title: str) -> list[Any]:
    return [
        Paragraph(printable(paper.company), _style(9)),
        Paragraph(printable(title), _style(18, leading=26)),
        Paragraph(printable(f"{paper.person} · {paper.period}"), _style(10, leading=16)),
        Spacer(0, 6 * mm),
    ]


def _table(paper: StatementPaper) -> Table:
    header = [_("Date"), _("What"), _("Amount"), _("Balance")]
    rows = [
        [row.date, f"{row.what} · {row.reference}" if row.reference else row.what, row.amount_words, row.left_words]
        for row in paper.rows
    ]
    closing = ["", _("Balance at the end"), "", paper.closing_words]
    opening = ["", _("Balance at the start"), "", paper.opening_words]
    lines = [_cells(row) for row in (header, closing, *rows, opening)]
    look = [("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table(lines, colWidths=WIDTHS, repeatRows=1, style=look)


def _cells(texts: Sequence[str]) -> list[Paragraph]:
    words = [Paragraph(printable(text), _style(9)) for text in texts[:-NUMBER_COLUMNS]]
    return [*words, *(Paragraph(printable(text), _style(9, alignment=TA_RIGHT)) for text in texts[-NUMBER_COLUMNS:])]


def _style(size: int, **wanted: Any) -> ParagraphStyle:
    return ParagraphStyle("line", fontName=LATIN, fontSize=size, **({"leading": size * 1.4} | wanted))


def _page_number(canvas: Any, _document: Any) -> None:
    canvas.setFont(LATIN, 8)
    canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, str(canvas.getPageNumber()))


# --- letters ----------------------------------------------------------------------------------------------------------


def printable(text: str) -> str:
    """`text` as markup in which each run has a font that knows its letters."""
    _fonts()
    letters = [letter for character in text for letter in _letters(character)]
    runs = groupby(letters, key=_font)
    return "".join(f'<font name="{font}">{escape("".join(run))}</font>' for font, run in runs)


def _letters(character: str) -> str:
    """The character, or its plain letter where no font has it with its mark, or a question mark."""
    if _font(character):
        return character
    plain = normalize("NFKD", character)[0]
    return plain if _font(plain) else "?"


@cache
def _font(character: str) -> str:
    if ord(character) in pdfmetrics.getFont(LATIN).face.charToGlyph:
        return LATIN
    for font, encoding in ((KOREAN, "euc_kr"), (CHINESE, "gb2312")):
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            continue
        # The Korean character set has Chinese characters too: those of a Chinese text are of the other font.
        if font == CHINESE or "\uac00" <= character <= "\ud7a3":
            return font
    return ""


@cache
def _fonts() -> None:
    pdfmetrics.registerFont(TTFont(LATIN, "Vera.ttf"))
    for font in (CHINESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(font))
