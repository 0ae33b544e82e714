// What both sides are told, and what the suite needs from the environment.

/**
 * The public base URL of both sides. Nothing listens there: requests go to each side's own port with
 * this host in their `Host` header, so that both see the same request and make the same links.
 */
export const ORIGIN = 'http://localhost:44001';
export const HOST = new URL(ORIGIN).host;
export const BASE_PATH = '/api/auth';

/** An origin that both sides trust beside their own, and one that neither does. */
export const TRUSTED = 'https://app.example.com';
export const FOREIGN = 'https://evil.example.net';

/** The secret of the recorded exchanges and crypto vectors, so that they can be compared by eye. */
export const SECRET = '0123456789abcdefghijklmnopqrstuvwxyzABCD';

/**
 * The settings of both sides, for groups of scenarios that name no others. Better Auth gets them as options
 * (`options.mjs`), Latchkey as variables (`variables.mjs`). What is undefined is left to each side's own default.
 */
export const DEFAULTS = {
  origin: ORIGIN,
  trustedOrigins: [],
  requireSignature: false,

  /** Whether mails can be sent: `sendVerificationEmail` and `sendResetPassword`. */
  mails: false,
  passwords: true,
  disableSignUp: false,
  requireEmailVerification: false,
  autoSignIn: true,
  minPasswordLength: 8,
  maxPasswordLength: 128,
  resetExpiresIn: 3600,
  revokeOnReset: false,

  verifyOnSignUp: undefined,
  verifyOnSignIn: false,
  signInAfterVerification: false,
  verificationExpiresIn: 3600,
  hashedIdentifiers: false,

  changeEmail: false,
  /** Whether a verified user is asked at the old address first. */
  confirmChangeEmail: false,
  changeEmailUnverified: false,
  deleteUser: false,
  /** Whether a user is deleted by following a mail. */
  confirmDelete: false,
  deleteExpiresIn: 86_400,
  unlinkAll: false,
  userFields: {},
  sessionFields: {},

  expiresIn: 604_800,
  updateAge: 86_400,
  freshAge: 86_400,
  disableRefresh: false,
  deferRefresh: false,
  /** `off`, `compact`, `jwt` or `jwe`. */
  cache: 'off',
  cacheMaxAge: 300,
  cacheVersion: '1',

  cookiePrefix: 'better-auth',
  secureCookies: undefined,
  crossSubDomain: false,
  cookieDomain: undefined,
  cookieAttributes: {},
  cookies: {},

  disableCsrfCheck: undefined,
  /** `true`, or the beginnings of paths. */
  disableOriginCheck: undefined,
  errorURL: undefined,
  disabledPaths: [],
  skipTrailingSlashes: false,
  /** `{ window, max, rules }`; undefined: nothing is limited. */
  limits: undefined,
  trustedProxies: [],
};

const REQUIRED = {
  TEST_DATABASE_URL:
    'the superuser URL of a throw-away Postgres server (tests/with-postgres COMMAND sets it)',
  LATCHKEY_BIN: 'the path of the latchkey binary (cargo build -p local makes it)',
};

/** Reads the variables by name; a missing one stops the run with what it should hold. */
export function environment(names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    const lines = missing.map((name) => `  ${name}: ${REQUIRED[name]}`);
    throw new UsageError(`The conformance suite needs:\n${lines.join('\n')}`);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** A mistake of the caller: its message is all there is to say, without a stack. */
export class UsageError extends Error {}
