import { Field, Form, NewPassword } from '../components/Form';
import { Page } from '../components/Page';
import { useAuth } from '../hooks/useAuth';
import { Link, navigate } from '../router';

export function SignUp() {
  const { signUp } = useAuth();

  async function submit({ email = '', password = '', name = '' }: Record<string, string>) {
    const isSignedIn = await signUp(email, password, name);
    navigate(isSignedIn ? '/' : '/verify-email');
  }

  return (
    <Page title="Sign up">
      <section className="card">
        <Form submit="Sign up" onSubmit={submit}>
          <Field name="name" label="Name" autoComplete="name" required />
          <Field name="email" label="E-mail address" type="email" autoComplete="email" required />
          <NewPassword name="password" label="Password" />
        </Form>
      </section>
      <p className="aside">
        <span>
          Have an account? <Link href="/sign-in">Sign in</Link>
        </span>
      </p>
    </Page>
  );
}
