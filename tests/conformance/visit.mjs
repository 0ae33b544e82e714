// The official client against the API at http://127.0.0.1:PORT, as a page of the origin ORIGIN runs it:
//
//   node tests/conformance/visit.mjs PORT ORIGIN EMAIL PASSWORD
//
// prints what each call gave, as one JSON object. The container tier of the tests starts it.

import { createAuthClient } from 'better-auth/client';

import { CookieJar } from './harness/cookies.mjs';

const [port, origin, email, password] = process.argv.slice(2);
const jar = new CookieJar();

// What a browser does beside the client: it keeps the cookies, and says where the page is from.
async function browserFetch(url, init) {
  const headers = new Headers(init.headers);
  headers.set('origin', origin);
  if (jar.header() !== undefined) headers.set('cookie', jar.header());
  const answer = await fetch(url, { ...init, headers });
  jar.take(answer.headers.getSetCookie());
  return answer;
}

const auth = createAuthClient({
  baseURL: `http://127.0.0.1:${port}`,
  fetchOptions: { customFetchImpl: browserFetch },
});

const results = {
  signedOut: await auth.getSession(),
  signUp: await auth.signUp.email({ name: 'Ada', email, password }),
  session: await auth.getSession(),
  sessions: await auth.listSessions(),
  signOut: await auth.signOut(),
  wrong: await auth.signIn.email({ email, password: 'battery staple' }),
  signIn: await auth.signIn.email({ email, password }),
  sessionAgain: await auth.getSession(),
};
console.log(JSON.stringify(results));
