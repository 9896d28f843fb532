"""A run as a file for the bank: lines for any bank, or the message of the SEPA area for payments in euros."""

from datetime import datetime

from django.db import models, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.models import User
from advocates.services.audit import audit
from campaigns.selectors import company
from config.lib.money import Money
from referrals.working_hours import zone_of
from rewards.errors import BadIban, NoSepaFile
from rewards.iban import iban_normalise
from rewards.models import Payout, PayoutRun
from rewards.payout_files import PaymentRow, major_units, payments_csv
from rewards.sepa import CURRENCY, Debtor, is_reached, sepa_xml
from rewards.services.payout_methods import bank_account


class RunFile(models.TextChoices):
    CSV = "csv", gettext_lazy("CSV file")
    SEPA = "sepa", gettext_lazy("SEPA file (pain.001)")


def payout_run_file(*, run: PayoutRun, actor: User, form: str = RunFile.CSV) -> bytes:
    """The file of an exported run once more, the same bytes each time. Account numbers leave the house: that is noted.

    Raises NoSepaFile where the run cannot be one.
    """
    with transaction.atomic():
        file = _sepa(run) if form == RunFile.SEPA else run_csv(run)
        audit(verb="payout_run_file", row=run, actor=actor, after={"form": str(RunFile(form))})
        return file


def run_csv(run: PayoutRun) -> bytes:
    return payments_csv(_rows(run))


def may_be_sepa(run: PayoutRun) -> bool:
    return run.unit == CURRENCY


def _sepa(run: PayoutRun) -> bytes:
    if not may_be_sepa(run) or run.exported_at is None:
        raise NoSepaFile(_("Only an exported run in euros can be a SEPA file."))
    rows = _rows(run)
    outside = [row for row in rows if not is_reached(row.iban)]
    if outside:
        raise NoSepaFile(
            ngettext(
                "%(count)d account of this run lies outside the SEPA area. Take the CSV file.",
                "%(count)d accounts of this run lie outside the SEPA area. Take the CSV file.",
                len(outside),
            )
            % {"count": len(outside)}
        )
    made_at = run.exported_at.replace(microsecond=0)
    return sepa_xml(rows, run=run.public_id, debtor=_debtor(), made_at=made_at, execute_on=_day(made_at).date())


def _debtor() -> Debtor:
    own = company()
    try:
        return Debtor(own.debit_account_name or own.name, iban_normalise(own.debit_account_iban))
    except BadIban as refusal:
        raise NoSepaFile(
            _("Say on the company page from which account you pay: %(why)s") % {"why": refusal}
        ) from refusal


def _day(moment: datetime) -> datetime:
    return localtime(moment, zone_of(company().time_zone))


def _rows(run: PayoutRun) -> list[PaymentRow]:
    """Reads the sealed accounts; one row a payout in the order in which they were prepared."""
    rows = []
    for payout in run.payouts.exclude(status=Payout.Status.CANCELLED).select_related("method").order_by("pk"):
        account = bank_account(payout.method)
        amount = major_units(Money(payout.amount, payout.unit))
        rows.append(PaymentRow(payout.public_id, account.holder, account.iban, amount, payout.unit, run.public_id))
    return rows
