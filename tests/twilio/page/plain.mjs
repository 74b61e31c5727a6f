// A page without Twilio: measures a call that it makes with itself, for some seconds.

import { start } from "/callscope/callscope.js";

import "/measure.mjs";

window.measured = (async () => {
  const scope = await start({ sampleEveryMs: 1000 });
  const { near, far } = await measure.loopback();
  const session = scope.attachPeerConnection(near, {
    room: { sid: "RM1", name: "plain", type: "peer_to_peer" },
    participant: { sid: "PA1", identity: "somebody" },
  });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await session.stop();
  near.close();
  far.close();
  return session.summary();
})();
