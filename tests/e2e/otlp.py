"""Reads a request of OTLP/HTTP with JSON as the official protobuf definitions have it, and prints what is in it."""

import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

request = json_format.Parse(sys.stdin.read(), ExportMetricsServiceRequest(), ignore_unknown_fields=False)
points = {}
for resource in request.resource_metrics:
    for scope in resource.scope_metrics:
        for metric in scope.metrics:
            data = getattr(metric, metric.WhichOneof("data"))
            for point in data.data_points:
                assert 0 < point.start_time_unix_nano <= point.time_unix_nano, metric.name
            points[metric.name] = {"unit": metric.unit, "kind": metric.WhichOneof("data"), "points": len(data.data_points)}
print(json.dumps(points))
