// What takes stored calls away is loaded when somebody does: public/take-away.js.

import { ask, current } from "./source.js";

const load = () => import(new URL("take-away.js", document.baseURI));

export const saveExport = async (...given) => (await load()).saveExport(ask, ...given);
export const saveRows = async (...given) => (await load()).saveRows(ask, ...given);
export const copy = async (...given) => (await load()).copy(current, ...given);
