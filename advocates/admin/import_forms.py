from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.imports.files import ENCODINGS
from advocates.models import ImportRun
from config.lib.errors import DomainError
from config.lib.units import unit_get

MEGABYTE = 1 << 20
SOURCE_LENGTH = 64


class FileForm(forms.Form):
    file = forms.FileField(label=_lazy("File"), max_length=200)
    kind = forms.ChoiceField(
        label=_lazy("What is in it"),
        choices=[
            (ImportRun.Kind.CONTACTS, _lazy("People: one in each row, with NPS scores if there are any")),
            (ImportRun.Kind.PURCHASES, _lazy("Purchases: one sale in each row")),
            (ImportRun.Kind.MOMENTS, _lazy("Moments: who, what and when, of people who are known")),
        ],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=_lazy("Where it comes from"),
        max_length=SOURCE_LENGTH,
        help_text=_lazy(
            "The system that gave the customer numbers, such as shop or crm. The same name the next time finds the "
            "same people, and the columns as you chose them."
        ),
    )
    format = forms.ChoiceField(label=_lazy("Format"), choices=ImportRun.Format.choices, required=False)

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        self.fields["source"].widget.attrs |= {"list": "import-sources", "autocomplete": "off", "spellcheck": "false"}
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx,.gz,.xz"
        self.fields["file"].help_text = _(
            "CSV in any encoding, an Excel workbook (.xlsx), or an export of HubSpot or Shopify as it is; at most "
            "%(limit)s MB. CSV may be compressed (.gz, .xz)."
        ) % {"limit": settings.IMPORT_MAX_BYTES // MEGABYTE}

    def clean_format(self) -> str:
        return self.cleaned_data["format"] or ImportRun.Format.AUTO

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"].strip()
        if not source.isprintable():
            raise forms.ValidationError(_("Write a short name, such as shop or crm."))
        return source


class ReadingForm(forms.Form):
    """How the file is read, beside its columns."""

    currency = forms.CharField(
        label=_lazy("Currency of amounts that name none"),
        max_length=16,
        required=False,
        help_text=_lazy("Three letters, such as EUR."),
    )
    sheet = forms.ChoiceField(label=_lazy("Sheet"), required=False)
    encoding = forms.ChoiceField(
        label=_lazy("Letters look wrong? Read them as"),
        required=False,
        choices=[("", _lazy("by their content")), *((name, name) for name in ENCODINGS if name != "auto")],
    )

    def __init__(self, *args: Any, sheets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(sheets) > 1:
            sheet: Any = self.fields["sheet"]
            sheet.choices = [("", sheets[0]), *((name, name) for name in sheets[1:])]
        else:
            del self.fields["sheet"]
        if sheets:
            del self.fields["encoding"]

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].strip().upper()
        try:
            if currency:
                unit_get(currency)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return currency
