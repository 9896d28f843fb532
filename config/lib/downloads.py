"""Files that are made at the moment they are asked for."""

import json
from typing import Any

from django.http import HttpResponse


def json_file(content: dict[str, Any], *, name: str) -> HttpResponse:
    """A download that no cache keeps."""
    answer = HttpResponse(json.dumps(content, ensure_ascii=False, indent=2), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
