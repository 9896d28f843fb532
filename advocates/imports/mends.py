"""What to do about a row that was refused, for whoever has the file open."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.errors import BadEmail, BadFact, BadPhone, IdentityConflict, NoKey, RowForgotten, RowRefused
from config.lib.errors import DomainError
from config.lib.units import UnknownUnit

FORGOTTEN = _("This person asked to be forgotten.")
LEAVE_OUT = _("Leave the row out. Only the person can come back, by a form of yours.")

MENDS: dict[type[DomainError], StrOrPromise] = {
    BadEmail: _("Write one plain address, such as lena@mail.example, or empty the cell if there is a number."),
    BadPhone: _("Write the number with + and the country code, or fill the column of the country."),
    IdentityConflict: _("The two wait under “Possible duplicates”. Decide there, then import the file again."),
    NoKey: _("Fill in a customer number, an e-mail address or a phone number."),
    UnknownUnit: _("Write the currency with its three letters, such as EUR."),
    RowForgotten: LEAVE_OUT,
    RowRefused: _("Correct the cell and import the file again; rows that stand are not written twice."),
}
FIELDS: dict[str, StrOrPromise] = {
    "country": _("Write DE instead of Germany."),
    "time_zone": _("Write it as Europe/Berlin, or empty the cell."),
    "nps_score": _("Write a whole number from 0 to 10, or empty the cell."),
    "relation": _("Use one of the relations that a contact's page offers, or empty the cell."),
}
TOO_LONG = _("Shorten the cell.")


def mend(refusal: DomainError) -> StrOrPromise:
    if isinstance(refusal, BadFact):
        return FIELDS.get(str(refusal.extra.get("field", "")), TOO_LONG)
    return next((words for kind, words in MENDS.items() if isinstance(refusal, kind)), "")
