// The words of what is handed out, in the order of the numbers.
//
// Made from callscope-core's tables. Do not edit: `UPDATE_NAMES=1 cargo test -p callscope-embed` writes it anew.

// Name, decimals, and whether it is of what is sent (1), received (2) or both (3).
export const METRICS = [
  ["bitrate_bps", 0, 3],
  ["target_bitrate_bps", 0, 1],
  ["packets_sent", 0, 1],
  ["packets_received", 0, 2],
  ["packets_lost", 0, 3],
  ["packet_loss_pct", 4, 3],
  ["rtt_ms", 3, 1],
  ["ice_rtt_ms", 3, 2],
  ["available_outgoing_bitrate_bps", 0, 2],
  ["jitter_ms", 3, 3],
  ["jitter_buffer_ms", 3, 2],
  ["frames_per_second", 3, 3],
  ["frame_width", 0, 3],
  ["frame_height", 0, 3],
  ["frames_dropped", 0, 2],
  ["freeze_count", 0, 2],
  ["freeze_ms", 3, 2],
  ["encode_ms_per_frame", 3, 1],
  ["limited_none_s", 3, 1],
  ["limited_bandwidth_s", 3, 1],
  ["limited_cpu_s", 3, 1],
  ["limited_other_s", 3, 1],
  ["retransmitted_packets", 0, 1],
  ["nack_count", 0, 1],
  ["pli_count", 0, 1],
  ["fir_count", 0, 1],
  ["audio_level", 6, 1],
  ["concealed_pct", 4, 2],
];
export const KINDS = ["audio", "video"];
export const ISSUES = ["packet_loss", "round_trip_time"];
export const SIGNALS = ["frozen_video", "stalled_video", "low_frame_rate", "cpu_limited", "bandwidth_limited", "no_media", "silent_microphone", "concealed_audio", "connection_lost", "relayed_over_tcp"];
export const TRANSPORTS = ["udp", "tcp", "tls"];
export const CANDIDATES = ["host", "srflx", "prflx", "relay"];
export const MEDIA = ["audio", "video", "both"];
export const SCOPES = ["track", "layer", "connection", "received"];
export const NOTES = ["open", "baseline", "counter_fell", "cut_short", "unreported", "carried"];
