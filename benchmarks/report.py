"""The figures of one run as a table in Markdown and as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEAD = ("figure", "ratio", "on the wall", "floor against itself", "µs", "floor µs", "a second", "goal", "verdict")


def table(figures: Sequence[dict[str, Any]]) -> str:
    rows = [HEAD, tuple("---" for _name in HEAD), *(_row(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def markdown(figures: Sequence[dict[str, Any]], facts: dict[str, str], *, scale: str) -> str:
    notes = [
        f"- {figure['name']}, {name}: {value}"
        for figure in figures
        for name, value in figure.get("details", {}).items()
    ]
    where = [f"- {name}: {value}" for name, value in facts.items()]
    return "\n".join([f"Scale {scale}.", "", table(figures), "", *notes, "", *where, ""])


def write(folder: Path, figures: Sequence[dict[str, Any]], facts: dict[str, str], *, scale: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.md").write_text(markdown(figures, facts, scale=scale))
    everything = {"scale": scale, "environment": facts, "figures": list(figures)}
    (folder / "figures.json").write_text(json.dumps(everything, indent=2))


def _row(figure: dict[str, Any]) -> tuple[str, ...]:
    if "ratio" not in figure:
        return (figure["name"], *["–"] * (len(HEAD) - 2), figure["verdict"])
    return (
        figure["name"],
        f"{figure['ratio']:.3f}",
        f"{figure['wall_ratio']:.3f}",
        f"{figure['twin']:.2f}",
        f"{figure['microseconds']:,.1f}",
        f"{figure['floor_microseconds']:,.1f}",
        f"{figure['a_second']:,.0f}",
        figure["goal"],
        figure["verdict"],
    )
