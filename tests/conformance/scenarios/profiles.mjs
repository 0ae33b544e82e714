// The settings under which groups of scenarios run: each is a pair of servers. What is not named is as usual
// (harness/settings.mjs).

/** Mails can be sent, and every endpoint is on. */
export const MAILS = { mails: true, changeEmail: true, deleteUser: true };

/** Nobody comes in with an unproven address; whatever can be confirmed by mail has to be. */
export const VERIFIED = {
  ...MAILS,
  requireEmailVerification: true,
  verifyOnSignIn: true,
  signInAfterVerification: true,
  revokeOnReset: true,
  confirmChangeEmail: true,
  confirmDelete: true,
};

/** Other lives of links, hashed identifiers, changes without a mail; the last account may go. */
export const HASHED = {
  ...MAILS,
  hashedIdentifiers: true,
  verifyOnSignUp: true,
  changeEmailUnverified: true,
  confirmDelete: true,
  unlinkAll: true,
  resetExpiresIn: 600,
  verificationExpiresIn: 1200,
  deleteExpiresIn: 7200,
};

/** A sign-up signs nobody in. */
export const NO_AUTO_SIGN_IN = { ...MAILS, autoSignIn: false, verifyOnSignUp: true, signInAfterVerification: true };

/** Changes of address without any mail: only an unproven one can change. */
export const NO_MAILS = { changeEmail: true, changeEmailUnverified: true, deleteUser: true };

/** GET /get-session writes nothing; every session is fresh. */
export const DEFERRED = { deferRefresh: true, freshAge: 0, updateAge: 0, deleteUser: true };

/** The session lies in a cookie as well. */
export const COMPACT = { ...MAILS, cache: 'compact' };
export const JWT = {
  ...MAILS,
  cache: 'jwt',
  cacheMaxAge: 60,
  cacheVersion: '7',
  userFields: {
    role: { type: 'string', required: false, defaultValue: 'user', input: false },
    secretNote: { type: 'string', required: false, returned: false },
  },
  sessionFields: { device: { type: 'string', required: false } },
};
export const JWE = { ...MAILS, cache: 'jwe', cacheMaxAge: 600, deferRefresh: true };

/** Cookies that all sub-domains and other sites send. */
export const SECURE = {
  ...MAILS,
  origin: 'https://auth.example.com',
  cookiePrefix: 'acme',
  crossSubDomain: true,
  cookieDomain: 'example.com',
  cookieAttributes: { sameSite: 'none' },
  cache: 'compact',
};

/** Cookies with names and attributes of their own, on plain http. */
export const PARTITIONED = {
  ...MAILS,
  crossSubDomain: true,
  cookieAttributes: { sameSite: 'none', partitioned: true },
  cookies: { session_token: { name: 'sid', attributes: { sameSite: 'strict', path: '/api' } } },
};

/** Additional fields of every type and rule. */
export const FIELDS = {
  ...MAILS,
  userFields: {
    role: { type: 'string', required: false, defaultValue: 'user', input: false },
    nickname: { type: 'string', required: true },
    age: { type: 'number', required: false },
    newsletter: { type: 'boolean', required: true, defaultValue: false },
    bornAt: { type: 'date', required: false },
    secretNote: { type: 'string', required: false, returned: false },
    locked: { type: 'string', required: false, input: false },
  },
  sessionFields: {
    device: { type: 'string', required: false },
    trust: { type: 'number', required: false, defaultValue: 1 },
    hidden: { type: 'string', required: false, returned: false },
    fixed: { type: 'string', required: false, input: false, defaultValue: 'f' },
  },
};

/** Requests are counted, per address and path. */
export const LIMITS = {
  ...MAILS,
  trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
  limits: {
    window: 10,
    max: 5,
    rules: {
      '/sign-up/email': { window: 20, max: 2 },
      '/list-*': { window: 5, max: 2 },
      '/get-session': false,
      '/sign-out': { window: 1, max: 1 },
      '/delete-*': { window: 5, max: 1 },
      '/delete-user/*': { window: 100, max: 1 },
      '/reset-password/**': { window: 5, max: 1 },
      '/?nlink-*': { window: 5, max: 1 },
      '/?pdate-user': { window: 5, max: 1 },
    },
  },
};

/** Paths switched off, pages elsewhere, patterns of origins, no sign-up, no refresh. */
export const SWITCHES = {
  ...MAILS,
  disabledPaths: ['/list-accounts', '/update-user', '/reset-password/abc'],
  skipTrailingSlashes: true,
  errorURL: 'https://app.example.com/oops?x=1#part',
  disableSignUp: true,
  disableRefresh: true,
  trustedOrigins: [
    'https://*.wild.example.com',
    '*.bare.example.com',
    'https://deep.example.com:*',
    'https://q?.example.com',
    'http://10.0.*.1',
    'myapp://',
    'exp://192.168.*.*:*/**',
    'custom://host/path',
  ],
};

/** No passwords at all. */
export const NO_PASSWORDS = { ...MAILS, passwords: false };

/** The checks of origins and URLs, switched off in each way. */
export const NO_CSRF_CHECK = { ...MAILS, disableCsrfCheck: true };
export const NO_ORIGIN_CHECK = { ...MAILS, disableOriginCheck: true };
export const NO_URL_CHECK = { ...MAILS, disableOriginCheck: true, disableCsrfCheck: false };
export const UNCHECKED_PATHS = { ...MAILS, disableOriginCheck: ['/sign-out', '/request'] };
