import { Field, Form } from '../../components/Form';
import { useAuth } from '../../hooks/useAuth';
import { auth } from '../../lib/client';

export function ChangeEmail() {
  const { user } = useAuth();

  async function submit({ newEmail = '' }: Record<string, string>) {
    await auth.changeEmail(newEmail);
    return `A link is on its way to ${newEmail}. Your address changes once you follow it.`;
  }

  return (
    <section className="card" aria-labelledby="change-email">
      <h2 id="change-email">E-mail address</h2>
      <p>It is {user?.email}.</p>
      <Form submit="Change it" onSubmit={submit}>
        <Field name="newEmail" label="New e-mail address" type="email" autoComplete="email" required />
      </Form>
    </section>
  );
}
