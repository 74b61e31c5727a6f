// A call between two tabs of one browser. They find each other over a BroadcastChannel, where another application has a server for it, and
// agree by "perfect negotiation" (https://www.w3.org/TR/webrtc/#perfect-negotiation-example).

export class Call {
  connection = new RTCPeerConnection();
  onremote = () => {};
  onstate = () => {};
  #channel = new BroadcastChannel("callscope-plain-example");
  #me = crypto.randomUUID();
  #isPolite = false;
  #isOffering = false;
  #ignores = false;
  #stream = null;

  /** Camera and microphone; without them, a picture and a tone. */
  async media() {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } }).catch(generated);
    return this.#stream;
  }

  join() {
    const { connection } = this;
    connection.ontrack = ({ streams: [stream] }) => this.onremote(stream);
    connection.onconnectionstatechange = () => this.onstate(connection.connectionState);
    connection.onicecandidate = ({ candidate }) => this.#say({ candidate: candidate?.toJSON() });
    connection.onnegotiationneeded = () => this.#offer();
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#say({ joined: true });
    this.onstate("waiting for the other tab");
  }

  leave() {
    this.#channel.close();
    this.connection.close();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
  }

  async #hear({ from, joined, welcome, description, candidate }) {
    const { connection } = this;
    if (joined || welcome) {
      // One of the two gives way when both offer at once.
      this.#isPolite = this.#me < from;
      if (joined) this.#say({ welcome: true });
      for (const track of this.#stream.getTracks()) {
        if (!connection.getSenders().some((sender) => sender.track === track)) connection.addTrack(track, this.#stream);
      }
    }
    if (description) {
      const collides = description.type === "offer" && (this.#isOffering || connection.signalingState !== "stable");
      this.#ignores = collides && !this.#isPolite;
      if (this.#ignores) return;
      await connection.setRemoteDescription(description);
      if (description.type === "offer") {
        await connection.setLocalDescription();
        this.#say({ description: connection.localDescription.toJSON() });
      }
    }
    if (candidate) {
      try {
        await connection.addIceCandidate(candidate);
      } catch (error) {
        if (!this.#ignores) throw error;
      }
    }
  }

  async #offer() {
    try {
      this.#isOffering = true;
      await this.connection.setLocalDescription();
      this.#say({ description: this.connection.localDescription.toJSON() });
    } finally {
      this.#isOffering = false;
    }
  }

  #say(message) {
    this.#channel.postMessage({ from: this.#me, ...message });
  }
}

function generated() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const context = canvas.getContext("2d");
  let frame = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${frame % 360} 60% 40%)`;
    context.fillRect(0, 0, 640, 360);
    context.fillStyle = "white";
    context.fillRect((frame * 4) % 640, 160, 40, 40);
    frame += 1;
  }, 50);
  const audio = new AudioContext();
  const out = audio.createMediaStreamDestination();
  const tone = audio.createOscillator();
  tone.connect(out);
  tone.start();
  return new MediaStream([...canvas.captureStream(20).getTracks(), ...out.stream.getTracks()]);
}
