import config.lib.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('advocates', '0002_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='NpsSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='sur')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('ended', 'ended')], default='draft', max_length=10, verbose_name='status')),
                ('segment', models.ForeignKey(blank=True, help_text='Empty: all customers.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='advocates.segment', verbose_name='whom to ask')),
                ('repeat_after_days', models.PositiveIntegerField(default=180, verbose_name='asked again after days')),
                ('daily_limit', models.PositiveIntegerField(default=200, verbose_name='mails a day at most')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'NPS survey',
                'verbose_name_plural': 'NPS surveys',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'active', 'ended'])), name='nps_survey_status_known'), models.CheckConstraint(condition=models.Q(('repeat_after_days__gte', 30)), name='nps_survey_rests_a_month')],
            },
        ),
        migrations.CreateModel(
            name='SurveyInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='sin')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='campaigns.npssurvey')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_invitations', to='advocates.contact')),
                ('answer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='survey_invitation', to='advocates.npsanswer')),
                ('invited_at', models.DateTimeField(verbose_name='asked')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
            ],
            options={
                'verbose_name': 'invitation to a survey',
                'verbose_name_plural': 'invitations to surveys',
                'indexes': [models.Index(fields=['survey', 'contact', '-invited_at'], name='survey_invitation_of')],
            },
        ),
        migrations.CreateModel(
            name='Testimonial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='tes')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='testimonials', to='advocates.contact', verbose_name='person')),
                ('campaign', models.ForeignKey(blank=True, help_text='Empty: shown by all campaigns.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='testimonials', to='campaigns.campaign', verbose_name='campaign')),
                ('text', models.TextField(max_length=1000, verbose_name='words')),
                ('shown_name', models.CharField(max_length=80, verbose_name='name to publish')),
                ('shown_company', models.CharField(blank=True, default='', max_length=120, verbose_name='company or town to publish')),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'German'), ('zh-hans', 'Simplified Chinese'), ('ms', 'Malay'), ('nb', 'Norwegian Bokmål'), ('ko', 'Korean')], max_length=10, verbose_name='language')),
                ('places', models.JSONField(default=list, help_text='website, mails, social media, print', verbose_name='places of use')),
                ('consent_version', models.CharField(max_length=64, verbose_name='version of the text agreed to')),
                ('consent_text', models.TextField(max_length=1000, verbose_name='text agreed to')),
                ('consented_at', models.DateTimeField(verbose_name='agreed')),
                ('status', models.CharField(choices=[('submitted', 'to be read'), ('approved', 'published'), ('declined', 'not published'), ('withdrawn', 'withdrawn by the person')], default='submitted', max_length=10, verbose_name='status')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
            ],
            options={
                'verbose_name': 'testimonial',
                'verbose_name_plural': 'testimonials',
                'indexes': [models.Index(fields=['status', '-created_at'], name='testimonial_by_status')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'approved', 'declined', 'withdrawn'])), name='testimonial_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', False), _connector='OR'), name='testimonial_withdrawn_has_its_time')],
            },
        ),
        migrations.AddField(
            model_name='campaign',
            name='segments',
            field=models.ManyToManyField(blank=True, help_text='Whoever stands in one of these segments. None chosen: everybody.', related_name='campaigns', to='advocates.segment', verbose_name='who may recommend'),
        ),
    ]
