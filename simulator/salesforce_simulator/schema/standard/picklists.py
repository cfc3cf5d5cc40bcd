"""The picklists of the standard objects, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from salesforce_simulator import data

PICKLISTS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(values) for name, values in data.read("picklists").items()
}
STAGES: Final[Mapping[str, int]] = data.read("stages")
"""The stages of an opportunity with their probability in percent."""
FORECAST_NAMES: Final = dict(
    zip(PICKLISTS["forecasts"], PICKLISTS["forecast_names"], strict=True)
)
"""ForecastCategoryName by ForecastCategory."""


def stage_forecast(stage: str, chance: float) -> str:
    """The forecast category of an opportunity's stage; `chance` is in percent."""
    if stage == "Closed Lost":
        return "Omitted"
    if stage == "Closed Won":
        return "Closed"
    return "BestCase" if chance >= 70 else "Pipeline"
