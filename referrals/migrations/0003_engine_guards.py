"""An index on a table that others are writing to: see config/lib/migrations.py."""

from django.db import migrations, models

from config.lib.migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("referrals", "0002_engine")]

    operations = [
        AddIndexSafely(
            model_name='referral',
            index=models.Index(condition=models.Q(('is_confirmed', True)), fields=['campaign', 'advocate'], name='referral_confirmed'),
        ),
    ]
