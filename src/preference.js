// What a person prefers is kept in this browser, by a name. Storage may be full or switched off.

const key = (name) => `callscope.${name}`;

export function preferred(name) {
  try {
    return localStorage.getItem(key(name)) ?? undefined;
  } catch {
    return undefined;
  }
}

export const preferredNumber = (name, otherwise) => Number(preferred(name) ?? otherwise);

export function prefer(name, choice) {
  try {
    if (choice === undefined) localStorage.removeItem(key(name));
    else localStorage.setItem(key(name), choice);
    return true;
  } catch {
    return false;
  }
}
