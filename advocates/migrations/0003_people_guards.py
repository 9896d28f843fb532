"""Indexes and checks on tables that others are writing to: see config/lib/migrations.py."""

from django.db import migrations, models

from config.lib.migrations import AddCheckSafely, AddIndexSafely, ReplaceCheckSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("advocates", "0002_people")]

    operations = [
        AddIndexSafely(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("import_run__isnull", False)), fields=["import_run"], name="contact_of_import"
            ),
        ),
        AddIndexSafely(
            model_name="contactdetails",
            index=models.Index(
                condition=models.Q(("match_name", ""), _negated=True), fields=["match_name"], name="details_alike"
            ),
        ),
        AddIndexSafely(
            model_name="importrun",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "running"])), fields=["started_at"], name="import_to_do"
            ),
        ),
        ReplaceCheckSafely(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "phone", "publish"])), name="consent_channel_known"
            ),
        ),
        ReplaceCheckSafely(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "relation__in",
                        [
                            "customer",
                            "past_customer",
                            "lead",
                            "lost_lead",
                            "partner",
                            "vendor",
                            "industry_leader",
                            "other",
                        ],
                    )
                ),
                name="contact_relation_known",
            ),
        ),
        ReplaceCheckSafely(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["contacts", "purchases", "moments"])), name="import_kind_known"
            ),
        ),
        AddCheckSafely(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["auto", "csv", "xlsx", "hubspot", "shopify"])),
                name="import_format_known",
            ),
        ),
        ReplaceCheckSafely(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "queued", "running", "paused", "done", "failed", "cancelled", "undone"])
                ),
                name="import_status_known",
            ),
        ),
        AddCheckSafely(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["complete", "part", "returned", "cancelled"])),
                name="purchase_status_known",
            ),
        ),
        AddCheckSafely(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned_amount__gte", 0), ("returned_amount__lte", models.F("amount"))),
                name="purchase_returned_at_most_all",
            ),
        ),
        ReplaceCheckSafely(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["unsubscribed", "bounced", "complained", "staff", "erased"])),
                name="suppression_reason_known",
            ),
        ),
        ReplaceCheckSafely(
            model_name="circlechoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["member", "dismissed", "removed", "later"])),
                name="circle_status_known",
            ),
        ),
        AddCheckSafely(
            model_name="circlechoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("remind_on__isnull", False), ("status", "later")),
                    models.Q(models.Q(("status", "later"), _negated=True), ("remind_on", None)),
                    _connector="OR",
                ),
                name="circle_later_has_its_day",
            ),
        ),
        AddCheckSafely(
            model_name="circlechoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "member"), ("level", None), _connector="OR"),
                name="circle_level_of_members",
            ),
        ),
    ]
