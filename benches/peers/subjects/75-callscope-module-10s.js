// callscope: the module at its own pace.
import { subject } from "./73-callscope-module.js";

export default subject(
  "callscope-module-10s",
  "the same with reports ten seconds apart, the module's own pace: every sample hands out intervals",
  10,
);
