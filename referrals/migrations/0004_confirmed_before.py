"""Who was won before, and whose sale stands, is confirmed. In chunks, so that nobody waits for long."""

from typing import Any

from django.db import migrations, transaction

CHUNK = 2_000


def confirm(apps: Any, _editor: Any) -> None:
    referral, event = (apps.get_model("referrals", name) for name in ("Referral", "ReferralEvent"))
    last = 0
    while rows := list(referral.objects.filter(pk__gt=last, status="converted").order_by("pk")[:CHUNK]):
        last = rows[-1].pk
        with transaction.atomic():
            referral.objects.filter(pk__in=[row.pk for row in rows if _stands(event, row)]).update(is_confirmed=True)


def _stands(event: Any, row: Any) -> bool:
    won = event.objects.filter(referral=row, status_to="converted").order_by("-pk").first()
    if won is None:
        return False
    back = list(event.objects.filter(takes_back=won).values_list("amount", flat=True))
    if None in back:
        return False
    return not won.amount or sum(back) < won.amount


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("referrals", "0003_engine_guards")]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
