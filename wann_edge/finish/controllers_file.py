"""The controllers of a finish as a file, controllers.json."""

from __future__ import annotations

import json

from wann_edge.finish.controllers import RatedController
from wann_edge.finish.finishing import FinishResult
from wann_edge.network.file import to_document
from wann_edge.robustness.fresh import Fresh

FORMAT = "wann-edge controllers"
VERSION = 1


def to_json(finished: FinishResult) -> str:
    """Return the text of the file: the controllers by ascending connections."""
    return json.dumps(document_of(finished), indent=1) + "\n"


def document_of(finished: FinishResult, *, with_networks: bool = True) -> dict[str, object]:
    """Return the controllers as JSON.

    Args:
        finished: the result of the finish.
        with_networks: include the networks.
    """
    entries = [_entry(one) for one in finished.front]
    if with_networks:
        for entry, one in zip(entries, finished.front, strict=True):
            entry["network"] = to_document(one.network)
    return {
        "format": FORMAT,
        "version": VERSION,
        "disturbances": str(finished.disturbances),
        "core": finished.settings.core,
        "within": finished.settings.within,
        "controller": finished.front.index(finished.controller),
        "controllers": entries,
    }


def _entry(one: RatedController) -> dict[str, object]:
    return {
        "origin": one.origin,
        "connections": one.connections,
        "plain": measured(one.plain),
        "disturbed": None if one.disturbed is None else measured(one.disturbed),
        "flash_bytes": round(one.cost.flash_bytes),
        "instructions": round(one.cost.instructions),
    }


def measured(fresh: Fresh) -> dict[str, object]:
    """Return the measurements of some episodes."""
    share = fresh.held_share
    return {
        "episodes": len(fresh.returns),
        "mean": fresh.mean,
        "worst_twentieth": fresh.worst_twentieth,
        "worst": float(fresh.returns.min()),
        "worst_seed": fresh.worst_seed,
        "held": None if share is None else share.held,
    }
