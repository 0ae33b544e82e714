// The settings of a run as options of Better Auth.

import { bearer } from 'better-auth/plugins';

import { BASE_PATH, SECRET, TRUSTED } from './settings.mjs';
import { readJwt } from './tokens.mjs';

/** `settings` as in settings.mjs; `mail` is told of every mail: `{ type, to, user, url, token, newEmail }`. */
export function optionsFor(settings, mail) {
  const sends = (type) => async (told) => mail({ type: type(told), to: told.user.email, ...told });
  const senderIf = (wanted, name, type) => (wanted && settings.mails ? { [name]: sends(type) } : {});

  return {
    baseURL: settings.origin,
    basePath: BASE_PATH,
    secret: SECRET,
    trustedOrigins: [TRUSTED, ...settings.trustedOrigins],
    emailAndPassword: {
      enabled: settings.passwords,
      disableSignUp: settings.disableSignUp,
      requireEmailVerification: settings.requireEmailVerification,
      autoSignIn: settings.autoSignIn,
      minPasswordLength: settings.minPasswordLength,
      maxPasswordLength: settings.maxPasswordLength,
      resetPasswordTokenExpiresIn: settings.resetExpiresIn,
      revokeSessionsOnPasswordReset: settings.revokeOnReset,
      ...senderIf(true, 'sendResetPassword', () => 'reset-password'),
    },
    emailVerification: {
      sendOnSignUp: settings.verifyOnSignUp,
      sendOnSignIn: settings.verifyOnSignIn,
      autoSignInAfterVerification: settings.signInAfterVerification,
      expiresIn: settings.verificationExpiresIn,
      ...senderIf(true, 'sendVerificationEmail', ({ token }) => verificationType(token)),
    },
    verification: { storeIdentifier: settings.hashedIdentifiers ? 'hashed' : 'plain' },
    user: {
      additionalFields: settings.userFields,
      changeEmail: {
        enabled: settings.changeEmail,
        updateEmailWithoutVerification: settings.changeEmailUnverified,
        ...senderIf(settings.confirmChangeEmail, 'sendChangeEmailConfirmation', () => 'change-email-confirmation'),
      },
      deleteUser: {
        enabled: settings.deleteUser,
        deleteTokenExpiresIn: settings.deleteExpiresIn,
        ...senderIf(settings.confirmDelete, 'sendDeleteAccountVerification', () => 'delete-account'),
      },
    },
    account: { accountLinking: { allowUnlinkingAll: settings.unlinkAll } },
    session: {
      expiresIn: settings.expiresIn,
      updateAge: settings.updateAge,
      freshAge: settings.freshAge,
      disableSessionRefresh: settings.disableRefresh,
      deferSessionRefresh: settings.deferRefresh,
      additionalFields: settings.sessionFields,
      cookieCache: {
        enabled: settings.cache !== 'off',
        maxAge: settings.cacheMaxAge,
        version: settings.cacheVersion,
        strategy: settings.cache === 'off' ? 'compact' : settings.cache,
      },
    },
    advanced: advanced(settings),
    disabledPaths: settings.disabledPaths,
    onAPIError: { errorURL: settings.errorURL },
    rateLimit: limits(settings),
    logger: { disabled: true },
    plugins: [bearer({ requireSignature: settings.requireSignature })],
  };
}

/** Better Auth has one sender for both; what the mail is for is in its token. */
function verificationType(token) {
  return readJwt(token).claims.updateTo === undefined ? 'verify-email' : 'change-email-verification';
}

function advanced(settings) {
  return {
    cookiePrefix: settings.cookiePrefix,
    useSecureCookies: settings.secureCookies,
    crossSubDomainCookies: { enabled: settings.crossSubDomain, domain: settings.cookieDomain },
    defaultCookieAttributes: settings.cookieAttributes,
    cookies: settings.cookies,
    disableCSRFCheck: settings.disableCsrfCheck,
    disableOriginCheck: settings.disableOriginCheck,
    skipTrailingSlashes: settings.skipTrailingSlashes,
    ...(settings.trustedProxies.length > 0 && { ipAddress: { trustedProxies: settings.trustedProxies } }),
  };
}

function limits({ limits: given }) {
  if (given === undefined) return { enabled: false };
  return { enabled: true, storage: 'database', window: given.window, max: given.max, customRules: given.rules };
}
