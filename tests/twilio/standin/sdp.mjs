// The few lines of a session description (RFC 8866) that the stand-in reads or writes.

const END_OF_LINE = "\r\n";

/**
 * Replaces each ICE candidate by what `replace` makes of it, and leaves it out where that is null.
 *
 * @param {string} sdp
 * @param {(candidate: string) => Promise<string | null>} replace
 */
export async function mapCandidates(sdp, replace) {
  const lines = [];
  for (const line of sdp.split(END_OF_LINE)) {
    if (!line.startsWith("a=candidate:")) {
      lines.push(line);
      continue;
    }
    const replaced = await replace(line.slice("a=".length));
    if (replaced !== null) lines.push(`a=${replaced}`);
  }
  return lines.join(END_OF_LINE);
}

/**
 * Which published track is sent in which section: the client writes the track's id into the section's `msid`.
 *
 * @param {string} sdp
 * @returns {Map<string, string>} ids of tracks by mid
 */
export function trackIdsByMid(sdp) {
  const found = new Map();
  for (const section of mediaSections(sdp)) {
    const mid = attribute(section, "mid");
    const id = attribute(section, "msid")?.split(" ")[1];
    if (mid !== null && id !== undefined) found.set(mid, id);
  }
  return found;
}

/**
 * Writes streams' and tracks' ids into the sections in which they are sent, in place of what is there.
 *
 * @param {string} sdp
 * @param {Map<string, {streamId: string, trackId: string}>} byMid
 */
export function withTrackIds(sdp, byMid) {
  const [session, ...sections] = sdp.split(/(?=^m=)/m);
  const named = sections.map((section) => {
    const ids = byMid.get(attribute(section, "mid"));
    if (ids === undefined) return section;
    const nameless = section.replace(/^a=(msid:|ssrc:\d+ (msid|mslabel|label):).*\r\n/gm, "");
    return nameless.replace(/^(a=mid:.*)\r\n/m, `$1${END_OF_LINE}a=msid:${ids.streamId} ${ids.trackId}${END_OF_LINE}`);
  });
  return [session, ...named].join("");
}

/**
 * Leaves sections open in which nothing is sent for now. werift writes the port 0 there, which says that they are never to be
 * used again (RFC 8829, section 5.3.1), and leaves them out of the bundle.
 *
 * @param {string} sdp
 */
export function withInactiveKept(sdp) {
  const mids = mediaSections(sdp).map((section) => attribute(section, "mid"));
  return sdp.replace(/^m=(audio|video) 0 /gm, "m=$1 9 ").replace(/^a=group:BUNDLE .*$/m, `a=group:BUNDLE ${mids.join(" ")}`);
}

/**
 * Lets whoever sends VP8 start with that bitrate: one of Chromium's own parameters.
 *
 * @param {string} sdp
 * @param {number} kbps
 */
export function withStartBitrate(sdp, kbps) {
  return sdp.replace(/^a=rtpmap:(\d+) VP8\/90000\r\n/gm, `$&a=fmtp:$1 x-google-start-bitrate=${kbps}${END_OF_LINE}`);
}

function mediaSections(sdp) {
  return sdp.split(/(?=^m=)/m).slice(1);
}

function attribute(section, name) {
  return new RegExp(`^a=${name}:(.+)$`, "m").exec(section)?.[1] ?? null;
}
