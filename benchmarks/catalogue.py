"""The figures by name, in the order in which they are measured. Imports nothing that needs a database."""

FIGURES = (
    "import_contacts",
    "import_contacts_again",
    "import_purchases",
    "import_again",
    "ledger_posting",
    "ledger_posting_together",
    "evaluate_rules",
    "event_ingest",
    "message_claim",
)
