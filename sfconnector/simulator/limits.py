"""What the org may still do today, ``/limits`` and ``Sforce-Limit-Info``."""

from __future__ import annotations

import threading
from typing import Any

_PLAIN = {
    "AnalyticsExternalDataSizeMB": 40_960,
    "CdpAiInferenceApiMonthlyLimit": 500_000_000,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "ContentDistBandwidthLimitMB": 51_200,
    "ContentDistViewLimit": 50_000,
    "ContentPublicationLimit": 2_500,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyApexCursorLimit": 10_000,
    "DailyApexCursorRowsLimit": 100_000_000,
    "DailyApexPCursorLimit": 200_000,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyDeliveredPlatformEvents": 10_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1_000,
    "DailyEinsteinDiscoveryOptimizationJobRuns": 25,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 500_000,
    "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 50_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyMetadataRetrievesWithDependencies": 25,
    "DailyServiceEmailAgentforceCalls": 5_000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 8_040,
    "DataStorageMB": 5,
    "DurableStreamingApiConcurrentClients": 20,
    "ExternalServicesActiveObjects": 3_000,
    "ExternalServicesActiveOperations": 3_000,
    "ExternalServicesObjectProperties": 400_000,
    "ExternalServicesObjects": 10_000,
    "ExternalServicesOperations": 10_000,
    "ExternalServicesRegistrations": 700,
    "FileStorageMB": 20,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyElevateAsyncReportRuns": 1_200,
    "HourlyElevateSyncReportRuns": 500,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 1_000,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 10,
    "MaxContentDocumentsLimit": 30_000_000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PlatformEventTriggersWithParallelProcessing": 5,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "PublishCallbackUsageInApex": 5_242_880,
    "ScheduledFlowRunLimit": 250_000,
    "ScheduledPathRunLimit": 250_000,
    "SingleEmail": 15,
    "StreamingApiConcurrentClients": 20,
}
"""The allowances of a Developer Edition org, by the names that ``/limits`` uses."""


class Limits:
    """The org's counters. ``daily_api_requests`` is the rolling day's allowance."""

    def __init__(self, *, daily_api_requests: int = 100_000) -> None:
        self.daily_api_requests = daily_api_requests
        self.used = 0
        self.enforced = True
        self.spent: dict[str, int] = {}
        """Use of the other limits by name, e.g. ``DailyBulkV2QueryJobs``."""
        self._lock = threading.Lock()

    def spend(self, calls: int = 1) -> bool:
        """Count API calls; False when the day's allowance is used up."""
        with self._lock:
            if self.enforced and self.used >= self.daily_api_requests:
                return False
            self.used += calls
            return True

    def exhaust(self) -> None:
        """Use up the day's API calls."""
        self.used = self.daily_api_requests

    def note(self, name: str, amount: int = 1) -> None:
        """Count use of another limit, e.g. ``DailyBulkV2QueryJobs``."""
        with self._lock:
            self.spent[name] = self.spent.get(name, 0) + amount

    def reset(self) -> None:
        """Start a new day."""
        self.used = 0
        self.spent.clear()

    @property
    def info(self) -> str:
        """The value of ``Sforce-Limit-Info``."""
        return f"api-usage={self.used}/{self.daily_api_requests}"

    def as_json(self) -> dict[str, Any]:
        """The body of ``GET /limits``."""
        values: dict[str, Any] = {
            name: {"Max": most, "Remaining": most - self.spent.get(name, 0)}
            for name, most in _PLAIN.items()
        }
        values["DailyApiRequests"] = {
            "Max": self.daily_api_requests,
            "Remaining": self.daily_api_requests - self.used,
        }
        values["PermissionSets"] = {
            "Max": 1500,
            "Remaining": 1498,
            "CreateCustom": {"Max": 1000, "Remaining": 998},
        }
        return dict(sorted(values.items()))
