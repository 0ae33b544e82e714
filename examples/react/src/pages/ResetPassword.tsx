import { Form, NewPassword } from '../components/Form';
import { Page } from '../components/Page';
import { auth } from '../lib/client';
import { Link, navigate } from '../router';

/** Where the mailed link leads: with `token`, or with `error` where it is used up or too old. */
export function ResetPassword() {
  const token = new URLSearchParams(location.search).get('token');

  async function submit({ newPassword = '' }: Record<string, string>) {
    await auth.resetPassword(token ?? '', newPassword);
    navigate('/sign-in?reset');
  }

  if (!token) {
    return (
      <Page title="New password" intro="This link is used up or too old.">
        <p>
          <Link href="/forgot-password">Ask for another</Link>
        </p>
      </Page>
    );
  }
  return (
    <Page title="New password">
      <section className="card">
        <Form submit="Set the password" onSubmit={submit}>
          <NewPassword name="newPassword" label="New password" />
        </Form>
      </section>
    </Page>
  );
}
