"""Consents, suppressions, the audit trail and its guards."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from advocates.guards import GUARDS, install_guards, missing_guards
from advocates.models import AuditEntry, Consent, Suppression
from advocates.selectors import is_suppressed, may_contact, suppressed_among
from advocates.services.audit import audit
from advocates.services.consents import consent_record, consent_withdraw
from advocates.services.suppression import suppression_add, suppression_lift
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db

Scope, Reason, Channel = Suppression.Scope, Suppression.Reason, Consent.Channel


def suppress(address, now, scope=Scope.ASKS):
    return suppression_add(address=address, scope=scope, reason=Reason.UNSUBSCRIBED, now=now, by="unsubscribe page")


def test_who_unsubscribed_stays_so_however_the_address_is_written(now):
    suppress("Ben.Carter+shop@gmail.com", now)
    suppress("bencarter@googlemail.com", now)
    assert is_suppressed("bencarter@gmail.com", scope=Scope.ASKS)
    assert not is_suppressed("bencarter@gmail.com", scope=Scope.ALL)
    assert Suppression.objects.count() == 1


def test_everything_covers_asks(now):
    suppress(LENA.email, now, scope=Scope.ALL)
    assert is_suppressed(LENA.email, scope=Scope.ASKS)
    assert suppressed_among([LENA.email, OMAR.email], scope=Scope.ASKS) == {LENA.email}


def test_a_suppression_outlives_a_change_of_the_secret_key(now, settings):
    suppress(LENA.email, now)
    with override_settings(SECRET_KEY="the next one", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert is_suppressed(LENA.email, scope=Scope.ASKS)


def test_no_address_stands_in_the_table_or_in_the_trail(now):
    row = suppress(LENA.email, now)
    entry = AuditEntry.objects.get()
    assert LENA.email not in f"{row.__dict__}{entry.__dict__}"


def test_what_is_lifted_stays_in_the_trail(now, ada):
    suppress(LENA.email, now)
    assert suppression_lift(address=LENA.email, actor=ada, reason="She asked for it") == 1
    assert not is_suppressed(LENA.email, scope=Scope.ASKS)
    lifted = AuditEntry.objects.get(verb="suppression.lifted")
    assert (lifted.actor, lifted.reason, lifted.before["reason"]) == (ada, "She asked for it", "unsubscribed")


def test_a_customer_may_be_mailed_and_not_called(now):
    lena = contact_of(LENA, purchases_count=1)
    assert may_contact(lena, Channel.EMAIL).allowed
    assert not may_contact(lena, Channel.PHONE).allowed


def test_a_consent_opens_the_channel_until_it_is_withdrawn(now):
    lena = contact_of(LENA)
    consent_record(contact=lena, channel=Channel.PHONE, basis=Consent.Basis.BY_PHONE, source="console", given_at=now)
    may = may_contact(lena, Channel.PHONE)
    assert (may.allowed, str(may.basis), may.since) == (True, "said so on the phone", now)
    assert consent_withdraw(contact=lena, channel=Channel.PHONE, source="portal", now=now + timedelta(days=1)) == 1
    assert not may_contact(lena, Channel.PHONE).allowed


def test_a_consent_does_not_outweigh_a_suppression(now):
    lena = contact_of(LENA)
    consent_record(contact=lena, channel=Channel.EMAIL, basis=Consent.Basis.OPT_IN, source="form", given_at=now)
    suppress(LENA.email, now)
    assert not may_contact(lena, Channel.EMAIL).allowed


def test_an_entry_of_the_trail_can_be_neither_changed_nor_deleted(now):
    entry = audit(verb="test", row=contact_of(LENA), after={"at": now})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="another")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()
    assert AuditEntry.objects.get().verb == "test"


def test_a_guard_that_is_gone_is_missed_and_put_back():
    table = AuditEntry._meta.db_table
    name = f"{table}_keeps_all_but_reason"
    assert name in GUARDS
    assert missing_guards(connection) == []
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert missing_guards(connection) == [name]
    install_guards(connection)
    install_guards(connection)
    assert missing_guards(connection) == []
