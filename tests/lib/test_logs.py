import pytest

from config.lib.logs import hide_secrets


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Gone: /portal/in/QtzZbbJ8wWr_Kh-jKUPOOs2MEsAqesEG/", "Gone: /portal/in/…/"),
        ("GET /u/msg_z5t858gfa1y8rrkryfqg.tovh2o.NIpLIR9VYupZ2nipbo_ucA/", "GET /u/…/"),
        ("GET /a/enr_z5t858gfa1y8rrkryfqg.NIpLIR9VYupZ2nipbo_ucA/qr.png", "GET /a/…/qr.png"),
        ("GET /c/give-and-get/thanks/evt_z5t858gfa1y8rrkryfqg:Xy_12345678/", "GET /c/give-and-get/thanks/…/"),
        ("GET /admin/advocates/contact/?q=Lena+Vogt", "GET /admin/advocates/contact/?…"),
        ("Not Found: /lena.vogt@posteo.example", "Not Found: /…"),
    ],
)
def test_a_secret_in_a_path_is_hidden(said, written):
    assert hide_secrets(None, "info", {"event": said, "request": said}) == {"event": written, "request": written}


@pytest.mark.parametrize(
    "said",
    [
        "GET /r/RXZ72DBZXH",
        "GET /api/v1/contacts/con_z5t858gfa1y8rrkryfqg",
        "GET /api/v1/contacts/con_z5t858gfa1y8rrkryfqg/nps",
        "POST /campaigns/thank-you-cash/referrals",
        "request_finished",
    ],
)
def test_what_is_no_token_can_be_searched_for(said):
    assert hide_secrets(None, "info", {"event": said}) == {"event": said}


def test_tracebacks_stay_readable():
    line = {"event": "boom", "exception": 'File "/srv/innercircle/config/a_very_long_name_of_a_file.py"', "pid": 7}

    assert hide_secrets(None, "info", dict(line)) == line


def test_what_a_database_quotes_is_hidden():
    said = 'duplicate key violates "one_key"\nDETAIL:  Key (value)=(+49301234567) already exists.\nCONTEXT: here'

    line = hide_secrets(None, "error", {"event": "boom", "exception": said, "note": "from lena@posteo.example"})

    assert line["exception"] == 'duplicate key violates "one_key"\nDETAIL: …\nCONTEXT: here'
    assert line["note"] == "from …"
