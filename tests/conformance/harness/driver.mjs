// Takes both sides through the scenarios, step by step, and hands what they show to the judge.

import { setTimeout as sleep } from 'node:timers/promises';

import { Browser } from './client.mjs';
import { answerDifferences, describe, differences } from './compare.mjs';
import { CookieJar } from './cookies.mjs';
import { jsonOf, send, valuesOf } from './http.mjs';
import { Mails } from './mailbox.mjs';
import { Normaliser, Timeline } from './normalise.mjs';
import { resolve } from './steps.mjs';

/** How long a side may take to send a mail that nothing asked for. */
const LATE_MS = 150;

/** Drives the two sides; `theirs` is the real Better Auth, `ours` what is compared with it. */
export class Driver {
  /**
   * `alter` changes what is heard of our side: only to prove that a change is noticed. `onStep` sees every
   * step as it is compared. `settings` are those of both sides.
   */
  constructor({ theirs, ours, judge, settings = {}, alter = (answer) => answer, onStep = () => {} }) {
    this.timeline = new Timeline();
    this.settings = settings;
    this.judge = judge;
    this.onStep = onStep;
    this.parties = [
      { side: theirs, alter: (answer) => answer },
      { side: ours, alter },
    ];
  }

  /** Runs one scenario and gives the verdicts of its exchanges. */
  async run(group, scenario) {
    for (const party of this.parties) {
      party.normaliser = new Normaliser(this.timeline);
      party.seen = { mails: new Mails() };
      party.browsers = new Map();
    }
    const verdicts = [];
    const tables = this.settings.limits === undefined ? [] : ['rateLimit'];
    for (const step of [...scenario.steps, { kind: 'rows', title: 'rows left behind', tables }]) {
      const { verdict, broken } = await this.#take(group, scenario, step);
      if (verdict !== undefined) verdicts.push(verdict);
      // What follows builds on this step.
      if (broken) break;
    }
    await this.#both((party) => party.side.database.empty());
    await this.#both((party) => party.side.mailbox.take());
    return verdicts;
  }

  async #take(group, scenario, step) {
    const number = await this.timeline.open();
    const counts = step.kind === 'request' || step.kind === 'together' || step.kind === 'client';
    const side = this.parties[1].side.name;
    const exchange = { group, scenario: scenario.title, title: step.title, number, kind: step.kind, side };
    for (const { normaliser } of this.parties) normaliser.enter(number);
    try {
      const shown = await this.#both((party) => KINDS[step.kind].take(step, party, this.parties));
      const mails = await this.#mails(step);
      this.timeline.close();
      KINDS[step.kind].mark?.(step, shown, this.timeline, number);
      const [theirs, ours] = shown.map((one, at) => ({
        ...KINDS[step.kind].describe(one, this.parties[at], step),
        ...(mails[at].length > 0 && { mails: mailsOf(step, mails[at], this.parties[at]) }),
      }));
      Object.assign(exchange, { request: shown[0].request, theirs, ours });
      this.onStep(exchange);
      const found = (KINDS[step.kind].differences ?? differences)(theirs, ours);
      const verdict = this.judge.judge(exchange, found, { counts });
      return { verdict: counts ? verdict : undefined };
    } catch (error) {
      this.timeline.close();
      this.judge.broken(exchange, error, { counts });
      return { verdict: counts ? 'failed' : undefined, broken: true };
    }
  }

  /** The mails of a step: Better Auth's are there before its answer, ours may take a moment longer. */
  async #mails(step) {
    if (step.kind === 'rows' && this.settings.mails) await sleep(LATE_MS);
    const [theirs, ours] = this.parties;
    const expected = await theirs.side.mailbox.take();
    const arrived = await ours.side.mailbox.take(expected.length);
    theirs.seen.mails.add(expected);
    ours.seen.mails.add(arrived);
    return [expected, arrived];
  }

  #both(act) {
    return Promise.all(this.parties.map(act));
  }
}

/** How each kind of step is taken on one side, and how what it showed is put in comparable form. */
const KINDS = {
  request: {
    async take(step, party) {
      const { request, answer } = await ask(step, party);
      if (step.keep !== undefined) party.seen[step.keep] = kept(answer);
      return { request, answer };
    },
    describe: ({ answer }, { normaliser }, step) => describe(answer, normaliser, step.reading),
    differences: answerDifferences,
  },

  together: {
    async take(step, party) {
      const done = await Promise.all(step.requests.map((one) => ask(one, party)));
      return { request: done[0].request, answers: done.map(({ answer }) => answer) };
    },
    describe: ({ answers }, { normaliser }, step) => normaliser.tree(step.summary(answers)),
  },

  client: {
    async take(step, party) {
      if (!party.browsers.has(step.browser)) {
        party.browsers.set(step.browser, new Browser(party.side.port, step.options));
      }
      const browser = party.browsers.get(step.browser);
      const result = await step.use(browser.client, party.seen, browser);
      const exchanges = browser.takeExchanges();
      return { result, exchanges: exchanges.map(({ made, answer }) => ({ made, answer: party.alter(answer) })) };
    },
    describe: ({ result, exchanges }, { normaliser }) => ({
      result: normaliser.tree(result),
      requests: exchanges.map(({ made }) => normaliser.tree(made)),
      answers: exchanges.map(({ answer }) => describe(answer, normaliser)),
    }),
    differences: ({ answers: theirs, ...theirRest }, { answers: ours, ...ourRest }) => [
      ...differences(theirRest, ourRest),
      ...theirs.flatMap((one, at) => (ours[at] === undefined ? [] : answerDifferences(one, ours[at]))),
    ],
  },

  sql: {
    async take(step, party) {
      const values = typeof step.values === 'function' ? step.values(party.seen) : step.values;
      return { rows: await party.side.database.query(step.text, values) };
    },
    mark(step, shown, timeline, number) {
      for (const { rows } of shown) {
        for (const [row, columns] of rows.entries()) {
          for (const [name, value] of Object.entries(columns)) {
            if (/^\d{4}-\d\d-\d\dT/.test(value)) timeline.mark(value, name, `<set by #${number}: ${name} ${row}>`);
          }
        }
      }
    },
    describe: ({ rows }, { normaliser }) => normaliser.tree({ rows }),
  },

  inspect: {
    take: async (step, party, parties) => ({ shown: await step.look(party, parties) }),
    describe: ({ shown }, { normaliser }) => normaliser.tree({ shown }),
  },

  rows: {
    take: async (step, party) => ({ rows: await party.side.database.rows(step.tables) }),
    describe: ({ rows }, { normaliser }) => ({ rows: normaliser.rows(rows) }),
  },
};

/** Mails in comparable form; of requests at once, whose mails they are hangs on who came first. */
function mailsOf(step, mails, { normaliser }) {
  return step.kind === 'together' ? mails.map(({ type }) => type) : normaliser.tree(mails);
}

async function ask(step, party) {
  const request = resolve(step, party.seen);
  return { request, answer: party.alter(await send(party.side.port, request)) };
}

/** What later steps can use of an answer. */
function kept(answer) {
  const jar = new CookieJar().take(valuesOf(answer, 'set-cookie'));
  return {
    json: jsonOf(answer),
    cookies: jar.header(),
    cookie: (name) => `${name}=${jar.get(name)}`,
    value: (name) => jar.get(name),
    authToken: valuesOf(answer, 'set-auth-token')[0],
  };
}
