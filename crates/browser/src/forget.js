// Takes out of a map what is gone.
export function forget(map, isGone) {
  for (const [key, value] of map) if (isGone(value)) map.delete(key);
}
