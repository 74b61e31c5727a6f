/**
 * Tells how good a video call was, from inside the participant's browser.
 *
 * ```js
 * import { start } from "callscope";
 *
 * const scope = await start();
 * const session = scope.attachRoom(room, { roomType: "group" });
 * session.on("issue", (issue) => console.log(issue.type, issue.track, issue.value));
 * ```
 *
 * Nothing here throws into the application or changes its call: what goes wrong is written to the console once, and the call
 * goes on unmeasured.
 *
 * Figures carry their unit in their name. What the browser did not tell is `null`, never 0. Times are milliseconds since the epoch.
 */

/** Options of {@link start}; each has a default. */
export interface Options {
  /**
   * Where batches are sent: the address of a collector, such as `https://insights.example.com/v1/batches`. Without it nothing leaves the browser. A batch is
   * sent until it is answered, by this page or by a later one of its origin; it has an id by which the other side knows it again.
   */
  endpoint?: string;
  /** What is sent as `Authorization: Bearer …`, or a function that gives it, which is called again when it was answered with 401. */
  token?: string | (() => string | Promise<string>);
  /** `batch` is callscope's own form (docs/wire.md); `otlp` is OpenTelemetry's, for `/v1/metrics` of any OTLP/HTTP receiver: intervals as metrics. */
  format?: "batch" | "otlp";
  /** How often batches are made, in milliseconds: 30,000. One is also made at the end, and when the page is hidden or left. */
  flushEveryMs?: number;
  /** How many bytes may wait for being sent: 5 MiB. The oldest goes first, and is counted in what is sent next. */
  outboxBytes?: number;
  /** How long a batch may wait, in milliseconds: a day. */
  outboxMs?: number;
  /** Where the WebAssembly file is, if it is not beside the JavaScript: bundlers find it by themselves. */
  wasm?: string | URL;
  /**
   * How often each connection is asked for a report, in milliseconds: from 1,000 to 10,000, which is the default. Figures do not
   * depend on it; what happens between two samples is counted, too. Only how soon a new track is met does.
   */
  sampleEveryMs?: number;
  /** From when on a published track has an issue. */
  thresholds?: Thresholds;
  /** `false` looks for no signals; `{ silent_microphone: false }` for all but that one. */
  signals?: false | Partial<Record<SignalType, boolean>>;
  /**
   * Whether what is measured is kept in this browser, in the IndexedDB `callscope` of the page's origin: `true`. It is kept for seven days, that of `go`
   * rooms for two, and the oldest goes first when there are more than 32 Mi characters. Where the browser refuses, all else goes on.
   */
  history?: boolean;
  /**
   * What others may know people by, in what is kept and sent and on the debug page: their identity (`plain`, the default), the SHA-256 of `salt` and identity
   * in hexadecimal digits, or nothing. Over plain HTTP, where browsers have no hashes, `hash` is as `none`. Addresses, names of
   * devices and session descriptions are never read.
   */
  identity?: "plain" | "hash" | "none";
  /** What goes before an identity when it is hashed: without it, whoever guesses an identity can tell that it is right. */
  salt?: string;
  /**
   * Whether anything may be kept and sent: `true`, or a function that is asked each time. Until it gives `true`, the last of what was measured waits in memory; a
   * session that ends without it is forgotten.
   */
  consent?: boolean | (() => boolean | Promise<boolean>);
  /** Where callscope's app is, for {@link Scope.openDebugPage}: `http://localhost:8080/`. */
  debugPage?: string;
}

/** Judged per published track, over its whole duration. */
export interface Thresholds {
  /** Cumulative loss in percent from which on it is an issue: 5. */
  packetLossPct?: number;
  /** Average round trip time in milliseconds above which it is an issue: 300. */
  rttMs?: number;
  /** A track that sent fewer packets is not judged: 100. 0 judges every track. */
  minPackets?: number;
}

/**
 * Loads the module, once for the page. Started again it gives the same scope, whatever the options, until that is stopped. It never
 * rejects: if WebAssembly cannot be loaded, the scope does not {@link Scope.isMeasuring measure}.
 */
export function start(options?: Options): Promise<Scope>;

/** What was started. */
export interface Scope {
  /** Whether the module could be loaded, and was not stopped. */
  readonly isMeasuring: boolean;
  /**
   * Measures a Twilio Video JS room at any time after it was connected, or the promise of one that is being connected. The same room gives
   * the same session. A room that is over gives a session that is over.
   *
   * For good, `RTCPeerConnection.prototype.getStats` is a function that calls the one before it and notes who was asked: the room's own
   * `getStats()` is how its connections are found. Prototypes, constructors and `instanceof` stay what they are.
   */
  attachRoom(room: TwilioRoom | PromiseLike<TwilioRoom>, options?: RoomOptions): Session;
  /** Measures a connection that the application made itself. The same connection gives the same session. */
  attachPeerConnection(connection: RTCPeerConnection, options?: ConnectionOptions): Session;
  /**
   * Opens callscope's app in a window, by default that of {@link Options.debugPage}, and lets it watch all sessions, live. To be called while a click is
   * handled: else browsers open no window. Gives whether one was opened.
   *
   * The window may be of another origin; it alone is answered, and it goes on when either page is loaded again. A page that is served with
   * `Cross-Origin-Opener-Policy: same-origin` cannot be watched.
   */
  openDebugPage(url?: string): boolean;
  /** Stops all sessions; what was started is gone but for the function that {@link attachRoom} names. */
  stop(): Promise<void>;
}

/** The type of a room. */
export type RoomType = "group" | "group_small" | "peer_to_peer" | "go";

/** Options of {@link Scope.attachRoom}. */
export interface RoomOptions {
  /** Twilio Video JS does not tell: without it the type is `group` where the room is in a media region, else unknown. */
  roomType?: RoomType;
  /** The version of Twilio Video JS: `Video.version`. It is known already where that was loaded by a script of its own. */
  sdkVersion?: string;
}

/** Options of {@link Scope.attachPeerConnection}. */
export interface ConnectionOptions {
  /** The connection's name in what is handed out, `pc1` and so on if not given. */
  name?: string;
  /** The call; given back with the summary. */
  room?: Room;
  /** Who is on this side of it; given back with the summary. */
  participant?: Participant;
  /** The software that makes the call. */
  sdk?: { name: string; version: string | null };
}

/** A call. */
export interface Room {
  sid: string;
  name: string;
  type: RoomType | null;
}

/** A person in a call. */
export interface Participant {
  sid: string;
  identity: string;
}

/** What is used of a room of Twilio Video JS: its public API alone. */
export interface TwilioRoom {
  readonly sid: string;
  readonly name: string;
  readonly state: string;
  readonly mediaRegion: string | null;
  readonly localParticipant: object;
  readonly participants: Map<string, object>;
  getStats(): Promise<object[]>;
}

/** What is heard of a session, by the name of the event. */
export interface SessionEvents {
  /** Ten seconds of a published track or of what a connection receives; the first and the last are shorter. */
  interval: Interval;
  /** An issue was raised or cleared. */
  issue: IssueChange;
  /** A signal started, or ended if it has an `end`. */
  signal: Signal;
  /** Something happened in the call. */
  event: CallEvent;
}

/** One call that is measured. */
export interface Session {
  /** What its batches are known by; `null` where nothing is measured. */
  readonly id: string | null;
  /** The call, when it is known. */
  readonly room: Room | null;
  /** Who is measured, when that is known. */
  readonly participant: Participant | null;
  /** Whether it was stopped, or the call is over. */
  readonly isOver: boolean;
  /**
   * Calls a listener from now on. What a listener throws goes to the page's own error handlers, once.
   *
   * With `live`, a listener of intervals is also given those that are running, every second, with their figures so far: they have the note
   * `open`. Connections are asked every second as long as there is such a listener.
   */
  on<T extends keyof SessionEvents>(type: T, listener: (value: SessionEvents[T]) => void, options?: { live?: boolean }): this;
  /** Calls a listener no more. */
  off<T extends keyof SessionEvents>(type: T, listener: (value: SessionEvents[T]) => void): this;
  /** What is known of the call so far, or was when it was over. */
  summary(): Summary;
  /** Takes a sample now; resolves when what came of it was handed out and kept, and when it was tried once to send it. */
  flush(): Promise<void>;
  /**
   * Takes a last sample, hands out what is open and lets go of everything. It happens by itself when a Twilio room is disconnected. Stopping
   * twice does no harm.
   */
  stop(): Promise<void>;
}

/** Sound or picture; `null` where the browser does not say. */
export type Kind = "audio" | "video" | null;

/** What is to be known about how an interval came about. */
export type Note =
  /** It is still running. */
  | "open"
  /** It holds only a first reading: nothing can be known. */
  | "baseline"
  /** A counter fell; that step is not in the figures. */
  | "counter_fell"
  /** It ended early: the media went away, or samples were missed because the page was frozen. */
  | "cut_short"
  /** A layer got no report from the other side: its loss is in neither sum. */
  | "unreported"
  /** The loss is judged over packets of earlier intervals, too. */
  | "carried";

/** The figures of what is sent. */
export interface SentMetrics {
  bitrate_bps: number | null;
  target_bitrate_bps: number | null;
  packets_sent: number | null;
  packets_lost: number | null;
  packet_loss_pct: number | null;
  rtt_ms: number | null;
  jitter_ms: number | null;
  frames_per_second: number | null;
  frame_width: number | null;
  frame_height: number | null;
  encode_ms_per_frame: number | null;
  limited_none_s: number | null;
  limited_bandwidth_s: number | null;
  limited_cpu_s: number | null;
  limited_other_s: number | null;
  retransmitted_packets: number | null;
  nack_count: number | null;
  pli_count: number | null;
  fir_count: number | null;
  audio_level: number | null;
}

/** The figures of what is received. */
export interface ReceivedMetrics {
  bitrate_bps: number | null;
  packets_received: number | null;
  packets_lost: number | null;
  packet_loss_pct: number | null;
  ice_rtt_ms: number | null;
  available_outgoing_bitrate_bps: number | null;
  jitter_ms: number | null;
  jitter_buffer_ms: number | null;
  frames_per_second: number | null;
  frame_width: number | null;
  frame_height: number | null;
  frames_dropped: number | null;
  freeze_count: number | null;
  freeze_ms: number | null;
  concealed_pct: number | null;
}

interface AnyInterval {
  /** The start of the ten seconds it lies in. */
  start: number;
  /** Its true length. */
  duration_ms: number;
  notes: Note[];
}

/** Ten seconds of a published track: its layers together, over all connections that it goes out on. */
export interface TrackInterval extends AnyInterval, SentMetrics {
  scope: "track";
  direction: "send";
  /** The connection; `null` where it goes out on several. */
  pc: string | null;
  /** The track's sid; without Twilio the browser's name for its source. */
  track: string | null;
  kind: Kind;
  codec: string | null;
  screen_share: boolean;
  /** The layers, where it goes out on one connection. */
  layers?: Layer[];
  /** The same for each connection, where it goes out on several. */
  connections?: TrackInterval[];
}

/** One layer of a published track. */
export interface Layer extends SentMetrics {
  ssrc: number | null;
  rid: string | null;
  encoding_index: number | null;
  codec: string | null;
  notes: Note[];
}

/** Ten seconds of what a connection receives. */
export interface ConnectionInterval extends AnyInterval, ReceivedMetrics {
  scope: "connection";
  direction: "receive";
  pc: string | null;
  path: Path | null;
  received: ReceivedTrack[];
}

/** One received track. */
export interface ReceivedTrack extends ReceivedMetrics {
  /** The track's sid in a Twilio room, else the browser's name for it. */
  track: string | null;
  kind: Kind;
  notes: Note[];
}

export type Interval = TrackInterval | ConnectionInterval;

/** How packets travel. */
export interface Path {
  transport: "udp" | "tcp" | "tls" | null;
  local: CandidateType | null;
  remote: CandidateType | null;
  /** Whether a relay is on the way. */
  relayed: boolean | null;
}

export type CandidateType = "host" | "srflx" | "prflx" | "relay";

export type IssueType = "packet_loss" | "round_trip_time";

/** An issue that was raised, or cleared, during the call. */
export interface IssueChange {
  type: IssueType;
  raised: boolean;
  severity: "high";
  pc: string | null;
  track: string | null;
  kind: Kind;
  at: number;
  /** Percent, or milliseconds. */
  value: number;
  threshold: number;
}

/** An issue that stands. */
export interface Issue {
  type: IssueType;
  severity: "high";
  media: "audio" | "video" | "both" | null;
  /** The worst of the tracks' figures, in percent or milliseconds. */
  value: number;
  threshold: number;
  tracks: string[];
}

export type SignalType =
  | "frozen_video"
  | "stalled_video"
  | "low_frame_rate"
  | "cpu_limited"
  | "bandwidth_limited"
  | "no_media"
  | "silent_microphone"
  | "concealed_audio"
  | "connection_lost"
  | "relayed_over_tcp";

/** A shorter-lived finding; it is no issue. */
export interface Signal {
  type: SignalType;
  pc: string | null;
  track: string | null;
  kind: Kind;
  start: number;
  /** `null` while it goes on. */
  end: number | null;
  /** The worst value met, and what it is measured against. */
  value: number;
  threshold: number;
}

/** Something that happened in a Twilio room. */
export type CallEvent = { at: number } & (
  | { type: "disconnected"; code: number | null }
  | { type: "reconnecting"; reason: "signaling" | "media"; code: number | null }
  | { type: "reconnected" }
  | { type: "participant_connected" | "participant_disconnected"; participant: string }
  | { type: "track_enabled" | "track_disabled"; participant: string | null; track: string | null }
  | { type: "dominant_speaker_changed"; participant: string | null }
  | { type: "network_quality_level_changed"; participant: string; level: number }
  | { type: "recording_started" | "recording_stopped" }
);

/** What is known of a call. */
export interface Summary {
  room: Room | null;
  participant: Participant | null;
  /** Published tracks, in order of appearance. */
  tracks: PublishedSummary[];
  /** Received tracks. */
  received: ReceivedSummary[];
  /** What each connection received. */
  connections: ReceivedSummary[];
  /** The issues that stand: at the end, the participant's tags. */
  issues: Issue[];
}

interface AnySummary {
  pc: string | null;
  track: string | null;
  kind: Kind;
  /** The first sample. */
  start: number | null;
  /** The last sample. */
  end: number | null;
  duration_ms: number;
  packets_lost: number | null;
  packet_loss_pct: number | null;
  codec: string | null;
}

/** A published track over its whole duration. */
export interface PublishedSummary extends AnySummary {
  layers: number;
  packets_sent: number | null;
  rtt_avg_ms: number | null;
  screen_share: boolean;
  distributions: Partial<Record<keyof SentMetrics, Distribution>>;
}

/** A received track, or what a connection received, over its whole duration. */
export interface ReceivedSummary extends AnySummary {
  packets_received: number | null;
  distributions: Partial<Record<keyof ReceivedMetrics, Distribution>>;
}

/** A figure over the intervals that have it. The average is weighted by their length, percentiles are within 1.6 %. */
export interface Distribution {
  count: number;
  avg: number | null;
  min: number | null;
  max: number | null;
  p25: number | null;
  p50: number | null;
  p75: number | null;
  p99: number | null;
}
