from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from advocates.models import AuditEntry, User
from tests.cast import MAYA, TOM


def test_a_lost_factor_is_removed_and_remembered(maya: User, tom: User) -> None:
    for user in (maya, tom):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    said = StringIO()

    call_command("second_factor_remove", MAYA.email.upper(), stdout=said)

    assert [factor.user.email for factor in Authenticator.objects.select_related("user")] == [TOM.email]
    assert AuditEntry.objects.get(verb="staff.second_factor_removed").object_id == maya.public_id
    assert "really Maya Okafor" in said.getvalue()


def test_nobody_by_that_address(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody"):
        call_command("second_factor_remove", "nobody@fernway.example")
