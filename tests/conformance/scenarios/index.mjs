// All groups of scenarios, in the order they run: name, scenarios, and the settings of both sides when they are
// not the usual ones.

import bearer from './bearer.mjs';
import beyond from './beyond.mjs';
import client from './client.mjs';
import cookies from './cookies.mjs';
import http from './http.mjs';
import origin from './origin.mjs';
import races from './races.mjs';
import session from './session.mjs';
import settings, { OTHER_SETTINGS } from './settings.mjs';
import signIn from './sign-in.mjs';
import signOut from './sign-out.mjs';
import signUp from './sign-up.mjs';

export default [
  ['sign-up', signUp],
  ['sign-in', signIn],
  ['session', session],
  ['sign-out', signOut],
  ['cookies', cookies],
  ['bearer', bearer],
  ['origin', origin],
  ['http', http],
  ['client', client],
  ['races', races],
  ['beyond', beyond],
  ['settings', settings, OTHER_SETTINGS],
];
