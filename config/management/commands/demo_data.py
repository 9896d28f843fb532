from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advocates.services.circle_suggest import circle_suggest
from config.demo import segments, story, surroundings, voices
from config.lib import clock

# Long enough ago for a referral whose days are over.
OPENED = timedelta(days=460)


class Command(BaseCommand):
    help = "Loads a made-up company with customers, campaigns and referrals in every state. A second time adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_LOCAL:
            raise CommandError("Demo data belongs on a local machine: this installation answers for a public host.")
        now = clock.now()
        surroundings.make_staff()
        surroundings.make_company()
        surroundings.make_people(now=now)
        surroundings.make_circle(now=now)
        opened = now - OPENED
        surroundings.make_campaigns(now=opened)
        story.open_campaigns(now=opened)
        story.tell_everything(now=now)
        voices.let_them_speak(now=now)
        circle_suggest(now)
        segments.make_segments(now=now)
        for email, (name, role) in surroundings.STAFF.items():
            self.stdout.write(f"{role:<10} {name:<16} {email:<24} {surroundings.PASSWORD}")
