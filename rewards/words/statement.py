"""What a line of somebody's statement says, in their own words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrPromise

from rewards.ledger.statements import Line
from rewards.models import Account, Transfer

Kind = Account.Kind
BACK = gettext_lazy("Payment came back")

# From where to where, in the books → what it is to the person.
MOVES: Mapping[tuple[str, str], StrPromise] = {
    (Kind.RESERVED, Kind.OWED): gettext_lazy("Reward is ready"),
    (Kind.RESERVED, Kind.CREDIT): gettext_lazy("Account credit received"),
    (Kind.RESERVED, Kind.PAID): gettext_lazy("Reward received"),
    (Kind.PAID, Kind.RESERVED): gettext_lazy("Reward good again"),
    (Kind.RESERVED, Kind.RECEIVABLE): gettext_lazy("Kept back for what was taken back"),
    (Kind.OWED, Kind.RECEIVABLE): gettext_lazy("Kept back for what was taken back"),
    (Kind.RECEIVABLE, Kind.OWED): gettext_lazy("What was kept back is given back"),
    (Kind.OWED, Kind.IN_TRANSIT): gettext_lazy("On the way to the bank"),
    (Kind.IN_TRANSIT, Kind.PAID): gettext_lazy("Paid out"),
    (Kind.IN_TRANSIT, Kind.OWED): BACK,
    (Kind.PAID, Kind.OWED): BACK,
    (Kind.OWED, Kind.CREDIT): gettext_lazy("Given back as account credit"),
    (Kind.CREDIT, Kind.PAID): gettext_lazy("Account credit spent"),
    (Kind.PAID, Kind.CREDIT): gettext_lazy("Account credit given back"),
    (Kind.OWED, Kind.FUNDING): gettext_lazy("Taken back"),
    (Kind.CREDIT, Kind.FUNDING): gettext_lazy("Taken back"),
    (Kind.RECEIVABLE, Kind.FUNDING): gettext_lazy("Taken back after it was paid"),
    (Kind.PAID, Kind.FUNDING): gettext_lazy("Taken back"),
    (Kind.CREDIT, Kind.EXPIRED): gettext_lazy("Expired"),
    (Kind.OWED, Kind.EXPIRED): gettext_lazy("Expired"),
    (Kind.OWED, Kind.DONATED): gettext_lazy("Donated"),
    (Kind.CREDIT, Kind.DONATED): gettext_lazy("Donated"),
    (Kind.WRITTEN_OFF, Kind.RECEIVABLE): gettext_lazy("Debt written off"),
    (Kind.FUNDING, Kind.CREDIT): gettext_lazy("Account credit added"),
}


def line_words(line: Line) -> str:
    """What happened; what a shop said beside it stands in `line_note`."""
    transfer = line.transfer
    words = MOVES.get((transfer.debit.kind, transfer.credit.kind))
    if words is not None:
        return str(words)
    if transfer.debit.kind == transfer.credit.kind:
        return _("Two of your accounts became one")
    return memo_words(transfer)


def line_note(line: Line) -> str:
    """On what account credit was spent, as the shop said it."""
    transfer = line.transfer
    is_spent = (transfer.debit.kind, transfer.credit.kind) == (Kind.CREDIT, Kind.PAID)
    return memo_words(transfer) if is_spent else ""


def memo_words(transfer: Transfer) -> str:
    """The reason in the books, in the reader's language; empty where it was blanked."""
    return _(transfer.memo) if transfer.memo else ""
