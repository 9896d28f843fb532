from advocates.management.base import ImportCommand
from advocates.models import ImportRun


class Command(ImportCommand):
    help = "Reads contacts with names, addresses, languages and NPS scores from a file. Again changes nothing."
    kind = ImportRun.Kind.CONTACTS
