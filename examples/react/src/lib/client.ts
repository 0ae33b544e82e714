/** The one of the two clients that VITE_AUTH_CLIENT names; the other is not built. */
export const auth: typeof import('./auth') =
  import.meta.env.VITE_AUTH_CLIENT === 'better-auth' ? await import('./better-auth') : await import('./auth');
