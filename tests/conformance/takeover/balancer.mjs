// A proxy before both servers, which decides for each request who gets it. What is under way is never cut.

import { once } from 'node:events';
import { Agent, createServer, request as open } from 'node:http';

/** Of one connection, not of the request that it carries. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Idle connections go before either server closes them: one that goes while it is taken again fails a request. */
const IDLE_MS = 2_000;

/** Counts the requests, by phase, endpoint and server; stands for a side in the requests of a person. */
export class Balancer {
  name = 'the balancer';
  /** `{ phase, endpoint, side, status }` of each answer, and what went wrong between the proxy and a server. */
  answers = [];
  troubles = [];
  #agent = new Agent({ keepAlive: true, timeout: IDLE_MS });

  static async before({ betterAuth, latchkey }) {
    const balancer = new Balancer();
    Object.assign(balancer, { betterAuth, latchkey });
    balancer.sends('everything to Better Auth', 0);
    balancer.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
      balancer.#pass(request, response),
    );
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    balancer.port = balancer.server.address().port;
    return balancer;
  }

  /** From now on this share of the requests, 0 to 1, goes to Latchkey. */
  sends(phase, share) {
    Object.assign(this, { phase, share });
  }

  /** From now on every request goes to `side`. */
  sendsAllTo(side) {
    this.sends(`everything to ${side.name}`, side === this.latchkey ? 1 : 0);
  }

  /** How many answers are as `wanted` says: `{ phase, endpoint, side }`, or some of them. */
  count(wanted) {
    const pairs = Object.entries(wanted);
    return this.answers.filter((answer) => pairs.every(([key, value]) => answer[key] === value)).length;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
    this.#agent.destroy();
  }

  #pass(request, response) {
    const { phase, share } = this;
    const side = Math.random() < share ? this.latchkey : this.betterAuth;
    const endpoint = `${request.method} ${pathOf(request.url)}`;
    const outgoing = open({
      host: '127.0.0.1',
      port: side.port,
      method: request.method,
      path: request.url,
      headers: passedOn(request.rawHeaders),
      setDefaultHeaders: false,
      agent: this.#agent,
    });
    outgoing.on('response', (incoming) => {
      this.answers.push({ phase, endpoint, side: side.name, status: incoming.statusCode });
      response.sendDate = false;
      response.writeHead(incoming.statusCode, incoming.statusMessage, passedOn(incoming.rawHeaders));
      incoming.on('error', (error) => this.#failed(response, `${endpoint} at ${side.name}: ${error.message}`));
      incoming.pipe(response);
    });
    outgoing.on('error', (error) => this.#failed(response, `${endpoint} at ${side.name}: ${error.message}`));
    request.pipe(outgoing);
  }

  #failed(response, trouble) {
    this.troubles.push(trouble);
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  }
}

/** The path of an endpoint, with a star for a token in it. */
const pathOf = (url) => url.replace(/\?.*/, '').replace(/^\/api\/auth/, '').replace(/^(\/reset-password)\/.*/, '$1/*');

/** Raw headers without those of the connection. */
function passedOn(raw) {
  const kept = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (!OF_THE_CONNECTION.has(raw[at].toLowerCase())) kept.push(raw[at], raw[at + 1]);
  }
  return kept;
}
