from advocates.management.base import ImportCommand
from advocates.models import ImportRun


class Command(ImportCommand):
    help = "Reads moments (who, what, when) of contacts who are known. Again changes nothing."
    kind = ImportRun.Kind.MOMENTS
