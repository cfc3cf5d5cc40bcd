"""What a plan will read and cost, told before it runs."""

from __future__ import annotations

from sfconnector.sync.outlook.forecasting import Forecast, calls_of, forecast
from sfconnector.sync.outlook.previewing import Preview, preview

__all__ = ["Forecast", "Preview", "calls_of", "forecast", "preview"]
