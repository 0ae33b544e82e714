// Sorts differences into intended ones and failures, and finds entries that explain nothing any more.

/** Judges every exchange of a run against the list of intended deviations. */
export class Judge {
  #deviations;
  #used = new Map();
  #exchanges = { equal: 0, intended: 0, failed: 0 };
  failures = [];

  constructor(deviations) {
    this.#deviations = deviations;
  }

  /**
   * Judges one step. `counts` says whether it is an exchange, or only a look at what an exchange left behind.
   *
   * A deviation that is `ambient` lies on every answer of a kind; an exchange that shows nothing else counts
   * as equal.
   */
  judge(exchange, differences, { counts }) {
    const unexplained = [];
    const explaining = new Set();
    for (const difference of differences) {
      const entry = this.#deviations.find(
        (deviation) => deviation.applies(exchange) && deviation.explains(difference, exchange),
      );
      if (entry === undefined) unexplained.push(difference);
      else explaining.add(entry);
    }
    for (const { id } of explaining) this.#used.set(id, (this.#used.get(id) ?? 0) + 1);

    const verdict = verdictOf(unexplained, explaining);
    if (counts) this.#exchanges[verdict] += 1;
    if (verdict === 'failed') this.failures.push({ exchange, differences: unexplained, counts });
    return verdict;
  }

  /** A step that could not be taken on both sides. */
  broken(exchange, error, { counts }) {
    if (counts) this.#exchanges.failed += 1;
    this.failures.push({ exchange, error, counts });
  }

  /** How often each deviation explained something, with its reason. */
  deviations() {
    return this.#deviations.map(({ id, reason }) => ({ id, reason, times: this.#used.get(id) ?? 0 }));
  }

  totals() {
    const { equal, intended, failed } = this.#exchanges;
    return { exchanges: equal + intended + failed, equal, intended, failed };
  }
}

function verdictOf(unexplained, explaining) {
  if (unexplained.length > 0) return 'failed';
  return [...explaining].every(({ ambient }) => ambient) ? 'equal' : 'intended';
}
