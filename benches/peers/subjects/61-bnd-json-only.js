let n = 0;
export default {
  name: "bnd-json",
  note: "JSON.stringify([...report.values()]) only",
  setup() {},
  async sample(pc) {
    n = JSON.stringify([...(await pc.getStats()).values()]).length;
  },
  check() {
    return { n };
  },
};
