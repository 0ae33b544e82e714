// Latchkey by `fetch` alone. `better-auth.ts` has the same functions on Better Auth's own client.

import { AWAY, ServiceError } from './error';
import type { DeviceSession, Session } from './session';
import { AUTH_URL, RESET_PAGE, VERIFIED_PAGE } from './urls';

async function request<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${AUTH_URL}/api/auth${path}`, {
      credentials: 'include', // Important for cookies
      ...init,
    });
  } catch {
    throw new ServiceError(0, AWAY);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ServiceError(response.status, answer?.message ?? AWAY, answer?.code);
  }
  return answer;
}

function post<T>(path: string, body: object = {}): Promise<T> {
  return request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Whether that has signed in as well: not where the address has to be proven first. */
export async function signUp(email: string, password: string, name: string): Promise<boolean> {
  const body = { email, password, name, callbackURL: VERIFIED_PAGE };
  const { token } = await post<{ token: string | null }>('/sign-up/email', body);
  return token !== null;
}

export async function signIn(email: string, password: string): Promise<void> {
  await post('/sign-in/email', { email, password });
}

/** `null` where nobody is signed in. */
export async function getSession(): Promise<Session | null> {
  return request('/session');
}

export async function signOut(): Promise<void> {
  await post('/sign-out');
}

export async function listSessions(): Promise<DeviceSession[]> {
  return request('/list-sessions');
}

export async function revokeSession(token: string): Promise<void> {
  await post('/revoke-session', { token });
}

export async function revokeOtherSessions(): Promise<void> {
  await post('/revoke-other-sessions');
}

export async function sendVerificationEmail(email: string): Promise<void> {
  await post('/send-verification-email', { email, callbackURL: VERIFIED_PAGE });
}

export async function requestPasswordReset(email: string): Promise<void> {
  await post('/request-password-reset', { email, redirectTo: RESET_PAGE });
}

export async function resetPassword(token: string, newPassword: string): Promise<void> {
  await post('/reset-password', { token, newPassword });
}

export async function changeEmail(newEmail: string): Promise<void> {
  await post('/change-email', { newEmail, callbackURL: VERIFIED_PAGE });
}

/** Signs out everywhere else as well: whoever knew the old password is out. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await post('/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
}

export async function deleteUser(password: string): Promise<void> {
  await post('/delete-user', { password });
}
