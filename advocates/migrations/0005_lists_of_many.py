"""Indexes for lists that are read newest first, and for the search by an address or number."""

from django.db import migrations, models

from config.lib.migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("advocates", "0004_people_known_before")]

    operations = [
        AddIndexSafely(model_name="contactkey", index=models.Index(fields=["value"], name="contact_key_value")),
        AddIndexSafely(model_name="npsanswer", index=models.Index(fields=["-occurred_at"], name="nps_answer_newest")),
        AddIndexSafely(model_name="moment", index=models.Index(fields=["-occurred_at"], name="moment_newest")),
        AddIndexSafely(
            model_name="segmentmember",
            index=models.Index(fields=["segment", "-joined_at"], name="segment_member_newest"),
        ),
    ]
