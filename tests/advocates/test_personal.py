"""Nobody can be forgotten in a table that nobody thought of: each column is either answered for, or said to be empty
of people, with a reason.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from advocates.models import Contact
from advocates.people import PERSONAL_DATA, personal_data_register, tables
from config.lib.registry import DuplicateEntry

OURS = ("advocates", "campaigns", "referrals", "rewards")

# Columns with text, JSON or files of tables that are not registered, each with why no person stands there.
# `*`: all of the table.
NO_PERSON = {
    "advocates.circlelevel.*": "words of the company",
    "advocates.customermodel.*": "figures over all customers",
    "advocates.importmapping.*": "names of columns",
    "advocates.jobrun.*": "names of jobs and lines of code; messages of errors are left out",
    "advocates.ratebucket.key": "a keyed hash",
    "advocates.segment.*": "words of the company about many",
    "advocates.segmentcondition.*": "a question about many",
    "campaigns.apikey.*": "names of systems",
    "campaigns.brand.*": "words of the company",
    "campaigns.campaign.*": "words and settings of the company",
    "campaigns.campaigncopy.*": "words of the company",
    "campaigns.company.*": "the company's own",
    "campaigns.messagetemplate.*": "words of the company",
    "campaigns.npssurvey.*": "words of the company",
    "rewards.budget.*": "words of the company",
    "rewards.budgetperiod.*": "dates",
    "rewards.charity.*": "words of the company about a registered body",
    "rewards.contest.*": "words of the company, and a seed",
    "rewards.contestwinner.prize": "words of the company",
    "rewards.donation.proof": "number of a transfer to a registered body",
    "rewards.donation.unit": "a currency",
    "rewards.fundraiser.*": "words of the company",
    "rewards.catalogueitem.*": "words of the company",
    "rewards.condition.*": "settings of a rule",
    "rewards.couponpool.*": "words and settings of the company",
    "rewards.poolcode.*": "codes of a shop",
    "rewards.evaluation.*": "codes and values of a rule",
    "rewards.giftcode.*": "sealed codes of shops",
    "rewards.limit.*": "settings of a rule",
    "rewards.moneypolicy.*": "settings of the company",
    "rewards.payoutline.live_key": "a number",
    "rewards.payoutrun.*": "states and figures",
    "rewards.demandrate.*": "a region and amounts",
    "rewards.tier.*": "words of the company",
    "rewards.rewardrule.*": "words and settings of the company",
    "rewards.ruleamount.*": "figures",
}

HOLDS_WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def wordy(model: type[models.Model]) -> Iterator[str]:
    """Columns in which a person could stand: neither states with a list of choices, nor the row's own public id."""
    for field in model._meta.concrete_fields:
        if isinstance(field, HOLDS_WORDS) and not field.choices and field.name != "public_id":
            yield f"{model._meta.label_lower}.{field.name}"


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label_lower)
def test_every_foreign_key_to_a_person_is_answered_for(model: type[models.Model]) -> None:
    keys = {field.name for field in model._meta.concrete_fields if field.related_model is Contact}
    entry = PERSONAL_DATA.get(model._meta.label_lower)
    assert keys == set(entry.fields if entry else ()), (
        f"register {model.__name__} in {model._meta.app_label}/personal.py"
    )


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label_lower)
def test_every_column_with_words_is_registered_or_holds_no_person(model: type[models.Model]) -> None:
    table = model._meta.label_lower
    if table in PERSONAL_DATA or f"{table}.*" in NO_PERSON:
        return
    undecided = [column for column in wordy(model) if column not in NO_PERSON]
    assert not undecided, "register the table in personal.py, or say here why no person stands in the column"


def test_what_is_said_to_hold_no_person_stands_and_is_not_registered_as_well() -> None:
    tables = {model._meta.label_lower: model for model in our_models()}
    for name in NO_PERSON:
        table, _dot, column = name.rpartition(".")
        assert table in tables, f"{table} is no table of ours"
        assert table not in PERSONAL_DATA, f"{table} is registered: it is not in need of a reason"
        assert column == "*" or name in set(wordy(tables[table])), f"{name} is no column with words"


def test_a_table_is_registered_once() -> None:
    entry = PERSONAL_DATA["advocates.contactkey"]
    with pytest.raises(DuplicateEntry):
        personal_data_register(entry)


def test_keys_are_erased_last() -> None:
    """Others find what they have to erase by them, and erasing goes backwards."""
    assert [entry.name for entry in tables()][:2] == ["advocates.contactkey", "advocates.contactdetails"]
