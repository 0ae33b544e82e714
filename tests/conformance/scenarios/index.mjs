// All groups of scenarios, in the order they run: name, scenarios, and the settings of both sides when they are
// not the usual ones.

import { ORIGIN } from '../harness/settings.mjs';
import { accounts, unlinkAll } from './accounts.mjs';
import bearer from './bearer.mjs';
import beyond from './beyond.mjs';
import cache from './cache.mjs';
import cacheForged from './cache-forged.mjs';
import * as changeEmail from './change-email.mjs';
import * as checks from './checks.mjs';
import client from './client.mjs';
import tour from './cookie-names.mjs';
import cookies from './cookies.mjs';
import deferred, { notAllowed } from './deferred.mjs';
import * as deleteUser from './delete-user.mjs';
import errorPage, { elsewhere } from './error-page.mjs';
import fields from './fields.mjs';
import guards from './guards.mjs';
import http from './http.mjs';
import limits from './limits.mjs';
import listSessions from './list-sessions.mjs';
import origin from './origin.mjs';
import passwords from './passwords.mjs';
import * as profiles from './profiles.mjs';
import races from './races.mjs';
import * as resetPassword from './reset-password.mjs';
import revoke from './revoke.mjs';
import session from './session.mjs';
import settings, { OTHER_SETTINGS } from './settings.mjs';
import signIn from './sign-in.mjs';
import signOut from './sign-out.mjs';
import signUp from './sign-up.mjs';
import switches, { noPasswords } from './switches.mjs';
import updateSession from './update-session.mjs';
import updateUser from './update-user.mjs';
import * as verifyEmail from './verify-email.mjs';

const usual = [
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
  ['list-sessions', listSessions],
  ['revoke', revoke],
  ['update-session', updateSession],
  ['passwords', passwords],
  ['accounts', accounts],
  ['update-user', updateUser],
  ['error-page', errorPage],
  [
    'switched-off',
    [
      ...resetPassword.disabled,
      ...verifyEmail.disabled,
      ...changeEmail.disabled,
      ...deleteUser.disabled,
      ...notAllowed,
    ],
  ],
];

const { MAILS, VERIFIED, HASHED, NO_AUTO_SIGN_IN, NO_MAILS, DEFERRED, SECURE } = profiles;

export default [
  ...usual,
  ['settings', settings, OTHER_SETTINGS],
  ['guards', guards, MAILS],
  ['reset-password', resetPassword.enabled, MAILS],
  ['verify-email', verifyEmail.enabled, MAILS],
  ['change-email', changeEmail.enabled, MAILS],
  ['delete-user', deleteUser.enabled, MAILS],
  ['verified-users', verifyEmail.required, VERIFIED],
  ['verified-changes', [...resetPassword.revoking, ...changeEmail.confirmed, ...deleteUser.confirmed], VERIFIED],
  [
    'hashed-identifiers',
    [...resetPassword.enabled, ...changeEmail.atOnce, ...deleteUser.confirmed, ...unlinkAll],
    HASHED,
  ],
  ['no-auto-sign-in', verifyEmail.noAutoSignIn, NO_AUTO_SIGN_IN],
  ['no-mails', changeEmail.withoutMails, NO_MAILS],
  ['deferred-refresh', deferred, DEFERRED],
  ['cache-compact', [...cache, ...cacheForged], profiles.COMPACT],
  ['cache-jwt', [...cache, ...cacheForged], profiles.JWT],
  ['cache-jwe', [...cache, ...cacheForged], profiles.JWE],
  ['secure-cookies', tour({ origin: SECURE.origin, name: '__Secure-acme.session_token' }), SECURE],
  ['partitioned-cookies', tour({ origin: ORIGIN, name: 'sid' }), profiles.PARTITIONED],
  ['fields', fields, profiles.FIELDS],
  ['limits', limits, profiles.LIMITS],
  ['switches', [...switches, ...elsewhere, ...checks.patterns], profiles.SWITCHES],
  ['no-passwords', noPasswords, profiles.NO_PASSWORDS],
  ['no-csrf-check', checks.unchecked, profiles.NO_CSRF_CHECK],
  ['no-origin-check', checks.unchecked, profiles.NO_ORIGIN_CHECK],
  ['no-url-check', checks.unchecked, profiles.NO_URL_CHECK],
  ['unchecked-paths', checks.unchecked, profiles.UNCHECKED_PATHS],
];
