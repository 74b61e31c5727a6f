// The endpoints by which tests and people look into the stand-in and make things go wrong.

import { readNetwork } from "./network.mjs";
import { mintToken } from "./sid.mjs";

const MOST_BODY_BYTES = 1 << 16;

/** A request that cannot be done, for a reason that its sender is told. */
class Refusal extends Error {}

/**
 * What can be asked for, by method and path. A `GET` takes its parameters from the query, a `POST` from a JSON body; no
 * `identity` means everybody.
 *
 * @param {{rooms: import("./rooms.mjs").Rooms, signaling: import("./signaling.mjs").Signaling,
 *   insights: import("./insights.mjs").InsightsGateway}} services
 * @returns {Record<string, (parameters: object) => unknown>}
 */
function endpoints({ rooms, signaling, insights }) {
  const roomOf = ({ room: name }) => {
    const room = rooms.find(name);
    if (room === null) throw new Refusal(`there is no room ${name}`);
    return room;
  };
  const participantsOf = (room, identity) => {
    const found = [...room.participants.values()].filter((each) => identity === null || each.identity === identity);
    if (found.length === 0) throw new Refusal(`nobody called ${identity} is in ${room.name}`);
    return found;
  };
  const groupOf = (parameters) => {
    const room = roomOf(parameters);
    if (room.type !== "group") throw new Refusal(`${room.name} is no group room`);
    return room;
  };

  return {
    "GET /token": ({ identity = "somebody", room = null }) => ({ token: mintToken(identity, room) }),

    "GET /control/rooms": () => rooms.describe(),
    "POST /control/rooms": ({ name, type, publisherHints }) => {
      const { sid, type: made } = rooms.declare(name, { type, publisherHints });
      return { name, sid, type: made };
    },
    "POST /control/complete": (parameters) => {
      roomOf(parameters).complete();
    },
    "POST /control/recording": ({ isRecording, ...parameters }) => {
      roomOf(parameters).record(isRecording === true);
    },

    "POST /control/network": ({ identity = null, up, down, ...parameters }) => {
      roomOf(parameters).shape(identity, readNetwork({ up, down }));
    },
    "POST /control/cut-media": async ({ identity = null, ...parameters }) => {
      const room = roomOf(parameters);
      await Promise.all(room.paths(participantsOf(room, identity)).map((path) => path.cut()));
    },
    "POST /control/network-quality": ({ identity, level, ...parameters }) => {
      const room = groupOf(parameters);
      if (!(Number.isInteger(level) && level >= 0 && level <= 5)) throw new Refusal(`level is from 0 to 5, not ${level}`);
      room.rateNetwork(identity, level);
    },
    "POST /control/publisher-hint": ({ track, layers, ...parameters }) => {
      if (!Array.isArray(layers)) throw new Refusal("layers are booleans, the smallest layer first");
      const room = groupOf(parameters);
      if (!room.hint(track, layers)) throw new Refusal(`nobody can be told: ${track} is no track, or there is no channel`);
    },

    "GET /control/signaling": () => signaling.messages,
    "POST /control/drop-signaling": ({ identity = null }) => ({ dropped: signaling.drop(identity) }),
    "POST /control/busy": ({ times = 1 }) => signaling.busy(times),

    "GET /control/insights": () => insights.events,
    "POST /control/drop-insights": () => ({ dropped: insights.drop() }),
    "POST /control/insights": ({ isOpen }) => {
      insights.isOpen = isOpen === true;
      return { dropped: insights.isOpen ? 0 : insights.drop() };
    },
  };
}

/**
 * Answers requests to the endpoints, and none (null) to anything else.
 *
 * @returns {(request: import("node:http").IncomingMessage, url: URL) => Promise<{status: number, body: object} | null>}
 */
export function controlledBy(services) {
  const table = endpoints(services);
  return async (request, url) => {
    const endpoint = table[`${request.method} ${url.pathname}`];
    if (endpoint === undefined) return null;
    try {
      const parameters = request.method === "GET" ? Object.fromEntries(url.searchParams) : await readBody(request);
      return { status: 200, body: (await endpoint(parameters)) ?? { ok: true } };
    } catch (error) {
      const isAskersFault = error instanceof Refusal || error instanceof RangeError || error instanceof SyntaxError;
      if (!isAskersFault) throw error;
      return { status: 400, body: { error: error.message } };
    }
  };
}

async function readBody(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MOST_BODY_BYTES) throw new Refusal("the body is too long");
  }
  return text === "" ? {} : JSON.parse(text);
}
