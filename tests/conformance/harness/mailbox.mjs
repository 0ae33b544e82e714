// Where the mails of a side arrive: a webhook that holds senders to the Standard-Webhooks signature.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 5_000;
const POLL_MS = 10;
const CLOCK_MS = 60_000;

/** `v1,<base64 HMAC-SHA-256>` of `id.timestamp.body`, as https://www.standardwebhooks.com has it. */
export function webhookSignature(secret, id, timestamp, body) {
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The headers that a sender puts to a webhook. */
export function webhookHeaders(secret, id, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': webhookSignature(secret, id, timestamp, body),
  };
}

/** A listener for the mails of one side. */
export class Mailbox {
  secret = randomBytes(24).toString('hex');
  #mails = [];

  static async open() {
    const mailbox = new Mailbox();
    mailbox.server = createServer((request, response) => mailbox.#receive(request, response));
    mailbox.server.listen(0, '127.0.0.1');
    await once(mailbox.server, 'listening');
    mailbox.url = `http://127.0.0.1:${mailbox.server.address().port}/mails`;
    return mailbox;
  }

  async close() {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Takes out what has arrived, once there are `least` of them or the patience is at its end. */
  async take(least = 0) {
    const end = Date.now() + PATIENCE_MS;
    while (this.#mails.length < least && Date.now() < end) await sleep(POLL_MS);
    return this.#mails.splice(0).toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  async #receive(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const problem = refusal(this.secret, request, body);
    // A mail that is not what it should be is shown as such: no expected one looks like it.
    this.#mails.push(problem === undefined ? read(body) : { type: problem, body });
    response.writeHead(204).end();
  }
}

const order = ({ type, to }) => `${type} ${to}`;

function refusal(secret, { method, url, headers }, body) {
  if (method !== 'POST' || url !== '/mails') return `a ${method} of ${url}`;
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given = '' } = headers;
  if (!id || !(Math.abs(Number(timestamp) * 1000 - Date.now()) <= CLOCK_MS)) return 'a webhook without id or time';
  const [right, sent] = [Buffer.from(webhookSignature(secret, id, timestamp, body)), Buffer.from(given)];
  if (right.length !== sent.length || !timingSafeEqual(right, sent)) return 'a webhook that is wrongly signed';
  try {
    if (JSON.parse(body).id !== id) return 'a webhook whose body has another id';
  } catch {
    return 'a webhook without JSON';
  }
  return undefined;
}

function read(body) {
  const { type, to, user, url, token, newEmail } = JSON.parse(body);
  // Better Auth's sender of the second mail is told of the new address by `user.email` alone.
  return { type, to, user, url, token, ...(type === 'change-email-confirmation' && { newEmail }) };
}

/** The mails of one side in a scenario, for its steps. */
export class Mails {
  #all = [];

  add(mails) {
    this.#all.push(...mails);
  }

  /** The latest mail of a kind; `back` of them are left out. */
  last(type, back = 0) {
    const found = this.#all.filter((mail) => mail.type === type).at(-1 - back);
    if (found === undefined) throw new Error(`no mail of the kind ${type} has arrived`);
    return found;
  }
}
