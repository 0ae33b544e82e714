import { Field, Form, NewPassword } from '../../components/Form';
import { useAuth } from '../../hooks/useAuth';
import { auth } from '../../lib/client';

export function ChangePassword() {
  const { refreshSession } = useAuth();

  async function submit({ currentPassword = '', newPassword = '' }: Record<string, string>) {
    await auth.changePassword(currentPassword, newPassword);
    // This browser has another session now.
    await refreshSession();
    return 'Your password is changed. You are signed out everywhere else.';
  }

  return (
    <section className="card" aria-labelledby="change-password">
      <h2 id="change-password">Password</h2>
      <Form submit="Change the password" onSubmit={submit}>
        <Field name="currentPassword" label="Current password" type="password" autoComplete="current-password" required />
        <NewPassword name="newPassword" label="New password" />
      </Form>
    </section>
  );
}
