// The engine as the sampler knows it, behind one function in Rust: see `heard.rs` for the other side.

export function engine(hear) {
  return {
    sample: (pc, report) => hear(0, pc, 0, report),
    failed: (pc, error) => hear(1, pc, 0, error),
    woke: (passed) => hear(2, 0, passed),
    state: (pc, state, at) => hear(3, pc, at, state),
    closed: (pc) => hear(4, pc, 0),
    give: (isFirst) => hear(5, 0, Number(isFirst)),
  };
}
