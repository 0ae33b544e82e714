// The settings of a run as variables of Latchkey.

import { SECRET, TRUSTED } from './settings.mjs';

/** `settings` as in settings.mjs; `mailbox` is where the mails go. What is undefined is left out. */
export function variablesFor(settings, mailbox) {
  const variables = {
    BETTER_AUTH_SECRET: SECRET,
    PUBLIC_URL: settings.origin,
    CORS_ORIGIN: TRUSTED,
    BETTER_AUTH_TRUSTED_ORIGINS: list(settings.trustedOrigins),
    BEARER_REQUIRE_SIGNATURE: settings.requireSignature,

    EMAIL_PASSWORD_ENABLED: settings.passwords,
    DISABLE_SIGN_UP: settings.disableSignUp,
    REQUIRE_EMAIL_VERIFICATION: settings.requireEmailVerification,
    AUTO_SIGN_IN: settings.autoSignIn,
    MIN_PASSWORD_LENGTH: settings.minPasswordLength,
    MAX_PASSWORD_LENGTH: settings.maxPasswordLength,
    RESET_PASSWORD_TOKEN_EXPIRES_IN: settings.resetExpiresIn,
    REVOKE_SESSIONS_ON_PASSWORD_RESET: settings.revokeOnReset,

    SEND_VERIFICATION_ON_SIGN_UP: settings.verifyOnSignUp,
    SEND_VERIFICATION_ON_SIGN_IN: settings.verifyOnSignIn,
    AUTO_SIGN_IN_AFTER_VERIFICATION: settings.signInAfterVerification,
    EMAIL_VERIFICATION_EXPIRES_IN: settings.verificationExpiresIn,
    STORE_IDENTIFIER: settings.hashedIdentifiers ? 'hashed' : 'plain',

    CHANGE_EMAIL_ENABLED: settings.changeEmail,
    CHANGE_EMAIL_CONFIRMATION: settings.confirmChangeEmail,
    CHANGE_EMAIL_WITHOUT_VERIFICATION: settings.changeEmailUnverified,
    DELETE_USER_ENABLED: settings.deleteUser,
    DELETE_USER_VERIFICATION: settings.confirmDelete,
    DELETE_USER_TOKEN_EXPIRES_IN: settings.deleteExpiresIn,
    ALLOW_UNLINKING_ALL: settings.unlinkAll,
    USER_FIELDS: json(settings.userFields),
    SESSION_FIELDS: json(settings.sessionFields),

    SESSION_EXPIRES_IN: settings.expiresIn,
    SESSION_UPDATE_AGE: settings.updateAge,
    SESSION_FRESH_AGE: settings.freshAge,
    DISABLE_SESSION_REFRESH: settings.disableRefresh,
    DEFER_SESSION_REFRESH: settings.deferRefresh,
    COOKIE_CACHE: settings.cache,
    COOKIE_CACHE_MAX_AGE: settings.cacheMaxAge,
    COOKIE_CACHE_VERSION: settings.cacheVersion,

    COOKIE_PREFIX: settings.cookiePrefix,
    USE_SECURE_COOKIES: settings.secureCookies,
    CROSS_SUB_DOMAIN_COOKIES: settings.crossSubDomain,
    COOKIE_DOMAIN: settings.cookieDomain,
    COOKIE_ATTRIBUTES: json(settings.cookieAttributes),
    COOKIES: json(settings.cookies),

    DISABLE_CSRF_CHECK: settings.disableCsrfCheck,
    DISABLE_ORIGIN_CHECK: list([settings.disableOriginCheck ?? []].flat()),
    ERROR_URL: settings.errorURL,
    DISABLED_PATHS: list(settings.disabledPaths),
    SKIP_TRAILING_SLASHES: settings.skipTrailingSlashes,
    TRUSTED_PROXIES: list(settings.trustedProxies),

    ...limits(settings),
    // Nobody at Better Auth counts what one account does; the answers would differ by it.
    ACCOUNT_MAX_FAILURES: 0,
    ACCOUNT_MAX_MAILS: 0,

    ...mails(settings, mailbox),
    // The cheaper preset: the suite compares answers, not work factors.
    PASSWORD_HASH: 'owasp',
  };
  const given = Object.entries(variables).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function mails(settings, mailbox) {
  if (!settings.mails) return { MAIL_TRANSPORT: 'none' };
  return { MAIL_TRANSPORT: 'webhook', MAIL_WEBHOOK_URL: mailbox.url, MAIL_WEBHOOK_SECRET: mailbox.secret };
}

function limits({ limits: given }) {
  if (given === undefined) return { RATE_LIMIT_ENABLED: false };
  return {
    RATE_LIMIT_ENABLED: true,
    RATE_LIMIT_GENERAL: true,
    RATE_LIMIT_WINDOW: given.window,
    RATE_LIMIT_MAX: given.max,
    RATE_LIMIT_RULES: json(given.rules),
  };
}

const list = (values) => (values.length > 0 ? values.join(',') : undefined);
const json = (value) => (Object.keys(value).length > 0 ? JSON.stringify(value) : undefined);
