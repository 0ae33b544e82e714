import { type ComponentProps, createContext, type ReactNode, type SubmitEvent, useContext, useEffect, useId, useRef, useState } from 'react';

import { useAuth } from '../hooks/useAuth';
import { ServiceError } from '../lib/error';

/** The fields, of those that a form has, that a code is about; other codes are about the whole form. */
const FIELDS_OF: Record<string, string[]> = {
  INVALID_EMAIL: ['email'],
  INVALID_PASSWORD: ['currentPassword', 'password'],
  PASSWORD_TOO_COMMON: ['newPassword', 'password'],
  PASSWORD_TOO_LONG: ['newPassword', 'password'],
  PASSWORD_TOO_SHORT: ['newPassword', 'password'],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ['email'],
};

/** Messages by the field's name; under `form` what is about none. */
type Errors = Record<string, string>;

const ErrorsContext = createContext<Errors>({});

interface FormProps {
  /** What the button says. */
  submit: string;
  danger?: boolean;
  /** Gets the values by name. A text that it gives is said when all went well. */
  onSubmit: (values: Record<string, string>) => Promise<string | void>;
  children?: ReactNode;
}

/** Shows each error where it belongs, and moves the focus there. */
export function Form({ submit, danger, onSubmit, children }: FormProps) {
  const { refreshSession } = useAuth();
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [done, setDone] = useState('');
  const [isPending, setPending] = useState(false);

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[role=alert], [aria-invalid]')?.focus();
  }, [errors]);

  async function send(form: HTMLFormElement) {
    setPending(true);
    try {
      const said = await onSubmit(Object.fromEntries(new FormData(form)) as Record<string, string>);
      form.reset();
      setDone(said ?? '');
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      setErrors(explained(error, form));
      if (error.code === 'UNAUTHORIZED') await refreshSession();
    } finally {
      setPending(false);
    }
  }

  function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isPending) return;
    const invalid = [...event.currentTarget.querySelectorAll('input')].filter((input) => !input.validity.valid);
    setDone('');
    setErrors(Object.fromEntries(invalid.map((input) => [input.name, input.validationMessage])));
    if (invalid.length === 0) void send(event.currentTarget);
  }

  return (
    <form ref={form} noValidate onSubmit={handleSubmit}>
      {errors.form && (
        <p className="notice error" role="alert" tabIndex={-1}>
          {errors.form}
        </p>
      )}
      <ErrorsContext value={errors}>{children}</ErrorsContext>
      {/* Not disabled while it waits: that would take the focus away. */}
      <button className={danger ? 'danger' : 'primary'} aria-disabled={isPending}>
        {isPending ? 'One moment…' : submit}
      </button>
      <p className="done" role="status">
        {done}
      </p>
    </form>
  );
}

function explained(error: ServiceError, form: HTMLFormElement): Errors {
  // A malformed value: `[body.email] Invalid email address`.
  const [, malformed, why] = /^\[body\.(\w+)\] (.*)/.exec(error.message) ?? [];
  const names = malformed ? [malformed] : (FIELDS_OF[error.code ?? ''] ?? []);
  const name = names.find((name) => form.elements.namedItem(name)) ?? 'form';
  return { [name]: why ?? error.message };
}

type FieldProps = ComponentProps<'input'> & { name: string; label: string; hint?: string };

export function Field({ name, label, hint, ...input }: FieldProps) {
  const id = useId();
  const error = useContext(ErrorsContext)[name];
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} aria-invalid={error ? true : undefined} aria-describedby={about || undefined} {...input} />
      {hint && <p id={`${id}-hint`}>{hint}</p>}
      {error && (
        <p id={`${id}-error`} className="error">
          {error}
        </p>
      )}
    </div>
  );
}

/** A password that is to be: long enough, and offered by password managers. */
export function NewPassword({ name, label }: { name: string; label: string }) {
  return <Field {...{ name, label }} type="password" autoComplete="new-password" hint="At least 8 characters" minLength={8} required />;
}
