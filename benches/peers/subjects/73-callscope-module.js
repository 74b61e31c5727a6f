// callscope: the module as it ships (npm/dist), from the application's side of it.
import { start } from "/module/callscope.js";

/** What an application does, with reports so many seconds apart. */
export function subject(name, note, secondsApart) {
  let scope;
  let session = null;
  let heard = { intervals: 0, objects: 0, received: null };
  const hear = (interval) => {
    heard.intervals += 1;
    heard.objects += 1 + (interval.layers ?? interval.received).length;
    if (interval.scope === "connection") heard.received = interval.bitrate_bps;
  };
  return {
    name,
    note,
    secondsApart,
    async setup() {
      // What is kept is written twice a minute, whenever samples are taken: it is no part of one.
      scope = await start({ history: false });
      if (!scope.isMeasuring) throw new Error("the module could not be loaded");
      session = null;
      heard = { intervals: 0, objects: 0, received: null };
    },
    // The first sample is that which attaching takes, and one more.
    async sample(pc) {
      session ??= scope.attachPeerConnection(pc).on("interval", hear);
      await session.flush();
    },
    check() {
      return heard;
    },
  };
}

export default subject(
  "callscope-module",
  "start(), attachPeerConnection(pc) and session.flush(), with a listener of intervals: every tenth sample hands out one interval a track and one with all received streams",
);
