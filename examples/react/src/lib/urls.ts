/** Where Latchkey is. Empty: at the pages' own origin, whose server passes the calls on (`vite.config.ts`). */
export const AUTH_URL = import.meta.env.VITE_AUTH_URL ?? 'http://localhost:4000';
export const API_URL = import.meta.env.VITE_API_URL ?? 'http://localhost:8000';

/** Where the links of mails lead. */
export const VERIFIED_PAGE = `${location.origin}/verify-email?followed`;
export const RESET_PAGE = `${location.origin}/reset-password`;
