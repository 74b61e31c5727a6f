// A batch as OpenTelemetry's metrics: OTLP/HTTP with JSON (https://opentelemetry.io/docs/specs/otlp/). Loaded where that form is wanted.
//
// Names of attributes are OpenTelemetry's semantic conventions where there are any. Counts are sums with delta temporality, everything
// else is a gauge; what is unknown has no point.

const DELTA = 1;
const NANOS = 1_000_000;
const SUMS = new Set([
  "packets_sent",
  "packets_received",
  "packets_lost",
  "frames_dropped",
  "freeze_count",
  "retransmitted_packets",
  "nack_count",
  "pli_count",
  "fir_count",
]);
// By how names end: the unit, by UCUM.
const UNITS = { bps: "bit/s", pct: "%", ms: "ms", s: "s", second: "{frame}/s", width: "{pixel}", height: "{pixel}", level: "1", frame: "ms" };

export function convert(batch) {
  const { session, room, participant, client } = batch;
  const resource = attributes({
    "service.name": "callscope",
    "service.version": client.module,
    "session.id": session,
    "user.id": participant?.identity,
    "os.name": client.os?.name,
    "os.version": client.os?.version,
    "user_agent.name": client.browser?.name,
    "user_agent.version": client.browser?.version,
    "device.manufacturer": client.device?.manufacturer,
    "device.model.identifier": client.device?.model,
    "callscope.room.sid": room?.sid,
    "callscope.room.name": room?.name,
    "callscope.room.type": room?.type,
    "callscope.participant.sid": participant?.sid,
    "callscope.sdk.name": client.sdk?.name,
    "callscope.sdk.version": client.sdk?.version,
  });
  const metrics = new Map();
  for (const interval of batch.intervals) {
    points(metrics, interval, interval);
    for (const received of interval.received ?? []) points(metrics, received, interval, "received");
  }
  const scope = { name: "callscope", version: client.module };
  return JSON.stringify({ resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ scope, metrics: [...metrics.values()] }] }] });
}

// The figures of an interval, or of a received track in one.
function points(metrics, figures, { start, duration_ms: duration, pc, direction }, scope = figures.scope) {
  const about = attributes({
    "callscope.connection": pc,
    "callscope.direction": direction,
    "callscope.track.sid": figures.track,
    "callscope.track.kind": figures.kind,
    "callscope.codec": figures.codec,
    "callscope.screen_share": figures.screen_share,
  });
  const time = { startTimeUnixNano: nanos(start), timeUnixNano: nanos(start + duration) };
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value !== "number" || name === "start" || name === "duration_ms") continue;
    const point = { attributes: about, ...time, asDouble: value };
    metricOf(metrics, `callscope.${scope}.${name}`, name).dataPoints.push(point);
  }
}

function metricOf(metrics, full, name) {
  if (!metrics.has(full)) {
    const data = { dataPoints: [] };
    const kind = SUMS.has(name) ? { sum: { ...data, aggregationTemporality: DELTA, isMonotonic: false } } : { gauge: data };
    metrics.set(full, { name: full, unit: SUMS.has(name) ? "1" : UNITS[name.split("_").at(-1)], ...kind });
  }
  const { sum, gauge } = metrics.get(full);
  return sum ?? gauge;
}

// Times in nanoseconds are beyond what a number holds exactly: they are text.
const nanos = (milliseconds) => (BigInt(Math.round(milliseconds)) * BigInt(NANOS)).toString();

function attributes(values) {
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return known.map(([key, value]) => ({ key, value: typeof value === "boolean" ? { boolValue: value } : { stringValue: String(value) } }));
}
