import fnmatch

import pytest
from django.contrib.auth.models import Group, Permission

from config.roles import ROLES, create_roles

pytestmark = pytest.mark.django_db


def codes(role):
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_every_role_is_there_after_a_migrate():
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)


def test_every_pattern_grants_something():
    """A model that was renamed would take a permission away without a word."""
    rows = Permission.objects.select_related("content_type")
    known = {f"{row.content_type.app_label}.{row.codename}" for row in rows}
    idle = {pattern for patterns in ROLES.values() for pattern in patterns if not fnmatch.filter(known, pattern)}
    assert idle == set()


def test_nobody_is_given_leave_to_delete():
    assert not Permission.objects.filter(group__isnull=False, codename__startswith="delete_").exists()


def test_only_finance_and_admins_touch_money():
    may = {role for role in ROLES if "approve_payouts" in codes(role)}
    assert may == {"finance", "admin"}


def test_a_second_time_changes_nothing_and_takes_nothing_away():
    extra = Permission.objects.get(codename="view_auditentry")
    Group.objects.get(name="sales").permissions.add(extra)
    before = {role: codes(role) for role in ROLES}
    create_roles()
    assert {role: codes(role) for role in ROLES} == before
