// What is heard of the page: timers, its life, its connections and their answers. What is started here is known by a
// number, and ends when it is told to or with `close`. Nothing that goes wrong on the other side reaches the page.

const [WOKE, ICE, ANSWER, REFUSAL] = [0, 1, 2, 3];
const [HIDDEN, VISIBLE, FROZEN, RESUMED, LEFT] = [4, 5, 6, 7, 8];

const ICE_STATES = ["new", "checking", "connected", "completed", "disconnected", "failed", "closed"];

export class Ears {
  constructor(hear) {
    this.hear = hear;
    this.ends = new Map();
  }

  tell(what, which, value) {
    try {
      this.hear?.(what, which, value);
    } catch (error) {
      // What failed once is in no known state.
      this.close();
      console.error("callscope stopped:", error);
    }
  }

  wait(which, milliseconds) {
    this.end(which);
    const timer = setTimeout(() => {
      this.ends.delete(which);
      this.tell(WOKE, which);
    }, Math.ceil(milliseconds));
    this.ends.set(which, () => clearTimeout(timer));
  }

  // Whether there is a page to watch: a worker has none.
  watch(which) {
    this.end(which);
    if (typeof document === "undefined") return false;
    const life = {
      visibilitychange: () => (document.visibilityState === "hidden" ? HIDDEN : VISIBLE),
      freeze: () => FROZEN,
      resume: () => RESUMED,
      pagehide: () => LEFT,
      // A page is shown once after it has loaded, too.
      pageshow: (event) => (event.persisted ? RESUMED : undefined),
    };
    const heard = (event) => {
      const what = life[event.type](event);
      if (what !== undefined) this.tell(what, which);
    };
    const each = (act) => {
      for (const type in life) (type.startsWith("page") ? window : document)[act](type, heard);
    };
    each("addEventListener");
    this.ends.set(which, () => each("removeEventListener"));
    return true;
  }

  listen(which, connection) {
    const heard = () => this.tell(ICE, which);
    connection.addEventListener("iceconnectionstatechange", heard);
    this.ends.set(which, () => connection.removeEventListener("iceconnectionstatechange", heard));
  }

  // Asks a connection for a report, at once; the answer comes later. Pages put their own functions in front of it: it may
  // throw, and what is no promise is its own answer.
  ask(which, connection) {
    new Promise((resolve) => resolve(connection.getStats())).then(
      (report) => this.tell(ANSWER, which, report),
      (error) => this.tell(REFUSAL, which, error),
    );
  }

  steady() {
    return performance.now();
  }

  now() {
    return performance.timeOrigin + performance.now();
  }

  wall() {
    return Date.now();
  }

  isClosed(connection) {
    return connection.signalingState === "closed";
  }

  // Its place among the states as the reports number them; -1 for what is none.
  iceState(connection) {
    return ICE_STATES.indexOf(connection.iceConnectionState);
  }

  end(which) {
    this.ends.get(which)?.();
    this.ends.delete(which);
  }

  close() {
    this.hear = null;
    for (const end of this.ends.values()) end();
    this.ends.clear();
  }
}
