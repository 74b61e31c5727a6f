// The participants' pictures and sound.

export class Tiles {
  #section;

  constructor(room, section) {
    this.#section = section;
    this.#add(room.localParticipant, "you");
    for (const { track } of room.localParticipant.tracks.values()) if (track.kind === "video") this.#attach(room.localParticipant, track);
    for (const participant of room.participants.values()) this.#add(participant, participant.identity);
    room.on("participantConnected", (participant) => this.#add(participant, participant.identity));
    room.on("participantDisconnected", ({ sid }) => this.#find(sid)?.remove());
    room.on("trackSubscribed", (track, publication, participant) => this.#attach(participant, track));
    room.on("trackUnsubscribed", (track) => track.detach?.().forEach((element) => element.remove()));
    room.on("disconnected", () => section.replaceChildren());
  }

  #add({ sid, tracks }, name) {
    const tile = document.createElement("figure");
    tile.dataset.sid = sid;
    tile.append(Object.assign(document.createElement("figcaption"), { textContent: name }));
    this.#section.append(tile);
    for (const { track } of tracks.values()) if (track?.attach && name !== "you") this.#attach({ sid }, track);
  }

  #attach({ sid }, track) {
    if (track.kind !== "data") this.#find(sid)?.prepend(track.attach());
  }

  #find(sid) {
    return this.#section.querySelector(`[data-sid="${sid}"]`);
  }
}
