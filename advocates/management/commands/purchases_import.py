from advocates.management.base import ImportCommand
from advocates.models import ImportRun


class Command(ImportCommand):
    help = "Reads sales (customer, date, quantity, amount) as purchases of contacts. Again changes nothing."
    kind = ImportRun.Kind.PURCHASES
