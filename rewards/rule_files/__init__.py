"""Rules as a file, in TOML or JSON: what is written can be read again and says the same.

    [[rules]]
    key = "advocate-credit"
    trigger = "converted"
    recipient = "advocate"
    benefit = "credit"
    amounts = { USD = 2000 }
    conditions = [{ kind = "first" }]
    limits = [{ measure = "amount", per = "advocate", window = "year", over = "partial", value = 50000 }]
    budget = "All"

    [[budgets]]
    name = "All"
    unit = "USD"
    amount = 100000
    period = "quarter"

Amounts are minor units. A budget that the file does not describe is the campaign's own of that name.
"""

from rewards.rule_files.reading import RuleFile, rule_file_read, rules_of
from rewards.rule_files.writing import rules_plain, rules_standing, rules_write

__all__ = ["RuleFile", "rule_file_read", "rules_of", "rules_plain", "rules_standing", "rules_write"]
