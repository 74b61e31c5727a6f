// Boundary estimate, upper: every member of every entry is passed one by one (as serde-wasm-bindgen or js-sys Reflect do):
// Object.entries(), each key and string copied byte by byte (wasm-bindgen's ASCII path), each number stored on its own.
// The calls across the boundary themselves and the work on the other side are not included.
const u8 = new Uint8Array(4 << 20);
const f64 = new Float64Array(1 << 17);
let p = 0;
let q = 0;
function str(s) {
  const n = s.length;
  for (let i = 0; i < n; i++) {
    const c = s.charCodeAt(i);
    if (c > 0x7f) break;
    u8[p + i] = c;
  }
  p += n;
}
function value(v) {
  switch (typeof v) {
    case "number":
      f64[q++] = v;
      break;
    case "boolean":
      f64[q++] = v ? 1 : 0;
      break;
    case "string":
      str(v);
      break;
    default:
      if (v)
        for (const [k, w] of Object.entries(v)) {
          str(k);
          value(w);
        }
  }
}
export default {
  name: "bnd-members",
  note: "every key and value of every entry passed one by one (what a naive serde-style binding reads); boundary calls not included",
  setup() {},
  async sample(pc) {
    p = 0;
    q = 0;
    (await pc.getStats()).forEach((e) => value(e));
  },
  check() {
    return { bytes: p, numbers: q };
  },
};
