import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from tests.factories.campaigns import campaign_made

Call = Callable[..., Any]


@pytest.fixture
def secret(db: None) -> str:
    return api_key_create(name="Shop", source="shop", scope="write", now=clock.now())[1]


@pytest.fixture
def call(client: Client, secret: str) -> Call:
    """`call("post", "contacts", {...}, **headers)` as the shop; a str body goes out as it is."""

    def send(method: str, path: str, body: Any = None, *, key: str = secret, **headers: str) -> Any:
        data = body if isinstance(body, str) else json.dumps(body)
        sent = {"authorization": f"Bearer {key}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "get":
            return client.get(f"/api/v1/{path}", headers=sent)
        return client.generic(method.upper(), f"/api/v1/{path}", data, content_type="application/json", headers=sent)

    return send


@pytest.fixture
def campaign(company: object) -> Campaign:
    made: Campaign = campaign_made(slug="give-and-get")
    return made
