"""Rounds: the due plans of one org looked at together, five in one API call."""

from __future__ import annotations

from sfconnector.sync.rounds.looks import looks_at
from sfconnector.sync.rounds.turns import look_round
from sfconnector.sync.rounds.waiting import waiting_rounds

__all__ = ["look_round", "looks_at", "waiting_rounds"]
