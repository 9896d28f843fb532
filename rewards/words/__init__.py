"""Rules, reasons and traces as sentences. Whole sentences, so that every language can order its words."""

from rewards.words.calculators import CALCULATOR_NAMES
from rewards.words.conditions import condition_words, segment_named, staff_words
from rewards.words.limits import limit_words
from rewards.words.lists import joined_or
from rewards.words.reasons import staff_reasons, until_words, waiting_words
from rewards.words.rules import rule_sentence, staff_sentence, staff_sentences, trigger_words, what_words
from rewards.words.traces import trace_words

__all__ = [
    "CALCULATOR_NAMES",
    "condition_words",
    "joined_or",
    "limit_words",
    "rule_sentence",
    "segment_named",
    "staff_reasons",
    "staff_sentence",
    "staff_sentences",
    "staff_words",
    "trace_words",
    "trigger_words",
    "until_words",
    "waiting_words",
    "what_words",
]
