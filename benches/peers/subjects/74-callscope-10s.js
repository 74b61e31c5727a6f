// callscope: reading and measuring at the module's own pace.
import { subject } from "./71-callscope.js";

export default subject("callscope-10s", "the same with reports ten seconds apart: every sample closes intervals", 10);
