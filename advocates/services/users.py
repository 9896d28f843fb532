from typing import Any

from advocates.models import User
from advocates.services.audit import audit


def user_rights(*, user: User) -> dict[str, Any]:
    """What this member of staff may do, as the audit trail keeps it."""
    return {
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "permissions": sorted(user.user_permissions.values_list("codename", flat=True)),
    }


def user_rights_audit(*, user: User, before: dict[str, Any], actor: User) -> None:
    """Write down how somebody's rights changed, if they did, in the transaction that changed them."""
    after = user_rights(user=user)
    if after != before:
        audit(verb="user.rights", row=user, actor=actor, before=before, after=after)
