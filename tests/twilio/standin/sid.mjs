// Twilio's identifiers and access tokens.

import { randomBytes } from "node:crypto";

const TOKEN_LIFE_SECONDS = 3600;

/**
 * A new identifier: two letters that say of what (`RM` room, `PA` participant, `MT` track), and 32 hexadecimal digits.
 *
 * @param {string} prefix
 */
export function newSid(prefix) {
  return prefix + randomBytes(16).toString("hex");
}

/**
 * An unsigned access token. The client only asks for a string; what is in it is between the application's server, which mints
 * it, and Twilio's, which reads it.
 *
 * @param {string} identity
 * @param {string | null} room the only room that may be joined with it; null for any
 */
export function mintToken(identity, room) {
  const header = { alg: "none", typ: "JWT", cty: "twilio-fpa;v=1" };
  const payload = {
    jti: newSid("SK"),
    exp: Math.floor(Date.now() / 1000) + TOKEN_LIFE_SECONDS,
    grants: { identity, video: room === null ? {} : { room } },
  };
  return `${encode(header)}.${encode(payload)}.`;
}

/**
 * What a token grants, or null if it is not one of `mintToken`.
 *
 * @param {unknown} token
 * @returns {{identity: string, room: string | null} | null}
 */
export function readToken(token) {
  try {
    const { grants } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    return grants.identity ? { identity: grants.identity, room: grants.video?.room ?? null } : null;
  } catch {
    return null;
  }
}

function encode(part) {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
