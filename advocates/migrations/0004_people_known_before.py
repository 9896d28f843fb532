"""What people known before are sought and weighed by: likeness of names, first and latest purchase, NPS answers.

In chunks with a transaction each, so that nobody waits for long; running it again writes nothing twice.
"""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, transaction
from django.db.models import Max, Min, OuterRef, Subquery

from advocates.likeness import match_name
from config.lib.ids import new_public_id

CHUNK = 2_000
SOURCE = "before"


def chunks(model: Any, **wanted: Any) -> Iterator[list[Any]]:
    last = 0
    while rows := list(model.objects.filter(pk__gt=last, **wanted).order_by("pk")[:CHUNK]):
        yield rows
        last = rows[-1].pk


def names(apps: Any, _editor: Any) -> None:
    details = apps.get_model("advocates", "ContactDetails")
    for rows in chunks(details, match_name=""):
        for row in rows:
            row.match_name = match_name(row.name)
        with transaction.atomic():
            details.objects.bulk_update(rows, ["match_name"])


def purchases(apps: Any, _editor: Any) -> None:
    contact, purchase = (apps.get_model("advocates", name) for name in ("Contact", "Purchase"))
    own = purchase.objects.filter(contact=OuterRef("pk"), status__in=["complete", "part"]).order_by().values("contact")
    for rows in chunks(contact, purchases_count__gt=0, last_purchase_at=None):
        with transaction.atomic():
            contact.objects.filter(pk__in=[row.pk for row in rows], last_purchase_at=None).update(
                first_purchase_at=Subquery(own.annotate(at=Min("occurred_at")).values("at")),
                last_purchase_at=Subquery(own.annotate(at=Max("occurred_at")).values("at")),
            )


def answers(apps: Any, _editor: Any) -> None:
    contact, answer = (apps.get_model("advocates", name) for name in ("Contact", "NpsAnswer"))
    for rows in chunks(contact, nps_score__isnull=False, nps_answers=None):
        with transaction.atomic():
            answer.objects.bulk_create(
                [
                    answer(
                        public_id=new_public_id("nps"),
                        contact=row,
                        score=row.nps_score,
                        via="import",
                        source=SOURCE,
                        event_id=row.public_id,
                        occurred_at=row.nps_at,
                    )
                    for row in rows
                ]
            )


def forget_answers(apps: Any, _editor: Any) -> None:
    apps.get_model("advocates", "NpsAnswer").objects.filter(source=SOURCE).delete()


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("advocates", "0003_people_guards")]

    operations = [
        migrations.RunPython(names, migrations.RunPython.noop),
        migrations.RunPython(purchases, migrations.RunPython.noop),
        migrations.RunPython(answers, forget_answers),
    ]
