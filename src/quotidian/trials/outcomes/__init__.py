"""What a trial is judged by, read from its record: one file a family of endpoints, one name each."""

from quotidian.trials.outcomes.base import AnalysisView, EndpointResult, by_replicate
from quotidian.trials.outcomes.names import ENDPOINTS, Endpoint

__all__ = ["ENDPOINTS", "AnalysisView", "Endpoint", "EndpointResult", "by_replicate"]
