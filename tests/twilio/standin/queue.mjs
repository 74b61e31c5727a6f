// Work that has to be done one piece after the other.

/** Runs tasks in the order in which they came. One that fails is reported, and does not keep the next from its turn. */
export class Queue {
  #last = Promise.resolve();
  #name;

  /** @param {string} name whose tasks they are, for reports */
  constructor(name) {
    this.#name = name;
  }

  /** @param {() => Promise<void>} task */
  run(task) {
    this.#last = this.#last.then(task).catch((error) => {
      console.error(`${this.#name}: ${error.stack}`);
    });
  }
}
