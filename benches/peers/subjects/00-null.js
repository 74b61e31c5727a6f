// What the harness itself costs: one resolved promise.
export default {
  name: "null",
  note: "await pc.getStats() and nothing else",
  setup() {},
  async sample(pc) {
    await pc.getStats();
  },
};
