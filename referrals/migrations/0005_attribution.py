import config.lib.fields
import config.lib.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0004_known_again'),
        ('referrals', '0004_confirmed_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='EarlyRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='evt')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('event_id', models.CharField(max_length=128, verbose_name='id at the source')),
                ('refunds', models.CharField(max_length=128, verbose_name='id of the sale')),
                ('amount', config.lib.fields.AmountField(blank=True, null=True, verbose_name='amount')),
                ('unit', config.lib.fields.UnitField(blank=True, default='', max_length=16, verbose_name='currency')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
                ('is_test', models.BooleanField(default=False, verbose_name='test')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('refused', models.CharField(blank=True, default='', help_text='Code of what stood against it.', max_length=40, verbose_name='why not')),
            ],
            options={
                'verbose_name': 'refund before its sale',
                'verbose_name_plural': 'refunds before their sale',
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['source', 'refunds'], name='early_refund_waiting')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='early_refund_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), name='early_refund_amount_in_bounds'), models.CheckConstraint(condition=models.Q(('amount', None), models.Q(('unit', ''), _negated=True), _connector='OR'), name='early_refund_amount_has_unit')],
            },
        ),
        migrations.CreateModel(
            name='AttributionDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='referrals.referral')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='campaigns.enrolment')),
                ('method', models.CharField(choices=[('staff', 'entered by staff'), ('code', 'referral code'), ('coupon', 'coupon at the checkout'), ('cookie', 'link followed on this device'), ('email', 'invited by mail'), ('phone', 'phone number'), ('name', 'named by the advocate'), ('claim', 'claimed by the advocate')], max_length=10, verbose_name='how it was attributed')),
                ('channel', models.CharField(blank=True, default='', max_length=32, verbose_name='channel')),
                ('candidates', models.JSONField(default=list, verbose_name='who was in question')),
                ('decided_at', models.DateTimeField(verbose_name='when')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who decided')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'attribution',
                'verbose_name_plural': 'attributions',
                'indexes': [models.Index(fields=['referral', '-id'], name='attribution_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['staff', 'code', 'coupon', 'cookie', 'email', 'phone', 'name', 'claim'])), name='attribution_method_known')],
            },
        ),
        migrations.AddField(
            model_name='referral',
            name='counts_from',
            field=models.DateTimeField(blank=True, help_text='What the friend did earlier is none of its events.', null=True, verbose_name='counts from'),
        ),
    ]
