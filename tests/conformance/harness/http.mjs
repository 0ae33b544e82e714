// HTTP as it is on the wire: every header as sent, duplicates and order kept, nothing followed or decoded.

import { request as open } from 'node:http';

import { HOST } from './settings.mjs';

const PATIENCE_MS = 30_000;

/**
 * Sends one request, on a connection of its own unless an `agent` has one.
 *
 * `headers` is a list of `[name, value]`, sent as it stands after `Host`; `body` is a string, a Buffer or
 * undefined. With `chunked` the length is not told beforehand.
 */
export function send(port, { method, target, headers = [], body, chunked = false, agent = false }) {
  const payload = body === undefined ? undefined : Buffer.from(body);
  const hosted = headers.some(([name]) => name.toLowerCase() === 'host');
  const wire = hosted ? [...headers] : [['Host', HOST], ...headers];
  if (chunked) wire.push(['Transfer-Encoding', 'chunked']);
  else if (payload !== undefined) wire.push(['Content-Length', String(payload.length)]);
  // What browsers say of a request that could have a body; left to itself, Node would send empty chunks.
  else if (!['GET', 'HEAD'].includes(method)) wire.push(['Content-Length', '0']);

  return new Promise((resolve, reject) => {
    const outgoing = open({
      host: '127.0.0.1',
      port,
      method,
      path: target,
      headers: wire.flat(),
      agent,
      setDefaultHeaders: false,
      timeout: PATIENCE_MS,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks = [];
      incoming.on('error', reject);
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => resolve(answer(incoming, Buffer.concat(chunks).toString('utf8'))));
    });
    outgoing.end(payload);
  });
}

function answer(incoming, text) {
  const headers = [];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.push([incoming.rawHeaders[at].toLowerCase(), incoming.rawHeaders[at + 1]]);
  }
  return { status: incoming.statusCode, reason: incoming.statusMessage, headers, text };
}

/** All values of a header of an answer, in the order received. */
export function valuesOf(answer, name) {
  return answer.headers.filter(([header]) => header === name).map(([, value]) => value);
}

/** The body as JSON, or undefined. */
export function jsonOf(answer) {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}
