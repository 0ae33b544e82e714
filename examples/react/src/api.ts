import { ServiceError } from './lib/error';
import { API_URL } from './lib/urls';

const AWAY = 'The back end does not answer. Is it running?';

/** A user as the back end knows them. */
export interface Me {
  id: string;
  user_id: string;
  email: string;
  name: string;
  created_at: string;
}

/** `GET /me`: the browser sends the session's cookie along, and the back end asks Latchkey about it. */
export async function getMe(): Promise<Me> {
  let response: Response;
  try {
    response = await fetch(`${API_URL}/me`, { credentials: 'include' });
  } catch {
    throw new ServiceError(0, AWAY);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ServiceError(response.status, answer?.detail ?? AWAY);
  return answer;
}
