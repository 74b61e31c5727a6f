// Takes samples of connections at a steady pace: asks them for reports and hands those to an engine.
//
// Connections go by numbers, as the engine knows them. The engine is an object with
//   sample(pc, report)    takes a report,
//   failed(pc, error)     hears that a connection gave none,
//   woke(passed)          hears how many milliseconds after the last sample this one is taken; Infinity after a freeze,
//   state(pc, state, at)  hears how a connection's ICE is doing, by its place among the states, -1 for none of them,
//   closed(pc)            hears that a connection is over,
//   give(isFirst)         hands out what came of it and tells whether it did; after the first time only if there is something.
// Nothing that goes wrong reaches the page: what failed once is in no known state, and stops.

// The shortest and longest periods, in milliseconds. Browsers give the same report again for 50 ms and longer.
const SHORTEST_PERIOD = 100;
const LONGEST_PERIOD = 3_600_000;
// The shortest wait, in milliseconds. A timer may wake a little early, and sooner than this the browser would give the same report again.
// It is short, as whoever skips the end of an interval samples one period later: a call's first seconds would be drawn as a hole.
const SHORTEST_WAIT = 50;
// How long after the end of an interval it is sampled, in milliseconds. The statistics have a clock of their own: where that is
// behind the page's, a sample at the very end would leave the interval open for a period longer.
const LATE = 50;
// How long an answer is waited for before the connection is asked again, in milliseconds.
const PATIENCE = 10_000;
// So many questions can be open at once. A connection that answers none of them is not asked any more, until it does.
const MOST_OPEN = 3;
export const ICE_STATES = ["new", "checking", "connected", "completed", "disconnected", "failed", "closed"];
const ICE_CHANGED = "iceconnectionstatechange";
// An engine that hears nothing any more.
const NONE = { closed() {}, give() {} };

// Milliseconds to wait from `now` to just after the next multiple of the period, so that samples fall on the ends of intervals
// and a slow sample delays none but itself.
export function wait(now, period) {
  period = Math.min(Math.max(period, SHORTEST_PERIOD), LONGEST_PERIOD);
  const left = period - (Math.max(now - LATE, 0) % period);
  return left < SHORTEST_WAIT ? left + period : left;
}

// Calls back with the type of what happens to the page, "resume" also for one that comes out of the cache, and with whether one that is left
// may come back. Gives what ends it. A worker has no page.
export function watchPage(heard) {
  if (typeof document === "undefined") return undefined;
  const hear = ({ type, persisted }) => {
    if (type === "visibilitychange") heard(document.visibilityState);
    // A page is shown once after it has loaded, too.
    else if (type !== "pageshow") heard(type, persisted);
    else if (persisted) heard("resume");
  };
  const each = (act) => {
    // On the way down, the window hears what happens to the document, too.
    for (const type of ["visibilitychange", "freeze", "resume", "pagehide", "pageshow"]) window[act](type, hear, true);
  };
  each("addEventListener");
  return () => each("removeEventListener");
}

// A sampler of no connections.
export function sampler(engine) {
  let connections = [];
  let period = null;
  let timer, endWatch;
  // When it woke last, on a clock that cannot be set and on one that does not stand still while the machine sleeps.
  let woke = null;
  let isGiving = false;

  // A connection that has the number already is taken off, unless it is the same.
  function attach(pc, js) {
    if (connections.some((known) => known.pc === pc && known.js === js)) return;
    detach(pc);
    const hear = () => engine.state(pc, ICE_STATES.indexOf(js.iceConnectionState), performance.timeOrigin + performance.now());
    const heard = guarded(() => {
      hear();
      // What flowed before the first sample of a track is in no interval, and a lost connection may be lost for good.
      if (period !== null) tick();
    });
    js.addEventListener(ICE_CHANGED, heard);
    const end = () => js.removeEventListener(ICE_CHANGED, heard);
    connections.push({ pc, js, end, open: 0, asked: 0 });
    hear();
  }

  function detach(pc) {
    letGo((connection) => connection.pc === pc);
  }

  // Samples now, and then at every multiple of the period.
  function start(every) {
    endWatch ??= watchPage(guarded(page));
    period = every;
    tick();
  }

  function stop() {
    clearTimeout(timer);
    endWatch?.();
    endWatch = undefined;
    period = woke = null;
  }

  // Takes all connections off; what was asked counts for nothing.
  function finish() {
    stop();
    letGo(() => true);
  }

  // The engine goes away.
  function close() {
    engine = NONE;
    finish();
  }

  // Samples now, and calls back when what came of it is given, or when an answer has been waited for too long.
  function sample(done) {
    ask(true, done);
  }

  // Hands out what has come. What comes of handing it out follows.
  function give() {
    if (isGiving) return;
    isGiving = true;
    for (let isFirst = true; engine.give(isFirst); isFirst = false);
    isGiving = false;
  }

  function tick() {
    const now = [performance.now(), Date.now()];
    // Some clocks stand still in sleep and some can be set: the one that went further counts.
    engine.woke(woke === null ? 0 : Math.max(now[0] - woke[0], now[1] - woke[1]));
    woke = now;
    clearTimeout(timer);
    timer = setTimeout(guarded(tick), Math.ceil(wait(now[1], period)));
    ask(false);
  }

  function page(what) {
    if (what === "resume") {
      engine.woke(Infinity);
      woke = null;
    }
    if (what === "resume" || what === "hidden" || what === "visible") tick();
  }

  // One that owes an answer is asked again only if it is urgent, or if it has owed it for too long.
  function ask(isUrgent, done) {
    letGo(({ js }) => js.signalingState === "closed");
    const now = performance.now();
    const asked = connections.filter((connection) => {
      const { pc, open } = connection;
      const isLate = open > 0 && now - connection.asked > PATIENCE;
      if (open >= MOST_OPEN || (open > 0 && !isUrgent && !isLate)) return false;
      if (isLate) engine.failed(pc, new DOMException("getStats() did not answer", "TimeoutError"));
      connection.open++;
      connection.asked = now;
      return true;
    });
    let missing = asked.length;
    // Whoever waits need not any longer: the answers that are missing may come too late.
    const patience = done && missing > 0 ? setTimeout(() => ((missing = 0), done()), PATIENCE) : undefined;
    const over = () => {
      clearTimeout(patience);
      give();
      done?.();
    };
    if (missing === 0) over();
    for (const connection of asked) {
      const answered = (take) =>
        guarded((answer) => {
          connection.open--;
          // An answer of a connection that was taken off counts for nothing.
          if (connections.includes(connection)) take(connection.pc, answer);
          if (missing > 0 && --missing === 0) over();
        });
      // Pages put their own functions in front of it: it may throw, and what is no promise is its own answer.
      new Promise((resolve) => resolve(connection.js.getStats())).then(answered(engine.sample), answered(engine.failed));
    }
  }

  function letGo(isGone) {
    connections = connections.filter((connection) => {
      if (!isGone(connection)) return true;
      connection.end();
      engine.closed(connection.pc);
      return false;
    });
  }

  function guarded(act) {
    return (value) => {
      try {
        act(value);
      } catch (error) {
        close();
        console.error("callscope stopped:", error);
      }
    };
  }

  return { attach, detach, start, stop, finish, close, sample, give };
}
