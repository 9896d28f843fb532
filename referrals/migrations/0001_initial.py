import config.lib.fields
import config.lib.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('advocates', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='ref')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='campaigns.campaign', verbose_name='campaign')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='campaigns.enrolment')),
                ('advocate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals_given', to='advocates.contact', verbose_name='advocate')),
                ('friend', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals_received', to='advocates.contact', verbose_name='friend')),
                ('status', models.CharField(choices=[('submitted', 'New'), ('contacted', 'Contacted'), ('qualified', 'Qualified'), ('converted', 'Won'), ('lost', 'Lost'), ('rejected', 'Rejected'), ('expired', 'Expired')], default='submitted', max_length=10, verbose_name='status')),
                ('review', models.CharField(choices=[('clear', 'nothing noticed'), ('held', 'to be looked at'), ('passed', 'looked at: fine'), ('refused', 'looked at: not honest')], default='clear', max_length=10, verbose_name='check')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('method', models.CharField(choices=[('staff', 'entered by staff'), ('code', 'referral code'), ('coupon', 'coupon at the checkout'), ('cookie', 'link followed on this device'), ('email', 'invited by mail'), ('phone', 'phone number'), ('name', 'named by the advocate'), ('claim', 'claimed by the advocate')], max_length=10, verbose_name='how it was attributed')),
                ('evidence', models.JSONField(blank=True, default=dict, verbose_name='evidence')),
                ('channel', models.CharField(blank=True, default='', max_length=32, verbose_name='channel')),
                ('source', models.CharField(blank=True, default='', max_length=64, verbose_name='source')),
                ('note', models.TextField(blank=True, default='', verbose_name='note')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='language')),
                ('terms_seen', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaigncopy')),
                ('deal_amount', config.lib.fields.AmountField(blank=True, null=True, verbose_name='deal value')),
                ('deal_unit', config.lib.fields.UnitField(blank=True, default='', max_length=16, verbose_name='currency')),
                ('lost_reason', models.CharField(blank=True, default='', max_length=500, verbose_name='why lost')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('submitted_at', models.DateTimeField(verbose_name='came in')),
                ('first_answer_due_at', models.DateTimeField(verbose_name='answer by')),
                ('first_answered_at', models.DateTimeField(blank=True, null=True, verbose_name='first answered')),
                ('credit_until', models.DateTimeField(verbose_name='counts until')),
                ('converted_at', models.DateTimeField(blank=True, null=True, verbose_name='won at')),
                ('is_test', models.BooleanField(default=False, verbose_name='test')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'referral',
                'verbose_name_plural': 'referrals',
                'indexes': [models.Index(fields=['status', '-submitted_at'], name='referral_by_status'), models.Index(fields=['owner', 'status', '-submitted_at'], name='referral_of_owner'), models.Index(fields=['advocate', '-submitted_at'], name='referral_of_advocate'), models.Index(fields=['friend', '-submitted_at'], name='referral_of_friend'), models.Index(condition=models.Q(('first_answered_at', None), ('status', 'submitted')), fields=['first_answer_due_at'], name='referral_unanswered')],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'friend'), name='referral_once'), models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'contacted', 'qualified', 'converted', 'lost', 'rejected', 'expired'])), name='referral_status_known'), models.CheckConstraint(condition=models.Q(('method__in', ['staff', 'code', 'coupon', 'cookie', 'email', 'phone', 'name', 'claim'])), name='referral_method_known'), models.CheckConstraint(condition=models.Q(('review__in', ['clear', 'held', 'passed', 'refused'])), name='referral_review_known'), models.CheckConstraint(condition=models.Q(('advocate', models.F('friend')), _negated=True), name='referral_not_of_oneself'), models.CheckConstraint(condition=models.Q(('status', 'converted'), ('converted_at', None), _connector='OR'), name='referral_converted_at_only_when_won'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'lost'), _negated=True), models.Q(('lost_reason', ''), _negated=True), _connector='OR'), name='referral_lost_says_why'), models.CheckConstraint(condition=models.Q(('deal_amount__gte', 0), ('deal_amount__lte', 1000000000000)), name='referral_deal_in_bounds')],
            },
        ),
        migrations.CreateModel(
            name='FraudSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signals', to='referrals.referral')),
                ('rule', models.CharField(max_length=40, verbose_name='rule')),
                ('points', models.PositiveSmallIntegerField(verbose_name='points')),
                ('detail', models.JSONField(blank=True, default=dict, verbose_name='what was seen')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
            ],
            options={
                'verbose_name': 'sign of fraud',
                'verbose_name_plural': 'signs of fraud',
                'constraints': [models.UniqueConstraint(fields=('referral', 'rule'), name='fraud_signal_once')],
            },
        ),
        migrations.CreateModel(
            name='ReferralEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='evt')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('event_id', models.CharField(max_length=128, verbose_name='id at the source')),
                ('type', models.CharField(max_length=64, verbose_name='type')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='advocates.contact', verbose_name='person')),
                ('referral', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='referrals.referral')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='campaigns.campaign')),
                ('sequence', models.PositiveIntegerField(default=0, verbose_name='number of its type')),
                ('amount', config.lib.fields.AmountField(blank=True, null=True, verbose_name='amount')),
                ('unit', config.lib.fields.UnitField(blank=True, default='', max_length=16, verbose_name='currency')),
                ('items', models.JSONField(blank=True, default=list, verbose_name='items')),
                ('region', models.CharField(blank=True, default='', max_length=64, verbose_name='region')),
                ('coupon_code', models.CharField(blank=True, default='', max_length=64, verbose_name='coupon')),
                ('metadata', models.JSONField(blank=True, default=dict, verbose_name='further facts')),
                ('body_hash', models.CharField(blank=True, default='', help_text='Of what may not differ when the event is sent again.', max_length=64)),
                ('takes_back', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back_by', to='referrals.referralevent', verbose_name='takes back')),
                ('evidence_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='referrals.referralevent', verbose_name='is evidence for')),
                ('status_from', models.CharField(blank=True, default='', max_length=10, verbose_name='from')),
                ('status_to', models.CharField(blank=True, default='', max_length=10, verbose_name='to')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('is_test', models.BooleanField(default=False, verbose_name='test')),
                ('occurred_at', models.DateTimeField(verbose_name='happened')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'indexes': [models.Index(fields=['referral', 'recorded_at'], name='referral_event_of'), models.Index(fields=['contact', '-recorded_at'], name='referral_event_of_contact'), models.Index(fields=['recorded_at'], name='referral_event_recorded')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='referral_event_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), name='referral_event_amount_in_bounds'), models.CheckConstraint(condition=models.Q(('amount', None), models.Q(('unit', ''), _negated=True), _connector='OR'), name='referral_event_amount_has_unit')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(default=config.lib.ids.new_ordered_uuid, editable=False, primary_key=True, serialize=False)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='campaigns.enrolment')),
                ('visitor', models.CharField(help_text='A random number from the first-party cookie.', max_length=32, verbose_name='visitor')),
                ('channel', models.CharField(blank=True, default='', max_length=32, verbose_name='channel')),
                ('address_hash', models.CharField(blank=True, default='', max_length=64)),
                ('agent_hash', models.CharField(blank=True, default='', max_length=64)),
                ('is_document', models.BooleanField(default=True, verbose_name='opened as a page')),
                ('occurred_at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'visit',
                'verbose_name_plural': 'visits',
                'indexes': [models.Index(fields=['enrolment', '-occurred_at'], name='visit_of_enrolment'), models.Index(fields=['visitor', '-occurred_at'], name='visit_of_visitor')],
            },
        ),
    ]
