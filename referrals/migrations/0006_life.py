import config.lib.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('advocates', '0005_lists_of_many'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0004_known_again'),
        ('referrals', '0005_attribution'),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='clm')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='campaigns.enrolment', verbose_name='advocate')),
                ('friend', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims_about', to='advocates.contact', verbose_name='friend')),
                ('claim_key', models.CharField(help_text='Enrolment and friend: said once.', max_length=96, unique=True)),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='note')),
                ('status', models.CharField(choices=[('open', 'Open'), ('granted', 'Granted'), ('declined', 'Declined')], default='open', max_length=10, verbose_name='status')),
                ('evidence', models.JSONField(default=list, verbose_name='what speaks for it')),
                ('answer', models.CharField(blank=True, default='', max_length=40, verbose_name='answer')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='why')),
                ('referral', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='referrals.referral', verbose_name='referral')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('claimed_at', models.DateTimeField(verbose_name='claimed')),
                ('decide_by', models.DateTimeField(verbose_name='to be decided by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['decide_by'], name='claim_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['open', 'granted', 'declined'])), name='claim_status_known'), models.CheckConstraint(condition=models.Q(('status', 'open'), ('decided_at__isnull', False), _connector='OR'), name='claim_decided_when')],
            },
        ),
    ]
