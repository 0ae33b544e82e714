import { Field, Form } from '../components/Form';
import { Page } from '../components/Page';
import { useAuth } from '../hooks/useAuth';
import { ServiceError } from '../lib/error';
import { Link, navigate } from '../router';

/** What has happened before, by the query that other pages come here with. */
const BEFORE: Record<string, string> = {
  '?reset': 'Your password is changed. Sign in with the new one.',
  '?deleted': 'Your account is deleted.',
};

/** Also stands in for a page that wants somebody signed in; its place is kept. */
export function SignIn() {
  const { signIn } = useAuth();

  async function submit({ email = '', password = '' }: Record<string, string>) {
    try {
      await signIn(email, password);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'EMAIL_NOT_VERIFIED') return navigate('/verify-email');
      throw error;
    }
    if (location.pathname === '/sign-in') navigate('/');
  }

  return (
    <Page title="Sign in" intro={BEFORE[location.search]}>
      <section className="card">
        <Form submit="Sign in" onSubmit={submit}>
          <Field name="email" label="E-mail address" type="email" autoComplete="email" required />
          <Field name="password" label="Password" type="password" autoComplete="current-password" required />
        </Form>
      </section>
      <p className="aside">
        <Link href="/forgot-password">Forgotten your password?</Link>
        <span>
          New here? <Link href="/sign-up">Sign up</Link>
        </span>
      </p>
    </Page>
  );
}
