// The official client in a browser just large enough for it: cookies, `Origin`, Fetch Metadata.

import { createAuthClient } from 'better-auth/client';

import { CookieJar } from './cookies.mjs';
import { send, valuesOf } from './http.mjs';
import { ORIGIN } from './settings.mjs';

/** A browser tab on the public origin whose requests go to one side's port. */
export class Browser {
  jar = new CookieJar();
  #exchanges = [];

  constructor(port, options) {
    this.port = port;
    this.client = createAuthClient({
      baseURL: ORIGIN,
      ...options,
      fetchOptions: { customFetchImpl: (url, init) => this.#fetch(url, init), ...options.fetchOptions },
    });
  }

  /** The requests made since the last call, each as the client made it, and its answer. */
  takeExchanges() {
    return this.#exchanges.splice(0);
  }

  async #fetch(input, init) {
    const url = new URL(input);
    const own = [...new Headers(init.headers)];
    const made = { method: init.method, url: url.href, credentials: init.credentials, headers: own, body: init.body };

    const answer = await send(this.port, {
      method: init.method,
      target: url.pathname + url.search,
      headers: [...own, ...this.#added(init.method)],
      body: init.body ?? undefined,
    });
    this.jar.take(valuesOf(answer, 'set-cookie'));
    this.#exchanges.push({ made, answer });

    const bodiless = answer.text === '' && [204, 304].includes(answer.status);
    return new Response(bodiless ? null : answer.text, {
      status: answer.status,
      statusText: answer.reason,
      headers: answer.headers,
    });
  }

  /** What a browser adds of its own to a same-origin request. */
  #added(method) {
    const cookie = this.jar.header();
    return [
      ...(cookie === undefined ? [] : [['cookie', cookie]]),
      ...(method === 'GET' ? [] : [['origin', ORIGIN]]),
      ['sec-fetch-site', 'same-origin'],
      ['sec-fetch-mode', 'cors'],
      ['sec-fetch-dest', 'empty'],
    ];
  }
}
