// Sorts differences into intended ones and failures, and finds entries that explain nothing any more.

/** Judges every exchange of a run against the list of intended deviations. */
export class Judge {
  #deviations;
  #used = new Map();
  #groups = new Map();
  failures = [];

  constructor(deviations) {
    this.#deviations = deviations;
  }

  /**
   * Judges one step. `counts` says whether it is an exchange, or only a look at what an exchange left behind.
   *
   * A deviation that is `ambient` lies on every answer of a kind, and one that is `racy` shows in some runs: an
   * exchange that shows nothing else counts as equal.
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
    if (counts) this.#count(exchange.group, verdict);
    if (verdict === 'failed') this.failures.push({ exchange, differences: unexplained, counts });
    return verdict;
  }

  /** A step that could not be taken on both sides. */
  broken(exchange, error, { counts }) {
    if (counts) this.#count(exchange.group, 'failed');
    this.failures.push({ exchange, error, counts });
  }

  /** How often each deviation explained something, with its reason. */
  deviations() {
    return this.#deviations.map(({ id, reason, ambient = false, racy = false }) => ({
      id,
      reason,
      ambient,
      racy,
      times: this.#used.get(id) ?? 0,
    }));
  }

  #count(group, verdict) {
    if (!this.#groups.has(group)) this.#groups.set(group, { equal: 0, intended: 0, failed: 0 });
    this.#groups.get(group)[verdict] += 1;
  }

  /** The exchanges of a group, or of all. */
  totals(wanted) {
    const sum = { exchanges: 0, equal: 0, intended: 0, failed: 0 };
    for (const [group, { equal, intended, failed }] of this.#groups) {
      if (wanted !== undefined && wanted !== group) continue;
      sum.exchanges += equal + intended + failed;
      sum.equal += equal;
      sum.intended += intended;
      sum.failed += failed;
    }
    return sum;
  }
}

function verdictOf(unexplained, explaining) {
  if (unexplained.length > 0) return 'failed';
  return [...explaining].every(({ ambient, racy }) => ambient || racy) ? 'equal' : 'intended';
}
