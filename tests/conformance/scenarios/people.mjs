// The users that most scenarios start with.

import { post } from '../harness/steps.mjs';

export const PASSWORD = 'password1234';

export const ANN = { name: 'Ann', email: 'ann@example.com', password: PASSWORD };
export const BOB = { name: 'Bob', email: 'bob@example.com', password: PASSWORD };

/** Signs a user up and keeps the answer under the user's first name, in lower case. */
export function signUp(user, more = {}) {
  const keep = user.name.toLowerCase();
  return post(`sign-up of ${user.name}`, '/sign-up/email', { json: { ...user, ...more }, keep });
}

/** Signs a user in and keeps the answer as `keep`. */
export function signIn({ email, password }, { keep, title = 'sign-in', ...more } = {}) {
  return post(title, '/sign-in/email', { json: { email, password, ...more }, keep });
}

/** A session token for scenarios that spell one: its signature holds both `+` and `/`. */
export const KNOWN_TOKEN = 'LatchkeyConformanceToken00000007';
