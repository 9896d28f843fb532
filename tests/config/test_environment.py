"""Whatever an operator writes into the environment, settings come up and a check names the variable."""

import pytest
from hypothesis import given, strategies as st

from config.environment import Environment

SQLITE = "sqlite:///var/innercircle.sqlite3"


def read(**values):
    return Environment(values)


def noted(environment):
    return [problem.variable for problem in environment.problems]


@pytest.mark.parametrize("given_value", ["abc", "-1", "8000.0", "１２", "0x10", "8 000"])
def test_a_number_that_is_none_is_noted(given_value):
    environment = read(PORT=given_value)
    assert environment.number("PORT", 8000) == 8000
    assert noted(environment) == ["PORT"]


@pytest.mark.parametrize(("given_value", "meant"), [("1", True), ("TRUE", True), ("on", True), ("no", False)])
def test_a_switch_is_read_as_people_write_it(given_value, meant):
    environment = read(DEBUG=given_value)
    assert environment.switch("DEBUG", default=not meant) is meant
    assert environment.problems == []


def test_a_switch_that_is_neither_is_noted():
    environment = read(DEBUG="maybe")
    assert environment.switch("DEBUG", default=False) is False
    assert noted(environment) == ["DEBUG"]


@pytest.mark.parametrize(
    "url", ["mysql://u@h/db", "innercircle.sqlite3", "postgres://[::1/db", "postgres//x", "oracle://x"]
)
def test_a_database_we_cannot_use_is_noted(url):
    environment = read(DATABASE_URL=url)
    assert environment.database("DATABASE_URL", SQLITE)["ENGINE"] == "django.db.backends.sqlite3"
    assert noted(environment) == ["DATABASE_URL"]


def test_a_postgresql_url_is_taken_apart():
    found = read(DATABASE_URL="postgres://ic:s%40cret@db.internal:5433/prod").database("DATABASE_URL", SQLITE)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "ic",
        "s@cret",
        "db.internal",
        5433,
        "prod",
    )


@pytest.mark.parametrize("url", ["http://redis", "localhost:6379", "redis"])
def test_a_redis_url_of_another_kind_is_noted(url):
    environment = read(REDIS_URL=url)
    assert environment.redis("REDIS_URL") == ""
    assert noted(environment) == ["REDIS_URL"]


@pytest.mark.parametrize("url", ["carrier-pigeon://", "smtp://host:port", "mail.example.com"])
def test_a_mail_url_of_another_kind_is_noted(url):
    environment = read(EMAIL_URL=url)
    assert environment.mail("EMAIL_URL") == {}
    assert noted(environment) == ["EMAIL_URL"]


def test_a_folder_that_cannot_be_made_is_noted(tmp_path):
    (tmp_path / "var").write_text("a file stands where the folder should be")
    environment = read()
    environment.folder(tmp_path / "var" / "mail")
    assert noted(environment) == [str(tmp_path / "var" / "mail")]


def test_lists_are_cut_at_commas():
    assert read(ALLOWED_HOSTS=" a.example, b.example ,").texts("ALLOWED_HOSTS") == ["a.example", "b.example"]
    assert read().texts("ALLOWED_HOSTS", ["localhost"]) == ["localhost"]


@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_empty_variable_is_one_that_was_not_given(nothing):
    environment = read(X=nothing)
    assert environment.text("X", "default") == "default"
    assert environment.texts("X", ["default"]) == ["default"]
    assert environment.number("X", 1) == 1
    assert environment.switch("X", default=True) is True
    assert environment.problems == []


def test_what_is_noted_never_quotes_the_value():
    environment = read(DATABASE_URL="mysql://root:hunter2@db/x")
    environment.database("DATABASE_URL", SQLITE)
    assert "hunter2" not in str(environment.problems)


@given(st.text())
def test_no_text_makes_a_reader_raise(text):
    environment = read(X=text)
    environment.number("X", 1)
    environment.switch("X", default=True)
    environment.choice("X", ["a"], "a")
    environment.database("X", SQLITE)
    environment.redis("X")
    environment.mail("X")
