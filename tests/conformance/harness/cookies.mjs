// `Set-Cookie` lines taken apart, and the signature of signed values.

import { createHmac } from 'node:crypto';

import { SECRET } from './settings.mjs';

/** One `Set-Cookie` line: name, value as sent, attributes as sent and in order. */
export function parseSetCookie(line) {
  const [pair, ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes };
}

/** Standard base64 of HMAC-SHA-256, 44 characters. */
export function signature(value, secret = SECRET) {
  return createHmac('sha256', secret).update(value).digest('base64');
}

/** `value.signature`, as the `set-auth-token` header and a decoded cookie carry it. */
export function signed(value, secret = SECRET) {
  return `${value}.${signature(value, secret)}`;
}

/** The cookies of one small browser: kept by name, sent in the order they came, dropped at `Max-Age=0`. */
export class CookieJar {
  #values = new Map();

  take(lines) {
    for (const { name, value, attributes } of lines.map(parseSetCookie)) {
      if (attributes.includes('Max-Age=0')) this.#values.delete(name);
      else this.#values.set(name, value);
    }
    return this;
  }

  get(name) {
    return this.#values.get(name);
  }

  /** The `Cookie` header, or undefined when there is nothing to send. */
  header() {
    const pairs = [...this.#values].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join('; ') : undefined;
  }
}
