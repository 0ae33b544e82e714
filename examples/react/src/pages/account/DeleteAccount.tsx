import { Field, Form } from '../../components/Form';
import { useAuth } from '../../hooks/useAuth';
import { auth } from '../../lib/client';
import { navigate } from '../../router';

export function DeleteAccount() {
  const { refreshSession } = useAuth();

  async function submit({ password = '' }: Record<string, string>) {
    await auth.deleteUser(password);
    navigate('/sign-in?deleted');
    await refreshSession();
  }

  return (
    <section className="card" aria-labelledby="delete-account">
      <h2 id="delete-account">Delete the account</h2>
      <p>It can’t be brought back, nor can what belongs to it.</p>
      <Form submit="Delete my account" danger onSubmit={submit}>
        <Field name="password" label="Password" type="password" autoComplete="current-password" required />
      </Form>
    </section>
  );
}
