from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('advocates', '0005_lists_of_many'),
        ('campaigns', '0003_engine'),
        ('referrals', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='is_confirmed',
            field=models.BooleanField(db_default=False, default=False, help_text='Won, and the sale that won it stands.', verbose_name='confirmed'),
        ),
        migrations.AddField(
            model_name='referralevent',
            name='confirmed_count',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Of the advocate in this campaign, with this event, in the order of recording.', verbose_name='confirmed friends'),
        ),
    ]
