from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from advocates.models import User
from advocates.services.audit import audit


class Command(BaseCommand):
    help = "Removes a colleague's second factor, lost with a phone: at the next sign-in they set up a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="address with which the colleague signs in")

    @transaction.atomic
    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("Nobody signs in with this address.")
        count, _by_model = Authenticator.objects.filter(user=user).delete()
        audit(verb="staff.second_factor_removed", row=user, by="command", before={"count": count})
        self.stdout.write(f"Removed {count}. Make sure that it was really {user} who asked.")
