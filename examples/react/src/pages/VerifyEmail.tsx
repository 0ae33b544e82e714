import { Field, Form } from '../components/Form';
import { Page } from '../components/Page';
import { useAuth } from '../hooks/useAuth';
import { auth } from '../lib/client';
import { Link } from '../router';

/** Tells of the mail; and where its link leads: with `followed`, and with `error` if it could not be used. */
export function VerifyEmail() {
  const { user } = useAuth();
  const query = new URLSearchParams(location.search);
  const failed = query.has('error');

  async function submit({ email = '' }: Record<string, string>) {
    await auth.sendVerificationEmail(email);
    return 'If that address is still to be verified, a link is on its way to it.';
  }

  if (query.has('followed') && !failed) {
    return (
      <Page title="E-mail address verified" intro={user ? `You are signed in as ${user.email}.` : 'Thank you.'}>
        <p>{user ? <Link href="/">Go on</Link> : <Link href="/sign-in">Sign in</Link>}</p>
      </Page>
    );
  }
  const intro = failed
    ? 'This link is used up or too old. Ask for another:'
    : 'Follow the link in the mail that we have sent you. None there? Ask for another:';
  return (
    <Page title="Verify your e-mail address" intro={intro}>
      <section className="card">
        <Form submit="Send a link" onSubmit={submit}>
          <Field name="email" label="E-mail address" type="email" autoComplete="email" defaultValue={user?.email} required />
        </Form>
      </section>
    </Page>
  );
}
