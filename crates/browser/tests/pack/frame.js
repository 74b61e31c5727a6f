// Reads a getStats() report into rows of numbers.
//
// Made from callscope-core's tables (crates/core/src/report/columns.rs) and crates/browser/tests/pack/frame.js.
// Do not edit: `UPDATE_PACK=1 cargo test -p callscope-browser` writes it anew.
//
// The browser makes every entry anew at each step of a walk and at each get(): so there is one walk, and no look-up.
// Nothing is allocated for an entry, and only the members that the engine needs are read.

/*LISTS*/

// The walk in hand. A walk is over before another can begin, so it needs no objects of its own.
let reader, out, room, at, turn, skipped, broken;

export class Reader {
  constructor() {
    this.atoms = new Map();
    this.names = [];
    this.last = [];
    this.skipped = this.broken = 0;
  }

  // Writes the rows that fit into `numbers` and returns how many numbers all of them take.
  pack(report, numbers) {
    reader = this;
    out = numbers;
    room = numbers.length;
    at = turn = skipped = broken = 0;
    try {
      report.forEach(read);
    } catch {
      broken++;
    }
    reader = out = null;
    this.skipped = skipped;
    this.broken = broken;
    return at;
  }

  // The number that stands for that string.
  intern(name) {
    let atom = this.atoms.get(name);
    if (atom === undefined) {
      atom = this.names.push(name) - 1;
      this.atoms.set(name, atom);
    }
    return atom;
  }

  name(atom) {
    return this.names[atom];
  }
}

// Booleans are 1 and 0. What is neither is unknown: a typed array would make 0 of null and "", and throw at a BigInt.
function number(value) {
  return typeof value === "number" ? value : value === true ? 1 : value === false ? 0 : NaN;
}

// The place of a word among those that it can be.
function place(word, words) {
  const place = words.indexOf(word);
  return place < 0 ? NaN : place;
}

// Reports keep their order, so the name that stood at this turn of the last walk is tried first: to compare costs less
// than to look up. Reports cannot fill the memory with names: what is too long or one too many is unknown.
function atom(name) {
  if (typeof name !== "string") return NaN;
  const { names, last } = reader;
  const i = turn++;
  if (names[last[i]] === name) return last[i];
  const known = reader.atoms.get(name);
  if (known === undefined && (name.length > /*LONGEST_NAME*/ || names.length >= /*MOST_NAMES*/)) {
    last[i] = 0;
    return NaN;
  }
  return (last[i] = known ?? reader.intern(name));
}

function read(s) {
  const o = at;
  try {
    switch (s.type) {
/*CASES*/
      default:
        skipped++;
    }
  } catch {
    // A member that throws: the entry is left out.
    at = o;
    broken++;
  }
}

/*ROWS*/
