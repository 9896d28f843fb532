from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdvocatesConfig(AppConfig):
    name = "advocates"
    verbose_name = _("Advocates")

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from advocates import circle, guards, jobs
        from advocates.circle_signals import CIRCLE_SIGNALS
        from advocates.models import AuditEntry
        from advocates.services import circle_suggest, housekeeping

        connection_created.connect(guards.refuse_deletes)
        guards.guards_register(*guards.append_only_but(AuditEntry, blankable="reason"))

        for signal in CIRCLE_SIGNALS:
            circle.SIGNALS.register(signal.name, signal)

        self.person_ready()
        self.identity_ready()
        self.satisfaction_ready()
        self.personal_ready()
        self.segments_ready()
        self.customer_base_ready()
        self.imports_ready()

        jobs.job_register(
            jobs.Job(
                "circle_suggest",
                circle_suggest.circle_suggest,
                timedelta(days=1),
                "Weighs everybody anew; people decide about the suggestions when they have time. Late costs a day.",
            )
        )
        jobs.job_register(
            jobs.Job(
                "rate_buckets_purge",
                lambda now: housekeeping.rate_buckets_purge(now=now),
                timedelta(hours=6),
                "Counters of limits that no window reaches any more. Late costs only space.",
            )
        )
        jobs.job_register(
            jobs.Job(
                "job_runs_purge",
                lambda now: housekeeping.job_runs_purge(now=now),
                timedelta(days=1),
                "Finished runs older than thirty days. Late costs only space.",
            )
        )

    def identity_ready(self) -> None:
        from advocates.admin.merges import MERGE_VERBS, merges_panel
        from advocates.admin.person import PERSON_PANELS, PERSON_VERBS, PersonPanel
        from advocates.jobs import Job, job_register
        from advocates.services import late_rows, pairs

        for verb in MERGE_VERBS:
            PERSON_VERBS.register(verb.name, verb)
        merged = PersonPanel("merges", _("Found to be this person"), "advocates.view_contact", merges_panel)
        PERSON_PANELS.register("merges", merged)

        job_register(
            Job(
                pairs.JOB,
                pairs.pairs_find,
                timedelta(hours=1),
                "Compares people who changed and proposes who may be one person. Late, staff see it an hour later.",
            )
        )
        job_register(
            Job(
                "merges_settle",
                late_rows.merges_settle,
                timedelta(minutes=10),
                "Sends on what was written for a merged contact at that very moment. Late, it does not count so long.",
            )
        )

    def satisfaction_ready(self) -> None:
        from advocates.admin import moments, nps
        from advocates.admin.person import PERSON_PANELS, PERSON_STORIES, PERSON_VERBS, PersonPanel, PersonStory

        for verb in (*nps.NPS_VERBS, *moments.MOMENT_VERBS):
            PERSON_VERBS.register(verb.name, verb)
        answers, told = "advocates.view_npsanswer", "advocates.view_moment"
        PERSON_PANELS.register("nps", PersonPanel("nps", _("Would they recommend us?"), answers, nps.nps_panel))
        PERSON_PANELS.register("moments", PersonPanel("moments", _("Moments"), told, moments.moments_panel))
        PERSON_STORIES.register("nps", PersonStory(answers, nps.nps_story))
        PERSON_STORIES.register("moments", PersonStory(told, moments.moments_story))

    def imports_ready(self) -> None:
        from advocates.jobs import Job, job_register
        from advocates.services import import_files, import_rounds

        job_register(
            Job(
                "imports_run",
                lambda now: import_rounds.imports_run(now=now),
                timedelta(seconds=10),
                "Files that were handed in, in rounds of minutes. Late means that somebody waits at a bar.",
                lease=import_rounds.JOB_LEASE,
            )
        )
        job_register(
            Job(
                "import_files_purge",
                lambda now: import_files.import_files_purge(now=now),
                timedelta(hours=12),
                "Handed-in files hold personal data and go after thirty days. Late keeps them longer than promised.",
            )
        )

    def customer_base_ready(self) -> None:
        from advocates.admin.person import PERSON_PANELS, PERSON_STORIES, PersonPanel, PersonStory
        from advocates.admin.purchase_panels import purchases_panel, purchases_story
        from advocates.jobs import Job, job_register
        from advocates.services import scores

        may_see = "advocates.view_purchase"
        PERSON_PANELS.register("purchases", PersonPanel("purchases", _("Purchases"), may_see, purchases_panel))
        PERSON_STORIES.register("purchases", PersonStory(may_see, purchases_story))
        job_register(
            Job(
                "customers_score",
                lambda now: scores.customers_score(now=now),
                timedelta(days=1),
                "Quintiles, and what the model expects of each customer. Late costs a day of older figures.",
            )
        )
        job_register(
            Job(
                "customer_model_fit",
                lambda now: scores.customer_model_fit(now=now),
                timedelta(days=7),
                "How customers come and go changes slowly. Late costs a little precision.",
            )
        )

    def segments_ready(self) -> None:
        from advocates.admin.person import PERSON_PANELS, PersonPanel
        from advocates.admin.segments import segments_panel
        from advocates.jobs import Job, job_register
        from advocates.segments.fields import ADVOCATE_FIELDS
        from advocates.segments.registry import segment_fields_register
        from advocates.segments.uses import SEGMENT_USES, segment_uses
        from advocates.services.segment_refresh import segments_refresh

        segment_fields_register(*ADVOCATE_FIELDS)
        SEGMENT_USES.register("segments", segment_uses)
        segments = PersonPanel("segments", _("Segments"), "advocates.view_segment", segments_panel)
        PERSON_PANELS.register("segments", segments)
        job_register(
            Job(
                "segments_refresh",
                segments_refresh,
                timedelta(minutes=5),
                "Counts and history of segments. What they decide is asked live, so late costs only a stale figure.",
            )
        )

    def personal_ready(self) -> None:
        from advocates.admin.erasure import ERASURE_VERBS
        from advocates.admin.person import PERSON_VERBS
        from advocates.imports.traces import import_files_forget
        from advocates.jobs import Job, job_register
        from advocates.people import personal_data_register
        from advocates.personal import PERSONAL
        from advocates.services.erasure import FILE_TRACES, erasures_repeat

        personal_data_register(*PERSONAL)
        FILE_TRACES.register("import files", import_files_forget)
        for verb in ERASURE_VERBS:
            PERSON_VERBS.register(verb.name, verb)
        job_register(
            Job(
                "erasures_repeat",
                erasures_repeat,
                timedelta(days=1),
                "What was written about somebody at the moment they were forgotten goes too. Late costs a day.",
            )
        )

    def person_ready(self) -> None:
        from advocates.admin import person, person_panels as own

        for panel in (
            person.PersonPanel("circle", _("Inner circle"), "advocates.view_circlechoice", own.circle_panel),
            person.PersonPanel("consents", _("Agreed to, and held back"), "advocates.view_consent", own.consents_panel),
            person.PersonPanel("keys", _("Recognised by"), "advocates.view_contact", own.keys_panel),
            person.PersonPanel("audit", _("Trail of changes"), "advocates.view_auditentry", own.audit_panel),
        ):
            person.PERSON_PANELS.register(panel.name, panel)
        for name, permission, read in (
            ("circle", "advocates.view_circlechoice", own.circle_story),
            ("consents", "advocates.view_consent", own.consents_story),
            ("known", "advocates.view_contact", own.known_story),
        ):
            person.PERSON_STORIES.register(name, person.PersonStory(permission, read))
        for name, permission, role in (
            ("customer", "advocates.view_contact", own.customer_role),
            ("circle", "advocates.view_circlechoice", own.circle_role),
            ("staff", "advocates.view_contact", own.staff_role),
        ):
            person.PERSON_ROLES.register(name, person.PersonRole(permission, role))
        figures = person.PersonFigures("advocates.view_contact", own.contact_figures)
        person.PERSON_FIGURES.register("contact", figures)
