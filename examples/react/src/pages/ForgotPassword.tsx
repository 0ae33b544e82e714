import { Field, Form } from '../components/Form';
import { Page } from '../components/Page';
import { auth } from '../lib/client';

export function ForgotPassword() {
  async function submit({ email = '' }: Record<string, string>) {
    await auth.requestPasswordReset(email);
    return 'If the address has an account, a link is on its way to it.';
  }

  return (
    <Page title="Forgotten password" intro="We send you a link that lets you choose a new one.">
      <section className="card">
        <Form submit="Send the link" onSubmit={submit}>
          <Field name="email" label="E-mail address" type="email" autoComplete="email" required />
        </Form>
      </section>
    </Page>
  );
}
